"""What Discord takes as a message: its keys, flags, mentions, attachments, embeds, and what V2 rules out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.adapters.chat.discord.validator_components import Tally, components_flaws
from tests.adapters.chat.discord.validator_flaws import Flaw, Flaws, key_flaws, list_flaws, text_flaws

V2 = 1 << 15
FLAGS = {1 << 2: "SUPPRESS_EMBEDS", 1 << 6: "EPHEMERAL", 1 << 12: "SUPPRESS_NOTIFICATIONS", V2: "IS_COMPONENTS_V2"}
KEYS = {"content", "tts", "embeds", "flags", "components", "allowed_mentions", "attachments", "poll", "sticker_ids"}
CREATE_KEYS = KEYS | {"nonce", "enforce_nonce", "message_reference"}
MOST_CONTENT, MOST_FILES, MOST_EMBED_TEXT = 2000, 10, 6000


@dataclass(frozen=True, slots=True)
class Before:
    """The message that an edit changes: its flags, its text and embeds, its files by id."""

    flags: int = 0
    content: str = ""
    embeds: Sequence[Any] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    components: Sequence[Any] = ()


def message_flaws(
    payload: Any, *, uploads: Sequence[str] = (), before: Before | None = None, interaction: bool = False
) -> Flaws:
    """`uploads` are the names of the files sent along, in order; `before` makes it an edit; `interaction` an answer or follow-up."""
    allowed = KEYS if interaction or before else CREATE_KEYS
    yield from key_flaws((), payload, set(), allowed)
    if not isinstance(payload, dict):
        return
    yield from _flags(payload, before, interaction=interaction)
    yield from _written(payload)
    yield from mention_flaws(payload)
    names = dict(before.files) if before and "attachments" not in payload else {}
    yield from _attachments(payload, uploads, before, names)
    v2 = bool(_flags_after(payload, before) & V2)
    if v2:
        yield from _nothing_else(payload, before)
    yield from _shown(payload, before, names, v2=v2)


def _flags_after(payload: Mapping[str, Any], before: Before | None) -> int:
    flags = payload.get("flags")
    return (before.flags if before else 0) | (flags if isinstance(flags, int) else 0)


def _flags(payload: Mapping[str, Any], before: Before | None, *, interaction: bool) -> Flaws:
    flags = payload.get("flags", 0)
    if flags is None:
        return
    if not isinstance(flags, int):
        yield Flaw(("flags",), "NUMBER_TYPE_COERCE", f"must be a whole number, not {flags!r}")
        return
    if flags & ~sum(FLAGS):
        yield Flaw(("flags",), "UNKNOWN_FLAG", f"{flags} has bits that a bot may not set")
    if flags & (1 << 6) and not interaction:
        yield Flaw(("flags",), "EPHEMERAL_OUTSIDE", "only the answer to an interaction can be ephemeral")
    if before and before.flags & V2 and "flags" in payload and not flags & V2:
        yield Flaw(("flags",), "FLAG_REMOVED", "IS_COMPONENTS_V2 can never be removed")


def _written(payload: Mapping[str, Any]) -> Flaws:
    if payload.get("content") is not None:
        yield from text_flaws(("content",), payload["content"], 0, MOST_CONTENT)
    nonce = payload.get("nonce")
    if nonce is not None and not isinstance(nonce, int):
        yield from text_flaws(("nonce",), nonce, 1, 25)
    if payload.get("embeds") is not None:
        yield from _embeds(payload["embeds"])
    for name in ("poll", "sticker_ids"):
        if payload.get(name):
            yield Flaw((name,), "NOT_OURS", "Clapper sends none")


def mention_flaws(payload: Mapping[str, Any]) -> Flaws:
    """What is not said is parsed: https://discord.com/developers/docs/resources/message#allowed-mentions-object."""
    at = ("allowed_mentions",)
    if "allowed_mentions" not in payload:
        if payload.get("content") or payload.get("components"):
            yield Flaw(at, "BASE_TYPE_REQUIRED", "without it everyone that the text names is pinged")
        return
    said = payload["allowed_mentions"]
    yield from key_flaws(at, said, {"parse"}, {"users", "roles", "replied_user"})
    if not isinstance(said, dict):
        return
    if said.get("parse") != []:
        yield Flaw((*at, "parse"), "PARSES", f"must be empty, is {said.get('parse')!r}")
    for name in ("users", "roles"):
        yield from list_flaws((*at, name), said.get(name, []), 0, 100)


def _attachments(
    payload: Mapping[str, Any], uploads: Sequence[str], before: Before | None, names: dict[str, str]
) -> Flaws:
    """Fills `names` with the files that the message has afterwards."""
    at = ("attachments",)
    announced = payload.get("attachments")
    if announced is None:
        names.update({str(place): name for place, name in enumerate(uploads)})
    else:
        yield from list_flaws(at, announced, 0, MOST_FILES)
        for place, one in enumerate(announced if isinstance(announced, list) else []):
            yield from _announced((*at, place), one, uploads, before, names)
    if len(names) > MOST_FILES:
        yield Flaw(at, "BASE_TYPE_MAX_LENGTH", f"{len(names)} files, at most {MOST_FILES}")
    for name in set(uploads) - set(names.values()):
        yield Flaw(at, "UPLOAD_NOT_ANNOUNCED", f"the file {name!r} is sent but not among the attachments")
    if len(set(names.values())) < len(names):
        yield Flaw(at, "NAMES_TWICE", f"two files of one name cannot be told apart: {sorted(names.values())}")


def _announced(
    at: tuple[str | int, ...], one: Any, uploads: Sequence[str], before: Before | None, names: dict[str, str]
) -> Flaws:
    known = {
        "filename",
        "description",
        "title",
        "size",
        "url",
        "proxy_url",
        "content_type",
        "height",
        "width",
        "spoiler",
    }
    more = {"ephemeral", "duration_secs", "waveform", "flags"}
    yield from key_flaws(at, one, {"id"}, known | more)
    if not isinstance(one, dict) or "id" not in one:
        return
    id = str(one["id"])
    if one.get("description") is not None:
        yield from text_flaws((*at, "description"), one["description"], 0, 1024)
    if before and id in before.files:
        names[id] = before.files[id]
    elif id.isdigit() and int(id) < len(uploads):
        names[id] = uploads[int(id)]
    else:
        yield Flaw((*at, "id"), "ATTACHMENT_NOT_FOUND", f"no file of this message has the id {id!r}")


def _nothing_else(payload: Mapping[str, Any], before: Before | None) -> Flaws:
    """With the flag there is no content and no embed, and old ones are taken away in the same edit."""
    for name, old in (("content", before.content if before else ""), ("embeds", before.embeds if before else ())):
        if payload.get(name, old):
            yield Flaw(
                (name,),
                "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                f"{name} cannot be used with components V2",
            )


def _shown(payload: Mapping[str, Any], before: Before | None, names: Mapping[str, str], *, v2: bool) -> Flaws:
    given = payload.get("components", before.components if before else None)
    if given is None:
        if v2 and before is None:
            yield Flaw(("components",), "BASE_TYPE_REQUIRED", "a message with components V2 needs some")
        return
    tally = Tally(frozenset(names.values()))
    yield from components_flaws(given, tally, v2=v2)
    if v2 and given == []:
        yield Flaw(("components",), "BASE_TYPE_REQUIRED", "a message with components V2 needs some")
    for name in sorted(set(names.values()) - tally.shown) if v2 else ():
        yield Flaw(("attachments",), "ATTACHMENT_NOT_SHOWN", f"nobody sees {name!r}: no component refers to it")


def _embeds(embeds: Any) -> Flaws:
    at = ("embeds",)
    yield from list_flaws(at, embeds, 0, 10)
    total = 0
    for place, one in enumerate(embeds if isinstance(embeds, list) else []):
        if not isinstance(one, dict):
            yield Flaw((*at, place), "DICT_TYPE_CONVERT", "must be an object")
            continue
        fields = one.get("fields") or []
        yield from list_flaws((*at, place, "fields"), fields, 0, 25)
        parts = [("title", one.get("title"), 256), ("description", one.get("description"), 4096)]
        parts += [
            ("footer", (one.get("footer") or {}).get("text"), 2048),
            ("author", (one.get("author") or {}).get("name"), 256),
        ]
        for field_ in fields:
            parts += [("field name", field_.get("name"), 256), ("field value", field_.get("value"), 1024)]
        for name, value, most in parts:
            if value is not None:
                yield from text_flaws((*at, place, name), value, 1, most)
                total += len(str(value))
    if total > MOST_EMBED_TEXT:
        yield Flaw(at, "MAX_EMBED_SIZE_EXCEEDED", f"{total} characters in all embeds, at most {MOST_EMBED_TEXT}")
