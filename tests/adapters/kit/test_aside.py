"""A field that is only good to know never makes an answer unreadable."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from adapters.kit.aside import Aside


class Inner(BaseModel):
    seconds: float


class Told(BaseModel):
    id: str
    usd: Aside[Decimal] = None
    inner: Aside[Inner] = None


@pytest.mark.parametrize("odd", ["", "free", None, [], {}, {"seconds": "long"}, "NaN"], ids=str)
def test_what_is_not_of_its_kind_is_not_there(odd: Any) -> None:
    assert Told.model_validate({"id": "1", "usd": odd, "inner": odd}) == Told(id="1")


def test_what_is_of_its_kind_is_read() -> None:
    told = Told.model_validate({"id": "1", "usd": "0.30", "inner": {"seconds": "5"}})
    assert told == Told(id="1", usd=Decimal("0.30"), inner=Inner(seconds=5.0))


def test_what_an_answer_turns_on_is_still_asked_for() -> None:
    with pytest.raises(ValidationError):
        Told.model_validate({"usd": "1"})
