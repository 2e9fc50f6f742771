"""What Slack shows beside an agent's name: told when it changes, and nothing where the app is none."""

from bot.domain.job import State
from tests.adapters.chat.slack.office import card_of, office


async def test_an_agents_status_follows_its_job(slack, tmp_path):
    slack.agent = True
    async with office(slack, tmp_path, agent="yes") as made:
        thread = await made.thread()
        shown = await made.platform.post(made.place(thread), card_of(state=State.awaiting_confirmation), key="C-1")
        await slack.until(lambda: len(slack.calls("agents.sessions.setStatus")) == 1)
        for state in (State.queued, State.processing, State.complete):
            await made.platform.edit(shown, card_of(state=state))
            told = {State.queued: 2, State.processing: 2, State.complete: 3}[state]
            await slack.until(lambda told=told: len(slack.calls("agents.sessions.setStatus")) == told)
    said = [call.args["status"] for call in slack.calls("agents.sessions.setStatus")]
    assert said == ["suspended", "processing", "active"]


async def test_a_workspace_where_the_app_is_no_agent_is_asked_once(slack, tmp_path):
    async with office(slack, tmp_path, agent="yes") as made:
        slack.refuse("agents.sessions.setStatus", "not_authorized")
        shown = await made.platform.post(made.place(), card_of(state=State.queued), key="C-1")
        await slack.until(lambda: slack.calls("agents.sessions.setStatus"))
        await slack.until(lambda: not made.platform._chores._tasks)
        await made.platform.edit(shown, card_of(state=State.complete))
        await slack.until(lambda: not made.platform._chores._tasks)
    assert len(slack.calls("agents.sessions.setStatus")) == 1
