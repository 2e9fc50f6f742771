"""A worker: renders one order folder and leaves the outcome in it: `python -m adapters.video.animatic.render FOLDER`."""

import fcntl
import os
import sys
import threading
import time
import traceback
from pathlib import Path

from adapters.kit.confine import confine
from adapters.video.animatic.plan import FPS, LOCK, OUTCOME, PROGRESS, Plan, read_plan, write_document
from bot.domain.errors import InvalidInput

TELL_EVERY = 0.15
TOLD_FROM = 0.05
MEMORY_BYTES = 4 * 1024**3
TOO_BIG = (
    f"This film needs more memory than the {MEMORY_BYTES // 1024**3} GB a render may take. "
    "Use fewer or smaller pictures, or a lower resolution."
)


class _Teller:
    """Writes progress now and then: the share of all frames done, and how long the rest will take."""

    def __init__(self, folder: Path, frames: int) -> None:
        self.path, self.frames, self.done = folder / PROGRESS, frames, 0
        self.begun = time.monotonic()
        self.told = 0.0

    def __call__(self, frame: int) -> None:
        now = time.monotonic()
        if now - self.told < TELL_EVERY:
            return
        self.told = now
        share = (self.done + frame) / self.frames
        gone = now - self.begun
        # The first frames tell nothing yet: what is set up once would be counted for each of them.
        left = gone * (1 - share) / share if share >= TOLD_FROM and gone > 1 else None
        fresh = self.path.with_suffix(".new")
        fresh.write_text(f'{{"fraction": {share:.4f}, "eta": {"null" if left is None else round(left, 2)}}}')
        fresh.replace(self.path)


def render(folder: Path, plan: Plan) -> None:
    """Every result of the order, then the outcome."""
    from adapters.video.animatic.encode import encode  # noqa: PLC0415 - a worker that has nothing to do stays small
    from adapters.video.animatic.film import film  # noqa: PLC0415

    frames = max(1, round(plan.seconds * FPS))
    tell = _Teller(folder, frames * plan.count)
    files: list[dict[str, str]] = []
    notes: list[str] = []
    for number in range(plan.count):
        made = film(folder, plan, plan.seed + number, frames)
        name = f"film-{number + 1}.mp4"
        last = encode(
            folder / name, size=made.size, frames=frames, crf=made.crf, draw=made.draw, sound=made.sound, told=tell
        )
        made.close()
        still = f"last-{number + 1}.png" if plan.last_frame else ""
        if still:
            last.picture().save(folder / still, compress_level=3)
        tell.done += frames
        files.append({"film": name, "last": still, "name": name})
        notes += [note for note in made.notes if note not in notes]
    details = {"seeds": ", ".join(str(plan.seed + number) for number in range(plan.count))}
    if notes:
        details["note"] = " ".join(notes)
    write_document(folder / OUTCOME, {"files": files, "seed": plan.seed, "details": details})


def _die_with_the_bot() -> None:
    """The bot holds the other end of standard input and never writes: its end is the bot's end."""
    while os.read(0, 4096):
        pass
    os._exit(0)


def main(folder: Path) -> int:
    confine(MEMORY_BYTES)
    threading.Thread(target=_die_with_the_bot, daemon=True).start()
    with (folder / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a worker that a killed bot left behind ends first
        if (folder / OUTCOME).exists():
            return 0
        plan = read_plan(folder)
        try:
            render(folder, plan)
        except InvalidInput as error:
            write_document(folder / OUTCOME, {"error": "InvalidInput", "message": error.message})
        except MemoryError:
            write_document(folder / OUTCOME, {"error": "InvalidInput", "message": TOO_BIG})
        except Exception:  # noqa: BLE001 - whatever it was, the person is told and the log has the rest
            traceback.print_exc()
            message = (
                "The renderer met something it does not know in this request and stopped. The log has the details."
            )
            write_document(folder / OUTCOME, {"error": "Unavailable", "message": message})
        for one in plan.inputs:  # people's files stay no longer than they are needed
            (folder / one.file).unlink(missing_ok=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
