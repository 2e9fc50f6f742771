"""What a worker is told: an order as a plain document in its folder, complete without the bot."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.domain.camera import MOST_TOGETHER, Move, Movement
from bot.domain.media import MediaKind, Role

if TYPE_CHECKING:  # only the bot makes plans of orders: a worker starts without them
    from bot.domain.request import Setting
    from bot.ports.video import Order

ORDER, PROGRESS, OUTCOME, LOCK, LOG = "order.json", "progress.json", "outcome.json", "lock", "log"
FPS = 24  # the rate of the paid models' films, so that a preview moves as they do and joins with them unchanged
RATE = 48_000  # samples a second
MOST_RESULTS = 8
LONGEST = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A reference with its bytes beside the order as `file`."""

    token: str
    kind: MediaKind
    role: Role
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`camera` is the moves in sequence, () where nobody named any; `submitted` orders the queue, in nanoseconds."""

    key: str
    prompt: str
    seconds: float
    aspect: str
    resolution: str
    audio: bool
    watermark: bool
    last_frame: bool
    count: int
    seed: int
    camera: tuple[Move, ...]
    inputs: tuple[Input, ...]
    submitted: int


def plan_of(order: "Order", inputs: tuple[Input, ...], submitted: int) -> Plan:
    """Settings that nobody resolved fall back to the model's own."""
    settings, model = order.request.settings, order.model
    seed = _value(settings.seed, None)
    return Plan(
        key=order.key,
        prompt=order.request.prompt,
        seconds=min(LONGEST, max(0.5, float(_value(settings.seconds, model.seconds.default)))),
        aspect=_value(settings.aspect, "adaptive"),
        resolution=_value(settings.resolution, model.resolutions[0]),
        audio=_value(settings.audio, model.default_audio),
        watermark=_value(settings.watermark, False),
        last_frame=_value(settings.last_frame, False),
        count=min(MOST_RESULTS, max(1, _value(settings.count, 1))),
        seed=seed if seed is not None else _seed_of(order.key),
        camera=tuple(move[:MOST_TOGETHER] for move in _value(settings.camera, ())),
        inputs=inputs,
        submitted=submitted,
    )


def _value(setting: "Setting[Any] | None", otherwise: Any) -> Any:
    return otherwise if setting is None else setting.value


def _seed_of(key: str) -> int:
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:4]) >> 1


def folder_name(key: str) -> str:
    """A key as the name of a folder; one that is no safe name is hashed."""
    plain = key.replace("-", "").replace("_", "")
    safe = plain.isascii() and plain.isalnum() and len(key) <= 100
    return key if safe else f"order-{hashlib.sha256(key.encode()).hexdigest()[:32]}"


def write_plan(folder: Path, plan: Plan) -> None:
    write_document(folder / ORDER, asdict(plan))


def read_plan(folder: Path) -> Plan:
    return plan_from(json.loads((folder / ORDER).read_text("utf-8")))


def plan_from(document: dict[str, Any]) -> Plan:
    document["camera"] = tuple(tuple(Movement(one) for one in move) for move in document["camera"])
    document["inputs"] = tuple(
        Input(token=one["token"], kind=MediaKind(one["kind"]), role=Role(one["role"]), file=one["file"])
        for one in document["inputs"]
    )
    return Plan(**document)


def write_document(path: Path, document: Mapping[str, Any]) -> None:
    """All of it or nothing, also when the machine stops in the middle."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    with fresh.open("w", encoding="utf-8") as file:
        json.dump(document, file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def read_document(path: Path) -> dict[str, Any] | None:
    """None where it is not there (yet) or is no document."""
    try:
        document = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    return document if isinstance(document, dict) else None
