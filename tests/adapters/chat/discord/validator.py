"""Discord's limits on everything a bot sends: a message, an edit, an answer to an interaction, a modal, a set of commands.

Pure functions over payloads as they go over the wire; each gives every flaw it finds, none where Discord takes the payload.

    message_flaws(payload, uploads=[names], before=Before(...), interaction=False)   a create, an edit, an answer, a follow-up
    modal_flaws(data)                               the data of an interaction answer of type 9
    choices_flaws(data)                             the data of an interaction answer of type 8
    commands_flaws(commands)                        the body of a bulk overwrite

Limits: https://discord.com/developers/docs/components/reference and /resources/message, discord-api-docs of August 2026.
Stricter than Discord where a bot of ours must be: `allowed_mentions` is always said and never parses anything, and every file of
a message with components V2 is shown by one of them.
"""

from tests.adapters.chat.discord.validator_commands import choices_flaws, commands_flaws
from tests.adapters.chat.discord.validator_flaws import Flaw
from tests.adapters.chat.discord.validator_messages import Before, message_flaws
from tests.adapters.chat.discord.validator_modals import modal_flaws

__all__ = ["Before", "Flaw", "choices_flaws", "commands_flaws", "message_flaws", "modal_flaws"]
