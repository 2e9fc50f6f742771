"""What goes on in this process while something runs: how long its event loop keeps others waiting, and what it costs."""

import asyncio
import os
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

TICK = 0.005
MOST_MS = 20


@dataclass
class Watch:
    """`stalls` in ms, one for each 5 ms slept; `cpu` as a share of one core; `load` is the machine's, by which all this is to be judged."""

    stalls: list[float] = field(default_factory=list)
    cpu: float = 0.0
    load: float = 0.0

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        self.load = os.getloadavg()[0]
        task = asyncio.create_task(self._watch())
        began, used = time.perf_counter(), time.process_time()
        yield
        self.cpu = (time.process_time() - used) / (time.perf_counter() - began)
        task.cancel()

    async def _watch(self) -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(TICK)
            self.stalls.append((time.perf_counter() - began - TICK) * 1000)

    def told(self) -> str:
        p99, longest = statistics.quantiles(self.stalls, n=100)[-1], max(self.stalls)
        over = sum(stall > MOST_MS for stall in self.stalls)
        stalls = f"stalls p99 {p99:.1f} ms, longest {longest:.1f} ms, {over} over {MOST_MS} ms"
        return f"{self.cpu:.2f} of a core; {stalls} (load {self.load:.1f})"
