"""The App Home: what runs for me, the library a page at a time, and what this month cost. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any
from zlib import crc32

from adapters.chat.slack.clips import length, size, title
from adapters.chat.slack.elements import (
    MERGE,
    PAGE_TURN,
    SEARCH,
    About,
    Json,
    context,
    header,
    marked,
    numbered,
    paragraph,
    plain_button,
    press_button,
    quotation,
    rich,
    run,
    said,
    section,
    sendable_item,
    topped,
    words,
)
from adapters.chat.slack.moments import beyond, day, drawn, share, timing
from adapters.chat.slack.parts import prompt_of
from adapters.chat.slack.spent import Spent
from adapters.chat.slack.text import cut, escape, formats, one_line, visible
from bot.domain.card import Action, Button, Card, FieldKind, FormField
from bot.domain.drive import MOST_COUNTED, Clip
from bot.domain.job import Job, State
from bot.domain.join import MERGED

MOST_JOBS = 12
PAGE = 10
FEWEST_TO_MERGE = 2
MOST_PROMPT = 200
MOST_WORDS = 100
WISH = (FormField("prompt", "What is to happen in the new film?", FieldKind.text),)
EXAMPLE = "A lighthouse keeper winds the great lamp as fog rolls in [Push in], 8 seconds, vertical, with audio"
STATES: Mapping[State, str] = MappingProxyType(
    {
        State.awaiting_confirmation: "Waiting for your answer",
        State.queued: "In line",
        State.submitting: "Being sent",
        State.processing: "Rendering",
        State.finalizing: "Almost there",
        State.unclear: "Please decide",
    }
)


@dataclass(frozen=True, slots=True)
class Look:
    """Which films are looked at: those that have all these words, from 1 the page."""

    page: int = 1
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """`jobs` with their cards as last drawn; `clips` are a page of the `total` films there are; `pictures` are processed Slack files by Files key.

    `spent` is the person's own; admins see besides what all of the `workspace` spent.
    """

    jobs: Sequence[tuple[Job, Card | None]]
    clips: Sequence[Clip]
    total: int
    pictures: Mapping[str, str]
    spent: Spent
    workspace: Spent | None = None
    look: Look = Look()


def home_view(home: Home) -> Json:
    """At most 100 blocks, whatever there is. The view itself remembers where one looks."""
    blocks = [*_running(home), {"type": "divider"}, *_library(home), {"type": "divider"}, *_end(home)]
    turn = f"{crc32(repr(blocks).encode(errors='replace')):x}"
    return {
        "type": "home",
        "private_metadata": json.dumps(asdict(home.look)),
        "blocks": numbered(blocks, f"home:{turn}"),
    }


def looked_at(view: Mapping[str, Any]) -> Look:
    """Where somebody looks on the Home that a payload shows; its beginning where that cannot be read."""
    try:
        held = json.loads(view["private_metadata"])
        return look_for(str(held["words"]), int(held["page"]))
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError):
        return Look()


def look_for(words: str, page: int = 1) -> Look:
    return Look(min(max(1, page), MOST_COUNTED), cut(one_line(words), MOST_WORDS))


def film_buttons(clip: Clip) -> tuple[Button, ...]:
    """What can be done with a film from Home."""
    trash = f"Put {said(title(clip), 100)} in the trash? It can be taken out again for 24 hours."
    return (
        Button(Action.film, "Show", item=clip.id),
        *((Button(Action.again, "Again", item=clip.id),) if clip.model != MERGED else ()),
        Button(Action.reference, "Use as reference", item=clip.id, form=WISH),
        Button(Action.add_to_merge, "Add to merge", item=clip.id),
        Button(Action.delete, "Delete…", item=clip.id, confirm=trash),
    )


def _running(home: Home) -> Iterator[Json]:
    yield header("Your films at work")
    if not home.jobs:
        yield section(words("Nothing is running for you."))
    for job, card in home.jobs[:MOST_JOBS]:
        yield from _job(job, card)
    if len(home.jobs) > MOST_JOBS:
        yield context(words(f"{len(home.jobs) - MOST_JOBS} more; ask for “status” to see them all."))


def _job(job: Job, card: Card | None) -> Iterator[Json]:
    state = card.title if card is not None else STATES.get(job.state, job.state.value)
    prompt = prompt_of(card) if card is not None else job.request.prompt
    bar = card.progress if card is not None else None
    line = " ".join(filter(visible, (drawn(bar.fraction), share(bar.fraction), beyond(state, bar)))) if bar else ""
    row = section(topped(said(state, 150), cut(line, 250)))
    buttons = [button for button in (card.buttons if card is not None else ()) if button.action is Action.cancel]
    if card is not None and buttons:
        row["accessory"] = press_button(buttons[0], job.id, card.revision)
    yield row
    if visible(prompt):
        yield rich(quotation(said(prompt, MOST_PROMPT)))
    when = timing(bar) if bar is not None else ""
    yield context(marked(" · ".join(filter(None, (when, f"Job {escape(said(job.id, 60))}")))))


def _library(home: Home) -> Iterator[Json]:
    yield header(_shelf(home))
    if not home.clips:
        none = "No film has all of these words." if home.look.words else "Finished films appear here."
        yield section(words(none))
    for clip in home.clips[:PAGE]:
        yield _clip(clip, home)
        if sendable_item(clip.id):
            buttons = [press_button(one, clip.job, 0, title(clip)) for one in film_buttons(clip)]
            yield {"type": "actions", "elements": buttons}
    if turning := list(_turning(home)):
        yield {"type": "actions", "elements": turning}


def _shelf(home: Home) -> str:
    count = f"{home.total:,}{' or more' if home.total >= MOST_COUNTED else ''}"
    films = f"{count} film{'' if home.total == 1 else 's'}" if home.total else ""
    named = f"with “{home.look.words}”" if home.look.words else ""
    page = f"page {home.look.page} of {_pages(home)}" if _pages(home) > 1 else ""
    told = ", ".join(filter(None, (" ".join(filter(None, (films, named))), page)))
    return f"Library: {told}" if told else "Library"


def _pages(home: Home) -> int:
    return max(1, -(-home.total // PAGE))


def _turning(home: Home) -> Iterator[Json]:
    """The pages beside this one, the search, and the merge."""
    page = home.look.page
    if page > 1:
        yield _turn("Previous", page - 1)
    if page < _pages(home):
        yield _turn("Next", page + 1)
    if home.total or home.look.words:
        yield plain_button(SEARCH, "Search", About(), "the library")
    if home.look.words:
        yield plain_button(f"{PAGE_TURN}:all", "Show all", About(item="all"), "films")
    if home.total >= FEWEST_TO_MERGE or home.look.words:
        yield plain_button(MERGE, "Merge films", About())


def _turn(label: str, page: int) -> Json:
    return plain_button(f"{PAGE_TURN}:{page}", label, About(item=str(page)), f"page {page}")


def _clip(clip: Clip, home: Home) -> Json:
    """The film's name, length and day, and what was wished for, with its still beside them."""
    facts = " · ".join(filter(None, (length(clip), size(clip), day(clip.made_at))))
    name = said(title(clip), 80)
    wish = [said(clip.prompt, MOST_PROMPT)] if visible(clip.prompt) else []
    if any(map(formats, (name, *wish))):
        row = {**section(words("\n".join([name, *wish]), lines=True)), "fields": [marked(facts)]}
    else:
        row = section(marked("\n".join([f"*{escape(name)}*", *map(escape, wish), facts])))
    if (file := home.pictures.get(clip.poster)) is not None:
        alt = said(clip.prompt if visible(clip.prompt) else name, MOST_PROMPT)
        row["accessory"] = {"type": "image", "slack_file": {"id": file}, "alt_text": alt}
    return row


def _end(home: Home) -> Iterator[Json]:
    yield header("This month")
    yield section(words(f"{home.spent.told('your')}."))
    if home.workspace is not None:
        everybody = home.workspace.told("the workspace's")
        yield section(words(f"By everybody: {everybody}."))
    yield header("How to ask")
    yield rich(
        paragraph(
            run(
                "Mention me in a channel, or write to me here, with what you want to see. Attach pictures, clips or sounds if you have them. "
            )
        ),
        quotation(EXAMPLE),
        paragraph(run("I show the price first; nothing starts before you confirm.")),
    )
