"""`clapper doctor`: what is well, what is not, and what to do about it."""

import asyncio
import logging
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.cli import out
from bot.cli.checks import CHECKS, Check, Finding, Standing, guarded
from bot.cli.checks.places import nothing_left
from bot.cli.interrupts import run
from bot.domain.plain import plain
from config import BadSettings, load

MARKS = {Standing.well: ("✓", "green"), Standing.note: ("!", "yellow"), Standing.broken: ("✗", "red")}


def doctor(*, json: bool) -> int:
    """Exit code 1 where something that is needed is broken."""
    logging.disable(logging.WARNING)  # what a check finds is told once, in its own words
    findings = run(examined())
    broken = any(finding.standing is Standing.broken for finding in findings)
    if json:
        out.document({"ok": not broken, "checks": findings})
    else:
        _tell(findings)
        out.say("\nSomething needs mending: look at what is marked ✗." if broken else "\nClapper is ready to run.")
    return 1 if broken else 0


async def examined(checks: Sequence[Check] = CHECKS) -> list[Finding]:
    """What each finds, in their order."""
    try:
        settings = load()
    except BadSettings as error:
        return [Finding("settings", Standing.broken, error.say, "Correct what is named.")]
    # Side by side, so that several that hang take no longer than one.
    with nothing_left(settings):
        found = await asyncio.gather(*(guarded(check, settings) for check in checks))
    return [finding for findings in found for finding in findings]


def _tell(findings: list[Finding]) -> None:
    console = Console(markup=False, highlight=False, emoji=False)
    drawn = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    drawn.add_column(no_wrap=True)
    drawn.add_column(no_wrap=True, style="bold")
    drawn.add_column(overflow="fold")
    for finding in findings:
        mark, colour = MARKS[finding.standing]
        said = Text(plain(finding.found))
        if finding.mend:
            said.append(f"\n→ {plain(finding.mend)}", style=colour)
        drawn.add_row(Text(mark, style=colour), finding.name, said)
    console.print(drawn)
