"""Which part each reference plays: said by flag, said in words, or following from what there is."""

import re
from collections.abc import Iterable, Mapping

from bot.domain.media import MediaKind, Role
from bot.flows.parse.draft import Draft
from bot.flows.parse.segments import split, without
from bot.flows.parse.text import fold, mask
from bot.flows.parse.tokens import CANONICAL

_T = r"(?P<{}>@(?:Image|Video|Audio)[0-9]+)(?![0-9A-Za-z_])"
_FRAME = r"(?:\s?(?:frame|image|picture|keyframe|shot))"


def _t(name: str) -> str:
    return _T.format(name)


_FIRST = rf"""(?:start|begin|open)(?:s|ing|ning)?(?:{_FRAME})?\s(?:on|with|from|at|is|as)\s{_t("first1")}
  | (?:first|start|starting|opening|initial){_FRAME}\s?(?:is|of|from|on|with|:|=)?\s?{_t("first2")}
  | {_t("first3")}\s?(?:as|is|for|=|:)\s(?:the\s|my\s|a\s)?(?:first|start|starting|opening|initial){_FRAME}"""
_LAST = rf"""(?:end|finish|close)(?:s|ing)?(?:{_FRAME})?\s(?:on|with|at|in|is|as)\s{_t("last1")}
  | (?:last|end|ending|final|closing){_FRAME}\s?(?:is|of|from|on|with|:|=)?\s?{_t("last2")}
  | {_t("last3")}\s?(?:as|is|for|=|:)\s(?:the\s|my\s|a\s)?(?:last|end|ending|final|closing){_FRAME}"""
_REFERENCE = rf"""(?:in\sthe\s)?(?:style|look|mood|likeness)\s(?:of|from)\s{_t("ref1")}
  | {_t("ref2")}\s?(?:as|is|for|=|:)\s(?:a\s|the\s|my\s)?(?:(?:style|character|visual|mood|colou?r)\s)?(?:reference|style|look|character|mood)
  | (?:reference|references|referencing|inspired\sby|based\son)\s?:?\s{_t("ref3")}"""
_BOTH = rf"""from\s{_t("from1")}\s(?:in)?to\s{_t("to1")} | (?:transition|morph|between)\s{_t("from2")}\s(?:and|to|into)\s{_t("to2")}
  | {_t("from3")}\s?(?:→|->|=>)\s?{_t("to3")}"""
_SAID = re.compile(rf"{_BOTH} | {_FIRST} | {_LAST} | {_REFERENCE}", re.VERBOSE | re.IGNORECASE)
_GLUE = re.compile(r"(?:\s|and\b|please\b|use\b|take\b|set\b|make\b|put\b|with\b|the\b|then\b|&|,)+", re.IGNORECASE)
_ROLES: Mapping[str, Role] = {
    "first": Role.first_frame,
    "from": Role.first_frame,
    "last": Role.last_frame,
    "to": Role.last_frame,
    "ref": Role.reference_image,
}
_FRAMES = frozenset({Role.first_frame, Role.last_frame})
REFERENCE_OF: Mapping[MediaKind, Role] = {
    MediaKind.image: Role.reference_image,
    MediaKind.video: Role.reference_video,
    MediaKind.audio: Role.reference_audio,
}


def _roles_of(found: re.Match[str]) -> Iterable[tuple[str, Role]]:
    for group, token in found.groupdict().items():
        if token:
            yield token[:1] + token[1:].capitalize(), _ROLES[group.rstrip("0123456789")]


def said_in(prompt: str, kinds: Mapping[str, MediaKind]) -> dict[str, Role]:
    """The roles that the prompt's words give to tokens."""
    said: dict[str, Role] = {}
    for found in _SAID.finditer(mask(fold(prompt))) if "@" in prompt else ():
        for token, role in _roles_of(found):
            give(said, token, role, kinds)
    return said


def give(said: dict[str, Role], token: str, role: Role, kinds: Mapping[str, MediaKind]) -> bool:
    """Gives a role where the kind allows it; a frame role is taken from whoever had it."""
    kind = kinds.get(token)
    if kind is None:
        return False
    if role in _FRAMES and kind is not MediaKind.image:
        return False
    if role in _FRAMES:
        for other in [other for other, had in said.items() if had is role]:
            del said[other]
    said[token] = role if role in _FRAMES else REFERENCE_OF[kind]
    return True


def over(weak: Mapping[str, Role], strong: Mapping[str, Role]) -> dict[str, Role]:
    """Both, the strong first: a token has one role, a frame one token."""
    frames = _FRAMES.intersection(strong.values())
    return {token: role for token, role in weak.items() if role not in frames} | dict(strong)


def read_role_pieces(draft: Draft, raw: str, kinds: Mapping[str, MediaKind]) -> tuple[str, dict[str, Role]]:
    """The prompt without the pieces that only say a role ("use @Image2 as the last frame"), and those roles.

    "from @Image1 to @Image2" stays: it is also the story.
    """
    said: dict[str, Role] = {}
    if "@" not in raw:
        return raw, said
    text = mask(fold(raw))
    segments = split(text, raw)
    drop: set[int] = set()
    for place, segment in enumerate(segments):
        roles = _only_roles(text[segment.start : segment.end])
        if roles and all(token in kinds for token, _ in roles):
            given = [give(said, token, role, kinds) for token, role in roles]
            if all(given):
                drop.add(place)
                draft.take(raw[segment.start : segment.end], ", ".join(token for token, _ in roles))
    return (without(raw, segments, drop) if drop else raw), said


def _only_roles(piece: str) -> list[tuple[str, Role]]:
    roles: list[tuple[str, Role]] = []
    at = 0
    while at < len(piece):
        if glue := _GLUE.match(piece, at):
            at = glue.end()
        elif found := _SAID.match(piece, at):
            named = [(group, token) for group, token in found.groupdict().items() if token]
            if any(group.startswith(("from", "to", "ref1", "ref3")) for group, _ in named):
                return []
            roles.extend(_roles_of(found))
            at = found.end()
        else:
            return []
    return roles


def assign(kinds: Mapping[str, MediaKind], said: Mapping[str, Role]) -> dict[str, Role]:
    """Every token's role: said ones first, then one image is the first frame and several are references.

    Frames and references do not mix: beside a film or sound a lone image is a reference, and of two images of which one is said to be
    the first or last frame, the other is the other frame.
    """
    images = [token for token, kind in kinds.items() if kind is MediaKind.image]
    free = [token for token in images if token not in said]
    mixed = len(images) < len(kinds)
    roles = {token: said.get(token, REFERENCE_OF[kind]) for token, kind in kinds.items()}
    if mixed or len(free) != 1:
        return roles
    if len(images) == 1:
        roles[free[0]] = Role.first_frame
    elif len(images) == 2:
        other = next(role for token, role in said.items() if token in images)
        opposite = {Role.first_frame: Role.last_frame, Role.last_frame: Role.first_frame}
        roles[free[0]] = opposite.get(other, Role.reference_image)
    return roles


def tokens_in(prompt: str) -> list[str]:
    """The canonical tokens named in the prompt, code and quotations left out."""
    return [found[0] for found in CANONICAL.finditer(mask(fold(prompt)))]
