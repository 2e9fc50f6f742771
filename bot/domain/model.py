"""Models: what each can do, what it takes, what it costs. Data, read from the providers' models.toml."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from bot.domain.media import FALLBACK_ASPECT, MediaLimits, Role, frame_size, ratio
from bot.domain.pricing import Price
from bot.domain.request import Settings, Task, VideoRequest

AUTO = -1.0  # a length of this many seconds: the model decides
FRAMES = frozenset({Role.first_frame, Role.last_frame})
FRAME_TASKS = frozenset({Task.first_frame, Task.first_last})


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
    """The lengths a model makes: any from `minimum` to `maximum` in steps of `step` (0: any), or only `choices`.

    `auto` says that it also takes AUTO and then picks a length itself, and takes nothing else where AUTO is its only choice;
    `follows_sound` that a reference sound sets the length.
    """

    minimum: float
    maximum: float
    choices: tuple[float, ...] = ()
    step: float = 1.0
    default: float = 5.0
    auto: bool = False
    follows_sound: bool = False

    @property
    def words(self) -> str:
        """`4 to 15 s`, or `4, 6 or 8 s`."""
        if self.choices == (AUTO,):
            return "a length of its own choosing"
        if self.choices:
            *most, last = (f"{choice:g}" for choice in self.choices)
            return f"{', '.join(most)} or {last} s" if most else f"{last} s"
        if self.minimum == self.maximum:
            return f"{self.minimum:g} s"
        return f"{self.minimum:g} to {self.maximum:g} s"

    def fit(self, wanted: float) -> float:
        """The nearest length the model makes; between two, the longer."""
        if self.auto and wanted == AUTO:
            return AUTO
        if self.choices:
            return min(self.choices, key=lambda choice: (abs(choice - wanted), -choice))
        inside = min(max(wanted, self.minimum), self.maximum)
        if self.step:
            steps = int((inside - self.minimum) / self.step + 0.5)
            inside = min(self.minimum + steps * self.step, self.maximum)
        return inside


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleRule:
    """How many files of a role a model takes, and what each may be. `total_seconds` bounds them together.

    `alone` says that no other role need come with it, `with_frames` that a first or last frame may. `by_link` says that the provider
    fetches such files itself, from a public address.
    """

    media: MediaLimits
    max_count: int = 1
    min_count: int = 0
    total_seconds: float | None = None
    alone: bool = True
    with_frames: bool = True
    by_link: bool = False
    unconfirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A corner of the matrix where a model makes less than it does elsewhere.

    It holds for these `tasks` (none: any), this `resolution` (None: any) and where one of these `roles` is filled (none: always);
    what is given then replaces the model's own.
    """

    tasks: frozenset[Task] = frozenset()
    roles: frozenset[Role] = frozenset()
    resolution: str | None = None
    seconds: Seconds | None = None
    aspects: tuple[str, ...] | None = None
    resolutions: tuple[str, ...] | None = None
    audio: Sound | None = None

    def holds(self, task: Task, roles: frozenset[Role], resolution: str | None) -> bool:
        return (
            (not self.tasks or task in self.tasks)
            and (not self.roles or bool(self.roles & roles))
            and (self.resolution is None or self.resolution == resolution)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How much one account may ask for: `per_minute` calls, and `at_once` films on their way; None where nothing is known.

    Models that name the same `line` share it; one that names none has a line of its own. `resolution` says that it is for that alone.
    """

    per_minute: int | None = None
    at_once: int | None = None
    line: str = ""
    resolution: str | None = None
    source: str = ""
    unconfirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One row of the capability matrix.

    `id` is what people type; `wire_id` is what the provider is sent, where it differs. `aspects` and `resolutions` are in the order
    they are offered, the default first, and empty where the model decides by itself. `honours` names the optional settings the model
    takes (`seed negative watermark last_frame web_search temporary voice camera`). `max_count` is how many results one call returns.
    `max_files` bounds all references together, `max_total_bytes` the bytes of those that do not go by link. The first of `limits` that fits is how much may be asked for at once.
    `needs` names settings of the provider's of which one must be there, beside those that connect it.
    `aspect_follows_image` says that with a first or last frame there is no ratio to choose. `when` narrows all that for some tasks or
    resolutions. A model that is not `enabled` is neither shown nor used. `source` says where the facts are from.
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
    when: tuple[When, ...] = ()
    needs_prompt: bool = False
    max_files: int | None = None
    max_total_bytes: int | None = None
    limits: tuple[Limit, ...] = ()
    needs: tuple[str, ...] = ()
    enabled: bool = True

    def under(self, request: VideoRequest, resolution: str | None = None) -> "Model":
        """The model as it is for this request's task and roles, and this resolution."""
        task, roles = request.task, frozenset(reference.role for reference in request.references)
        model = self
        if self.aspect_follows_image and task in FRAME_TASKS:
            model = replace(model, aspects=("adaptive",))
        for when in self.when:
            if when.holds(task, roles, resolution):
                narrower = {name: getattr(when, name) for name in ("seconds", "aspects", "resolutions", "audio")}
                model = replace(model, **{name: value for name, value in narrower.items() if value is not None})
        return model

    def frame(self, resolution: str | None, aspect: str | None) -> tuple[int, int]:
        """Width and height in pixels of what the model makes.

        Without a ratio it counts as FALLBACK_ASPECT; where it is left to choose one, as the largest frame it may become.
        """
        known = {(size[0], size[1]): (size[2], size[3]) for size in self.sizes}
        if aspect == "adaptive" and (made := [size for (at, _), size in known.items() if at == resolution]):
            return max(made, key=lambda size: size[0] * size[1])
        shape = FALLBACK_ASPECT if aspect in (None, "adaptive") else aspect
        return known.get((resolution or "", shape)) or frame_size(ratio(shape), resolution or "720p")

    def rule(self, role: Role) -> RoleRule | None:
        return next((rule for named, rule in self.roles if named is role), None)

    def limit(self, resolution: str | None) -> Limit | None:
        """The limit that holds at this resolution, its line named in full: `minimax/hailuo`."""
        found = (one for one in self.limits if one.resolution in (None, resolution))
        first = next(found, None)
        return first and replace(first, line=f"{self.provider}/{first.line or self.id}")

    def retired(self, today: date) -> bool:
        return self.retired_on is not None and self.retired_on <= today


SETTING_WORDS = {
    "model": "Model",
    "seconds": "Length",
    "aspect": "Ratio",
    "resolution": "Resolution",
    "audio": "Sound",
    "watermark": "Watermark",
    "last_frame": "Last frame",
    "web_search": "Web search",
    "seed": "Seed",
    "negative": "Avoid",
    "count": "Results",
    "temporary": "Kept",
    "drive_path": "Save as",
    "camera": "Camera",
    "voice": "Voice line",
}
"""What people call the settings, on cards and in sentences."""


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
        name = SETTING_WORDS.get(self.setting, self.setting)
        taken = f"{name}: {self.given} instead of {self.asked}" if self.given else f"{name} {self.asked} ignored"
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
