"""What an operator decides: defaults and limits that are not a provider's."""

from dataclasses import dataclass
from decimal import Decimal

from bot.domain.request import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """`defaults` hold the operator's own settings; times are in seconds, sizes in bytes.

    `approvers` are people, as `platform:id`, who may act on anybody's job. `public_links` says that a provider can be given a public
    address of a file here. `person_bytes` and `workspace_bytes` are how much a Drive may hold, None for no limit.
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
    person_bytes: int | None = None
    workspace_bytes: int | None = None
