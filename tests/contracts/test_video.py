"""What every free video provider keeps: found by folder, made with a real shelf of files, run with real workers."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from importlib import import_module
from pathlib import Path

import av
import pytest
from PIL import Image

from bot.domain.errors import Expired, InvalidInput, Unavailable
from bot.domain.job import Charged, ProviderTask
from bot.domain.media import MediaKind, Role
from bot.domain.pricing import PriceUnit
from bot.domain.request import Reference, Setting, Settings, Source, SourceKind, VideoRequest
from bot.ports.parts import Parts
from bot.ports.video import Failed, Finished, Order, Progress, Running, VideoProvider
from tests.fakes import NOON, SetClock
from tests.shelf import all_models

FREE = sorted({model.provider for model in all_models() if model.price.unit is PriceUnit.free})
LIMIT = 60.0


class Cabinet:
    """Files that lie in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @asynccontextmanager
    async def local(self, key: str) -> AsyncIterator[Path]:
        if not (self.folder / key).exists():
            raise FileNotFoundError(key)
        yield self.folder / key


def parts(tmp_path: Path) -> Parts:
    (tmp_path / "drive").mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (640, 360), (60, 90, 140)).save(tmp_path / "drive" / "picture", format="PNG")
    files: object = Cabinet(tmp_path / "drive")
    return Parts(settings={"workers": "1"}, folder=tmp_path / "own", clock=SetClock(), files=files)  # pyright: ignore[reportArgumentType]


def order(name: str, provider: str, key: str = "J-ONE-1", file: str = "picture", **asked: object) -> Order:
    assert name
    model = next(one for one in all_models() if one.provider == provider)
    said = {"seconds": 1.0, "aspect": "16:9", "resolution": "480p", "seed": 4} | asked
    settings = Settings(**{setting: Setting(value) for setting, value in said.items()})  # pyright: ignore[reportArgumentType]
    first = Reference(
        token="@Image1", kind=MediaKind.image, role=Role.first_frame, source=Source(SourceKind.upload, "1"), key=file
    )
    request = VideoRequest(prompt="A heron takes off", settings=settings, references=(first,))
    return Order(key=key, job=key.rpartition("-")[0], model=model, request=request, sent_at=NOON)


@pytest.fixture(params=FREE)
async def provider(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[VideoProvider]:
    made = import_module(f"adapters.video.{request.param}").create(parts(tmp_path))
    yield made
    await made.aclose()


async def ended(provider: VideoProvider, task: ProviderTask) -> Finished | Failed:
    async def ask() -> Finished | Failed:
        while isinstance(progress := await provider.poll(task), Running):
            assert progress.fraction is None or 0 <= progress.fraction <= 1
            await asyncio.sleep(0.05)
        return progress

    return await asyncio.wait_for(ask(), LIMIT)


async def begun(provider: VideoProvider, task: ProviderTask) -> Progress:
    async def ask() -> Progress:
        while isinstance(progress := await provider.poll(task), Running) and not progress.fraction:
            await asyncio.sleep(0.02)
        return progress

    return await asyncio.wait_for(ask(), LIMIT)


def workers(folder: Path) -> list[int]:
    """Processes that work under a folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if str(folder).encode() in command and b"render" in command:
                found.append(int(entry.name))
    return found


def kept(tmp_path: Path) -> list[Path]:
    """The folders of orders, or of anything else that holds a file with something in it."""
    return [
        one
        for one in (tmp_path / "own").iterdir()
        if any(file.is_file() and file.stat().st_size for file in one.rglob("*"))
    ]


async def test_an_order_becomes_a_film_with_its_last_frame_and_costs_nothing(
    provider: VideoProvider, tmp_path: Path
) -> None:
    task = await provider.submit(order("a", provider.name, last_frame=True))
    result = await ended(provider, task)
    assert isinstance(result, Finished)
    assert (result.usd, result.seed, len(result.files)) == (Decimal(0), 4, 1)
    await provider.download(result.files[0].id, tmp_path / "film.mp4")
    await provider.download(result.files[0].last_frame, tmp_path / "last.png")
    with av.open(str(tmp_path / "film.mp4")) as film:
        assert sum(1 for _ in film.decode(video=0)) == 24
    with Image.open(tmp_path / "last.png") as last:
        assert last.size == (854, 480)


async def test_the_same_key_is_one_order(provider: VideoProvider, tmp_path: Path) -> None:
    first, again = await asyncio.gather(*(provider.submit(order("a", provider.name)) for _ in range(2)))
    assert first == again
    assert len(kept(tmp_path)) == 1
    result = await ended(provider, first)
    assert await provider.submit(order("a", provider.name)) == first
    assert await provider.poll(first) == result


async def test_an_order_is_found_by_its_key_or_certainly_not_there(provider: VideoProvider) -> None:
    task = await provider.submit(order("a", provider.name))
    assert await provider.find(order("a", provider.name)) == task
    assert await provider.find(order("a", provider.name, key="J-TWO-1")) is None


async def test_cancel_stops_the_work_at_once_and_leaves_nothing(provider: VideoProvider, tmp_path: Path) -> None:
    task = await provider.submit(order("a", provider.name, seconds=40.0, resolution="1080p"))
    assert isinstance(await begun(provider, task), Running)
    assert workers(tmp_path)
    assert await provider.cancel(task) is Charged.no
    assert workers(tmp_path) == []
    assert kept(tmp_path) == []
    after = await provider.poll(task)
    assert isinstance(after, Failed)
    assert isinstance(after.error, Expired)


async def test_cancelling_lets_the_next_in_line_begin(provider: VideoProvider) -> None:
    long = await provider.submit(order("a", provider.name, seconds=40.0, resolution="1080p"))
    short = await provider.submit(order("a", provider.name, key="J-TWO-1", seconds=1.0))
    await begun(provider, long)
    assert await provider.poll(short) == Running(fraction=0.0, ask_again_in=0.4)
    await provider.cancel(long)
    assert isinstance(await ended(provider, short), Finished)


async def test_a_broken_input_fails_with_a_sentence(provider: VideoProvider, tmp_path: Path) -> None:
    (tmp_path / "drive" / "broken").write_bytes(b"no picture at all")
    result = await ended(provider, await provider.submit(order("a", provider.name, file="broken")))
    assert isinstance(result, Failed)
    assert isinstance(result.error, InvalidInput)
    assert "@Image1" in result.error.message
    assert result.charged is Charged.no


async def test_an_input_that_is_gone_is_told_at_once(provider: VideoProvider) -> None:
    with pytest.raises(InvalidInput, match="@Image1 is no longer on the Drive"):
        await provider.submit(order("a", provider.name, file="gone"))
    assert await provider.find(order("a", provider.name)) is None


async def test_what_was_here_and_is_not_kept_has_expired(provider: VideoProvider, tmp_path: Path) -> None:
    task = await provider.submit(order("a", provider.name))
    result = await ended(provider, task)
    assert isinstance(result, Finished)
    assert await provider.cancel(task) is Charged.no
    with pytest.raises(Expired):
        await provider.download(result.files[0].id, tmp_path / "film.mp4")
    assert isinstance(await ended(provider, task), Failed)


async def test_what_never_was_here_may_be_with_another_and_is_asked_for_again(
    provider: VideoProvider, tmp_path: Path
) -> None:
    for ask in (provider.poll, provider.cancel):
        with pytest.raises(Unavailable):
            await ask(ProviderTask(id="J-NONE-1"))
    for file in ("J-NONE-1/film-1.mp4", "../../etc/passwd"):
        with pytest.raises(Unavailable):
            await provider.download(file, tmp_path / "film.mp4")
    assert await provider.find(order("a", provider.name, key="J-NONE-1")) is None
    task = await provider.submit(order("a", provider.name, key="J-NONE-1"))
    assert isinstance(await ended(provider, task), Finished)


async def test_a_worker_that_is_killed_is_tried_once_more(provider: VideoProvider, tmp_path: Path) -> None:
    task = await provider.submit(order("a", provider.name, seconds=3.0))
    await begun(provider, task)
    for worker in workers(tmp_path):
        os.kill(worker, signal.SIGKILL)
    assert isinstance(await ended(provider, task), Finished)


async def test_closing_hands_the_work_to_the_next(provider: VideoProvider, tmp_path: Path) -> None:
    task = await provider.submit(order("a", provider.name, seconds=3.0))
    await begun(provider, task)
    await provider.aclose()
    assert workers(tmp_path) == []
    following = import_module(f"adapters.video.{provider.name}").create(parts(tmp_path))
    try:
        assert isinstance(await ended(following, task), Finished)
    finally:
        await following.aclose()


@pytest.mark.parametrize("name", FREE)
async def test_a_bot_killed_in_the_middle_is_followed_by_one_that_finishes(name: str, tmp_path: Path) -> None:
    script = textwrap.dedent(
        """
        import asyncio, sys
        from importlib import import_module
        from pathlib import Path
        from tests.contracts.test_video import begun, order, parts

        async def main():
            made = import_module(f"adapters.video.{sys.argv[1]}").create(parts(Path(sys.argv[2])))
            await begun(made, await made.submit(order("a", sys.argv[1], seconds=6.0)))
            print("begun", flush=True)
            await asyncio.Event().wait()

        asyncio.run(main())
        """
    )
    root = Path(__file__).parents[2]
    bot = subprocess.Popen([sys.executable, "-c", script, name, str(tmp_path)], stdout=subprocess.PIPE, cwd=root)  # noqa: ASYNC220 - the bot that will be killed
    assert bot.stdout is not None
    assert await asyncio.to_thread(bot.stdout.readline) == b"begun\n"
    bot.kill()
    await asyncio.to_thread(bot.wait)
    bot.stdout.close()
    following = import_module(f"adapters.video.{name}").create(parts(tmp_path))
    try:
        result = await ended(following, ProviderTask(id="J-ONE-1"))
        assert isinstance(result, Finished)
        await following.download(result.files[0].id, tmp_path / "film.mp4")
    finally:
        await following.aclose()
    with av.open(str(tmp_path / "film.mp4")) as film:
        assert sum(1 for _ in film.decode(video=0)) == 144
    assert workers(tmp_path) == []


def test_there_is_a_free_provider() -> None:
    assert FREE
