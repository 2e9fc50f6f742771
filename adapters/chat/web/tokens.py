"""What an identity token says, once it is certain who said it, to whom, when, and that it was asked for."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from adapters.chat.web.options import Provider
from adapters.chat.web.refusal import Refusal

ALGORITHMS = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"),
    *("EdDSA", "Ed25519", "Ed448"),  # RFC 9864 has names of their own for what is one name in RFC 8037
)
"""Signatures with a public key alone: one with a shared secret could be made with the published key by anybody."""
LEEWAY_SECONDS = 60
MOST_SUBJECT = 255


class UnknownKey(Exception):
    """It may have come after the keys were read."""


def claims(token: str, keys: KeySet, provider: Provider, nonce: str, now: datetime) -> Mapping[str, Any]:
    """Raises UnknownKey, and Refusal for a token that is not good for this login."""
    try:
        found = jwt.decode(token, keys, algorithms=ALGORITHMS)
        wanted: Any = {
            "iss": {"essential": True, "value": provider.issuer},
            "aud": {"essential": True, "value": provider.client_id},
            "nonce": {"essential": True, "value": nonce},
        }
        said = CodeIDToken(found.claims, found.header, wanted, {"nonce": nonce, "client_id": provider.client_id})
        said.validate(int(now.timestamp()), LEEWAY_SECONDS)
    except InvalidKeyIdError as error:
        raise UnknownKey from error
    except (JoseError, ValueError, TypeError) as error:
        raise Refusal(
            401, "What the identity provider said of you is not good for this login. Log in again."
        ) from error
    subject = said["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= MOST_SUBJECT:
        raise Refusal(401, "The identity provider does not say who you are. Tell whoever runs this bot.")
    return dict(said)
