"""What an operator sets for Slack, checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.domain.errors import UserError

API_URL = "https://slack.com/api/"
MOST_SOCKETS = 10  # https://docs.slack.dev/apis/events-api/using-socket-mode/#limits
SCOPES = (
    "app_mentions:read",
    "channels:history",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "im:history",
    "im:write",
    "mpim:history",
    "users:read",
)
AGENT_SCOPE = (
    "assistant:write"  # what an app is given with being declared an agent: https://docs.slack.dev/ai/agent-sessions
)
YES = frozenset({"yes", "true", "on", "1"})
NO = frozenset({"no", "false", "off", "0"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What is set, checked.

    `api_url` ends in a slash and `public_url` does not. With an `app_token` the bot calls Slack (Socket Mode), even where there is a
    `signing_secret` too; without one Slack calls the bot. `agent` says that the app is declared an agent, which has a stop button of its own.
    """

    bot_token: str = field(default="", repr=False)
    app_token: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    api_url: str = API_URL
    database_url: str = field(default="", repr=False)
    public_url: str = ""
    upload_mb: int = 1000
    sockets: int = 2
    agent: bool = False

    @property
    def by_socket(self) -> bool:
        """Whether the bot opens the connections; otherwise Slack sends to /slack/events."""
        return bool(self.app_token)

    @property
    def installs(self) -> bool:
        """Whether workspaces install the app themselves, each with a token of its own."""
        return bool(self.client_id)

    @property
    def scopes(self) -> tuple[str, ...]:
        """What a workspace is asked for when it installs the app."""
        return tuple(sorted({*SCOPES, AGENT_SCOPE})) if self.agent else SCOPES

    @property
    def upload_bytes(self) -> int:
        return self.upload_mb * 1_000_000


def options(settings: Mapping[str, str]) -> Options:
    """Raises UserError, saying which setting is wrong and what to do."""

    def word(name: str) -> str:
        return settings.get(name, "").strip()

    usual = Options()
    given = Options(
        bot_token=word("bot_token"),
        app_token=word("app_token"),
        signing_secret=word("signing_secret"),
        client_id=word("client_id"),
        client_secret=word("client_secret"),
        api_url=_api_url(word("api_url")),
        database_url=word("database_url"),
        public_url=word("public_url").rstrip("/"),
        upload_mb=_whole("upload_mb", word("upload_mb"), usual.upload_mb, 1000),
        sockets=_whole("sockets", word("sockets"), usual.sockets, MOST_SOCKETS),
        agent=_yes("agent", word("agent")),
    )
    _check_tokens(given)
    _check_installs(given)
    return given


def _check_tokens(given: Options) -> None:
    if given.bot_token.startswith("xoxe"):
        raise UserError(
            "SLACK_BOT_TOKEN is one that expires after 12 hours. Switch token rotation off for the app and take the token that begins with "
            "xoxb-, or set SLACK_CLIENT_ID and SLACK_CLIENT_SECRET instead, so that the bot renews it by itself."
        )
    if given.bot_token and not given.bot_token.startswith("xoxb-"):
        raise UserError(
            "SLACK_BOT_TOKEN does not begin with xoxb-. Take the Bot User OAuth Token from the app's page “OAuth & Permissions”."
        )
    if given.app_token and not given.app_token.startswith("xapp-"):
        raise UserError(
            "SLACK_APP_TOKEN does not begin with xapp-. Make one on the app's page “Basic Information”, under “App-Level Tokens”, with the scope connections:write."
        )
    if given.bot_token and not given.app_token and not given.signing_secret:
        raise UserError(
            "SLACK_BOT_TOKEN alone is not enough to hear anything. Set SLACK_APP_TOKEN to be connected by Socket Mode, "
            "or SLACK_SIGNING_SECRET to be called over HTTP at /slack/events."
        )


def _check_installs(given: Options) -> None:
    if bool(given.client_id) != bool(given.client_secret):
        there, missing = ("ID", "SECRET") if given.client_id else ("SECRET", "ID")
        raise UserError(f"SLACK_CLIENT_{there} is set without SLACK_CLIENT_{missing}. Set both, or neither.")
    if not given.client_id:
        if not given.bot_token:
            raise UserError(
                "Slack has no token. Set SLACK_BOT_TOKEN for one workspace, or SLACK_CLIENT_ID and SLACK_CLIENT_SECRET for several."
            )
        return
    if given.bot_token:
        raise UserError(
            "SLACK_BOT_TOKEN is for one workspace, SLACK_CLIENT_ID and SLACK_CLIENT_SECRET are for several. Remove the one or the other two."
        )
    if given.app_token:
        raise UserError(
            "SLACK_APP_TOKEN does not go with SLACK_CLIENT_ID: several workspaces are served over HTTP. Remove SLACK_APP_TOKEN, and switch Socket Mode off on the app's page."
        )
    needed = {
        "SLACK_SIGNING_SECRET": given.signing_secret,
        "CLAPPER_PUBLIC_URL": given.public_url,
        "CLAPPER_DATABASE_URL": given.database_url,
    }
    missing = " and ".join(name for name, value in needed.items() if not value)
    if missing:
        raise UserError(f"Several workspaces (SLACK_CLIENT_ID) need {missing}, which is not set. Set it too.")
    if not given.public_url.startswith("https://"):
        raise UserError(
            f"CLAPPER_PUBLIC_URL is {given.public_url!r}; Slack installs an app only at an address that begins with https://."
        )


def _api_url(text: str) -> str:
    if not text:
        return API_URL
    try:
        parts = urlsplit(text)
        whole = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:  # such as a bracket that is never closed
        whole = False
    if not whole:
        raise UserError(
            f"SLACK_API_URL is {text!r}; it must be a whole address such as {API_URL}. Leave it out for that."
        )
    return f"{text.rstrip('/')}/"


def _whole(name: str, text: str, default: int, most: int) -> int:
    if not text:
        return default
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise UserError(f"Slack's {name} is {text!r}; it must be a whole number from 1 to {most}.")
    return int(text)


def _yes(name: str, text: str) -> bool:
    if not text or text.lower() in NO:
        return False
    if text.lower() not in YES:
        raise UserError(f"Slack's {name} is {text!r}; it must be yes or no.")
    return True
