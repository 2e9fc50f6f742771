"""Messages over real sockets: files straight to disk, limits counted on the wire, nothing left of what was refused."""

import asyncio
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from adapters.chat.web.forms import read_small
from adapters.chat.web.refusal import Refusal
from bot.domain.chat import Attachment
from bot.domain.errors import BadMedia
from tests.adapters.chat.web.scripted import YOU, Bot, here

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def read_attachment(bot: Bot, attachment: Attachment) -> bytes:
    return b"".join([piece async for piece in bot.platform.open_attachment(attachment)])


async def test_a_message_is_accepted_with_its_files_already_kept(bot, web):
    names = ["fox.png", "лис 🦊 “q”; x.png", 'say "hi".png', "../../etc/passwd"]
    files = [("files", (name, PNG + bytes([place]), "image/png")) for place, name in enumerate(names)]
    answer = await web.post("/api/messages", data={"text": "From @Image1", "conversation": "c1"}, files=files)
    assert answer.status_code == 202
    (said,) = bot.ears.heard
    assert answer.json() == {"conversation": "c1", "message": said.key.rpartition(":")[2]}
    assert (said.text, said.conversation, said.author) == ("From @Image1", here(), YOU)
    assert [one.name for one in said.attachments] == ["fox.png", "лис 🦊 “q”; x.png", 'say "hi".png', "passwd"]
    for place, one in enumerate(said.attachments):
        assert await read_attachment(bot, one) == PNG + bytes([place])
        assert one.bytes == len(PNG) + 1


async def test_a_message_without_a_conversation_starts_one(bot, web):
    first, second = [(await web.post("/api/messages", data={"text": "hi"})).json() for _ in range(2)]
    assert first["conversation"] != second["conversation"]
    assert bot.ears.heard[0].conversation == here(first["conversation"])


async def test_a_message_sent_twice_with_one_key_is_one_message_and_keeps_one_set_of_files(bot, web):
    for _ in range(2):
        answer = await web.post(
            "/api/messages", data={"text": "hi"}, files={"files": ("a.png", PNG)}, headers={"Idempotency-Key": "k1"}
        )
        assert answer.status_code == 202
    assert len(bot.ears.heard) == 1
    assert len(files_below(bot.drive)) == 1
    assert await read_attachment(bot, bot.ears.heard[0].attachments[0]) == PNG


async def test_an_upload_over_the_limit_says_limit_and_found_and_leaves_nothing(tmp_path):
    async with (
        Bot(tmp_path, max_upload_bytes="2000000").served() as bot,
        httpx.AsyncClient(verify=False, base_url=bot.url) as web,
    ):
        answer = await web.post("/api/messages", data={"text": "hi"}, files={"files": ("a.png", bytes(2_500_000))})
        assert answer.status_code == 413
        assert "at most 2 MB" in answer.json()["error"]
        assert "2.5 MB" in answer.json()["error"]
        assert not bot.ears.heard
        assert not files_below(bot.drive)
        assert {path.name for path in files_below(bot.folder)} == {"secret"}


async def test_an_endless_upload_is_counted_on_the_wire_and_cut_off(tmp_path):
    async def endless():
        yield b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.mp4"\r\n\r\n'
        for _ in range(64):
            yield bytes(1_000_000)

    async with (
        Bot(tmp_path, max_upload_bytes="2000000").served() as bot,
        httpx.AsyncClient(verify=False, base_url=bot.url) as web,
    ):
        answer = await web.post(
            "/api/messages", content=endless(), headers={"content-type": "multipart/form-data; boundary=b"}
        )
        assert answer.status_code == 413
        assert not files_below(bot.drive)
        assert {path.name for path in files_below(bot.folder)} == {"secret"}


FIELD = b'--b\r\nContent-Disposition: form-data; name="%d"\r\n\r\n%s\r\n'
NAMELESS = b'--b\r\nContent-Disposition: form-data; name="files"; filename=""\r\n\r\n%s\r\n'


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ([FIELD % (n, b"x") for n in range(33)], "at most 32 fields"),
        ([FIELD % (n, b"x" * 200_000) for n in range(8)], "Beside its files a form may have at most 1 MB"),
        ([FIELD % (0, b"x" * 200_000) for _ in range(8)], "Beside its files a form may have at most 1 MB"),
        ([NAMELESS % (b"x" * 200_000) for _ in range(8)], "Beside its files a form may have at most 1 MB"),
    ],
)
async def test_what_comes_beside_the_files_is_bounded(bot, web, parts, says):
    answer = await web.post(
        "/api/messages",
        content=b"".join(parts) + b"--b--\r\n",
        headers={"content-type": "multipart/form-data; boundary=b"},
    )
    assert answer.status_code == 413
    assert says in answer.json()["error"]
    assert not bot.ears.heard


async def test_a_large_file_is_not_taken_for_what_comes_beside_it(bot, web):
    answer = await web.post("/api/messages", files=[("files", (f"{n}.png", bytes(1_500_000))) for n in range(3)])
    assert answer.status_code == 202
    assert [one.bytes for one in bot.ears.messages[0].attachments] == [1_500_000] * 3


async def test_a_small_body_that_never_ends_is_not_waited_for():
    class Slow:
        async def stream(self):
            yield b"token="
            await asyncio.Event().wait()

    with pytest.raises(Refusal, match=r"not whole within 0\.05 seconds") as refused:
        await read_small(Slow(), 100, seconds=0.05)
    assert refused.value.status == 408


async def test_too_many_files_are_counted_and_refused(tmp_path):
    async with (
        Bot(tmp_path, max_attachments="2").served() as bot,
        httpx.AsyncClient(verify=False, base_url=bot.url) as web,
    ):
        answer = await web.post("/api/messages", files=[("files", (f"{n}.png", PNG)) for n in range(4)])
        assert answer.status_code == 413
        assert answer.json()["error"].startswith("A message may bring at most 2 files, and this one has 4.")
        assert not files_below(bot.drive)


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"--b\r\nno header at all", "multipart/form-data; boundary=b", 400),
        (b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\nhal', "multipart/form-data; boundary=b", 400),
        (b"rubbish", "multipart/form-data; boundary=b", 400),
        (b"{}", "application/json", 415),
        (b"", "multipart/form-data", 415),
        (b"", "multipart/form-data; boundary=" + "b" * 5_000, 415),
    ],
)
async def test_a_broken_form_is_told_and_nothing_is_kept(bot, web, content, kind, status):
    answer = await web.post("/api/messages", content=content, headers={"content-type": kind})
    assert answer.status_code == status
    assert answer.json()["error"].endswith(".")
    assert not bot.ears.heard
    assert not files_below(bot.drive)


async def test_an_upload_whose_sender_goes_away_leaves_nothing(bot):
    reader, writer = await asyncio.open_connection("127.0.0.1", bot.platform.port)
    head = "POST /api/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5000000\r\nContent-Type: multipart/form-data; boundary=b\r\n\r\n"
    part = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.mp4"\r\n\r\n' + bytes(2_000_000)
    writer.write(head.encode() + part)
    await writer.drain()
    async with asyncio.timeout(5):
        while not files_below(bot.folder / "arriving"):
            await asyncio.sleep(0.01)
        writer.close()
        while files_below(bot.folder / "arriving"):
            await asyncio.sleep(0.01)
    del reader
    assert not bot.ears.heard
    assert not files_below(bot.drive)


async def test_uploads_are_forgotten_after_a_week_and_not_before(tmp_path):
    bot = Bot(tmp_path)
    async with bot.served(), httpx.AsyncClient(verify=False, base_url=bot.url) as web:
        await web.post("/api/messages", files={"files": ("a.png", PNG)})
    (kept,) = bot.ears.messages[0].attachments
    for days, expected in ((6, 1), (8, 0)):
        later = Bot(tmp_path)
        later.clock.ahead = timedelta(days=days)
        async with later.served():
            assert len(files_below(later.drive)) == expected
    with pytest.raises(BadMedia, match="kept for 7 days"):
        await read_attachment(bot, kept)


async def test_uploads_are_forgotten_while_the_page_runs_on(bot, web):
    await web.post("/api/messages", files={"files": ("a.png", PNG)})
    again = Bot(bot.folder.parent)
    again.platform.sweep_seconds = 0.01
    async with again.served():
        assert len(files_below(bot.drive)) == 1
        again.clock.ahead = timedelta(days=8)
        async with asyncio.timeout(5):
            while files_below(bot.drive):
                await asyncio.sleep(0.01)


async def test_only_an_arriving_upload_that_is_old_is_cleared(tmp_path):
    bot = Bot(tmp_path)
    arriving = bot.folder / "arriving" / "another process"
    arriving.mkdir(parents=True)
    (arriving / "1").write_bytes(PNG)
    for ahead, expected in ((timedelta(hours=20), True), (timedelta(hours=28), False)):
        later = Bot(tmp_path)
        later.clock.ahead = ahead
        async with later.served():
            assert arriving.exists() == expected


async def test_a_sweep_that_fails_stops_nothing(tmp_path):
    bot = Bot(tmp_path)
    (bot.folder / "arriving").write_bytes(b"no folder at all")
    (bot.folder / "uploads").mkdir()
    (bot.folder / "uploads" / "x.json").mkdir()
    bot.clock.ahead = timedelta(days=8)
    async with bot.served(), httpx.AsyncClient(verify=False, base_url=bot.url) as web:
        assert (await web.get("/healthz")).status_code == 200


@pytest.mark.parametrize("id", ["", "../../clapper.db", "a/0", "0" * 32 + "/../x"])
async def test_an_attachment_id_that_is_not_ours_opens_nothing(bot, id):
    with pytest.raises(BadMedia):
        await read_attachment(bot, Attachment(id=id))
