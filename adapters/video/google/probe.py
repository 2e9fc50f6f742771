"""What the doctor is told of Google: whether its keys are taken, asked in ways that cost nothing."""

from collections.abc import Sequence

from adapters.kit.answers import Answer
from adapters.kit.http import Call, Client
from adapters.video.google.doors import GEMINI, VERTEX, Door, open_door
from adapters.video.google.wire.errors import refusal
from bot.domain.errors import BadCredentials, ProviderError
from bot.ports.examine import Seen
from bot.ports.parts import Parts

SECONDS = 15.0
_KEYS = {GEMINI: ("api_key",), VERTEX: ("vertex_api_key", "access_token")}
_TITLES = {GEMINI: "The Gemini API (Omni)", VERTEX: "Vertex AI (Veo)"}
_PROBES = {
    GEMINI: Call(method="GET", path="v1/models", query=(("pageSize", "1"),)),
    VERTEX: Call(method="GET", path="v1/publishers/google/models/veo-3.1-generate-001"),
}


async def probe(parts: Parts) -> Sequence[Seen]:
    return [await _seen(name, parts) for name, keys in _KEYS.items() if any(parts.settings.get(key) for key in keys)]


async def _seen(name: str, parts: Parts) -> Seen:
    title = _TITLES[name]
    try:
        door = open_door(name, parts.settings)
        await _asked(door)
    except BadCredentials as error:
        return Seen(f"{title} does not take what is set: {error.message}", mend=error.mend, stops=True)
    except ProviderError as error:
        return Seen(
            f"{title} could not be asked: {error.message}", mend=error.mend or "Check the address and the network."
        )
    where = f" in {door.region}" if door.region else ""
    return Seen(f"{title} takes {door.key_name}{where}.")


async def _asked(door: Door) -> None:
    client = Client("google", door.base_url, lambda: door.headers, None, seconds=SECONDS)
    try:
        await client.ask(_PROBES[door.name], lambda answer: _checked(answer, door.mend))
    finally:
        await client.aclose()


def _checked(answer: Answer, mend: str) -> None:
    if not answer.ok:
        raise refusal(answer, paid=False, mend=mend)
