"""The `/clapper` group, one command for each verb, and "Animate this" on a message; and whether Discord must be told of them anew."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import discord
from discord import app_commands

from adapters.chat.discord import choices, events
from adapters.chat.discord.counter import Counter, Interaction, Offered, description, models, typing
from adapters.chat.discord.limits import INPUT
from adapters.chat.discord.said import wish_text
from adapters.chat.discord.typed import TYPED
from bot.domain.chat import Person
from bot.domain.media import RATIOS, RESOLUTIONS
from bot.domain.verbs import VERBS, Verb

GROUP = "clapper"
MENU = "Animate this"
MAKE = "make"
LONGEST = 60
CONTEXTS = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False)
# Installed by a user alone, the bot could not post into the channel once the interaction's 15 minutes are over.
INSTALLS = app_commands.AppInstallationType(guild=True, user=False)


def commands(counter: Counter, verbs: Sequence[Verb] = VERBS) -> tuple[app_commands.Group, app_commands.ContextMenu]:
    """What to add to a CommandTree.

    Who is offered a command is set for the whole of /clapper or not at all (https://docs.discord.com/developers/interactions/application-commands#permissions),
    so its `admin` is seen by everybody; whoever is no admin is told so.
    """
    group = app_commands.Group(
        name=GROUP,
        description="Films from words, pictures, clips and sounds",
        allowed_contexts=CONTEXTS,
        allowed_installs=INSTALLS,
    )
    for verb in verbs:
        group.add_command((_make if verb.name == MAKE else TYPED.get(verb.name, _line))(verb, counter))
    return group, _menu(counter)


def fingerprint(tree: app_commands.CommandTree[Any]) -> str:
    """The same as long as the commands are: where it was noted at the last sync, no sync is needed."""
    described = [
        command.to_dict(tree)
        for kind in (discord.AppCommandType.chat_input, discord.AppCommandType.message)
        for command in sorted(tree.get_commands(type=kind), key=lambda one: one.name)
    ]
    return hashlib.sha256(json.dumps(described, sort_keys=True, default=str).encode()).hexdigest()[:16]


def _make(verb: Verb, counter: Counter) -> app_commands.Command[Any, ..., Any]:
    made = app_commands.Command(name=verb.name, description=description(verb.say), callback=_make_callback(counter))
    made.autocomplete("model")(models(counter))
    return made


def _make_callback(counter: Counter) -> Callable[..., Any]:
    @app_commands.describe(
        prompt="What you want to see; say in it how your files are used: @Image1, @Video1, @Audio1",
        model="Which model makes it",
        duration="Length in seconds",
        ratio="Width to height; adaptive follows your picture",
        resolution="How fine",
        audio="With sound, or without",
        file1="A picture, clip or sound",
        **{f"file{number}": "One more" for number in range(2, 10)},
    )
    @app_commands.choices(ratio=_choices(RATIOS), resolution=_choices(RESOLUTIONS))
    async def make(  # noqa: PLR0917 - each is an option, which discord.py reads from here
        interaction: Interaction,
        prompt: app_commands.Range[str, 1, INPUT] | None = None,
        file1: discord.Attachment | None = None,
        model: str | None = None,
        duration: app_commands.Range[float, 1, LONGEST] | None = None,
        ratio: str | None = None,
        resolution: str | None = None,
        audio: bool | None = None,
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
        files = [file for file in given if file is not None]
        text = wish_text(prompt or "", model=model, duration=duration, ratio=ratio, resolution=resolution, audio=audio)
        await counter.used(interaction, events.command(interaction, MAKE, text, files), files)

    return make


OPTION_NAMES: Mapping[str, str] = {"status": "what", "cancel": "which", "approve": "which", "admin": "what"}


def _line(verb: Verb, counter: Counter) -> app_commands.Command[Any, ..., Any]:
    """A verb whose whole line is one option, or that has none."""

    async def alone(interaction: Interaction) -> None:
        await counter.used(interaction, events.command(interaction, verb.name, ""), ())

    @app_commands.rename(text=OPTION_NAMES.get(verb.name, "words"))
    @app_commands.describe(text=description(verb.usage))
    async def with_text(interaction: Interaction, text: app_commands.Range[str, 1, INPUT] | None = None) -> None:
        await counter.used(interaction, events.command(interaction, verb.name, text or ""), ())

    callback: Callable[..., Any] = with_text if verb.usage else alone
    made = app_commands.Command(name=verb.name, description=description(verb.say), callback=callback)
    if verb.usage and (offered := _offered(verb, counter)) is not None:
        made.autocomplete("text")(typing(offered))
    return made


def _offered(verb: Verb, counter: Counter) -> Offered | None:
    """What can be completed after a verb: one's own jobs where its usage names one, and what admins may begin with."""
    if verb.name == "approve":
        return None  # it is about the jobs of others, which not everybody may see

    async def examples(_: Person) -> Sequence[tuple[str, str]]:
        return [(one, one) for one in map(str.strip, verb.usage.split("|"))]

    async def jobs(who: Person) -> Sequence[tuple[str, str]]:
        words = [word.strip() for word in verb.usage.split("|") if "…" not in word]
        return [*((word, word) for word in words), *await choices.jobs(counter.storage, who)]

    if verb.name == "admin":
        return examples
    return jobs if "J-" in verb.usage else None


def _menu(counter: Counter) -> app_commands.ContextMenu:
    async def animate(interaction: Interaction, message: discord.Message) -> None:
        await counter.used(interaction, events.animate(interaction, message, interaction.application_id), ())

    return app_commands.ContextMenu(name=MENU, callback=animate, allowed_contexts=CONTEXTS, allowed_installs=INSTALLS)


def _choices(values: Sequence[str]) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=value, value=value) for value in values]
