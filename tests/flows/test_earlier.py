"""Files from earlier in the thread: only where the message speaks of them, and never in silence."""

import pytest

from bot.domain.chat import Attachment, Command, Message
from bot.domain.job import job_id
from bot.flows.hear import hear
from tests.houses import ASKER, HERE

CLIP = Attachment("v1", "fox.mp4", "video/mp4", 4)
SPEAKS = [
    "Animate this",
    "animate it, 8 seconds",
    "Please animate these",
    "make it snow on the roof",
    "use @Video1: the fox turns",
    "a film of this, vertical",
    "the fox in this picture runs away",
    "bring the old photo to life",
    "extend the clip by 5 seconds",
    "this, 8 seconds, vertical",
    "the image above, but at night",
    "as the first frame",
    "",
    "8 seconds, vertical",
]
SILENT = [
    "A fox crosses the frozen lake",
    "A house that burns while it snows",
    "She walks through the rain; that is all",
    "Those who wait see the sun rise over it",
    "A man turns it off and on",
]


async def heard(stage, text, earlier=(CLIP,), **more):
    for one in (*earlier, *more.get("attachments", ())):
        stage.board.attachments[one.id] = b"film" + one.id.encode()
    await hear(Message("m1", HERE, ASKER, text, earlier=tuple(earlier), **more), stage.house)
    return await stage.house.storage.jobs.get(job_id("m1"))


@pytest.mark.parametrize("text", SPEAKS)
async def test_a_message_that_speaks_of_them_is_given_the_files_of_its_thread(stage, text):
    """And the card says which."""
    job = await heard(stage, text)
    assert [ref.source.value for ref in job.request.references] == ["v1"]
    assert any(hint.startswith("Taken from earlier in this thread: fox.mp4.") for hint in job.hints)


@pytest.mark.parametrize("text", SILENT)
async def test_a_story_that_only_uses_such_words_takes_no_files(stage, text):
    """It, that and those are in every other sentence."""
    job = await heard(stage, text)
    assert job.request.references == ()
    assert not any("earlier" in hint for hint in job.hints)


async def test_a_message_with_files_of_its_own_takes_no_others(stage):
    """What is attached is what is meant."""
    job = await heard(stage, "Animate this", attachments=(Attachment("own", "own.mp4", "video/mp4"),))
    assert [ref.source.value for ref in job.request.references] == ["own"]


async def test_a_message_that_names_its_file_takes_no_others(stage):
    """The last clip, an address, a Drive path: that is what is meant."""
    job = await heard(stage, "extend the last clip by 5 seconds")
    assert [ref.source.value for ref in job.request.references] == ["last"]


async def test_at_most_nine_are_taken_the_newest_first(stage):
    """As many as any model takes."""
    job = await heard(stage, "Animate these", [Attachment(f"v{n}", f"{n}.mp4", "video/mp4") for n in range(12)])
    assert [ref.source.value for ref in job.request.references] == [f"v{n}" for n in range(9)]
    assert "8.mp4" in job.hints[0]
    assert "9.mp4" not in job.hints[0]


async def test_what_cannot_be_filmed_is_left_where_it_is(stage):
    """A table sheet in the thread is no reason to refuse the picture beside it."""
    sheet = Attachment("x1", "budget.xlsx", "application/vnd.ms-excel")
    job = await heard(stage, "Animate this", [sheet, CLIP])
    assert [ref.source.value for ref in job.request.references] == ["v1"]


async def test_a_verb_and_a_command_take_nothing(stage):
    """`status` in a thread with pictures is no wish."""
    assert (await heard(stage, "status")) is None
    await hear(Command("c1", HERE, ASKER, "make", "Animate this"), stage.house)
    job = await stage.house.storage.jobs.get(job_id("c1"))
    assert job.request.references == ()
