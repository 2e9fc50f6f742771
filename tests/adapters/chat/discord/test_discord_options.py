"""Discord's settings, checked with plain sentences."""

import pytest

from adapters.chat.discord.options import options
from bot.domain.errors import UserError

TOKEN = "made-up.for.tests"


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("", "https://discord.com/api/v10"),
        ("http://127.0.0.1:99/", "http://127.0.0.1:99/api/v10"),
        ("http://127.0.0.1:99/api", "http://127.0.0.1:99/api/v10"),
        ("http://127.0.0.1:99/api/v9", "http://127.0.0.1:99/api/v9"),
        ("https://proxy.example.org/discord", "https://proxy.example.org/discord/api/v10"),
    ],
)
def test_the_api_is_found_with_or_without_its_version(given, url):
    assert options({"token": TOKEN, "api_url": given}).api_url == url


@pytest.mark.parametrize("token", [f"Bot {TOKEN}", f" {TOKEN}\n", TOKEN])
def test_a_token_is_taken_as_people_copy_it(token):
    assert options({"token": token}).token == TOKEN


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"token": ""}, "DISCORD_TOKEN is empty."),
        ({"token": "two words"}, "DISCORD_TOKEN has spaces or signs that no token has."),
        ({"token": "123456789012345678"}, "DISCORD_TOKEN is a number, which is the application's id."),
        ({"token": TOKEN, "api_url": "discord.com"}, "DISCORD_API_URL is 'discord.com'; it must be a whole address"),
        ({"token": TOKEN, "api_url": "http://[::1"}, "DISCORD_API_URL is 'http://[::1'; it must be a whole address"),
        ({"token": TOKEN, "gateway_url": "http://a.b"}, "DISCORD_GATEWAY_URL is 'http://a.b'; it must be a whole address such as wss://"),
        ({"token": TOKEN, "public_url": "ftp://a.b"}, "CLAPPER_PUBLIC_URL is 'ftp://a.b'; it must be a whole address such as https://"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_named_with_what_it_may_be(wrong, said):
    with pytest.raises(UserError) as refused:
        options(wrong)
    assert refused.value.say.startswith(said)


def test_the_token_is_not_in_what_is_logged_of_the_options():
    assert TOKEN not in repr(options({"token": TOKEN}))
