"""How the Discord test server refuses: a status, one of Discord's own codes, and where it says more, the fields."""

from collections.abc import Iterable, Mapping
from typing import Any

from tests.adapters.chat.discord.validator_flaws import Flaw


class Refused(Exception):
    def __init__(
        self,
        status: int,
        code: int,
        message: str,
        *,
        errors: Mapping[str, Any] | None = None,
        more: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status} {code} {message}")
        self.status, self.code, self.message = status, code, message
        self.errors, self.more, self.headers = errors, more or {}, headers or {}

    @property
    def body(self) -> dict[str, Any]:
        known = {"message": self.message, "code": self.code, **self.more}
        return known | ({"errors": self.errors} if self.errors else {})


KNOWN = {
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10007: (404, "Unknown Member"),
    10008: (404, "Unknown Message"),
    10013: (404, "Unknown User"),
    10015: (404, "Unknown Webhook"),
    10062: (404, "Unknown interaction"),
    10063: (404, "Unknown application command"),
    40005: (413, "Request entity too large"),
    40060: (400, "Interaction has already been acknowledged."),
    50001: (403, "Missing Access"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    50007: (403, "Cannot send messages to this user"),
    50013: (403, "Missing Permissions"),
    50027: (401, "Invalid Webhook Token"),
    50083: (400, "Thread is archived"),
    50109: (400, "The request body contains invalid JSON."),
    160002: (400, "Cannot reply without permission to read message history"),
}


def refused(code: int) -> Refused:
    """One of Discord's known refusals, with its own status and words."""
    status, message = KNOWN[code]
    return Refused(status, code, message)


def invalid_form(flaws: Iterable[Flaw]) -> Refused:
    """50035 with every flaw at its field, as https://discord.com/developers/docs/reference#error-messages nests them."""
    tree: dict[str, Any] = {}
    for flaw in flaws:
        at = tree
        for step in flaw.path:
            at = at.setdefault(str(step), {})
        at.setdefault("_errors", []).append({"code": flaw.code, "message": flaw.say})
    return Refused(400, 50035, "Invalid Form Body", errors=tree)
