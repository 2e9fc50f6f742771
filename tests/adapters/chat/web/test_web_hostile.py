"""What somebody may send who means no good: from other sites, slowly, hugely, by guessing. Over real sockets."""

import asyncio
import contextlib
from typing import Any

import httpx
import pytest
from starlette.responses import PlainTextResponse

from adapters.chat.web.forms import read_form
from adapters.chat.web.refusal import Refusal
from adapters.chat.web.server import listen, serve
from adapters.kit.links import Links, secret
from bot.domain.card import Action, Button, Card
from tests.adapters.chat.web.scripted import Bot

CROSS = (
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
)
FILES = [("files", ("a.png", b"\x89PNG", "image/png"))]
ASK = Card(title="Make this film?", buttons=(Button(Action.confirm, "Confirm"),))


def writes(card: str) -> tuple[tuple[str, dict[str, Any]], ...]:
    """Every address that changes something."""
    return (
        ("/api/messages", {"data": {"text": "hi"}}),
        ("/api/messages", {"data": {"text": "hi"}, "files": FILES}),
        (
            f"/api/cards/{card}/actions",
            {"content": b'{"action": "confirm"}', "headers": {"content-type": "text/plain"}},
        ),
        ("/api/clips/FILM-1/actions", {"json": {"action": "again"}}),
        ("/login", {"data": {"token": "t"}}),
        ("/logout", {}),
    )


async def test_no_write_from_another_sites_page_does_anything(bot, web):
    """Forms, multipart and plain texts are what a strange page can send without asking the browser first."""
    id = await bot.show(await bot.hear(), ASK)
    heard = len(bot.ears.heard)
    for path, how in writes(id):
        for cross in CROSS:
            answer = await web.post(path, **how | {"headers": how.get("headers", {}) | cross})
            assert (answer.status_code, "Another site asked for this" in answer.text) == (403, True)
            assert "set-cookie" not in answer.headers
    assert (len(bot.ears.heard), bot.ears.pressed) == (heard, [])


async def test_no_stream_or_answer_is_read_by_another_sites_script_and_its_links_still_lead_here(bot, web):
    """On loopback there is no login that would keep a strange page from opening streams until there are too many."""
    script = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "cors"}
    for path in ("/api/conversations/c1/events", "/api/clips", "/api/spend", "/api/ledger.csv"):
        assert (await web.get(path, headers=script)).status_code == 403
        assert (await web.get(path, headers=script | {"sec-fetch-mode": "no-cors"})).status_code == 403
    for path in ("/", "/spend"):
        link = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
        assert (await web.get(path, headers=link)).status_code == 200


async def test_no_page_is_put_into_a_frame_or_read_across_origins(tmp_path):
    async with Bot(tmp_path, token="t").served() as bot, httpx.AsyncClient(verify=False, base_url=bot.url) as web:
        for path in ("/", "/login", "/spend", "/api/spend", "/healthz", "/static/x/main.js", "/nope"):
            headers = (await web.get(path)).headers
            assert headers["x-frame-options"] == "DENY"
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
            assert headers["cross-origin-resource-policy"] == headers["cross-origin-opener-policy"] == "same-origin"
            assert "access-control-allow-origin" not in headers


async def test_a_name_that_was_made_to_lead_here_is_served_nothing(bot, web):
    """DNS rebinding: the browser takes this machine for the strange page's own server."""
    for host in (
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "[::ffff:7f00:1].evil.example",
        "",
    ):
        for path in ("/", "/api/spend", "/files/x"):
            assert (await web.get(path, headers={"host": host})).status_code in {400, 421}
        assert (await web.post("/api/messages", data={"text": "hi"}, headers={"host": host})).status_code in {400, 421}
    assert bot.ears.heard == []


async def test_no_redirect_is_made_of_what_a_request_says_of_its_host(bot, web):
    """Behind a proxy that speaks https it would also lead to plain http."""
    for path in ("/spend/", "/login/", "/api/clips/", "//evil.example/spend/", "/%2fevil.example/"):
        answer = await web.get(path)
        assert (answer.status_code, answer.headers.get("location")) == (404, None)


async def test_no_path_leads_outside_the_pages_own_files_and_the_drive(bot, web):
    (bot.drive.parent / "outside.txt").write_text("outside")
    for way in ("..", "%2e%2e", "..%5c", "%252e%252e", ".%00."):
        for path in (f"/static/{way}/outside.txt", f"/static/x/{way}%2Foutside.txt"):
            assert (await web.get(path)).status_code == 404
        signed = links(bot).path("../outside.txt", bot.clock.now().timestamp()).partition("?")[2]
        assert (await web.get(f"/files/{way}/outside.txt?{signed}")).status_code in {403, 404}


def links(bot: Bot) -> Any:
    """As the page itself would sign, if ever it could be brought to."""
    return Links(secret(bot.folder, ""))


async def test_even_a_signed_link_to_outside_the_drive_leads_nowhere(bot, web):
    (bot.drive.parent / "outside.txt").write_text("outside")
    for key in ("../outside.txt", "/etc/passwd", "a/../../outside.txt"):
        answer = await web.get(links(bot).path(key, bot.clock.now().timestamp()).replace("..", "%2e%2e"))
        assert answer.status_code in {403, 404}
        assert "outside" not in answer.text


async def test_a_body_larger_than_any_that_is_asked_for_is_refused_before_it_is_read(bot, web):
    id = await bot.show(await bot.hear(), ASK)
    big = b"x" * 300_000
    for path in (f"/api/cards/{id}/actions", "/login", "/api/messages"):
        answer = await web.post(path, content=big, headers={"content-type": "application/x-www-form-urlencoded"})
        assert answer.status_code == 413
    declared = {"content-type": "multipart/form-data; boundary=b", "content-length": str(10**15)}
    sent = await raw(bot, f"POST /api/messages HTTP/1.1\r\nhost: {host(bot)}\r\n{lines(declared)}\r\n--b")
    assert sent.startswith("HTTP/1.1 413")


async def test_a_flood_of_headers_is_cut_off(bot):
    for flood in ("x: " + "y" * 100_000 + "\r\n", "".join(f"x-{n}: {'y' * 100}\r\n" for n in range(2_000))):
        assert not (await raw(bot, f"GET /api/clips HTTP/1.1\r\nhost: {host(bot)}\r\n{flood}\r\n")).startswith(
            "HTTP/1.1 200"
        )
    assert (await raw(bot, f"GET /healthz HTTP/1.1\r\nhost: {host(bot)}\r\nconnection: close\r\n\r\n")).startswith(
        "HTTP/1.1 200"
    )


class Dripping:
    """A form that never ends, a few bytes at a time."""

    async def stream(self):
        yield b'--b\r\ncontent-disposition: form-data; name="text"\r\n\r\n'
        while True:
            await asyncio.sleep(0.01)
            yield b"x"


class Silent:
    async def stream(self):
        yield b"--b"
        await asyncio.Event().wait()


@pytest.mark.parametrize(("body", "words"), [(Dripping(), "so slowly"), (Silent(), "Nothing arrived")])
async def test_a_form_that_drips_or_stops_is_given_up(tmp_path, body, words):
    with pytest.raises(Refusal, match=words) as late:
        await read_form(
            body, "multipart/form-data; boundary=b", None, into=tmp_path, max_bytes=10**9, max_files=3, patience=0.05
        )
    assert late.value.status == 408


async def test_a_head_that_never_ends_is_given_up_on_the_first_request_and_on_later_ones():
    listening = listen("127.0.0.1", 0)
    port = listening.getsockname()[1]
    serving = asyncio.create_task(serve(PlainTextResponse("here"), listening, lambda: None, head_seconds=0.2))
    half = b"GET / HTTP/1.1\r\nhost: x\r\n"
    try:
        async with asyncio.timeout(10):
            for before in (b"", half + b"\r\n"):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(before)
                if before:
                    await reader.readuntil(b"here")
                writer.write(half)
                with contextlib.suppress(ConnectionResetError):
                    assert await reader.read() == b""
                writer.close()
    finally:
        serving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving


async def test_what_people_bring_is_shown_only_where_it_is_media_and_saved_otherwise(bot, web):
    for name, body in (
        ("a.html", b"<script>1</script>"),
        ("a.svg", b"<svg onload=alert(1)>"),
        ("a.png", b"<html>"),
        ("a.js", b"alert(1)"),
    ):
        sent = [("files", (name, body, "text/html"))]
        where = (await web.post("/api/messages", data={"text": name}, files=sent)).json()["conversation"]
        (message,) = (await web.get(f"/api/conversations/{where}")).json()["messages"]
        answer = await web.get(message["attachments"][0]["url"])
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-disposition"].startswith("attachment")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]


def host(bot: Bot) -> str:
    return bot.url.removeprefix("http://")


def lines(headers: dict[str, str]) -> str:
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items())


async def raw(bot: Bot, text: str) -> str:
    """What comes back first; nothing where the connection is cut."""
    reader, writer = await asyncio.open_connection(*host(bot).split(":"))
    try:
        writer.write(text.encode())
        async with asyncio.timeout(10):
            return (await reader.read(65_536)).decode(errors="replace")
    except ConnectionError:
        return ""
    finally:
        writer.close()
