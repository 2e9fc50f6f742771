"""Several people at one page: everyone has their own conversations, cards, films and streams, and none of anybody else's."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from adapters.chat.web.people import OPERATOR, own, owner, owns, person_id
from adapters.chat.web.sessions import Sessions
from adapters.kit.links import WINDOW_SECONDS
from bot.domain.card import Action, Button, Card, FieldKind, FormField
from bot.domain.chat import Person
from tests.adapters.chat.web.films import hang
from tests.adapters.chat.web.issuer import CLIENT, SECRET
from tests.adapters.chat.web.scripted import YOU, Bot

ISSUER = "https://login.example.org"
ADA, BEN = (Person("web", "local", person_id(ISSUER, name), name) for name in ("Ada", "Ben"))
ASK = Card(title="Make this film?", text="a fox", buttons=(Button(Action.confirm, "Confirm"),))
SETTINGS = {"token": "t", "oidc_issuer": ISSUER, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}


@pytest.fixture
async def many(tmp_path):
    async with Bot(tmp_path, **SETTINGS).served() as bot:
        yield bot


def browser(bot: Bot, person: Person) -> Any:
    """With a login of theirs, as it is after they came back from the provider."""
    cookie = Sessions("t", SECRET).login(person, bot.clock.now().timestamp())
    return httpx.AsyncClient(verify=False, base_url=bot.url, cookies={"clapper_login": cookie}, timeout=10)


async def said(bot: Bot, web: httpx.AsyncClient, text: str = "a fox") -> str:
    """The id of the conversation that a message began."""
    return (await web.post("/api/messages", data={"text": text})).json()["conversation"]


async def test_each_has_conversations_that_nobody_else_reads_writes_or_hears(many):
    async with browser(many, ADA) as ada, browser(many, BEN) as ben, browser(many, OPERATOR) as operator:
        where = await said(many, ada)
        assert [one["text"] for one in (await ada.get(f"/api/conversations/{where}")).json()["messages"]] == ["a fox"]
        for other in (ben, operator):
            never = await other.get(f"/api/conversations/{own(ADA, 'never')}")
            there = await other.get(f"/api/conversations/{where}")
            assert there.status_code == never.status_code == 404
            assert there.text.replace(where, "") == never.text.replace(own(ADA, "never"), "")
            assert (await other.get(f"/api/conversations/{where}/events")).status_code == 404
            written = await other.post("/api/messages", data={"text": "mine now", "conversation": where})
            assert written.status_code == 404
        yours = await said(many, operator)
        assert (await ada.get(f"/api/conversations/{yours}")).status_code == 404
    assert [(one.author.id, one.text) for one in many.ears.messages] == [(ADA.id, "a fox"), (YOU.id, "a fox")]


async def test_a_refused_message_leaves_none_of_its_files_behind(many):
    async with browser(many, BEN) as ben:
        files = [("files", ("a.png", b"\x89PNG", "image/png"))]
        where = {"text": "mine", "conversation": own(ADA, "c1")}
        assert (await ben.post("/api/messages", data=where, files=files)).status_code == 404
    assert [path for path in many.folder.rglob("*") if path.is_file() and path.name != "secret"] == []
    assert [path for path in many.drive.rglob("*") if path.is_file()] == []


async def test_a_card_is_pressed_by_whose_conversation_it_is_in_alone(many):
    async with browser(many, ADA) as ada, browser(many, BEN) as ben, browser(many, OPERATOR) as operator:
        await said(many, ada)
        id = await many.show(many.ears.messages[0], ASK)
        for other in (ben, operator):
            pressed = await other.post(f"/api/cards/{id}/actions", json={"action": "confirm"})
            guessed = await other.post("/api/cards/C-NEVER/actions", json={"action": "confirm"})
            assert pressed.status_code == guessed.status_code == 404
            assert pressed.text.replace(id, "") == guessed.text.replace("C-NEVER", "")
        assert many.ears.pressed == []
        assert (await ada.post(f"/api/cards/{id}/actions", json={"action": "confirm"})).status_code == 200
    assert many.ears.pressed[0].author == ADA


async def test_the_same_retry_key_of_two_people_is_two_presses_and_two_messages(many):
    """Nobody swallows what somebody else does by guessing their key."""
    keys = {"idempotency-key": "k1"}
    async with browser(many, ADA) as ada, browser(many, BEN) as ben:
        for web in (ada, ben):
            assert (await web.post("/api/messages", data={"text": "a fox"}, headers=keys)).status_code == 202
        for web, message in ((ada, many.ears.messages[0]), (ben, many.ears.messages[1])):
            id = await many.show(message, ASK)
            assert (
                await web.post(f"/api/cards/{id}/actions", json={"action": "again"}, headers=keys)
            ).status_code == 200
    assert len({one.key for one in many.ears.messages}) == len({one.key for one in many.ears.pressed}) == 2


async def test_the_library_shows_ones_own_and_the_spaces_films_with_links_to_no_other(many):
    await hang(many, 1, owner=ADA)
    await hang(many, 2, owner=BEN)
    await hang(many, 3, owner=BEN, drive_path="/space/3.mp4")
    await hang(many, 4, owner=ADA, trashed_at=many.clock.now())
    async with browser(many, ADA) as ada, browser(many, BEN) as ben:
        assert [one["id"] for one in (await ada.get("/api/clips")).json()["clips"]] == ["FILM-3", "FILM-1"]
        assert [one["id"] for one in (await ben.get("/api/clips?trashed=1")).json()["clips"]] == []
        for id, status in (("FILM-1", 404), ("FILM-3", 200), ("FILM-4", 404)):
            assert (await ben.get(f"/api/clips/{id}")).status_code == status
            press = await ben.post(f"/api/clips/{id}/actions", json={"action": "again"})
            assert press.status_code == status
        into = {"action": "again", "conversation": own(ADA, "c1")}
        assert (await ben.post("/api/clips/FILM-3/actions", json=into)).status_code == 404
    assert {one.author.id for one in many.ears.pressed} == {BEN.id}


async def test_what_can_be_done_with_a_film_is_asked_for_each_viewer_apart(many):
    """An owner's buttons are never shown to somebody who only looks."""
    await hang(many, 1, owner=ADA, drive_path="/space/1.mp4")

    async def film(press):
        label = "Delete" if press.author.id == ADA.id else "Save a copy"
        action = Action.delete if press.author.id == ADA.id else Action.save
        await many.say(
            f"S-{press.author.name}",
            Card(title="A film", buttons=(Button(action, label, item="FILM-1"),)),
            press.conversation,
        )

    many.ears.on_press = film
    async with browser(many, ADA) as ada, browser(many, BEN) as ben:
        assert [one["label"] for one in (await ada.get("/api/clips/FILM-1")).json()["buttons"]] == ["Delete"]
        assert [one["label"] for one in (await ben.get("/api/clips/FILM-1")).json()["buttons"]] == ["Save a copy"]


async def test_a_form_shows_no_poster_of_a_film_that_its_reader_may_not_see(many):
    await hang(many, 1, owner=ADA)
    await hang(many, 2, owner=BEN)
    order = FormField("order", "Order", FieldKind.order, "FILM-1 FILM-2", (("FILM-1", "one"), ("FILM-2", "two")))
    async with browser(many, BEN) as ben:
        where = await said(many, ben)
        await many.show(many.ears.messages[0], replace(ASK, buttons=(Button(Action.edit, "Order", form=(order,)),)))
        (card,) = (await ben.get(f"/api/conversations/{where}")).json()["cards"]
    posters = [bool(one["poster"]) for one in card["buttons"][0]["form"][0]["options"]]
    assert posters == [False, True]


async def test_one_persons_tabs_keep_nobody_elses_stream_out(many):
    """Streams are counted for each person, whatever address all of them come from and however often one logs in."""
    async with browser(many, ADA) as ada, browser(many, BEN) as ben:
        mine, theirs = await said(many, ada), await said(many, ben)
        many_streams = [ada.build_request("GET", f"/api/conversations/{mine}/events") for _ in range(24)]
        opened = [await ada.send(one, stream=True) for one in many_streams]
        assert {one.status_code for one in opened} == {200}
        async with browser(many, ADA) as ada_again:
            for hers in (ada, ada_again):
                assert (await hers.get(f"/api/conversations/{mine}/events")).status_code == 429
        other = await ben.send(ben.build_request("GET", f"/api/conversations/{theirs}/events"), stream=True)
        assert other.status_code == 200
        for one in (*opened, other):
            await one.aclose()


async def test_a_link_to_a_film_runs_out_and_cannot_be_made_for_another(many):
    await hang(many, 1, owner=ADA)
    await hang(many, 2, owner=BEN)
    async with browser(many, ADA) as ada, browser(many, BEN) as ben:
        url = (await ada.get("/api/clips/FILM-1")).json()["clip"]["url"]
        assert (await ada.get(url)).status_code == 200
        theirs = (await ben.get("/api/clips/FILM-2")).json()["clip"]["url"]
        query = url.partition("?")[2]
        assert (await ada.get(f"{theirs.partition('?')[0]}?{query}")).status_code == 403
        many.clock.ahead = timedelta(seconds=2 * WINDOW_SECONDS + 1)
        assert (await ada.get(url)).status_code == 403


def test_an_id_says_whose_it_is_and_nothing_else_does():
    for person in (ADA, BEN, OPERATOR):
        assert owns(person, own(person, "c1"))
        assert owner(own(person, "c1")).id == person.id
    assert not owns(ADA, own(BEN, "c1"))
    assert not owns(OPERATOR, own(BEN, "c1"))
    assert not owns(ADA, "c1")
    assert not owns(ADA, f"c{own(ADA, 'c1')}")


def test_an_account_is_somebody_else_at_another_provider_and_never_the_operator():
    """A subject is chosen by the provider, so that no choice of it may make anybody another person."""
    ids = {
        person_id(issuer, subject) for issuer in (ISSUER, f"{ISSUER}/") for subject in ("you", "Ada", "ada", "u" * 24)
    }
    assert len(ids) == 8
    assert OPERATOR.id not in ids
