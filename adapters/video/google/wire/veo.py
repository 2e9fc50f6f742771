"""Veo on Vertex AI: predictLongRunning and fetchPredictOperation, as google-genai 3.4.0 speaks them (`models.py`, `operations.py`)."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, Field

from adapters.kit.answers import Answer
from adapters.kit.aside import Aside
from adapters.kit.body import Inline
from adapters.kit.http import Call
from adapters.video.google.inline import large_of
from adapters.video.google.wire.errors import Fault, failure, refusal, rejected
from adapters.video.google.wire.route import Film, Route
from adapters.video.google.wire.words import spelled
from bot.domain.errors import InvalidInput
from bot.domain.job import Charged, RemoteFile
from bot.domain.media import Role
from bot.domain.request import Reference, Task, VideoRequest
from bot.ports.video import Failed, Finished, Order, Progress, Running

ASK_AGAIN = 10.0


class Video(BaseModel):
    bytes: str | None = Field(default=None, alias="bytesBase64Encoded")
    gs: str | None = Field(default=None, alias="gcsUri")
    mime: Aside[str] = Field(default=None, alias="mimeType")


class Response(BaseModel):
    videos: list[Video] = Field(default_factory=list)
    reasons: Aside[list[str]] = Field(default=None, alias="raiMediaFilteredReasons")


class Operation(BaseModel):
    """Running until `done`; then it has an `error` of google.rpc or a `response`."""

    name: str = Field(min_length=1)
    done: bool = False
    error: Fault | None = None
    response: Response | None = None


class _Begun(BaseModel):
    name: str = Field(pattern=r"operations/")


def create(order: Order, models: str) -> Call:
    """The paid call. Raises InvalidInput for files that Veo does not take together."""
    request = order.request
    _check(request, order.model.title)
    instance = {"prompt": spelled(request), **_files(request)}
    return Call(
        method="POST",
        path=f"{models}{order.model.wire_id}:predictLongRunning",
        json={"instances": [instance], "parameters": _parameters(request)},
    )


def look(name: str, model: str, models: str) -> Call:
    return Call(method="POST", path=f"{models}{model}:fetchPredictOperation", json={"operationName": name})


def begun(answer: Answer, *, mend: str) -> str:
    """The operation's name, whatever else is said of it: it is paid for. Raises ProviderError."""
    if not answer.ok:
        raise refusal(answer, paid=True, mend=mend)
    return _Begun.model_validate(answer.body).name


def operation(answer: Answer, *, mend: str) -> Operation:
    """Raises ProviderError where it is none."""
    if not answer.ok:
        raise refusal(answer, paid=False, mend=mend)
    return Operation.model_validate(answer.body)


def progress(one: Operation, route: Route, *, mend: str) -> Progress:
    """Raises ValueError for one that is done and says neither what it made nor why not."""
    if not one.done:
        return Running(ask_again_in=ASK_AGAIN)
    if one.error is not None:
        return Failed(error=failure(one.error, mend=mend))
    if one.response is None:
        raise ValueError("an operation is done without a response")
    if not one.response.videos:
        why = " ".join(one.response.reasons or ()) or "its safety filter let no film through"
        return Failed(error=rejected(why))
    return _delivered(one, one.response, route)


def films_of(one: Operation, model: str) -> tuple[Film, ...]:
    """Where its films are inside its answer."""
    videos = one.response.videos if one.response else []
    return tuple(
        Film(door="vertex", task=one.name, model=model, number=number, large=large_of(video.bytes or ""))
        for number, video in enumerate(videos)
    )


def _delivered(one: Operation, response: Response, route: Route) -> Progress:
    """A film in a bucket is not fetched: no bucket is asked for, so only the project's own rules can have put it there."""
    if gone := [video.gs for video in response.videos if not video.bytes]:
        where = ", ".join(filter(None, gone)) or "nowhere it says"
        error = InvalidInput(f"it left the film at {where}", mend="Ask your operator to fetch it from that bucket.")
        return Failed(error=error, charged=Charged.yes)
    made = len(response.videos)
    files = tuple(
        RemoteFile(id=str(film), mime=video.mime or "video/mp4")
        for film, video in zip(films_of(one, route.model), response.videos, strict=True)
    )
    fewer = made < route.count
    return Finished(
        files=files,
        usd=route.each * made if fewer and route.each is not None else None,
        details={"note": _note(made, route.count, response.reasons or [])} if fewer else {},
    )


def _note(made: int, asked: int, reasons: list[str]) -> str:
    said = f": {' '.join(reasons)}" if reasons else "."
    return f"Google's safety filter held back {asked - made} of {asked} films{said}"


def _check(request: VideoRequest, title: str) -> None:
    films, pictures = request.of_role(Role.reference_video), request.of_role(Role.reference_image)
    others = [reference.token for reference in request.references if reference.role is not Role.reference_video]
    if films and request.task is not Task.extend:
        raise InvalidInput(
            f"{title} takes a film only to carry it on",
            mend=f"Begin the prompt with “extend {films[0].token}”, or leave the film out.",
            reference=films[0].token,
        )
    if films and others:
        raise InvalidInput(f"{title} carries a film on by itself alone", mend=f"Leave out {', '.join(others)}.")
    if pictures and len(pictures) < len(request.references):
        frames = [reference.token for reference in request.references if reference not in pictures]
        raise InvalidInput(
            f"{title} does not mix frames and reference pictures", mend=f"Leave out {', '.join(frames)}."
        )


def _files(request: VideoRequest) -> Mapping[str, Any]:
    names = {Role.first_frame: "image", Role.last_frame: "lastFrame", Role.reference_video: "video"}
    sent: dict[str, Any] = {
        name: _bytes(reference) for role, name in names.items() for reference in request.of_role(role)
    }
    if pictures := request.of_role(Role.reference_image):
        sent["referenceImages"] = [{"image": _bytes(picture), "referenceType": "ASSET"} for picture in pictures]
    return sent


def _bytes(reference: Reference) -> Mapping[str, Any]:
    if reference.media is None:
        raise InvalidInput(f"{reference.token} has no file yet. Attach it again.")
    return {"bytesBase64Encoded": Inline(reference.key), "mimeType": reference.media.mime}


def _parameters(request: VideoRequest) -> Mapping[str, Any]:
    """A film is always carried on by 7 s, so then no length is said."""
    settings = request.settings
    assert settings.seconds
    assert settings.aspect
    assert settings.resolution
    length = {} if request.task is Task.extend else {"durationSeconds": int(settings.seconds.value)}
    optional = {"seed": settings.seed, "negativePrompt": settings.negative}
    return {
        "sampleCount": settings.count.value if settings.count else 1,
        **length,
        "aspectRatio": settings.aspect.value,
        "resolution": settings.resolution.value,
        "generateAudio": bool(settings.audio and settings.audio.value),
        "personGeneration": "allow_adult",
        **{name: setting.value for name, setting in optional.items() if setting is not None},
    }
