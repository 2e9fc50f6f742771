"""Starts the adapters in order, runs the pollers, and stops them in order."""

import asyncio
import logging
import os
import secrets
import signal
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC
from functools import partial
from importlib import import_module
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.app.adapters import adapter, make_folder
from bot.app.clock import RealClock, mind_jumps
from bot.app.decided import catalogue, rules
from bot.app.watching import feel_lag, watching
from bot.domain.catalogue import Catalogue
from bot.domain.errors import UserError
from bot.flows.decided import decided
from bot.ports.chat import ChatPlatform
from bot.ports.clock import Clock
from bot.ports.house import House
from bot.ports.parts import Parts
from bot.ports.writer import Writer
from bot.router import Router
from config import Settings

log = logging.getLogger(__name__)

SCRATCH = "scratch"
SWEEP_SECONDS = 600
MEASURE_SECONDS = 30
STOP_SECONDS = 20.0
RESTART_SECONDS = 5.0
TICKS_MISSED = 15


@dataclass(slots=True)
class App:
    """A started bot: everything is connected; nothing polls or listens yet."""

    house: House
    router: Router
    scheduler: AsyncIOScheduler
    feeling: asyncio.Task[None] | None = None

    async def work(self) -> None:
        """Starts the pollers: due work is looked for at once and from then on."""
        self.scheduler.start()
        self.feeling = asyncio.create_task(feel_lag(self.house.watch))
        self.router.tick()

    async def run(self) -> None:
        """Serves every platform until SIGTERM, SIGINT or cancellation. Raises UserError where one cannot start."""
        await self.work()
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for sign in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(sign, stop.set)
        listening = [asyncio.create_task(self._listen(one)) for one in self.house.platforms.values()]
        stopping = asyncio.create_task(stop.wait())
        try:
            done, _ = await asyncio.wait([stopping, *listening], return_when=asyncio.FIRST_COMPLETED)
            for task in done - {stopping}:
                task.result()
        finally:
            log.info("stopping: what runs is finished or handed over")
            for task in (stopping, *listening):
                task.cancel()
            await asyncio.gather(stopping, *listening, return_exceptions=True)

    async def _listen(self, platform: ChatPlatform) -> None:
        """One platform that breaks is started again; the others do not notice."""
        began = False
        while True:
            try:
                await platform.run(self.router)
            except Exception as error:
                if isinstance(error, UserError) and not began:
                    raise
                log.exception("a platform broke and is started again", extra={"platform": platform.name})
            began = True
            await asyncio.sleep(RESTART_SECONDS)

    async def tick(self) -> None:
        """A coroutine, so that the scheduler runs it on the loop and not in a thread."""
        self.router.tick()


@asynccontextmanager
async def opened(settings: Settings, platforms: Sequence[str] | None = None) -> AsyncIterator[App]:
    """Connects storage, Drive, media tools, providers and platforms, and takes them apart in the opposite order.

    `platforms` names the chat adapters to make, those of the settings where it is None. Raises UserError with one plain
    sentence for what is missing or wrong.
    """
    async with AsyncExitStack() as stack:
        app: App | None = None

        async def health() -> Mapping[str, str]:
            return _health(app, settings)

        async def told(job: str) -> None:
            if app is not None:
                await app.router.hint(job)

        house = await _house(settings, platforms, health, told, stack)
        router = Router(house)
        app = App(house, router, _scheduler())
        app.scheduler.add_job(app.tick, "interval", seconds=settings.timing.tick_seconds)
        app.scheduler.add_job(router.renew, "interval", seconds=settings.timing.lease_seconds / 3)
        app.scheduler.add_job(router.measure, "interval", seconds=MEASURE_SECONDS)
        app.scheduler.add_job(router.sweep, "interval", seconds=SWEEP_SECONDS)
        stack.push_async_callback(_stop, app)
        stack.callback(asyncio.create_task(mind_jumps(app.scheduler)).cancel)
        yield app


async def _stop(app: App) -> None:
    # The heartbeat goes on until the last step in hand is done: nobody else may take it meanwhile.
    await app.router.close(STOP_SECONDS)
    if app.feeling is not None:
        app.feeling.cancel()
    if app.scheduler.running:
        app.scheduler.shutdown(wait=False)


def _scheduler() -> AsyncIOScheduler:
    defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    return AsyncIOScheduler(job_defaults=defaults, timezone=UTC)


def _health(app: App | None, settings: Settings) -> Mapping[str, str]:
    if app is None:
        return {"bot": "starting"}
    silent = app.router.silent_seconds
    if silent > TICKS_MISSED * max(1.0, settings.timing.tick_seconds):
        return {"pollers": f"silent for {silent:.0f} s"}
    return {}


async def _house(
    settings: Settings, wanted: Sequence[str] | None, health: Any, told: Any, stack: AsyncExitStack
) -> House:
    data = settings.data
    scratch = data / SCRATCH
    make_folder(scratch)
    bare = Parts(settings={}, folder=data, clock=RealClock(), health=health)
    configured = settings.platforms()
    names = tuple(configured) if wanted is None else wanted
    watch = watching(settings, bare, page="web" in names)
    stack.push_async_callback(watch.aclose)
    bare = replace(bare, watch=watch)
    storage = await asyncio.to_thread(_open_storage, settings.database_url, bare)
    stack.push_async_callback(storage.aclose)
    files = _files(settings, bare)
    media = adapter("media", "ffmpeg").create(bare)
    stack.push_async_callback(media.aclose)
    fetch = import_module("adapters.kit.fetch").open_fetch()
    known = catalogue(settings)
    parts = replace(bare, storage=storage, files=files, media=media, models=lambda: _choosable(known, bare.clock))
    providers = {name: _connect("video", name, values, parts, stack) for name, values in settings.providers().items()}
    known_rules = replace(rules(settings), public_links=await files.link("probe", 60) is not None)
    parts = replace(
        parts,
        doors={} if "web" in names else None,
        decided=partial(decided, rules=known_rules, policies=storage.policies),
    )
    hooks = _hooks(settings) if parts.doors is not None else None
    if hooks is not None and parts.doors is not None:
        parts.doors[hooks.DOOR] = hooks.door(told)
    chats = {name: _connect("chat", name, configured.get(name, {}), parts, stack) for name in names}
    writer = _writer(settings, parts, stack)
    house = House(
        storage=storage,
        files=files,
        media=media,
        fetch=fetch,
        clock=bare.clock,
        platforms=chats,
        providers=providers,
        catalogue=known,
        rules=known_rules,
        folder=scratch,
        worker=f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}",
        # A terminal that has gone home has no process any more: whoever runs carries its jobs on.
        serves=frozenset(chats) | {"terminal"},
        writer=writer,
        watch=watch,
    )
    return replace(house, callback=hooks.address) if hooks is not None else house


def _hooks(settings: Settings) -> Any:
    """Where providers may knock; None where nobody outside can reach the page."""
    page = settings.platforms()["web"]
    if not page.get("public_url"):
        return None
    secret = import_module("adapters.kit.links").secret(
        settings.data, page.get("token") or page.get("oidc_client_secret", "")
    )
    return import_module("adapters.kit.hooks").Hooks(secret, page["public_url"])


def _choosable(known: Catalogue, clock: Clock) -> tuple[tuple[str, str], ...]:
    return tuple((model.id, model.title) for model in known.usable(clock.now().date()))


def _open_storage(url: str, parts: Parts) -> Any:
    sql = adapter("storage", "sql")
    if url.startswith("sqlite"):
        sql.upgrade(url)
    elif (say := sql.behind(url)) is not None:
        raise UserError(say)
    return sql.create(replace(parts, settings={"url": url}))


def _files(settings: Settings, parts: Parts) -> Any:
    name, values = settings.files()
    return adapter("files", name).create(replace(parts, settings=values, folder=parts.folder / SCRATCH))


def _writer(settings: Settings, parts: Parts, stack: AsyncExitStack) -> Writer | None:
    wanted = settings.writer()
    if wanted is None:
        return None
    name, values = wanted
    made = adapter("writer", name).create(replace(parts, settings=values))
    stack.push_async_callback(made.aclose)
    return made


def _connect(kind: str, name: str, values: Mapping[str, str], parts: Parts, stack: AsyncExitStack) -> Any:
    folder = parts.folder / name
    make_folder(folder)
    made = adapter(kind, name).create(replace(parts, settings=values, folder=folder))
    stack.push_async_callback(made.aclose)
    return made
