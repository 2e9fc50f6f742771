"""Health and numbers, for those who keep the bot running."""

import asyncio
from collections.abc import Awaitable, Mapping
from typing import TypeVar

import structlog
from starlette.requests import Request, cookie_parser
from starlette.responses import JSONResponse, Response

from adapters.chat.web.desk import Desk, visitor
from adapters.chat.web.refusal import Refusal
from adapters.chat.web.security import address_of
from bot.domain.job import State
from bot.domain.standing import Standing

T = TypeVar("T")

log = structlog.get_logger()
DATABASE_SECONDS = 3.0


async def healthz(request: Request) -> Response:
    """Live as soon as it answers; ready while nothing is unwell. What is wrong in detail is told to those who are logged in."""
    desk: Desk = request.app.state.desk
    problems = dict(await _asked_once(desk))
    if not await _is_known(request, desk):
        problems = dict.fromkeys(problems, "not well")
    status = "unwell" if problems else "ok"
    return JSONResponse(
        {"status": status, "live": True, "ready": not problems, "problems": problems}, 503 if problems else 200
    )


async def _asked_once(desk: Desk) -> Mapping[str, str]:
    """However many want to know it at the same time: anybody may, without a login, and the database is asked each time."""
    asking = desk.asking.get("health")
    if asking is None or asking.done():
        asking = desk.asking["health"] = asyncio.create_task(_problems(desk))
    return await asyncio.shield(asking)


async def _is_known(request: Request, desk: Desk) -> bool:
    cookie = cookie_parser(request.headers.get("cookie", "")).get(desk.options.cookie, "")
    try:
        async with asyncio.timeout(DATABASE_SECONDS):
            return None is not await desk.door.known(
                request.headers, cookie, desk.clock.now().timestamp(), address=address_of(request.scope)
            )
    except (Refusal, OSError, TimeoutError):
        return False


async def metrics(request: Request) -> Response:
    desk: Desk = request.app.state.desk
    if not await desk.is_admin(visitor(request).person):
        raise Refusal(
            403, "These numbers are for admins, and for whoever sends the token as 'Authorization: Bearer …'."
        )
    standing, problems = await asyncio.gather(_standing(desk), _problems(desk))
    page = await desk.meters.page(standing, problems)
    if page is None:
        raise Refusal(404, "Nobody counts anything here.")
    text, kind = page
    return Response(text, media_type=kind)


async def _problems(desk: Desk) -> Mapping[str, str]:
    problems: dict[str, str] = {}
    if await _counts(desk) is None:
        problems["database"] = "It does not answer."
    try:
        async with asyncio.timeout(DATABASE_SECONDS):
            problems |= await desk.health()
    except TimeoutError:
        problems["health"] = f"The checks did not end within {DATABASE_SECONDS:.0f} seconds."
    return problems


async def _counts(desk: Desk) -> Mapping[State, int] | None:
    return await _answered(desk.storage.statistics.counts())


async def _standing(desk: Desk) -> Standing | None:
    return await _answered(desk.storage.statistics.standing(desk.clock.now()))


async def _answered(asking: Awaitable[T]) -> T | None:
    """What the database says, None where it does not in time."""
    try:
        async with asyncio.timeout(DATABASE_SECONDS):
            return await asking
    except Exception as error:  # noqa: BLE001 - whatever a broken database raises, the answer is that it is not well
        log.warning("The database does not answer", action="web.database", error=type(error).__name__)
        return None
