"""Where a listener stands in a conversation, as the id of a server-sent event: any replica understands it, none remembers it."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

_NUMBER = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Seen:
    """How many messages a listener has, and the revision it has of each card."""

    messages: int = 0
    cards: Mapping[str, int] = field(default_factory=dict)

    def token(self) -> str:
        numbers = ".".join(map(str, self.cards.values()))
        return f"{self.messages}~{_digest(self.cards)}~{numbers}"


def seen(token: str, now: Mapping[str, int]) -> Seen:
    """What a token stands for, given the cards there are now, oldest first. A token that does not fit means nothing was seen."""
    messages, _, rest = token.partition("~")
    digest, _, numbers = rest.partition("~")
    written = numbers.split(".") if numbers else []
    if not all(_NUMBER.fullmatch(one) for one in (messages, *written)):
        return Seen()
    revisions, count = [int(number) for number in written], int(messages)
    ids = list(now)[: len(revisions)]
    if len(ids) < len(revisions) or digest != _digest(ids):
        return Seen()
    return Seen(count, dict(zip(ids, revisions, strict=True)))


def _digest(ids: Iterable[str]) -> str:
    return hashlib.sha256(" ".join(ids).encode()).hexdigest()[:10]
