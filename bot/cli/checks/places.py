"""Where settings come from, and where things are kept."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from bot.app import adapter
from bot.cli.boundary import sentence
from bot.cli.checks.finding import Finding, Standing, broken, parts, told, well
from bot.cli.ready import drive_folder, try_writing
from config import Settings, names, sources

LEAST = 100_000_000
ROOMY = 2_000_000_000
PROBE_BYTES = 4096


async def environment(given: Settings) -> Sequence[Finding]:
    """The files read, and names in the environment that look like settings and are none."""
    found = sources.variables()
    file = sources.operator_path(found)
    where = f"From the environment and {file}." if file else "From the environment; there is no clapper.toml here."
    strange = (_strange(*one) for one in names.strangers(found).items())
    halves = (_half(adapter, *said) for adapter, said in names.halves(found).items() if adapter not in _on(given))
    return [well("settings", where), *strange, *halves]


@contextmanager
def nothing_left(given: Settings) -> Iterator[None]:
    """Folders that the checks make on their way go again: who only looks makes none."""
    places = [given.data.absolute(), drive_folder(given)]
    folders = {folder for place in places if place for folder in (place, *place.parents)}
    missing = [folder for folder in folders if not os.path.lexists(folder)]
    try:
        yield
    finally:
        for folder in sorted(missing, key=lambda one: len(one.parts), reverse=True):
            with suppress(OSError):
                folder.rmdir()


async def data_folder(given: Settings) -> Sequence[Finding]:
    folder = given.data.absolute()
    try:
        await asyncio.to_thread(try_writing, folder)
    except OSError as error:
        mend = "Make it writable for the user Clapper runs as, or set CLAPPER_DATA to another folder."
        return [broken("data folder", sentence(error), mend)]
    return [_room("data folder", folder)]


async def database(given: Settings) -> Sequence[Finding]:
    """Whether it can be reached, read and written, by what the adapter itself finds; and whether what it is used with fits it."""
    sql = adapter("storage", "sql")
    seen = await asyncio.to_thread(sql.examine, parts({"url": given.database_url}))
    found = [told("database", one) for one in seen]
    if not given.database_url.startswith("sqlite") and given.drive.startswith("file:"):
        said = f"Films are kept in a folder ({given.drive.removeprefix('file:')}), and PostgreSQL is there for several replicas."
        mend = "With more than one replica, put that folder on a volume they share, or set CLAPPER_DRIVE to a bucket."
        found.append(Finding("drive", Standing.note, said, mend))
    return found


async def drive(given: Settings) -> Sequence[Finding]:
    """Keeps a small file, reads it back and deletes it; an adapter that can look for itself does so."""
    root = drive_folder(given)
    if root is None:
        name, values = given.files()
        return [told("drive", seen) for seen in await adapter("files", name).examine(parts(values))]
    files = adapter("files", "local").create(parts({"root": str(root)}))
    key, wrote = f".doctor-{uuid4().hex}", os.urandom(PROBE_BYTES)
    with tempfile.TemporaryDirectory(prefix="clapper-doctor-") as folder:
        probe = Path(folder, "probe")
        await asyncio.to_thread(probe.write_bytes, wrote)
        await files.keep(probe, key)
    try:
        read = b"".join([piece async for piece in files.open(key)])
    finally:
        await files.forget(key)
    if read != wrote:
        mend = "Do not trust this disk; set CLAPPER_DRIVE to another place."
        return [broken("drive", f"{root} gave back other bytes than were written.", mend)]
    return [_room("drive", root)]


def _on(given: Settings) -> Collection[str]:
    """What a file may have switched on though the environment alone would not."""
    return {*given.platforms(), *given.providers()}


def _half(adapter: str, held: str, lacking: str) -> Finding:
    mend = f"Set {lacking} as well, or remove what is set."
    return Finding(adapter, Standing.note, f"{held} alone does not switch it on: it stays off.", mend)


def _strange(name: str, near: str | None) -> Finding:
    mend = f"Did you mean {near}?" if near else "Remove it; it does nothing."
    return Finding("settings", Standing.note, f"{name} is no setting of Clapper's.", mend)


def _room(name: str, folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    said = f"{folder} can be written to; {free / 1e9:.1f} GB are free."
    if free < LEAST:
        return broken(name, said, "Make room: a film needs up to 100 MB while it is made.")
    if free < ROOMY:
        return Finding(name, Standing.note, said, "Make room soon.")
    return well(name, said)
