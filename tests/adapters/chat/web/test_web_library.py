"""The library card on the page: each film can be played and its poster seen."""

from bot.domain.chat import Message
from bot.domain.drive import Clip
from bot.flows.hear import hear, reply_id
from tests.adapters.chat.web.scripted import YOU, here
from tests.houses import staged


async def test_a_library_card_on_the_page_plays_its_films_and_shows_their_posters(bot, web, tmp_path):
    """By the page's own JSON: links that give the Drive's bytes."""
    bot.put("web-local/people/you/videos/fox.mp4", b"\0\0\0\x18ftypmp42film")
    bot.put(".posters/fox.jpg", b"\xff\xd8\xff\xe0poster")
    await bot.storage.clips.add(
        Clip(
            id="FOX-1",
            workspace="local",
            owner=YOU,
            job="J-FOX",
            drive_path="videos/fox.mp4",
            key="web-local/people/you/videos/fox.mp4",
            bytes=16,
            seconds=5.0,
            width=1280,
            height=720,
            made_at=bot.clock.now(),
            poster=".posters/fox.jpg",
        )
    )
    stage = staged(bot.storage, tmp_path, bot.clock)
    await hear(Message("web:c1:m1", here(), YOU, "library"), stage.house)
    shown = (await web.get("/api/conversations/c1")).json()
    [card] = [one for one in shown["cards"] if one["id"] == reply_id("web:c1:m1")]
    assert card["title"] == "The library: 1 film"
    [film] = card["media"]
    assert (film["kind"], film["drive_path"], film["seconds"]) == ("video", "videos/fox.mp4", 5.0)
    part = await web.get(film["url"], headers={"range": "bytes=4-11"})
    assert (part.status_code, part.content) == (206, b"ftypmp42")
    assert (await web.get(film["poster"])).content.endswith(b"poster")
