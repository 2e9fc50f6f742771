"""What the doctor is told of the page's login by an identity provider."""

from collections.abc import Sequence

from adapters.chat.web.oidc import Issuer
from adapters.chat.web.options import options
from adapters.chat.web.refusal import Refusal
from bot.ports.examine import Seen
from bot.ports.parts import Parts


async def examine(parts: Parts) -> Sequence[Seen]:
    """Nothing where no provider is set. Raises UserError where the settings do not fit together."""
    given = options(parts.settings)
    if given.oidc is None:
        return ()
    issuer = given.oidc.issuer
    back = f"{given.public_url or f'http://{given.host}:{given.port}'}/login/callback"
    try:
        await Issuer(given.oidc, parts.clock).begin(back, "/")
    except Refusal:
        mend = (
            "Compare CLAPPER_OIDC_ISSUER, letter by letter, with `issuer` in /.well-known/openid-configuration there, "
            "and see that this machine can reach it."
        )
        return [Seen(f"The identity provider at {issuer} does not answer as it should: nobody can log in by it.", mend)]
    return [Seen(f"The identity provider at {issuer} answers; it has to know {back} as a redirect address.")]
