"""Which workspaces installed the app, and their tokens: kept in Clapper's own database, encrypted, renewed before they expire."""

import asyncio
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from secrets import token_bytes
from typing import TYPE_CHECKING, Any

import aiohttp
import structlog
from slack_sdk.errors import SlackTokenRotationError
from slack_sdk.oauth.installation_store import Bot
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.slack.options import Options
from bot.domain.errors import Later
from bot.ports.storage import Notes

if TYPE_CHECKING:
    from adapters.chat.slack.tables import InstallationStore, StateStore

log = structlog.get_logger()

RENEW_MINUTES = 120
REFUSED_SECONDS = 600.0
REMEMBERED = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Installed:
    """`token` and `user` are the bot's own."""

    token: str
    user: str

    def __repr__(self) -> str:
        return f"Installed(user={self.user!r})"


class Installs:
    """`client` makes one that has no token. Nothing is connected before the first question."""

    def __init__(self, options: Options, client: Callable[[], AsyncWebClient], notes: Notes | None) -> None:
        self._options = options
        self.database_url = options.database_url
        self._client = client
        self._notes = notes
        self._organisations: dict[str, str] = {}
        self._opening = asyncio.Lock()
        self._open = False

    @cached_property
    def _engine(self) -> Any:
        from adapters.chat.slack.tables import engine  # noqa: PLC0415 - SQLAlchemy is loaded only where workspaces install

        return engine(self.database_url)

    @cached_property
    def installations(self) -> "InstallationStore":
        from adapters.chat.slack.tables import InstallationStore  # noqa: PLC0415 - see _engine

        return InstallationStore(self._options.client_id, self._engine, Seal(self._options))

    @cached_property
    def states(self) -> "StateStore":
        from adapters.chat.slack.tables import StateStore  # noqa: PLC0415 - see _engine

        return StateStore(self._engine)

    async def open(self) -> None:
        """Makes the tables that are missing."""
        async with self._opening:
            if not self._open:
                await self.installations.create_tables()
                await self.states.create_tables()
                self._open = True

    async def find(self, workspace: str) -> Installed | None:
        """The workspace's own installation, else its organisation's; None where there is none that can be read.

        Its token is good for two hours yet. Raises OSError where that cannot be had because Slack is away, Later where Slack refuses it.
        """
        bot = await self._stored(workspace)
        if bot is None:
            return None
        bot = await self._renewed(bot, workspace)
        return Installed(bot.bot_token, bot.bot_user_id)

    async def user(self, workspace: str) -> str:
        """The bot's own user id there, "" where it is not installed. Renews nothing."""
        bot = await self._stored(workspace)
        return "" if bot is None else bot.bot_user_id

    async def _stored(self, workspace: str) -> Bot | None:
        await self.open()
        return await self.installations.find(workspace, await self._organisation(workspace))

    async def learn(self, workspace: str, organisation: str) -> None:
        """Remembers which organisation a workspace belongs to: an installation for all of one names no workspace."""
        if self._organisations.get(workspace) == organisation:
            return
        self._organisations[workspace] = organisation
        if self._notes is not None:
            await self._notes.put(_note(workspace), organisation, datetime.now(UTC) + REMEMBERED)

    async def forget(self, workspace: str, organisation: str, *, whole: bool) -> None:
        """The app was removed from a workspace, or with `whole` from all of an organisation's."""
        await self.open()
        await self.installations.forget(workspace, organisation if whole else "")

    async def aclose(self) -> None:
        if "_engine" in self.__dict__:
            await self._engine.dispose()

    async def _organisation(self, workspace: str) -> str:
        known = self._organisations.get(workspace)
        if known is None:
            known = (await self._notes.get(_note(workspace)) if self._notes is not None else None) or ""
            if known:
                self._organisations[workspace] = known
        return known

    async def _renewed(self, bot: Bot, workspace: str) -> Bot:
        rotator = AsyncTokenRotator(
            client=self._client(), client_id=self._options.client_id, client_secret=self._options.client_secret
        )
        try:
            fresh = await rotator.perform_bot_token_rotation(bot=bot, minutes_before_expiration=RENEW_MINUTES)
        except (SlackTokenRotationError, aiohttp.ClientError, TimeoutError) as error:
            return await self._after_all(workspace, error)
        if fresh is None:
            return bot
        await self.installations.async_save_bot(fresh)
        return fresh

    async def _after_all(self, workspace: str, error: Exception) -> Bot:
        """A token may be renewed but once: another process may have been first, or the old one is still good for a while."""
        code = _code(error)
        log.warning("A token could not be renewed", action="slack.renew", workspace=workspace, code=code)
        now = await self._stored(workspace)
        if now is not None and (now.bot_token_expires_at or 0) > time.time():
            return now
        if isinstance(error, SlackTokenRotationError):
            raise Later(REFUSED_SECONDS) from error
        raise ConnectionError("Slack cannot be reached to renew a token") from error


class Seal:
    """Encrypts single texts, with a key made from the client secret: who has the database alone has no token."""

    def __init__(self, options: Options) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - loaded with the tables
        from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 - loaded with the tables
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415 - loaded with the tables

        salt = options.client_id.encode()
        key = HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"clapper slack tokens 1")
        self._cipher = AESGCM(key.derive(options.client_secret.encode()))
        self._said = False

    def close(self, text: str, what: str) -> str:
        nonce = token_bytes(12)
        return urlsafe_b64encode(nonce + self._cipher.encrypt(nonce, text.encode(), what.encode())).decode()

    def open(self, text: str, what: str) -> str | None:
        """None where it was sealed with another key or changed since; said once."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - loaded with the tables

        try:
            raw = urlsafe_b64decode(text.encode())
            return self._cipher.decrypt(raw[:12], raw[12:], what.encode()).decode()
        except (InvalidTag, ValueError):
            self._say()
            return None

    def _say(self) -> None:
        if self._said:
            return
        self._said = True
        say = "Installations cannot be decrypted: they were saved with another SLACK_CLIENT_SECRET. Those workspaces must install the app anew"
        log.error(say, action="slack.seal")


def _note(workspace: str) -> str:
    return f"slack:organisation:{workspace}"


def _code(error: Exception) -> str:
    if not isinstance(error, SlackTokenRotationError):
        return type(error).__name__
    body: Any = error.api_error.response
    return str(body.get("error", "")) if isinstance(body, Mapping) or hasattr(body, "get") else "unknown"
