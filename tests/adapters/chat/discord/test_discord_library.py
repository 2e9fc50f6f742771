"""The library in Discord, with a real core behind: lists that one person sees, a film's own card, the trash, and who may do what."""

from bot.domain.drive import Clip
from tests.adapters.chat.discord.server_values import User
from tests.adapters.chat.discord.studio import Living


async def shelved(core: Living, owner: User, *numbers: int) -> None:
    made = core.studio
    for number in numbers:
        made.keep(f"{number}.mp4", b"film")
        made.keep(f"{number}.png")
        clip = Clip(
            id=f"FILM-{number}", workspace=str(made.guild.id), owner=made.person(owner), job="J-1", drive_path=f"videos/{number}.mp4",
            key=f"{number}.mp4", bytes=4, seconds=4.0, width=16, height=9, made_at=made.clock.now(), poster=f"{number}.png",
            prompt=f"a fox, take {number}", channel=str(made.room.id),
        )  # fmt: skip
        await core.house.storage.clips.add(clip)


async def answered(core: Living, verb: str, options: dict, who: User, words: str):
    """What this person alone is answered, once it says so."""
    reply = await core.studio.discord.command(verb, options, who, core.studio.room)
    await core.studio.discord.until(lambda: words in reply.text)
    assert reply.ephemeral
    await core.idle()
    return reply.message


async def follow_up(core: Living, shown, which: str, who: User):
    discord = core.studio.discord
    reply = await discord.press(shown, which, who)
    (told,) = await discord.until(lambda: reply.interaction.followups)
    assert told.visible_to is who
    return told


async def test_the_library_is_paged_a_film_plays_and_is_renamed_deleted_and_restored_in_place(core, discord):
    made = core.studio
    ada = made.ada
    await shelved(core, ada, *range(12))
    shown = await answered(core, "library", {"words": "fox"}, ada, "Page 1 of 2")
    (sheet,) = shown.files
    await core.stop()  # a leap of the clock would end the connection at some later moment
    made.clock.forward(16 * 60)
    await core.start()
    await discord.press(shown, "Next", ada)
    await discord.until(lambda: "Page 2 of 2" in shown.text)
    assert [one.id for one in shown.files] != [sheet.id]

    film = await follow_up(core, shown, "12", ada)
    assert [(one.mime, one.head) for one in film.files] == [("video/mp4", b"film")]
    opened = await discord.press(film, "Rename", ada)
    await discord.submit(opened, {"path": "promo/dawn"}, ada)
    await discord.until(lambda: "promo/dawn.mp4" in film.text)

    asked = await discord.press(film, "Delete", ada)
    await discord.press(asked.message, "Yes", ada)
    await discord.until(lambda: film.labels == ["Restore"])
    (offered,) = await discord.autocomplete("restore", "film", "dawn", ada, made.room)
    assert (offered["value"], await discord.autocomplete("show", "film", "dawn", ada, made.room)) == ("FILM-0", [])
    await discord.press(film, "Restore", ada)
    await discord.until(lambda: "Delete" in film.labels)
    assert made.mine() == made.mine(discord.dm_with(ada)) == []


async def test_nobody_renames_or_deletes_what_is_somebody_elses_by_a_command_or_a_forged_button(core, discord):
    made = core.studio
    await shelved(core, made.ada, 1)
    await shelved(core, made.ben, 2)
    for verb, options in (("rename", {"film": "FILM-1", "to": "mine"}), ("delete", {"film": "FILM-1"})):
        await answered(core, verb, options, made.ben, "only they can change it")
    his = await answered(core, "show", {"film": "FILM-2"}, made.ben, "2.mp4")
    delete, rename = his.control("Delete")["custom_id"], his.control("Rename")["custom_id"]
    his.control("Delete")["custom_id"] = delete.replace("FILM-2", "FILM-1").replace("?", "")
    his.control("Rename")["custom_id"] = rename.replace("FILM-2", "FILM-1").replace("=", "")
    for which in ("Delete", "Rename"):
        await follow_up(core, his, which, made.ben)
    clip = await core.house.storage.clips.get("FILM-1")
    assert clip is not None
    assert (clip.drive_path, clip.trashed_at, clip.version) == ("videos/1.mp4", None, 1)


async def test_a_list_that_everybody_sees_turns_its_pages_only_for_who_asked(core, discord):
    made = core.studio
    await shelved(core, made.ada, *range(12))
    asked = await discord.mention(made.room, made.ada, "library")
    shown = await discord.answer(made.room, after=asked)
    await follow_up(core, shown, "Next", made.ben)
    assert "Page 1" in shown.text
    await discord.press(shown, "Next", made.ada)
    await discord.until(lambda: "Page 2" in shown.text)
    await discord.press(shown, "12", made.ben)
    (film,) = await discord.until(lambda: made.mine()[1:])
    assert "Delete" not in film.labels
    assert [one.mime for one in film.files] == ["video/mp4"]


async def test_a_film_of_direct_messages_is_no_forged_buttons_to_show(core, discord):
    made = core.studio
    await shelved(core, made.ada, 1)
    asked = await discord.dm(made.ben, "a kite")
    card = await discord.answer(discord.dm_with(made.ben), after=asked)
    button = card.control("Cancel")
    button["custom_id"] = "clapper:film:J-1:0:FILM-1"
    told = await follow_up(core, card, "Cancel", made.ben)
    assert "not here any more" in told.text
