"""What the page will not do, with the status that says so."""

from bot.domain.errors import UserError


class Refusal(UserError):
    """`status` is the HTTP status of the answer; `retry_after` in seconds where trying again later helps."""

    def __init__(self, status: int, say: str, retry_after: int | None = None) -> None:
        super().__init__(say)
        self.status = status
        self.retry_after = retry_after
