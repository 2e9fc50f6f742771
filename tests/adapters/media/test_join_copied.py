"""Films that agree are joined as they are: every frame, in order, and every beep with its flash."""

import asyncio
import subprocess
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
import pytest

from bot.domain.join import Format, Join, Method
from tests.adapters.media import making
from tests.adapters.media.counting import Making, counted, seen

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
QUIET = Making(sound=None)
H265 = (("preset", "ultrafast"), ("x265-params", "log-level=none:bframes=2"))


def made(folder: Path, *makings: Making) -> list[Path]:
    return [counted(folder / f"{number}.mp4", number, making) for number, making in enumerate(makings)]


def pictures(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]


def decoded(path: Path) -> list[tuple[int, int]]:
    """When packets are decoded and shown, in ticks."""
    with av.open(str(path)) as container:
        return [(packet.dts, packet.pts) for packet in container.demux(video=0) if packet.size]


def outermost(path: Path) -> list[bytes]:
    names, held, at = [], path.read_bytes(), 0
    while at < len(held):
        names.append(held[at + 4 : at + 8])
        at += int.from_bytes(held[at : at + 4], "big")
    return names


@pytest.mark.parametrize(
    "all_alike",
    [Making(), Making(rate="30000/1001", sound_rate=44_100, layout="mono"), QUIET, replace(QUIET, codec="libx265", settings=H265)],
    ids=["b-frames", "ntsc mono", "no sound", "h265"],
)  # fmt: skip
async def test_films_that_agree_are_copied_frame_by_frame(tools, tmp_path, all_alike):
    clips = made(tmp_path, *(replace(all_alike, seconds=seconds) for seconds in (1.0, 0.7, 1.3, 0.2, 1.0)))
    heard: list[float] = []
    joined = await tools.join(clips, into := tmp_path / "all.mp4", Join(), progress=heard.append)
    assert (joined.method, joined.why) == (Method.copied, "All five agree, so nothing was encoded anew.")
    assert heard == [1.0]
    assert pictures(into) == [packet for clip in clips for packet in pictures(clip)]
    whole, alone = seen(into), [seen(clip) for clip in clips]
    assert whole.marks == [mark for clip in alone for mark in clip.marks]
    assert [number for number, _ in whole.marks] == sorted(number for number, _ in whole.marks)
    step = whole.times[1]
    assert whole.times == pytest.approx([number * step for number in range(len(whole.times))], abs=1e-4)
    stored = [dts for dts, _ in decoded(into)]
    assert stored == sorted(set(stored))
    assert all(dts <= pts for dts, pts in decoded(into))
    assert outermost(into).index(b"moov") < outermost(into).index(b"mdat")


async def test_sound_stays_with_its_pictures_over_every_joint(tools, tmp_path):
    """The films' sounds are too short, too long and of no whole number of packets: none may move what follows."""
    how = Making(sound_rate=44_100)
    clips = made(
        tmp_path,
        replace(how, heard=0.7),
        replace(how, heard=1.6),
        how,
        replace(how, heard=0.93),
        replace(how, heard=1.2),
    )
    joined = await tools.join(clips, into := tmp_path / "all.mp4", Join())
    whole = seen(into)
    times, _ = whole.sound
    assert joined.method is Method.copied
    assert len(whole.flashes) == len(whole.beeps) == 5
    assert whole.beeps == pytest.approx(whole.flashes, abs=0.016)
    assert times[-1] == pytest.approx(5.0, abs=0.03)
    with av.open(str(into)) as container:
        packets = [packet.pts for packet in container.demux(audio=0) if packet.size]
    assert {after - before for before, after in pairwise(packets)} == {1024}


async def test_a_format_that_the_films_have_already_asks_for_nothing_new(tools, tmp_path):
    clips = made(tmp_path, *[replace(QUIET, size=(160, 90))] * 2)
    assert (await tools.join(clips, tmp_path / "a.mp4", Join(format=Format.landscape))).method is Method.copied
    joined = await tools.join(clips, tmp_path / "b.mp4", Join(format=Format.square))
    assert joined.why == "Clip 1 is 160 × 90 and they were to be square HD, so they were encoded anew."


async def test_what_is_joined_can_be_joined_again(tools, tmp_path):
    clips = made(tmp_path, Making(hum=0.1), Making(hum=0.1))
    await tools.join(clips, tmp_path / "two.mp4", Join())
    joined = await tools.join([tmp_path / "two.mp4", clips[0]], tmp_path / "three.mp4", Join())
    whole = seen(tmp_path / "three.mp4")
    assert joined.why == "Both agree, so nothing was encoded anew."
    assert whole.beeps == pytest.approx(whole.flashes, abs=0.016)
    assert len(whole.times) == 72
    times, samples = whole.sound
    heard = [np.abs(samples[(times >= at) & (times < at + 0.02)]).max() for at in np.arange(0.02, 2.96, 0.02)]
    assert min(heard) > 0.05  # over the joints too


async def test_films_turned_alike_are_copied_and_stay_upright(tools, tmp_path):
    film = making.turned_film(tmp_path / "a.mp4", 90, seconds=0.5, size=(160, 96))
    joined = await tools.join([film, film], tmp_path / "all.mp4", Join())
    media = await tools.probe(tmp_path / "all.mp4")
    assert (joined.method, media.width, media.height) == (Method.copied, 96, 160)


async def test_a_film_shown_mirrored_is_mirrored_in_the_whole_and_the_others_are_not(tools, tmp_path):
    plain = making.film(tmp_path / "plain.mp4", seconds=0.25, size=(160, 96))
    mirrored = tmp_path / "mirrored.mp4"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-display_vflip", "-i", plain, "-c", "copy", mirrored]
    await asyncio.to_thread(subprocess.run, command, check=True)
    joined = await tools.join([plain, mirrored], tmp_path / "all.mp4", Join())
    why = "Clip 2 is shown mirrored or turned, which not every player does"
    assert (joined.method, joined.why) == (Method.encoded, f"{why}, so they were encoded anew.")


async def test_frames_that_a_film_hides_stay_hidden(tools, tmp_path):
    """Cut without encoding, a film keeps the frames before the cut that others need, and says that they are not shown."""
    whole = counted(tmp_path / "whole.mp4", 0, QUIET)
    cut = tmp_path / "cut.mp4"
    await asyncio.to_thread(
        subprocess.run, [FFMPEG, "-v", "error", "-ss", "0.5", "-i", whole, "-c", "copy", cut], check=True
    )
    joined = await tools.join([whole, cut], tmp_path / "all.mp4", Join())
    assert joined.method is Method.encoded
    assert seen(tmp_path / "all.mp4").marks == seen(whole).marks + seen(cut).marks
