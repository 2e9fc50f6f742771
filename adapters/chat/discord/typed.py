"""The commands about films, each with options of its own kind."""

from collections.abc import Callable, Mapping
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import Range

from adapters.chat.discord import events
from adapters.chat.discord.counter import Counter, Interaction, description, films
from adapters.chat.discord.limits import FILM, INPUT
from adapters.chat.discord.said import cinematic_text, library_text, merge_text, rename_text
from bot.domain.cinema import Mode
from bot.domain.join import FORMATS, LONGEST_FADE, Fill
from bot.domain.verbs import Verb

Made = app_commands.Command[Any, ..., Any]
Make = Callable[[Verb, Counter], Made]

MERGE = "merge"
MOST_PAGES = 9999
A_FILM = "A film: choose one, or write its number on the list you saw last, its id or its path"
BARS = ((Fill.pad, "Bars beside it"), (Fill.crop, "Its edges cut off"))


def _library(verb: Verb, counter: Counter) -> Made:
    @app_commands.describe(
        words="Words of its prompt, path or model; by Ada; since 2026-11-01; 5-8s", page="Which page"
    )
    async def library(
        interaction: Interaction,
        words: Range[str, 1, INPUT] | None = None,
        page: Range[int, 1, MOST_PAGES] | None = None,
    ) -> None:
        await _said(counter, interaction, verb, library_text(words, page))

    made = _command(verb, library)
    made.autocomplete("words")(films(counter, by_path=True))
    return made


def _one_film(*, trashed: bool = False) -> Make:
    """Commands that name one film and nothing else."""

    def make(verb: Verb, counter: Counter) -> Made:
        @app_commands.describe(film="A film of the trash" if trashed else A_FILM)
        async def about(interaction: Interaction, film: Range[str, 1, FILM]) -> None:
            await _said(counter, interaction, verb, film.strip())

        made = _command(verb, about)
        made.autocomplete("film")(films(counter, trashed=trashed))
        return made

    return make


def _film_to(where: str) -> Make:
    """Commands that name one film and where it goes."""

    def make(verb: Verb, counter: Counter) -> Made:
        @app_commands.describe(film=A_FILM, to=where)
        async def rename(interaction: Interaction, film: Range[str, 1, FILM], to: Range[str, 1, FILM]) -> None:
            await _said(counter, interaction, verb, rename_text(film, to))

        made = _command(verb, rename)
        made.autocomplete("film")(films(counter))
        return made

    return make


def _drive(verb: Verb, counter: Counter) -> Made:
    @app_commands.describe(folder="promo/ on your own Drive, or /space/ for everybody's; empty for your own Drive")
    async def drive(interaction: Interaction, folder: Range[str, 1, FILM] | None = None) -> None:
        await _said(counter, interaction, verb, (folder or "").strip())

    return _command(verb, drive)


def _merge(verb: Verb, counter: Counter) -> Made:
    @app_commands.describe(
        **{f"film{number}": "The first film" if number == 1 else "The next" for number in range(1, 6)},
        format="What the whole looks like",
        fill="What becomes of a film of another ratio",
        fade="Seconds in which one film passes into the next",
        soundtrack="A sound under the whole",
        save="Where it is saved, such as promo/all",
    )
    @app_commands.choices(
        format=[app_commands.Choice(name=label, value=value.value) for value, label in FORMATS],
        fill=[app_commands.Choice(name=label, value=value.value) for value, label in BARS],
    )
    async def merge(  # noqa: PLR0917 - each is an option, which discord.py reads from here
        interaction: Interaction,
        film1: Range[str, 1, FILM] | None = None,
        film2: Range[str, 1, FILM] | None = None,
        film3: Range[str, 1, FILM] | None = None,
        film4: Range[str, 1, FILM] | None = None,
        film5: Range[str, 1, FILM] | None = None,
        format: str | None = None,
        fill: str | None = None,
        fade: Range[float, 0.0, LONGEST_FADE] | None = None,
        soundtrack: discord.Attachment | None = None,
        save: Range[str, 1, FILM] | None = None,
    ) -> None:
        named, sound = (film1, film2, film3, film4, film5), soundtrack is not None
        text = merge_text(named, format=format, fill=fill, fade=fade, save=save, soundtrack=sound)
        await _said(counter, interaction, verb, text, soundtrack)

    made = _command(verb, merge)
    for number in range(1, 6):
        made.autocomplete(f"film{number}")(films(counter))
    return made


def _cinematic(verb: Verb, counter: Counter) -> Made:
    @app_commands.describe(
        idea="What the film is about; say what your files are for: @Image1, @Video1, @Audio1",
        mode="How it is told; else the idea's own words decide",
        file1="A picture, clip or sound",
        **{f"file{number}": "One more" for number in range(2, 10)},
    )
    @app_commands.choices(mode=[app_commands.Choice(name=mode.value.title(), value=mode.value) for mode in Mode])
    async def cinematic(  # noqa: PLR0917 - each is an option, which discord.py reads from here
        interaction: Interaction,
        idea: Range[str, 1, INPUT],
        mode: str | None = None,
        file1: discord.Attachment | None = None,
        file2: discord.Attachment | None = None,
        file3: discord.Attachment | None = None,
        file4: discord.Attachment | None = None,
        file5: discord.Attachment | None = None,
        file6: discord.Attachment | None = None,
        file7: discord.Attachment | None = None,
        file8: discord.Attachment | None = None,
        file9: discord.Attachment | None = None,
    ) -> None:
        given = (file1, file2, file3, file4, file5, file6, file7, file8, file9)
        await _said(counter, interaction, verb, cinematic_text(idea, mode), *given)

    return _command(verb, cinematic)


TYPED: Mapping[str, Make] = {
    "library": _library,
    "show": _one_film(),
    "rename": _film_to("Its new name in its folder, such as intro"),
    "move": _film_to("A folder or a path, such as promo/, promo/intro or /space/promo/"),
    "delete": _one_film(),
    "restore": _one_film(trashed=True),
    "drive": _drive,
    MERGE: _merge,
    "cinematic": _cinematic,
}
"""Of the verbs that there are; every other is a line."""


def _command(verb: Verb, callback: Callable[..., Any]) -> Made:
    return app_commands.Command(name=verb.name, description=description(verb.say), callback=callback)


async def _said(
    counter: Counter, interaction: Interaction, verb: Verb, text: str, *given: discord.Attachment | None
) -> None:
    files = [file for file in given if file is not None]
    await counter.used(interaction, events.command(interaction, verb.name, text, files), files)
