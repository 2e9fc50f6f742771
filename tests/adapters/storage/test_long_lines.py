"""Long lines: a place is counted only so far, and whoever is at a limit of their own costs those behind them nothing."""

from dataclasses import replace

from sqlalchemy import NullPool, insert

from adapters.storage.sql.address import address
from adapters.storage.sql.database import open_engine
from adapters.storage.sql.mapping import job_card_columns, new_job_columns
from adapters.storage.sql.rows import CardRow, JobRow
from adapters.storage.sql.turns import AT_A_TIME
from bot.domain.job import MANY_AHEAD, Job, State, counted
from bot.ports.storage import Storage
from tests.stored import ASKER, OTHER, a_job, at

LINE = "kling/kling-3"


def queued(id: str, **changes) -> Job:
    return a_job(id, state=State.queued, confirmed_at=at(0), next_step_at=None, line=LINE, **changes)


def put(url: str, jobs: list[Job]) -> None:
    """Straight into the tables, one round after the other."""
    engine = open_engine(address(url), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(insert(JobRow), [new_job_columns(job) | {"turn": turn} for turn, job in enumerate(jobs, 1)])
        connection.execute(insert(CardRow), [job_card_columns(job) for job in jobs])
    engine.dispose()


async def test_a_place_far_behind_is_told_as_so_many_or_more(storage: Storage, url: str) -> None:
    put(url, [queued(f"J-{number}") for number in range(MANY_AHEAD + 2)])
    told = [await storage.statistics.ahead(queued(f"J-{number}")) for number in (499, 500, 501)]
    assert [counted(ahead) for ahead in told] == ["499", "500 or more", "500 or more"]
    assert (await storage.lines.others(queued("J-501"), at(0))).before == MANY_AHEAD


async def test_who_is_behind_a_thousand_that_are_passed_over_is_next(storage: Storage, url: str) -> None:
    many = [queued(f"J-A{number}", at_once=1) for number in range(AT_A_TIME + 300)]
    put(url, [*many, queued("J-B", author=OTHER), queued("J-C", author=replace(ASKER, id="c"), at_once=1)])
    assert await storage.lines.admit(LINE, at(1), at_once=1, per_minute=None) == ["J-A0"]
    assert [await storage.statistics.ahead(queued(id)) for id in ("J-B", "J-C")] == [0, 1]
    assert await storage.lines.admit(LINE, at(1), at_once=3, per_minute=None) == ["J-B", "J-C"]
    assert await storage.lines.admit(LINE, at(1), at_once=4, per_minute=None) == []
