"""Films on the Drive: shown, renamed, shared, thrown away and taken back, by buttons and by words."""

import json
from dataclasses import replace

import pytest

from bot.domain.card import Action, FieldKind
from bot.domain.chat import Conversation, Message, Press
from bot.domain.drive import TRASH_LIFETIME
from bot.domain.errors import BadRequest, NotAllowed, OverBudget
from bot.domain.job import State, reply_id
from bot.flows.hear import hear
from bot.flows.press import press
from tests.flows.filmed import card_of, film, fresh, the_same_bytes
from tests.houses import ASKER, HERE, OTHER

MINE = "board-team/people/U1/"


def facts(card):
    return {field.name: field.value for field in card.fields}


def names(card):
    return [field.name.partition(". ")[2] for field in card.fields]


async def test_a_film_has_a_card_with_all_there_is_to_know_and_to_do(stage):
    """It plays; its prompt, model, seed, size and path; what can follow it; and for its owner Rename and Delete."""
    clip = await film(stage)
    card = await stage.say("show 1")
    assert (card.title, card.text) == ("fox.mp4", "A fox crosses the frozen lake")
    assert [media.key for media in card.media] == [clip.key]
    assert facts(card) == {
        "Film": "promo/fox.mp4",
        "Model": "Toll One",
        "Length": "5 s",
        "Size": f"1280 × 720, {clip.bytes} bytes",
        "Seed": "7",
        "Made": "20 Nov 2026, 12:00 UTC by Asker",
        "Id": clip.id,
        "Job": clip.job,
    }
    actions = [button.action for button in card.buttons]
    assert actions[-2:] == [Action.rename, Action.delete]
    assert {Action.again, Action.continue_, Action.save, Action.add_to_merge} < set(actions)
    assert all(button.item == clip.id for button in card.buttons)
    rename, delete = card.buttons[-2:]
    assert [(one.name, one.kind, one.value) for one in rename.form] == [("path", FieldKind.line, "promo/fox.mp4")]
    assert delete.confirm
    other = await stage.say("show promo/fox.mp4", OTHER)
    assert other.title == "That did not work"  # that is a path of their own Drive
    theirs = await stage.say(f"show {clip.id}", OTHER)
    assert not {Action.rename, Action.delete, Action.save} & {button.action for button in theirs.buttons}


async def test_a_button_of_the_list_shows_the_film_to_who_may_see_it(stage):
    """To all where the list and the film are for all; a film made elsewhere to the presser alone; a forged one to nobody."""
    here = await film(stage)
    away = Conversation("board", "team", "elsewhere")
    await hear(Message("w", away, ASKER, "A secret launch --out launch"), stage.house)
    [job] = await stage.house.storage.jobs.find(conversation=away)
    await stage.press(job.id, "confirm")
    await stage.run()
    secret = (await stage.job(job.id)).result.clips[0]
    listing = await stage.say("library")
    for number, clip, to in ((1, here, None), (2, secret, ASKER)):
        await press(Press(f"p{number}", HERE, ASKER, "film", listing.job, item=clip.id), stage.house)
        posting = await stage.house.storage.cards.get(reply_id(f"p{number}"))
        assert (posting.to, posting.card.title, posting.card.job) == (to, clip.name, posting.id)
    for item in (secret.id, "", "NOTTHERE"):
        with pytest.raises(BadRequest, match="not here any more"):
            await stage.press(listing.job, "film", item=item, who=OTHER)


async def test_renaming_moves_the_bytes_and_every_card_follows(stage):
    """By the form of the film's card; the job's card shows the new path, and the old name is free."""
    clip = await film(stage)
    shown, second = await stage.say("show 1"), await stage.say("show last")
    before = await stage.job(clip.job)
    await stage.press(shown.job, "rename", json.dumps({"path": "teasers/Füchse"}), item=clip.id)
    now = await fresh(stage, clip)
    assert (now.drive_path, now.key) == ("teasers/Füchse.mp4", f"{MINE}teasers/Füchse.mp4")
    assert stage.shelf.kept.keys() & {clip.key, now.key} == {now.key}
    assert await the_same_bytes(stage, now)
    assert (await card_of(stage, shown.job)).title == "Now teasers/Füchse.mp4"
    assert (await card_of(stage, second.job)).title == "Füchse.mp4"
    await stage.show()
    job = await stage.job(clip.job)
    told = stage.board.posts[job.card_id][-1]
    assert facts(told)["Film"].startswith("teasers/Füchse.mp4 · ")
    assert facts(told)["Took"] == facts(stage.board.posts[job.card_id][-2])["Took"]
    assert told.media[0].key == now.key
    assert (job.version, job.state) == (before.version + 1, State.complete)
    assert (await film(stage, "promo/fox")).drive_path == "promo/fox.mp4"


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ("rename 1 to heron", "promo/heron.mp4"),
        ("rename promo/fox to heron", "promo/heron.mp4"),
        ("rename last to a/heron.mov", "a/heron.mov"),
        ('rename 1 to "My Heron"', "promo/My Heron.mp4"),
        ("move 1 to birds/", "birds/fox.mp4"),
        ("move 1 to /space", "/space/fox.mp4"),
        ("move promo/fox.mp4 to birds/heron", "birds/heron.mp4"),
        ("rename 1 to notes.jpg", "promo/notes.jpg.mp4"),
        ("/move 1 to ../../../etc/passwd", "etc/passwd.mp4"),
    ],
)
async def test_films_are_renamed_and_moved_by_words(stage, said, path):
    """A new name stays in its folder; a path begins at the top, and a folder keeps the name."""
    clip = await film(stage)
    await stage.say("library")
    card = await stage.say(said)
    now = await fresh(stage, clip)
    assert (now.drive_path, card.title.partition(" ")[0]) == (path, "Saved" if now.shared else "Now")
    assert await the_same_bytes(stage, now)
    assert bool(card.notes) is (".." in said)


async def test_nothing_is_overwritten_and_what_was_changed_about_a_name_is_said(stage):
    """A number is added; names that some disks take for one are not taken either."""
    taken, clip = await film(stage, "heron"), await film(stage)
    shown = await stage.say(f"show {clip.id}")
    await stage.press(shown.job, "rename", '{"path": "her?n"}', item=clip.id)
    assert (await card_of(stage, shown.job)).notes == ("Named her-n.mp4: “?” cannot be in a name.",)
    await stage.press(shown.job, "rename", '{"path": "heron.mp4"}', item=clip.id)
    card = await card_of(stage, shown.job)
    assert (card.title, card.notes) == (
        "Now heron-2.mp4",
        ("heron.mp4 was there already, and nothing is ever overwritten.",),
    )
    await stage.press(shown.job, "rename", '{"path": "HERON-2.mp4"}', item=clip.id)
    assert (await fresh(stage, clip)).drive_path == "HERON-2-2.mp4"
    assert (await fresh(stage, taken)).drive_path == "heron.mp4"
    stage.shelf.kept[f"{MINE}by-hand.mp4"] = b"put there by hand"
    await stage.press(shown.job, "rename", '{"path": "by-hand"}', item=clip.id)
    assert (await fresh(stage, clip)).drive_path == "by-hand-2.mp4"
    assert stage.shelf.kept[f"{MINE}by-hand.mp4"] == b"put there by hand"
    for path in ("", " / ", ".."):
        with pytest.raises(BadRequest, match="needs a name"):
            await stage.press(shown.job, "rename", json.dumps({"path": path}), item=clip.id)


async def test_saving_puts_a_film_into_the_space_and_keeps_it(stage):
    """Under the same path; a temporary one is temporary no more; others see it everywhere; twice is no harm."""
    clip = await film(stage, more="--temporary")
    await press(Press("save-1", HERE, ASKER, "save", clip.job, item=clip.id), stage.house)
    told = await stage.house.storage.cards.get(reply_id("save-1"))
    assert (told.card.title, told.to) == ("Saved as /space/promo/fox.mp4", ASKER)
    assert told.card.notes == ("It was temporary; from now on it stays.",)
    for key in ("save-1", "save-2"):
        await press(Press(key, HERE, ASKER, "save", clip.job, item=clip.id), stage.house)
    now = await fresh(stage, clip)
    assert (now.drive_path, now.key, now.expires_at) == ("/space/promo/fox.mp4", "board-team/space/promo/fox.mp4", None)
    assert await the_same_bytes(stage, now)
    await hear(Message("elsewhere", Conversation("board", "team", "other"), OTHER, "library"), stage.house)
    assert names(await card_of(stage, reply_id("elsewhere"))) == ["/space/promo/fox.mp4"]


async def test_a_full_drive_takes_no_more(stage):
    """The sentence says so, and the film stays where it is."""
    clip = await film(stage)
    stage.house = replace(stage.house, rules=replace(stage.house.rules, workspace_bytes=10))
    with pytest.raises(OverBudget, match="is full"):
        await stage.press(clip.job, "save", item=clip.id)
    assert await fresh(stage, clip) == clip


async def test_only_the_owner_or_an_approver_changes_a_film(stage):
    """Whoever else sees it is told so; who does not see it learns nothing."""
    clip, away = await film(stage), Conversation("board", "team", "elsewhere")
    for action in ("rename", "delete", "save"):
        with pytest.raises(NotAllowed, match="Asker's film"):
            await stage.press(clip.job, action, '{"path": "mine"}', item=clip.id, who=OTHER)
        with pytest.raises(BadRequest, match="not here any more"):
            await press(Press("p", away, OTHER, action, clip.job, '{"path": "x"}', item=clip.id), stage.house)
        stranger = replace(OTHER, workspace="rivals")
        with pytest.raises(BadRequest, match="not here any more"):
            await press(Press("p", away, stranger, action, clip.job, '{"path": "x"}', item=clip.id), stage.house)
    assert "Asker's film" in (await stage.say(f"delete {clip.id}", OTHER)).text
    assert await fresh(stage, clip) == clip
    stage.house = replace(stage.house, rules=replace(stage.house.rules, approvers=frozenset({"board:U2"})))
    await stage.press(clip.job, "delete", item=clip.id, who=OTHER)
    assert (await fresh(stage, clip)).trashed_at is not None
    await stage.press(clip.job, "restore", item=clip.id, who=OTHER)
    assert (await fresh(stage, clip)).trashed_at is None


async def test_what_is_deleted_is_gone_at_once_and_comes_back_with_its_name(stage):
    """From the library, from references and from numbers; its name stays its own; its card and its job's card say so."""
    clip = await film(stage)
    await stage.say("library")
    card = await stage.say("delete 1")
    assert card.title == "fox.mp4 is in the trash"
    assert [button.action for button in card.buttons] == [Action.restore]
    assert facts(card)["Kept"].startswith("in the trash until 12:0")
    assert (await stage.say("library")).title == "The library is empty"
    for word in ("1", "last", clip.id, "promo/fox.mp4"):
        assert (await stage.say(f"show {word}")).title == "That did not work"
    for source in ("drive:promo/fox.mp4", clip.id):
        asked = await stage.ask(f"Like {source}, a heron flies")
        assert any("in the trash" in problem for problem in asked.problems), source
    await stage.show()
    told = stage.board.posts[(await stage.job(clip.job)).card_id][-1]
    assert (told.media, "in the trash until" in facts(told)["Film"]) == ((), True)
    assert clip.key in stage.shelf.kept
    assert (await film(stage)).drive_path == "promo/fox-2.mp4"
    trash = await stage.say("trash")
    assert names(trash) == ["promo/fox.mp4"]
    assert [(one.action, one.item) for one in trash.buttons] == [(Action.restore, clip.id)]
    await stage.press(trash.job, "restore", item=clip.id)
    now = await fresh(stage, clip)
    assert (now.trashed_at, now.drive_path, await the_same_bytes(stage, now)) == (None, "promo/fox.mp4", True)
    assert (await card_of(stage, trash.job)).title == "The trash is empty"
    assert (await stage.say("show promo/fox.mp4")).title == "fox.mp4"


async def test_the_trash_is_each_persons_own_and_over_after_a_day(stage):
    """Nobody else sees or restores it; afterwards not even its owner, though it was not swept yet."""
    clip = await film(stage)
    await stage.say(f"delete {clip.id}")
    assert (await stage.say("trash", OTHER)).title == "The trash is empty"
    with pytest.raises(BadRequest, match="not here any more"):
        await stage.press(clip.job, "restore", item=clip.id, who=OTHER)
    assert "in the trash. Restore it first" in (await stage.say(f"rename {clip.id} to x")).text
    await stage.say("trash")
    assert (await stage.say("restore 1")).title == "fox.mp4 is back"
    await stage.say(f"delete {clip.id}")
    stage.clock.forward(TRASH_LIFETIME.total_seconds())
    with pytest.raises(BadRequest, match="not here any more"):
        await stage.press(clip.job, "restore", item=clip.id)


async def test_a_number_deletes_only_what_a_list_showed(stage):
    """Without a list it could be any film."""
    clip = await film(stage)
    assert "“library” numbers them; a path or an id" in (await stage.say("delete 1")).text
    elsewhere = replace(HERE, channel="C9", thread="")
    await hear(Message("e9", elsewhere, ASKER, "show last"), stage.house)
    said = (await stage.house.storage.cards.get(reply_id("e9"))).card
    assert said.text.startswith("No film was made in this conversation")
    assert (await fresh(stage, clip)).trashed_at is None
    await stage.say("library")
    assert not (await stage.say("drive")).buttons  # a list of folders: the numbers above still mean what they meant
    assert (await stage.say("show 1")).title == clip.name
    assert "Say which film" in (await stage.say("delete")).text
    assert "Say which film and where to" in (await stage.say("/rename 1")).text


async def test_a_film_that_is_renamed_or_shared_is_found_as_a_reference(stage):
    """By its new path, its id and as the last film; by its old path no more."""
    clip = await film(stage)
    await stage.say(f"rename {clip.id} to heron")
    for source in ("drive:promo/heron.mp4", clip.id, "the last video"):
        job = await stage.ask(
            f"Like {source}, a heron flies" if "last" not in source else "extend the last video, snow falls"
        )
        [reference] = job.request.references
        assert (reference.media is not None, reference.problems) == (True, ()), source
    gone = await stage.ask("Like drive:promo/fox.mp4, a heron flies")
    assert any("no file 'promo/fox.mp4' on the Drive" in problem for problem in gone.problems)


async def test_the_drive_is_listed_folder_by_folder(stage):
    """Folders first, with how many films they hold; the space beside one's own; what is in the trash is not there."""
    for path in ("fox", "promo/a", "promo/b", "promo/deep/c", "/space/shared"):
        clip = await film(stage, path)
    await film(stage, "others", OTHER)
    await stage.say(f"delete {(await stage.house.storage.clips.at(f'{MINE}promo/b.mp4')).id}")
    top = await stage.say("drive")
    assert top.title == "Your Drive: 1 film, 1 folder"
    assert [(field.name, field.value) for field in top.fields[:2]] == [
        ("promo/", "2 films"),
        ("/space/", "1 film of this workspace"),
    ]
    assert names(top)[2:] == ["fox.mp4"]
    promo = await stage.say("drive promo/")
    assert (promo.title, promo.fields[0].name, names(promo)[1:]) == (
        "Your Drive, promo/: 1 film, 1 folder",
        "promo/deep/",
        ["promo/a.mp4"],
    )
    assert promo.notes == ("“drive promo/deep/” looks into a folder.",)
    space = await stage.say("drive /space/", OTHER)
    assert (space.title, [button.item for button in space.buttons]) == ("The space: 1 film", [clip.id])
    assert space.notes == ("“show 1” or a button shows a film.",)
    assert (await stage.say("drive nothing/")).title == "Nothing lies in nothing/"


async def test_a_film_renamed_or_thrown_away_before_the_chat_has_it_ends_its_job_all_the_same(stage):
    """It is in the library as soon as it is home: what is brought to the chat is the film as it is by then."""
    for words, uploaded in (("rename {} to heron", "heron.mp4"), ("delete {}", None)):
        job = await stage.ask("A fox crosses the frozen lake --out promo/fox")
        await stage.press(job.id, "confirm")
        stage.board.mood = "down"
        for _ in range(4):
            await stage.tick()
            stage.clock.forward(1)
        clip = (await stage.job(job.id)).result.clips[0]
        assert (await stage.job(job.id)).state is State.finalizing
        await stage.say(words.format(clip.id))
        stage.board.mood = "well"
        await stage.run()
        assert (await stage.job(job.id)).state is State.complete
        film = stage.board.uploads.pop(clip.id, None)
        assert (film and film.name) == uploaded
        assert film is None or film.key in stage.shelf.kept


async def test_the_price_says_how_a_path_was_made_safe_before_anybody_confirms(stage):
    """And so does what comes of it; a path that is safe needs no words."""
    job = await stage.ask('A fox --out "../../promo/fox: take?"')
    await stage.show()
    card = stage.board.posts[job.card_id][-1]
    said = "Saved as promo/fox- take-.mp4: “:” and “?” cannot be in a name. “..” leads nowhere here: a path stays on its Drive."
    assert said in card.notes
    assert facts(card)["Save as"] == "promo/fox- take-.mp4"
    await stage.press(job.id, "confirm")
    await stage.run()
    done = stage.board.posts[job.card_id][-1]
    assert (await stage.job(job.id)).result.clips[0].drive_path == "promo/fox- take-.mp4"
    assert said in done.notes
    picture = await stage.ask("A fox --out promo/fox.jpg")
    await stage.press(picture.id, "confirm")
    await stage.run()
    assert (await stage.job(picture.id)).result.clips[0].drive_path == "promo/fox.jpg.mp4"
    assert (await stage.say("show promo/fox.jpg")).title == "fox.jpg.mp4"
    plain = await stage.ask("A fox --out promo/ok")
    await stage.show()
    assert not any("Saved as" in note for note in stage.board.posts[plain.card_id][-1].notes)
