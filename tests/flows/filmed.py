"""Finished films, and how they lie on the Drive."""

from bot.domain.job import State
from tests.houses import ASKER


async def film(stage, path="promo/fox", author=ASKER, more=""):
    """A finished film, as it is in the library."""
    job = await stage.ask(f"A fox crosses the frozen lake --out {path} {more}", author)
    await stage.press(job.id, "confirm", who=author)
    await stage.run()
    job = await stage.job(job.id)
    assert job.state is State.complete
    return job.result.clips[0]


async def fresh(stage, clip):
    return await stage.house.storage.clips.get(clip.id)


async def card_of(stage, id):
    posting = await stage.house.storage.cards.get(id)
    return posting.card if posting else None


async def the_bytes(stage, clip):
    return b"".join([piece async for piece in stage.house.files.open(clip.key)])


async def the_same_bytes(stage, clip):
    """They lie under the film's key, which it alone holds, and under no other of its names."""
    held = list(await stage.house.storage.names.held(clip.id))
    return held == [clip.key] and clip.key in stage.shelf.kept and await stage.house.storage.clips.at(clip.key) == clip
