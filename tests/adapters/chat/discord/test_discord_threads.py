"""Threads in Discord: under the rules and the budget of their channel, with cards, films and answers of their own."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.domain.budget import Purse, Scope, month_start, scopes
from bot.domain.chat import Command, Conversation
from bot.domain.job import State, card_id
from bot.domain.policy import Policy
from bot.flows.status import running
from tests.adapters.chat.discord.server_values import FORUM, Channel, Message
from tests.adapters.chat.discord.studio import Living, card_of, living, studio


async def decide(core: Living, room: Channel, version: int, **what: object) -> None:
    policy = Policy(platform="discord", workspace=str(core.studio.guild.id), channel=str(room.id), version=version)
    await core.house.storage.policies.change(replace(policy, **what), [])  # pyright: ignore[reportArgumentType] - fields of a policy


async def asked(core: Living, there: Channel, text: str = "A fox crosses the frozen lake") -> Message:
    """The answer to a wish of Ada's."""
    return await core.studio.discord.answer(
        there, after=await core.studio.discord.mention(there, core.studio.ada, text)
    )


async def test_what_is_off_in_a_channel_is_off_in_its_threads_and_its_budget_is_theirs(core, discord):
    room, ada = core.studio.room, core.studio.ada
    thread = discord.thread(room, "boats")  # nobody told the bot of it
    await decide(core, room, 1, on=False)
    await discord.mention(thread, ada, "A fox crosses the frozen lake")
    assert "switched off in this channel" in (await discord.answer(discord.dm_with(ada))).text
    await decide(core, room, 2, on=True, credits=Decimal(100))

    card = await asked(core, thread)
    await discord.until(lambda: "Confirm" in card.labels)
    await discord.press(card, "Confirm", ada)
    job = await core.settled(State.complete)
    await discord.until(lambda: any(said.files for said in discord.said(thread, card)))
    assert discord.said(room) == []
    assert job.conversation == Conversation("discord", str(core.studio.guild.id), str(room.id), str(thread.id))
    purse, since = (
        Scope(Purse.channel, "discord", str(core.studio.guild.id), str(room.id)),
        month_start(job.made_at, "UTC"),
    )
    assert (await core.house.storage.ledger.balance(purse, since)).spent > 0
    later = await asked(core, thread, "A heron --count 10")
    await discord.until(lambda: "Confirm" in later.labels)
    reply = await discord.press(later, "Confirm", ada)
    await discord.until(lambda: "budget" in reply.text)
    assert len(core.toll.started) == 1


async def test_a_yes_counts_in_the_thread_at_its_card_and_a_button_there_after_a_restart(core, discord):
    card = await core.priced()
    await core.stands(card.control("Confirm")["custom_id"].split(":")[2])
    thread = discord.thread(core.studio.room, "about that price", card.id)
    await discord.mention(thread, core.studio.ada, "yes")
    await core.settled(State.complete)

    forum = discord.channel(core.studio.guild, "wishes", kind=FORUM)
    post = discord.thread(forum, "A fox", discord.snowflake())
    asking = await asked(core, post)
    await discord.until(lambda: "Confirm" in asking.labels)
    await core.stop()
    await core.start()
    opened = await discord.press(asking, "Edit", core.studio.ada)
    await discord.submit(opened, {"Prompt": "A wolf"}, core.studio.ada)
    await discord.until(lambda: "A wolf" in asking.text)
    await discord.press(asking, "Cancel", core.studio.ada)
    job = await core.settled(State.declined)
    assert (job.conversation.channel, job.conversation.thread) == (str(forum.id), str(post.id))


async def test_whose_channel_nobody_tells_is_asked_for_once_and_never_guessed(discord, tmp_path):
    async with studio(discord, tmp_path) as house:
        thread = discord.thread(house.room, "boats")
        adrift = Conversation("discord", str(house.guild.id), str(thread.id), str(thread.id))
        event = Command("discord:i:1", adrift, replace(house.person(), name="Ada"), "status", "")
        discord.fail("GET *", status=503)
        with pytest.raises(OSError, match="Discord"):
            await house.platform.fill(event)
        for _ in range(2):
            assert (await house.platform.fill(event)).conversation == house.place(thread)
        assert len(house.called("GET", f"/channels/{thread.id}")) == 2
        room = Conversation("discord", adrift.workspace, str(house.room.id), str(house.room.id))
        assert (await house.platform.fill(replace(event, conversation=room))).conversation == house.place()


async def test_a_card_from_when_a_thread_was_a_channel_of_its_own_is_edited_and_pressed_where_it_is(core, discord):
    thread = discord.thread(core.studio.room, "boats")
    card = await asked(core, thread)
    await discord.until(lambda: "Confirm" in card.labels)
    id = card.control("Confirm")["custom_id"].split(":")[2]
    await core.stands(id)
    await core.idle()
    posting = await core.house.storage.cards.get(card_id(id))
    assert posting is not None
    assert posting.message is not None
    old = Conversation("discord", str(core.studio.guild.id), str(thread.id))
    await core.studio.platform.edit(replace(posting.message, conversation=old), card_of(id, title="As before"))
    assert "As before" in card.text


@pytest.mark.parametrize("how", ["said", "commanded", "pressed"])
async def test_direct_messages_can_be_closed_to_wishes(discord, tmp_path, how):
    async with living(discord, tmp_path) as core:
        ada, direct = core.studio.ada, discord.dm_with(core.studio.ada)
        await discord.until(lambda: discord.syncs)
        asking = await asked(core, direct)
        await discord.until(lambda: "Confirm" in asking.labels)
        await core.stop()
        core.studio.parts = replace(core.studio.parts, settings={**discord.settings, "direct_messages": "false"})
        await core.start()
        if how == "said":
            told = (await discord.answer(direct, after=await discord.dm(ada, "yes"))).text
        elif how == "commanded":
            told = (await discord.command("make", {"prompt": "a fox"}, ada, direct)).text
        else:
            told = (await discord.press(asking, "Confirm", ada)).text
            await discord.press(asking, "Cancel", ada)
            await core.settled(State.declined)
        assert "Nothing was started" in told
        assert core.toll.started == []
        assert len(await core.house.storage.jobs.find()) == 1


async def test_what_is_asked_for_in_a_private_thread_is_not_told_in_its_channel(core):
    made, house = core.studio, core.house
    private = replace(made.place(), thread="!70")
    await made.job("J-PRIVATE", conversation=private)
    for there, ids in ((made.place(), ()), (private, ("J-PRIVATE",))):
        _, jobs = await running("here", there, made.person(made.ben), house)
        assert tuple(job.id for job in jobs) == ids
    assert scopes(made.person(), private) == scopes(made.person(), made.place())
