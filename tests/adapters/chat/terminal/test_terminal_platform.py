"""The terminal's own work: a wish out, its card in, the film on this machine."""

import asyncio
import io
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.chat.terminal import create, local
from adapters.chat.terminal.platform import NO_BUTTONS, NOBODY, Terminal
from adapters.chat.terminal.screen import Screen
from adapters.files.local import create as open_files
from bot.domain.card import Action, Bar, Button, Card, CardMedia, FieldKind, FormField, Tone
from bot.domain.chat import Attachment, ChatEvent, Conversation, Message, MessageRef, Press
from bot.domain.errors import BadMedia, BadRequest, NotAllowed
from bot.domain.job import Job, State, card_id, job_id
from bot.domain.media import MediaKind
from bot.domain.request import VideoRequest
from bot.ports.files import Files
from bot.ports.parts import Parts
from bot.ports.storage import Storage
from tests.fakes import SetClock
from tests.houses import open_storage
from tests.houses import template as empty_database

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
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


WORKING = tuple(map(working, (0.1, 0.12, 0.6)))


@dataclass
class Bot:
    """The other end: answers a message with `first`, and a Confirm with `then`, one card after the other."""

    storage: Storage
    terminal: Terminal
    first: Card = PRICE
    then: Sequence[Card] = (*WORKING, DONE)
    refuses: str = ""
    key: str = ""
    tells: bool = True
    heard: list[ChatEvent] = field(default_factory=list)

    async def receive(self, event: ChatEvent) -> bool:
        self.heard.append(event)
        self.key = self.key or card_id(job_id(event.key))
        await self.storage.cards.say(self.key, event.conversation, self.first)
        if self.tells:
            await self.terminal.post(event.conversation, self.first, key=self.key)
        return True

    async def press(self, press: Press) -> None:
        self.heard.append(press)
        if self.refuses:
            raise NotAllowed(self.refuses)
        cards = self.then if press.action == Action.confirm else (NOT_MADE,)
        for revision, card in enumerate(cards, start=2):
            await self.storage.cards.render(self.key, revision, card)
            if self.tells:
                await self.terminal.edit(MessageRef(press.conversation, self.key), card)

    @property
    def presses(self) -> list[str]:
        return [event.action for event in self.heard if isinstance(event, Press)]


@dataclass
class Delayed:
    """The same bot with ears of its own kind."""

    bot: Bot
    receive: Callable[[ChatEvent], Awaitable[bool]]
    pressed: Callable[[Press], Awaitable[None]] | None = None

    async def press(self, press: Press) -> None:
        await (self.pressed or self.bot.press)(press)


def wished(event: Message) -> Job:
    return Job(
        id=job_id(event.key),
        conversation=event.conversation,
        author=event.author,
        request=VideoRequest(prompt=event.text),
        made_at=NOON,
        changed_at=NOON,
    )


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return empty_database(tmp_path_factory.mktemp("template"))


@pytest.fixture
async def storage(template: Path, tmp_path: Path) -> AsyncIterator[Storage]:
    storage = open_storage(template, tmp_path, SetClock(NOON))
    yield storage
    await storage.aclose()


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return open_files(Parts(settings={"root": str(tmp_path / "drive")}, folder=tmp_path, clock=SetClock(NOON)))


@pytest.fixture
def terminal(tmp_path: Path, files: Files, storage: Storage) -> Terminal:
    return create(Parts(settings={}, folder=tmp_path, clock=SetClock(NOON), files=files, storage=storage))


@pytest.fixture
def bot(storage: Storage, terminal: Terminal) -> Bot:
    return Bot(storage, terminal)


async def keep(files: Files, folder: Path, key: str, content: bytes) -> CardMedia:
    source = folder / "incoming"
    source.write_bytes(content)
    await files.keep(source, key)
    return CardMedia(kind=MediaKind.video, key=key, alt="", name=Path(key).name)


async def test_yes_confirms_and_follows_the_job_to_its_end(bot: Bot):
    out = io.StringIO()
    attached = (Attachment("/pictures/a.png", "a.png"),)
    asked = await bot.terminal.ask(bot, "A fox", attached, yes=True, out=None, to=out)
    assert bot.presses == ["confirm"]
    assert isinstance(bot.heard[0], Message)
    assert (bot.heard[0].text, bot.heard[0].attachments) == ("A fox", attached)
    assert (asked.job, asked.card) == (job_id(bot.heard[0].key), DONE)
    assert out.getvalue().splitlines() == ["Make this film? Free", "Your film is ready"]


async def test_a_job_that_another_process_works_on_is_followed_all_the_same(bot: Bot):
    bot.tells = False
    asked = await bot.terminal.ask(bot, "A fox", (), yes=True, out=None, to=io.StringIO())
    assert asked.card == DONE


async def test_another_asks_card_is_not_taken_for_ones_own(bot: Bot):
    theirs = Conversation("terminal", "local", "ask-another")
    await bot.storage.cards.say("C-THEIRS", theirs, Card(title="Theirs", state="complete"))
    out = io.StringIO()
    await bot.terminal.post(theirs, Card(title="Theirs", state="complete"), key="C-THEIRS")
    await bot.terminal.ask(bot, "A fox", (), yes=True, out=None, to=out)
    assert "Theirs" not in out.getvalue()
    assert bot.presses == ["confirm"]


async def test_without_yes_and_without_a_person_nothing_is_started(bot: Bot):
    out = io.StringIO()
    asked = await bot.terminal.ask(bot, "A fox", (), yes=False, out=None, to=out)
    assert bot.presses == ["cancel"]
    assert asked.card == NOT_MADE
    assert NOBODY in out.getvalue()


async def test_a_wish_that_cannot_be_confirmed_is_told_and_closed_even_with_yes(bot: Bot):
    bot.first = Card(title="This needs a change first", notes=("@Image1: too small",), state="awaiting_confirmation")
    out = io.StringIO()
    await bot.terminal.ask(bot, "A fox", (), yes=True, out=None, to=out)
    assert bot.presses == ["cancel"]
    assert "@Image1: too small" in out.getvalue()
    assert NOBODY not in out.getvalue()


async def test_what_begins_without_a_question_is_followed_and_never_cancelled(bot: Bot):
    """A merge costs nothing: it is at work when its first card comes."""
    onward = FormField("prompt", "Prompt", FieldKind.text)
    done = replace(DONE, buttons=(Button(Action.again, "Again", item="V-1"), Button(Action.variation, "Variation", item="V-1", form=(onward,))))  # fmt: skip
    bot.first = replace(WORKING[0], state="queued")

    async def receive(event: ChatEvent) -> bool:
        await bot.receive(event)
        await bot.storage.cards.render(bot.key, 2, done)
        await bot.terminal.edit(MessageRef(HERE, bot.key), done)
        return True

    out = io.StringIO()
    asked = await bot.terminal.ask(Delayed(bot, receive), "merge 1 2", (), yes=False, out=None, to=out)
    assert bot.presses == []
    assert asked.card == done
    assert "Your film is ready" in out.getvalue()
    assert NOBODY not in out.getvalue()


async def test_a_question_is_answered_and_starts_no_job(bot: Bot):
    bot.first, bot.key = Card(title="Nothing is running for you"), "S-SOMETHING"
    asked = await bot.terminal.ask(bot, "status", (), yes=True, out=None, to=io.StringIO())
    assert (asked.job, asked.card, bot.presses) == (None, bot.first, [])


async def test_a_draft_that_needs_buttons_is_withdrawn_and_says_what_to_do_instead(bot: Bot):
    bot.first = Card(title="A merge is being put together", job="J-DRAFT", state="awaiting_confirmation")
    bot.key = "C-DRAFT"
    out = io.StringIO()
    asked = await bot.terminal.ask(bot, "merge 1", (), yes=True, out=None, to=out)
    assert (bot.presses, bot.heard[-1].job) == (["cancel"], "J-DRAFT")
    assert asked.card is not None
    assert (asked.job, asked.card.tone) == (None, Tone.problem)
    assert NO_BUTTONS in out.getvalue()


async def test_a_refused_confirmation_reaches_the_caller(bot: Bot):
    bot.refuses = "the budget is spent"
    with pytest.raises(NotAllowed, match="budget"):
        await bot.terminal.ask(bot, "A fox", (), yes=True, out=None, to=io.StringIO())


def test_progress_is_written_once_for_each_tenth():
    out = io.StringIO()
    screen = Screen(out, lambda: NOON)
    for card in (PRICE, PRICE, *WORKING, DONE):
        screen.show(card)
    assert out.getvalue().splitlines() == [
        "Make this film? Free", "Rendering: Rendering, 10%", "  Rendering, 60%", "Your film is ready",
    ]  # fmt: skip


async def test_the_film_is_saved_where_it_was_asked_for(bot: Bot, files: Files, tmp_path: Path):
    film = await keep(files, tmp_path, "people/a/film.mp4", b"film" * 1_000_000)
    out = tmp_path / "new" / "folder" / "mine.mp4"
    bot.then = (replace(DONE, media=(film,)),)
    await bot.terminal.ask(bot, "A fox", (), yes=True, out=out, to=io.StringIO())
    assert bot.terminal.saved == {film.key: out}
    assert out.read_bytes() == b"film" * 1_000_000
    assert [one.name for one in out.parent.iterdir()] == ["mine.mp4"]


async def test_a_film_never_replaces_a_file(bot: Bot, files: Files, tmp_path: Path):
    films = [await keep(files, tmp_path, f"people/a/{name}.mp4", name.encode()) for name in ("one", "two")]
    (tmp_path / "mine.mp4").write_bytes(b"precious")
    (tmp_path / "mine-2.mp4").write_bytes(b"dear")
    bot.then = (replace(DONE, media=tuple(films)),)
    await bot.terminal.ask(bot, "A fox", (), yes=True, out=tmp_path / "mine.mp4", to=io.StringIO())
    assert {path.name: path.read_bytes() for path in tmp_path.glob("mine*")} == {
        "mine.mp4": b"precious", "mine-2.mp4": b"dear", "mine-3.mp4": b"one", "mine-4.mp4": b"two",
    }  # fmt: skip


async def test_a_folder_takes_the_film_under_its_own_name(bot: Bot, files: Files, tmp_path: Path):
    film = await keep(files, tmp_path, "people/a/fox.mp4", b"film")
    (tmp_path / "films").mkdir()
    bot.then = (replace(DONE, media=(film,)),)
    await bot.terminal.ask(bot, "A fox", (), yes=True, out=tmp_path / "films", to=io.StringIO())
    assert bot.terminal.saved == {film.key: tmp_path / "films" / "fox.mp4"}


async def test_a_place_that_cannot_be_written_is_told_before_anything_is_asked(bot: Bot, tmp_path: Path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(
        BadRequest, match=r"is not a folder you may write to \(not a directory\)\. Choose another --out"
    ):
        await bot.terminal.ask(bot, "A fox", (), yes=True, out=tmp_path / "file" / "x.mp4", to=io.StringIO())
    assert bot.heard == []


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="a folder that cannot be written to even by root")
async def test_a_folder_that_takes_no_file_is_found_by_trying(bot: Bot):
    with pytest.raises(BadRequest, match="/proc is not a folder you may write to"):
        await bot.terminal.ask(bot, "A fox", (), yes=True, out=Path("/proc/x.mp4"), to=io.StringIO())
    assert bot.heard == []


async def test_the_confirmation_is_for_the_price_that_was_shown_and_no_later_one(bot: Bot, storage: Storage):
    bot.tells = False  # it looks only when the hearing is over

    async def receive(event: ChatEvent) -> bool:
        await bot.receive(event)
        await storage.cards.render(bot.key, 7, PRICE)
        return True

    async def press(event: Press) -> None:
        bot.heard.append(event)
        await storage.cards.render(bot.key, 8, DONE)

    ears = Delayed(bot, receive, press)
    await bot.terminal.ask(ears, "A fox", (), yes=True, out=None, to=io.StringIO())
    (press,) = [event for event in bot.heard if isinstance(event, Press)]
    assert (press.action, press.revision) == ("confirm", 7)


async def test_leaving_before_the_price_ends_the_hearing(bot: Bot):
    ended = asyncio.Event()

    async def receive(event: ChatEvent) -> bool:
        bot.terminal.interrupt()
        try:
            return await asyncio.Event().wait()
        finally:
            ended.set()

    asked = await bot.terminal.ask(Delayed(bot, receive), "A fox", (), yes=True, out=None, to=io.StringIO())
    assert (asked.job, asked.card) == (None, None)
    assert ended.is_set()


async def test_what_breaks_while_it_is_heard_reaches_the_caller(bot: Bot):
    async def receive(event: ChatEvent) -> bool:
        raise LookupError("a bug")

    with pytest.raises(LookupError, match="a bug"):
        await bot.terminal.ask(Delayed(bot, receive), "A fox", (), yes=True, out=None, to=io.StringIO())


async def test_a_cancelled_film_is_shown_until_its_provider_has_stopped(bot: Bot, storage: Storage, terminal: Terminal):
    """The card of a job that is over may say more: the last word on what it cost."""
    stopping = Card(
        title="Cancelled", notes=("Asking the provider to stop; it may still be charged.",), state="cancelled"
    )
    settled = replace(stopping, notes=("Nothing was charged.",))
    asked = asyncio.Event()

    async def press(event: Press) -> None:
        bot.heard.append(event)
        job = await storage.jobs.get(event.job)
        assert job is not None
        job = replace(job, state=State.cancelled, stopping=True, version=job.version + 1)
        await storage.jobs.save(job)
        await storage.cards.render(bot.key, job.version, stopping)
        await storage.jobs.save(replace(job, stopping=False, version=job.version + 1))
        asked.set()

    async def receive(event: ChatEvent) -> bool:
        assert isinstance(event, Message)
        await storage.jobs.add(wished(event))
        bot.key = card_id(job_id(event.key))
        await storage.cards.render(bot.key, 1, PRICE)
        return True

    out = io.StringIO()
    asking = asyncio.ensure_future(terminal.ask(Delayed(bot, receive, press), "A fox", (), yes=True, out=None, to=out))
    await asked.wait()
    done, _ = await asyncio.wait([asking], timeout=0.1)
    assert not done
    await storage.cards.render(bot.key, 3, settled)
    assert (await asking).card == settled
    assert out.getvalue().endswith("Nothing was charged.\n")


async def test_a_film_that_is_gone_is_trouble_and_not_a_crash(bot: Bot, tmp_path: Path):
    film = CardMedia(kind=MediaKind.video, key="people/a/gone.mp4", alt="", name="gone.mp4")
    bot.then = (replace(DONE, media=(film,)),)
    await bot.terminal.ask(bot, "A fox", (), yes=True, out=tmp_path / "x.mp4", to=io.StringIO())
    assert len(bot.terminal.trouble) == 1
    assert [path.name for path in tmp_path.iterdir() if "x.mp4" in path.name or "part" in path.name] == []


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
