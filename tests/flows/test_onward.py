"""From a film to the next wish: each button leads to a cost card of the presser's own, and to nothing that nobody confirmed."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.card import Action
from bot.domain.catalogue import Catalogue
from bot.domain.chat import Attachment, Message, Person, Press
from bot.domain.errors import BadRequest
from bot.domain.job import Parent, Result, State, job_id
from bot.domain.join import Join
from bot.domain.limits import IMAGE_LIMITS, VIDEO_LIMITS
from bot.domain.media import MediaKind, Role
from bot.domain.model import RoleRule
from bot.domain.request import Setting, Settings, Task, VideoRequest
from bot.domain.rules import Rules
from bot.flows.begin import begun, film, referred
from bot.flows.hear import hear
from bot.flows.press import press
from bot.flows.show.films import film_buttons, offers
from tests.fakes import Crash, Glass
from tests.houses import ASKER, HERE, OTHER, TOLL, at_once
from tests.stored import NOON, a_choice, a_clip, a_job

FORMED = {Action.variation, Action.extend, Action.reference}
ELSEWHERE = replace(HERE, channel="other-films", thread="")
STRANGER = Person("board", "other-team", "U1", "Asker")
REEL = replace(
    TOLL,
    id="reel-1",
    title="Reel One",
    tasks=frozenset({Task.text, Task.first_frame, Task.references, Task.extend}),
    roles=(
        (Role.first_frame, RoleRule(media=IMAGE_LIMITS)),
        (Role.reference_image, RoleRule(media=IMAGE_LIMITS, max_count=4, with_frames=False)),
        (Role.reference_video, RoleRule(media=VIDEO_LIMITS, max_count=3, with_frames=False)),
    ),
    honours=frozenset({"seed"}),
)
STILL = replace(
    REEL, id="still-1", title="Still One", tasks=frozenset({Task.text, Task.references}), roles=REEL.roles[1:2]
)
WORDS = replace(TOLL, id="words-1", title="Words One", tasks=frozenset({Task.text}), roles=())


class Sighted(Glass):
    """Sees that a picture is one."""

    async def probe(self, path):
        media = await super().probe(path)
        if b"film" in path.read_bytes()[:4]:
            return media
        return replace(media, kind=MediaKind.image, mime="image/png", seconds=None, fps=None, video_codec=None)


@pytest.fixture
def stage(stage):
    models = (REEL, TOLL, STILL, WORDS)
    catalogue = Catalogue(models=models, connected=frozenset({"tollbooth"}), default="reel-1")
    stage.house = replace(stage.house, catalogue=catalogue, media=Sighted())
    return stage


async def filmed(
    stage, text="A fox crosses the frozen lake --out promo/intro --duration 8", author=ASKER, files=(), here=HERE
):
    """The job of a film that is made."""
    stage.asked += 1
    key = f"wish-{stage.asked}"
    await hear(Message(key, here, author, text, files), stage.house)
    job = await stage.job(job_id(key))
    await stage.press(job.id, "confirm", who=author)
    await stage.run()
    done = await stage.job(job.id)
    assert done.state is State.complete, (done.problems, done.failure)
    return done


async def pressed(stage, action, item, *, value="", who=ASKER, here=HERE, key="", card="S-OLD"):
    """The jobs that wait after a press, the newest first."""
    stage.asked += 1
    await press(Press(key or f"press-{stage.asked}", here, who, action, card, value, None, item), stage.house)
    return await waiting(stage)


async def waiting(stage):
    return await stage.house.storage.jobs.find(states=(State.awaiting_confirmation,), batch=None)


async def card(stage, job):
    await stage.show()
    return stage.board.posts[job.card_id][-1]


def said(card):
    return {field.name: field.value for field in card.fields}


@pytest.mark.parametrize(
    ("action", "told", "prompt"),
    [
        ("again", "Again of promo/intro.mp4", "A fox crosses the frozen lake"),
        ("variation", "Variation of promo/intro.mp4", "A heron lands"),
        ("continue", "Continues promo/intro.mp4", "A fox crosses the frozen lake"),
        ("extend", "Extends promo/intro.mp4", "Extend @Video1: A heron lands"),
        ("reference", "With promo/intro.mp4 as a reference", "A heron lands"),
    ],
)
async def test_every_button_leads_to_a_cost_card_that_names_its_parent_and_once_confirmed_to_a_film(
    stage, action, told, prompt
):
    """Whoever pressed it; nothing starts before, and the film that it came from stays as it is."""
    before = (await filmed(stage)).result.clips[0]
    started = len(stage.tollbooth.started)
    value = json.dumps({"prompt": "A heron lands"}) if action in FORMED else ""
    (job,) = await pressed(stage, action, before.id, value=value, who=OTHER)
    shown = await card(stage, job)
    assert shown.title.startswith("Make this film?"), shown.notes
    assert shown.fields[0].value == told
    assert (job.request.prompt, job.choice.model, job.author) == (prompt, "reel-1", OTHER)
    assert len(stage.tollbooth.started) == started
    assert await stage.house.storage.ledger.of_job(job.id) == []
    await stage.press(job.id, "confirm", who=OTHER)
    await stage.run()
    done = await stage.job(job.id)
    assert (done.state, done.parent) == (State.complete, Parent(before.id, "promo/intro.mp4", Action(action)))
    assert said(stage.board.posts[done.card_id][-1])["From"] == told
    assert done.result.clips[0].id != before.id
    assert await stage.house.storage.clips.get(before.id) == before


async def test_a_film_has_the_buttons_that_make_sense_of_it(stage):
    """Extend only where its model can; each names the film, and those with a form offer what the film was made with."""
    job = await filmed(stage)
    shown = await card(stage, job)
    assert [button.label for button in shown.buttons] == [
        *("Again", "Variation", "Continue", "Extend", "Use as reference", "Save to /space", "Add to merge")
    ]
    assert {button.item for button in shown.buttons} == {job.result.clips[0].id}
    forms = {button.action: {field.name: field.value for field in button.form} for button in shown.buttons}
    assert {action for action, form in forms.items() if form} == FORMED
    usual = {"model": "reel-1", "seconds": "8", "aspect": "16:9", "resolution": "720p", "audio": "no", "count": "1"}
    fox = "A fox crosses the frozen lake"
    assert forms[Action.variation] == forms[Action.extend] == {"prompt": fox, **usual}
    assert forms[Action.reference] == {"prompt": "", **usual}
    plain = await card(stage, await filmed(stage, "A fox crosses the lake --model toll-1 --out /space/fox"))
    assert {Action.extend, Action.save}.isdisjoint(button.action for button in plain.buttons)


def test_a_merged_film_is_neither_filmed_again_nor_carried_on_by_a_prompt():
    """There is none. Nor can a film be made again that nobody knows the origin of."""
    around = offers(Catalogue(models=(REEL,), connected=frozenset({"tollbooth"}), default=""), Rules(), NOON.date())
    joined = a_job(request=VideoRequest(prompt="", join=Join()), choice=a_choice("merge", ""))
    for job in (joined, None):
        buttons = film_buttons(a_clip("M-1", model="merge", title="Merge"), job, around)
        assert [button.label for button in buttons] == [
            "Continue",
            "Use as reference",
            "Save to /space",
            "Add to merge",
        ]
        assert buttons[1].form[1].options == (("", "Any that can"), ("reel-1", "Reel One"))
    lost = film_buttons(a_clip("M-1", model="reel-1", drive_path="/space/a.mp4"), None, around)
    assert [button.label for button in lost] == ["Continue", "Extend", "Use as reference", "Add to merge"]


def test_a_model_that_fetches_films_itself_carries_none_on_where_there_is_no_address():
    """With one it does."""
    rule = RoleRule(media=VIDEO_LIMITS, by_link=True)
    linked = replace(REEL, roles=(*REEL.roles[:2], (Role.reference_video, rule)))
    catalogue = Catalogue(models=(linked,), connected=frozenset({"tollbooth"}), default="")
    extending = [offers(catalogue, Rules(public_links=links), NOON.date()).extending for links in (False, True)]
    assert extending == [frozenset(), {"reel-1"}]
    request = VideoRequest(prompt="As in @Video1", references=(film(a_clip("M-1")),))
    given = [referred(request, a_clip("M-1"), linked, Rules(public_links=links)) for links in (False, True)]
    assert [one.references[0].role for one in given] == [Role.reference_image, Role.reference_video]


async def test_again_is_the_same_wish_with_another_seed(stage):
    """Where one was said, or the model takes one; else there is none."""
    made = await filmed(stage, "A fox crosses the lake --seed 40 --duration 8")
    (again,) = await pressed(stage, "again", made.result.clips[0].id)
    assert again.request.settings.seed.value != 40
    assert said(await card(stage, again))["Seed"] == str(again.choice.settings.seed.value)
    assert replace(again.request, settings=replace(again.request.settings, seed=None)) == replace(
        made.request, settings=replace(made.request.settings, seed=None, model=again.request.settings.model)
    )
    plain = await filmed(stage, "A fox crosses the lake --model toll-1")
    newest, _ = await pressed(stage, "again", plain.result.clips[0].id)
    assert newest.request == plain.request


async def test_again_keeps_the_model_whatever_the_default_is_by_now(stage):
    """And says so where that model is gone."""
    made = await filmed(stage)
    stage.house = replace(stage.house, catalogue=replace(stage.house.catalogue, default="toll-1"))
    (again,) = await pressed(stage, "again", made.result.clips[0].id)
    assert again.choice.model == "reel-1"
    retired = replace(REEL, retired_on=stage.clock.now().date(), replaced_by="toll-1")
    stage.house = replace(stage.house, catalogue=replace(stage.house.catalogue, models=(retired, TOLL)))
    newest, _ = await pressed(stage, "again", made.result.clips[0].id, who=OTHER)
    assert newest.choice.model == "toll-1"
    assert "Toll One follows it" in (await card(stage, newest)).notes[0]


async def test_a_variation_changes_what_the_form_changes_and_keeps_the_seed(stage):
    """The very seed that the film was made with; a prompt that nobody touched is not read again."""
    made = await filmed(stage, '--prompt "After 4 seconds the door opens [Pan left]" --audio')
    clip = made.result.clips[0].id
    form = next(button.form for button in (await card(stage, made)).buttons if button.action is Action.variation)
    filled = {field.name: field.value for field in form}
    (job,) = await pressed(stage, "variation", clip, value=json.dumps(filled | {"seconds": "12"}))
    assert (job.request.prompt, job.request.settings.seed.value) == (made.request.prompt, 7)
    chosen = job.choice.settings
    assert (chosen.seconds.value, chosen.audio.value, chosen.seed.value) == (12, True, 7)
    bare, _ = await pressed(stage, "variation", clip)
    assert (bare.request.prompt, bare.choice.settings.seconds.value) == (made.request.prompt, 5)
    other, *_ = await pressed(stage, "variation", clip, value=json.dumps(filled | {"prompt": "The door stays shut"}))
    assert (other.request.prompt, other.choice.settings.camera) == ("The door stays shut", None)
    wrong, *_ = await pressed(stage, "variation", clip, value=json.dumps({"seconds": "eleventy"}))
    assert "eleventy" in " ".join((await card(stage, wrong)).notes)


def test_each_film_of_a_wish_keeps_its_own_seed_and_a_said_one_stays_where_none_is_reported():
    """The films of one wish differ in nothing else."""
    clips = tuple(a_clip(f"M-{number}") for number in (1, 2))
    said = VideoRequest(prompt="a fox", settings=Settings(seed=Setting(40), count=Setting(2)))
    job = a_job(request=said, choice=a_choice("reel-1"))
    results = (None, Result(files=(), clips=clips, seed=50), Result(files=(), clips=clips, seeds=(60, 61)))
    made = [begun(Action.variation, clips[1], replace(job, result=one)).request.settings for one in results]
    assert [(one.seed and one.seed.value, one.count) for one in made] == [(40, None), (51, None), (61, None)]


async def test_continue_begins_where_the_film_ends(stage):
    """With the frame that is there or one cut for it; what does not go beside a first frame is left out and told."""
    stage.board.attachments |= {"a": b"picture of a fox", "b": b"picture of a lake"}
    files = (Attachment("a", "fox.png", "image/png"), Attachment("b", "lake.png", "image/png"))
    made = await filmed(stage, "@Image1 crosses @Image2 --seed 40 --out fox --audio --count 1", files=files)
    (job,) = await pressed(stage, "continue", made.result.clips[0].id)
    (first,) = job.request.references
    assert (first.token, first.role, stage.shelf.kept[first.key]) == ("@Image1", Role.first_frame, b"last frame")
    assert job.request.prompt == "@Image1 crosses @Image1"
    settings = job.request.settings
    assert (settings.seed, settings.drive_path, settings.audio.value) == (None, None, True)
    assert (
        "Without @Image1 (fox.png), @Image2 (lake.png): this film begins with the last frame of fox.mp4."
        in (await card(stage, job)).notes
    )
    words = await filmed(stage, "A fox crosses the lake --model words-1 --last-frame")
    newest, _ = await pressed(stage, "continue", words.result.clips[0].id)
    assert newest.choice.model != "words-1"
    assert "Words One cannot make a film from a first frame." in (await card(stage, newest)).notes[0]


async def test_an_extended_film_can_be_extended_again_and_continued(stage):
    """The words that had the first film carried on are not said twice, nor of a picture."""
    made = await filmed(stage)
    await pressed(stage, "extend", made.result.clips[0].id, value=json.dumps({"prompt": "extend @Video1 it snows"}))
    (job,) = await waiting(stage)
    assert (job.request.prompt, job.request.task) == ("Extend @Video1: it snows", Task.extend)
    edited = json.dumps({"prompt": "Extend @Video1: it rains", "seconds": "10"})
    await stage.press(job.id, "edit", edited)
    await stage.press(job.id, "confirm")
    await stage.run()
    extended = (await stage.job(job.id)).result.clips[0]
    (further,) = await pressed(stage, "extend", extended.id)
    assert further.request.prompt == "Extend @Video1: it rains"
    assert [one.source.value for one in further.request.references] == [extended.id]
    onward, _ = await pressed(stage, "continue", extended.id)
    assert (onward.request.prompt, onward.request.task) == ("it rains", Task.first_frame)


async def test_a_film_is_referred_to_as_the_model_takes_it(stage):
    """Itself, its last frame as a reference, or as the first frame; where none of it is taken the card says what was chosen."""
    clip = (await filmed(stage)).result.clips[0].id
    given = {}
    for model in ("reel-1", "still-1", "toll-1", "words-1"):
        value = json.dumps({"prompt": "As in @Video1, a heron", "model": model, "@Video1": "leave_out"})
        job, *_ = await pressed(stage, "reference", clip, value=value)
        (one,) = job.request.references
        given[model] = job.choice.model, one.token, one.role, job.request.prompt, (await card(stage, job)).notes[0]
    heron, still = "As in @Video1, a heron", "As in @Image1, a heron"
    assert given["reel-1"][:4] == ("reel-1", "@Video1", Role.reference_video, heron)
    assert given["still-1"] == (
        *("still-1", "@Image1", Role.reference_image, still),
        "Still One is not given intro.mp4 itself but its last frame, as the reference image.",
    )
    assert given["toll-1"][:4] == ("toll-1", "@Image1", Role.first_frame, still)
    assert given["words-1"][:4] == ("reel-1", "@Video1", Role.reference_video, heron)
    assert "Words One cannot make a film from references." in given["words-1"][4]


async def test_a_film_that_is_not_there_for_somebody_begins_nothing(stage):
    """Forged ids, other workspaces, private films from elsewhere, the trash, what has passed."""
    private = (await filmed(stage)).result.clips[0]
    passing = (await filmed(stage, "A fox crosses the lake --temporary")).result.clips[0]
    trashed = (await filmed(stage)).result.clips[0].change(trashed_at=stage.clock.now())
    whole = private.job
    await stage.house.storage.clips.change(trashed)
    for item in ("", "J-FORGED", "../../etc", "' OR 1=1 --", "1", "last"):
        for action in (Action.continue_, Action.variation, Action.again):
            with pytest.raises(BadRequest, match="here any more"):
                await pressed(stage, action, item, card="J-NONE")
    for person, place, clip in (
        (STRANGER, replace(HERE, workspace="other-team"), private),
        (OTHER, ELSEWHERE, private),
        (OTHER, HERE, passing),
        (OTHER, HERE, trashed),
    ):
        for action in ("again", "continue", "extend"):
            with pytest.raises(BadRequest, match="not here any more"):
                await pressed(stage, action, clip.id, who=person, here=place)
    for person, place, job in ((STRANGER, HERE, whole), (OTHER, ELSEWHERE, whole), (ASKER, HERE, trashed.job)):
        with pytest.raises(BadRequest, match="None of these films is here any more"):
            await pressed(stage, "again", "", who=person, here=place, card=job)
    with pytest.raises(BadRequest, match=r"in the trash\. Restore it first: “restore "):
        await pressed(stage, "again", trashed.id)
    stage.clock.forward(timedelta(hours=25).total_seconds())
    with pytest.raises(BadRequest, match="not here any more"):
        await pressed(stage, "again", passing.id)
    assert await waiting(stage) == []


async def test_what_a_shared_film_was_made_from_is_not_shared_with_it(stage):
    """Somebody else's files in another channel: the film can be continued, not made again. Words alone can."""
    stage.board.attachments["a"] = b"picture of a secret"
    files = (Attachment("a", "secret.png", "image/png"),)
    made = await filmed(stage, "A fox wakes up --out /space/fox", files=files, here=ELSEWHERE)
    clip = made.result.clips[0].id
    for action in ("again", "variation"):
        with pytest.raises(BadRequest, match="not yours to see"):
            await pressed(stage, action, clip, who=OTHER)
    (job,) = await pressed(stage, "continue", clip, who=OTHER)
    assert [one.source.value for one in job.request.references] == [clip]
    told = await filmed(stage, "A fox wakes up --out /space/fox", here=ELSEWHERE)
    newest, _ = await pressed(stage, "again", told.result.clips[0].id, who=OTHER)
    assert (newest.author, newest.conversation) == (OTHER, HERE)


async def test_a_file_that_was_cleaned_away_is_named_and_can_be_left_out(stage):
    """It is looked for where it came from; a path that is another person's own names nothing of one's own."""
    stage.shelf.kept["board-team/people/U1/fox.png"] = b"picture of a fox"
    made = await filmed(stage, "A fox wakes up --first drive:fox.png")
    (fox,) = made.request.references
    stage.shelf.kept.pop(fox.key)
    stage.shelf.kept["board-team/people/U2/fox.png"] = b"picture of another"
    (job,) = await pressed(stage, "again", made.result.clips[0].id, who=OTHER)
    shown = await card(stage, job)
    assert shown.title == "This needs a change first"
    assert shown.notes[0].startswith("@Image1: fox.png: There is no file")
    await stage.press(job.id, "edit", json.dumps({"@Image1": "leave_out"}), who=OTHER)
    assert (await card(stage, job)).title.startswith("Make this film?")
    newest, _ = await pressed(stage, "again", made.result.clips[0].id)
    assert stage.shelf.kept[newest.request.references[0].key] == b"picture of a fox"


async def test_a_second_press_makes_no_second_card_until_the_first_is_answered(stage):
    """At the same moment too; another wish, another person or an edited card are something else."""
    clip = (await filmed(stage)).result.clips[0].id
    await at_once(*(pressed(stage, "again", clip) for _ in range(5)))
    (job,) = await pressed(stage, "again", clip)
    assert len(await pressed(stage, "continue", clip)) == 2
    assert len(await pressed(stage, "again", clip, who=OTHER)) == 3
    assert len(await pressed(stage, "again", clip, here=replace(HERE, thread="thread-2"))) == 4
    assert len(await pressed(stage, "again", clip)) == 4
    await stage.press(job.id, "edit", json.dumps({"seconds": "12"}))
    twin, *rest = await pressed(stage, "again", clip)
    assert (len(rest), twin.choice.settings.seconds.value) == (4, 8)
    assert twin.request.settings.seed != job.request.settings.seed
    await stage.press(twin.id, "cancel")
    assert len(await pressed(stage, "again", clip)) == 5
    assert stage.board.times_posted.get(twin.card_id, 0) <= 1


async def test_the_same_press_heard_again_makes_nothing_more(stage):
    """Even when its card was answered meanwhile, or the film is gone."""
    clip = (await filmed(stage)).result.clips[0]
    (job,) = await pressed(stage, "again", clip.id, key="P-1")
    await stage.press(job.id, "cancel")
    assert await pressed(stage, "again", clip.id, key="P-1") == []
    await stage.house.storage.clips.change(clip.change(trashed_at=stage.clock.now()))
    assert await pressed(stage, "again", clip.id, key="P-1") == []


class Dying:
    """Jobs that the process dies before or after adding, once."""

    def __init__(self, jobs, dies):
        self._jobs, self.dies = jobs, dies

    def __getattr__(self, name):
        return getattr(self._jobs, name)

    async def add(self, job):
        dies, self.dies = self.dies, ""
        if dies == "before":
            raise Crash
        added = await self._jobs.add(job)
        if dies == "after":
            raise Crash
        return added


@pytest.mark.parametrize("dies", ["before", "after"])
async def test_a_process_that_dies_in_a_press_leaves_one_card_when_it_is_heard_again(stage, dies):
    """With the same seed and price as it would have had."""
    clip = (await filmed(stage)).result.clips[0].id
    storage = stage.house.storage
    stage.house = replace(stage.house, storage=replace(storage, jobs=Dying(storage.jobs, dies)))
    with pytest.raises(Crash):
        await pressed(stage, "again", clip, key="P-1")
    assert len(await waiting(stage)) == (0 if dies == "before" else 1)
    assert len(await pressed(stage, "again", clip, key="P-1")) == 1
    assert len(await pressed(stage, "again", clip)) == 1
