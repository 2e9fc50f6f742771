"""How values are said to people."""

from collections.abc import Sequence
from decimal import Decimal

from bot.domain.camera import Move
from bot.domain.drive import TRASH_LIFETIME, Clip
from bot.domain.job import Charged, State, Tally

STATES = {
    State.awaiting_confirmation: "waiting for your yes",
    State.queued: "in line",
    State.submitting: "being sent",
    State.processing: "rendering",
    State.finalizing: "being brought home",
    State.complete: "finished",
    State.error: "failed",
    State.cancelled: "cancelled",
    State.declined: "declined",
    State.expired: "expired",
    State.unclear: "unclear",
}

CHARGED = {
    Charged.no: "Nothing was charged.",
    Charged.maybe: "It may still be charged; the price is counted until that is known.",
    Charged.yes: "The provider charges for it all the same.",
}


def charged_words(charged: Charged, *, many: bool) -> str:
    """What one or several films of a batch cost."""
    them = "them" if many else "it"
    match charged:
        case Charged.no:
            return f"Nothing was charged for {them}."
        case Charged.maybe:
            return f"{'They' if many else 'It'} may still be charged; the price is counted until that is known."
        case Charged.yes:
            return f"The provider charges for {them} all the same."


def sentence(text: str) -> str:
    """With an end, which a provider's own words may lack."""
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def films_words(numbers: Sequence[int]) -> str:
    """`Film 3`, `Films 1, 2 and 5`, `Films 9 to 12`; the numbers are in order."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts: list[str] = []
    for run in runs:
        parts += [f"{run[0]} to {run[-1]}"] if len(run) > 2 else [str(number) for number in run]
    *most, last = parts
    return f"Film{'s' if len(numbers) > 1 else ''} {', '.join(most)}{' and ' if most else ''}{last}"


def tally_words(tally: Tally) -> str:
    """`2 of 4 ready, 1 in line`."""
    parts = [f"{tally.ready} of {tally.films} ready"]
    parts += [f"{number} {what}" for number, what in ((tally.in_line, "in line"), (tally.failed, "failed")) if number]
    return ", ".join(parts)


def state_words(state: State) -> str:
    return STATES[state]


def percent(fraction: float | None) -> str:
    return "" if fraction is None else f"{fraction:.0%}"


def seconds(value: float) -> str:
    return f"{value:.10g} s"


def shorten(text: str, most: int) -> str:
    """One line of at most `most` characters."""
    flat = " ".join(text.split())
    return flat if len(flat) <= most else flat[: most - 1].rstrip() + "…"


def amount(credits: Decimal) -> str:
    """Credits with their unit: "12.50 credits", "free"."""
    if credits == 0:
        return "free"
    return f"{credits:.2f} {'credit' if credits == 1 else 'credits'}"


def moves(camera: tuple[Move, ...]) -> str:
    return ", then ".join(" + ".join(movement.value for movement in move) for move in camera)


def duration(value: float) -> str:
    """A span of time in words people use: "45 s", "2 min 5 s", "1 h 3 min", "24 h"."""
    whole = round(value)
    if not whole:
        return "less than a second"
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    return f"{whole // 3600} h {whole % 3600 // 60} min" if whole % 3600 // 60 else f"{whole // 3600} h"


def kept_until(clip: Clip) -> str:
    """Until when it is there, "" where it stays."""
    if clip.trashed_at is not None:
        ends = clip.trashed_at + TRASH_LIFETIME
        ends = min(ends, clip.expires_at) if clip.expires_at else ends
        return f"in the trash until {ends:%H:%M} UTC on {ends.day} {ends:%b}"
    if clip.expires_at is not None:
        return f"kept until {clip.expires_at:%H:%M} UTC on {clip.expires_at.day} {clip.expires_at:%b}"
    return ""
