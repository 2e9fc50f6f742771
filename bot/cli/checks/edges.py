"""Chats and providers: whether each that is set up can be driven."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from http.client import HTTPConnection, HTTPException
from importlib import import_module

from bot.app import RealClock, adapter, catalogue
from bot.cli.boundary import sentence
from bot.cli.checks.finding import MOST_ANSWER, Finding, Standing, broken, is_ours, parts, told, well
from bot.domain.catalogue import Catalogue
from bot.domain.errors import ClapperError, UserError
from bot.domain.pricing import PriceUnit
from config import Settings, names

PATIENCE = 2.0
NO_START = "Clapper does not start before this is mended."


async def platforms(given: Settings) -> Sequence[Finding]:
    found: list[Finding] = []
    for name, settings in given.platforms().items():
        if name != "web":
            found += await _examined("chat", name, settings)
            continue
        page = await _web(given)
        found += page
        if "oidc_issuer" in settings and NO_START not in {one.mend for one in page}:
            found += await _examined("chat", name, settings)
    mend = "Remove `enabled = false` from [platforms.web]."
    return found or [broken("platforms", "No chat platform is switched on.", mend)]


async def providers(given: Settings) -> Sequence[Finding]:
    """All at once: each is a call or two over the network. Before them, what the operator says of models."""
    try:
        known = catalogue(given)
    except UserError as error:
        return [broken("models", error.say, "Correct it in your clapper.toml: Clapper does not start before.")]
    asked = (_examined("video", name, settings) for name, settings in given.providers().items())
    found = [finding for findings in await asyncio.gather(*asked) for finding in findings]
    mend = "Set a provider's key, or remove `enabled = false` from [providers.animatic]."
    if not found:
        return [broken("providers", "No video provider is switched on.", mend)]
    return [*found, *_default(given, known), *_strange(given, known), *_unpriced(known)]


def _default(given: Settings, known: Catalogue) -> Iterator[Finding]:
    """Whether what people get who name no model can be had."""
    wanted = given.defaults.model
    if wanted is None:
        return
    model = known.get(wanted)
    if model is None:
        near = get_close_matches(wanted, [one.id for one in known.models], n=1)
        meant = f"Did you mean {near[0]!r}? " if near else ""
        mend = f"{meant}`clapper models --all` lists those there are."
        yield broken("models", f"[defaults] model is {wanted!r}, and there is no such model.", mend)
    elif model not in known.usable(RealClock().now().date()):
        key = f"set the key of {model.provider}" if model.provider not in known.connected else "choose one in use"
        mend = f"{key[0].upper()}{key[1:]}, or name another model there: `clapper models` lists those that can be used."
        yield broken("models", f"[defaults] model is {wanted!r}, which cannot be used here.", mend)


def _strange(given: Settings, known: Catalogue) -> Iterator[Finding]:
    """Models of the operator's own that no provider could ever make."""
    for id in given.models:
        model = known.get(id)
        if model is not None and model.provider not in names.PROVIDERS:
            near = get_close_matches(model.provider, names.PROVIDERS, n=1)
            mend = f"Did you mean {near[0]!r}?" if near else f"Providers are {', '.join(sorted(names.PROVIDERS))}."
            yield Finding(
                "models",
                Standing.note,
                f'[models."{id}"] is of {model.provider!r}, and there is no such provider.',
                mend,
            )


def _unpriced(known: Catalogue) -> Iterator[Finding]:
    """Models that nobody may order because nobody knows what they cost."""
    unknown = [one for one in known.usable(RealClock().now().date()) if one.price.unit is PriceUnit.unknown]
    for model in unknown:
        mend = f'Set unit and rates under [models."{model.id}".price], as docs/operating.md shows.'
        found = f"{model.title} has no price, so every wish for it is refused."
        yield Finding(model.provider, Standing.note, found, mend)


async def _examined(kind: str, name: str, settings: Mapping[str, str]) -> Sequence[Finding]:
    """What the adapter itself finds, where it can look; otherwise only whether it is there."""
    there = _drivable(kind, name)
    module = import_module(f"adapters.{kind}.{name}") if there.standing is Standing.well else None
    examine = getattr(module, "examine", None)
    if examine is None:
        return [there]
    try:
        return [told(name, one) for one in await examine(parts(settings))]
    except ClapperError as error:
        return [broken(name, sentence(error), NO_START)]


def _drivable(kind: str, name: str) -> Finding:
    try:
        adapter(kind, name)
    except ClapperError as error:
        return broken(name, sentence(error), NO_START)
    return well(name, "Built in: free, offline, no key." if name == "animatic" else "Its key is set.")


async def _web(given: Settings) -> Sequence[Finding]:
    """Whether its settings fit together and its address can be had, or who has it."""
    page = import_module("adapters.chat.web.options")
    try:
        page.options(given.platforms()["web"])
    except UserError as error:
        return [broken("web", error.say, NO_START)]
    return [await _address(given), *_short(given, page.LONG_TOKEN), *_idle(given)]


def _short(given: Settings, least: int) -> Iterator[Finding]:
    """A token that is found by guessing, or kept from everybody behind one proxy by whoever tries."""
    length = len(given.web.token.get_secret_value().strip())
    if 0 < length < least:
        say = f"CLAPPER_WEB_TOKEN has {length} characters, and so few can be guessed."
        yield Finding("web", Standing.note, say, f"Set it to a long random word of at least {least} characters.")


def _idle(given: Settings) -> Iterator[Finding]:
    """Who may come in by an identity provider, where there is none."""
    for name in ("oidc_domains", "oidc_admins"):
        if getattr(given.web, name) and not given.web.oidc_issuer:
            mend = "Set CLAPPER_OIDC_ISSUER, CLAPPER_OIDC_CLIENT_ID and CLAPPER_OIDC_CLIENT_SECRET, or leave it out."
            yield Finding(
                "web",
                Standing.note,
                f"[platforms.web] has {name}, which does nothing without an identity provider.",
                mend,
            )


async def _address(given: Settings) -> Finding:
    host, port = given.web.host, given.web.port
    try:
        server = await asyncio.start_server(lambda *_: None, host, port)
    except OSError as error:
        if await asyncio.to_thread(_is_clapper, host, port):
            return Finding("web", Standing.note, f"Clapper is serving on {host}:{port} already.")
        return broken("web", f"{host}:{port} cannot be had: {_why(error)}.", "Set CLAPPER_WEB_PORT to a free port.")
    server.close()
    await server.wait_closed()
    return well("web", f"{host}:{port} is free.")


def _is_clapper(host: str, port: int) -> bool:
    local = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    connection = HTTPConnection(local, port, timeout=PATIENCE)
    try:
        connection.request("GET", "/healthz")
        return is_ours(connection.getresponse().read(MOST_ANSWER))
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _why(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
