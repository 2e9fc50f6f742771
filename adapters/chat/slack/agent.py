"""What Slack shows beside an agent's name: whether it works, waits for a person, or rests."""

from adapters.chat.slack.clients import Clients, SlackRefused
from adapters.chat.slack.refusals import Refusals
from adapters.kit.chores import Chores
from bot.domain.card import Card
from bot.domain.chat import MessageRef
from bot.domain.errors import Later
from bot.domain.job import ENDED, RUNNING, State

MOST_THREADS = 1024
# What an app gets that is not declared an agent, or whose workspace does not know agents.
NOT_AN_AGENT = frozenset({"not_authorized", "unknown_method", "missing_scope", "not_allowed_token_type"})


def status_of(state: str) -> str:
    """Slack's word for a job's state; "" for a card of no job."""
    if state in RUNNING:
        return "processing"
    if state in ENDED:
        return "active"
    return "suspended" if state in set(State) else ""


class Agent:
    """Tells each thread's status when it changes; a courtesy that never holds up a card."""

    def __init__(self, clients: Clients, chores: Chores, refusals: Refusals, *, wanted: bool) -> None:
        self._clients, self._chores, self._refusals, self._wanted = clients, chores, refusals, wanted
        self._said: dict[tuple[str, str, str], str] = {}
        self._off: set[str] = set()

    def tell(self, message: MessageRef, card: Card) -> None:
        place = message.conversation
        thread = (place.workspace, place.channel, place.thread or message.id)
        status = status_of(card.state) if card.job else ""
        if not self._wanted or not status or place.workspace in self._off or self._said.get(thread) == status:
            return
        self._said.pop(thread, None)
        self._said[thread] = status
        if len(self._said) > MOST_THREADS:
            del self._said[next(iter(self._said))]
        self._chores.start(self._set(thread, status))

    async def _set(self, thread: tuple[str, str, str], status: str) -> None:
        workspace, channel, ts = thread
        try:
            await self._clients.call(
                workspace, "agents_sessions_setStatus", channel_id=channel, thread_ts=ts, status=status
            )
        except SlackRefused as refused:
            self._refusals.tell(workspace, "slack.agent", refused)
            if refused.code in NOT_AN_AGENT:
                self._off.add(workspace)
        except (Later, OSError):
            self._said.pop(thread, None)  # told again with the next card
