"""What each verb answers."""

from bot.domain.card import Card, Field
from bot.domain.chat import Command, Message
from bot.domain.errors import BadRequest
from bot.domain.request import Parsed
from bot.domain.tips import HOW_TO, TIPS
from bot.flows.budget import budget
from bot.flows.cancel import cancel_named
from bot.flows.cinematic import cinematic
from bot.flows.drive import words
from bot.flows.library import library
from bot.flows.merge.ask import merge
from bot.flows.models import models
from bot.flows.preferences import preferences
from bot.flows.status import status
from bot.ports.house import House


async def verb(parsed: Parsed, event: Message | Command, house: House) -> Card | None:  # noqa: C901, PLR0911, PLR0912 - one line for each verb
    """The card that answers it, None where a job's own card does. Raises UserError."""
    match parsed.verb:
        case "help":
            return Card(title="How to ask for a film", text=HOW_TO)
        case "thanks":
            return Card(title="You are welcome", text="Write what you would like to see next.")
        case "tips":
            return Card(title="How to write a prompt", text=TIPS)
        case "models":
            return _models(house)
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
        case "budget":
            return await budget(event, house)
        case "settings":
            return preferences(house)
        case _:
            raise BadRequest(f"There is no command {parsed.verb!r}. “help” lists them.")


def _models(house: House) -> Card:
    rows = models(house.catalogue, house.rules, house.clock.now().date())["models"]
    usable = [row for row in rows if row["connected"] and not row["retired"]]
    fields = tuple(
        Field(
            row["title"],
            f"{row['id']} · {row['seconds']['say']} · {', '.join(row['resolutions'])} · {row['price']['say']}",
        )
        for row in usable
    )
    others = len(rows) - len(usable)
    note = f"{others} more are known, but retired or not connected here."
    return Card(title="What can be used here", fields=fields, notes=(note,) if others else ())
