"""Choose: the model a request goes to, every setting resolved, each difference explained."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import get_close_matches

from bot.domain.catalogue import Catalogue
from bot.domain.model import Adjustment, Choice, Model
from bot.domain.pricing import PriceUnit
from bot.domain.request import Origin, Setting, VideoRequest
from bot.domain.rules import Rules
from bot.flows.allowed import allowed_words, model_allowed
from bot.flows.fit import Fit, Miss, fit
from bot.flows.suit import TASKS, refused, why_not


def choose(
    request: VideoRequest, catalogue: Catalogue, rules: Rules, today: date
) -> tuple[Choice | None, tuple[str, ...]]:
    """The choice, and as sentences what must be put right before anything can be made.

    The choice is None where no usable model can do what is asked. Media limits of single files are intake's concern.
    """
    there = _There(request, catalogue, rules, today)
    model, reasons = there.pick()
    if model is None:
        return None, reasons
    found = fit(model, request, rules)
    asked = request.settings.model
    adjustments = [there.adjustment(model, miss) for miss in found.misses]
    if reasons:
        adjustments.insert(0, Adjustment("model", asked.value if asked else there.default, model.id, " ".join(reasons)))
    origin = asked.origin if asked is not None and not reasons else Origin.default
    choice = Choice(
        model=model.id,
        provider=model.provider,
        title=model.title,
        task=request.task,
        settings=replace(found.settings, model=Setting(model.id, origin)),
        adjustments=tuple(adjustments),
    )
    return choice, there.problems(model)


@dataclass(frozen=True, slots=True)
class _There:
    """A request before a catalogue, on a day."""

    request: VideoRequest
    catalogue: Catalogue
    rules: Rules
    today: date
    fits: dict[str, Fit] = field(default_factory=dict)
    refusals: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def pick(self) -> tuple[Model | None, tuple[str, ...]]:
        """The model, and why it is not the one that was named; where there is none, why."""
        if not self.catalogue.usable(self.today):
            return None, ("No video provider is connected here. Ask the operator to connect one.",)
        usable = self.usable
        if not usable:
            return None, (f"No model that may be used here is connected: {allowed_words(self.rules)} Ask one of them.",)
        asked = self.request.settings.model
        named, reasons = self._named(asked.value) if asked is not None else (None, ())
        if named is not None:
            wrong = why_not(named, self.request)
            if wrong is None and named in usable:
                return named, reasons
            model = self._best(usable, like=named)
            reasons = (*reasons, wrong) if wrong else reasons
        else:
            model, why = self._unnamed(usable)
            reasons = (*reasons, *why)
        return (model, reasons) if model else (None, (*reasons, self._nobody()))

    @property
    def usable(self) -> tuple[Model, ...]:
        """Those that can be used just now and that the admins allow here."""
        return tuple(model for model in self.catalogue.usable(self.today) if model_allowed(model.id, self.rules))

    def _unnamed(self, usable: tuple[Model, ...]) -> tuple[Model | None, tuple[str, ...]]:
        """The default; where it does not take the request, the best other, and why."""
        default = self._default(usable)
        if default is None:
            return self._best(usable, like=None), ()
        if not (wrong := self._refused(default)):
            return default, ()
        best = self._best(usable, like=default)
        if best is None or best.id == default.id:
            return best, ()
        return best, wrong[:1]

    def _named(self, name: str) -> tuple[Model | None, tuple[str, ...]]:
        """The model of that name, or the one that followed it, allowed here or not; None where there is none or it is not connected."""
        id = self.catalogue.names().get(name.strip().lower())
        model = self.catalogue.get(id) if id else None
        if model is None:
            return None, (self._unknown(name),)
        reasons: list[str] = []
        seen = {model.id}
        while model.retired(self.today):
            follower = self.catalogue.get(model.replaced_by) if model.replaced_by else None
            retired = f"{model.title} was retired on {model.retired_on:%-d %B %Y}"
            if follower is None or follower.id in seen or not follower.enabled:
                return None, (*reasons, f"{retired}.")
            reasons.append(f"{retired}; {follower.title} follows it.")
            seen.add(follower.id)
            model = follower
        if not model_allowed(model.id, self.rules):
            return model, (*reasons, f"{model.title} is not allowed here; {allowed_words(self.rules)}")
        if not self.catalogue.connects(model):
            return None, (*reasons, self._unconnected(model))
        return model, tuple(reasons)

    def _unknown(self, name: str) -> str:
        names = self.catalogue.names()
        near = list(dict.fromkeys(names[match] for match in get_close_matches(name.lower(), names, n=5, cutoff=0.6)))
        return f"There is no model called {name!r}" + (f"; did you mean {' or '.join(near[:3])}?" if near else ".")

    @property
    def default(self) -> str:
        default = self._default(self.usable)
        return default.id if default else ""

    def _default(self, usable: tuple[Model, ...]) -> Model | None:
        """The operator's default, else the catalogue's, else the first there is."""
        own = self.rules.defaults.model
        names = self.catalogue.names()
        ids = [names.get(name.lower(), name) for name in (*([own.value] if own else []), self.catalogue.default)]
        return next((model for id in ids for model in usable if model.id == id), None)

    def _best(self, models: Iterable[Model], like: Model | None) -> Model | None:
        """The model that can do it with the least trouble; among equals the one most like another."""
        able = [model for model in models if why_not(model, self.request) is None]
        return min(able, key=lambda model: self._trouble(model, like), default=None)

    def _trouble(self, model: Model, like: Model | None) -> tuple[float, ...]:
        return (
            len(self._refused(model)),
            not self.catalogue.connects(model),
            model.price.unit is PriceUnit.unknown,
            like is not None and model.provider != like.provider,
            len(self._fit(model).misses),
            _unlikeness(model, like),
            model.price.unit is PriceUnit.free,
        )

    def _fit(self, model: Model) -> Fit:
        if model.id not in self.fits:
            self.fits[model.id] = fit(model, self.request, self.rules)
        return self.fits[model.id]

    def _refused(self, model: Model) -> tuple[str, ...]:
        """Why it is the wrong model, else what it refuses of the request."""
        if model.id not in self.refusals:
            wrong = why_not(model, self.request)
            self.refusals[model.id] = (wrong,) if wrong else self._faults(model)
        return self.refusals[model.id]

    def _faults(self, model: Model) -> tuple[str, ...]:
        return refused(model, self.request, links=self.rules.public_links)

    def _others(self, model: Model, better: Callable[[Model], bool]) -> Model | None:
        """The best other model that takes the whole request and is better in one way, connected or not."""
        able = (
            other
            for other in self.catalogue.models
            if self._there(other) and other.id != model.id and not self._refused(other)
        )
        return self._best((other for other in able if better(other)), like=model)

    def _there(self, model: Model) -> bool:
        """Whether it may be named to people, connected or not."""
        return model.enabled and not model.retired(self.today) and model_allowed(model.id, self.rules)

    def _nobody(self) -> str:
        words = TASKS[self.request.task]
        able = self._best(filter(self._there, self.catalogue.models), like=None)
        if able is None:
            return f"No model can make a film {words} from just these attachments. Leave some out, or give them other roles."
        return f"No connected model can make a film {words} with these attachments. {able.title} could. {self._unconnected(able)}"

    def _unconnected(self, model: Model) -> str:
        if model.provider in self.catalogue.connected:
            return f"The key that {model.title} needs is not set here."
        return f"{model.provider.title()} is not connected here."

    def adjustment(self, model: Model, miss: Miss) -> Adjustment:
        """The miss, with the model that would honour it."""
        other = self._others(model, lambda other: all(m.setting != miss.setting for m in self._fit(other).misses))
        why = miss.why
        if other is not None and not self.catalogue.connects(other):
            why = f"{why} {self._unconnected(other)}"
        return Adjustment(miss.setting, miss.asked, miss.given, why, other.id if other else None)

    def problems(self, model: Model) -> tuple[str, ...]:
        """What this model refuses; where another usable one would take it all, the last sentence names it."""
        found = self._faults(model)
        if not found:
            return ()
        other = self._others(model, self.catalogue.connects)
        return (*found, f"{other.title} would take all this: say “use {other.id}”.") if other else found


def _unlikeness(model: Model, like: Model | None) -> int:
    """How many parts of two siblings' ids differ: `wan-2.7-i2v` is 2 from `wan-2.7-t2v`; strangers are all alike."""
    if like is None or model.provider != like.provider:
        return 0
    return len(set(model.id.split("-")) ^ set(like.id.split("-")))
