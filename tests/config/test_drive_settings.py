"""The Drive's settings: names as Amazon's tools have them, secrets sealed, quotas in gigabytes, and what the doctor makes of them."""

import os
from pathlib import Path

import pytest

import config
from bot.app import rules
from bot.cli.checks.finding import Standing
from bot.cli.checks.places import drive
from tests.buckets import listed, settings
from tests.elsewhere import elsewhere

__all__ = ["elsewhere"]


def in_s3(**given: str) -> None:
    os.environ |= {"CLAPPER_DRIVE": "s3://films/team", **given}


def test_a_drive_in_s3_takes_the_names_that_every_tool_has_for_it():
    in_s3(AWS_ACCESS_KEY_ID="AKIA", AWS_SECRET_ACCESS_KEY="k", AWS_SESSION_TOKEN="t", AWS_DEFAULT_REGION="eu-west-1")
    assert config.load().files() == (
        "s3",
        {
            "url": "s3://films/team",
            "access_key_id": "AKIA",
            "secret_access_key": "k",
            "session_token": "t",
            "region": "eu-west-1",
        },
    )


def test_the_more_exact_of_two_names_wins_and_the_page_is_named_for_links():
    in_s3(AWS_DEFAULT_REGION="us-east-1", AWS_REGION="eu-west-1")
    os.environ |= {"AWS_ENDPOINT_URL": "https://all.example.com", "AWS_ENDPOINT_URL_S3": "https://s3.example.com"}
    os.environ |= {"CLAPPER_PUBLIC_URL": "https://clapper.example.com", "CLAPPER_WEB_TOKEN": "word"}
    assert config.load().files()[1] == {
        "url": "s3://films/team",
        "region": "eu-west-1",
        "endpoint_url": "https://s3.example.com",
        "public_url": "https://clapper.example.com",
        "token": "word",
    }


def test_what_is_set_for_something_else_does_not_disturb_a_drive_in_a_folder():
    os.environ |= {"AWS_ENDPOINT_URL": "localhost:4566", "AWS_REGION": "?", "AWS_SECRET_ACCESS_KEY": "k"}
    assert config.load().files() == ("local", {"root": "data/drive"})


def test_its_secrets_are_never_printed():
    in_s3(AWS_ACCESS_KEY_ID="AKIA", AWS_SECRET_ACCESS_KEY="one-secret", AWS_SESSION_TOKEN="other-secret")
    loaded = config.load()
    assert "-secret" not in repr(loaded) + str(loaded.model_dump())
    assert loaded.secrets() == {"one-secret", "other-secret"}


def test_quotas_are_gigabytes_and_may_be_parts_of_one(tmp_path: Path):
    assert (rules(config.load()).person_bytes, rules(config.load()).workspace_bytes) == (None, None)
    (tmp_path / "clapper.toml").write_text("[limits]\nperson_gb = 0.5\nworkspace_gb = 20\n", encoding="utf-8")
    assert (rules(config.load()).person_bytes, rules(config.load()).workspace_bytes) == (500_000_000, 20_000_000_000)
    (tmp_path / "clapper.toml").write_text("[limits]\nperson_gb = 0\n", encoding="utf-8")
    with pytest.raises(config.BadSettings) as refused:
        config.load()
    assert "[limits] person_gb in clapper.toml must be gigabytes, more than 0" in refused.value.say


@pytest.mark.xdist_group("s3")
async def test_the_doctor_looks_into_a_drive_in_s3():
    given = settings()
    os.environ |= {"CLAPPER_DRIVE": given["url"], "AWS_ENDPOINT_URL": given["endpoint_url"]}
    os.environ |= {"AWS_ACCESS_KEY_ID": given["access_key_id"], "AWS_SECRET_ACCESS_KEY": given["secret_access_key"]}
    (found,) = await drive(config.load())
    assert (found.name, found.standing) == ("drive", Standing.well)
    assert listed(given["url"]) == []
    os.environ["CLAPPER_DRIVE"] = "s3://no-such-bucket/team"
    (found,) = await drive(config.load())
    assert (found.standing, found.found) == (
        Standing.broken,
        "The Drive cannot be used: there is no such bucket; look at CLAPPER_DRIVE.",
    )
