"""All of the storage, each part over the same database."""

from dataclasses import dataclass

from adapters.storage.sql.accounts import SqlLedger, SqlStatistics
from adapters.storage.sql.cards import SqlCards
from adapters.storage.sql.claims import SqlClaims
from adapters.storage.sql.database import Database
from adapters.storage.sql.inbox import SqlInbox
from adapters.storage.sql.library import SqlAssets, SqlClips, SqlNames
from adapters.storage.sql.lines import SqlLines
from adapters.storage.sql.notes import SqlNotes
from adapters.storage.sql.passing import SqlPassing
from adapters.storage.sql.policies import SqlPolicies
from adapters.storage.sql.told import ToldJobs
from bot.ports.clock import Clock
from bot.ports.watch import Watch


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlStorage:
    database: Database
    inbox: SqlInbox
    jobs: ToldJobs
    cards: SqlCards
    clips: SqlClips
    names: SqlNames
    assets: SqlAssets
    ledger: SqlLedger
    policies: SqlPolicies
    claims: SqlClaims
    lines: SqlLines
    statistics: SqlStatistics
    notes: SqlNotes
    passing: SqlPassing

    async def aclose(self) -> None:
        await self.database.aclose()


def store(database: Database, clock: Clock, watch: Watch) -> SqlStorage:
    return SqlStorage(
        database=database,
        inbox=SqlInbox(database),
        jobs=ToldJobs(database, watch),
        cards=SqlCards(database, clock),
        clips=SqlClips(database),
        names=SqlNames(database),
        assets=SqlAssets(database),
        ledger=SqlLedger(database),
        policies=SqlPolicies(database),
        claims=SqlClaims(database),
        lines=SqlLines(database),
        statistics=SqlStatistics(database),
        notes=SqlNotes(database),
        passing=SqlPassing(database),
    )
