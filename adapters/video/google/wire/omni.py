"""Gemini Omni over the Interactions API, as google-genai 3.4.0 speaks it (`_gaos/types/interactions`)."""

import re
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import quote

from pydantic import AfterValidator, BaseModel, Field

from adapters.kit.answers import Answer
from adapters.kit.aside import Aside
from adapters.kit.body import Inline
from adapters.kit.fetchable import fetchable
from adapters.kit.http import Call
from adapters.video.google.inline import large_of
from adapters.video.google.wire.errors import Fault, failure, refusal, rejected
from adapters.video.google.wire.route import Film, Route
from adapters.video.google.wire.words import outgoing, tagged
from bot.domain.errors import Expired, InvalidInput, OutOfCredit, Unavailable
from bot.domain.job import Charged, RemoteFile
from bot.domain.media import MediaKind
from bot.domain.model import FRAMES
from bot.domain.request import Reference, Task, VideoRequest
from bot.ports.video import Failed, Finished, Order, Progress, Running

PATH = "v1/interactions"
ASK_AGAIN = 5.0
_FILE = re.compile(r"(?:^|/)(?:(v\w+)/)?files/([\w-]+)")


class Status(StrEnum):
    queued = "queued"
    in_progress = "in_progress"
    requires_action = "requires_action"
    completed = "completed"
    failed = "failed"
    cancelled = "cancelled"
    incomplete = "incomplete"
    budget_exceeded = "budget_exceeded"
    requires_continuation = "requires_continuation"


_FREE = frozenset({Status.completed, Status.failed})


def _found(uri: str | None) -> str | None:
    """Raises ValueError for the address of a film that is neither a file of Google's nor an address at all."""
    return uri if uri is None or file_of(uri) else fetchable(uri)


class Block(BaseModel):
    type: str = ""
    text: str | None = None
    data: str | None = None
    uri: Annotated[str | None, AfterValidator(_found)] = None
    mime_type: Aside[str] = None


class Step(BaseModel):
    type: str = ""
    content: list[Block] | None = None
    error: Fault | None = None


class Modality(BaseModel):
    modality: str
    tokens: int


class Usage(BaseModel):
    total_output_tokens: int | None = None
    output_tokens_by_modality: list[Modality] | None = None

    @property
    def video_tokens(self) -> int:
        return sum(one.tokens for one in self.output_tokens_by_modality or () if one.modality.lower() == "video")


class _Begun(BaseModel):
    id: str = Field(min_length=1)


class Interaction(_Begun):
    status: Status
    steps: list[Step] | None = None
    usage: Aside[Usage] = None
    errors: list[Fault] | None = None

    @property
    def said(self) -> list[Block]:
        """What the model put out; what was put in may be told again beside it."""
        return [block for step in self.steps or () if step.type == "model_output" for block in step.content or ()]

    @property
    def film(self) -> Block | None:
        return next(
            (block for block in reversed(self.said) if block.type == "video" and (block.data or block.uri)), None
        )

    @property
    def words(self) -> str:
        return " ".join(block.text for block in self.said if block.type == "text" and block.text).strip()

    @property
    def fault(self) -> Fault | None:
        found = [*(self.errors or ()), *(step.error for step in self.steps or () if step.error)]
        return next(iter(found), None)

    @property
    def charged(self) -> Charged:
        """By what was used; where nothing is reported, only a refusal and a failure of Google's own are taken to be free."""
        if self.usage is None or self.usage.total_output_tokens is None:
            return Charged.no if self.status in _FREE else Charged.maybe
        if not self.usage.total_output_tokens:
            return Charged.no
        return Charged.yes if self.usage.video_tokens else Charged.maybe


def create(order: Order) -> Call:
    """The paid call: answered at once, made in the background, kept until it is fetched."""
    return Call(method="POST", path=PATH, json=_body(order))


def look(id: str) -> Call:
    return Call(method="GET", path=f"{PATH}/{quote(id, safe='')}")


def cancel(id: str) -> Call:
    return Call(method="POST", path=f"{PATH}/{quote(id, safe='')}/cancel")


def begun(answer: Answer, *, mend: str) -> str:
    """The interaction's id, whatever else is said of it: it is paid for. Raises ProviderError."""
    if not answer.ok:
        raise refusal(answer, paid=True, mend=mend)
    return _Begun.model_validate(answer.body).id


def interaction(answer: Answer, *, mend: str) -> Interaction:
    """Raises ProviderError where it is none."""
    if not answer.ok:
        raise refusal(answer, paid=False, mend=mend)
    return Interaction.model_validate(answer.body)


def progress(one: Interaction, route: Route) -> Progress:  # noqa: PLR0911 - one line for each way it may stand
    match one.status:
        case Status.queued | Status.in_progress:
            return Running(ask_again_in=ASK_AGAIN)
        case Status.completed | Status.incomplete if one.film:
            return _finished(one, one.film, route)
        case Status.completed if one.fault is None:
            why = one.words or "no film came of it. That is its safety filter, or a rule of the region it is asked from"
            return Failed(error=rejected(why), charged=one.charged)
        case Status.cancelled:
            return Failed(error=Unavailable("it was cancelled at Google"), charged=one.charged)
        case Status.budget_exceeded:
            return Failed(error=OutOfCredit(_why(one, "the budget is spent")), charged=one.charged)
        case Status.requires_action | Status.requires_continuation:
            asks = InvalidInput(_why(one, "it asks back"), mend="Say in the prompt all that it should know.")
            return Failed(error=asks, charged=one.charged)
        case Status.incomplete:
            return Failed(error=Unavailable(_why(one, "it ended before the film was whole")), charged=one.charged)
        case Status.completed | Status.failed:
            return Failed(error=failure(one.fault or Fault(), mend=""), charged=one.charged)


def film_of(one: Interaction, model: str) -> Film:
    """Where its film is. Raises Expired where it has none any more."""
    if one.film is None:
        raise Expired("the film is not there any more")
    uri, large = one.film.uri or "", large_of(one.film.data or "")
    return Film(door="gemini", task=one.id, model=model, large=large, uri=uri)


def file_of(uri: str) -> str | None:
    """The path of a file that Google keeps: below any base URL, so that a proxy is asked as well as Google itself."""
    found = _FILE.search(uri)
    return f"{found[1] or 'v1beta'}/files/{found[2]}" if found else None


def look_at(file: str) -> Call:
    return Call(method="GET", path=file)


def address(uri: str) -> str:
    """Where a film's bytes are: `v1beta/files/x:download?alt=media`, which wants the key, or a foreign address as it is."""
    path = file_of(uri)
    return f"{path}:download?alt=media" if path else uri


def file_ready(answer: Answer, *, mend: str) -> bool:
    """Whether Google has put the file together. Raises ProviderError."""
    if not answer.ok:
        raise refusal(answer, paid=False, mend=mend)
    match answer.body["state"]:
        case "ACTIVE":
            return True
        case "PROCESSING" | "STATE_UNSPECIFIED":
            return False
        case "FAILED":
            raise Expired("the film could not be put together")
        case other:
            raise ValueError(f"a file's state is {other!r}")


def _body(order: Order) -> Mapping[str, Any]:
    request = order.request
    content = [_block(reference) for reference in outgoing(request)]
    if words := tagged(request):
        content.append({"type": "text", "text": words})
    config: dict[str, Any] = {"video_config": {"task": _task(request)}}
    if request.settings.seed:
        config["seed"] = request.settings.seed.value
    body = {
        "model": order.model.wire_id,
        "background": True,
        "store": True,
        "generation_config": config,
        "input": [{"type": "user_input", "content": content}],
        "response_format": _format(order),
    }
    return body | ({"webhook_config": {"uris": [order.callback]}} if order.callback else {})


def _task(request: VideoRequest) -> str:
    """Google's word for what is asked; frames beside references make it a matter of references."""
    if request.task in {Task.edit, Task.extend}:
        return request.task.value
    roles = {reference.role for reference in request.references}
    if roles - FRAMES:
        return "reference_to_video"
    return "image_to_video" if roles else "text_to_video"


def _format(order: Order) -> Mapping[str, str]:
    settings = order.request.settings
    assert settings.aspect
    assert settings.seconds
    assert settings.resolution
    return {
        "type": "video",
        "aspect_ratio": settings.aspect.value,
        "delivery": "uri",
        "duration": f"{settings.seconds.value:g}s",
        "resolution": settings.resolution.value,
    }


def _block(reference: Reference) -> Mapping[str, Any]:
    if reference.media is None:
        raise InvalidInput(f"{reference.token} has no file yet. Attach it again.")
    kind = "image" if reference.kind is MediaKind.image else "video"
    return {"type": kind, "data": Inline(reference.key), "mime_type": reference.media.mime}


def _finished(one: Interaction, film: Block, route: Route) -> Finished:
    details = {"note": "Google says that this film is not whole."} if one.status is Status.incomplete else {}
    file = RemoteFile(id=str(film_of(one, route.model)), mime=film.mime_type or "video/mp4")
    return Finished(files=(file,), usd=_usd(one.usage, route), details=details)


def _usd(usage: Usage | None, route: Route) -> Decimal | None:
    """By the tokens where a price for them is set, else by the seconds; None where nothing is reported."""
    if usage is None or not usage.video_tokens:
        return None
    return route.per_million * usage.video_tokens / 1_000_000 if route.per_million else route.each


def _why(one: Interaction, otherwise: str) -> str:
    return (one.fault.words if one.fault else "") or one.words or otherwise
