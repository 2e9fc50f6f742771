"""What an adapter says of its settings when the doctor asks: `adapters.<kind>.<name>.examine(parts)`, where it has one."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Seen:
    """`found` is a sentence, `mend` what to do, empty where all is well; with `stops` the adapter cannot start like this."""

    found: str
    mend: str = ""
    stops: bool = False
