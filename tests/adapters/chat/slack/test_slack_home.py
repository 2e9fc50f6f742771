"""The App Home: what runs for me, the library, and what this month cost."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from adapters.chat.slack.elements import button_about
from adapters.chat.slack.home import Home, home_view
from bot.domain.card import Card
from bot.domain.chat import Conversation, Person
from bot.domain.drive import Clip
from bot.domain.job import Job, State
from bot.domain.request import VideoRequest
from bot.flows.show import card_of
from tests.adapters.chat.slack.hostile import CARDS, OFTEN, TEXTS, texts, view_problems
from tests.fakes import NOON, SetClock
from tests.houses import open_storage, staged, template

ME = Person("slack", "T1", "U1")
JOB = Job(
    id="J-ABCDEFGHIJ",
    conversation=Conversation("slack", "T1", "C1", "1.0"),
    author=ME,
    request=VideoRequest(prompt="A fox"),
    made_at=NOON,
    changed_at=NOON,
    state=State.processing,
)
CLIP = Clip(
    id="V-1", workspace="T1", owner=ME, job="J-1", drive_path="promo/fox.mp4", key="f.mp4", bytes=3, seconds=8.0, width=1280, height=720, made_at=datetime(2026, 11, 20, 12, tzinfo=UTC), poster="p.jpg"
)  # fmt: skip


@pytest.fixture(scope="module")
def empty_database(tmp_path_factory):
    return template(tmp_path_factory.mktemp("template"))


@pytest.fixture
async def stage(empty_database, tmp_path):
    clock = SetClock()
    storage = open_storage(empty_database, tmp_path, clock)
    yield staged(storage, tmp_path, clock)
    await storage.aclose()


def home(**changes: Any) -> Home:
    plain: dict[str, Any] = {"jobs": (), "clips": (), "pictures": {}, "spent": Decimal(0), "month": "November 2026"}
    return Home(**(plain | changes))


def buttons(view: dict[str, Any]) -> list[dict[str, Any]]:
    beside = [block["accessory"] for block in view["blocks"] if block.get("accessory", {}).get("type") == "button"]
    return beside + [one for block in view["blocks"] if block["type"] == "actions" for one in block["elements"]]


def test_an_empty_home_says_how_to_begin():
    """Nothing runs, nothing is there, nothing was spent; what to do is said."""
    view = home_view(home(merge=True))
    assert view_problems(view) == []
    shown = texts(view)
    assert "Nothing is running for you." in shown
    assert "Finished films appear here." in shown
    assert "0.00 credits spent in November 2026." in shown
    assert "nothing starts before you confirm" in shown
    assert buttons(view) == []


async def test_a_running_film_can_be_cancelled_from_home(stage):
    """The same button as on its card, about the same job and revision."""
    stage.tollbooth.polls = ["running"]
    job = await stage.ask("A fox crosses the frozen lake, 8 seconds")
    await stage.press(job.id, "confirm")
    for _ in range(3):
        await stage.tick()
        stage.clock.forward(6)
    job = await stage.job(job.id)
    view = home_view(home(jobs=[(job, await card_of(job, stage.house))]))
    assert view_problems(view) == []
    (cancel,) = buttons(view)
    assert cancel["action_id"] == "clapper:cancel"
    assert button_about(cancel["value"]) == (job.id, job.version)
    shown = texts(view)
    assert "██████████░░░░░░░░░░ 50%" in shown
    assert "Ready about <!date^" in shown
    assert "A fox crosses the frozen lake" in shown
    assert job.id in shown


def test_a_film_whose_card_was_never_drawn_is_listed_without_a_button():
    """Its state in words all the same."""
    view = home_view(home(jobs=[(JOB, None)]))
    assert view_problems(view) == []
    assert "Rendering" in texts(view)
    assert buttons(view) == []


def test_the_library_shows_name_length_day_and_what_was_asked():
    """With the still beside it once Slack has it."""
    view = home_view(home(clips=[CLIP], prompts={"J-1": "A fox leaps"}, pictures={"p.jpg": "F0123456789"}))
    assert view_problems(view) == []
    shown = texts(view)
    assert "fox.mp4" in shown
    assert "8 s · 1280 × 720 · <!date^1795176000^{date_short_pretty}|2026-11-20>" in shown
    assert "A fox leaps" in shown
    stills = [block["accessory"] for block in view["blocks"] if block.get("accessory", {}).get("type") == "image"]
    assert stills == [{"type": "image", "slack_file": {"id": "F0123456789"}, "alt_text": "A fox leaps"}]


def test_spending_is_told_for_the_month():
    """In credits."""
    assert "1,234.50 credits spent in November 2026." in texts(home_view(home(spent=Decimal("1234.5"))))


def test_merging_is_offered_where_it_exists_and_two_films_are_there():
    """A button that cannot do anything is no button."""
    two = [CLIP, replace(CLIP, id="V-2")]
    assert [one["action_id"] for one in buttons(home_view(home(clips=two, merge=True)))] == ["clapper:merge"]
    assert buttons(home_view(home(clips=two))) == []
    assert buttons(home_view(home(clips=two[:1], merge=True))) == []


def test_hundreds_of_films_and_jobs_fit_and_the_rest_is_counted():
    """A home holds a hundred blocks."""
    card = Card(title="Rendering", text="A fox", job=JOB.id)
    view = home_view(home(jobs=[(JOB, card)] * 100, clips=[CLIP] * 300, prompts={"J-1": "A fox"}, merge=True))
    assert view_problems(view) == []
    assert "88 more; ask for “status” to see them all." in texts(view)
    assert "The newest 20 of 300" in texts(view)


@OFTEN
@given(CARDS, TEXTS)
def test_whatever_is_written_slack_takes_the_home(card, odd):
    """Names, prompts and titles of any kind."""
    clips = [replace(CLIP, drive_path=odd, seconds=float("nan"))] * 30
    request = VideoRequest(prompt=odd)
    jobs = [(replace(JOB, id=odd, request=request), one) for one in (card, None)] * 8
    view = home_view(home(jobs=jobs, clips=clips, prompts={"J-1": odd}, month=odd, pictures={"p.jpg": "F0123456789"}, merge=True))  # fmt: skip
    assert view_problems(view) == []
