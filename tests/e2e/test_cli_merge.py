"""`clapper merge`, run as people and scripts run it."""

import subprocess
from pathlib import Path

import av
import imageio_ffmpeg
import psutil
import pytest
from PIL import Image

from tests.e2e.shell import Shell


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def drawn(path: Path, seconds: float, size: str = "320x180") -> str:
    """A moving picture with a tone."""
    moving, tone = f"testsrc2=size={size}:rate=24:duration={seconds}", f"sine=duration={seconds}"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "lavfi", "-i", moving, "-f", "lavfi", "-i", tone]
    subprocess.run([*command, "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", path], check=True)
    return str(path)


def test_films_that_agree_are_copied_and_those_that_do_not_are_encoded(shell: Shell, tmp_path: Path):
    wide, tall = drawn(tmp_path / "wide.mp4", 1), drawn(tmp_path / "tall.mp4", 1, "180x320")
    said = shell.clapper("merge", wide, wide, "-o", "same.mp4", "--json")
    assert said.code == 0, said.err
    document = said.document
    assert set(document) == {"path", "method", "why", "width", "height", "seconds"}
    assert (document["path"], document["method"]) == (str(tmp_path / "same.mp4"), "copy")
    assert (document["width"], document["height"]) == (320, 180)
    assert document["seconds"] == pytest.approx(2, abs=0.1)

    said = shell.clapper("merge", wide, tall, "--format", "square", "--fill", "crop", "--fade", "0.25", "-o", "odd")
    assert said.code == 0, said.err
    assert said.out.splitlines()[1].startswith("encode: ")
    with av.open(str(tmp_path / "odd.mp4")) as film:
        assert film.streams.video[0].width == film.streams.video[0].height
        assert film.streams.audio
        assert float((film.duration or 0) / 1e6) == pytest.approx(1.75, abs=0.1)
    assert sorted(path.name for path in tmp_path.glob("*.mp4")) == ["odd.mp4", "same.mp4", "tall.mp4", "wide.mp4"]


def test_every_problem_is_told_at_once_and_nothing_is_overwritten(shell: Shell, tmp_path: Path):
    film = drawn(tmp_path / "film.mp4", 1)
    (tmp_path / "there.mp4").write_bytes(b"precious")
    wrong = ("--fade", "9", "--format", "round", "--fill", "stretch", "--soundtrack", "song.mp3")
    said = shell.clapper("merge", *[film] * 5, "nope.mp4", *wrong, "-o", "there.mp4", "--json")
    assert said.code == 1
    for sentence in (
        "9 s were asked for. Say less.",
        "There is no format 'round'; there are auto,",
        "There is no fill 'stretch'; there are pad and crop.",
        "there are 6. Leave 1 out.",
        "nope.mp4 is not there",
        "song.mp3 is not there",
        "there.mp4 is there already, and nothing is overwritten.",
    ):
        assert sentence in said.document["error"]
    assert (tmp_path / "there.mp4").read_bytes() == b"precious"
    (tmp_path / "films").mkdir()
    into_a_folder = shell.clapper("merge", film, film, "-o", "films")
    assert into_a_folder.err == f"films is a folder; name the film in it, like {Path('films', 'merged.mp4')}.\n"
    assert not (tmp_path / "films.mp4").exists()


def test_what_is_no_film_is_named(shell: Shell, tmp_path: Path):
    film = drawn(tmp_path / "film.mp4", 1)
    Image.new("RGB", (320, 180)).save(tmp_path / "still.png")
    (tmp_path / "words.txt").write_text("no film")
    said = shell.clapper("merge", film, "still.png", "words.txt", "-o", "new.mp4")
    assert said.code == 1
    assert "still.png is a picture, and has to be a film." in said.err
    assert "words.txt cannot be used" in said.err
    assert not (tmp_path / "new.mp4").exists()


def test_an_interrupt_ends_the_joining_and_leaves_nothing(shell: Shell, tmp_path: Path):
    long = drawn(tmp_path / "long.mp4", 12, "1280x720")
    with shell.terminal("merge", long, long, "--format", "portrait", "-o", "new.mp4") as terminal:
        terminal.wait_for(r"Joining 2 films")
        while not (working := psutil.Process(terminal.pid).children(recursive=True)):
            pass
        terminal.interrupt()
        assert terminal.end() == 130
    assert psutil.wait_procs(working, timeout=5)[1] == []
    assert [path.name for path in tmp_path.glob("*.mp4")] == ["long.mp4"]
    assert [path.name for path in tmp_path.glob(".*.mp4")] == []
