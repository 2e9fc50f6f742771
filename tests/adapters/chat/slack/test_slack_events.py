"""What Slack sends, read as chat events."""

import copy
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.slack.events import organisation, read, workspace
from bot.domain.chat import Attachment, Command, Conversation, Message, Person, Press
from bot.domain.verbs import VERBS

ME = "U0BOT0001"
ALLOWED = {"enterprise_id": None, "team_id": "T1", "user_id": ME, "is_bot": True, "is_enterprise_install": False}
PICTURE = {"id": "F1", "name": "boat.png", "mimetype": "image/png", "size": 1234, "mode": "hosted", "url_private": "https://files.slack.com/F1"}  # fmt: skip
STUB = {"id": "F2", "mode": "file_access", "file_access": "check_file_info"}


def callback(event: dict, **outer) -> dict:
    return {"type": "event_callback", "team_id": "T1", "api_app_id": "A1", "event_id": "Ev1", "authorizations": [ALLOWED], "event": event} | outer  # fmt: skip


def mention(**changes) -> dict:
    return callback({"type": "app_mention", "user": "U1", "text": f"<@{ME}> a red boat", "ts": "1700000000.000100", "channel": "C1", "event_ts": "1700000000.000100"} | changes)  # fmt: skip


def message(**changes) -> dict:
    return callback({"type": "message", "channel_type": "channel", "user": "U1", "text": "a red boat", "ts": "1700000000.000100", "channel": "C1"} | changes)  # fmt: skip


def pressing(action_id: str = "clapper:confirm", value: str = '{"job": "J-1", "revision": 3}', **changes) -> dict:
    action = {"type": "button", "action_id": action_id, "block_id": "b", "value": value, "action_ts": "1700000009.000100"}  # fmt: skip
    return {
        "type": "block_actions",
        "api_app_id": "A1",
        "team": {"id": "T1", "domain": "team"},
        "user": {"id": "U1", "username": "asker", "team_id": "T1"},
        "channel": {"id": "C1", "name": "general"},
        "container": {"type": "message", "message_ts": "1700000005.000100", "channel_id": "C1", "thread_ts": "1700000000.000100"},
        "message": {"app_id": "A1", "team": "T1", "ts": "1700000005.000100"},
        "trigger_id": "1.2.3",
        "actions": [action],
    } | changes  # fmt: skip


def test_a_mention_is_a_message_to_the_bot():
    assert read(mention(files=[PICTURE]), ME) == Message(
        key="slack:T1:C1:1700000000.000100",
        conversation=Conversation("slack", "T1", "C1", "1700000000.000100"),
        author=Person("slack", "T1", "U1"),
        text="a red boat",
        attachments=(Attachment("T1/F1", "boat.png", "image/png", 1234),),
        at=datetime(2023, 11, 14, 22, 13, 20, 100, UTC),
        addressed=True,
    )


def test_both_events_of_one_mention_are_the_same_message():
    twice = [read(mention(), ME), read(message(text=f"<@{ME}> a red boat"), ME)]
    assert twice[0] == twice[1]


def test_a_reply_stays_in_its_thread():
    heard = read(message(thread_ts="1699999999.000001", text="yes"), ME)
    assert isinstance(heard, Message)
    assert (heard.conversation.thread, heard.addressed) == ("1699999999.000001", False)


@pytest.mark.parametrize("changes", [{"channel_type": "im", "channel": "D1"}, {"channel": "D1"}, {"text": f"look, <@{ME}|clapper>!"}])  # fmt: skip
def test_a_direct_message_and_a_mention_anywhere_are_addressed(changes):
    heard = read(message(**changes), ME)
    assert isinstance(heard, Message)
    assert heard.addressed


@pytest.mark.parametrize("subtype", ["file_share", "thread_broadcast"])
def test_what_somebody_wrote_in_another_form_is_a_message(subtype):
    assert read(message(subtype=subtype), ME) is not None


@pytest.mark.parametrize(
    "changes",
    [
        {"subtype": "message_changed", "hidden": True},
        {"subtype": "message_deleted"},
        {"subtype": "channel_join"},
        {"subtype": "bot_message", "bot_id": "B1"},
        {"subtype": "something_new"},
        {"hidden": True},
        {"bot_id": "B1"},
        {"bot_profile": {"id": "B1"}},
        {"user": ME},
        {"user": "USLACKBOT"},
        {"user": None},
    ],
)
def test_what_nobody_wrote_is_no_message(changes):
    assert read(message(**changes), ME) is None
    assert read(mention(**changes), ME) is None


def test_every_file_is_announced_whatever_it_is():
    external = {
        "id": "F3",
        "mode": "external",
        "title": "A drive file",
        "mimetype": "video/mp4",
        "external_type": "gdrive",
    }
    heard = read(message(subtype="file_share", files=[PICTURE, STUB, external, PICTURE]), ME)
    assert isinstance(heard, Message)
    assert [(one.id, one.name, one.bytes) for one in heard.attachments] == [
        ("T1/F1", "boat.png", 1234),
        ("T1/F2", "", None),
        ("T1/F3", "A drive file", None),
    ]


def test_the_files_of_a_message_passed_on_come_along():
    heard = read(
        message(files=[STUB], attachments=[{"is_share": True, "files": [PICTURE]}, {"files": [{"id": "F9"}]}]), ME
    )
    assert isinstance(heard, Message)
    assert [one.id for one in heard.attachments] == ["T1/F2", "T1/F1"]


def test_a_press_names_its_job_its_card_and_its_place():
    assert read(pressing(), ME) == Press(
        key="slack:T1:press:U1:1700000009.000100:clapper:confirm",
        conversation=Conversation("slack", "T1", "C1", "1700000000.000100"),
        author=Person("slack", "T1", "U1", "asker"),
        action="confirm",
        job="J-1",
        revision=3,
    )


def test_a_press_on_a_card_outside_a_thread_has_no_thread():
    body = pressing(container={"type": "message", "message_ts": "1.1", "channel_id": "C1", "is_ephemeral": True})
    del body["message"]
    heard = read(body, ME)
    assert isinstance(heard, Press)
    assert heard.conversation == Conversation("slack", "T1", "C1")


def test_a_press_at_home_is_answered_to_the_presser():
    body = pressing("clapper:cancel", view={"id": "V1", "type": "home"}, container={"type": "view", "view_id": "V1"})
    del body["channel"], body["message"]
    heard = read(body, ME)
    assert isinstance(heard, Press)
    assert heard.conversation == Conversation("slack", "T1", "U1")


def test_a_press_from_a_workspace_that_shares_the_channel_is_about_the_apps_own():
    body = pressing(team={"id": "T2"}, user={"id": "U9", "username": "guest", "team_id": "T2"})
    assert workspace(body) == "T1"


@pytest.mark.parametrize(
    "action", ["clapper:edit", "clapper:full", "clapper:merge", "clapper:nonsense", "other:confirm"]
)
def test_a_button_that_only_opens_something_is_no_press(action):
    assert read(pressing(action), ME) is None


ABOUT_FILM = '{"job": "J-1", "revision": 3, "item": "V-1"'


def test_a_press_names_the_film_it_is_about():
    heard = read(pressing("clapper:again:V-1", ABOUT_FILM + "}"), ME)
    assert isinstance(heard, Press)
    assert (heard.action, heard.item, heard.job, heard.value) == ("again", "V-1", "J-1", "")
    assert heard.key.endswith(":clapper:again:V-1")


def test_a_press_that_asks_first_counts_only_with_what_is_filled_in():
    assert read(pressing("clapper:rename:V-1", ABOUT_FILM + ', "form": true}'), ME) is None
    held = {"action": "rename", "item": "V-1", "job": "J-1", "revision": 3, "channel": "C1", "thread": "1.1"}
    assert read(submitting(held), ME) == Press(
        key="slack:T1:view:V9:h",
        conversation=Conversation("slack", "T1", "C1", "1.1"),
        author=Person("slack", "T1", "U1", "asker"),
        action="rename",
        job="J-1",
        value='{"name": "harbour"}',
        revision=3,
        item="V-1",
    )


def submitting(held, **view) -> dict:
    state = {"values": {"name": {"clapper:field": {"type": "plain_text_input", "value": "harbour"}}}}
    shown = {
        "id": "V9",
        "hash": "h",
        "callback_id": "clapper:form",
        "private_metadata": json.dumps(held),
        "state": state,
    }
    return {"type": "view_submission", "team": {"id": "T1"}, "user": {"id": "U1", "username": "asker"}, "view": shown | view}  # fmt: skip


def test_a_form_that_was_open_when_the_bot_was_replaced_is_still_an_edit():
    held = {"job": "J-1", "revision": 3, "channel": "C1", "thread": "1.1"}
    heard = read(submitting(held, callback_id="clapper:edit"), ME)
    assert isinstance(heard, Press)
    assert (heard.action, heard.item) == ("edit", "")


GOOD = {"action": "rename", "item": "V-1", "job": "J-1", "revision": 3, "channel": "C1", "thread": ""}


@pytest.mark.parametrize(
    "held",
    [
        *(
            GOOD | one
            for one in ({"action": "spend"}, {"action": None}, {"item": "x" * 33}, {"item": 7}, {"item": "\x00"})
        ),
        *(GOOD | one for one in ({"revision": "x"}, {"revision": None})),
        *({name: GOOD[name] for name in GOOD if name != left} for left in ("job", "revision", "channel", "thread")),
        *([], 3, None, "x"),
    ],
)
def test_a_form_that_nobody_of_us_opened_is_loud(held):
    with pytest.raises((ValueError, TypeError)):
        read(submitting(held), ME)


@pytest.mark.parametrize("values", [None, [], {"name": {}}, {"name": {"clapper:field": {}}}, {"name": None}])
def test_what_was_never_asked_is_loud(values):
    with pytest.raises(ValueError):
        read(submitting(GOOD, state={"values": values}), ME)


@pytest.mark.parametrize("value", ["", "{}", "[]", "3", '{"job": "J-1"}', '{"job": "J-1", "revision": "x"}', "\x00"])
def test_a_value_that_no_card_of_ours_has_is_loud(value):
    with pytest.raises((ValueError, KeyError)):
        read(pressing(value=value), ME)


def slash(text: str, **changes) -> dict:
    return {"command": "/clapper", "text": text, "team_id": "T1", "channel_id": "C1", "user_id": "U1", "user_name": "asker", "trigger_id": "1.2.3", "is_enterprise_install": "false"} | changes  # fmt: skip


@pytest.mark.parametrize("verb", [verb.name for verb in VERBS])
def test_every_verb_can_be_used_as_a_command(verb):
    heard = read(slash(f"{verb.upper()}  the rest\nof it"), "")
    assert heard == Command("slack:T1:command:1.2.3", Conversation("slack", "T1", "C1"), Person("slack", "T1", "U1", "asker"), verb, "the rest\nof it")  # fmt: skip


@pytest.mark.parametrize(("text", "verb", "rest"), [("", "help", ""), ("  ", "help", ""), ("a red boat", "make", "a red boat"), ("Status", "status", "")])  # fmt: skip
def test_a_command_without_a_verb_is_a_wish_and_an_empty_one_asks_for_help(text, verb, rest):
    heard = read(slash(text), "")
    assert isinstance(heard, Command)
    assert (heard.verb, heard.text) == (verb, rest)


def shortcut(**target) -> dict:
    return {
        "type": "message_action",
        "callback_id": "clapper_animate",
        "team": {"id": "T1"},
        "user": {"id": "U2", "name": "other"},
        "channel": {"id": "C1"},
        "action_ts": "1700000007.000100",
        "message": {"type": "message", "user": "U1", "text": "our cat", "ts": "1700000001.000100", "files": [PICTURE]} | target,
    }  # fmt: skip


def test_animating_a_message_is_a_wish_of_whoever_asks():
    assert read(shortcut(thread_ts="1700000000.000100"), ME) == Command(
        key="slack:T1:shortcut:U2:1700000007.000100",
        conversation=Conversation("slack", "T1", "C1", "1700000000.000100"),
        author=Person("slack", "T1", "U2", "other"),
        verb="make",
        text="our cat",
        attachments=(Attachment("T1/F1", "boat.png", "image/png", 1234),),
    )


def test_animating_what_a_bot_posted_takes_its_files_and_not_its_words():
    heard = read(shortcut(bot_id="B1", user=ME), ME)
    assert isinstance(heard, Command)
    assert (heard.text, len(heard.attachments)) == ("", 1)


def test_another_apps_shortcut_is_none_of_ours():
    assert read(shortcut() | {"callback_id": "other"}, ME) is None


def test_stopping_a_session_cancels_what_runs_there():
    event = {"type": "agent_session_stopped", "channel": "C1", "thread_ts": "1.1", "user": "U1", "event_ts": "2.2"}
    assert read(callback(event), ME) == Command("slack:T1:stop:C1:1.1:2.2", Conversation("slack", "T1", "C1", "1.1"), Person("slack", "T1", "U1"), "cancel", "here")  # fmt: skip


def test_an_app_installed_for_a_whole_organisation_still_names_the_workspace():
    body = mention() | {"authorizations": [ALLOWED | {"enterprise_id": "E1", "team_id": "T7", "is_enterprise_install": True}], "team_id": "T7", "enterprise_id": "E1"}  # fmt: skip
    heard = read(body, ME)
    assert isinstance(heard, Message)
    assert (heard.conversation.workspace, organisation(body)) == ("T7", "E1")


def test_a_press_in_such_a_workspace_names_it_too():
    body = pressing(team=None, enterprise={"id": "E1"}, is_enterprise_install=True, user={"id": "U1", "username": "asker", "team_id": "T7"})  # fmt: skip
    del body["message"]
    assert (workspace(body), organisation(body)) == ("T7", "E1")


def test_a_workspace_of_its_own_belongs_to_no_organisation():
    assert organisation(mention() | {"enterprise_id": "E1"}) == ""
    assert organisation(slash("status")) == ""


@pytest.mark.parametrize("kind", ["reaction_added", "file_shared", "app_home_opened", "tokens_revoked"])
def test_other_events_say_nothing_to_the_bot(kind):
    assert read(callback({"type": kind, "user": "U1"}), ME) is None


@given(st.data())
def test_a_payload_with_a_piece_missing_is_read_or_refused_never_half_read(data):
    body = copy.deepcopy(
        data.draw(st.sampled_from([mention(files=[PICTURE]), pressing(), slash("status"), shortcut()]))
    )
    places = [body, *(one for one in body.values() if isinstance(one, dict))]
    place = data.draw(st.sampled_from(places))
    name = data.draw(st.sampled_from(sorted(place)))
    if data.draw(st.booleans()):
        del place[name]
    else:
        place[name] = None
    try:
        heard = read(body, ME)
    except (KeyError, ValueError, TypeError, AttributeError, IndexError):
        return
    assert heard is None or heard.key.startswith("slack:")
