"""Models: the capability matrix, as plain values for people and programs."""

from datetime import date
from decimal import Decimal
from typing import Any

from bot.domain import pricing
from bot.domain.catalogue import Catalogue
from bot.domain.model import Model, RoleRule, Seconds, When
from bot.domain.pricing import Price, PriceUnit, Rate, tokens
from bot.domain.rules import Rules


def models(catalogue: Catalogue, rules: Rules, today: date) -> dict[str, Any]:
    """`{"models": […]}` in plain JSON types, every enabled model in the catalogue's order.

    `seconds`, `roles` and `price` are tables; `say` in the first and the last is the short form for people, in credits.
    """
    return {
        "models": [
            _row(model, rules, connected=catalogue.connects(model), retired=model.retired(today))
            for model in catalogue.models
            if model.enabled
        ]
    }


def _row(model: Model, rules: Rules, *, connected: bool, retired: bool) -> dict[str, Any]:
    return {
        "id": model.id,
        "provider": model.provider,
        "title": model.title,
        "tier": model.tier,
        "tasks": sorted(model.tasks),
        "seconds": _seconds(model.seconds),
        "aspects": list(model.aspects),
        "resolutions": list(model.resolutions),
        "audio": str(model.audio),
        "roles": {str(role): _rule(rule) for role, rule in model.roles},
        "price": _price(model, rules),
        "retired_on": model.retired_on.isoformat() if model.retired_on else None,
        "replaced_by": model.replaced_by,
        "aliases": list(model.aliases),
        "honours": sorted(model.honours),
        "camera": str(model.camera),
        "max_count": model.max_count,
        "max_prompt": model.max_prompt,
        "max_files": model.max_files,
        "aspect_follows_image": model.aspect_follows_image,
        "when": [_when(when) for when in model.when],
        "connected": connected,
        "retired": retired,
        "source": model.source,
        "notes": list(model.notes),
    }


def _seconds(seconds: Seconds) -> dict[str, Any]:
    return {
        "minimum": seconds.minimum,
        "maximum": seconds.maximum,
        "choices": list(seconds.choices),
        "step": seconds.step,
        "default": seconds.default,
        "auto": seconds.auto,
        "say": seconds.words,
    }


def _rule(rule: RoleRule) -> dict[str, Any]:
    return {
        "max_count": rule.max_count,
        "min_count": rule.min_count,
        "total_seconds": rule.total_seconds,
        "alone": rule.alone,
        "with_frames": rule.with_frames,
    }


def _when(when: When) -> dict[str, Any]:
    return {
        "tasks": sorted(when.tasks),
        "roles": sorted(when.roles),
        "resolution": when.resolution,
        "seconds": _seconds(when.seconds) if when.seconds else None,
        "aspects": list(when.aspects) if when.aspects is not None else None,
        "resolutions": list(when.resolutions) if when.resolutions is not None else None,
        "audio": str(when.audio) if when.audio else None,
    }


def _price(model: Model, rules: Rules) -> dict[str, Any]:
    price = model.price
    return {
        "unit": str(price.unit),
        "rates": [_rate(rate) for rate in price.rates],
        "input_seconds": price.input_seconds,
        "free_images": price.free_images,
        "usd_per_image": str(price.usd_per_image),
        "source": price.source,
        "say": _say(model, rules),
    }


def _rate(rate: Rate) -> dict[str, Any]:
    return {
        "usd": str(rate.usd),
        "resolution": rate.resolution,
        "audio": rate.audio,
        "seconds": rate.seconds,
        "video_in": rate.video_in,
        "unconfirmed": rate.unconfirmed,
    }


def _say(model: Model, rules: Rules) -> str:
    """`7.03 to 77.83 credits a second`; `about` where the provider settles the price or a rate is not certain."""
    price = model.price
    if price.unit is PriceUnit.free:
        return "free"
    if price.unit is PriceUnit.unknown or not _usd(model):
        return "not known"
    each = "a clip" if price.unit is PriceUnit.clip else "a second"
    found = sorted(pricing.credits(usd, rules.credits_per_dollar) for usd in _usd(model))
    unsure = price.unit is PriceUnit.million_tokens or any(rate.unconfirmed for rate in price.rates)
    amount = f"{found[0]:f}" if found[0] == found[-1] else f"{found[0]:f} to {found[-1]:f}"
    return f"{'about ' if unsure else ''}{amount} credits {each}"


def _usd(model: Model) -> list[Decimal]:
    """Dollars of each rate without reference films; a price per token as what one more second of 16:9 costs."""
    plain = [rate for rate in model.price.rates if not rate.video_in]
    if model.price.unit is not PriceUnit.million_tokens:
        return [rate.usd for rate in plain]
    return [
        rate.usd * _tokens_a_second(model, model.price, resolution) / 1_000_000
        for rate in plain
        for resolution in ([rate.resolution] if rate.resolution else model.resolutions)
    ]


def _tokens_a_second(model: Model, price: Price, resolution: str | None) -> int:
    width, height = model.frame(resolution, None)
    return tokens(width, height, 1, price.tokens_fps) - tokens(width, height, 0, price.tokens_fps)
