"""Which messages are commands and not wishes."""

import re
from collections.abc import Mapping

from bot.flows.parse.text import fold

VERBS = ("help", "tips", "models", "status", "library", "merge", "cinematic", "cancel")
_FIRST = re.compile(
    rf"(?P<slash>/)?(?P<verb>{'|'.join(VERBS)}|\?+)(?P<colon>\s?:(?=\s|$))?(?P<rest>[.!?]*(?:\s.*)?)",
    re.IGNORECASE | re.DOTALL,
)
_SLASHED = re.compile(r"/clapper(?=\s|$)\s*", re.IGNORECASE)
_JOB = r"j-[a-z0-9]{3,}"
_CLIPS = r"@\S+(?:\s[0-9]+)?|https?://\S+|drive:\S+|/space/\S+|[a-z]-[a-z0-9]{3,}|\[\w+\s?[0-9]+\]|[0-9]|--\S+"
_ARGUMENTS: Mapping[str, re.Pattern[str]] = {
    verb: re.compile(pattern, re.IGNORECASE)
    for verb, pattern in {
        "help": rf"me|please|(?:with |about |on )?(?:{'|'.join(VERBS)}|flags|settings)",
        "tips": r"please|for (?:prompts|prompting)",
        "models": r"please|list|all|--\S+",
        "status": rf"me|mine|my jobs|channel|here|all|everyone|please|update|(?:of )?{_JOB}|--\S+",
        "library": rf"please|list|mine|all|{_JOB}",
        "merge": rf"(?:(?:{_CLIPS}|and|the|my|these|those|them|all|last|two|three|four|five|clips|videos|to|as|in|auto|landscape|portrait|square|please|,)[\s,]*)+",
        "cinematic": r"(?!)",
        "cancel": rf"it|that|this|all|everything|mine|please|(?:the )?(?:last|job|video|render)(?: one)?|(?:job )?{_JOB}(?:[\s,]+{_JOB})*",
    }.items()
}
FULLY_READ = frozenset({"cinematic", "merge"})
"""Verbs whose rest may hold settings; the rest of the others is taken as written."""


def strip_mention(text: str, me: str) -> str:
    """The message without the bot's own mention at its start."""
    text = text.strip()
    for mention in {me, me.replace(">", "|")} if me else ():
        if not text.lower().startswith(mention.lower()):
            continue
        rest = text[len(mention) :]
        if mention.endswith("|"):
            rest = rest.partition(">")[2]
        elif mention[-1].isalnum() and rest[:1].isalnum():
            continue
        return rest.lstrip(" \t\n,:").strip()
    return text


def split_verb(text: str) -> tuple[str | None, str]:
    """The verb and the rest of its line, or None and the whole text."""
    slashed = _SLASHED.match(text)
    body = text[slashed.end() :] if slashed else text
    found = _FIRST.fullmatch(fold(body))
    if found is None:
        return None, body
    verb = "help" if found["verb"].startswith("?") else found["verb"].lower()
    raw_rest = body[found.start("rest") :].strip()
    rest = raw_rest.lstrip(".!?").strip()
    if not rest:
        return verb, ""
    if found["slash"] or slashed or (found["colon"] and verb in {"cinematic", "library"}):
        return verb, raw_rest
    plausible = rest == raw_rest and _ARGUMENTS[verb].fullmatch(fold(rest).rstrip(" .!?"))
    return (verb, raw_rest) if plausible else (None, body)
