"""For the doctor: asks Ark for nothing that costs, only whether it lets us in and which models it would make films with."""

import asyncio
import tomllib
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from adapters.kit.answers import Answer
from adapters.kit.http import Client
from adapters.video.seedance.region import INTERNATIONAL, NAMES, base_url, host, region
from adapters.video.seedance.wire import calls
from adapters.video.seedance.wire.listing import page_of
from adapters.video.seedance.wire.refusals import NO_MODEL, OTHER_REGION, code_of, refusal
from bot.domain.errors import BadCredentials, ProviderError
from bot.domain.model import Model
from bot.domain.rows import read_models
from bot.ports.examine import Seen
from bot.ports.parts import Parts

SECONDS = 15.0
WITHOUT_SEEDANCE = "ark.eu-west.bytepluses.com"
_ABSENT = frozenset({"ModelNotOpen", "InvalidEndpointOrModel"})


async def examined(parts: Parts) -> Sequence[Seen]:
    """Raises BadSettings for a region there is not."""
    there, key = region(parts.settings), parts.settings.get("api_key", "")
    if host(parts.settings) == WITHOUT_SEEDANCE:
        return [Seen(f"{WITHOUT_SEEDANCE} does not serve Seedance.", f"Set ARK_BASE_URL to {INTERNATIONAL}.", True)]
    auth = {"authorization": f"Bearer {key}"}
    client = Client("seedance", base_url(parts.settings), lambda: auth, None, seconds=SECONDS)
    try:
        return await _seen(client, there, parts.clock.now().date())
    finally:
        await client.aclose()


async def _seen(client: Client, there: str, today: date) -> Sequence[Seen]:
    try:
        await client.ask(calls.page(1, 1), page_of)
        models = {one.title: dict(one.wire)[there] for one in await asyncio.to_thread(_live, today)}
        usable = {title: await client.ask(calls.probe(id), usable_by) for title, id in models.items()}
    except BadCredentials as error:
        return [Seen(f"{NAMES[there]} does not accept this key: {error.message}", OTHER_REGION, stops=True)]
    except ProviderError as error:
        return [
            Seen(f"{NAMES[there]} could not be asked: {error.message}", "Look at ARK_BASE_URL, or try again later.")
        ]
    found = [Seen(f"{NAMES[there]} accepts the key, for {_listed(usable, True)}.")]
    if not all(usable.values()):
        found.append(Seen(f"Not to be used with this key: {_listed(usable, False)}.", NO_MODEL))
    return found


def usable_by(answer: Answer) -> bool:
    """Whether what a probe lacked was its content, and not the model. Raises what else is wrong."""
    code = code_of(answer)
    if answer.status == 400 and code.startswith("MissingParameter"):
        return True
    if answer.status == 404 and code.partition(".")[0] in _ABSENT:
        return False
    if answer.ok:
        raise ValueError("an order without content was taken")
    raise refusal(answer)


def _live(today: date) -> Sequence[Model]:
    text = (Path(__file__).parent / "models.toml").read_text(encoding="utf-8")
    return [one for one in read_models("seedance", tomllib.loads(text)) if one.wire_id and not one.retired(today)]


def _listed(usable: dict[str, bool], wanted: bool) -> str:
    return ", ".join(title for title, is_usable in usable.items() if is_usable is wanted) or "no model"
