"""Files from earlier in the thread: taken where the message brings none of its own and speaks of them."""

import re
from collections.abc import Sequence

from bot.domain.chat import Attachment, Command, Message
from bot.flows.parse.sources import by_mime, by_name

MOST = 9
_FILES = r"(?:image|picture|photo|pic|drawing|sketch|logo|screenshot|video|clip|film|footage|recording|song|track|audio|file|attachment|upload)s?"
_DO = (
    r"(?:animate|use|take|extend|continue|prolong|edit|modify|restyle|turn|make|loop|film|try|bring|combine|join|merge)"
)
_POINTS = re.compile(
    r"@(?:image|video|audio)\d"
    rf"|\b(?:this|that|these|those|both|the|my|our|all)\s+(?:\w+\s+){{0,2}}{_FILES}\b"
    rf"|\b(?:earlier|previous|last|first|attached|uploaded|above)\s+{_FILES}\b|\b{_FILES}\s+(?:above|before|from earlier)\b"
    r"|\b(?:the|everything|all) above\b|\bas (?:the |an? )?(?:first|last|start|end) frame\b"
    rf"|(?:^|[.,;:!?]\s*|\b(?:please|now|then|and|to|you)\s+){_DO}\s+(?:(?:all|both) (?:of )?)?(?:this|that|it|these|those|them|both)\b"
    r"|\b(?:of|with|from|like|on|using)\s+(?:this|that|it|these|those|them|both)\s*(?:$|[.,;:!?])"
    r"|^\s*(?:this|that|it|these|those|them|both)\s*(?:$|[.,;:!?])",
    re.IGNORECASE,
)
"""Pointing words alone are in every other story ("it snows", "a house that burns"): they count where they are what is to be filmed."""


def taken(event: Message | Command) -> tuple[Attachment, ...]:
    """The files from earlier that an event could mean: pictures, films and sounds, the newest first."""
    if event.attachments or isinstance(event, Command):
        return ()
    return tuple(one for one in event.earlier if by_mime(one.mime) or by_name(one.name))[:MOST]


def speaks_of(text: str) -> bool:
    """Whether a message speaks of files that are there already."""
    return _POINTS.search(text) is not None


def said(files: Sequence[Attachment]) -> str:
    """The sentence for the card."""
    names = ", ".join(one.name or one.mime for one in files)
    return f"Taken from earlier in this thread: {names}. If you do not mean that, send the wish again with the files it is about."
