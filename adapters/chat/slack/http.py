"""The door at which Slack calls: events, commands and presses, each signed; and where workspaces install the app."""

import asyncio
from typing import Any
from urllib.parse import urljoin

import aiohttp
import structlog
from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from adapters.chat.slack.clients import Clients
from adapters.chat.slack.events import UNREADABLE
from adapters.chat.slack.options import Options

log = structlog.get_logger()

EVENTS = "/slack/events"
INSTALL = "/slack/install"
REDIRECT = "/slack/oauth_redirect"
MOST_BYTES = 1024 * 1024
SEND_SECONDS = 10.0


class Refused(Exception):
    """A request that is answered with this status, and not read any further."""

    def __init__(self, status: int, say: str) -> None:
        super().__init__(say)
        self.status = status
        self.say = say


def door(
    app: AsyncApp, options: Options, signing_in: AsyncOAuthFlow | None, send_seconds: float = SEND_SECONDS
) -> Starlette:
    """`send_seconds` bounds how long a request may take to arrive."""
    verifier = SignatureVerifier(options.signing_secret)

    async def events(request: Request) -> Response:
        body = await _body(request, send_seconds)
        if not _signed(verifier, body, request):
            log.warning("A request is not signed by Slack", action="slack.unsigned")
            raise Refused(401, "The signature is not Slack's, or older than five minutes.")
        return to_starlette_response(await app.async_dispatch(_read(request, body)))

    routes = [Route(EVENTS, events, methods=["POST"])]
    if signing_in is not None:
        routes += _sign_in(signing_in)
    return Starlette(routes=routes, exception_handlers={Refused: _refuse})  # pyright: ignore[reportArgumentType] - of its own kind


def flow(options: Options, clients: Clients) -> AsyncOAuthFlow:
    """How a workspace installs the app: sent to Slack, and back here with a code for a token."""
    assert clients.installs is not None
    settings = AsyncOAuthSettings(
        client_id=options.client_id,
        client_secret=options.client_secret,
        scopes=list(options.scopes),
        redirect_uri=options.public_url + REDIRECT,
        install_path=INSTALL,
        redirect_uri_path=REDIRECT,
        authorization_url=urljoin(options.api_url, "/oauth/v2/authorize"),
        installation_store=clients.installs.installations,
        state_store=clients.installs.states,
    )
    return AsyncOAuthFlow(settings=settings, client=clients.client(), logger=clients.logger)


def _sign_in(signing_in: AsyncOAuthFlow) -> list[Route]:
    async def install(request: Request) -> Response:
        return to_starlette_response(await signing_in.handle_installation(to_async_bolt_request(request, b"")))

    async def redirect(request: Request) -> Response:
        try:
            return to_starlette_response(await signing_in.handle_callback(to_async_bolt_request(request, b"")))
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("Slack cannot be reached to install the app", action="slack.install")
            raise Refused(502, "Slack cannot be reached just now. Please install the app again.") from error

    return [Route(INSTALL, install, methods=["GET"]), Route(REDIRECT, redirect, methods=["GET"])]


async def _body(request: Request, seconds: float) -> bytes:
    too_large = Refused(413, f"A request may have {MOST_BYTES:,} bytes.")
    said = request.headers.get("content-length", "")
    if said.isdecimal() and int(said) > MOST_BYTES:
        raise too_large
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for piece in request.stream():
                body += piece
                if len(body) > MOST_BYTES:
                    raise too_large
    except TimeoutError as error:
        raise Refused(408, f"The request did not arrive within {seconds:.0f} seconds.") from error
    except ClientDisconnect as error:
        raise Refused(400, "The request was broken off.") from error
    return bytes(body)


def _signed(verifier: SignatureVerifier, body: bytes, request: Request) -> bool:
    """Also that it was signed within the last five minutes, so that nothing overheard can be sent again."""
    when, signature = (request.headers.get(f"x-slack-{name}", "") for name in ("request-timestamp", "signature"))
    # The library takes a timestamp that is no number, and a body that is no text, for its own bug.
    if not (when.isascii() and when.isdecimal() and signature.isascii()):
        return False
    try:
        return verifier.is_valid(body, when, signature)
    except ValueError:
        return False


def _read(request: Request, body: bytes) -> Any:
    try:
        return to_async_bolt_request(request, body)
    except UNREADABLE as error:
        raise Refused(400, "The request cannot be read.") from error


async def _refuse(request: Request, refused: Refused) -> Response:
    del request
    headers = {"connection": "close"} if refused.status in {408, 413} else None
    return PlainTextResponse(refused.say, refused.status, headers)
