"""Text as people type it, made readable without moving a single character."""
# ruff: noqa: RUF001 - these signs are meant: people type them

import re

MASK = "\x00"
"""Stands for every character that must not be read as a setting."""

_FOLD: dict[int, int | str] = {
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)},  # fullwidth forms
    0x3000: " ",
    0x00A0: " ",
    0x202F: " ",
    0x2010: "-",
    0x2011: "-",
    0x2236: ":",
    0x00D7: "x",
}

SHIELD = r"""
    (?P<code> ```(?:.*?```|.*) | `[^`\n]*` )
  | (?P<url> <?\b(?:https?://|www\.)[^\s<>"“”「」『』`\x00，。；！？、）]*[^\s<>"“”「」『』`\x00，。；！？、）,.;:!?)\]}'’]>? )
  | (?P<quote> (?<![\w"])"(?=\S)[^"]*(?<=\S)"(?!\w)
      | “[^“”]*” | „[^„“”]*[“”] | «[^«»]*» | 「[^「」]*」 | 『[^『』]*』
      | (?<!\w)‘[^‘’]*’(?!\w) | (?<![\w'])'(?=\S)[^'\n]*(?<=\S)'(?!\w) )
"""
"""Code, URLs and quotations, as a verbose pattern for folded text; an unclosed code block reaches to the end."""

FLAGS = re.VERBOSE | re.DOTALL | re.IGNORECASE
_SHIELDED = re.compile(SHIELD, FLAGS)
_CLOSING = {'"': '"', "'": "'", "“": "”", "‘": "’", "„": "“", "«": "»", "「": "」", "『": "』", "”": "”"}


def fold(text: str) -> str:
    """Fullwidth letters, digits and punctuation as their plain forms, one character for one."""
    return text.translate(_FOLD)


def mask(folded: str) -> str:
    """The text with code, URLs and quotations blanked out, one character for one."""
    return _SHIELDED.sub(lambda found: MASK * len(found[0]), folded)


def unquote(text: str, start: int) -> tuple[str, int] | None:
    r"""The quotation that begins here and where it ends; `\"` and `\\` stand for the characters themselves."""
    close = _CLOSING.get(text[start : start + 1])
    if close is None or text.find(close, start + 1) < 0:
        return None
    apostrophe = close in "'’"
    inside: list[str] = []
    at = start + 1
    while at < len(text):
        if text[at] == "\\" and text[at + 1 : at + 2] in {close, "\\"}:
            at += 1
        elif text[at] == close and not (apostrophe and text[at + 1 : at + 2].isalnum()):
            return "".join(inside), at + 1
        inside.append(text[at])
        at += 1
    return None


def quote(text: str) -> str:
    """The inverse of `unquote`."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def shorten(text: str, most: int = 40) -> str:
    """A value as it is quoted back to a person."""
    flat = " ".join(text.split())
    return flat if len(flat) <= most else f"{flat[: most - 1]}…"
