"""The App Home: what runs for me, the newest films, and what this month cost. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from adapters.chat.slack.elements import (
    MERGE,
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
    topped,
    words,
)
from adapters.chat.slack.merge import FEWEST, length, size, title
from adapters.chat.slack.moments import beyond, day, drawn, share, timing
from adapters.chat.slack.parts import prompt_of
from adapters.chat.slack.text import cut, escape, formats, visible
from bot.domain.card import Action, Card
from bot.domain.drive import Clip
from bot.domain.job import Job, State

MOST_JOBS = 12
MOST_CLIPS = 20
MOST_PROMPT = 200
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """`jobs` with their cards as last drawn; `pictures` are processed Slack files by Files key, `prompts` by job id.

    `spent` is in credits, `month` names the month in words. `merge` says whether clips can be merged here.
    """

    jobs: Sequence[tuple[Job, Card | None]]
    clips: Sequence[Clip]
    pictures: Mapping[str, str]
    spent: Decimal
    month: str
    merge: bool = False
    prompts: Mapping[str, str] = field(default_factory=dict)


def home_view(home: Home) -> Json:
    """At most 100 blocks, whatever there is."""
    blocks = [*_running(home), {"type": "divider"}, *_library(home), {"type": "divider"}, *_end(home)]
    return {"type": "home", "blocks": numbered(blocks, "home")}


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
    yield header("Library")
    if not home.clips:
        yield section(words("Finished films appear here."))
    for clip in home.clips[:MOST_CLIPS]:
        yield _clip(clip, home)
    if len(home.clips) > MOST_CLIPS:
        yield context(words(f"The newest {MOST_CLIPS} of {len(home.clips)}; the others are on the Drive."))
    if home.merge and len(home.clips) >= FEWEST:
        yield {"type": "actions", "elements": [plain_button(MERGE, "Merge clips", "", 0)]}


def _clip(clip: Clip, home: Home) -> Json:
    """The film's name, length and day, and what was wished for, with its still beside them."""
    facts = " · ".join(filter(None, (length(clip), size(clip), day(clip.made_at))))
    name, prompt = said(title(clip), 80), home.prompts.get(clip.job, "")
    wish = [said(prompt, MOST_PROMPT)] if visible(prompt) else []
    if any(map(formats, (name, *wish))):
        row = {**section(words("\n".join([name, *wish]), lines=True)), "fields": [marked(facts)]}
    else:
        row = section(marked("\n".join([f"*{escape(name)}*", *map(escape, wish), facts])))
    if (file := home.pictures.get(clip.poster)) is not None:
        row["accessory"] = {"type": "image", "slack_file": {"id": file}, "alt_text": said(prompt or name, MOST_PROMPT)}
    return row


def _end(home: Home) -> Iterator[Json]:
    yield header("This month")
    unit = "credit" if home.spent == 1 else "credits"
    yield section(words(f"{home.spent:,.2f} {unit} spent in {home.month}."))
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
