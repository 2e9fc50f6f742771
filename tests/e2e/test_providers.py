"""The real program makes a film with each paid provider: its own client, over a real socket, to a strict server of ours."""

import asyncio
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import av
import pytest
from PIL import Image

from config import names
from tests.contracts.test_video_paid import Case
from tests.e2e.shell import Shell
from tests.vendor import film

PRICE = '[models."{id}".price]\nunit = "clip"\nrates = [{{ usd = "0.30" }}]\n'


@dataclass(frozen=True, slots=True)
class Wish:
    """What is typed, of which provider; `credits` is what it must cost in the end. `priced` names a model whose price the operator sets."""

    provider: str
    words: str
    credits: str
    opener: str = "open_stand"
    priced: str = ""
    picture: tuple[int, int] | None = None


WISHES = (
    Wish("seedance", "A heron takes off, 4 seconds, 720p, 16:9, use seedance-2-mini", "30.56"),
    Wish("kling", "A heron takes off, 3 seconds, use kling-3", "25.20"),
    Wish("wan", "A heron takes off, 2 seconds, 480p, use wan-3", "10.00"),
    Wish("google", "A heron takes off, 3 seconds, 720p, use omni-1.2", "21.00"),
    Wish("google", "A heron takes off, 4 seconds, 720p, no sound, use veo-3.1-lite", "12.00", "open_stand_vertex"),
    Wish("minimax", "A heron takes off, 4 seconds, 768p, use minimax-h3", "32.00"),
    Wish("minimax", "The heron takes off, use hailuo-2.3-fast", "19.00", "open_stand_v1", picture=(640, 360)),
    Wish("hedra", "She talks --voice 'Hello' --model hedra-avatar", "30.00", priced="hedra-avatar", picture=(360, 640)),
    Wish("videogen", "A heron takes off, 5 seconds, use videogen", "30.00", priced="videogen"),
)


@pytest.mark.parametrize("wish", WISHES, ids=lambda wish: wish.provider + wish.opener.removeprefix("open_stand"))
async def test_a_wish_becomes_a_film_that_is_paid_once(tmp_path: Path, wish: Wish) -> None:
    shell = Shell(tmp_path)
    if wish.priced:
        (tmp_path / "clapper.toml").write_text(PRICE.format(id=wish.priced))
    attached: list[str] = []
    if wish.picture:
        Image.linear_gradient("L").resize(wish.picture).convert("RGB").save(tmp_path / "picture.png")
        attached = ["-a", "picture.png"]
    async with Case(wish.provider, wish.opener).open(tmp_path / "stand") as stand:
        stand.vendor.landing = lambda task: stand.advance(task, "finished")
        keys = names.PROVIDERS[wish.provider]
        env = {keys[name]: value for name, value in stand.parts.settings.items() if name in keys}
        said = await asyncio.to_thread(
            shell.clapper, "ask", wish.words, *attached, "--yes", "--json", "--out", "film.mp4", env=env
        )
        assert said.code == 0, said.err
        made = said.document
        assert (made["state"], made["failure"], Decimal(made["credits"])) == ("complete", None, Decimal(wish.credits))
        assert (len(stand.vendor.started), stand.vendor.complaints) == (1, [])
    assert (tmp_path / "film.mp4").read_bytes() == film()
    with av.open(str(tmp_path / "film.mp4")) as container:
        assert sum(1 for _ in container.decode(video=0)) == 24
    secrets = [value for name, value in env.items() if names.secret(name.lower())]
    assert secrets
    assert not any(secret in said.err + said.out for secret in secrets)
