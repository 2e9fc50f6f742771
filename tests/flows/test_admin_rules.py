"""What admins decided holds in every flow: where films are off, which models may be used, what is taken unsaid, who may decide for others."""

from dataclasses import replace

import pytest

from bot.domain.card import Tone
from bot.domain.chat import Command, Conversation, Message, Person
from bot.domain.errors import NotAllowed
from bot.domain.job import Job, State, job_id
from bot.domain.media import MediaLimits, Role
from bot.domain.model import RoleRule, Seconds
from bot.domain.request import Origin, Task
from bot.flows.allowed import OFF
from bot.flows.hear import hear, reply_id
from bot.flows.show import card_of
from tests.fakes import Tollbooth
from tests.houses import ASKER, HERE, OTHER, TOLL

SPARE = replace(TOLL, id="spare-2", title="Spare Two", seconds=Seconds(minimum=4, maximum=60))
TEXT_ONLY = replace(TOLL, id="words-3", title="Words Three", tasks=frozenset({Task.text}), roles=())
ELSEWHERE = Conversation("board", "team", "other", "")
ADMIN = Person("board", "team", "U9", "Admin")


@pytest.fixture
def stage(stage):
    """With an admin, and three models to choose from."""
    catalogue = replace(stage.house.catalogue, models=(TOLL, SPARE, TEXT_ONLY))
    stage.house = replace(stage.house, catalogue=catalogue)
    stage.board.admins.add(ADMIN.id)
    return stage


async def decide(stage, *lines: str) -> None:
    for line in lines:
        card = await stage.say(f"/admin {line}", author=ADMIN)
        assert card.tone is Tone.done, card.text


async def made(stage, text="A fox crosses the frozen lake at dawn") -> Job:
    job = await stage.ask(text)
    await stage.press(job.id, "confirm")
    await stage.run()
    job = await stage.job(job.id)
    assert job.state is State.complete
    return job


def item(job: Job) -> str:
    assert job.result is not None
    return job.result.clips[0].id


def model_of(job: Job) -> str:
    return job.choice.model if job.choice else ""


async def test_where_films_are_off_nothing_new_begins_and_whoever_asks_is_told_alone(stage):
    await decide(stage, "off")
    for event in (
        Message("m1", HERE, ASKER, "A fox crosses the lake"),
        Message("m2", HERE, ASKER, "cinematic: a fox outruns the storm"),
        Message("m3", HERE, ASKER, "/merge 1 2"),
        Command("c1", HERE, ASKER, "make", "A fox crosses the lake"),
    ):
        await hear(event, stage.house)
        assert await stage.house.storage.jobs.get(job_id(event.key)) is None
        posting = await stage.house.storage.cards.get(reply_id(event.key))
        assert (posting.card.text, posting.to) == (OFF, ASKER), event.key
    assert OFF == "Clapper is switched off in this channel by an admin. Nothing was started."
    await hear(Message("m4", HERE, ASKER, "what a day", addressed=False), stage.house)
    assert await stage.house.storage.cards.get(reply_id("m4")) is None


async def test_a_channel_that_is_off_switches_no_other_off(stage):
    await decide(stage, "off")
    await hear(Message("m1", ELSEWHERE, ASKER, "A fox crosses the lake"), stage.house)
    assert await stage.house.storage.jobs.get(job_id("m1")) is not None
    await decide(stage, "on", "off everywhere")
    await hear(Message("m2", ELSEWHERE, ASKER, "A fox crosses the lake"), stage.house)
    assert await stage.house.storage.jobs.get(job_id("m2")) is None


async def test_a_price_that_stood_before_films_were_switched_off_is_not_confirmed_nor_edited(stage):
    """By no button and no typed yes; nothing is reserved. No, status and the library still answer."""
    job = await stage.ask()
    await stage.show()
    await decide(stage, "off")
    for action, value in (("confirm", ""), ("edit", "A fox, 8 seconds")):
        with pytest.raises(NotAllowed, match="switched off in this channel"):
            await stage.press(job.id, action, value)
    for text in ("yes", "@Clapper yes"):
        stage.asked += 1
        key = f"yes-{stage.asked}"
        await hear(Message(key, HERE, ASKER, "yes", addressed=text != "yes", at=stage.clock.now()), stage.house)
        posting = await stage.house.storage.cards.get(reply_id(key))
        assert (posting.card.text, posting.to) == (OFF, ASKER)
    assert (await stage.job(job.id)).state is State.awaiting_confirmation
    assert await stage.house.storage.ledger.of_job(job.id) == []
    assert (await stage.say("status")).title == "One is waiting for you"
    assert (await stage.say("library")).title == "The library is empty"
    await stage.press(job.id, "decline")
    assert (await stage.job(job.id)).state is State.declined


async def test_films_on_their_way_go_on_and_can_be_cancelled_where_films_were_switched_off(stage):
    going, stopped = await stage.ask(), await stage.ask()
    for job in (going, stopped):
        await stage.press(job.id, "confirm")
    await decide(stage, "off", "models spare-2")
    await stage.press(stopped.id, "cancel")
    await stage.run()
    assert (await stage.job(going.id)).state is State.complete
    assert (await stage.job(stopped.id)).state is State.cancelled


async def test_no_button_under_a_film_begins_another_where_films_are_off(stage):
    job = await made(stage)
    await decide(stage, "off")
    for action in ("again", "variation", "continue", "extend", "reference", "add_to_merge"):
        with pytest.raises(NotAllowed, match="switched off in this channel"):
            await stage.press(job.id, action, item=item(job))
    assert len(await stage.house.storage.jobs.find()) == 1


async def test_a_lost_call_is_not_sent_again_where_that_is_not_allowed_any_more(stage):
    """Submit again is a new confirmation; Look again and Close spend nothing and still do."""
    booth = Tollbooth(memory="blind", submits=["lost_before"])
    stage.house = replace(stage.house, providers={"tollbooth": booth})
    job = await stage.ask()
    await stage.press(job.id, "confirm")
    await stage.tick()
    assert (await stage.job(job.id)).state is State.unclear
    for line, why in (("off", "switched off"), ("on", ""), ("models spare-2", "Toll One is not allowed here any more")):
        await decide(stage, line)
        if why:
            with pytest.raises(NotAllowed, match=why):
                await stage.press(job.id, "submit_again")
    await stage.press(job.id, "close")
    assert (await stage.job(job.id)).state is State.error
    assert booth.started == []


async def test_a_model_that_is_named_and_not_allowed_gives_way_to_the_nearest_that_is_and_the_card_says_so(stage):
    await decide(stage, "models spare-2, words-3")
    job = await stage.ask("A fox crosses the lake, use toll-1")
    assert model_of(job) == "spare-2"
    (adjusted,) = job.choice.adjustments
    assert adjusted.say == (
        "Model: spare-2 instead of toll-1. Toll One is not allowed here; the admins allow spare-2, words-3."
    )


async def test_what_is_not_allowed_is_not_taken_unsaid_nor_suggested_nor_offered_nor_listed(stage):
    await decide(stage, "models words-3")
    job = await stage.ask()
    assert (model_of(job), job.choice.adjustments) == ("words-3", ())
    card = await card_of(job, stage.house)
    (edit,) = [button for button in card.buttons if button.action == "edit"]
    (choice,) = [field for field in edit.form if field.name == "model"]
    assert choice.options == (("words-3", "Words Three"),)
    longer = await stage.ask("A fox crosses the lake, 60 seconds")
    assert [one.say for one in longer.choice.adjustments] == ["Length: 15 instead of 60. Words Three makes 4 to 15 s."]
    listed = await stage.say("models")
    assert [field.name for field in listed.fields] == ["Words Three"]
    assert listed.notes == ("2 more are connected, but not allowed here: the admins allow words-3.",)


async def test_under_a_film_only_models_of_its_place_are_offered(stage):
    job = await made(stage)
    await decide(stage, "models spare-2")
    await stage.say("library")
    cards = (await card_of(await stage.job(job.id), stage.house), await stage.say("show 1"))
    forms = [button.form for card in cards for button in card.buttons if button.action == "variation"]
    assert len(forms) == 2
    for form in forms:
        (choice,) = [field for field in form if field.name == "model"]
        assert dict(choice.options).keys() == {"toll-1", "spare-2"}, "what is selected, and what may be"


async def test_where_no_model_that_is_allowed_can_do_it_the_card_says_which_are(stage):
    """The wish keeps its files and cannot be confirmed."""
    vast = replace(TOLL, id="film-4", tasks=frozenset({Task.references}), roles=((Role.reference_video, RoleRule(media=MediaLimits())),))  # fmt: skip
    stage.house = replace(stage.house, catalogue=replace(stage.house.catalogue, models=(TOLL, vast)))
    await decide(stage, "models film-4")
    job = await stage.ask()
    assert (job.choice, job.quote) == (None, None)
    assert "toll-1" not in str(job.problems)
    named = await stage.ask("A fox crosses the lake, use toll-1")
    assert "Toll One is not allowed here; the admins allow film-4." in named.problems
    stage.house = replace(stage.house, catalogue=replace(stage.house.catalogue, models=(TOLL, vast), closed=frozenset({"film-4"})))  # fmt: skip
    assert (await stage.ask()).problems[0].startswith("No model that may be used here is connected: the admins allow")


async def test_a_price_for_a_model_that_is_not_allowed_any_more_is_not_confirmed_and_an_edit_mends_it(stage):
    job = await stage.ask()
    await decide(stage, "models spare-2")
    with pytest.raises(NotAllowed, match="Toll One is not allowed here any more; the admins allow spare-2"):
        await stage.press(job.id, "confirm")
    assert await stage.house.storage.ledger.of_job(job.id) == []
    await stage.press(job.id, "edit", "A fox crosses the lake, 6 seconds")
    await stage.press(job.id, "confirm")
    assert model_of(await stage.job(job.id)) == "spare-2"


async def test_again_variation_and_continue_take_a_model_that_is_allowed_now(stage):
    job = await made(stage)
    await decide(stage, "models spare-2")
    for action in ("again", "variation", "continue"):
        await stage.press(job.id, action, item=item(job))
    new = [one for one in await stage.house.storage.jobs.find() if one.id != job.id]
    assert [model_of(one) for one in new] == ["spare-2"] * 3
    assert all("Toll One is not allowed here" in str(one.choice.adjustments) for one in new)


async def test_the_defaults_of_a_place_are_taken_unsaid_and_what_is_said_goes_before_them(stage):
    await decide(stage, "default ratio 9:16, seconds 6, audio on, model spare-2 everywhere", "default seconds 8")
    job = await stage.ask()
    chosen = job.choice.settings
    assert (chosen.aspect.value, chosen.seconds.value, chosen.audio.value, chosen.model.value) == ("9:16", 8, True, "spare-2")  # fmt: skip
    assert {one.origin for one in (chosen.aspect, chosen.seconds, chosen.audio)} == {Origin.default}
    assert (await stage.ask("A fox, 5 seconds, 1:1, use toll-1")).choice.settings.seconds.value == 5
    await hear(Message("m1", ELSEWHERE, ASKER, "A fox crosses the lake"), stage.house)
    assert (await stage.job(job_id("m1"))).choice.settings.seconds.value == 6
    told = {field.name: field.value for field in (await stage.say("settings")).fields}
    assert (told["Ratio"], told["Length"], told["Model"]) == ("9:16 (the workspace's)", "8 s (this channel's)", "Spare Two (the workspace's)")  # fmt: skip


async def test_who_may_decide_for_others_may_here_and_nowhere_else(stage):
    await decide(stage, "confirmers @U2")
    for action, value in (("confirm", ""), ("decline", ""), ("edit", "A fox, 7 seconds"), ("cancel", "")):
        here = await stage.ask()
        await hear(Message(action, ELSEWHERE, ASKER, "A fox crosses the lake"), stage.house)
        with pytest.raises(NotAllowed, match="Asker"):
            await stage.press(job_id(action), action, value, who=OTHER)
        await stage.press(here.id, action, value, who=OTHER)
        assert (await stage.job(here.id)).version > here.version, action
    fresh = await stage.ask()
    await decide(stage, "confirmers none")
    with pytest.raises(NotAllowed, match="Asker"):
        await stage.press(fresh.id, "confirm", who=OTHER)


async def test_a_typed_yes_of_who_may_decide_for_others_counts(stage):
    await decide(stage, "confirmers @U2")
    job = await stage.ask()
    await stage.show()
    await hear(Message("yes", HERE, OTHER, "yes", at=stage.clock.now()), stage.house)
    assert (await stage.job(job.id)).confirmed_by == OTHER
