"""The library, the budget and what holds here: the same on every chat, for everybody else only what is theirs to see."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.domain.card import Action
from bot.domain.chat import Command, Conversation, Message
from bot.domain.drive import Clip
from bot.domain.errors import BadRequest, NotAllowed
from bot.domain.job import State, job_id
from bot.domain.media import MediaKind
from bot.domain.request import Origin, Setting, Settings
from bot.flows.hear import hear, reply_id
from bot.flows.sight import named
from tests.houses import ASKER, HERE, OTHER


async def made(stage, text, author=ASKER, place=HERE):
    stage.asked += 1
    key = f"wish-{stage.asked}"
    await hear(Message(key, place, author, text), stage.house)
    await stage.press(job_id(key), "confirm", who=author)
    await stage.run()
    job = await stage.job(job_id(key))
    assert job.state is State.complete
    return job


async def clips(stage, count, **more):
    """Films in the library without their jobs."""
    for number in range(1, count + 1):
        clip = Clip(
            id=f"F-{number}",
            workspace="team",
            owner=more.get("owner", ASKER),
            job=f"J-{number}",
            drive_path=f"videos/{number}.mp4",
            key=f"board-team/people/U1/videos/{number}.mp4",
            bytes=1_200_000,
            seconds=5.04,
            width=1280,
            height=720,
            made_at=stage.clock.now(),
            poster=f".posters/{number}.jpg",
            expires_at=more.get("expires_at"),
        )
        await stage.house.storage.clips.add(clip)


def paths(card):
    """The Drive paths that a list shows, without their numbers."""
    return [field.name.partition(". ")[2] for field in card.fields]


async def test_the_library_lists_each_film_with_its_facts_and_its_poster(stage):
    """Newest first; length, size, Drive path, day and model, a numbered sheet of their posters, and a button each."""
    await made(stage, "A fox crosses the frozen lake --out promo/fox")
    second = await made(stage, "A heron lands on the pier")
    card = await stage.say("library")
    assert card.title == "The library: 2 films"
    newest = second.result.clips[0]
    assert [field.name for field in card.fields] == [f"1. {newest.drive_path}", "2. promo/fox.mp4"]
    assert card.fields[0].value.startswith("A heron lands on the pier · 5 s · ")
    assert card.fields[1].value == "5 s · 1280 × 720 · 26 bytes · 20 Nov 2026 · Toll One"
    [sheet] = card.media
    assert (sheet.kind, sheet.alt) == (MediaKind.image, f"1: {newest.name}, 2: fox.mp4")
    drawn = stage.shelf.kept[sheet.key].decode()
    assert f"'1 {newest.name}'" in drawn
    assert "'2 fox.mp4'" in drawn
    older = (await stage.house.storage.clips.at("board-team/people/U1/promo/fox.mp4")).id
    assert [(b.action, b.label, b.item) for b in card.buttons] == [
        (Action.film, "1", newest.id),
        (Action.film, "2", older),
    ]


async def test_films_without_posters_are_shown_themselves(stage):
    """A sheet is a courtesy: nothing is missing without it."""
    await clips(stage, 2)
    card = await stage.say("library")
    assert [(film.kind, film.name) for film in card.media] == [(MediaKind.video, "2.mp4"), (MediaKind.video, "1.mp4")]


async def test_an_empty_library_is_told_kindly(stage):
    assert (await stage.say("library")).title == "The library is empty"


async def test_the_library_has_ten_films_a_page(stage):
    """`library 2` goes on, and a page that is not there is told."""
    await clips(stage, 23)
    first, third = await stage.say("library"), await stage.say("library 3")
    assert paths(first) == [f"videos/{n}.mp4" for n in range(23, 13, -1)]
    assert first.notes[0] == "Page 1 of 3."
    assert [(b.label, b.item) for b in first.buttons if b.action is Action.page] == [("Next", "2")]
    assert [field.name for field in third.fields] == ["21. videos/3.mp4", "22. videos/2.mp4", "23. videos/1.mp4"]
    assert [(b.label, b.item) for b in third.buttons if b.action is Action.page] == [("Previous", "2")]
    assert "there is no page 4" in (await stage.say("library 4")).text


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("FOX lake", ["fox.mp4"]),
        ("promo", ["fox.mp4"]),
        ("toll one", ["heron.mp4", "fox.mp4"]),
        ("toll-1 fox", ["fox.mp4"]),
        ("by asker fox", ["fox.mp4"]),
        ("by ask fox", ["fox.mp4"]),
        ("fox today", ["fox.mp4"]),
        ("over 4 s, 2026-11-20, fox", ["fox.mp4"]),
    ],
)
async def test_words_find_films_by_prompt_path_and_model(stage, words, found):
    """Every word has to be somewhere."""
    await made(stage, "A fox crosses the frozen lake --out promo/fox")
    await made(stage, "A heron lands on the pier --out heron")
    card = await stage.say(f"library search {words}")
    assert [path.rpartition("/")[2] for path in paths(card)] == found
    assert (await stage.say("library search walrus")).title == "No film with “walrus”"


async def test_a_search_is_paged_in_its_place(stage):
    """The card keeps what was asked for in mind, and the numbers of the pages seen add up."""
    await clips(stage, 12)
    first = await stage.say("library search videos")
    assert (first.title, len(first.fields)) == ("12 films with “videos”", 10)
    await stage.press(first.job, "page", item="2")
    posting = await stage.house.storage.cards.get(first.job)
    assert (posting.card.title, posting.card.job) == (first.title, first.job)
    assert [field.name for field in posting.card.fields] == ["11. videos/2.mp4", "12. videos/1.mp4"]
    message = Message("m", HERE, ASKER, "")
    assert [(await named(word, message, stage.house)).id for word in ("1", "12")] == ["F-12", "F-1"]
    assert len((await stage.say("library search videos 2")).fields) == 2


async def test_a_page_that_is_gone_shows_the_last_there_is(stage):
    """Films may have been deleted since the list was drawn."""
    await clips(stage, 11)
    first = await stage.say("library")
    await stage.house.storage.clips.forget("F-3")
    for item in ("2", "9" * 32):
        await stage.press(first.job, "page", item=item)
        posting = await stage.house.storage.cards.get(first.job)
        assert len(posting.card.fields) == 10


async def test_only_who_asked_for_a_list_may_page_it_and_only_for_a_day(stage):
    """Others would see their own films in it; an old one is asked for again."""
    await clips(stage, 11)
    first = await stage.say("library")
    with pytest.raises(NotAllowed, match=r"Asker's\. Ask for your own"):
        await stage.press(first.job, "page", item="2", who=OTHER)
    for item in ("", "-1", "x", "²"):
        with pytest.raises(BadRequest, match="There is no page"):
            await stage.press(first.job, "page", item=item)
    stage.clock.forward(25 * 3600)
    await stage.house.storage.notes.forget(stage.clock.now())
    with pytest.raises(BadRequest, match="more than a day old"):
        await stage.press(first.job, "page", item="2")


async def test_films_of_others_are_those_of_this_channel_and_of_the_space(stage):
    """Whose they are is told; what was made elsewhere is neither shown nor found, nor what is temporary."""
    away = Conversation("board", "team", "private")
    await made(stage, "A secret launch film --out launch", OTHER, away)
    await made(stage, "A shared teaser --out /space/teaser", OTHER, away)
    await made(stage, "A heron lands on the pier --temporary", OTHER)
    await made(stage, "A heron takes off --out heron", OTHER)
    mine = await made(stage, "A fox crosses the frozen lake --temporary")
    card = await stage.say("library")
    assert paths(card) == [mine.result.clips[0].drive_path, "heron.mp4", "/space/teaser.mp4"]
    assert "kept until" in card.fields[0].value
    assert [
        field.value.endswith(end)
        for field, end in zip(card.fields[1:], ("by Other, on their own Drive", "by Other"), strict=True)
    ] == [True] * 2
    assert "launch" not in repr(card)
    assert (await stage.say("library search secret")).title == "No film with “secret”"


async def test_a_temporary_film_whose_time_is_over_is_gone_from_the_library(stage):
    """Though it was not swept yet."""
    await clips(stage, 1, expires_at=stage.clock.now() + timedelta(seconds=10))
    assert len((await stage.say("library")).fields) == 1
    stage.clock.forward(11)
    assert (await stage.say("library")).title == "The library is empty"


def told(card):
    return {field.name: field.value for field in card.fields}


async def test_the_budget_tells_what_was_spent_this_month_and_what_is_reserved(stage):
    """Mine alone; a film on its way is reserved, one that is ready is charged."""
    await made(stage, "A fox crosses the frozen lake")
    await made(stage, "A heron lands on the pier", OTHER)
    waiting = await stage.ask("A fox sleeps --seconds 8")
    assert told(await stage.say("budget"))["You"] == "50 spent, 0 reserved; no budget is set"
    await stage.press(waiting.id, "confirm")
    card = await stage.say("budget")
    assert card.title == "You spent 50 credits in November 2026"
    assert told(card) == {
        "You": "50 spent, 80 reserved; no budget is set",
        "This channel": "100 spent, 80 reserved; no budget is set",
        "This workspace": "100 spent, 80 reserved; no budget is set",
        "Rate": "100 credits a dollar",
    }


async def test_the_budget_begins_anew_with_each_month(stage):
    """In UTC."""
    await made(stage, "A fox crosses the frozen lake")
    stage.clock.at = stage.clock.at.replace(month=12, day=1, hour=0, minute=0)
    assert (await stage.say("budget")).title == "You spent 0 credits in December 2026"


async def test_the_settings_tell_what_holds_here(stage):
    """Defaults, limits, how long a price stands, who decides, and what is connected."""
    defaults = Settings(audio=Setting(value=False, origin=Origin.default), resolution=Setting("1080p", Origin.default))
    rules = replace(
        stage.house.rules, defaults=defaults, approvers=frozenset({"board:U2"}), credits_per_dollar=Decimal(250)
    )
    rules = replace(rules, person_bytes=20_000_000_000)
    stage.house = replace(stage.house, rules=rules)
    told = {field.name: field.value for field in (await stage.say("settings")).fields}
    assert told == {
        "Model": "Toll One",
        "Resolution": "1080p",
        "Sound": "off",
        "Months begin in": "UTC (the operator's)",
        "A price stands for": "30 min",
        "Temporary films are kept for": "24 h",
        "Files that come in": "up to 20, each up to 536.9 MB",
        "Your Drive holds": "up to 20 GB",
        "Who decides about a film": "whoever asked for it, and 1 person who may decide for others",
        "Rate": "250 credits a dollar",
        "Models": "Toll One",
    }


@pytest.mark.parametrize("verb", ["library", "budget", "settings", "status", "models", "tips", "help"])
async def test_a_command_is_answered_to_its_author_alone(stage, verb):
    """A command is seen by nobody else, and neither is its answer; a message is answered where all can read it."""
    await hear(Command("c1", HERE, ASKER, verb, ""), stage.house)
    await hear(Message("m1", HERE, ASKER, verb), stage.house)
    await stage.show()
    assert stage.board.private == {reply_id("c1"): ASKER}
    assert set(stage.board.posts) == {reply_id("c1"), reply_id("m1")}


async def test_a_command_that_asks_for_a_film_has_a_card_that_all_can_see_and_its_refusals_to_its_author(stage):
    """The film belongs to the channel."""
    await hear(Command("c1", HERE, ASKER, "make", "A fox crosses the frozen lake"), stage.house)
    await hear(Command("c2", HERE, ASKER, "cancel", "J-NOTTHERE"), stage.house)
    await stage.show()
    assert stage.board.private == {reply_id("c2"): ASKER}
    assert (await stage.job(job_id("c1"))).card_id in stage.board.posts


async def test_status_of_the_channel_counts_what_runs_in_its_threads(stage):
    """A command is given in the channel, the films run in threads."""
    await stage.ask()
    await hear(Command("c1", replace(HERE, thread=""), OTHER, "status", "channel"), stage.house)
    posting = await stage.house.storage.cards.get(reply_id("c1"))
    assert posting.card.title == "One is waiting here"
