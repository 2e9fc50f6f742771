"""Whether Model Studio takes the key, asked by looking at the list of tasks: that costs nothing and changes nothing."""

from collections.abc import Sequence

from adapters.video.wan.provider import KEY_NAME, Wan
from adapters.video.wan.wire import answers
from adapters.video.wan.wire.errors import ACTIVATE_MEND
from bot.domain.errors import BadCredentials, ProviderError
from bot.ports.examine import Seen
from bot.ports.parts import Parts


async def examine(parts: Parts) -> Sequence[Seen]:
    wan = Wan(parts)
    try:
        await wan.client.ask(answers.tasks(1, size=1), answers.page_in)
    except BadCredentials as error:
        found = f"Model Studio in {wan.region} does not accept {KEY_NAME}: {error.message}"
        return [Seen(found, error.mend or ACTIVATE_MEND, stops=True)]
    except ProviderError as error:
        return [Seen(f"Model Studio in {wan.region} could not be asked: {error.message}", "Try again later.")]
    finally:
        await wan.aclose()
    return [Seen(f"Model Studio in {wan.region} accepts {KEY_NAME}.")]
