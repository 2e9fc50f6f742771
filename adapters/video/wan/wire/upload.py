"""Files in the provider's own store for 48 hours: a policy for one model, then the file by a form to another host.

The order of the form's fields is the one that SDK dashscope 2.0.2 sends; the file must come last.
"""

from pydantic import BaseModel, Field

from adapters.kit.answers import Answer
from adapters.kit.body import Part
from adapters.kit.http import Call
from adapters.video.wan.wire.errors import SIZE_MEND, error_of
from bot.domain.errors import InvalidInput, Unavailable
from bot.domain.request import Reference
from bot.domain.units import size_text

MEGABYTE = 1024 * 1024
_ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/bmp": "bmp",
    "image/webp": "webp",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
}


class Policy(BaseModel):
    policy: str
    signature: str
    upload_dir: str = Field(min_length=1)
    upload_host: str = Field(pattern="^https?://")
    max_file_size_mb: int | None = None
    oss_access_key_id: str
    x_oss_object_acl: str
    x_oss_forbid_overwrite: str


class _Granted(BaseModel):
    data: Policy


def policy(model: str) -> Call:
    """A file is usable only by the model that its policy was given for."""
    return Call(method="GET", path="uploads", query=(("action", "getPolicy"), ("model", model)))


def policy_in(answer: Answer) -> Policy:
    if not answer.ok or (isinstance(answer.body, dict) and answer.body.get("code")):
        raise error_of(answer, paid=False)
    return _Granted.model_validate(answer.body).data


def store(granted: Policy, reference: Reference, name: str) -> tuple[Call, str]:
    """The call that stores the file, and the `oss://` address it has then. Raises InvalidInput where it is too large."""
    media = reference.media
    mime, size = (media.mime, media.bytes) if media else ("application/octet-stream", 0)
    most = granted.max_file_size_mb
    if most is not None and size > most * MEGABYTE:
        words = f"{reference.token} has {size_text(size)}, and Wan takes files of at most {most} MB."
        raise InvalidInput(words, reference=reference.token, mend="Send a smaller one; nothing was charged.")
    file = f"{name}.{_ENDINGS.get(mime, 'bin')}"
    key = f"{granted.upload_dir.rstrip('/')}/{file}"
    form = (
        ("OSSAccessKeyId", granted.oss_access_key_id),
        ("Signature", granted.signature),
        ("policy", granted.policy),
        ("key", key),
        ("x-oss-object-acl", granted.x_oss_object_acl),
        ("x-oss-forbid-overwrite", granted.x_oss_forbid_overwrite),
        ("success_action_status", "200"),
        ("x-oss-content-type", mime),
        ("file", Part(reference.key, file, mime)),
    )
    return Call(method="POST", path=granted.upload_host, form=form), f"oss://{key}"


def stored(answer: Answer) -> None:
    """The store speaks XML. A policy that ran out or an outage passes; what is too large does not."""
    if answer.ok:
        return
    if "EntityTooLarge" in answer.text or answer.status == 413:
        raise InvalidInput("A file is larger than the upload allows.", mend=SIZE_MEND)
    raise Unavailable(f"its file store answered with status {answer.status}")
