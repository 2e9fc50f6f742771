"""Every paid provider's test server in one process of its own, with films begun at each that never end.

Prints how each is reached, its films, and the very request by which one is looked at, then answers until a line comes in; then prints
what its servers saw and disliked.
"""

import asyncio
import gc
import json
import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import asdict
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.vendor import Seen, Stand

ROOT = Path(__file__).parents[1] / "adapters" / "video"
NAMES = sorted(path.parent.name for path in ROOT.glob("*/stand_*.py"))
OF_HTTP = {"host", "connection", "accept-encoding", "user-agent"}


def open_stand(name: str, folder: Path) -> Any:
    spec = spec_from_file_location(f"stand_{name}", ROOT / name / f"stand_{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.open_stand(folder)


async def begun(stand: Stand, each: int) -> Mapping[str, Any]:
    """So many films at one provider, each paid for and running."""
    if hasattr(stand.vendor, "credits"):
        stand.vendor.credits = 100 * each  # pyright: ignore[reportAttributeAccessIssue] - of those that count them
    films = []
    for number in range(each):
        order = stand.order(f"J-{number}-1")
        task = await stand.provider.submit(order)
        stand.advance(stand.vendor.started[-1], "running")
        await stand.provider.poll(task)
        films.append({"model": order.model.id, "task": asdict(task), "look": look(stand.vendor.seen[-1])})
    return {"settings": dict(stand.parts.settings), "url": stand.vendor.url, "films": films}


def look(seen: Seen) -> Mapping[str, Any]:
    """The request as a client of any kind would make it."""
    headers = {name: value for name, value in seen.headers.items() if name not in OF_HTTP}
    return {"method": seen.method, "path": seen.path, "query": seen.query, "headers": headers}


async def main(each: int, seconds: float) -> None:
    """Each answer takes `seconds`, as over a long way."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        stands = {name: await stack.enter_async_context(open_stand(name, folder / name)) for name in NAMES}
        print(json.dumps({name: await begun(stand, each) for name, stand in stands.items()}), flush=True)
        gc.disable()  # a pause of its own would be taken for the bot's
        for stand in stands.values():
            stand.vendor.seconds = seconds
        await asyncio.to_thread(sys.stdin.readline)
        saw = {name: (len(one.vendor.calls("poll")), one.vendor.complaints) for name, one in stands.items()}
        print(json.dumps(saw), flush=True)


asyncio.run(main(int(sys.argv[1]), float(sys.argv[2])))
