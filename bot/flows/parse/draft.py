"""What has been understood so far, and which words were taken for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.domain.media import MediaKind, Role
from bot.domain.request import Setting, Settings, Source


@dataclass(frozen=True, slots=True)
class Taken:
    """Words of the message that are not in the prompt: `why` names the setting, the token or the problem that has them."""

    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Found:
    """Media named in the message: `kind` is None where nothing tells it."""

    source: Source
    kind: MediaKind | None = None
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A role said by flag for a token or for media named right there."""

    role: Role | None
    target: str | Found
    flag: str


@dataclass(slots=True)
class Draft:
    """The message while it is being read. `models` are ids by `values.model_key`, `raw` is the text whose phrases are read, `literal` the prompt given word for word, `spoken` come from phrases, `flagged` from flags."""

    models: Mapping[str, str]
    text: str
    raw: str = ""
    literal: str | None = None
    spoken: dict[str, Any] = field(default_factory=dict)
    flagged: dict[str, Any] = field(default_factory=dict)
    wanted: list[Wanted] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)

    def problem(self, say: str) -> None:
        if say not in self.problems:
            self.problems.append(say)

    def take(self, text: str, why: str) -> None:
        self.taken.append(Taken(text, why))

    def flag(self, setting: str, value: Any, flag: str) -> None:
        """A setting said by flag; a second, different one wins and is told."""
        before = self.flagged.get(setting, value)
        if before != value:
            self.problem(f"{flag} is said twice, as {show(before)} and as {show(value)}: I took {show(value)}.")
        self.flagged[setting] = value

    def settings(self) -> Settings:
        said = {**self.spoken, **self.flagged}
        return Settings(**{name: Setting(value) for name, value in said.items()})


def show(value: Any) -> str:
    """A setting's value as people write it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)
