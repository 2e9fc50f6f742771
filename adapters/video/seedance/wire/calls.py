"""Orders and questions as calls to Ark: of each field only what the model takes, since a field that does not apply is refused.

Fields and types as in `content_generation.tasks` of volcengine-ark-runtime 5.0.54 and byteplus-python-sdk-v2 3.0.63.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from adapters.kit.body import Inline
from adapters.kit.http import Call
from bot.domain.camera import told_in_words
from bot.domain.errors import InvalidInput
from bot.domain.job import RemoteFile
from bot.domain.media import SECONDS_SLACK, MediaKind, Role
from bot.domain.request import Reference, Setting, Task, VideoRequest
from bot.ports.video import Order

TASKS = "contents/generations/tasks"
PAGE = 500
EXPIRES_SECONDS = 23 * 60 * 60
"""Ark gives up on a task this old, unbilled: a little before nobody here would wait for its film any more."""

SHORTEST_EDITED = 4.0
"""Seconds that a film must have which Seedance 2.5 is to edit; what it only refers to may have 2."""

_TOKEN = re.compile(r"@(?:Image|Video|Audio)[0-9]+(?![0-9A-Za-z_])")
_COMMAND = re.compile(r"-{2,}(?=\s*[A-Za-z])")
_REFERENCE_TYPES = {Task.references: "reference", Task.edit: "edit", Task.extend: "extend"}


@dataclass(frozen=True, slots=True)
class _Form:
    """`typed`: it is told what its references are for. `draft`: it makes a draft, which has no last frame to return."""

    typed: bool = False
    draft: bool = False


_FORMS: Mapping[str, _Form] = {"2.0": _Form(), "2.5": _Form(typed=True), "2.5-draft": _Form(typed=True, draft=True)}


def create(order: Order, region: str, links: Mapping[str, str]) -> Call:
    """The paid call. `links` are the public addresses of the files that go by link, by their keys.

    Raises InvalidInput for a model whose line has ended, for a film too short to be edited and for a file that is not there.
    """
    form = _FORMS.get(dict(order.model.wire).get("body", ""))
    if form is None:
        raise InvalidInput(f"{order.model.title} is no longer made.", mend="Choose another model.")
    if form.typed:
        _check_edited(order)
    request, settings = order.request, order.request.settings
    body: dict[str, Any] = {
        "model": model_id(order, region),
        "content": _content(request, links),
        "resolution": _said(settings.resolution, "720p"),
        "ratio": _said(settings.aspect, "adaptive"),
        "duration": int(_said(settings.seconds, -1.0)),
        "generate_audio": _said(settings.audio, False),
        "watermark": _said(settings.watermark, False),
        "execution_expires_after": EXPIRES_SECONDS,
        "safety_identifier": mark(order.key),
    }
    body |= {"draft": True} if form.draft else {"return_last_frame": _said(settings.last_frame, False)}
    if form.typed and request.task in _REFERENCE_TYPES:
        body["omni_reference_task_type"] = _REFERENCE_TYPES[request.task]
    if request.task is Task.text and _said(settings.web_search, False):
        body["tools"] = [{"type": "web_search"}]
    if order.callback:
        body["callback_url"] = order.callback
    return Call(method="POST", path=TASKS, json=body)


def _check_edited(order: Order) -> None:
    """Raises InvalidInput for a film too short to be edited."""
    for film in order.request.of_role(Role.reference_video) if order.request.task is Task.edit else ():
        seconds = film.media.seconds if film.media else None
        if seconds is not None and seconds < SHORTEST_EDITED - SECONDS_SLACK:
            raise InvalidInput(
                f"{film.token} is {seconds:.3g} s long, and a film to be edited must have {SHORTEST_EDITED:g} s or more.",
                mend="Use a longer film; nothing was charged.",
                reference=film.token,
            )


def look(task: str) -> Call:
    return Call(method="GET", path=_path(task))


def delete(task: str) -> Call:
    """Cancels what is queued; of what has ended it deletes the record, so look before. The SDKs send an empty object."""
    return Call(method="DELETE", path=_path(task), json={})


def page(number: int, size: int = PAGE) -> Call:
    """Tasks of the last 7 days, from page 1."""
    return Call(method="GET", path=TASKS, query=(("page_num", str(number)), ("page_size", str(size))))


def probe(model: str) -> Call:
    """An order without content, which no model takes: whether it is missed, or the model, says what this account may use. Free."""
    return Call(method="POST", path=TASKS, json={"model": model})


def model_id(order: Order, region: str) -> str:
    """The region's own id, unless the operator says another, as that of an endpoint, with `wire_id`."""
    facts, said = dict(order.model.wire), order.model.wire_id
    own = said and said not in facts.values()
    return said if own else facts.get(region) or said or order.model.id


def mark(key: str) -> str:
    """What an order is known by in the list of tasks: Ark gives it back with the task, and takes at most 64 characters."""
    return hashlib.sha256(key.encode()).hexdigest()


def contents(request: VideoRequest) -> tuple[str, ...]:
    """The tokens of what is sent, by their place in `content`; the story has none."""
    tokens = tuple(reference.token for reference in request.references)
    return ("", *tokens) if story(request) else tokens


def story(request: VideoRequest) -> str:
    """The prompt as Ark reads it: references by its own names for them, camera movements in words, and nothing it would take for a command.

    Ark obeys `--ratio 16:9` and its like wherever they stand in a prompt, so two hyphens before a word become the dash they look like.
    """
    names = _names(request.references)
    named = _TOKEN.sub(lambda found: names.get(found[0], found[0]), told_in_words(request.prompt))
    return _COMMAND.sub("—", named)


def _names(references: tuple[Reference, ...]) -> Mapping[str, str]:
    """`[Image 2]` by token, numbered per kind in the order they are sent."""
    seen: Counter[MediaKind] = Counter()
    names: dict[str, str] = {}
    for reference in references:
        seen[reference.kind] += 1
        names[reference.token] = f"[{reference.kind.title()} {seen[reference.kind]}]"
    return names


def _content(request: VideoRequest, links: Mapping[str, str]) -> list[dict[str, Any]]:
    told = story(request)
    text = [{"type": "text", "text": told}] if told else []
    return [*text, *(_item(reference, links) for reference in request.references)]


def _item(reference: Reference, links: Mapping[str, str]) -> dict[str, Any]:
    kind = f"{reference.kind}_url"
    return {"type": kind, kind: {"url": _address(reference, links)}, "role": reference.role.value}


def _address(reference: Reference, links: Mapping[str, str]) -> str | Inline:
    if reference.media is None or not reference.key:
        raise InvalidInput(f"{reference.token} has no file yet.", mend="Attach it again.", reference=reference.token)
    if reference.kind is MediaKind.video:
        return links[reference.key]
    return Inline(reference.key, f"data:{reference.media.mime.lower()};base64,")


def _said(setting: Setting[Any] | None, otherwise: Any) -> Any:
    return otherwise if setting is None else setting.value


def _path(task: str) -> str:
    return f"{TASKS}/{quote(task, safe='')}"


def remote(task: str, files: Mapping[str, str]) -> RemoteFile:
    """A result that can be asked for anew: its task, which of its files, and where that is now."""
    ids = {which: f"{task} {which} {url}" for which, url in files.items()}
    return RemoteFile(id=ids["video"], last_frame=ids.get("last_frame", ""))
