"""Workspaces install the app; their tokens are kept encrypted and renewed, and go when the app is removed."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import aiohttp
import psycopg
import pytest
from slack_sdk.oauth.installation_store import Installation

from adapters.chat.slack.clients import Clients, NotInstalled
from adapters.chat.slack.options import SCOPES, Options, options
from bot.domain.errors import Later
from tests.adapters.chat.slack.hearing import database, listening
from tests.adapters.chat.slack.server.slack import Slack
from tests.databases import opened, url  # noqa: F401 - a fixture

# slack_sdk signs oauth.v2.access with a class that aiohttp 3.14 announces the end of: slack_sdk/web/async_base_client.py, api_call.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")
TOKEN = "xoxb-1-the-very-token"
REFRESH = "xoxe-1-the-refresh-token"


def settings(slack: Slack, database_url: str) -> Options:
    return options(slack.install_settings | {"public_url": "https://clapper.example", "database_url": database_url})


def installed(team: str | None = "T1", **changes) -> Installation:
    given = {"app_id": "A1", "enterprise_id": None, "team_id": team, "bot_token": TOKEN, "bot_id": "B1", "bot_user_id": "U0BOT", "bot_scopes": ",".join(SCOPES), "user_id": "U1"}  # fmt: skip
    return Installation(**(given | changes))


def everything(database_url: str) -> str:
    """All that the database holds, as text."""
    if database_url.startswith("sqlite"):
        path = Path(database_url.removeprefix("sqlite:///"))
        connection = sqlite3.connect(path)
        text = "\n".join(connection.iterdump())
        connection.close()
        return text + "".join(one.read_bytes().decode("latin-1") for one in path.parent.glob(f"{path.name}*"))
    with psycopg.connect(database_url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        return "\n".join(str(connection.execute(f'SELECT * FROM "{name}"'.encode()).fetchall()) for (name,) in tables)


async def test_tokens_are_nowhere_in_the_database_in_the_clear(slack, url):  # noqa: F811 - the fixture
    clients = Clients(settings(slack, url))
    assert clients.installs is not None
    await clients.installs.open()
    await clients.installs.installations.async_save(installed(bot_refresh_token=REFRESH, bot_token_expires_in=43200))
    stored = everything(url)
    assert "U0BOT" in stored
    assert not [word for word in (TOKEN, REFRESH, "xoxb", "xoxe") if word in stored]
    assert await clients.token("T1") == TOKEN
    assert await clients.me("T1") == "U0BOT"
    await clients.aclose()


async def test_a_token_as_long_as_slack_makes_them_is_kept_whole(slack, url):  # noqa: F811 - the fixture
    clients = Clients(settings(slack, url))
    assert clients.installs is not None
    await clients.installs.open()
    long = "xoxe.xoxb-1-" + "M" * 500
    await clients.installs.installations.async_save(installed(bot_token=long, bot_scopes="a:b," * 400))
    assert await clients.token("T1") == long
    await clients.aclose()


@pytest.fixture
async def file(tmp_path):
    return database(tmp_path)


@pytest.fixture
async def storage(file):
    async with opened(file) as storage:
        yield storage


@pytest.fixture
async def clients(slack, file, storage):
    made = Clients(settings(slack, file), storage.notes)
    await made.check()
    yield made
    await made.aclose()


async def test_a_row_of_another_secret_counts_as_not_installed(slack, file, clients):
    await clients.installs.installations.async_save(installed())
    other = Clients(options(slack.install_settings | {"client_secret": "another", "public_url": "https://a.example", "database_url": file}))  # fmt: skip
    with pytest.raises(NotInstalled):
        await other.of("T1")
    await other.aclose()


async def test_a_token_of_one_column_is_no_token_of_another(file, clients):
    """Whoever can write to the database cannot pass one secret off as another."""
    await clients.installs.installations.async_save(installed(bot_refresh_token=REFRESH))
    with sqlite3.connect(file.removeprefix("sqlite:///")) as connection:
        connection.execute("UPDATE slack_bots SET bot_token = bot_refresh_token")
    connection.close()
    with pytest.raises(NotInstalled):
        await clients.of("T1")


async def test_a_workspace_that_never_installed_has_no_token(clients):
    with pytest.raises(NotInstalled):
        await clients.call("T1", "auth_test")


async def test_the_newest_installation_of_a_workspace_counts(clients):
    store = clients.installs.installations
    await store.async_save(installed(bot_token="xoxb-new", installed_at=datetime(2026, 11, 20, tzinfo=UTC)))
    await store.async_save(installed(bot_token="xoxb-old", installed_at=datetime(2026, 11, 19, tzinfo=UTC)))
    assert await clients.token("T1") == "xoxb-new"


async def test_a_workspace_of_an_organisation_uses_what_that_installed(slack, file, clients, storage):
    whole = installed(None, enterprise_id="E1", is_enterprise_install=True)
    await clients.installs.installations.async_save(whole)
    with pytest.raises(NotInstalled):
        await clients.of("T7")
    await clients.learn("T7", "E1")
    assert await clients.token("T7") == TOKEN
    restarted = Clients(settings(slack, file), storage.notes)
    assert await restarted.token("T7") == TOKEN
    await restarted.aclose()


async def test_a_workspaces_own_installation_goes_before_its_organisations(clients):
    store = clients.installs.installations
    await store.async_save(installed("T7", enterprise_id="E1", bot_token="xoxb-own", installed_at=datetime(2026, 11, 1, tzinfo=UTC)))  # fmt: skip
    await store.async_save(installed(None, enterprise_id="E1", is_enterprise_install=True))
    await clients.learn("T7", "E1")
    assert await clients.token("T7") == "xoxb-own"


async def test_removing_the_app_deletes_the_tokens_of_that_workspace_alone(file, clients):
    store = clients.installs.installations
    await store.async_save(installed("T1"))
    await store.async_save(installed("T2", bot_user_id="U0TWO"))
    await clients.of("T1")
    await clients.removed("T1", "", whole=False)
    with pytest.raises(NotInstalled):
        await clients.of("T1")
    assert await clients.me("T2") == "U0TWO"
    with sqlite3.connect(file.removeprefix("sqlite:///")) as connection:
        assert connection.execute("SELECT team_id FROM slack_installations").fetchall() == [("T2",)]
    connection.close()


async def install(slack: Slack, at: str) -> int:
    """A browser goes from the install page to Slack, where somebody allows the app, and back; the last status."""
    async with aiohttp.ClientSession() as http:
        async with http.get(f"{at}/slack/install") as page:
            text = await page.text()
            cookie = page.headers["set-cookie"].split(";")[0]
        assert f"{slack.url}/oauth/v2/authorize" in text
        state = text.split("state=")[1].split("&")[0].split('"')[0]
        query = f"client_id={slack.client_id}&redirect_uri=https://clapper.example/slack/oauth_redirect&state={state}"
        async with http.get(f"{slack.url}/oauth/v2/authorize?{query}", allow_redirects=False) as allowed:
            back = urlsplit(allowed.headers["location"])
        assert parse_qs(back.query)["state"] == [state]
        async with http.get(f"{at}{back.path}?{back.query}", headers={"cookie": cookie}) as done:
            return done.status


@pytest.fixture
async def open_house(slack, file, storage):
    given = slack.install_settings | {"public_url": "https://clapper.example", "database_url": file}
    async with listening(slack, storage, given) as hearing:
        yield hearing


async def test_a_workspace_installs_the_app_and_is_heard_at_once(slack, open_house):
    assert await install(slack, open_house.url) == 200
    assert await open_house.clients.token(slack.TEAM) == slack.local.token
    await slack.mention(slack.GENERAL, slack.ASKER, "a red boat")
    assert open_house.ears.message.text == "a red boat"


async def test_installing_needs_the_browser_that_began_it(slack, open_house):
    code = slack.grant(slack.local, slack.ADMIN)
    async with aiohttp.ClientSession() as http, http.get(f"{open_house.url}/slack/install") as page:
        state = (await page.text()).split("state=")[1].split("&")[0].split('"')[0]
    async with (
        aiohttp.ClientSession() as another,
        another.get(f"{open_house.url}/slack/oauth_redirect?code={code}&state={state}") as refused,
    ):
        assert refused.status == 400
    with pytest.raises(NotInstalled):
        await open_house.clients.of(slack.TEAM)


async def test_an_uninstalled_app_forgets_its_tokens(slack, open_house):
    await install(slack, open_house.url)
    await slack.uninstall()
    with pytest.raises(NotInstalled):
        await open_house.clients.of(slack.TEAM)


async def test_a_message_of_a_workspace_without_the_app_is_acknowledged_and_dropped(slack, open_house):
    said = await slack.say(slack.dm(slack.ASKER), slack.ASKER, "hello?")
    assert said.deliveries[0].acknowledged
    assert open_house.ears.heard == []


async def test_a_token_about_to_expire_is_renewed_before_it_is_used(slack, open_house):
    slack.rotating = True
    await install(slack, open_house.url)
    first = await open_house.clients.token(slack.TEAM)
    store = open_house.clients.installs.installations
    bot = await store.find(slack.TEAM, "")
    bot.bot_token_expires_at = int(datetime.now(UTC).timestamp()) + 60
    await store.async_save_bot(bot)
    open_house.clients.forget(slack.TEAM)
    second = await open_house.clients.token(slack.TEAM)
    assert second != first
    await open_house.clients.call(slack.TEAM, "auth_test")
    again = Clients(settings(slack, open_house.clients.installs.database_url))
    assert await again.token(slack.TEAM) == second
    await again.aclose()


async def test_nobody_waits_to_be_heard_while_a_token_is_renewed(slack, open_house):
    slack.rotating = True
    await install(slack, open_house.url)
    store = open_house.clients.installs.installations
    bot = await store.find(slack.TEAM, "")
    bot.bot_token_expires_at = int(datetime.now(UTC).timestamp()) - 60
    await store.async_save_bot(bot)
    renewing = slack.hold("oauth.v2.access")
    said = await slack.say(slack.dm(slack.ASKER), slack.ASKER, "a red boat")
    assert said.deliveries[0].acknowledged
    assert open_house.ears.message.text == "a red boat"
    renewing.release()


async def test_a_token_that_slack_does_not_renew_is_used_while_it_is_good(slack, open_house):
    slack.rotating = True
    await install(slack, open_house.url)
    store = open_house.clients.installs.installations
    bot = await store.find(slack.TEAM, "")
    bot.bot_token_expires_at = int(datetime.now(UTC).timestamp()) + 60
    await store.async_save_bot(bot)
    slack.refuse("oauth.v2.access", "invalid_refresh_token", times=1)
    open_house.clients.forget(slack.TEAM)
    assert await open_house.clients.token(slack.TEAM) == bot.bot_token


async def test_an_expired_token_that_slack_does_not_renew_puts_everything_off(slack, open_house):
    slack.rotating = True
    await install(slack, open_house.url)
    store = open_house.clients.installs.installations
    bot = await store.find(slack.TEAM, "")
    bot.bot_token_expires_at = int(datetime.now(UTC).timestamp()) - 60
    await store.async_save_bot(bot)
    slack.refuse("oauth.v2.access", "invalid_refresh_token", times=1)
    open_house.clients.forget(slack.TEAM)
    with pytest.raises(Later):
        await open_house.clients.token(slack.TEAM)
