"""Where cards are shown: drawn and redrawn in place on a terminal, written line by line anywhere else."""

from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import Self, TextIO

from rich.console import Console, RenderableType
from rich.live import Live
from rich.text import Text

from adapters.chat.terminal.cards import drawn, lines
from bot.domain.card import Card
from bot.domain.plain import plain

REDRAWS_PER_SECOND = 4
STEP = 0.1


class Screen:
    """A card that has no buttons to wait for is drawn live while the context lasts; before, cards are simply written."""

    def __init__(self, stream: TextIO, now: Callable[[], datetime]) -> None:
        self._console = Console(file=stream, markup=False, highlight=False, emoji=False)
        self._draws = self._console.is_terminal and not self._console.is_dumb_terminal
        self._now = now
        self._card: Card | None = None
        self._live: Live | None = None
        self._told: tuple[str, int] | None = None

    def say(self, text: str, end: str = "\n") -> None:
        """One sentence of our own, above whatever is drawn."""
        self._console.print(Text(plain(text)), end=end, soft_wrap=True)

    def show(self, card: Card) -> None:
        """The card as it is now; the same again changes nothing."""
        if card == self._card:
            return
        self._card = card
        if self._live is not None:
            self._live.refresh()
        elif self._draws:
            self._console.print(drawn(card, self._now()))
        else:
            self._write(card)

    def __enter__(self) -> Self:
        """From here on the card is redrawn in place, with its clock running."""
        if self._draws:
            self._live = Live(get_renderable=self._render, console=self._console, refresh_per_second=REDRAWS_PER_SECOND)
            self._card = None
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _render(self) -> RenderableType:
        return Text("") if self._card is None else drawn(self._card, self._now())

    def _write(self, card: Card) -> None:
        """Whole when there is something to read; while it moves, its name once and a line for each further tenth."""
        if card.progress is None:
            for line in lines(card):
                self.say(line)
            return
        told = (card.title, int((card.progress.fraction or 0.0) / STEP))
        if self._told is None or self._told[0] != card.title:
            self.say(f"{card.title}: {card.progress.text}")
        elif self._told != told:
            self.say(f"  {card.progress.text}")
        self._told = told
