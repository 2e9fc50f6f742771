"""Films that differ are joined through one filter graph: to the frame, the sample and the decibel."""

import asyncio
import os
import subprocess
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
import pytest

from adapters.media.ffmpeg.join.agree import difference
from adapters.media.ffmpeg.join.looking import look_at_all
from adapters.media.ffmpeg.tools import FFmpegTools
from bot.domain.join import Fill, Format, Join, Method
from tests.adapters.media import making
from tests.adapters.media.counting import SIZE, Making, Seen, counted, seen

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
PLAIN = Making(seconds=0.75)
H265 = (("preset", "ultrafast"), ("x265-params", "log-level=none"))


def made(folder: Path, *makings: Making) -> list[Path]:
    return [counted(folder / f"{number}.mp4", number, making) for number, making in enumerate(makings)]


async def joined(tools: FFmpegTools, clips: list[Path], why: str, how: Join = Join(), **also) -> Seen:  # noqa: B008 - frozen
    into = clips[0].with_name("all.mp4")
    heard: list[float] = []
    told = await tools.join(clips, into, how, progress=heard.append, **also)
    assert told.method is Method.encoded
    assert told.why == f"{why}, so they were encoded anew."
    assert heard == sorted(heard)
    assert (heard[0], heard[-1]) == (0.0, 1.0)
    with av.open(str(into)) as container:
        film = container.streams.video[0].codec_context
        voices = [(voice.codec_context.name, voice.sample_rate, voice.channels) for voice in container.streams.audio]
        assert (film.name, film.profile, film.pix_fmt, film.colorspace) == ("h264", "High", "yuv420p", 1)
        assert voices in ([], [("aac", 48_000, 2)])
    return seen(into)


DIFFERENT = {
    "h265": (PLAIN, replace(PLAIN, codec="libx265", settings=H265), "Clip 2 is H.265 and clip 1 is H.264"),
    "10 bits": (PLAIN, replace(PLAIN, codec="libx265", settings=H265, pixels="yuv420p10le"), "Clip 2 is H.265 and clip 1 is H.264"),
    "sample rate": (PLAIN, replace(PLAIN, sound_rate=22_050), "The sound of clip 2 is stereo AAC at 22.1 kHz and that of clip 1 is stereo AAC at 48 kHz"),
    "mono": (PLAIN, replace(PLAIN, layout="mono"), "The sound of clip 2 is mono AAC at 48 kHz and that of clip 1 is stereo AAC at 48 kHz"),
    "no sound": (replace(PLAIN, sound=None), PLAIN, "Clip 1 has no sound and clip 2 has"),
    "settings": (PLAIN, replace(PLAIN, settings=(("bf", "0"), ("preset", "fast"))), "Clip 2 was encoded with other settings than clip 1"),
    "size": (PLAIN, replace(PLAIN, size=(320, 192)), "Clip 2 is 320 × 192 at 24 frames a second and clip 1 is 160 × 96 at 24 frames a second"),
    "odd size": (replace(PLAIN, size=(161, 97), pixels="yuv444p"), PLAIN, "Clip 2 is 160 × 96 at 24 frames a second and clip 1 is 161 × 97 at 24 frames a second"),
}  # fmt: skip


SLOW = pytest.mark.skipif(os.environ.get("CLAPPER_SOAK") != "1", reason="another like the others: CLAPPER_SOAK=1")
SPARED = {"10 bits", "sample rate", "mono", "settings"}


def test_every_difference_is_seen_before_anything_is_encoded(tmp_path):
    """Copied all the same, such films would come out broken, and ffmpeg would not say so."""
    for case in SPARED:
        *makings, why = DIFFERENT[case]
        (folder := tmp_path / case).mkdir()
        looks = look_at_all(made(folder, *(replace(making, seconds=0.25) for making in makings)))
        assert difference(looks, Join(), soundtrack=False) == f"{why}, so they were encoded anew.", case


@pytest.mark.parametrize("case", [pytest.param(case, marks=SLOW if case in SPARED else ()) for case in DIFFERENT])
async def test_films_that_differ_come_out_frame_by_frame_with_sound_in_time(tools, tmp_path, case):
    *makings, why = DIFFERENT[case]
    clips = made(tmp_path, *makings, PLAIN)
    whole = await joined(tools, clips, why)
    assert whole.marks == [(number, index) for number in range(3) for index in range(18)]
    assert whole.times == pytest.approx([number / 24 for number in range(54)], abs=1e-3)
    with_sound = [flash for flash, making in zip(whole.flashes, [*makings, PLAIN], strict=True) if making.sound]
    assert whole.beeps == pytest.approx(with_sound, abs=0.01)
    assert whole.sound[0][-1] == pytest.approx(54 / 24, abs=0.025)
    assert whole.shape == {"size": (320, 192), "odd size": (160, 96)}.get(case, SIZE)


async def test_other_rates_come_out_at_the_highest_and_do_not_drift(tools, tmp_path):
    clips = made(
        tmp_path,
        PLAIN,
        replace(PLAIN, rate="30000/1001"),
        replace(PLAIN, rate="12", heard=2.0),
        replace(PLAIN, heard=0.6),
    )
    whole = await joined(
        tools, clips, "Clip 2 is 160 × 96 at 29.97 frames a second and clip 1 is 160 × 96 at 24 frames a second"
    )
    assert whole.marks == sorted(whole.marks)
    assert set(whole.marks) == {(number, index) for number, most in enumerate((18, 22, 9, 18)) for index in range(most)}
    assert whole.times[1] == pytest.approx(1001 / 30000, abs=1e-4)
    assert whole.beeps == pytest.approx([flash for flash in whole.flashes if flash != 2.002], abs=0.01)
    assert len(whole.times) == 4 * 22  # as many whole frames as fit each film


async def test_an_uneven_rate_keeps_its_time(tools, tmp_path):
    """Every third frame is missing, as phones leave them out in the dark."""
    even = counted(tmp_path / "even.mp4", 0, replace(PLAIN, rate="30"))
    uneven = tmp_path / "uneven.mp4"
    left_out = ("-vf", "select=mod(n+1\\,3)", "-fps_mode", "vfr", "-c:a", "copy")
    await asyncio.to_thread(subprocess.run, [FFMPEG, "-v", "error", "-i", even, *left_out, uneven], check=True)
    whole = await joined(tools, [uneven, even], "Clip 2 was encoded with other settings than clip 1")
    assert whole.marks == [(0, index - (index % 3 == 2)) for index in range(22)] + [(0, index) for index in range(22)]
    assert whole.times == pytest.approx([number / 30 for number in range(44)], abs=1e-3)
    assert whole.beeps == pytest.approx(whole.flashes, abs=0.01)


async def test_sound_that_begins_before_its_pictures_stays_as_far_before_them(tools, tmp_path):
    """The film begins with its pictures; what was heard earlier is left out, and nothing after it moves."""
    even, late = counted(tmp_path / "even.mp4", 0, PLAIN), tmp_path / "late.mp4"
    inputs = ("-itsoffset", "0.25", "-i", even, "-i", even, "-map", "0:v", "-map", "1:a", "-c", "copy", late)
    await asyncio.to_thread(subprocess.run, [FFMPEG, "-v", "error", *inputs], check=True)
    other = counted(tmp_path / "other.mp4", 1, replace(PLAIN, size=(320, 192)))
    why = "Clip 2 is 320 × 192 at 24 frames a second and clip 1 is 160 × 96 at 24 frames a second"
    whole = await joined(tools, [late, other], why)
    assert whole.flashes == pytest.approx([0.5, 1.25], abs=1e-3)
    assert whole.beeps == pytest.approx([0.25, 1.25], abs=0.01)


@pytest.mark.parametrize("rate", ["24", "30000/1001"])
def test_a_film_that_counts_in_milliseconds_has_the_rate_it_was_made_with(tmp_path, rate):
    even = counted(tmp_path / "even.mkv", 0, replace(PLAIN, rate=rate))
    assert look_at_all([even])[0].pictures.rate == Fraction(rate)


async def test_a_film_of_one_frame_is_not_lost_among_others(tools, tmp_path):
    clips = made(tmp_path, PLAIN, replace(PLAIN, seconds=1 / 24, sound=None), PLAIN)
    whole = await joined(tools, clips, "Clip 2 has no sound and clip 1 has")
    assert [number for number, _ in whole.marks] == [0] * 18 + [1] * 2 + [2] * 18


async def test_frames_woven_of_two_moments_come_out_as_one(tools, tmp_path):
    """A bar that moves is torn into lines otherwise, and torn worse where it is scaled."""
    ground, bar = (f"color={name}:s={size}:r=50:d=0.4" for name, size in (("black", "160x96"), ("white", "20x96")))
    moving = f"{ground}[ground];{bar}[bar];[ground][bar]overlay=x=t*400"
    weave = "tinterlace=interleave_top,fieldorder=tff"
    woven, plain = tmp_path / "woven.mp4", making.film(tmp_path / "plain.mp4", size=(320, 192), seconds=0.2, sound=None)
    command = (FFMPEG, "-v", "error", "-f", "lavfi", "-i", f"{moving},{weave}")
    kept = ("-c:v", "libx264", "-flags", "+ilme+ildct", "-pix_fmt", "yuv420p", woven)
    await asyncio.to_thread(subprocess.run, [*command, *kept], check=True)
    await tools.join([woven, plain], tmp_path / "all.mp4", Join())

    def torn(path: Path) -> float:
        with av.open(str(path)) as container:
            shown = [frame.to_ndarray(format="gray").astype(float) for frame in container.decode(video=0)][2:8]
        return max(float(np.abs(np.diff(pixels, axis=0)).mean()) for pixels in shown)

    assert torn(tmp_path / "all.mp4") < torn(woven) / 4


async def test_bars_and_cut_edges_lie_evenly_beside_a_film_of_another_ratio(tools, tmp_path):
    tall = making.film(tmp_path / "tall.mp4", size=(90, 160), seconds=0.3, sound=None)
    wide = making.film(tmp_path / "wide.mp4", size=(160, 90), seconds=0.3, sound=None)
    into = tmp_path / "all.mp4"
    await tools.join([wide, tall], into, Join())
    with av.open(str(into)) as container:
        *_, last = (frame.to_ndarray(format="gray").astype(int) for frame in container.decode(video=0))
    assert last.shape == (90, 160)
    assert max(last[:, :50].max(), last[:, -50:].max()) < 4
    assert last[:, 58:102].mean() > 60
    await tools.join([wide, tall], into, Join(format=Format.portrait, fill=Fill.crop))
    with av.open(str(into)) as container:
        first = next(container.decode(video=0)).to_ndarray(format="gray").astype(int)
    assert first.shape == (160, 90)
    assert min(first[0].max(), first[-1].max(), first[:, 0].max(), first[:, -1].max()) > 40


async def test_a_film_stored_on_its_side_stands_upright_beside_another(tools, tmp_path):
    lying = making.turned_film(tmp_path / "a.mp4", 90, seconds=0.3, size=(160, 96), sound=None)
    other = making.film(tmp_path / "b.mp4", seconds=0.3, size=(96, 160), sound=None)
    into = tmp_path / "all.mp4"
    await tools.join([lying, other], into, Join())
    with av.open(str(into)) as container:
        shown = list(container.decode(video=0))[6]
    pixels = shown.to_ndarray(format="rgb24").astype(int)
    assert (shown.width, shown.height, shown.rotation) == (96, 160, 0)
    red, green, _ = pixels[150, 10]
    assert red > 150 > green


async def test_hdr_comes_out_in_colours_every_screen_has(tools, tmp_path):
    hdr = "colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc:log-level=none"
    how = (("preset", "ultrafast"), ("x265-params", hdr))
    clips = made(tmp_path, replace(PLAIN, codec="libx265", settings=how, pixels="yuv420p10le"), PLAIN)
    whole = await joined(tools, clips, "Clip 1 is HDR, which not every screen shows")
    assert whole.marks == [(number, index) for number in range(2) for index in range(18)]


async def test_the_light_of_hdr_is_mapped_and_not_only_its_numbers_copied(tools, tmp_path):
    """In HDR10 a dim and a bright grey are near each other in number, and far from it in light."""
    film, plain = tmp_path / "hdr.mp4", counted(tmp_path / "plain.mp4", 0, replace(PLAIN, sound=None))
    with av.open(str(film), "w") as container:
        stream = container.add_stream("libx265", rate=24)
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p10le"
        hdr = "colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:log-level=none"
        stream.options = {"preset": "ultrafast", "x265-params": hdr}
        grey = av.VideoFrame(*SIZE, "yuv420p10le")
        for plane, halves in zip(grey.planes, ((300, 640), (512, 512), (512, 512)), strict=True):
            line = np.repeat(np.array(halves, np.uint16), plane.line_size // 4)
            plane.update(np.tile(line, plane.height).tobytes())
        for index in range(3):
            grey.pts = index
            container.mux(stream.encode(grey))
        container.mux(stream.encode())
    await tools.join([film, plain], into := tmp_path / "all.mp4", Join())
    with av.open(str(into)) as container:
        shown = next(container.decode(video=0)).to_ndarray(format="gray")
    assert (shown[:, :60].mean(), shown[:, 100:].mean()) == (pytest.approx(55, abs=4), pytest.approx(225, abs=4))


async def test_colours_stay_what_they_are_whatever_matrix_they_were_made_with(tools, tmp_path):
    """One red, once as small films write it and once as large ones do: a wrong matrix turns it orange or dark."""
    clips = []
    for number, matrix in enumerate(("bt709", "smpte170m")):
        clips.append(tmp_path / f"{number}.mp4")
        shown = f"scale=out_color_matrix={'bt709' if matrix == 'bt709' else 'bt601'},format=yuv420p"
        how = ("-c:v", "libx264", "-colorspace", matrix, "-t", "0.3")
        scene = "color=0xC83214:s=160x96:r=24,format=rgb24"
        await asyncio.to_thread(
            subprocess.run,
            [FFMPEG, "-v", "error", "-f", "lavfi", "-i", scene, "-vf", shown, *how, clips[-1]],
            check=True,
        )
    into = tmp_path / "all.mp4"
    await tools.join(clips, into, Join())
    with av.open(str(into)) as container:
        frames = [frame.reformat(format="rgb24", src_colorspace=1).to_ndarray() for frame in container.decode(video=0)]
    assert np.abs(frames[2][48, 80].astype(int) - (0xC8, 0x32, 0x14)).max() < 9
    assert np.abs(frames[-2][48, 80].astype(int) - (0xC8, 0x32, 0x14)).max() < 9


async def test_films_pass_into_one_another_and_short_ones_more_quickly(tools, tmp_path):
    short = replace(PLAIN, seconds=0.5, heard=0.5)
    clips = made(tmp_path, replace(PLAIN, seconds=1.0), short, replace(PLAIN, seconds=1.0))
    whole = await joined(tools, clips, "They pass into one another", Join(fade_seconds=0.5))
    assert len(whole.times) == 24 + 12 + 24 - 6 - 6
    assert whole.sound[0][-1] == pytest.approx(48 / 24, abs=0.025)
    assert whole.marks[:18] == [(0, index) for index in range(18)]
    assert whole.marks[-18:] == [(2, index) for index in range(6, 24)]
    assert np.abs(whole.sound[1]).max() < 1.0
    assert whole.beeps[-1] == pytest.approx(whole.flashes[-1], abs=0.01)


async def test_a_soundtrack_plays_under_the_whole_and_fades_at_its_end(tools, tmp_path):
    clips = made(tmp_path, replace(PLAIN, seconds=1.5), replace(PLAIN, seconds=1.5, sound=None))
    music = making.sound(tmp_path / "music.mp3", 9, "libmp3lame")
    whole = await joined(tools, clips, "A soundtrack plays under them", Join(soundtrack=True), soundtrack=music)
    times, samples = whole.sound
    assert times[-1] == pytest.approx(3.0, abs=0.025)
    assert 0.05 < np.abs(samples[(times > 0.9) & (times < 1.2)]).max() < 1.0
    assert np.abs(samples[times > 2.97]).max() < 0.1 * np.abs(samples[(times > 1.6) & (times < 2.2)]).max()
    brief = making.sound(tmp_path / "brief.wav", 1.0)
    await tools.join(clips, tmp_path / "all.mp4", Join(soundtrack=True), soundtrack=brief)
    assert seen(tmp_path / "all.mp4").sound[0][-1] == pytest.approx(3.0, abs=0.025)


async def test_loud_and_soft_films_come_out_alike_and_silence_stays_silent(tools, tmp_path):
    hums = (0.7, 0.04, 0.0)
    clips = made(
        tmp_path,
        *(
            replace(PLAIN, seconds=1.0, loud=0.0, hum=hum, rate=rate)
            for hum, rate in zip(hums, ("24", "25", "24"), strict=True)
        ),
    )
    await tools.join(clips, tmp_path / "all.mp4", Join())
    times, samples = seen(tmp_path / "all.mp4").sound
    loud, soft, silent = (np.sqrt((samples[(times > at + 0.2) & (times < at + 0.8)] ** 2).mean()) for at in (0, 1, 2))
    assert abs(20 * np.log10(loud / soft)) < 1.5  # 25 dB apart before
    assert silent < 1e-4
    assert np.abs(samples).max() < 1.0
