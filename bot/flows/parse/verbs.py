"""Which messages are commands and not wishes."""

import re
from collections.abc import Mapping

from bot.domain.cinema import Mode
from bot.flows.parse.merging import read_merge
from bot.flows.parse.sources import CLIP_ID
from bot.flows.parse.text import fold

VERBS = (
    *("help", "tips", "models", "status", "library", "budget", "settings", "merge", "cinematic", "cancel", "admin"),
    *("show", "rename", "move", "delete", "restore", "trash", "drive", "approve"),
)
_FIRST = re.compile(
    rf"(?P<slash>/)?(?P<verb>{'|'.join(VERBS)}|\?+)(?P<colon>\s?:(?=\s|$))?(?P<rest>[.!?]*(?:\s.*)?)",
    re.IGNORECASE | re.DOTALL,
)
_SLASHED = re.compile(r"/clapper(?=\s|$)\s*", re.IGNORECASE)
_JOB = r"j-[a-z0-9]{3,}"
_FILES = r"[\"“][^\"”]*(?:/|\.(?:mp4|mov|m4v))[^\"”]*[\"”]|/space/\S+|\S+\.(?:mp4|mov|m4v|webm|mkv|avi)"
_FILM = rf"(?:(?:film|video|clip|number)\s?)?#?[0-9]{{1,4}}|@video[0-9]{{1,4}}|(?:the )?last(?: (?:film|video|clip|one))?|{CLIP_ID}|{_FILES}"
"""How a film is named where no slash says that a command is meant: by number, id, `last`, or a path that can be nothing else."""
_FOLDED = r"[^\s/]+(?:/[^\s/]+)+"
_WHEN = r"(?:since |before |after |until |on )?(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|today|yesterday|(?:this|last) (?:week|month|year))"
_LONG = r"(?:longer than|shorter than|over|under|at least|at most|more than|less than) [0-9.,]+ ?(?:s|secs?|seconds?)?|[0-9]+ ?(?:-|–|to) ?[0-9]+ ?(?:s|secs?|seconds?)"
_FOUND_BY = rf"(?:by (?:me|<?@\S+|[\"“][^\"”]+[\"”]|\S+)|model \S+|{_WHEN}|{_LONG})"
_DECIDED = (
    r"help|please|who|(?:audit )?log(?: (?:page )?[0-9]{1,4})?|(?:(?:switch|turn) )?(?:on|off)(?: here| everywhere| (?:in|for) (?:this|the)(?: whole)? (?:channel|workspace|server|team))?"
    r"|(?:models?|defaults?|at[ _-]?once|per[ _-]?minute|confirmers?|approve[ _-]?above|budgets?|(?:time[ _]?)?zone)[:=]? \S.*"
)
_AN_IDEA = r"an?|the|one|two|three|four|five|some|my|our|@(?:image|video|audio)[0-9]+"
_ARGUMENTS: Mapping[str, re.Pattern[str]] = {
    verb: re.compile(pattern, re.IGNORECASE)
    for verb, pattern in {
        "help": rf"me|please|(?:with |about |on )?(?:{'|'.join(VERBS)}|flags|settings)",
        "tips": r"please|for (?:prompts|prompting)",
        "models": r"please|list|all|--\S+",
        "status": rf"me|mine|my jobs|channel|here|all|everyone|please|update|(?:of )?{_JOB}|--\S+",
        "library": rf"please|list|mine|all|(?:page )?[0-9]{{1,4}}|(?:search|find)(?: for)? .+|{_JOB}|{_FOUND_BY}(?:,? {_FOUND_BY})*",
        "budget": r"me|mine|please|this month",
        "settings": r"please|here|channel",
        "approve": rf"please|list|(?:job )?{_JOB}(?:\s+[0-9]+(?:[.,][0-9]+)?(?: credits?)?)?",
        "admin": _DECIDED,
        "merge": r"(?!)",
        "cinematic": rf"(?:(?:{'|'.join(Mode)})(?:\s?[:,] ?| ))?(?:{_AN_IDEA}) .+|(?:{'|'.join(Mode)})\s?: ?.+",
        "show": rf"(?:me )?(?:{_FILM}|{_FOLDED})",
        "rename": rf"(?:{_FILM}|{_FOLDED}) (?:to|as|into) \S.{{0,1000}}",
        "move": rf"(?:{_FILM}|{_FOLDED}) (?:to|into|in) (?:{_FILES}|{_FOLDED}/?|/space/?|[^\s/]+/)",
        "delete": rf"{_FILM}|{_FOLDED}",
        "restore": rf"{_FILM}|{_FOLDED}",
        "trash": r"please|list|(?:page )?[0-9]{1,4}",
        "drive": r"please|list|/space(?:/\S*)?|\S+/",
        "cancel": rf"it|that|this|all|everything|mine|please|(?:the )?(?:last|job|video|render)(?: one)?|(?:job )?{_JOB}(?:[\s,]+{_JOB})*",
    }.items()
}
_EMPTY_WORDS = re.compile(
    r"^(?:of\s|job\s|(?:it|this|that|please)$|(?:the )?(?:last|job|video|render)(?: one)?$)", re.IGNORECASE
)
_OF_FILMS = frozenset({"show", "rename", "move", "delete", "restore", "drive"})
FULLY_READ = frozenset({"cinematic"})
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
    if rest != raw_rest or not _plausible(verb, fold(rest).rstrip(" .!?")):
        return None, body
    if verb in _OF_FILMS:
        return verb, raw_rest.rstrip(" !?")
    return verb, "" if verb == "help" else _EMPTY_WORDS.sub("", raw_rest).strip()


def _plausible(verb: str, rest: str) -> bool:
    if verb == "merge":
        return not read_merge(rest).strange
    return _ARGUMENTS[verb].fullmatch(rest) is not None
