"""The story as MiniMax reads it: attachments by names it knows, camera movements in brackets or in words."""

import re
from collections.abc import Mapping

from bot.domain.camera import told_in_words
from bot.domain.errors import InvalidInput
from bot.domain.media import Role
from bot.domain.model import CameraWords
from bot.ports.video import Order

FRAME_NAMES = {Role.first_frame: "the first frame", Role.last_frame: "the last frame"}
_TOKEN = re.compile(r"@(?:Image|Video|Audio)\d+", re.IGNORECASE)


def prompt(order: Order, names: Mapping[str, str]) -> str:
    """`names` says what each attachment's token is replaced by. Raises InvalidInput where the result is too long."""
    model, story = order.model, order.request.prompt
    told = story if model.camera is CameraWords.brackets else told_in_words(story)
    known = {token.lower(): name for token, name in names.items()}
    text = _TOKEN.sub(lambda found: known.get(found[0].lower(), found[0]), told)
    if model.max_prompt is not None and len(text) > model.max_prompt:
        raise InvalidInput(
            f"With its attachments and camera movements named, the prompt has {len(text):,} characters, "
            f"and {model.title} takes at most {model.max_prompt:,}.",
            mend=f"Shorten it by {len(text) - model.max_prompt:,} characters and ask again.",
        )
    return text
