"""The library on the page with the real core behind it: films are listed, opened, played and renamed."""

import pytest

from bot.domain.chat import Message
from bot.domain.drive import Clip
from bot.flows.hear import hear, reply_id
from bot.flows.press import press
from tests.adapters.chat.web.films import hang, poster
from tests.adapters.chat.web.scripted import here
from tests.houses import staged

KEY = "web-local/people/you/videos/fox.mp4"
MP4 = b"\0\0\0\x18ftypmp42film"


@pytest.fixture
async def fox(bot, tmp_path) -> Clip:
    """A film in the library, with the real core behind the page's buttons."""
    stage = staged(bot.storage, tmp_path, bot.clock)
    stage.shelf.kept[KEY] = MP4

    async def pressed(event):
        await press(event, stage.house)

    bot.ears.on_press = pressed
    clip = await hang(bot, 1, drive_path="videos/fox.mp4", key=KEY, job="J-FOX")
    bot.put(KEY, MP4)
    await hear(Message("web:c1:m1", here(), clip.owner, "library"), stage.house)
    return clip


async def test_a_film_of_the_library_card_plays_and_shows_its_poster(bot, web, fox):
    """By the page's own JSON: links that give the Drive's bytes."""
    shown = (await web.get("/api/conversations/c1")).json()
    [listed] = [one for one in shown["cards"] if one["id"] == reply_id("web:c1:m1")]
    [button] = [one for one in listed["buttons"] if one["item"] == fox.id]
    said = {"action": button["action"], "item": button["item"], "revision": listed["revision"]}
    assert (await web.post(f"/api/cards/{listed['id']}/actions", json=said)).status_code == 200
    opened = (await web.get("/api/conversations/c1")).json()["cards"][-1]
    [film] = [one for one in opened["media"] if one["kind"] == "video"]
    assert (film["clip"], film["drive_path"], film["seconds"]) == (fox.id, "videos/fox.mp4", 5.0)
    part = await web.get(film["url"], headers={"range": "bytes=4-11"})
    assert (part.status_code, part.content) == (206, b"ftypmp42")
    assert (await web.get(film["poster"])).content == poster(1)


async def test_a_film_is_renamed_from_the_gallery_and_found_under_its_new_name(bot, web, fox):
    told = (await web.get(f"/api/clips/{fox.id}")).json()
    [rename] = [one for one in told["buttons"] if one["action"] == "rename"]
    [field] = rename["form"]
    body = {"action": "rename", "value": {field["name"]: "promo/red fox"}, "conversation": "c1"}
    answer = await web.post(f"/api/clips/{fox.id}/actions", json=body)
    assert answer.json()["clip"]["drive_path"] == "promo/red fox.mp4"
    assert [clip["drive_path"] for clip in (await web.get("/api/clips?q=red")).json()["clips"]] == ["promo/red fox.mp4"]
    again = (await web.get(f"/api/clips/{fox.id}")).json()["buttons"]
    assert [one["form"][0]["value"] for one in again if one["action"] == "rename"] == ["promo/red fox.mp4"]
