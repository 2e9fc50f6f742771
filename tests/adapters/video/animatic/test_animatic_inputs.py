"""Strangers' files: opened as what they may be, or refused in a sentence that names them."""

from pathlib import Path

import pytest

from adapters.video.animatic.plan import Input
from bot.domain.errors import InvalidInput
from bot.domain.media import MediaKind, Role
from tests.adapters.video.animatic.making import made


@pytest.mark.parametrize(
    ("kind", "role", "content", "word"),
    [
        (MediaKind.image, Role.first_frame, b"not a picture", "picture"),
        (MediaKind.image, Role.first_frame, b"", "picture"),
        (MediaKind.image, Role.first_frame, b"\x89PNG\r\n\x1a\n" + b"\x00" * 40, "picture"),
        (MediaKind.video, Role.reference_video, b"#EXTM3U\nhttp://127.0.0.1/x.ts\n", "film"),
        (MediaKind.video, Role.reference_video, b"ffconcat version 1.0\nfile /etc/passwd\n", "film"),
        (MediaKind.audio, Role.reference_audio, b"RIFF....WAVE", "sound"),
    ],
)
def test_a_broken_file_gets_a_sentence_that_names_it(
    tmp_path: Path, kind: MediaKind, role: Role, content: bytes, word: str
) -> None:
    folder = tmp_path / "o"
    folder.mkdir()
    (folder / "input").write_bytes(content)
    broken = Input(token="@Thing1", kind=kind, role=role, file="input")
    with pytest.raises(InvalidInput, match=rf"@Thing1 cannot be .* {word}"):
        made(folder, inputs=(broken,), seconds=0.1)
