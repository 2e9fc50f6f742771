"""Direct messages in Discord, with a real core behind: all works in them, and nobody sees into somebody else's."""

from bot.domain.job import State
from tests.adapters.chat.discord.server_values import User
from tests.adapters.chat.discord.studio import Living, living
from tests.fakes import Tollbooth


async def test_everything_works_in_direct_messages(core, discord):
    asked = await discord.dm(core.studio.ada, "a red kite")
    direct = discord.dm_with(core.studio.ada)
    card = await discord.answer(direct, after=asked)
    await discord.press(card, "Confirm", core.studio.ada)
    await core.settled(State.complete)
    await discord.until(lambda: len(core.films) == 1)


async def told(core: Living, who: User, text: str) -> str:
    """What somebody is answered in their direct messages."""
    asked = await core.studio.discord.dm(who, text)
    return (await core.studio.discord.answer(core.studio.discord.dm_with(who), after=asked)).text


async def test_nobody_sees_in_their_direct_messages_what_somebody_else_makes_in_theirs(discord, tmp_path):
    async with living(discord, tmp_path, toll=Tollbooth(polls=["running"])) as core:
        ada, ben = core.studio.ada, core.studio.ben
        asked = await discord.dm(ada, "a red kite")
        await discord.press(await discord.answer(discord.dm_with(ada), after=asked), "Confirm", ada)
        job = await core.settled(State.processing)
        for words in ("status all", "status channel"):
            assert "Nothing is running" in await told(core, ben, words)
        assert f"There is no job {job.id}" in await told(core, ben, f"status {job.id}")
        assert "was found here" in await told(core, ben, f"cancel {job.id}")
        assert job.id in await told(core, ada, "status all")


async def test_direct_messages_share_no_library_and_no_space(core, discord):
    ada, ben = core.studio.ada, core.studio.ben
    for person in (ada, ben):
        assert "empty" in await told(core, person, "library")
        asked = await discord.dm(person, "a red kite --out /space/kite")
        await discord.press(await discord.answer(discord.dm_with(person), after=asked), "Confirm", person)
        job = await core.settled(State.complete)
        assert job.result is not None
        assert job.result.clips[0].drive_path == "/space/kite.mp4", "the name is free in a space of one's own"
    assert "1 film" in await told(core, ben, "library")


async def test_make_works_in_direct_messages_though_discord_tells_few_rights_there(core, discord):
    direct = discord.dm_with(core.studio.ada)
    reply = await discord.command("make", {"prompt": "a kite"}, core.studio.ada, direct)
    assert reply.ephemeral
    await discord.until(lambda: any("Confirm" in one.labels for one in core.studio.mine(direct)))
