"""The real program as a person or a script calls it: through pipes, and on a terminal of its own."""

import contextlib
import json
import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config import names
from tests.databases import with_tables
from tests.e2e import warm

SECONDS = 90
CLAPPER = (sys.executable, "-m", "bot")
CHECKOUT = Path(__file__).parents[2]
KNOWN = {*names.environment(), "CLAPPER_CONFIG", "NO_COLOR", "FORCE_COLOR"}


@dataclass(frozen=True, slots=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout: anything more or less fails."""
        return json.loads(self.out)


class Shell:
    """A folder to stand in, with a data folder of its own and none of the machine's settings; a `bare` one has no database yet."""

    def __init__(self, folder: Path, *, bare: bool = False) -> None:
        self.folder = folder
        if not bare:
            with_tables(folder / "data" / "clapper.db")
        kept = {name: value for name, value in os.environ.items() if name not in KNOWN}
        paths = {"CLAPPER_DATA": str(folder / "data"), "PYTHONPATH": str(CHECKOUT)}
        self.env: dict[str, str] = kept | paths | {"TERM": "xterm", "COLUMNS": "100"}

    def clapper(
        self, *words: str, env: Mapping[str, str | None] | None = None, stdin: str = "", cold: bool = False
    ) -> Said:
        """Runs it to its end, warm unless it is to be `cold`; a None in `env` takes the name away."""
        if not cold:
            return Said(*warm.run(words, cwd=self.folder, env=self._with(env), stdin=stdin, timeout=SECONDS))
        done = subprocess.run(
            [*CLAPPER, *words], cwd=self.folder, env=self._with(env), input=stdin, text=True, capture_output=True,
            timeout=SECONDS, check=False,
        )  # fmt: skip
        return Said(done.returncode, done.stdout, done.stderr)

    @contextmanager
    def terminal(self, *words: str, env: Mapping[str, str | None] | None = None) -> Iterator["Terminal"]:
        """Runs it with a terminal as its keyboard and screen."""
        ours, theirs = pty.openpty()
        program = warm.Warm(words, cwd=self.folder, env=self._with(env), streams=[theirs] * 3, terminal=True)
        os.close(theirs)
        try:
            yield Terminal(program, ours)
        finally:
            program.kill()
            program.wait(SECONDS)
            os.close(ours)

    def _with(self, env: Mapping[str, str | None] | None) -> dict[str, str]:
        return {name: value for name, value in {**self.env, **(env or {})}.items() if value is not None}


class Terminal:
    def __init__(self, program: warm.Warm, screen: int) -> None:
        self._program, self._screen, self.seen = program, screen, ""
        self.pid = program.pid

    def wait_for(self, pattern: str) -> str:
        """What was shown up to and with the pattern; colours and cursor moves are not part of it."""
        until = time.monotonic() + SECONDS
        while (found := re.search(pattern, self.plain)) is None:
            assert self._read(until), f"{pattern!r} never came:\n{self.plain}"
        return self.plain[: found.end()]

    @property
    def plain(self) -> str:
        return re.sub(r"\x1b\[[0-?]*[ -/]*[@-~]", "", self.seen)

    def type(self, text: str) -> None:
        os.write(self._screen, text.encode())

    def interrupt(self) -> None:
        """Ctrl-C, as the terminal sends it."""
        self.type("\x03")

    def end(self) -> int:
        """Everything that is still shown, and the exit code."""
        until = time.monotonic() + SECONDS
        while self._read(until):
            pass
        return self._program.wait(SECONDS)

    def kill(self) -> None:
        self._program.kill()
        self._program.wait(SECONDS)

    def _read(self, until: float) -> bool:
        ready, _, _ = select.select([self._screen], [], [], max(0.0, until - time.monotonic()))
        piece = b""
        with contextlib.suppress(OSError):  # the other end is closed
            piece = os.read(self._screen, 65536) if ready else b""
        self.seen += piece.decode(errors="replace")
        return bool(piece)
