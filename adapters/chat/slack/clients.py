"""How Slack's Web API is called: with the right token for each workspace, and every refusal in Clapper's own terms."""

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from logging import ERROR, Logger, getLogger
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.slack.hosts import answers_at
from adapters.chat.slack.installs import Installed, Installs
from adapters.chat.slack.options import Options
from bot.domain.errors import ClapperError, Later, UserError
from bot.ports.storage import Notes

log = structlog.get_logger()

CALL_SECONDS = 30
RATE_LIMITED_SECONDS = 30.0  # where a 429 does not say how long
LOST_SECONDS = 3600.0
KNOWN_SECONDS = 60.0
BUSY = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"})
LOST = frozenset({"account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked"})
_quiet = getLogger("clapper.slack")
# A level of its own: the library takes 0, "as the root's", for DEBUG and writes every call down, words and all.
_quiet.setLevel(ERROR)


class SlackRefused(ClapperError):
    """Slack answers a call with an error of its own; `needed` is the scope that is missing, where it is that."""

    def __init__(self, code: str, needed: str = "") -> None:
        super().__init__(f"{code} ({needed})" if needed else code)
        self.code = code
        self.needed = needed


class NotInstalled(Later):
    """A workspace has not installed the app, or removed it."""

    def __init__(self) -> None:
        super().__init__(LOST_SECONDS)


@dataclass(slots=True)
class _Known:
    installed: Installed
    client: AsyncWebClient
    until: float


class Clients:
    """One for the whole adapter. `notes` remembers which organisation a workspace belongs to, where one installed the app for all of its own."""

    def __init__(self, options: Options, notes: Notes | None = None) -> None:
        self._options = options
        self._known: dict[str, _Known] = {}
        self._users: dict[str, str] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._lost: set[tuple[str, str]] = set()
        self._session: aiohttp.ClientSession | None = None
        self.installs = Installs(options, self.client, notes) if options.installs else None

    @property
    def session(self) -> aiohttp.ClientSession:
        """The one session of all calls; an upload or a download sets a time-out of its own."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=CALL_SECONDS), trust_env=True)
        return self._session

    def client(self, token: str | None = None) -> AsyncWebClient:
        """Retries nothing by itself: what is asked again, and when, is decided by who asks."""
        client = AsyncWebClient(
            token=token,
            base_url=self._options.api_url,
            timeout=CALL_SECONDS,
            session=self.session,
            retry_handlers=[],
            logger=_quiet,
        )
        client.proxy = None  # the library takes one from the environment for every host; the session minds NO_PROXY too
        return client

    @property
    def logger(self) -> Logger:
        """For the library's own words: only what broke."""
        return _quiet

    async def of(self, workspace: str) -> AsyncWebClient:
        """Raises NotInstalled, another Later where Slack asks for patience or the token is gone, OSError where Slack is away."""
        return (await self._get(workspace)).client

    async def me(self, workspace: str) -> str:
        """The bot's own user id there, which stays the same: Slack is not asked again while somebody waits to be heard. Raises NotInstalled."""
        if self.installs is None:
            return (await self._get(workspace)).installed.user
        user = self._users.get(workspace) or await self.installs.user(workspace)
        if not user:
            self._say_lost(workspace, "not_installed")
            raise NotInstalled
        self._users[workspace] = user
        return user

    async def call(self, workspace: str, method: str, **arguments: Any) -> Mapping[str, Any]:
        """One call by the name of the client's method, such as `chat_postMessage`, and its answer.

        Raises Later where Slack asks for patience or the token is gone, OSError where Slack is away, SlackRefused otherwise.
        """
        client = await self.of(workspace)
        return await self._ask(getattr(client, method), workspace, arguments)

    async def respond(self, url: str, **message: Any) -> None:
        """Answers at the address that came with a press. Raises Later, OSError or SlackRefused as `call` does.

        No token goes with it: the address is itself the secret. It is Slack's own or is sent nothing, and leads nowhere else.
        """
        if not answers_at(url, self._options.api_url):
            raise SlackRefused("foreign_address")
        try:
            async with self.session.post(url, json=message, allow_redirects=False) as answer:
                status, patience, said = answer.status, answer.headers.get("Retry-After", ""), await answer.text()
        except TimeoutError as error:
            raise ConnectionError("Slack does not answer in time") from error
        except aiohttp.ClientError as error:
            raise ConnectionError(f"Slack cannot be reached: {type(error).__name__}") from error
        if status == 429:
            raise Later(_seconds(patience))
        if status >= 500:
            raise ConnectionError(f"Slack answers with status {status}")
        if code := _refused(status, said):
            raise SlackRefused(code)

    async def token(self, workspace: str) -> str:
        """For a download, which no method does. Raises as `of` does."""
        return (await self._get(workspace)).installed.token

    async def learn(self, workspace: str, organisation: str) -> None:
        """An event came from a workspace whose organisation installed the app for all of its own."""
        if self.installs is not None:
            await self.installs.learn(workspace, organisation)

    async def removed(self, workspace: str, organisation: str, *, whole: bool) -> None:
        """The app was removed from a workspace, or with `whole` from all of an organisation's: its tokens are deleted."""
        if self.installs is not None:
            await self.installs.forget(workspace, organisation, whole=whole)
        if whole:
            self._known.clear()
            self._users.clear()
        self.forget(workspace)

    async def check(self) -> None:
        """Whether Slack takes the one token there is. Raises UserError where not, Later or OSError where it cannot be asked now."""
        if self.installs is not None:
            await self.installs.open()
            return
        client = self.client(self._options.bot_token)
        try:
            answer = await client.auth_test()
        except SlackApiError as error:
            meaning = self.meaning(error)
            if isinstance(meaning, SlackRefused):
                raise UserError(
                    f"Slack refuses SLACK_BOT_TOKEN: {meaning.code}. Copy it anew from the app's page “OAuth & Permissions”; reinstall the app there if need be."
                ) from error
            raise meaning from error
        except (TimeoutError, aiohttp.ClientError) as error:
            raise ConnectionError("Slack cannot be reached") from error
        granted = {scope.strip() for scope in str(answer.headers.get("x-oauth-scopes", "")).split(",")} - {""}
        if granted and (missing := sorted(set(self._options.scopes) - granted)):
            say = "The app lacks scopes, and what needs them will not work. Add them on its page and reinstall it"
            log.warning(say, action="slack.scopes", missing=missing)
        self._known[""] = _Known(
            Installed(self._options.bot_token, str(answer.get("user_id", ""))), client, float("inf")
        )

    def forget(self, workspace: str) -> None:
        """What is known of a workspace is looked up anew."""
        self._known.pop(workspace, None)
        self._users.pop(workspace, None)

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()
        if self.installs is not None:
            await self.installs.aclose()

    async def _get(self, workspace: str) -> _Known:
        key = workspace if self.installs is not None else ""
        known = self._known.get(key)
        if known is not None and time.monotonic() < known.until:
            return known
        async with self._locks.setdefault(key, asyncio.Lock()):
            known = self._known.get(key)
            if known is None or time.monotonic() >= known.until:
                known = self._known[key] = await self._look_up(workspace)
        return known

    async def _look_up(self, workspace: str) -> _Known:
        if self.installs is None:
            client = self.client(self._options.bot_token)
            said = await self._ask(client.auth_test, workspace, {})
            return _Known(Installed(self._options.bot_token, said["user_id"]), client, float("inf"))
        installed = await self.installs.find(workspace)
        if installed is None:
            self._say_lost(workspace, "not_installed")
            raise NotInstalled
        return _Known(installed, self.client(installed.token), time.monotonic() + KNOWN_SECONDS)

    async def _ask(self, method: Any, workspace: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            answer = (await method(**arguments)).data
        except SlackApiError as error:
            raise self._refusal(error, workspace) from error
        except TimeoutError as error:
            raise ConnectionError("Slack does not answer in time") from error
        except aiohttp.ClientError as error:
            raise ConnectionError(f"Slack cannot be reached: {type(error).__name__}") from error
        if not isinstance(answer, dict):
            raise ConnectionError("Slack's answer is not JSON")
        self._lost -= {lost for lost in self._lost if lost[0] == workspace}
        return answer

    def meaning(self, error: SlackApiError) -> Exception:
        """What an answer means that refuses a call made without a workspace's token."""
        _, _, body = _parts(error)
        code = body.get("error", "")
        return SlackRefused(code) if code in LOST else self._refusal(error, "")

    def _refusal(self, error: SlackApiError, workspace: str) -> Exception:
        status, headers, body = _parts(error)
        code = str(body.get("error") or f"http_{status}")
        if status == 429 or code in {"ratelimited", "rate_limited"}:
            return Later(_seconds(headers.get("Retry-After", "")))
        if status >= 500 or code in BUSY or not body:
            return ConnectionError(f"Slack answers {code}")
        if code in LOST:
            self._say_lost(workspace, code)
            self.forget(workspace)
            return Later(LOST_SECONDS)
        return SlackRefused(code, str(body.get("needed") or ""))

    def _say_lost(self, workspace: str, code: str) -> None:
        """Once, until a call goes well again: it stands in the way of every card."""
        if (workspace, code) not in self._lost:
            self._lost.add((workspace, code))
            log.error("A workspace does not take the bot's token", action="slack.token", workspace=workspace, code=code)


def _parts(error: SlackApiError) -> tuple[int, Mapping[str, str], Mapping[str, Any]]:
    """Status, headers and body; the library gives aiohttp's own answer where the body could not be read."""
    answer: Any = error.response
    status = getattr(answer, "status_code", None) or getattr(answer, "status", 0)
    body = getattr(answer, "data", None)
    return status, answer.headers, body if isinstance(body, dict) else {}


def _seconds(text: str) -> float:
    try:
        return max(1.0, float(text))
    except ValueError:
        return RATE_LIMITED_SECONDS


def _refused(status: int, said: str) -> str:
    """The code of an answer that refuses, in JSON or as mere words; "" where all is well."""
    try:
        body = json.loads(said)
    except ValueError:
        body = {}
    if isinstance(body, dict) and (code := body.get("error")):
        return str(code)
    return "" if status == 200 else said[:40] or f"http_{status}"
