"""Which path leads to which endpoint."""

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from adapters.chat.web.api import press_button, send_message, show_conversation
from adapters.chat.web.clips import list_clips, press_film, show_clip
from adapters.chat.web.desk import Desk
from adapters.chat.web.files import send_file
from adapters.chat.web.guard import Guard, away, refusal
from adapters.chat.web.login import begin, come_back, log_in, log_out, login_page
from adapters.chat.web.pages import index, static
from adapters.chat.web.spend import show_ledger, show_spending, spend_page
from adapters.chat.web.stream import events
from adapters.chat.web.watch import healthz, metrics
from bot.domain.errors import UserError

log = structlog.get_logger()

ROUTES = (
    Route("/", index),
    Route("/login", login_page),
    Route("/login", log_in, methods=["POST"]),
    Route("/login/start", begin),
    Route("/login/callback", come_back),
    Route("/logout", log_out, methods=["POST"]),
    Route("/static/{version}/{name}", static),
    Route("/api/messages", send_message, methods=["POST"]),
    Route("/api/conversations/{id}", show_conversation),
    Route("/api/conversations/{id}/events", events),
    Route("/api/cards/{id}/actions", press_button, methods=["POST"]),
    Route("/api/clips", list_clips),
    Route("/api/clips/{id}", show_clip),
    Route("/api/clips/{id}/actions", press_film, methods=["POST"]),
    Route("/spend", spend_page),
    Route("/api/spend", show_spending),
    Route("/api/ledger.csv", show_ledger),
    Route("/files/{key:path}", send_file),
    Route("/healthz", healthz),
    Route("/metrics", metrics),
)
WORDS = {404: "There is nothing at this address.", 405: "This address does not do that."}


async def _refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, UserError):
        return JSONResponse({"error": "Something broke here; it is written in the log. Try again."}, 500)
    return refusal(error, request.scope)


async def _away(request: Request, error: Exception) -> Response:
    return refusal(away(error, request.url.path), request.scope)


async def _gone(request: Request, error: Exception) -> Response:
    """The sender hung up in the middle: nobody reads this."""
    log.info("A sender hung up", action="web.hung_up", route=request.url.path, error=type(error).__name__)
    return Response(status_code=400)


async def _lost(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = error.headers if isinstance(error, HTTPException) else None
    return JSONResponse({"error": WORDS.get(status, "This cannot be done.")}, status, headers)


HANDLERS = {
    HTTPException: _lost,
    UserError: _refused,
    OSError: _away,
    ClientDisconnect: _gone,
    Exception: _refused,
}


def application(desk: Desk) -> ASGIApp:
    app = Starlette(routes=ROUTES, exception_handlers=HANDLERS)
    app.state.desk = desk
    # Such a redirect would be made of what the request says of its host, and of plain http behind a proxy.
    app.router.redirect_slashes = False
    return Guard(app, desk)
