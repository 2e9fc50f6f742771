"""The page itself, its login, and the files it is made of."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from adapters.chat.web.desk import Desk
from adapters.chat.web.forms import megabytes, read_small
from adapters.chat.web.guard import status_of
from adapters.chat.web.refusal import Refusal
from adapters.chat.web.security import COOKIE, SESSION_SECONDS
from bot.domain.errors import UserError

HERE = Path(__file__).parent
STATIC = HERE / "static"
MOST_LOGIN_BYTES = 8 * 1024
TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}


@cache
def version() -> str:
    """Changes with any file of the page, so that browsers may keep each version for good."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.iterdir()):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


@cache
def _files() -> dict[str, Path]:
    """By name, so that no name that is asked for ever reaches the disk."""
    return {path.name: path for path in STATIC.iterdir() if path.suffix in TYPES}


async def index(request: Request) -> Response:
    desk: Desk = request.app.state.desk
    options = desk.options
    return HTMLResponse(
        _page(
            "index.html",
            max_bytes=options.max_upload_bytes,
            max_size=megabytes(options.max_upload_bytes),
            max_files=options.max_attachments,
            login=bool(options.token),
            models=tuple(desk.models()),
        )
    )


async def static(request: Request) -> Response:
    path = _files().get(request.path_params["name"])
    if path is None:
        raise Refusal(404, "There is no such file.")
    kept = "public, max-age=31536000, immutable" if request.path_params["version"] == version() else "no-cache"
    return FileResponse(path, media_type=TYPES[path.suffix], headers={"cache-control": kept})


async def login_page(_: Request) -> Response:
    return HTMLResponse(_page("login.html", problem=""))


async def log_in(request: Request) -> Response:
    desk: Desk = request.app.state.desk
    fields = dict(parse_qsl((await read_small(request, MOST_LOGIN_BYTES)).decode(errors="replace")))
    try:
        session = await desk.door.enter(fields.get("token", ""), desk.clock.now().timestamp())
    except UserError as error:
        return HTMLResponse(_page("login.html", problem=error.say), status_of(error))
    answer = RedirectResponse("/", 303)
    answer.set_cookie(
        COOKIE, session, max_age=SESSION_SECONDS, httponly=True, samesite="strict", secure=desk.options.secure, path="/"
    )
    return answer


async def log_out(_: Request) -> Response:
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
    return answer


@cache
def _page(name: str, **values: Any) -> str:
    from jinja2 import Environment, FileSystemLoader  # noqa: PLC0415 - needed once for each page

    pages = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True)
    return pages.get_template(name).render(static=f"/static/{version()}", **values)
