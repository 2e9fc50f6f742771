"""From a mention to the film in Discord, with a real core behind: acknowledged at once, nothing lost, nothing told twice."""

import asyncio

import pytest

from bot.domain.job import State
from tests.adapters.chat.discord.studio import PIXEL, living
from tests.fakes import Tollbooth


async def test_a_mention_becomes_a_price_and_a_press_a_film(core, discord):
    ada = core.studio.ada
    card = await core.priced()
    reply = await discord.press(card, "Confirm", ada)
    assert reply.kind == "nothing", "the press is acknowledged, and the card itself tells the rest"
    job = await core.settled(State.complete)
    await discord.until(lambda: "Confirm" not in card.labels and not card.loading)
    await discord.until(lambda: len(core.films) == 1)
    film = next(one for one in core.studio.mine() if one.files and one.files[0].mime == "video/mp4")
    assert film.reply_to is card
    assert film.mentions == [ada], "who asked is told"
    assert core.toll.started == [f"{job.id}-1"] or len(core.toll.started) == 1


async def test_presses_by_others_are_refused_to_them_alone(core, discord):
    card = await core.priced()
    reply = await discord.press(card, "Confirm", core.studio.ben)
    [refusal] = await discord.until(lambda: reply.interaction.followups)
    assert refusal.visible_to is core.studio.ben
    assert len(core.studio.mine()) == 1
    assert core.toll.started == []


async def test_a_button_works_after_a_restart(core, discord):
    card = await core.priced()
    await core.kill()
    await core.start()
    reply = await discord.press(card, "Confirm", core.studio.ada)
    assert reply.kind == "nothing"
    await core.settled(State.complete)
    await discord.until(lambda: len(core.films) == 1)


async def test_a_press_on_a_button_that_its_card_lost_in_that_moment_is_answered(core, discord):
    """Also by a process that never saw the card."""
    card = await core.priced()
    lost = {"component_type": 2, "custom_id": card.control("Confirm")["custom_id"], "id": 1}
    await discord.press(card, "Confirm", core.studio.ada)
    await core.settled(State.complete)
    await discord.until(lambda: "Confirm" not in card.labels)
    await core.kill()
    await core.start()
    reply = await discord._interactions.start(3, core.studio.ada, core.studio.room, lost, card)
    assert reply.kind == "nothing"
    [told] = await discord.until(lambda: reply.interaction.followups)
    assert "nothing more can be done" in told.text


async def test_a_restart_in_the_middle_loses_nothing_and_shows_nothing_twice(discord, tmp_path):
    toll = Tollbooth(polls=["running", "running", "finished"])
    async with living(discord, tmp_path, toll=toll) as core:
        card = await core.priced()
        await discord.press(card, "Confirm", core.studio.ada)
        await core.settled(State.processing)
        await core.kill()
        await core.start()
        core.hurry = 2.0
        await core.settled(State.complete)
        await discord.until(lambda: len(core.films) == 1)
        await discord.until(lambda: core.films[0][:-4] and "Cancel" not in card.labels)
        assert len(core.studio.mine()) == 2, "the card and the film"


async def test_typing_yes_does_what_confirm_does(core, discord):
    card = await core.priced()
    await core.stands((await core.settled(State.awaiting_confirmation)).id)
    await discord.say(core.studio.room, core.studio.ada, "yes", reply_to=card)
    await core.settled(State.complete)


async def test_a_picture_of_a_mention_is_opened_anew_and_is_part_of_the_price(core, discord):
    card = await core.priced("it sails away", files=[("boat.png", PIXEL)])
    job = await core.settled(State.awaiting_confirmation)
    assert [one.source.name for one in job.request.references] == ["boat.png"]
    assert card.files, "the sheet of what was sent is on the card"


async def test_a_commands_answer_is_for_its_author_alone(core, discord):
    reply = await discord.command("status", {}, core.studio.ada, core.studio.room)
    assert reply.kind == "thinking"
    await discord.until(lambda: reply.text)
    assert reply.ephemeral
    assert core.studio.mine() == []
    assert core.studio.mine(discord.dm_with(core.studio.ada)) == []


async def test_make_with_a_file_answers_in_private_and_prices_in_the_channel(core, discord):
    made = core.studio
    reply = await discord.command("make", {"prompt": "it sails", "file1": ("a.png", PIXEL)}, made.ada, made.room)
    assert (reply.kind, reply.ephemeral) == ("message", True)
    await discord.until(lambda: any("Confirm" in one.labels for one in made.mine()))
    job = await core.settled(State.awaiting_confirmation)
    assert job.request.references[0].source.name == "a.png"


async def test_animate_this_takes_the_files_of_a_message_that_names_nobody(core, discord):
    said = await discord.say(core.studio.room, core.studio.ben, "my cat", files=[("cat.png", PIXEL)])
    reply = await discord.context_menu("Animate this", said, core.studio.ada)
    assert reply.ephemeral
    await discord.until(lambda: any("Confirm" in one.labels for one in core.studio.mine()))
    job = await core.settled(State.awaiting_confirmation)
    assert job.request.references[0].source.name == "cat.png"


async def test_edit_opens_a_form_and_its_answer_changes_the_price(core, discord):
    card = await core.priced()
    opened = await discord.press(card, "Edit", core.studio.ada)
    assert opened.kind == "modal"
    await core.kill()
    await core.start()
    done = await discord.submit(opened, {"Length in seconds": "7"}, core.studio.ada)
    assert done.kind == "nothing"
    await discord.until(lambda: "7 s" in card.text)


async def test_a_form_filled_wrongly_is_told_what_is_wrong(core, discord):
    card = await core.priced()
    opened = await discord.press(card, "Edit", core.studio.ada)
    done = await discord.submit(opened, {"everything_else": "colour: blue"}, core.studio.ada)
    assert (done.kind, done.ephemeral) == ("message", True)
    assert "colour" in done.text


async def test_a_role_mention_is_told_how_to_mention(core, discord):
    said = await discord.mention(core.studio.room, core.studio.ada, "a kite", as_role=True)
    hint = await discord.answer(core.studio.room, after=said)
    assert "pick me from the list of people" in hint.text


async def test_who_replies_to_a_picture_that_discord_hides_is_told_how_to_animate_it(core, discord):
    said = await discord.say(core.studio.room, core.studio.ben, "my cat", files=[("cat.png", PIXEL)])
    await discord.mention(core.studio.room, core.studio.ada, "animate this", reply_to=said)
    await discord.until(lambda: any("Animate this on it" in one.text for one in core.studio.mine()))


async def test_models_are_completed(core, discord):
    found = await discord.autocomplete("make", "model", "tol", core.studio.ada, core.studio.room)
    assert [one["value"] for one in found] == ["toll-1"]


async def test_where_it_may_not_write_who_asked_is_told_which_permission_is_missing(core, discord):
    await discord.deny(core.studio.room, "send_messages")
    await discord.mention(core.studio.room, core.studio.ada, "a red kite")
    direct = discord.dm_with(core.studio.ada)
    await discord.until(lambda: core.studio.mine(direct))
    [told] = core.studio.mine(direct)
    assert "Send Messages" in told.text
    reply = await discord.command("make", {"prompt": "a kite"}, core.studio.ada, core.studio.room)
    assert "Send Messages" in reply.text
    assert reply.ephemeral


async def test_what_asks_first_is_done_only_after_its_yes(discord, tmp_path):
    toll = Tollbooth(polls=["running"])
    async with living(discord, tmp_path, toll=toll) as core:
        ada = core.studio.ada
        card = await core.priced()
        await discord.press(card, "Confirm", ada)
        await core.settled(State.processing)
        await discord.until(lambda: card.labels == ["Cancel"])
        asked = await discord.press(card, "Cancel", ada)
        assert (asked.kind, asked.ephemeral) == ("message", True)
        assert (await core.settled(State.processing)).state is State.processing
        assert asked.message is not None
        sure = await discord.press(asked.message, "Yes", ada)
        assert sure.kind == "updated"
        await core.settled(State.cancelled)


async def test_a_cut_wish_is_shown_whole_to_who_asks(core, discord):
    wish = " ".join(f"step{number}" for number in range(400))
    await discord.command("make", {"prompt": wish}, core.studio.ada, core.studio.room)
    card = await discord.until(lambda: next(iter(core.studio.mine()), None))
    assert "step399" not in card.text
    shown = await discord.press(card, "Show full text", core.studio.ben)
    await discord.until(lambda: "step399" in shown.text)
    assert shown.ephemeral


async def test_a_press_is_refused_in_private_also_after_a_restart_before_the_answer(core, discord):
    """The right to answer under the press is kept in the database."""
    made = core.studio
    card = await core.priced()
    core.router.events._open = False  # as if killed between saving the press and doing it
    reply = await discord.press(card, "Confirm", made.ben)
    assert reply.kind == "nothing"
    await core.kill()
    await core.start()
    await discord.until(lambda: reply.interaction.followups)
    assert made.mine(discord.dm_with(made.ben)) == []


async def test_a_hundred_presses_a_second_are_acknowledged_at_once(core, discord):
    discord.limits.all_together = discord.limits.other = (10_000, 1.0)
    card = await core.priced()
    discord._interactions.all.clear()

    async def pressed(number: int) -> None:
        await asyncio.sleep(number / 100)  # a hundred a second
        await discord.press(card, "Confirm", core.studio.ben)

    await asyncio.gather(*(pressed(number) for number in range(100)))
    slowest = sorted(discord.latencies)
    assert len(slowest) == 100
    assert slowest[98] < 3.0, "Discord takes no answer later than this; the bench holds the figure"


async def test_an_answer_later_than_a_quarter_of_an_hour_comes_in_a_direct_message(core, discord):
    made = core.studio
    core.router.events._open = False  # as if everything stood still
    reply = await discord.command("status", {}, made.ada, made.room)
    assert reply.kind == "thinking"
    made.clock.forward(16 * 60)
    await core.kill()
    await core.start()
    await discord.until(lambda: made.mine(discord.dm_with(made.ada)))
    assert made.mine() == []


@pytest.mark.parametrize("harm", ["lose_answer", "cut"])
async def test_a_refusal_finds_its_person_though_the_presss_own_answer_was_lost(core, discord, harm):
    card = await core.priced()
    getattr(discord, harm)("POST /interactions/*")
    reply = await discord.press(card, "Confirm", core.studio.ben)
    assert reply.kind == "nothing", "it is answered in time all the same"
    await discord.until(lambda: reply.text)
    assert len(core.studio.mine()) == 1


async def test_a_refusal_comes_in_a_direct_message_where_the_press_could_not_be_answered(core, discord):
    card = await core.priced()
    discord.cut("POST /interactions/*", times=2)
    discord.patience = 0.1
    await discord.press(card, "Confirm", core.studio.ben)
    await discord.until(lambda: core.studio.mine(discord.dm_with(core.studio.ben)))
    assert len(core.studio.mine()) == 1


async def test_a_command_without_a_database_says_so(core, discord):
    async def away(event):
        raise OSError("the database is away")

    core.router.receive = away
    reply = await discord.command("status", {}, core.studio.ada, core.studio.room)
    assert reply.ephemeral
    assert "Try it again" in reply.text
