"""What a search of the library means: each part that is understood is said back, everything else is a word to look for."""

from datetime import UTC, datetime

import pytest

from bot.domain.chat import Person
from bot.domain.drive import Wanted
from bot.flows.library.asked import asked

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)  # a Friday
NAMES = {
    "kling-v3": "kling-v3",
    "kling 3.0": "kling-v3",
    "kling": "kling-v3",
    "toll-1": "toll-1",
    "toll one": "toll-1",
    "swift": "toll-1",
}
TITLES = {"kling-v3": "Kling 3.0", "toll-1": "Toll One"}


def day(number, month=11, year=2026):
    return datetime(year, month, number, tzinfo=UTC)


def look(text):
    return asked(text, Wanted(viewer=Person("web", "team", "u1", "Anna"), now=NOW), NAMES, TITLES)


@pytest.mark.parametrize(
    ("text", "title", "wanted"),
    [
        ("fox by Ada, at most 8s", "with “fox” by Ada, longest 8 s", {"words": ("fox",), "by": "ada", "max_seconds": 8.25}),
        ('by "Ada Lovelace"', "by Ada Lovelace", {"by": "ada lovelace"}),
        ("by <@U07>", "by U07", {"by": "U07"}),
        ("mine", "by you", {"by": "u1"}),
        ("fox by me", "with “fox” by you", {"words": ("fox",), "by": "u1"}),
        ("longer than 5s", "shortest 5 s", {"min_seconds": 5.25}),
        ("under 10 s", "longest 10 s", {"max_seconds": 9.75}),
        ("5-8s", "of 5 to 8 s", {"min_seconds": 4.5, "max_seconds": 8.5}),
        ("8 to 5 seconds", "of 5 to 8 s", {"min_seconds": 4.5, "max_seconds": 8.5}),
        ("7,5 s", "of 7.5 s", {"min_seconds": 7.0, "max_seconds": 8.0}),
        ("since 2026-11-01", "since 1 Nov 2026", {"since": day(1)}),
        ("after 2026-11-01 before yesterday", "after 1 Nov 2026, before 19 Nov 2026", {"since": day(2), "before": day(19)}),
        ("until 2026-11-01", "until 1 Nov 2026", {"before": day(2)}),
        ("today", "of today", {"since": day(20), "before": day(21)}),
        ("this week", "of this week", {"since": day(16), "before": day(23)}),
        ("last month", "of last month", {"since": day(1, 10), "before": day(1)}),
        ("2026-11-05", "of 5 Nov 2026", {"since": day(5), "before": day(6)}),
        ("model toll one fox", "with “fox”, made with Toll One", {"words": ("fox",), "model": "toll-1"}),
        ("Toll-1", "made with Toll One", {"model": "toll-1"}),
        ("model swift", "made with Toll One", {"model": "toll-1"}),
        ("model kling", "with “kling”", {"words": ("kling",)}),
        ("kling 3.0 fox", "with “fox”, made with Kling 3.0", {"words": ("fox",), "model": "kling-v3"}),
        ('"by ada" today', "with “by ada”, of today", {"words": ("by", "ada"), "since": day(20), "before": day(21)}),
        ("over 9000 ants", "with “over 9000 ants”", {"words": ("over", "9000", "ants")}),
        ("2026-13-45", "with “2026-13-45”", {"words": ("2026-13-45",)}),
        ("until 9999-12-31", "with “until 9999-12-31”", {"words": ("until", "9999-12-31")}),
        ("goodbye ada", "with “goodbye ada”", {"words": ("goodbye", "ada")}),
        ("videos", "with “videos”", {"words": ("videos",)}),
        ("films by ada", "by ada", {"by": "ada"}),
    ],
)  # fmt: skip
def test_each_part_is_understood_and_said(text, title, wanted):
    found = look(text)
    assert found.title == title
    nothing = Wanted(viewer=found.wanted.viewer, now=NOW)
    assert {
        name: getattr(found.wanted, name)
        for name in Wanted.__slots__
        if getattr(found.wanted, name) != getattr(nothing, name)
    } == wanted


@pytest.mark.parametrize(
    ("text", "page", "words"),
    [("", 1, ()), ("3", 3, ()), ("page 2", 2, ()), ("search fox 2", 2, ("fox",)), ("0", 1, ()), ("all please", 1, ()), ("fox 12345", 1, ("fox", "12345"))],
)  # fmt: skip
def test_a_number_at_the_end_is_the_page(text, page, words):
    found = look(text)
    assert (found.page, found.wanted.words, found.everything) == (page, words, not words)


@pytest.mark.parametrize(
    "text",
    [
        '"',
        "by",
        "by ",
        "since",
        "“",
        '" by ada',
        "model",
        "model ",
        "5-",
        "since today since today",
        "\x00",
        "by by by",
    ],
)
def test_no_search_breaks_on_what_is_half_written(text):
    assert look(text).page == 1
