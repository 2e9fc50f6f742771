"""The library: the films of a workspace, newest first, a page at a time, or those that some words name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.card import Card, Field, film_media
from bot.domain.chat import Command, Message, Person
from bot.domain.drive import SPACE, Clip, Wanted
from bot.domain.errors import BadRequest
from bot.domain.job import Job, State
from bot.domain.units import size_text
from bot.flows.show.words import seconds, shorten
from bot.flows.status import may_read
from bot.ports.house import House

PAGE = 10
LOOKS = 500
LONGEST_ALT = 120
MADE = (State.complete, State.error, State.processing, State.unclear, State.cancelled)
"""Where there may be films: a batch has the first of them while it goes on, and keeps them when it is cancelled."""
_FILLERS = re.compile(r"^(?:search|find|page|list|please|mine|all|for)\b[\s:]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Film:
    """A clip with its job, None where that is gone or not this person's to read."""

    clip: Clip
    job: Job | None

    def named_by(self, words: Sequence[str]) -> bool:
        """Whether each word is somewhere in the prompt, the path, the job's id or the model's name."""
        choice = self.job.choice if self.job else None
        told = (self.prompt, self.clip.drive_path, self.clip.job, f"{choice.model} {choice.title}" if choice else "")
        text = " ".join(told).casefold()
        return all(word in text for word in words)

    @property
    def prompt(self) -> str:
        return self.job.request.prompt if self.job else ""


async def library(wanted: str, event: Message | Command, house: House) -> Card:
    """`wanted` is a page's number, words to look for, or both. Raises BadRequest for a page that is not there."""
    words, page = _asked(wanted)
    films = await _films(event, house)
    if words:
        films = [film for film in films if film.named_by(words)]
    if not films:
        return _nothing(words)
    pages = -(-len(films) // PAGE)
    if page > pages:
        raise BadRequest(f"The library has {pages} page{'s' if pages > 1 else ''} here; there is no page {page}.")
    shown = films[(page - 1) * PAGE : page * PAGE]
    return Card(
        title=_title(len(films), words),
        fields=tuple(Field(film.clip.drive_path, _facts(film, event.author)) for film in shown),
        media=tuple(film_media(film.clip, shorten(film.prompt, LONGEST_ALT) or film.clip.drive_path) for film in shown),
        notes=(_pages(page, pages, words),) if pages > 1 else (),
    )


def _asked(wanted: str) -> tuple[tuple[str, ...], int]:
    """The words to look for, and the page."""
    text = wanted.strip()
    while (rest := _FILLERS.sub("", text)) != text:
        text = rest
    words = text.casefold().split()
    page = int(words.pop()) if words and re.fullmatch(r"[0-9]{1,4}", words[-1]) else 1
    return tuple(words), max(1, page)


async def _films(event: Message | Command, house: House) -> list[_Film]:
    """Films of this person, and those of others that are not temporary."""
    space = (event.author.platform, event.author.workspace)
    wanted = Wanted(viewer=event.author, channel=event.conversation.channel, now=house.clock.now())
    clips = (await house.storage.clips.find(wanted, limit=LOOKS)).clips
    made = await house.storage.jobs.find(workspace=space, states=MADE, limit=LOOKS)
    jobs = {job.id: job for job in made if may_read(job, event)}
    return [_Film(clip, jobs.get(clip.job)) for clip in clips]


def _facts(film: _Film, asker: Person) -> str:
    """`5 s · 1280 × 720 · 1.2 MB · 20 Nov 2026 · Toll One`."""
    clip, choice = film.clip, film.job.choice if film.job else None
    facts = [
        seconds(round(clip.seconds, 1)),
        f"{clip.width} × {clip.height}",
        size_text(clip.bytes),
        f"{clip.made_at.day} {clip.made_at:%b %Y}",
    ]
    if choice is not None:
        facts.append(choice.title)
    if not clip.owned_by(asker):
        facts.append(
            f"by {clip.owner.name or 'somebody'}{'' if clip.drive_path.startswith(SPACE) else ', on their own Drive'}"
        )
    if clip.expires_at is not None:
        facts.append(f"kept until {clip.expires_at:%H:%M} UTC on {clip.expires_at.day} {clip.expires_at:%b}")
    return " · ".join(facts)


def _title(count: int, words: Sequence[str]) -> str:
    films = f"{count} film{'s' if count != 1 else ''}"
    if count >= LOOKS:
        films = f"The newest {LOOKS} films"
    return f"{films} with “{shorten(' '.join(words), 60)}”" if words else f"The library: {films}"


def _pages(page: int, pages: int, words: Sequence[str]) -> str:
    told = f"Page {page} of {pages}."
    again = " ".join(("library", *(("search", *words) if words else ()), str(page + 1)))
    return f"{told} “{again}” shows the next." if page < pages else told


def _nothing(words: Sequence[str]) -> Card:
    if words:
        say = "Every word has to be in the prompt, the Drive path or the model's name. “library” shows all."
        return Card(title=f"No film with “{shorten(' '.join(words), 60)}”", text=say)
    return Card(title="The library is empty", text="Write what you would like to see; each finished film comes here.")
