"""What kind of generation a wish asks for."""

import pytest

from bot.domain.chat import Attachment
from bot.domain.request import Task
from bot.flows.parse import parse

FILES = {
    "i": Attachment("i", "a.png", "image/png"),
    "v": Attachment("v", "a.mp4", "video/mp4"),
    "a": Attachment("a", "a.wav", "audio/wav"),
}


@pytest.mark.parametrize(
    ("text", "files", "task"),
    [
        ("A fox runs", "", Task.text),
        ("A fox runs", "i", Task.first_frame),
        ("From @Image1 to @Image2", "ii", Task.first_last),
        ("A fox like these", "iii", Task.references),
        ("A fox runs to this tune", "a", Task.references),
        ("A fox moves like @Video1", "v", Task.references),
        ("Extend @Video1 by 5 seconds", "v", Task.extend),
        ("please continue @Video1: the fox stops", "v", Task.extend),
        ("Edit @Video1 so that it snows", "v", Task.edit),
        ("The editor extends a hand, like @Video1", "v", Task.references),
        ("Extend the pier", "", Task.text),
    ],
)
def test_the_files_and_the_first_words_say_what_is_asked_for(text, files, task):
    """A film that is to be carried on or changed is never taken for a mere reference."""
    assert parse(text, attachments=[FILES[kind] for kind in files]).request.task is task
