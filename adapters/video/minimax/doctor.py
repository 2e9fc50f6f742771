"""Whether MiniMax takes the key at the address it is used with: asked by a list of one task, which costs nothing."""

from collections.abc import Sequence

from adapters.kit.answers import Answer
from adapters.kit.http import Client
from adapters.video.minimax.place import auth, base_url, region
from adapters.video.minimax.wire.listing import listed, listing
from bot.domain.errors import BadCredentials, OutOfCredit, ProviderError, Unavailable
from bot.ports.examine import Seen
from bot.ports.parts import Parts

SECONDS = 10.0
MODEL = "MiniMax-H3"


async def look(parts: Parts) -> Sequence[Seen]:
    address = base_url(parts.settings)
    client = Client("minimax", address, lambda: auth(parts.settings), None, seconds=SECONDS)
    try:
        await client.ask(listing(MODEL, 1), _accepted)
    except BadCredentials as error:
        return [Seen(f"MiniMax refuses MINIMAX_API_KEY at {client.base.host}: {error.message}", error.mend, stops=True)]
    except OutOfCredit as error:
        return [
            Seen(f"MINIMAX_API_KEY works, but not for everything: {error.message}", error.mend or "Top up the account.")
        ]
    except Unavailable:
        mend = "Look at the network, a proxy, and MINIMAX_BASE_URL."
        return [Seen(f"MiniMax cannot be reached at {client.base.host}.", mend)]
    except ProviderError as error:
        return [Seen(f"MiniMax answers: {error.message}", "Ask again later; the bot itself tries again.")]
    finally:
        await client.aclose()
    world = region(address)
    return [Seen(f"MINIMAX_API_KEY works{f' in the {world} region' if world else ''}.")]


def _accepted(answer: Answer) -> None:
    listed(answer)
