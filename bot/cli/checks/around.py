"""What lies around the program: what the machine allows it, the address people use, where traces go, who writes prompts."""

import asyncio
import resource
import socket
from collections.abc import Sequence
from importlib.util import find_spec
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from bot.app import adapter
from bot.app.watching import MISSING
from bot.cli.checks.finding import MOST_ANSWER, Finding, Standing, broken, is_ours, parts, well
from bot.domain.errors import UserError
from config import Settings

FEWEST_FILES = 1024
PATIENCE = 3.0
PORTS = {"http": 80, "https": 443}


async def machine(given: Settings) -> Sequence[Finding]:
    """Each connection, film and transaction takes an open file."""
    del given
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < FEWEST_FILES and soft != resource.RLIM_INFINITY:
        mend = f"Raise it to {FEWEST_FILES} at least: `ulimit -n 4096` before the start, or LimitNOFILE= in systemd."
        return [Finding("machine", Standing.note, f"This process may open {soft} files (at most {hard}).", mend)]
    return [well("machine", f"This process may open {soft} files.")]


async def public_address(given: Settings) -> Sequence[Finding]:
    """Whether the address that people and services are sent to leads here."""
    url = given.web.public_url
    if not url or "web" not in given.platforms():
        return []
    found: list[Finding] = []
    if url.startswith("http://") and not _here(url):
        said = (
            f"CLAPPER_PUBLIC_URL is {url}: logins and films go over the network unprotected, and Slack calls none such."
        )
        found.append(
            Finding(
                "public address", Standing.note, said, "Put a proxy with a certificate before it, and write https://."
            )
        )
    return [*found, await asyncio.to_thread(_reached, url.rstrip("/"))]


def _here(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host == "localhost" or host.startswith("127.") or host == "::1"


def _reached(url: str) -> Finding:
    """Asks its health, which is open to all: only Clapper answers in such a shape."""
    asking = Request(f"{url}/healthz", headers={"user-agent": "clapper-doctor"})  # noqa: S310 - the settings know http and https alone
    try:
        with urlopen(asking, timeout=PATIENCE) as answer:  # noqa: S310 - as above
            said, status = answer.read(MOST_ANSWER), answer.status
    except HTTPError as error:
        said, status = error.read(MOST_ANSWER), error.code
    except (URLError, OSError, ValueError) as error:
        why = getattr(error, "reason", error)
        mend = "Where Clapper runs already, look at the proxy, its certificate and the name; otherwise start it and ask again."
        return Finding("public address", Standing.note, f"{url} does not answer ({_why(why)}).", mend)
    if is_ours(said):
        return well("public address", f"{url} leads to Clapper.")
    mend = "Correct CLAPPER_PUBLIC_URL, or what the proxy there passes on; where Clapper is not running, start it and ask again."
    return Finding(
        "public address", Standing.note, f"{url} leads to something else (its /healthz answers {status}).", mend
    )


def _why(reason: object) -> str:
    return str(getattr(reason, "strerror", None) or reason or type(reason).__name__).lower()[:200]


async def traces(given: Settings) -> Sequence[Finding]:
    """Whether they can be sent, and somebody is there to take them."""
    wanted = given.traces.values()
    if not wanted:
        return []
    if not _installed():
        found, _, mend = MISSING.partition(": ")
        return [Finding("traces", Standing.note, f"{found}.", f"{mend[0].upper()}{mend[1:]}")]
    parts = urlsplit(wanted["endpoint"])
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    try:
        await asyncio.to_thread(_touch, host, port)
    except OSError as error:
        mend = "Look at OTEL_EXPORTER_OTLP_ENDPOINT; Clapper runs all the same, and drops its traces meanwhile."
        return [Finding("traces", Standing.note, f"Nobody takes traces at {host}:{port} ({_why(error)}).", mend)]
    return [well("traces", f"They are sent to {host}:{port}.")]


def _installed() -> bool:
    try:
        return (
            find_spec("opentelemetry.exporter.otlp.proto.http") is not None
            and find_spec("opentelemetry.sdk") is not None
        )
    except ModuleNotFoundError:
        return False


def _touch(host: str, port: int) -> None:
    socket.create_connection((host, port), timeout=PATIENCE).close()


async def language_model(given: Settings) -> Sequence[Finding]:
    """Whether who writes can be loaded; it is not asked anything, as that may cost."""
    wanted = given.writer()
    if wanted is None:
        return []
    name, values = wanted
    try:
        made = adapter("writer", name).create(parts(values))
    except UserError as error:
        return [broken("language model", error.say, "Clapper does not start before this is mended.")]
    await made.aclose()
    return [well("language model", f"{values['model']} at {urlsplit(values['base_url']).hostname} writes prompts.")]
