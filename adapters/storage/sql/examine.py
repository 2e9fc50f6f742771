"""For the doctor: whether the database can be reached, read and written by this program, and whose clock it goes by. Nothing is changed in it."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from socket import gethostname

from sqlalchemy import URL, Connection, text

from adapters.storage.sql.address import address, is_sqlite, place
from adapters.storage.sql.migrate import connected, sentence, stored
from bot.domain.errors import ClapperError
from bot.ports.examine import Seen
from bot.ports.parts import Parts

VARIABLE = "CLAPPER_DATABASE_URL"
MOST_SECONDS_OFF = 30.0
MOUNTS = Path("/proc/mounts")
NETWORKS = ("nfs", "cifs", "smb", "9p", "fuse.sshfs", "fuse.glusterfs", "ceph", "lustre", "afs")
# What libpq and the server say, as PostgreSQL 12 to 17 word it in English.
_MENDS = (
    (r"password authentication failed|no password supplied", f"Correct the user or the password in {VARIABLE}."),
    (r"role .* does not exist", f"Create that user in PostgreSQL, or correct it in {VARIABLE}."),
    (r"database .* does not exist", f"Create it (createdb), or correct the name at the end of {VARIABLE}."),
    (
        r"could not translate host name|failed to resolve|Name or service not known|nodename nor servname",
        f"There is no host of that name: correct it in {VARIABLE}.",
    ),
    (
        r"Connection refused|No such file or directory",
        f"Start PostgreSQL there, or correct host and port in {VARIABLE}.",
    ),
    (r"timeout|timed out", f"Nothing answers there: look at the firewall, and at host and port in {VARIABLE}."),
    (r"no pg_hba.conf entry|SSL", f"Let this machine in (pg_hba.conf), or add ?sslmode=require to {VARIABLE}."),
)


def examine(parts: Parts) -> Sequence[Seen]:
    """Raises ClapperError for an address that is none."""
    where = address(parts.settings["url"])
    if is_sqlite(where) and not Path(where.database or "").exists():
        return [Seen("SQLite; its tables are made at the next start."), *_on_a_network(where, _mounts())]
    try:
        with connected(where, "BEGIN IMMEDIATE") as connection:
            return list(_looked(connection, where, parts.clock.now()))
    except ClapperError as error:
        return [Seen(str(error), "Do that, then start Clapper.", stops=True)]
    except TimeoutError as busy:
        return [Seen(str(busy), "It is tried again by itself; close what holds it open.")]
    except OSError as error:
        said = str(error)
        mend = next((mend for pattern, mend in _MENDS if re.search(pattern, said, re.IGNORECASE)), "")
        usual = "Make the file and its folder writable." if is_sqlite(where) else "Look whether it runs"
        return [Seen(_short(said), mend or f"{usual}, and whether {VARIABLE} is right.", stops=True)]


def _looked(connection: Connection, where: URL, now: datetime) -> Iterator[Seen]:
    behind = sentence(where, stored(connection))
    sqlite = is_sqlite(where)
    if behind is None:
        yield Seen(f"{'SQLite' if sqlite else 'PostgreSQL'}, with the tables of this version.")
    elif sqlite and "newer" not in behind:
        yield Seen("SQLite; its tables are made at the next start.")
    else:
        newer = "newer" in behind
        first = "Back it up, do" if stored(connection) else "Do"
        mend = "Nothing in it was touched." if newer else f"{first} that, then start Clapper."
        yield Seen(behind, mend, stops=True)
    if sqlite:
        yield from _on_a_network(where, _mounts())
    else:
        yield from _clock(connection, now)
    if behind is None and sqlite:
        yield from _elsewhere(connection, now)


def _clock(connection: Connection, now: datetime) -> Iterator[Seen]:
    theirs: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    off = (now - theirs).total_seconds()
    if abs(off) > MOST_SECONDS_OFF:
        which = "ahead of" if off > 0 else "behind"
        found = f"This machine's clock is {abs(off):.0f} s {which} the database's."
        yield Seen(found, "Set both by NTP: replicas give work over to each other by the clock.")


def _elsewhere(connection: Connection, now: datetime) -> Iterator[Seen]:
    """Whether a process of another machine holds work in this file just now: its locks do not reach from one machine to another."""
    asking = text("SELECT DISTINCT leased_by FROM jobs WHERE leased_until > :now AND leased_by IS NOT NULL")
    holders = connection.execute(asking, {"now": f"{now.astimezone(UTC).replace(tzinfo=None)}"}).scalars()
    hosts = {str(holder).rsplit("-", 2)[0] for holder in holders} - {gethostname()}
    if hosts:
        found = f"Another machine ({', '.join(sorted(hosts))}) works on this SQLite file, too."
        yield Seen(found, f"Stop one of them, or give both a PostgreSQL in {VARIABLE}.")


def _mounts() -> str:
    try:
        return MOUNTS.read_text(encoding="utf-8", errors="replace")
    except OSError:  # only Linux has it
        return ""


def _on_a_network(where: URL, mounts: str) -> Iterator[Seen]:
    kind = mounted_as(Path(where.database or "").absolute(), mounts)
    if kind.startswith(NETWORKS):
        found = f"{place(where)[0].upper()}{place(where)[1:]} lies on a network's disk ({kind}), where locks are not to be trusted."
        yield Seen(found, f"Put it on a disk of this machine, or set {VARIABLE} to a PostgreSQL.")


def mounted_as(path: Path, mounts: str) -> str:
    """The kind of file system that a path lies on, by the lines of /proc/mounts; "" where they do not tell."""
    found, kind = "", ""
    for line in mounts.splitlines():
        _, point, its_kind, *_ = [*line.split(" "), "", "", ""]
        point = point.replace("\\040", " ")
        if path.is_relative_to(point or "/nowhere") and len(point) >= len(found):
            found, kind = point, its_kind
    return kind


def _short(said: str) -> str:
    """libpq repeats itself for each address that a name has."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return " ".join(lines)[:400].rstrip(".") + "."
