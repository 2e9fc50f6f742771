"""At the door of HTTP mode only Slack is heard."""

import asyncio
import io

import aiohttp
import pytest

from adapters.chat.slack.clients import Clients
from adapters.chat.slack.handlers import Handlers
from adapters.chat.slack.http import MOST_BYTES, door
from adapters.chat.slack.listen import application, listen
from adapters.chat.slack.options import options
from bot.domain.errors import UserError
from tests.adapters.chat.slack.hearing import Ears, database, listening, served
from tests.adapters.chat.slack.server.delivery import EVENT, Delivery
from tests.adapters.chat.slack.server.slack import Slack
from tests.databases import opened
from tests.fakes import SetClock

GENERAL, ASKER, OTHER, TEAM = Slack.GENERAL, Slack.ASKER, Slack.OTHER, Slack.TEAM


@pytest.fixture
async def storage(tmp_path):
    async with opened(database(tmp_path)) as storage:
        yield storage


@pytest.fixture
async def over_http(slack, storage):
    async with listening(slack, storage, slack.http_settings) as hearing:
        yield hearing


async def test_the_door_is_shut_when_it_stops_listening(over_http):
    assert "/slack/" in over_http.doors
    await over_http.stop()
    assert over_http.doors == {}


async def test_slack_finds_that_the_address_is_the_bots(over_http, slack):
    assert await slack.verify_url(f"{over_http.url}/slack/events")


@pytest.mark.parametrize("how", [{"secret": "another"}, {"skew": -301.0}, {"skew": 301.0}, {"sign": False}])
async def test_what_slack_did_not_just_sign_is_refused_unread(over_http, slack, how):
    message = {"type": "message", "channel_type": "im", "channel": "D1", "user": ASKER, "ts": "1700000000.000100", "text": "hello"}  # fmt: skip
    attempt = await slack.deliver(
        f"{over_http.url}/slack/events",
        Delivery(EVENT, {"type": "event_callback", "team_id": TEAM, "event": message}),
        **how,
    )
    assert attempt.status == 401
    assert over_http.ears.heard == []


@pytest.mark.parametrize("headers", [{"x-slack-request-timestamp": "soon"}, {"x-slack-request-timestamp": "²"}, {}])
async def test_a_timestamp_that_is_none_is_refused(over_http, headers):
    async with (
        aiohttp.ClientSession() as http,
        http.post(
            f"{over_http.url}/slack/events", data=b"{}", headers={"x-slack-signature": "v0=1", **headers}
        ) as answer,
    ):
        assert answer.status == 401


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_request_too_large_is_refused(over_http, chunked):
    async def pieces():
        for _ in range(MOST_BYTES // 65536 + 1):
            yield b"x" * 65536

    body = pieces() if chunked else io.BytesIO(b"x" * (MOST_BYTES + 1))
    async with aiohttp.ClientSession() as http, http.post(f"{over_http.url}/slack/events", data=body) as answer:
        assert answer.status == 413


async def test_a_sender_that_dawdles_is_cut_off(slack, storage):
    given = options(slack.http_settings)
    clients = Clients(given, storage.notes)
    app = application(Handlers(Ears(storage), clients, storage, SetClock()), clients)
    never = asyncio.Event()

    async def piece():
        yield b"{"
        await never.wait()

    async with (
        served({"/slack/": door(app, given, None, send_seconds=0.1)}) as url,
        aiohttp.ClientSession() as http,
        http.post(f"{url}/slack/events", data=piece()) as answer,
    ):
        assert answer.status == 408
        never.set()
    await clients.aclose()


async def test_a_kind_that_nobody_knows_is_acknowledged_and_not_heard(over_http, slack):
    """Such as word that Slack holds events back, which is no event itself."""
    limited = Delivery(EVENT, {"type": "app_rate_limited", "team_id": TEAM, "minute_rate_limited": 1518467820})
    attempt = await slack.deliver(f"{over_http.url}/slack/events", limited)
    assert attempt.status == 200
    assert over_http.ears.heard == []


async def test_without_a_web_page_it_says_that_nobody_would_answer_slack(slack, storage):
    given = options(slack.http_settings)
    clients = Clients(given, storage.notes)
    try:
        with pytest.raises(UserError, match="web page, and that is switched off"):
            await listen(Ears(storage), given, clients, storage, None, clock=SetClock())
    finally:
        await clients.aclose()
