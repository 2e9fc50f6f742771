"""The page in a real browser, with a scripted bot behind it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from bot.domain.card import Card, CardMedia, Field, Tone
from bot.domain.chat import Press
from bot.domain.errors import BadRequest
from bot.domain.media import MediaKind
from tests.adapters.chat.web.browsing import (
    ASK,
    CANCELLED,
    CONTRAST,
    NASTY,
    PNG,
    WORKING,
    Errors,
    answering,
    send,
    shows,
)
from tests.adapters.chat.web.scripted import Bot

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all of them


@pytest_asyncio.fixture(loop_scope="module")
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    async with Bot(tmp_path).served() as served:
        yield served


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, bot: Bot) -> AsyncIterator[Page]:
    """The open page; anything that went wrong in it fails the test."""
    context = await browser.new_context()
    await context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened = await context.new_page()
    opened.set_default_timeout(8000)
    errors = Errors()
    errors.watch(opened)
    await opened.goto(bot.url)
    yield opened
    await context.close()
    assert errors == []


async def test_a_message_is_answered_with_a_card_that_shows_everything(bot, page):
    answering(bot)
    await expect(page.get_by_role("heading", name="What shall we film?")).to_be_visible()
    await send(page, "a fox runs")
    card = page.get_by_role("article", name="Make this film?")
    for text in ("5 s at 720p", "2.50 credits", "Nothing starts before you confirm.", "default"):
        await expect(card.get_by_text(text, exact=True)).to_be_visible()
    await expect(page.get_by_role("main").get_by_text("a fox runs")).to_be_visible()
    await expect(page.get_by_role("heading", name="What shall we film?")).to_be_hidden()
    assert bot.ears.heard[0].text == "a fox runs"


async def test_confirm_is_one_press_with_the_revision_that_was_seen(bot, page):
    answering(bot)
    shows(bot, WORKING)
    await send(page, "a fox")
    await page.get_by_role("button", name="Confirm").click()
    bar = page.get_by_role("progressbar", name="Rendering")
    await expect(bar).to_have_attribute("aria-valuenow", "40")
    assert [(one.action, one.revision) for one in bot.ears.pressed] == [("confirm", 1)]


async def test_cancel_asks_first_and_does_nothing_when_the_answer_is_no(bot, page):
    answering(bot, WORKING)
    shows(bot, CANCELLED)
    await send(page, "a fox")
    await page.get_by_role("button", name="Cancel").click()
    await page.get_by_role("button", name="Go back").click()
    assert bot.ears.pressed == []
    await page.get_by_role("button", name="Cancel").click()
    await page.get_by_role("button", name="Yes, cancel").click()
    await expect(page.get_by_role("article", name="Cancelled")).to_be_visible()
    assert len(bot.ears.pressed) == 1


async def test_edit_sends_the_whole_form_as_it_was_filled(bot, page):
    answering(bot)
    await send(page, "a fox")
    await page.get_by_role("button", name="Edit").click()
    await page.get_by_label("Prompt").fill("a red fox")
    await page.get_by_label("Ratio").select_option("9:16")
    await page.get_by_role("switch", name="Sound").check()
    await page.get_by_role("button", name="Save changes").click()
    await expect(page.get_by_role("dialog")).to_be_hidden()
    assert bot.ears.pressed[0].value == '{"prompt": "a red fox", "aspect": "9:16", "audio": "yes"}'
    assert bot.ears.pressed[0].revision == 1


async def test_an_edit_that_is_refused_keeps_what_was_typed(bot, page):
    async def refuse(_: Press) -> None:
        raise BadRequest("A film has at most 15 seconds, and this one has 90.")

    answering(bot)
    bot.ears.on_press = refuse
    await send(page, "a fox")
    await page.get_by_role("button", name="Edit").click()
    await page.get_by_label("Prompt").fill("ninety seconds of fox")
    await page.get_by_role("button", name="Save changes").click()
    await expect(page.get_by_role("alert").filter(has_text="at most 15 seconds")).to_be_visible()
    await expect(page.get_by_label("Prompt")).to_have_value("ninety seconds of fox")


async def test_a_press_that_comes_too_late_says_why_and_shows_the_card_as_it_is(bot, page):
    async def refuse(press: Press) -> None:
        await bot.show(bot.ears.heard[0], WORKING)
        raise BadRequest("It was confirmed already.")

    answering(bot)
    bot.ears.on_press = refuse
    await send(page, "a fox")
    await page.get_by_role("button", name="Confirm").click()
    await expect(page.get_by_text("It was confirmed already.")).to_be_visible()
    await expect(page.get_by_role("article", name="Rendering")).to_be_visible()


async def test_files_get_tokens_that_follow_when_one_is_taken_out(bot, page):
    answering(bot)
    file = {"mimeType": "image/png", "buffer": PNG}
    await page.set_input_files("#files", [{"name": "a.png", **file}, {"name": "b.png", **file}])
    await page.set_input_files("#files", [{"name": "s.wav", "mimeType": "audio/wav", "buffer": b"RIFF"}])
    await page.get_by_role("button", name="b.png: write @Image2 into the message").click()
    await page.get_by_role("button", name="s.wav: write @Audio1 into the message").click()
    await expect(page.get_by_label("Your message")).to_have_value("@Image2 @Audio1 ")
    await page.get_by_role("button", name="Remove a.png").click()
    await expect(page.get_by_label("Your message")).to_have_value("@Image1 @Audio1 ")
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("article")).to_be_visible()
    assert [one.name for one in bot.ears.heard[0].attachments] == ["b.png", "s.wav"]


async def test_files_can_be_dropped_anywhere_and_pasted(page):
    await page.evaluate(
        """() => {
          const carry = () => { const all = new DataTransfer(); all.items.add(new File(["x"], "a.png", {type: "image/png"})); return all; };
          const over = document.querySelector("main");
          for (const kind of ["dragenter", "dragover", "drop"]) over.dispatchEvent(new DragEvent(kind, {dataTransfer: carry(), bubbles: true, cancelable: true}));
          document.body.dispatchEvent(new ClipboardEvent("paste", {clipboardData: carry(), bubbles: true, cancelable: true}));
        }"""
    )
    await expect(page.get_by_role("list", name="Files to send").get_by_role("listitem")).to_have_count(2)
    await expect(page.locator("#drop")).to_be_hidden()


async def test_what_people_write_is_shown_as_text_and_never_runs(bot, page):
    answering(bot, replace(ASK, title=NASTY, text=NASTY, notes=(NASTY,), fields=(Field(NASTY, NASTY),)))
    await page.set_input_files("#files", [{"name": NASTY[:30], "mimeType": "text/plain", "buffer": b"x"}])
    await send(page, NASTY)
    await expect(page.get_by_role("article").get_by_text(NASTY).first).to_be_visible()
    assert await page.locator("#thread b, #thread img[src=x]").count() == 0
    assert "pwned" not in await page.title()


async def test_a_reload_shows_the_same_conversation_and_the_unsent_words(bot, page):
    answering(bot)
    await send(page, "a fox")
    await expect(page.get_by_role("article")).to_be_visible()
    await page.get_by_label("Your message").fill("not sent yet")
    await page.reload()
    await expect(page.get_by_role("article", name="Make this film?")).to_be_visible()
    await expect(page.get_by_role("main").get_by_text("a fox").first).to_be_visible()
    await expect(page.get_by_label("Your message")).to_have_value("not sent yet")


async def test_two_tabs_agree_and_a_message_is_shown_once_in_each(bot, page):
    answering(bot)
    await send(page, "a fox")
    await expect(page.get_by_role("article")).to_be_visible()
    other = await page.context.new_page()
    await other.goto(page.url)
    await expect(other.get_by_role("article", name="Make this film?")).to_be_visible()
    shows(bot, WORKING)
    await other.get_by_role("button", name="Confirm").click()
    for each in (page, other):
        await expect(each.get_by_role("article", name="Rendering")).to_be_visible()
        await expect(each.locator(".said")).to_have_count(1)


async def test_a_lost_connection_is_said_and_what_was_missed_comes_by_itself(bot, page):
    answering(bot)
    await send(page, "a fox")
    await expect(page.get_by_role("article")).to_be_visible()
    await page.context.set_offline(True)
    await page.evaluate("window.dispatchEvent(new Event('online'))")
    await expect(page.get_by_text("The connection is gone.")).to_be_visible()
    await bot.show(bot.ears.heard[0], WORKING)
    await page.context.set_offline(False)
    await expect(page.get_by_role("article", name="Rendering")).to_be_visible()
    await expect(page.get_by_text("The connection is gone.")).to_be_hidden()


async def test_a_message_that_could_not_be_sent_can_be_sent_again_and_counts_once(bot, page):
    answering(bot)
    await page.context.set_offline(True)
    await send(page, "a fox")
    await expect(page.get_by_text("The bot cannot be reached")).to_be_visible()
    await page.context.set_offline(False)
    await page.get_by_role("button", name="Send again").click()
    await expect(page.get_by_role("article", name="Make this film?")).to_be_visible()
    assert len(bot.ears.heard) == 1


async def test_a_refused_upload_says_why_and_gives_text_and_files_back(browser, tmp_path):
    async with Bot(tmp_path, max_attachments="1").served() as bot:
        page = await browser.new_page()
        await page.goto(bot.url)
        file = {"mimeType": "image/png", "buffer": PNG}
        await page.set_input_files("#files", [{"name": "a.png", **file}, {"name": "b.png", **file}])
        await expect(page.get_by_text("at most 1 files, and this would be 2")).to_be_visible()
        await page.set_input_files("#files", [{"name": "a.png", **file}])
        await page.evaluate("document.querySelector('#text').removeAttribute('maxlength')")
        await send(page, "x" * 20_001)
        await expect(page.get_by_text("at most 20,000 letters")).to_be_visible()
        await expect(page.get_by_role("button", name="Remove a.png")).to_be_visible()
        assert len(await page.get_by_label("Your message").input_value()) == 20_001


async def test_a_film_is_played_saved_and_its_place_copied(bot, page):
    bot.put("f.mp4", b"\0\0\0\x20ftypisom")
    media = CardMedia(
        kind=MediaKind.video, key="f.mp4", alt="A fox", name="fox.mp4", width=1280, height=720, seconds=5.0
    )
    answering(bot, Card(title="Your film is ready", media=(media,), tone=Tone.done))
    await send(page, "a fox")
    card = page.get_by_role("article", name="Your film is ready")
    await expect(card.locator("video")).to_have_attribute("aria-label", "A fox")
    async with page.expect_download() as saving:
        await card.get_by_role("link", name="Download").click()
    assert (await saving.value).suggested_filename == "fox.mp4"


async def test_a_playing_film_is_not_started_anew_by_a_change_elsewhere_on_its_card(bot, page):
    bot.put("f.mp4", b"\0\0\0\x20ftypisom")
    done = Card(title="Ready", media=(CardMedia(kind=MediaKind.video, key="f.mp4", alt="A fox"),), tone=Tone.done)
    answering(bot, done)
    await send(page, "a fox")
    await page.locator("video").evaluate("(film) => { film.dataset.mine = 'yes'; }")
    bot.clock.ahead = timedelta(hours=13)
    await bot.show(bot.ears.heard[0], replace(done, notes=("Saved.",)))
    await expect(page.get_by_text("Saved.")).to_be_visible()
    await expect(page.locator("video")).to_have_attribute("data-mine", "yes")


async def test_the_keyboard_alone_is_enough(bot, page):
    answering(bot)
    shows(bot, WORKING)
    await expect(page.get_by_label("Your message")).to_be_focused()
    await page.keyboard.type("a fox")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("that runs")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Confirm").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Cancel")).to_be_focused()
    assert bot.ears.heard[0].text == "a fox\nthat runs"


async def test_a_phone_shows_everything_without_scrolling_sideways(bot, browser):
    answering(bot, replace(ASK, text="unbrokenword" * 60, title="Made" * 30))
    page = await browser.new_page(viewport={"width": 360, "height": 740})
    await page.goto(bot.url)
    await send(page, "another" * 80)
    await expect(page.get_by_role("button", name="Confirm")).to_be_visible()
    assert await page.evaluate("document.querySelector('main').scrollWidth <= innerWidth")
    await page.get_by_role("button", name="Conversations").click()
    await page.get_by_role("button", name="New conversation").click()
    await expect(page.get_by_role("heading", name="What shall we film?")).to_be_visible()


async def test_an_example_fills_the_box_and_the_theme_is_remembered(page):
    await page.get_by_role("button", name="From words").click()
    await expect(page.get_by_label("Your message")).to_have_value(
        r"A lighthouse keeper winds the great lamp as fog rolls in over the bay [Push in], 8 seconds"
    )
    await page.get_by_role("button", name="Change between light and dark").click()
    chosen = await page.evaluate("document.documentElement.dataset.theme")
    await page.reload()
    assert await page.evaluate("document.documentElement.dataset.theme") == chosen


@pytest.mark.parametrize("scheme", ["dark", "light"])
async def test_every_text_colour_has_enough_contrast(bot, browser, scheme):
    page = await browser.new_page(color_scheme=scheme)
    await page.goto(bot.url)
    assert await page.evaluate(CONTRAST) == []


async def test_a_login_is_asked_for_once_and_then_the_page_works(browser, tmp_path):
    async with Bot(tmp_path, token="open sesame").served() as bot:
        answering(bot)
        page = await browser.new_page()
        await page.goto(bot.url)
        await page.get_by_label("Login token").fill("open sesame")
        await page.get_by_role("button", name="Come in").click()
        await expect(page.get_by_label("Your message")).to_be_focused()
        await send(page, "a fox")
        await expect(page.get_by_role("article", name="Make this film?")).to_be_visible()
        await page.get_by_role("button", name="Log out").click()
        await expect(page.get_by_label("Login token")).to_be_visible()
