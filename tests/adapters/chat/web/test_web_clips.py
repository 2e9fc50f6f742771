"""The library's interface over real sockets: found a page at a time, each film with the buttons that the bot gives it."""

import json
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from bot.domain.card import Action, Button, Card
from bot.domain.chat import Conversation, Person
from bot.domain.errors import BadRequest, NotAllowed
from tests.adapters.chat.web.films import Projector, film_card, hang
from tests.adapters.chat.web.scripted import Bot, here


async def ids(web, query: str) -> tuple[list[str], int, bool]:
    told = (await web.get(f"/api/clips?{query}")).json()
    return [clip["id"] for clip in told["clips"]], told["total"], told["more"]


async def test_films_are_found_by_what_is_asked_and_paged(bot, web):
    for number in range(1, 6):
        await hang(bot, number)
    await hang(bot, 6, drive_path="/space/owl.mp4", prompt="an owl", model="other", title="Other", seconds=12.0)
    assert await ids(web, "limit=4") == (["FILM-6", "FILM-5", "FILM-4", "FILM-3"], 6, True)
    assert await ids(web, "limit=4&skip=4") == (["FILM-2", "FILM-1"], 6, False)
    assert await ids(web, "limit=6") == ([f"FILM-{n}" for n in (6, 5, 4, 3, 2, 1)], 6, False)
    for query in ("q=owl", "model=other", "min=10", "folder=/space/", "q=OWL%20other&max=12"):
        assert await ids(web, query) == (["FILM-6"], 1, False)
    assert (await ids(web, "folder="))[1] == 5
    assert await ids(web, "by=nobody") == ([], 0, False)
    later = (bot.clock.now() + timedelta(days=1)).date()
    assert await ids(web, f"since={later}") == ([], 0, False)
    refused = await web.get("/api/clips?max=long")
    assert (refused.status_code, "'long'" in refused.json()["error"]) == (400, True)


async def test_a_film_tells_what_it_is_and_what_can_be_done_with_it(bot, web):
    clip = await hang(bot, 1)
    Projector(bot)
    told = (await web.get("/api/clips/FILM-1")).json()
    assert {name: told["clip"][name] for name in ("prompt", "model", "title", "owner", "trashed_until")} == {
        "prompt": "a fox in scene 1",
        "model": "toll-1",
        "title": "Toll One",
        "owner": {"id": "you", "name": "You"},
        "trashed_until": None,
    }
    assert [button["label"] for button in told["buttons"]] == [button.label for button in film_card(clip).buttons]
    assert [field["kind"] for field in told["buttons"][1]["form"]] == ["text", "line"]
    await web.get("/api/clips/FILM-1")
    assert [(press.action, press.item, press.job) for press in bot.ears.pressed] == [("film", "FILM-1", "J-1")]


async def test_looking_at_a_film_says_nothing_in_any_conversation_that_people_see(bot, web):
    await hang(bot, 1)
    Projector(bot)
    await bot.hear()
    await web.get("/api/clips/FILM-1")
    assert (await web.get("/api/conversations/c1")).json()["cards"] == []
    assert bot.ears.pressed[0].conversation.channel.startswith("film-FILM-1-1-")


async def test_a_film_offers_the_models_that_can_be_chosen_now(tmp_path):
    models = [("toll-1", "Toll One")]
    async with (
        Bot(tmp_path, models=lambda: models).served() as bot,
        httpx.AsyncClient(verify=False, base_url=bot.url) as web,
    ):
        await hang(bot, 1)
        Projector(bot)
        assert '<option value="toll-1">Toll One</option>' in (await web.get("/")).text
        for offered, asked in ((models[0], 1), (models[0], 1), (("toll-2", "Toll Two"), 2)):
            models[:] = [offered]
            await web.get("/api/clips/FILM-1")
            assert len(bot.ears.pressed) == asked


async def test_without_a_card_of_its_own_a_film_has_the_buttons_of_its_job(bot, web):
    async def refuse(_):
        raise BadRequest("There is no such thing.")

    said = await bot.hear()
    buttons = (
        Button(Action.again, "Again", item="FILM-1"),
        Button(Action.film, "Film 1", item="FILM-1"),
        Button(Action.again, "Again", item="FILM-2"),
    )
    job = (await bot.show(said, Card(title="Ready", buttons=buttons))).replace("C-", "J-")
    await hang(bot, 1, job=job)
    bot.ears.on_press = refuse
    told = (await web.get("/api/clips/FILM-1")).json()["buttons"]
    assert [(button["action"], button["item"]) for button in told] == [("again", "FILM-1")]


async def test_a_press_under_a_film_goes_to_the_conversation_that_the_page_is_in(bot, web):
    await hang(bot, 1)
    Projector(bot)
    body = {"action": "variation", "value": {"prompt": "a red fox"}, "conversation": "c9", "item": "FILM-2"}
    answer = (await web.post("/api/clips/FILM-1/actions", json=body)).json()
    assert (answer["ok"], answer["conversation"], answer["clip"]["version"]) == (True, "c9", 1)
    (pressed,) = bot.ears.pressed
    assert (pressed.conversation, pressed.item, pressed.job) == (here("c9"), "FILM-1", "J-1")
    assert json.loads(pressed.value) == {"prompt": "a red fox"}
    assert [card["title"] for card in (await web.get("/api/conversations/c9")).json()["cards"]] == [
        "variation of 01.mp4?"
    ]
    fresh = (await web.post("/api/clips/FILM-1/actions", json={"action": "again"})).json()["conversation"]
    assert len((await web.get(f"/api/conversations/{fresh}")).json()["cards"]) == 1


async def test_a_change_of_a_film_is_told_with_the_answer_and_what_is_gone_as_gone(bot, web):
    await hang(bot, 1)
    Projector(bot)
    renamed = await web.post("/api/clips/FILM-1/actions", json={"action": "rename", "value": {"path": "b.mp4"}})
    assert (renamed.json()["clip"]["drive_path"], renamed.json()["clip"]["version"]) == ("b.mp4", 2)
    deleted = (await web.post("/api/clips/FILM-1/actions", json={"action": "delete"})).json()["clip"]
    assert deleted["trashed_until"] > bot.clock.now().isoformat()
    assert await ids(web, "") == ([], 0, False)
    assert await ids(web, "trashed=1") == (["FILM-1"], 1, False)
    assert [one["action"] for one in (await web.get("/api/clips/FILM-1")).json()["buttons"]] == ["restore"]

    async def forget(press):
        await bot.storage.clips.forget(press.item)

    bot.ears.on_press = forget
    assert (await web.post("/api/clips/FILM-1/actions", json={"action": "restore"})).json()["clip"] is None


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("NOPE", b'{"action": "again"}', 404),
        ("%00", b'{"action": "again"}', 404),
        ("x" * 300, b'{"action": "again"}', 404),
        ("FILM-1", b"{", 400),
        ("FILM-1", b"[1]", 400),
        ("FILM-1", b'{"action": "explode"}', 400),
        ("FILM-1", b'{"action": "again", "conversation": "a b"}', 400),
        ("FILM-1", b'{"action": "again", "conversation": ["c"]}', 400),
        ("THEIRS", b'{"action": "again"}', 404),
    ],
)
async def test_a_press_under_a_film_that_cannot_be_is_refused_before_the_bot_hears_of_it(bot, web, path, body, status):
    await hang(bot, 1)
    await hang(bot, 2, id="THEIRS", owner=Person("web", "local", "them"), channel="x")
    assert (await web.post(f"/api/clips/{path}/actions", content=body)).status_code == status
    assert not bot.ears.pressed


@pytest.mark.parametrize(("error", "status"), [(BadRequest("No."), 409), (NotAllowed("Not yours."), 403)])
async def test_a_press_under_a_film_that_does_not_apply_says_why(bot, web, error, status):
    async def refuse(_):
        raise error

    await hang(bot, 1)
    bot.ears.on_press = refuse
    answer = await web.post("/api/clips/FILM-1/actions", json={"action": "again"})
    assert (answer.status_code, answer.json()["error"]) == (status, error.say)


async def test_a_card_of_no_job_can_be_pressed_and_names_itself(bot, web):
    page = Card(title="The library", buttons=(Button(Action.page, "Next", item="2"),))
    await bot.say("S-1", replace(page, job="S-1"))
    await bot.say("S-2", page)
    for id in ("S-1", "S-2"):
        assert (await web.post(f"/api/cards/{id}/actions", json={"action": "page", "item": "2"})).status_code == 200
    assert [(press.job, press.item) for press in bot.ears.pressed] == [("S-1", "2"), ("S-2", "2")]


async def test_a_card_that_turns_a_page_is_told_anew(bot, web):
    await bot.say("S-1", Card(title="Page 1"))
    assert (await web.get("/api/conversations/c1")).json()["cards"][0]["title"] == "Page 1"
    await bot.storage.cards.revise("S-1", Card(title="Page 2"))
    assert (await web.get("/api/conversations/c1")).json()["cards"][0]["title"] == "Page 2"


async def test_films_to_put_in_order_come_with_their_posters(bot, web):
    Projector(bot)
    clips = [await hang(bot, number) for number in (1, 2)]
    for clip in clips:
        answer = await web.post(f"/api/clips/{clip.id}/actions", json={"action": "add_to_merge", "conversation": "c1"})
        assert answer.status_code == 200
    (card,) = (await web.get("/api/conversations/c1")).json()["cards"]
    (form,) = [button["form"] for button in card["buttons"] if button["form"]]
    assert form[0]["value"] == "FILM-1 FILM-2"
    for option, clip in zip(form[0]["options"], clips, strict=True):
        assert (option["value"], option["label"]) == (clip.id, clip.drive_path)
        assert (await web.get(option["poster"])).headers["content-type"] == "image/jpeg"
    assert Conversation("web", "local", "c1") == bot.ears.pressed[0].conversation
