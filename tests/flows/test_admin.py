"""`admin`: every line does exactly what it says, or says what is wrong; for admins alone, for their eyes alone, and all in the log."""

import asyncio
import json
from dataclasses import replace
from decimal import Decimal

import pytest

from bot.domain.card import Action, Card, Tone
from bot.domain.chat import Command, Message, Person, Press
from bot.domain.errors import BadRequest, NotAllowed
from bot.domain.policy import Policy
from bot.domain.request import Origin, Setting, Settings
from bot.flows.admin import answer
from bot.flows.admin.values import Known
from bot.flows.admin.words import read
from bot.flows.hear import hear, reply_id
from bot.flows.parse import parse
from bot.flows.press import press
from tests.fakes import Board
from tests.houses import ASKER, HERE, OTHER, TOLL

SPARE = replace(TOLL, id="spare-2", title="Spare Two", aliases=("spare",))
CHANNEL, EVERYWHERE = "films", ""
PLACES = {CHANNEL: "this channel", EVERYWHERE: "the whole workspace"}


@pytest.fixture
def stage(stage):
    """With an admin, and two models to choose from."""
    catalogue = replace(stage.house.catalogue, models=(TOLL, SPARE))
    stage.house = replace(stage.house, catalogue=catalogue)
    stage.board.admins.add(ASKER.id)
    return stage


async def policies(stage, space=HERE.workspace) -> dict[str, Policy]:
    found = await stage.house.storage.policies.of((HERE.platform, space))
    return {policy.channel: replace(policy, version=0, platform="", workspace="", channel="") for policy in found}


async def said(stage, text, space) -> Card:
    """What answers a message in another workspace."""
    stage.asked += 1
    key = f"event-{stage.asked}"
    await hear(Message(key, replace(HERE, workspace=space), replace(ASKER, workspace=space), text), stage.house)
    return (await look(stage, reply_id(key)))[1]


def bare(**decided) -> Policy:
    return Policy(platform="", workspace="", **decided)


async def audited(stage, space=HERE.workspace) -> list[tuple[str, str, str, str]]:
    found = await stage.house.storage.policies.changes((HERE.platform, space))
    return [(line.channel, line.what, line.was, line.now) for line in reversed(found)]


def defaults(**said) -> Policy:
    return bare(defaults=Settings(**{name: Setting(value, Origin.default) for name, value in said.items()}))


GOOD = [
    ("off", CHANNEL, bare(on=False)),
    ("Off here.", CHANNEL, bare(on=False)),
    ("switch off everywhere", EVERYWHERE, bare(on=False)),
    ("on in the workspace", EVERYWHERE, bare(on=True)),
    ("models toll-1", CHANNEL, bare(models=frozenset({"toll-1"}))),
    ("models: Toll One and spare everywhere", EVERYWHERE, bare(models=frozenset({"toll-1", "spare-2"}))),
    ("model toll-1 spare-2", CHANNEL, bare(models=frozenset({"toll-1", "spare-2"}))),
    ("default model spare", CHANNEL, defaults(model="spare-2")),
    ("default ratio 9:16, seconds 6 and audio on", CHANNEL, defaults(aspect="9:16", seconds=6.0, audio=True)),
    ("default length: half a minute", CHANNEL, defaults(seconds=30.0)),
    ("defaults resolution full hd everywhere", EVERYWHERE, defaults(resolution="1080p")),
    ("default watermark off", CHANNEL, defaults(watermark=False)),
    ("at-once 3", CHANNEL, bare(at_once=3)),
    ("at once 1,000 everywhere", EVERYWHERE, bare(at_once=1000)),
    ("per-minute 4", CHANNEL, bare(per_minute=4)),
    ("confirmers @U2, <@U3|ada> and <@!U4>", CHANNEL, bare(confirmers=frozenset({"U2", "U3", "U4"}))),
    ("approve-above 500", CHANNEL, bare(approve_above=Decimal(500))),
    ("approve above 12.5 credits everywhere", EVERYWHERE, bare(approve_above=Decimal("12.5"))),
    ("approve-above 0", CHANNEL, bare(approve_above=Decimal(0))),
    ("budget workspace 10,000", EVERYWHERE, bare(credits=Decimal(10_000))),
    ("budget 250 everywhere", EVERYWHERE, bare(credits=Decimal(250))),
    ("budget channel 500.25", CHANNEL, bare(credits=Decimal("500.25"))),
    ("budget channel: 0", CHANNEL, bare(credits=Decimal(0))),
    ("budget people 300, @U2 800", EVERYWHERE, bare(person_credits=Decimal(300), people=(("U2", Decimal(800)),))),
    ("zone europe/berlin", EVERYWHERE, bare(zone="Europe/Berlin")),
    ("time zone New York", EVERYWHERE, bare(zone="America/New_York")),
]


async def test_a_line_decides_exactly_that_for_exactly_that_place(stage):
    """Said to the bot without a slash, each in a workspace of its own; said again it is so already."""
    for number, (line, place, policy) in enumerate(GOOD):
        space = f"w{number}"
        card = await said(stage, f"admin {line}", space)
        assert (card.tone, card.title) == (Tone.done, f"Decided for {PLACES[place]}"), (line, card.text)
        assert "holds from now on" in card.text
        assert await policies(stage, space) == {place: policy}, line
        lines = await audited(stage, space)
        assert [(where, what) for where, what, *_ in lines] == [(place, field.name) for field in card.fields], line
        again = await said(stage, f"admin {line}", space)
        assert again.title == f"It was so already for {PLACES[place]}", line
        assert await audited(stage, space) == lines


BACK = [
    ("models all", "models toll-1", "Models"),
    ("default none", "default ratio 1:1", "Default ratio"),
    ("default seconds none", "default seconds 6", "Default length"),
    ("at-once none", "at-once 3", "Films of one person at once"),
    ("per-minute none", "per-minute 3", "Films of one person a minute"),
    ("confirmers none", "confirmers @U2", "May decide for others"),
    ("approve-above none", "approve-above 5", "A second person agrees above"),
    ("budget workspace none", "budget workspace 5", "Budget of the workspace"),
    ("budget channel none", "budget channel 5", "Budget of the channel"),
    ("budget people none", "budget people 5", "Budget of each person"),
    ("budget @U2 none", "budget @U2 5", "Budget of U2"),
    ("zone none", "zone Asia/Tokyo", "Months begin in"),
]


async def test_what_was_decided_can_be_taken_back(stage):
    for number, (back, line, what) in enumerate(BACK):
        space = f"w{number}"
        await said(stage, f"/admin {line}", space)
        card = await said(stage, f"/admin {back}", space)
        assert [(field.name, " → " in field.value) for field in card.fields] == [(what, True)], back
        assert list((await policies(stage, space)).values()) == [bare()], back
        (_, _, was, now), (_, _, before, after) = await audited(stage, space)
        assert (was, after) == ("", "")
        assert now == before != ""


BAD = [
    ("models tol-1", "no model called 'tol-1'. Did you mean toll-1"),
    ("models none", "admin models all"),
    ("models", "No model is named"),
    ("default speed 3", "'speed 3' is no default"),
    ("default ratio 99:1", "no wider than 4:1"),
    ("default seconds 0", "more than 0 and at most 3600"),
    ("default seconds 1e999", "'1e999' is not understood"),
    ("default resolution 8000p", "such as 720p"),
    ("default audio loud", "“on” or “off”"),
    ("default model", "What is the default model to be"),
    ("at-once 0", "from 1 to 1000"),
    ("at-once 1001", "'1001' is no number of films of one person at once"),
    ("at-once -3", "'-3' is no number"),
    ("at-once ٣", "whole number from 1 to 1000"),
    ("per-minute 2.5", "whole number"),
    ("per-minute " + "9" * 300, "whole number"),
    ("confirmers", "Nobody is named"),
    ("confirmers @ada!", "'@ada!' cannot be found as a person here"),
    ("confirmers <@U2> <!channel>", "cannot be found as a person"),
    ("approve-above NaN", "'NaN' is no amount of credits"),
    ("approve-above 1e999", "'1e999' is no amount"),
    ("approve-above 12.345", "at most 2 decimals"),
    ("approve-above 12,50", "'12,50' is no amount"),
    ("approve-above -1", "from 0 to 1,000,000,000"),
    ("approve-above 1000000001", "from 0 to 1,000,000,000"),
    ("approve-above ５００", "'５００' is no amount"),
    ("approve-above \u202e005", "'\\u202e005' is no amount"),
    ("budget 500", "Whose budget is '500'"),
    ("budget", "admin budget workspace 10000"),
    ("budget channel 500 everywhere", "decided for a channel alone"),
    ("budget people 300 here", "decided for the whole workspace alone"),
    ("budget @U2 Infinity", "'Infinity' is no amount"),
    ("budget the moon 5", "'the moon' cannot be found as a person"),
    ("zone Berln", "Did you mean Europe/Berlin"),
    ("zone ../../etc/passwd", "is no time zone"),
    ("zone localtime", "is no time zone"),
    ("zone Factory", "is no time zone"),
    ("zone Asia/Tokyo here", "decided for the whole workspace alone"),
    ("log 0", "from 1 to 9999"),
    ("off tomorrow", "'tomorrow' is no place"),
    ("dance", "There is no 'admin dance'"),
    ("modles toll-1", "Did you mean “admin models”"),
    ("models " + "x" * 3000, "at most 2,000"),
]


async def test_a_line_that_cannot_be_meant_changes_nothing_and_says_what_is_wrong(stage):
    for line, say in BAD:
        card = await stage.say(f"/admin {line}")
        assert (card.tone, say in card.text) == (Tone.problem, True), (line[:60], card.text)
        assert "\u202e" not in card.text, line
        assert len(card.text) < 400, line
    assert await policies(stage) == {}
    assert await audited(stage) == []


def test_it_is_heard_without_a_slash_and_a_story_about_an_admin_is_none():
    for line in (
        "admin",
        "admin off",
        "Admin models kling-3, wan-3",
        "admin budget @ada 800",
        "admin log 2",
        "admin who",
    ):
        assert parse(line).verb == "admin", line
    for story in (
        "admin offices at night",
        "Admin on a break dances on the roof",
        "the admin logs off",
        "admin who sings",
    ):
        assert parse(story).verb is None, story


async def test_somebody_who_is_no_admin_is_told_who_is_and_changes_nothing(stage):
    card = await stage.say("/admin off", author=OTHER)
    assert (card.title, card.tone) == ("That did not work", Tone.problem)
    assert card.text.startswith("Only an admin decides that. Admins are")
    assert "operator of Clapper lists" in card.text
    for line in ("/admin", "/admin log", "/admin who"):
        assert (await stage.say(line, author=OTHER)).text == card.text
    assert await policies(stage) == {}


async def test_whom_the_operator_lists_is_an_admin_whatever_the_chat_says_and_even_when_it_is_away(stage):
    stage.house = replace(stage.house, rules=replace(stage.house.rules, admins=frozenset({"board:U2", "slack:U1"})))
    stage.board.mood = "down"
    assert (await stage.say("/admin off", author=OTHER)).tone is Tone.done
    told = await stage.say("/admin who", author=OTHER)
    assert [field.value for field in told.fields] == [
        "an admin: the operator lists you",
        "those whom the chat itself calls so",
        "U2",
    ]
    away = await stage.say("/admin on", author=ASKER)
    assert away.text == "The chat does not say just now who is an admin here. Try again in a minute."
    assert list((await policies(stage)).values()) == [bare(on=False)]


async def test_nobody_else_sees_what_an_admin_asks_decides_or_is_refused(stage):
    """As a command and as a message, in the channel where everybody reads along."""
    for number, (who, line) in enumerate(((ASKER, "admin"), (ASKER, "admin at-once 2"), (OTHER, "admin off"))):
        await hear(Message(f"m{number}", HERE, who, line), stage.house)
        await hear(Command(f"c{number}", HERE, who, "admin", line.removeprefix("admin")), stage.house)
    await stage.show()
    assert len(stage.board.private) == 6
    assert stage.board.private.keys() == stage.board.posts.keys()
    assert {stage.board.private[reply_id(f"m{n}")].id for n in (0, 1)} == {ASKER.id}


async def test_the_card_says_what_holds_and_who_decided_it(stage):
    """The operator's, the workspace's and the channel's; of two limits the stricter."""
    stage.house = replace(stage.house, rules=replace(stage.house.rules, at_once=9, per_minute=2))
    for line in ("at-once 5 everywhere", "at-once 3", "per-minute 8", "models spare-2 everywhere", "budget @U2 800"):
        await stage.say(f"/admin {line}")
    for card in (await stage.say("/admin"), await stage.say("settings")):
        told = {field.name: field.value for field in card.fields}
        assert told["Films of one person at once"] == "3 (this channel's)"
        assert told["Films of one person a minute"] == "2 (the operator's)"
        assert "(the workspace's)" in told["Models"]
    assert {field.name: field.value for field in (await stage.say("/admin")).fields}["Budget of U2"] == (
        "800 credits a month (the workspace's)"
    )


async def test_what_something_stricter_makes_moot_is_saved_and_said(stage):
    """The operator's, the workspace's, or what this channel has of its own."""
    stage.house = replace(stage.house, rules=replace(stage.house.rules, at_once=2, person_credits=Decimal(50)))
    said = {
        "at-once 5": "Films of one person at once: saved, but the operator is stricter, so this holds: 2.",
        "budget @U2 800": "Budget of U2: saved, but the operator is stricter, so this holds: 50 credits a month.",
        "models toll-1": "To have it in the whole workspace, say the same with “everywhere” at the end.",
        "models spare-2 everywhere": "Models: this channel has its own decision, which holds here: none.",
        "models all": "Models: it is left to the whole workspace, so this holds: spare-2.",
        "default model toll-1": "The default model, toll-1, is not one of those that are allowed here, so another is taken.",
    }
    for line, note in said.items():
        assert (await stage.say(f"/admin {line}")).notes[0] == note, line
    await stage.say("/admin off everywhere")
    assert (await stage.say("/admin on")).notes[
        0
    ] == "Films: saved, but the whole workspace is stricter, so this holds: off."
    assert (await policies(stage))[CHANNEL].at_once == 5


async def test_the_log_is_shown_newest_first_page_by_page_with_names_that_steer_nothing(stage):
    stage.board.admins.add("U9")
    evil = Person(HERE.platform, HERE.workspace, "U9", "\u202eEve\x1b[31m <b>")
    for number in range(1, 13):
        await stage.say(f"/admin at-once {number}", author=evil if number == 12 else ASKER)
    first, second = await stage.say("/admin log"), await stage.say("/admin log 2")
    assert first.fields[0].value == "Eve <b> in this channel: Films of one person at once, 11 → 12"
    assert [len(card.fields) for card in (first, second)] == [10, 2]
    assert second.fields[-1].value == "Asker in this channel: Films of one person at once, not decided → 1"
    assert (await stage.say("/admin log 3")).title == "The log has no page 3"


async def test_help_tells_admins_of_it_and_nobody_else(stage):
    assert ", settings, admin (off here | models kling-3, " in (await stage.say("help")).text
    assert "admin" not in str(await stage.say("help", author=OTHER)).replace("Clapper", "")


async def shown(stage, who=ASKER) -> tuple[str, Card]:
    stage.asked += 1
    key = f"card-{stage.asked}"
    await hear(Command(key, HERE, who, "admin", ""), stage.house)
    return await look(stage, reply_id(key))


async def look(stage, id) -> tuple[str, Card]:
    posting = await stage.house.storage.cards.get(id)
    assert posting is not None
    assert posting.card is not None
    return id, posting.card


async def test_a_button_does_what_it_says_and_the_card_shows_it(stage):
    id, card = await shown(stage)
    assert [button.label for button in card.buttons] == ["Off here", "Budgets", "Log"]
    await stage.press(id, Action.admin, item="off here")
    assert (await policies(stage))[CHANNEL].on is False
    _, card = await look(stage, id)
    assert (card.buttons[0].label, card.notes[0], card.job) == ("On here", "Films: on → off", id)
    await stage.press(id, Action.admin, item="on here")
    await stage.press(id, Action.admin, item="log")
    assert (await look(stage, id))[1].title == "What admins decided, page 1"


async def test_where_nobody_reads_along_the_card_speaks_of_the_workspace_as_its_lines_do(stage):
    card = (await answer("", replace(HERE, channel=""), ASKER, stage.house)).card
    assert (card.text, card.notes[0][:47]) == ("Films are on here.", "What is said here holds for the whole workspace")
    assert (card.buttons[0].label, card.buttons[0].item) == ("Off everywhere", "off everywhere")
    assert "the whole workspace" in (card.buttons[0].confirm or "")


async def test_the_card_tells_what_can_be_said_in_short_notes_one_for_each_group(stage):
    _, card = await shown(stage)
    assert [note.partition(":")[0] for note in card.notes[1:]] == [
        *("Films", "Where nothing is said", "Each person", "A second person", "Budgets", "What was decided"),
    ]
    assert max(map(len, card.notes)) < 160
    assert card.notes[1] == "Films: admin on | off · admin models kling-3, wan-3 | all"


async def test_settings_tell_a_person_their_own_budget_and_the_others_everybodys(stage):
    await stage.say("/admin budget people 300, @U1 800")
    mine, others = [{field.name: field.value for field in (await stage.say("settings", author=who)).fields} for who in (ASKER, OTHER)]  # fmt: skip
    assert (mine["Your budget"], "Budget of each person" in mine) == ("800 credits a month (the workspace's)", False)
    assert (others["Budget of each person"], "Your budget" in others) == (
        "300 credits a month (the workspace's)",
        False,
    )


async def test_what_nobody_had_decided_was_what_the_wider_place_has(stage):
    await said(stage, "admin at-once 5 everywhere", "w1")
    assert (await said(stage, "admin at-once 3", "w1")).fields[0].value == "5 → 3"


async def test_a_form_changes_only_what_was_changed_in_it(stage):
    """What another admin decided meanwhile stays, though the form still shows what was before."""
    await stage.say("/admin budget people 300")
    id, card = await shown(stage)
    offered = {field.name: field.value for field in card.buttons[1].form}
    assert offered == {"workspace": "", "channel": "", "people": "300"}
    await stage.say("/admin budget people 100")
    await stage.press(
        id, Action.admin, json.dumps(offered | {"workspace": "9000", "channel": " 12.50 "}), item="budget"
    )
    assert await policies(stage) == {
        EVERYWHERE: bare(credits=Decimal(9000), person_credits=Decimal(100)),
        CHANNEL: bare(credits=Decimal("12.50")),
    }
    with pytest.raises(BadRequest, match="Nothing was filled in"):
        await stage.press(id, Action.admin, "{}", item="budget")
    with pytest.raises(BadRequest, match="'1e9' is no amount"):
        await stage.press(id, Action.admin, json.dumps({"people": "1e9"}), item="budget")


async def test_a_press_counts_for_who_is_an_admin_now_on_a_card_of_their_own(stage):
    """Not for one who was, nor on another's card or for another channel, nor for words that no button of it has."""
    id, _ = await shown(stage)
    stage.board.admins.add(OTHER.id)
    for who, item, card in ((OTHER, "off here", id), (ASKER, "budget workspace 0", id), (ASKER, "off here", "S-NOTHERE")):  # fmt: skip
        with pytest.raises(BadRequest, match="not yours, or too old"):
            await stage.press(card, Action.admin, who=who, item=item)
    with pytest.raises(BadRequest, match="not yours, or too old"):
        await press(Press("p0", replace(HERE, channel="other"), ASKER, Action.admin, id, item="off here"), stage.house)
    stage.board.admins.clear()
    with pytest.raises(NotAllowed, match="Only an admin"):
        await stage.press(id, Action.admin, item="off here")
    assert await policies(stage) == {}


async def test_a_press_that_comes_once_more_undoes_nothing(stage):
    id, _ = await shown(stage)
    once = Press("p1", HERE, ASKER, Action.admin, id, item="off here")
    await press(once, stage.house)
    await stage.say("/admin on")
    await press(once, stage.house)
    assert (await policies(stage))[CHANNEL].on is True


async def test_two_admins_at_the_same_moment_lose_nothing(stage):
    await asyncio.gather(stage.say("/admin at-once 3"), stage.say("/admin per-minute 4"))
    assert await policies(stage) == {CHANNEL: bare(at_once=3, per_minute=4)}
    assert len(await audited(stage)) == 2


async def test_a_line_that_decides_for_both_places_is_done_whole_or_not_at_all(stage):
    line = "budget workspace 9000, channel 500"
    with pytest.raises(BadRequest, match="Which channel is meant"):
        await answer(line, replace(HERE, channel=""), ASKER, stage.house)
    assert (await policies(stage), await audited(stage)) == ({}, [])
    await answer(line, HERE, ASKER, stage.house)
    assert await policies(stage) == {EVERYWHERE: bare(credits=Decimal(9000)), CHANNEL: bare(credits=Decimal(500))}
    assert [line[:2] for line in await audited(stage)] == [("", "Budget of the workspace"), ("films", "Budget of the channel")]  # fmt: skip


@pytest.mark.parametrize(
    ("platform", "line", "found", "how"),
    [
        ("slack", "confirmers @walter", "'@walter'", "mention them in a message to me instead of /clapper"),
        ("slack", "confirmers @WALTER", "'@WALTER'", "mention them in a message to me instead of /clapper"),
        ("slack", "budget @Ada Lovelace 800", "'@Ada Lovelace'", "member ID, such as U024BE7LH"),
        ("discord", "confirmers @ada", "'@ada'", "mention them in /clapper admin"),
    ],
)
def test_a_name_as_it_was_typed_is_refused_with_what_works_in_that_chat(stage, platform, line, found, how):
    with pytest.raises(BadRequest) as refused:
        read(line, Known(stage.house.catalogue, stage.clock.now().date(), platform))
    assert (found in refused.value.say, how in refused.value.say) == (True, True)


def test_people_are_meant_by_mention_or_by_the_id_that_the_chat_writes(stage):
    known = Known(stage.house.catalogue, stage.clock.now().date(), "slack")
    [one] = read("confirmers <@U024BE7LH|ada> @W012A3CDE <@UABCDEFGH> slack:U1", known)
    assert one.value == frozenset({"U024BE7LH", "W012A3CDE", "UABCDEFGH", "U1"})


async def test_a_policy_holds_so_many_budgets_of_single_people(stage):
    people = tuple((f"U{number}", Decimal(1)) for number in range(1000, 1500))
    full = Policy(platform="board", workspace="team", version=1, people=people)
    await stage.house.storage.policies.change(full, [])
    assert "500 people have a budget of their own already" in (await stage.say("/admin budget @U2 800")).text
    assert (await stage.say("/admin budget @U1000 800")).tone is Tone.done
    await stage.say("/admin budget @U1001 none")
    assert (await stage.say("/admin budget @U2 800")).tone is Tone.done


async def test_where_nobody_reads_along_the_whole_workspace_is_meant(stage):
    board = Board(alone=True, admins={ASKER.id})
    stage.house = replace(stage.house, platforms={"board": board})
    await stage.say("/admin off")
    assert await policies(stage) == {EVERYWHERE: bare(on=False)}
