"""Cards in a real browser, with a scripted bot behind the page."""

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from PIL import Image
from playwright.async_api import expect

from bot.domain.card import Card, CardMedia, Field, Tone
from bot.domain.chat import Press
from bot.domain.errors import BadRequest
from bot.domain.media import MediaKind
from tests.adapters.chat.web.browsing import ASK, CANCELLED, NASTY, WORKING, answering, send, shows

pytestmark = pytest.mark.asyncio(loop_scope="session")  # one browser for all of them


async def test_a_message_is_answered_with_a_card_that_shows_everything(shown, page):
    answering(shown)
    await expect(page.get_by_role("heading", name="What shall we film?")).to_be_visible()
    await send(page, "a fox runs")
    card = page.get_by_role("article", name="Make this film?")
    for text in ("5 s at 720p", "2.50 credits", "Nothing starts before you confirm.", "default"):
        await expect(card.get_by_text(text, exact=True)).to_be_visible()
    await expect(page.get_by_role("main").get_by_text("a fox runs")).to_be_visible()
    await expect(page.get_by_role("heading", name="What shall we film?")).to_be_hidden()
    assert shown.ears.heard[0].text == "a fox runs"


async def test_confirm_is_one_press_with_the_revision_that_was_seen(shown, page):
    answering(shown)
    shows(shown, WORKING)
    await send(page, "a fox")
    await page.get_by_role("button", name="Confirm").click()
    bar = page.get_by_role("progressbar", name="Rendering")
    await expect(bar).to_have_attribute("aria-valuenow", "40")
    assert [(one.action, one.revision) for one in shown.ears.pressed] == [("confirm", 1)]


async def test_cancel_asks_first_and_does_nothing_when_the_answer_is_no(shown, page):
    answering(shown, WORKING)
    shows(shown, CANCELLED)
    await send(page, "a fox")
    await page.get_by_role("button", name="Cancel").click()
    await page.get_by_role("button", name="Go back").click()
    assert shown.ears.pressed == []
    await page.get_by_role("button", name="Cancel").click()
    await page.get_by_role("button", name="Yes, cancel").click()
    await expect(page.get_by_role("article", name="Cancelled")).to_be_visible()
    assert len(shown.ears.pressed) == 1


async def test_edit_sends_the_whole_form_as_it_was_filled(shown, page):
    answering(shown)
    await send(page, "a fox")
    await page.get_by_role("button", name="Edit").click()
    await page.get_by_label("Prompt").fill("a red fox")
    await page.get_by_label("Ratio").select_option("9:16")
    await page.get_by_role("switch", name="Sound").check()
    await page.get_by_role("button", name="Save changes").click()
    await expect(page.get_by_role("dialog")).to_be_hidden()
    assert shown.ears.pressed[0].value == '{"prompt": "a red fox", "aspect": "9:16", "audio": "yes"}'
    assert shown.ears.pressed[0].revision == 1


async def test_an_edit_that_is_refused_keeps_what_was_typed(shown, page):
    async def refuse(_: Press) -> None:
        raise BadRequest("A film has at most 15 seconds, and this one has 90.")

    answering(shown)
    shown.ears.on_press = refuse
    await send(page, "a fox")
    await page.get_by_role("button", name="Edit").click()
    await page.get_by_label("Prompt").fill("ninety seconds of fox")
    await page.get_by_role("button", name="Save changes").click()
    await expect(page.get_by_role("alert").filter(has_text="at most 15 seconds")).to_be_visible()
    await expect(page.get_by_label("Prompt")).to_have_value("ninety seconds of fox")


async def test_a_press_that_comes_too_late_says_why_and_shows_the_card_as_it_is(shown, page):
    async def refuse(press: Press) -> None:
        await shown.show(shown.ears.heard[0], WORKING)
        raise BadRequest("It was confirmed already.")

    answering(shown)
    shown.ears.on_press = refuse
    await send(page, "a fox")
    await page.get_by_role("button", name="Confirm").click()
    await expect(page.get_by_text("It was confirmed already.")).to_be_visible()
    await expect(page.get_by_role("article", name="Rendering")).to_be_visible()


async def test_what_people_write_is_shown_as_text_and_never_runs(shown, page):
    answering(shown, replace(ASK, title=NASTY, text=NASTY, notes=(NASTY,), fields=(Field(NASTY, NASTY),)))
    await page.set_input_files("#files", [{"name": NASTY[:30], "mimeType": "text/plain", "buffer": b"x"}])
    await send(page, NASTY)
    await expect(page.get_by_role("article").get_by_text(NASTY).first).to_be_visible()
    assert await page.locator("#thread b, #thread img[src=x]").count() == 0
    assert "pwned" not in await page.title()


async def test_a_reload_shows_the_same_conversation_and_the_unsent_words(shown, page):
    answering(shown)
    await send(page, "a fox")
    await expect(page.get_by_role("article")).to_be_visible()
    await page.get_by_label("Your message").fill("not sent yet")
    await page.reload()
    await expect(page.get_by_role("article", name="Make this film?")).to_be_visible()
    await expect(page.get_by_role("main").get_by_text("a fox").first).to_be_visible()
    await expect(page.get_by_label("Your message")).to_have_value("not sent yet")
    await page.evaluate("location.hash = '%'")  # an address that nobody here made changes nothing
    await expect(page.get_by_role("article", name="Make this film?")).to_be_visible()


async def test_two_tabs_agree_and_a_message_is_shown_once_in_each(shown, page):
    answering(shown)
    await send(page, "a fox")
    await expect(page.get_by_role("article")).to_be_visible()
    other = await page.context.new_page()
    await other.goto(page.url)
    await expect(other.get_by_role("article", name="Make this film?")).to_be_visible()
    shows(shown, WORKING)
    await other.get_by_role("button", name="Confirm").click()
    for each in (page, other):
        await expect(each.get_by_role("article", name="Rendering")).to_be_visible()
        await expect(each.locator(".said")).to_have_count(1)


async def test_a_lost_connection_is_said_and_what_was_missed_comes_by_itself(shown, page):
    answering(shown)
    await send(page, "a fox")
    await expect(page.get_by_role("article")).to_be_visible()
    await page.context.set_offline(True)
    await page.evaluate("window.dispatchEvent(new Event('online'))")
    await expect(page.get_by_text("The connection is gone.")).to_be_visible()
    await shown.show(shown.ears.heard[0], WORKING)
    await page.context.set_offline(False)
    await expect(page.get_by_role("article", name="Rendering")).to_be_visible()
    await expect(page.get_by_text("The connection is gone.")).to_be_hidden()


async def test_a_film_is_played_saved_and_its_place_copied(shown, page):
    shown.put("f.mp4", b"\0\0\0\x20ftypisom")
    media = CardMedia(
        kind=MediaKind.video, key="f.mp4", alt="A fox", name="fox.mp4", width=1280, height=720, seconds=5.0
    )
    answering(shown, Card(title="Your film is ready", media=(media,), tone=Tone.done))
    await send(page, "a fox")
    card = page.get_by_role("article", name="Your film is ready")
    await expect(card.locator("video")).to_have_attribute("aria-label", "A fox")
    async with page.expect_download() as saving:
        await card.get_by_role("link", name="Download").click()
    assert (await saving.value).suggested_filename == "fox.mp4"


async def test_a_playing_film_is_not_started_anew_by_a_change_elsewhere_on_its_card(shown, page):
    shown.put("f.mp4", b"\0\0\0\x20ftypisom")
    done = Card(title="Ready", media=(CardMedia(kind=MediaKind.video, key="f.mp4", alt="A fox"),), tone=Tone.done)
    answering(shown, done)
    await send(page, "a fox")
    await page.locator("video").evaluate("(film) => { film.dataset.mine = 'yes'; }")
    shown.clock.ahead = timedelta(hours=13)
    await shown.show(shown.ears.heard[0], replace(done, notes=("Saved.",)))
    await expect(page.get_by_text("Saved.")).to_be_visible()
    await expect(page.locator("video")).to_have_attribute("data-mine", "yes")


async def test_a_card_that_grows_when_its_picture_arrives_keeps_its_buttons_in_view(shown, page):
    """Who reads at the end stays at the end: the price can be confirmed without scrolling."""
    await page.set_viewport_size({"width": 390, "height": 844})
    drawn = io.BytesIO()
    Image.new("RGB", (600, 900), "teal").save(drawn, "PNG")
    shown.put("sheet.png", drawn.getvalue())
    sheet = CardMedia(kind=MediaKind.image, key="sheet.png", alt="What came in", name="inputs.png")
    answering(shown, replace(ASK, media=(sheet,)))
    attached = {"name": "fox.png", "mimeType": "image/png", "buffer": drawn.getvalue()}
    await page.locator("input[type=file]").set_input_files([attached] * 6)
    await send(page, "a fox")
    await expect(page.get_by_role("img", name="What came in")).to_be_visible()
    await expect(page.get_by_role("button", name="Confirm")).to_be_in_viewport(ratio=1)


async def test_a_long_conversation_moves_in_its_own_room_and_the_page_around_it_stands_still(shown, page):
    answering(shown, replace(ASK, text="a fox runs. " * 30))
    for number in range(1, 4):
        await send(page, f"a fox {number}")
        await expect(page.get_by_role("article")).to_have_count(number)
    await page.reload()
    await expect(page.get_by_role("article")).to_have_count(3)
    assert await page.locator("main").evaluate("(room) => room.scrollHeight > room.clientHeight")
    assert await page.evaluate("document.scrollingElement.scrollHeight <= innerHeight")
