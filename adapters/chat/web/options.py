"""What an operator sets for the web page, checked."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.domain.errors import UserError
from bot.domain.rules import Rules

LARGEST_PORT = 65535
_LOGIN = "Set CLAPPER_WEB_TOKEN to a long random word, or CLAPPER_OIDC_ISSUER to your identity provider"
_OIDC = {
    "oidc_issuer": "CLAPPER_OIDC_ISSUER",
    "oidc_client_id": "CLAPPER_OIDC_CLIENT_ID",
    "oidc_client_secret": "CLAPPER_OIDC_CLIENT_SECRET",
}
FOR_EVERYBODY = frozenset({"accounts.google.com", "appleid.apple.com", "gitlab.com", "api.login.yahoo.com"})
"""Providers at which anybody can have an account."""
LONG_TOKEN = 16
"""Characters of a token that cannot be found by guessing, however fast."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """An OpenID Connect provider and who may come in by it.

    `admins` are e-mail addresses and groups; `domains` are those of e-mail addresses, none for everybody the provider knows.
    """

    issuer: str
    client_id: str
    client_secret: str
    admins: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`port` 0 takes any free one; `public_url` has no slash at its end; with neither `token` nor `oidc` there is no login."""

    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str = ""
    token: str = ""
    oidc: Provider | None = None
    max_upload_bytes: int = Rules().max_upload_bytes
    max_attachments: int = Rules().max_attachments

    @property
    def public_host(self) -> str:
        """The host of the public URL as a browser names it: lower case, with its port where that is not the usual one."""
        return urlsplit(self.public_url).netloc.rpartition("@")[2].lower()

    @property
    def login(self) -> bool:
        return bool(self.token or self.oidc)

    @property
    def cookie(self) -> str:
        """The name of a login's cookie; of the long kind no other site and no plain connection can set one."""
        return f"{'__Host-' if self.secure else ''}clapper_login"

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
        oidc=_provider(settings),
        max_upload_bytes=_whole("max_upload_bytes", settings.get("max_upload_bytes", ""), usual.max_upload_bytes),
        max_attachments=_whole("max_attachments", settings.get("max_attachments", ""), usual.max_attachments),
    )
    if given.public_url and not given.login:
        raise UserError(
            "CLAPPER_PUBLIC_URL says that people come from elsewhere, and there is no login. "
            f"{_LOGIN}, or leave CLAPPER_PUBLIC_URL out."
        )
    if not given.login and not is_loopback(given.host):
        raise UserError(
            f"The web page is to listen on {given.host}, where others can reach it, and has no login. "
            f"{_LOGIN}, or CLAPPER_WEB_HOST to 127.0.0.1."
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


def _provider(settings: Mapping[str, str]) -> Provider | None:
    issuer, client, secret = given = [settings.get(name, "").strip() for name in _OIDC]
    if not any(given):
        return None
    if missing := [name for name, value in zip(_OIDC.values(), given, strict=True) if not value]:
        raise UserError(f"A login with an identity provider needs all three: {' and '.join(missing)} missing.")
    host = urlsplit(_checked_issuer(issuer)).hostname or ""
    domains = _lines(settings.get("oidc_domains", "").lower())
    if host in FOR_EVERYBODY and not domains:
        raise UserError(
            f'At {host} anybody can have an account. Set oidc_domains in [platforms.web] to your own, such as ["example.com"].'
        )
    admins = tuple(one.lower() if "@" in one else one for one in _lines(settings.get("oidc_admins", "")))
    return Provider(issuer=issuer, client_id=client, client_secret=secret, admins=admins, domains=domains)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip().removeprefix("@") for line in text.splitlines() if line.strip())


def _checked_issuer(text: str) -> str:
    """Raises UserError for what could be read or answered by somebody on the way."""
    parts = urlsplit(text) if _is_address(text) else None
    if (
        parts is None
        or parts.query
        or parts.fragment
        or (parts.scheme == "http" and not is_loopback(parts.hostname or ""))
    ):
        raise UserError(
            f"CLAPPER_OIDC_ISSUER is {text!r}; it must be the provider's own address, such as https://login.example.org."
        )
    return text


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
    if not _is_address(text):
        raise UserError(
            f"CLAPPER_PUBLIC_URL is {text!r}; it must be a whole address such as https://clapper.example.org."
        )
    return text.rstrip("/")


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:  # such as a bracket that is never closed
        return False
