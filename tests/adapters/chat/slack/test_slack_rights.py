"""Slack's own admins decide for their workspace, and nobody else does by Slack's word."""

from dataclasses import replace

import pytest

from bot.domain.chat import Person
from bot.domain.errors import Later
from tests.adapters.chat.slack.office import office

GRID = {"id": "W1", "enterprise_id": "E1", "is_admin": False, "is_owner": False, "teams": ["T1", "T9"]}


@pytest.fixture
async def made(slack, tmp_path):
    async with office(slack, tmp_path) as one:
        yield one


@pytest.mark.parametrize(
    ("user", "decides"),
    [
        ({}, False),
        ({"is_admin": True}, True),
        ({"is_owner": True}, True),
        ({"is_primary_owner": True}, True),
        ({"is_admin": "yes"}, False),
        ({"is_admin": True, "deleted": True}, False),
        ({"is_admin": True, "is_bot": True}, False),
        ({"is_admin": True, "is_stranger": True}, False),
        ({"is_admin": True, "is_owner": True, "team_id": "T0ELSEWHERE"}, False),
        ({"team_id": "T0ELSEWHERE", "enterprise_user": {**GRID, "is_admin": True, "teams": ["T0ELSEWHERE"]}}, False),
        ({"enterprise_user": GRID}, False),
        ({"team_id": "T9", "is_admin": True, "enterprise_user": GRID}, True),
        ({"team_id": "T9", "enterprise_user": {**GRID, "is_admin": True}}, True),
        ({"enterprise_user": {**GRID, "is_owner": True}}, True),
    ],
)
async def test_admins_are_whom_slack_calls_so_in_this_workspace_or_its_organisation(slack, made, user, decides):
    here = slack.local.id
    told = {"T1": here}
    if "enterprise_user" in user:
        teams = [told.get(one, one) for one in user["enterprise_user"]["teams"]]
        user = {**user, "enterprise_user": {**user["enterprise_user"], "teams": teams}}
    slack.local.users[slack.ASKER].more.update(user)
    assert await made.platform.admin(made.person(), made.place()) is decides


async def test_who_is_asked_for_elsewhere_or_unknown_is_none(slack, made):
    slack.local.users[slack.ASKER].more["is_admin"] = True
    elsewhere = Person("slack", "T0ELSEWHERE", slack.ASKER)
    assert not await made.platform.admin(elsewhere, made.place())
    assert not await made.platform.admin(made.person(), replace(made.place(), workspace="T0ELSEWHERE"))
    assert not await made.platform.admin(replace(made.person(), platform="discord"), made.place())
    assert not await made.platform.admin(made.person("U0NOBODY"), made.place())


async def test_an_answer_holds_for_a_minute(slack, made):
    user = slack.local.users[slack.ASKER]
    user.more["is_admin"] = True
    assert await made.platform.admin(made.person(), made.place())
    user.more["is_admin"] = False
    made.clock.forward(59)
    assert await made.platform.admin(made.person(), made.place())
    made.clock.forward(2)
    assert not await made.platform.admin(made.person(), made.place())


async def test_where_slack_cannot_say_nobody_is_guessed_to_be_one(slack, made):
    slack.local.users[slack.ASKER].more["is_admin"] = True
    slack.limit("users.info", retry_after=7, times=1)
    with pytest.raises(Later):
        await made.platform.admin(made.person(), made.place())
    slack.break_down("users.info", status=503, times=1)
    with pytest.raises(OSError, match="Slack"):
        await made.platform.admin(made.person(), made.place())
    slack.local.scopes.discard("users:read")
    with pytest.raises(OSError, match="missing_scope"):
        await made.platform.admin(made.person(), made.place())
