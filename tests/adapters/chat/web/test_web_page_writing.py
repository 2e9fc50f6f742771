"""Writing, attaching and coming in, in a real browser with a scripted bot behind the page."""

from dataclasses import replace

import pytest
from playwright.async_api import expect

from tests.adapters.chat.web.browsing import ASK, CONTRAST, WORKING, another_page, answering, picture, send, shows
from tests.adapters.chat.web.scripted import Bot

pytestmark = pytest.mark.asyncio(loop_scope="session")  # one browser for all of them


async def test_files_get_tokens_that_follow_when_one_is_taken_out(shown, page):
    answering(shown)
    await page.set_input_files("#files", [picture("a.png"), picture("b.png")])
    await page.set_input_files("#files", [{"name": "s.wav", "mimeType": "audio/wav", "buffer": b"RIFF"}])
    await page.get_by_role("button", name="b.png: write @Image2 into the message").click()
    await page.get_by_role("button", name="s.wav: write @Audio1 into the message").click()
    await expect(page.get_by_label("Your message")).to_have_value("@Image2 @Audio1 ")
    await page.get_by_role("button", name="Remove a.png").click()
    await expect(page.get_by_label("Your message")).to_have_value("@Image1 @Audio1 ")
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("article")).to_be_visible()
    assert [one.name for one in shown.ears.heard[0].attachments] == ["b.png", "s.wav"]


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


async def test_a_message_that_could_not_be_sent_can_be_sent_again_and_counts_once(shown, page):
    answering(shown)
    await page.context.set_offline(True)
    await send(page, "a fox")
    await expect(page.get_by_text("The bot cannot be reached")).to_be_visible()
    await page.context.set_offline(False)
    await page.get_by_role("button", name="Send again").click()
    await expect(page.get_by_role("article", name="Make this film?")).to_be_visible()
    assert len(shown.ears.heard) == 1


async def test_a_refused_upload_says_why_and_gives_text_and_files_back(browser, tmp_path):
    async with Bot(tmp_path, max_attachments="1").served() as bot, another_page(browser, bot.url) as page:
        one, two = picture("a.png"), picture("b.png")
        await page.set_input_files("#files", [one, two])
        await expect(page.get_by_text("at most 1 files, and this would be 2")).to_be_visible()
        await page.set_input_files("#files", [one])
        await page.evaluate("document.querySelector('#text').removeAttribute('maxlength')")
        await send(page, "x" * 20_001)
        await expect(page.get_by_text("at most 20,000 letters")).to_be_visible()
        await expect(page.get_by_role("button", name="Remove a.png")).to_be_visible()
        assert len(await page.get_by_label("Your message").input_value()) == 20_001


async def test_the_keyboard_alone_is_enough(shown, page):
    answering(shown)
    shows(shown, WORKING)
    await expect(page.get_by_label("Your message")).to_be_focused()
    await page.keyboard.type("a fox")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("that runs")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Confirm").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Cancel")).to_be_focused()
    assert shown.ears.heard[0].text == "a fox\nthat runs"


async def test_a_phone_shows_everything_without_scrolling_sideways(shown, browser):
    answering(shown, replace(ASK, text="unbrokenword" * 60, title="Made" * 30))
    async with another_page(browser, shown.url, viewport={"width": 360, "height": 740}) as page:
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


async def test_every_text_colour_has_enough_contrast(page):
    for scheme in ("dark", "light"):
        await page.emulate_media(color_scheme=scheme)
        assert await page.evaluate(CONTRAST) == [], scheme


async def test_a_login_is_asked_for_once_and_then_the_page_works(browser, tmp_path):
    async with Bot(tmp_path, token="open sesame").served() as bot, another_page(browser, bot.url) as page:
        answering(bot)
        await page.get_by_label("Login token").fill("open sesame")
        await page.get_by_role("button", name="Come in").click()
        await expect(page.get_by_label("Your message")).to_be_focused()
        await send(page, "a fox")
        await expect(page.get_by_role("article", name="Make this film?")).to_be_visible()
        await page.get_by_role("button", name="Log out").click()
        await expect(page.get_by_label("Login token")).to_be_visible()
