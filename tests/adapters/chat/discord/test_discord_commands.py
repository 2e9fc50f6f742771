"""The commands as Discord is told of them, and what using them says."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import discord
import pytest
from discord import app_commands

from adapters.chat.discord import choices
from adapters.chat.discord.commands import MENU, commands, fingerprint, wish_text
from bot.domain.chat import Command, Conversation, Person
from bot.domain.drive import Clip
from bot.domain.verbs import VERBS, Verb
from bot.flows.parse import parse
from tests.adapters.chat.discord.validator import choices_flaws, commands_flaws
from tests.fakes import NOON, SetClock
from tests.houses import Stage, open_storage, staged, template

USER = {"id": "40", "username": "asker", "discriminator": "0", "avatar": None, "global_name": "Asker"}


class Counter:
    """Remembers what was used."""

    def __init__(self, storage: Any = None) -> None:
        self.storage = storage
        self.heard: list[tuple[Command, list[int]]] = []

    def models(self) -> list[tuple[str, str]]:
        return [(f"kling-{number}", f"Kling {number}") for number in range(60)] + [("wan-3", "Wan 3.0")]

    async def used(self, interaction, command, files) -> None:
        self.heard.append((command, [file.id for file in files]))


def planted(counter: Counter, verbs=VERBS) -> app_commands.CommandTree:
    tree = app_commands.CommandTree(discord.Client(intents=discord.Intents.none()))
    for one in commands(counter, verbs):
        tree.add_command(one)
    return tree


def described(tree) -> list[dict]:
    kinds = (discord.AppCommandType.chat_input, discord.AppCommandType.message)
    return [one.to_dict(tree) for kind in kinds for one in tree.get_commands(type=kind)]


async def use(tree, name: str, *options: dict, files=(), kind: int = 2) -> None:
    """A command as it comes over the wire, through the library's own dispatch."""
    resolved = {"attachments": {str(id): {"id": str(id), "filename": f"{id}.png", "size": 3, "url": "", "proxy_url": "", "content_type": "image/png"} for id in files}}  # fmt: skip
    sub = {"name": name, "type": 1, "options": list(options)}
    data = {"id": "1", "name": "clapper", "type": 1, "options": [sub], "resolved": resolved}
    payload = {"id": "500", "application_id": "10", "type": kind, "token": "t", "version": 1, "channel_id": "31", "channel": {"id": "31", "type": 1, "recipients": []}, "user": USER, "entitlements": [], "authorizing_integration_owners": {}, "attachment_size_limit": 1, "app_permissions": "0", "locale": "en-US", "data": data}  # fmt: skip
    await tree._call(discord.Interaction(data=payload, state=tree.client._connection))


def option(name: str, value: Any, type: int = 3) -> dict:
    return {"name": name, "type": type, "value": value}


def test_discord_takes_the_commands_as_they_are_told():
    assert not list(commands_flaws(described(planted(Counter()))))


def test_every_verb_is_a_command_of_the_group_and_animate_this_is_on_messages():
    group, menu = described(planted(Counter()))
    assert [one["name"] for one in group["options"]] == [verb.name for verb in VERBS]
    assert (menu["name"], menu["type"]) == (MENU, 3)


def test_they_are_for_servers_and_the_bots_own_direct_messages_and_installed_by_servers_alone():
    for one in described(planted(Counter())):
        assert sorted(one["contexts"]) == [0, 1]
        assert one["integration_types"] == [0]


def test_a_sync_is_due_only_when_the_commands_changed():
    assert fingerprint(planted(Counter())) == fingerprint(planted(Counter()))
    more = (*VERBS, Verb("dream", "of what", "Something new"))
    assert fingerprint(planted(Counter(), more)) != fingerprint(planted(Counter()))


async def test_making_a_film_says_all_that_was_chosen_and_brings_its_files():
    counter = Counter()
    await use(
        planted(counter),
        "make",
        option("prompt", "A fox crosses the lake"),
        option("duration", 8.0, 10),
        option("ratio", "9:16"),
        option("audio", True, 5),
        option("file1", "71", 11),
        option("file9", "72", 11),
        files=(71, 72),
    )
    ((command, files),) = counter.heard
    assert command.key == "discord:i:500"
    assert command.conversation == Conversation("discord", "@31", "31")
    assert command.author == Person("discord", "@31", "40", "Asker")
    assert (command.verb, command.text) == ("make", 'A fox crosses the lake --duration "8" --ar "9:16" --audio')
    assert [one.id for one in command.attachments] == ["i/500/71", "i/500/72"]
    assert files == [71, 72]


def test_the_options_of_make_are_read_by_the_one_grammar():
    text = wish_text("A fox runs", model='k"ling', duration=7.5, ratio="9:16", resolution="720p", audio=False)
    read = parse(text, attachments=(), names={"kling": "kling-3"})
    assert read.prompt == "A fox runs"
    chosen = {name: setting.value for name, setting in read.settings.items()}
    assert chosen == {"model": "kling-3", "seconds": 7.5, "aspect": "9:16", "resolution": "720p", "audio": False}


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb.name != "make"])
async def test_every_other_verb_says_its_line(verb):
    counter = Counter()
    tree = planted(counter)
    name = next((one["name"] for sub in described(tree)[0]["options"] if sub["name"] == verb.name for one in sub["options"]), "")  # fmt: skip
    await use(tree, verb.name, *([option(name, "J-1 all")] if name else []))
    assert [(one.verb, one.text) for one, _ in counter.heard] == [(verb.name, "J-1 all" if name else "")]


def test_what_is_typed_is_found_anywhere_in_it_and_what_begins_with_it_comes_first():
    offered = [("a-wan", "A Wan"), ("wan-3", "Wan 3.0"), ("kling", "Kling"), ("wan-3", "Twice"), (" ", "Empty"), ("x" * 101, "wan too long")]  # fmt: skip
    assert [one.value for one in choices.matching(offered, " WAN")] == ["wan-3", "a-wan"]


def test_no_more_are_offered_than_discord_takes():
    found = choices.matching([(f"m{n}", "🎬" * 200) for n in range(60)], "")
    assert len(found) == 25
    assert not list(choices_flaws({"choices": [one.to_dict() for one in found]}))


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    clock = SetClock()
    storage = open_storage(template(tmp_path), tmp_path, clock)
    yield staged(storage, tmp_path, clock)
    await storage.aclose()


async def test_only_ones_own_open_jobs_are_offered(stage):
    mine = await stage.ask("A fox crosses the lake")
    done = await stage.ask("A wolf")
    await stage.press(done.id, "decline")
    found = await choices.jobs(stage.house.storage, mine.author)
    assert found == [(mine.id, f"{mine.id} · awaiting confirmation · A fox crosses the lake")]
    assert await choices.jobs(stage.house.storage, replace(mine.author, id="U9")) == []


async def test_films_of_ones_own_drive_and_of_the_shared_space_are_offered_and_no_others(stage):
    me, other = (Person("discord", "20", id, id) for id in ("40", "41"))
    films = [(me, "mine.mp4"), (other, "theirs.mp4"), (other, "/space/shared.mp4"), (other, "/space/short.mp4")]
    for number, (owner, path) in enumerate(films):
        until = NOON if path == "/space/short.mp4" else None
        clip = Clip(id=f"X-{number}", workspace="20", owner=owner, job="J-1", drive_path=path, key=f"k{number}", bytes=1, seconds=4.0, width=16, height=9, made_at=NOON, expires_at=until)  # fmt: skip
        await stage.house.storage.clips.add(clip)
    found = await choices.clips(stage.house.storage, me)
    assert sorted(value for value, _ in found) == ["/space/shared.mp4", "mine.mp4"]
