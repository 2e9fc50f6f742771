"""The rows of Seedance against the model lists of Volcengine Ark and BytePlus ModelArk."""

from dataclasses import replace
from datetime import date

import pytest

from adapters.video.seedance.wire import calls
from bot.domain.errors import InvalidInput
from bot.domain.media import Role
from bot.domain.model import Sound
from bot.domain.request import Task
from tests.adapters.video.seedance.asked import FILM, asked
from tests.shelf import all_models, model, picture, wish

EVERY = {Task.text, Task.first_frame, Task.first_last, Task.references, Task.edit, Task.extend}
FRAMED = {Task.text, Task.first_frame, Task.first_last}
# id -> its id in China and abroad, tasks, resolutions, lengths (and whether it may choose one), sound
LIVE = {
    "seedance-2": ("doubao-seedance-2-0-260128", "dreamina-seedance-2-0-260128", EVERY, "480p 720p 1080p 4k", 15),
    "seedance-2-fast": ("doubao-seedance-2-0-fast-260128", "dreamina-seedance-2-0-fast-260128", EVERY, "480p 720p", 15),
    "seedance-2-mini": ("doubao-seedance-2-0-mini-260615", "dreamina-seedance-2-0-mini-260615", EVERY, "480p 720p", 15),
    "seedance-2.5": ("doubao-seedance-2-5-260628", "dreamina-seedance-2-5-260628", EVERY, "480p 720p 1080p", 30),
    "seedance-2.5-draft": (
        "doubao-seedance-2-5-260628",
        "dreamina-seedance-2-5-260628",
        FRAMED | {Task.references},
        "480p",
        30,
    ),
}
# id -> its id in China and abroad, tasks, shortest length, the day it ended, what follows it
OVER = {
    "seedance-1.5-pro": ("1-5-pro-251215", FRAMED, 4, date(2026, 11, 11), "seedance-2-fast"),
    "seedance-1-pro": ("1-0-pro-250528", FRAMED, 2, date(2026, 7, 17), "seedance-2-fast"),
    "seedance-1-pro-fast": ("1-0-pro-fast-251015", {Task.text, Task.first_frame}, 2, None, "seedance-2-fast"),
    "seedance-1-lite-t2v": ("1-0-lite-t2v-250428", {Task.text}, 2, date(2026, 5, 13), "seedance-2-mini"),
    "seedance-1-lite-i2v": (
        "1-0-lite-i2v-250428",
        FRAMED - {Task.text} | {Task.references},
        2,
        date(2026, 5, 13),
        "seedance-2-mini",
    ),
}
SHAPES = ("16:9", "4:3", "1:1", "3:4", "9:16", "21:9")
# resolution -> width and height at each of SHAPES
TWO = {
    "480p": "864x496 752x560 640x640 560x752 496x864 992x432",
    "720p": "1280x720 1112x834 960x960 834x1112 720x1280 1470x630",
    "1080p": "1920x1080 1664x1248 1440x1440 1248x1664 1080x1920 2206x946",
}
ONE = {
    "480p": "864x480 736x544 640x640 544x736 480x864 960x416",
    "720p": "1248x704 1120x832 960x960 832x1120 704x1248 1504x640",
    "1080p": "1920x1088 1664x1248 1440x1440 1248x1664 1088x1920 2176x928",
}
TWO_FIVE = TWO | {"480p": TWO["480p"].replace("864x496", "854x480", 1)}


def test_every_model_of_the_lists_is_there_and_no_other() -> None:
    assert {one.id for one in all_models() if one.provider == "seedance"} == set(LIVE) | set(OVER)


@pytest.mark.parametrize("id", LIVE)
def test_a_live_row_makes_what_the_lists_say(id: str) -> None:
    row, (china, abroad, tasks, resolutions, longest) = model(id), LIVE[id]
    assert (dict(row.wire)["cn"], dict(row.wire)["intl"]) == (china, abroad)
    assert (set(row.tasks), set(row.resolutions)) == (tasks, set(resolutions.split()))
    assert (row.seconds.minimum, row.seconds.maximum, row.seconds.auto) == (4, longest, True)
    assert (row.audio, row.default_audio, row.retired_on) == (Sound.optional, False, None)
    assert row.aspects == ("adaptive", *SHAPES)


@pytest.mark.parametrize("id", OVER)
def test_a_row_that_is_over_names_what_follows(id: str) -> None:
    row, (name, tasks, shortest, ended, after) = model(id), OVER[id]
    assert dict(row.wire) == {"cn": f"doubao-seedance-{name}", "intl": f"seedance-{name}"}
    assert (set(row.tasks), row.seconds.minimum, row.seconds.maximum) == (tasks, shortest, 12)
    assert row.seconds.auto is (id == "seedance-1.5-pro")
    assert (row.audio is Sound.never) is (id != "seedance-1.5-pro")
    assert (row.replaced_by, row.retired_on is not None) == (after, True)
    assert row.retired_on == ended or ended is None


@pytest.mark.parametrize("id", [*LIVE, *OVER])
def test_a_frame_has_the_pixels_that_are_documented(id: str) -> None:
    row = model(id)
    sizes = ONE if id.startswith("seedance-1-") else TWO_FIVE if "2.5" in id else TWO
    for resolution in set(row.resolutions) - {"4k"}:
        found = [f"{width}x{height}" for width, height in (row.frame(resolution, shape) for shape in SHAPES)]
        assert " ".join(found) == sizes[resolution]
    if "4k" in row.resolutions:
        assert row.frame("4k", "16:9") == (3840, 2160)


@pytest.mark.parametrize(
    ("id", "counts", "longest", "silent"),
    [
        ("seedance-2", (9, 3, 3), 15, True),
        ("seedance-2-fast", (9, 3, 3), 15, True),
        ("seedance-2-mini", (9, 3, 3), 15, True),
        ("seedance-2.5", (30, 10, 10), 30, False),
        ("seedance-2.5-draft", (30, 10, 10), 30, False),
    ],
)
def test_so_many_references_are_taken_and_so_long(
    id: str, counts: tuple[int, int, int], longest: int, silent: bool
) -> None:
    roles = (Role.reference_image, Role.reference_video, Role.reference_audio)
    image, film, sound = (model(id).rule(role) for role in roles)
    assert image
    assert film
    assert sound
    assert (image.max_count, film.max_count, sound.max_count) == counts
    for rule in (film, sound):
        assert (rule.total_seconds, rule.media.min_seconds, rule.media.max_seconds) == (longest, 2, longest)
    assert (sound.alone, film.by_link, image.by_link) == (not silent, True, False)
    assert (image.media.min_side, image.media.max_side) == (300, 6000)
    assert (image.media.min_aspect, image.media.max_aspect, image.media.max_bytes) == (0.4, 2.5, 30_000_000)
    assert sound.media.max_bytes == 15_000_000


def test_lite_makes_no_1080p_from_references() -> None:
    row = model("seedance-1-lite-i2v")
    assert row.under(wish("x", picture("@Image1"))).resolutions == ("720p", "480p")
    assert "1080p" in row.under(wish("x", picture("@Image1", Role.first_frame))).resolutions
    rule = row.rule(Role.reference_image)
    assert rule
    assert rule.max_count == 4


@pytest.mark.parametrize(
    ("name", "task", "seconds", "taken"),
    [
        ("seedance-2.5", "edit", 3.96, False),
        ("seedance-2.5", "edit", 3.99, True),
        ("seedance-2.5", "extend", 2.0, True),
        ("seedance-2", "edit", 2.0, True),
    ],
)
def test_2_5_edits_no_film_shorter_than_4_s(name: str, task: str, seconds: float, taken: bool) -> None:
    made, links = asked(name, task), {FILM.key: "https://films.example/tea.mp4"}
    film = replace(FILM, media=replace(FILM.media, seconds=seconds))  # pyright: ignore[reportArgumentType]
    short = replace(made, request=replace(made.request, references=(film,)))
    if taken:
        assert calls.create(short, "intl", links).method == "POST"
        return
    with pytest.raises(InvalidInput, match=r"@Video1 is 3\.96 s long, and a film to be edited must have 4 s") as caught:
        calls.create(short, "intl", links)
    assert caught.value.reference == "@Video1"
