"""Files that are not what they say, or mean harm."""

import asyncio
import os
import struct
import zipfile

import pytest

from bot.domain.errors import Unreadable
from tests.adapters.media import making

PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n{}\n#EXT-X-ENDLIST\n"
CONCAT = "ffconcat version 1.0\nfile '{}'\n"
METADATA = ";FFMETADATA1\ntitle={}\n"
MPD = '<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period><BaseURL>{}</BaseURL></Period></MPD>'
SDP = "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\na={}\n"
DRAWING = '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><image href="{}"/></svg>'


async def refusal(tools, path) -> str:
    with pytest.raises(Unreadable) as refused:
        await tools.probe(path)
    return refused.value.why


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (PLAYLIST, "It is a playlist that points at other files"),
        (CONCAT, "It is a list that points at other files"),
        (METADATA, "It is a text file that points at other files"),
        (MPD, "It is a playlist that points at other files"),
        (SDP, "It is a text file"),
        (DRAWING, "It is an SVG drawing, which is text and not pixels"),
        ("<!DOCTYPE html><img src={}>", "It is a web page"),
        ("Dear all, see {}", "It is a text file"),
        ("\ufeffDear all, see {}", "It is a text file"),
    ],
)
@pytest.mark.parametrize("name", ["a.mp4", "a.png", "a.m3u8"])
async def test_text_is_refused_whatever_it_points_at_and_whatever_it_is_called(tools, tmp_path, content, why, name):
    target = making.film(tmp_path / "other.mp4", seconds=0.2, sound=None)
    path = tmp_path / name
    for points_at in (target, f"file://{target}", "/etc/passwd", "http://127.0.0.1:9/x.mp4", f"concat:{target}"):
        path.write_text(content.format(points_at))
        assert await refusal(tools, path) == f"{why}, not a picture, a film or a sound."


async def test_no_connection_is_opened_for_a_file_that_asks_for_one(tools, tmp_path):
    calls = []
    server = await asyncio.start_server(lambda *streams: calls.append(streams), "127.0.0.1", 0)
    async with server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/film.mp4"
        for number, content in enumerate((PLAYLIST, CONCAT, MPD, DRAWING)):
            path = tmp_path / f"{number}.mp4"
            path.write_text(content.format(url))
            await refusal(tools, path)
        await refusal(tools, _pointing_at(making.film(tmp_path / "a.mov", sound=None), url))
    assert calls == []


async def test_a_film_whose_pictures_lie_in_another_file_is_refused(tools, tmp_path):
    """A MOV may name another file to read its samples from; the other file here would open well."""
    target = making.film(tmp_path / "other.mov", seconds=1, sound=None)
    await tools.probe(target)
    await refusal(tools, _pointing_at(making.film(tmp_path / "a.mov", seconds=1, sound=None), str(target)))


def _pointing_at(path, target: str):
    """The film with its data reference turned into an alias of another file."""
    film = path.read_bytes()
    at = film.index(b"dref")
    old = film[at + 12 : at + 24]
    assert old == struct.pack(">I4sI", 12, b"url ", 1)
    name = target.encode()
    alias = bytes(10) + bytes([4]) + b"disk".ljust(27, b"\0") + bytes(12) + bytes([5]) + b"a.mov".ljust(63, b"\0")
    alias += bytes(16) + struct.pack(">hh", 1, 1) + bytes(16)
    alias += struct.pack(">hh", 2, len(name)) + name + b"\0" * (len(name) % 2) + struct.pack(">hh", -1, 0)
    entry = struct.pack(">I4sI", 12 + len(alias), b"alis", 0) + alias
    film = film[: at + 12] + entry + film[at + 24 :]
    for box in (b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref"):
        start = film.rindex(box, 0, at + 4) - 4 if box != b"dref" else at - 4
        size = int.from_bytes(film[start : start + 4], "big") + len(entry) - 12
        film = film[:start] + struct.pack(">I", size) + film[start + 4 :]
    path.write_bytes(film)
    return path


async def test_an_empty_file_says_so(tools, tmp_path):
    path = tmp_path / "a.png"
    path.touch()
    assert await refusal(tools, path) == "It is empty: it has 0 bytes."


async def test_an_archive_a_document_and_noise_say_what_they_are(tools, tmp_path):
    with zipfile.ZipFile(tmp_path / "a.mp4", "w") as archive:
        archive.writestr("x", "x")
    (tmp_path / "b.mp4").write_bytes(b"%PDF-1.7\n%\xe2\xe3")
    (tmp_path / "c.mp4").write_bytes(bytes(range(256)) * 20)
    assert await refusal(tools, tmp_path / "a.mp4") == (
        "It is a ZIP archive or an office document, not a picture, a film or a sound."
    )
    assert (await refusal(tools, tmp_path / "b.mp4")).startswith("It is a PDF document")
    assert (await refusal(tools, tmp_path / "c.mp4")).startswith("It is not a kind of file that is known here")


async def test_a_pipe_and_a_folder_are_not_waited_for(tools, tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    assert await refusal(tools, tmp_path / "pipe.png") == "It is not an ordinary file."
    assert await refusal(tools, tmp_path) == "It is not an ordinary file."


async def told(tools, path) -> str:
    try:
        media = await tools.probe(path)
    except Unreadable as error:
        return "a sentence" if error.why.endswith(".") else error.why
    return "a reading" if media.bytes == path.stat().st_size else "a wrong reading"


@pytest.mark.parametrize("seed", range(12))
async def test_damage_anywhere_ends_in_a_sentence_or_a_reading_and_never_in_an_error(tools, tmp_path, seed):
    """Bytes are turned over at many places in real files: whatever decoders make of them, no exception of theirs gets out."""
    random = making.np.random.default_rng(seed)
    makers = (
        lambda: making.film(tmp_path / "a.mp4", seconds=0.5, size=(320, 240)),
        lambda: making.picture(tmp_path / "a.png", making.scene(320, 240)),
        lambda: making.picture(tmp_path / "a.heic", making.scene(320, 240)),
        lambda: making.animation(tmp_path / "a.webp", 2),
        lambda: making.sound(tmp_path / "a.mp3", 1.0, "libmp3lame"),
        lambda: making.picture(tmp_path / "a.tiff", making.scene(320, 240)),
    )
    path = makers[seed % len(makers)]()
    whole = path.read_bytes()
    for _ in range(12):
        held = bytearray(whole)
        for at in random.integers(0, min(len(held), 3000), 6):
            held[at] ^= int(random.integers(1, 256))
        path.write_bytes(held)
        assert await told(tools, path) in {"a reading", "a sentence"}
