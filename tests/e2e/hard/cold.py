"""The program started as its own process, where something is to be loaded before it."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.e2e.programs import CHECKOUT, Program


class Cold(Program):
    def start(self) -> None:
        with self.log.open("ab") as log, Path(os.devnull).open("rb") as quiet:
            started: Any = subprocess.Popen(
                [sys.executable, "-m", "bot", "run"], cwd=CHECKOUT, env=self._env, stdin=quiet, stdout=log, stderr=log
            )
        self._process = started
        self.wait_until_ready()

    def close(self) -> None:
        self.end()
