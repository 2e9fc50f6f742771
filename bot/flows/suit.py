"""Suit: whether a model can do what a request asks, and what of the request it refuses."""

from collections.abc import Iterator

from bot.domain.media import MediaKind, Role
from bot.domain.model import FRAMES, Model, RoleRule
from bot.domain.request import Reference, Task, VideoRequest
from bot.domain.units import size_text

TASKS = {
    Task.text: "from words alone",
    Task.first_frame: "from a first frame",
    Task.first_last: "with a last frame",
    Task.references: "from references",
    Task.edit: "by editing a film",
    Task.extend: "by carrying on a film",
}
ROLES = {
    Role.reference_image: ("reference picture", "reference pictures"),
    Role.first_frame: ("first frame", "first frames"),
    Role.last_frame: ("last frame", "last frames"),
    Role.reference_video: ("reference film", "reference films"),
    Role.reference_audio: ("sound", "sounds"),
}


def why_not(model: Model, request: VideoRequest) -> str | None:
    """Why this model is the wrong one for the request, None where it is not."""
    if request.task not in model.tasks:
        return f"{model.title} cannot make a film {TASKS[request.task]}."
    for role in Role:
        if request.of_role(role) and model.rule(role) is None:
            return f"{model.title} takes no {ROLES[role][1]}."
    return None


def refused(model: Model, request: VideoRequest, *, links: bool) -> tuple[str, ...]:
    """What must be put right before this model takes the request: each limit broken, all at once, as sentences.

    `links` says that files here have public addresses.
    """
    unreachable = () if links else tuple(_unreachable(model, request))
    return (*_prompt(model, request), *_roles(model, request), *_company(model, request), *unreachable)


def _prompt(model: Model, request: VideoRequest) -> Iterator[str]:
    length = len(request.prompt)
    if model.max_prompt is not None and length > model.max_prompt:
        yield (
            f"The prompt has {length:,} characters, and {model.title} takes at most {model.max_prompt:,}. "
            f"Shorten it by {length - model.max_prompt:,}."
        )
    shown = any(reference.kind is not MediaKind.audio for reference in request.references)
    if not request.prompt.strip() and (model.needs_prompt or not shown):
        yield f"{model.title} needs words that say what should happen. Write a sentence or two."


def _roles(model: Model, request: VideoRequest) -> Iterator[str]:
    files = len(request.references)
    if model.max_files is not None and files > model.max_files:
        yield f"{model.title} takes at most {model.max_files} files in all, and there are {files}. Leave out {files - model.max_files}."
    sent = [reference for reference in request.references if not _by_link(model, reference)]
    weight = sum(reference.media.bytes for reference in sent if reference.media)
    if model.max_total_bytes is not None and weight > model.max_total_bytes:
        yield (
            f"The files weigh {size_text(weight)} together, and {model.title} takes at most {size_text(model.max_total_bytes)}. "
            "Send smaller ones, or leave some out."
        )
    for role, rule in model.roles:
        one, many = ROLES[role]
        found = request.of_role(role)
        if len(found) > rule.max_count:
            over = ", ".join(reference.token for reference in found[rule.max_count :])
            most = f"{rule.max_count} {one if rule.max_count == 1 else many}"
            yield f"{model.title} takes at most {most}, and there are {len(found)}. Leave out {over}."
        if len(found) < rule.min_count and not _spoken(role, model, request):
            yield f"{model.title} needs {rule.min_count} {one if rule.min_count == 1 else many}, and there are {len(found)}. Attach what is missing{_or_say(role, model)}."
        yield from _together(model, request, role, rule)


def _by_link(model: Model, reference: Reference) -> bool:
    rule = model.rule(reference.role)
    return rule is not None and rule.by_link


def _or_say(role: Role, model: Model) -> str:
    return ", or give a line to speak with --voice" if role is Role.reference_audio and "voice" in model.honours else ""


def _spoken(role: Role, model: Model, request: VideoRequest) -> bool:
    """A line to be spoken takes the place of a recording."""
    return role is Role.reference_audio and request.settings.voice is not None and "voice" in model.honours


def _together(model: Model, request: VideoRequest, role: Role, rule: RoleRule) -> Iterator[str]:
    lengths = [reference.media.seconds or 0.0 for reference in request.of_role(role) if reference.media]
    total = sum(lengths)
    if rule.total_seconds is not None and total > rule.total_seconds + rule.media.slack_seconds * len(lengths):
        yield (
            f"The {ROLES[role][1]} are {round(total, 1):g} s long together, and {model.title} takes at most "
            f"{rule.total_seconds:g} s. Shorten them, or leave one out."
        )


def _unreachable(model: Model, request: VideoRequest) -> Iterator[str]:
    """Files that the provider would fetch itself, and cannot."""
    found = [one for role, rule in model.roles if rule.by_link for one in request.of_role(role)]
    if found:
        tokens = ", ".join(reference.token for reference in found)
        yield (
            f"{model.title} fetches {ROLES[found[0].role][1]} from a public address, and this bot has none ({tokens}). "
            "Leave them out; the operator can set CLAPPER_PUBLIC_URL and CLAPPER_WEB_TOKEN."
        )


def _company(model: Model, request: VideoRequest) -> Iterator[str]:
    """Roles that may not come together, or not alone."""
    roles = {reference.role for reference in request.references}
    for role, rule in model.roles:
        if role not in roles:
            continue
        names = ", ".join(reference.token for reference in request.of_role(role))
        if not rule.alone and roles == {role}:
            partner = "a first frame" if role is Role.last_frame else "a picture or a film"
            yield f"{model.title} does not take {ROLES[role][1]} alone ({names}). Add {partner}."
        if not rule.with_frames and roles & FRAMES:
            frames = ", ".join(r.token for r in request.references if r.role in FRAMES)
            yield (
                f"{model.title} does not mix a first or last frame ({frames}) with {ROLES[role][1]} ({names}). "
                f"Use the picture as a reference too, or leave out {names}."
            )
