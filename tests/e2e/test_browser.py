"""The whole way in a real browser: the real program as a process, real pictures, real films."""

import asyncio
import os
import struct
import time
import zlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, FilePayload, Locator, Page, async_playwright, expect

from tests.e2e.programs import Program, program

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one program and one browser for all of them
CHROMIUM = "/usr/bin/chromium"
RENDERED_MS = 60_000
LONG = "A harbour wakes [Pan right], 60 seconds, 1080p"


def png(width: int, height: int) -> bytes:
    """A picture of sky over sea."""
    rows = b"".join(b"\0" + bytes((40 + 120 * y // height, 90 + 60 * y // height, 140)) * width for y in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b"")


def picture(name: str, width: int = 640, height: int = 480) -> FilePayload:
    return {"name": name, "mimeType": "image/png", "buffer": png(width, height)}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    if not Path(CHROMIUM).exists():
        assert os.environ.get("CI") != "true", f"{CHROMIUM} is missing"
        pytest.skip(f"{CHROMIUM} is missing")
    folder = tmp_path_factory.mktemp("served")
    places = {
        "CLAPPER_DATABASE_URL": f"sqlite:///{folder}/clapper.db",
        "CLAPPER_DRIVE": f"file:{folder}/drive",
    }
    with program(folder, places) as one:
        one.start()
        yield one


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def person(served: Program) -> AsyncIterator[BrowserContext]:
    """Who opens all the pages. The window stays open: opening one takes as long as a page."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        context = await browser.new_context(reduced_motion="reduce")
        await context.new_page()
        yield context
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def page(person: BrowserContext, served: Program) -> AsyncIterator[Page]:
    """The page as one who was never here sees it."""
    opened = await person.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    await opened.goto(served.url)
    yield opened
    for one in person.pages[2:]:
        await one.close()
    await opened.evaluate("localStorage.clear()")
    await opened.close()
    await person.clear_cookies()
    assert errors == []


async def send(page: Page, text: str, *files: FilePayload) -> None:
    if files:
        await page.set_input_files("#files", list(files))
    await page.get_by_label("Your message").fill(text)
    await page.keyboard.press("Enter")


def card(page: Page, state: str) -> Locator:
    return page.locator(f'article[data-state="{state}"]')


async def ready(page: Page) -> Locator:
    film = card(page, "complete").locator("video")
    await expect(film).to_be_visible(timeout=RENDERED_MS)
    sizes_known = "(film) => film.readyState >= film.HAVE_METADATA"
    await page.wait_for_function(sizes_known, arg=await film.element_handle())
    return film


def films_of(served: Program) -> list[Path]:
    return sorted((served.folder / "drive").rglob("*.mp4"))


async def test_from_a_message_with_a_picture_to_a_film_that_plays(page, served):
    await send(
        page, "@Image1: light moves over the water [Push in], 2 seconds, 480p, save as first/light", picture("sea.png")
    )
    asked = card(page, "awaiting_confirmation")
    await expect(asked.get_by_role("row", name="Total free")).to_be_visible()
    await expect(asked.get_by_role("img", name="@Image1")).to_be_visible()
    await asked.get_by_role("button", name="Confirm").click()
    film = await ready(page)
    seconds = await film.evaluate(
        "async (film) => { film.muted = true; await film.play(); film.pause(); return film.duration; }"
    )
    assert 1.9 < seconds < 2.1
    assert await film.get_attribute("poster")
    await expect(page.get_by_text("first/light.mp4", exact=True)).to_be_visible()
    kept = [path for path in films_of(served) if path.name == "light.mp4"]
    async with page.expect_download() as saving:
        await page.get_by_role("link", name="Download").click()
    saved = await saving.value
    assert saved.suggested_filename == "light.mp4"
    assert Path(await saved.path()).read_bytes() == kept[0].read_bytes()
    await page.get_by_role("button", name="Library").click()
    await page.get_by_role("dialog").get_by_role("button", name="light.mp4").click()
    await page.locator("#viewer").get_by_role("button", name="Variation").click()
    await page.get_by_label("Prompt").fill("light leaves the water")
    await page.locator("#edit").get_by_role("button", name="Variation").click()
    varied = card(page, "awaiting_confirmation")
    await expect(varied.get_by_text("light leaves the water")).to_be_visible()
    await expect(varied.get_by_text("first/light.mp4", exact=False).first).to_be_visible()
    await expect(varied.get_by_role("button", name="Confirm")).to_be_visible()


async def test_cancel_while_it_renders_stops_it_and_keeps_nothing(page, served):
    before = films_of(served)
    await send(page, LONG)
    await page.get_by_role("button", name="Confirm").click()
    await expect(card(page, "processing")).to_be_visible()
    await page.get_by_role("button", name="Cancel").click()
    await page.get_by_role("button", name="Yes, cancel").click()
    ended = card(page, "cancelled")
    await expect(ended).to_be_visible()
    await expect(ended.get_by_role("button")).to_have_count(0)
    assert films_of(served) == before


async def test_edit_changes_the_wish_and_the_card_shows_it(page):
    await send(page, "A fox crosses the snow, 5 seconds, 480p")
    asked = card(page, "awaiting_confirmation")
    await asked.get_by_role("button", name="Edit").click()
    await page.get_by_label("Prompt").fill("A red fox crosses the ice")
    await page.get_by_label("Length in seconds").fill("1")
    await page.get_by_label("Ratio").select_option("9:16")
    await page.get_by_role("button", name="Save changes").click()
    await expect(asked.get_by_text("A red fox crosses the ice")).to_be_visible()
    await expect(asked.get_by_text("1 s", exact=True).first).to_be_visible()
    await expect(asked.get_by_text("9:16", exact=True)).to_be_visible()
    await asked.get_by_role("button", name="Confirm").click()
    film = await ready(page)
    assert await film.evaluate("(film) => film.videoHeight > film.videoWidth")


async def test_a_typed_yes_confirms_and_a_typed_no_declines(page):
    await send(page, "Rain on a tin roof, 1 second, 480p")
    await expect(card(page, "awaiting_confirmation")).to_be_visible()
    await send(page, "no")
    await expect(card(page, "declined")).to_be_visible()
    await send(page, "Rain on a glass roof, 1 second, 480p")
    await expect(card(page, "awaiting_confirmation")).to_be_visible()
    await send(page, "yes")
    await ready(page)


async def test_a_reload_in_the_middle_loses_nothing(page):
    await send(page, "Fog over the bay, 8 seconds, 480p", picture("bay.png"))
    await page.get_by_role("button", name="Confirm").click()
    await expect(card(page, "processing")).to_be_visible()
    await page.get_by_label("Your message").fill("half a thought")
    await page.reload()
    await expect(page.get_by_label("Your message")).to_have_value("half a thought")
    await expect(page.get_by_role("main").get_by_text("Fog over the bay").first).to_be_visible()
    await expect(page.locator(".said img")).to_be_visible()
    await ready(page)
    await expect(page.get_by_role("article")).to_have_count(1)


@pytest.mark.skipif(os.environ.get("CLAPPER_SOAK") != "1", reason="it watches ten seconds of a film: CLAPPER_SOAK=1")
async def test_the_countdown_of_a_real_film_is_about_right(page):
    await send(page, "Tide over the flats, 12 seconds, 480p")
    await page.get_by_role("button", name="Confirm").click()
    began = time.monotonic()
    told = await page.wait_for_function(
        """() => {
          const shown = (name) => document.querySelector(`article ${name}`)?.innerText ?? "";
          return parseInt(shown(".percent")) >= 60 && shown(".clock b") && shown(".clock");
        }""",
        timeout=RENDERED_MS,
    )
    gone = time.monotonic() - began
    left, so_far = (await told.json_value()).splitlines()
    await page.wait_for_function(
        """() => document.querySelector("article").dataset.state !== "processing" """, timeout=RENDERED_MS
    )
    rest = time.monotonic() - began - gone
    minutes, seconds = so_far.removesuffix(" so far").split(":")
    assert abs(int(minutes) * 60 + int(seconds) - gone) < 2.5
    promised = int("".join(filter(str.isdigit, left)) or 0)
    assert rest / 2 - 2.5 <= promised <= rest * 1.5 + 2.5, f"{left!r}, and it was {rest:.1f} s"
    await ready(page)


async def test_two_tabs_that_confirm_at_once_start_one_job(page, served):
    await send(page, "Two clocks strike as one, 1 second, 480p, save as twice")
    await expect(card(page, "awaiting_confirmation")).to_be_visible()
    other = await page.context.new_page()
    await other.goto(page.url)
    buttons = [each.get_by_role("button", name="Confirm") for each in (page, other)]
    for button in buttons:
        await expect(button).to_be_visible()
    await asyncio.gather(*[button.evaluate("(button) => button.click()") for button in buttons])
    for each in (page, other):
        await ready(each)
        await expect(each.get_by_role("article")).to_have_count(1)
    assert [path.name for path in films_of(served) if path.name.startswith("twice")] == ["twice.mp4"]


async def test_an_upload_that_cannot_be_used_says_why_and_can_be_mended(page):
    await send(page, "Light on the wall, 2 seconds, 480p", picture("thin.png", 900, 100))
    refused = card(page, "awaiting_confirmation")
    await expect(refused.get_by_text("thin.png").or_(refused.get_by_text("@Image1")).first).to_be_visible()
    await expect(refused.get_by_role("button", name="Confirm")).to_have_count(0)
    await expect(refused.get_by_text("Nothing was charged.", exact=False)).to_be_visible()
    await refused.get_by_role("button", name="Edit").click()
    await page.get_by_label("@Image1").select_option(label="Leave it out")
    await page.get_by_role("button", name="Save changes").click()
    await expect(refused.get_by_role("button", name="Confirm")).to_be_visible()


async def test_what_is_no_picture_at_all_is_refused_in_words(page):
    await send(page, "Bring @Image1 to life", {"name": "notes.png", "mimeType": "image/png", "buffer": b"just words"})
    told = page.get_by_role("article")
    await expect(told).to_be_visible()
    await expect(told.get_by_role("button", name="Confirm")).to_have_count(0)
    await expect(told).to_have_attribute("data-tone", "problem")


async def test_free_films_are_no_spending(page):
    await page.get_by_role("link", name="Spend").click()
    await expect(page.get_by_role("heading", name="Nothing was spent")).to_be_visible()
    await expect(page.get_by_text("credits spent by everybody")).to_be_visible()
    await page.get_by_role("link", name="back to the conversations").click()
    await expect(page.get_by_label("Your message")).to_be_visible()
