"""A button press or what stands for one: the presser's right and the job's state are checked, then the step is done."""

from bot.domain.card import Action
from bot.domain.chat import Press
from bot.domain.errors import BadRequest
from bot.domain.job import Job
from bot.flows.admin import pressed as admin_pressed
from bot.flows.approve import approve
from bot.flows.cancel import cancel
from bot.flows.cinematic import rewrite, use
from bot.flows.confirm import confirm, decline
from bot.flows.decide import decide
from bot.flows.drive import drive
from bot.flows.edit import edit
from bot.flows.library import turn
from bot.flows.merge.draft import arrange
from bot.flows.onward import onward
from bot.flows.race import settled
from bot.ports.house import House

ONWARD = frozenset({Action.again, Action.variation, Action.continue_, Action.extend, Action.reference})
MERGE = frozenset({Action.add_to_merge, Action.up, Action.down, Action.leave_out})
DRIVE = frozenset({Action.film, Action.save, Action.rename, Action.delete, Action.restore})


async def press(event: Press, house: House) -> None:
    """Raises UserError where it does not apply, to be told to the presser alone.

    A race with the job's own progress is run again on the fresh job, which decides anew whether the press applies.
    """
    await settled(lambda: _pressed(event, house))


async def _pressed(event: Press, house: House) -> None:
    if event.action in ONWARD:
        await onward(event, house)
    elif event.action in MERGE:
        await arrange(event, house)
    elif event.action in DRIVE:
        await drive(event, house)
    elif event.action == Action.admin:
        await admin_pressed(event, house)
    elif event.action == Action.page:
        await turn(event, house)
    elif event.action == Action.use:
        await use(event, house)
    elif event.action == Action.rewrite:
        await rewrite(event, house)
    else:
        job = await house.storage.jobs.get(event.job)
        if job is None or job.batch or not _same_place(job, event):
            raise BadRequest(f"There is no job {event.job} here.")
        await _do(job, event, house)


def _same_place(job: Job, event: Press) -> bool:
    here, there = event.conversation, job.conversation
    return (here.platform, here.workspace) == (there.platform, there.workspace)


async def _do(job: Job, event: Press, house: House) -> None:
    match event.action:
        case Action.confirm:
            await confirm(job, event.author, house, event.key, event.revision)
        case Action.approve:
            await approve(job, event, house)
        case Action.decline:
            await decline(job, event.author, house)
        case Action.cancel:
            await cancel(job, event.author, house)
        case Action.edit:
            await edit(job, event.author, event.value, house)
        case Action.look_again | Action.submit_again | Action.close:
            await decide(job, event, house)
        case _:
            raise BadRequest(f"There is no action {event.action!r}.")
