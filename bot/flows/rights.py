"""Who may decide for a whole workspace: those the operator lists, and those the chat itself lets."""

from bot.domain.chat import Conversation, Person
from bot.domain.errors import BadRequest, Later
from bot.ports.house import House


async def is_admin(person: Person, conversation: Conversation, house: House) -> bool:
    """Raises BadRequest where the chat cannot say just now."""
    if f"{person.platform}:{person.id}" in house.rules.admins:
        return True
    platform = house.platforms.get(conversation.platform)
    if platform is None:
        return False
    try:
        return await platform.admin(person, conversation)
    except (Later, OSError) as away:
        raise BadRequest("The chat does not say just now who is an admin here. Try again in a minute.") from away
