"""The gallery, the player, merges and forms in a real browser, with a scripted bot behind the page."""

import json
import os
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from bot.domain.card import Action, Button, Card, CardMedia, Tone, film_media
from bot.domain.media import MediaKind
from tests.adapters.chat.web.browsing import another_page
from tests.adapters.chat.web.films import Projector, film_card, hang, poster
from tests.adapters.chat.web.scripted import here

pytestmark = pytest.mark.asyncio(loop_scope="session")  # one browser for all of them
UNDER_EACH_OTHER = """(card, names) => {
  const [above, below] = names.map((name) => card.querySelector(name).getBoundingClientRect());
  return above.bottom <= below.top;
}"""
FITS = "(dialog) => dialog.scrollWidth <= innerWidth && dialog.getBoundingClientRect().right <= innerWidth"
SOAK = pytest.mark.skipif(os.environ.get("CLAPPER_SOAK") != "1", reason="seconds of a browser: CLAPPER_SOAK=1")


async def library(page: Page) -> None:
    await page.get_by_role("button", name="Library").click()
    await expect(page.get_by_role("dialog", name="Library")).to_be_visible()


def tiles(page: Page):
    return page.get_by_role("list", name="Films", exact=True).locator("> li")


def opens(page: Page, number: int):
    return tiles(page).get_by_role("button", name=f"{number:02}.mp4")


async def test_films_are_found_by_words_and_filters_and_nothing_found_says_what_to_do(shown, page):
    for number in range(1, 4):
        await hang(shown, number)
    await hang(shown, 4, drive_path="/space/owl.mp4", prompt="an owl", model="other", title="Other", seconds=12.0)
    await library(page)
    await expect(tiles(page)).to_have_count(4)
    await expect(page.get_by_text("4 films")).to_be_visible()
    await page.get_by_role("searchbox", name="Find films").fill("owl")
    await expect(tiles(page)).to_have_count(1)
    await page.get_by_label("Model").select_option("Toll One")
    await expect(page.get_by_role("heading", name="No film like that")).to_be_visible()
    await page.get_by_role("button", name="Show all films here").click()
    await expect(tiles(page)).to_have_count(4)
    await page.get_by_label("How long it is").select_option("10 to 15 s")
    await expect(tiles(page)).to_have_count(1)
    await page.get_by_label("How long it is").select_option("")
    await page.get_by_role("radio", name="My Drive").check()
    await expect(tiles(page)).to_have_count(3)
    await page.get_by_label("When it was made").select_option("Between …")
    await page.get_by_label("to", exact=True).fill("2020-01-01")
    await expect(tiles(page)).to_have_count(0)
    await page.get_by_role("radio", name="Trash").check()
    await page.get_by_role("button", name="Show all films here").click()
    await expect(page.get_by_role("heading", name="The trash is empty")).to_be_visible()


@SOAK
async def test_the_gallery_goes_on_where_it_ends(shown, page):
    for number in range(50):
        await hang(shown, number, width=64, height=36)
    await library(page)
    await expect(page.get_by_text("50 films")).to_be_visible()
    await page.locator("#gallery").evaluate("(room) => { room.scrollTop = room.scrollHeight; }")
    await expect(tiles(page)).to_have_count(50)
    await expect(page.get_by_role("button", name="Show more films")).to_be_hidden()


async def test_the_player_turns_by_keys_and_tells_all_about_a_film(shown, page):
    Projector(shown)
    for number in range(1, 4):
        await hang(shown, number)
    await library(page)
    await opens(page, 3).click()
    player = page.locator("#viewer")
    await expect(player.get_by_role("heading", name="03.mp4")).to_be_visible()
    await expect(player.get_by_role("button", name="Previous film")).to_be_disabled()
    for text in ("a fox in scene 3", "1 of 3", "Toll One", "films/03.mp4"):
        await expect(player.get_by_text(text, exact=True)).to_be_visible()
    for key, name in (
        ("ArrowRight", "02.mp4"),
        ("ArrowRight", "01.mp4"),
        ("ArrowRight", "01.mp4"),
        ("ArrowLeft", "02.mp4"),
    ):
        await page.keyboard.press(key)
        await expect(player.get_by_role("heading", name=name)).to_be_visible()
    await expect(player.get_by_role("button", name="Continue")).to_be_visible()
    await player.get_by_role("button", name="Copy path").click()
    assert await page.evaluate("navigator.clipboard.readText()") == "films/02.mp4"
    await page.keyboard.press("Escape")
    await expect(player).to_be_hidden()
    await expect(page.get_by_role("dialog", name="Library")).to_be_visible()


async def test_what_follows_from_a_film_appears_in_the_conversation(shown, page):
    Projector(shown)
    await hang(shown, 1)
    await library(page)
    await opens(page, 1).click()
    await page.get_by_role("button", name="Variation").click()
    await page.get_by_label("Prompt").fill("a red fox")
    await page.locator("#edit").get_by_role("button", name="Variation").dblclick()
    await expect(page.get_by_role("article", name="variation of 01.mp4?")).to_be_visible()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    press = shown.ears.pressed[-1]
    assert [one.action for one in shown.ears.pressed] == ["film", "variation"]
    assert (press.item, json.loads(press.value)) == ("FILM-1", {"prompt": "a red fox", "seconds": "5"})
    assert press.conversation.channel == page.url.partition("#")[2]


async def test_a_film_is_renamed_thrown_away_and_taken_back(shown, page):
    Projector(shown)
    for number in (1, 2):
        await hang(shown, number)
    await library(page)
    await opens(page, 1).click()
    await page.get_by_role("button", name="Rename").click()
    await page.get_by_label("Drive path").fill("")
    await page.locator("#edit").get_by_role("button", name="Rename").click()
    await expect(page.get_by_role("alert").filter(has_text="A film needs a name.")).to_be_visible()
    await page.get_by_label("Drive path").fill("promo/fox.mp4")
    await page.locator("#edit").get_by_role("button", name="Rename").click()
    await expect(page.locator("#viewer").get_by_role("heading", name="fox.mp4")).to_be_visible()
    await expect(page.get_by_text("Now at promo/fox.mp4.")).to_be_visible()
    await page.locator("#viewer").get_by_role("button", name="Delete").click()
    await page.get_by_role("button", name="Yes, delete").click()
    await expect(page.locator("#viewer").get_by_role("heading", name="02.mp4")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(tiles(page)).to_have_count(1)
    await page.get_by_role("radio", name="Trash").check()
    await tiles(page).get_by_role("button", name="fox.mp4").click()
    await page.locator("#viewer").get_by_role("button", name="Restore").click()
    await expect(page.locator("#viewer")).to_be_hidden()
    await expect(page.get_by_role("heading", name="The trash is empty")).to_be_visible()
    await page.get_by_role("radio", name="All").check()
    await expect(tiles(page).get_by_role("button", name="fox.mp4")).to_be_visible()


async def test_films_are_merged_in_an_order_made_by_dragging_and_by_keys(shown, page):
    """On a phone's width, where all of it has to fit."""
    Projector(shown)
    for number in range(1, 7):
        await hang(shown, number)
    await page.set_viewport_size({"width": 360, "height": 740})
    await library(page)
    for number in (3, 1, 2):
        await page.get_by_role("checkbox", name=f"Choose {number:02}.mp4").check()
    assert await page.locator("#library").evaluate(FITS)
    await page.get_by_role("button", name="Merge …").click()
    rows = page.get_by_role("list", name="Films", exact=True).get_by_role("listitem")
    await expect(rows).to_have_count(3)
    assert await page.locator("#edit").evaluate(FITS)
    assert [press.item for press in shown.ears.pressed if press.action == "add_to_merge"] == [
        "FILM-3",
        "FILM-1",
        "FILM-2",
    ]
    grip, last = await rows.nth(0).locator(".grip").bounding_box(), await rows.nth(2).bounding_box()
    assert grip
    assert last
    await page.mouse.move(grip["x"] + 9, grip["y"] + 9)
    await page.mouse.down()
    await page.mouse.move(grip["x"] + 9, last["y"] + last["height"], steps=6)
    await page.mouse.up()
    await expect(page.get_by_text("films/03.mp4 is now 3 of 3.")).to_be_attached()
    await page.get_by_role("button", name="Move films/02.mp4 up").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("films/02.mp4 is now 1 of 3.")).to_be_attached()
    await expect(page.get_by_role("button", name="Move films/02.mp4 down")).to_be_focused()
    await page.get_by_role("button", name="Add films/05.mp4").click()
    await page.get_by_role("button", name="Take out films/01.mp4").click()
    await expect(rows.locator(".label")).to_have_text(["films/02.mp4", "films/03.mp4", "films/05.mp4"])
    await page.get_by_role("button", name="Save changes").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    press = shown.ears.pressed[-1]
    assert (press.action, json.loads(press.value)["films"]) == ("edit", "FILM-2 FILM-3 FILM-5")


@SOAK
async def test_films_chosen_for_a_merge_that_has_some_of_them_already_are_put_to_these(shown, page):
    Projector(shown)
    for number in (1, 2, 3):
        await hang(shown, number)
    for chosen in ((1, 2), (1, 3)):
        await library(page)
        for number in chosen:
            await page.get_by_role("checkbox", name=f"Choose {number:02}.mp4").check()
        await page.get_by_role("button", name="Merge …").click()
        await expect(page.locator("#edit")).to_be_visible()
        films = await page.locator("#edit .ordered .label").all_inner_texts()
        await page.keyboard.press("Escape")
    assert films == ["films/01.mp4", "films/02.mp4", "films/03.mp4"]
    assert [press.item for press in shown.ears.pressed] == ["FILM-1", "FILM-2", "FILM-3"]


async def test_an_order_of_one_film_is_refused_before_it_is_sent(shown, page):
    projector = Projector(shown)
    clips = [await hang(shown, number) for number in (1, 2)]
    projector.chosen = [clips[0].id]
    await library(page)
    await opens(page, 2).click()
    await page.get_by_role("button", name="Add to merge").click()
    card = page.get_by_role("article", name="Merge 2 films?")
    await card.get_by_role("button", name="Down 1").click()
    await expect(card).not_to_have_attribute("aria-busy", "true")
    assert (shown.ears.pressed[-1].action, shown.ears.pressed[-1].item) == ("down", "1")
    await card.get_by_role("button", name="Edit").click()
    await page.get_by_role("button", name="Take out films/01.mp4").click()
    before = len(shown.ears.pressed)
    await page.get_by_role("button", name="Save changes").click()
    await expect(page.get_by_role("alert").filter(has_text="Choose 2 to 5 films; there is 1 now.")).to_be_visible()
    assert len(shown.ears.pressed) == before


async def test_a_card_of_several_films_shows_its_sheet_a_grid_and_a_button_for_each(shown, page):
    clips = [await hang(shown, number) for number in (1, 2, 3)]
    Projector(shown)
    shown.put("sheet.jpg", poster(9))
    sheet = CardMedia(kind=MediaKind.image, key="sheet.jpg", alt="Three films, numbered")
    buttons = tuple(Button(Action.film, f"Film {place}", item=clip.id) for place, clip in enumerate(clips, 1))
    card = Card(
        title="Your 3 films are ready",
        media=(sheet, *(film_media(clip, clip.prompt) for clip in clips)),
        buttons=(*buttons, Button(Action.again, "Again")),
        tone=Tone.done,
    )
    await shown.say("S-1", replace(card, job="S-1"), here(page.url.partition("#")[2]))
    told = page.get_by_role("article", name="Your 3 films are ready")
    await expect(told.get_by_role("img", name="Three films, numbered")).to_be_visible()
    await expect(told.locator(".reel > li")).to_have_count(3)
    assert await told.evaluate(UNDER_EACH_OTHER, [".sheet-picture", ".reel"])
    await told.get_by_role("button", name="Film 2", exact=True).dblclick()
    await expect(page.get_by_role("article", name="02.mp4")).to_be_visible()
    assert [(one.action, one.item, one.job) for one in shown.ears.pressed] == [("film", "FILM-2", "S-1")]
    await told.get_by_role("button", name="Play Film 3").click()
    await expect(page.locator("#viewer").get_by_role("heading", name="03.mp4")).to_be_visible()
    await page.keyboard.press("ArrowLeft")
    await expect(page.locator("#viewer").get_by_text("a fox in scene 2")).to_be_visible()


async def test_a_button_that_wants_no_form_is_pressed_once_however_often_it_is_clicked(shown, page):
    clip = await hang(shown, 1)
    Projector(shown)
    await shown.say("S-1", film_card(clip), here(page.url.partition("#")[2]))
    again = page.get_by_role("article").get_by_role("button", name="Again")
    await again.dblclick()
    await expect(page.get_by_role("article", name="again of 01.mp4?")).to_be_visible()
    assert [one.action for one in shown.ears.pressed] == ["again"]
    await again.press("Enter")
    await expect(page.get_by_role("article", name="again of 01.mp4?")).to_have_count(2)


@SOAK
async def test_a_film_plays_quietly_under_a_resting_mouse_save_for_those_who_want_no_motion(shown, browser):
    await hang(shown, 1)
    async with another_page(browser, shown.url) as page:
        await library(page)
        await page.clock.install()
        await opens(page, 1).hover()
        await page.clock.run_for(2000)
        await expect(page.locator(".still video")).to_have_count(0)
        await page.emulate_media(reduced_motion="no-preference")
        await page.mouse.move(0, 0)
        await opens(page, 1).hover()
        async with page.expect_request("**/films/01.mp4*"):
            await page.clock.run_for(400)


@SOAK
async def test_a_film_whose_link_ran_out_while_the_library_stood_open_is_linked_anew(shown, page):
    Projector(shown)
    await hang(shown, 1)
    await library(page)
    await expect(tiles(page)).to_have_count(1)
    shown.clock.ahead = timedelta(hours=25)
    came: list[int] = []
    page.on("response", lambda answer: came.append(answer.status) if "/films/01.mp4" in answer.url else None)
    async with page.expect_response(lambda answer: "/films/01.mp4" in answer.url and answer.ok):
        await opens(page, 1).click()
    assert came[0] == 403
    href = await page.get_by_role("link", name="Download").get_attribute("href")
    assert (await page.request.get(f"{shown.url}{href}")).ok
