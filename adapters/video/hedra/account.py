"""What Hedra says of a key, without making anything."""

import asyncio
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

from adapters.video.hedra.provider import client_of
from adapters.video.hedra.wire import assets
from adapters.video.hedra.wire.answers import CREDITS, MODELS, Offer, balance, offers
from bot.domain.errors import BadCredentials, ProviderError
from bot.domain.model import Model
from bot.domain.rows import read_models
from bot.ports.examine import Seen
from bot.ports.parts import Parts

NEW_KEY = "Make a key of the API v2 in Hedra's Studio, on a paid plan, and set it as HEDRA_API_KEY."
NEW_VOICE = (
    "Set voice_id under [providers.hedra] to an id that GET /voices lists, or leave it out: the first is taken then."
)
LATER = "Look at the network and HEDRA_BASE_URL; ask again later."


async def examined(parts: Parts) -> Sequence[Seen]:
    client, wanted = client_of(parts), parts.settings.get("voice_id", "")
    try:
        left = (await client.ask(CREDITS, balance)).remaining
        offered = await client.ask(MODELS, offers)
        voices = await client.ask(assets.VOICES, assets.voices) if wanted else ()
    except BadCredentials:
        return [Seen("Hedra does not accept HEDRA_API_KEY.", NEW_KEY, stops=True)]
    except ProviderError as error:
        return [Seen(f"Hedra could not be asked: {error.message.rstrip('.')}.", LATER)]
    finally:
        await client.aclose()
    found = [_left(int(left))]
    if wanted and wanted not in voices:
        found.append(Seen(f"Hedra has no voice {wanted!r} for this key.", NEW_VOICE))
    own = await asyncio.to_thread(_own)
    return [*found, *(seen for model in own for seen in _offered(model, offered))]


def _left(credits: int) -> Seen:
    found = f"HEDRA_API_KEY works: {credits:,} credits are left."
    return Seen(found, "" if credits > 0 else "Buy credits in Hedra's Studio.")


def _own() -> Sequence[Model]:
    text = Path(__file__).with_name("models.toml").read_text(encoding="utf-8")
    return read_models("hedra", tomllib.loads(text))


def _offered(model: Model, offered: Sequence[Offer]) -> Iterator[Seen]:
    """Whether this key is offered the model, and at how many credits, so that the operator can set a price."""
    facts = dict(model.wire)
    offer = next((one for one in offered if facts.get("v2") == one.slug or facts.get("v2_id") == one.id), None)
    if offer is None:
        yield Seen(f"Hedra does not list {model.title}.", f'Set enabled = false under [models."{model.id}"].')
    elif offer.pricing is not None and offer.pricing.credits_per_second:
        times = "; ".join(
            f"{option} × {factor:g}"
            for options in offer.pricing.modifiers.values()
            for option, factor in options.items()
        )
        rate = f"{offer.pricing.credits_per_second:g} credits a second" + (f" ({times})" if times else "")
        yield Seen(f'{model.title} costs {rate}. Set its price in dollars under [models."{model.id}"].')
