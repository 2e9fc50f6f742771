"""The commands as Discord is told of them, and what using them says."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import discord
import pytest
from discord import app_commands

from adapters.chat.discord import choices
from adapters.chat.discord.commands import MENU, commands, fingerprint
from adapters.chat.discord.said import merge_text, wish_text
from adapters.chat.discord.typed import TYPED
from bot.domain.chat import Command, Conversation, Person
from bot.domain.drive import Clip
from bot.domain.join import Fill, Format
from bot.domain.verbs import VERBS, Verb
from bot.flows.parse import parse
from bot.flows.parse.merging import Merging, read_merge
from tests.adapters.chat.discord.validator import choices_flaws, commands_flaws
from tests.fakes import NOON, SetClock
from tests.houses import Stage, open_storage, staged, template

USER = {"id": "40", "username": "asker", "discriminator": "0", "avatar": None, "global_name": "Asker"}

KNOWN = frozenset(verb.name for verb in VERBS)
EVERY = (*VERBS, *(Verb(name, "", "Does this") for name in TYPED if name not in KNOWN))
"""The verbs there are, and those about films that there may be."""


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
    payload: Any = {"id": "500", "application_id": "10", "type": kind, "token": "t", "version": 1, "channel_id": "31", "channel": {"id": "31", "type": 1, "recipients": []}, "user": USER, "entitlements": [], "authorizing_integration_owners": {}, "attachment_size_limit": 1, "app_permissions": "0", "locale": "en-US", "data": data}  # fmt: skip
    await tree._call(discord.Interaction(data=payload, state=tree.client._connection))


def option(name: str, value: Any, type: int = 3) -> dict:
    return {"name": name, "type": type, "value": value}


def test_discord_takes_the_commands_as_they_are_told():
    assert len(EVERY) <= 25
    assert not list(commands_flaws(described(planted(Counter(), EVERY))))


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


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb.name != "make" and verb.name not in TYPED])
async def test_every_other_verb_says_its_line(verb):
    counter = Counter()
    tree = planted(counter)
    name = next((one["name"] for sub in described(tree)[0]["options"] if sub["name"] == verb.name for one in sub["options"]), "")  # fmt: skip
    await use(tree, verb.name, *([option(name, "J-1 all")] if name else []))
    assert [(one.verb, one.text) for one, _ in counter.heard] == [(verb.name, "J-1 all" if name else "")]


@pytest.mark.parametrize(
    ("verb", "given", "text"),
    [
        ("library", {}, ""),
        ("library", {"words": "fox by Ada", "page": 2}, "fox by Ada page 2"),
        ("library", {"page": 3}, "page 3"),
        ("show", {"film": "2"}, "2"),
        ("rename", {"film": "ABCDEFGHIJ-1", "to": 'pro"mo/\nnew one'}, '"ABCDEFGHIJ-1" to "promo/ new one"'),
        ("move", {"film": "last", "to": "/space/a"}, '"last" to "/space/a"'),
        ("delete", {"film": " 4 "}, "4"),
        ("restore", {"film": "ABCDEFGHIJ-1"}, "ABCDEFGHIJ-1"),
        ("drive", {}, ""),
        ("drive", {"folder": "/space/"}, "/space/"),
        ("merge", {}, ""),
        ("merge", {"film1": "3", "film2": "1", "format": "portrait"}, '"3" "1" --format "portrait"'),
        ("cinematic", {"idea": "a fox wakes", "mode": "action"}, "action a fox wakes"),
    ],
)
async def test_the_commands_about_films_have_options_that_are_said_in_one_line(verb, given, text):
    counter = Counter()
    await use(planted(counter, EVERY), verb, *(option(name, value, 4 if name == "page" else 3) for name, value in given.items()))  # fmt: skip
    assert [(one.verb, one.text) for one, _ in counter.heard] == [(verb, text)]


async def test_a_soundtrack_and_the_files_of_an_idea_come_with_their_commands():
    counter = Counter()
    tree = planted(counter, EVERY)
    await use(tree, "merge", option("soundtrack", "71", 11), option("fade", 0.5, 10), files=(71,))
    await use(tree, "cinematic", option("idea", "a fox"), option("file9", "72", 11), files=(72,))
    assert [(one.text, files) for one, files in counter.heard] == [('--fade "0.5" --soundtrack "attached"', [71]), ("a fox", [72])]  # fmt: skip
    assert [one.id for one in counter.heard[0][0].attachments] == ["i/500/71"]


def test_the_options_of_merge_are_read_as_they_were_meant():
    text = merge_text(["ABCDEFGHIJ-1", None, 'my "own".mp4', "last"], format=Format.landscape_4_3, fill=Fill.crop, fade=0.5, save="promo/all of it", soundtrack=True)  # fmt: skip
    said = parse(f"/merge {text}", attachments=(), names={})
    assert read_merge(said.prompt) == Merging(
        films=["ABCDEFGHIJ-1", "my own.mp4", "last"], format=Format.landscape_4_3, fill=Fill.crop, fade_seconds=0.5,
        soundtrack="attached", path="promo/all of it",
    )  # fmt: skip


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


HOME = Person("discord", "20", "40", "40")
THEIRS = Person("discord", "20", "41", "41")


async def shelve(stage: Stage, *films: tuple[Person, str, dict[str, Any]]) -> None:
    for number, (owner, path, more) in enumerate(films):
        facts = {"workspace": "20", "job": "J-1", "bytes": 1, "seconds": 4.0, "width": 16, "height": 9, "made_at": NOON}
        await stage.house.storage.clips.add(
            Clip(id=f"X-{number}", owner=owner, drive_path=path, key=f"k{number}", **{**facts, **more})
        )


async def offered(stage: Stage, typed: str = "", **how: Any) -> list[str]:
    wanted = choices.wanted(HOME, "31", typed, **{name: how.pop(name) for name in ("trashed",) if name in how})
    return sorted(one.value for one in await choices.films(stage.house.storage, wanted, **how))


async def test_films_that_may_be_seen_here_are_offered_and_no_others(stage):
    await shelve(
        stage,
        (HOME, "mine.mp4", {}),
        (THEIRS, "theirs.mp4", {}),
        (THEIRS, "/space/shared.mp4", {}),
        (THEIRS, "/space/short.mp4", {"expires_at": NOON}),
        (THEIRS, "here.mp4", {"channel": "31"}),
        (HOME, "thrown.mp4", {"trashed_at": NOON}),
        (THEIRS, "theirs-thrown.mp4", {"trashed_at": NOON, "channel": "31"}),
    )
    assert await offered(stage) == ["X-0", "X-2", "X-4"]
    assert await offered(stage, by_path=True) == ["/space/shared.mp4", "here.mp4", "mine.mp4"]
    assert await offered(stage, trashed=True) == ["X-5"]


async def test_what_is_typed_is_looked_for_and_not_loaded_and_sifted(stage):
    """The one that is meant is older than all that a page of choices holds."""
    films = [(HOME, f"videos/{number}.mp4", {"prompt": "a wolf"}) for number in range(30)]
    await shelve(
        stage, (HOME, "promo/old.mp4", {"prompt": "🦊 a fox at dawn", "made_at": NOON - timedelta(days=9)}), *films
    )
    assert await offered(stage, "daw") == ["X-0"]
    found = await choices.films(stage.house.storage, choices.wanted(HOME, "31", ""))
    assert len(found) == 25
    assert not list(choices_flaws({"choices": [one.to_dict() for one in found]}))
