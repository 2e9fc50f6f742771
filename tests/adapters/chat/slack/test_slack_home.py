"""The App Home: what runs for me, the library, and what this month cost."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from adapters.chat.slack.elements import About, button_about
from adapters.chat.slack.home import Home, Look, home_view, look_for, looked_at
from adapters.chat.slack.spent import Spent
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
    plain: dict[str, Any] = {"jobs": (), "clips": (), "pictures": {}, "spent": Spent(Decimal(0), "November 2026")}
    plain["total"] = len(changes.get("clips", ()))
    return Home(**(plain | changes))


def buttons(view: dict[str, Any]) -> list[dict[str, Any]]:
    beside = [block["accessory"] for block in view["blocks"] if block.get("accessory", {}).get("type") == "button"]
    return beside + [one for block in view["blocks"] if block["type"] == "actions" for one in block["elements"]]


def test_an_empty_home_says_how_to_begin():
    """Nothing runs, nothing is there, nothing was spent; what to do is said."""
    view = home_view(home())
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
    assert button_about(cancel["value"]) == About(job.id, job.version)
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
    view = home_view(home(clips=[replace(CLIP, prompt="A fox leaps")], pictures={"p.jpg": "F0123456789"}))
    assert view_problems(view) == []
    shown = texts(view)
    assert "fox.mp4" in shown
    assert "8 s · 1280 × 720 · <!date^1795176000^{date_short_pretty}|2026-11-20>" in shown
    assert "A fox leaps" in shown
    stills = [block["accessory"] for block in view["blocks"] if block.get("accessory", {}).get("type") == "image"]
    assert stills == [{"type": "image", "slack_file": {"id": "F0123456789"}, "alt_text": "A fox leaps"}]


def test_spending_is_told_for_the_month():
    """In credits."""
    assert "1,234.50 credits spent in November 2026." in texts(
        home_view(home(spent=Spent(Decimal("1234.5"), "November 2026")))
    )


def labels(view: dict[str, Any]) -> list[str]:
    return [one["text"]["text"] for one in buttons(view)]


def test_each_film_has_its_buttons_and_the_library_its_own():
    """About that film and no other; what cannot do anything is no button."""
    film = ["Show", "Again", "Use as reference", "Add to merge", "Delete…"]
    one = home_view(home(clips=[CLIP]))
    assert labels(one) == [*film, "Search"]
    again = buttons(one)[1]
    assert (again["action_id"], again["accessibility_label"]) == ("clapper:again:V-1", "Again, fox.mp4")
    assert button_about(again["value"]) == About("J-1", 0, "V-1")
    merged = home_view(home(clips=[replace(CLIP, model="merge")]))
    assert "Again" not in labels(merged)
    assert "trash" in buttons(one)[4]["confirm"]["text"]["text"]
    two = home_view(home(clips=[CLIP, replace(CLIP, id="V-2")]))
    assert labels(two) == [*film, *film, "Search", "Merge films"]


def test_a_page_of_the_library_leads_to_those_beside_it():
    """And the view remembers where one looks."""
    first, middle, last = (home_view(home(clips=[CLIP], total=23, look=Look(page, "fox"))) for page in (1, 2, 3))
    turning = [
        [one for one in labels(view) if one in {"Previous", "Next", "Show all"}] for view in (first, middle, last)
    ]
    assert turning == [["Next", "Show all"], ["Previous", "Next", "Show all"], ["Previous", "Show all"]]
    assert "Library: 23 films with “fox”, page 2 of 3" in texts(middle)
    assert looked_at(middle) == Look(2, "fox")


@pytest.mark.parametrize(
    "held", ["", "x", "[]", "3", '{"page": "x", "words": ""}', '{"page": 1e999, "words": ""}', "[" * 3000]
)
def test_a_home_that_says_nothing_readable_begins_anew(held):
    """Nothing is lost with it."""
    assert looked_at({"private_metadata": held}) == looked_at({}) == Look()


def test_a_page_that_cannot_be_is_the_nearest_that_can():
    """Nothing looks beyond what is counted."""
    assert looked_at({"private_metadata": '{"page": -3, "words": " a \\n b "}'}) == Look(1, "a b")
    assert looked_at({"private_metadata": '{"page": 999999999, "words": ""}'}).page == 1000


def test_hundreds_of_films_and_jobs_fit_and_the_rest_is_counted():
    """A home holds a hundred blocks."""
    card = Card(title="Rendering", text="A fox", job=JOB.id)
    view = home_view(home(jobs=[(JOB, card)] * 100, clips=[CLIP] * 10, total=1000))
    assert view_problems(view) == []
    assert "88 more; ask for “status” to see them all." in texts(view)
    assert "1,000 or more films, page 1 of 100" in texts(view)


@OFTEN
@given(CARDS, TEXTS)
def test_whatever_is_written_slack_takes_the_home(card, odd):
    """Names, prompts and titles of any kind."""
    clips = [replace(CLIP, drive_path=odd, prompt=odd, seconds=float("nan"))] * 30
    request = VideoRequest(prompt=odd)
    jobs = [(replace(JOB, id=odd, request=request), one) for one in (card, None)] * 8
    view = home_view(home(jobs=jobs, clips=clips, spent=Spent(Decimal(1), odd), workspace=Spent(Decimal(1), odd, Decimal(1)), look=look_for(odd, 2), pictures={"p.jpg": "F0123456789"}))  # fmt: skip
    assert view_problems(view) == []
