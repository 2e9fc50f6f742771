"""Live events: what changes is told, a break loses nothing, an end is quick."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
import pytest

from adapters.chat.web.cursor import Seen
from bot.domain.card import Card, Tone
from bot.domain.chat import Message
from tests.adapters.chat.web.scripted import YOU, Bot, here

NO_CARDS = Seen().token().split("~")[1]


class Tab:
    """One listener: `next()` is its next event as (kind, body)."""

    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines
        self.last_id = ""

    async def next(self, seconds: float = 5) -> tuple[str, dict]:
        fields: dict[str, str] = {}
        async with asyncio.timeout(seconds):
            async for line in self._lines:
                name, _, value = line.partition(": ")
                if line:
                    fields[name] = value
                elif "data" in fields:
                    self.last_id = fields.get("id", self.last_id)
                    return fields["event"], json.loads(fields["data"])
                else:
                    fields = {}
        raise AssertionError("the stream ended")

    async def titles(self, count: int) -> list[str]:
        return [(await self.next())[1]["title"] for _ in range(count)]


@asynccontextmanager
async def tab(web: httpx.AsyncClient, conversation: str = "c1", after: str = "") -> AsyncIterator[Tab]:
    headers = {"last-event-id": after} if after else {}
    async with web.stream("GET", f"/api/conversations/{conversation}/events", headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield Tab(answer.aiter_lines())


async def test_two_tabs_see_the_same_message_and_card_at_once(bot: Bot, web):
    async with tab(web) as one, tab(web) as two:
        answer = await web.post("/api/messages", data={"text": "a fox", "conversation": "c1"})
        (said,) = bot.ears.messages
        for each in (one, two):
            kind, message = await each.next()
            assert (kind, message["id"], message["text"]) == ("message", answer.json()["message"], "a fox")
        await bot.show(said, Card(title="Make this film?"))
        await bot.show(said, Card(title="Rendering", tone=Tone.working))
        for each in (one, two):
            kind, card = await each.next()
            if card["title"] != "Rendering":  # it is told of both, or of the newer alone
                kind, card = await each.next()
            assert (kind, card["title"], card["revision"]) == ("card", "Rendering", 2)


async def test_a_change_made_by_another_process_arrives_too(bot: Bot, web):
    async with tab(web) as listening:
        await bot.storage.cards.say("S-1", here(), Card(title="From elsewhere"))
        assert await listening.titles(1) == ["From elsewhere"]


async def test_after_a_break_exactly_what_was_missed_is_told(bot: Bot, web):
    said = await bot.hear()
    async with tab(web) as first:
        assert (await first.next())[0] == "message"
        await bot.show(said, Card(title="one"))
        await bot.say("S-1", Card(title="other"))
        assert set(await first.titles(2)) == {"one", "other"}
        cursor = first.last_id
    await bot.show(said, Card(title="two"))
    await bot.show(said, Card(title="three"))
    async with tab(web, after=cursor) as second:
        assert await second.titles(1) == ["three"]
        await bot.say("S-2", Card(title="later"))
        assert await second.titles(1) == ["later"]


async def test_the_state_of_a_conversation_leads_on_into_its_stream(bot: Bot, web):
    await bot.show(await bot.hear(), Card(title="known"))
    cursor = (await web.get("/api/conversations/c1")).json()["cursor"]
    async with tab(web, after=cursor) as listening:
        await bot.say("S-1", Card(title="new"))
        assert await listening.titles(1) == ["new"]


@pytest.mark.parametrize("cursor", ["rubbish", "1~x~5", "-3~~", "9~~9.9", f"9~{NO_CARDS}~", "9" * 5_000 + "~~"])
async def test_a_cursor_that_means_nothing_brings_everything(bot: Bot, web, cursor):
    await bot.hear("all of it")
    await bot.say("S-1", Card(title="all of it"))
    async with tab(web, after=cursor) as listening:
        assert [kind for kind, _ in [await listening.next(), await listening.next()]] == ["message", "card"]


async def test_a_message_that_another_process_heard_comes_before_its_card(bot: Bot, web):
    async with tab(web) as listening:
        await bot.hear("first")
        assert (await listening.next())[1]["text"] == "first"
        said = Message("web:c1:m9", here(), YOU, "from elsewhere")
        await bot.storage.inbox.receive(said, bot.clock.now())
        await bot.show(said, Card(title="its card"))
        kind, message = await listening.next()
        assert (kind, message["text"]) == ("message", "from elsewhere")
        assert await listening.titles(1) == ["its card"]


async def test_a_message_that_another_process_heard_comes_though_no_card_answers_it(bot: Bot, web):
    async with tab(web) as listening:
        await bot.hear("first")
        assert (await listening.next())[1]["text"] == "first"
        await bot.storage.inbox.receive(Message("web:c1:m9", here(), YOU, "second"), bot.clock.now())
        assert (await listening.next(seconds=15))[1]["text"] == "second"


async def test_a_card_that_changes_is_read_once_for_all_tabs_and_no_message_is_read_again(bot: Bot, web):
    said = await bot.hear()
    await bot.show(said, Card(title="0"))
    async with tab(web) as one, tab(web) as two, tab(web) as three:
        tabs = (one, two, three)
        for each in tabs:
            assert [kind for kind, _ in [await each.next(), await each.next()]] == ["message", "card"]
        bot.asked.clear()
        for change in range(1, 6):
            await bot.show(said, Card(title=str(change)))
            for each in tabs:
                assert await each.titles(1) == [str(change)]
    assert bot.asked["cards.get"] <= 15
    assert bot.asked["inbox.messages"] <= 3  # the slow look, at most once a tab


async def test_a_conversation_that_was_read_before_is_read_in_two_questions(bot: Bot, web):
    for number in range(30):
        await bot.say(f"S-{number}", Card(title=str(number)))
        await bot.storage.cards.render(f"S-{number}", 1, Card(title=str(number)))
    first = (await web.get("/api/conversations/c1")).json()
    bot.asked.clear()
    assert (await web.get("/api/conversations/c1")).json() == first
    assert len(first["cards"]) == 30
    assert bot.asked == {"inbox.messages": 1, "cards.revisions": 1}
    await bot.storage.cards.render("S-7", 2, Card(title="seven"))
    again = (await web.get("/api/conversations/c1")).json()
    assert [card["title"] for card in again["cards"]][6:9] == ["6", "seven", "8"]


async def test_other_conversations_are_not_told(bot: Bot, web):
    async with tab(web, "mine") as listening:
        await bot.say("S-1", Card(title="not yours"), here("theirs"))
        await bot.say("S-2", Card(title="yours"), here("mine"))
        assert await listening.titles(1) == ["yours"]


async def test_streams_end_quickly_when_the_page_stops(tmp_path):
    async with httpx.AsyncClient(verify=False, timeout=10) as web:
        async with Bot(tmp_path).served() as bot:
            web.base_url = bot.url
            listening = web.stream("GET", "/api/conversations/c1/events")
            answer = await listening.__aenter__()
            lines = answer.aiter_lines()
            assert await anext(lines) == "retry: 1000"
            began = time.monotonic()
        assert time.monotonic() - began < 2
        assert [line async for line in lines if line] == []
        await listening.__aexit__(None, None, None)


async def test_one_client_cannot_hold_endless_streams(bot: Bot):
    limits = httpx.Limits(max_connections=40)
    async with httpx.AsyncClient(verify=False, base_url=bot.url, limits=limits) as web:
        held = [web.stream("GET", "/api/conversations/c1/events") for _ in range(24)]
        tabs = [(await one.__aenter__()).aiter_lines() for one in held]
        assert [await anext(lines) for lines in tabs] == ["retry: 1000"] * 24
        refused = await web.get("/api/conversations/c1/events")
        assert refused.status_code == 429
        for one in held:
            await one.__aexit__(None, None, None)
        await until_let_in(web)


async def test_people_who_are_logged_in_do_not_share_their_streams(tmp_path):
    """Behind a proxy they all have one address."""
    limits = httpx.Limits(max_connections=40)
    async with Bot(tmp_path, token="open sesame").served() as bot, AsyncExitStack() as held:
        one, other = [
            await held.enter_async_context(httpx.AsyncClient(verify=False, base_url=bot.url, limits=limits))
            for _ in range(2)
        ]
        for each in (one, other):
            assert (await each.post("/login", data={"token": "open sesame"})).status_code == 303
        streams = [one.stream("GET", "/api/conversations/c1/events") for _ in range(24)]
        tabs = [(await held.enter_async_context(stream)).aiter_lines() for stream in streams]
        assert [await anext(lines) for lines in tabs] == ["retry: 1000"] * 24
        assert (await one.get("/api/conversations/c1/events")).status_code == 429
        async with tab(other) as listening:
            await bot.say("S-1", Card(title="here"))
            assert await listening.titles(1) == ["here"]


async def until_let_in(web: httpx.AsyncClient) -> None:
    async with asyncio.timeout(5):
        while (
            await web.send(web.build_request("GET", "/api/conversations/c1/events"), stream=True)
        ).status_code == 429:
            await asyncio.sleep(0.02)
