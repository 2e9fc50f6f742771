"""Finding rows by where in which chat they belong."""

from sqlalchemy import ColumnElement
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
