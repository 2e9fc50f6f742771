"""What an operator sets for Slack, and the manifest that makes the app."""

import json
import re
from pathlib import Path

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.slack.events import ANIMATE
from adapters.chat.slack.handlers import EVENTS
from adapters.chat.slack.options import AGENT_SCOPE, SCOPES, options
from bot.domain.errors import UserError
from bot.domain.verbs import VERBS

ONE = {"bot_token": "xoxb-1-2", "app_token": "xapp-1-2"}
MANY = {"client_id": "1.2", "client_secret": "s", "signing_secret": "s", "public_url": "https://a.example/", "database_url": "sqlite:///a.db"}  # fmt: skip
ROOT = Path(__file__).parents[4]
MANIFEST = json.loads((ROOT / "config/slack-manifest.json").read_text())
NEEDS = {
    "agents_sessions_setStatus": {"chat:write"},
    "api_test": set(),
    "apps_connections_open": set(),
    "auth_test": set(),
    "chat_postEphemeral": {"chat:write"},
    "chat_postMessage": {"chat:write"},
    "chat_update": {"chat:write"},
    "conversations_history": {"channels:history", "groups:history", "im:history", "mpim:history"},
    "conversations_open": {"im:write"},
    "conversations_replies": {"channels:history", "groups:history", "im:history", "mpim:history"},
    "files_completeUploadExternal": {"files:write"},
    "files_getUploadURLExternal": {"files:write"},
    "files_info": {"files:read"},
    "users_info": {"users:read"},
    "views_open": set(),
    "views_publish": set(),
}
"""The scopes that Slack asks for, by method: https://docs.slack.dev/reference/methods"""


def test_one_workspace_by_sockets():
    given = options(ONE)
    assert (given.by_socket, given.installs, given.api_url) == (True, False, "https://slack.com/api/")
    assert (given.sockets, given.upload_mb, given.agent) == (2, 1000, False)


def test_one_workspace_over_http():
    given = options({"bot_token": "xoxb-1", "signing_secret": "s"})
    assert (given.by_socket, given.installs) == (False, False)


def test_with_both_ways_set_up_the_bot_calls_slack():
    assert options(ONE | {"signing_secret": "s"}).by_socket


def test_several_workspaces():
    given = options(MANY)
    assert (given.by_socket, given.installs, given.public_url) == (False, True, "https://a.example")


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/api", "http://127.0.0.1:9/api/", " http://127.0.0.1:9/api// "])
def test_the_address_of_the_api_ends_in_one_slash(url):
    assert options(ONE | {"api_url": url}).api_url == "http://127.0.0.1:9/api/"


def test_secrets_are_never_shown():
    shown = repr(options(MANY | {"client_secret": "c-secret", "signing_secret": "s-secret"})) + repr(options(ONE))
    assert not [word for word in ("c-secret", "s-secret", "xoxb-1-2", "xapp-1-2") if word in shown]


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({}, "SLACK_BOT_TOKEN"),
        ({"bot_token": "xoxb-1"}, "SLACK_APP_TOKEN"),
        ({"bot_token": "xoxp-1", "app_token": "xapp-1"}, "xoxb-"),
        ({"bot_token": "xoxe.xoxb-1-2", "app_token": "xapp-1"}, "rotation"),
        ({"bot_token": "xoxb-1", "app_token": "xoxb-1"}, "xapp-"),
        ({"client_id": "1.2"}, "SLACK_CLIENT_SECRET"),
        ({"client_secret": "s"}, "SLACK_CLIENT_ID"),
        (MANY | {"bot_token": "xoxb-1"}, "SLACK_BOT_TOKEN"),
        (MANY | {"app_token": "xapp-1"}, "SLACK_APP_TOKEN"),
        (MANY | {"signing_secret": ""}, "SLACK_SIGNING_SECRET"),
        (MANY | {"public_url": "", "database_url": ""}, "CLAPPER_PUBLIC_URL and CLAPPER_DATABASE_URL"),
        (MANY | {"public_url": "http://a.example"}, "https://"),
        (ONE | {"api_url": "slack.com/api"}, "SLACK_API_URL"),
        (ONE | {"api_url": "http://[::1"}, "SLACK_API_URL"),
        (ONE | {"upload_mb": "0"}, "from 1 to 1000"),
        (ONE | {"upload_mb": "1001"}, "from 1 to 1000"),
        (ONE | {"sockets": "many"}, "'many'"),
        (ONE | {"sockets": "11"}, "from 1 to 10"),
        (ONE | {"agent": "perhaps"}, "yes or no"),
    ],
)
def test_settings_that_do_not_fit_are_refused_with_what_to_do(settings, named):
    with pytest.raises(UserError) as refused:
        options(settings)
    assert named in refused.value.say
    assert refused.value.say.endswith(".")
    assert "xoxp-1" not in refused.value.say


@pytest.mark.parametrize(("said", "meant"), [("yes", True), ("true", True), ("ON", True), ("no", False), ("", False), ("false", False)])  # fmt: skip
def test_whether_it_is_an_agent_is_said_as_people_say_it(said, meant):
    assert options(ONE | {"agent": said}).agent is meant


def test_the_manifest_asks_for_exactly_the_scopes_that_are_used():
    events = MANIFEST["settings"]["event_subscriptions"]["bot_events"]
    listening = {f"{event.removeprefix('message.')}:history" for event in events if event.startswith("message.")}
    calling = set().union(*(NEEDS[method] for method in used_methods()))
    needed = listening | calling | {"app_mentions:read", "commands"}
    assert MANIFEST["oauth_config"]["scopes"]["bot"] == sorted(needed) == list(SCOPES)


def used_methods() -> set[str]:
    """Every method of Slack's that the adapter names; a new one has to be entered above with what it needs."""
    written = "".join(path.read_text() for path in (ROOT / "adapters/chat/slack").glob("*.py"))
    named = set(re.findall(r"[\".]([a-z]+_[A-Za-z_]+)[\"(]", written))
    found = {name for name in named if name != "api_call" and callable(getattr(AsyncWebClient, name, None))}
    assert found >= {"chat_postMessage", "chat_update", "views_open"}
    return found


def test_the_manifest_subscribes_to_exactly_what_is_handled():
    """Only an agent is told that its session was stopped."""
    assert MANIFEST["settings"]["event_subscriptions"]["bot_events"] == sorted(set(EVENTS) - {"agent_session_stopped"})


def test_the_manifest_of_an_agent_is_the_same_with_what_an_agent_needs():
    """Nothing of the one is forgotten in the other, and its stop button is heard."""
    agent = json.loads((ROOT / "config/slack-manifest-agent.json").read_text())
    view = agent["features"].pop("agent_view")
    assert len(view["agent_description"]) <= 300
    assert len(view["suggested_prompts"]) <= 4
    scopes, events = agent["oauth_config"]["scopes"]["bot"], agent["settings"]["event_subscriptions"]["bot_events"]
    assert tuple(scopes) == options(ONE | {"agent": "true"}).scopes == tuple(sorted((*SCOPES, AGENT_SCOPE)))
    assert events == sorted(EVENTS)
    scopes.remove(AGENT_SCOPE)
    events.remove("agent_session_stopped")
    assert agent == MANIFEST


def test_the_manifest_names_the_command_and_the_shortcut_that_are_heard():
    (command,) = MANIFEST["features"]["slash_commands"]
    (shortcut,) = MANIFEST["features"]["shortcuts"]
    assert (command["command"], shortcut["callback_id"], shortcut["type"]) == ("/clapper", ANIMATE, "message")
    wish, _, verbs = command["usage_hint"].partition(" or ")
    assert wish == f"[{VERBS[0].usage}]"
    named = verbs.split(", ")
    assert {"library", "merge", "help"} <= set(named) <= {verb.name for verb in VERBS[1:]}


def test_the_manifest_keeps_slacks_limits():
    shown = MANIFEST["display_information"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 174 <= len(shown["long_description"]) <= 4000
    assert len(MANIFEST["features"]["shortcuts"][0]["name"]) <= 24
    assert MANIFEST["settings"]["socket_mode_enabled"]
    assert MANIFEST["settings"]["interactivity"] == {"is_enabled": True}
