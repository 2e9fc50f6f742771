"""Edit: the same job and card, a changed wish, a new price; what was there is kept."""

import json
from dataclasses import replace

import pytest

from bot.domain.card import Action, FieldKind
from bot.domain.chat import Attachment, Message
from bot.domain.errors import BadRequest
from bot.domain.job import State, job_id
from bot.domain.request import Origin
from bot.flows.hear import hear
from bot.flows.show import card_of
from tests.houses import ASKER, HERE, TOLL


def form_of(card):
    return {field.name: field.value for field in fields_of(card)}


def fields_of(card):
    [edit] = [button for button in card.buttons if button.action is Action.edit]
    return edit.form


async def shown(stage, job):
    await stage.show()
    return stage.board.posts[job.card_id][-1]


async def test_the_form_offers_what_the_card_says(stage):
    """Prompt, model, length, ratio, resolution, sound and count, as they stand."""
    job = await stage.ask("A fox crosses the frozen lake --seconds 8 --ar 9:16")
    assert form_of(await shown(stage, job)) == {
        "prompt": "A fox crosses the frozen lake",
        "model": "toll-1",
        "seconds": "8",
        "aspect": "9:16",
        "resolution": "720p",
        "audio": "no",
        "count": "1",
    }


async def test_a_filled_form_changes_only_what_was_touched(stage):
    """A default that nobody touched stays a default; the price follows."""
    job = await stage.ask()
    form = form_of(await shown(stage, job))
    await stage.press(job.id, "edit", json.dumps(form | {"seconds": "10", "audio": "yes"}))
    edited = await stage.job(job.id)
    chosen = edited.choice.settings
    assert (chosen.seconds.value, chosen.seconds.origin) == (10, Origin.said)
    assert (chosen.audio.value, chosen.resolution.origin is Origin.said) == (True, False)
    assert edited.quote.credits == 100
    assert (edited.id, edited.state) == (job.id, State.awaiting_confirmation)
    card = await shown(stage, job)
    assert card.title == "Make this film? 100.00 credits"
    assert stage.board.times_posted == {job.card_id: 1}


async def test_a_whole_message_is_an_edit_too(stage):
    """Plain text is read by the one grammar."""
    job = await stage.ask()
    await stage.press(job.id, "edit", "A heron lands on the pier, 12 seconds")
    edited = await stage.job(job.id)
    assert (edited.request.prompt, edited.choice.settings.seconds.value) == ("A heron lands on the pier", 12)


async def test_what_makes_no_sense_in_a_form_is_told_and_blocks_the_confirm(stage):
    """The card names it; Confirm is not there; a further Edit mends it."""
    job = await stage.ask()
    await stage.press(job.id, "edit", json.dumps({"seconds": "eleventy"}))
    card = await shown(stage, job)
    assert card.title == "This needs a change first"
    assert "eleventy" in " ".join(card.notes)
    assert [button.label for button in card.buttons] == ["Edit", "Cancel"]
    with pytest.raises(BadRequest, match="cannot be made as it is"):
        await stage.press(job.id, "confirm")
    await stage.press(job.id, "edit", json.dumps({"seconds": "9"}))
    assert (await shown(stage, job)).title == "Make this film? 90.00 credits"


async def test_an_edit_without_a_word_loses_nothing(stage):
    """A card of an older Clapper, or one that was forged, may have an Edit without a form."""
    job = await stage.ask()
    with pytest.raises(BadRequest, match="nothing was changed"):
        await stage.press(job.id, "edit", "  ")
    assert await stage.job(job.id) == job


async def test_a_confirmed_job_cannot_be_edited(stage):
    """What was confirmed is what is made."""
    job = await stage.ask()
    await stage.press(job.id, "confirm")
    with pytest.raises(BadRequest, match="past changing"):
        await stage.press(job.id, "edit", "Something else")


async def test_a_choice_in_the_form_is_one_of_its_options(stage):
    """What is selected can be selected."""
    job = await stage.ask()
    for field in fields_of(await shown(stage, job)):
        if field.kind is FieldKind.choice:
            assert field.value in {value for value, _ in field.options}, field.name


async def test_a_model_that_cannot_be_chosen_any_more_is_still_an_option_of_its_form(stage):
    """It stands first, so that the form can show what there is."""
    job = await stage.ask()
    catalogue = stage.house.catalogue
    stage.house = replace(
        stage.house, catalogue=replace(catalogue, models=(replace(TOLL, id="toll-2", title="Toll Two"),))
    )
    model = next(field for field in fields_of(await card_of(job, stage.house)) if field.name == "model")
    assert (model.value, model.options) == ("toll-1", (("toll-1", "Toll One"), ("toll-2", "Toll Two")))


async def test_a_form_reads_the_prompt_anew_only_where_it_was_changed(stage):
    """What was story stays story; a prompt may name files wherever they came from; a movement taken out of it is gone."""
    stage.shelf.kept["board-team/people/U1/fox.mp4"] = b"a film"
    job = await stage.ask('--prompt "After 8 seconds @Video1 [Pan left] goes" --video drive:fox.mp4')
    await stage.press(job.id, "edit", json.dumps({"prompt": job.request.prompt, "count": "2"}))
    edited = await stage.job(job.id)
    assert (edited.request.prompt, edited.request.settings.seconds) == (job.request.prompt, None)
    assert edited.request.settings.camera is not None
    await stage.press(job.id, "edit", json.dumps({"prompt": "In the style of @Video1, 8 seconds"}))
    edited = await stage.job(job.id)
    assert edited.request.prompt == "In the style of @Video1"
    assert (edited.request.settings.seconds.value, edited.request.settings.camera) == (8, None)
    assert not any("is named" in problem for problem in edited.problems)
    assert [one.source.value for one in edited.request.references] == ["fox.mp4"]


async def test_a_contact_sheet_that_cannot_be_drawn_loses_no_wish(stage):
    """It is a courtesy; the price stands without it."""

    async def broken(stills, into):
        raise RuntimeError("no room to draw")

    stage.house.media.sheet = broken
    stage.board.attachments["a"] = b"\xff\xd8picture"
    message = Message("m-sheet", HERE, ASKER, "A fox", (Attachment("a", "fox.mp4", "video/mp4"),))
    await hear(message, stage.house)
    job = await stage.job(job_id("m-sheet"))
    assert (job.state, job.sheet) == (State.awaiting_confirmation, "")
