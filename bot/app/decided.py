"""What the operator decided, in the core's terms: rules, and every model there is."""

import pkgutil
import tomllib
from datetime import timedelta
from decimal import Decimal
from importlib import import_module
from pathlib import Path

from bot.domain.catalogue import Catalogue, override, read_models
from bot.domain.model import Model
from bot.domain.request import Origin, Setting
from bot.domain.request import Settings as Asked
from bot.domain.rules import Rules
from config import Settings

BUILT_IN = "animatic"


def rules(settings: Settings) -> Rules:
    """What the operator decided, in the core's terms."""
    given = {name: Setting(value, Origin.default) for name, value in settings.defaults.given().items()}
    timing = settings.timing
    return Rules(
        defaults=Asked(**given),
        credits_per_dollar=settings.credits_per_dollar,
        confirm_seconds=int(timedelta(minutes=timing.confirm_minutes).total_seconds()),
        temporary_seconds=int(timedelta(hours=timing.temporary_hours).total_seconds()),
        lease_seconds=timing.lease_seconds,
        max_upload_bytes=settings.limits.upload_mb * 1_000_000,
        max_attachments=settings.limits.attachments,
        approvers=frozenset(settings.approvers),
        admins=frozenset(settings.admins),
        at_once=settings.limits.person_at_once,
        per_minute=settings.limits.person_per_minute,
        approve_above=settings.spending.approve_above,
        person_credits=settings.spending.person,
        channel_credits=settings.spending.channel,
        workspace_credits=settings.spending.workspace,
        zone=settings.spending.zone,
        person_bytes=_bytes(settings.limits.person_gb),
        workspace_bytes=_bytes(settings.limits.workspace_gb),
    )


def _bytes(gigabytes: Decimal | None) -> int | None:
    return None if gigabytes is None else int(gigabytes * 1_000_000_000)


def catalogue(settings: Settings) -> Catalogue:
    """Every provider's models.toml with the operator's changes on top."""
    models = override(_shipped_models(), settings.models)
    given = settings.providers()
    closed = frozenset(m.id for m in models if m.needs and not any(map(given.get(m.provider, {}).get, m.needs)))
    open_ones = (m.id for m in models if m.provider in given and m.provider != BUILT_IN and m.id not in closed)
    default = settings.defaults.model or next(open_ones, BUILT_IN)
    return Catalogue(models=models, connected=frozenset(given), default=default, closed=closed)


def _shipped_models() -> tuple[Model, ...]:
    found: list[Model] = []
    for path in import_module("adapters.video").__path__:
        for name in sorted(one.name for one in pkgutil.iter_modules([path])):
            table = Path(path, name, "models.toml")
            if table.is_file():
                found += read_models(name, tomllib.loads(table.read_text(encoding="utf-8")))
    return tuple(found)
