"""From a message to what it means: prompt, settings with their origin, references with their roles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.domain import camera
from bot.domain.chat import Attachment
from bot.domain.media import MediaKind, Role
from bot.domain.request import Origin, Parsed, Reference, Setting, Settings
from bot.flows.parse import roles, tokens
from bot.flows.parse.draft import Draft, Taken
from bot.flows.parse.flags import read_flags
from bot.flows.parse.opener import read_opener
from bot.flows.parse.phrases import read_phrases
from bot.flows.parse.references import Shelf, read_sources, resolve, shelve_attachments
from bot.flows.parse.smalltalk import small_talk
from bot.flows.parse.text import fold, mask
from bot.flows.parse.values import model_keys
from bot.flows.parse.verbs import FULLY_READ, split_verb, strip_mention

_NO_NAMES: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood, and every word that is not in the prompt with what it was taken for."""

    parsed: Parsed
    taken: tuple[Taken, ...]


def parse(
    text: str, *, attachments: Sequence[Attachment] = (), names: Mapping[str, str] = _NO_NAMES, me: str = ""
) -> Parsed:
    """What a message, a command or a line in the terminal means; never raises, whatever the text.

    `names` are model names in lower case -> model id, `me` is the bot's own mention, taken off the start. A leading slash makes any
    verb a command; without one a verb counts alone or with an argument that is plausible for it. Small talk without files is the verb
    `help` or, where it thanks, `thanks`.
    """
    return read(text, attachments=attachments, names=names, me=me).parsed


def read(
    text: str, *, attachments: Sequence[Attachment] = (), names: Mapping[str, str] = _NO_NAMES, me: str = ""
) -> Reading:
    """`parse`, with an account of the words that were taken."""
    body = strip_mention(text, me)
    verb, rest = split_verb(body)
    if verb is None and not attachments and (verb := small_talk(rest)):
        rest = ""
    draft, shelf = Draft(model_keys(names), rest), Shelf()
    if verb and verb not in FULLY_READ:
        draft.text, draft.literal = "", rest
    shelve_attachments(draft, shelf, attachments)
    story = _read_settings(draft)
    story = read_sources(draft, shelf, story)
    flagged = resolve(draft, shelf)
    story = _name_tokens(draft, story)
    story, said = roles.read_role_pieces(draft, story, shelf.tokens)
    if draft.literal is not None:
        story = f"{story.strip()} {_name_tokens(draft, draft.literal)}"
    story = _move_camera(draft, story.strip())
    said = roles.over(roles.over(roles.said_in(story, shelf.tokens), said), _flagged_roles(draft, shelf, flagged))
    return _finish(draft, shelf, verb, story, said)


def _read_settings(draft: Draft) -> str:
    story = read_flags(draft).strip()
    story = read_opener(draft, story)
    story = read_phrases(draft, story)
    if draft.taken and draft.text.endswith(draft.taken[-1].text):
        story = story.rstrip(" \t\n,;|")
    return story.strip()


def _name_tokens(draft: Draft, story: str) -> str:
    """Every token in its proper form."""
    folded = fold(story)
    told, done = "", 0
    for found in tokens.sloppy(folded, mask(folded)):
        name = tokens.canonical(found)
        written = story[found.start() : found.end()]
        if name != written:
            draft.take(written, name)
            told += story[done : found.start()] + name
            done = found.end()
    return told + story[done:]


def _move_camera(draft: Draft, story: str) -> str:
    """Movements corrected in the prompt, and those of a camera flag added to it."""
    wanted = draft.flagged.pop("camera", None)
    for written in camera.misspelt(story):
        draft.take(written, "camera")
    right = camera.corrected(story)
    there = camera.moves_in(right)
    problems = camera.problems_in(story)
    if wanted and wanted != there:
        brackets = " ".join(map(camera.bracket, wanted))
        added = f"{right} {brackets}".strip()
        problems += camera.problems_in(brackets)
        right = added if camera.moves_in(added) == there + wanted else f"{brackets} {right}"
    for say in problems:
        draft.problem(say)
    return right


def _flagged_roles(draft: Draft, shelf: Shelf, flagged: Sequence[tuple[Role | None, str, str]]) -> dict[str, Role]:
    """The roles that flags give."""
    kinds, said = shelf.tokens, dict[str, Role]()
    by_flag: dict[Role, str] = {}
    for role, token, flag in flagged:
        if token not in kinds:
            draft.problem(_missing(token, kinds))
        elif role is None:
            continue
        elif not roles.give(said, token, role, kinds):
            draft.problem(f"{flag} takes a picture; {token} is {_article(kinds[token])}, so it stays a reference.")
        elif role in {Role.first_frame, Role.last_frame}:
            if by_flag.get(role, token) != token:
                draft.problem(f"{flag} is said twice, as {by_flag[role]} and as {token}: I took {token}.")
            by_flag[role] = token
    return said


def _missing(token: str, kinds: Mapping[str, MediaKind]) -> str:
    kind, _ = tokens.split_token(token)
    there = sum(one is kind for one in kinds.values())
    many = f"there {'is' if there == 1 else 'are'} {there or 'no'} {kind}{'' if there == 1 or kind is MediaKind.audio else 's'}"
    return f"{token} is named, but {many} with this message. Attach it, or take the name out."


def _article(kind: MediaKind) -> str:
    return "a video" if kind is MediaKind.video else "a sound" if kind is MediaKind.audio else "an image"


def _finish(draft: Draft, shelf: Shelf, verb: str | None, story: str, said: Mapping[str, Role]) -> Reading:
    kinds = shelf.tokens
    for token in roles.tokens_in(story) if verb is None or verb in FULLY_READ else ():
        if token not in kinds:
            draft.problem(_missing(token, kinds))
    playing = roles.assign(kinds, said)
    references = tuple(
        Reference(
            token=entry.token,
            kind=entry.kind,
            role=playing[entry.token],
            source=entry.source,
            role_origin=Origin.said if entry.token in said else Origin.default,
        )
        for entry in shelf.entries
    )
    parsed = Parsed(
        verb=verb,
        prompt=story.strip(),
        settings=_with_camera(draft.settings(), story),
        references=references,
        problems=tuple(draft.problems),
    )
    return Reading(parsed, tuple(draft.taken))


def _with_camera(settings: Settings, story: str) -> Settings:
    moves = camera.moves_in(story)
    return replace(settings, camera=Setting(moves)) if moves else settings
