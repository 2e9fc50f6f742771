"""The worker that opens strangers' files: it knows no keys, has its limits, and may not go on for ever."""

import asyncio
import os
import resource
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.kit.confine import LARGEST_FILE
from adapters.video.animatic.crew import Crew
from adapters.video.animatic.plan import OUTCOME, Plan, read_document, write_plan
from adapters.video.animatic.render import MEMORY_BYTES
from bot.domain.media import Role
from tests.adapters.video.animatic.making import PLAN, still

LONG = replace(PLAN, seconds=40.0, resolution="1080p")


@pytest.fixture
async def crew(tmp_path: Path) -> AsyncIterator[Crew]:
    made = Crew(tmp_path, workers=1)
    yield made
    await made.aclose()


def laid_down(folder: Path, plan: Plan) -> Path:
    folder.mkdir(exist_ok=True)
    write_plan(folder, plan)
    return folder


def workers(folder: Path) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdigit() and str(folder).encode() in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
    return found


async def until(condition) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.02)


async def test_a_worker_sees_none_of_our_secrets(crew: Crew, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAPPER_SECRET_KEY", "a secret")
    folder = laid_down(tmp_path / "o", LONG)
    await crew.add("o")
    await until((folder / "progress.json").exists)
    (worker,) = workers(folder)
    entries = Path(f"/proc/{worker}/environ").read_bytes().split(b"\0")
    names = {entry.partition(b"=")[0].decode() for entry in entries if entry}
    malloc = {"MALLOC_ARENA_MAX", "MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_"}
    assert names <= malloc | {
        "PYTHONPATH", "PATH", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "IMAGEIO_FFMPEG_EXE",
    }  # fmt: skip


async def test_a_worker_has_its_limits_and_a_group_of_its_own(crew: Crew, tmp_path: Path) -> None:
    folder = laid_down(tmp_path / "o", LONG)
    await crew.add("o")
    await until((folder / "progress.json").exists)
    (worker,) = workers(folder)
    assert resource.prlimit(worker, resource.RLIMIT_AS) == (MEMORY_BYTES, MEMORY_BYTES)
    assert resource.prlimit(worker, resource.RLIMIT_FSIZE)[1] <= LARGEST_FILE
    assert resource.prlimit(worker, resource.RLIMIT_CORE)[1] == 0
    assert os.getpgid(worker) == worker


async def test_a_render_that_takes_too_long_is_stopped_and_says_so(tmp_path: Path) -> None:
    folder = laid_down(tmp_path / "o", LONG)
    crew = Crew(tmp_path, workers=1, patience=lambda _: 1.0)
    await crew.add("o")
    await until((folder / OUTCOME).exists)
    outcome = read_document(folder / OUTCOME)
    await crew.aclose()
    assert outcome is not None
    assert outcome["error"] == "Unavailable"
    assert "for 1 seconds, which is the limit" in outcome["message"]
    assert workers(folder) == []


async def test_what_people_sent_is_gone_once_the_film_is_made(crew: Crew, tmp_path: Path) -> None:
    sent = still(tmp_path / "o", "@Image1", Role.first_frame, (40, 90, 140))
    folder = laid_down(tmp_path / "o", replace(PLAN, inputs=(sent,), seconds=0.2))
    await crew.add("o")
    await until((folder / OUTCOME).exists)
    await until(lambda: not (folder / sent.file).exists())
    assert (folder / "film-1.mp4").exists()


async def test_an_order_another_process_is_at_is_left_to_it(crew: Crew, tmp_path: Path) -> None:
    folder = laid_down(tmp_path / "o", LONG)
    other = Crew(tmp_path, workers=1)
    await other.add("o")
    await until((folder / "progress.json").exists)
    await crew.add("o")
    assert len(workers(folder)) == 1
    await other.aclose()
    assert workers(folder) == []
    await crew.add("o")
    await until(lambda: len(workers(folder)) == 1)
