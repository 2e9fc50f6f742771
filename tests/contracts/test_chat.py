"""What every chat platform promises; platforms are found by their folders.

One that needs a server to talk to brings `tests/adapters/chat/<name>/stand.py` with `standing(parts)`, an async context manager that
gives the platform, connected to that server; the others are made from plain parts. A stand may also have

- `PLACE: Conversation` and `PERSON: Person`, that its server knows; otherwise channel `c1` and person `u1` of workspace `local`;
- `TROUBLE: Mapping[str, Callable[[ChatPlatform], AbstractAsyncContextManager[object]]]`, by name what its server can be made to suffer
  ("away", "asks for patience" …): as long as the context lasts, every call meets it.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

import adapters.chat
from adapters.files import local
from adapters.storage import sql
from bot.domain.card import (
    Action,
    Bar,
    Button,
    Card,
    CardMedia,
    Field,
    FieldKind,
    FormField,
    Style,
    Tone,
)
from bot.domain.chat import Attachment, ChatEvent, Command, Conversation, Message, Person, Press
from bot.domain.errors import BadMedia, Later
from bot.domain.media import MediaKind
from bot.ports.chat import ChatPlatform
from bot.ports.parts import Parts
from tests.databases import with_tables

PLATFORMS = sorted(
    path.name for home in adapters.chat.__path__ for path in Path(home).iterdir() if (path / "__init__.py").is_file()
)
ODD = "Line one\nline two <b>&amp; *_`~|> @everyone <!channel> \u202eright to left\u202c 🎬"
FILM = CardMedia(kind=MediaKind.video, key="f.mp4", alt=ODD, name="f.mp4", poster="p.jpg", width=16, height=9, seconds=1.0, bytes=3)  # fmt: skip
FORM = (
    FormField("prompt", "Prompt", FieldKind.text, ODD),
    FormField("aspect", "Ratio", FieldKind.choice, "16:9", (("16:9", "16:9"),)),
    FormField("audio", "Sound", FieldKind.toggle, "no"),
)
FULL = Card(
    title=ODD,
    text=ODD * 40,
    fields=tuple(Field(f"Field {n}", ODD) for n in range(14)),
    costs=(("5 s", "2.50"), ("Total", "2.50 credits")),
    notes=(ODD, "Nothing starts before you confirm."),
    media=(FILM, CardMedia(kind=MediaKind.image, key="p.jpg", alt="A still")),
    progress=Bar(0.5, "Rendering, 50%", 30.0, "2026-11-20T12:00:00+00:00"),
    buttons=tuple(Button(action, action.value, Style.danger, "Really?", form=FORM) for action in Action),
    state="processing",
    job="J-ABCDEFGHIJ",
    revision=3,
)
PAGE = Card(
    title="The library: 10 films",
    fields=tuple(Field(f"videos/{n}.mp4", ODD) for n in range(10)),
    media=tuple(replace(FILM, alt=f"Film {n}", name=f"{n}.mp4") for n in range(10)),
    notes=("Page 1 of 3. “library 2” shows the next.",),
)
LONGEST_REST = 15 * 60.0


class Clock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class Ears:
    """Hears, and does nothing."""

    async def receive(self, event: ChatEvent) -> bool:
        del event
        return True

    async def press(self, press: Press) -> None:
        del press


@pytest.fixture
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{with_tables(tmp_path_factory.mktemp('database') / 'clapper.db')}"


def stand(name: str) -> Any:
    """The platform's stand, None where it needs none."""
    home = f"tests.adapters.chat.{name}.stand"
    return import_module(home) if find_spec(home) is not None else None


@asynccontextmanager
async def made(name: str, parts: Parts) -> AsyncIterator[ChatPlatform]:
    if (own := stand(name)) is not None:
        async with own.standing(parts) as platform:
            yield platform
        return
    platform = import_module(f"adapters.chat.{name}").create(parts)
    yield platform
    await platform.aclose()


@pytest.fixture(params=PLATFORMS)
async def platform(request: pytest.FixtureRequest, tmp_path: Path, database: str) -> AsyncIterator[ChatPlatform]:
    bare = Parts(settings={"url": database, "root": str(tmp_path / "drive")}, folder=tmp_path, clock=Clock())
    storage: Any = sql.create(bare)
    (tmp_path / "drive").mkdir()
    for name in ("f.mp4", "p.jpg"):
        (tmp_path / "drive" / name).write_bytes(b"abc")
    parts = Parts(
        settings={"port": "0"}, folder=tmp_path / "own", clock=Clock(), storage=storage, files=local.create(bare)
    )
    parts.folder.mkdir()
    async with made(request.param, parts) as one:
        yield one
    await storage.aclose()


def place(platform: ChatPlatform) -> Conversation:
    return getattr(stand(platform.name), "PLACE", Conversation(platform.name, "local", "c1"))


def person(platform: ChatPlatform) -> Person:
    return getattr(stand(platform.name), "PERSON", Person(platform.name, "local", "u1"))


def test_there_are_platforms_to_hold_to_this():
    assert "web" in PLATFORMS


async def test_a_platform_is_named_as_its_folder(platform, request):
    assert platform.name == request.node.callspec.params["platform"]


async def test_a_post_can_be_edited_by_what_it_gave(platform):
    message = await platform.post(place(platform), Card(title="Hello"), key="C-1")
    assert message.conversation == place(platform)
    assert message.id
    await platform.edit(message, Card(title="Changed", tone=Tone.done))


async def test_posting_again_after_a_lost_answer_is_the_same_message(platform):
    first = await platform.post(place(platform), Card(title="Hello"), key="C-1")
    again = await platform.post(place(platform), Card(title="Hello"), key="C-1")
    other = await platform.post(place(platform), Card(title="Hello"), key="C-2")
    assert first == again != other


@pytest.mark.parametrize("tone", list(Tone))
async def test_every_card_can_be_shown_whatever_is_written_on_it(platform, tone):
    card = replace(FULL, tone=tone)
    message = await platform.post(place(platform), card, key="C-1")
    await platform.edit(message, card)
    assert message.conversation == place(platform)
    assert message.id


async def test_a_page_of_the_library_can_be_shown(platform):
    """Ten films, each with its poster."""
    message = await platform.post(place(platform), PAGE, key="S-1")
    await platform.edit(message, PAGE)
    assert message.conversation == place(platform)


async def test_a_card_for_one_person_is_posted_once_too(platform):
    """A refusal, a command's answer."""
    card = Card(title="Only you can see this", text=ODD, tone=Tone.problem)
    first = await platform.post(place(platform), card, key="S-1", to=person(platform))
    again = await platform.post(place(platform), card, key="S-1", to=person(platform))
    assert first == again
    assert first.conversation == place(platform)


async def test_an_edit_that_changes_nothing_is_fine(platform):
    """An answer that was lost is asked for again."""
    message = await platform.post(place(platform), Card(title="Hello"), key="C-1")
    for _ in range(2):
        await platform.edit(message, Card(title="Changed"))


async def test_an_edit_is_done_or_put_off_for_a_time_that_can_be_waited(platform):
    """Progress in quick succession: a chat that takes few edits says Later, and nothing else."""
    message = await platform.post(place(platform), FULL, key="C-1")
    rests: list[float] = []
    for number in range(40):
        try:
            await platform.edit(message, replace(FULL, revision=4 + number), urgent=False)
        except Later as later:
            rests.append(later.seconds)
    assert all(0 < rest <= LONGEST_REST for rest in rests)


async def test_what_is_filled_in_is_still_the_same_event(platform):
    """Names and files may come; the key, the place, the person and the words are as they were."""
    files = (Attachment("a1", "a.png", "image/png", 3),)
    message = Message("m-1", place(platform), person(platform), ODD, files, datetime.now(UTC))
    filled = await platform.fill(message)
    assert isinstance(filled, Message)
    assert same(filled) == same(message)
    assert (filled.at, filled.addressed) == (message.at, message.addressed)
    assert set(files) <= set(filled.attachments)
    unaddressed = await platform.fill(replace(message, key="m-2", text="yes", attachments=(), addressed=False))
    assert isinstance(unaddressed, Message)
    assert (unaddressed.addressed, unaddressed.text) == (False, "yes")
    command = Command("c-1", place(platform), person(platform), "status", "channel")
    given = await platform.fill(command)
    assert isinstance(given, Command)
    assert (same(given), given.verb) == (same(command), "status")


def same(event: Message | Command) -> tuple[object, ...]:
    """What no look-up changes."""
    author = event.author
    return event.key, event.conversation, (author.platform, author.workspace, author.id), event.text


async def test_a_chat_in_trouble_is_only_late(platform):
    """Later or OSError, whatever is wanted of it; when it is over, each card stands there once."""
    troubles = getattr(stand(platform.name), "TROUBLE", {})
    if not troubles:
        pytest.skip("it talks to no server that could be in trouble")
    before = await platform.post(place(platform), Card(title="Before"), key="C-0")
    for name, trouble in troubles.items():
        async with trouble(platform):
            with pytest.raises((Later, OSError)):
                await platform.post(place(platform), Card(title="Hello"), key=f"C-{name}")
            with pytest.raises((Later, OSError)):
                await platform.edit(before, Card(title=f"Changed: {name}"))
            with pytest.raises((Later, OSError)):
                await platform.upload(place(platform), FILM, key=f"V-{name}")
        first = await platform.post(place(platform), Card(title="Hello"), key=f"C-{name}")
        assert await platform.post(place(platform), Card(title="Hello"), key=f"C-{name}") == first != before


async def test_bringing_a_film_again_for_its_key_is_fine(platform):
    """A crash between the upload and its saving asks twice; that it arrives once is each platform's own test."""
    assert [await platform.upload(place(platform), FILM, key="V-1") for _ in range(2)] == ["", ""]


@pytest.mark.parametrize("id", ["", "no-such-thing"])
async def test_an_attachment_that_cannot_be_had_is_bad_media(platform, id):
    with pytest.raises(BadMedia) as refused:
        async for _ in platform.open_attachment(Attachment(id=id, name="a.png")):
            pass
    assert refused.value.say.endswith((".", "?"))


async def test_it_listens_until_it_is_cancelled_and_then_stops_soon(platform):
    listening = asyncio.create_task(platform.run(Ears()))
    done, _ = await asyncio.wait([listening], timeout=0.3)
    assert not done, "it stopped listening by itself"
    listening.cancel()
    began = time.monotonic()
    with suppress(asyncio.CancelledError):
        await listening
    assert time.monotonic() - began < 5


async def test_closing_twice_is_fine(platform):
    await platform.aclose()
    await platform.aclose()
