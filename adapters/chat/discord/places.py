"""Where a person is reached in private, and what may be missing in a channel."""

from collections.abc import Callable

import structlog

from adapters.chat.discord.calls import Calls, DiscordRefused
from adapters.chat.discord.cards import view
from adapters.chat.discord.invite import missing_sentence
from adapters.chat.discord.pictures import NOBODY, V2
from adapters.chat.discord.refusals import CLOSED, NO_ENTRY, Refusals
from adapters.chat.discord.sent import Sent, nonce
from adapters.chat.discord.threads import where
from bot.domain.card import Card, Tone
from bot.domain.chat import Conversation
from bot.domain.errors import Later

log = structlog.get_logger()

DIRECT = "direct"
MOST_ASKERS = 4096
Missing = Callable[[str], tuple[str, ...]]
"""What the bot may not do in a channel, in words; empty also where it is not known."""


def knows_nothing(channel: str) -> tuple[str, ...]:
    del channel
    return ()


class Places:
    """`missing` is the listening side's, which knows every channel's permissions."""

    def __init__(self, calls: Calls, sent: Sent, refusals: Refusals) -> None:
        self._calls, self._sent, self._refusals = calls, sent, refusals
        self._askers: dict[str, str] = {}
        self._direct: dict[str, str] = {}
        self.missing: Missing = knows_nothing

    def asked(self, channel: str, person: str) -> None:
        """Who spoke to the bot there last: who is told where no answer may be written."""
        self._askers.pop(channel, None)
        self._askers[channel] = person
        if len(self._askers) > MOST_ASKERS:
            del self._askers[next(iter(self._askers))]

    async def direct(self, person: str) -> str:
        """The channel of a person's direct messages. Raises as a call does."""
        if person not in self._direct:
            said = await self._calls.call("POST", "/users/@me/channels", {"recipient_id": person})
            self._direct[person] = str(said["id"])
            if len(self._direct) > MOST_ASKERS:
                del self._direct[next(iter(self._direct))]
        return self._direct[person]

    def explained(self, channel: str, refused: DiscordRefused, thing: str = "answer") -> str:
        """Which permission is missing where, in words for a person; empty where it is no matter of permissions."""
        if refused.code not in NO_ENTRY:
            return ""
        usual = "View Channel" if refused.code == min(NO_ENTRY) else "Send Messages"
        lack = missing_sentence(self.missing(channel) or (usual,))
        return f"I cannot {thing} in <#{channel}>. {lack}"

    async def explain(self, conversation: Conversation, refused: DiscordRefused, asker: str = "") -> None:
        """Tells who asked, once for each channel and day, in their direct messages; closed ones end it quietly."""
        place = where(conversation)
        person = asker or self._askers.get(place, "")
        say = self.explained(place, refused)
        key = f"no-entry:{place}:{person}:{int(self._sent.seconds // 86400)}"
        if not person or not say or await self._sent.get(DIRECT, key):
            return
        card = Card(
            title="I cannot answer there",
            text=say.replace(f"<#{place}>", "that channel"),
            tone=Tone.problem,
        )
        try:
            channel = await self.direct(person)
            body = {"components": view(card).to_components(), "flags": V2, "allowed_mentions": NOBODY}
            body |= {"nonce": nonce(key), "enforce_nonce": True}
            body["components"].append({"type": 10, "content": f"It is about <#{place}>."})
            await self._calls.call("POST", f"/channels/{channel}/messages", body)
        except DiscordRefused as closed:
            if closed.code != CLOSED:
                self._refusals.tell("discord.explain", closed)
        except (Later, OSError) as away:
            log.warning("A missing permission could not be told", action="discord.explain", why=type(away).__name__)
            return
        await self._sent.put(DIRECT, key, {"told": True})
