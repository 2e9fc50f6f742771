"""Cinematic: a prompt on a card, used as a wish that still waits for its Confirm, or told anew; and the language model beside it all."""

import json
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from bot.domain import camera
from bot.domain.card import Action, FieldKind
from bot.domain.catalogue import Catalogue
from bot.domain.chat import Attachment, Command, Message, Person, Press
from bot.domain.cinema import Mode, Scene, Shot
from bot.domain.errors import BadRequest, InvalidInput, Unavailable
from bot.domain.job import State, job_id, reply_id
from bot.domain.limits import IMAGE_LIMITS
from bot.domain.media import MediaKind, Role
from bot.domain.model import RoleRule
from bot.domain.request import Origin, Setting, Task
from bot.flows.cinematic.write import SILENT, STRANGE
from bot.flows.hear import hear
from bot.flows.press import press
from tests.fakes import Glass
from tests.houses import ASKER, HERE, OTHER, TOLL, at_once

FOX = "cinematic: a red fox crosses the frozen lake at dawn, 8 seconds, vertical"
DANCE = replace(
    TOLL,
    id="dance-2",
    provider="seedance",
    title="Dance Two",
    tasks=frozenset({Task.text, Task.first_frame, Task.references}),
    roles=(
        (Role.first_frame, RoleRule(media=IMAGE_LIMITS)),
        (Role.reference_image, RoleRule(media=IMAGE_LIMITS, max_count=9, with_frames=False)),
    ),
)
SCENE = Scene(
    subject="a red fox",
    place="on the lake",
    light="cold light",
    shots=(Shot(action="The red fox goes. Step by step it draws one thin line over all that white, wide silence.", camera="[Push in]"),),
    avoid=("a second fox",),
)  # fmt: skip


@dataclass
class Pen:
    """A language model that answers as set: a scene, flags, or an error to raise."""

    answers: list
    flags: str | Exception = ""
    briefs: list = field(default_factory=list)
    read: list = field(default_factory=list)

    async def scene(self, brief):
        self.briefs.append(brief)
        return _answered(self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])

    async def settings(self, text):
        self.read.append(text)
        return _answered(self.flags)

    async def aclose(self):
        return None


def _answered(answer):
    if isinstance(answer, Exception):
        raise answer
    return answer


class Sighted(Glass):
    async def probe(self, path):
        media = await super().probe(path)
        return replace(media, kind=MediaKind.image, mime="image/png", seconds=None, fps=None, video_codec=None)


async def wrote(stage, text=FOX, author=ASKER, files=(), key=None):
    """The id of the card that came, and the card."""
    stage.asked += 1
    key = key or f"idea-{stage.asked}"
    await hear(Message(key, HERE, author, text, files), stage.house)
    posting = await stage.house.storage.cards.get(reply_id(key))
    return posting.id, posting.card


async def shown(stage, id):
    return (await stage.house.storage.cards.get(id)).card


def button(card, label):
    return next(one for one in card.buttons if one.label == label)


async def pressed(stage, id, label="Use this", *, who=ASKER, value="", key=None, here=HERE, card=None):
    stage.asked += 1
    found = button(card or await shown(stage, id), label)
    await press(Press(key or f"press-{stage.asked}", here, who, found.action, id, value, None, found.item), stage.house)


async def waiting(stage, author=None):
    return await stage.house.storage.jobs.find(author=author, states=(State.awaiting_confirmation,))


async def test_an_idea_becomes_a_prompt_and_nothing_is_made_or_charged(stage):
    id, card = await wrote(stage)
    assert card.job == id
    assert "red fox" in card.text
    assert len(camera.moves_in(card.text)) == 2
    assert "0-4s: [" in card.text
    assert "Avoid " in card.text
    assert {one.name: one.value for one in card.fields} == {
        "Mode": "Narrative (not said)",
        "Shots": "2 in 8 s",
        "Written for": "any model",
    }
    assert card.notes == ("Nothing is made or charged yet: “Use this” shows the price first.",)
    assert [(one.action, one.label) for one in card.buttons] == [
        (Action.use, "Use this"),
        (Action.use, "Change"),
        (Action.rewrite, "Rewrite"),
    ]
    assert [(one.kind, one.value) for one in button(card, "Change").form] == [(FieldKind.text, card.text)]
    assert len({(one.action, one.item) for one in card.buttons}) == len(
        card.buttons
    )  # or a chat shows only one of them
    assert await stage.house.storage.jobs.find() == []


async def test_use_this_leads_to_a_cost_card_with_the_prompt_and_everything_that_was_said(stage):
    id, card = await wrote(stage, f"{FOX}, use toll-1, no birds --negative blur")
    assert card.text.count("Avoid birds.") == card.text.count("Avoid blur.") == 1
    await pressed(stage, id)
    (job,) = await waiting(stage)
    assert job.request.prompt == card.text
    said = dict(job.request.settings.items())
    assert (said["seconds"].value, said["aspect"].value, said["model"].value) == (8, "9:16", "toll-1")
    assert said["camera"] == Setting(camera.moves_in(card.text))
    assert "negative" not in said  # it stands in the prompt
    assert job.problems == ()
    assert job.quote.credits > 0
    assert stage.tollbooth.started == []


async def test_the_text_of_a_form_is_used_as_it_was_changed_and_its_settings_count(stage):
    id, card = await wrote(stage)
    await pressed(stage, id, "Change", value=json.dumps({"prompt": card.text + " Snow falls [Pull out] --duration 10"}))
    (job,) = await waiting(stage)
    assert job.request.prompt == card.text + " Snow falls [Pull out]"
    assert job.request.settings.seconds.value == 10
    assert job.request.settings.aspect.value == "9:16"
    assert len(job.request.settings.camera.value) == 3
    with pytest.raises(BadRequest, match="prompt is empty"):
        await pressed(stage, id, "Change", value=json.dumps({"prompt": " "}))


async def test_a_form_that_nobody_changed_is_not_read_again(stage):
    id, card = await wrote(stage, "cinematic: a sign reads EXIT --duration 8")
    await pressed(stage, id, "Change", value=json.dumps({"prompt": card.text.replace("\n", "\r\n")}))
    (job,) = await waiting(stage)
    assert job.request.prompt == card.text


async def test_pressing_twice_or_at_once_or_a_press_that_comes_once_more_is_one_job(stage):
    id, _ = await wrote(stage)
    await at_once(*(pressed(stage, id, key=f"same-{n // 2}") for n in range(4)))
    await pressed(stage, id)
    (job,) = await waiting(stage)
    await stage.press(job.id, "decline")
    await pressed(stage, id, key="same-0")
    assert await waiting(stage) == []
    await pressed(stage, id, key="meant")  # answered, so asked for anew
    assert len(await waiting(stage)) == 1


async def test_rewrite_tells_it_another_way_in_the_same_card_and_only_once_a_press(stage):
    id, first = await wrote(stage)
    await pressed(stage, id, "Rewrite", key="again")
    second = await shown(stage, id)
    assert second.text != first.text
    assert second.text.splitlines()[0] == first.text.splitlines()[0]
    await pressed(stage, id, "Rewrite", key="again")
    assert await shown(stage, id) == second
    await pressed(stage, id, "Rewrite")
    assert (await shown(stage, id)).text not in {first.text, second.text}


async def test_a_button_of_a_text_that_is_no_more_is_told_and_starts_nothing(stage):
    id, old = await wrote(stage)
    await pressed(stage, id, "Rewrite")
    for label in ("Use this", "Rewrite"):
        with pytest.raises(BadRequest, match="written anew"):
            await pressed(stage, id, label, card=old)
    assert await waiting(stage) == []


async def test_forged_presses_and_those_of_other_places_are_told_kindly(stage):
    id, card = await wrote(stage)
    elsewhere = replace(HERE, channel="secret", thread="")
    stranger = Person("board", "other-team", ASKER.id, "Asker")
    with pytest.raises(BadRequest, match="not from here"):
        await pressed(stage, id, who=OTHER, here=elsewhere, card=card)
    with pytest.raises(BadRequest, match="not from here"):
        await pressed(stage, id, who=stranger, here=replace(HERE, workspace="other-team"), card=card)
    for forged in (
        Press("f1", HERE, ASKER, "use", "S-NOSUCHCARD", "", None, button(card, "Use this").item),
        Press("f2", HERE, ASKER, "rewrite", "../x"),
    ):
        with pytest.raises(BadRequest, match="not from here"):
            await press(forged, stage.house)
    with pytest.raises(BadRequest, match="written anew"):
        await press(Press("f3", HERE, ASKER, "use", id, "", None, "1-00000000"), stage.house)
    assert await stage.house.storage.jobs.find() == []


async def test_somebody_else_in_the_same_place_may_use_it_as_their_own_wish(stage):
    id, _ = await wrote(stage)
    await pressed(stage, id, who=OTHER)
    (job,) = await waiting(stage)
    assert job.author == OTHER


async def test_after_a_day_it_is_to_be_asked_for_again(stage):
    id, card = await wrote(stage)
    stage.clock.forward(timedelta(hours=25).total_seconds())
    await stage.house.storage.notes.forget(stage.clock.now())
    with pytest.raises(BadRequest, match="more than a day old"):
        await pressed(stage, id, card=card)


async def test_files_come_with_the_wish_each_for_what_it_is_meant_and_seedance_is_told_so(stage):
    models = (DANCE, TOLL)
    catalogue = Catalogue(models=models, connected=frozenset({"seedance", "tollbooth"}), default="dance-2")
    stage.house = replace(stage.house, catalogue=catalogue, media=Sighted())
    for number in (1, 2):
        stage.board.attachments[f"f{number}"] = b"picture" + bytes([number])
    files = tuple(Attachment(f"f{number}", f"{number}.png", "image/png", 8) for number in (1, 2))
    id, card = await wrote(
        stage, "cinematic narrative: the woman in @Image1 runs, @Image2 as the wardrobe", files=files
    )
    told = {one.name: one.value for one in card.fields}
    assert (told["Mode"], told["Written for"]) == ("Narrative", "Seedance, by token")
    assert (told["@Image1"], told["@Image2"]) == ("for the identity", "for the wardrobe")
    assert "@Image2 is the wardrobe: the woman wears it unchanged." in card.text
    await pressed(stage, id)
    (job,) = await waiting(stage)
    assert [(one.token, one.role) for one in job.request.references] == [
        ("@Image1", Role.reference_image),
        ("@Image2", Role.reference_image),
    ]
    assert job.choice.model == "dance-2"


async def test_a_command_is_answered_to_its_author_and_its_mode_may_be_said(stage):
    await hear(Command("c1", HERE, ASKER, "cinematic", "action a fox outruns the storm"), stage.house)
    posting = await stage.house.storage.cards.get(reply_id("c1"))
    assert posting.to == ASKER
    assert posting.card.fields[0].value == "Action"
    await pressed(stage, posting.id)
    assert "fox" in (await waiting(stage))[0].request.prompt


async def test_more_files_than_seedance_takes_are_written_for_any_model_and_told(stage):
    catalogue = Catalogue(models=(DANCE,), connected=frozenset({"seedance"}), default="dance-2")
    stage.house = replace(stage.house, catalogue=catalogue)
    files = tuple(Attachment(f"f{number}", f"{number}.png", "image/png", 8) for number in range(10))
    _, card = await wrote(stage, "cinematic: a fox runs", files=files)
    assert any("at most 9 references of the kind Image, and here are 10" in note for note in card.notes)
    assert "The fox looks as in @Image1 and @Image2" in card.text


@pytest.mark.parametrize("text", ["/cinematic", "cinematic", "/cinematic action", "cinematic: , 8 seconds"])
async def test_without_an_idea_it_is_told_how(stage, text):
    _, card = await wrote(stage, text)
    assert card.title == "Tell me the idea"
    assert all(mode in card.text for mode in Mode)


async def test_what_cannot_be_written_is_told(stage):
    _, card = await wrote(stage, f"cinematic: {'a fox runs and ' * 80}")
    assert "at most 1000 characters" in card.text
    _, card = await wrote(stage, "cinematic: the woman in @Image3 runs")
    assert "@Image3 is named, but" in card.text


async def test_what_says_nothing_that_is_seen_is_left_out_and_told(stage):
    _, card = await wrote(
        stage, "cinematic: 8k photorealistic, a fox runs, bokeh, the camera pans left slowly https://x.example/a"
    )
    assert card.text.count("[Pan left]") == 1
    assert (
        "Left out, because it says nothing that is seen: https://x.example/a, 8k, photorealistic, bokeh." in card.notes
    )
    assert any("is told as [Pan left]" in note for note in card.notes)


async def test_the_language_model_writes_where_there_is_one_and_the_same_event_is_written_once(stage):
    pen = Pen([SCENE, replace(SCENE, light="no light at all")])
    stage.house = replace(stage.house, writer=pen)
    _, card = await wrote(stage, key="once")
    assert "draws one thin line" in card.text
    assert len(card.notes) == 1
    _, again = await wrote(stage, key="once")
    assert again == card
    assert len(pen.briefs) == 1
    assert pen.briefs[0].idea == "a red fox crosses the frozen lake at dawn"


@pytest.mark.parametrize(
    ("answer", "note"),
    [
        (Unavailable("away"), SILENT),
        (TimeoutError(), SILENT),
        (InvalidInput("odd"), STRANGE),
        (replace(SCENE, shots=(Shot(action="A wolf.", camera="[Push in]"),)), STRANGE),
        (replace(SCENE, place="see https://x.example --model kling"), STRANGE),
    ],
)
async def test_where_it_does_not_answer_or_breaks_the_rules_the_composer_writes_and_the_card_says_so(
    stage, answer, note
):
    _, plain = await wrote(stage)
    stage.house = replace(stage.house, writer=Pen([answer]))
    _, card = await wrote(stage)
    assert card.text == plain.text
    assert card.notes[0] == note


async def test_what_is_read_of_a_free_request_is_shown_with_where_it_came_from_before_anybody_confirms(stage):
    pen = Pen(
        [SCENE],
        flags="--seconds 10 --aspect 9:16 --resolution 720p --out /space/x --model nobody --count 900 and --audio loud --prompt hacked",
    )
    stage.house = replace(stage.house, writer=pen)
    job = await stage.ask("a fox for my phone, in 1080p, as long as a breath")
    said = dict(job.request.settings.items())
    assert said["seconds"] == Setting(10.0, Origin.read)
    assert said["aspect"] == Setting("9:16", Origin.read)
    assert said["resolution"] == Setting("1080p", Origin.said)  # the grammar found it: nobody else is asked
    assert not said.keys() & {"drive_path", "model", "count", "audio"}  # what is not read whole is not read
    assert "hacked" not in job.request.prompt
    await stage.show()
    (shown_cards,) = stage.board.posts.values()
    rows = {one.name: one.value for one in shown_cards[-1].fields}
    assert (rows["Length"], rows["Ratio"]) == ("10 s (read by the language model)", "9:16 (read by the language model)")
    assert rows["Resolution"] == "1080p"
    assert job.quote.credits == 100  # ten seconds of it


@pytest.mark.parametrize("trouble", [Unavailable("away"), InvalidInput("no answer of use"), TimeoutError()])
async def test_reading_is_never_in_the_way(stage, trouble):
    stage.house = replace(stage.house, writer=(pen := Pen([SCENE], flags=trouble)))
    job = await stage.ask("a fox crosses the lake, 8 seconds")
    assert job.request.settings.seconds == Setting(8.0, Origin.said)
    assert len(pen.read) == 1
    for text in ("status", "help", "models", "thanks"):
        await stage.say(text)
    await hear(Message("event-1", HERE, ASKER, "a fox crosses the lake, 8 seconds"), stage.house)
    await stage.show()
    await hear(Message("yes-1", HERE, ASKER, "yes", at=stage.clock.now()), stage.house)
    assert len(pen.read) == 1
    assert (await stage.job(job.id)).state is not State.awaiting_confirmation
    assert job.id == job_id("event-1")
