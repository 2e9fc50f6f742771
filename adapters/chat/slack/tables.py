"""The Slack library's own tables of installations and of sign-ins under way, with every token encrypted."""

from datetime import UTC, datetime
from logging import ERROR, getLogger
from pathlib import Path
from typing import Any

from slack_sdk.oauth.installation_store import Bot
from slack_sdk.oauth.installation_store.sqlalchemy import AsyncSQLAlchemyInstallationStore, SQLAlchemyInstallationStore
from slack_sdk.oauth.sqlalchemy_utils import normalize_datetime_for_db
from slack_sdk.oauth.state_store.sqlalchemy import AsyncSQLAlchemyOAuthStateStore
from sqlalchemy import Text, and_, false, make_url, or_
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.types import TypeDecorator

from adapters.chat.slack.installs import Seal

SIGN_IN_SECONDS = 600
WAIT_SECONDS = 30.0
SECRET = ("bot_token", "bot_refresh_token", "user_token", "user_refresh_token", "incoming_webhook_url")
_quiet = getLogger("clapper.slack.tables")
_quiet.setLevel(ERROR)  # the library writes states and rows down at lower levels


def engine(url: str) -> AsyncEngine:
    """Clapper's own database, through an asynchronous driver."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        path = str(Path(parsed.database or "").expanduser())
        named = parsed.set(drivername="sqlite+aiosqlite", database=path)
        return create_async_engine(named, connect_args={"timeout": WAIT_SECONDS}, hide_parameters=True)
    named = parsed.set(drivername="postgresql+psycopg")
    return create_async_engine(named, pool_pre_ping=True, pool_size=2, hide_parameters=True)


class _Sealed(TypeDecorator[str]):
    """A text that is stored encrypted; one that cannot be decrypted reads as None."""

    impl = Text
    cache_ok = False

    def __init__(self, seal: Seal, what: str) -> None:
        super().__init__()
        self._seal, self._what = seal, what

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        del dialect
        return None if value is None else self._seal.close(value, self._what)

    def process_result_value(self, value: str | None, dialect: Any) -> str | None:
        del dialect
        return None if value is None else self._seal.open(value, self._what)

    def copy(self, **_: Any) -> "_Sealed":
        return _Sealed(self._seal, self._what)


class InstallationStore(AsyncSQLAlchemyInstallationStore):
    def __init__(self, client_id: str, engine: AsyncEngine, seal: Seal) -> None:
        super().__init__(client_id=client_id, engine=engine, logger=_quiet)
        for table in (self.bots, self.installations):
            # Wide enough for a sealed token, and for scopes, which the library keeps in 1000 characters.
            table.c.bot_scopes.type = Text()
            for name in SECRET:
                if name in table.c:
                    table.c[name].type = _Sealed(seal, name)

    async def find(self, workspace: str, organisation: str) -> Bot | None:
        """The newest of the workspace, else of its organisation as a whole; None where its token cannot be read."""
        c = self.bots.c
        whole = and_(c.team_id.is_(None), c.enterprise_id == organisation) if organisation else false()
        query = (
            self.bots.select()
            .where(c.client_id == self.client_id, c.bot_token.is_not(None), or_(c.team_id == workspace, whole))
            .order_by(c.team_id.is_(None), c.installed_at.desc())
            .limit(1)
        )
        async with self.engine.connect() as connection:
            row = (await connection.execute(query)).mappings().first()
        if row is None or row["bot_token"] is None:
            return None
        return SQLAlchemyInstallationStore.build_bot_entity(row)

    async def forget(self, workspace: str, organisation: str) -> None:
        """Everything of the workspace, and where `organisation` is said, what it installed for all of its own."""
        async with self.engine.begin() as connection:
            for table in (self.bots, self.installations):
                c = table.c
                whole = and_(c.team_id.is_(None), c.enterprise_id == organisation) if organisation else false()
                own = c.team_id == workspace if workspace else false()
                await connection.execute(table.delete().where(c.client_id == self.client_id, or_(own, whole)))


class StateStore(AsyncSQLAlchemyOAuthStateStore):
    def __init__(self, engine: AsyncEngine) -> None:
        super().__init__(expiration_seconds=SIGN_IN_SECONDS, engine=engine, logger=_quiet)

    async def async_issue(self, *args: Any, **kwargs: Any) -> str:
        """Clears away those that expired: anyone may begin to install."""
        now = normalize_datetime_for_db(datetime.now(UTC))
        async with self.engine.begin() as connection:
            await connection.execute(self.oauth_states.delete().where(self.oauth_states.c.expire_at <= now))
        return await super().async_issue(*args, **kwargs)
