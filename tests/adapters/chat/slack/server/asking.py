"""Slack's own client on the test Slack, and what it is refused."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.adapters.chat.slack.server.slack import Slack


def client_of(slack: Slack, token: str | None = None, **more: Any) -> AsyncWebClient:
    return AsyncWebClient(token=slack.local.token if token is None else token, base_url=slack.api_url, **more)


async def refusal(call: Any) -> dict[str, Any]:
    with pytest.raises(SlackApiError) as refused:
        await call
    response: Any = refused.value.response
    return response.data


async def error(call: Any) -> str:
    return (await refusal(call))["error"]
