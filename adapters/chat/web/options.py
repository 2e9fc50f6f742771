"""What an operator sets for the web page, checked."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.domain.errors import UserError
from bot.domain.rules import Rules

LARGEST_PORT = 65535


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`port` 0 takes any free one; `public_url` has no slash at its end; an empty `token` means no login."""

    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str = ""
    token: str = ""
    max_upload_bytes: int = Rules().max_upload_bytes
    max_attachments: int = Rules().max_attachments

    @property
    def public_host(self) -> str:
        """The host of the public URL as a browser names it: lower case, with its port where that is not the usual one."""
        return urlsplit(self.public_url).netloc.rpartition("@")[2].lower()

    @property
    def secure(self) -> bool:
        return self.public_url.startswith("https://")


def options(settings: Mapping[str, str]) -> Options:
    """Raises UserError, saying which setting is wrong and what to do."""
    usual = Options()
    given = Options(
        host=settings.get("host", "").strip() or usual.host,
        port=_whole("port", settings.get("port", ""), usual.port, LARGEST_PORT),
        public_url=_public_url(settings.get("public_url", "").strip()),
        token=settings.get("token", "").strip(),
        max_upload_bytes=_whole("max_upload_bytes", settings.get("max_upload_bytes", ""), usual.max_upload_bytes),
        max_attachments=_whole("max_attachments", settings.get("max_attachments", ""), usual.max_attachments),
    )
    if given.public_url and not given.token:
        raise UserError(
            "CLAPPER_PUBLIC_URL says that people come from elsewhere, and there is no login token. "
            "Set CLAPPER_WEB_TOKEN to a long random word, or leave CLAPPER_PUBLIC_URL out."
        )
    if not given.token and not is_loopback(given.host):
        raise UserError(
            f"The web page is to listen on {given.host}, where others can reach it, and has no login token. "
            "Set CLAPPER_WEB_TOKEN to a long random word, or CLAPPER_WEB_HOST to 127.0.0.1."
        )
    return given


def is_loopback(host: str) -> bool:
    """Whether a host name or address, without a port, is this machine itself."""
    bare = host.strip("[]").lower()
    if bare == "localhost" or bare.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(bare).is_loopback
    except ValueError:
        return False


def is_address(host: str) -> bool:
    """Whether a host is written as an address: a page of another name cannot be made to resolve to it."""
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _whole(name: str, text: str, default: int, most: int | None = None) -> int:
    text = str(text).strip()
    if not text:
        return default
    try:
        value = int(text)
    except ValueError as error:
        raise UserError(f"The web page's {name} is {text!r}, which is not a whole number.") from error
    if value < 0 or (most is not None and value > most):
        raise UserError(f"The web page's {name} is {value}; it goes from 0{f' to {most}' if most else ' up'}.")
    return value


def _public_url(text: str) -> str:
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        whole = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:  # such as a bracket that is never closed
        whole = False
    if not whole:
        raise UserError(
            f"CLAPPER_PUBLIC_URL is {text!r}; it must be a whole address such as https://clapper.example.org."
        )
    return text.rstrip("/")
