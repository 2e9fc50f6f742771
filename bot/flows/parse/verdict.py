"""A typed yes or no."""
# ruff: noqa: SIM905 - lists of words read best as running text

import re

from bot.flows.parse.text import fold

_YES = frozenset("yes y yep yeah yup ok okay confirm confirmed go sure 👍 ✅ 👌".split()) | {
    "go ahead",
    "do it",
    "yes please",
    "ok go",
    "please do",
    "approved",
    "approve it",
}
_NO = frozenset("no n nope nah cancel stop don't dont decline 👎 ❌ 🚫".split()) | {
    "no thanks",
    "no thank you",
    "do not",
}
_LONGEST = 40
_TONES = re.compile("[\U0001f3fb-\U0001f3ff\ufe0f\u200d]")


def verdict(text: str) -> bool | None:
    """True for a clear yes, False for a clear no, None for anything else."""
    if len(text) > _LONGEST:
        return None
    plain = _TONES.sub("", fold(text)).replace("’", "'").lower()
    word = " ".join(plain.split()).strip(" .!,").strip()
    return True if word in _YES else False if word in _NO else None
