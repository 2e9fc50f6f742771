"""The Drive's bytes in a folder of this machine."""

from pathlib import Path

from adapters.files.local.files import LocalFiles
from adapters.kit.links import Links, secret
from bot.ports.parts import Parts


def create(parts: Parts) -> LocalFiles:
    """`settings["root"]` is the folder; it is made when the first file is kept.

    A folder has no public address of its own: where the web page has one, `public_url` and `token` are the page's, which serves the files.
    """
    root, public, token = (parts.settings.get(name, "") for name in ("root", "public_url", "token"))
    if not public or not token:
        return LocalFiles(Path(root), watch=parts.watch)
    links = Links(secret(parts.folder, token))

    def link(key: str, seconds: int) -> str:
        return public.rstrip("/") + links.path(key, parts.clock.now().timestamp(), seconds=seconds)

    return LocalFiles(Path(root), link, parts.watch)
