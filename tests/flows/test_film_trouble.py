"""What goes on under a film's buttons when somebody moves it, may not see it, or sends what no button sends."""

import asyncio
import json
from dataclasses import replace

import pytest

from bot.domain.chat import Command, Conversation, Message, Press
from bot.domain.errors import BadRequest, Unreadable
from bot.domain.job import State, job_id, reply_id
from bot.flows.hear import hear
from bot.flows.press import press
from bot.flows.sheets import contact_sheet
from bot.flows.sweep import sweep
from tests.fakes import Crash, Glass
from tests.flows.merging import merge, names, shelved, with_media
from tests.houses import ASKER, HERE, OTHER

AWAY = Conversation("board", "team", "elsewhere")


async def film(stage, path, more="", author=ASKER, place=HERE):
    stage.asked += 1
    key = f"film-{stage.asked}"
    await hear(Message(key, place, author, f"A fox crosses the lake --out {path} {more}"), stage.house)
    await press(Press(f"yes-{key}", place, author, "confirm", job_id(key)), stage.house)
    await stage.run()
    (clip,) = (await stage.job(job_id(key))).result.clips
    return await stage.house.storage.clips.get(clip.id)


@pytest.mark.parametrize("how", ["command", "message"])
async def test_a_card_of_a_film_that_left_the_space_tells_others_nothing_of_it(stage, how):
    """Neither where it went nor its picture; and it is back where the film is."""
    clip = await film(stage, "/space/launch")
    to_one, to_all = Command("show", AWAY, OTHER, "show", clip.id), Message("show", AWAY, ASKER, f"show {clip.id}")
    await hear(to_one if how == "command" else to_all, stage.house)

    async def card():
        return (await stage.house.storage.cards.get(reply_id("show"))).card

    assert (await card()).title == "launch.mp4"
    await stage.press("", "rename", '{"path": "secret/merger"}', item=clip.id)
    hidden = await card()
    assert (hidden.title, hidden.fields, hidden.media) == ("That film is not here any more", (), ())
    assert hidden.buttons == ()
    await stage.press("", "save", item=clip.id)
    assert (await card()).title == "merger.mp4"


async def test_the_last_film_is_the_last_one_that_somebody_may_see(stage):
    """A temporary film is its owner's alone, in its own thread too."""
    first = await film(stage, "first")
    passing = await film(stage, "passing", "--temporary")
    for who, clip in ((ASKER, passing), (OTHER, first)):
        assert (await stage.say("show last", who)).title == clip.name
        job = await stage.ask("extend the last video, snow falls", who)
        assert job.request.references[0].media.bytes == clip.bytes


async def test_a_temporary_film_whose_time_ends_while_its_merge_waits_is_joined(stage):
    """It was there when Merge was pressed, and is kept until the merge is over."""
    a, _ = await shelved(stage, "a.mp4", "b.mp4")
    await stage.house.storage.clips.change(a.change(expires_at=stage.clock.now().replace(minute=1)))
    job = await merge(stage, "merge a.mp4 b.mp4")
    stage.clock.forward(120)
    assert await sweep(stage.house) == 0
    await stage.run()
    assert (await stage.job(job.id)).state is State.complete
    assert await sweep(stage.house) == 1


async def test_a_film_renamed_while_it_is_read_is_joined_all_the_same(stage):
    """The joining begins anew with the film where it is now."""
    a, _ = await shelved(stage, "a.mp4", "b.mp4")
    await stage.house.storage.names.reserve(a.id, a.key)

    class Lazy(Glass):
        tries = 0

        async def join(self, *given, **more):
            self.tries += 1
            if self.tries == 1:
                await stage.press("", "rename", '{"path": "other"}', item=a.id)
                raise Unreadable("film 1: no such file")
            return await super().join(*given, **more)

    with_media(stage, tools := Lazy())
    job = await merge(stage, "merge a.mp4 b.mp4")
    await stage.run()
    assert ((await stage.job(job.id)).state, tools.tries) == (State.complete, 2)


async def test_a_film_that_the_beginner_of_a_merge_may_not_see_is_not_put_into_it(stage):
    """Not by an approver either, who sees it."""
    stage.house = replace(stage.house, rules=replace(stage.house.rules, approvers=frozenset({"board:U2"})))
    await shelved(stage, "a.mp4", "b.mp4")
    draft = await merge(stage, "merge")
    secret = await film(stage, "secret", author=OTHER, place=AWAY)
    with pytest.raises(BadRequest, match=r"secret\.mp4 is not there for Asker to see"):
        await press(Press("add", AWAY, OTHER, "add_to_merge", draft.id, item=secret.id), stage.house)
    assert names(await stage.job(draft.id)) == []


async def test_a_film_swept_while_it_is_moved_leaves_no_name_behind(stage):
    clip = await film(stage, "passing", "--temporary")
    real, swept = stage.house.files, []

    class Late:
        def __getattr__(self, name):
            return getattr(real, name)

        async def copy(self, key, to):
            stage.clock.forward(25 * 3600)
            swept.append(await sweep(replace(stage.house, files=real)))
            await real.copy(key, to)

    house = replace(stage.house, files=Late())
    with pytest.raises(BadRequest, match="not on the Drive any more"):
        await press(Press("move", HERE, ASKER, "rename", "", '{"path": "other"}', item=clip.id), house)
    assert swept == [1]
    assert await stage.house.storage.names.held(clip.id) == []
    assert await stage.house.storage.names.reserve("V-2", clip.key.replace("passing", "other"))


async def test_what_no_button_sends_is_told_in_a_sentence(stage):
    """Numbers of thousands of digits, brackets in brackets: each is refused, and changes nothing."""
    await shelved(stage, "a.mp4", "b.mp4")
    draft = await merge(stage, "merge")
    await stage.press(draft.id, "add_to_merge", item="V-A9-1")
    listing, before = await stage.say("library"), await stage.job(draft.id)
    for item in ("9" * 5000, "01", "٢", "-1", ""):
        for action in ("up", "down", "leave_out"):
            with pytest.raises(BadRequest):
                await stage.press(draft.id, action, item=item)
    with pytest.raises(BadRequest, match="There is no page"):
        await stage.press(listing.job, "page", item="9" * 5000)
    deep = "[" * 100_000
    with pytest.raises(BadRequest):
        await stage.press(draft.id, "edit", json.dumps({"films": deep}))
    with pytest.raises(BadRequest):
        await stage.press(draft.id, "edit", deep)
    assert await stage.job(draft.id) == before


async def test_a_save_that_was_killed_before_it_let_go_of_the_old_name_lets_go_when_heard_again(stage):
    clip, real = await film(stage, "launch"), stage.house.files

    class Dying:
        def __getattr__(self, name):
            return getattr(real, name)

        async def forget(self, key):
            raise Crash(key)

    saving = Press("save", HERE, ASKER, "save", clip.job, item=clip.id)
    with pytest.raises(Crash):
        await press(saving, replace(stage.house, files=Dying()))
    assert clip.key in stage.shelf.kept
    await press(saving, stage.house)
    now = await stage.house.storage.clips.get(clip.id)
    assert await stage.house.storage.names.held(clip.id) == [now.key]
    assert clip.key not in stage.shelf.kept


async def test_two_who_need_the_same_contact_sheet_at_once_both_have_it(stage):
    both, alike = asyncio.Barrier(2), [("a.jpg", "1 a", None), ("b.jpg", "2 b", None)]
    stage.shelf.kept |= {"a.jpg": b"a", "b.jpg": b"b"}

    class Slow(Glass):
        async def sheet(self, stills, into):
            await super().sheet(stills, into)
            await both.wait()

    with_media(stage, Slow())
    one, other = await asyncio.gather(*(contact_sheet(alike, stage.house) for _ in range(2)))
    assert one == other
    assert one in stage.shelf.kept
    assert not list(stage.house.folder.glob("*.jpg"))
