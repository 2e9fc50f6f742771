"""Reads what a bot sends to the Discord test server, files included, without holding big ones."""

import hashlib
import io
import json
import re
from pathlib import Path
from typing import Any

from aiohttp import BodyPartReader, web
from PIL import Image

from tests.adapters.chat.discord.server_errors import Refused, refused
from tests.adapters.chat.discord.server_values import MIB, Channel, File
from tests.adapters.chat.discord.server_world import World, mime, named

KEPT = 16 * MIB
HEAD = MIB
FIELD = re.compile(r"files\[(\d+)\]")
Upload = Path | tuple[str, bytes]


async def read(world: World, request: web.Request, limit: int) -> tuple[Any, list[File]]:
    """The payload and its files in order. Refuses another content type than Discord's two, and a file over `limit` bytes."""
    if request.content_type == "application/json":
        return _json(await request.read()), []
    if request.content_type != "multipart/form-data":
        world.violations.append(f"{request.path}: sent as {request.content_type}")
        raise Refused(400, 50035, "Invalid Form Body")
    payload: Any = {}
    files: dict[int, File] = {}
    async for part in await request.multipart():
        assert isinstance(part, BodyPartReader)
        if part.name == "payload_json":
            payload = _json(bytes(await part.read()))
        elif part.name and (found := FIELD.fullmatch(part.name)):
            files[int(found[1])] = await _file(world, part)
        else:
            world.violations.append(f"{request.path}: a part called {part.name!r}")
            await part.release()
    if any(one.size > limit for one in files.values()):
        raise refused(40005)
    return payload, [files[place] for place in sorted(files)]


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        raise refused(50109) from None


async def _file(world: World, part: BodyPartReader) -> File:
    digest, size, head = hashlib.sha256(), 0, bytearray()
    while chunk := await part.read_chunk(1 << 16):
        digest.update(chunk)
        size += len(chunk)
        if size <= KEPT:
            head += chunk
        elif len(head) > HEAD:
            del head[HEAD:]
    name = named(part.filename or "")
    new = File(world.snowflake(), name, mime(name), size, digest.hexdigest(), bytes(head))
    new.width, new.height = measured(new.head, new.mime)
    world.files[new.id] = new
    return new


def measured(head: bytes, kind: str) -> tuple[int | None, int | None]:
    """A picture's size, as Discord hints it; nothing where it is none."""
    if not kind.startswith("image/"):
        return None, None
    try:
        with Image.open(io.BytesIO(head)) as picture:
            return picture.size
    except OSError:
        return None, None


def brought(world: World, upload: Upload, channel: Channel, *, ephemeral: bool = False) -> File:
    """A person's file, in memory or on disk."""
    if isinstance(upload, Path):
        with upload.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
        name, size = named(upload.name), upload.stat().st_size
        new = File(
            world.snowflake(), name, mime(name), size, digest, path=upload, place=channel.id, ephemeral=ephemeral
        )
        world.files[new.id] = new
        return new
    name, content = upload
    new = world.keep(name, content, channel, ephemeral=ephemeral)
    new.width, new.height = measured(content, new.mime)
    return new
