"""Every limit of Discord's is kept at its very edge: what just fits passes, one more is a flaw at its field."""

import pytest

from tests.adapters.chat.discord.validator import Before, message_flaws, modal_flaws

V2 = 1 << 15
NONE = {"parse": []}
SEVERAL = "COMPONENT_CUSTOM_ID_DUPLICATED"


def said(*components, **more):
    return {"flags": V2, "components": list(components), "allowed_mentions": NONE} | more


def text(content="a"):
    return {"type": 10, "content": content}


def button(id="go", **more):
    return {"type": 2, "style": 1, "label": "Go", "custom_id": id} | more


def row(*parts):
    return {"type": 1, "components": list(parts)}


def container(*parts, **more):
    return {"type": 17, "components": list(parts)} | more


def gallery(*names, **more):
    return {"type": 12, "items": [{"media": {"url": f"attachment://{name}"}} | more for name in names]}


def select(count=1, **more):
    options = [{"label": str(n), "value": str(n)} for n in range(count)]
    return {"type": 3, "custom_id": "pick", "options": options} | more


def section(count=1, accessory=None):
    return {"type": 9, "components": [text()] * count, "accessory": accessory or button()}


def codes(flaws):
    return {flaw.code for flaw in flaws}


FITS = {
    "a text": said(text()),
    "4000 characters over several": said(text("x" * 2000), container(text("x" * 2000))),
    "40 components": said(container(*[text() for _ in range(39)])),
    "five buttons": said(row(*[button(str(n)) for n in range(5)])),
    "a long id": said(row(button("x" * 100))),
    "a long label": said(row(button(label="x" * 80))),
    "a link": said(row({"type": 2, "style": 5, "label": "Open", "url": "https://example.org"})),
    "an emoji alone": said(row({"type": 2, "style": 2, "emoji": {"name": "🎬"}, "custom_id": "a"})),
    "25 options": said(row(select(25))),
    "a section": said(section(3)),
    "a separator": said({"type": 14, "spacing": 2, "divider": False}),
    "a colour": said(container(text(), accent_color=0xFFFFFF)),
    "content": {"content": "x" * 2000, "allowed_mentions": NONE, "nonce": "x" * 25},
    "the asker is named": {"content": "Hi", "allowed_mentions": {"parse": [], "users": ["1"]}},
    "five rows": {"components": [row(button(str(n))) for n in range(5)], "allowed_mentions": NONE, "content": "a"},
}

BREAKS = {
    "4001 characters over several": (said(text("x" * 2001), text("x" * 2000)), "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED"),
    "41 components": (said(container(*[text() for _ in range(40)])), "BASE_TYPE_MAX_LENGTH"),
    "an accessory counts": (said(section(1), container(*[text() for _ in range(37)])), "BASE_TYPE_MAX_LENGTH"),
    "six buttons": (said(row(*[button(str(n)) for n in range(6)])), "BASE_TYPE_BAD_LENGTH"),
    "an empty row": (said(row()), "BASE_TYPE_BAD_LENGTH"),
    "an id too long": (said(row(button("x" * 101))), "BASE_TYPE_BAD_LENGTH"),
    "an empty id": (said(row(button(""))), "BASE_TYPE_BAD_LENGTH"),
    "an id twice": (said(row(button()), section(1, button())), SEVERAL),
    "a number twice": (said(text() | {"id": 3}, text() | {"id": 3}), "COMPONENT_ID_DUPLICATED"),
    "a label too long": (said(row(button(label="x" * 81))), "BASE_TYPE_BAD_LENGTH"),
    "no label": (said(row({"type": 2, "style": 1, "custom_id": "a"})), "BUTTON_COMPONENT_INVALID"),
    "a link with an id": (said(row(button(style=5, url="https://example.org"))), "BUTTON_COMPONENT_INVALID"),
    "a button without an id": (said(row({"type": 2, "style": 1, "label": "Go"})), "BASE_TYPE_REQUIRED"),
    "a style of none": (said(row(button(style=9))), "NUMBER_TYPE_RANGE"),
    "an unknown key": (said(row(button(colour="red"))), "UNKNOWN_KEY"),
    "an unknown kind": (said({"type": 99}), "UNION_TYPE_CHOICES"),
    "a text input outside a modal": (said(row({"type": 4, "custom_id": "a", "style": 1})), "UNION_TYPE_CHOICES"),
    "a container in a container": (said(container(container(text()))), "UNION_TYPE_CHOICES"),
    "a button without a row": (said(button()), "UNION_TYPE_CHOICES"),
    "a select beside a button": (said(row(select(), button())), "COMPONENT_LAYOUT_WIDTH_EXCEEDED"),
    "26 options": (said(row(select(26))), "BASE_TYPE_BAD_LENGTH"),
    "no options": (said(row(select(0))), "BASE_TYPE_BAD_LENGTH"),
    "an option too long": (said(row(select(options=[{"label": "x" * 101, "value": "a"}]))), "BASE_TYPE_BAD_LENGTH"),
    "an option twice": (said(row(select(options=[{"label": "a", "value": "a"}] * 2))), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED"),
    "more choices than options": (said(row(select(1, max_values=2))), "NUMBER_TYPE_MAX"),
    "a placeholder too long": (said(row(select(placeholder="x" * 151))), "BASE_TYPE_BAD_LENGTH"),
    "four texts in a section": (said(section(4)), "BASE_TYPE_BAD_LENGTH"),
    "an empty text": (said(text("")), "BASE_TYPE_BAD_LENGTH"),
    "an empty container": (said(container()), "BASE_TYPE_BAD_LENGTH"),
    "a colour of none": (said(container(text(), accent_color=1 << 24)), "NUMBER_TYPE_RANGE"),
    "content with V2": (said(text(), content="a"), "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"),
    "an embed with V2": (said(text(), embeds=[{"title": "a"}]), "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"),
    "V2 without components": ({"flags": V2, "allowed_mentions": NONE}, "BASE_TYPE_REQUIRED"),
    "V2 kinds without the flag": ({"components": [text()], "allowed_mentions": NONE}, "UNION_TYPE_CHOICES"),
    "six rows": ({"components": [row(button(str(n))) for n in range(6)], "allowed_mentions": NONE}, "BASE_TYPE_BAD_LENGTH"),
    "content too long": ({"content": "x" * 2001, "allowed_mentions": NONE}, "BASE_TYPE_BAD_LENGTH"),
    "a nonce too long": ({"content": "a", "nonce": "x" * 26, "allowed_mentions": NONE}, "BASE_TYPE_BAD_LENGTH"),
    "mentions not said": ({"content": "a"}, "BASE_TYPE_REQUIRED"),
    "mentions parsed": ({"content": "a", "allowed_mentions": {"parse": ["users"]}}, "PARSES"),
    "ephemeral outside": ({"content": "a", "flags": 64, "allowed_mentions": NONE}, "EPHEMERAL_OUTSIDE"),
    "a flag of none": ({"content": "a", "flags": 1 << 13, "allowed_mentions": NONE}, "UNKNOWN_FLAG"),
    "an unknown field": ({"content": "a", "colour": 1, "allowed_mentions": NONE}, "UNKNOWN_KEY"),
    "an embed too long": ({"embeds": [{"description": "x" * 4097}], "allowed_mentions": NONE}, "BASE_TYPE_BAD_LENGTH"),
    "embeds too long together": ({"embeds": [{"description": "x" * 3001}] * 2, "allowed_mentions": NONE}, "MAX_EMBED_SIZE_EXCEEDED"),
    "26 embed fields": ({"embeds": [{"fields": [{"name": "a", "value": "b"}] * 26}], "allowed_mentions": NONE}, "BASE_TYPE_BAD_LENGTH"),
    "not an object": ([], "DICT_TYPE_CONVERT"),
    "components that are no list": (said() | {"components": "a"}, "LIST_TYPE_CONVERT"),
}  # fmt: skip


@pytest.mark.parametrize("name", FITS)
def test_what_just_fits_passes(name):
    assert list(message_flaws(FITS[name])) == []


@pytest.mark.parametrize("name", BREAKS)
def test_one_more_is_a_flaw(name):
    payload, code = BREAKS[name]
    assert code in codes(message_flaws(payload))


def attached(*names):
    return [{"id": number, "filename": name} for number, name in enumerate(names)]


def test_a_picture_that_is_sent_and_shown_passes():
    card = said(gallery("a.png", "b.mp4"), attachments=attached("a.png", "b.mp4"))
    assert list(message_flaws(card, uploads=["a.png", "b.mp4"])) == []


@pytest.mark.parametrize(
    ("part", "uploads", "code"),
    [
        (gallery("b.png"), ["a.png"], "REFERENCED_ATTACHMENT_NOT_FOUND"),
        (text(), ["a.png"], "ATTACHMENT_NOT_SHOWN"),
        (gallery(*[f"{n}.png" for n in range(11)]), [f"{n}.png" for n in range(11)], "BASE_TYPE_BAD_LENGTH"),
        (gallery("a.zip"), ["a.zip"], "MEDIA_KIND"),
        (gallery("a.png", description="x" * 1025), ["a.png"], "BASE_TYPE_BAD_LENGTH"),
        (section(1, {"type": 11, "media": {"url": "attachment://a.mp4"}}), ["a.mp4"], "MEDIA_KIND"),
        ({"type": 13, "file": {"url": "https://example.org/a.zip"}}, [], "URL_TYPE_INVALID_SCHEME"),
        ({"type": 12, "items": [{"media": {"url": "ftp://example.org"}}]}, [], "URL_TYPE_INVALID_SCHEME"),
        (gallery("a.png"), ["a.png", "a.png"], "NAMES_TWICE"),
    ],
)
def test_media_that_nobody_could_see_is_a_flaw(part, uploads, code):
    assert code in codes(message_flaws(said(part, attachments=attached(*uploads)), uploads=uploads))


def test_a_file_that_is_not_announced_is_a_flaw():
    card = {"content": "a", "attachments": [], "allowed_mentions": NONE}
    assert codes(message_flaws(card, uploads=["a.png"])) == {"UPLOAD_NOT_ANNOUNCED"}


BEFORE = Before(V2, files={"77": "a.png"}, components=[gallery("a.png")])


@pytest.mark.parametrize(
    "edit",
    [
        said(gallery("a.png")),
        {"components": [gallery("a.png")], "allowed_mentions": NONE},
        said(gallery("a.png"), attachments=[{"id": 77}]),
        said(text(), attachments=[]),
    ],
)
def test_an_edit_keeps_files_or_lets_them_go(edit):
    assert list(message_flaws(edit, before=BEFORE)) == []


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        ({"flags": 0}, "FLAG_REMOVED"),
        ({"content": "a", "allowed_mentions": NONE}, "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"),
        (said(gallery("a.png"), attachments=[]), "REFERENCED_ATTACHMENT_NOT_FOUND"),
        (said(text()), "ATTACHMENT_NOT_SHOWN"),
        ({"attachments": [], "allowed_mentions": NONE}, "REFERENCED_ATTACHMENT_NOT_FOUND"),
        (said(gallery("a.png"), attachments=[{"id": 78}]), "ATTACHMENT_NOT_FOUND"),
        (said(gallery("a.png"), nonce="a"), "UNKNOWN_KEY"),
        (said() | {"components": []}, "BASE_TYPE_REQUIRED"),
    ],
)
def test_an_edit_that_discord_would_not_take_is_a_flaw(edit, code):
    assert code in codes(message_flaws(edit, before=BEFORE))


def test_old_text_must_go_when_components_come():
    before = Before(content="a")
    assert codes(message_flaws(said(text()), before=before)) == {"MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"}
    assert list(message_flaws(said(text(), content=None), before=before)) == []


def test_an_answer_may_be_for_one_person():
    assert list(message_flaws({"content": "a", "flags": 64, "allowed_mentions": NONE}, interaction=True)) == []


def label(component, **more):
    return {"type": 18, "label": "Prompt", "component": component} | more


def entry(**more):
    return {"type": 4, "custom_id": "prompt", "style": 2} | more


def modal(*parts, **more):
    return {"custom_id": "edit", "title": "Edit", "components": list(parts)} | more


PICK = {"type": 21, "custom_id": "r", "options": [{"label": "a", "value": "a"}, {"label": "b", "value": "b"}]}


@pytest.mark.parametrize(
    "good",
    [
        modal(label(entry(value="x" * 4000))),
        modal(*[label(entry(custom_id=str(n))) for n in range(5)]),
        modal(row(entry(label="Prompt"))),
        modal(text(), label(PICK), label({"type": 19, "custom_id": "f", "min_values": 0, "max_values": 10})),
        modal(label(select(25)), title="x" * 45),
        modal(label({"type": 23, "custom_id": "c", "default": True}, description="x" * 100)),
    ],
)
def test_a_modal_that_just_fits_passes(good):
    assert list(modal_flaws(good)) == []


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (modal(*[label(entry(custom_id=str(n))) for n in range(6)]), "BASE_TYPE_BAD_LENGTH"),
        (modal(label(entry()), title="x" * 46), "BASE_TYPE_BAD_LENGTH"),
        (modal(label(entry(), label="x" * 46)), "BASE_TYPE_BAD_LENGTH"),
        (modal(label(entry(), description="x" * 101)), "BASE_TYPE_BAD_LENGTH"),
        (modal(label(entry(value="x" * 11, max_length=10))), "BASE_TYPE_BAD_LENGTH"),
        (modal(label(entry(max_length=4001))), "NUMBER_TYPE_RANGE"),
        (modal(label(entry(placeholder="x" * 101))), "BASE_TYPE_BAD_LENGTH"),
        (modal(label(entry()), label(entry())), SEVERAL),
        (modal(label(entry(label="again"))), "LABEL_TWICE"),
        (modal(entry()), "UNION_TYPE_CHOICES"),
        (modal(label(button())), "UNION_TYPE_CHOICES"),
        (modal(row(select())), "UNION_TYPE_CHOICES"),
        (modal(label(PICK | {"options": PICK["options"][:1]})), "BASE_TYPE_BAD_LENGTH"),
        (modal(label({"type": 19, "custom_id": "f", "max_values": 11})), "NUMBER_TYPE_RANGE"),
        (modal(), "BASE_TYPE_BAD_LENGTH"),
        ({"title": "a"}, "BASE_TYPE_REQUIRED"),
    ],
)
def test_a_modal_that_discord_would_not_take_is_a_flaw(bad, code):
    assert code in codes(modal_flaws(bad))


def test_a_flaw_says_where_it_is():
    (flaw,) = message_flaws(said(container(row(button(label="x" * 81)))))
    assert str(flaw) == (
        "components.0.components.0.components.0.label: Must be between 1 and 80 in length, is 81. (BASE_TYPE_BAD_LENGTH)"
    )
