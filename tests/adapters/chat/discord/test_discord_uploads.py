"""Films in Discord: streamed into their channel, once, and smaller where the server takes no file that large."""

import hashlib
import io
import resource
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import av
import numpy as np
import pytest

from adapters.chat.discord.platform import Discord as Platform
from adapters.files import local
from adapters.media import ffmpeg
from bot.domain.card import CardMedia
from bot.domain.chat import MessageRef
from bot.domain.errors import BadMedia, Later
from bot.domain.media import MediaKind
from bot.ports.parts import Parts
from tests.adapters.chat.discord.server import Discord
from tests.adapters.chat.discord.server_values import MIB, File
from tests.adapters.chat.discord.studio import Studio, card_of, studio
from tests.fakes import Glass, SetClock
from tests.stored import a_clip

FILM = CardMedia(kind=MediaKind.video, key="f.mp4", alt="A red boat", name="boat.mp4", width=16, height=9, seconds=1.0)
CONTENT = bytes(range(256)) * 5000
CREATE = "POST /channels/*/messages"


@pytest.fixture
async def house(discord: Discord, tmp_path: Path) -> AsyncIterator[Studio]:
    async with studio(discord, tmp_path) as made:
        made.keep("f.mp4", CONTENT)
        yield made


def noisy_film() -> bytes:
    """Two seconds that do not compress well."""
    out, noise = io.BytesIO(), np.random.default_rng(1)
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for _ in range(48):
            picture = noise.integers(0, 255, (180, 320, 3), dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    return out.getvalue()


def films(house: Studio) -> list[File]:
    return [file for one in house.mine() for file in one.files]


async def with_clip(house: Studio) -> MessageRef:
    """The film's job and clip, and its card in the room."""
    await house.job()
    shown = await house.platform.post(house.place(), card_of(), key="C-1")
    await house.shown("J-1", shown)
    await house.storage.clips.add(
        replace(a_clip("V-1"), job="J-1", owner=house.person(), key="f.mp4", drive_path="videos/boat.mp4")
    )
    return shown


async def test_a_film_arrives_whole_as_a_plain_message_that_answers_its_card(house):
    shown = await with_clip(house)
    assert await house.platform.upload(house.place(), FILM, key="V-1") == ""
    card, film = house.mine()
    [file] = film.files
    assert (file.sha256, file.name, file.description) == (hashlib.sha256(CONTENT).hexdigest(), "boat.mp4", "A red boat")
    assert film.reply_to is card
    assert shown.id == str(card.id)
    assert film.mentions == [house.ada]
    assert film.components == [], "so that it plays in place"


async def test_bringing_it_again_calls_nobody(house, discord):
    await house.platform.upload(house.place(), FILM, key="V-1")
    asked = len(discord.calls)
    assert await house.restart().upload(house.place(), FILM, key="V-1") == ""
    assert len(discord.calls) == asked


@pytest.mark.parametrize("later", [1.0, 61.0, 3600.0])
async def test_a_film_whose_answer_is_lost_is_not_posted_twice(house, discord, later):
    discord.lose_answer(CREATE)
    with pytest.raises(OSError, match="reached"):
        await house.platform.upload(house.place(), FILM, key="V-1")
    house.clock.forward(later)
    assert await house.restart().upload(house.place(), FILM, key="V-1") == ""
    assert len(films(house)) == 1


@pytest.mark.parametrize(("name", "there"), [("über all (1).mp4", "uber_all_1.mp4"), ("фильм.mp4", "unknown.mp4")])
async def test_a_lost_film_is_found_by_itself_though_discord_names_it_anew(house, discord, name, there):
    """A message read back has no nonce, and a name is cleaned."""
    await with_clip(house)
    discord.lose_answer(CREATE)
    with pytest.raises(OSError, match="reached"):
        await house.platform.upload(house.place(), replace(FILM, name=name), key="V-1")
    [file] = films(house)
    file.name = there
    house.mine()[-1].nonce = None
    house.clock.forward(3600)
    assert await house.platform.upload(house.place(), replace(FILM, name=name), key="V-1") == ""
    assert len(films(house)) == 1


async def test_a_film_that_never_arrived_is_sent_when_discord_is_back(house, discord):
    discord.cut(CREATE)
    with pytest.raises(OSError, match="reached"):
        await house.platform.upload(house.place(), FILM, key="V-1")
    house.clock.forward(3600)
    await house.platform.upload(house.place(), FILM, key="V-1")
    assert len(films(house)) == 1


async def test_patience_is_raised_and_the_film_comes_later(house, discord):
    discord.rate_limit(CREATE, 30.0)
    with pytest.raises(Later):
        await house.platform.upload(house.place(), FILM, key="V-1")
    await house.platform.upload(house.place(), FILM, key="V-1")
    assert len(films(house)) == 1


@pytest.mark.parametrize(("tier", "most"), [(0, 10), (2, 50), (3, 100)])
async def test_a_server_gives_its_limit_by_its_boosts(discord, tmp_path, tier, most):
    """A film of a little less than it goes as it is, one of a little more as a copy that fits."""
    async with studio(discord, tmp_path, media=Glass(), tier=tier) as house:
        for name, size in (("fits.mp4", most * MIB), ("over.mp4", most * MIB + 1)):
            house.keep(name, b"")
            with (house.drive / name).open("wb") as file:
                file.truncate(size)
        assert await house.platform.upload(house.place(), replace(FILM, key="fits.mp4"), key="V-1") == ""
        said = await house.platform.upload(house.place(), replace(FILM, key="over.mp4"), key="V-2")
        assert "smaller copy" in said
        assert [one.size for one in films(house)] == [most * MIB, len(b"small")]


async def test_a_limit_lower_than_told_is_found_and_remembered(discord, tmp_path):
    async with studio(discord, tmp_path, media=Glass(), tier=3) as house:
        house.guild.tier = 3
        with (house.drive / "f.mp4").open("wb") as file:
            file.truncate(60 * MIB)
        await house.platform._uploads._limit(house.place())
        house.guild.tier = 0
        said = await house.platform.upload(house.place(), FILM, key="V-1")
        assert "smaller copy" in said
        assert len(films(house)) == 1
        noted = await house.storage.notes.get(f"discord:limit:{house.guild.id}")
        assert noted is not None


async def test_a_film_that_does_not_fit_is_really_shrunk_and_the_words_say_where_the_original_is(discord, tmp_path):
    media = ffmpeg.create(Parts(settings={}, folder=tmp_path, clock=SetClock()))
    async with studio(discord, tmp_path, media=media) as house:
        house.keep("f.mp4", noisy_film())
        size = (house.drive / "f.mp4").stat().st_size
        until = house.clock.now() + timedelta(days=1)
        most = size * 6 // 10
        await house.storage.notes.put(f"discord:limit:{house.guild.id}", f'{{"bytes": {most}}}', until)
        await with_clip(house)
        said = await house.platform.upload(house.place(), FILM, key="V-1")
        assert "smaller copy" in said
        assert "videos/boat.mp4" in said
        [film] = films(house)
        assert film.size <= most
        assert film.name == "boat.mp4"
    await media.aclose()


async def test_the_original_of_a_smaller_copy_is_linked_where_there_is_a_public_address(discord, tmp_path):
    async with studio(discord, tmp_path, media=Glass()) as house:
        settings = {"root": str(house.drive), "public_url": "https://clapper.example.com", "token": "word"}
        files = local.create(replace(house.parts, settings=settings))
        with house.drive.joinpath("f.mp4").open("wb") as file:
            file.truncate(11 * MIB)
        await with_clip(house)
        platform = Platform(replace(house.parts, files=files))
        said = await platform.upload(house.place(), FILM, key="V-1")
        assert "https://clapper.example.com/files/f.mp4?until=" in said
        await platform.aclose()


async def test_without_the_right_to_attach_the_job_is_told_which_one_is_missing(house, discord):
    await discord.deny(house.room, "attach_files")
    said = await house.platform.upload(house.place(), FILM, key="V-1")
    assert "permission" in said
    assert "safe on the Drive" in said
    assert films(house) == []


async def test_a_film_for_closed_direct_messages_stays_on_the_drive_and_that_is_said(house, discord):
    house.ada.dms_open = False
    said = await house.platform.upload(house.place(discord.dm_with(house.ada)), FILM, key="V-1")
    assert "Direct messages from me are closed" in said


async def test_without_the_right_to_read_history_the_film_comes_without_answering_its_card(house, discord):
    await with_clip(house)
    await discord.deny(house.room, "read_message_history")
    await house.platform.upload(house.place(), FILM, key="V-1")
    [film] = [one for one in house.mine() if one.files]
    assert film.reply_to is None


async def test_a_film_that_is_gone_from_the_drive_is_bad_media(house):
    with pytest.raises(BadMedia):
        await house.platform.upload(house.place(), replace(FILM, key="gone.mp4"), key="V-1")


async def test_a_large_film_is_streamed_and_not_held_in_memory(discord, tmp_path):
    async with studio(discord, tmp_path, tier=3) as house:
        with (house.drive / "f.mp4").open("wb") as file:
            file.truncate(96 * MIB)
        await house.platform.post(house.place(), card_of(), key="C-1")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        await house.platform.upload(house.place(), FILM, key="V-1")
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        assert films(house)[0].size == 96 * MIB
        assert grown * (1 if sys.platform == "darwin" else 1024) < 48 * MIB
