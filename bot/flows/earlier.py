"""Files from earlier in the thread: taken where the message brings none of its own and speaks of them."""

import re

from bot.domain.chat import Attachment, Command, Message

MOST = 9
_POINTS = re.compile(
    r"@(?:image|video|audio)\d|\b(?:this|that|it|these|those|them|above|earlier|both)\b"
    r"|\b(?:the|my|our|his|her|their)\s+(?:\w+\s+)?(?:image|picture|photo|pic|drawing|sketch|logo|video|clip|film|recording|song|track|file)s?\b",
    re.IGNORECASE,
)


def with_earlier(event: Message | Command) -> tuple[tuple[Attachment, ...], str]:
    """The files a wish is about, and a sentence for its card where they are not the message's own."""
    if event.attachments or isinstance(event, Command) or not event.earlier:
        return event.attachments, ""
    if event.text.strip() and not _POINTS.search(event.text):
        return (), ""
    taken = event.earlier[:MOST]
    names = ", ".join(one.name or one.mime or "a file" for one in taken)
    return taken, f"Taken from earlier in this thread: {names}. Press Edit to leave something out."
