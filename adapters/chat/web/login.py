"""Coming in and going out: by the token, or by an identity provider and back."""

import hmac
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import structlog
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from adapters.chat.web.desk import Desk, visitor
from adapters.chat.web.forms import read_small
from adapters.chat.web.guard import status_of
from adapters.chat.web.options import Provider
from adapters.chat.web.pages import page
from adapters.chat.web.refusal import Refusal
from adapters.chat.web.security import address_of
from adapters.chat.web.sessions import BEGUN_SECONDS, SESSION_SECONDS, Begun
from adapters.chat.web.who import called, person
from bot.domain.errors import UserError

if TYPE_CHECKING:
    from adapters.chat.web.oidc import Issuer

log = structlog.get_logger()
MOST_LOGIN_BYTES = 8 * 1024
MOST_CODE = 4096
PAGES = ("/", "/spend")
_ERROR = re.compile(r"[a-z_]{1,40}")


async def login_page(request: Request) -> Response:
    return _page(request, "")


async def log_in(request: Request) -> Response:
    desk: Desk = request.app.state.desk
    fields = dict(parse_qsl((await read_small(request, MOST_LOGIN_BYTES)).decode(errors="replace")))
    onward = _ours(fields.get("next", ""))
    try:
        session = await desk.door.enter(
            fields.get("token", ""), desk.clock.now().timestamp(), address=address_of(request.scope)
        )
    except UserError as error:
        return _page(request, error.say, status_of(error), onward)
    return _entered(desk, session, onward)


async def begin(request: Request) -> Response:
    """To the identity provider. A plain link leads here: a form may not lead to another site, by the page's own policy."""
    desk: Desk = request.app.state.desk
    try:
        url, begun = await _issuer(desk).begin(_back(request, desk), _ours(request.query_params.get("next", "")))
    except UserError as error:
        return _page(request, error.say, status_of(error))
    answer = RedirectResponse(url, 303)
    kept = desk.door.sessions.begin(begun, desk.clock.now().timestamp())
    _set(answer, desk, _begun_cookie(desk), kept, BEGUN_SECONDS)
    return answer


async def come_back(request: Request) -> Response:
    """From the identity provider, with a code that it knows the person by; good once, in the browser that began."""
    desk: Desk = request.app.state.desk
    now = desk.clock.now().timestamp()
    try:
        begun = await _begun(request, desk, now)
        said = await _issuer(desk).finish(begun, _code(request), _back(request, desk))
        provider = _provider(desk)
        who, rank = person(said, provider), called(said, provider)
        await desk.ranks.note(who, rank, now + SESSION_SECONDS)
    except UserError as error:
        answer = _page(request, error.say, status_of(error))
    else:
        log.info("Somebody logged in", action="web.login", person=who.id, admin=bool(rank))
        answer = _entered(desk, desk.door.sessions.login(who, now), begun.page)
    _forget(answer, desk, _begun_cookie(desk))
    return answer


async def log_out(request: Request) -> Response:
    """Of this login, wherever its cookie was copied to."""
    desk: Desk = request.app.state.desk
    await desk.left.note(visitor(request))
    answer = RedirectResponse("/login", 303)
    _forget(answer, desk, desk.options.cookie)
    return answer


async def _begun(request: Request, desk: Desk, now: float) -> Begun:
    """What this browser began. Raises Refusal for a login that another one began, or that came back before."""
    begun = desk.door.sessions.begun(request.cookies.get(_begun_cookie(desk), ""), now)
    state = request.query_params.get("state", "")
    if begun is None or not hmac.compare_digest(begun.state.encode(), state.encode(errors="replace")):
        raise Refusal(400, "This login was not begun in this browser, or more than 10 minutes ago. Log in again.")
    issuer = request.query_params.get("iss", _provider(desk).issuer)
    if issuer != _provider(desk).issuer:  # RFC 9207: the answer of another provider, mixed in
        raise Refusal(400, "This login came back from another provider than it went to. Log in again.")
    key = f"web:came-back:{begun.state}"
    if await desk.storage.notes.get(key) is not None:
        raise Refusal(400, "This login came back before. Log in again.")
    await desk.storage.notes.put(key, "yes", datetime.fromtimestamp(now + BEGUN_SECONDS, UTC))
    return begun


def _code(request: Request) -> str:
    """Raises Refusal where the provider did not let the person in."""
    if error := request.query_params.get("error", ""):
        why = f" ({error})" if _ERROR.fullmatch(error) else ""
        raise Refusal(403, f"The identity provider did not let you in{why}. Try again, or ask whoever runs it.")
    code = request.query_params.get("code", "")
    if not 0 < len(code) <= MOST_CODE:
        raise Refusal(400, "The identity provider sent you back without a code. Log in again.")
    return code


def _issuer(desk: Desk) -> "Issuer":
    if desk.issuer is None:
        raise Refusal(404, "There is no identity provider to log in with here.")
    return desk.issuer


def _provider(desk: Desk) -> Provider:
    if desk.options.oidc is None:
        raise Refusal(404, "There is no identity provider to log in with here.")
    return desk.options.oidc


def _back(request: Request, desk: Desk) -> str:
    """Where the provider sends people back to: the guard let only hosts through that are ours."""
    ours = desk.options.public_url or f"http://{request.headers.get('host', '')}"
    return f"{ours}/login/callback"


def _ours(page: str) -> str:
    """One of our own pages, whatever was asked for."""
    return page if page in PAGES else "/"


def _page(request: Request, problem: str, status: int = 200, onward: str = "") -> Response:
    desk: Desk = request.app.state.desk
    oidc = desk.options.oidc
    told = page(
        "login.html",
        problem=problem,
        token=bool(desk.options.token),
        provider=urlsplit(oidc.issuer).netloc if oidc else "",
        next=onward or _ours(request.query_params.get("next", "")),
    )
    return HTMLResponse(told, status)


def _entered(desk: Desk, session: str, page: str) -> Response:
    answer = RedirectResponse(page, 303)
    _set(answer, desk, desk.options.cookie, session, SESSION_SECONDS)
    return answer


def _begun_cookie(desk: Desk) -> str:
    return f"{desk.options.cookie}_begun"


def _set(answer: Response, desk: Desk, name: str, value: str, seconds: int) -> None:
    """Lax, not strict: whoever comes back from the provider comes from another site."""
    answer.set_cookie(name, value, max_age=seconds, httponly=True, samesite="lax", secure=desk.options.secure, path="/")


def _forget(answer: Response, desk: Desk, name: str) -> None:
    answer.delete_cookie(name, path="/", httponly=True, samesite="lax", secure=desk.options.secure)
