"""What holds here, and who decided it: whether films are made, what is taken where nothing is said, limits, which models can be used."""

from dataclasses import replace

from bot.domain.card import Card, Field
from bot.domain.chat import Command, Message
from bot.domain.model import SETTING_WORDS
from bot.domain.rules import Rules
from bot.domain.units import size_text
from bot.flows.admin.cards import told
from bot.flows.admin.matters import EVERY, MODELS, PERSON_BUDGET, Matter, budget_of
from bot.flows.allowed import model_allowed
from bot.flows.decided import Decider, Layers, by_whom, layers
from bot.flows.show.fields import in_words
from bot.flows.show.words import duration
from bot.ports.house import House


async def preferences(event: Message | Command, house: House) -> Card:
    """The answer to `settings`."""
    found = await layers(event.conversation, house.rules, house.storage.policies)
    rules = found[-1][1]
    return Card(
        title="What holds here",
        fields=(
            *_defaults(found, house),
            *told(found, [*_OTHERS, _budget(event.author.id, rules)]),
            Field("A price stands for", duration(rules.confirm_seconds)),
            Field("Temporary films are kept for", duration(rules.temporary_seconds)),
            Field(
                "Files that come in", f"up to {rules.max_attachments}, each up to {size_text(rules.max_upload_bytes)}"
            ),
            *_room(rules),
            Field("Who decides about a film", _deciders(rules)),
            Field("Rate", f"{rules.credits_per_dollar.normalize():f} credits a dollar"),
            Field("Models", _usable(found, house)),
        ),
        notes=(
            "Whatever you say in a message goes before the defaults. What no admin decided, the operator sets for everybody.",
        ),
    )


_OTHERS = tuple(
    matter
    for matter in EVERY
    if matter not in {MODELS, PERSON_BUDGET} and not matter.name.startswith(("Default", "May"))
)


def _budget(id: str, rules: Rules) -> Matter:
    """Their own, where somebody decided one, in the place of everybody's."""
    return replace(budget_of(id), name="Your budget") if id in dict(rules.people) else PERSON_BUDGET


def _defaults(found: Layers, house: House) -> tuple[Field, ...]:
    """What is taken where nothing is said; the model is told where nobody decided one too."""
    rules = found[-1][1]
    said = dict(rules.defaults.items())
    rows = [("Model", _model(found, house))]
    rows += [
        (SETTING_WORDS[name], f"{text}{_by(found, name)}")
        for name, one in said.items()
        if name != "model" and (text := in_words(name, one.value))
    ]
    return tuple(Field(name, text) for name, text in rows)


def _by(found: Layers, name: str) -> str:
    """Whose default it is, where that is not the operator."""
    whose = by_whom(found, lambda rules: getattr(rules.defaults, name))
    return "" if whose is Decider.operator else f" ({_OF[whose]})"


_OF = {Decider.workspace: "the workspace's", Decider.channel: "this channel's"}


def _model(found: Layers, house: House) -> str:
    """The one that a wish without a name goes to, as far as it can be told without the wish."""
    rules = found[-1][1]
    names, own = house.catalogue.names(), rules.defaults.model
    ids = [names.get(own.value.lower(), own.value)] if own else []
    usable = [model for model in house.catalogue.usable(house.clock.now().date()) if model_allowed(model.id, rules)]
    for id in (*ids, house.catalogue.default):
        if (model := next((one for one in usable if one.id == id), None)) is not None:
            return f"{model.title}{_by(found, 'model') if id in ids else ''}"
    return "the first that can do it" if usable else "none"


def _room(rules: Rules) -> tuple[Field, ...]:
    """How much films may take, where the operator set a limit."""
    limits = (("Your Drive holds", rules.person_bytes), ("The workspace's films take", rules.workspace_bytes))
    return tuple(Field(name, f"up to {size_text(most)}") for name, most in limits if most)


def _deciders(rules: Rules) -> str:
    others = len(rules.approvers)
    if not others:
        return "whoever asked for it"
    return f"whoever asked for it, and {others} {'person' if others == 1 else 'people'} who may decide for others"


def _usable(found: Layers, house: House) -> str:
    rules, today = found[-1][1], house.clock.now().date()
    titles = [model.title for model in house.catalogue.usable(today) if model_allowed(model.id, rules)]
    whose = by_whom(found, lambda rules: rules.models)
    return f"{', '.join(titles) or 'none'}{'' if rules.models is None or whose is Decider.operator else f' ({_OF[whose]})'}"
