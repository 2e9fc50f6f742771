"""Films in the library of a page under test, and a bot that answers the buttons under them as the real one does."""

import asyncio
import io
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

from PIL import Image, ImageDraw

from bot.domain.card import Action, Button, Card, FieldKind, FormField, Style, Tone, film_media
from bot.domain.chat import Press
from bot.domain.drive import Clip
from bot.domain.errors import BadRequest
from bot.domain.job import job_id
from tests.adapters.chat.web.scripted import YOU, Bot
from tests.stored import a_clip

LINE = FormField("path", "Drive path", FieldKind.line)
VARIATION = (
    FormField("prompt", "Prompt", FieldKind.text, "a fox"),
    FormField("seconds", "Length in seconds", FieldKind.line, "5"),
)


def poster(seed: int, size: tuple[int, int] = (640, 360)) -> bytes:
    """A dusk of its own for each film."""
    sky, sea = (40 + seed * 47 % 180, 60 + seed * 31 % 120, 110 + seed * 17 % 120), (12, 20 + seed * 13 % 40, 34)
    image = Image.linear_gradient("L").resize(size)
    drawn = Image.composite(Image.new("RGB", size, sea), Image.new("RGB", size, sky), image)
    x, y = size[0] * (2 + seed % 5) // 8, size[1] // 2
    ImageDraw.Draw(drawn).ellipse((x - 40, y - 40, x + 40, y + 40), fill=(250, 205, 130))
    kept = io.BytesIO()
    drawn.save(kept, "JPEG", quality=80)
    return kept.getvalue()


async def hang(bot: Bot, number: int, **changes: Any) -> Clip:
    """One more film in the library, the higher its number the newer; bytes that no browser can play."""
    id = f"FILM-{number}"
    clip = a_clip(
        id,
        workspace="local",
        owner=YOU,
        drive_path=f"films/{number:02}.mp4",
        key=f"web-local/people/you/films/{number:02}.mp4",
        poster=f".posters/{id}.jpg",
        made_at=bot.clock.now() - timedelta(days=1) + timedelta(seconds=number),
        prompt=f"a fox in scene {number}",
        model="toll-1",
        title="Toll One",
    )
    clip = replace(clip, **changes)
    still = await asyncio.to_thread(poster, number, (clip.width // 2, clip.height // 2))
    bot.put(clip.key, b"\0\0\0\x20ftypisom")
    bot.put(clip.poster, still)
    await bot.storage.clips.add(clip)
    return clip


def film_card(clip: Clip) -> Card:
    """A film's own card, with all that can be done with it."""
    passing = (
        Button(Action.again, "Again", item=clip.id),
        Button(Action.variation, "Variation", item=clip.id, form=VARIATION),
        Button(Action.continue_, "Continue", item=clip.id),
        Button(Action.extend, "Extend", item=clip.id, form=VARIATION[:1]),
        Button(Action.reference, "Use as reference", item=clip.id, form=VARIATION),
        Button(Action.save, "Save to /space", item=clip.id),
        Button(Action.add_to_merge, "Add to merge", item=clip.id),
        Button(Action.rename, "Rename", item=clip.id, form=(replace(LINE, value=clip.drive_path),)),
        Button(Action.delete, "Delete", Style.danger, "Put it in the trash? It can be restored for 24 hours.", clip.id),
    )
    return Card(
        title=clip.name,
        media=(film_media(clip, clip.prompt),),
        buttons=(Button(Action.restore, "Restore", item=clip.id),) if clip.trashed_at else passing,
        tone=Tone.done,
    )


def merge_card(bot_clips: list[Clip], chosen: list[str]) -> Card:
    names = {clip.id: clip.drive_path for clip in bot_clips}
    order = FormField("films", "Films", FieldKind.order, " ".join(chosen), tuple(names.items()))
    form = (
        order,
        FormField(
            "format",
            "Format",
            FieldKind.choice,
            "auto",
            (("auto", "Auto (match inputs)"), ("portrait", "Portrait 9:16")),
        ),
        FormField("crossfade", "Cross-fade", FieldKind.toggle, "no"),
    )
    places = [
        button
        for place, _ in enumerate(chosen, 1)
        for button in (
            Button(Action.up, f"Up {place}", item=str(place)),
            Button(Action.down, f"Down {place}", item=str(place)),
            Button(Action.leave_out, f"Leave out {place}", item=str(place)),
        )
    ]
    return Card(
        title=f"Merge {len(chosen)} films?",
        text="\n".join(names[id] for id in chosen),
        buttons=(
            Button(Action.confirm, "Merge", Style.primary),
            Button(Action.edit, "Edit", form=form),
            *places,
            Button(Action.cancel, "Cancel"),
        ),
        tone=Tone.ask,
        state="awaiting_confirmation",
    )


class Projector:
    """Answers presses about films: shows a film's own card, renames, deletes and restores, collects a merge, starts a wish."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self.chosen: list[str] = []
        self.draft = ""
        bot.ears.on_press = self

    async def __call__(self, press: Press) -> None:
        clip = await self.bot.storage.clips.get(press.item) if press.item else None
        if clip is None:
            return
        match press.action:
            case Action.film:
                await self._say(press, film_card(clip))
            case Action.rename:
                wanted = json.loads(press.value)["path"]
                if not wanted:
                    raise BadRequest("A film needs a name.")
                await self.bot.storage.clips.change(clip.change(drive_path=wanted))
            case Action.delete:
                await self.bot.storage.clips.change(clip.change(trashed_at=self.bot.clock.now()))
            case Action.restore:
                await self.bot.storage.clips.change(clip.change(trashed_at=None))
            case Action.add_to_merge:
                await self._collect(press, clip)
            case _:
                await self._say(press, Card(title=f"{press.action} of {clip.name}?", tone=Tone.ask))

    async def _say(self, press: Press, card: Card) -> None:
        await self.bot.say(job_id(press.key).replace("J-", "S-", 1), card, press.conversation)

    async def _collect(self, press: Press, clip: Clip) -> None:
        self.chosen.append(clip.id)
        everything = [one for n in range(40) if (one := await self.bot.storage.clips.get(f"FILM-{n}")) is not None]
        card = merge_card(everything, self.chosen)
        if self.draft:
            await self.bot.storage.cards.revise(self.draft, card)
            return
        self.draft = job_id(press.key).replace("J-", "S-", 1)
        await self.bot.say(self.draft, card, press.conversation)
