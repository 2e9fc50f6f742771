"""Runs what an operator asked a chat's adapter for."""

from bot.app import adapter, make_folder, opened
from bot.cli import out
from bot.cli.interrupts import run
from bot.cli.ready import ready
from bot.domain.errors import UserError
from bot.ports.errand import Errand
from bot.ports.parts import Parts
from config import Settings, names


def done(chat: str, errand: Errand, *, json: bool) -> int:
    """Raises UserError where the chat is not set up or does not do it."""
    said = run(_run(ready(working=True), chat, errand))
    if json:
        out.document({"said": said})
    else:
        out.say(said)
    return 0


async def _run(settings: Settings, chat: str, errand: Errand) -> str:
    given = settings.platforms().get(chat)
    if given is None:
        token = (
            " and ".join(names.PLATFORMS[chat][key] for key in names.ENOUGH[chat][0])
            if chat in names.ENOUGH
            else "its token"
        )
        raise UserError(f"{chat.capitalize()} is not set up. Set {token}, then ask again.")
    adapter("chat", chat)
    async with opened(settings, platforms=[]) as app:
        house, folder = app.house, settings.data / chat
        make_folder(folder)
        parts = Parts(settings=given, folder=folder, clock=house.clock, storage=house.storage, files=house.files)
        return await errand.run(parts)
