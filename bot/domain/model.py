"""Models: what each can do, what it takes, what it costs. Data, read from the providers' models.toml."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from bot.domain.media import MediaLimits, Role
from bot.domain.request import Settings, Task


class Sound(StrEnum):
    """Whether a model makes sound: never, when asked, or whether asked or not."""

    never = "never"
    optional = "optional"
    always = "always"


class CameraWords(StrEnum):
    """How a model takes camera movements: `[Pan left]` as written, or told in words."""

    brackets = "brackets"
    words = "words"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seconds:
    """The lengths a model makes: any from `minimum` to `maximum` in steps of `step` (0: any), or only `choices`."""

    minimum: float
    maximum: float
    choices: tuple[float, ...] = ()
    step: float = 1.0
    default: float = 5.0

    def fit(self, wanted: float) -> float:
        """The nearest length the model makes; between two, the longer."""
        if self.choices:
            return min(self.choices, key=lambda choice: (abs(choice - wanted), -choice))
        inside = min(max(wanted, self.minimum), self.maximum)
        if self.step:
            steps = int((inside - self.minimum) / self.step + 0.5)
            inside = min(self.minimum + steps * self.step, self.maximum)
        return inside


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleRule:
    """How many files of a role a model takes, and what each may be. `total_seconds` bounds them together."""

    media: MediaLimits
    max_count: int = 1
    min_count: int = 0
    total_seconds: float | None = None
    alone: bool = True


class PriceUnit(StrEnum):
    free = "free"
    second = "second"
    clip = "clip"
    million_tokens = "million_tokens"
    unknown = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """US dollars per unit. A None condition matches anything; the first rate whose conditions all match is used."""

    usd: Decimal
    resolution: str | None = None
    audio: bool | None = None
    seconds: float | None = None
    video_in: bool | None = None
    estimated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a call costs.

    `input_seconds` says that seconds of reference video are billed too; pictures past `free_images` cost `usd_per_image` each.
    `tokens_fps` is the frame rate of the token formula width x height / 1024 x (fps x seconds + 1).
    """

    unit: PriceUnit
    rates: tuple[Rate, ...] = ()
    input_seconds: bool = False
    free_images: int = 0
    usd_per_image: Decimal = Decimal(0)
    tokens_fps: int = 24
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One row of the capability matrix.

    `id` is what people type; `wire_id` is what the provider is sent, where it differs. `aspects` and `resolutions` are in the order
    they are offered, the default first. `honours` names the optional settings the model takes (`seed negative watermark last_frame
    web_search temporary voice camera`). `max_count` is how many results one call returns. `source` says where the facts are from.
    """

    id: str
    provider: str
    title: str
    tasks: frozenset[Task]
    seconds: Seconds
    aspects: tuple[str, ...]
    resolutions: tuple[str, ...]
    audio: Sound
    price: Price
    tier: str = "standard"
    wire_id: str = ""
    aliases: tuple[str, ...] = ()
    roles: tuple[tuple[Role, RoleRule], ...] = ()
    aspect_follows_image: bool = False
    honours: frozenset[str] = frozenset()
    camera: CameraWords = CameraWords.words
    max_count: int = 1
    max_prompt: int | None = None
    sizes: tuple[tuple[str, str, int, int], ...] = ()  # resolution, aspect, width, height
    default_audio: bool = False
    retired_on: date | None = None
    replaced_by: str | None = None
    source: str = ""
    notes: tuple[str, ...] = ()
    wire: tuple[tuple[str, str], ...] = ()  # facts only its own provider reads

    def rule(self, role: Role) -> RoleRule | None:
        return next((rule for named, rule in self.roles if named is role), None)

    def retired(self, today: date) -> bool:
        return self.retired_on is not None and self.retired_on <= today


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One setting that was not taken as asked (A8): why, and which model would have honoured it."""

    setting: str
    asked: str
    given: str
    why: str
    instead: str | None = None

    @property
    def say(self) -> str:
        taken = (
            f"{self.setting}: {self.given} instead of {self.asked}"
            if self.given
            else f"{self.setting} {self.asked} ignored"
        )
        would = f" {self.instead} would honour it." if self.instead else ""
        return f"{taken}. {self.why}{would}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The model a request goes to, every setting resolved, and what had to differ from what was said."""

    model: str
    provider: str
    title: str
    task: Task
    settings: Settings
    adjustments: tuple[Adjustment, ...] = ()
