"""What an operator decides: defaults and limits that are not a provider's."""

from dataclasses import dataclass
from decimal import Decimal

from bot.domain.request import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """`defaults` hold the operator's own settings; times are in seconds, sizes in bytes.

    `approvers` are people, as `platform:id`, who may act on anybody's job, `admins` those who may decide for their workspace whatever their chat says. `public_links` says that a provider can be given a public
    address of a file here. `on` says whether films can be made at all, with `models` alone where they are not None. `at_once` and
    `per_minute` are how many films of one person may be on their way and begin in a minute. Above `approve_above` credits a second person must agree.
    `…_credits` are budgets a calendar month, which begins in `zone`; `people` are those who have another than `person_credits`, as (id, credits).
    `operators` are the operator's own rules, where an admin decided that months begin elsewhere than they do for the operator.
    `person_bytes` and `workspace_bytes` are how much a Drive may hold, None for no limit.
    """

    defaults: Settings = Settings()
    credits_per_dollar: Decimal = Decimal(100)
    confirm_seconds: int = 30 * 60
    temporary_seconds: int = 24 * 60 * 60
    lease_seconds: float = 15.0
    max_upload_bytes: int = 512 * 1024 * 1024
    max_attachments: int = 20
    approvers: frozenset[str] = frozenset()
    public_links: bool = False
    admins: frozenset[str] = frozenset()
    on: bool = True
    models: frozenset[str] | None = None
    at_once: int | None = None
    per_minute: int | None = None
    approve_above: Decimal | None = None
    person_credits: Decimal | None = None
    channel_credits: Decimal | None = None
    workspace_credits: Decimal | None = None
    people: tuple[tuple[str, Decimal], ...] = ()
    zone: str = "UTC"
    operators: "Rules | None" = None
    person_bytes: int | None = None
    workspace_bytes: int | None = None

    def credits_of(self, person: str) -> Decimal | None:
        """What the person of this id may spend in a month, None for no limit."""
        return dict(self.people).get(person, self.person_credits)
