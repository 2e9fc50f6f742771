"""Cards that one person alone was shown change in their place as long as Slack allows it, and go on below after that."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web

from adapters.chat.slack.handlers import Handlers
from adapters.chat.slack.hosts import answers_at
from adapters.chat.slack.places import ONLY
from bot.domain.card import Action, Button, Card, Field
from bot.domain.errors import Later
from tests.adapters.chat.slack.hearing import Ears
from tests.adapters.chat.slack.office import Office, office, picture
from tests.adapters.chat.slack.server.slack import Slack

GENERAL, ASKER, OTHER = Slack.GENERAL, Slack.ASKER, Slack.OTHER
LIST = Card(
    title="The library: 37 films",
    fields=(Field("1. fox.mp4", "8 s"),),
    media=(picture(),),
    buttons=(Button(Action.film, "1", item="V-1"), Button(Action.page, "Next", item="2")),
    job="S-ABCDEFGHIJ",
)


def page(number: int) -> Card:
    return replace(LIST, fields=(Field(f"{number}0. owl.mp4", "8 s"),))


@pytest.fixture
async def house(slack: Slack, tmp_path: Path) -> AsyncIterator[Office]:
    async with office(slack, tmp_path) as made:
        yield made


async def pressed(house: Office, what: str = "Next") -> None:
    """The newest one is pressed, and the adapter hears it."""
    slack, clients = house.slack, house.platform._clients
    whisper = slack.local.channels[GENERAL].ephemerals[-1]
    handlers = Handlers(Ears(house.storage), clients, house.storage, house.clock)
    body = slack._press_message(slack.local, whisper, what, ASKER, "")
    await handlers.take(body)


def changed(slack: Slack) -> list[str]:
    return [str(one) for whisper in slack.local.channels[GENERAL].ephemerals for one in whisper.versions]


async def test_a_list_turns_its_pages_in_its_place_as_often_as_somebody_presses(house, slack):
    shown = await house.platform.post(house.place(), LIST, key=LIST.job, to=house.person())
    assert shown.id.startswith(ONLY)
    for number in range(2, 9):
        await pressed(house)
        await house.restart().edit(shown, page(number))
    [whisper] = slack.local.channels[GENERAL].ephemerals
    assert f"{8}0. owl.mp4" in str(whisper.message)
    assert len(whisper.versions) == 7


async def test_where_the_address_is_used_up_or_expired_it_goes_on_below_and_says_so(house, slack):
    shown = await house.platform.post(house.place(), LIST, key=LIST.job, to=house.person())
    await pressed(house)
    for number in range(2, 7):
        await house.platform.edit(shown, page(number))
    assert len(changed(slack)) == 5
    await house.platform.edit(shown, page(7))
    first, second = slack.local.channels[GENERAL].ephemerals
    assert "60. owl.mp4" in str(first.message)
    assert ("70. owl.mp4" in str(second.message), second.user) == (True, ASKER)
    assert "This goes on here" in str(second.message)

    await pressed(house)
    await house.platform.edit(shown, page(8))
    assert "80. owl.mp4" in str(second.message)
    assert "This goes on here" not in str(second.message)

    for id, (to, _) in slack.replies_to.items():
        slack.replies_to[id] = (to, float("-inf"))
    await house.platform.edit(shown, page(9))
    assert "90. owl.mp4" in str(slack.local.channels[GENERAL].ephemerals[2].message)


async def test_a_list_on_which_nobody_pressed_stays_as_it_is(house, slack):
    """Slack gives no way to it, and nobody waits for it to change."""
    shown = await house.platform.post(house.place(), LIST, key=LIST.job, to=house.person())
    await house.platform.edit(shown, page(2))
    [whisper] = slack.local.channels[GENERAL].ephemerals
    assert "1. fox.mp4" in str(whisper.message)


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        ("https://hooks.slack.com/actions/T1/2/3", True),
        ("https://hooks.slack.com:443/actions/T1/2/3", True),
        ("http://hooks.slack.com/actions/T1/2/3", False),
        ("https://hooks.slack.com:8443/actions", False),
        ("https://hooks.slack.com.evil.example/actions", False),
        ("https://hooks.slack.com@evil.example/actions", False),
        ("https://evil@hooks.slack.com/actions", False),
        ("https://files.slack.com/actions", False),
        ("http://169.254.169.254/latest/meta-data", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_a_press_is_answered_at_slacks_own_host_alone(url, ours):
    assert answers_at(url, "https://slack.com/api/") is ours


@pytest.mark.parametrize("way", ["replies_host", "replies_onward"])
async def test_a_press_that_names_another_address_has_nothing_sent_there_and_goes_on_below(house, slack, way):
    """Nor one where Slack's own leads on to another."""
    asked: list[str] = []

    async def hear(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(text="ok")

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", hear)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    shown = await house.platform.post(house.place(), LIST, key=LIST.job, to=house.person())
    setattr(slack, way, f"http://127.0.0.1:{runner.addresses[0][1]}")
    await pressed(house)
    await house.platform.edit(shown, page(2))
    await runner.cleanup()
    assert asked == []
    assert "20. owl.mp4" in str(slack.local.channels[GENERAL].ephemerals[1].message)


async def test_a_slack_that_is_away_is_tried_again_later(house, slack):
    shown = await house.platform.post(house.place(), LIST, key=LIST.job, to=house.person())
    await pressed(house)
    slack.replies_trouble = 503
    with pytest.raises(OSError):
        await house.platform.edit(shown, page(2))
    slack.replies_trouble = 429
    with pytest.raises(Later):
        await house.platform.edit(shown, page(2))
    slack.replies_trouble = 0
    await house.platform.edit(shown, page(2))
    assert len(changed(slack)) == 1


async def test_in_a_direct_message_it_stays_shows_its_pictures_and_is_edited_like_any_other(house, slack):
    """Nobody else reads it there."""
    direct = slack.dm(ASKER)
    house.keep("a.png")
    shown = await house.platform.post(house.place(channel=direct), LIST, key=LIST.job, to=house.person())
    [posted] = slack.posts(direct)
    assert shown.id == posted.ts
    await slack.until(lambda: "slack_file" in str(posted.blocks))
    await house.platform.edit(shown, page(2))
    assert "20. owl.mp4" in str(posted.blocks)


async def test_a_page_that_was_turned_elsewhere_is_not_turned_back_by_a_late_picture(house, slack):
    """Another process shows the next page while this one still waits for the picture of the first."""
    slack.process_files_after = None
    house.keep("a.png")
    place = house.place(channel=slack.dm(ASKER))
    await house.storage.cards.say(LIST.job, place, LIST)
    shown = await house.platform.post(place, LIST, key=LIST.job)
    await slack.until(lambda: slack.calls("files.completeUploadExternal"))
    await house.storage.cards.revise(LIST.job, page(2))
    await house.restart().edit(shown, page(2))
    slack.process(slack.local, *slack.local.files.values())
    await slack.until(lambda: "slack_file" in str(slack.posts(place.channel)[0].blocks))
    assert "20. owl.mp4" in str(slack.posts(place.channel)[0].blocks)
    assert all("20. owl.mp4" in str(one.message) for one in slack.posts(place.channel)[0].versions[1:])
