"""Where Model Studio is reached: a key, a host and a model belong to one region."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from bot.domain.errors import BadSettings

SINGAPORE = "https://dashscope-intl.aliyuncs.com"
ROOT = "/api/v1"

_SHARED: Mapping[str, str] = {
    "dashscope.aliyuncs.com": "Beijing",
    "dashscope-intl.aliyuncs.com": "Singapore",
    "cn-hongkong.dashscope.aliyuncs.com": "Hong Kong",
    "dashscope-us.aliyuncs.com": "Virginia",
}
# A workspace's own gateway: {workspace}.{code}.maas.aliyuncs.com, as SDK dashscope 2.0.2 builds it.
_CODES: Mapping[str, str] = {
    "cn-beijing": "Beijing",
    "ap-southeast-1": "Singapore",
    "cn-hongkong": "Hong Kong",
    "us-east-1": "Virginia",
    "eu-central-1": "Frankfurt",
    "ap-northeast-1": "Tokyo",
}
_GATEWAY = re.compile(r"[^.]+\.([a-z0-9-]+)\.maas\.aliyuncs\.com")
KNOWN = frozenset({*_SHARED.values(), *_CODES.values()})


def base_url(given: str) -> str:
    """The address that the paths of the interface hang on, from one given with or without `/api/v1`. Raises BadSettings."""
    bare = (given.strip() or SINGAPORE).rstrip("/")
    try:
        parts = urlsplit(bare)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise BadSettings(f"DASHSCOPE_BASE_URL is {given!r}, which is no address. Write it like {SINGAPORE}.")
    return bare.removesuffix(ROOT) + ROOT


def region(url: str) -> str:
    """`Singapore` and the like for Model Studio's own hosts, the host itself for any other."""
    host = urlsplit(url).hostname or ""
    gateway = _GATEWAY.fullmatch(host)
    return _CODES.get(gateway[1], host) if gateway else _SHARED.get(host, host)
