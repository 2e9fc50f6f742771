"""What the browser tests show on the page and do to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, FilePayload, Page

from bot.domain.card import Action, Bar, Button, Card, Field, FieldKind, FormField, Style, Tone
from bot.domain.chat import Message, Press
from tests.adapters.chat.web.scripted import Bot

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-extensions"]
NASTY = "<img src=x onerror=\"document.title='pwned'\"> & <b>bold</b>"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c626001000000ffff03000006000557bfabd40000000049454e44ae426082"
)
FORM = (
    FormField("prompt", "Prompt", FieldKind.text, "a fox"),
    FormField("aspect", "Ratio", FieldKind.choice, "16:9", (("16:9", "16:9"), ("9:16", "9:16"))),
    FormField("audio", "Sound", FieldKind.toggle, "no"),
)
ASK = Card(
    title="Make this film?",
    text="a fox",
    fields=(Field("Length", "5 s"), Field("Ratio", "16:9 (default)")),
    costs=(("5 s at 720p", "2.50"), ("Total", "2.50 credits")),
    notes=("Nothing starts before you confirm.",),
    buttons=(
        Button(Action.confirm, "Confirm", Style.primary),
        Button(Action.edit, "Edit", form=FORM),
        Button(Action.cancel, "Cancel"),
    ),
    tone=Tone.ask,
    state="awaiting_confirmation",
)
WORKING = Card(
    title="Rendering",
    progress=Bar(0.4, "Rendering, 40%"),
    buttons=(Button(Action.cancel, "Cancel", Style.danger, "Stop this film? It is thrown away."),),
    tone=Tone.working,
)
CANCELLED = Card(title="Cancelled", tone=Tone.quiet)
CONTRAST = """() => {
  const light = (c) => { const [r, g, b] = c.map((v) => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; }); return .2126 * r + .7152 * g + .0722 * b; };
  const paint = (name) => { const probe = document.createElement("i"); probe.style.color = `var(--${name})`; document.body.append(probe); const c = getComputedStyle(probe).color.match(/[\\d.]+/g).slice(0, 3).map(Number); probe.remove(); return light(c); };
  const pairs = [["ink", "ground"], ["ink", "surface"], ["ink-soft", "surface"], ["ink-soft", "ground"], ["ink-mute", "ground"], ["ink-mute", "surface"], ["ink-mute", "raised"], ["lamp", "surface"], ["lamp", "ground"], ["on-lamp", "lamp"], ["rust", "surface"], ["rust", "ground"], ["rust", "raised"], ["lamp", "raised"], ["ink-soft", "raised"], ["ink-soft", "sunk"], ["ink", "sunk"]];
  return pairs.map(([a, b]) => { const [x, y] = [paint(a), paint(b)].sort((m, n) => n - m); return [`${a} on ${b}`, (x + .05) / (y + .05)]; }).filter(([, ratio]) => ratio < 4.5);
}"""


@asynccontextmanager
async def another_page(browser: Browser, url: str, **how: Any) -> AsyncIterator[Page]:
    """A page of its own, closed at the end: one left open would go on asking for a bot that is gone."""
    page = await browser.new_page(reduced_motion="reduce", **how)
    page.set_default_timeout(8000)
    await page.goto(url)
    yield page
    await page.context.close()


class Errors(list[str]):
    def watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.append(str(error)))
        page.on("console", lambda line: self.append(line.text) if "Content Security Policy" in line.text else None)


def answering(bot: Bot, card: Card = ASK) -> None:
    async def answer(message: Message) -> None:
        await bot.show(message, card)

    bot.ears.answer = answer


def shows(bot: Bot, card: Card) -> None:
    """Every press leads to this card."""

    async def pressed(_: Press) -> None:
        await bot.show(bot.ears.messages[0], card)

    bot.ears.on_press = pressed


def picture(name: str) -> FilePayload:
    return {"name": name, "mimeType": "image/png", "buffer": PNG}


async def send(page: Page, text: str) -> None:
    await page.get_by_label("Your message").fill(text)
    await page.keyboard.press("Enter")
