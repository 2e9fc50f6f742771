"""Names on the Drive: whatever is asked for stays on the Drive, is safe on every disk, and what had to change is said."""

import unicodedata
from pathlib import PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.chat import Person
from bot.domain.drive import SPACE, drive_key, numbered, safe_path
from bot.domain.paths import MAX_BYTES, MAX_PARTS, why_unsafe
from tests.stored import a_clip

ANNA = Person("web", "team", "u1", "Anna")
PIECES = (
    "..", ".", "/", "\\", "/space/", "/SPACE/", "con", "AUX.mp4", "nul .txt", "a" * 90, "🎬" * 70, ".mp4", "-", " ", "\u200b", "\u202e",
    "\x00", "\n", "?", "*", "|", "名前", "e\u0301", "\u0301", ".hidden", "~", "%2e%2e", "$(x)", "\ud800", "\u3000", "film", "C:",
)  # fmt: skip
HOSTILE = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=12)), max_size=14).map("".join)


@settings(max_examples=75, deadline=None)
@given(HOSTILE)
def test_no_name_leaves_the_drive_or_is_too_much_for_a_disk(wanted):
    """Whatever is written: below the owner's folder or the space, no part over 255 bytes with a number added, the same when made safe again."""
    path = safe_path(wanted)
    assert safe_path(path) == path
    shared = path.startswith(SPACE)
    key = drive_key(path, ANNA)
    assert key.startswith("web-team/space/" if shared else "web-team/people/u1/")
    parts = path.removeprefix(SPACE).split("/")
    assert 1 <= len(parts) <= MAX_PARTS
    assert len(path.encode()) <= MAX_BYTES + len(SPACE)
    names = numbered(path)
    for numbered_path in [next(names) for _ in range(3)]:
        assert all(len(part.encode()) <= 255 for part in numbered_path.split("/"))
    for part in parts:
        assert part
        assert part == part.strip(" .")
        assert not set(part) & set('<>:"|?*\\')
        assert all(unicodedata.category(c) not in {"Cc", "Cf", "Cs"} for c in part)
        assert part.split(".")[0].strip().lower() not in {"con", "prn", "aux", "nul", "com1", "lpt9"}
    assert PurePosixPath(path).suffix


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        ("promo/intro", "promo/intro.mp4"),
        ("promo/v1.2", "promo/v1.2.mp4"),
        ("Ünïcode/名前 ok.MP4", "Ünïcode/名前 ok.MP4"),
        ("e\u0301te\u0301", "été.mp4"),
        ("/Space/shared/x", "/space/shared/x.mp4"),
        ("/space", "/space/film.mp4"),
        ("space/x", "space/x.mp4"),
        ("..\\..\\boot.ini", "boot.ini.mp4"),
        ("", "film.mp4"),
    ],
)
def test_names_keep_what_is_safe_in_them(wanted, path):
    assert safe_path(wanted) == path


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ("promo/intro", ()),
        ("/space/名前 ok", ()),
        ("what: now?", ("“:” and “?” cannot be in a name.",)),
        ("../../etc/passwd", ("“..” leads nowhere here: a path stays on its Drive.",)),
        ("aux", ("“aux” is a name that some systems keep for themselves.",)),
        ("a\u202eb", ("Characters that cannot be seen are left out of names.",)),
        (".hidden", ("A name neither begins nor ends with a dot.",)),
        ("x" * 90, (f"A name has at most 80 characters, 240 bytes: “{'x' * 29}…” has 90, 90 bytes.",)),
        ("🎬" * 70, (f"A name has at most 80 characters, 240 bytes: “{'🎬' * 29}…” has 70, 280 bytes.",)),
        ("/".join("abcdefghij"), ("A path has at most 8 parts and this has 10: the last 8 stand.",)),
    ],
)  # fmt: skip
def test_what_had_to_change_is_said(wanted, why):
    """And nothing where only the extension is added."""
    assert why_unsafe(wanted) == why


@settings(max_examples=50, deadline=None)
@given(HOSTILE)
def test_a_path_that_is_safe_has_nothing_to_say(wanted):
    assert why_unsafe(safe_path(wanted)) == ()


@pytest.mark.parametrize(
    ("path", "prompt", "heading"),
    [
        ("promo/fox.mp4", "a red fox", "fox.mp4"),
        ("videos/F-1.mp4", "a red\n fox", "a red fox"),
        ("/space/F-1-2.mp4", "a red fox", "a red fox"),
        ("videos/F-1.mp4", "", "F-1.mp4"),
        ("F-11.mp4", "a red fox", "F-11.mp4"),
        (
            "videos/F-1.mp4",
            "a lighthouse keeper winds the great lamp as the fog, grey, rolls in over the bay",
            "a lighthouse keeper winds the great lamp as the fog, grey …",
        ),
        ("videos/F-1.mp4", "霧" * 80, "霧" * 60 + " …"),
    ],
)
def test_a_film_that_nobody_named_is_known_by_the_first_words_of_its_prompt(path, prompt, heading):
    assert a_clip("F-1", drive_path=path, prompt=prompt).heading == heading


def test_films_of_one_wish_are_told_apart():
    assert a_clip("F-3", drive_path="videos/F-3.mp4", prompt="a red fox").heading == "(3) a red fox"
