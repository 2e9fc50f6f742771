"""Answers of VideoGen: fields nobody knows are passed over, words nobody knows are refused."""

from enum import StrEnum
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic.alias_generators import to_camel

from adapters.kit.answers import Answer
from adapters.kit.aside import Aside
from adapters.kit.fetchable import Address
from adapters.video.videogen.wire.errors import Fault, refused
from bot.domain.errors import InvalidInput, NotCancellable, Unavailable

VIDEO_CLIP = "GENERATE_VIDEO_CLIP"


class Status(StrEnum):
    pending = "pending"
    running = "running"
    awaiting_approval = "awaiting_approval"
    succeeded = "succeeded"
    failed = "failed"
    cancelled = "cancelled"


class Making(StrEnum):
    """How far one rendition of a file is."""

    pending = "pending"
    ready = "ready"
    failed = "failed"
    skipped = "skipped"


class _Shape(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, frozen=True)


class Source(_Shape):
    status: Making
    url: Address | None = None


class Film(_Shape):
    """Of a film only what is fetched matters, not how its pictures for a gallery came out."""

    duration_seconds: Aside[float] = None
    download_source: Aside[Source] = None

    @property
    def link(self) -> str:
        source = self.download_source
        return (source.url or "") if source and source.status is Making.ready else ""


class File(Film):
    preview_source: Source | None = None
    thumbnail_source: Source | None = None
    hls_source: Source | None = None

    @property
    def ready(self) -> bool:
        """One rendition is enough to use a file; another may well have failed."""
        return Making.ready in self._made

    @property
    def broken(self) -> bool:
        return bool(self._made) and self._made <= {Making.failed, Making.skipped}

    @property
    def _made(self) -> set[Making]:
        sources = (self.download_source, self.preview_source, self.thumbnail_source, self.hls_source)
        return {source.status for source in sources if source}


class Result(_Shape):
    file_id: str = Field(min_length=1)
    type: str = "VIDEO"
    download_url: Address | None = None
    file: Aside[Film] = None

    @property
    def link(self) -> str:
        """The film's address where the answer holds one; older versions of the API keep it inside the file."""
        return self.download_url or (self.file.link if self.file else "")

    @property
    def seconds(self) -> float | None:
        return self.file.duration_seconds if self.file else None


class Execution(_Shape):
    tool_execution_id: str
    status: Status
    progress_percentage: Aside[float] = None
    results: tuple[Result, ...] | None = None
    error: Aside[Fault] = None

    @field_validator("error", mode="before")
    @classmethod
    def _in_words(cls, value: Any) -> Any:
        """How an execution's own error looks is not published; some of the API's say no more than a text."""
        return {"message": value} if isinstance(value, str) else value

    @property
    def films(self) -> tuple[Result, ...]:
        return tuple(result for result in self.results or () if result.type == "VIDEO")


class Listed(_Shape):
    """One of a list: how it stands does not matter there."""

    tool_execution_id: str
    tool_type: str


class Page(_Shape):
    tool_executions: tuple[Listed, ...]
    has_more: bool = False
    next_cursor: str | None = None


class Place(_Shape):
    """Where a file may be put, under which id."""

    file_id: str = Field(min_length=1)
    upload_url: str = Field(min_length=1)


class _Started(_Shape):
    tool_execution_id: str = Field(min_length=1)


class Owner(_Shape):
    """Whose key it is."""

    api_key_nickname: str = ""
    team_id: str = ""


T = TypeVar("T", bound=_Shape)


def started(answer: Answer) -> str:
    """The id of what the paid call started."""
    return _read(_Started, answer, paid=True).tool_execution_id


def execution(answer: Answer) -> Execution:
    return _read(Execution, answer)


def page(answer: Answer) -> Page:
    return _read(Page, answer)


def place(answer: Answer) -> Place:
    return _read(Place, answer)


def file(answer: Answer) -> File:
    return _read(File, answer)


def owner(answer: Answer) -> Owner:
    return _read(Owner, answer)


def cancelled(answer: Answer) -> None:
    """That it was heard; whether it came in time only the execution tells. Raises NotCancellable where it is over."""
    if answer.status == 409:
        raise NotCancellable("it is over already")
    if not answer.ok:
        raise refused(answer)


def stored(answer: Answer) -> None:
    """What the storage behind VideoGen says of the bytes: it speaks neither VideoGen's language nor knows our key."""
    if answer.status == 413:
        raise InvalidInput("a file is larger than VideoGen takes", mend="Send a smaller one.")
    if not answer.ok:
        raise Unavailable(f"its storage did not take a file (status {answer.status})")


def _read(shape: type[T], answer: Answer, *, paid: bool = False) -> T:
    if not answer.ok:
        raise refused(answer, paid=paid)
    return shape.model_validate(answer.body)
