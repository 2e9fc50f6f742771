"""A served page with a scripted bot behind it."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.adapters.chat.web.browsing import ARGUMENTS, CHROMIUM, Errors
from tests.adapters.chat.web.scripted import Bot


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    async with Bot(tmp_path).served() as served:
        yield served


@pytest.fixture
async def web(bot: Bot) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(verify=False, base_url=bot.url, timeout=10) as client:
        yield client


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    if not Path(CHROMIUM).exists():
        assert os.environ.get("CI") != "true", f"{CHROMIUM} is missing"
        pytest.skip(f"{CHROMIUM} is missing")
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        await started.close()


@pytest_asyncio.fixture(loop_scope="session")
async def shown(tmp_path: Path) -> AsyncIterator[Bot]:
    """A bot in the loop of the browser."""
    async with Bot(tmp_path).served() as served:
        yield served


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def person(browser: Browser) -> BrowserContext:
    """Who opens all the pages, each of a bot at an address of its own. The window stays open: opening one takes as long as a page."""
    context = await browser.new_context(reduced_motion="reduce")
    await context.grant_permissions(["clipboard-read", "clipboard-write"])
    await context.new_page()
    return context


@pytest_asyncio.fixture(loop_scope="session")
async def page(person: BrowserContext, shown: Bot) -> AsyncIterator[Page]:
    """The open page; anything that went wrong in it fails the test."""
    opened = await person.new_page()
    opened.set_default_timeout(8000)
    errors = Errors()
    errors.watch(opened)
    await opened.goto(shown.url)
    yield opened
    await person.set_offline(False)
    for one in person.pages[1:]:
        await one.close()
    await person.clear_cookies()
    assert errors == []
