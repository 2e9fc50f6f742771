"""A bucket as the settings name it, and how it is spoken to.

Facts: obstore 0.12 (object_store of Apache Arrow); conditional writes and presigned requests as in the Amazon S3 user guide.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from obstore.store import S3Store

from adapters.kit.sniffed import UNKNOWN
from bot.domain.errors import BadSettings

_ADDRESS = re.compile(r"https?://[^\s?#@]+")
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
CONNECT = timedelta(seconds=5)
SECONDS = timedelta(seconds=60)  # for one request, of at most a few megabytes
RETRIES: Any = {
    "max_retries": 3,
    "retry_timeout": timedelta(seconds=90),
    "backoff": {"init_backoff": timedelta(milliseconds=100), "max_backoff": timedelta(seconds=5), "base": 2},
}


@dataclass(frozen=True, eq=False)
class Bucket:
    """`public` says that what is signed for it can be opened from elsewhere."""

    name: str
    prefix: str
    config: Mapping[str, Any] = field(repr=False)

    @property
    def public(self) -> bool:
        return not self.config.get("endpoint", "").startswith("http://")

    @lru_cache  # noqa: B019 - one bucket a process, and a dozen media types
    def store(self, mime: str = UNKNOWN) -> S3Store:
        """`mime` is the type that a copy gets: the store copies bytes alone."""
        client: Any = {
            "connect_timeout": CONNECT,
            "timeout": SECONDS,
            "default_content_type": mime,
            "allow_http": not self.public,
            "pool_max_idle_per_host": "16",
            "user_agent": "Clapper/0.1",
        }
        config: Any = dict(self.config)
        return S3Store(
            self.name, prefix=self.prefix or None, config=config, client_options=client, retry_config=RETRIES
        )


def bucket(settings: Mapping[str, str]) -> Bucket:
    """Raises BadSettings."""
    place = urlsplit(settings.get("url", ""))
    name, prefix = place.netloc, place.path.strip("/")
    odd = place.query or place.fragment or any(part in {"", ".", ".."} for part in prefix.split("/") if prefix)
    if place.scheme != "s3" or not _NAME.fullmatch(name) or odd:
        raise BadSettings("CLAPPER_DRIVE names no bucket. Write it like s3://bucket/prefix.")
    return Bucket(name, prefix, _config(settings, name))


def _config(settings: Mapping[str, str], name: str) -> dict[str, Any]:
    """Keys of the settings, else those of the machine's role; path style where an address is given, as such stores expect it."""
    endpoint = settings.get("endpoint_url", "").rstrip("/")
    if endpoint and not _ADDRESS.fullmatch(endpoint):
        raise BadSettings(
            "AWS_ENDPOINT_URL is no address. Write it like https://s3.example.com, or unset it for Amazon's own."
        )
    keys = {one: settings[one] for one in ("access_key_id", "secret_access_key", "session_token") if settings.get(one)}
    if len({"access_key_id", "secret_access_key"} & keys.keys()) == 1:
        missing = "AWS_SECRET_ACCESS_KEY" if "access_key_id" in keys else "AWS_ACCESS_KEY_ID"
        raise BadSettings(f"The Drive has half a key: set {missing} as well, or neither to use the machine's own role.")
    config: dict[str, Any] = {
        **keys,
        "region": settings.get("region") or "us-east-1",
        "copy_if_not_exists": "multipart",
        "disable_bulk_delete": True,  # not every store that speaks S3 has it
        # A name with dots is covered by no certificate of theirs.
        "virtual_hosted_style_request": not endpoint and "." not in name,
    }
    if endpoint:
        config["endpoint"] = endpoint
    return config
