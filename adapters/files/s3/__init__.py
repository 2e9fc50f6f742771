"""The Drive's bytes in a bucket of S3, or of a store that speaks its language."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.ports.examine import Seen
from bot.ports.parts import Parts

if TYPE_CHECKING:
    from adapters.files.s3.files import S3Files


def create(parts: Parts) -> "S3Files":
    """Raises BadSettings. Nothing is asked of the bucket yet; `parts.folder` is where files lie while they are worked on.

    `settings`: `url` (s3://bucket/prefix), `access_key_id` and `secret_access_key` with `session_token`, else what the machine's own
    role gives; `region`, `endpoint_url`. `public_url` and `token` are the web page's, which serves the files of a bucket that has no
    public address.
    """
    from adapters.files.s3.bucket import bucket  # noqa: PLC0415 - obstore is loaded only where a bucket is used
    from adapters.files.s3.files import S3Files  # noqa: PLC0415 - as above

    return S3Files(bucket(parts.settings), parts)


async def examine(parts: Parts) -> Sequence[Seen]:
    """Tries everything that a Drive is used for. Raises BadSettings."""
    from adapters.files.s3.probe import probe  # noqa: PLC0415 - as above

    return [await probe(create(parts), parts)]
