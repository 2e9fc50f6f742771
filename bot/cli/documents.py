"""The JSON documents of the commands, as plain values."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from bot.domain.job import Job
from bot.domain.model import Adjustment
from bot.domain.request import Parsed, Reference, Settings
from bot.flows.prepare import Prepared


def settings(given: Settings) -> dict[str, Any]:
    """Only the settings that have a value, each with where it came from."""
    return {name: {"value": one.value, "origin": one.origin} for name, one in given.items()}


def parsed(found: Parsed) -> dict[str, Any]:
    return {
        "verb": found.verb,
        "prompt": found.prompt,
        "settings": settings(found.settings),
        "references": [_reference(one) for one in found.references],
        "problems": found.problems,
    }


def quoted(prepared: Prepared) -> dict[str, Any]:
    choice, price = prepared.choice, prepared.quote
    return {
        "task": choice.task if choice else prepared.request.task,
        "model": choice.model if choice else None,
        "provider": choice.provider if choice else None,
        "settings": settings(choice.settings if choice else prepared.request.settings),
        "adjustments": [_adjustment(one) for one in choice.adjustments] if choice else [],
        "credits": price.credits if price else None,
        "lines": [{"text": line.text, "credits": line.credits} for line in price.lines] if price else [],
        "problems": prepared.problems,
    }


def asked(job: Job, paths: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {
        "job": job.id,
        "state": job.state,
        "model": job.choice.model if job.choice else None,
        "credits": spent(job),
        "failure": job.failure.say if job.failure else ("\n".join(job.problems) or None),
        "files": list(paths),
    }


def one_job(job: Job) -> dict[str, Any]:
    return {
        "job": job.id,
        "state": job.state,
        "platform": job.conversation.platform,
        "author": job.author.name,
        "model": job.choice.model if job.choice else None,
        "prompt": job.request.prompt,
        "progress": job.progress,
        "eta": job.eta,
        "credits": spent(job),
        "failure": job.failure.say if job.failure else None,
        "made_at": job.made_at.isoformat(),
        "changed_at": job.changed_at.isoformat(),
    }


def spent(job: Job) -> Decimal | None:
    """What it cost, else what it is to cost."""
    if job.result is not None and job.result.credits is not None:
        return job.result.credits
    return job.quote.credits if job.quote else None


def _reference(one: Reference) -> dict[str, Any]:
    return {"token": one.token, "kind": one.kind, "role": one.role, "source": one.source.value}


def _adjustment(one: Adjustment) -> dict[str, Any]:
    return {
        "setting": one.setting,
        "asked": one.asked,
        "given": one.given,
        "why": one.why,
        "instead": one.instead,
    }
