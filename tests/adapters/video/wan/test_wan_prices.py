"""The quote is never lower than what Model Studio bills: the seconds that went in and came out, at the rate of the row."""

from decimal import Decimal

import pytest

from adapters.video.wan.wire import answers
from adapters.video.wan.wire.create import route
from bot.domain.media import Role
from bot.domain.model import AUTO
from bot.domain.request import VideoRequest
from bot.domain.rules import Rules
from bot.flows.quote import quote
from bot.ports.video import Finished, Order
from tests.fakes import NOON
from tests.shelf import chosen, film, model, picture, sound, wish

FIRST = picture("@Image1", Role.first_frame)
# what is asked for, and the seconds that go in and come out; the first two are the documents' own samples
BILLED = {
    "references of 2.7": (
        wish("x", film("@Video1"), picture("@Image1"), model="wan-2.7-r2v", seconds=10.0, resolution="720p"),
        5,
        10,
        "1.50",
    ),
    "references of 2.6": (
        wish("x", film("@Video1"), model="wan-2.6-r2v", seconds=5.0, resolution="720p"),
        5,
        5,
        "1.00",
    ),
    "an edit that keeps its length": (
        wish("Edit @Video1", film("@Video1", 10.0), model="wan-2.7-edit"),
        10,
        10,
        "3.00",
    ),
    "a short film edited": (wish("Edit @Video1", film("@Video1", 3.0), model="wan-2.7-edit"), 3, 3, "0.90"),
    "a clip carried on, billed as given and as made": (
        wish("Extend @Video1", film("@Video1", 10.0), model="wan-2.7-i2v", seconds=5.0),
        10,
        15,
        "3.75",
    ),
    "a clip carried on, billed as made": (
        wish("Extend @Video1", film("@Video1", 10.0), model="wan-2.7-i2v", seconds=5.0, resolution="720p"),
        0,
        15,
        "1.50",
    ),
    "a sound that drives": (wish("x", FIRST, sound("@Audio1"), model="wan-2.7-i2v", seconds=5.0), 0, 5, "0.75"),
    "3.0 left to decide": (wish("x", model="wan-3", seconds=AUTO), 0, 30, "6.00"),
    "3.0 prime with a film": (
        wish("x", film("@Video1"), model="wan-3-prime", seconds=AUTO, resolution="480p"),
        5,
        25,
        "2.040",
    ),
    "2.2": (wish("x", model="wan-2.2", resolution="480p"), 0, 5, "0.10"),
}


def settled(request: VideoRequest, billed: int) -> tuple[Decimal, Decimal]:
    """What it costs, and what was quoted, in dollars."""
    choice = chosen(request, "wan")
    row = model(choice.model)
    asked = VideoRequest(prompt=request.prompt, settings=choice.settings, references=request.references)
    order = Order(key="J-ONE-1", job="J-ONE", model=row, request=asked, sent_at=NOON)
    output = {"task_id": "t", "task_status": "SUCCEEDED", "video_url": "https://x"}
    task = answers.Task.model_validate({"output": output, "usage": {"duration": billed}})
    done = answers.progress(task, route(order))
    assert isinstance(done, Finished)
    assert done.usd is not None
    return done.usd, quote(choice, row, request, Rules(), NOON).credits / Rules().credits_per_dollar


@pytest.mark.parametrize("name", BILLED)
def test_nobody_is_charged_more_than_the_quote(name: str) -> None:
    request, taken, made, usd = BILLED[name]
    charged, quoted = settled(request, taken + made)
    assert charged == Decimal(usd)
    assert charged <= quoted
