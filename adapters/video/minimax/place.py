"""Where MiniMax is reached: its key, its address, and which of its two worlds that is."""

from collections.abc import Mapping

import httpx

GLOBAL = "https://api.minimax.io"
_REGIONS = {
    ".minimax.io": "global",
    ".minimaxi.com": "mainland",
    ".minimax.cn": "mainland",
    ".minimaxi.chat": "mainland",
}


def base_url(settings: Mapping[str, str]) -> str:
    """Operators who also use MiniMax's chat models have the address with a version at its end, which each call adds itself."""
    given = settings.get("base_url") or GLOBAL
    return given.strip().rstrip("/").removesuffix("/v1").removesuffix("/v2")


def region(address: str) -> str:
    """`global` or `mainland`, whose keys and tasks are strangers to each other; nothing for an address that is neither's."""
    host = f".{httpx.URL(address).host}"
    return next((name for domain, name in _REGIONS.items() if host.endswith(domain)), "")


def auth(settings: Mapping[str, str]) -> Mapping[str, str]:
    return {"authorization": f"Bearer {settings['api_key']}"}
