"""Listens to Slack until cancelled: by sockets that the bot opens, or at a door where Slack calls."""

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping
from logging import ERROR, getLogger
from typing import Any

import structlog
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow

from adapters.chat.slack.clients import Clients
from adapters.chat.slack.handlers import Handlers
from adapters.chat.slack.homes import Admin, Decided, nobody, plain
from adapters.chat.slack.http import door, flow
from adapters.chat.slack.options import Options
from adapters.chat.slack.pictures import Pictures
from adapters.chat.slack.sockets import Patience, Sockets
from bot.domain.errors import Later, UserError
from bot.ports.chat import Ears
from bot.ports.clock import Clock
from bot.ports.storage import Storage

log = structlog.get_logger()

DOOR = "/slack/"
ANYTHING = re.compile("")
KINDS = frozenset(
    {
        "event_callback",
        "block_actions",
        "block_suggestion",
        "message_action",
        "shortcut",
        "view_submission",
        "view_closed",
    }
)
"""What the library has listeners for; it answers 404 to everything else, such as `app_rate_limited`."""
_quiet = getLogger("clapper.slack.bolt")
# A level of its own: the library takes 0, "as the root's", for DEBUG, and writes whole payloads down.
_quiet.setLevel(ERROR)


async def listen(
    ears: Ears,
    options: Options,
    clients: Clients,
    storage: Storage,
    doors: MutableMapping[str, Any] | None,
    *,
    clock: Clock,
    decided: Decided = plain,
    admin: Admin = nobody,
    pictures: Pictures | None = None,
) -> None:
    """Never ends by itself once it has begun. Raises UserError where Slack refuses the tokens at the start.

    `pictures` give Home its posters, `decided` the rules as they hold in a workspace, `admin` who decides there.
    """
    await _when_there(clients.check)
    handlers = Handlers(ears, clients, storage, clock, pictures, decided=decided, admin=admin)
    signing_in = flow(options, clients) if options.installs else None
    app = application(handlers, clients, signing_in)
    try:
        if options.by_socket:
            sockets = Sockets(app, clients, options)
            await _when_there(sockets.check)
            await sockets.run()
        else:
            await _answer(doors, door(app, options, signing_in))
    finally:
        await handlers.aclose()


async def _when_there(ask: Callable[[], Awaitable[None]]) -> None:
    """Asks until Slack answers: it may be away just when the bot starts."""
    patience = Patience()
    while True:
        try:
            return await ask()
        except (OSError, Later) as error:
            log.warning("Slack cannot be asked yet", action="slack.start", error=type(error).__name__)
            await patience.rest(error)


async def _answer(doors: MutableMapping[str, Any] | None, app: Any) -> None:
    if doors is None:
        raise UserError(
            "Slack delivers over HTTP to the port of the web page, and that is switched off. Switch it on, or set SLACK_APP_TOKEN for Socket Mode."
        )
    doors[DOOR] = app
    log.info("Slack is answered over HTTP", action="slack.door", path=DOOR)
    try:
        await asyncio.Event().wait()
    finally:
        del doors[DOOR]


class _Anyone(AsyncAuthorize):
    """Nothing is looked up for an event: a call later takes the workspace's token by itself."""

    async def __call__(self, *, enterprise_id: str | None, team_id: str | None, **_: Any) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id)


class _Known(AsyncMiddleware):
    """Whatever the library knows no listener for is acknowledged too. Of its own class, so that it costs next to nothing."""

    def __init__(self, handlers: Handlers) -> None:
        self._handlers = handlers

    async def async_process(
        self, *, req: AsyncBoltRequest, resp: BoltResponse, next: Callable[[], Awaitable[BoltResponse]]
    ) -> BoltResponse | None:
        del resp
        if req.body.get("type") in KINDS or "command" in req.body:
            return await next()
        await self._handlers.take(req.body)
        return BoltResponse(status=200)


def application(handlers: Handlers, clients: Clients, signing_in: AsyncOAuthFlow | None = None) -> AsyncApp:
    """Everything Slack sends goes to the handlers, and is acknowledged when they are done: they only save a row.

    Signatures are checked at the door, before anything is read; events of bots are sorted out as they are read.
    """
    app = AsyncApp(
        name="clapper",
        logger=_quiet,
        client=clients.client(),
        authorize=_Anyone(),  # pyright: ignore[reportArgumentType] - taken as it is, see AsyncApp
        oauth_flow=signing_in,
        process_before_response=True,
        request_verification_enabled=False,
        ignoring_self_events_enabled=False,
        ssl_check_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )

    async def take(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack(**await handlers.take(body))

    async def unsaved(error: Exception) -> None:
        log.error("An event could not be saved and is not acknowledged", action="slack.unsaved", exc_info=error)

    app.middleware(_Known(handlers))
    app.event(ANYTHING)(take)
    for register in (app.action, app.command, app.shortcut, app.view_submission, app.view_closed, app.options):
        register(ANYTHING)(take)
    app.error(unsaved)
    return app
