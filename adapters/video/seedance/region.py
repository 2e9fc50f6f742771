"""Where Ark is: in China or abroad. Keys, models and tasks of the one are unknown to the other."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from bot.domain.errors import BadSettings

KEY_NAME = "ARK_API_KEY"
INTERNATIONAL = "https://ark.ap-southeast.bytepluses.com/api/v3"
_HOSTS = {"volces.com": "cn", "bytepluses.com": "intl"}
NAMES = {"cn": "Volcengine Ark", "intl": "BytePlus ModelArk"}


def base_url(settings: Mapping[str, str]) -> str:
    return settings.get("base_url") or INTERNATIONAL


def host(settings: Mapping[str, str]) -> str:
    """Nothing where the base URL is none."""
    try:
        return urlsplit(base_url(settings)).hostname or ""
    except ValueError:
        return ""


def region(settings: Mapping[str, str]) -> str:
    """By the host of the base URL; where that is a proxy's, by `region`, else abroad. Raises BadSettings."""
    said = settings.get("region") or "intl"
    if said not in NAMES:
        raise BadSettings(f"The region of seedance must be {' or '.join(NAMES)}, and is {said!r}.")
    there = host(settings)
    return next((one for end, one in _HOSTS.items() if there == end or there.endswith(f".{end}")), said)
