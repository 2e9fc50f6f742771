"""Quote: what a choice will cost, with a line per call."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from bot.domain import pricing
from bot.domain.errors import NotSupported
from bot.domain.media import Role
from bot.domain.model import AUTO, Choice, Model
from bot.domain.pricing import Calls, PriceUnit, Quote, QuoteLine, Rate, tokens
from bot.domain.request import Settings, VideoRequest
from bot.domain.rules import Rules

MILLION = Decimal(1_000_000)
MOST_LINES = 8
"""More calls than this are not told one by one."""


def quote(choice: Choice, model: Model, request: VideoRequest, rules: Rules, now: datetime) -> Quote:
    """The price of all results, good for `rules.confirm_seconds`; the total is the sum of its lines.

    Raises NotSupported where no price is known: nobody confirms what cannot be said.
    """
    whole = _call(choice, model, request)
    calls = tuple(
        Calls(times=times, count=count, lines=_priced(replace(whole, count=count), rules))
        for times, count in _shares(whole.count, model.max_count)
    )
    several = sum(one.times for one in calls) > 1
    lines = _told(calls) if several else calls[0].lines
    return Quote(
        credits=sum((line.credits for line in lines), Decimal(0)),
        lines=lines,
        estimated=_estimated(whole),
        valid_until=now + timedelta(seconds=rules.confirm_seconds),
        calls=calls if several else (),
    )


def _shares(count: int, most: int) -> list[tuple[int, int]]:
    """So many calls of so many results: as many as a call gives, and the last takes the rest."""
    full, rest = divmod(count, most)
    return [share for share in ((full, most), (1, rest)) if all(share)]


def _priced(call: "_Call", rules: Rules) -> tuple[QuoteLine, ...]:
    return tuple(QuoteLine(text, pricing.credits(usd, rules.credits_per_dollar)) for text, usd in _lines(call))


def _told(calls: Sequence[Calls]) -> tuple[QuoteLine, ...]:
    """The lines of every call, one by one; many calls alike are told together."""
    every = sum(one.times for one in calls)
    if every > MOST_LINES:
        return tuple(
            QuoteLine(f"{_calls(one.times)}{line.text}", line.credits * one.times)
            for one in calls
            for line in one.lines
        )
    alone = [one for one in calls for _ in range(one.times)]
    return tuple(
        QuoteLine(f"Call {number} of {every}: {line.text}", line.credits)
        for number, one in enumerate(alone, 1)
        for line in one.lines
    )


def _calls(times: int) -> str:
    return f"{times} calls, each " if times > 1 else "1 call: "


@dataclass(frozen=True, slots=True)
class _Call:
    """What is paid for: `seconds` made, `taken` seconds of reference film given in, `pictures` given in, `count` results."""

    model: Model
    settings: Settings
    count: int
    seconds: float
    taken: float
    pictures: int
    audio: bool
    filmed: bool
    measured: bool

    @property
    def resolution(self) -> str | None:
        return self.settings.resolution.value if self.settings.resolution else None

    @property
    def auto(self) -> bool:
        return self.settings.seconds is not None and self.settings.seconds.value == AUTO

    @property
    def rate(self) -> Rate:
        """What is paid for what is made. Raises NotSupported."""
        return self._known(self.model.price.rate)

    @property
    def input_rate(self) -> Rate:
        """What is paid for film given in. Raises NotSupported."""
        return self._known(self.model.price.input_rate)

    def _known(self, find: Callable[..., Rate | None]) -> Rate:
        rate = find(resolution=self.resolution, audio=self.audio, seconds=self.seconds, video_in=self.filmed)
        if rate is not None:
            return rate
        raise NotSupported(
            f"{self.model.title} has no known price for {_what(self)}. The operator can set one; until then choose another model or other settings."
        )


def _call(choice: Choice, model: Model, request: VideoRequest) -> _Call:
    settings = choice.settings
    under = model.under(request, settings.resolution.value if settings.resolution else None)
    wanted = settings.seconds.value if settings.seconds else under.seconds.default
    films = request.of_role(Role.reference_video)
    return _Call(
        model=model,
        settings=settings,
        count=settings.count.value if settings.count else 1,
        seconds=under.seconds.maximum if wanted == AUTO else wanted,
        taken=sum(film.media.seconds or 0.0 for film in films if film.media),
        pictures=len(request.of_role(Role.reference_image)),
        audio=bool(settings.audio and settings.audio.value),
        filmed=bool(films),
        measured=all(film.media is not None and film.media.seconds for film in films),
    )


def _estimated(call: _Call) -> bool:
    price = call.model.price
    if price.unit is PriceUnit.free:
        return False
    unsure = call.auto or (price.input_seconds and not call.measured)
    rates = [call.rate]
    if price.input_seconds and price.input_rates and call.filmed:
        rates.append(call.input_rate)
    return price.unit is PriceUnit.million_tokens or unsure or any(rate.unconfirmed for rate in rates)


def _lines(call: _Call) -> list[tuple[str, Decimal]]:
    """Each line's words and dollars."""
    price = call.model.price
    what = f"{call.model.title}, {_what(call)}"
    match price.unit:
        case PriceUnit.free:
            return [(f"Free: {_times(call, what)}", Decimal(0))]
        case PriceUnit.unknown:
            raise NotSupported(
                f'{call.model.title} has no price set, so its cost cannot be said beforehand. The operator can set one, under [models."{call.model.id}".price]; until then choose another model.'
            )
        case PriceUnit.million_tokens:
            return [*_token_lines(call, what), *_pictures(call)]
        case PriceUnit.clip:
            return [(_times(call, what), call.rate.usd * call.count), *_films(call), *_pictures(call)]
        case PriceUnit.second:
            usd = call.rate.usd * _decimal(call.seconds) * call.count
            return [(_times(call, what), usd), *_films(call), *_pictures(call)]


def _token_lines(call: _Call, what: str) -> list[tuple[str, Decimal]]:
    """One line: the formula counts the frames of what is made and of what is given in together."""
    price = call.model.price
    taken = call.taken if price.input_seconds else 0.0
    width, height = call.model.frame(call.resolution, call.settings.aspect.value if call.settings.aspect else None)
    counted = price.counted(call.seconds, taken) if call.filmed else call.seconds
    amount = tokens(width, height, counted, price.tokens_fps)
    also = f", with {_short(taken)} s of film given in" if taken else ""
    text = f"{_times(call, what)}{also}: about {amount * call.count:,} tokens"
    return [(text, call.rate.usd * amount * call.count / MILLION)]


def _films(call: _Call) -> list[tuple[str, Decimal]]:
    price = call.model.price
    if not (price.input_seconds and call.taken):
        return []
    usd = call.input_rate.usd * _decimal(call.taken) * call.count
    return [(_times(call, f"{_short(call.taken)} s of film given in"), usd)]


def _pictures(call: _Call) -> list[tuple[str, Decimal]]:
    price = call.model.price
    paid = call.pictures - price.free_images
    if paid <= 0 or not price.usd_per_image:
        return []
    past = f" past the first {price.free_images}" if price.free_images else ""
    text = f"{paid} reference picture{'s' if paid > 1 else ''}{past}"
    return [(_times(call, text), price.usd_per_image * paid * call.count)]


def _times(call: _Call, text: str) -> str:
    return f"{call.count} × {text}" if call.count > 1 else text


def _what(call: _Call) -> str:
    """`8 s, 720p 16:9, with sound`."""
    aspect = call.settings.aspect.value if call.settings.aspect else ""
    size = " ".join(part for part in (call.resolution, aspect) if part)
    length = f"{'up to ' if call.auto else ''}{_short(call.seconds)} s"
    return ", ".join(part for part in (length, size, "with sound" if call.audio else "silent") if part)


def _short(seconds: float) -> str:
    return f"{round(seconds, 1):g}"


def _decimal(seconds: float) -> Decimal:
    return Decimal(str(round(seconds, 3)))
