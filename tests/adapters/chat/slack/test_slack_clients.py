"""Every answer of Slack's in Clapper's own terms."""

import pytest

from adapters.chat.slack.clients import Clients, SlackRefused
from adapters.chat.slack.options import options
from bot.domain.errors import Later


@pytest.fixture
async def one(slack):
    clients = Clients(options(slack.settings))
    yield clients
    await clients.aclose()


async def test_a_rate_limit_says_how_long_to_wait(slack, one):
    slack.limit("users.info", retry_after=7, times=1)
    with pytest.raises(Later) as later:
        await one.call("T1", "users_info", user=slack.ASKER)
    assert later.value.seconds == 7


@pytest.mark.parametrize("status", [500, 503])
async def test_a_slack_that_is_broken_counts_as_away(slack, one, status):
    slack.break_down("users.info", status=status, times=1)
    with pytest.raises(OSError, match="Slack"):
        await one.call("T1", "users_info", user=slack.ASKER)


async def test_an_answer_that_is_lost_counts_as_away(slack, one):
    slack.lose("chat.postMessage")
    with pytest.raises(OSError, match="Slack"):
        await one.call("T1", "chat_postMessage", channel=slack.GENERAL, text="hello")
    assert len(slack.posts(slack.GENERAL)) == 1


async def test_slack_out_of_reach_counts_as_away():
    clients = Clients(options({"bot_token": "xoxb-1", "app_token": "xapp-1", "api_url": "http://127.0.0.1:9/"}))
    with pytest.raises(OSError, match="Slack"):
        await clients.call("T1", "users_info", user="U1")
    await clients.aclose()


async def test_a_missing_scope_is_named(slack, one):
    await one.me("T1")
    slack.local.scopes = set(slack.local.scopes) - {"users:read"}
    with pytest.raises(SlackRefused) as refused:
        await one.call("T1", "users_info", user=slack.ASKER)
    assert (refused.value.code, refused.value.needed) == ("missing_scope", "users:read")


async def test_any_other_refusal_keeps_its_code(slack, one):
    with pytest.raises(SlackRefused) as refused:
        await one.call("T1", "chat_update", channel=slack.GENERAL, ts="1.1", text="hello")
    assert refused.value.code == "message_not_found"


async def test_a_revoked_token_is_not_tried_again_for_long(slack, one):
    await one.me("T1")
    slack.local.revoked = True
    with pytest.raises(Later) as later:
        await one.call("T1", "users_info", user=slack.ASKER)
    assert later.value.seconds >= 600


async def test_the_bot_is_asked_who_it_is_but_once(slack, one):
    assert [await one.me("T1") for _ in range(3)] == [slack.local.bot_user] * 3
    assert len(slack.calls("auth.test")) == 1
