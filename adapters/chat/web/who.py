"""Who somebody is here, by what an identity provider says of them."""

from collections.abc import Mapping
from typing import Any

from adapters.chat.web.events import clean
from adapters.chat.web.options import Provider
from adapters.chat.web.people import PLATFORM, WORKSPACE, person_id
from adapters.chat.web.refusal import Refusal
from bot.domain.chat import Person

MOST_NAME = 80


def person(said: Mapping[str, Any], provider: Provider) -> Person:
    """Raises Refusal for whoever is of none of the domains that may come in."""
    email = _email(said)
    if provider.domains and email.rpartition("@")[2] not in provider.domains:
        who = f"{email} is of another" if email else "your account has none that is verified"
        raise Refusal(403, f"Only addresses of {', '.join(provider.domains)} may come in here, and {who}.")
    named = (said.get(one) for one in ("name", "preferred_username"))
    name = next((one for one in named if isinstance(one, str) and one.strip()), email.partition("@")[0])
    plain = " ".join("".join(c for c in clean(name) if c.isprintable()).split())
    return Person(PLATFORM, WORKSPACE, person_id(provider.issuer, said["sub"]), plain[:MOST_NAME] or "Somebody")


def called(said: Mapping[str, Any], provider: Provider) -> str:
    """Which of the provider's `admins` this is, "" for none. What looks like an address is never the name of a group."""
    groups = said.get("groups")
    names = {one for one in groups if isinstance(one, str) and "@" not in one} if isinstance(groups, list) else set()
    return next((one for one in provider.admins if one == _email(said) or one in names), "")


def _email(said: Mapping[str, Any]) -> str:
    """In lower case; "" where the provider does not say that it is theirs."""
    email = said.get("email")
    if not isinstance(email, str) or said.get("email_verified") not in (True, "true"):
        return ""
    return email.strip().lower()
