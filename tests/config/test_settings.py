"""Settings: who wins, what switches on, and what a wrong one is told."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import config
from config import names
from tests.elsewhere import elsewhere

__all__ = ["elsewhere"]


Write = Callable[[str], None]


@pytest.fixture
def toml(tmp_path: Path) -> Write:
    return lambda text: (tmp_path / "clapper.toml").write_text(text, encoding="utf-8") and None


def refusal() -> str:
    with pytest.raises(config.BadSettings) as caught:
        config.load()
    return caught.value.say


def test_with_nothing_set_the_page_and_the_built_in_renderer_are_on():
    settings = config.load()
    assert settings.platforms() == {
        "web": {"host": "127.0.0.1", "port": "8080", "max_upload_bytes": "512000000", "max_attachments": "20"}
    }
    assert settings.providers() == {"animatic": {"workers": "1"}}
    assert settings.defaults.given() == {"audio": False, "watermark": False}
    assert (settings.database_url, settings.drive) == ("sqlite:///data/clapper.db", "file:data/drive")


def test_the_environment_wins_over_dotenv_over_the_operator_over_the_defaults(tmp_path: Path, toml: Write):
    toml("log_level = 'error'\nworkers = 2\n[platforms.web]\nport = 1\nhost = '::1'\n[timing]\nlease_seconds = 5")
    (tmp_path / ".env").write_text("CLAPPER_WORKERS=3\nCLAPPER_WEB_PORT=2\n", encoding="utf-8")
    os.environ["CLAPPER_WEB_PORT"] = "3"
    settings = config.load()
    assert (settings.web.port, settings.workers, settings.log_level, settings.web.host) == (3, 3, "error", "::1")
    assert (settings.timing.lease_seconds, settings.timing.confirm_minutes) == (5, 30)


def test_an_empty_variable_counts_as_not_set():
    os.environ |= {"CLAPPER_WEB_TOKEN": "", "ARK_API_KEY": "", "CLAPPER_WEB_PORT": ""}
    assert config.load().web.port == 8080
    assert "seedance" not in config.load().providers()


def test_database_and_drive_lie_in_the_data_folder_unless_told_otherwise():
    os.environ["CLAPPER_DATA"] = "/srv/clapper"
    assert config.load().database_url == "sqlite:////srv/clapper/clapper.db"
    os.environ["CLAPPER_DRIVE"] = "s3://films/team"
    assert config.load().drive == "s3://films/team"


@pytest.mark.parametrize(
    ("given", "name", "values"),
    [
        ({"ARK_API_KEY": "k", "ARK_BASE_URL": "http://x"}, "seedance", {"api_key": "k", "base_url": "http://x"}),
        ({"KLINGAI_API_KEY": "k"}, "kling", {"api_key": "k"}),
        ({"KLINGAI_ACCESS_KEY": "a", "KLINGAI_SECRET_KEY": "s"}, "kling", {"access_key": "a", "secret_key": "s"}),
        ({"DASHSCOPE_API_KEY": "k"}, "wan", {"api_key": "k"}),
        ({"GEMINI_API_KEY": "k"}, "google", {"api_key": "k"}),
        ({"VERTEX_API_KEY": "v", "GOOGLE_CLOUD_PROJECT": "p"}, "google", {"vertex_api_key": "v", "project": "p"}),
        ({"MINIMAX_API_KEY": "k"}, "minimax", {"api_key": "k"}),
        ({"HEDRA_API_KEY": "k"}, "hedra", {"api_key": "k"}),
        ({"VIDEOGEN_API_KEY": "k"}, "videogen", {"api_key": "k"}),
    ],
)
def test_a_key_switches_its_provider_on(given: dict[str, str], name: str, values: dict[str, str]):
    os.environ |= given
    providers = config.load().providers()
    assert providers[name] == values
    assert set(providers) == {name, "animatic"}


@pytest.mark.parametrize("given", ["KLINGAI_ACCESS_KEY", "ARK_BASE_URL", "GOOGLE_CLOUD_PROJECT", "SLACK_APP_TOKEN"])
def test_half_of_what_is_needed_switches_nothing_on(given: str):
    os.environ[given] = "x"
    assert set(config.load().providers()) == {"animatic"}
    assert set(config.load().platforms()) == {"web"}


def test_tokens_switch_chats_on():
    os.environ |= {"SLACK_BOT_TOKEN": "xoxb", "DISCORD_TOKEN": "d", "DISCORD_API_URL": "http://x"}
    platforms = config.load().platforms()
    assert platforms["slack"] == {"bot_token": "xoxb", "database_url": "sqlite:///data/clapper.db", "public_url": ""}
    assert platforms["discord"] == {"token": "d", "api_url": "http://x", "public_url": ""}


def test_chats_are_told_the_public_address():
    address = "https://clapper.example.com"
    os.environ |= {
        "SLACK_BOT_TOKEN": "xoxb",
        "DISCORD_TOKEN": "d",
        "CLAPPER_PUBLIC_URL": address,
        "CLAPPER_WEB_TOKEN": "t",
    }
    platforms = config.load().platforms()
    assert [platforms[name]["public_url"] for name in ("web", "slack", "discord")] == [address] * 3


def test_an_operator_switches_adapters_off_and_their_own_on(toml: Write):
    toml(
        "[platforms.web]\nenabled = false\n[providers.animatic]\nenabled = false\n[providers.ours]\nenabled = true\nspeed = 3"
    )
    os.environ["HEDRA_API_KEY"] = "k"
    assert config.load().platforms() == {}
    assert config.load().providers() == {"ours": {"speed": "3"}, "hedra": {"api_key": "k"}}


def test_secrets_stay_out_of_whatever_is_printed(toml: Write):
    toml("[providers.kling]\napi_key = 'toml-secret'")
    os.environ |= {
        "CLAPPER_WEB_TOKEN": "page-secret",
        "CLAPPER_OIDC_CLIENT_SECRET": "provider-secret",
        "ARK_API_KEY": "ark-secret",
        "CLAPPER_DATABASE_URL": "postgresql://u:db-secret@h/n",
    }
    settings = config.load()
    assert "-secret'" not in repr(settings) + str(settings.model_dump()).replace(settings.database_url, "")
    assert "db-secret" not in repr(settings)
    assert settings.secrets() == {"page-secret", "provider-secret", "ark-secret", "toml-secret"}


def test_an_identity_provider_reaches_the_page_and_its_secret_signs_links_where_there_is_no_token(toml: Write):
    toml('[platforms.web]\noidc_admins = ["Ada@example.com", "Video Admins"]\noidc_domains = ["example.com"]')
    os.environ |= {
        "CLAPPER_OIDC_ISSUER": "https://login.example.com",
        "CLAPPER_OIDC_CLIENT_ID": "clapper",
        "CLAPPER_OIDC_CLIENT_SECRET": "word",
        "CLAPPER_PUBLIC_URL": "https://clapper.example.com",
    }
    settings = config.load()
    page = settings.platforms()["web"]
    assert (page["oidc_issuer"], page["oidc_client_id"], page["oidc_client_secret"]) == (
        "https://login.example.com",
        "clapper",
        "word",
    )
    assert (page["oidc_admins"], page["oidc_domains"]) == ("Ada@example.com\nVideo Admins", "example.com")
    assert settings.files()[1]["token"] == "word"
    os.environ["CLAPPER_WEB_TOKEN"] = "another"
    assert config.load().files()[1]["token"] == "another"


@pytest.mark.parametrize(
    ("name", "value", "say"),
    [
        ("CLAPPER_WEB_PORT", "abc", "a whole number from 0 (any free port) to 65535, not 'abc'."),
        ("CLAPPER_WEB_PORT", "70000", "a whole number from 0 (any free port) to 65535, not '70000'."),
        ("CLAPPER_CONFIRM_MINUTES", "-5", "minutes, more than 0 and at most 10080 (a week), not '-5'."),
        ("CLAPPER_LEASE_SECONDS", "nan", "seconds from 1 to 3600, not 'nan'."),
        ("CLAPPER_LOG_FORMAT", "xml", "console or json, not 'xml'."),
        ("CLAPPER_WORKERS", "0", "a whole number from 1 to 64, not '0'."),
        ("CLAPPER_CREDITS_PER_DOLLAR", "many", "a number, more than 0 and at most 1000000, not 'many'."),
        ("CLAPPER_DRIVE", "films", "like file:data/drive or s3://bucket/prefix, not 'films'."),
        (
            "CLAPPER_PUBLIC_URL",
            "clapper.example",
            "an address like https://clapper.example.com, not 'clapper.example'.",
        ),
    ],
)
def test_a_wrong_variable_is_named_with_what_it_may_be(name: str, value: str, say: str):
    os.environ[name] = value
    assert refusal() == f"{name} must be {say}"


def test_a_wrong_database_is_named_without_its_password():
    os.environ["CLAPPER_DATABASE_URL"] = "mysql://me:hush@db/films"
    assert "'mysql://***@db/films'" in refusal()


@pytest.mark.parametrize(
    ("text", "say"),
    [
        ("logformat = 'json'", "logformat in clapper.toml is not a setting; did you mean log_format?"),
        (
            "[timing]\nconfirm_minute = 3",
            "[timing] confirm_minute in clapper.toml is not a setting; did you mean confirm_minutes?",
        ),
        ("[platforms.web]\nprot = 1", "[platforms.web] prot in clapper.toml is not a setting; did you mean port?"),
        ("[timing]\ntick_seconds = 0", "[timing] tick_seconds in clapper.toml must be seconds from 0.01 to 60, not 0."),
        (
            "[defaults]\naspect = 'wide'",
            "[defaults] aspect in clapper.toml must be a ratio like 16:9, or adaptive, not 'wide'.",
        ),
        (
            "[providers.hedra]\nenabled = 'perhaps'",
            "[providers.hedra] enabled in clapper.toml must be true or false, not 'perhaps'.",
        ),
        (
            "[providers.hedra]\nurls = ['a']",
            "[providers.hedra] urls in clapper.toml must be text, a number, true or false, not ['a'].",
        ),
        ("[models]\nanimatic = 3", 'models in clapper.toml must be tables like [models."id"], not 3.'),
        (
            "approvers = ['somebody']",
            "approvers in clapper.toml must be a list of people like slack:U024BE7LH, who may act on anybody's job, not 'somebody'.",
        ),
    ],
)
def test_a_wrong_line_of_the_operators_is_named_with_what_was_meant(toml: Write, text: str, say: str):
    toml(text)
    assert refusal() == say


def test_every_wrong_setting_is_told_at_once(toml: Write):
    toml("workers = 0\nlog_level = 'loud'")
    os.environ["CLAPPER_WEB_PORT"] = "x"
    assert len(refusal().splitlines()) == 3


def test_a_secret_of_a_wrong_kind_is_not_repeated(toml: Write):
    toml("[platforms.web]\ntoken = ['hush']")
    assert refusal() == "[platforms.web] token in clapper.toml must be text: the password people open the page with."


def test_a_file_that_is_no_toml_is_named_with_its_line(toml: Write):
    toml("workers = 1\nport 3\n")
    assert refusal().startswith("clapper.toml cannot be read (")
    assert "line 2" in refusal()


def test_a_named_file_that_is_not_there_is_said():
    os.environ["CLAPPER_CONFIG"] = "nowhere.toml"
    assert refusal() == "CLAPPER_CONFIG names 'nowhere.toml', and there is no such file; correct or unset it."


def test_a_folder_or_foreign_bytes_in_place_of_the_file_are_said(tmp_path: Path):
    os.environ["CLAPPER_CONFIG"] = str(tmp_path)
    assert "cannot be read (Is a directory)" in refusal()
    (tmp_path / "b.toml").write_bytes(b"\xff\xfe\x00")
    os.environ["CLAPPER_CONFIG"] = str(tmp_path / "b.toml")
    assert "cannot be read" in refusal()


def test_the_operators_overrides_of_models_are_handed_on_as_written(toml: Write):
    toml('[models."kling-3"]\ntitle = "Ours"\n[models."kling-3".price]\nunit = "clip"')
    assert config.load().models == {"kling-3": {"title": "Ours", "price": {"unit": "clip"}}}


def test_the_example_for_operators_is_valid_with_every_line_switched_on(tmp_path: Path):
    lines = Path(config.__file__).with_name("clapper.example.toml").read_text("utf-8").splitlines()
    on = [line.removeprefix("# ") for line in lines[2:] if "=" in line or line.startswith("# [")]
    (tmp_path / "clapper.toml").write_text("\n".join(on), encoding="utf-8")
    settings = config.load()
    assert (settings.timing.confirm_minutes, settings.defaults.model) == (60, "animatic")


def test_importing_the_settings_loads_no_pydantic():
    said = subprocess.run(
        [sys.executable, "-c", "import config, sys; print('pydantic' in sys.modules)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert said.stdout.strip() == "False"


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="a file without an end")
def test_a_settings_file_that_has_no_end_is_refused_at_once():
    os.environ["CLAPPER_CONFIG"] = "/dev/zero"
    assert refusal() == "/dev/zero is not an ordinary file; name one with settings."


@pytest.mark.parametrize("name", ["clapper.toml", ".env"])
def test_settings_too_large_to_be_settings_are_refused_unread(tmp_path: Path, name: str):
    with (tmp_path / name).open("wb") as file:
        file.truncate(2_000_000_000)
    assert refusal() == f"{name} has 2000.0 MB, the limit for settings is 1 MB; name another file."


def test_names_that_look_like_settings_and_are_none_are_found():
    given = {"CLAPPER_WEB_PROT", "CLAPPER_WEB_PORT", "CLAPPER_CONFIG", "CLAPPER_XYZZY", "WEB_PROT"}
    assert names.strangers(given) == {"CLAPPER_WEB_PROT": "CLAPPER_WEB_PORT", "CLAPPER_XYZZY": None}


def test_a_key_that_is_not_enough_is_told_with_what_would_be():
    given = {"SLACK_APP_TOKEN", "KLINGAI_ACCESS_KEY", "DISCORD_API_URL", "HEDRA_API_KEY", "GOOGLE_CLOUD_PROJECT"}
    assert names.halves(given) == {
        "slack": ("SLACK_APP_TOKEN", "SLACK_BOT_TOKEN"),
        "kling": ("KLINGAI_ACCESS_KEY", "KLINGAI_SECRET_KEY"),
    }
    assert names.halves({"SLACK_APP_TOKEN", "SLACK_BOT_TOKEN", "KLINGAI_API_KEY", "KLINGAI_ACCESS_KEY"}) == {}


@pytest.mark.parametrize(
    ("table", "say"),
    [
        ("[providers.kling]", "kling is switched on and has no key: set KLINGAI_API_KEY or KLINGAI_ACCESS_KEY and"),
        ("[platforms.discord]", "discord is switched on and has no key: set DISCORD_TOKEN."),
    ],
)
def test_what_is_switched_on_without_a_key_stops_the_start(toml: Write, table: str, say: str) -> None:
    toml(f"{table}\nenabled = true\n")
    assert say in refusal()


def test_a_providers_key_that_is_nearly_right_is_noticed_and_strangers_keys_are_not() -> None:
    given = [
        "KLING_API_KEY",
        "KLINGAI_APIKEY",
        "DISCORD_BOT_TOKEN",
        "OPENAI_API_KEY",
        "AWS_SECRET_KEY",
        "GITHUB_TOKEN",
        "CLAPPER_WEB_PROT",
    ]
    assert names.strangers(given) == {
        "CLAPPER_WEB_PROT": "CLAPPER_WEB_PORT",
        "DISCORD_BOT_TOKEN": "DISCORD_TOKEN",
        "KLINGAI_APIKEY": "KLINGAI_API_KEY",
        "KLING_API_KEY": "KLINGAI_API_KEY",
    }


def test_the_example_of_an_environment_names_every_variable_there_is():
    example = (Path(__file__).parents[2] / ".env.example").read_text(encoding="utf-8")
    assert set(names.environment()) - set(re.findall(r"[A-Z][A-Z0-9_]+", example)) == set()
