"""The rows of facts on a card."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.domain.card import Action, Field
from bot.domain.drive import Clip
from bot.domain.job import Job, call_number
from bot.domain.model import AUTO, SETTING_WORDS
from bot.domain.paths import film_path
from bot.domain.request import Origin, Setting
from bot.domain.units import size_text
from bot.flows.settle import cost
from bot.flows.show.words import amount, kept_until, moves, seconds
from bot.flows.split import films_of

READ = "(read by the language model)"


def settings(job: Job) -> tuple[Field, ...]:
    """Every setting of the chosen model, in words, with where it came from unless it was said; no seed is a default."""
    if job.choice is None:
        return ()
    chosen = job.choice.settings
    adjusted = {one.setting for one in job.choice.adjustments}
    rows = tuple(
        Field(SETTING_WORDS[name], text if name == "seed" else _told(text, setting, adjusted=name in adjusted))
        for name, setting in chosen.items()
        if (text := in_words(name, setting.value))
    )
    read = chosen.model is not None and chosen.model.origin is Origin.read
    return (Field("Model", f"{job.choice.title} {READ}" if read else job.choice.title), *rows, Field("Job", job.id))


_IN_WORDS: Mapping[str, Callable[[Any], str]] = {
    "seconds": lambda value: "as the model likes" if value == AUTO else seconds(value),
    "aspect": str,
    "resolution": str,
    "audio": lambda value: "on" if value else "off",
    "count": lambda value: str(value) if value > 1 else "",
    "camera": moves,
    "seed": str,
    "negative": str,
    "voice": str,
    "watermark": lambda value: "on" if value else "",
    "last_frame": lambda value: "returned" if value else "",
    "web_search": lambda value: "on" if value else "",
    "temporary": lambda value: "only for a while" if value else "",
    "drive_path": film_path,
}


def in_words(name: str, value: Any) -> str:
    """A setting's value as a card says it, empty where it says nothing."""
    return _IN_WORDS[name](value) if name in _IN_WORDS else ""


def _told(text: str, setting: Setting[Any], *, adjusted: bool) -> str:
    if adjusted:
        return f"{text} (adjusted)"
    match setting.origin:
        case Origin.said:
            return text
        case Origin.read:
            return f"{text} {READ}"
        case _:
            return f"{text} (default)"


_FROM = {
    Action.again: "Again of {}",
    Action.variation: "Variation of {}",
    Action.continue_: "Continues {}",
    Action.extend: "Extends {}",
    Action.reference: "With {} as a reference",
}


def parent(job: Job) -> tuple[Field, ...]:
    """The film that the wish came from."""
    if job.parent is None or job.parent.how not in _FROM:
        return ()
    return (Field("From", _FROM[job.parent.how].format(job.parent.path)),)


def results(job: Job, clips: tuple[Clip, ...]) -> tuple[Field, ...]:
    title = job.choice.title if job.choice else ""
    seeds = ", ".join(map(str, _seeds(job, len(clips))))
    chosen = [field for field in settings(job) if field.name not in {"Model", "Length", "Seed", "Job", "Save as"}]
    rows = [("Seed", seeds), ("Cost", _cost(job))]
    return (
        Field("Model", title),
        *film_rows(job, clips),
        *chosen,
        *(Field(*row) for row in rows if row[1]),
        Field("Job", job.id),
    )


def _cost(job: Job) -> str:
    """What the books say that it cost, calls that may have been lost included; where that is more than the price was, both."""
    if job.quote is None:
        return ""
    price = job.quote.credits
    counted = cost(job) + price * max(0, job.attempt - 1)
    return f"{amount(counted)}, where the price was {amount(price)}" if counted > price else amount(counted)


def _seeds(job: Job, films: int) -> Sequence[int]:
    if job.result is None:
        return ()
    first = job.result.seed
    return job.result.seeds if first is None else range(first, first + films)


def film_rows(job: Job, clips: tuple[Clip, ...]) -> tuple[Field, ...]:
    """Where each film is, and what it is: `Film`, or `Film 2` where there are several."""
    many = len(clips) > 1 or job.calls > 1
    return tuple(Field(f"Film {film_number(job, clip)}" if many else "Film", _facts(clip)) for clip in clips)


def film_number(job: Job, clip: Clip) -> int:
    """Counted through all calls of a batch, so that the place of one that failed stays empty."""
    call, _, number = clip.id.rpartition("-")
    return films_of(job, call_number(call))[int(number) - 1] if job.calls > 1 else int(number)


def _facts(clip: Clip) -> str:
    facts = f"{clip.drive_path} · {clip.width} × {clip.height}, {round(clip.seconds, 2):g} s, {size_text(clip.bytes)}"
    if not clip.key:
        return f"{facts} · not kept any more"
    return f"{facts} · {kept_until(clip)}" if clip.trashed_at else facts
