"""A film that is moved is whole at every moment, whoever dies or comes between."""

import asyncio
import contextlib
import json
import os
import random
from dataclasses import replace

import pytest

from adapters.files.local.files import LocalFiles
from bot.domain.chat import Message, Press
from bot.domain.errors import BadRequest, Stale, UserError
from bot.domain.job import reply_id
from bot.flows.drive.move import moved
from bot.flows.hear import hear
from bot.flows.press import press
from tests.fakes import Crash
from tests.flows.filmed import card_of, film, fresh, the_bytes, the_same_bytes
from tests.houses import ASKER, HERE, at_once


class Doomed:
    """Something of a house that the process dies in, at the so many'th call of the methods that change something."""

    def __init__(self, of, count, *changing):
        self._of, self._count, self._changing = of, count, changing

    def __getattr__(self, name):
        found = getattr(self._of, name)
        if name not in self._changing:
            return found

        async def dying(*given, **named):
            self._count[0] -= 1
            if self._count[0] == 0:
                raise Crash
            done = await found(*given, **named)
            self._count[0] -= 1
            if self._count[0] == 0:
                raise Crash
            return done

        return dying


class Kept:
    """A storage some parts of which are doomed."""

    def __init__(self, storage, **parts):
        self._storage = storage
        self.__dict__.update(parts)

    def __getattr__(self, name):
        return getattr(self._storage, name)


async def test_a_move_that_is_killed_anywhere_ends_in_the_same_place_when_it_is_heard_again(stage):
    """Before and after each write: the film is whole at every moment, and in the end under its one new name."""
    for dies_at in range(1, 30):
        clip = await film(stage, f"a/{dies_at}")
        count, house = [dies_at], stage.house
        storage = house.storage
        doomed = replace(
            house,
            files=Doomed(house.files, count, "copy", "forget"),
            storage=Kept(
                storage,
                names=Doomed(storage.names, count, "reserve", "release"),
                clips=Doomed(storage.clips, count, "change"),
                notes=Doomed(storage.notes, count, "put"),
            ),
        )
        said = Message(f"rename-{dies_at}", HERE, ASKER, f"rename a/{dies_at} to b/{dies_at}")
        try:
            await hear(said, doomed)
        except Crash:
            there = await fresh(stage, clip)
            assert there.key in stage.shelf.kept
        else:
            assert dies_at > 14
            break
        await hear(said, house)
        now = await fresh(stage, clip)
        assert now.drive_path == f"b/{dies_at}.mp4"
        assert await the_same_bytes(stage, now), dies_at
        assert (await card_of(stage, reply_id(said.key))).title != "That did not work"
    else:
        raise AssertionError("it never went through")


async def test_two_who_rename_one_film_at_once_lose_nothing(stage):
    """Whoever is later moves it on; back to a name that is just being left, it goes beside it."""
    clip = await film(stage)
    await at_once(
        *(stage.press("", "rename", json.dumps({"path": path}), item=clip.id) for path in ("a", "b", "promo/fox", "a"))
    )
    now = await fresh(stage, clip)
    assert now.key in stage.shelf.kept
    assert now.drive_path.startswith(("a", "b", "promo/fox"))
    with pytest.raises(Stale):
        await moved(clip, "c.mp4", "late", stage.house)
    assert now.key in stage.shelf.kept


async def test_one_film_is_moved_by_one_event_at_a_time(stage):
    """Another is told to wait; the same one goes on; and a turn that nobody gave back is over by itself."""
    clip = await film(stage)
    dying = Doomed(stage.house.files, [1], "copy")
    names = Doomed(stage.house.storage.names, [7], "reserve", "release")  # so that the turn is not given back either
    doomed = replace(stage.house, files=dying, storage=Kept(stage.house.storage, names=names))
    with pytest.raises(Crash):
        await moved(clip, "a.mp4", "first", doomed)
    with pytest.raises(BadRequest, match="is being moved just now"):
        await moved(clip, "b.mp4", "second", stage.house)
    clip = await moved(clip, "a.mp4", "first", stage.house)
    clip = await moved(clip, "b.mp4", "second", stage.house)
    assert (clip.drive_path, await the_same_bytes(stage, clip)) == ("b.mp4", True)
    names = Doomed(stage.house.storage.names, [7], "reserve", "release")
    with pytest.raises(Crash):
        await moved(
            clip,
            "c.mp4",
            "third",
            replace(
                doomed, files=Doomed(stage.house.files, [1], "copy"), storage=Kept(stage.house.storage, names=names)
            ),
        )
    stage.clock.forward(120)
    clip = await moved(clip, "d.mp4", "fourth", stage.house)
    assert (clip.drive_path, await the_same_bytes(stage, clip)) == ("d.mp4", True)


async def test_a_copy_that_outlasts_its_turn_lets_go_of_no_name(stage):
    """Somebody else may be moving the film by then, back to where it was: what is left is let go of when it is heard again."""

    class Slow:
        def __getattr__(self, name):
            return getattr(stage.shelf, name)

        async def copy(self, key, to):
            await stage.shelf.copy(key, to)
            stage.clock.forward(150)

    clip = await film(stage)
    after = await moved(clip, "a.mp4", "first", replace(stage.house, files=Slow()))
    assert {clip.key, after.key} <= set(stage.shelf.kept)
    assert set(await stage.house.storage.names.held(clip.id)) == {clip.key, after.key}
    assert await the_same_bytes(stage, await moved(after, "a.mp4", "first", stage.house))


@pytest.mark.skipif(not os.environ.get("CLAPPER_SOAK"), reason="half a minute of accidents; set CLAPPER_SOAK=1")
@pytest.mark.parametrize("seed", range(6))
async def test_many_who_rename_share_and_delete_a_few_films_at_once_and_die_doing_it_lose_no_byte(
    stage, tmp_path, seed
):
    """On a real disk: after every accident each film is whole under its own name."""
    chance = random.Random(seed)
    stage.house = replace(stage.house, files=LocalFiles(tmp_path / "drive"))
    films = [await film(stage, f"f{number}") for number in range(3)]
    whole = {clip.id: await the_bytes(stage, clip) for clip in films}

    async def accident(key):
        storage, count = stage.house.storage, [chance.choice([0, chance.randint(1, 16)])]
        doomed = replace(
            stage.house,
            files=Doomed(stage.house.files, count, "copy", "forget"),
            storage=Kept(
                storage,
                names=Doomed(storage.names, count, "reserve", "release"),
                clips=Doomed(storage.clips, count, "change"),
                notes=Doomed(storage.notes, count, "put"),
            ),
        )
        clip = chance.choice(films)
        action = chance.choice(["rename", "rename", "rename", "delete", "restore", "save"])
        path = chance.choice(["a", "b", "f0", "f1", "f2", "/space/a"])
        event = Press(key, HERE, ASKER, action, clip.job, json.dumps({"path": path}), item=clip.id)
        with contextlib.suppress(Crash, UserError):
            await press(event, doomed)

    for number in range(25):
        await asyncio.gather(*(accident(f"{number}-{one}") for one in range(chance.randint(1, 5))))
        for clip in films:
            now = await fresh(stage, clip)
            assert await the_bytes(stage, now) == whole[clip.id]
            assert now.key in await stage.house.storage.names.held(clip.id)
