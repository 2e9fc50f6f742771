"""The spend page in a real browser: plots to look at, tables to read, months to turn."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from playwright.async_api import expect

from bot.domain.chat import Person
from bot.domain.rules import Rules
from tests.adapters.chat.web.books import spend
from tests.adapters.chat.web.browsing import CONTRAST, NASTY, Errors, another_page
from tests.adapters.chat.web.scripted import YOU

pytestmark = pytest.mark.asyncio(loop_scope="session")  # one browser for all of them
STRANGER = Person("web", "local", "u-2", NASTY)


def at(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 12, tzinfo=UTC)


async def test_a_month_is_drawn_in_plots_with_a_table_beneath_each(shown, browser):
    shown.rules = Rules(person_credits=Decimal(10), workspace_credits=Decimal(100))
    shown.clock.ahead = at(11, 20) - datetime.now(UTC)
    rows = [
        ("12.50", at(11, 2), "toll-1", YOU),
        ("1234", at(10, 3), "toll-1", YOU),
        ("3", at(11, 19), "toll-1", STRANGER),
    ]
    await spend(shown, rows)
    errors = Errors()
    async with another_page(browser, f"{shown.url}/spend", viewport={"width": 360, "height": 700}) as page:
        errors.watch(page)
        await expect(page.get_by_role("img", name="Credits by day in November 2026, 15.50 in all")).to_be_visible()
        await expect(page.locator("#days .column")).to_have_count(2)
        days = await page.locator("#days .day text").all_text_contents()
        assert days == ["1", "6", "11", "16", "20", "26"]  # today's number has the room of the one beside it
        await expect(page.get_by_role("img", name="You: 12.50 spent of 10 credits, 2.50 over")).to_be_visible()
        await page.locator("#people summary").click()
        await expect(page.locator("#people").get_by_role("row", name=f"{NASTY} 3 19 %")).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert await page.evaluate(CONTRAST) == []
        await page.get_by_role("button", name="The month before").click()
        await expect(page.get_by_text("1,234", exact=True).first).to_be_visible()
        await expect(page.locator("#budgets")).to_be_hidden()
        assert (await page.locator("#csv").get_attribute("href")) == "/api/ledger.csv?month=2026-10"
        await page.get_by_label("Month", exact=True).select_option("2026-09")
        await expect(page.get_by_role("heading", name="Nothing was spent")).to_be_visible()
        await page.reload()
        await expect(page.get_by_label("Month", exact=True)).to_have_value("2026-09")
        assert await page.title() == "Spend · Clapper"
    assert errors == []


async def test_a_spreadsheet_is_one_click_away_from_the_chat(shown, page):
    del shown
    await page.get_by_role("link", name="Spend").click()
    async with page.expect_download() as saving:
        await page.get_by_role("link", name="Download the books of this month as CSV").click()
    assert (await saving.value).suggested_filename.startswith("clapper-2026-")
