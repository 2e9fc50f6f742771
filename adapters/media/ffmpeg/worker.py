"""The worker process: reads calls from its input, answers on its output, within its own limits of memory and disk."""

import errno
import importlib
import json
import os
import sys
import traceback
from collections.abc import Mapping
from typing import Any

from adapters.kit.confine import confine
from adapters.media.ffmpeg.running import hold
from bot.domain.errors import Unreadable

FULL = {errno.ENOSPC, errno.EDQUOT}
CALLS = {
    "probe": "adapters.media.ffmpeg.probe",
    "fit": "adapters.media.ffmpeg.fit",
    "poster": "adapters.media.ffmpeg.stills",
    "last_frame": "adapters.media.ffmpeg.stills",
    "sheet": "adapters.media.ffmpeg.sheet",
    "shrink": "adapters.media.ffmpeg.shrink",
    "copy_joined": "adapters.media.ffmpeg.join.answers",
    "encode_joined": "adapters.media.ffmpeg.join.answers",
}
TELLING = {"encode_joined"}
"""Calls that tell how far they are while they work."""


def main() -> None:
    confine(int(sys.argv[1]))
    hold(int(sys.argv[2]))
    # Libraries may write to standard output; only answers may reach the caller.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)

    def say(what: Mapping[str, Any]) -> None:
        answers.write(json.dumps(what).encode() + b"\n")
        answers.flush()

    for line in sys.stdin.buffer:
        call = json.loads(line)
        told = {"tell": lambda done: say({"done": done})} if call["call"] in TELLING else {}
        say(_answer(call["call"], call["args"] | told))


def _answer(call: str, args: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        return {"value": getattr(importlib.import_module(CALLS[call]), f"answer_{call}")(**args)}
    except Unreadable as error:
        return {"unreadable": error.why}
    except MemoryError:
        return {"unreadable": "It needs more memory to open than a file may take."}
    except OSError as error:
        if error.errno in FULL:
            return {"full": error.errno}
        return {"bug": traceback.format_exc()}
    except Exception:  # noqa: BLE001 - the caller raises it again, in its own process
        return {"bug": traceback.format_exc()}


if __name__ == "__main__":
    main()
