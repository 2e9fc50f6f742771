"""What every storage promises of notes: the last one under a key holds, until its time is over."""

import asyncio

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.ports.storage import Storage
from tests.stored import NOON, at


async def test_a_note_is_there_under_its_key_alone(storage: Storage) -> None:
    await storage.notes.put("sent:C-1", "17", at(60))
    assert await storage.notes.get("sent:C-1") == "17"
    assert await storage.notes.get("sent:C-2") is None
    assert await storage.notes.get("") is None


async def test_a_later_note_takes_the_place_of_the_one_before(storage: Storage) -> None:
    await storage.notes.put("k", "first", at(60))
    await storage.notes.put("k", "second", at(30))
    assert await storage.notes.get("k") == "second"
    await storage.notes.forget(at(45))
    assert await storage.notes.get("k") is None, "the time to keep it was replaced too"


async def test_a_note_is_swapped_only_by_who_knows_what_is_noted(storage: Storage) -> None:
    assert not await storage.notes.swap("k", "first", "second", at(60))
    both = [storage.notes.swap("k", None, name, at(60)) for name in ("one", "other")]
    assert sorted(await asyncio.gather(*both)) == [False, True]
    first = await storage.notes.get("k")
    assert first in {"one", "other"}
    both = [storage.notes.swap("k", first, name, at(30)) for name in ("third", "fourth")]
    assert sorted(await asyncio.gather(*both)) == [False, True]
    assert await storage.notes.get("k") in {"third", "fourth"}
    await storage.notes.forget(at(45))
    assert await storage.notes.get("k") is None, "the time to keep it was replaced too"


async def test_only_what_is_over_is_forgotten(storage: Storage) -> None:
    for key, seconds in (("over", 59), ("to the second", 60), ("later", 61)):
        await storage.notes.put(key, key, at(seconds))
    await storage.notes.forget(at(60))
    assert [await storage.notes.get(key) for key in ("over", "to the second", "later")] == [
        None,
        "to the second",
        "later",
    ]


async def test_a_note_kept_longer_is_not_forgotten_when_its_first_time_is_over(storage: Storage) -> None:
    await storage.notes.put("k", "text", at(10))
    await storage.notes.put("k", "text", at(60))
    await storage.notes.forget(at(30))
    assert await storage.notes.get("k") == "text"


async def test_of_many_notes_at_once_under_one_key_one_stands_and_none_fails(storage: Storage) -> None:
    texts = [str(number) for number in range(20)]
    await asyncio.gather(*(storage.notes.put("k", text, at(60)) for text in texts))
    assert await storage.notes.get("k") in texts
    await asyncio.gather(*(storage.notes.put(f"k{text}", text, at(60)) for text in texts), storage.notes.forget(NOON))
    assert [await storage.notes.get(f"k{text}") for text in texts] == texts


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
async def test_any_text_comes_back_as_it_was(storage: Storage, text: str) -> None:
    await storage.notes.put("any", text, at(60))
    assert await storage.notes.get("any") == text
