"""A merge put together with buttons: nothing pressed is lost, nothing stale or forged counts, and nothing starts before Merge."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.card import MAX_ITEM, Action, FieldKind
from bot.domain.chat import Command, Message, Press
from bot.domain.errors import BadRequest, NotAllowed
from bot.domain.job import State, card_id, reply_id
from bot.domain.join import Fill, Format, Join
from bot.flows.hear import hear
from bot.flows.press import press
from tests.flows.merging import names, shelved, told
from tests.houses import ASKER, HERE, OTHER, at_once

THERE = replace(HERE, thread="thread-2")


async def pressed(stage, action, item="", job="J-ANYTHING", *, who=ASKER, place=HERE, revision=None, key="", value=""):
    stage.asked += 1
    await press(Press(key or f"press-{stage.asked}", place, who, action, job, value, revision, item), stage.house)


async def add(stage, clip, **more):
    await pressed(stage, Action.add_to_merge, clip.id, **more)


async def drafts(stage, author=ASKER):
    return await stage.house.storage.jobs.find(author=author, states=(State.awaiting_confirmation,))


async def only_draft(stage):
    (draft,) = await drafts(stage)
    return draft


async def card(stage, job):
    await stage.show()
    return stage.board.posts[card_id(job.id)][-1]


def actions(card):
    return [(button.action, button.item) for button in card.buttons]


async def test_a_film_that_nobody_named_is_called_by_what_it_shows(stage):
    (clip, other) = await shelved(stage, "a.mp4", "b.mp4")
    await stage.house.storage.clips.change(clip.change(drive_path=f"videos/{clip.id}.mp4", prompt="A fox on the ice"))
    await add(stage, other)
    first = await card(stage, await only_draft(stage))
    assert "Add A fox on the ice" in [button.label for button in first.buttons]
    await add(stage, clip)
    assert (await card(stage, await only_draft(stage))).fields[1].value.startswith("A fox on the ice · ")


async def test_where_others_read_along_only_films_that_they_see_too_are_offered(stage):
    (secret, shared, brief, here) = [
        (await shelved(stage, name, **changes))[0]
        for name, changes in (
            ("secret.mp4", {"channel": "elsewhere"}),
            ("/space/shared.mp4", {"channel": "elsewhere"}),
            ("brief.mp4", {"expires_at": stage.clock.now() + timedelta(hours=1)}),
            ("here.mp4", {}),
        )
    ]
    await add(stage, here)
    draft = await only_draft(stage)
    offered = repr(await card(stage, draft))
    assert [one.id in offered for one in (secret, shared, brief, here)] == [False, True, False, True]
    assert "secret" not in offered
    stage.board.alone = True
    await add(stage, shared)
    offered = repr(await card(stage, await only_draft(stage)))
    assert all(one.id in offered for one in (secret, shared, brief, here))


async def test_films_are_gathered_ordered_and_merged_with_buttons(stage):
    clips = await shelved(stage, "a.mp4", "b.mp4", "c.mp4", "d.mp4")
    await add(stage, clips[0])
    first = await card(stage, await only_draft(stage))
    assert Action.confirm not in {button.action for button in first.buttons}
    assert first.notes == ("A merge takes at least 2 films; one is chosen. Add another.",)
    offered = [item for action, item in actions(first) if action is Action.add_to_merge]
    assert offered == [clips[3].id, clips[2].id, clips[1].id]

    await add(stage, clips[1])
    await add(stage, clips[2])
    draft = await only_draft(stage)
    shown = await card(stage, draft)
    assert (shown.title, shown.job, shown.revision) == ("Merge these 3 films?", draft.id, draft.version)
    assert shown.text.startswith("15 s in all. They look alike")
    assert [row.value for row in shown.fields][:3] == [f"{name}.mp4 · 5 s · 1280 × 720" for name in "abc"]
    assert shown.media[0].alt == "The films in their order: 1 a.mp4, 2 b.mp4, 3 c.mp4"
    assert all(len(button.item) <= MAX_ITEM for button in shown.buttons)
    assert (Action.up, "1") not in actions(shown)
    assert (Action.down, "3") not in actions(shown)

    await pressed(stage, Action.up, "3", draft.id, revision=shown.revision)
    assert names(await only_draft(stage)) == ["a.mp4", "c.mp4", "b.mp4"]
    await pressed(stage, Action.down, "1", draft.id)
    await pressed(stage, Action.leave_out, "3", draft.id)
    assert names(await only_draft(stage)) == ["c.mp4", "a.mp4"]

    await stage.press(draft.id, Action.confirm)
    await stage.run()
    done = await stage.job(draft.id)
    assert done.state is State.complete
    assert done.result is not None
    assert done.result.clips[0].prompt == "Merged from c.mp4, a.mp4"
    assert await stage.house.storage.ledger.of_job(draft.id) == []


async def test_presses_at_the_same_moment_lose_nothing(stage):
    """Three films put in at once, where no draft is yet, are all in one draft."""
    clips = await shelved(stage, "a.mp4", "b.mp4", "c.mp4")
    assert await at_once(*(add(stage, clip) for clip in clips)) == [None, None, None]
    draft = await only_draft(stage)
    assert sorted(names(draft)) == ["a.mp4", "b.mp4", "c.mp4"]
    assert draft.version == 3


async def test_a_press_delivered_twice_counts_once(stage):
    clips = await shelved(stage, "a.mp4", "b.mp4")
    for _ in range(2):
        await add(stage, clips[0], key="first")
    await add(stage, clips[1])
    draft = await only_draft(stage)
    for _ in range(2):
        await pressed(stage, Action.down, "1", draft.id, key="down", revision=draft.version)
    assert names(await only_draft(stage)) == ["b.mp4", "a.mp4"]


async def test_a_stale_or_forged_press_is_told_and_changes_nothing(stage):
    clips = await shelved(stage, "a.mp4", "b.mp4", "c.mp4")
    (private,) = await shelved(stage, "secret.mp4", owner=OTHER, channel="den")
    (old,) = await shelved(stage, "old.mp4", trashed_at=stage.clock.now())
    for clip in clips:
        await add(stage, clip)
    draft = await only_draft(stage)
    await pressed(stage, Action.leave_out, "1", draft.id, revision=draft.version)
    stale = [
        pressed(stage, Action.leave_out, "1", draft.id, revision=draft.version),
        *(pressed(stage, Action.up, item, draft.id) for item in ("0", "3", "-1", "", "²", "1; drop", "9" * 30)),
        pressed(stage, Action.up, "2", "J-NOWHERE"),
        add(stage, private),
        add(stage, old),
        add(stage, replace(clips[0], id="V-NOTHING")),
        pressed(stage, Action.up, "2", draft.id, place=replace(HERE, workspace="another")),
    ]
    for one in stale:
        with pytest.raises(BadRequest):
            await one
    with pytest.raises(NotAllowed):
        await pressed(stage, Action.leave_out, "1", draft.id, who=OTHER)
    with pytest.raises(BadRequest, match="changed after that card"):
        await stage.press(draft.id, Action.confirm, revision=draft.version)
    assert names(await only_draft(stage)) == ["b.mp4", "c.mp4"]


async def test_a_full_merge_takes_no_sixth_film_and_none_twice(stage):
    clips = await shelved(stage, "a.mp4", "b.mp4", "c.mp4", "d.mp4", "e.mp4", "f.mp4")
    for clip in clips[:5]:
        await add(stage, clip)
    with pytest.raises(BadRequest, match=r"takes at most 5 films, and this one has 5\. Leave one out"):
        await add(stage, clips[5])
    with pytest.raises(BadRequest, match=r"b\.mp4 is film 2 of this merge already"):
        await add(stage, clips[1])
    shown = await card(stage, await only_draft(stage))
    assert len(shown.buttons) == 1 + 13 + 2


async def test_the_form_puts_films_in_any_order_and_says_how(stage):
    clips = await shelved(stage, "a.mp4", "b.mp4", "c.mp4")
    (private,) = await shelved(stage, "secret.mp4", owner=OTHER, channel="den")
    await add(stage, clips[0])
    draft = await only_draft(stage)
    (edit,) = [button for button in (await card(stage, draft)).buttons if button.action is Action.edit]
    order = edit.form[0]
    assert (order.kind, order.value) == (FieldKind.order, clips[0].id)
    assert [value for value, _ in order.options] == [clips[0].id, clips[2].id, clips[1].id]
    assert {field.name for field in edit.form} == {"films", "format", "fill", "fade", "path"}

    filled = {"films": f"{clips[2].id} {clips[0].id} {clips[2].id}", "format": "square", "fill": "crop", "fade": "0,5", "path": "x/y"}  # fmt: skip
    await stage.press(draft.id, Action.edit, json.dumps(filled))
    changed = await only_draft(stage)
    assert names(changed) == ["c.mp4", "a.mp4", "c.mp4"]
    assert changed.request.join == Join(format=Format.square, fill=Fill.crop, fade_seconds=0.5)
    shown = await card(stage, changed)
    assert shown.text.startswith("14 s in all. They will be encoded anew")
    assert {"Format", "Other shapes", "Cross-fade", "Save as"} <= {row.name for row in shown.fields}

    for wrong in ({"films": private.id}, {"films": "V-NOTHING"}, {"films": f"{clips[0].id} " * 6}, {"fade": "3"}, {"fade": "nan"}, {"format": "round"}):  # fmt: skip
        with pytest.raises(BadRequest):
            await stage.press(draft.id, Action.edit, json.dumps({**filled, **wrong}))
    for wrong, say in (
        ({"fade": "slow"}, "0 for cuts, not 'slow'"),
        ({"format": "round"}, "no format 'round'; there are auto, "),
    ):
        with pytest.raises(BadRequest, match=say):
            await stage.press(draft.id, Action.edit, json.dumps({**filled, **wrong}))
    await stage.press(draft.id, Action.edit, "2 1 as portrait")
    assert names(await only_draft(stage)) == ["b.mp4", "c.mp4"]
    assert (await only_draft(stage)).request.join == Join(format=Format.portrait, fill=Fill.crop, fade_seconds=0.5)


async def test_merge_alone_offers_the_newest_films_and_takes_a_waiting_draft_along(stage):
    clips = await shelved(stage, "a.mp4", "b.mp4")
    assert await told(stage, "merge") is None
    empty = await only_draft(stage)
    shown = await card(stage, empty)
    assert shown.title == "A merge is being put together"
    added = [button for button in shown.buttons if button.action is Action.add_to_merge]
    assert [(button.label, button.item) for button in added] == [("Add b.mp4", clips[1].id), ("Add a.mp4", clips[0].id)]
    await add(stage, clips[1], job=empty.id)

    assert await told(stage, "merge a.mp4 as square", place=THERE) is None
    moved = await only_draft(stage)
    assert (moved.conversation, names(moved)) == (THERE, ["b.mp4", "a.mp4"])
    assert moved.request.join == Join(format=Format.square)
    assert "Its films went on in a newer card." in (await card(stage, empty)).notes
    command = Command("command-1", THERE, ASKER, "merge", "")
    for _ in range(2):
        await hear(command, stage.house)
    assert names(await only_draft(stage)) == ["b.mp4", "a.mp4"]


async def test_a_film_added_from_another_thread_goes_into_the_same_draft_and_says_so(stage):
    clips = await shelved(stage, "a.mp4", "b.mp4")
    await add(stage, clips[0])
    await add(stage, clips[1], place=THERE, key="there")
    assert names(await only_draft(stage)) == ["a.mp4", "b.mp4"]
    posting = await stage.house.storage.cards.get(reply_id("there"))
    assert posting is not None
    assert posting.card is not None
    assert (posting.to, posting.conversation) == (ASKER, THERE)
    assert posting.card.text.startswith("It has 2 films now.")
    await add(stage, (await shelved(stage, "/space/c.mp4"))[0], who=OTHER)
    assert names((await drafts(stage, OTHER))[0]) == ["c.mp4"]


async def test_a_typed_yes_merges_and_what_nobody_answers_is_put_away(stage):
    clips = await shelved(stage, "a.mp4", "b.mp4")
    for clip in clips:
        await add(stage, clip)
    first = await only_draft(stage)
    await stage.show()
    stage.clock.forward(1)
    stage.asked += 1
    await hear(Message("yes-1", HERE, ASKER, "yes", at=stage.clock.now()), stage.house)
    assert (await stage.job(first.id)).state is State.queued

    await add(stage, clips[0])
    second = await only_draft(stage)
    assert second.id != first.id
    with pytest.raises(BadRequest, match="at least 2 films; one is chosen"):
        await stage.press(second.id, Action.confirm)
    stage.clock.forward(stage.house.rules.confirm_seconds + 1)
    with pytest.raises(BadRequest, match="not being put together any more"):
        await pressed(stage, Action.leave_out, "1", second.id)
    await stage.run()
    assert (await stage.job(second.id)).state is State.expired
    assert (await card(stage, second)).title == "This merge was put away"
    assert (await stage.job(first.id)).state is State.complete
