"""The older API's envelope: HTTP 200 for nearly everything, and the truth in `base_resp`."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator

from adapters.kit.answers import Answer
from adapters.video.minimax.wire.codes import by_code, by_http


class BaseResp(BaseModel):
    status_code: int
    status_msg: Annotated[str, BeforeValidator(lambda words: words if isinstance(words, str) else "")] = ""


class _Envelope(BaseModel):
    base_resp: BaseResp | None = None


def base_resp(answer: Answer) -> BaseResp | None:
    return _Envelope.model_validate(answer.body).base_resp if isinstance(answer.body, dict) else None


def check(answer: Answer, *, paid: bool) -> None:
    """Raises what a refusal means, and ValueError for an answer that is neither a refusal that is known nor a success."""
    base = base_resp(answer)
    if base and base.status_code and (error := by_code(base.status_code, base.status_msg, answer, paid=paid)):
        raise error
    if not answer.ok:
        raise by_http(answer, base.status_msg if base else "", paid=paid)
    if base is None or base.status_code:
        raise ValueError(f"base_resp {base.status_code if base else 'is missing'}")
