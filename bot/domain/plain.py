"""Text from elsewhere made safe to show on a terminal: no escape sequences, no control characters, no reversed reading."""

import re
import unicodedata

_SEQUENCES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # colours and cursor moves
    r"|(?:\x1b[\]P^_X]|[\x9d\x90\x9e\x9f\x98])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"  # titles, links, clipboard
    r"|\x1b[ -/]*[0-~]?"  # the rest
)
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def plain(text: str) -> str:
    r"""The same text without anything that steers a terminal; line breaks and tabs stay, right-to-left letters too.

    >>> plain("a \x1b[31mred\x1b[0m film\x07")
    'a red film'
    """
    bare = _SEQUENCES.sub("", text.replace("\r\n", "\n"))
    return "".join(c for c in bare if c in "\n\t" or not _steers(c))


def _steers(character: str) -> bool:
    return character in _TURNS or unicodedata.category(character) in {"Cc", "Cs"}
