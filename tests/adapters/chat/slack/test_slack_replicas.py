"""Two replicas behind one address, or on Slack's sockets: whoever is reached, each thing is heard once, and none is lost."""

from contextlib import AsyncExitStack

import pytest

from tests.adapters.chat.slack.hearing import database, listening
from tests.adapters.chat.slack.server.delivery import COMMAND, EVENT, Delivery
from tests.adapters.chat.slack.server.slack import Slack
from tests.databases import opened, url  # noqa: F401 - a fixture

ASKER, TEAM = Slack.ASKER, Slack.TEAM
SAID = {"type": "message", "channel_type": "im", "channel": "D1", "user": ASKER, "text": "a red boat"}


async def test_every_retry_may_reach_the_other_replica_and_counts_once(slack, url):  # noqa: F811 - the fixture
    async with AsyncExitStack() as stack:
        stores = [await stack.enter_async_context(opened(url)) for _ in range(2)]
        both = [await stack.enter_async_context(listening(slack, one, slack.http_settings)) for one in stores]
        for number in range(6):
            event = {**SAID, "ts": f"1700000000.00010{number}"}
            said = Delivery(
                EVENT, {"type": "event_callback", "event_id": f"Ev{number}", "team_id": TEAM, "event": event}
            )
            for one in both[:: 1 if number % 2 else -1]:
                assert (await slack.deliver(f"{one.url}/slack/events", said)).status == 200
        heard = [event.key for one in both for event in one.ears.heard]
        assert len(heard) == len(set(heard)) == 6
        assert all(one.ears.heard for one in both)


async def test_a_signature_overheard_at_one_replica_is_good_for_nothing_new_at_the_other(slack, url):  # noqa: F811 - the fixture
    async with AsyncExitStack() as stack:
        stores = [await stack.enter_async_context(opened(url)) for _ in range(2)]
        both = [await stack.enter_async_context(listening(slack, one, slack.http_settings)) for one in stores]
        form = {"command": "/clapper", "text": "status", "team_id": TEAM, "channel_id": Slack.GENERAL, "user_id": ASKER, "user_name": "asker", "trigger_id": "1.2.3", "response_url": f"{slack.url}/r", "api_app_id": "A1"}  # fmt: skip
        for one in (*both, *both):
            await slack.deliver(f"{one.url}/slack/events", Delivery(COMMAND, form))
        assert sum(len(one.ears.heard) for one in both) == 1
        for one in both:
            assert (await slack.deliver(f"{one.url}/slack/events", Delivery(COMMAND, form), skew=-301.0)).status == 401


@pytest.mark.parametrize("parting", ["stop", "refresh"])
async def test_sockets_of_two_replicas_hear_each_event_once_and_a_parting_loses_none(slack, tmp_path, parting):
    async with opened(database(tmp_path)) as storage, AsyncExitStack() as stack:
        both = [await stack.enter_async_context(listening(slack, storage, slack.settings)) for _ in range(2)]
        await slack.connected(4)
        for number in range(6):
            await slack.say(slack.dm(ASKER), ASKER, f"before {number}")
        await (both[0].stop() if parting == "stop" else slack.sockets.refresh())
        for number in range(6):
            await slack.say(slack.dm(ASKER), ASKER, f"after {number}")
        heard = sorted(event.text for one in both for event in one.ears.heard)
        assert heard == sorted(f"{when} {number}" for when in ("before", "after") for number in range(6))
