"""What an operator sets for Discord, checked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.domain.errors import UserError

VERSION = "/api/v10"
AUTO, MOST_SHARDS = "auto", 4096
YES, NO = frozenset({"true", "yes", "on", "1"}), frozenset({"false", "no", "off", "0"})
_API = re.compile(r"/api(?:/v\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`api_url` ends with the API's version and without a slash; `gateway_url` is empty where Discord says itself where that is.

    `shards` is over how many connections the bot's servers are spread, all replicas together; 0 leaves that to Discord.
    `direct_messages` is False where nothing may be asked for in them: they belong to no server, whose admins' rules do not hold there.
    """

    token: str
    api_url: str = f"https://discord.com{VERSION}"
    gateway_url: str = ""
    public_url: str = ""
    shards: int = 0
    direct_messages: bool = True

    def __repr__(self) -> str:
        """Without the token, which must not come into a log."""
        return f"Options(api_url={self.api_url!r}, gateway_url={self.gateway_url!r}, public_url={self.public_url!r})"


def options(settings: Mapping[str, str]) -> Options:
    """Raises UserError, saying which setting is wrong and what to do."""
    return Options(
        token=_token(settings.get("token", "").strip()),
        api_url=_api_url(settings.get("api_url", "").strip()),
        gateway_url=_address("DISCORD_GATEWAY_URL", settings.get("gateway_url", "").strip(), "wss", "ws"),
        public_url=_address("CLAPPER_PUBLIC_URL", settings.get("public_url", "").strip(), "https", "http"),
        shards=_shards(settings.get("shards", "").strip()),
        direct_messages=_yes("direct_messages", settings.get("direct_messages", "").strip().lower() or "true"),
    )


def _token(text: str) -> str:
    token = text[4:].strip() if text.lower().startswith("bot ") else text
    if not token:
        raise UserError(
            "DISCORD_TOKEN is empty. Copy the token from the Bot page of your application at discord.com/developers."
        )
    if not token.isascii() or not token.isprintable() or " " in token:
        raise UserError(
            "DISCORD_TOKEN has spaces or signs that no token has. Copy it again from the Bot page of your application at discord.com/developers."
        )
    if token.isdigit():
        raise UserError(
            "DISCORD_TOKEN is a number, which is the application's id. The token is on the Bot page of your application at discord.com/developers."
        )
    return token


def _shards(text: str) -> int:
    if text.lower() in {"", AUTO}:
        return 0
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= MOST_SHARDS):
        raise UserError(
            f"shards in [platforms.discord] is {text!r}; it must be auto, or a whole number from 1 to {MOST_SHARDS}."
        )
    return int(text)


def _yes(name: str, text: str) -> bool:
    if text not in YES | NO:
        raise UserError(f"{name} in [platforms.discord] is {text!r}; it must be true or false.")
    return text in YES


def _api_url(text: str) -> str:
    url = _address("DISCORD_API_URL", text, "https", "http")
    if not url:
        return f"https://discord.com{VERSION}"
    path = _API.search(urlsplit(url).path)
    if path is None:
        return f"{url}{VERSION}"
    return url if path[0] != "/api" else f"{url}{VERSION.removeprefix('/api')}"


def _address(name: str, text: str, *schemes: str) -> str:
    """A whole address without the slash at its end; empty where none is given."""
    try:
        parts = urlsplit(text)
        whole = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:  # such as a bracket that is never closed, or a port that is no number
        whole = False
    if text and not whole:
        raise UserError(f"{name} is {text!r}; it must be a whole address such as {schemes[0]}://discord.example.org.")
    return text.rstrip("/")
