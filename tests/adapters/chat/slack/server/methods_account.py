"""auth.*, apps.* and oauth.*: who the app is, its sockets, its installs and its rotating tokens."""

from typing import Any

from tests.adapters.chat.slack.server.call import Asked
from tests.adapters.chat.slack.server.world import Refused, Workspace


async def reached(ask: Asked) -> dict[str, Any]:
    return {"args": {name: value for name, value in ask.call.args.items() if name != "token"}}


async def test(ask: Asked) -> dict[str, Any]:
    workspace = ask.workspace
    return {
        "url": f"https://{workspace.domain}.slack.com/",
        "team": workspace.name,
        "user": "clapper",
        "team_id": workspace.id,
        "user_id": workspace.bot_user,
        "bot_id": workspace.bot_id,
        "is_enterprise_install": False,
    }


async def revoke(ask: Asked) -> dict[str, Any]:
    if ask.flag("test"):
        return {"revoked": False}
    ask.workspace.revoked = True
    return {"revoked": True}


async def open_connection(ask: Asked) -> dict[str, Any]:
    return {"url": ask.slack.sockets.ticket()}


async def access(ask: Asked) -> dict[str, Any]:
    """An install's code for tokens, or a refresh token for new ones."""
    slack = ask.slack
    id, secret = ask.auth if ask.auth[0] else (ask.text("client_id"), ask.text("client_secret"))
    if id != slack.client_id:
        raise Refused("invalid_client_id")
    if secret != slack.client_secret:
        raise Refused("bad_client_secret")
    if ask.text("grant_type") == "refresh_token":
        workspace = next((one for one in slack.workspaces.values() if one.refresh_token and one.refresh_token == ask.text("refresh_token")), None)  # fmt: skip
        if workspace is None:
            raise Refused("invalid_refresh_token")
        slack.rotate(workspace)
        return tokens(ask, workspace)
    grant = slack.grants.pop(ask.text("code"), None)
    if grant is None:
        raise Refused("invalid_code")
    workspace, user = grant
    workspace.revoked = False
    if slack.rotating:
        slack.rotate(workspace)
    return tokens(ask, workspace) | {"authed_user": {"id": user}}


def tokens(ask: Asked, workspace: Workspace) -> dict[str, Any]:
    more = {"refresh_token": workspace.refresh_token, "expires_in": 43200} if workspace.refresh_token else {}
    return {
        "app_id": ask.slack.app_id,
        "scope": ",".join(sorted(workspace.scopes)),
        "token_type": "bot",
        "access_token": workspace.token,
        "bot_user_id": workspace.bot_user,
        "team": {"id": workspace.id, "name": workspace.name},
        "enterprise": None,
        "is_enterprise_install": False,
        **more,
    }


METHODS = {
    "api.test": ("", reached),
    "auth.test": ("", test),
    "auth.revoke": ("", revoke),
    "apps.connections.open": ("", open_connection),
    "oauth.v2.access": ("", access),
}
