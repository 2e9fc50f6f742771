"""The terminal's own work: a wish out, its card in, the film on this machine."""

import io
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.chat.terminal import create, local
from adapters.chat.terminal.platform import NOBODY, Terminal
from adapters.chat.terminal.screen import Screen
from adapters.files.local import create as open_files
from bot.domain.card import Action, Bar, Button, Card, CardMedia, Tone
from bot.domain.chat import Attachment, ChatEvent, Conversation, Message, MessageRef, Press
from bot.domain.errors import BadMedia, BadRequest, NotAllowed
from bot.domain.job import card_id, job_id
from bot.domain.media import MediaKind
from bot.ports.files import Files
from bot.ports.parts import Parts
from tests.fakes import SetClock

HERE = Conversation("terminal", "local", "ask-1")
PRICE = Card(
    title="Make this film? Free",
    buttons=(Button(Action.confirm, "Confirm"), Button(Action.cancel, "Cancel")),
    tone=Tone.ask,
    state="awaiting_confirmation",
)
DONE = Card(title="Your film is ready", tone=Tone.done, state="complete")
NOT_MADE = Card(title="Not made", state="declined")


def working(fraction: float) -> Card:
    return Card(
        title="Rendering", progress=Bar(fraction, f"Rendering, {fraction:.0%}"), tone=Tone.working, state="processing"
    )


@dataclass
class Bot:
    """The other end: answers a message with `first`, and a Confirm with `then`, one edit after the other."""

    terminal: Terminal
    first: Card = PRICE
    then: Iterable[Card] = (working(0.1), working(0.12), working(0.6), DONE)
    film: CardMedia | None = None
    refuses: str = ""
    key: str = ""
    heard: list[ChatEvent] = field(default_factory=list)

    async def receive(self, event: ChatEvent) -> bool:
        self.heard.append(event)
        self.key = self.key or card_id(job_id(event.key))
        await self.terminal.post(event.conversation, self.first, key=self.key)
        return True

    async def press(self, press: Press) -> None:
        self.heard.append(press)
        if self.refuses:
            raise NotAllowed(self.refuses)
        if press.action == Action.cancel:
            await self.terminal.edit(MessageRef(press.conversation, self.key), NOT_MADE)
            return
        if self.film:
            await self.terminal.upload(press.conversation, self.film, key="clip-1")
        for card in self.then:
            await self.terminal.edit(MessageRef(press.conversation, self.key), card)

    @property
    def presses(self) -> list[str]:
        return [event.action for event in self.heard if isinstance(event, Press)]


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return open_files(parts(tmp_path, None))


@pytest.fixture
def terminal(tmp_path: Path, files: Files) -> Terminal:
    return create(parts(tmp_path, files))


def parts(folder: Path, files: Files | None) -> Parts:
    clock = SetClock(datetime(2026, 5, 4, 12, tzinfo=UTC))
    return Parts(settings={"root": str(folder / "drive")}, folder=folder, clock=clock, files=files)


async def keep(files: Files, folder: Path, key: str, content: bytes) -> CardMedia:
    source = folder / "incoming"
    source.write_bytes(content)
    await files.keep(source, key)
    return CardMedia(kind=MediaKind.video, key=key, alt="", name=Path(key).name)


async def test_yes_confirms_and_follows_the_job_to_its_end(terminal: Terminal):
    bot, out = Bot(terminal), io.StringIO()
    attached = (Attachment("/pictures/a.png", "a.png"),)
    asked = await terminal.ask(bot, "A fox", attached, yes=True, out=None, to=out)
    assert bot.presses == ["confirm"]
    assert isinstance(bot.heard[0], Message)
    assert (bot.heard[0].text, bot.heard[0].attachments) == ("A fox", attached)
    assert (asked.job, asked.card) == (job_id(bot.heard[0].key), DONE)
    assert out.getvalue().splitlines() == ["Make this film? Free", "Your film is ready"]


async def test_without_yes_and_without_a_person_nothing_is_started(terminal: Terminal):
    bot, out = Bot(terminal), io.StringIO()
    asked = await terminal.ask(bot, "A fox", (), yes=False, out=None, to=out)
    assert bot.presses == ["cancel"]
    assert asked.card == NOT_MADE
    assert NOBODY in out.getvalue()


async def test_a_wish_that_cannot_be_confirmed_is_told_and_closed_even_with_yes(terminal: Terminal):
    unfit = Card(title="This needs a change first", notes=("@Image1: too small",), state="awaiting_confirmation")
    bot, out = Bot(terminal, first=unfit), io.StringIO()
    await terminal.ask(bot, "A fox", (), yes=True, out=None, to=out)
    assert bot.presses == ["cancel"]
    assert "@Image1: too small" in out.getvalue()
    assert NOBODY not in out.getvalue()


async def test_a_question_is_answered_and_starts_no_job(terminal: Terminal):
    bot = Bot(terminal, first=Card(title="Nothing is running for you"), key="S-SOMETHING")
    asked = await terminal.ask(bot, "status", (), yes=True, out=None, to=io.StringIO())
    assert (asked.job, asked.card, bot.presses) == (None, bot.first, [])


async def test_a_refused_confirmation_reaches_the_caller(terminal: Terminal):
    with pytest.raises(NotAllowed, match="budget"):
        await terminal.ask(
            Bot(terminal, refuses="the budget is spent"), "A fox", (), yes=True, out=None, to=io.StringIO()
        )


async def test_progress_is_written_once_for_each_tenth(terminal: Terminal):
    bot = Bot(terminal)
    out = io.StringIO()
    screen = Screen(out, lambda: datetime(2026, 5, 4, tzinfo=UTC))
    for card in (PRICE, PRICE, *bot.then):
        screen.show(card)
    assert out.getvalue().splitlines() == [
        "Make this film? Free", "Rendering", "  Rendering, 10%", "  Rendering, 60%", "Your film is ready",
    ]  # fmt: skip


async def test_the_film_is_saved_where_it_was_asked_for(terminal: Terminal, files: Files, tmp_path: Path):
    film = await keep(files, tmp_path, "people/a/film.mp4", b"film" * 1_000_000)
    out = tmp_path / "new" / "folder" / "mine.mp4"
    await terminal.ask(Bot(terminal, film=film), "A fox", (), yes=True, out=out, to=io.StringIO())
    assert terminal.saved == {"clip-1": out}
    assert out.read_bytes() == b"film" * 1_000_000
    assert [one.name for one in out.parent.iterdir()] == ["mine.mp4"]


async def test_a_film_never_replaces_a_file(terminal: Terminal, files: Files, tmp_path: Path):
    film = await keep(files, tmp_path, "people/a/film.mp4", b"film")
    (tmp_path / "mine.mp4").write_bytes(b"precious")
    (tmp_path / "mine-2.mp4").write_bytes(b"dear")
    await terminal.ask(Bot(terminal, film=film), "A fox", (), yes=True, out=tmp_path / "mine.mp4", to=io.StringIO())
    assert terminal.saved == {"clip-1": tmp_path / "mine-3.mp4"}
    assert (tmp_path / "mine.mp4").read_bytes() == b"precious"
    assert (tmp_path / "mine-2.mp4").read_bytes() == b"dear"


async def test_a_folder_takes_the_film_under_its_own_name(terminal: Terminal, files: Files, tmp_path: Path):
    film = await keep(files, tmp_path, "people/a/fox.mp4", b"film")
    (tmp_path / "films").mkdir()
    await terminal.ask(Bot(terminal, film=film), "A fox", (), yes=True, out=tmp_path / "films", to=io.StringIO())
    assert terminal.saved == {"clip-1": tmp_path / "films" / "fox.mp4"}


async def test_the_same_film_is_saved_once(terminal: Terminal, files: Files, tmp_path: Path):
    film = await keep(files, tmp_path, "people/a/fox.mp4", b"film")
    bot = Bot(terminal, film=film)
    await terminal.ask(bot, "A fox", (), yes=True, out=tmp_path / "fox.mp4", to=io.StringIO())
    await terminal.upload(HERE, film, key="clip-1")
    assert [path.name for path in tmp_path.glob("fox*")] == ["fox.mp4"]


async def test_a_place_that_cannot_be_written_is_told_before_anything_is_asked(terminal: Terminal, tmp_path: Path):
    (tmp_path / "file").write_bytes(b"")
    bot = Bot(terminal)
    with pytest.raises(BadRequest, match=r"is not a folder you may write to\. Choose another --out"):
        await terminal.ask(bot, "A fox", (), yes=True, out=tmp_path / "file" / "x.mp4", to=io.StringIO())
    assert bot.heard == []


async def test_a_film_that_is_gone_is_trouble_and_not_a_crash(terminal: Terminal, tmp_path: Path):
    film = CardMedia(kind=MediaKind.video, key="people/a/gone.mp4", alt="", name="gone.mp4")
    asked = await terminal.ask(
        Bot(terminal, film=film), "A fox", (), yes=True, out=tmp_path / "x.mp4", to=io.StringIO()
    )
    assert asked.card == DONE
    assert len(terminal.trouble) == 1
    assert list(tmp_path.glob("*x.mp4*")) == []


async def test_attachments_stream_from_this_machine(terminal: Terminal, tmp_path: Path):
    path = tmp_path / "a.bin"
    path.write_bytes(os.urandom(3 * local.PIECE + 17))
    pieces = [piece async for piece in terminal.open_attachment(Attachment(str(path), "a.bin"))]
    assert b"".join(pieces) == path.read_bytes()
    assert max(map(len, pieces)) <= local.PIECE


@pytest.mark.parametrize("made", ["missing", "folder"])
async def test_an_attachment_that_cannot_be_read_is_named(terminal: Terminal, tmp_path: Path, made: str):
    if made == "folder":
        (tmp_path / made).mkdir()
    with pytest.raises(BadMedia, match=rf"{made} cannot be read: .* Check the path and try again."):
        [piece async for piece in terminal.open_attachment(Attachment(str(tmp_path / made), made))]
