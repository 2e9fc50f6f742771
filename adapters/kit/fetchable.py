"""Addresses of results, as answers give them: a film said to be done at what is no address is not done."""

import re
from typing import Annotated

from pydantic import AfterValidator

_WEB = re.compile(r"https?://[^\s/]", re.IGNORECASE)


def fetchable(given: str) -> str:
    """The same again, where it is an address or nothing. Raises ValueError."""
    if given and not _WEB.match(given):
        raise ValueError("no address that anything is fetched from")
    return given


Address = Annotated[str, AfterValidator(fetchable)]
"""An address of http or https, or nothing. Whether it may be reached is seen when it is (`adapters.kit.guarded`)."""
