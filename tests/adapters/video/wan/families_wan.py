"""Which fields and files each Wan model takes, as the pages of the families list them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

Check = Callable[[Any], bool]


def text(most: int) -> Check:
    return lambda value: isinstance(value, str) and 0 < len(value) <= most


def one_of(*values: object) -> Check:
    return lambda value: any(type(value) is type(one) and value == one for one in values)


def whole(low: int, high: int, *also: int) -> Check:
    return lambda value: type(value) is int and (low <= value <= high or value in also)


def flag(value: object) -> bool:
    return type(value) is bool


SEED = whole(0, 2_147_483_647)
FLAGS: Mapping[str, Check] = {"prompt_extend": flag, "watermark": flag, "seed": SEED}
SIZES = {
    "480P": ("832*480", "480*832", "624*624"),
    "720P": ("1280*720", "720*1280", "960*960", "1088*832", "832*1088"),
    "1080P": ("1920*1080", "1080*1920", "1440*1440", "1632*1248", "1248*1632"),
}
RATIOS = ("16:9", "9:16", "1:1", "4:3", "3:4")


def sizes(*tiers: str) -> Check:
    return one_of(*(size for tier in tiers for size in SIZES[tier]))


@dataclass(frozen=True)
class Family:
    """`input` and `parameters` are the fields there are; `files` those of the input that hold a file; `media` how often a type may come."""

    input: Mapping[str, Check]
    parameters: Mapping[str, Check]
    needs: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()
    media: Mapping[str, int] = field(default_factory=dict)
    frames: bool = False


def _old(prompt: int, parameters: Mapping[str, Check], *files: str, needs: str = "", negative: bool = True) -> Family:
    words = {"prompt": text(prompt)} | ({"negative_prompt": text(500)} if negative else {})
    return Family(
        input={**words, **dict.fromkeys(files, lambda value: isinstance(value, str))},
        parameters=parameters,
        needs=frozenset(needs.split()),
        files=frozenset(files),
    )


def _new(parameters: Mapping[str, Check], needs: str = "", files: str = "", **media: int) -> Family:
    listed = {"media": lambda value: isinstance(value, list)} if media else {}
    held = dict.fromkeys(files.split(), lambda value: isinstance(value, str))
    return Family(
        input={"prompt": text(5000), "negative_prompt": text(500), **listed, **held},
        parameters={"resolution": one_of("720P", "1080P"), **FLAGS, **parameters},
        needs=frozenset(needs.split()),
        files=frozenset(files.split()),
        media=media,
    )


_SHOT = {"shot_type": one_of("single", "multi")}
_TWO_SIX = {"duration": whole(2, 15), **FLAGS, **_SHOT}
_TWO_FIVE = {"duration": one_of(5, 10), **FLAGS}
_TWO_TWO = {"duration": one_of(5), **FLAGS}
_R2V = {"size": sizes("720P", "1080P"), "duration": whole(2, 10), "watermark": flag, "seed": SEED, **_SHOT}
_RATIO = {"ratio": one_of(*RATIOS)}
_THREE = Family(
    input={"prompt": text(20_000), "media": lambda value: isinstance(value, list)},
    parameters={
        "resolution": one_of("480P", "720P", "1080P"),
        "ratio": one_of("adaptive", *RATIOS),
        "duration": whole(2, 30, -1),
        "audio": flag,
        **FLAGS,
    },
    media={"first_frame": 1, "last_frame": 1, "reference_image": 10, "reference_video": 5, "reference_audio": 5},
)


def _pictured(*tiers: str) -> Mapping[str, Check]:
    return {"resolution": one_of(*tiers)}


_I2V = _old(1500, {**_pictured("720P", "1080P"), **_TWO_SIX}, "img_url", "audio_url", needs="img_url")
_REFS = replace(
    _old(1500, _R2V, needs="prompt reference_urls", negative=False),
    input={"prompt": text(1500), "reference_urls": lambda value: isinstance(value, list) and 1 <= len(value) <= 5},
)
FAMILIES: Mapping[str, Family] = {
    "wan3.0-video": _THREE,
    "wan3.0-video-prime": _THREE,
    "wan2.7-t2v": _new({**_RATIO, "duration": whole(2, 15)}, "prompt", "audio_url"),
    "wan2.7-i2v": _new({"duration": whole(2, 15)}, "media", first_frame=1, last_frame=1, driving_audio=1, first_clip=1),
    "wan2.7-r2v": _new(
        {**_RATIO, "duration": whole(2, 15)}, "prompt media", reference_image=5, reference_video=5, first_frame=1
    ),
    "wan2.7-videoedit": _new(
        {**_RATIO, "duration": whole(2, 10, 0), "audio_setting": one_of("auto", "origin")},
        "media",
        video=1,
        reference_image=3,
    ),
    "wan2.6-t2v": _old(1500, {"size": sizes("720P", "1080P"), **_TWO_SIX}, "audio_url", needs="prompt"),
    "wan2.6-i2v": _I2V,
    "wan2.6-i2v-flash": replace(_I2V, parameters={**_I2V.parameters, "audio": flag}),
    "wan2.6-r2v": _REFS,
    "wan2.6-r2v-flash": replace(_REFS, parameters={**_R2V, "audio": flag}),
    "wan2.5-t2v-preview": _old(1500, {"size": sizes(*SIZES), **_TWO_FIVE}, "audio_url", needs="prompt"),
    "wan2.5-i2v-preview": _old(1500, {**_pictured(*SIZES), **_TWO_FIVE}, "img_url", "audio_url", needs="img_url"),
    "wan2.2-t2v-plus": _old(800, {"size": sizes("480P", "1080P"), **_TWO_TWO}, needs="prompt"),
    "wan2.2-i2v-plus": _old(800, {**_pictured("480P", "1080P"), **_TWO_TWO}, "img_url", needs="img_url"),
    "wan2.2-i2v-flash": _old(800, {**_pictured(*SIZES), **_TWO_TWO}, "img_url", needs="img_url"),
    "wan2.2-kf2v-flash": replace(
        _old(
            800,
            {**_pictured(*SIZES), **FLAGS},
            "first_frame_url",
            "last_frame_url",
            needs="first_frame_url last_frame_url",
            negative=False,
        ),
        frames=True,
    ),
}


def together(model: str, given: Mapping[str, Any], parameters: Mapping[str, Any], family: Family) -> list[str]:
    """What may stand beside what."""
    kinds = [item["type"] for item in given.get("media", ())]
    wrong = [f"media: {kind} is not taken" for kind in kinds if kind not in family.media]
    wrong += [f"media: too many of {kind}" for kind, most in family.media.items() if kinds.count(kind) > most]
    held = set(kinds)
    frames, references = held & {"first_frame", "last_frame"}, {kind for kind in held if kind.startswith("reference")}
    if any("reference_voice" in item for item in given.get("media", ())) and model != "wan2.7-r2v":
        wrong.append("media: reference_voice is not a field")
    match model:
        case "wan2.7-i2v":
            combos = (
                {"first_frame"},
                {"first_frame", "last_frame"},
                {"first_frame", "driving_audio"},
                {"first_clip"},
                {"first_clip", "last_frame"},
            )
            wrong += [] if held in combos else [f"media: {sorted(held)} do not go together"]
        case "wan2.7-r2v":
            count = sum(kind.startswith("reference") for kind in kinds)
            wrong += [] if 1 <= count <= 5 else [f"media: {count} references"]
            if "reference_video" in held and parameters.get("duration", 5) > 10:
                wrong.append("duration is at most 10 with a reference video")
        case "wan2.7-videoedit":
            wrong += [] if "video" in held else ["media: video is missing"]
        case "wan3.0-video" | "wan3.0-video-prime":
            if (frames and references) or ("last_frame" in held and "first_frame" not in held):
                wrong.append(f"media: {sorted(held)} do not go together")
            if not given.get("prompt") and not held:
                wrong.append("Field required: input.prompt")
    return wrong
