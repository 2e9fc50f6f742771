"""`clapper …`: what each command is called and takes; what it does is loaded when it is used."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.chats import Json, chats
from bot.cli.db import database

app = typer.Typer(
    name="clapper",
    help="A video-making teammate: a wish, a price, a Confirm button, a film.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(database, name="db")
for name, group in chats():
    app.add_typer(group, name=name)

WISH = {"ignore_unknown_options": True}
"""Flags of a wish (`--ar 9:16 --duration 8`) are part of its text; a flag that nobody knows is told by the wish itself."""

Wish = Annotated[
    list[str] | None,
    typer.Argument(metavar="TEXT", help="The wish, with settings as words or flags.", show_default=False),
]
Attached = Annotated[
    list[str] | None,
    typer.Option(
        "-a",
        "--attach",
        metavar="FILE",
        help="A picture, film or sound; as often as needed. Also an address, /space/… or asset:…, numbered after the files.",
    ),
]


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"clapper {version('clapper')}")
        raise typer.Exit


@app.callback()
def clapper(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version.")
    ] = False,
) -> None:
    """Films from a sentence, on the command line or in a chat."""


@app.command()
def run() -> None:
    """Start every configured platform; with none configured, the web page and the built-in renderer."""
    from bot.cli.serve import serve

    serve()


@app.command(context_settings=WISH)
def ask(
    text: Wish = None,
    attach: Attached = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Confirm the price without asking.")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="Save the film here too; nothing is overwritten.")
    ] = None,
    json: Json = False,
) -> None:
    """Make a film: the price, your confirmation, the progress, the MP4."""
    from bot.cli.ask import ask as make

    raise typer.Exit(make(_joined(text), attach or [], yes=yes, out=out, json=json))


@app.command(context_settings=WISH)
def parse(text: Wish = None, attach: Attached = None, json: Json = False) -> None:
    """Say what was understood: prompt, settings and where each came from, references and roles."""
    from bot.cli.understand import parse as understand

    raise typer.Exit(understand(_joined(text), attach or [], json=json))


@app.command(context_settings=WISH)
def quote(text: Wish = None, attach: Attached = None, json: Json = False) -> None:
    """Say which model would make it, what had to be adjusted and why, and what it costs."""
    from bot.cli.understand import quote as price

    raise typer.Exit(price(_joined(text), attach or [], json=json))


@app.command()
def check(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help="Pictures, films or sounds.", show_default=False)
    ],
    model: Annotated[str | None, typer.Option("--model", help="Against this model's limits.")] = None,
    role: Annotated[
        str | None, typer.Option("--role", help="As first_frame, last_frame, reference_image, _video or _audio.")
    ] = None,
    json: Json = False,
) -> None:
    """Say whether files are acceptable, with every problem at once."""
    from bot.cli.check import check as examine

    raise typer.Exit(examine(files, model, role, json=json))


@app.command()
def merge(
    files: Annotated[list[Path], typer.Argument(metavar="FILM…", help="Two to five, in order.", show_default=False)],
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="FILE", help="Where to write it; nothing is overwritten.")
    ],
    *,
    form: Annotated[
        str, typer.Option("--format", help="auto, landscape, portrait, square, landscape-4-3 or portrait-3-4.")
    ] = "auto",
    fill: Annotated[str, typer.Option("--fill", help="Films of another shape: pad or crop.")] = "pad",
    fade: Annotated[float, typer.Option("--fade", metavar="SECONDS", help="Cross-fade between films, up to 2.")] = 0.0,
    soundtrack: Annotated[
        Path | None, typer.Option("--soundtrack", metavar="FILE", help="A sound under the whole.")
    ] = None,
    json: Json = False,
) -> None:
    """Join films into one, without encoding where they agree."""
    from bot.cli.merge import merge as join

    raise typer.Exit(join(files, out, format=form, fill=fill, fade=fade, soundtrack=soundtrack, json=json))


@app.command()
def models(
    every: Annotated[bool, typer.Option("--all", help="Those that need a key or are retired, too.")] = False,
    json: Json = False,
) -> None:
    """Show what each model can do and what it costs; as JSON always all of them."""
    from bot.cli.models import models as show

    raise typer.Exit(show(every=every, json=json))


@app.command()
def status(
    job: Annotated[str | None, typer.Argument(metavar="[JOB]", help="Only this job.", show_default=False)] = None,
    every: Annotated[bool, typer.Option("--all", help="Those that have ended, too.")] = False,
    json: Json = False,
) -> None:
    """List what runs, whoever asked for it and wherever."""
    from bot.cli.jobs import status as show

    raise typer.Exit(show(job, every=every, json=json))


@app.command()
def cancel(
    job: Annotated[str, typer.Argument(metavar="JOB", help="Its id, like J-ABCDEFGHIJ.", show_default=False)],
    json: Json = False,
) -> None:
    """Cancel a job, queued or running."""
    from bot.cli.jobs import cancel as stop

    raise typer.Exit(stop(job, json=json))


@app.command(context_settings=WISH)
def library(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="WORDS", help="Words, and such as: by ada, today, 5-8s.", show_default=False),
    ] = None,
    page: Annotated[int | None, typer.Option("--page", help="Ten films each.", min=1, show_default=False)] = None,
    json: Json = False,
) -> None:
    """List films: those made in this terminal and those in its /space/.

    As JSON: {"title", "page", "pages", "total", "films": [{"id", "drive_path", "path", "poster", "prompt", "model", "title", "seconds",
    "width", "height", "bytes", "owner", "job", "made_at", "expires_at"}]}
    """
    from bot.cli.library import library as show

    raise typer.Exit(show(_joined(words), page, json=json))


@app.command()
def drive(
    folder: Annotated[
        str, typer.Argument(metavar="[FOLDER]", help="A folder, or /space/ or one of its own.", show_default=False)
    ] = "",
    page: Annotated[int | None, typer.Option("--page", help="Ten films each.", min=1, show_default=False)] = None,
    json: Json = False,
) -> None:
    """List what lies in a folder of the Drive.

    As JSON: the document of `library`, with "folder" and "folders": [{"path", "films"}]
    """
    from bot.cli.library import drive as show

    raise typer.Exit(show(folder, page, json=json))


@app.command(context_settings=WISH)
def admin(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="WORDS", help="As in a chat: off, models kling-3, budget people 300.", show_default=False
        ),
    ] = None,
    *,
    platform: Annotated[str, typer.Option("--platform", help="slack, discord, web or terminal.", show_default=False)],
    workspace: Annotated[
        str, typer.Option("--workspace", metavar="ID", help="As the chat has it.", show_default=False)
    ],
    channel: Annotated[str, typer.Option("--channel", metavar="ID", help="For this channel alone.")] = "",
    new: Annotated[bool, typer.Option("--new", help="Also for a place where nothing was asked for yet.")] = False,
    json: Json = False,
) -> None:
    """Decide what holds in a workspace or a channel, as its admins can; alone it shows what does.

    As JSON: {"title", "text", "fields": [{"name", "value"}], "notes", "changes": [{"what", "where", "was", "now"}]}
    """
    from bot.cli.admin import admin as decide

    raise typer.Exit(decide(_joined(words), platform, workspace, channel, new=new, json=json))


@app.command()
def ledger(
    month: Annotated[
        str | None, typer.Option("--month", metavar="2026-11", help="Which month; this one where it is left out.")
    ] = None,
    platform: Annotated[
        str | None, typer.Option("--platform", help="Only there: slack, discord, web or terminal.")
    ] = None,
    workspace: Annotated[str | None, typer.Option("--workspace", help="Only there, by its id.")] = None,
    csv: Annotated[bool, typer.Option("--csv", help="Every entry of the books, a line each.")] = False,
    json: Json = False,
) -> None:
    """Show what was spent in a month, by person and model, in the time zone of each workspace.

    As JSON: {"month", "places": [{"platform", "workspace", "zone", "since", "until", "credits", "people": [{"id", "name", "credits"}],
    "models": [{"id", "credits"}], "channels": [{"id", "credits"}], "days": [{"day", "credits"}]}]}
    """
    from bot.cli.ledger import ledger as show

    raise typer.Exit(show(month, platform, workspace, csv=csv, json=json))


@app.command()
def doctor(json: Json = False) -> None:
    """Check settings, keys, database, Drive and media tools, and say what to do."""
    from bot.cli.doctor import doctor as examine

    raise typer.Exit(examine(json=json))


def _joined(words: list[str] | None) -> str:
    return " ".join(words or ())


def main() -> None:
    """The program. Exit code 0, 1 for bad input or failure, 2 for wrong usage."""
    from bot.cli.boundary import guarded

    guarded(app)
