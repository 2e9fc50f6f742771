"""What the test Slack brings to an app's own address, and how often."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web


class Door:
    """An app's HTTP side that answers what it is told to."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], str]] = []
        self.statuses: list[int] = []
        self.url = ""

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.text()
        self.heard.append((dict(request.headers), body))
        status = self.statuses.pop(0) if self.statuses else 200
        if request.content_type == "application/json" and json.loads(body).get("type") == "url_verification":
            return web.json_response({"challenge": json.loads(body)["challenge"]})
        headers = {"X-Slack-No-Retry": "1"} if status == 410 else {}
        return web.Response(status=status, headers=headers)


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    one = Door()
    app = web.Application()
    app.router.add_post("/slack/events", one.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found: Any = runner.addresses[0]
    one.url = f"http://127.0.0.1:{found[1]}/slack/events"
    yield one
    await runner.cleanup()


async def test_over_http_everything_comes_to_its_address_and_again_after_a_failure(slack, door):
    slack.listen_at(door.url)
    slack.post.retry_after = (0, 0, 0)
    assert await slack.verify_url(door.url)
    door.statuses = [500, 200]
    said = await slack.say(slack.GENERAL, slack.ASKER, "hello")
    assert [one.why for one in said.deliveries[0].attempts] == ["http_error", ""]
    headers, body = door.heard[-1]
    assert (headers["X-Slack-Retry-Num"], headers["X-Slack-Retry-Reason"]) == ("1", "http_error")
    assert json.loads(body)["event"]["text"] == "hello"
    door.statuses = [410]
    said = await slack.say(slack.GENERAL, slack.ASKER, "stop")
    assert len(said.deliveries[0].attempts) == 1
    command = await slack.command("/clapper status mine", slack.ASKER)
    assert command.acknowledged
    assert "command=%2Fclapper&text=status+mine" in door.heard[-1][1]


async def test_nobody_hears_of_places_without_the_bot(slack, door):
    slack.listen_at(door.url)
    slack.add_channel(slack.local, "C0ELSE", "else", members=(slack.ASKER,))
    said = await slack.mention("C0ELSE", slack.ASKER, "a boat")
    assert (said.deliveries, door.heard) == ([], [])
