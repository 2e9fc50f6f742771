"""Cards that one person alone was shown: Slack has them changed only through an address that comes with each press on them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from adapters.chat.slack import events
from adapters.chat.slack.cards import Rendered
from adapters.chat.slack.clients import Clients
from adapters.chat.slack.elements import posting_id
from adapters.chat.slack.events import Body
from adapters.chat.slack.sent import Sent

WHISPER = "whisper"
# The address is good for 30 minutes and five answers: https://docs.slack.dev/interactivity/handling-user-interaction
KEPT = timedelta(hours=1)


class Whispers:
    def __init__(self, clients: Clients, sent: Sent) -> None:
        self._clients, self._sent = clients, sent

    async def note(self, body: Body) -> None:
        """Remembers the newest address of the card that was pressed, and who sees it. Raises one of UNREADABLE for a body of no shape."""
        url, container = body.get("response_url"), body.get("container")
        hidden = isinstance(container, Mapping) and container.get("is_ephemeral") is True
        if hidden and isinstance(url, str) and url:
            _, about = events.pressed(body)
            held = {"url": url, "person": events.person(body).id}
            await self._sent.put(events.workspace(body), WHISPER, posting_id(about.job), held, kept=KEPT)

    async def of(self, workspace: str, card: str) -> Mapping[str, Any]:
        """`url` and `person` of the newest press on this card; empty where nobody pressed anything on it for long."""
        return await self._sent.get(workspace, WHISPER, card)

    async def replace(self, url: str, rendered: Rendered) -> None:
        """Raises SlackRefused where the address is used up or expired, Later or OSError where Slack is away."""
        await self._clients.respond(url, replace_original=True, text=rendered.text, blocks=rendered.blocks)
