"""What follows a film in Discord, with a real core behind: the buttons under it, a merge put together there, and who may press."""

import asyncio

from bot.domain.job import State
from tests.adapters.chat.discord.studio import Living


async def filmed(core: Living, text: str = "A fox crosses the frozen lake"):
    """A film of Ada's, and its card once its buttons are there."""
    discord = core.studio.discord
    card = await core.priced(text)
    await discord.press(card, "Confirm", core.studio.ada)
    await discord.until(lambda: "Again" in card.labels and len(core.films) == count(core))
    return card


def count(core: Living) -> int:
    return len([one for one in core.studio.mine() if "Again" in one.labels])


async def newest(core: Living, *words: str):
    """The card that says all this, once it is there."""
    discord = core.studio.discord
    found = await discord.until(
        lambda: [one for one in core.studio.mine() if all(word in f"{one.text} {one.labels}" for word in words)]
    )
    return found[-1]


async def test_again_is_a_price_of_whoever_pressed_and_a_double_click_is_one_price(core, discord):
    made = core.studio
    card = await filmed(core)
    replies = await asyncio.gather(*(discord.press(card, "Again", made.ben) for _ in range(2)))
    assert {one.kind for one in replies} == {"nothing"}
    asked = await newest(core, "Confirm", "Again of")
    assert len(core.toll.started) == 1, "nothing is made before somebody confirms"
    refused = await discord.press(asked, "Confirm", made.ada)
    await discord.until(lambda: "Only Ben can decide" in refused.text)
    await discord.press(asked, "Confirm", made.ben)
    await core.settled(State.complete)
    assert len(core.toll.started) == 2
    assert len([one for one in made.mine() if "Again of" in one.text]) == 1


async def test_a_variation_is_priced_as_its_form_was_filled_also_after_a_restart(core, discord):
    made = core.studio
    card = await filmed(core)
    opened = await discord.press(card, "Variation", made.ada)
    assert (opened.kind, opened.modal["title"]) == ("modal", "Variation")
    await core.kill()
    await core.start()
    done = await discord.submit(opened, {"Prompt": "A heron lands", "Length in seconds": "7"}, made.ada)
    assert done.kind == "nothing"
    asked = await newest(core, "Confirm", "A heron lands")
    assert "7 s" in asked.text
    assert len(core.toll.started) == 1


async def test_a_merge_is_put_together_with_buttons_and_reordered_with_numbers(core, discord):
    made = core.studio
    cards = [await filmed(core, "A fox wakes"), await filmed(core, "A wolf runs")]
    for place, card in enumerate(cards, 1):
        await discord.press(card, "Add to merge", made.ada)
        await newest(core, f"Leave {place} out")
    draft = await newest(core, "Merge these 2 films?")
    stale = draft.control("1 down")["custom_id"]
    opened = await discord.press(draft, "Edit", made.ada)
    label = next(part["label"] for part in opened.modal["components"] if "~" in part.get("component", {}).get("custom_id", ""))  # fmt: skip
    wrong = await discord.submit(opened, {label: "2, 7"}, made.ada)
    assert "there is no 7" in wrong.text
    again = await discord.press(wrong.message, "Open the form again", made.ada)
    await discord.submit(again, {label: "2,1"}, made.ada)
    await discord.until(lambda: -1 < draft.text.find("A wolf runs") < draft.text.find("A fox wakes"))
    draft.control("1 down")["custom_id"] = stale
    told = await discord.press(draft, "1 down", made.ada)
    await discord.until(lambda: "changed after that card was shown" in told.text)
    await discord.press(draft, "Merge", made.ada)
    await discord.until(lambda: len(core.films) == 3)
    assert len(core.toll.started) == 2, "it is made here, for nothing"


async def test_the_command_merges_films_that_are_found_while_they_are_typed(core, discord):
    made = core.studio
    for text in ("A fox wakes", "A wolf runs"):
        await filmed(core, text)
    (fox,) = await discord.autocomplete("merge", "film1", "fox", made.ada, made.room)
    (wolf,) = await discord.autocomplete("merge", "film2", "wol", made.ada, made.room)
    reply = await discord.command("merge", {"film1": fox["value"], "film2": wolf["value"], "format": "square"}, made.ada, made.room)  # fmt: skip
    assert (reply.kind, reply.ephemeral) == ("message", True), "nobody waits for an answer that comes in the channel"
    await discord.until(lambda: len(core.films) == 3)
    job = (await core.house.storage.jobs.find())[0]
    assert job.request.join is not None
    assert job.request.join.format == "square"


async def test_a_merge_that_cannot_be_is_told_to_who_asked_alone(core, discord):
    made = core.studio
    before = len(made.mine())
    reply = await discord.command("merge", {"film1": "nowhere.mp4", "film2": "99"}, made.ada, made.room)
    await discord.until(lambda: "nowhere.mp4" in reply.text)
    assert reply.ephemeral
    assert len(made.mine()) == before


async def test_where_no_card_can_be_shown_a_merge_is_not_begun_and_a_price_is_told_as_missing_a_right(core, discord):
    made = core.studio
    card = await filmed(core)
    await discord.deny(made.room, "send_messages")
    reply = await discord.command("merge", {"film1": "last"}, made.ada, made.room)
    assert "Send Messages" in reply.text
    assert len(await core.house.storage.jobs.find()) == 1
    await discord.press(card, "Again", made.ada)
    direct = discord.dm_with(made.ada)
    (told,) = await discord.until(lambda: made.mine(direct))
    assert "Send Messages" in told.text


async def test_a_form_that_could_not_be_opened_in_time_is_opened_by_the_next_press(core, discord):
    card = await filmed(core)
    discord.fail("POST /interactions/*", status=404, code=10062)
    discord.patience = 0.2
    assert (await discord.press(card, "Variation", core.studio.ada)).kind == "failed"
    discord.patience = 3.0
    assert (await discord.press(card, "Variation", core.studio.ada)).kind == "modal"
    assert len(await core.house.storage.jobs.find()) == 1
