"""`clapper parse` and `clapper quote`: what a wish means and what it would cost, with nothing started."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

from bot.app import catalogue, opened
from bot.cli import documents, out
from bot.cli.ready import PLATFORM, attachments, ready
from bot.domain.chat import Conversation, Person
from bot.domain.request import Parsed
from bot.domain.tips import HOW_TO
from bot.flows.parse import parse as understand
from bot.flows.prepare import Prepared, prepare
from bot.flows.show.words import amount
from config import Settings


def parse(text: str, files: Sequence[Path], *, json: bool) -> int:
    settings = ready()
    found = understand(text, attachments=attachments(files), names=catalogue(settings).names())
    if json:
        out.document(documents.parsed(found))
    else:
        _tell(found)
    return 1 if found.problems else 0


def quote(text: str, files: Sequence[Path], *, json: bool) -> int:
    settings = ready(working=True)
    attached = attachments(files)
    found = understand(text, attachments=attached, names=catalogue(settings).names())
    if found.verb is not None or not (found.prompt.strip() or found.references or found.problems):
        return _nothing_to_price(found, json=json)
    prepared = asyncio.run(_prepared(found, settings))
    if json:
        out.document(documents.quoted(prepared))
    else:
        _tell_price(prepared)
    return 1 if prepared.problems or prepared.quote is None else 0


async def _prepared(found: Parsed, settings: Settings) -> Prepared:
    async with opened(settings, platforms=[PLATFORM]) as app:
        here = Conversation(PLATFORM, "local", f"quote-{uuid4().hex}")
        me = Person(PLATFORM, "local", "quote")
        return await prepare(found.request, here, me, app.house, found.problems)


def _nothing_to_price(found: Parsed, *, json: bool) -> int:
    say = f"{found.verb!r} is a question, not a film; there is nothing to price." if found.verb else HOW_TO
    if json:
        nothing = Prepared(request=found.request, choice=None, quote=None, problems=(say,))
        out.document(documents.quoted(nothing))
    else:
        out.complain(say)
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
            (name.replace("_", " ").capitalize(), _words(one.value), one.origin.value)
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


def _words(value: Any) -> str:
    simple = out.simple(value)
    if isinstance(simple, bool):
        return "yes" if simple else "no"
    if isinstance(simple, list):
        return ", then ".join(" + ".join(move) for move in simple)
    return str(simple)
