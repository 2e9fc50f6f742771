"""The references of a message: gathered from everywhere, numbered per kind, and found again by their tokens."""
# ruff: noqa: RUF001 - these signs are meant: people type them

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.domain.chat import Attachment
from bot.domain.media import MediaKind, Role
from bot.domain.request import Source, SourceKind
from bot.flows.parse import sources, tokens
from bot.flows.parse.draft import Draft, Found
from bot.flows.parse.text import FLAGS, SHIELD, fold, mask

_SHIELDED = re.compile(SHIELD, FLAGS)
_MEDIA = "|".join(sources.EXTENSIONS)
_NAMED = re.compile(
    rf"(?<![\w/:.@-])(?:asset:A-[A-Za-z0-9]{{4,32}}(?![\w-])|(?-i:{sources.CLIP_ID})(?![\w-])|drive:[^\s,;()\x00]+|/space/[^\s,;()\x00]+\.(?:{_MEDIA})(?![\w/]))",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"(?:^|(?<=[\n.!?,;:(]))\s{0,3}(?:please\s)?(?:now\s)?(?:(?:continue|extend|edit|remix|restyle|animate|take|use|reuse|redo|vary)(?:\s(?:on|from|with))?|start(?:ing)?\s(?:from|on)|like|same\sas)?\s?"
    r"(?P<clip>(?:the\s|my\s|that\s|this\s)?(?:(?:last|previous|latest)\s(?:clip|video)|(?:clip|video)\s(?:above|before)))(?!\w)"
    r"(?P<rest>[^\S\n]{0,3}(?:$|[\n.,;:!?]|and\b|by\b|with\b|but\b|into\b|so\b|for\b|where\b|as\b|in\b))",
    re.IGNORECASE,
)
_SAVING = re.compile(r"sav(?:e|ed|ing)\s(?:(?:it|this)\s)?(?:as|to|in|into|under|at)\s+$", re.IGNORECASE)
_ENDS = ".,;:!?)]}'\"。，；！？）」"


@dataclass(slots=True)
class Entry:
    kind: MediaKind
    token: str
    source: Source


@dataclass(slots=True)
class Shelf:
    """Every reference once, in order, with its token."""

    entries: list[Entry] = field(default_factory=list)

    def add(self, found: Found, *, once: bool = True) -> str:
        """The token of this media; the same source is put up only once, uploads excepted."""
        where = (found.source.kind, found.source.value)
        there = next((e for e in self.entries if once and (e.source.kind, e.source.value) == where), None)
        if there:
            return there.token
        kind = found.kind or sources.DEFAULT_KIND
        number = sum(entry.kind is kind for entry in self.entries) + 1
        self.entries.append(Entry(kind, tokens.token(kind, number), found.source))
        return self.entries[-1].token

    @property
    def tokens(self) -> dict[str, MediaKind]:
        return {entry.token: entry.kind for entry in self.entries}


def shelve_attachments(draft: Draft, shelf: Shelf, attachments: Sequence[Attachment]) -> None:
    for attachment in attachments:
        found = sources.of_attachment(attachment)
        if found.kind is None:
            named = attachment.name or attachment.id
            draft.problem(
                f"{named} is not a picture, film or sound that I know ({attachment.mime or 'no type given'}); send it as one of these."
            )
        else:
            shelf.add(found, once=False)


def read_sources(draft: Draft, shelf: Shelf, raw: str) -> str:
    """Media named in the text: taken out where it stands alone, replaced by its token where it is part of a sentence."""
    folded = fold(raw)
    told, done = "", 0
    for start, end, found in sorted(_named(raw, folded), key=lambda one: one[0]):
        if start < done:
            continue
        token = shelf.add(found)
        draft.take(raw[start:end], token)
        before = told + raw[done:start]
        if _alone(before, raw[end:]):
            told, done = _leave_out(before, raw, end)
        else:
            told, done = before + token, end
    return told + raw[done:] if done else raw


def _leave_out(before: str, raw: str, end: int) -> tuple[str, int]:
    """The text before media that stands alone, and where the text goes on: one cut is left where two would meet."""
    told = before.rstrip(" \t")
    rest = raw[end:].lstrip(" \t")
    if not rest:
        return told.rstrip(" \t,;:|"), len(raw)
    if rest[0] in ",;" and (not told or told[-1] in "\n,;.!?:|"):
        rest = rest[1:].lstrip(" \t")
    if not told:
        return "", len(raw) - len(rest.lstrip())
    return (told if told[-1].isspace() or not rest else f"{told} "), len(raw) - len(rest)


def _named(raw: str, folded: str) -> Iterator[tuple[int, int, Found]]:
    for shielded in _SHIELDED.finditer(folded):
        if shielded["url"]:
            yield from _url(raw, shielded.start(), shielded.end())
    masked = mask(folded)
    for named in _NAMED.finditer(masked):
        word = raw[named.start() : named.end()].rstrip(_ENDS)
        found = sources.of_word(word)
        if (
            found
            and (found.kind or found.source.kind is SourceKind.asset)
            and not _SAVING.search(masked[max(0, named.start() - 30) : named.start()])
        ):
            yield named.start(), named.start() + len(word), found
    for clip in _BEFORE.finditer(masked):
        yield clip.start("clip"), clip.end("clip"), Found(Source(SourceKind.clip, sources.LAST), MediaKind.video)


def _url(raw: str, start: int, end: int) -> Iterator[tuple[int, int, Found]]:
    written = raw[start:end]
    if written[0] == "<" and written[-1] == ">":
        url = written[1:-1].partition("|")[0]
    else:
        bare = written.lstrip("<")
        start += len(written) - len(bare)
        url = bare.rstrip(_ENDS + ">")
        end = start + len(url)
    found = sources.of_word(url)
    if found and found.kind:
        yield start, end, found


def _alone(before: str, after: str) -> bool:
    """Whether nothing but cuts and line ends is around."""
    left, right = before.rstrip(" \t"), after.lstrip(" \t")
    opened = not left or left[-1] in "\n,;.!?:|"
    closed = not right or right[0] in "\n,;.!?|" or right.startswith(("http://", "https://", "<http"))
    return opened and closed


def resolve(draft: Draft, shelf: Shelf) -> list[tuple[Role | None, str, str]]:
    """Each role said by flag as (role, token, flag), its media put up where it was named right there."""
    resolved: list[tuple[Role | None, str, str]] = []
    for wanted in draft.wanted:
        if isinstance(wanted.target, Found):
            target = wanted.target
            if target.kind is None and target.role in {Role.reference_video, Role.reference_audio}:
                kind = MediaKind.video if target.role is Role.reference_video else MediaKind.audio
                target = Found(target.source, kind, target.role)
            resolved.append((wanted.role, shelf.add(target), wanted.flag))
        else:
            resolved.append((wanted.role, wanted.target, wanted.flag))
    return resolved
