"""The pages, and the files they are made of."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

from adapters.chat.web.desk import Desk, visitor
from adapters.chat.web.forms import megabytes
from adapters.chat.web.people import own
from adapters.chat.web.refusal import Refusal

HERE = Path(__file__).parent
STATIC = HERE / "static"
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
    options, person = desk.options, visitor(request).person
    return HTMLResponse(
        page(
            "index.html",
            max_bytes=options.max_upload_bytes,
            max_size=megabytes(options.max_upload_bytes),
            max_files=options.max_attachments,
            login=options.login,
            person=own(person, ""),
            name=person.name,
            models=tuple(desk.models()),
        )
    )


async def static(request: Request) -> Response:
    path = _files().get(request.path_params["name"])
    if path is None:
        raise Refusal(404, "There is no such file.")
    kept = "public, max-age=31536000, immutable" if request.path_params["version"] == version() else "no-cache"
    return FileResponse(path, media_type=TYPES[path.suffix], headers={"cache-control": kept})


def page(template: str, /, **values: Any) -> str:
    return _templates().get_template(template).render(static=f"/static/{version()}", **values)


@cache
def _templates() -> Any:
    from jinja2 import Environment, FileSystemLoader  # noqa: PLC0415 - needed for the first page

    return Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True)
