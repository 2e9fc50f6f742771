"""`clapper db …`: what each command is called and takes; what it does is loaded when it is used."""

from typing import Annotated

import typer

from bot.cli.chats import Json

database = typer.Typer(help="The database.", no_args_is_help=True, rich_markup_mode=None)

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do it; without, only say what would happen.")]


@database.command()
def check(json: Json = False) -> None:
    """Say whether it can be used: its revision, whether it takes writes, whether it is whole, whether the books balance.

    As JSON: {"ok", "place", "has", "needs", "problems": ["…"]}
    """
    from bot.cli.database import check as examine

    raise typer.Exit(examine(json=json))


@database.command()
def upgrade(json: Json = False) -> None:
    """Bring the database up to this version; on SQLite this also happens at start-up."""
    from bot.cli.database import upgrade as bring

    raise typer.Exit(bring(json=json))


@database.command()
def downgrade(
    revision: Annotated[
        str | None, typer.Argument(metavar="[REVISION]", help="As 0005; the one before without.", show_default=False)
    ] = None,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Take its tables back to an older version's. What only the newer ones kept is gone."""
    from bot.cli.database import downgrade as take_back

    raise typer.Exit(take_back(revision, yes=yes, json=json))


@database.command()
def restored(yes: Yes = False, json: Json = False) -> None:
    """After a backup was restored, before anything is started: what may have been paid for since is not sent again.

    As JSON: {"found", "ended", "withdrawn": ["J-…"], "dropped"}
    """
    from bot.cli.database import after_restore

    raise typer.Exit(after_restore(yes=yes, json=json))
