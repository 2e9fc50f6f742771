"""Doors: another platform's application beside the page, reached without the page's login; and nothing else is."""

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from tests.adapters.chat.web.scripted import Bot


async def knocked(scope, receive, send):
    """Says who knocked, where and with what."""
    request = Request(scope, receive)
    said = (await request.body()).decode()
    await PlainTextResponse(f"{request.method} {request.url.path} {said}")(scope, receive, send)


async def breaks(scope, receive, send):
    raise RuntimeError("a bug behind the door")


@pytest.fixture
async def guarded(tmp_path):
    """A page with a login, and doors that were opened after the page was made, as platforms do."""
    async with (
        Bot(tmp_path, token="open sesame").served() as bot,
        httpx.AsyncClient(verify=False, base_url=bot.url) as web,
    ):
        bot.doors["/slack/"] = knocked
        bot.doors["/broken/"] = breaks
        yield web


async def test_a_door_is_reached_without_a_login_by_any_host_and_origin(guarded):
    """Who knocks is checked behind it, by signature."""
    elsewhere = {"origin": "https://slack.com", "host": "clapper.example.org", "sec-fetch-site": "cross-site"}
    answer = await guarded.post("/slack/events", content="signed", headers=elsewhere)
    assert (answer.status_code, answer.text) == (200, "POST /slack/events signed")
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path", ["/", "/slack", "/slackers/", "/api/clips", "/api/clips?x=/slack/", "//slack/events", "/x/slack/events"]
)
async def test_every_other_path_still_asks_for_a_login(guarded, path):
    """A door is the beginning of a path, whole parts of it."""
    answer = await guarded.get(path)
    assert answer.status_code in {303, 401}
    assert "GET /" not in answer.text


async def test_a_door_leads_to_its_own_application_and_never_back_to_the_page(guarded):
    """Dots in the path open nothing else."""
    answer = await guarded.get("/slack/%2e%2e/api/clips")
    assert answer.text.startswith("GET /slack/")


async def test_what_breaks_behind_a_door_breaks_that_request_alone(guarded):
    """The page is served on."""
    with pytest.raises(httpx.HTTPError):
        (await guarded.get("/broken/x")).raise_for_status()
    assert (await guarded.get("/slack/")).status_code == 200
    assert (await guarded.get("/healthz")).status_code == 200
