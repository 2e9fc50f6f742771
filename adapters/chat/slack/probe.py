"""Whether Slack would let the bot in: asked without connecting, posting or storing anything."""

from collections.abc import Sequence

import aiohttp
from slack_sdk.errors import SlackApiError

from adapters.chat.slack.clients import Clients, SlackRefused
from adapters.chat.slack.http import EVENTS, INSTALL
from adapters.chat.slack.options import Options, options
from adapters.chat.slack.sockets import REFUSED
from bot.domain.errors import Later
from bot.ports.examine import Seen
from bot.ports.parts import Parts

COPY_ANEW = "Copy it anew from the app's page “OAuth & Permissions”; reinstall the app there if need be."
SEE_MANIFEST = (
    "config/slack-manifest.json has them all: paste it on the app's page “App Manifest”, then reinstall the app."
)


async def examine(parts: Parts) -> Sequence[Seen]:
    """Raises UserError where the settings do not fit together."""
    given = options(parts.settings)
    clients = Clients(given)
    try:
        if given.installs:
            return [await _reached(clients), _installed(given)]
        found = await _bot(clients, given)
        heard = await _connection(clients, given) if given.by_socket else _called(given)
        return [*found, heard]
    finally:
        await clients.aclose()


async def _bot(clients: Clients, given: Options) -> list[Seen]:
    """The bot's token, and the scopes it lacks by name."""
    try:
        answer = await clients.client(given.bot_token).auth_test()
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        return [_refused(clients, error, "SLACK_BOT_TOKEN", COPY_ANEW)]
    here = Seen(f"SLACK_BOT_TOKEN works: {answer.get('user')} in {answer.get('team')}.")
    granted = {scope.strip() for scope in str(answer.headers.get("x-oauth-scopes", "")).split(",")} - {""}
    missing = ", ".join(sorted(set(given.scopes) - granted))
    if not granted or not missing:
        return [here]
    return [here, Seen(f"The app lacks scopes, and what needs them does not work: {missing}.", SEE_MANIFEST)]


async def _connection(clients: Clients, given: Options) -> Seen:
    """The app's token: an address for a connection is asked for and not used."""
    try:
        await clients.client().apps_connections_open(app_token=given.app_token)
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        code = error.response.get("error", "") if isinstance(error, SlackApiError) else ""
        return _refused(
            clients, error, "SLACK_APP_TOKEN", f"To be connected, {REFUSED[code]}." if code in REFUSED else ""
        )
    return Seen(f"SLACK_APP_TOKEN works: {given.sockets} connections by Socket Mode.")


async def _reached(clients: Clients) -> Seen:
    try:
        await clients.client().api_test()
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        return _refused(clients, error, "the question whether it is there", "")
    return Seen("Slack is reached.")


def _installed(given: Options) -> Seen:
    return Seen(f"Workspaces install the app at {given.public_url}{INSTALL}; Slack calls {given.public_url}{EVENTS}.")


def _called(given: Options) -> Seen:
    where = f"{given.public_url}{EVENTS}" if given.public_url else EVENTS
    mend = "" if given.public_url else f"Set CLAPPER_PUBLIC_URL, and enter that address and {EVENTS} on the app's page."
    return Seen(f"SLACK_SIGNING_SECRET is set: Slack calls {where}.", mend)


def _refused(clients: Clients, error: Exception, what: str, mend: str) -> Seen:
    if not isinstance(error, SlackApiError):
        return Seen("Slack cannot be reached.", "Look at the network, a proxy, and SLACK_API_URL.", stops=True)
    meaning = clients.meaning(error)
    if isinstance(meaning, SlackRefused):
        return Seen(f"Slack refuses {what}: {meaning.code}.", mend or "Make a new one on the app's page.", stops=True)
    why = f"asks for patience, {meaning.seconds:.0f} s" if isinstance(meaning, Later) else "is out of order"
    return Seen(f"Slack {why}.", "Ask again later; the bot itself waits until Slack answers.")
