"""Links to files by way of the web page, which nobody can guess and which run out."""

import hashlib
import hmac
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

WINDOW_SECONDS = 12 * 60 * 60
MOST_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Links:
    """Signed paths below `/files/`. A link made within one window is the same each time, so that browsers keep what they fetched."""

    secret: bytes

    def path(self, key: str, now: float, download: str = "", seconds: int = WINDOW_SECONDS) -> str:
        """Good for at least so many seconds, and less than one window more."""
        until = -(-(int(now) + 1 + seconds) // WINDOW_SECONDS) * WINDOW_SECONDS
        query = {"until": str(until), "sign": self._sign(key, until)}
        if download:
            query["download"] = download
        return f"/files/{quote(key)}?{urlencode(query)}"

    def good(self, key: str, until: str, sign: str, now: float) -> bool:
        if len(until) > MOST_DIGITS or not until.isascii() or not until.isdigit() or int(until) < now:
            return False
        return hmac.compare_digest(self._sign(key, int(until)).encode(), sign.encode(errors="replace"))

    def _sign(self, key: str, until: int) -> str:
        return hmac.new(self.secret, f"{until} {key}".encode(), hashlib.sha256).hexdigest()[:40]


def secret(folder: Path, token: str) -> bytes:
    """From the token where there is one, so that every replica signs alike; else a random one kept in `folder`."""
    if token:
        return hashlib.sha256(b"clapper links " + token.encode()).digest()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "secret"
    with suppress(FileExistsError), path.open("xb") as file:
        path.chmod(0o600)
        file.write(secrets.token_bytes(32))
    return path.read_bytes()
