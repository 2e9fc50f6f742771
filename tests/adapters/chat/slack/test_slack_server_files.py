"""Files on the test Slack: three steps up, a queue behind them, and a guarded way down."""

import hashlib
from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.adapters.chat.slack.server.asking import client_of, error, refusal
from tests.adapters.chat.slack.server.slack import Slack


@pytest.fixture
def client(slack: Slack) -> AsyncWebClient:
    return client_of(slack)


async def test_an_upload_is_processed_later(slack, client):
    slack.process_files_after = None
    root = await client.chat_postMessage(channel=slack.GENERAL, text="root")
    content = b"film" * 1000
    sent = await client.files_upload_v2(channel=slack.GENERAL, thread_ts=root["ts"], filename="a.mp4", content=content)
    file = slack.local.files[sent["file"]["id"]]
    early = (await client.files_info(file=file.id))["file"]
    assert (early["mimetype"], early["shares"], len(slack.posts(slack.GENERAL))) == ("", {}, 1)
    slack.processing_allowed.set()
    await slack.until(lambda: file.processed)
    late = (await client.files_info(file=file.id))["file"]
    share = late["shares"]["public"][slack.GENERAL][0]
    assert (late["mimetype"], share["thread_ts"]) == ("video/mp4", root["ts"])
    assert slack.local.channels[slack.GENERAL].messages[share["ts"]].message["files"][0]["id"] == file.id
    assert (file.size, file.sha256) == (len(content), hashlib.sha256(content).hexdigest())


async def test_big_uploads_are_counted_not_kept(slack, client):
    size = 5 * 1024 * 1024 + 1

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(5):
            yield b"x" * 1024 * 1024
        yield b"y"

    place = await client.files_getUploadURLExternal(filename="a.mp4", length=size)
    async with aiohttp.ClientSession() as session, session.post(place["upload_url"], data=pieces()) as answer:
        assert answer.status == 200
    file = slack.local.files[place["file_id"]]
    assert (file.received, len(file.head)) == (True, 1024 * 1024)


async def test_an_upload_of_another_length_or_too_large_is_refused(slack, client):
    slack.max_file_bytes = 100
    assert await error(client.files_getUploadURLExternal(filename="a", length=101)) == "file_upload_size_restricted"
    assert await error(client.files_getUploadURLExternal(filename="a", length=0)) == "invalid_arguments"
    place = await client.files_getUploadURLExternal(filename="a", length=100)
    async with aiohttp.ClientSession() as session, session.post(place["upload_url"], data=b"x" * 99) as answer:
        assert answer.status == 400
    assert await error(client.files_completeUploadExternal(files=[{"id": place["file_id"]}])) == "file_not_found"


async def test_a_picture_shows_in_a_card_once_it_is_processed(slack, client):
    slack.process_files_after = None
    sent = await client.files_upload_v2(filename="a.png", content=b"picture")
    block = {"type": "image", "alt_text": "A still", "slack_file": {"id": sent["file"]["id"]}}
    said = await refusal(client.chat_postMessage(channel=slack.GENERAL, text="a", blocks=[block]))
    assert "invalid slack file" in said["errors"][0]
    slack.process(slack.local, slack.local.files[sent["file"]["id"]])
    await client.chat_postMessage(channel=slack.GENERAL, text="a", blocks=[block])
    assert slack.violations == []
    film = await client.files_upload_v2(filename="a.mp4", content=b"film")
    slack.process(slack.local, slack.local.files[film["file"]["id"]])
    block["slack_file"] = {"id": film["file"]["id"]}
    await refusal(client.chat_postMessage(channel=slack.GENERAL, text="a", blocks=[block]))
    assert "video/mp4 is no picture" in slack.forgive()[0]


async def fetched(url: str, token: str = "") -> tuple[int, str, bytes]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        return answer.status, answer.content_type, await answer.read()


async def test_a_file_is_given_to_its_token_and_a_sign_in_page_to_everyone_else(slack, client):
    file = slack.file("a.png", b"picture")
    url = (await client.files_info(file=file.id))["file"]["url_private_download"]
    assert await fetched(url, slack.local.token) == (200, "image/png", b"picture")
    for token in ("", "xoxb-else"):
        status, kind, page = await fetched(url, token)
        assert (status, kind, page[:15]) == (200, "text/html", b"<!DOCTYPE html>")
    slack.local.scopes.discard("files:read")
    assert (await fetched(url, slack.local.token))[1] == "text/html"


async def test_a_file_from_another_company_is_a_stub_until_asked_for(slack, client):
    file = slack.file("a.png", b"picture", stub=True)
    said = await slack.say(slack.GENERAL, slack.ASKER, "look", files=[file], wait=False)
    listed = (await client.conversations_replies(channel=slack.GENERAL, ts=said.ts))["messages"][0]["files"][0]
    assert listed["file_access"] == "check_file_info"
    assert "url_private_download" not in listed
    assert (await client.files_info(file=file.id))["file"]["mimetype"] == "image/png"
    gone = slack.file("b.png", b"", mode="tombstone")
    assert (await client.files_info(file=gone.id))["file"] == {"id": gone.id, "mode": "tombstone"}
