"""Misconfigurations, each planted alone in a fresh folder and environment: the doctor names the place and the mend, and blames nothing else."""

import asyncio
import contextlib
import os
import resource
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from subprocess import run

import pytest
from aiohttp import web

from adapters.storage.sql import downgrade, examine
from adapters.storage.sql.examine import mounted_as
from bot.app import RealClock
from bot.cli.checks import CHECKS, Check, Finding, Standing, guarded
from bot.cli.checks.edges import providers
from bot.cli.checks.tools import fonts, media_tools
from bot.cli.doctor import examined
from bot.ports.parts import Parts
from config import load, names
from tests import buckets, databases
from tests.adapters.chat.discord.server import Discord
from tests.adapters.chat.slack.server.slack import Slack
from tests.fakes import SetClock
from tests.stored import a_job

QUICK = [check for check in CHECKS if check not in {media_tools, fonts}]
Ask = Callable[..., Awaitable[Sequence[Finding]]]


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """What the doctor blames in such a folder and environment."""
    monkeypatch.chdir(tmp_path)
    for name in {*names.environment(), "CLAPPER_CONFIG", "IMAGEIO_FFMPEG_EXE"} & os.environ.keys():
        monkeypatch.delenv(name)
    databases.with_tables(tmp_path / "data" / "clapper.db")

    async def blamed(toml: str = "", checks: Sequence[Check] = QUICK, **env: str) -> Sequence[Finding]:
        if toml:
            (tmp_path / "clapper.toml").write_text(toml)
        with monkeypatch.context() as planted:
            for name, value in {"CLAPPER_DATA": "data", "CLAPPER_WEB_PORT": "0", **env}.items():
                planted.setenv(name, value)
            return [one for one in await examined(checks) if one.standing is not Standing.well]

    return blamed


def is_blamed(found: Sequence[Finding], name: str, standing: Standing, *said: str) -> None:
    """This one thing, in these words, and nothing else."""
    assert [(one.name, one.standing) for one in found] == [(name, standing)], found
    words = f"{found[0].found} {found[0].mend}"
    assert found[0].mend
    assert [part for part in said if part not in words] == [], words


async def test_where_nothing_is_wrong_nothing_is_blamed(ask: Ask, tmp_path: Path) -> None:
    def there() -> list[tuple[str, int]]:
        return sorted((str(path), path.stat().st_size) for path in tmp_path.rglob("*"))

    (tmp_path / "data" / "drive").mkdir()
    before = there()
    assert await ask() == []
    assert there() == before
    assert await ask(CLAPPER_DATA="fresh") == [], "nor where there is nothing yet"
    assert there() == before


N, B = Standing.note, Standing.broken
TABLE = {
    "a name in the environment": ("", {"CLAPPER_WEB_PROT": "1"}, "settings", N, "CLAPPER_WEB_PROT", "CLAPPER_WEB_PORT?"),
    "a provider's key": ("", {"KLING_API_KEY": "k"}, "settings", N, "KLING_API_KEY", "KLINGAI_API_KEY?"),
    "a name in the file": ("databse_url = 'x'", {}, "settings", B, "databse_url in clapper.toml", "database_url?"),
    "no TOML": ("workers = = 2", {}, "settings", B, "clapper.toml cannot be read", "line 1"),
    "a value": ("", {"CLAPPER_WORKERS": "many"}, "settings", B, "CLAPPER_WORKERS must be", "from 1 to 64, not 'many'"),
    "a time zone": ("[spending]\nzone = 'Europe/Berln'", {}, "settings", B, "[spending] zone", "Europe/Berlin", "Berln"),
    "half a language model": ("", {"CLAPPER_LLM_MODEL": "m"}, "settings", B, "CLAPPER_LLM_BASE_URL", "all or none"),
    "another kind of database": ("", {"CLAPPER_DATABASE_URL": "mysql://h/x"}, "settings", B, "CLAPPER_DATABASE_URL must be", "postgresql://"),
    "half of Slack": ("", {"SLACK_APP_TOKEN": "xapp-1"}, "slack", N, "SLACK_APP_TOKEN", "SLACK_BOT_TOKEN"),
    "Slack's tokens mixed up": ("", {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xoxb-2"}, "slack", B, "SLACK_APP_TOKEN does not begin with xapp-"),
    "no signing secret": ("", {"SLACK_BOT_TOKEN": "xoxb-1"}, "slack", B, "SLACK_SIGNING_SECRET", "Socket Mode"),
    "a public page without a token": ("", {"CLAPPER_WEB_HOST": "0.0.0.0"}, "web", B, "0.0.0.0", "CLAPPER_WEB_TOKEN"),
    "a token that can be guessed": ("", {"CLAPPER_WEB_TOKEN": "fifteen-letters"}, "web", N, "CLAPPER_WEB_TOKEN", "16 characters"),
    "half of an identity provider": ("", {"CLAPPER_OIDC_ISSUER": "https://login.example.org"}, "web", B, "CLAPPER_OIDC_CLIENT_ID"),
    "domains of no identity provider": ("[platforms.web]\noidc_domains = ['example.com']", {}, "web", N, "oidc_domains", "CLAPPER_OIDC_ISSUER"),
    "a model that is changed and that there is not": ("[models.'kling-33']\nenabled = false", {}, "models", B, "'kling-33'", "did you mean 'kling-3'?"),
    "a model of no provider": ("""[models.'my-1']
provider = 'klin'\ntitle = 'My One'\ntasks = ['text']\naspects = ['16:9']\nresolutions = ['720p']\naudio = 'never'
seconds = { minimum = 4, maximum = 8 }\nsource = 'ours'\nprice = { unit = 'second', rates = [{ usd = '0.1' }], source = 'ours' }
""", {}, "models", N, "'klin'", "Did you mean 'kling'?"),
    "no such file": ("", {"CLAPPER_CONFIG": "nowhere.toml"}, "settings", B, "CLAPPER_CONFIG", "nowhere.toml"),
    "a Drive that cannot be written": ("", {"CLAPPER_DRIVE": "file:/proc/nowhere/drive"}, "drive", B, "/proc/nowhere", "CLAPPER_DRIVE"),
    "a model that there is not": ("[defaults]\nmodel = 'kling-33'", {}, "models", B, "'kling-33'", "Did you mean 'kling-"),
    "a model without a key": ("[defaults]\nmodel = 'veo-3.1'", {}, "models", B, "'veo-3.1'", "key of google"),
    "nobody to approve": ("[spending]\napprove_above = 100", {}, "spending", N, "above 100 credits", "approvers"),
    "an admin of a chat that is off": ("admins = ['slack:U024BE7LH']", {}, "people", N, "'slack:U024BE7LH'", "'slack'", "web"),
    "nobody to take traces": ("", {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}, "traces", N, "127.0.0.1:9", "OTEL_EXPORTER_OTLP_ENDPOINT"),
    "a wrong fact of a model": ("[models.'veo-3.1']\nsecond = 3", {}, "models", B, "veo-3.1", "second"),
}  # fmt: skip


@pytest.mark.parametrize("planted", TABLE)
async def test_a_setting_that_is_wrong(planted: str, ask: Ask) -> None:
    toml, env, name, standing, *said = TABLE[planted]
    is_blamed(await ask(toml, **env), name, standing, *said)


async def test_a_database_that_nobody_answers_for(ask: Ask) -> None:
    found = await ask(CLAPPER_DATABASE_URL="postgresql://u:pass-word@127.0.0.1:9/films")
    found = [one for one in found if one.name != "drive"]  # told of below
    is_blamed(found, "database", B, "'films' at 127.0.0.1", "Start PostgreSQL there", "CLAPPER_DATABASE_URL")
    assert "pass-word" not in repr(found)


def _looked(url: str, clock: SetClock | None = None) -> list[tuple[bool, str]]:
    parts = Parts(settings={"url": url}, folder=Path(), clock=clock or RealClock())
    return [(seen.stops, f"{seen.found} {seen.mend}") for seen in examine(parts) if seen.mend]


@pytest.mark.xdist_group("postgresql")
async def test_what_is_wrong_with_a_postgresql_is_told_apart(ask: Ask) -> None:
    url = databases.postgresql()
    [(stops, said)] = _looked(url)
    assert stops
    assert "no tables of Clapper's yet. Run `clapper db upgrade`." in said
    databases.upgrade(url)
    found = await ask(CLAPPER_DATABASE_URL=url)
    is_blamed(found, "drive", N, "folder", "volume they share", "CLAPPER_DRIVE to a bucket")
    [(stops, said)] = _looked(url, SetClock(RealClock().now() + timedelta(seconds=90)))
    assert not stops
    assert said.startswith("This machine's clock is 90 s ahead of the database's. Set both by NTP")
    downgrade(url, "0005")
    [(_, said)] = _looked(url)
    assert "tables of an older Clapper. Run `clapper db upgrade`. Back it up" in said
    missing = url.replace("/test_", "/missing_", 1)
    [(_, said)] = _looked(missing)
    assert "does not exist" in said
    assert "Create it (createdb), or correct the name" in said
    databases.drop(url)


@pytest.mark.xdist_group("postgresql")
async def test_a_wrong_password_is_told_from_a_wrong_name() -> None:
    import psycopg

    url = databases.postgresql()
    started = databases.server()
    rules = Path(started.pgdata, "pg_hba.conf")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS stranger")
        connection.execute("CREATE ROLE stranger LOGIN PASSWORD 'right'")
    before = rules.read_text()
    stranger = url.replace("://postgres:@", "://stranger:wrong@", 1)
    assert "stranger" in stranger, url
    try:
        rules.write_text(f"local all stranger scram-sha-256\n{before}")
        for _ in range(200):
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("SELECT pg_reload_conf()")
            said = _looked(stranger)
            if said and "password" in said[0][1]:
                break
    finally:
        rules.write_text(before)
    [(stops, words)] = said
    assert stops
    assert "Correct the user or the password in CLAPPER_DATABASE_URL." in words
    assert "wrong" not in words


async def test_a_database_of_a_newer_version_is_left_alone(ask: Ask, tmp_path: Path) -> None:
    import sqlite3

    with sqlite3.connect(tmp_path / "data" / "clapper.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    is_blamed(await ask(), "database", B, "written by a newer Clapper ('9999')", "Install that version")


async def test_a_second_machine_on_one_sqlite_file(ask: Ask, tmp_path: Path) -> None:
    now = RealClock().now()
    async with databases.opened(f"sqlite:///{tmp_path}/data/clapper.db", RealClock()) as storage:
        await storage.jobs.add(a_job())
        await storage.jobs.claim(["web"], "other-host-77-abc123", now, now + timedelta(minutes=5), 1)
    is_blamed(await ask(), "database", N, "Another machine (other-host)", "PostgreSQL")


def test_a_file_on_a_disk_of_the_network_is_told_by_the_mounts() -> None:
    mounts = "/dev/sda1 / ext4 rw 0 0\nfiler:/srv /mnt/films\\040here nfs4 rw 0 0\n"
    assert mounted_as(Path("/mnt/films here/clapper.db"), mounts) == "nfs4"
    assert mounted_as(Path("/mnt/clapper.db"), mounts) == "ext4"


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, of 512 kB."""
    place = tmp_path / "small"
    place.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(place)]
    if run(mounting, capture_output=True, check=False).returncode:
        pytest.skip("this user may not mount a small disk to fill, nor one that nobody may write to")
    yield place
    run(["umount", str(place)], check=True)


def _let_nobody_write(place: Path) -> None:
    run(["mount", "-o", "remount,ro", str(place)], check=True)


async def test_a_disk_that_is_nearly_full_full_or_read_only(ask: Ask, small: Path) -> None:
    drive = {"CLAPPER_DRIVE": f"file:{small}/drive"}
    is_blamed(await ask(**drive), "drive", B, f"{small}/drive", "0.0 GB are free", "Make room")
    with contextlib.suppress(OSError), (small / "filler").open("wb", buffering=0) as filler:
        while filler.write(bytes(4096)):
            pass
    is_blamed(await ask(**drive), "drive", B, "o space left", "free some space")


async def test_a_database_file_that_may_not_be_written(ask: Ask, small: Path) -> None:
    """On a disk that lets nobody: whoever is root may write anywhere else."""
    databases.with_tables(small / "clapper.db")
    _let_nobody_write(small)
    found = await ask(CLAPPER_DATABASE_URL=f"sqlite:///{small}/clapper.db")
    is_blamed(found, "database", B, f"{small}/clapper.db", "writ")


async def test_a_bucket_that_is_not_there_or_a_key_that_is_refused(ask: Ask) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s", "AWS_ENDPOINT_URL": buckets.server()}
    is_blamed(await ask(CLAPPER_DRIVE="s3://no-such-bucket/x", **keys), "drive", B, "no such bucket", "CLAPPER_DRIVE")
    async with buckets.proxied() as proxy:
        proxy.does = lambda _: (403, b"<Error><Code>InvalidAccessKeyId</Code></Error>")
        found = await ask(CLAPPER_DRIVE=f"s3://{buckets.BUCKET}/x", **keys | {"AWS_ENDPOINT_URL": proxy.address})
        is_blamed(found, "drive", B, "does not know AWS_ACCESS_KEY_ID")


@asynccontextmanager
async def answering(status: int, text: str):
    """A server that gives this one answer to whatever is asked."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, text=text, content_type="application/json")

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def test_a_public_address_that_leads_elsewhere_or_nowhere(ask: Ask) -> None:
    async with answering(200, "<html>a parked domain</html>") as elsewhere:
        found = await ask(CLAPPER_PUBLIC_URL=elsewhere, CLAPPER_WEB_TOKEN="t" * 20)
        is_blamed(found, "public address", N, elsewhere, "something else", "Correct CLAPPER_PUBLIC_URL")
    found = await ask(CLAPPER_PUBLIC_URL="http://127.0.0.1:9", CLAPPER_WEB_TOKEN="t" * 20)
    is_blamed(found, "public address", N, "http://127.0.0.1:9 does not answer (connection refused)", "proxy")
    ours = '{"status": "unwell", "live": true, "ready": false, "problems": {}}'
    async with answering(503, ours) as here:
        assert await ask(CLAPPER_PUBLIC_URL=here, CLAPPER_WEB_TOKEN="t" * 20) == []


async def test_a_public_address_without_protection(ask: Ask) -> None:
    found = await ask(CLAPPER_PUBLIC_URL="http://clapper.invalid", CLAPPER_WEB_TOKEN="t" * 20)
    assert {one.name for one in found} == {"public address"}
    assert "unprotected" in found[0].found
    assert "https://" in found[0].mend


async def test_a_port_that_somebody_has(ask: Ask) -> None:
    async with answering(200, '{"status": "ok"}') as taken:
        port = int(taken.rpartition(":")[2])
        is_blamed(await ask(CLAPPER_WEB_PORT=str(port)), "web", B, f"127.0.0.1:{port}", "in use", "CLAPPER_WEB_PORT")


async def test_slack_without_a_scope_and_with_a_name_for_an_id(ask: Ask) -> None:
    async with Slack().serving() as slack:
        env = slack.environment(slack.settings)
        is_blamed(await ask("approvers = ['slack:@ada']", **env), "people", N, "'slack:@ada'", "Copy member ID")
        slack.local.scopes -= {"files:read"}
        is_blamed(await ask("approvers = []", **env), "slack", N, "files:read", "reinstall the app")


async def test_discord_with_a_wrong_token_or_too_few_rights(ask: Ask) -> None:
    async with Discord().serving() as discord:
        env = {f"DISCORD_{name.upper()}": value for name, value in discord.settings.items()}
        discord.guild("Garden", permissions=1 << 10)
        is_blamed(await ask(**env), "discord", N, "In Garden the bot lacks Send Messages", "invite it once more")
        wrong = env | {"DISCORD_TOKEN": "MTA0.wrong.wrong"}
        is_blamed(await ask(**wrong), "discord", B, "refuses DISCORD_TOKEN", "Copy it anew")


async def test_a_providers_key_that_is_refused_and_one_without_a_price(ask: Ask) -> None:
    async with answering(401, '{"code": "InvalidApiKey", "message": "Invalid API-key provided."}') as url:
        found = await ask(DASHSCOPE_API_KEY="sk-wrong-key", DASHSCOPE_BASE_URL=url)
        is_blamed(found, "wan", B, "does not accept DASHSCOPE_API_KEY")
        assert "sk-wrong-key" not in repr(found)
    async with answering(200, '{"userId": "u", "apiKeyId": "k", "apiKeyNickname": "films"}') as url:
        found = await ask(VIDEOGEN_API_KEY="k", VIDEOGEN_BASE_URL=url)
        is_blamed(found, "videogen", N, "has no price", '[models."videogen".price]')


async def test_an_ffmpeg_that_is_not_there(ask: Ask) -> None:
    found = await ask(checks=[media_tools], IMAGEIO_FFMPEG_EXE="/nowhere/ffmpeg")
    is_blamed(found, "media tools", B, "IMAGEIO_FFMPEG_EXE names '/nowhere/ffmpeg'", "Unset it")


async def test_traces_that_are_wanted_and_cannot_be_sent(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [one for one in sys.modules if one.startswith("opentelemetry")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    found = await ask(OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9")
    is_blamed(found, "traces", N, "OTEL_EXPORTER_OTLP_ENDPOINT is set", "pip install 'clapper[otel]'")


async def test_too_few_open_files(ask: Ask) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (512, hard))
    try:
        is_blamed(await ask(), "machine", N, "may open 512 files", "ulimit -n 4096")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def test_what_hangs_is_given_up_in_time(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(1000):
            pass
        writer.close()

    listening = await asyncio.start_server(silent, "127.0.0.1", 0)
    monkeypatch.setenv("DASHSCOPE_API_KEY", "k")
    monkeypatch.setenv("DASHSCOPE_BASE_URL", f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}")
    [found] = await guarded(providers, load(), seconds=0.2)
    listening.close()
    await listening.wait_closed()
    assert (found.name, found.standing, found.found) == ("providers", B, "No answer within 0.2 s.")
