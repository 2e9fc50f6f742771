"""The library on Home, with the whole core behind it: its pages, its search, and what its buttons lead to."""

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bot.domain.chat import Conversation, Person
from bot.domain.drive import Clip, drive_key
from bot.domain.job import State
from bot.domain.ledger import EntryKind, LedgerEntry
from tests.adapters.chat.slack.living import Living, living
from tests.adapters.chat.slack.office import PIXEL
from tests.adapters.chat.slack.server.slack import Slack
from tests.stored import a_job

ASKER, OTHER, TEAM = Slack.ASKER, Slack.OTHER, Slack.TEAM
ME = Person("slack", TEAM, ASKER, "Asker")


@pytest.fixture
async def bot(slack: Slack, tmp_path: Path) -> AsyncIterator[Living]:
    async with living(slack, tmp_path) as one:
        for number in range(1, 13):
            await film(one, number)
        yield one


async def film(bot: Living, number: int, owner: Person = ME) -> None:
    """One on the Drive with its bytes and its poster; the highest number is the newest."""
    id, path = f"FILM{number:06d}-1", f"film-{number}.mp4"
    key, poster = drive_key(path, owner), f"posters/{id}.png"
    for each in (key, poster):
        (bot.drive / each).parent.mkdir(parents=True, exist_ok=True)
        (bot.drive / each).write_bytes(PIXEL)
    made = bot.clock.now() - timedelta(hours=1) + timedelta(seconds=number)
    clip = Clip(id=id, workspace=TEAM, owner=owner, job=f"J-FILM{number:06d}", drive_path=path, key=key, bytes=len(PIXEL), seconds=8.0,
                width=1280, height=720, made_at=made, poster=poster, prompt=f"A {'fox' if number % 2 else 'owl'} at dusk", model="toll-1",
                title="Toll One")  # fmt: skip
    await bot.house.storage.names.reserve(id, key)
    await bot.house.storage.clips.add(clip)


async def home(slack: Slack, having: str, person: str = ASKER):
    """The person's Home as soon as it says so."""
    await slack.until(lambda: having in str(getattr(slack.local.homes.get(person), "view", "")))
    return slack.local.homes[person]


async def opened(slack: Slack, view: str, what: str):
    before = len(slack.local.opened)
    await slack.press(view, what, ASKER)
    await slack.until(lambda: len(slack.local.opened) > before)
    return slack.local.opened[-1]


async def test_the_library_is_leafed_through_and_searched(bot, slack):
    await slack.open_home(ASKER)
    first = await home(slack, "12 films, page 1 of 2")
    await home(slack, "slack_file")
    assert [f"film-{n}.mp4" in str(first.view) for n in (12, 3, 2)] == [True, True, False]
    await slack.press(first.id, "Next", ASKER)
    second = await home(slack, "page 2 of 2")
    assert [f"film-{n}.mp4" in str(second.view) for n in (3, 2, 1)] == [False, True, True]

    asking = await opened(slack, second.id, "Search")
    await slack.submit(asking.id, {"words": "OWL dus"}, ASKER)
    owls = await home(slack, "6 films with “OWL dus”")
    assert "A fox" not in str(owls.view)
    await slack.press(owls.id, "Show all", ASKER)
    await home(slack, "12 films, page 1 of 2")

    await slack.open_home(OTHER)
    assert "film-" not in str((await home(slack, "Finished films appear here.", OTHER)).view)


async def test_admins_see_on_home_what_all_of_the_workspace_spent(bot, slack):
    """And whoever is none sees their own alone."""
    job = a_job("J-SPENT", author=ME, conversation=Conversation("slack", TEAM, "C1"))
    spent = [
        LedgerEntry(
            kind=EntryKind.charge, credits=Decimal(12), job=job.id, person=ME, at=bot.clock.now(), channel="C1"
        ),
    ]
    await bot.house.storage.jobs.add(job)
    await bot.house.storage.jobs.save(job.move(State.declined, bot.clock.now(), next_step_at=None), spent)
    slack.local.users[OTHER].more["is_admin"] = True
    await slack.open_home(OTHER)
    seen = str((await home(slack, "By everybody: 12.00 credits spent in ", OTHER)).view)
    assert "0.00 credits spent in " in seen
    await slack.open_home(ASKER)
    assert "By everybody" not in str((await home(slack, "12.00 credits spent in ")).view)


async def test_what_is_pressed_on_home_is_answered_in_the_direct_message(bot, slack):
    direct = slack.dm(ASKER)
    await slack.open_home(ASKER)
    shelf = await home(slack, "12 films")
    await slack.press(shelf.id, "clapper:film:FILM000012-1", ASKER)
    card = await slack.card(direct, having="film-12.mp4")
    await slack.until(lambda: "slack_file" in str(card.blocks))

    asking = await opened(slack, shelf.id, "clapper:reference:FILM000011-1")
    await slack.submit(asking.id, {"prompt": "The fox lands on a roof"}, ASKER)
    await slack.card(direct, having="The fox lands on a roof")
    [job] = await bot.jobs()
    assert (job.state, job.conversation.channel, job.parent.clip) == (
        State.awaiting_confirmation,
        direct,
        "FILM000011-1",
    )
    await home(slack, "The fox lands on a roof")

    await slack.press(shelf.id, "clapper:delete:FILM000010-1", ASKER)
    await home(slack, "11 films")
    assert (await bot.house.storage.clips.get("FILM000010-1")).trashed_at is not None
    assert len(slack.calls("conversations.open")) == 1, "the direct message is known from then on"


async def test_films_are_merged_from_home_in_the_order_of_their_places(bot, slack):
    await slack.open_home(ASKER)
    shelf = await home(slack, "12 films")
    asking = await opened(slack, shelf.id, "Merge films")
    order = {"1:films": "FILM000003-1", "2:films": "FILM000001-1", "format": "portrait"}
    await slack.submit(asking.id, order, ASKER)
    await slack.until(lambda: slack.posts(slack.dm(ASKER)))
    [job] = await bot.jobs()
    assert job.request.join is not None
    assert job.request.join.format == "portrait"
    assert [one.source.value for one in job.request.references] == ["FILM000003-1", "FILM000001-1"]
    assert job.conversation.channel == slack.dm(ASKER)


async def test_nobody_does_anything_with_a_film_that_they_may_not_see(bot, slack):
    """A forged item on one's own Home."""
    await film(bot, 99, Person("slack", TEAM, OTHER, "Other"))
    await slack.open_home(ASKER)
    shelf = await home(slack, "12 films")
    forged = [one for block in shelf.view["blocks"] for one in block.get("elements", []) if "FILM000012-1" in str(one)]
    for button in forged:
        button["value"] = button["value"].replace("FILM000012-1", "FILM000099-1")
        await slack.press(shelf.id, button["action_id"], ASKER)
    direct = slack.dm(ASKER)
    await slack.until(lambda: sum("not here any more" in str(one.blocks) for one in slack.posts(direct)) >= 4)
    assert "Other" not in str([one.blocks for one in slack.posts(direct)])
    assert not slack.calls("views.open")
    assert await bot.jobs() == []
    assert (await bot.house.storage.clips.get("FILM000099-1")).trashed_at is None


async def test_a_list_that_one_person_sees_is_leafed_through_in_its_place(bot, slack):
    whispers = slack.local.channels[Slack.GENERAL].ephemerals
    await slack.command("/clapper library", ASKER, channel=Slack.GENERAL)
    await slack.until(lambda: whispers)
    [shown] = whispers
    await slack.press(shown, "Next", ASKER)
    await slack.until(lambda: "film-1.mp4" in str(shown.message))
    await slack.press(shown, "Previous", ASKER)
    await slack.until(lambda: "film-12.mp4" in str(shown.message))
    assert len(whispers) == 1
