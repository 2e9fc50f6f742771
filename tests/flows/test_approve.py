"""A price above a threshold needs two people, and nothing is reserved before both agreed."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from bot.domain.card import Action
from bot.domain.chat import Command, Message, Person
from bot.domain.errors import BadRequest, NotAllowed, OverBudget
from bot.domain.job import State, reply_id
from bot.domain.ledger import held
from bot.domain.policy import Policy
from bot.flows.hear import hear
from tests.houses import ASKER, HERE, OTHER, at_once

DEAR = "A fox crosses the frozen lake --seconds 15"  # 150 credits, above 100
ADMIN = Person("board", "team", "U3", "Ada")
CHIEF = Person("board", "team", "U4", "Chief")
DIRECT = replace(HERE, channel="direct", thread="")


@pytest.fixture
def stage(stage):
    stage.board.admins.add(ADMIN.id)
    stage.house = replace(stage.house, rules=replace(stage.house.rules, approve_above=Decimal(100)))
    return stage


async def agreed(stage, text=DEAR):
    """A dear wish that its author said yes to."""
    job = await stage.ask(text)
    await stage.press(job.id, "confirm")
    return await stage.job(job.id)


async def card(stage, job):
    await stage.show()
    return stage.board.posts[job.card_id][-1]


async def reserved(stage, job):
    return held(await stage.house.storage.ledger.of_job(job.id))


async def test_the_first_yes_is_kept_and_the_card_asks_for_a_second_person(stage):
    before = await card(stage, await stage.ask(DEAR))
    assert any(note.startswith("Above 100 credits a second person must agree after you") for note in before.notes)
    job = await agreed(stage)
    assert (job.state, job.agreed_by, await reserved(stage, job)) == (State.awaiting_confirmation, ASKER, 0)
    shown = await card(stage, job)
    assert shown.title == "Waiting for a second person: Asker said yes to 150 credits, which is above 100"
    assert [button.action for button in shown.buttons] == [Action.approve, Action.edit, Action.cancel]
    await stage.tick()
    assert stage.tollbooth.started == []


async def test_only_another_person_who_may_can_approve_and_then_one_film_is_made(stage):
    job = await agreed(stage)
    with pytest.raises(NotAllowed, match="You said yes to 150 credits already"):
        await stage.press(job.id, "approve")
    with pytest.raises(NotAllowed, match="already"):
        await stage.press(job.id, "confirm", who=replace(ASKER, name="Renamed"))
    with pytest.raises(NotAllowed, match=f"can approve job {job.id}"):
        await stage.press(job.id, "approve", who=OTHER)
    answers = await at_once(*(stage.press(job.id, "approve", who=ADMIN) for _ in range(4)))
    assert sum(one is None for one in answers) == 1
    assert await reserved(stage, job) == 150
    await stage.run()
    done = await stage.job(job.id)
    assert (done.state, done.agreed_by, done.confirmed_by) == (State.complete, ASKER, ADMIN)
    books = await stage.house.storage.ledger.of_job(job.id)
    assert {one.person.id for one in books} == {ASKER.id}, "whoever asked for it pays for it"
    assert len(stage.tollbooth.started) == 1


async def test_whom_an_admin_named_may_approve_and_may_not_be_both_people(stage):
    policy = Policy(platform="board", workspace="team", version=1, confirmers=frozenset({CHIEF.id}))
    await stage.house.storage.policies.change(policy, [])
    job = await stage.ask(DEAR)
    await stage.press(job.id, "confirm", who=CHIEF)
    with pytest.raises(NotAllowed, match="already"):
        await stage.press(job.id, "approve", who=CHIEF)
    with pytest.raises(NotAllowed, match="can approve"):
        await stage.press(job.id, "approve", who=ASKER)
    await stage.press(job.id, "approve", who=ADMIN)
    assert (await stage.job(job.id)).state is State.queued


async def test_an_approve_that_nobody_agreed_to_before_starts_nothing(stage):
    job = await stage.ask(DEAR)
    with pytest.raises(BadRequest, match="Nobody has said the first yes"):
        await stage.press(job.id, "approve", who=ADMIN)
    assert (await stage.job(job.id)).agreed_by is None


async def test_a_typed_yes_counts_as_the_second_only_from_whom_it_may_come(stage):
    """The author again, somebody else, and one that was written before the card asked for it: none of them."""
    job = await stage.ask(DEAR)
    await stage.show()
    early = Message("early", HERE, ADMIN, "yes", at=stage.clock.now(), addressed=False)
    await stage.press(job.id, "confirm")
    await stage.show()
    assert "already" in (await stage.say("yes")).text
    await hear(Message("other", HERE, OTHER, "yes", at=stage.clock.now(), addressed=False), stage.house)
    await hear(early, stage.house)
    assert (await stage.job(job.id)).state is State.awaiting_confirmation
    yes = Message("second", HERE, ADMIN, "yes", at=stage.clock.now(), addressed=False)
    await hear(yes, stage.house)
    await hear(yes, stage.house)
    assert (await stage.job(job.id)).state is State.queued
    assert await reserved(stage, job) == 150


async def test_the_first_typed_yes_heard_again_confirms_no_other_price(stage):
    """The process died before it was done; by then the job was approved and another price waits."""
    job = await stage.ask(DEAR)
    await stage.show()
    yes = Message("the-yes", HERE, ASKER, "yes", at=stage.clock.now())
    await hear(yes, stage.house)
    assert (await stage.job(job.id)).agreed_by == ASKER
    await hear(yes, stage.house)
    assert await stage.house.storage.cards.get(reply_id(yes.key)) is None, "heard again, it is not told that it said so"
    await stage.press(job.id, "approve", who=ADMIN)
    other = await stage.ask("A heron lands on the pier")
    await stage.show()
    await hear(yes, stage.house)
    assert (await stage.job(other.id)).state is State.awaiting_confirmation


@pytest.mark.parametrize("way", ["typed", "pressed"])
async def test_one_who_is_asked_may_say_no_as_well(stage, way):
    """And before anybody asks them, the job is none of theirs."""
    job = await stage.ask(DEAR)
    with pytest.raises(NotAllowed, match="Only Asker"):
        await stage.press(job.id, "cancel", who=ADMIN)
    await stage.press(job.id, "confirm")
    await stage.show()
    if way == "typed":
        await hear(Message("no", HERE, ADMIN, "no", at=stage.clock.now(), addressed=False), stage.house)
    else:
        await stage.press(job.id, "cancel", who=ADMIN)
    assert (await stage.job(job.id)).state is State.declined


async def test_an_agreement_is_void_once_the_price_changed(stage):
    """Edit asks anew; an Approve for the old card buys nothing, and below the threshold none is needed."""
    job = await agreed(stage)
    seen = job.version
    await stage.press(job.id, "edit", "A fox crosses the lake --seconds 12")
    edited = await stage.job(job.id)
    assert edited.agreed_by is None
    for revision in (seen, edited.version):
        with pytest.raises(BadRequest):
            await stage.press(job.id, "approve", who=ADMIN, revision=revision)
    await stage.press(job.id, "confirm", revision=edited.version)
    with pytest.raises(BadRequest, match="changed after that card"):
        await stage.press(job.id, "approve", who=ADMIN, revision=seen)
    await stage.press(job.id, "edit", "A fox crosses the lake --seconds 10")
    await stage.press(job.id, "confirm")
    assert (await stage.job(job.id)).state is State.queued
    assert await reserved(stage, job) == 100


async def test_a_second_yes_counts_too_where_one_is_enough_by_then(stage):
    """The card was shown before the threshold was raised, and still asks an admin."""
    job = await agreed(stage)
    notes = (await card(stage, job)).notes
    assert any(f"“approve {job.id} 150”" in note for note in notes), "who does not see the card can be told what to say"
    stage.house = replace(stage.house, rules=replace(stage.house.rules, approve_above=Decimal(500)))
    with pytest.raises(NotAllowed, match="Only Asker"):
        await stage.press(job.id, "approve", who=OTHER)
    await stage.press(job.id, "approve", who=ADMIN)
    done = await stage.job(job.id)
    assert (done.state, done.agreed_by, done.confirmed_by) == (State.queued, ASKER, ADMIN)


async def test_the_price_expires_while_it_waits_for_the_second(stage):
    """From the quote on, not from the first yes."""
    job = await stage.ask(DEAR)
    stage.clock.forward(29 * 60)
    await stage.press(job.id, "confirm")
    stage.clock.forward(61)
    with pytest.raises(BadRequest, match="expired"):
        await stage.press(job.id, "approve", who=ADMIN)
    await stage.run()
    assert (await stage.job(job.id)).state is State.expired


async def test_both_yeses_keep_to_the_budget(stage):
    """The first is not taken in vain; what was spent in between is seen by the second, who is told whose budget it is."""
    rules = stage.house.rules
    stage.house = replace(stage.house, rules=replace(rules, person_credits=Decimal(149)))
    job = await stage.ask(DEAR)
    with pytest.raises(OverBudget, match="your budget"):
        await stage.press(job.id, "confirm")
    stage.house = replace(stage.house, rules=replace(rules, person_credits=Decimal(199)))
    await stage.press(job.id, "confirm")
    await stage.press((await stage.ask()).id, "confirm")
    with pytest.raises(OverBudget, match="Asker's budget for November 2026 has 149 left"):
        await stage.press(job.id, "approve", who=ADMIN)
    assert (await stage.job(job.id)).waits_for_second


async def test_a_chat_that_is_away_is_asked_again_later(stage):
    job = await agreed(stage)
    stage.board.mood = "down"
    with pytest.raises(BadRequest, match="does not say just now who is an admin"):
        await stage.press(job.id, "approve", who=ADMIN)
    assert (await stage.job(job.id)).waits_for_second


async def test_submitting_a_dear_film_again_needs_a_second_person_again(stage):
    """It is a new confirmation: both are asked once more, about the call that was lost."""
    stage.tollbooth.memory, stage.tollbooth.submits = "blind", ["lost_before", "ok"]
    job = await agreed(stage)
    await stage.press(job.id, "approve", who=ADMIN)
    await stage.tick()
    unclear = await stage.job(job.id)
    assert (unclear.state, unclear.agreed_by) == (State.unclear, None)
    with pytest.raises(BadRequest, match="Nobody has said the first yes"):
        await stage.press(job.id, "approve", who=ADMIN)
    await stage.press(job.id, "submit_again", revision=unclear.version)
    shown = await card(stage, job)
    assert shown.title.startswith("Waiting for a second person: Asker said yes to 150 credits")
    assert [button.action for button in shown.buttons] == [Action.approve, Action.look_again, Action.close]
    for who, revision in ((ASKER, None), (OTHER, None), (ADMIN, unclear.version)):
        with pytest.raises((NotAllowed, BadRequest)):
            await stage.press(job.id, "approve", who=who, revision=revision)
    assert (await stage.job(job.id)).attempt == 1
    await stage.press(job.id, "approve", who=ADMIN, revision=shown.revision)
    await stage.run()
    assert ((await stage.job(job.id)).state, len(stage.tollbooth.started)) == (State.complete, 1)
    assert await stage.house.storage.ledger.unbalanced() == []


async def test_a_dear_call_of_a_batch_is_submitted_again_by_two_people(stage):
    """A cheap one by one, though the whole batch was dear: what is paid for is the call."""
    for wish, alone in ((f"{DEAR}, 2 variations", False), ("A heron lands on the pier, 3 variations", True)):
        stage.tollbooth.memory, stage.tollbooth.submits = "blind", ["lost_before", "ok"]
        job = await agreed(stage, wish)
        await stage.press(job.id, "approve", who=ADMIN)
        await stage.tick(limit=2)
        await stage.tick()
        await stage.press(job.id, "submit_again")
        if not alone:
            shown = await card(stage, job)
            assert {field.name: field.value for field in shown.fields}["Again"] == "Film 1"
            assert shown.buttons[0].action is Action.approve
            with pytest.raises(NotAllowed, match="already"):
                await stage.press(job.id, "approve")
            await stage.press(job.id, "approve", who=ADMIN)
        await stage.run()
        assert (await stage.job(job.id)).state is State.complete
    assert await stage.house.storage.ledger.unbalanced() == []


async def commanded(stage, text, who=ADMIN, where=DIRECT):
    stage.asked += 1
    key = f"command-{stage.asked}"
    await hear(Command(key, where, who, "approve", text), stage.house)
    posting = await stage.house.storage.cards.get(reply_id(key))
    return posting.card


async def test_approve_by_name_lists_tells_and_takes_only_the_price_that_was_named(stage):
    """For those who do not see the thread."""
    job = await agreed(stage)
    listed = await commanded(stage, "")
    assert [(field.name, field.value) for field in listed.fields] == [(job.id, "150 credits · Asker said yes")]
    told = await commanded(stage, job.id)
    assert told.title == "Asker said yes to 150 credits"
    assert told.text == job.request.prompt
    assert told.notes == (f"To approve it, say “approve {job.id} 150”.",)
    assert (
        f"costs 150 credits, not 640. To approve it, say “approve {job.id} 150”."
        in (await commanded(stage, f"{job.id} 640")).text
    )
    assert (await stage.job(job.id)).waits_for_second
    assert (
        await commanded(stage, f"{job.id.lower()} 150.00 credits")
    ).title == f"Job {job.id} is approved: 150 credits"
    assert (await stage.job(job.id)).state is State.queued


async def test_approve_by_name_takes_no_wish_that_was_changed_since_though_its_price_is_alike(stage):
    """Nor one that was changed once more; the line that is told then names what was seen."""
    job = await agreed(stage)
    line = f"{job.id} 150"
    for wish, version in (("An owl", 4), ("A wolf", 6)):
        await stage.press(job.id, "edit", f"{wish} crosses the frozen lake --seconds 15")
        await stage.press(job.id, "confirm")
        told = await commanded(stage, line)
        assert (told.text, told.notes[0][:28]) == (f"{wish} crosses the frozen lake", "It is another question than ")
        assert told.notes[1] == f"To approve it, say “approve {job.id} 150 v{version}”."
        assert any(f"“approve {job.id} 150 v{version}”" in note for note in (await card(stage, job)).notes)
        line = f"{job.id} 150 v{version}"
    assert (await stage.job(job.id)).waits_for_second
    await commanded(stage, line)
    assert (await stage.job(job.id)).state is State.queued


async def test_the_line_that_approved_a_film_does_not_approve_submitting_it_again(stage):
    """The price is the same, and the question another: the first call may be charged, too."""
    stage.tollbooth.memory, stage.tollbooth.submits = "blind", ["lost_before", "ok"]
    job = await agreed(stage)
    await commanded(stage, f"{job.id} 150")
    await stage.tick()
    await stage.press(job.id, "submit_again")
    told = await commanded(stage, f"{job.id} 150")
    assert (told.costs[0][0][:15], (await stage.job(job.id)).attempt) == ("Submitted again", 1)
    line = told.notes[1].removeprefix("To approve it, say “approve ").removesuffix("”.")
    assert any(f"“approve {line}”" in note for note in (await card(stage, job)).notes)
    await commanded(stage, line)
    await stage.run()
    assert (await stage.job(job.id)).state is State.complete
    assert await stage.house.storage.ledger.unbalanced() == []


@pytest.mark.parametrize("who", [ASKER, OTHER])
async def test_approve_by_name_shows_and_does_nothing_for_whom_it_does_not_wait(stage, who):
    job = await agreed(stage)
    assert (await commanded(stage, "", who)).title == "Nothing waits for your yes"
    for said in (job.id, f"{job.id} 150"):
        refused = await commanded(stage, said, who)
        assert "does not wait for your yes" in refused.text
        assert job.request.prompt not in json.dumps([refused.title, refused.text, *refused.notes])
    elsewhere = replace(DIRECT, workspace="other")
    assert (
        "There is no job"
        in (await commanded(stage, f"{job.id} 150", replace(ADMIN, workspace="other"), elsewhere)).text
    )
    assert (await stage.job(job.id)).waits_for_second


async def test_approve_in_another_channel_does_not_read_the_prompt_aloud(stage):
    job = await agreed(stage)
    stage.asked += 1
    await hear(Message("aloud", replace(HERE, channel="elsewhere"), ADMIN, f"approve {job.id}"), stage.house)
    told = (await stage.house.storage.cards.get(reply_id("aloud"))).card
    assert told.title == "Asker said yes to 150 credits"
    assert told.text == ""


async def test_with_a_higher_threshold_meanwhile_whoever_asked_may_start_it_alone(stage):
    job = await agreed(stage)
    stage.house = replace(stage.house, rules=replace(stage.house.rules, approve_above=Decimal(500)))
    await stage.press(job.id, "approve")
    assert (await stage.job(job.id)).state is State.queued
