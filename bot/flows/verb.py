"""What each verb answers."""

from bot.domain.card import Card, Field
from bot.domain.chat import Command, Message
from bot.domain.errors import BadRequest
from bot.domain.request import Parsed
from bot.domain.tips import HOW_TO, HOW_TO_ADMINS, TIPS
from bot.flows.admin import admin
from bot.flows.allowed import allowed_words, model_allowed
from bot.flows.approve import approve_named
from bot.flows.budget import budget
from bot.flows.cancel import cancel_named
from bot.flows.cinematic import cinematic
from bot.flows.decided import decided
from bot.flows.drive import words
from bot.flows.library import library
from bot.flows.merge.ask import merge
from bot.flows.models import models
from bot.flows.preferences import preferences
from bot.flows.rights import is_admin
from bot.flows.status import status
from bot.ports.house import House


async def verb(parsed: Parsed, event: Message | Command, house: House) -> Card | None:  # noqa: C901, PLR0911, PLR0912 - one line for each verb
    """The card that answers it, None where a job's own card does. Raises UserError."""
    match parsed.verb:
        case "help":
            return await how_to(event, house)
        case "admin":
            return await admin(parsed.prompt, event, house)
        case "thanks":
            return Card(title="You are welcome", text="Write what you would like to see next.")
        case "tips":
            return Card(title="How to write a prompt", text=TIPS)
        case "models":
            return await _models(event, house)
        case "status":
            return await status(parsed.prompt, event, house)
        case "cancel":
            return await cancel_named(parsed.prompt, event, house)
        case "library":
            return await library(parsed.prompt, event, house)
        case "merge":
            return await merge(parsed, event, house)
        case "show" | "rename" | "move" | "delete" | "restore" | "trash" | "drive":
            return await words(parsed.verb, parsed.prompt, event, house)
        case "cinematic":
            return await cinematic(parsed, event, house)
        case "approve":
            return await approve_named(parsed.prompt, event, house)
        case "budget":
            return await budget(event, house)
        case "settings":
            return await preferences(event, house)
        case _:
            raise BadRequest(f"There is no command {parsed.verb!r}. “help” lists them.")


async def how_to(event: Message | Command, house: House) -> Card:
    """For admins it lists also what is theirs alone."""
    try:
        ours = await is_admin(event.author, event.conversation, house)
    except BadRequest:  # the chat cannot say just now, and the answer does not wait for it
        ours = False
    return Card(title="How to ask for a film", text=HOW_TO_ADMINS if ours else HOW_TO)


async def _models(event: Message | Command, house: House) -> Card:
    rules = await decided(event.conversation, house.rules, house.storage.policies)
    every = models(house.catalogue, rules, house.clock.now().date())["models"]
    rows = [row for row in every if model_allowed(row["id"], rules)]
    usable = [row for row in rows if row["connected"] and not row["retired"]]
    fields = tuple(
        Field(
            row["title"],
            f"{row['id']} · {row['seconds']['say']} · {', '.join(row['resolutions'])} · {row['price']['say']}",
        )
        for row in usable
    )
    others, kept = len(rows) - len(usable), sum(row["connected"] and not row["retired"] for row in every) - len(usable)
    notes = (
        f"{others} more {'are' if others > 1 else 'is'} known, but retired or not connected here." if others else "",
        f"{kept} more {'are' if kept > 1 else 'is'} connected, but not allowed here: {allowed_words(rules)}"
        if kept
        else "",
    )
    return Card(title="What can be used here", fields=fields, notes=tuple(filter(None, notes)))
