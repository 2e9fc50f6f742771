"""The program started warm: forked off a process that has loaded it, with a process, folder, environment and streams of its own.

Loading takes a second of processor time, and the suite starts the program a hundred times. What starting itself is about is tested cold.
"""

import atexit
import contextlib
import fcntl
import gc
import importlib
import json
import os
import pkgutil
import random
import select
import signal
import socket
import subprocess
import sys
import tempfile
import termios
import time
import weakref
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

PATIENCE = 60.0
CHECKOUT = Path(__file__).parents[2]
LARGEST = 200_000


class Warm:
    """A running program, with what a `Popen` of it would offer. On a `terminal` its streams are one, which it is given for its own."""

    def __init__(
        self,
        words: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        streams: Sequence[int],
        terminal: bool = False,
    ) -> None:
        path = _loaded()
        self._line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._line.settimeout(PATIENCE)
        self._line.connect(path)
        request = json.dumps({"words": list(words), "cwd": str(cwd), "env": dict(env), "terminal": terminal})
        socket.send_fds(self._line, [request.encode()], list(streams))
        self.pid = int(self._line.recv(64))
        self._code: int | None = None
        weakref.finalize(self, self._line.close)

    def poll(self) -> int | None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self.wait(0.001)
        return None

    def wait(self, timeout: float) -> int:
        """The exit code, below zero for a signal. Raises TimeoutExpired."""
        if self._code is None:
            self._line.settimeout(timeout)
            try:
                self._code = int(self._line.recv(64))
            except TimeoutError as error:
                raise subprocess.TimeoutExpired("clapper", timeout) from error
            self._line.close()
        return self._code

    def send_signal(self, sign: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, sign)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def run(words: Sequence[str], *, cwd: Path, env: Mapping[str, str], stdin: str, timeout: float) -> tuple[int, str, str]:
    """Runs it to its end: exit code, stdout, stderr."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(stdin.encode())
        given.seek(0)
        program = Warm(words, cwd=cwd, env=env, streams=[given.fileno(), out.fileno(), err.fileno()])
        try:
            code = program.wait(timeout)
        finally:
            program.kill()
        out.seek(0)
        err.seek(0)
        return code, out.read().decode(), err.read().decode()


@cache
def _loaded() -> str:
    """Where the loaded process listens; it ends with this one."""
    folder = tempfile.mkdtemp(prefix="clapper-warm-")
    path = f"{folder}/line"
    env = {name: value for name, value in os.environ.items() if not name.startswith("CLAPPER_")}
    program = [sys.executable, "-m", "tests.e2e.warm", path]
    process = subprocess.Popen(program, cwd=CHECKOUT, env=env, stdin=subprocess.PIPE)
    atexit.register(_put_away, process)
    until = time.monotonic() + PATIENCE
    while not Path(path).exists():
        assert process.poll() is None, "the program cannot be loaded"
        assert time.monotonic() < until, "the program is not loaded in time"
        time.sleep(0.02)  # another process is being waited for
    return path


def _put_away(process: subprocess.Popen[bytes]) -> None:
    process.communicate(timeout=PATIENCE)


def _serve(path: str) -> None:
    """Forks one attendant for each request; only in what that forks does this return."""
    _load()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(f"{path}.new")
    listener.listen(64)
    Path(f"{path}.new").rename(path)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while listener in select.select([listener, 0], [], [])[0]:  # the other end of 0 is closed with whoever loaded it
        line, _ = listener.accept()
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            listener.close()
            return _attend(line)
        line.close()
    os._exit(0)


def _load() -> None:
    """What any start of the program loads sooner or later."""
    for name in ("bot", "adapters.storage.sql", "adapters.media.ffmpeg", "adapters.files.local", "adapters.chat.web", "adapters.chat.terminal", "adapters.video.animatic", "adapters.kit"):  # fmt: skip
        package = importlib.import_module(name)
        for one in pkgutil.walk_packages(package.__path__, f"{name}."):
            if not one.name.endswith(("__main__", "worker", "env")) and ".migrations" not in one.name:
                importlib.import_module(one.name)
    gc.collect()
    gc.freeze()


def _attend(line: socket.socket) -> None:
    """The program's parent: says its process id, waits for it, says its exit code. Returns in the program."""
    message, streams, _, _ = socket.recv_fds(line, LARGEST, 3)
    pid = os.fork()
    if pid:
        line.send(str(pid).encode())
        _, status = os.waitpid(pid, 0)
        with contextlib.suppress(OSError):
            line.send(str(os.waitstatus_to_exitcode(status)).encode())
        os._exit(0)
    _become(json.loads(message), streams)


def _become(request: Mapping[str, Any], streams: Sequence[int]) -> None:
    """This process as the program finds it when it is started."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.closerange(3, 256)
    if request["terminal"]:
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # so that Ctrl-C reaches it
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    sys.argv = ["clapper", *request["words"]]
    wide = os.environ.get("PYTHONUNBUFFERED") is not None
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        mode = "w" if number else "r"
        setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115 - as long as the program
        if wide and number:
            getattr(sys, name).reconfigure(write_through=True)
    sys.path[:0] = [one for one in os.environ.get("PYTHONPATH", "").split(os.pathsep) if one]
    for name in ("adapters", "adapters.video"):  # an adapter may lie anywhere on the path
        importlib.reload(sys.modules[name])
    random.seed()


if __name__ == "__main__":
    _serve(sys.argv[1])
    importlib.import_module("bot.__main__").main()
