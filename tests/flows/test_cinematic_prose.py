"""The built-in composer: any idea, any mode, any length is told by the rules, in the idea's own words, the same each time."""

import random
import re
from dataclasses import replace

import pytest

from bot.domain.cinema import Brief, Dialect, Mode, Purpose, Use, rules, told
from bot.domain.media import MediaKind, Role
from bot.domain.request import Reference, Source, SourceKind
from bot.flows.cinematic.asked import likely_mode
from bot.flows.cinematic.compose import compose
from bot.flows.cinematic.story import read_story
from bot.flows.cinematic.uses import uses_in, without_uses

IDEAS = (
    "an old lighthouse keeper winds the great lamp as the fog rolls in",
    "A lone red fox crosses a frozen lake at dawn",
    "a woman dancing in the rain under neon lights, reflections on the street",
    "perfume bottle on black marble, a single drop slides down the glass",
    "two boxers circle each other in the ring, then one of them lands a punch",
    "a street violinist plays for an empty square in the snow and a child stops to listen",
    "a tiny robot finds a flower in the ruins. It waters it. The sun comes up.",
    "red sports car racing through a desert canyon",
    "autumn leaves falling in a quiet park",
    "Make a video about a baker who pulls bread from the oven at night",
    "a cat that plays piano in a smoky bar",
    "At midnight, a train arrives at an empty station and a girl in a yellow coat steps out",
    "close-up of a watchmaker repairing an old watch",
    "waves crash against the cliffs while a storm gathers",
    "a horse",
    "grandmother and granddaughter bake cookies in a sunny kitchen",
    "a samurai draws his sword, the wind drops, petals fall, he strikes",
    "Anna runs down the stairs, opens the door and looks at the sea",
    "singer on stage, spotlight, crowd cheering",
    "children run through a field of sunflowers at sunset",
    "a couple argues in a kitchen, she throws a plate, he laughs",
    "firefighters rush into a burning building and carry out a child",
    "There is a small cottage by the sea. Smoke comes from the chimney.",
    "a city at night",
)
NOISE = "{s} <a|b> {} @Image1 … — ' \" , . ; : ! ? and then as while who in of the A I 😀 狐 é"
LENGTHS = (None, 2, 4, 5, 8, 12, 15)


def brief(idea: str, **changes) -> Brief:
    return replace(Brief(idea=idea, mode=Mode.narrative, dialect=Dialect.general), **changes)


def words(text: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[^\W\d_]{4,}", text)}


@pytest.mark.parametrize("idea", IDEAS)
def test_every_idea_is_told_by_the_rules_in_its_own_words_and_the_same_each_time(idea):
    lost = words(idea) - {"make", "video", "about", "there", "then", "close", "while", "them", "that"}
    for mode in Mode:
        for seconds in LENGTHS:
            asked = brief(idea, mode=mode, seconds=seconds, telling=1 + (seconds or 0) % 3)
            scene, kept_to = compose(asked)
            text = told(scene, kept_to)
            assert rules(scene, asked) == ()
            assert not kept_to.plain
            assert lost <= words(text) | words(scene.subject), lost - words(text)
            assert compose(asked) == (scene, kept_to)
            assert "  " not in text
            assert "{" not in text
            assert "<" not in text


@pytest.mark.parametrize("idea", IDEAS)
def test_written_anew_it_is_another_telling_of_the_same(idea):
    tellings = [compose(brief(idea, telling=number))[0] for number in (1, 2, 3)]
    assert len({scene.shots for scene in tellings}) == 3
    assert len({scene.subject for scene in tellings}) == 1


@pytest.mark.parametrize(
    ("idea", "subject", "beats"),
    [
        ("an old keeper winds the lamp as the fog rolls in", "an old keeper", ("an old keeper winds the lamp", "around the old keeper, the fog rolls in")),
        ("a cat that plays piano", "a cat", ("a cat plays piano",)),
        ("a woman, dancing in the rain", "a woman", ("a woman is dancing in the rain",)),
        ("two boxers circle, then one of them falls", "two boxers", ("two boxers circle", "one of the two boxers falls")),
        ("Anna runs down the stairs and looks at the sea", "Anna", ("Anna runs down the stairs", "Anna looks at the sea")),
        ("horses thunder across the plain", "horses", ("horses thunder across the plain",)),
        ("a boy finds a boat. It sails away. He laughs.", "a boy", ("a boy finds a boat", "with the boy in sight, it sails away", "the boy laughs")),
        ("city lights at night", "city lights", ("",)),
        ("Sherlock Holmes examines a footprint", "Sherlock Holmes", ("Sherlock Holmes examines a footprint",)),
        ("a glass of whisky being poured over ice", "a glass of whisky", ("a glass of whisky is being poured over ice",)),
        ("someone knocks at the door. Nobody opens.", "someone", ("someone knocks at the door", "with someone in sight, nobody opens")),
        ("a futuristic city where cars fly", "a futuristic city", ("",)),
        ("a smith burnishes the blade", "a smith", ("a smith burnishes the blade",)),
    ],
)  # fmt: skip
def test_who_does_what_is_read_from_the_idea(idea, subject, beats):
    story = read_story(idea, 3)
    assert (story.subject, tuple(one.lower() for one in story.beats)) == (subject, tuple(one.lower() for one in beats))


@pytest.mark.parametrize(
    ("idea", "mode"),
    [
        ("a motorcycle chase through the old town", Mode.action),
        ("a jazz singer holds a long note", Mode.performance),
        ("perfume bottle on black marble", Mode.studio),
        ("an empty harbour in the fog", Mode.atmospheric),
        ("a boy writes a letter to his father", Mode.narrative),
        ("an old keeper winds the great lamp as the fog rolls in", Mode.narrative),
        ("rain", Mode.atmospheric),
    ],
)
def test_the_mode_follows_from_the_words(idea, mode):
    assert likely_mode(idea) is mode


@pytest.mark.parametrize(
    "idea",
    [
        "Eine alte Frau füttert Tauben auf dem Marktplatz.",
        "一只红狐狸在黎明穿过结冰的湖面",
        "un chat noir traverse la rue sous la pluie",
    ],
)
def test_an_idea_that_is_not_in_english_is_kept_whole(idea):
    asked = brief(idea, plain=True, seconds=8, avoid=("Regen",))
    scene, kept_to = compose(asked)
    text = told(scene, kept_to)
    assert rules(scene, asked) == ()
    assert idea[1:].rstrip(".") in text
    assert text.startswith("0-8s: [")
    assert "Avoid Regen." in text


def test_nothing_that_anybody_writes_breaks_the_composer_or_its_rules():
    dice = random.Random(6)
    pieces = [
        *" ".join(IDEAS).split(),
        *NOISE.split(),
        ", ",
        ". ",
    ]
    for _ in range(250):
        idea = " ".join(dice.choices(pieces, k=dice.randint(1, 25)))
        idea = re.sub(r"[\[\]{}<>`]|@\w+", "", idea).strip()
        if not idea:
            continue
        asked = brief(idea, mode=dice.choice(list(Mode)), seconds=dice.choice(LENGTHS))
        scene, kept_to = compose(asked)
        assert kept_to.plain or rules(scene, kept_to) == ()
        assert told(scene, kept_to)


def reference(token: str) -> Reference:
    kind = MediaKind(token[1:6].lower())
    role = {"image": Role.reference_image, "video": Role.reference_video, "audio": Role.reference_audio}[kind]
    return Reference(token=token, kind=kind, role=role, source=Source(SourceKind.upload, token))


@pytest.mark.parametrize(
    ("idea", "purposes"),
    [
        ("the woman in @Image1 walks through the street of @Image2, wearing the coat of @Image3", ("identity", "environment", "wardrobe")),
        ("a man waits, @Image1 as the wardrobe, @Image2 is the mood, @Image3 for his face", ("wardrobe", "atmosphere", "identity")),
        ("she says hello with the voice of @Audio1", ("voice",)),
        ("a fox sleeps to the music of @Audio1", ("atmosphere",)),
        ("a fox sleeps @Audio1", ("atmosphere",)),
        ("a fox runs like @Video1", ("motion",)),
        ("a fox runs @Image1 @Video1", ("identity", "motion")),
    ],
)  # fmt: skip
def test_what_each_reference_is_for_is_read_from_the_words_around_it_or_from_its_kind(idea, purposes):
    tokens = re.findall(r"@(?:Image|Video|Audio)\d", idea)
    given = [reference(token) for token in sorted(tokens, key=lambda token: (token[1] != "I", token))]
    assert tuple(use.purpose for use in uses_in(idea, given)) == purposes


def test_pieces_that_only_say_what_a_file_is_for_are_no_story():
    assert (
        without_uses("a man waits at the door, @Image1 as the wardrobe, @Image2 is the mood")
        == "a man waits at the door"
    )
    assert without_uses("@Image1. A fox in the style of @Image2 leaps") == "A fox in the style of @Image2 leaps"
    assert (
        without_uses("@Image1 as identity, @Audio1 is her voice: a detective says goodbye")
        == "a detective says goodbye"
    )
    uses = (Use("@Image1", Purpose.wardrobe), Use("@Image2", Purpose.atmosphere))
    scene, kept_to = compose(brief("a man waits at the door", uses=uses, dialect=Dialect.seedance))
    assert "@Image1 is the wardrobe: the man wears it unchanged. @Image2 is the atmosphere" in told(scene, kept_to)
