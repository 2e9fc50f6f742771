"""Flags, read from left to right: `--ar 9:16`, `--ar=9:16`, `—ar 9:16`, `-d 8`, `--no "blur, text"`."""
# ruff: noqa: RUF001 - these signs are meant: people type them

import difflib
import json
import re
from typing import Any

from bot.flows.parse import flagbook as book
from bot.flows.parse import sources, tokens, values
from bot.flows.parse.draft import Draft, Wanted
from bot.flows.parse.text import FLAGS, SHIELD, fold, shorten, unquote

_NEXT = re.compile(
    SHIELD
    + r"| (?P<flag>(?<![^\s,;.(]) (?P<dash>--?|[–—−]{1,2}) (?P<name>[A-Za-z][A-Za-z0-9]*+(?:[-_][A-Za-z0-9]+)*+)(?!\w) (?P<eq>\s?=|:)?)",
    FLAGS,
)
_SPACE = re.compile(r"[^\S\n]*")
_BETWEEN = re.compile(r"[\s,]*")
_WORD = re.compile(r"\S+")
_SOURCE = re.compile(r"[^\s,;]+")
_ANY_FLAG = re.compile(r"(?:--|[—–]{1,2})[A-Za-z]")
_SWITCH = re.compile(r"(on|off|true|false|yes|no|1|0|native|none)(?![^\s,;.])", re.IGNORECASE)
_AFTER_SWITCH = re.compile(r"[^\S\n]*(?:$|[\n,;]|--|[—–])")
_CLOSING_DASH = re.compile(r"\w--(?!\w)")
_CERTAIN = frozenset({"true", "false", "yes", "off", "1", "0", "native", "none"})


class FlagReader:
    """One walk over a message: what is a flag goes into the draft, everything else is kept."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.raw = draft.text
        self.folded = fold(draft.text)
        self.told = ""
        self.seen = False
        closing = [found.end() for found in _CLOSING_DASH.finditer(self.folded)]
        self.last_closing = closing[-1] if closing else -1

    def read(self) -> str:
        """The message without its flags."""
        done = at = 0
        while found := _NEXT.search(self.folded, at):
            end = self._flag(found) if found["flag"] else None
            if end is None:
                at = max(found.end(), at + 1)
                continue
            self._keep(self.raw[done : found.start()], after_flag=done > 0)
            done = at = end
        self._keep(self.raw[done:], after_flag=done > 0)
        return self.told

    def _keep(self, piece: str, *, after_flag: bool) -> None:
        if after_flag:
            self.told = self.told.rstrip(" \t")
            piece = piece.lstrip(" \t")
            if self.told and piece and not self.told[-1].isspace() and not piece[0].isspace():
                piece = f" {piece}"
        self.told += piece

    def _flag(self, found: re.Match[str]) -> int | None:
        """Reads the flag found here; the end of its value, or None where it is story after all."""
        name, certain = book.key(found["name"]), found["dash"] == "--"
        if name not in book.EVERY:
            return self._unknown(found) if certain else None
        if found["dash"] == "-" and len(name) == 1 and name not in book.SHORT:
            return None
        at = _after(_SPACE, self.folded, found.end())
        end = self._known(name, found, at, certain=certain)
        if end is not None:
            self.seen = True
        return end

    def _known(self, name: str, found: re.Match[str], at: int, *, certain: bool) -> int | None:
        if name == book.OBJECTS:
            return self._objects(found, at) if certain else None
        if name in book.ROLES:
            return self._role(name, found, at) if certain or self._names_media(at) else None
        if name in book.SWITCHES:
            if "frame" in name and self._names_media(at):
                return self._role("last", found, at)
            return self._switch(name, found, at, certain=certain)
        return self._value(book.VALUES[name], found, at, certain=certain)

    def _switch(self, name: str, found: re.Match[str], at: int, *, certain: bool) -> int | None:
        setting, value = book.SWITCHES[name]
        said = _SWITCH.match(self.folded, at)
        end = found.end()
        if said and (found["eq"] or said[1].lower() in _CERTAIN or _AFTER_SWITCH.match(self.folded, said.end())):
            meant = values.switch(said[1])
            value, end = (value if meant else not value), said.end()
        elif not certain and not _AFTER_SWITCH.match(self.folded, end):
            return None
        elif found["eq"]:
            return self._bad(found, at, "on or off")
        self.draft.flag(setting, value, _written(found))
        self.draft.take(self.raw[found.start() : end], setting)
        return end

    def _value(self, flag: book.Flag, found: re.Match[str], at: int, *, certain: bool) -> int | None:
        quoted = unquote(self.raw, at)
        if not certain and flag.free and not (quoted or self.seen):
            return None
        said, end = quoted or self._unquoted(flag, at)
        negated = book.SWITCHES.get(f"no{book.key(said)}") if flag.setting == "negative" and not quoted else None
        if negated:
            self.draft.flag(*negated, _written(found))
            self.draft.take(self.raw[found.start() : end], negated[0])
            return end
        value = self._meaning(flag, said) if said else None
        if value is None:
            return self._bad(found, at, flag.example, flag=flag) if certain else None
        self._set(flag, value, found)
        self.draft.take(self.raw[found.start() : end], flag.setting)
        return end

    def _unquoted(self, flag: book.Flag, at: int) -> tuple[str, int]:
        if flag.setting == "model":
            longest = values.model_at(self.raw, at, len(self.raw), self.draft.models)
            if longest:
                return longest
        if flag is book.CAMERA:
            return self._movements(at)
        shape = flag.shape.match(self.folded, at)
        if shape is None or _looks_like_flag(self.folded, at):
            return "", at
        end = at + len(shape[0].rstrip())
        return self.raw[at:end], end

    def _movements(self, at: int) -> tuple[str, int]:
        if self.folded[at : at + 1] == "[":
            end = self.folded.find("]", at) + 1
            return (self.raw[at + 1 : end - 1], end) if end else ("", at)
        end = tokens.movements_end(self.folded, at)
        return self.raw[at:end], end

    def _meaning(self, flag: book.Flag, said: str) -> Any:
        if flag.setting == "model":
            return values.model(said, self.draft.models)
        if flag is book.CAMERA:
            return tokens.movements(said)
        return flag.read(said if flag.free else fold(said))

    def _set(self, flag: book.Flag, value: Any, found: re.Match[str]) -> None:
        if flag is book.PROMPT:
            before = self.draft.literal
            self.draft.literal = f"{before} {value}" if before else value
            return
        self.draft.flag(flag.setting, value, _written(found))

    def _bad(self, found: re.Match[str], at: int, example: str, *, flag: book.Flag | None = None) -> int:
        """A flag whose value means nothing: told, and the value taken only where it can be nothing but one."""
        quoted = unquote(self.raw, at)
        word = _WORD.match(self.raw, at)
        said, end = quoted or ((word[0], word.end()) if word else ("", at))
        valued = quoted or found["eq"] or not said.isalpha() or (flag is not None and flag.setting == "model")
        if not said or (not quoted and _looks_like_flag(self.folded, at)):
            said, valued = "", False
        end = end if valued else found.end()
        written = self.raw[found.start() : end]
        if not said:
            say = f"{_written(found)} needs {example}; nothing follows it."
        else:
            say = f"{_written(found)} takes {example}; {shorten(said)!r} is not one."
            if flag is not None and flag.setting == "model":
                say = f"There is no model {shorten(said)!r}{self._nearest_model(said)} Type models to see them all."
        self.draft.problem(say)
        self.draft.take(written, "problem")
        return end

    def _nearest_model(self, said: str) -> str:
        near = difflib.get_close_matches(values.model_key(said)[:60], list(self.draft.models), 1, 0.5)
        return f"; did you mean {self.draft.models[near[0]]}?" if near else "."

    def _unknown(self, found: re.Match[str]) -> int | None:
        if self.last_closing > found.end():
            return None
        end = found.end()
        at = _after(_SPACE, self.folded, end)
        word = _WORD.match(self.raw, at)
        if word and (found["eq"] or re.fullmatch(r"[0-9][0-9.:xXpPsS/]*", word[0])):
            end = word.end()
        written = self.raw[found.start() : end]
        near = difflib.get_close_matches(_written(found).lower()[:30], book.SHOWN, 1, 0.7)
        hint = f"Did you mean {near[0]}?" if near else "Type help to see the flags."
        self.draft.problem(f"I do not know {shorten(written, 80)}, so it is left out. {hint}")
        self.draft.take(written, "problem")
        return end

    def _names_media(self, at: int) -> bool:
        return tokens.TOKEN.match(self.folded, at) is not None or self._source(at) is not None

    def _source(self, at: int) -> tuple[sources.Found, int] | None:
        quoted = unquote(self.raw, at)
        word = _SOURCE.match(self.raw, at)
        said, end = quoted or ((word[0], word.end()) if word else ("", at))
        found = sources.of_word(said.strip("<>")) if said else None
        return (found, end) if found else None

    def _role(self, name: str, found: re.Match[str], at: int) -> int:
        """`--first`, `--last` and `--attach` take one token or source, `--ref` as many as follow."""
        role, end, many = book.ROLES[name], found.end(), name.startswith("ref")
        while True:
            token = tokens.TOKEN.match(self.folded, at)
            source = None if token else self._source(at)
            if token:
                end, target = token.end(), tokens.canonical(token)
            elif source:
                target, end = source
            else:
                break
            self.draft.wanted.append(Wanted(role, target, _written(found)))
            at = _after(_BETWEEN, self.folded, end)
            if not many:
                break
        if end == found.end():
            return self._bad(found, at, "a token such as @Image1, a URL, a Drive path or an asset id")
        self.draft.take(self.raw[found.start() : end], "reference")
        return end

    def _objects(self, found: re.Match[str], at: int) -> int:
        wrapped = self.raw[at : at + 1] in {"'", "‘"}
        try:
            entries, end = json.JSONDecoder().raw_decode(self.raw, at + wrapped)
        except (ValueError, RecursionError):
            return self._bad(found, at, 'a JSON list such as [{"url": "https://…", "role": "first_frame"}]')
        end += wrapped and self.raw[end : end + 1] in {"'", "’"}
        for entry in entries if isinstance(entries, list) else [entries]:
            got = sources.of_object(entry)
            if isinstance(got, str):
                self.draft.problem(shorten(got, 200))
            else:
                self.draft.wanted.append(Wanted(got.role, got, _written(found)))
        self.draft.take(self.raw[found.start() : end], "reference")
        return end


def read_flags(draft: Draft) -> str:
    """The message without its flags; what they say goes into the draft."""
    return FlagReader(draft).read()


def _after(what: re.Pattern[str], text: str, at: int) -> int:
    found = what.match(text, at)
    return found.end() if found else at


def _looks_like_flag(folded: str, at: int) -> bool:
    return _ANY_FLAG.match(folded, at) is not None


def _written(found: re.Match[str]) -> str:
    return f"{'--' if len(found['name']) > 1 else '-'}{found['name']}"
