"""Files that people sent in Slack: fetched whole, with a token that goes to Slack alone, or refused in words that help."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from adapters.chat.slack.files import Downloads
from adapters.chat.slack.refusals import Refusals
from bot.domain.chat import Attachment
from bot.domain.errors import BadMedia
from tests.adapters.chat.slack.office import PIXEL, Office, office
from tests.adapters.chat.slack.server.slack import Slack
from tests.adapters.chat.slack.server.world import StoredFile


@pytest.fixture
async def house(slack: Slack, tmp_path: Path) -> AsyncIterator[Office]:
    async with office(slack, tmp_path) as made:
        yield made


def sent(house: Office, file: StoredFile) -> Attachment:
    return Attachment(id=f"{house.slack.local.id}/{file.id}", name=file.name)


async def read(house: Office, attachment: Attachment) -> bytes:
    return b"".join([piece async for piece in house.platform.open_attachment(attachment)])


async def refusal(house: Office, attachment: Attachment) -> str:
    with pytest.raises(BadMedia) as refused:
        await read(house, attachment)
    assert refused.value.say.endswith(".")
    return refused.value.say


@asynccontextmanager
async def elsewhere() -> AsyncIterator[tuple[str, list[web.Request]]]:
    """Another server, and what it was asked."""
    asked: list[web.Request] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request)
        return web.Response(body=PIXEL, content_type="image/png")

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/a.png", asked
    finally:
        await runner.cleanup()


async def test_a_file_arrives_whole_and_in_pieces(house, slack):
    content = bytes(range(256)) * 3000
    file = slack.file("a.png", content)
    pieces = [piece async for piece in house.platform.open_attachment(sent(house, file))]
    assert b"".join(pieces) == content
    assert len(pieces) > 1


async def test_a_file_of_another_organisation_is_opened_by_its_id_alone(house, slack):
    assert await read(house, sent(house, slack.file("a.png", PIXEL, stub=True))) == PIXEL


async def test_a_sign_in_page_is_recognised_and_names_the_scope_to_add(house, slack):
    say = await refusal(house, sent(house, slack.file("a.png", PIXEL, sign_in=True)))
    assert "files:read" in say
    assert "reinstall" in say


async def test_a_sign_in_page_that_calls_itself_a_picture_is_recognised_too(house, slack):
    file = slack.file("a.png", b"\n<!DOCTYPE HTML><html>Sign in</html>")
    assert "files:read" in await refusal(house, sent(house, file))


async def test_a_page_that_somebody_really_sent_is_handed_on(house, slack):
    page = b"<!doctype html><p>a story board</p>"
    assert await read(house, sent(house, slack.file("a.html", page))) == page


async def test_a_missing_scope_is_named(house, slack):
    file = slack.file("a.png", PIXEL)
    slack.local.scopes.discard("files:read")
    assert "files:read" in await refusal(house, sent(house, file))


@pytest.mark.parametrize(
    ("mode", "words"),
    [("external", "only linked"), ("tombstone", "was deleted"), ("hidden_by_limit", "hidden by the limit")],
)
async def test_a_file_that_is_not_in_slack_is_refused_with_what_to_do(house, slack, mode, words):
    file = slack.file("a.png", PIXEL, mode=mode, external_url="https://drive.example.org/a.png")
    assert words in await refusal(house, sent(house, file))


async def test_a_file_that_is_gone_or_unknown_is_refused_with_what_to_do(house, slack):
    file = slack.file("a.png", PIXEL)
    file.deleted = True
    assert "deleted" in await refusal(house, sent(house, file))
    assert "not there" in await refusal(house, Attachment(id=f"{slack.local.id}/F0000000000", name="a.png"))
    assert "not a file of Slack's" in await refusal(house, Attachment(id="nonsense", name="a.png"))


async def test_an_error_nobody_knows_is_said_by_its_name(house, slack):
    slack.refuse("files.info", "team_is_asleep")
    assert "team_is_asleep" in await refusal(house, sent(house, slack.file("a.png", PIXEL)))


async def test_a_file_of_the_wrong_size_is_not_taken_for_whole(house, slack):
    file = slack.file("a.png", PIXEL)
    file.size += 5
    say = await refusal(house, sent(house, file))
    assert f"{len(PIXEL) + 5} bytes" in say
    assert f"{len(PIXEL)} bytes" in say


async def test_a_connection_that_breaks_is_said(house, slack):
    slack.lose("download")
    assert "half way" in await refusal(house, sent(house, slack.file("a.png", PIXEL * 1000)))


@pytest.mark.parametrize("status", [404, 503])
async def test_an_answer_that_is_no_file_is_refused(house, slack, status):
    slack.break_down("download", status=status)
    assert str(status) in await refusal(house, sent(house, slack.file("a.png", PIXEL)))


async def test_slack_being_away_is_said(house, slack):
    slack.break_down("files.info", times=3)
    assert "Try again" in await refusal(house, sent(house, slack.file("a.png", PIXEL)))


async def test_a_moments_trouble_is_got_over(house, slack):
    slack.break_down("files.info")
    slack.limit("files.info", retry_after=1)
    assert await read(house, sent(house, slack.file("a.png", PIXEL))) == PIXEL


async def test_the_token_goes_nowhere_else(house, slack):
    async with elsewhere() as (url, asked):
        file = slack.file("a.png", PIXEL)
        file.mode, file.external_url = "external", url
        await refusal(house, sent(house, file))
        assert asked == []


async def test_a_redirect_away_from_slack_is_not_followed(house, slack):
    async with elsewhere() as (url, asked):
        real = slack.url
        try:
            slack.url = url.removesuffix("/a.png")  # from now on Slack sends people to another server
            file = slack.file("a.png", PIXEL, sign_in=True)
            info = await house.platform._clients.call(slack.local.id, "files_info", file=file.id)
            at = f"{real}/files-pri/{slack.local.id}-{file.id}/a.png"
            with pytest.raises(BadMedia):
                async with house.platform._downloads._answer(slack.local.id, at, "a.png"):
                    pass
            assert info["file"]["url_private"].startswith(slack.url)
            await refusal(house, sent(house, file))
        finally:
            slack.url = real
        assert asked == []


@pytest.mark.parametrize(
    ("url", "trusted"),
    [
        ("https://files.slack.com/files-pri/T1-F1/a.png", True),
        ("https://slack.com/a", True),
        ("https://team.slack.com/a", True),
        ("https://slack-files.com/a", True),
        ("https://slack.example.org:8443/api/x", True),
        ("https://slack.example.org/a", False),
        ("http://files.slack.com/a", False),
        ("https://files.slack.com:8443/a", False),
        ("https://files.slack.com@evil.example/a", False),
        ("https://evil.example/files.slack.com", False),
        ("https://notslack.com/a", False),
        ("https://slack.com.evil.example/a", False),
        ("ftp://slack.com/a", False),
        ("//slack.com/a", False),
        ("https://[::1/a", False),
        ("", False),
    ],
)
async def test_only_slacks_own_hosts_are_trusted_with_the_token(house, url, trusted):
    downloads = Downloads(house.platform._clients, "https://slack.example.org:8443/api/", Refusals())
    assert downloads._is_slack(url) is trusted


async def test_who_stops_reading_lets_go_of_the_connection(house, slack):
    file = slack.file("a.png", bytes(1_000_000))
    pieces = house.platform.open_attachment(sent(house, file))
    async with aclosing(pieces):
        async for _ in pieces:
            break
    assert await read(house, sent(house, slack.file("b.png", PIXEL))) == PIXEL
