"""Onward with real films, a real Drive and real media tools."""

import asyncio
from dataclasses import replace

import av
import numpy as np
import pytest
from PIL import Image

from adapters.files.local.files import LocalFiles
from adapters.media.ffmpeg import create
from bot.domain.chat import Press
from bot.domain.job import State
from bot.domain.media import Role
from bot.flows.press import press
from bot.ports.parts import Parts
from tests.adapters.media import making
from tests.houses import ASKER, HERE

RED = (200, 30, 40)


@pytest.fixture
async def real(stage, tmp_path):
    """The stage with a provider that gives films whose very last frame is red, and tools that look into them."""
    tools = create(Parts(settings={"workers": "1"}, folder=tmp_path, clock=stage.clock))

    async def download(file, into):
        await asyncio.to_thread(making.film, into, seconds=0.5, size=(480, 320), sound=None, last=RED)

    stage.tollbooth.download = download
    stage.house = replace(stage.house, media=tools, files=LocalFiles(tmp_path / "drive"))
    yield stage
    await tools.aclose()


def last_of(path):
    """The film's last frame, decoded here."""
    with av.open(str(path)) as container:
        *_, frame = container.decode(video=0)
    return np.asarray(frame.to_image())


async def test_the_first_frame_of_what_continues_a_film_is_the_last_frame_of_that_film(real):
    """Pixel for pixel, though nobody had asked for the last frame when the film was made; nothing is left lying about."""
    job = await real.ask("A fox crosses the frozen lake, 2 variations")
    await real.press(job.id, "confirm")
    await real.run()
    made = await real.job(job.id)
    clip = made.result.clips[1]
    assert (made.state, clip.last_frame) == (State.complete, "")
    await press(Press("P-1", HERE, ASKER, "continue", "S-OLD", item=clip.id), real.house)
    (onward,) = await real.house.storage.jobs.find(states=(State.awaiting_confirmation,))
    assert onward.problems == ()
    (first,) = onward.request.references
    assert (first.role, first.media.width, first.media.height) == (Role.first_frame, 480, 320)
    drive = real.house.folder.parent / "drive"
    given = np.asarray(Image.open(drive / first.key).convert("RGB"))
    assert np.abs(given.astype(int) - last_of(drive / clip.key)).max() <= 3
    assert np.abs(given.astype(int) - RED).mean() < 6
    assert onward.choice.settings.aspect.value == "4:3"
    with Image.open(drive / made.result.sheet) as sheet:
        assert (sheet.format, sheet.width > sheet.height) == ("JPEG", True)
    assert list(real.house.folder.iterdir()) == []
