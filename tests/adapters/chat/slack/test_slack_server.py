"""The test Slack answers as the real one does, and refuses what that refuses."""

import asyncio
import json
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.adapters.chat.slack.server.asking import client_of, error, refusal
from tests.adapters.chat.slack.server.slack import Slack

TEXT = {"type": "section", "text": {"type": "mrkdwn", "text": "Ready?"}}
GO = {"type": "actions", "elements": [{"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}, "value": "1"}]}  # fmt: skip


@pytest.fixture
def client(slack: Slack) -> AsyncWebClient:
    return client_of(slack)


async def test_who_asks_must_say_so(slack, client):
    assert (await client.auth_test())["team_id"] == slack.local.id
    assert await error(client_of(slack, "").auth_test()) == "not_authed"
    assert await error(client_of(slack, "xoxb-else").auth_test()) == "invalid_auth"
    assert await error(client_of(slack, slack.app_token).auth_test()) == "not_allowed_token_type"
    assert await error(client.apps_connections_open(app_token=slack.local.token)) == "not_allowed_token_type"


async def test_a_missing_scope_is_named(slack, client):
    slack.local.scopes.discard("chat:write")
    said = await refusal(client.chat_postMessage(channel=slack.GENERAL, text="a"))
    assert (said["error"], said["needed"]) == ("missing_scope", "chat:write")
    assert "chat:write" not in said["provided"]


async def test_a_method_slack_does_not_have_fails_the_test(slack, client):
    assert await error(client.api_call("chat.shout", json={"text": "a"})) == "unknown_method"
    assert slack.forgive() == ["chat.shout: unknown method"]


@pytest.mark.parametrize("form", [False, True])
async def test_a_message_is_posted_as_a_form_or_as_json(slack, client, form):
    args = {"channel": slack.GENERAL, "text": "a card", "blocks": json.dumps([TEXT]) if form else [TEXT]}
    answer = await client.api_call("chat.postMessage", **({"data": args} if form else {"json": args}))
    posted = slack.local.channels[slack.GENERAL].messages[answer["ts"]]
    assert posted.text == "a card"
    assert posted.blocks[0] == TEXT | {"block_id": posted.blocks[0]["block_id"]}


async def test_text_without_blocks_takes_the_blocks_away_and_every_version_is_kept(slack, client):
    sent = await client.chat_postMessage(channel=slack.GENERAL, text="one", blocks=[TEXT])
    await client.chat_update(channel=slack.GENERAL, ts=sent["ts"], text="two", blocks=[TEXT, GO])
    await client.chat_update(channel=slack.GENERAL, ts=sent["ts"], text="three")
    posted = slack.posts(slack.GENERAL)[0]
    assert [one.message["text"] for one in posted.versions] == ["one", "two", "three"]
    assert [len(one.message.get("blocks", [])) for one in posted.versions] == [1, 2, 0]
    assert [("edited" in one.message) for one in posted.versions] == [False, False, True]
    assert posted.edits == 2


async def test_what_cannot_be_written_is_refused(slack, client):
    theirs = await slack.say(slack.GENERAL, slack.ASKER, "mine", wait=False)
    slack.add_channel(slack.local, "C0ELSE", "else", members=(slack.ASKER,))
    general = slack.GENERAL
    assert await error(client.api_call("chat.postMessage", json={"channel": general})) == "no_text"
    assert await error(client.chat_postMessage(channel="C0ELSE", text="a")) == "not_in_channel"
    assert await error(client.chat_postMessage(channel="C0NONE", text="a")) == "channel_not_found"
    assert await error(client.chat_postMessage(channel=general, text="a", thread_ts="1.1")) == "thread_not_found"
    assert await error(client.chat_update(channel=general, ts="1.000001", text="a")) == "message_not_found"
    assert await error(client.chat_update(channel=general, ts=theirs.ts, text="a")) == "cant_update_message"
    assert await error(client.chat_delete(channel=general, ts=theirs.ts)) == "cant_delete_message"
    slack.local.channels[general].archived = True
    assert await error(client.chat_postMessage(channel=general, text="a")) == "is_archived"
    assert slack.violations == []


async def test_what_breaks_a_limit_is_refused_and_remembered(slack, client):
    said = await refusal(client.chat_postMessage(channel=slack.GENERAL, text="a", blocks=[{"type": "header"}]))
    assert said["error"] == "invalid_blocks"
    assert said["errors"] == ["missing required field: text [json-pointer:/blocks/0]"]
    posted = await client.chat_postMessage(channel=slack.GENERAL, text="a")
    assert await error(client.chat_update(channel=slack.GENERAL, ts=posted["ts"], text="x" * 4001)) == "msg_too_long"
    assert len(slack.forgive()) == 2
    answer = await client.chat_postMessage(channel=slack.GENERAL, text="x" * 40_000)
    assert answer["ok"]


async def test_an_ephemeral_is_for_people_in_the_channel_and_cannot_be_changed(slack, client):
    slack.local.channels[slack.GENERAL].members.discard(slack.OTHER)
    sent = await client.chat_postEphemeral(channel=slack.GENERAL, user=slack.ASKER, text="psst")
    assert await error(client.chat_postEphemeral(channel=slack.GENERAL, user=slack.OTHER, text="a")) == "user_not_in_channel"  # fmt: skip
    assert await error(client.chat_update(channel=slack.GENERAL, ts=sent["message_ts"], text="a")) == "message_not_found"  # fmt: skip
    root = await client.chat_postMessage(channel=slack.GENERAL, text="root")
    await client.chat_postEphemeral(channel=slack.GENERAL, user=slack.ASKER, text="unseen", thread_ts=root["ts"])
    kept = slack.local.channels[slack.GENERAL].ephemerals
    assert [(one.message["text"], one.visible) for one in kept] == [("psst", True), ("unseen", False)]


async def test_a_thread_is_read_in_order_and_metadata_only_on_request(slack, client):
    metadata = {"event_type": "card", "event_payload": {"key": "C-1"}}
    root = await client.chat_postMessage(channel=slack.GENERAL, text="root", metadata=metadata)
    for n in range(3):
        await client.chat_postMessage(channel=slack.GENERAL, text=f"reply {n}", thread_ts=root["ts"])
    first = await client.conversations_replies(channel=slack.GENERAL, ts=root["ts"], limit=3)
    rest = await client.conversations_replies(
        channel=slack.GENERAL, ts=root["ts"], limit=3, cursor=first["response_metadata"]["next_cursor"]
    )
    assert [one["text"] for one in first["messages"] + rest["messages"]] == ["root", "reply 0", "reply 1", "reply 2"]
    assert (first["has_more"], rest["has_more"]) == (True, False)
    assert first["messages"][0]["reply_count"] == 3
    assert "metadata" not in first["messages"][0]
    history = await client.conversations_history(channel=slack.GENERAL, include_all_metadata=True)
    assert [one["text"] for one in history["messages"]] == ["root"]
    assert history["messages"][0]["metadata"] == metadata


async def test_people_and_places_are_known(slack, client):
    slack.local.scopes.add("channels:read")
    assert (await client.users_info(user=slack.ADMIN))["user"]["is_admin"]
    assert not (await client.users_info(user=slack.ASKER))["user"]["is_admin"]
    assert await error(client.users_info(user="U0NOBODY")) == "user_not_found"
    assert (await client.conversations_info(channel=slack.GENERAL))["channel"]["is_member"]
    opened = (await client.conversations_open(users=slack.ASKER))["channel"]["id"]
    assert opened == slack.dm(slack.ASKER)
    assert (await client.chat_postMessage(channel=slack.ASKER, text="hi"))["channel"] == opened
    assert (await client.bots_info(bot=slack.local.bot_id))["bot"]["user_id"] == slack.local.bot_user


async def test_workspaces_are_apart(slack):
    other = slack.add_workspace("T0OTHER01")
    slack.add_channel(other, "C0OTHER01", "general")
    client = client_of(slack, other.token)
    assert await error(client.chat_postMessage(channel=slack.GENERAL, text="a")) == "channel_not_found"
    await client.chat_postMessage(channel="C0OTHER01", text="a")
    assert [call.team for call in slack.calls("chat.postMessage", "T0OTHER01") if not call.error] == ["T0OTHER01"]
    assert slack.posts(slack.GENERAL) == []


MODAL = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Edit"},
    "submit": {"type": "plain_text", "text": "Save"},
    "blocks": [TEXT],
}


async def test_a_trigger_opens_one_view_and_not_late(slack, client):
    trigger = slack.trigger(slack.ASKER)
    view = (await client.views_open(trigger_id=trigger, view=MODAL))["view"]
    assert await error(client.views_open(trigger_id=trigger, view=MODAL)) == "exchanged_trigger_id"
    assert await error(client.views_open(trigger_id="1.2", view=MODAL)) == "invalid_trigger_id"
    late = slack.trigger(slack.ASKER)
    slack.triggers[late] = (slack.ASKER, slack.triggers[late][1] - 4, False)
    assert await error(client.views_open(trigger_id=late, view=MODAL)) == "expired_trigger_id"
    assert await error(client.views_update(view_id=view["id"], hash="old", view=MODAL)) == "hash_conflict"
    await client.views_update(view_id=view["id"], hash=view["hash"], view=MODAL | {"callback_id": "second"})
    assert [one.view["callback_id"] for one in slack.local.opened] == ["", "second"]
    assert await error(client.views_publish(user_id=slack.ASKER, view=MODAL)) == "invalid_arguments"
    assert len(slack.forgive()) == 1
    await client.views_publish(user_id=slack.ASKER, view={"type": "home", "blocks": [TEXT]})
    assert slack.local.homes[slack.ASKER].view["blocks"][0]["text"] == TEXT["text"]


async def test_only_agents_have_sessions(slack, client):
    root = await client.chat_postMessage(channel=slack.GENERAL, text="root")
    where: dict[str, Any] = {"channel_id": slack.GENERAL, "thread_ts": root["ts"], "status": "processing"}
    assert await error(client.agents_sessions_setStatus(**where)) == "not_authorized"
    slack.agent = True
    await client.agents_sessions_setStatus(**where)
    assert await error(client.agents_sessions_setStatus(**where | {"status": "busy"})) == "invalid_arguments"
    assert [one["status"] for one in slack.local.sessions] == ["processing"]


@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")  # slack_sdk's own use of aiohttp
async def test_an_install_gives_a_token_once_and_rotation_a_new_one(slack):
    client = AsyncWebClient(base_url=slack.api_url)
    ids: dict[str, Any] = {"client_id": slack.client_id, "client_secret": slack.client_secret}
    code = slack.grant(slack.local, slack.ADMIN)
    slack.rotating = True
    given: Any = await client.oauth_v2_access(code=code, **ids)
    assert (given["team"]["id"], given["expires_in"]) == (slack.local.id, 43200)
    assert await error(client.oauth_v2_access(code=code, **ids)) == "invalid_code"
    assert await error(client.oauth_v2_access(code=code, **ids | {"client_secret": "x"})) == "bad_client_secret"
    assert (await client_of(slack, given["access_token"]).auth_test())["ok"]
    fresh: Any = await client.oauth_v2_access(grant_type="refresh_token", refresh_token=given["refresh_token"], **ids)
    assert await error(client_of(slack, given["access_token"]).auth_test()) == "token_expired"
    assert (await client_of(slack, fresh["access_token"]).auth_revoke())["revoked"]
    assert await error(client_of(slack, fresh["access_token"]).auth_test()) == "token_revoked"


async def test_troubles_come_as_often_as_asked(slack):
    client = client_of(slack, retry_handlers=[])
    slack.limit("chat.postMessage", retry_after=7, times=2)
    for _ in range(2):
        with pytest.raises(SlackApiError) as refused:
            await client.chat_postMessage(channel=slack.GENERAL, text="a")
        response: Any = refused.value.response
        assert (response.status_code, response.headers["Retry-After"]) == (429, "7")
    slack.refuse("chat.postMessage", "fatal_error")
    assert await error(client.chat_postMessage(channel=slack.GENERAL, text="a")) == "fatal_error"
    slack.break_down("chat.postMessage", status=502)
    with pytest.raises(SlackApiError):
        await client.chat_postMessage(channel=slack.GENERAL, text="a")
    assert slack.posts(slack.GENERAL) == []
    slack.lose("chat.postMessage")
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel=slack.GENERAL, text="lost but there")
    assert [one.text for one in slack.posts(slack.GENERAL)] == ["lost but there"]
    assert [call.error for call in slack.calls("chat.postMessage")] == ["ratelimited"] * 2 + ["fatal_error", "http 502", ""]  # fmt: skip


async def test_a_call_is_held_until_it_is_let_go(slack, client):
    hold = slack.hold("chat.postMessage")
    posting = asyncio.create_task(client.chat_postMessage(channel=slack.GENERAL, text="a"))
    await hold.arrived.wait()
    assert slack.posts(slack.GENERAL) == []
    hold.release()
    await posting
    assert len(slack.posts(slack.GENERAL)) == 1


async def test_a_tier_can_be_held_to(slack):
    client = client_of(slack, retry_handlers=[])
    sent: Any = await client.chat_postMessage(channel=slack.GENERAL, text="a")
    slack.per_minute["chat.update"] = 3
    outcomes = []
    for n in range(4):
        try:
            await client.chat_update(channel=slack.GENERAL, ts=sent["ts"], text=f"{n}")
            outcomes.append("ok")
        except SlackApiError as refused:
            response: Any = refused.response
            outcomes.append(response["error"])
            assert 50 <= int(response.headers["Retry-After"]) <= 60
    assert outcomes == ["ok"] * 3 + ["ratelimited"]
    assert slack.busiest_minute("chat.update") == 4


async def test_a_response_address_works_five_times_and_is_checked(slack):
    url = slack.reply_url(slack.local)
    async with aiohttp.ClientSession() as session:
        statuses = []
        for _ in range(6):
            async with session.post(url, json={"text": "done", "replace_original": True}) as answer:
                statuses.append(answer.status)
        assert statuses == [200] * 5 + [404]
        async with session.post(slack.reply_url(slack.local), json={"text": "<b>", "colour": "red"}) as answer:
            assert answer.status == 400
    assert len(slack.replies[url.rpartition("/")[2]]) == 5
    assert any("unknown key colour" in one for one in slack.forgive())
