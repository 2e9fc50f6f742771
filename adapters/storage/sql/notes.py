"""Notes: what adapters keep in mind."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlmodel import col

from adapters.storage.sql.database import Database, Transaction
from adapters.storage.sql.once import add_once
from adapters.storage.sql.rows import NoteRow


@dataclass(frozen=True, slots=True)
class SqlNotes:
    database: Database

    async def get(self, key: str) -> str | None:
        asking = select(col(NoteRow.text)).where(col(NoteRow.key) == key)
        return await self.database.read(lambda session: session.scalar(asking))

    async def put(self, key: str, text: str, until: datetime) -> None:
        changing = update(NoteRow).where(col(NoteRow.key) == key).values(text=text, until=until)

        def work(transaction: Transaction) -> None:
            if not add_once(transaction, NoteRow, {"key": key, "text": text, "until": until}, "key"):
                transaction.session.execute(changing.execution_options(synchronize_session=False))

        await self.database.transact(work)

    async def swap(self, key: str, before: str | None, text: str, until: datetime) -> bool:
        there = (col(NoteRow.key) == key, col(NoteRow.text) == before)
        changing = update(NoteRow).where(*there).values(text=text, until=until).returning(col(NoteRow.number))

        def work(transaction: Transaction) -> bool:
            if before is None:
                return add_once(transaction, NoteRow, {"key": key, "text": text, "until": until}, "key")
            return transaction.session.scalar(changing.execution_options(synchronize_session=False)) is not None

        return await self.database.transact(work)

    async def forget(self, now: datetime) -> None:
        dropping = delete(NoteRow).where(col(NoteRow.until) < now).execution_options(synchronize_session=False)
        await self.database.write(lambda session: session.execute(dropping))
