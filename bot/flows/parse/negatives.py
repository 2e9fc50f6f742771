"""What to avoid, said in words: `negative: blurry, low quality`."""
# ruff: noqa: RUF001 - these signs are meant: people type them

import re

from bot.flows.parse.draft import Draft
from bot.flows.parse.phrasebook import item_at
from bot.flows.parse.text import fold, mask, unquote

_NEGATIVE = re.compile(
    r"(?:(?P<opens>\n|^|[.!?][ \t])|(?P<joins>[,;，；(|]))[ \t]*negative(?:\sprompt)?\s?[:=][ \t]*(?P<what>(?:(?![.!?。](?:\s|$))[^\n)])+)",
    re.IGNORECASE,
)
_COMMA = re.compile(r"[ \t]*[,;，；][ \t]*(?:and[ \t])?(?:with[ \t])?")
_AFTER = re.compile(r"[ \t]*(?:$|[\n,;，；.!?)|\[]|--)")
_CUT_BEHIND = re.compile(r"\s*[,;，；.!?。]*\s*")
_NEVER_AVOIDED = frozenset({"seconds", "aspect", "resolution", "seed", "count", "model", "drive_path"})
"""Settings that nobody names among the things to avoid; sound or a watermark may well be meant."""


def read_negative(draft: Draft, raw: str) -> str:
    """The message without its negative prompt, which ends with its sentence or line and before a setting."""
    text = mask(fold(raw))
    found = _NEGATIVE.search(text)
    if found is None:
        return raw
    draft.raw = raw
    start, end = found.start("what"), _end(draft, text, found)
    what = raw[start:end].strip(" \t,;")
    quoted = unquote(what, 0)
    said = quoted[0].strip() if quoted and quoted[1] == len(what) else what
    if not said:
        return raw
    draft.spoken["negative"] = said
    opens = found["opens"] is not None
    begin = found.end("opens") if opens else found.start("joins")
    if opens or raw[begin] == "(":
        behind = _CUT_BEHIND.match(raw, end)
        cut = behind.end() if behind and opens and "\n" not in behind[0] else end + (raw[end : end + 1] == ")")
    else:
        cut = end
    draft.take(raw[begin:end], "negative")
    return raw[:begin].rstrip(" \t") + _joined(raw[:begin], raw[cut:])


def _joined(before: str, after: str) -> str:
    touching = before.strip() and after and (before[-1] in " \t" or after[0].isalnum()) and not before.endswith("\n")
    return f" {after.lstrip(' ')}" if touching and after.lstrip(" ")[0] not in ".,;!?\n" else after


def _end(draft: Draft, text: str, found: re.Match[str]) -> int:
    """Where the things to avoid end."""
    start, end = found.span("what")
    for comma in _COMMA.finditer(text, start, end):
        item = item_at(draft, text, comma.end(), end)
        certain = item is not None and not item.weak and item.setting in _NEVER_AVOIDED
        if item and certain and _AFTER.match(text, item.end):
            return comma.start()
    return end
