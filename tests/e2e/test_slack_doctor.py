"""`clapper doctor` says of Slack what works, what is missing by name, and what to do; and leaves nothing behind there."""

import asyncio
import json
import os

import pytest

from bot.cli.checks import guarded
from bot.cli.checks.edges import platforms
from config import load, names
from tests.adapters.chat.slack.server.slack import Slack
from tests.e2e.shell import Shell


@pytest.fixture
async def slack():
    async with Slack().serving() as one:
        yield one
        assert one.violations == []


@pytest.fixture
def ask(tmp_path, slack, monkeypatch):
    """The doctor's findings about Slack, as (standing, words): its own check, with the settings of such an environment."""
    monkeypatch.chdir(tmp_path)
    for name in names.environment().keys() & os.environ.keys():
        monkeypatch.delenv(name)

    async def examined(all=None, public="", **settings):
        given = slack.environment(all or {**slack.settings, **settings})
        if public:
            given |= {"CLAPPER_PUBLIC_URL": public, "CLAPPER_WEB_TOKEN": "a-password-for-the-page"}
        with monkeypatch.context() as environment:
            for name, value in given.items():
                environment.setenv(name, value)
            settings = load()
        found = await guarded(platforms, settings)
        return [(one.standing, f"{one.found} {one.mend}".strip()) for one in found if one.name == "slack"]

    return examined


async def test_where_all_is_well_it_says_who_the_bot_is_and_posts_nothing(tmp_path, slack):
    said = await asyncio.to_thread(Shell(tmp_path).clapper, "doctor", "--json", env=slack.environment(slack.settings))
    checks = [one for one in json.loads(said.out)["checks"] if one["name"] == "slack"]
    assert [(one["standing"], one["found"]) for one in checks] == [
        ("well", "SLACK_BOT_TOKEN works: clapper in Team 1."),
        ("well", "SLACK_APP_TOKEN works: 2 connections by Socket Mode."),
    ]
    assert {one.method for one in slack.asked} == {"auth.test", "apps.connections.open"}
    assert slack.sockets.connections == []


async def test_missing_scopes_are_named(ask, slack):
    slack.local.scopes -= {"files:read", "users:read"}
    (_, (standing, words), _) = await ask()
    assert standing == "note"
    assert "files:read, users:read." in words
    assert "reinstall" in words


async def test_a_token_that_is_refused_is_named_with_what_to_do(ask, slack):
    slack.local.revoked = True
    (standing, words), _ = await ask()
    assert standing == "broken"
    assert words.startswith("Slack refuses SLACK_BOT_TOKEN: token_revoked. Copy it anew")


async def test_an_app_token_of_the_wrong_kind_is_told_from_its_shape(ask):
    ((standing, words),) = await ask(app_token="xoxb-not-this")
    assert standing == "broken"
    assert words.startswith("SLACK_APP_TOKEN does not begin with xapp-.")


async def test_slack_out_of_reach_is_said_in_one_sentence(ask):
    found = await ask(api_url="http://127.0.0.1:9/api/")
    assert {standing for standing, _ in found} == {"broken"}
    assert found[0][1].startswith("Slack cannot be reached.")


async def test_over_http_it_says_where_slack_is_to_call(ask, slack):
    found = await ask(slack.http_settings, "https://clapper.example.com")
    assert found == [
        ("well", "SLACK_BOT_TOKEN works: clapper in Team 1."),
        ("well", "SLACK_SIGNING_SECRET is set: Slack calls https://clapper.example.com/slack/events."),
    ]
    assert (await ask(slack.http_settings))[1][0] == "note"


async def test_for_several_workspaces_it_says_where_they_install_the_app(ask, slack):
    assert await ask(slack.install_settings, "https://clapper.example.com") == [
        ("well", "Slack is reached."),
        ("well", "Workspaces install the app at https://clapper.example.com/slack/install; Slack calls https://clapper.example.com/slack/events."),
    ]  # fmt: skip
