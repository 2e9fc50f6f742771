"""Times that Slack shows in the reader's own clock, and the bar that shows how far a film is. Pure."""

import math
from datetime import UTC, datetime, timedelta

from adapters.chat.slack.text import one_line
from bot.domain.card import Bar

CELLS = 20
LONG = timedelta(hours=12)


def drawn(fraction: float | None) -> str:
    """A bar of twenty cells, empty where nothing is known.

    >>> drawn(0.5)
    '██████████░░░░░░░░░░'
    """
    if fraction is None or not math.isfinite(fraction):
        return ""
    full = round(min(1.0, max(0.0, fraction)) * CELLS)
    return "█" * full + "░" * (CELLS - full)


def share(fraction: float | None) -> str:
    """Per cent, empty where nothing is known."""
    return f"{min(1.0, max(0.0, fraction)):.0%}" if fraction is not None and math.isfinite(fraction) else ""


def doing(bar: Bar) -> str:
    """What is being done, with the per cent where the words do not have it already."""
    text, done = one_line(bar.text[:1000]), share(bar.fraction)
    return text if done in text else f"{done} {text}".strip()


def beyond(title: str, bar: Bar) -> str:
    """What is being done as far as neither the title nor the per cent beside the bar say it."""
    text, done = one_line(bar.text[:1000]), share(bar.fraction)
    return "" if text in {done, title, f"{title}, {done}"} else text


def began(bar: Bar) -> datetime | None:
    """When the work began; None where the card does not say so in a way that can be read."""
    try:
        at = datetime.fromisoformat(bar.since)
    except ValueError:
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def ready(bar: Bar) -> datetime | None:
    """When it is expected to be done: an instant, so that it stays true however long the card stands unedited."""
    at = began(bar)
    if at is None or bar.eta is None or not math.isfinite(bar.eta):
        return None
    try:
        return at + timedelta(seconds=max(0.0, bar.eta))
    except OverflowError:
        return None


def timing(bar: Bar) -> str:
    """Markup: when it will be ready and since when it runs; empty where neither is known."""
    start, end = began(bar), ready(bar)
    far = start is not None and end is not None and end - start > LONG
    parts = [
        f"Ready about {moment(end, days=far)}" if end is not None else "",
        f"started {moment(start, days=far)}" if start is not None else "",
    ]
    line = " · ".join(filter(None, parts))
    return line[:1].upper() + line[1:]


def timing_plain(bar: Bar) -> str:
    """The same in UTC, for where nothing is marked up."""
    end = ready(bar)
    return f"Ready about {_utc(end)}" if end is not None else ""


def moment(at: datetime, *, days: bool = False) -> str:
    """https://docs.slack.dev/messaging/formatting-message-text: drawn in the reader's zone, the words after the bar where that fails."""
    form = "{date_short_pretty} at {time}" if days else "{time}"
    return f"<!date^{math.floor(at.timestamp())}^{form}|{_utc(at)}>"


def day(at: datetime) -> str:
    return f"<!date^{math.floor(at.timestamp())}^{{date_short_pretty}}|{at.astimezone(UTC):%Y-%m-%d}>"


def _utc(at: datetime) -> str:
    try:
        return f"{at.astimezone(UTC):%H:%M} UTC"
    except OverflowError:
        return f"{at:%H:%M}"
