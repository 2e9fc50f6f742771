"""How values are said to people."""

from decimal import Decimal

from bot.domain.camera import Move
from bot.domain.job import Charged, State

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
    """A span of time in words people use: "45 s", "2 min 5 s", "1 h 3 min"."""
    whole = round(value)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
