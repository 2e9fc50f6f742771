"""`clapper db …`: whether the database is well, its tables of this version or an older one, and what a restore asks for."""

from importlib import import_module
from typing import Any

from bot.app import opened
from bot.cli import out
from bot.cli.interrupts import run
from bot.cli.ready import ready
from bot.domain.errors import BadRequest
from bot.flows.restored import Restored, restored
from bot.ports.clock import Clock
from bot.ports.parts import Parts
from config import Settings, names

BOOKS = "The books of job {job} do not balance. Look at its entries with `clapper status {job}` and the spend export."


def upgrade(*, json: bool) -> int:
    """Raises ClapperError where a newer Clapper wrote the database, OSError where it cannot be reached."""
    changed = _sql().upgrade(ready(working=True).database_url)
    if json:
        out.document({"changed": changed})
    else:
        out.say("The database is brought up to date." if changed else "The database was up to date already.")
    return 0


def check(*, json: bool) -> int:
    """Exit code 1 where something is wrong. Raises ClapperError or OSError where the database cannot be asked at all."""
    settings = ready(working=True)
    health = _sql().check(settings.database_url)
    problems = [*health.problems]
    if not problems:
        problems += [BOOKS.format(job=job) for job in run(_unbalanced(settings))]
    if json:
        out.document(
            {"ok": not problems, "place": health.place, "has": health.has, "needs": health.needs, "problems": problems}
        )
        return 1 if problems else 0
    out.say(
        f"{health.place[0].upper()}{health.place[1:]}: revision {health.has or 'none'}, and this program needs {health.needs}."
    )
    for problem in problems:
        out.say(f"✗ {problem}")
    if not problems:
        out.say("It can be written to, it is whole, and the books balance.")
    return 1 if problems else 0


def downgrade(revision: str | None, *, yes: bool, json: bool) -> int:
    """Raises ClapperError for a revision that is none before the database's own, and where another Clapper has it open."""
    settings, sql = ready(working=True), _sql()
    wanted, lost = sql.would_lose(settings.database_url, revision)
    if not yes:
        kept = "".join(f"\n- {one}" for one in lost)
        raise BadRequest(
            f"Back to revision {wanted}, what these kept is gone for good:{kept}\nBack up, then add --yes."
        )
    sql.check_alone(settings.database_url)
    sql.downgrade(settings.database_url, wanted)
    if json:
        out.document({"revision": wanted, "lost": lost})
    else:
        out.say(f"The database is at revision {wanted}. Start only the older version that uses it.")
    return 0


def after_restore(*, yes: bool, json: bool) -> int:
    """Raises BadRequest without `yes`, ClapperError where another Clapper has the database open."""
    settings = ready(working=True)
    if not yes:
        raise BadRequest(
            "After a restore, jobs that were in line are looked up at their provider and ended where it does not have them, prices nobody "
            "confirmed are withdrawn, and messages nobody had heard are dropped: all may have been done already. Add --yes to do that."
        )
    _sql().check_alone(settings.database_url)
    done = run(_restored(settings))
    if json:
        out.document(done)
    else:
        _tell(done)
    return 0


def _tell(done: Restored) -> None:
    if not any((done.found, done.ended, done.withdrawn, done.dropped)):
        out.say("Nothing was on its way in this backup. Clapper may be started.")
        return
    out.say(f"Found at their provider, and carried on: {_listed(done.found)}.")
    out.say(
        f"Ended, and counted as charged since nobody can tell: {_listed(done.ended)}. Their people were told on their cards."
    )
    out.say(f"Prices withdrawn: {_listed(done.withdrawn)}. Messages and presses dropped: {done.dropped}.")
    out.say("Clapper may be started.")


def _listed(jobs: tuple[str, ...]) -> str:
    return ", ".join(jobs) or "none"


async def _restored(settings: Settings) -> Restored:
    async with opened(settings, platforms=[]) as app:
        return await restored(app.house, {"terminal", "web", *names.PLATFORMS})


async def _unbalanced(settings: Settings) -> Any:
    from bot.app import RealClock

    clock: Clock = RealClock()
    parts = Parts(settings={"url": settings.database_url}, folder=settings.data, clock=clock)
    storage = _sql().create(parts)
    try:
        return await storage.ledger.unbalanced()
    finally:
        await storage.aclose()


def _sql() -> Any:
    return import_module("adapters.storage.sql")
