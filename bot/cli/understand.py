"""`clapper parse` and `clapper quote`: what a wish means and what it would cost, with nothing started."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from bot.app import catalogue, opened
from bot.cli import documents, out
from bot.cli.interrupts import run
from bot.cli.ready import PLATFORM, attached, check_drive, ready
from bot.domain.chat import Conversation, Person
from bot.domain.media import RATIOS, Media, nearest_aspect, ratio
from bot.domain.request import Parsed, VideoRequest
from bot.domain.tips import HOW_TO
from bot.flows.fit import SAME_SHAPE, SHAPED
from bot.flows.parse import parse as understand
from bot.flows.prepare import Prepared, prepare
from bot.flows.show.words import amount
from config import Settings


def parse(text: str, named: Sequence[str], *, json: bool) -> int:
    settings = ready()
    found = _understood(text, named, settings)
    if json:
        out.document(documents.parsed(found))
    else:
        _tell(found)
    return 1 if found.problems else 0


def quote(text: str, named: Sequence[str], *, json: bool) -> int:
    settings = ready(working=True)
    found = _understood(text, named, settings)
    if found.verb is not None or not (found.prompt.strip() or found.references or found.problems):
        return _nothing_to_price(found, json=json)
    check_drive(settings)
    prepared = run(_prepared(found, settings))
    if json:
        out.document(documents.quoted(prepared))
    else:
        _tell_price(prepared)
    return 1 if prepared.problems or prepared.quote is None else 0


def _understood(text: str, named: Sequence[str], settings: Settings) -> Parsed:
    there = attached(named)
    return understand(text + there.elsewhere, attachments=there.files, names=catalogue(settings).names())


async def _prepared(found: Parsed, settings: Settings) -> Prepared:
    async with opened(settings, platforms=[PLATFORM]) as app:
        here = Conversation(PLATFORM, "local", f"quote-{uuid4().hex}")
        me = Person(PLATFORM, "local", "quote")
        return await prepare(found.request, here, me, app.house, found.problems)


def _nothing_to_price(found: Parsed, *, json: bool) -> int:
    say = f"{found.verb!r} is a question, not a film; there is nothing to price."
    if not found.verb:
        say = "There is nothing to price. Write what you want to see, or attach a picture or a film."
    if json:
        nothing = Prepared(request=found.request, choice=None, quote=None, problems=(say,))
        out.document(documents.quoted(nothing))
    else:
        out.complain(say if found.verb else HOW_TO)
    return 1


def _tell(found: Parsed) -> None:
    if found.verb:
        out.say(f"This is the command {found.verb!r}" + (f" with {found.prompt!r}." if found.prompt else "."))
        return
    if not (found.prompt or found.references or found.problems):
        out.say(HOW_TO)
        return
    rows = [("Prompt", found.prompt or "(none)", "")]
    rows += [
        (name.replace("_", " ").capitalize(), _words(one.value), one.origin.value)
        for name, one in found.settings.items()
    ]
    rows += [
        (one.token, one.source.name or one.source.value, one.role.value.replace("_", " ")) for one in found.references
    ]
    out.table(("What", "Value", "From"), rows)
    for problem in found.problems:
        out.complain(problem)


def _tell_price(prepared: Prepared) -> None:
    if (choice := prepared.choice) is not None:
        rows = [("Model", f"{choice.title} ({choice.model})", "")]
        rows += [
            (name.replace("_", " ").capitalize(), _chosen(name, one.value, prepared), one.origin.value)
            for name, one in choice.settings.items()
            if name != "model"
        ]
        out.table(("What", "Value", "From"), rows)
        for adjustment in choice.adjustments:
            out.say(f"• {adjustment.say}")
    for reference in prepared.request.references:
        for mend in reference.mends:
            out.say(f"• {reference.token}: {mend}.")
    if (price := prepared.quote) is not None:
        lines = [(line.text, amount(line.credits)) for line in price.lines]
        out.table(("Call", "Price"), [*lines, ("About" if price.estimated else "Total", amount(price.credits))])
    for problem in prepared.problems:
        out.complain(problem)


def _chosen(name: str, value: Any, prepared: Prepared) -> str:
    """A setting of the choice; a shape that follows the picture with what that comes to."""
    picture = _picture(prepared.request) if (name, value) == ("aspect", "adaptive") else None
    if picture is None or picture.width is None or picture.height is None:
        return _words(value)
    nearest = nearest_aspect(picture.width, picture.height, RATIOS)
    return f"adaptive ({nearest if _near(picture, nearest) else f'{picture.width}:{picture.height}'} as the picture)"


def _picture(request: VideoRequest) -> Media | None:
    """What the film takes its shape from: the picture it begins with, else the first that has a shape."""
    found = (one.media for role in SHAPED for one in request.of_role(role))
    return next((media for media in found if media and media.aspect), None)


def _near(picture: Media, aspect: str) -> bool:
    return abs((picture.aspect or 0) / float(ratio(aspect)) - 1) <= SAME_SHAPE


def _words(value: Any) -> str:
    simple = out.simple(value)
    if isinstance(simple, bool):
        return "yes" if simple else "no"
    if isinstance(simple, list):
        return ", then ".join(" + ".join(move) for move in simple)
    return str(simple)
