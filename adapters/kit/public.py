"""Public addresses of the files that a provider fetches itself."""

from bot.domain.errors import InvalidInput
from bot.domain.request import Reference
from bot.ports.files import Files


async def public_link(reference: Reference, files: Files | None, seconds: int) -> str:
    """Good for so many seconds. Raises InvalidInput where there is none, which people are told before the price: this is for what changed since."""
    link = await files.link(reference.key, seconds) if files else None
    if link is None:
        raise InvalidInput(
            f"{reference.token} has no public address to be fetched from.",
            mend="Leave it out, or choose another model; the operator can set CLAPPER_PUBLIC_URL and CLAPPER_WEB_TOKEN.",
            reference=reference.token,
        )
    return link
