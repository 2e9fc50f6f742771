"""Settings said in plain words, read only from pieces of the message that are nothing but settings."""

import re
from dataclasses import dataclass, field
from typing import Any

from bot.domain import camera
from bot.flows.parse import values
from bot.flows.parse.draft import Draft
from bot.flows.parse.segments import Segment, split, without
from bot.flows.parse.text import fold, mask

_NUM = values.NUMBER
_ASPECT_WORD = "|".join(
    re.escape(word) for word in values.RATIO_WORDS if word not in {"portrait", "landscape", "square", "auto"}
)
_RES = r"(?:240|360|480|512|540|576|720|768|1080|1440|2160)p|[24]k|full\s?hd|fhd|uhd|ultra\s?hd"
_ITEM = re.compile(
    rf"""(?:
    (?P<seconds> (?:(?:duration|length)\s?(?:of|is|[:=])?\s?)? (?P<sec>{_NUM})[\s-]?{values.SECOND_UNIT}(?:\slong)?
               | (?:duration|length)\s?(?:of|is|[:=])?\s?(?P<sec2>{_NUM}) )
  | (?P<adaptive> (?:(?:the\s)?same|keep|match|use)\s(?:the\s)?(?:(?:aspect\s)?ratio|aspect|format|(?:image|picture|photo|input|original)(?:'s|’s)?\s(?:aspect\s)?ratio)
                  (?:\s(?:as|of)\s(?:in\s)?(?:the\s|my\s)?(?:image|picture|photo|input|original|source|attachment))?
                | match\s(?:the\s)?(?:image|picture|photo|input) )
  | (?P<aspect> (?:aspect(?:\sratio)?|ratio|ar|format)\s?(?:of|is|[:=])?\s?(?P<asp>{values.RATIO}|{_ASPECT_WORD}|portrait|landscape|square)
              | (?P<asp2>{values.RATIO})(?:\s(?:aspect\sratio|aspect|ratio|format))?
              | (?P<asp3>{_ASPECT_WORD})(?:\s(?:mode|format|orientation|aspect\sratio|ratio))?
              | (?P<asp4>portrait|landscape|square)\s(?:mode|format|orientation|aspect\sratio|ratio) )
  | (?P<weak_aspect> portrait|landscape|square )
  | (?P<resolution> (?:resolution|quality|res)\s?(?:of|is|[:=])?\s?(?P<res>{_RES}) | (?P<res2>{_RES})(?:\s(?:resolution|quality|hd))? )
  | (?P<audio> (?:with|add|include|generate|turn\son|enable)\s(?:the\s|native\s|generated\s|some\s)?(?:audio|sound)(?:\son)?
             | (?:audio|sound)\s?[:=]?\s?(?:on|yes|true) )
  | (?P<silent> (?:no|without|w/o|mute\s(?:the\s)?|turn\soff|disable|remove)\s?(?:the\s|any\s)?(?:audio|sound)
              | (?:audio|sound)\s?[:=]?\s?(?:off|no|none|false) )
  | (?P<weak_silent> silent | muted? ) | (?P<weak_audio> audio )
  | (?P<unmarked> (?:no|without|w/o|remove)\s?(?:the\s|a\s|any\s)?watermarks? | watermark\s?[:=]?\s?(?:off|no|none|false) )
  | (?P<watermark> (?:with|add|include)\s(?:the\s|a\s)?watermark | watermark\s?[:=]?\s?(?:on|yes|true) )
  | (?P<last_frame> (?:return|give(?:\sme)?|send(?:\sme)?|include|with|keep|plus)\s(?:back\s)?(?:the\s)?last\sframe(?:\s(?:back|too|as\swell|image))? )
  | (?P<web_search> (?:with|use|using|do\sa|enable|allow)\s(?:a\s|the\s)?web[\s-]?search | search\sthe\sweb | web[\s-]?search\s?[:=]?\s?on )
  | (?P<seed> seed\s?(?:is|[:=\#])?\s?(?P<number>[0-9]{{1,10}}) )
  | (?P<count> (?P<many>{_NUM})\s(?:different\s|more\s|alternative\s)?(?:variations?|versions?|variants?|takes|results|options|outputs|alternatives)
             | (?:count|variations)\s?[:=]\s?(?P<many2>{_NUM}) )
  | (?P<weak_count> (?P<many3>{_NUM})\s(?:videos|clips) )
  | (?P<temporary> (?:just|only|make\sit|keep\sit|as)\s(?:a\s)?temporary(?:\s(?:file|video|clip|result|only))? )
  | (?P<weak_temporary> temporary(?:\s(?:file|video|clip|result|only))? )
  | (?P<save> (?:save|saved|store)\s(?:(?:it|this|the\s(?:result|video|clip|file))\s)?(?:as|to|in|into|under|at)\s(?P<path>[^\s,;]*[^\s,;.]) )
    )(?![\w:%])""",
    re.VERBOSE | re.IGNORECASE,
)
_MODEL = re.compile(
    r"(?:(?P<strong>use|using|model\s?[:=]|with\smodel|use\smodel)|with|via|on|by|through)\s?(?:the\s)?(?=\S)",
    re.IGNORECASE,
)
_AFTER_MODEL = re.compile(r"\smodel(?!\w)|(?!\w)", re.IGNORECASE)
_IMPERATIVE = "make (?:it|this)|use|using|render|set|save|give me|return|generate|create|with|please|in|add"
_FILLER = re.compile(
    r"(?P<order>make\s(?:it|this)|give\sme|generate|create|render|produce|use|set(?:\sit)?|please|i\swant(?:\sit)?|i'd\slike|i\sneed)(?!\w)"
    r"|(?:pls|thanks|thank\syou|ok|okay|it|in|at|an?|the|as|be|to|should(?:\sbe)?|and|plus|also|just|for|only|with|settings|video|clip|movie|film|output|format|mode|total)(?!\w)|&",
    re.IGNORECASE,
)
_TIME_WORDS = frozenset({"in", "at", "for", "to", "with", "as", "the", "after", "only"})
_SPACE = re.compile(r"[\s,]*")
_BAD_PATHS = frozenset(
    "many much a an the it this soon well fast possible usual before always drive disk library folder computer phone my".split()
)
_STORY_FOLLOWS = re.compile(r"\s*(?:and\s)?(?:then|later|after|before|until|pause|next|when|while)\b", re.IGNORECASE)
_NEGATION = re.compile(r"\s*(?:and\s|but\s)?(?:no|not|without|neither|nor|only)\b", re.IGNORECASE)
_CLOCK = re.compile(
    r"\b(?:score|scores|scored|scoreboard|result|time|clock|verse|chapter|won|lost|leads?|at|by)\W*$", re.IGNORECASE
)
_COURTESY = re.compile(r"\s*(?:please|pls|thanks|thank\syou)\s*", re.IGNORECASE)
_JOINTS = re.compile(rf"\s(?:and|but)\s(?=(?:please\s|then\s)?(?:{_IMPERATIVE})\b)", re.IGNORECASE)
_ORDERS = re.compile(r"\s*(?:please\s|pls\s)?(?:make\s(?:it|this)|use|render|set)\b", re.IGNORECASE)
_AND = re.compile(r"\s(?:and|then)\s", re.IGNORECASE)
_NEGATIVE = re.compile(
    r"(?:(?<=\n)|^|(?<=[.!?]\s))[ \t]*negative(?:\sprompt)?\s?[:=][ \t]*(?P<what>[^\n]+)", re.IGNORECASE
)


@dataclass(slots=True)
class Said:
    """What one piece says. `weak` where the words alone could be story, so that company must prove them settings."""

    settings: dict[str, Any] = field(default_factory=dict)
    weak: bool = True
    ordered: bool = False
    problems: list[str] = field(default_factory=list)

    @property
    def proven(self) -> bool:
        return bool(self.settings) and (self.ordered or not self.weak)


def item_at(draft: Draft, text: str, at: int, end: int) -> tuple[int, dict[str, Any], bool, str] | None:
    """One setting that begins here: where it ends, what it says, whether it is weak, and a problem with it."""
    found = _ITEM.match(text, at, end)
    if found and found.end() > at:
        name = found.lastgroup or ""
        setting, value = _meaning(name, found)
        if value is not None:
            return found.end(), {setting: value}, name.startswith("weak_"), ""
        if setting == "count":
            return (
                found.end(),
                {},
                False,
                f"One message makes 1 to {values.MOST_RESULTS} results; {found[0]!r} is not that.",
            )
        return None
    lead = _MODEL.match(text, at, end)
    start = lead.end() if lead else at
    named = values.model_at(text, start, end, draft.models)
    after = _AFTER_MODEL.match(text, named[1]) if named else None
    if named is None or after is None:
        return None
    return after.end(), {"model": values.model(named[0], draft.models)}, not (lead and lead["strong"]), ""


def _meaning(name: str, found: re.Match[str]) -> tuple[str, Any]:
    match name:
        case "seconds":
            return name, values.seconds(found["sec"] or found["sec2"])
        case "adaptive":
            return "aspect", "adaptive"
        case "aspect":
            ratio = values.aspect(found["asp"] or found["asp2"] or found["asp3"] or found["asp4"])
            sure = not found["asp2"] or ratio in values.KNOWN_RATIOS
            return name, ratio if sure else None
        case "weak_aspect":
            return "aspect", values.aspect(found[name])
        case "resolution":
            return name, values.resolution(found["res"] or found["res2"])
        case "audio" | "silent" | "weak_silent" | "weak_audio":
            return "audio", "silent" not in name
        case "watermark" | "unmarked":
            return "watermark", name == "watermark"
        case "last_frame" | "web_search" | "temporary" | "weak_temporary":
            return name.removeprefix("weak_"), True
        case "seed":
            return name, values.seed(found["number"])
        case "count" | "weak_count":
            return "count", values.count(found["many"] or found["many2"] or found["many3"])
        case _:
            path = found["path"]
            return "drive_path", None if path.lower() in _BAD_PATHS or "\x00" in path else path


def read_piece(draft: Draft, text: str, start: int, end: int) -> Said | None:
    """What this piece says, None unless it says settings and nothing else."""
    said, at, before = Said(), start, ""
    while (at := _skip(text, at, end)) < end:
        got = item_at(draft, text, at, end)
        if got:
            stop, meant, weak, problem = got
            if "seconds" in meant and before in _TIME_WORDS:
                return None
            said.settings.update(meant)
            said.weak = said.weak and weak
            said.problems += [problem] if problem else []
            at, before = stop, ""
            continue
        filler = _FILLER.match(text, at, end)
        if filler is None:
            return None
        said.ordered = said.ordered or bool(filler["order"])
        at, before = filler.end(), filler[0].lower()
    return said if said.settings or said.problems or _COURTESY.fullmatch(text, start, end) else None


def _skip(text: str, at: int, end: int) -> int:
    found = _SPACE.match(text, at, end)
    return found.end() if found else at


def read_phrases(draft: Draft, raw: str) -> str:
    """The message without the pieces that only set something; what they say goes into the draft."""
    raw = _read_negative(draft, raw)
    text = mask(fold(raw))
    segments: list[Segment] = []
    said: list[Said | None] = []
    for segment in split(text, raw):
        for piece, meant in _pieces(draft, text, raw, segment):
            segments.append(piece)
            said.append(meant)
    accepted = _accept(text, segments, said)
    for place in sorted(accepted):
        meant = said[place]
        if meant:
            draft.spoken.update(meant.settings)
            for problem in meant.problems:
                draft.problem(problem)
            draft.take(
                raw[segments[place].start : segments[place].end],
                ", ".join(meant.settings) or ("problem" if meant.problems else "courtesy"),
            )
            joint = segments[place]
            for cut in (joint.before, joint.after):
                if _AND.fullmatch(cut) or cut.strip().lower() in {"and", "but"}:
                    draft.take(cut, "joint")
    return without(raw, segments, accepted) if accepted else raw


def _pieces(draft: Draft, text: str, raw: str, segment: Segment) -> list[tuple[Segment, Said | None]]:
    """The segment, or its two halves where `and` joins story and settings ("… and make it vertical")."""
    whole = read_piece(draft, text, segment.start, segment.end)
    if whole:
        return [(segment, whole)]
    bracket = text.find("[", segment.start, segment.end)
    if bracket > 0 and camera.moves_in(raw[bracket : segment.end]):
        before = read_piece(draft, text, segment.start, bracket)
        if before and before.proven:
            left, right = _halves(segment, bracket, bracket, raw)
            return [(left, before), (right, None)]
    joints = list(_JOINTS.finditer(text, segment.start, segment.end))
    if joints:
        last = joints[-1]
        tail = read_piece(draft, text, last.end(), segment.end)
        if tail and tail.proven:
            left, right = _halves(segment, last.start(), last.end(), raw)
            return [(left, None), (right, tail)]
    if _ORDERS.match(text, segment.start, segment.end) and (first := _AND.search(text, segment.start, segment.end)):
        head = read_piece(draft, text, segment.start, first.start())
        if head and head.proven:
            left, right = _halves(segment, first.start(), first.end(), raw)
            return [(left, head), (right, None)]
    return [(segment, None)]


def _halves(segment: Segment, start: int, end: int, raw: str) -> tuple[Segment, Segment]:
    """The segment cut in two, the words from `start` to `end` being the cut."""
    cut = raw[start:end]
    return Segment(segment.start, start, segment.before, cut), Segment(end, segment.end, cut, segment.after)


def _accept(text: str, segments: list[Segment], said: list[Said | None]) -> set[int]:
    """Which pieces are settings: the proven ones that no neighbour makes story, then the weak ones beside them."""
    full = [place for place, segment in enumerate(segments) if text[segment.start : segment.end].strip()]
    sure = {place for place in full if (meant := said[place]) and (meant.proven or meant.problems)}
    sure -= {
        place for order, place in enumerate(full) if place in sure and _is_story(text, segments, said, full, order)
    }
    timed = [place for place in sure if set(said[place].settings) == {"seconds"}]  # type: ignore[union-attr]
    lengths = {said[place].settings["seconds"] for place in timed}  # type: ignore[union-attr]
    if len(timed) > 2 and len(lengths) > 1:
        sure -= set(timed)  # a list of shots with their times
    for walk in (list(enumerate(full)), list(reversed(list(enumerate(full))))):
        for order, place in walk:
            beside = {full[near] for near in (order - 1, order + 1) if 0 <= near < len(full)}
            last = (
                order > 0 and order == len(full) - 1 and set(said[place].settings) == {"aspect"}
                if said[place]
                else False
            )  # type: ignore[union-attr]
            if said[place] and place not in sure and not said[place].proven and (beside & sure or last):  # type: ignore[union-attr]
                sure.add(place)
    return sure


def _is_story(text: str, segments: list[Segment], said: list[Said | None], full: list[int], order: int) -> bool:
    """Whether the pieces around make this one part of the story after all."""
    place = full[order]
    segment, meant = segments[place], said[place]
    settings = set(meant.settings) if meant else set()
    before = segments[full[order - 1]] if order else None
    after = segments[full[order + 1]] if order + 1 < len(full) else None
    earlier = text[max(before.start, before.end - 60) : before.end] if before and not said[full[order - 1]] else ""
    later = text[after.start : after.start + 40] if after and not said[full[order + 1]] else ""
    if settings == {"seconds"}:
        enclosed = segment.before == "(" and bool(later)
        return enclosed or bool(_STORY_FOLLOWS.match(later))
    if settings == {"aspect"}:
        return bool(_CLOCK.search(earlier)) and any(sign.isdigit() for sign in text[segment.start : segment.end])
    if settings == {"audio"} and meant and meant.settings["audio"] is False:
        return bool(_NEGATION.match(earlier) or _NEGATION.match(later))
    return False


def _read_negative(draft: Draft, raw: str) -> str:
    """`Negative prompt: blur, text`, up to the end of its line."""
    found = _NEGATIVE.search(mask(fold(raw)))
    if found is None:
        return raw
    draft.spoken["negative"] = raw[found.start("what") : found.end()].strip()
    draft.take(raw[found.start() : found.end()], "negative")
    return raw[: found.start()].rstrip(" \t") + raw[found.end() :]
