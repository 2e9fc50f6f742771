"""Every setting that can be said in plain words, and what it means."""
# ruff: noqa: SIM905 - lists of words read best as running text

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.flows.parse import values
from bot.flows.parse.draft import Draft
from bot.flows.parse.text import MASK, unquote

_NUM = values.NUMBER
_ASPECT_WORD = "|".join(re.escape(word) for word in values.RATIO_WORDS if word not in values.WEAK_RATIO_WORDS)
_WEAK_WORD = "|".join(sorted(values.WEAK_RATIO_WORDS - {"auto"}))
_RES = r"(?:240|360|480|512|540|576|720|768|1080|1440|2160)p|[24]k|full\s?hd|fhd|uhd|ultra\s?hd"
_ITEM = re.compile(
    rf"""(?:
    (?P<seconds> (?:(?:for|lasting|each)\s)?(?:~|(?:about|around|roughly|exactly|at\sleast|at\smost|up\sto|minimum|min\.?|maximum|max\.?)\s)?
                 (?:(?:duration|length)\s?(?:of|is|[:=])?\s?)?(?!{values.DECADE})(?P<sec>{values.LENGTH})
                 (?:\slong|\sin\slength|\seach|\sapiece|\sper\s(?:clip|video|take|version|variation))?
               | (?:duration|length)\s?(?:of|is|[:=])?\s?(?P<sec2>{_NUM}) )
  | (?P<adaptive> (?:(?:the\s)?same|keep|match|use)\s(?:the\s)?(?:(?:aspect\s)?ratio|aspect|format|(?:image|picture|photo|input|original)(?:'s|’s)?\s(?:aspect\s)?ratio)
                  (?:\s(?:as|of)\s(?:in\s)?(?:the\s|my\s)?(?:image|picture|photo|input|original|source|attachment))?
                | match\s(?:the\s)?(?:image|picture|photo|input) )
  | (?P<aspect> (?:aspect(?:\sratio)?|ratio|ar|format)\s?(?:of|is|[:=])?\s?(?P<asp>{values.RATIO}|{_ASPECT_WORD}|{_WEAK_WORD})
              | (?P<asp2>{values.RATIO})(?:\s(?:aspect\sratio|aspect|ratio|format))?
              | (?P<asp3>{_ASPECT_WORD})(?:\s(?:mode|format|orientation|aspect\sratio|ratio))?
              | (?P<asp4>{_WEAK_WORD})\s(?:mode|format|orientation|aspect\sratio|ratio) )
  | (?P<weak_aspect> {_WEAK_WORD} )
  | (?P<resolution> (?:resolution|quality|res)\s?(?:of|is|[:=])?\s?(?P<res>{_RES}|hd) | (?P<res2>{_RES})(?:\s(?:resolution|quality|hd))? )
  | (?P<weak_resolution> hd )
  | (?P<audio> (?:(?:with|add|include|generate|turn\son|enable)\s|w/\s?)(?:the\s|native\s|generated\s|some\s)?(?:audio|sound)(?:\son)?
             | (?:avec|mit|con|com)\s(?:son|ton|sonido|suono|som|audio|sound)
             | (?:audio|sound)\s?[:=]?\s?(?:on|yes|true) )
  | (?P<silent> (?:no|without|w/o|mute\s(?:the\s)?|turn\soff|disable|remove)\s?(?:the\s|any\s)?(?:audio|sound)
              | (?:sans|ohne|sin|sem|senza)\s(?:son|ton|sonido|suono|som|audio|sound)
              | (?:audio|sound)\s?[:=]?\s?(?:off|no|none|false) )
  | (?P<weak_silent> silent ) | (?P<weak_muted> muted? ) | (?P<weak_audio> audio )
  | (?P<unmarked> (?:no|without|w/o|remove)\s?(?:the\s|a\s|any\s)?watermarks? | watermark\s?[:=]?\s?(?:off|no|none|false) )
  | (?P<watermark> (?:with|add|include)\s(?:the\s|a\s)?watermark | watermark\s?[:=]?\s?(?:on|yes|true) ) | (?P<weak_watermark> watermark )
  | (?P<last_frame> (?:return|give(?:\sme)?|send(?:\sme)?|include|with|keep|plus)\s(?:back\s)?(?:the\s)?last\sframe(?:\s(?:back|too|as\swell|image))? )
  | (?P<weak_last_frame> (?:the\s)?last\sframe(?:\s(?:back|too|as\swell))? )
  | (?P<web_search> (?:with|use|using|do\sa|enable|allow)\s(?:a\s|the\s)?web[\s-]?search | search\sthe\sweb | web[\s-]?search\s?[:=]?\s?on ) | (?P<weak_web_search> web[\s-]?search )
  | (?P<seed> seed\s?(?:is|[:=\#])?\s?(?P<number>-?[0-9]{{1,12}}) )
  | (?P<count> (?P<many>{_NUM})\s(?:different\s|more\s|alternative\s)?(?:variations?|versions?|variants?|takes|results|options|outputs|alternatives)
             | (?:count|variations)\s?[:=]\s?(?P<many2>{_NUM}) )
  | (?P<weak_count> (?P<many3>{_NUM})\s(?:videos|clips) | (?P<many4>x[0-9]{{1,2}}) )
  | (?P<temporary> (?:just|only|make\sit|keep\sit|as)\s(?:a\s)?temporary(?:\s(?:file|video|clip|result|only))? )
  | (?P<weak_temporary> temporary(?:\s(?:file|video|clip|result|only))? )
  | (?P<save> (?:save|saved|store)\s(?:(?:it|this|the\s(?:result|video|clip|file))\s)?(?:as|to|in|into|under|at)\s(?P<path>\x00+|[^\s,;\x00](?:[^\n,;:\x00]|:(?!\s)){{0,80}}?\.(?:mp4|mov|webm)|[^\s,;\x00]*[^\s,;:.\x00]) )
    )(?![\w%]|:[0-9])""",
    re.VERBOSE | re.IGNORECASE,
)
_MODEL = re.compile(
    r"(?:(?P<strong>use|using|model\s?[:=]|with\smodel|use\smodel)|with|via|on|by|through)\s?(?:the\s)?(?=\S)",
    re.IGNORECASE,
)
_AFTER_MODEL = re.compile(r"\smodel(?!\w)|(?!\w)", re.IGNORECASE)
_BAD_PATHS = frozenset(
    "many much a an the it this soon well fast possible usual before always drive disk library folder computer phone my".split()
)
_READ: Mapping[str, tuple[str, Callable[[str], Any], tuple[str, ...]]] = {
    "seconds": ("seconds", values.seconds, ("sec", "sec2")),
    "aspect": ("aspect", values.aspect, ("asp", "asp2", "asp3", "asp4")),
    "weak_aspect": ("aspect", values.aspect, ("weak_aspect",)),
    "resolution": ("resolution", values.resolution, ("res", "res2")),
    "weak_resolution": ("resolution", values.resolution, ("weak_resolution",)),
    "seed": ("seed", values.seed, ("number",)),
    "count": ("count", values.count, ("many", "many2")),
    "weak_count": ("count", values.count, ("many3", "many4")),
}
"""Of each group of `_ITEM` that holds a value: its setting, how to read it, and the inner groups that may hold it."""
_FIXED: Mapping[str, tuple[str, bool | str]] = {
    "adaptive": ("aspect", "adaptive"),
    "audio": ("audio", True),
    "weak_audio": ("audio", True),
    "silent": ("audio", False),
    "weak_silent": ("audio", False),
    "weak_muted": ("audio", False),
    "watermark": ("watermark", True),
    "weak_watermark": ("watermark", True),
    "unmarked": ("watermark", False),
    "last_frame": ("last_frame", True),
    "weak_last_frame": ("last_frame", True),
    "web_search": ("web_search", True),
    "weak_web_search": ("web_search", True),
    "temporary": ("temporary", True),
    "weak_temporary": ("temporary", True),
}


_ENDING = frozenset("weak_aspect weak_resolution weak_muted weak_watermark weak_last_frame weak_web_search".split())
_WRONG: Mapping[str, str] = {
    "count": f"One message makes 1 to {values.MOST_RESULTS} results; {{!r}} is not that.",
    "seconds": f"A film lasts more than 0 and at most {values.LONGEST_SECONDS:g} seconds; {{!r}} is not that.",
    "seed": f"A seed is a whole number from 0 to {values.LARGEST_SEED}; {{!r}} is not one.",
}
"""What is said where a setting is clear and its value is not."""


@dataclass(frozen=True, slots=True)
class Item:
    """One setting said: where its words end, and whether they are weak: as likely story, so that company must prove them a setting.

    `ending` are weak words that are proven by being the message's last piece, too.
    """

    end: int
    setting: str
    settings: dict[str, Any] = field(default_factory=dict)
    weak: bool = False
    ending: bool = False
    problem: str = ""


def item_at(draft: Draft, text: str, at: int, end: int) -> Item | None:
    """The setting that begins here in the masked text, None where none does."""
    found = _ITEM.match(text, at, end)
    if found is None or found.end() == at:
        return _model_at(draft, text, at, end)
    name = found.lastgroup or ""
    setting, value = _meaning(name, found, draft.raw)
    if value is not None:
        return Item(found.end(), setting, {setting: value}, weak=name.startswith("weak_"), ending=name in _ENDING)
    wrong = _WRONG.get(setting) if not name.startswith("weak_") else None
    return Item(found.end(), setting, problem=wrong.format(found[0])) if wrong else None


def _model_at(draft: Draft, text: str, at: int, end: int) -> Item | None:
    lead = _MODEL.match(text, at, end)
    named = values.model_at(text, lead.end() if lead else at, end, draft.models)
    after = _AFTER_MODEL.match(text, named[1]) if named else None
    if named is None or after is None:
        return None
    numbered = any(sign.isdigit() for sign in named[0])
    strong = lead is not None and (bool(lead["strong"]) or numbered)
    model = {"model": values.model(named[0], draft.models)}
    return Item(after.end(), "model", model, weak=not strong, ending=lead is not None)


def _meaning(name: str, found: re.Match[str], raw: str) -> tuple[str, Any]:
    """The setting and its value, None where these words mean none after all."""
    if name in _FIXED:
        return _FIXED[name]
    if name == "save":
        return "drive_path", _path(found["path"], raw[found.start("path") : found.end("path")])
    setting, read, groups = _READ[name]
    value = read(next(found[group] for group in groups if found[group]))
    bare_ratio = setting == "aspect" and found["asp2"]
    return setting, None if bare_ratio and value not in values.KNOWN_RATIOS else value


def _path(said: str, written: str) -> str | None:
    """A Drive path, in quotation marks or as one word; "save as many as you can" names none."""
    if MASK in said:
        quoted = unquote(written, 0)
        return quoted[0].strip() or None if quoted and quoted[1] == len(written) else None
    return None if said.lower() in _BAD_PATHS else written
