"""A provider that says what cannot be: no job ends by it, no budget pays it, and no card shows it as it came."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import pytest

from bot.domain.errors import (
    BadCredentials,
    Expired,
    InvalidInput,
    NotCancellable,
    ProviderError,
    Rejected,
    Unavailable,
)
from bot.domain.job import Charged, Job, RemoteFile, State
from bot.flows.end import MAX_NOTE, MAX_WORDS
from bot.ports.video import Failed, Finished, Progress, Running
from tests.fakes import Tollbooth
from tests.houses import Stage

FILM = (RemoteFile(id="film"),)


@dataclass
class Liar(Tollbooth):
    """`says` is what it answers when it is asked how far it is, one after the other and then always the last; `files` so for each fetch."""

    says: list[Any] = field(default_factory=list)
    files: dict[str, list[Any]] = field(default_factory=dict)

    async def poll(self, task) -> Progress:
        said: Any = self._next(self.says)
        if isinstance(said, ProviderError):
            raise said
        return said

    async def download(self, file, into) -> None:
        said: Any = self._next(self.files[file]) if file in self.files else b"film"
        if isinstance(said, ProviderError):
            raise said
        into.write_bytes(said)


async def told(stage: Stage, *says: Any, text: str = "A fox crosses the frozen lake", **files: Sequence[Any]) -> Job:
    """A job whose provider says this, as far as it comes by itself."""
    liar = Liar(says=list(says), files={name: list(what) for name, what in files.items()})
    stage = replace(stage, house=replace(stage.house, providers={liar.name: liar}))
    job = await stage.ask(text)
    await stage.press(job.id, "confirm")
    await stage.run()
    return await stage.job(job.id)


async def spent(stage: Stage, job: Job) -> Decimal:
    entries = await stage.house.storage.ledger.of_job(job.id)
    return sum((one.credits for one in entries if one.kind == "charge"), Decimal(0))


@pytest.mark.parametrize(
    "usd", ["-1", "NaN", "Infinity", "-Infinity", "1e400", "3500000", "10.01"], ids=lambda usd: f"{usd} dollars"
)
async def test_a_cost_that_cannot_be_is_not_charged_and_the_quote_stands(stage: Stage, usd: str) -> None:
    job = await told(stage, Finished(files=FILM, usd=Decimal(usd)))
    assert job.quote is not None
    assert (job.state, job.quote.credits) == (State.complete, Decimal(50)), "half a dollar"
    assert await spent(stage, job) == Decimal(50)


async def test_a_cost_that_can_be_is_charged_as_it_is_reported(stage: Stage) -> None:
    assert await spent(stage, await told(stage, Finished(files=FILM, usd=Decimal("0.77")))) == Decimal(77)


@pytest.mark.parametrize("kind", [InvalidInput, Rejected, NotCancellable, BadCredentials])
async def test_a_question_that_is_refused_ends_no_job(stage: Stage, kind: type[ProviderError]) -> None:
    """A gateway that answers 400 or 403 for a while says nothing about the film."""
    job = await told(stage, kind("no route matched"), Finished(files=FILM))
    assert job.state is State.complete


@pytest.mark.parametrize("kind", [InvalidInput, Rejected, BadCredentials, Unavailable])
async def test_a_film_that_is_refused_for_a_while_is_fetched_then(stage: Stage, kind: type[ProviderError]) -> None:
    job = await told(stage, Finished(files=FILM), film=[kind("not now"), b"film"])
    assert job.state is State.complete


async def test_a_film_that_is_gone_is_asked_for_no_more(stage: Stage) -> None:
    job = await told(stage, Finished(files=FILM), film=[Expired("gone")])
    assert job.failure is not None
    assert (job.state, job.failure.charged) == (State.error, Charged.yes)


@pytest.mark.parametrize("frame", [Expired("gone"), Unavailable("away"), b"a film instead"], ids=str)
async def test_a_last_frame_that_does_not_come_is_cut_and_costs_no_film(stage: Stage, frame: Any) -> None:
    file = RemoteFile(id="film", last_frame="frame")
    wish = "A fox crosses the frozen lake --last-frame"
    job = await told(stage, Finished(files=(file,)), text=wish, frame=[frame])
    assert job.state is State.complete
    assert job.result is not None
    assert stage.shelf.kept[job.result.clips[0].last_frame] == b"last frame", "which was cut from the film"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (Running(fraction=float("nan"), eta=float("nan")), (None, None)),
        (Running(fraction=float("inf"), eta=float("inf")), (1.0, None)),
        (Running(fraction=-3.0, eta=-3.0), (0.0, None)),
        (Running(fraction=0.25, eta=1e30), (0.25, None)),
        (Running(fraction=0.25, eta=60.0), (0.25, 60.0)),
    ],
)
async def test_progress_that_cannot_be_is_not_shown(stage: Stage, said: Running, kept: tuple[Any, Any]) -> None:
    liar = Liar(says=[said])
    stage = replace(stage, house=replace(stage.house, providers={liar.name: liar}))
    job = await stage.ask()
    await stage.press(job.id, "confirm")
    for _ in range(3):
        await stage.tick()
        await stage.show()
        stage.clock.forward(1)
    job = await stage.job(job.id)
    assert (job.state, job.progress, job.eta) == (State.processing, *kept)
    assert stage.board.posts[job.card_id][-1].title == "Rendering"


async def test_words_of_a_provider_reach_a_card_as_one_short_plain_line(stage: Stage) -> None:
    """No control characters, nothing that turns a line round, no megabyte: a chat would refuse the whole card."""
    wild = "red\x00\x1b[31m and \u202eback\u2066\n\n\ttext \ud800" + "x" * 1_000_000
    job = await told(stage, Failed(error=InvalidInput(wild, mend=wild)))
    assert job.failure is not None
    assert "request: red[31m and back text xxx" in job.failure.say
    assert len(job.failure.say) < MAX_WORDS + 60
    assert len(job.failure.mend) == MAX_NOTE
    assert (job.failure.say + job.failure.mend).isprintable()


async def test_a_note_of_a_provider_is_cut_and_cleaned_too(stage: Stage) -> None:
    job = await told(stage, Finished(files=FILM, details={"note": "made\x00 shorter\u202e " + "x" * 1_000_000}))
    assert job.result is not None
    [note] = job.result.notes
    assert note.startswith("made shorter xxx")
    assert len(note) == MAX_NOTE
