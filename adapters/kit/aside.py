"""Fields of an answer that are good to know and no reason to refuse it: a film that is paid for is not lost to an odd word about it."""

from typing import Annotated, Any, TypeVar

from pydantic import ValidationError, ValidatorFunctionWrapHandler, WrapValidator

T = TypeVar("T")


def _if_plain(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    try:
        return read(value)
    except ValidationError:
        return None


Aside = Annotated[T | None, WrapValidator(_if_plain)]
"""None where it is not there or not of its kind. What an answer turns on (a status, an id, an address) is never aside."""
