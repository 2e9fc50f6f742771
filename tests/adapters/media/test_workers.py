"""Worker processes: they die alone, and nobody waits for them for ever."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap

import pytest

from adapters.media.ffmpeg.pool import Pool
from adapters.media.ffmpeg.tools import FFmpegTools
from bot.domain.errors import Unreadable
from bot.domain.media import MediaLimits
from tests.adapters.media import making


@pytest.fixture
def own_tools():
    tools = FFmpegTools(Pool(workers=1), seconds=20)
    yield tools
    tools.pool.close()


async def until(condition, seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


async def test_no_process_runs_before_the_first_call_and_one_serves_many(own_tools, tmp_path):
    path = making.picture(tmp_path / "a.png")
    assert own_tools.pool.idle == ()
    await own_tools.probe(path)
    first = own_tools.pool.idle
    await own_tools.probe(path)
    assert len(first) == 1
    assert own_tools.pool.idle == first


async def test_a_crash_refuses_that_file_and_the_next_call_has_a_new_worker(own_tools, tmp_path):
    path = making.picture(tmp_path / "a.png")
    await own_tools.probe(path)
    (pid,) = own_tools.pool.idle
    os.kill(pid, signal.SIGSTOP)
    call = asyncio.create_task(own_tools.probe(path))
    await until(lambda: own_tools.pool.busy == (pid,))
    os.kill(pid, signal.SIGSEGV)
    os.kill(pid, signal.SIGCONT)
    with pytest.raises(Unreadable, match="breaks the program that reads it"):
        await call
    assert (await own_tools.probe(path)).width == 640
    assert own_tools.pool.idle != (pid,)


async def test_a_worker_that_died_while_idle_costs_nobody_anything(own_tools, tmp_path):
    path = making.picture(tmp_path / "a.png")
    await own_tools.probe(path)
    (pid,) = own_tools.pool.idle
    os.kill(pid, signal.SIGKILL)
    await asyncio.to_thread(os.waitid, os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert (await own_tools.probe(path)).width == 640


async def test_a_hang_ends_with_the_worker_and_a_sentence(tmp_path):
    path = making.picture(tmp_path / "a.png")
    pool = Pool(workers=1)
    await FFmpegTools(pool).probe(path)
    (pid,) = pool.idle
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(Unreadable, match=r"longer than 0\.2 seconds"):
        await FFmpegTools(pool, seconds=0.2).probe(path)
    assert gone(pid)
    assert (await FFmpegTools(pool).probe(path)).width == 640
    await pool.aclose()


async def test_a_worker_may_not_take_more_memory_than_it_is_given(tmp_path):
    big = making.bomb_png(tmp_path / "a.png", 9600, 9600)
    pool = Pool(workers=1, memory_bytes=700 * 1024**2)
    tools = FFmpegTools(pool)
    small = await tools.probe(making.picture(tmp_path / "b.png"))
    with pytest.raises(Unreadable, match="more memory"):
        await tools.fit(big, tmp_path / "c.jpg", MediaLimits(formats=("image/jpeg",), max_side=6000))
    assert small.width == 640
    await pool.aclose()


async def test_idle_workers_end_by_themselves(tmp_path):
    pool = Pool(workers=1, idle_seconds=0.1)
    await FFmpegTools(pool).probe(making.picture(tmp_path / "a.png"))
    (pid,) = pool.idle or (0,)
    await until(lambda: pool.idle == () and (not pid or gone(pid)))
    assert (await FFmpegTools(pool).probe(tmp_path / "a.png")).width == 640
    await pool.aclose()


async def test_closing_ends_every_process(own_tools, tmp_path):
    await own_tools.probe(making.picture(tmp_path / "a.png"))
    (pid,) = own_tools.pool.idle
    await own_tools.aclose()
    assert gone(pid)


async def test_a_worker_sees_none_of_our_secrets(own_tools, tmp_path):
    await own_tools.probe(making.picture(tmp_path / "a.png"))
    (pid,) = own_tools.pool.idle
    with open(f"/proc/{pid}/environ", "rb") as file:  # noqa: ASYNC230, PTH123 - a test may read a line
        names = {line.partition(b"=")[0].decode() for line in file.read().split(b"\0") if line}
    assert names <= {"PYTHONPATH", "PATH", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "IMAGEIO_FFMPEG_EXE"}


def test_it_works_from_any_program_and_leaves_nothing_behind(tmp_path):
    """Workers are started by their module's name: the program that asks is never run again, whatever it looks like."""
    path = making.picture(tmp_path / "a.png")
    program = tmp_path / "program.py"
    program.write_text(
        textwrap.dedent("""
        import asyncio, sys
        from pathlib import Path
        from adapters.media.ffmpeg.pool import Pool
        from adapters.media.ffmpeg.tools import FFmpegTools
        print("run")
        tools = FFmpegTools(Pool())
        print(asyncio.run(tools.probe(Path(sys.argv[1]))).width, *tools.pool.idle)
    """)
    )
    done = subprocess.run([sys.executable, program, path], capture_output=True, text=True, check=True, timeout=60)
    run, answer = done.stdout.splitlines()
    width, pid = answer.split()
    assert (run, width) == ("run", "640")
    deadline = 200
    while not gone(int(pid)) and deadline:
        deadline -= 1
        subprocess.run(["sleep", "0.05"], check=True)
    assert gone(int(pid))
