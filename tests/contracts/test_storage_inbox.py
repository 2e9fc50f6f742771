"""What every storage promises of events: each is kept once, worked on by one, and never forgotten before it is done."""

from dataclasses import replace

from hypothesis import HealthCheck, given, settings

from bot.domain.chat import Attachment, Command, Message, Press
from bot.ports.storage import Storage
from tests.anything import anything
from tests.stored import ASKER, HALL, LATER, NOON, ROOM, a_message, at

WEB = ["web"]


async def test_an_event_is_received_once_however_often_it_is_delivered(storage: Storage) -> None:
    assert await storage.inbox.receive(a_message("m1"), NOON)
    assert not await storage.inbox.receive(a_message("m1", "delivered again"), at(1))
    assert await storage.inbox.claim(WEB, "w", NOON, LATER, 10) == [(a_message("m1"), 0)]


async def test_the_three_kinds_of_event_come_back_as_they_were(storage: Storage) -> None:
    events = [
        Message("1", ROOM, ASKER, "שלום 🎬\x00 \u202e", (Attachment("a1", "a.png", "image/png", 7),)),
        Press("2", ROOM, ASKER, "confirm", "J-1", '{"seconds": 8}', revision=3),
        Command("3", HALL, ASKER, "status", "all of it"),
    ]
    for seconds, event in enumerate(events):
        assert await storage.inbox.receive(event, at(seconds))
    assert [event for event, _ in await storage.inbox.claim(WEB, "w", at(9), at(20), 10)] == events


async def test_text_that_no_database_holds_is_kept_as_near_as_can_be(storage: Storage) -> None:
    broken = a_message("half \ud83d\x00", "a lone \ud83d surrogate")
    assert await storage.inbox.receive(broken, NOON)
    assert not await storage.inbox.receive(broken, NOON)
    [(event, _)] = await storage.inbox.claim(WEB, "w", NOON, LATER, 1)
    assert event == a_message("half \ufffd\ufffd", "a lone \ufffd surrogate")
    assert await storage.inbox.claim(WEB, "w2", NOON, LATER, 1) == []
    await storage.inbox.done(broken.key, NOON)
    assert await storage.inbox.claim(WEB, "w", at(60), at(90), 1) == []


async def test_claims_are_oldest_first_and_no_more_than_asked(storage: Storage) -> None:
    for key, seconds in (("late", 5), ("early", 1), ("tied", 5)):
        await storage.inbox.receive(a_message(key), at(seconds))
    first = await storage.inbox.claim(WEB, "w", at(9), at(20), 2)
    assert [event.key for event, _ in first] == ["early", "late"]
    assert [event.key for event, _ in await storage.inbox.claim(WEB, "w", at(9), at(20), 2)] == ["tied"]


async def test_a_claimed_event_is_nobody_elses_until_its_lease_runs_out(storage: Storage) -> None:
    await storage.inbox.receive(a_message("m1"), NOON)
    assert await storage.inbox.claim(WEB, "w1", NOON, at(15), 10)
    assert await storage.inbox.claim(WEB, "w2", at(14), at(30), 10) == []
    assert await storage.inbox.claim(WEB, "w2", at(15), at(30), 10) == [(a_message("m1"), 1)]


async def test_an_event_that_is_done_never_comes_again(storage: Storage) -> None:
    await storage.inbox.receive(a_message("m1"), NOON)
    await storage.inbox.done("m1", at(1))
    assert await storage.inbox.claim(WEB, "w", at(60), at(90), 10) == []
    assert not await storage.inbox.receive(a_message("m1"), at(99))


async def test_only_the_holder_renews_and_only_what_is_named(storage: Storage) -> None:
    for key in ("m1", "m2"):
        await storage.inbox.receive(a_message(key), NOON)
    await storage.inbox.claim(WEB, "w1", NOON, at(15), 10)
    await storage.inbox.renew("w2", ["m1", "m2"], at(60))
    await storage.inbox.renew("w1", ["m1"], at(60))
    await storage.inbox.renew("w1", [], at(60))
    assert [event.key for event, _ in await storage.inbox.claim(WEB, "w2", at(15), at(30), 10)] == ["m2"]


async def test_messages_of_a_conversation_are_what_people_wrote_there_oldest_first(storage: Storage) -> None:
    await storage.inbox.receive(a_message("2"), at(2))
    await storage.inbox.receive(a_message("1"), at(1))
    await storage.inbox.receive(a_message("3", conversation=HALL), at(3))
    await storage.inbox.receive(Press("4", ROOM, ASKER, "confirm", "J-1"), at(4))
    await storage.inbox.done("1", at(5))
    assert await storage.inbox.messages(ROOM) == [(at(1), a_message("1")), (at(2), a_message("2"))]
    assert await storage.inbox.messages(ROOM, skip=1) == [(at(2), a_message("2"))]
    assert await storage.inbox.messages(ROOM, skip=2) == await storage.inbox.messages(ROOM, skip=99) == []


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(event=anything(Message) | anything(Press) | anything(Command))
async def test_any_event_comes_back_as_it_was(storage: Storage, event: Message | Press | Command) -> None:
    if await storage.inbox.receive(event, NOON):
        [(again, before)] = await storage.inbox.claim([event.conversation.platform], "w", NOON, LATER, 1)
        assert (again, before) == (event, 0)
        await storage.inbox.done(event.key, NOON)


async def test_events_of_platforms_that_are_not_named_are_left_alone(storage: Storage) -> None:
    await storage.inbox.receive(a_message("here"), NOON)
    await storage.inbox.receive(a_message("there", conversation=replace(ROOM, platform="terminal")), NOON)
    assert await storage.inbox.claim([], "w", NOON, LATER, 9) == []
    assert [event.key for event, _ in await storage.inbox.claim(WEB, "w", NOON, LATER, 9)] == ["here"]
