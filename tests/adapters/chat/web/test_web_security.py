"""Hosts, origins, logins and links: who comes in and who does not. And settings that do not fit together."""

import re
from contextlib import suppress

import pytest

from adapters.chat.web.options import Options, is_loopback, options
from adapters.chat.web.people import OPERATOR
from adapters.chat.web.ranges import Part, Unsatisfiable, wanted_part
from adapters.chat.web.refusal import Refusal
from adapters.chat.web.security import Door, check_host, check_origin
from adapters.chat.web.tries import MOST_ADDRESSES, MOST_WRONG, Tries
from adapters.kit.links import WINDOW_SECONDS, Links, secret
from adapters.kit.sniffed import sniffed
from bot.domain.errors import UserError


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8080", "localhost", "LOCALHOST:1", "[::1]:8080", "127.8.9.1", "clapper.localhost"]
)
def test_this_machines_own_names_are_served(host):
    check_host(host, Options())


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8080", "", "192.168.0.7"),
        *("localhost:80@evil.example", "[::1]evil.example", "[::1", "localhost/evil", "127.0.0.1:80, evil.example"),
    ],
)
def test_a_name_that_is_not_ours_is_refused(host):
    with pytest.raises(Refusal) as refused:
        check_host(host, Options())
    assert refused.value.status == 421


def test_the_public_url_and_the_bound_host_are_ours():
    check_host("clapper.example.org", Options(token="t", public_url="https://clapper.example.org"))
    check_host("clapper.example.org:444", Options(token="t", public_url="https://clapper.example.org:444"))
    check_host("studio.lan:8080", Options(host="studio.lan", token="t"))
    check_host("192.168.0.7:8080", Options(host="0.0.0.0", token="t"))


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "http://["},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "http://127.0.0.1:8080", "sec-fetch-site": "cross-site"},
    ],
)
def test_a_write_from_another_site_is_refused_and_a_read_is_not(headers):
    headers = {"host": "127.0.0.1:8080"} | headers
    with pytest.raises(Refusal) as refused:
        check_origin("POST", headers)
    assert refused.value.status == 403
    check_origin("GET", headers)


@pytest.mark.parametrize(
    "headers", [{}, {"origin": "http://127.0.0.1:8080"}, {"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"}]
)
def test_the_page_itself_and_a_plain_client_may_write(headers):
    check_origin("POST", {"host": "127.0.0.1:8080"} | headers)


@pytest.mark.parametrize("settings", [{"host": "0.0.0.0"}, {"public_url": "https://clapper.example.org"}])
def test_a_page_that_others_reach_needs_a_token(settings):
    """A proxy on this machine asks for a loopback name, so a public address alone says that others come."""
    with pytest.raises(UserError, match="Set CLAPPER_WEB_TOKEN to a long random word"):
        options(settings)
    assert options(settings | {"token": "secret"}).token == "secret"


OIDC = {"oidc_issuer": "https://login.example.org", "oidc_client_id": "c", "oidc_client_secret": "s"}


def test_an_identity_provider_is_a_login_as_good_as_a_token():
    for settings in ({"host": "0.0.0.0"}, {"public_url": "https://clapper.example.org"}):
        given = options(
            settings | OIDC | {"oidc_admins": "Ada@Example.org\nVideo Admins", "oidc_domains": "@Example.org"}
        )
        assert given.login
        assert given.oidc
        assert (given.oidc.admins, given.oidc.domains) == (("ada@example.org", "Video Admins"), ("example.org",))


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"oidc_issuer": "https://login.example.org"}, "CLAPPER_OIDC_CLIENT_ID and CLAPPER_OIDC_CLIENT_SECRET missing"),
        ({"oidc_client_secret": "s"}, "CLAPPER_OIDC_ISSUER and CLAPPER_OIDC_CLIENT_ID missing"),
        (OIDC | {"oidc_issuer": "http://login.example.org"}, "must be the provider's own address"),
        (OIDC | {"oidc_issuer": "https://login.example.org/?x=1"}, "must be the provider's own address"),
        (OIDC | {"oidc_issuer": "https://["}, "must be the provider's own address"),
        (OIDC | {"oidc_issuer": "https://accounts.google.com"}, "anybody can have an account. Set oidc_domains"),
    ],
)
def test_an_identity_provider_that_cannot_be_trusted_stops_the_start_in_a_sentence(settings, says):
    with pytest.raises(UserError, match=re.escape(says)) as refused:
        options(settings)
    assert "oidc_client_secret" not in refused.value.say


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"port": "http"}, "not a whole number"),
        ({"port": "70000"}, "0 to 65535"),
        ({"max_upload_bytes": "-1"}, "from 0"),
        ({"public_url": "clapper.example.org"}, "https://clapper.example.org"),
        ({"public_url": "https://["}, "https://clapper.example.org"),
    ],
)
def test_a_setting_that_cannot_be_says_so(settings, says):
    with pytest.raises(UserError, match=says):
        options(settings)


@pytest.mark.parametrize(
    ("host", "loopback"), [("::1", True), ("127.0.0.1", True), ("localhost", True), ("::", False), ("10.0.0.1", False)]
)
def test_loopback_is_told_from_the_world(host, loopback):
    assert is_loopback(host) is loopback


async def test_the_right_token_opens_for_half_a_day_and_no_longer():
    """However often the page is used meanwhile; and another secret ends every login at once."""
    door = Door("open sesame")
    session = await door.enter(" open sesame ", now=1_000)
    assert await door.known({}, session, now=1_000 + 12 * 3600)
    assert not await door.known({}, session, now=1_001 + 12 * 3600)
    assert not await Door("another token").known({}, session, now=1_001)
    assert not await Door("open sesame", "a provider").known({}, session, now=1_001)
    assert await Door("open sesame").known({}, session, now=1_001)


async def test_each_login_is_its_own():
    door = Door("open sesame")
    one, other = [await door.known({}, await door.enter("open sesame", now=1_000), 1_001) for _ in range(2)]
    assert one
    assert other
    assert one.session != other.session
    assert one.person == other.person == OPERATOR


@pytest.mark.parametrize(
    "cookie", ["9" * 5_000 + ".x", "²-x.y", ".", "a.b", "\ud83d.\ud83d", "é.é", "e30.e30", "bnVsbA.x"]
)
async def test_a_cookie_that_is_none_of_ours_opens_nothing(cookie):
    assert not await Door("open sesame").known({}, cookie, now=0)


async def test_the_bearer_token_opens_too_and_a_wrong_one_does_not():
    door = Door("open sesame", wrong_delay_seconds=0)
    assert await door.known({"authorization": "Bearer open sesame"}, "", 0)
    assert not await door.known({"authorization": "Bearer open"}, "", 0)
    assert not await door.known({"authorization": "Basic open sesame"}, "", 0)


LONG = "a token of a good length"


async def guessed(door: Door, address: str) -> None:
    """As often as one may from there, by both ways in."""
    for _ in range(4):
        with pytest.raises(Refusal, match="That is not the token"):
            await door.enter("guess", 0, address=address)
        assert not await door.known({"authorization": "Bearer guess"}, "", 0, address=address)
    for again in (
        door.known({"authorization": "Bearer guess"}, "", 0, address=address),
        door.enter("guess", 0, address=address),
    ):
        with pytest.raises(Refusal, match="Too many wrong tokens") as refused:
            await again
        assert (refused.value.status, bool(refused.value.retry_after)) == (429, True)


async def test_after_many_wrong_tokens_from_an_address_the_next_waits_and_nobody_elsewhere_does():
    """A network of addresses is one, and one that is written in two ways."""
    door = Door("open sesame", wrong_delay_seconds=0)
    for address, alike, other in (("192.0.2.1", "::ffff:192.0.2.1", "192.0.2.2"), ("2001:db8::1", "2001:db8::2", "2001:db8:0:1::1")):  # fmt: skip
        await guessed(door, address)
        with pytest.raises(Refusal, match="Too many wrong tokens"):
            await door.enter("guess", 0, address=alike)
        assert not await door.known({"authorization": "Bearer guess"}, "", 0, address=other)
        assert await door.enter("open sesame", 0, address=other)


async def test_who_has_the_token_is_never_kept_out_by_others_who_guess():
    """They may come by one proxy, and be one address."""
    door = Door(LONG, wrong_delay_seconds=0)
    session = await door.enter(LONG, 0, address="192.0.2.1")
    await guessed(door, "192.0.2.1")
    assert await door.known({}, session, 1, address="192.0.2.1")
    assert await door.known({"authorization": f"Bearer {LONG}"}, "", 0, address="192.0.2.1")
    assert await door.enter(LONG, 0, address="192.0.2.1")


async def test_a_short_token_waits_too_as_it_could_be_found_by_guessing():
    door = Door("sesame", wrong_delay_seconds=0)
    await guessed(door, "192.0.2.1")
    with pytest.raises(Refusal, match="Too many wrong tokens"):
        await door.enter("sesame", 0, address="192.0.2.1")


async def test_who_has_a_short_token_does_not_make_room_for_others_who_guess_beside_them():
    door = Door("sesame", wrong_delay_seconds=0)
    for _ in range(MOST_WRONG):
        assert not await door.known({"authorization": "Bearer guess"}, "", 0, address="192.0.2.1")
        with suppress(Refusal):
            await door.known({"authorization": "Bearer sesame"}, "", 0, address="192.0.2.1")
    with pytest.raises(Refusal, match="Too many wrong tokens"):
        await door.known({"authorization": "Bearer guess"}, "", 0, address="192.0.2.1")


def test_addresses_that_guessed_are_not_kept_without_end():
    tries = Tries()
    for number in range(MOST_ADDRESSES + 10):
        tries.wrong(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert len(tries._wrong) == MOST_ADDRESSES


async def test_without_a_token_a_public_name_gets_files_and_health_only():
    door = Door("")
    await door.check("/api/clips", "127.0.0.1:8080", {}, "", 0)
    await door.check("/files/x", "clapper.example.org", {}, "", 0)
    with pytest.raises(Refusal, match="CLAPPER_WEB_TOKEN"):
        await door.check("/api/clips", "clapper.example.org", {}, "", 0)


def parts(path: str) -> tuple[str, str]:
    query = dict(pair.split("=") for pair in path.partition("?")[2].split("&"))
    return query["until"], query["sign"]


def test_a_link_is_the_same_within_a_window_and_good_for_at_least_one():
    links = Links(b"secret")
    assert links.path("a", 10) == links.path("a", WINDOW_SECONDS - 1) != links.path("a", WINDOW_SECONDS)
    until, sign = parts(links.path("a", WINDOW_SECONDS - 1))
    assert links.good("a", until, sign, 2 * WINDOW_SECONDS - 1)
    assert not links.good("a", until, sign, 2 * WINDOW_SECONDS + 1)


def test_a_link_is_for_its_own_file_and_time_only():
    links = Links(b"secret")
    until, sign = parts(links.path("a", 10))
    assert not links.good("b", until, sign, 10)
    assert not links.good("a", str(int(until) + 1), sign, 10)
    assert not Links(b"other").good("a", until, sign, 10)
    for odd in ("", "x", "²", "-1", "9" * 5_000):
        assert not links.good("a", odd, sign, 10)
    assert not links.good("a", until, "é", 10)


def test_the_secret_outlives_a_restart_and_follows_the_token(tmp_path):
    assert secret(tmp_path / "web", "") == secret(tmp_path / "web", "") != secret(tmp_path / "other", "")
    assert secret(tmp_path / "web", "token") == secret(tmp_path / "other", "token")
    assert (tmp_path / "web" / "secret").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("", None),
        ("bytes=0-", Part(0, 100)),
        ("bytes=10-19", Part(10, 20)),
        ("bytes=90-500", Part(90, 100)),
        ("bytes=-10", Part(90, 100)),
        ("bytes=-500", Part(0, 100)),
        ("bytes=0-1,5-6", None),
        ("bytes=9-2", None),
        ("bytes=-", None),
        ("lines=1-2", None),
        ("bytes=0-" + "9" * 20, Part(0, 100)),
        ("bytes=0-" + "9" * 5_000, None),
        ("bytes=" + "9" * 5_000 + "-", None),
        ("bytes=٣-٤", None),
    ],
)
def test_ranges_are_read_as_rfc_9110_says(header, part):
    assert wanted_part(header, 100) == part


@pytest.mark.parametrize(
    ("header", "size"),
    [("bytes=100-", 100), ("bytes=500-600", 100), ("bytes=-0", 100), ("bytes=0-", 0), ("bytes=-5", 0)],
)
def test_a_range_outside_the_file_cannot_be_had(header, size):
    with pytest.raises(Unsatisfiable):
        wanted_part(header, size)


@pytest.mark.parametrize(
    ("head", "mime"),
    [
        (b"\0\0\0\x20ftypisom", "video/mp4"),
        (b"\0\0\0\x14ftypqt  ", "video/quicktime"),
        (b"\0\0\0\x18ftypheic", "image/heic"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"RIFF\0\0\0\0WAVEfmt ", "audio/wav"),
        (b"RIFF\0\0\0\0AVI LIST", "application/octet-stream"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"<svg onload=alert(1)>", "application/octet-stream"),
        (b"<html>", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ],
)
def test_a_files_type_is_what_it_begins_with(head, mime):
    assert sniffed(head) == mime
