"""Models are read from TOML strictly, and an operator may change every fact."""

import tomllib
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bot.domain.catalogue import Catalogue, override, read_models
from bot.domain.errors import BadSettings
from bot.domain.media import MediaLimits, Role
from bot.domain.model import CameraWords, Limit, Model, RoleRule, Seconds, Sound, When
from bot.domain.pricing import Price, PriceUnit, Rate
from bot.domain.request import Task

WHOLE = """
[media.picture]
formats = ["image/png"]
max_bytes = 1_000
min_aspect = 0.4

[sizes]
usual = [["720p", "16:9", 1248, 704]]

[[model]]
id = "nova-2"
wire_id = "vendor-nova-2-0"
title = "Nova 2"
tier = "flagship"
aliases = ["nova"]
tasks = ["text", "first_frame"]
seconds = { minimum = 4, maximum = 15, default = 5, auto = true }
aspects = ["16:9", "adaptive"]
resolutions = ["720p", "1080p"]
audio = "optional"
honours = ["seed", "watermark"]
camera = "brackets"
max_count = 4
max_prompt = 2000
max_files = 12
needs_prompt = true
aspect_follows_image = true
sizes = "usual"
retired_on = 2026-11-11
replaced_by = "nova-3"
source = "Vendor's page, read on a day."
notes = ["One thing."]
wire = { cn = "nova-cn" }

[[model.role]]
role = "first_frame"
max_count = 1
media = "picture"

[[model.role]]
role = "reference_audio"
max_count = 3
min_count = 1
total_seconds = 15
alone = false
with_frames = false
media = { formats = ["audio/wav"], max_seconds = 15, slack_seconds = 0.2 }

[[model.when]]
resolution = "1080p"
seconds = { minimum = 5, maximum = 5 }

[model.price]
unit = "second"
rates = [{ usd = "0.151", resolution = "720p", audio = true, unconfirmed = true }, { usd = 0.2 }]
input_seconds = true
free_images = 5
usd_per_image = "0.04"
source = "Price list."

[[model]]
id = "nova-3"
title = "Nova 3"
tasks = ["text"]
seconds = { minimum = 4, maximum = 8 }
aspects = ["16:9"]
resolutions = ["720p"]
audio = "never"
price = { unit = "free" }
"""

NOVA_2 = Model(
    id="nova-2",
    provider="nova",
    wire_id="vendor-nova-2-0",
    title="Nova 2",
    tier="flagship",
    aliases=("nova",),
    tasks=frozenset({Task.text, Task.first_frame}),
    seconds=Seconds(minimum=4.0, maximum=15.0, default=5.0, auto=True),
    aspects=("16:9", "adaptive"),
    resolutions=("720p", "1080p"),
    audio=Sound.optional,
    honours=frozenset({"seed", "watermark"}),
    camera=CameraWords.brackets,
    max_count=4,
    max_prompt=2000,
    max_files=12,
    needs_prompt=True,
    aspect_follows_image=True,
    sizes=(("720p", "16:9", 1248, 704),),
    retired_on=date(2026, 11, 11),
    replaced_by="nova-3",
    source="Vendor's page, read on a day.",
    notes=("One thing.",),
    wire=(("cn", "nova-cn"),),
    roles=(
        (Role.first_frame, RoleRule(media=MediaLimits(formats=("image/png",), max_bytes=1000, min_aspect=0.4))),
        (
            Role.reference_audio,
            RoleRule(
                media=MediaLimits(formats=("audio/wav",), max_seconds=15.0, slack_seconds=0.2),
                max_count=3,
                min_count=1,
                total_seconds=15.0,
                alone=False,
                with_frames=False,
            ),
        ),
    ),
    when=(When(resolution="1080p", seconds=Seconds(minimum=5.0, maximum=5.0)),),
    price=Price(
        unit=PriceUnit.second,
        rates=(
            Rate(usd=Decimal("0.151"), resolution="720p", audio=True, unconfirmed=True),
            Rate(usd=Decimal("0.2")),
        ),
        input_seconds=True,
        free_images=5,
        usd_per_image=Decimal("0.04"),
        source="Price list.",
    ),
)
NOVA_3 = Model(
    id="nova-3",
    provider="nova",
    title="Nova 3",
    tasks=frozenset({Task.text}),
    seconds=Seconds(minimum=4.0, maximum=8.0),
    aspects=("16:9",),
    resolutions=("720p",),
    audio=Sound.never,
    price=Price(unit=PriceUnit.free),
)


def read(text: str) -> tuple[Model, ...]:
    return read_models("nova", tomllib.loads(text))


def changed(text: str, models: tuple[Model, ...] = (NOVA_2, NOVA_3)) -> tuple[Model, ...]:
    return override(models, tomllib.loads(text)["models"])


def test_every_key_of_a_models_file_becomes_its_field() -> None:
    assert read(WHOLE) == (NOVA_2, NOVA_3)


WRONG = {
    "an unknown key": ("title =", "titel =", "models.toml of nova, 'nova-2': has the unknown key 'titel' (perhaps 'title')."),
    "a missing key": ('title = "Nova 2"\n', "", "models.toml of nova, 'nova-2': lacks title."),
    "text for a number": ("max_count = 4", 'max_count = "4"', "models.toml of nova, 'nova-2': max_count must be a whole number, 0 or more, but is '4'."),
    "a number for text": ('title = "Nova 2"', "title = 2", "models.toml of nova, 'nova-2': title must be text in quotes, but is 2."),
    "an unknown word": ('audio = "optional"', 'audio = "some"', "models.toml of nova, 'nova-2': audio must be one of never, optional, always, but is 'some'."),
    "an unknown task": ('"text", "first_frame"]', '"text", "dream"]', "models.toml of nova, 'nova-2': tasks must be one of text, first_frame, first_last, references, edit, extend, but is 'dream'."),
    "an unknown role": ('role = "first_frame"', 'role = "hero"', "models.toml of nova, 'nova-2': role.role must be one of reference_image, first_frame, last_frame, reference_video, reference_audio, but is 'hero'."),
    "an unknown setting": ('["seed", "watermark"]', '["sead"]', "models.toml of nova, 'nova-2': honours must be any of camera, last_frame, negative, seed, temporary, voice, watermark, web_search, but is 'sead'."),
    "a shared entry that is not there": ('media = "picture"', 'media = "pitcure"', "models.toml of nova, 'nova-2': names media.pitcure, which the file does not have."),
    "money that is none": ('usd = "0.151"', 'usd = "cheap"', "models.toml of nova, 'nova-2': price.rates.usd must be an amount such as \"0.15\", but is 'cheap'."),
    "money below nothing": ('usd = "0.151"', 'usd = "-1"', "models.toml of nova, 'nova-2': price.rates.usd must be an amount such as \"0.15\", 0 or more, but is '-1'."),
    "a day in words": ("retired_on = 2026-11-11", 'retired_on = "soon"', "models.toml of nova, 'nova-2': retired_on must be a date such as 2026-11-20, or \"never\", but is 'soon'."),
    "half a size": ('["720p", "16:9", 1248, 704]', '["720p", 1248]', "models.toml of nova, 'nova-2': sizes must be sizes such as [\"720p\", \"16:9\", 1280, 720], but is ['720p', 1248]."),
    "a table that is none": ('[[model]]\nid = "nova-3"', '[[modle]]\nid = "nova-3"', "models.toml of nova, 'modle': is not a table of this file: it may have [[model]], [media], [sizes] and [limits]."),
    "lengths without an end": ("maximum = 15, ", "", "models.toml of nova, 'nova-2': seconds lacks maximum."),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG, ids=str)
def test_a_mistake_is_told_by_provider_model_key_and_value(case: str) -> None:
    right, wrong, sentence = WRONG[case]
    assert right in WHOLE
    with pytest.raises(BadSettings) as caught:
        read(WHOLE.replace(right, wrong, 1))
    assert caught.value.say == sentence


CONTRADICTIONS: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "two of one name": ({"aliases": ("Nova 3",)}, {}, "is called 'nova 3', and so is 'nova-2' of nova"),
    "a follower that is not there": ({"replaced_by": "nova-9"}, {}, "replaced_by names 'nova-9', which is no other model"),
    "itself as follower": ({"replaced_by": "nova-2"}, {}, "replaced_by names 'nova-2', which is no other model"),
    "no tasks": ({}, {"tasks": frozenset()}, "has no tasks"),
    "no results": ({}, {"max_count": 0}, "must make at least one result: max_count is 0"),
    "a line in which all wait": ({}, {"limits": (Limit(at_once=0),)}, "has a limit of 0, with which its films would wait for ever"),
    "a ratio that is none": ({}, {"aspects": ("wide",)}, "has the aspect 'wide', which is neither adaptive nor like 16:9"),
    "a ratio to nothing": ({}, {"aspects": ("16:0",)}, "has the aspect '16:0', which is neither adaptive nor like 16:9"),
    "a resolution that is none": ({}, {"resolutions": ("HD",)}, "has the resolution 'HD', which is not like 720p or 4k"),
    "a size it does not make": ({}, {"sizes": (("4k", "16:9", 1, 1),)}, "gives a size for 4k 16:9, which it does not make"),
    "a price for what it does not make": ({}, {"price": Price(unit=PriceUnit.second, rates=(Rate(usd=Decimal(1), resolution="4k"),))}, "has a price for 4k, which it does not make"),
    "a choice left to the model beside others": ({}, {"seconds": Seconds(minimum=4, maximum=8, choices=(-1, 4), default=4, auto=True)}, "has lengths that contradict each other"),
    "a default left to the model beside others": ({}, {"seconds": Seconds(minimum=4, maximum=8, default=-1, auto=True)}, "has lengths that contradict each other"),
    "a default outside": ({}, {"seconds": Seconds(minimum=4, maximum=8, default=20)}, "has lengths that contradict each other"),
}  # fmt: skip


@pytest.mark.parametrize("case", CONTRADICTIONS, ids=str)
def test_facts_that_contradict_each_other_stop_the_start(case: str) -> None:
    first, second, words = CONTRADICTIONS[case]
    with pytest.raises(BadSettings) as caught:
        override((replace(NOVA_2, **first), replace(NOVA_3, **second)), {})
    assert words in caught.value.say


def test_an_operator_changes_only_what_is_named() -> None:
    models = changed(
        """
        [models.nova-2]
        title = "Nova Two"
        wire_id = "ep-2026"
        retired_on = "never"
        replaced_by = ""
        aliases = ["nova", "n2"]
        seconds = { maximum = 8 }
        price = { rates = [{ usd = "0.01" }] }
        [[models.nova-2.role]]
        role = "first_frame"
        media = { max_bytes = 5 }
        """
    )
    frame = RoleRule(media=MediaLimits(formats=("image/png",), max_bytes=5, min_aspect=0.4))
    assert models == (
        replace(
            NOVA_2,
            title="Nova Two",
            wire_id="ep-2026",
            retired_on=None,
            replaced_by=None,
            aliases=("nova", "n2"),
            seconds=replace(NOVA_2.seconds, maximum=8.0),
            price=replace(NOVA_2.price, rates=(Rate(usd=Decimal("0.01")),)),
            roles=((Role.first_frame, frame), NOVA_2.roles[1]),
        ),
        NOVA_3,
    )


def test_an_operator_adds_a_whole_model() -> None:
    models = changed(
        """
        [models."nova-4"]
        provider = "nova"
        title = "Nova 4"
        tasks = ["text"]
        seconds = { minimum = 4, maximum = 8 }
        aspects = ["16:9"]
        resolutions = ["720p"]
        audio = "never"
        price = { unit = "free" }
        """
    )
    assert models == (NOVA_2, NOVA_3, replace(NOVA_3, id="nova-4", title="Nova 4"))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[models.nova-9]\ntitle = "N"', "your settings, 'nova-9': is no model that could be changed; did you mean 'nova-3'? A new one must name its provider and all else."),
        ("[models.sora]\nenabled = false", "your settings, 'sora': is no model that could be changed. A new one must name its provider and all else."),
        ('[models.nova-9]\nprovider = "nova"\ntitle = "N"', "your settings, 'nova-9': lacks tasks, seconds, aspects, resolutions, audio, price."),
        ('[models]\nnova-2 = "off"', "your settings, 'nova-2': must be a table, but is 'off'."),
        ('[models.nova-2]\nprovider = "other"', "your settings, 'nova-2': provider cannot be changed from 'nova' to 'other'."),
        ("[models.nova-2]\nmax_cuont = 1", "your settings, 'nova-2': has the unknown key 'max_cuont' (perhaps 'max_count')."),
        ("[models.nova-2]\nprice = { rates = [{ usd = true }] }", "your settings, 'nova-2': price.rates.usd must be an amount such as \"0.15\", but is True."),
    ],
)  # fmt: skip
def test_an_operators_mistake_is_told_as_theirs(text: str, sentence: str) -> None:
    with pytest.raises(BadSettings) as caught:
        changed(text)
    assert caught.value.say == sentence


def test_a_model_switched_off_has_no_name_and_no_use_but_may_still_be_followed() -> None:
    models = changed("[models.nova-3]\nenabled = false")
    catalogue = Catalogue(models=models, connected=frozenset({"nova"}), default="nova-2")
    assert catalogue.names() == {"nova-2": "nova-2", "nova 2": "nova-2", "nova": "nova-2"}
    assert catalogue.usable(date(2026, 11, 1)) == (NOVA_2,)
    assert catalogue.usable(date(2026, 12, 1)) == ()


def test_only_models_of_connected_providers_are_usable() -> None:
    catalogue = Catalogue(models=(NOVA_2, NOVA_3), connected=frozenset(), default="nova-2")
    assert catalogue.usable(date(2026, 11, 1)) == ()
    assert catalogue.get("nova-3") == NOVA_3
    assert catalogue.get("nova-9") is None
