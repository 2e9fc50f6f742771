"""What every storage promises of cards: each chat is brought to the revision wanted, in fair order, by one worker at a time."""

from dataclasses import replace

from hypothesis import HealthCheck, given, settings

from bot.domain.card import Action, Button, Card, Posting
from bot.domain.chat import MessageRef
from bot.domain.job import State
from bot.ports.storage import Storage
from tests.anything import anything
from tests.stored import ASKER, CARD, HALL, LATER, NOON, ROOM, WEB, a_job, at

SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
POSTED = MessageRef(ROOM, "17")


async def ids_behind(storage: Storage, seconds: float = 10, limit: int = 9, worker: str = "w") -> list[str]:
    return [one.id for one in await storage.cards.behind(WEB, worker, at(seconds), at(seconds + 15), limit)]


async def test_a_said_card_is_said_once(storage: Storage) -> None:
    await storage.cards.say("help-1", ROOM, CARD, to=ASKER)
    await storage.cards.say("help-1", HALL, replace(CARD, title="Again"))
    said = Posting(id="help-1", conversation=ROOM, job=None, wanted=1, shown=0, rendered=1, card=CARD, to=ASKER)
    assert await storage.cards.get("help-1") == said
    assert await storage.cards.behind(WEB, "w", NOON, LATER, 9) == [said]
    assert await storage.cards.get("unheard of") is None


async def test_a_shown_card_is_behind_again_when_its_job_moves(storage: Storage) -> None:
    await storage.jobs.add(a_job())
    assert await ids_behind(storage) == ["C-1"]
    await storage.cards.render("C-1", 1, CARD)
    await storage.cards.shown("C-1", "w", 1, POSTED)
    assert await ids_behind(storage) == []
    await storage.jobs.save(a_job().move(State.queued, at(11)))
    [posting] = await storage.cards.behind(WEB, "w", at(12), at(27), 9)
    assert posting == Posting(
        id="C-1", conversation=ROOM, job="J-1", wanted=2, shown=1, rendered=1, card=CARD, message=POSTED
    )


async def test_an_older_rendering_never_replaces_a_newer(storage: Storage) -> None:
    await storage.jobs.add(a_job())
    newer = replace(CARD, title="Newer", buttons=(Button(Action.cancel, "Cancel"),))
    await storage.cards.render("C-1", 3, newer)
    await storage.cards.render("C-1", 2, CARD)
    card = await storage.cards.get("C-1")
    assert card is not None
    assert (card.rendered, card.card) == (3, newer)


async def test_a_worker_that_lost_its_lease_says_nothing_of_what_is_shown(storage: Storage) -> None:
    await storage.jobs.add(a_job())
    assert await ids_behind(storage) == ["C-1"]
    assert await ids_behind(storage, seconds=30, worker="w2") == ["C-1"]
    await storage.cards.shown("C-1", "w", 1, POSTED)
    card = await storage.cards.get("C-1")
    assert card is not None
    assert (card.shown, card.message) == (0, None)
    await storage.cards.shown("C-1", "w2", 1, POSTED)
    card = await storage.cards.get("C-1")
    assert card is not None
    assert (card.shown, card.message) == (1, POSTED)


async def test_what_came_over_a_newer_card_from_a_worker_that_lost_its_lease_is_shown_again(storage: Storage) -> None:
    await storage.jobs.add(a_job())
    assert await ids_behind(storage) == ["C-1"]
    await storage.jobs.save(a_job().move(State.queued, at(11)))
    assert await ids_behind(storage, seconds=30, worker="w2") == ["C-1"]
    await storage.cards.shown("C-1", "w2", 2, POSTED)
    assert await ids_behind(storage, seconds=31) == []
    await storage.cards.shown("C-1", "w", 1, POSTED)
    assert await ids_behind(storage, seconds=32, worker="w2") == ["C-1"]
    await storage.cards.shown("C-1", "w2", 2, POSTED)
    await storage.cards.shown("C-1", "w", 0, None, retry_at=at(60))
    assert await ids_behind(storage, seconds=33, worker="w2") == ["C-1"], "nobody knows whether it came"


async def test_cards_of_other_platforms_are_left_alone(storage: Storage) -> None:
    await storage.cards.say("here", ROOM, CARD)
    await storage.cards.say("there", replace(ROOM, platform="slack"), CARD)
    assert await storage.cards.behind([], "w", NOON, LATER, 9) == []
    assert await ids_behind(storage) == ["here"]
    assert [one.id for one in await storage.cards.behind(["web", "slack"], "w", at(11), at(20), 9)] == ["there"]


async def test_a_leased_card_is_nobody_elses_until_the_lease_runs_out(storage: Storage) -> None:
    await storage.cards.say("c", ROOM, CARD)
    assert await ids_behind(storage, seconds=0) == ["c"]
    assert await ids_behind(storage, seconds=14, worker="w2") == []
    assert await storage.cards.take("c", "w2", at(14), at(30)) is None
    assert await ids_behind(storage, seconds=15, worker="w2") == ["c"]


async def test_a_card_is_taken_when_behind_and_free(storage: Storage) -> None:
    await storage.cards.say("c", ROOM, CARD)
    taken = await storage.cards.take("c", "w", NOON, LATER)
    assert taken == await storage.cards.get("c")
    assert await storage.cards.take("c", "w", NOON, LATER) is None
    await storage.cards.shown("c", "w", 1, POSTED)
    assert await storage.cards.take("c", "w", NOON, LATER) is None
    assert await storage.cards.take("unheard of", "w", NOON, LATER) is None


async def test_a_card_put_off_waits_until_then_while_only_its_progress_moves(storage: Storage) -> None:
    await storage.jobs.add(a_job())
    assert await ids_behind(storage) == ["C-1"]
    await storage.cards.shown("C-1", "w", 1, None, retry_at=at(40))
    await storage.jobs.save(a_job().move(a_job().state, at(12)))
    assert await ids_behind(storage, seconds=39) == []
    assert await storage.cards.take("C-1", "w", at(39), at(50)) is None
    [posting] = await storage.cards.behind(WEB, "w", at(40), at(55), 9)
    assert (posting.shown, posting.wanted) == (0, 2)
    await storage.cards.shown("C-1", "w", 2, POSTED)
    assert await ids_behind(storage, seconds=90) == []


async def test_a_card_put_off_is_shown_at_once_when_its_job_enters_another_state(storage: Storage) -> None:
    await storage.jobs.add(a_job())
    assert await ids_behind(storage) == ["C-1"]
    await storage.cards.shown("C-1", "w", 1, None, retry_at=at(40))
    await storage.jobs.save(a_job().move(State.queued, at(12)))
    assert await ids_behind(storage, seconds=13) == ["C-1"]


async def test_a_card_put_off_is_taken_early_by_who_knows_until_when_and_only_while_it_is_free(
    storage: Storage,
) -> None:
    await storage.cards.say("c", ROOM, CARD)
    assert await storage.cards.take("c", "w", NOON, at(10)) is not None
    await storage.cards.shown("c", "w", 0, None, retry_at=at(40))
    assert await storage.cards.take("c", "w", at(1), at(20), put_off=at(39)) is None
    assert await storage.cards.take("c", "w", at(1), at(20), put_off=at(40)) is not None
    assert await storage.cards.take("c", "w2", at(1), at(20), put_off=at(40)) is None
    await storage.cards.shown("c", "w", 0, None)
    assert await ids_behind(storage, seconds=2) == ["c"]


async def test_the_longest_wait_comes_first_and_a_busy_card_starves_no_other(storage: Storage) -> None:
    for number in (1, 2, 3):
        await storage.jobs.add(a_job(f"J-{number}", changed_at=at(number)))
    assert await ids_behind(storage, limit=1) == ["C-1"]
    await storage.cards.shown("C-1", "w", 1, POSTED)
    await storage.jobs.save(a_job("J-1").move(State.queued, at(4)))
    assert await ids_behind(storage, seconds=11) == ["C-2", "C-3", "C-1"]


async def test_a_card_that_changes_while_it_waits_keeps_its_place(storage: Storage) -> None:
    for number in (1, 2):
        await storage.jobs.add(a_job(f"J-{number}", changed_at=at(number)))
    await storage.jobs.save(a_job("J-1").move(State.queued, at(4)))
    assert await ids_behind(storage) == ["C-1", "C-2"]


async def test_a_card_that_changed_while_it_was_shown_waits_since_then(storage: Storage) -> None:
    for number in (1, 2, 3):
        await storage.jobs.add(a_job(f"J-{number}", changed_at=at({1: 1, 2: 5, 3: 9}[number])))
    assert await ids_behind(storage, limit=1) == ["C-1"]
    await storage.jobs.save(a_job("J-1").move(State.queued, at(7)))
    await storage.cards.shown("C-1", "w", 1, POSTED)
    assert await ids_behind(storage) == ["C-2", "C-1", "C-3"]


async def test_cards_that_cannot_be_shown_starve_no_other(storage: Storage) -> None:
    """Put off again and again, they go to the end of the line each time."""
    for number in (1, 2):
        await storage.jobs.add(a_job(f"J-{number}", changed_at=at(number)))
    assert await ids_behind(storage) == ["C-1", "C-2"]
    for number in (1, 2):
        await storage.cards.shown(f"C-{number}", "w", 1, None, retry_at=at(20))
    await storage.jobs.add(a_job("J-3", changed_at=at(15)))
    assert await ids_behind(storage, seconds=30, limit=1) == ["C-3"]


async def test_revisions_of_a_conversation_are_oldest_first(storage: Storage) -> None:
    await storage.jobs.add(a_job("J-z"))
    await storage.cards.say("a-help", ROOM, CARD)
    await storage.cards.say("elsewhere", HALL, CARD)
    await storage.jobs.add(a_job("J-b"))
    await storage.cards.render("C-b", 4, CARD)
    assert list((await storage.cards.revisions(ROOM)).items()) == [("C-z", 0), ("a-help", 1), ("C-b", 4)]


@settings(max_examples=25, suppress_health_check=SLOW, deadline=None)
@given(card=anything(Card))
async def test_any_card_comes_back_as_it_was(storage: Storage, card: Card) -> None:
    await storage.jobs.add(a_job())
    await storage.cards.render("C-1", 1, card)
    posting = await storage.cards.get("C-1")
    assert posting is not None
    assert posting.card == card
