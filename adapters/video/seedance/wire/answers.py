"""What Ark answers: tasks taken, how far they are, what they made and what that cost.

Shapes as in `ContentGenerationTask` of the SDKs. An absent key is usual; BytePlus describes numbers as text and sends numbers: both are read.
What an answer turns on must be as it is known to be; a film that is paid for is not lost to an odd word about its size.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from urllib.parse import parse_qs, urlencode

from pydantic import BaseModel, Field

from adapters.kit.answers import Answer
from adapters.kit.aside import Aside
from adapters.kit.fetchable import Address
from adapters.video.seedance.wire.calls import contents, remote
from adapters.video.seedance.wire.refusals import Fault, code_of, failed, refusal
from bot.domain.errors import Expired, InvalidInput, NotCancellable, Rejected, Unavailable
from bot.domain.job import Charged
from bot.domain.media import Role
from bot.domain.model import AUTO
from bot.ports.video import Failed, Finished, Order, Progress, Running

ASK_AGAIN = 10.0
MILLION = Decimal(1_000_000)
CANCELLED = "It was cancelled before it began. Ask again if you still want it."
WAITED = "It waited too long for its turn there and was given up. Ask again, or choose another model."
_NO_WORD_OF_IT = (InvalidInput, Rejected, NotCancellable, Expired)


class Status(StrEnum):
    queued = "queued"
    running = "running"
    succeeded = "succeeded"
    failed = "failed"
    cancelled = "cancelled"
    expired = "expired"


class _Created(BaseModel):
    id: str = Field(min_length=1)


class _Content(BaseModel):
    video_url: Address | None = None
    last_frame_url: Aside[Address] = None


class _Usage(BaseModel):
    """The two are the same number."""

    completion_tokens: Aside[int] = None
    total_tokens: Aside[int] = None


class Record(BaseModel):
    """A task as Ark keeps it, for 7 days. `duration` is in seconds."""

    id: str
    status: Status
    error: Aside[Fault] = None
    content: Aside[_Content] = None
    usage: Aside[_Usage] = None
    seed: Aside[int] = None
    resolution: Aside[str] = None
    duration: Aside[float] = None
    generate_audio: Aside[bool] = None

    @property
    def tokens(self) -> int | None:
        return self.usage and (self.usage.completion_tokens or self.usage.total_tokens)

    @property
    def files(self) -> Mapping[str, str]:
        """Where its film and its last frame are, by `video` and `last_frame`. Raises ValueError where there is no film."""
        if self.content is None or not self.content.video_url:
            raise ValueError("a task that succeeded has no film")
        last = {"last_frame": self.content.last_frame_url} if self.content.last_frame_url else {}
        return {"video": self.content.video_url, **last}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What of an order is needed to read its task: dollars per million tokens, what was asked for, and what stood where in `content`."""

    usd: Decimal | None
    seconds: float
    resolution: str
    audio: bool
    contents: tuple[str, ...]

    @classmethod
    def of(cls, order: Order) -> "Ticket":
        settings = order.request.settings
        seconds = settings.seconds.value if settings.seconds else AUTO
        resolution = settings.resolution.value if settings.resolution else ""
        audio = bool(settings.audio and settings.audio.value)
        filmed = bool(order.request.of_role(Role.reference_video))
        rate = order.model.price.rate(resolution=resolution, audio=audio, seconds=seconds, video_in=filmed)
        return cls(
            usd=rate.usd if rate else None,
            seconds=seconds,
            resolution=resolution,
            audio=audio,
            contents=contents(order.request),
        )

    @property
    def route(self) -> str:
        return urlencode(
            {
                "usd": self.usd if self.usd is not None else "",
                "seconds": f"{self.seconds:g}",
                "resolution": self.resolution,
                "audio": int(self.audio),
                "contents": ",".join(self.contents),
            }
        )

    @classmethod
    def read(cls, route: str) -> "Ticket":
        said = {name: values[0] for name, values in parse_qs(route, keep_blank_values=True).items()}
        return cls(
            usd=Decimal(said["usd"]) if said.get("usd") else None,
            seconds=float(said.get("seconds", AUTO)),
            resolution=said.get("resolution", ""),
            audio=said.get("audio") == "1",
            contents=tuple(said.get("contents", "").split(",")),
        )

    def cost(self, record: Record) -> Decimal | None:
        """Dollars: what is billed are the tokens, films given in and the least there is to pay included."""
        return None if self.usd is None or record.tokens is None else self.usd * record.tokens / MILLION

    def note(self, record: Record) -> str:
        """What came out otherwise than was asked, in sentences."""
        says: list[str] = []
        if record.resolution and self.resolution and record.resolution.lower() != self.resolution:
            says.append(f"Made at {record.resolution} instead of {self.resolution}.")
        if record.duration is not None and self.seconds not in (AUTO, record.duration):
            says.append(f"Made {record.duration:g} s long instead of {self.seconds:g} s.")
        if record.generate_audio is False and self.audio:
            says.append("Made without sound, though sound was asked for.")
        return " ".join(says)


def taken(answer: Answer, sent: Sequence[str]) -> str:
    """The id of the task that a create call began."""
    if not answer.ok:
        raise refusal(answer, sent, paid=True)
    return _Created.model_validate(answer.body).id


def record(answer: Answer) -> Record:
    """Of a refused look only Ark's own NotFound speaks of the task: after anything else it may be finished and paid for."""
    if not answer.ok:
        error = refusal(answer)
        gone = isinstance(error, Expired) and code_of(answer).partition(".")[0] == "NotFound"
        raise Unavailable(error.message) if isinstance(error, _NO_WORD_OF_IT) and not gone else error
    return Record.model_validate(answer.body)


def gone(answer: Answer) -> None:
    """What DELETE answers."""
    if not answer.ok:
        raise refusal(answer)


def progress(answer: Answer, route: str) -> Progress:
    """Only a task that succeeded is billed; Ark says nothing of how far one is."""
    found, ticket = record(answer), Ticket.read(route)
    match found.status:
        case Status.queued | Status.running:
            return Running(ask_again_in=ASK_AGAIN)
        case Status.succeeded:
            note = ticket.note(found)
            return Finished(
                files=(remote(found.id, found.files),),
                usd=ticket.cost(found),
                seed=found.seed,
                details={"note": note} if note else {},
            )
        case Status.failed:
            return Failed(error=failed(found.error or Fault(), ticket.contents), charged=Charged.no)
        case Status.cancelled:
            return Failed(error=Expired("the task was cancelled", mend=CANCELLED), charged=Charged.no)
        case Status.expired:
            return Failed(error=Expired("the task waited for too long", mend=WAITED), charged=Charged.no)
