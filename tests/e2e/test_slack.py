"""The whole way through Slack, in both modes: the real program, real pictures, real films."""

import pytest
import pytest_asyncio

from tests.e2e.programs import measured, small_film
from tests.e2e.slack import (
    ASKER,
    GENERAL,
    HTTP,
    OTHER,
    PRICE,
    READY,
    SOCKETS,
    WISH,
    Studio,
    buttons,
    films,
    job_of,
    pictures,
    shown,
    studio,
)
from tests.e2e.test_browser import png

NEWCOMER = "U0OWNHOME1"
pytestmark = pytest.mark.asyncio(loop_scope="module")  # one program in each mode for all of them


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=[SOCKETS, HTTP])
async def running(request, tmp_path_factory):
    async with studio(tmp_path_factory.mktemp("slack"), small_film(), request.param) as one:
        await one.start()
        yield one


@pytest_asyncio.fixture(loop_scope="module")
async def here(running: Studio):
    running.toll.running = False
    yield running
    running.check()


async def test_a_mention_with_a_picture_becomes_a_film_in_its_thread(here):
    slack = here.slack
    picture = slack.file("fox.png", png(640, 480))
    said = await here.wish("1 second, 480p: [Push in] the fox wakes up --model animatic", picture)
    card = await here.card(said.thread, PRICE)
    await slack.until(lambda: pictures(card))  # the contact sheet, once Slack has processed it
    (sheet,) = pictures(card)
    assert {"Confirm", "Edit", "Cancel"} <= set(buttons(card))
    assert films(slack, said.thread) == []

    await slack.press(card, "Confirm", ASKER)
    film = await here.film(said.thread)
    assert await here.card(said.thread, READY) is card
    await slack.until(lambda: pictures(card) and sheet not in pictures(card))  # the poster
    codec, width, height, seconds = measured(film.head)
    assert (codec, width, height) == ("h264", 640, 480)
    assert seconds == pytest.approx(1, abs=0.1)
    assert any("█" in shown(one.message) for one in card.versions)
    assert not {"Confirm", "Edit", "Cancel"} & set(buttons(card))
    assert len(slack.posts(GENERAL, thread=said.thread)) == 2  # the card and the film


async def test_a_typed_yes_in_the_thread_confirms_and_a_variation_of_the_film_asks_anew(here):
    slack, card = here.slack, await here.priced()
    await here.noted(card)
    await slack.say(GENERAL, ASKER, "yes", thread=card.thread)
    await here.film(card.thread)
    assert await here.card(card.thread, READY) is card
    paid = len(here.toll.paid)
    await slack.press(card, "Variation", ASKER)
    (view,) = await slack.until(lambda: [one for one in slack.local.views.values() if one.user == ASKER])
    await slack.submit(view.id, {"Prompt": "A badger digs in the snow"}, ASKER)
    varied = await here.card(card.thread, "A badger digs in the snow")
    assert varied is not card
    assert "Confirm" in buttons(varied)
    assert len(here.toll.paid) == paid


async def test_what_is_changed_in_the_form_is_what_is_made(here):
    slack = here.slack
    card = await here.priced()
    await slack.press(card, "Edit", ASKER)
    (view,) = await slack.until(lambda: [one for one in slack.local.views.values() if one.user == ASKER])
    await slack.submit(view.id, {"Prompt": "A heron lands on the pier", "Length in seconds": "6"}, ASKER)
    assert await here.card(card.thread, "A heron lands on the pier") is card
    assert "6 s" in shown(card.message)
    await slack.press(card, "Confirm", ASKER)
    await here.film(card.thread)


async def test_a_film_is_cancelled_and_none_arrives(here):
    here.toll.running = True
    card = await here.priced()
    await here.slack.press(card, "Confirm", ASKER)
    await here.card(card.thread, "Rendering")
    await here.slack.press(card, "Cancel", ASKER)
    assert await here.card(card.thread, "Cancelled") is card
    await here.slack.until(lambda: here.toll.cancelled)
    here.toll.cancelled.clear()
    assert buttons(card) == []
    assert films(here.slack, card.thread) == []


async def test_a_direct_message_needs_no_mention(here):
    slack, direct = here.slack, here.slack.dm(OTHER)
    said = await slack.say(direct, OTHER, WISH)
    card = await here.card(said.thread, PRICE, direct)
    await slack.press(card, "Confirm", OTHER)
    await here.film(said.thread, direct)
    assert await here.card(said.thread, READY, direct) is card


async def test_a_command_is_answered_to_whoever_gave_it(here):
    slack = here.slack
    here.toll.running = True
    card = await here.priced()
    await slack.press(card, "Confirm", ASKER)
    await here.card(card.thread, "Rendering")
    hidden = slack.local.channel(GENERAL).ephemerals
    for line, words in (
        ("status", job_of(card)),
        ("models", "Toll One"),
        ("help", "film"),
        (f"cancel {job_of(card)}", "cancelled"),
    ):
        before = len(hidden)
        await slack.command(f"/clapper {line}", ASKER, channel=GENERAL)
        await slack.until(lambda before=before: len(hidden) > before)
        answer = hidden[-1]
        assert (answer.user, words in shown(answer.message)) == (ASKER, True), shown(answer.message)
    await here.card(card.thread, "Cancelled")


async def test_the_shortcut_animates_somebody_elses_message(here):
    slack = here.slack
    said = await slack.say(GENERAL, OTHER, "look at this", files=[slack.file("harbour.png", png(640, 480))])
    await slack.shortcut(GENERAL, said.ts, ASKER, "clapper_animate")
    card = await here.card(said.ts, "look at this")
    await slack.until(lambda: pictures(card))
    await slack.press(card, "Cancel", ASKER)
    assert await here.card(said.ts, "Not made") is card


async def test_home_shows_what_runs_and_stops_it(here):
    slack = here.slack
    here.toll.running = True
    slack.add_user(slack.local, NEWCOMER, "Newcomer")
    said = await slack.mention(GENERAL, NEWCOMER, "An owl turns its head --model toll-1")
    card = await here.card(said.thread, PRICE)
    await slack.press(card, "Confirm", NEWCOMER)
    await here.card(card.thread, "Rendering")
    await slack.open_home(NEWCOMER)
    home = await slack.until(lambda: slack.local.homes.get(NEWCOMER))
    assert "An owl turns its head" in shown(home.view)
    await slack.press(home.id, "Cancel", NEWCOMER)
    await here.card(card.thread, "Cancelled")
    await slack.until(lambda: "An owl turns its head" not in shown(slack.local.homes[NEWCOMER].view))


async def test_only_the_one_who_asked_may_confirm_and_only_the_other_is_told(here):
    slack = here.slack
    card = await here.priced()
    hidden = slack.local.channel(GENERAL).ephemerals
    before = len(hidden)
    await slack.press(card, "Confirm", OTHER)
    await slack.until(lambda: len(hidden) > before)
    refusal = hidden[-1]
    assert (refusal.user, refusal.visible) == (OTHER, True)
    assert "can decide about job" in shown(refusal.message)
    assert job_of(card) not in here.toll.paid
    await slack.press(card, "Confirm", ASKER)
    await here.film(card.thread)


async def test_whatever_comes_twice_is_done_once(here):
    slack, paid = here.slack, len(here.toll.paid)
    said = await here.wish(first="message")
    for one in said.deliveries:
        await slack.again(one)
    card = await here.card(said.thread, PRICE)
    first = await slack.press(card, "Confirm", ASKER)
    await slack.again(first)
    await slack.say(GENERAL, ASKER, "yes", thread=said.thread)
    await here.film(said.thread)
    for one in (*said.deliveries, first):
        await slack.again(one)
    # What comes after all that is heard after it.
    second = await here.priced()
    assert len(slack.posts(GENERAL, thread=said.thread)) == 2
    assert len(here.toll.paid) == paid + 1
    await slack.press(second, "Cancel", ASKER)
    await here.card(second.thread, "Not made")
