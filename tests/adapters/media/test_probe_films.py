"""What a film or a sound really is."""

import pytest

from bot.domain.errors import Unreadable
from bot.domain.limits import AUDIO_LIMITS, VIDEO_LIMITS
from bot.domain.media import MediaKind
from tests.adapters.media import making


async def test_a_film_is_told_whole(tools, tmp_path):
    media = await tools.probe(making.film(tmp_path / "a.mp4", seconds=2, size=(1280, 720), rate=24))
    told = (media.kind, media.mime, media.width, media.height, media.seconds, media.fps)
    assert told == (MediaKind.video, "video/mp4", 1280, 720, pytest.approx(2, abs=0.03), 24)
    assert (media.video_codec, media.audio_codec, media.traits) == ("h264", "aac", frozenset())
    assert VIDEO_LIMITS.check(media) == ()


@pytest.mark.parametrize(
    ("name", "codecs", "told"),
    [
        ("a.mov", ("libx264", "aac"), ("video/quicktime", "h264", "aac")),
        ("a.mp4", ("libx265", "libmp3lame"), ("video/mp4", "hevc", "mp3")),
        ("a.webm", ("libvpx-vp9", "libopus"), ("video/webm", "vp9", "opus")),
        ("a.mkv", ("libx264", None), ("video/x-matroska", "h264", None)),
        ("a.avi", ("mpeg4", "libmp3lame"), ("video/x-msvideo", "mpeg4", "mp3")),
    ],
)
async def test_films_of_other_makes_are_named_for_what_they_are(tools, tmp_path, name, codecs, told):
    codec, sound = codecs
    quick = {"preset": "ultrafast", "x265-params": "log-level=none"} if codec == "libx265" else {"cpu-used": "8"}
    made = making.film(tmp_path / name, seconds=1, size=(320, 240), codec=codec, sound=sound, settings=quick)
    media = await tools.probe(made)
    assert (media.mime, media.video_codec, media.audio_codec) == told
    assert (media.width, media.height) == (320, 240)
    assert media.seconds == pytest.approx(1, abs=0.08)


@pytest.mark.parametrize(
    ("rate", "fps"), [("24000/1001", 23.976), ("30000/1001", 29.97), ("2397/100", 23.97), ("60", 60)]
)
async def test_an_odd_frame_rate_is_told_exactly_and_accepted(tools, tmp_path, rate, fps):
    media = await tools.probe(making.film(tmp_path / "a.mp4", rate=rate, seconds=2.1))
    assert media.fps == fps
    assert VIDEO_LIMITS.check(media) == ()


async def test_a_film_in_fragments_is_told_like_any_other(tools, tmp_path):
    """As browsers record it: no index in front, each piece with its own."""
    path = making.film(tmp_path / "a.mp4", options={"movflags": "frag_keyframe+empty_moov"}, seconds=2.1)
    media = await tools.probe(path)
    assert (media.fps, media.width, media.video_codec) == (24, 640, "h264")
    assert VIDEO_LIMITS.check(media) == ()


async def test_a_slow_frame_rate_is_a_problem_with_its_numbers(tools, tmp_path):
    media = await tools.probe(making.film(tmp_path / "a.mp4", rate=12, seconds=2.1))
    said = [problem.say for problem in VIDEO_LIMITS.check(media)]
    assert said == ["Frame rate: 12 frames a second, the limit is 24 to 60. Export it at a rate within the limit."]


@pytest.mark.parametrize("turn", [90, 270])
async def test_a_film_held_upright_is_measured_as_it_is_shown(tools, tmp_path, turn):
    media = await tools.probe(making.turned_film(tmp_path / "a.mp4", turn, size=(640, 360)))
    assert (media.width, media.height, media.traits) == (360, 640, {"rotated"})


@pytest.mark.parametrize("faststart", [True, False])
@pytest.mark.parametrize("part", [0.4, 0.9, 0.995])
async def test_a_film_that_is_cut_off_is_refused(tools, tmp_path, faststart, part):
    whole = making.film(tmp_path / "a.mp4", options={"movflags": "faststart"} if faststart else {}).read_bytes()
    path = tmp_path / "cut.mp4"
    path.write_bytes(whole[: int(len(whole) * part)])
    with pytest.raises(Unreadable, match="cut off or damaged"):
        await tools.probe(path)


async def test_a_film_whose_end_was_never_written_is_refused(tools, tmp_path):
    """A download that broke off in a file made to full size before: everything is there but the bytes."""
    whole = making.film(tmp_path / "a.mp4", options={"movflags": "faststart"}, sound=None).read_bytes()
    path = tmp_path / "hollow.mp4"
    path.write_bytes(whole[: len(whole) * 2 // 3] + bytes(len(whole) - len(whole) * 2 // 3))
    with pytest.raises(Unreadable):
        await tools.probe(path)


@pytest.mark.parametrize("name", ["a.webm", "a.mkv"])
async def test_a_film_without_an_index_that_is_cut_off_is_refused(tools, tmp_path, name):
    made = making.film(tmp_path / name, codec="libx264" if name == "a.mkv" else "libvpx-vp9", sound=None, size=(320, 240),
                       settings={"cpu-used": "8", "deadline": "realtime"} if name == "a.webm" else None)  # fmt: skip
    whole = made.read_bytes()
    path = tmp_path / f"cut-{name}"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Unreadable, match="cut off or damaged"):
        await tools.probe(path)


@pytest.mark.parametrize(
    ("name", "codec", "told"),
    [
        ("a.wav", "pcm_s16le", ("audio/wav", "pcm_s16le")),
        ("a.mp3", "libmp3lame", ("audio/mpeg", "mp3")),
        ("a.m4a", "aac", ("audio/mp4", "aac")),
        ("a.flac", "flac", ("audio/flac", "flac")),
        ("a.ogg", "libopus", ("audio/ogg", "opus")),
    ],
)
async def test_every_kind_of_sound_is_known_by_its_bytes(tools, tmp_path, name, codec, told):
    path = making.sound(tmp_path / name, 3.0, codec).rename(tmp_path / "nameless")
    media = await tools.probe(path)
    assert (media.kind, media.width, (media.mime, media.audio_codec)) == (MediaKind.audio, None, told)
    assert media.seconds == pytest.approx(3.0, abs=0.08)


async def test_a_sound_with_cover_art_is_a_sound(tools, tmp_path):
    media = await tools.probe(making.mp3_with_cover(tmp_path / "a.mp3"))
    assert (media.kind, media.mime, media.width, media.video_codec) == (MediaKind.audio, "audio/mpeg", None, None)
    assert AUDIO_LIMITS.check(media) == ()


async def test_a_sound_that_is_cut_off_is_refused(tools, tmp_path):
    for name, codec in (("a.wav", "pcm_s16le"), ("a.mp3", "libmp3lame"), ("a.m4a", "aac")):
        whole = making.sound(tmp_path / name, 3.0, codec).read_bytes()
        path = tmp_path / f"cut-{name}"
        path.write_bytes(whole[: len(whole) // 2])
        with pytest.raises(Unreadable):
            await tools.probe(path)
