"""The whole way through Discord: the real program, real pictures, real films."""

import asyncio

import pytest
import pytest_asyncio

from tests.e2e.discord import SECONDS, WISH, Studio, job_of, pictures, shown, studio
from tests.e2e.programs import measured
from tests.e2e.test_browser import png

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one program for all of them


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory):
    async with studio(tmp_path_factory.mktemp("discord")) as one:
        await one.start()
        await one.discord.until(lambda: one.discord.syncs)
        yield one


@pytest_asyncio.fixture(loop_scope="module")
async def here(running: Studio):
    running.toll.running = False
    running.move()
    yield running
    running.check()


async def test_a_mention_with_a_picture_becomes_a_film_that_plays_in_the_channel(here):
    discord = here.discord
    wish = "1 second, 480p: [Push in] the fox wakes up --model animatic"
    card = await here.priced(wish, files=[("fox.png", png(640, 480))])
    await discord.until(lambda: pictures(card))  # the contact sheet
    (sheet,) = pictures(card)
    assert {"Confirm", "Edit", "Cancel"} <= set(card.labels)
    assert here.films(card) == []

    await here.confirm(card)
    film = await here.film(card)
    await discord.until(lambda: pictures(card) and sheet not in pictures(card))  # the poster
    codec, width, height, seconds = measured(await here.fetched(film))
    assert (codec, width, height) == ("h264", 640, 480)
    assert seconds == pytest.approx(1, abs=0.1)
    assert any("▰" in words for words in shown(card))
    assert "Confirm" not in card.labels
    assert len(discord.said(here.room)) == 2  # the card and the film
    assert discord.said(here.room)[-1].mentions == [here.ada]


async def test_a_typed_yes_confirms(here):
    card = await here.priced()
    await here.noted(card)
    await here.discord.say(here.room, here.ada, "yes", reply_to=card)
    await here.film(card)


async def test_what_is_changed_in_the_form_is_what_is_made(here):
    card = await here.priced()
    opened = await here.discord.press(card, "Edit", here.ada)
    assert opened.kind == "modal"
    done = await here.discord.submit(opened, {"Prompt": "A heron lands", "Length in seconds": "6"}, here.ada)
    assert done.kind == "nothing"
    await here.says(card, "A heron lands", "6 s")
    await here.confirm(card)
    await here.film(card)


async def test_a_film_is_cancelled_after_a_question_and_none_arrives(here):
    card = await here.rendering()
    asked = await here.discord.press(card, "Cancel", here.ada)
    assert (asked.kind, asked.ephemeral) == ("message", True)
    await here.discord.press(asked.message, "Yes", here.ada)
    await here.says(card, "Cancelled")
    assert "Cancel" not in card.labels
    assert here.films(card) == []


async def test_a_direct_message_needs_no_mention(here):
    asked = await here.discord.dm(here.ben, WISH)
    card = await here.answered(asked)
    await here.discord.press(card, "Confirm", here.ben)
    await here.film(card)


async def test_only_the_one_who_asked_may_confirm_and_only_the_other_is_told(here):
    card = await here.priced()
    before = len(here.discord.said(here.room))
    reply = await here.discord.press(card, "Confirm", here.ben)
    await here.discord.until(lambda: "can decide about job" in reply.text)
    assert reply.ephemeral
    assert len(here.discord.said(here.room)) == before
    assert job_of(card) not in here.toll.paid
    await here.confirm(card)
    await here.film(card)


async def test_commands_are_answered_to_whoever_gave_them(here):
    discord = here.discord
    card = await here.rendering()
    job, before = job_of(card), len(discord.said(here.room))
    offered = await discord.autocomplete("cancel", "which", job[:6], here.ada, here.room)
    assert job in [one["value"] for one in offered]
    lines = (("status", {}, job), ("models", {}, "Toll One"), ("help", {}, "film"), ("cancel", {"which": job}, "cancelled"))  # fmt: skip
    for name, options, words in lines:
        reply = await discord.command(name, options, here.ada, here.room)
        await discord.until(lambda reply=reply, words=words: words in reply.text)
        assert (reply.kind, reply.ephemeral) == ("thinking", True)
    assert len(discord.said(here.room)) == before
    await here.says(card, "Cancelled")


async def test_make_takes_a_file_and_a_model_that_completes_itself(here):
    discord = here.discord
    (model,) = await discord.autocomplete("make", "model", "anim", here.ada, here.room)
    known = set(discord.said(here.room))
    given = {"prompt": "it sails away", "model": model["value"], "file1": ("boat.png", png(640, 480))}
    reply = await discord.command("make", given, here.ada, here.room)
    assert reply.ephemeral
    (card,) = await discord.until(lambda: set(discord.said(here.room)) - known)
    await here.says(card, "Confirm", "it sails away", "Animatic")
    await discord.until(lambda: pictures(card))
    await discord.press(card, "Cancel", here.ada)
    await here.says(card, "Not made")


async def test_the_menu_animates_somebody_elses_message(here):
    discord = here.discord
    said = await discord.say(here.room, here.ben, "look at this", files=[("harbour.png", png(640, 480))])
    reply = await discord.context_menu("Animate this", said, here.ada)
    assert reply.ephemeral
    card = await here.answered(said)
    await discord.until(lambda: pictures(card))
    await discord.press(card, "Cancel", here.ada)
    await here.says(card, "Not made")


async def test_two_films_are_put_in_their_order_and_joined_into_one_that_plays(here):
    discord, films = here.discord, []
    for place, name in enumerate(("first", "second"), start=1):
        card = await here.priced(f"{WISH} --out {name}")
        await here.confirm(card)
        films.append(await here.film(card))
        await here.says(card, "Add to merge")
        await discord.press(card, "Add to merge", here.ada)
        drafts = await discord.until(
            lambda out=f"Leave {place} out": [one for one in discord.said(here.room) if out in one.labels], SECONDS
        )
    (draft,) = drafts
    opened = await discord.press(draft, "Edit", here.ada)
    label = next(part["label"] for part in opened.modal["components"] if part.get("label", "").startswith("Films"))
    await discord.submit(opened, {label: "2,1"}, here.ada)
    await discord.until(lambda: -1 < draft.text.find(films[1].name) < draft.text.find(films[0].name), SECONDS)
    await discord.press(draft, "Merge", here.ada)
    await discord.until(lambda: here.films(draft), SECONDS)
    (joined,) = here.films(draft)
    seconds = [measured(await here.fetched(one))[3] for one in (*films, joined)]
    assert seconds[2] == pytest.approx(seconds[0] + seconds[1], abs=0.1)


async def test_pressed_and_said_at_once_it_is_made_once(here):
    paid = len(here.toll.paid)
    card = await here.priced()
    await here.noted(card)
    await asyncio.gather(
        here.confirm(card), here.confirm(card), here.discord.say(here.room, here.ada, "yes", reply_to=card)
    )
    await here.film(card)
    # What comes after all that is heard after it.
    second = await here.priced()
    assert len(here.toll.paid) == paid + 1
    await here.discord.press(second, "Cancel", here.ada)
    await here.says(second, "Not made")
