"""The names settings go by in the environment, and which adapters they switch on."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

Place = tuple[str, ...]

OWN: Mapping[str, Place] = {
    "CLAPPER_DATA": ("data",),
    "CLAPPER_DATABASE_URL": ("database_url",),
    "CLAPPER_DRIVE": ("drive",),
    "CLAPPER_LOG_FORMAT": ("log_format",),
    "CLAPPER_LOG_LEVEL": ("log_level",),
    "CLAPPER_WORKERS": ("workers",),
    "CLAPPER_CREDITS_PER_DOLLAR": ("credits_per_dollar",),
    "CLAPPER_CONFIRM_MINUTES": ("timing", "confirm_minutes"),
    "CLAPPER_LEASE_SECONDS": ("timing", "lease_seconds"),
    "CLAPPER_TICK_SECONDS": ("timing", "tick_seconds"),
    "CLAPPER_LLM_BASE_URL": ("llm", "base_url"),
    "CLAPPER_LLM_API_KEY": ("llm", "api_key"),
    "CLAPPER_LLM_MODEL": ("llm", "model"),
    "OTEL_EXPORTER_OTLP_ENDPOINT": ("traces", "endpoint"),
    "OTEL_EXPORTER_OTLP_HEADERS": ("traces", "headers"),
    "OTEL_SERVICE_NAME": ("traces", "service"),
    "AWS_ACCESS_KEY_ID": ("bucket", "access_key_id"),
    "AWS_SECRET_ACCESS_KEY": ("bucket", "secret_access_key"),
    "AWS_SESSION_TOKEN": ("bucket", "session_token"),
    # Where two names mean one thing, the later wins, as in Amazon's own tools.
    "AWS_DEFAULT_REGION": ("bucket", "region"),
    "AWS_REGION": ("bucket", "region"),
    "AWS_ENDPOINT_URL": ("bucket", "endpoint_url"),
    "AWS_ENDPOINT_URL_S3": ("bucket", "endpoint_url"),
}

PLATFORMS: Mapping[str, Mapping[str, str]] = {
    "web": {
        "host": "CLAPPER_WEB_HOST",
        "port": "CLAPPER_WEB_PORT",
        "public_url": "CLAPPER_PUBLIC_URL",
        "token": "CLAPPER_WEB_TOKEN",
        "oidc_issuer": "CLAPPER_OIDC_ISSUER",
        "oidc_client_id": "CLAPPER_OIDC_CLIENT_ID",
        "oidc_client_secret": "CLAPPER_OIDC_CLIENT_SECRET",
    },
    "slack": {
        "bot_token": "SLACK_BOT_TOKEN",
        "app_token": "SLACK_APP_TOKEN",
        "signing_secret": "SLACK_SIGNING_SECRET",
        "client_id": "SLACK_CLIENT_ID",
        "client_secret": "SLACK_CLIENT_SECRET",
        "api_url": "SLACK_API_URL",
    },
    "discord": {
        "token": "DISCORD_TOKEN",
        "api_url": "DISCORD_API_URL",
        "gateway_url": "DISCORD_GATEWAY_URL",
    },
}

PROVIDERS: Mapping[str, Mapping[str, str]] = {
    "animatic": {},
    "seedance": {"api_key": "ARK_API_KEY", "base_url": "ARK_BASE_URL"},
    "kling": {
        "api_key": "KLINGAI_API_KEY",
        "access_key": "KLINGAI_ACCESS_KEY",
        "secret_key": "KLINGAI_SECRET_KEY",
        "base_url": "KLINGAI_BASE_URL",
    },
    "wan": {"api_key": "DASHSCOPE_API_KEY", "base_url": "DASHSCOPE_BASE_URL"},
    "google": {
        "api_key": "GEMINI_API_KEY",
        "base_url": "GEMINI_BASE_URL",
        "project": "GOOGLE_CLOUD_PROJECT",
        "location": "GOOGLE_CLOUD_LOCATION",
        "vertex_api_key": "VERTEX_API_KEY",
        "access_token": "GOOGLE_ACCESS_TOKEN",
        "vertex_base_url": "VERTEX_BASE_URL",
    },
    "minimax": {"api_key": "MINIMAX_API_KEY", "base_url": "MINIMAX_BASE_URL"},
    "hedra": {"api_key": "HEDRA_API_KEY", "base_url": "HEDRA_BASE_URL"},
    "videogen": {"api_key": "VIDEOGEN_API_KEY", "base_url": "VIDEOGEN_BASE_URL"},
}

ENOUGH: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "web": ((),),
    "slack": (("bot_token",), ("client_id", "client_secret")),
    "discord": (("token",),),
    "animatic": ((),),
    "seedance": (("api_key",),),
    "kling": (("api_key",), ("access_key", "secret_key")),
    "wan": (("api_key",),),
    "google": (("api_key",), ("vertex_api_key",), ("access_token", "project")),
    "minimax": (("api_key",),),
    "hedra": (("api_key",),),
    "videogen": (("api_key",),),
}
"""Any one of these groups of settings switches an adapter on. A project name alone does not: every Google Cloud shell has one."""

ELSEWHERE = frozenset({"CLAPPER_CONFIG", "CLAPPER_SOAK", "CLAPPER_PUBLISHED_PORT"})
"""Names that begin like settings and are read by something other than this table."""


NEAR = 0.84
KINDS = frozenset({"KEY", "APIKEY", "TOKEN", "SECRET", "URL", "PROJECT", "LOCATION"})
"""How alike two names must be: they all begin with the same eight letters."""


def environment() -> Mapping[str, Place]:
    """Every environment name and where its value belongs."""
    names = dict(OWN)
    for section, adapters in (("platforms", PLATFORMS), ("providers", PROVIDERS)):
        for adapter, keys in adapters.items():
            names |= {name: (section, adapter, key) for key, name in keys.items()}
    return names


def strangers(given: Iterable[str]) -> Mapping[str, str | None]:
    """Names that look like settings of Clapper's and are none, in order, each with the nearest there is.

    Of names that do not begin like its own, only those that are nearly one: `KLING_API_KEY` for `KLINGAI_API_KEY`.
    """
    known = {*environment(), *ELSEWHERE}
    strange = {
        name: next(iter(get_close_matches(name, (*environment(), "CLAPPER_CONFIG"), n=1, cutoff=NEAR)), None)
        for name in sorted(set(given) - known)
        if name.startswith("CLAPPER_") or name.rpartition("_")[2] in KINDS
    }
    return {name: near for name, near in strange.items() if near or name.startswith("CLAPPER_")}


def halves(given: Iterable[str]) -> Mapping[str, tuple[str, str]]:
    """Adapters that some key is set for, but not enough to switch them on: name -> (what is set, what would do), in words."""
    found, there = {}, set(given)
    for adapter, keys in {**PLATFORMS, **PROVIDERS}.items():
        held = [name for key, name in keys.items() if secret(key) and name in there]
        ways = [[keys[key] for key in group] for group in ENOUGH.get(adapter, ()) if all(key in keys for key in group)]
        if held and not any(there.issuperset(way) for way in ways):
            nearest = min(ways, key=lambda way: (len(set(way) - there), -len(there.intersection(way))))
            found[adapter] = (" and ".join(held), " and ".join(name for name in nearest if name not in there))
    return found


def secret(name: str) -> bool:
    """Whether a setting of this name is never shown."""
    return name.endswith(("key", "token", "secret", "password"))
