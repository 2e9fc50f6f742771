"""What people write in Slack, as plain text: mentions, channels, links and dates as they are read, nothing escaped."""

import re

_TOKEN = re.compile(r"<([^<>\n]+)>")
_SCHEME = re.compile(r"^https?://", re.IGNORECASE)
_UNFIT = re.compile("[\x00\ud800-\udfff]")
_ESCAPES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def mentions(text: str, me: str) -> bool:
    return bool(me) and (f"<@{me}>" in text or f"<@{me}|" in text)


def plain(text: str, me: str = "") -> str:
    """`me` is the bot's own user id: its mention is taken out wherever it stands.

    >>> plain("<@U1> a cat &amp; <https://a.example/b?c=1&amp;d=2|a.example/b>", "U1")
    'a cat & https://a.example/b?c=1&d=2'
    """
    if me:
        mention = rf"<@{re.escape(me)}(?:\|[^<>]*)?>"
        # Beside its comma or colon at the beginning; the words around one in the middle keep one space.
        text = re.sub(rf"\A\s*(?:{mention}[,:]?\s*)+", "", text)
        text = re.sub(rf"(?<![ \t])[ \t]*{mention}", "", text)
    said = _unescaped(_TOKEN.sub(lambda found: _said(found[1]), text))
    return _UNFIT.sub("\ufffd", said).strip()


def _said(token: str) -> str:
    target, _, label = token.partition("|")
    if not target:
        return f"<{token}>"
    if target[0] in "@#":
        return f"{target[0]}{label.lstrip('@#') or target[1:]}"
    if target[0] == "!":
        return _special(target[1:], label)
    if target.startswith(("mailto:", "tel:")):
        return label or target.partition(":")[2]
    if not label or _bare(label) == _bare(target):
        return target
    return f"{label} {target}"


def _bare(link: str) -> str:
    return _SCHEME.sub("", link).rstrip("/")


def _special(target: str, label: str) -> str:
    """A date says what it falls back to, a group its name, a broadcast its word."""
    kind, _, rest = target.partition("^")
    if kind == "date":
        return label
    return label if label.startswith("@") else f"@{label or rest or kind}"


def _unescaped(text: str) -> str:
    for escaped, character in _ESCAPES:
        text = text.replace(escaped, character)
    return text
