"""Requests to VideoGen: a wish as the call that makes it, and the calls around it."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, quote, urlencode

from adapters.kit.http import Call
from bot.domain.camera import told_in_words
from bot.domain.errors import InvalidInput
from bot.domain.media import MediaKind, Role
from bot.domain.model import AUTO, Model
from bot.domain.request import Origin, Reference, Setting, Settings, VideoRequest
from bot.ports.video import Order

CREATE = "/v1/tools/generate-video-clip"
EXECUTIONS = "/v1/tools/executions"
FILES = "/v1/files"
FACTS: Mapping[str, tuple[str, ...]] = {
    "quality": ("LOW", "STANDARD", "HIGH", "MAX"),
    "watermark_mode": ("AUTO", "NONE"),
    "max_prompt_rewrites": ("0", "1", "2", "3", "4"),
}
"""What the operator may decide for all clips, under `wire` of the model, and the words VideoGen knows for it."""

_FIELDS = {
    Role.reference_image: "imageFileIds",
    Role.reference_video: "videoFileIds",
    Role.reference_audio: "audioFileIds",
}
_NAMES = {
    Role.reference_image: "reference image",
    Role.reference_video: "reference video",
    Role.reference_audio: "audio recording",
}
_TYPES = {MediaKind.image: "IMAGE", MediaKind.video: "VIDEO", MediaKind.audio: "AUDIO"}
_TOKEN = re.compile(r"@(?:Image|Video|Audio)[0-9]+(?![0-9A-Za-z_])")


def create(order: Order, files: Mapping[str, str]) -> Call:
    """The paid call; `files` are VideoGen's file ids by token. Raises InvalidInput."""
    return Call(method="POST", path=CREATE, json={**terms(order), **_media(order.request.references, files)})


def terms(order: Order) -> dict[str, Any]:
    """All of the paid call's body but its files. Raises InvalidInput where the operator's own words for it are none of VideoGen's."""
    settings, facts = order.request.settings, _facts(order.model)
    body: dict[str, Any] = {
        "prompt": story(order.request) or None,
        "spokenDialogue": _said(settings.voice),
        "generateAudio": bool(_said(settings.audio)),
        "aspectRatio": _aspect(settings),
        "quality": facts.get("quality"),
        "contentPolicyConfig": _policy(facts),
        "watermarkMode": _watermark(settings, facts),
        "numResults": _said(settings.count) or 1,
        "isOutputTemporary": _said(settings.temporary),
    }
    return {name: value for name, value in body.items() if value is not None} | _length(settings)


def story(request: VideoRequest) -> str:
    """The prompt with camera movements in words, and each token as the words that name its file among those sent along."""
    names = _names(request.references)
    return _TOKEN.sub(lambda found: names.get(found[0], found[0]), told_in_words(request.prompt))


def route(order: Order) -> str:
    """What must be known of an order to judge its results later: `count=3&seconds=8`."""
    settings = order.request.settings
    seconds = _said(settings.seconds)
    asked = {"count": _said(settings.count) or 1}
    return urlencode(asked if seconds in (None, AUTO) else asked | {"seconds": f"{seconds:g}"})


def asked(route: str) -> tuple[int, float | None]:
    """How many results were asked for, and how long; None where that was left to VideoGen."""
    held = parse_qs(route)
    seconds = held.get("seconds")
    return int(held["count"][0]) if "count" in held else 1, float(seconds[0]) if seconds else None


def execution(task: str) -> Call:
    return Call(method="GET", path=f"{EXECUTIONS}/{quote(task, safe='')}")


def cancel(task: str) -> Call:
    return Call(method="POST", path=f"{EXECUTIONS}/{quote(task, safe='')}/cancel")


def executions(limit: int, cursor: str = "") -> Call:
    """A page of what this key's owner started over the API, newest first; at most 200."""
    query = (("limit", str(limit)), ("selfOnly", "true"), *((("cursor", cursor),) if cursor else ()))
    return Call(method="GET", path=EXECUTIONS, query=query)


def upload(reference: Reference) -> Call:
    """Asks for a place to put a file, kept for a day at least."""
    name = reference.token.lstrip("@").lower()
    body = {"displayName": name, "type": _TYPES[reference.kind], "isTemporary": True}
    return Call(method="POST", path=f"{FILES}/upload", json=body)


def put(reference: Reference, address: str) -> Call:
    """The bytes alone: the address carries its own right, and refuses another."""
    return Call(method="PUT", path=address, file=reference.key)


def hydrate(file: str) -> Call:
    """Asks for a file with fresh addresses of what was made of it."""
    return Call(method="POST", path=f"{FILES}/{quote(file, safe='')}/hydrate")


def me() -> Call:
    return Call(method="GET", path="/v1/me")


def _said(setting: Setting[Any] | None) -> Any:
    return None if setting is None else setting.value


def _watermark(settings: Settings, facts: Mapping[str, str]) -> str:
    """AUTO may set one; who says that there must be none gets none, or is told that the account may not have that."""
    asked = settings.watermark
    if asked is not None and (asked.value or asked.origin is Origin.said):
        return "VIDEO_GEN" if asked.value else "NONE"
    return facts.get("watermark_mode", "AUTO")


def _length(settings: Settings) -> dict[str, int | None]:
    """Whole seconds; null leaves the length to VideoGen."""
    seconds = _said(settings.seconds)
    if seconds is None:
        return {}
    return {"durationSeconds": None if seconds == AUTO else round(seconds)}


def _aspect(settings: Settings) -> Mapping[str, int] | None:
    width, colon, height = (_said(settings.aspect) or "").partition(":")
    return {"width": int(width), "height": int(height)} if colon else None


def _policy(facts: Mapping[str, str]) -> Mapping[str, int] | None:
    rewrites = facts.get("max_prompt_rewrites")
    return None if rewrites is None else {"maxPromptRewrites": int(rewrites)}


def _facts(model: Model) -> Mapping[str, str]:
    facts = {name: value for name, value in model.wire if value}
    for name, value in facts.items():
        if value not in FACTS.get(name, ()):
            known = " or ".join(FACTS[name]) if name in FACTS else "no such word"
            raise InvalidInput(
                f"its setting {name} is {value!r}, and VideoGen takes {known}",
                mend=f'Tell your operator: correct {name} under wire of [models."{model.id}"].',
            )
    return facts


def _media(references: tuple[Reference, ...], files: Mapping[str, str]) -> Mapping[str, Any]:
    body: dict[str, Any] = {}
    for reference in references:
        if reference.role is Role.first_frame:
            body["startFrameFileId"] = files[reference.token]
        else:
            body.setdefault(_FIELDS[reference.role], []).append(files[reference.token])
    return body


def _names(references: tuple[Reference, ...]) -> Mapping[str, str]:
    """VideoGen documents no words of its own for the files sent along: they are named by kind, in the order they are sent."""
    names: dict[str, str] = {}
    counts = dict.fromkeys(_NAMES, 0)
    for reference in references:
        if reference.role is Role.first_frame:
            names[reference.token] = "the opening frame"
        else:
            counts[reference.role] += 1
            names[reference.token] = f"{_NAMES[reference.role]} {counts[reference.role]}"
    return names
