"""What is heard: nothing, what was given, a film's own sound, or a soft bed."""

from pathlib import Path

import numpy as np
import pytest

from bot.domain.media import Role
from tests.adapters.video.animatic.making import clip, made, sound, still, tone


def test_a_film_is_silent_unless_sound_is_asked_for_or_given(tmp_path: Path) -> None:
    assert sound(made(tmp_path / "quiet", seconds=0.2)) is None
    asked = sound(
        made(
            tmp_path / "asked",
            seconds=3.0,
            audio=True,
            inputs=(still(tmp_path / "asked", "@Image1", Role.first_frame, (9, 9, 9)),),
        )
    )
    assert asked is not None
    level = 20 * np.log10(np.sqrt(np.mean(asked**2)))
    assert -24 < level < -15
    assert np.abs(np.diff(asked, axis=1)).max() < 0.1


def test_reference_audio_is_trimmed_and_faded_to_the_film(tmp_path: Path) -> None:
    picture = still(tmp_path / "o", "@Image1", Role.first_frame, (40, 90, 140))
    heard = sound(made(tmp_path / "o", seconds=2.0, inputs=(picture, tone(tmp_path / "o", 5.0))))
    assert heard is not None
    assert abs(heard.shape[1] - 96_000) <= 2048
    loud = [float(np.sqrt(np.mean(heard[:, at : at + 2400] ** 2))) for at in (24_000, 48_000, 93_000)]
    assert loud[0] == pytest.approx(loud[1], rel=0.1)
    assert loud[2] < loud[1] * 0.2


def test_a_reference_film_keeps_its_own_sound_when_sound_is_asked_for(tmp_path: Path) -> None:
    film = clip(tmp_path / "o", "testsrc2=size=640x360:rate=24:duration=2", sound=True)
    heard = sound(made(tmp_path / "o", inputs=(film,), seconds=1.0, audio=True))
    assert heard is not None
    spectrum = np.abs(np.fft.rfft(heard[0, 9_600:38_400]))
    assert abs(float(spectrum.argmax()) * 48_000 / 28_800 - 660) < 5
