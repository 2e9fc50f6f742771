"""`merge`: what its line names is joined at once; without films it opens a draft to choose them in."""

from bot.domain.chat import Command, Message
from bot.domain.errors import BadRequest
from bot.domain.job import job_id
from bot.domain.join import FEWEST
from bot.domain.request import Parsed
from bot.flows.allowed import switched_on
from bot.flows.decided import decided
from bot.flows.merge.draft import opened
from bot.flows.merge.films import chosen
from bot.flows.merge.promise import faded
from bot.flows.merge.wish import begun, how, looked_at, request_of
from bot.flows.parse.merging import read_merge
from bot.ports.house import House


async def merge(parsed: Parsed, event: Message | Command, house: House) -> None:
    """Starts the merge, or opens its draft; the job's card is the answer. The same event heard again does neither twice.

    Raises BadRequest with every problem at once.
    """
    if await house.storage.jobs.get(job_id(event.key)) is not None:
        return
    switched_on(await decided(event.conversation, house.rules, house.storage.policies))
    said = read_merge(parsed.prompt)
    found = await chosen(said, parsed.references, event, house)
    problems = [*parsed.problems, *found.problems]
    if problems:
        raise BadRequest("\n".join(dict.fromkeys((*problems, *faded(how(said))))))
    if len(found.films) < FEWEST:
        await opened(said, found, event, house)
        return
    wished = await looked_at(request_of(found.references, how(said), said.path), event.author, house)
    if wished.problems:
        raise BadRequest("\n".join(wished.problems))
    await house.storage.jobs.add(begun(job_id(event.key), event, wished, house))
