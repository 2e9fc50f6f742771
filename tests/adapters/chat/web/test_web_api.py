"""The page's interface over real sockets: cards, clips, files, login, health."""

import asyncio
import socket
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from bot.domain.card import Action, Button, Card, CardMedia, Field, Tone
from bot.domain.drive import Clip
from bot.domain.errors import BadRequest, NotAllowed, Stale, UserError
from bot.domain.media import MediaKind
from tests.adapters.chat.web.scripted import YOU, Bot

ASK = Card(
    title="Make this film?",
    text="a fox",
    buttons=(Button(Action.confirm, "Confirm"),),
    tone=Tone.ask,
    state="awaiting_confirmation",
)


async def test_a_conversation_tells_its_messages_and_cards(bot, web):
    said = await bot.hear("a fox runs")
    id = await bot.show(said, ASK)
    await bot.say("S-X", Card(title="Hello"))
    told = (await web.get("/api/conversations/c1")).json()
    assert [message["text"] for message in told["messages"]] == ["a fox runs"]
    first, second = told["cards"]
    assert (first["id"], first["title"], first["revision"], first["answers"]) == (id, "Make this film?", 1, "m1")
    confirm = {"action": "confirm", "label": "Confirm", "style": "plain", "confirm": None, "item": "", "form": []}
    assert first["buttons"] == [confirm]
    assert second["job"] is None


async def test_a_conversation_that_nobody_began_is_empty_and_a_bad_id_is_refused(web):
    assert (await web.get("/api/conversations/new")).json()["cards"] == []
    assert (await web.get("/api/conversations/a%20b")).status_code == 400


async def test_a_press_reaches_the_bot_with_all_it_carries(bot, web):
    id = await bot.show(await bot.hear(), ASK)
    answer = await web.post(
        f"/api/cards/{id}/actions", json={"action": "edit", "value": {"seconds": "8"}, "revision": 1}
    )
    assert answer.status_code == 200
    assert answer.json()["ok"] is True
    assert answer.json()["card"]["id"] == id
    (pressed,) = bot.ears.pressed
    assert (pressed.action, pressed.value, pressed.revision) == ("edit", '{"seconds": "8"}', 1)
    assert pressed.job == id.replace("C-", "J-")


@pytest.mark.parametrize(
    ("error", "status", "says"),
    [
        (BadRequest("It is already running."), 409, "It is already running."),
        (UserError("No longer."), 409, "No longer."),
        (Stale("lost"), 409, "changed by someone else"),
        (NotAllowed("Only Asker may."), 403, "Only Asker may."),
        (ZeroDivisionError("a secret of ours"), 500, "Something broke here"),
    ],
)
async def test_a_press_that_does_not_apply_says_why(bot, web, error, status, says):
    async def refuse(_):
        raise error

    bot.ears.on_press = refuse
    id = await bot.show(await bot.hear(), ASK)
    answer = await web.post(f"/api/cards/{id}/actions", json={"action": "confirm"})
    assert answer.status_code == status
    assert says in answer.json()["error"]
    assert "secret" not in answer.text


async def test_a_press_that_cannot_be_is_refused_before_the_bot_hears_of_it(bot, web):
    id = await bot.show(await bot.hear(), ASK)
    await bot.say("S-1", Card(title="Hello"))
    for path, body, status in (
        ("C-NONE", b'{"action": "confirm"}', 404),
        (id, b"{", 400),
        (id, b"\xff", 400),
        (id, b'{"action": "explode"}', 400),
        (id, b"[" * 60_000, 400),
        (id, b'{"action": "confirm", "revision": ' + b"9" * 5_000 + b"}", 400),
        (id, b'{"action": "edit", "value": ' + b'{"a":' * 300 + b"1" + b"}" * 301, 400),
        ("C-%00", b'{"action": "confirm"}', 404),
        (id, b" " * 200_000, 413),
        ("S-1", b'{"action": "confirm"}', 409),
    ):
        assert (await web.post(f"/api/cards/{path}/actions", content=body)).status_code == status
    assert not bot.ears.pressed


async def film(bot: Bot, data: bytes, key: str = "web-local/people/you/a b.mp4") -> str:
    """Puts a film on the Drive and a card that shows it; gives the film's link."""
    bot.put(key, data)
    media = CardMedia(kind=MediaKind.video, key=key, alt="A fox", bytes=len(data))
    id = await bot.show(await bot.hear(), Card(title="Ready", media=(media,), fields=(Field("Film", "a b.mp4"),)))
    card = await bot.storage.cards.get(id)
    assert card
    async with httpx.AsyncClient(verify=False, base_url=bot.url) as web:
        cards = (await web.get("/api/conversations/c1")).json()["cards"]
    return cards[0]["media"][0]["url"]


MP4 = b"\0\0\0\x20ftypisom" + bytes(range(256)) * 4000


async def test_a_film_is_sent_whole_and_in_ranges(bot, web):
    url = await film(bot, MP4)
    whole = await web.get(url)
    assert (whole.status_code, whole.content, whole.headers["content-type"]) == (200, MP4, "video/mp4")
    assert whole.headers["content-disposition"] == "inline"
    assert whole.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in whole.headers["content-security-policy"]
    part = await web.get(url, headers={"range": "bytes=100-299", "if-range": whole.headers["etag"]})
    assert (part.status_code, part.content) == (206, MP4[100:300])
    assert part.headers["content-range"] == f"bytes 100-299/{len(MP4)}"
    assert (await web.get(url, headers={"range": "bytes=-7"})).content == MP4[-7:]
    assert (await web.get(url, headers={"range": "bytes=0-1", "if-range": '"other"'})).status_code == 200
    assert (await web.get(url, headers={"range": f"bytes={'9' * 5_000}-"})).status_code == 200
    beyond = await web.get(url, headers={"range": f"bytes={len(MP4)}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(MP4)}")
    head = await web.head(url)
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(MP4)))
    assert (await web.get(url, headers={"if-none-match": whole.headers["etag"]})).status_code == 304


async def test_a_download_is_saved_under_its_name(bot, web):
    saved = await web.get(await film(bot, MP4) + "&download=лис.mp4")
    assert saved.headers["content-disposition"] == "attachment; filename*=UTF-8''%D0%BB%D0%B8%D1%81.mp4"


async def test_what_is_no_media_is_never_shown_in_the_browser(bot, web):
    page = await web.get(await film(bot, b"<script>alert(1)</script>", "web-local/x.html"))
    assert page.headers["content-type"] == "application/octet-stream"
    assert page.headers["content-disposition"].startswith("attachment")


async def test_a_link_is_needed_and_runs_out(bot, web):
    url = await film(bot, MP4)
    assert (await web.get(url.partition("?")[0])).status_code == 403
    assert (await web.get(url.replace("a%20b", "../clapper"))).status_code == 403
    assert (await web.get(f"/files/x?until={'9' * 5_000}&sign=x")).status_code == 403
    assert (await web.get("/files/%00%ED%A0%80?until=9&sign=%ED%A0%80")).status_code == 403
    bot.clock.ahead = timedelta(days=2)
    assert (await web.get(url)).status_code == 403


async def test_a_film_that_was_deleted_is_gone(bot, web):
    url = await film(bot, MP4)
    (bot.drive / "web-local/people/you/a b.mp4").unlink()
    assert (await web.get(url)).status_code == 404


async def test_the_library_lists_films_newest_first_with_links_that_work(bot, web):
    await film(bot, MP4)
    clip = Clip(
        id="V-1", workspace="local", owner=YOU, job=(await bot.hear(key="m2")).key, drive_path="films/a b.mp4",
        key="web-local/people/you/a b.mp4", bytes=len(MP4), seconds=5.0, width=1280, height=720, made_at=bot.clock.now(),
    )  # fmt: skip
    jobs = await bot.storage.jobs.find()
    await bot.storage.clips.add(replace(clip, job=jobs[0].id))
    newer = replace(clip, id="V-2", job=jobs[0].id, key="other", made_at=clip.made_at + timedelta(seconds=1))
    await bot.storage.clips.add(newer)
    clips = (await web.get("/api/clips")).json()["clips"]
    assert [one["id"] for one in clips] == ["V-2", "V-1"]
    assert (await web.get(clips[1]["url"])).content == MP4
    assert "films/a b.mp4" in (await web.get("/api/conversations/c1")).text
    assert len((await web.get("/api/clips?limit=1")).json()["clips"]) == 1
    for limit in ("0", "201", "9" * 5_000, "²", "%00"):
        assert (await web.get(f"/api/clips?limit={limit}")).status_code == 400


async def test_another_sites_page_can_neither_write_nor_be_served(bot, web):
    for headers in ({"origin": "http://evil.example"}, {"origin": "http://["}, {"sec-fetch-site": "cross-site"}):
        assert (await web.post("/api/messages", data={"text": "hi"}, headers=headers)).status_code == 403
    assert (await web.get("/", headers={"host": "evil.example"})).status_code == 421
    assert not bot.ears.heard
    assert (await web.post("/api/messages", data={"text": "hi"}, headers={"origin": bot.url})).status_code == 202


async def test_every_answer_carries_the_safe_headers(web):
    for path in ("/", "/healthz", "/nope", "/api/clips"):
        headers = (await web.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "unsafe-inline" not in headers["content-security-policy"]
        assert headers["referrer-policy"] == "same-origin"


async def test_with_a_token_nobody_comes_in_without_it(tmp_path):
    async with (
        Bot(tmp_path, token="open sesame").served() as bot,
        httpx.AsyncClient(verify=False, base_url=bot.url) as web,
    ):
        assert (await web.get("/")).headers["location"] == "/login"
        assert (await web.get("/api/clips")).status_code == 401
        assert (await web.get("/metrics")).status_code == 401
        assert (await web.get("/healthz")).status_code == 200
        assert (await web.get("/api/clips", headers={"authorization": "Bearer open sesame"})).status_code == 200
        assert (await web.get("/api/clips", headers={"authorization": "Bearer sesame"})).status_code == 401
        wrong = await web.post("/login", data={"token": "<b>guess</b>"})
        assert (wrong.status_code, "That is not the token" in wrong.text, "<b>guess" in wrong.text) == (
            401,
            True,
            False,
        )
        right = await web.post("/login", data={"token": "open sesame"})
        assert right.status_code == 303
        cookie = right.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        assert (await web.get("/")).status_code == 200
        await web.post("/logout")
        assert (await web.get("/api/clips")).status_code == 401


async def test_guesses_by_any_way_in_are_counted_together_and_a_login_goes_on(tmp_path):
    async with (
        Bot(tmp_path, token="open sesame").served() as bot,
        httpx.AsyncClient(verify=False, base_url=bot.url) as web,
    ):
        await web.post("/login", data={"token": "open sesame"})
        wrong = {"authorization": "Bearer guess"}
        guesses = [web.get(path, headers=wrong) for path in ("/api/clips", "/metrics", "/healthz", "/") * 2]
        assert {answer.status_code for answer in await asyncio.gather(*guesses)} <= {200, 303, 401}
        right = {"authorization": "Bearer open sesame"}
        refused = await web.get("/api/clips", headers=right)
        assert (refused.status_code, int(refused.headers["retry-after"]) > 0) == (429, True)
        assert (await web.post("/login", data={"token": "open sesame"})).status_code == 429
        assert (await web.get("/healthz", headers=right)).status_code == 200
        assert (await web.get("/api/clips")).status_code == 200


async def test_half_characters_and_nul_reach_the_bot_as_something_that_can_be_kept(bot, web):
    id = await bot.show(await bot.hear(), ASK)
    odd = b'"a\\ud83d\\u0000b"'
    for value in (odd, b'{"prompt": ' + odd + b"}"):
        answer = await web.post(f"/api/cards/{id}/actions", content=b'{"action": "edit", "value": ' + value + b"}")
        assert answer.status_code == 200
    assert [press.value for press in bot.ears.pressed] == ["a\ufffdb", '{"prompt": "a\ufffdb"}']


async def test_a_link_to_a_film_works_without_the_login(tmp_path):
    async with Bot(tmp_path, token="open sesame").served() as bot:
        bot.put("a.mp4", MP4)
        card = Card(title="Ready", media=(CardMedia(kind=MediaKind.video, key="a.mp4", alt="A fox"),))
        await bot.show(await bot.hear(), card)
        async with httpx.AsyncClient(verify=False, base_url=bot.url) as web:
            known = await web.get("/api/conversations/c1", headers={"authorization": "Bearer open sesame"})
            assert (await web.get(known.json()["cards"][0]["media"][0]["url"])).status_code == 200


async def test_health_says_what_is_not_well(bot, web):
    assert (await web.get("/healthz")).json() == {"status": "ok", "live": True, "ready": True, "problems": {}}
    bot.problems["pollers"] = "silent for 40 s"
    bot.statistics.broken = True
    sick = await web.get("/healthz")
    assert sick.status_code == 503
    assert sick.json()["problems"] == {"database": "It does not answer.", "pollers": "silent for 40 s"}


async def test_a_crowd_that_asks_for_the_health_asks_the_database_no_more_often_than_one_after_the_other(bot, web):
    """It needs no login, so that a flood of it must not keep the database from what people do."""
    answers = await asyncio.gather(*(web.get("/healthz") for _ in range(40)))
    assert {one.status_code for one in answers} == {200}
    assert 0 < bot.asked["statistics.counts"] < 40


async def test_metrics_count_jobs_and_requests_by_route(bot, web):
    await bot.show(await bot.hear(), ASK)
    await web.get("/api/conversations/c1")
    text = (await web.get("/metrics")).text
    assert 'clapper_jobs{state="awaiting_confirmation"} 1.0' in text
    assert 'clapper_http_requests_total{method="GET",route="/api/conversations/{id}",status="200"} 1.0' in text
    assert "process_resident_memory_bytes" in text
    bot.statistics.broken = True
    assert "clapper_database_up 0.0" in (await web.get("/metrics")).text


async def test_a_port_in_use_is_one_plain_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UserError, match=f"Port {port} on 127.0.0.1 is already in use"):
            async with Bot(tmp_path, port=str(port)).served():
                pass


async def test_the_page_is_made_of_our_own_files_only(web):
    page = await web.get("/")
    assert page.text.count("http://") == page.text.count('xmlns="http://www.w3.org/2000/svg"')
    assert "https://" not in page.text
    for name in ("main.js", "tokens.css", "icon.svg", "page.webmanifest"):
        assert (await web.get(f"/static/x/{name}")).status_code == 200
    for name in ("..%2Fapp.py", "nothing.js", "%2e%2e", "x" * 300 + ".js", "%00.js"):
        assert (await web.get(f"/static/x/{name}")).status_code == 404
