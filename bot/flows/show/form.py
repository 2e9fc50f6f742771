"""The Edit form: what it offers, and a wish made anew from what was filled in."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Protocol

from bot.domain.card import FieldKind, FormField
from bot.domain.catalogue import Catalogue
from bot.domain.media import RATIOS, RESOLUTIONS, MediaKind, Role
from bot.domain.model import Choice
from bot.domain.request import Origin, Reference, VideoRequest
from bot.domain.rules import Rules
from bot.flows.allowed import model_allowed

LEAVE_OUT = "leave_out"
ROLES = {
    MediaKind.image: (Role.first_frame, Role.last_frame, Role.reference_image),
    MediaKind.video: (Role.reference_video,),
    MediaKind.audio: (Role.reference_audio,),
}


class Asked(Protocol):
    """A wish and what was chosen for it: a job's, or one that is only begun."""

    @property
    def request(self) -> VideoRequest: ...
    @property
    def choice(self) -> Choice | None: ...


def choices(catalogue: Catalogue, rules: Rules, today: date) -> tuple[tuple[str, str], ...]:
    """The models that can be chosen here and now, as (id, title)."""
    return tuple((model.id, model.title) for model in catalogue.usable(today) if model_allowed(model.id, rules))


def edit_form(job: Asked, models: tuple[tuple[str, str], ...]) -> tuple[FormField, ...]:
    """The prompt, the main settings, and a choice for each file that came in."""
    chosen = job.choice.settings if job.choice else job.request.settings

    def value(name: str) -> Any:
        setting = getattr(chosen, name)
        return setting.value if setting is not None else None

    seconds = value("seconds")
    fields = [
        FormField("prompt", "Prompt", FieldKind.text, job.request.prompt),
        FormField("seconds", "Length in seconds", FieldKind.line, f"{seconds:.10g}" if seconds else ""),
        _choice("aspect", "Ratio", value("aspect"), RATIOS),
        _choice("resolution", "Resolution", value("resolution"), RESOLUTIONS),
        FormField("audio", "Sound", FieldKind.toggle, "yes" if value("audio") else "no"),
        FormField("count", "Results", FieldKind.line, str(value("count") or 1)),
    ]
    if models:
        fields.insert(1, _model(job.choice, models))
    fields += [_reference(reference) for reference in job.request.references]
    return tuple(fields)


def _model(choice: Choice | None, models: tuple[tuple[str, str], ...]) -> FormField:
    """The model there is comes first where it cannot be chosen any more: what is selected can be selected."""
    present = (choice.model, choice.title) if choice else ("", "Any that can")
    options = models if present[0] in dict(models) else (present, *models)
    return FormField("model", "Model", FieldKind.choice, present[0], options)


def _choice(name: str, label: str, value: str | None, offered: tuple[str, ...]) -> FormField:
    options = offered if value is None or value in offered else (value, *offered)
    return FormField(name, label, FieldKind.choice, value or offered[0], tuple((one, one) for one in options))


def _reference(reference: Reference) -> FormField:
    roles = tuple((role.value, role.value.replace("_", " ").capitalize()) for role in ROLES[reference.kind])
    name = f"{reference.token} {reference.source.name}".strip()
    return FormField(
        reference.token, name, FieldKind.choice, reference.role.value, (*roles, (LEAVE_OUT, "Leave it out"))
    )


def form_values(value: str) -> Mapping[str, str] | None:
    """A press's value as a filled form, None where it is plain text."""
    try:
        filled = json.loads(value)
    except (ValueError, RecursionError):  # the latter for a thousand brackets in one another
        return None
    if not isinstance(filled, dict):
        return None
    return {str(name): _text(one) for name, one in filled.items()}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def unchanged(job: Asked, values: Mapping[str, str]) -> frozenset[str]:
    """Names of fields left as the form offered them: a default that nobody touched stays a default."""
    offered = {field.name: field.value for field in edit_form(job, ())}
    offered["model"] = job.choice.model if job.choice else ""
    return frozenset(name for name, value in values.items() if offered.get(name) == value)


def as_flags(values: Mapping[str, str], skip: frozenset[str]) -> str:
    """The form's settings as flags of the one grammar, so that they are read and checked like any other."""
    words = []
    for name in ("model", "seconds", "aspect", "resolution", "count"):
        if name in values and name not in skip and values[name].strip():
            quoted = values[name].replace('"', "")
            words.append(f'--{name} "{quoted}"')
    if "audio" in values and "audio" not in skip:
        words.append("--audio" if values["audio"].strip().lower() in {"yes", "true", "on", "1"} else "--no-audio")
    return " ".join(words)


def with_roles(request: VideoRequest, values: Mapping[str, str]) -> VideoRequest:
    """The request with each file in the role chosen for it, or left out; a picture left alone that nobody gave a role begins the film."""
    kept: list[Reference] = []
    for reference in request.references:
        wanted = values.get(reference.token, reference.role.value)
        if wanted == LEAVE_OUT:
            continue
        if wanted != reference.role.value and wanted in {role.value for role in ROLES[reference.kind]}:
            reference = replace(reference, role=Role(wanted), role_origin=Origin.said)  # noqa: PLW2901
        kept.append(reference)
    if len(kept) == 1 < len(request.references):
        kept = [_alone(kept[0])]
    return replace(request, references=tuple(kept))


def _alone(reference: Reference) -> Reference:
    if reference.kind is MediaKind.image and reference.role_origin is not Origin.said:
        return replace(reference, role=Role.first_frame)
    return reference
