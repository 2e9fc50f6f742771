"""Which task an order is, and which region an address."""

import pytest

from adapters.video.wan.finding import match
from adapters.video.wan.region import base_url, region
from adapters.video.wan.wire.answers import Lost, Status
from bot.domain.errors import (
    BadSettings,
    Unavailable,
    Unclear,
)
from tests.adapters.video.wan.new_wishes_wan import (
    HERON,
)

# --- which task was it? ---


def test_only_one_task_with_exactly_the_words_is_the_order() -> None:
    mine, other = Lost(Status.running, HERON), Lost(Status.running, "A crow lands")
    assert match(HERON, {}) is None
    assert match(HERON, {"a": other}) is None
    assert match(HERON, {"a": other, "b": mine}) == "b"
    with pytest.raises(Unclear):
        match(HERON, {"a": mine, "b": mine})


def test_words_are_the_same_however_their_spaces_and_accents_are_written() -> None:
    assert match("A  café\nat dawn", {"a": Lost(Status.running, " A cafe\u0301 at dawn ")}) == "a"
    assert match("A café at dawn", {"a": Lost(Status.running, "A cafe at dawn")}) is None


@pytest.mark.parametrize(
    ("prompt", "came_back"),
    [
        ("A heron, at dawn!", "a heron at dawn"),
        ("A heron at dawn 🌅", "A heron at dawn"),
        ("A heron " * 60, "A heron " * 40),
    ],
    ids=["without its signs", "without its picture", "cut off"],
)
def test_nearly_the_same_words_are_left_to_a_person(prompt: str, came_back: str) -> None:
    with pytest.raises(Unclear, match="nearly these words"):
        match(prompt, {"a": Lost(Status.running, came_back)})
    assert match(prompt, {"a": Lost(Status.failed, came_back)}) is None
    assert match(prompt, {"a": Lost(Status.running, came_back), "b": Lost(Status.running, prompt)}) == "b"


def test_other_words_with_the_same_beginning_are_other_words() -> None:
    assert match("A heron takes off", {"a": Lost(Status.running, "A heron")}) is None


def test_a_task_that_keeps_its_words_to_itself_is_waited_for() -> None:
    mine, silent = Lost(Status.succeeded, HERON), Lost(Status.running, None)
    for told in ({"a": silent}, {"a": silent, "b": mine}, {"a": Lost(Status.unknown, None)}):
        with pytest.raises(Unavailable):
            match(HERON, told)
    with pytest.raises(Unclear):
        match(HERON, {"a": Lost(Status.succeeded, None)})
    assert match(HERON, {"a": Lost(Status.failed, None), "b": Lost(Status.canceled, None)}) is None


def test_an_order_without_words_cannot_be_told_from_another() -> None:
    with pytest.raises(Unclear):
        match("", {"a": Lost(Status.succeeded, "")})
    assert match("", {}) is None


# --- where it is ---


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("", "https://dashscope-intl.aliyuncs.com/api/v1"),
        ("https://dashscope.aliyuncs.com", "https://dashscope.aliyuncs.com/api/v1"),
        ("https://dashscope.aliyuncs.com/api/v1/", "https://dashscope.aliyuncs.com/api/v1"),
        ("http://127.0.0.1:9/proxy/api/v1", "http://127.0.0.1:9/proxy/api/v1"),
    ],
)
def test_an_address_is_good_with_and_without_its_path(given: str, url: str) -> None:
    assert base_url(given) == url


@pytest.mark.parametrize("given", ["https://[::1", "dashscope.aliyuncs.com", "ftp://x", "https://"])
def test_what_is_no_address_stops_at_once(given: str) -> None:
    with pytest.raises(BadSettings, match="DASHSCOPE_BASE_URL"):
        base_url(given)


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("dashscope.aliyuncs.com", "Beijing"),
        ("dashscope-intl.aliyuncs.com", "Singapore"),
        ("cn-hongkong.dashscope.aliyuncs.com", "Hong Kong"),
        ("dashscope-us.aliyuncs.com", "Virginia"),
        ("ws1.cn-beijing.maas.aliyuncs.com", "Beijing"),
        ("ws1.ap-southeast-1.maas.aliyuncs.com", "Singapore"),
        ("ws1.cn-hongkong.maas.aliyuncs.com", "Hong Kong"),
        ("ws1.us-east-1.maas.aliyuncs.com", "Virginia"),
        ("ws1.eu-central-1.maas.aliyuncs.com", "Frankfurt"),
        ("ws1.ap-northeast-1.maas.aliyuncs.com", "Tokyo"),
        ("proxy.example", "proxy.example"),
    ],
)
def test_the_region_is_told_by_the_host(host: str, name: str) -> None:
    assert region(f"https://{host}/api/v1") == name
