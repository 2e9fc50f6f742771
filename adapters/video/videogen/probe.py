"""Whether VideoGen accepts the key: asked whose it is, which costs nothing."""

from collections.abc import Sequence

from adapters.video.videogen.provider import KEY_NAME, connected
from adapters.video.videogen.wire import answers, calls
from bot.domain.errors import BadCredentials, ProviderError
from bot.ports.examine import Seen
from bot.ports.parts import Parts


async def examine(parts: Parts) -> Sequence[Seen]:
    client = connected(parts)
    try:
        owner = await client.ask(calls.me(), answers.owner)
    except BadCredentials as error:
        mend = f"Make a new key at app.videogen.io/developers and set {KEY_NAME}."
        return [Seen(f"VideoGen refuses {KEY_NAME}: {error.message.rstrip('.')}.", mend, stops=True)]
    except ProviderError as error:
        mend = "Look at the network, a proxy, and VIDEOGEN_BASE_URL; the bot itself tries again."
        return [Seen(f"VideoGen cannot be asked just now: {error.message.rstrip('.')}.", mend)]
    finally:
        await client.aclose()
    named = f" (“{owner.api_key_nickname}”)" if owner.api_key_nickname else ""
    return [Seen(f"{KEY_NAME}{named} works.")]
