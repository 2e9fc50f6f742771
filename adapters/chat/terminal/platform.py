"""The terminal as a chat platform: a wish goes in, its card comes back and moves, the film is saved."""

import asyncio
import getpass
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO
from uuid import uuid4

from adapters.chat.terminal import keyboard, local
from adapters.chat.terminal.screen import Screen
from bot.domain.card import Action, Card, CardMedia, Tone
from bot.domain.chat import Attachment, Command, Conversation, Message, MessageRef, Person, Press
from bot.domain.errors import BadRequest, UserError
from bot.domain.job import ENDED, State, card_id, job_id
from bot.domain.media import MediaKind
from bot.ports.chat import Ears
from bot.ports.clock import Clock
from bot.ports.files import Files
from bot.ports.storage import Storage

WORKSPACE = "local"
LOOK_SECONDS = 0.5
STOP_SECONDS = 10.0
YES = frozenset({"y", "yes"})
DECLINED = "Nothing was started and nothing was charged."
NO_BUTTONS = f"{DECLINED} There are no buttons here to choose films with: name them all, as in “merge 1 2 as portrait”."
NOBODY = f"{DECLINED} Nobody is here to confirm: run it again with --yes to make it at this price."


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of a wish: its job, None where it became none, and the card shown last, None where none came."""

    job: str | None
    card: Card | None


@dataclass(frozen=True, slots=True)
class _Shown:
    id: str
    card: Card
    revision: int


class Terminal:
    """One wish at a time. Its cards are read from storage, so it does not matter which process on this database does the work.

    `saved` are the films written to this machine, by Files key; `trouble` is what went wrong there.
    """

    name = "terminal"
    alone = True

    def __init__(self, storage: Storage, files: Files, clock: Clock) -> None:
        self._storage, self._files, self._clock = storage, files, clock
        self._news = asyncio.Event()
        self._interrupts = 0
        self._answer: asyncio.Future[str] | None = None
        self.saved: dict[str, Path] = {}
        self.trouble: list[str] = []

    async def run(self, ears: Ears) -> None:
        """A terminal hears nothing by itself: `ask` is how it is spoken to."""
        del ears
        await asyncio.Event().wait()

    async def fill(self, event: Message | Command) -> Message | Command:
        """What is typed in a terminal comes whole."""
        return event

    async def admin(self, person: Person, conversation: Conversation) -> bool:
        """Whoever has this machine's terminal has its database, too."""
        del person, conversation
        return True

    async def post(self, conversation: Conversation, card: Card, *, key: str, to: Person | None = None) -> MessageRef:
        del card, to
        self._news.set()
        return MessageRef(conversation, key)

    async def edit(self, message: MessageRef, card: Card, *, urgent: bool = True) -> None:
        del message, card, urgent
        self._news.set()

    async def upload(self, conversation: Conversation, film: CardMedia, *, key: str) -> str:
        """The film is on the Drive; whoever asked saves it from there."""
        del conversation, film, key
        return ""

    def open_attachment(self, attachment: Attachment) -> AsyncIterator[bytes]:
        return local.read(attachment)

    async def aclose(self) -> None:
        """Nothing stays open."""

    async def ask(
        self, ears: Ears, text: str, attachments: Sequence[Attachment], *, yes: bool, out: Path | None, to: TextIO
    ) -> Asked:
        """The whole way once, shown on `to`: the card, the confirmation, the progress, the film.

        `interrupt` before the price or at the question starts nothing; while it renders the first one cancels, the second leaves.
        Raises UserError where `out` cannot be written or a press is refused, and whatever `ears` raise.
        """
        if out is not None:
            await asyncio.to_thread(local.check_writable, out)
        screen = Screen(to, self._clock.now)
        here = Conversation(self.name, WORKSPACE, f"ask-{uuid4().hex}")
        message = Message(f"terminal-{uuid4().hex}", here, whoami(), text, tuple(attachments))
        job = job_id(message.key)
        first = await self._first(ears, message)
        if first is None:
            return Asked(None, None)
        screen.show(first.card)
        if first.id != card_id(job):
            return Asked(None, await self._answered(ears, screen, first.card, message))
        if not await self._confirmed(ears, screen, first, job, message, yes=yes):
            return Asked(job, (await self._card(job)).card)
        with keyboard.unechoed():
            last = await self._watch(ears, screen, job, message)
        if out is not None:
            await self._save(last, out)
        return Asked(job, last)

    def interrupt(self) -> None:
        """Ctrl-C: whoever runs the loop hears it and says so here."""
        self._interrupts += 1
        if self._answer is not None:
            self._answer.cancel()
        self._news.set()

    async def _first(self, ears: Ears, message: Message) -> _Shown | None:
        """The card that answers; None where the person did not wait for it."""
        hearing = asyncio.ensure_future(ears.receive(message))
        try:
            while not self._interrupts:
                if hearing.done():
                    hearing.result()
                for id, rendered in (await self._storage.cards.revisions(message.conversation)).items():
                    if rendered and (found := await self._shown(id)) is not None:
                        return found
                await self._listen()
            return None
        finally:
            if not hearing.done():
                hearing.cancel()
                await asyncio.wait([hearing])

    async def _answered(self, ears: Ears, screen: Screen, card: Card, message: Message) -> Card:
        """What is put together with buttons is withdrawn: here are none, and it would wait for nobody."""
        if card.state != State.awaiting_confirmation:
            return card
        await ears.press(_press(Action.cancel, card.job, message))
        screen.say(NO_BUTTONS)
        return replace(card, tone=Tone.problem)

    async def _card(self, job: str) -> _Shown:
        found = await self._shown(card_id(job))
        assert found is not None
        return found

    async def _shown(self, id: str) -> _Shown | None:
        """A card as last rendered, with the revision it was rendered from."""
        posting = await self._storage.cards.get(id)
        return None if posting is None or posting.card is None else _Shown(id, posting.card, posting.rendered)

    async def _listen(self) -> None:
        """Until a card is shown from here, or it is time to look what another process did."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), LOOK_SECONDS)
        self._news.clear()

    async def _confirmed(
        self, ears: Ears, screen: Screen, price: _Shown, job: str, message: Message, *, yes: bool
    ) -> bool:
        """Presses Confirm, for the price that was seen and no later one, or Cancel, so that no price is left waiting.

        What costs nothing may have begun without a question, such as a merge.
        """
        if price.card.state and price.card.state != State.awaiting_confirmation:
            return True
        offered = any(button.action is Action.confirm for button in price.card.buttons)
        somebody = keyboard.present()
        agreed = offered and (yes or (somebody and await self._asked(screen)))
        if offered and not agreed:
            screen.say(DECLINED if somebody else NOBODY)
        if agreed:
            await ears.press(replace(_press(Action.confirm, job, message), revision=price.revision))
        else:
            await ears.press(_press(Action.cancel, job, message))
        return agreed

    async def _asked(self, screen: Screen) -> bool:
        """A typed y or yes; anything else, the end of input and Ctrl-C are a no."""
        screen.say("Make it? [y/N] ", end="")
        self._answer = asyncio.ensure_future(keyboard.line())
        await asyncio.wait({self._answer})
        if self._answer.cancelled():
            screen.say("")
            return False
        return self._answer.result().lower() in YES

    async def _watch(self, ears: Ears, screen: Screen, job: str, message: Message) -> Card:
        """The card as the job came to its end. Who leaves before does not lose it: whatever runs next carries it on."""
        cancelled = False
        with screen:
            while True:
                shown = await self._card(job)
                screen.show(shown.card)
                if self._interrupts > 1 or (_over(shown.card) and await self._settled(job, shown.revision)):
                    return shown.card
                await self._listen()
                if self._interrupts and not cancelled:
                    cancelled = True
                    screen.say("Cancelling. Press Ctrl-C again to leave at once.")
                    await self._cancel(ears, screen, job, message)

    async def _settled(self, job: str, revision: int) -> bool:
        """Whether there is nothing more to come on this card: a cancelled job may still be asking its provider to stop."""
        found = await self._storage.jobs.get(job)
        if found is None or (found.version <= revision and not found.stopping):
            return True
        return (self._clock.now() - found.changed_at).total_seconds() > STOP_SECONDS

    async def _cancel(self, ears: Ears, screen: Screen, job: str, message: Message) -> None:
        try:
            await ears.press(_press(Action.cancel, job, message))
        except UserError as refused:  # it ended in the same moment
            screen.say(refused.say)

    async def _save(self, card: Card, out: Path) -> None:
        """What goes wrong here is told at the end: the film is on the Drive all the same."""
        for film in (media for media in card.media if media.kind is MediaKind.video):
            try:
                self.saved[film.key] = await local.write(self._files.open(film.key), out, film.name)
            except (BadRequest, FileNotFoundError) as error:
                self.trouble.append(str(error))


def whoami() -> Person:
    """The person at this machine, by their login name; a machine without one still has somebody."""
    try:
        login = getpass.getuser()
    except (OSError, KeyError):
        login = "someone"
    return Person(Terminal.name, WORKSPACE, login, login)


def _press(action: Action, job: str, message: Message) -> Press:
    return Press(f"terminal-{uuid4().hex}", message.conversation, message.author, action, job)


def _over(card: Card) -> bool:
    return card.state in ENDED or card.state == State.unclear
