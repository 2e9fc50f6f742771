"""What holds here: what is taken where nothing is said, how long things last, how much comes in, which models are connected."""

from bot.domain.card import Card, Field
from bot.domain.model import SETTING_WORDS
from bot.domain.rules import Rules
from bot.domain.units import size_text
from bot.flows.show.fields import in_words
from bot.flows.show.words import duration
from bot.ports.house import House


def preferences(house: House) -> Card:
    """The answer to `settings`."""
    rules = house.rules
    return Card(
        title="What holds here",
        fields=(
            *_defaults(house),
            Field("A price stands for", duration(rules.confirm_seconds)),
            Field("Temporary films are kept for", duration(rules.temporary_seconds)),
            Field(
                "Files that come in", f"up to {rules.max_attachments}, each up to {size_text(rules.max_upload_bytes)}"
            ),
            *_room(rules),
            Field("Who decides about a film", _deciders(rules)),
            Field("Rate", f"{rules.credits_per_dollar.normalize():f} credits a dollar"),
            Field("Connected models", _connected(house)),
        ),
        notes=("Whatever you say in a message goes before these. The operator sets them for everybody.",),
    )


def _defaults(house: House) -> tuple[Field, ...]:
    """The operator's own settings; the model is told where they say nothing too."""
    said = dict(house.rules.defaults.items())
    usual = house.catalogue.get(house.catalogue.default)
    model = usual.title if usual else house.catalogue.default
    told = [(SETTING_WORDS[name], in_words(name, one.value)) for name, one in said.items() if name != "model"]
    return (Field("Model", model), *(Field(name, text) for name, text in told if text))


def _room(rules: Rules) -> tuple[Field, ...]:
    """How much films may take, where the operator set a limit."""
    limits = (("Your Drive holds", rules.person_bytes), ("The workspace's films take", rules.workspace_bytes))
    return tuple(Field(name, f"up to {size_text(most)}") for name, most in limits if most)


def _deciders(rules: Rules) -> str:
    others = len(rules.approvers)
    if not others:
        return "whoever asked for it"
    return f"whoever asked for it, and {others} {'person' if others == 1 else 'people'} the operator allows"


def _connected(house: House) -> str:
    today = house.clock.now().date()
    models = [model for model in house.catalogue.models if model.enabled and house.catalogue.connects(model)]
    return ", ".join(model.title for model in models if not model.retired(today)) or "none"
