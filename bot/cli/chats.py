"""`clapper <chat> …`: what a chat's adapter does for its operator, found by its folder and loaded when it is asked for."""

from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from bot.ports.errand import Errand

Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]


def chats() -> Iterator[tuple[str, typer.Typer]]:
    """By name, each with a group of commands that is filled when it is looked into."""
    spec = find_spec("adapters.chat")
    folders = spec.submodule_search_locations or () if spec else ()
    for name in sorted({path.parent.name for folder in folders for path in Path(folder).glob("*/errands.py")}):
        what = f"What {name.capitalize()} needs of an operator."
        yield name, typer.Typer(cls=Chat, help=what, no_args_is_help=True, rich_markup_mode=None)


class Chat(TyperGroup):
    def list_commands(self, ctx: Any) -> list[str]:
        del ctx
        return [one.name for one in self._errands()]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        del ctx
        found = next((one for one in self._errands() if one.name == cmd_name), None)
        return _command(self.name or "", found) if found else None

    def _errands(self) -> Sequence["Errand"]:
        return import_module(f"adapters.chat.{self.name}.errands").ERRANDS


def _command(chat: str, errand: "Errand") -> Any:
    def run(*, json: Json = False) -> None:
        from bot.cli.errand import done

        raise typer.Exit(done(chat, errand, json=json))

    settings = {"help_option_names": ["-h", "--help"]}
    one = typer.Typer(rich_markup_mode=None, add_completion=False, context_settings=settings)
    one.command(errand.name, help=errand.say)(run)
    return typer.main.get_command(one)
