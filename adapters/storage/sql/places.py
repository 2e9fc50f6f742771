"""Finding rows by where in which chat they belong."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, false, or_
from sqlmodel import col

from adapters.storage.sql.rows import CardRow, EventRow, JobRow
from bot.domain.chat import Conversation


def at_place(
    row: type[EventRow] | type[JobRow] | type[CardRow], conversation: Conversation
) -> tuple[ColumnElement[bool], ...]:
    return (
        col(row.platform) == conversation.platform,
        col(row.workspace) == conversation.workspace,
        col(row.channel) == conversation.channel,
        col(row.thread) == conversation.thread,
    )


def on_platforms(row: type[EventRow] | type[JobRow] | type[CardRow], platforms: Collection[str]) -> ColumnElement[bool]:
    """Not a bare column: SQLite would then look up each platform's every row, finished ones too, and not the few that wait."""
    there = col(row.platform).concat("")
    return or_(false(), *(there == name for name in sorted(platforms)))
