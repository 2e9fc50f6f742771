"""What an address asks of the library, or a sentence that says what is wrong with it."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.chat.web.people import OPERATOR
from adapters.chat.web.refusal import Refusal
from adapters.chat.web.search import search
from bot.domain.drive import Wanted

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_an_address_without_a_question_means_the_newest_films():
    asked = search({}, OPERATOR, NOW)
    assert (asked.wanted, asked.skip, asked.limit) == (Wanted(viewer=OPERATOR, now=NOW), 0, 60)


def test_every_part_of_a_question_is_understood():
    query = {
        "q": " red  fox ", "model": "toll-1", "by": "Ada", "since": "2026-11-01", "before": "2026-11-20T10:00:00+02:00",
        "min": "2.5", "max": "10", "folder": "/space/", "trashed": "1", "skip": "60", "limit": "20",
    }  # fmt: skip
    asked = search(query, OPERATOR, NOW)
    assert asked.wanted == Wanted(
        viewer=OPERATOR,
        now=NOW,
        words=("red", "fox"),
        model="toll-1",
        by="ada",
        since=datetime(2026, 11, 1, tzinfo=UTC),
        before=datetime(2026, 11, 20, 8, tzinfo=UTC),
        min_seconds=2.5,
        max_seconds=10.0,
        folder="/space/",
        trashed=True,
    )
    assert (asked.skip, asked.limit) == (60, 20)


def test_an_empty_folder_is_ones_own_drive_and_none_is_all():
    assert search({"folder": ""}, OPERATOR, NOW).wanted.folder == ""
    assert search({}, OPERATOR, NOW).wanted.folder is None


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("limit", "0", "from 1 to 200"),
        ("limit", "201", "'201'"),
        ("limit", "9" * 5_000, "from 1 to 200"),
        ("skip", "-1", "'-1'"),
        ("skip", "²", "'²'"),
        ("since", "yesterday", "a date such as 2026-11-20"),
        ("before", "0001-01-01T00:00:00+23:59", "a date such as"),
        ("min", "-1", "seconds such as 5"),
        ("max", "nan", "'nan'"),
        ("max", "inf", "'inf'"),
        ("min", "٣", "'٣'"),
        ("folder", "promo", "ends with a slash"),
        ("folder", "/", "ends with a slash"),
        ("trashed", "maybe", "1 or 0"),
        ("q", "x" * 401, "at most 400 letters, and this one has 401"),
    ],
)
def test_a_question_that_cannot_be_says_what_is_wrong(name, value, says):
    with pytest.raises(Refusal, match=says) as refused:
        search({name: value}, OPERATOR, NOW)
    assert refused.value.status == 400


NAMES = st.sampled_from(["q", "model", "by", "since", "before", "min", "max", "folder", "trashed", "skip", "limit"])


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(NAMES, st.text(max_size=20)))
def test_no_address_raises_anything_but_a_sentence(query):
    with suppress(Refusal):
        search(query, OPERATOR, NOW)
