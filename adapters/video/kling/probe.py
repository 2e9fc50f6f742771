"""Whether Kling would take the keys: asked by looking for a task that cannot be there, which costs nothing."""

from collections.abc import Sequence
from functools import partial

from adapters.kit.http import Client
from adapters.video.kling.key import key_of
from adapters.video.kling.provider import BASE, generation_of
from adapters.video.kling.wire import tasks
from adapters.video.kling.wire.route import Generation, Route
from bot.domain.errors import BadCredentials, OutOfCredit, ProviderError
from bot.ports.examine import Seen
from bot.ports.parts import Parts

NOBODY = "clapper-doctor"
SECONDS = 15.0
_DOORS = {Generation.v1: "text2video", Generation.v3: "text-to-video"}


async def probe(parts: Parts) -> Sequence[Seen]:
    """Raises BadSettings."""
    key = key_of(parts.settings, parts.clock)
    generation = generation_of(parts.settings) or key.prefers
    client = Client("kling", parts.settings.get("base_url") or BASE, key.headers, None, seconds=SECONDS)
    route, where = Route(generation, _DOORS[generation]), client.base.host
    try:
        await client.ask(tasks.by_name(route, NOBODY), partial(tasks.read_found, route=route, key=NOBODY))
    except BadCredentials as error:
        other = (
            f"Copy it anew from Kling's console. {where} takes the keys of its own region only: see KLINGAI_BASE_URL."
        )
        return [Seen(f"{key.name} is not accepted at {where}: {error.message}", other, stops=True)]
    except OutOfCredit as error:
        return [Seen(f"{key.name} works at {where}, but the account is empty: {error.message}", "Top it up.")]
    except ProviderError as error:
        return [Seen(f"Kling at {where} could not be asked: {error.message}", "Try again; see KLINGAI_BASE_URL.")]
    finally:
        await client.aclose()
    return [Seen(f"{key.name} works at {where}.")]
