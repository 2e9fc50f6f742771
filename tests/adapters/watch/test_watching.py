"""What watching costs and what it never does: it breaks no work, waits for nobody, and joins up the steps of several replicas."""

import ast
import asyncio
import logging
import time
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from adapters.watch.otel import create as traces_of
from adapters.watch.otel.ids import span_id, trace_id
from adapters.watch.prometheus import create
from adapters.watch.prometheus.families import COUNTS, STEPS, TIMES
from bot.app.watching import MISSING, Both, watching
from bot.domain.job import State
from bot.domain.standing import Backlog, Queue, Standing
from bot.ports.parts import Parts
from bot.ports.watch import Unwatched
from tests.adapters.watch.receiver import receiving
from tests.fakes import SetClock
from tests.stored import NOON, a_choice, a_job

SOURCES = Path(__file__).parents[3]
KNOWN = {"step": STEPS, "count": COUNTS, "took": TIMES}


def parts(folder: Path, **settings: str) -> Parts:
    return Parts(settings=settings, folder=folder, clock=SetClock())


def tellings() -> list[tuple[str, str, set[str], str]]:
    """Every place in the code that tells a number: how, of what name, with which labels, where. Labels given as ** are left out."""
    found = []
    for path in (*SOURCES.glob("bot/**/*.py"), *SOURCES.glob("adapters/**/*.py")):
        text = path.read_text(encoding="utf-8")
        if "watch" not in text and "Watch" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            how, of = node.func.attr, ast.unparse(node.func.value)
            tells = how in KNOWN and ("watch" in of or (of == "self" and path.name == "meters.py"))
            if tells and node.args and isinstance(node.args[0], ast.Constant):
                labels = {one.arg for one in node.keywords if one.arg not in {None, "of", "amount"}}
                found.append((how, node.args[0].value, labels, f"{path.name}:{node.lineno}"))
    return found


def test_every_number_that_the_code_tells_is_known_with_its_labels() -> None:
    told = tellings()
    assert len(told) > 25
    for how, name, labels, where in told:
        assert name in KNOWN[how], where
        assert labels <= set(KNOWN[how][name].labels), where
    every = {(how, name) for how, families in KNOWN.items() for name in families}
    assert every == {(how, name) for how, name, *_ in told}


async def test_a_step_costs_microseconds(tmp_path: Path) -> None:
    """Under 5 µs on a quiet machine; the best of many rounds, so that a busy one does not matter much."""
    meters, rounds = create(parts(tmp_path)), []
    for _ in range(30):
        began = time.perf_counter()
        for _ in range(500):
            with meters.step("job", of="J-1", state="processing", provider="kling"):
                pass
        rounds.append((time.perf_counter() - began) / 500)
    assert min(rounds) < 5e-6


async def test_a_name_that_nobody_knows_breaks_nothing_and_is_told_once(tmp_path: Path, capsys: Any) -> None:
    meters = create(parts(tmp_path))
    for _ in range(3):
        meters.count("nonsense")
        with meters.step("nonsense"):
            pass
    with pytest.raises(ValueError, match="passed on"), meters.step("job", state="queued", provider="x"):
        raise ValueError("passed on")
    page, _ = await meters.page(None, {})
    assert b'clapper_job_step_seconds_count{outcome="ValueError",provider="x",state="queued"} 1.0' in page
    assert capsys.readouterr().out.count("nonsense") == 1


async def test_numbers_of_the_database_are_a_gap_while_it_is_away(tmp_path: Path) -> None:
    meters = create(parts(tmp_path, drive=str(tmp_path / "not there yet")))
    standing = Standing(jobs={State.unclear: 2}, queues=(Queue("kling", "kling-video", Backlog(3, 61.5)),))
    page, kind = await meters.page(standing, {})
    assert kind.startswith("text/plain")
    text = page.decode()
    assert 'clapper_jobs{state="unclear"} 2.0' in text
    assert 'clapper_queue_oldest_seconds{line="kling-video",provider="kling"} 61.5' in text
    assert "clapper_ready 1.0" in text
    assert 'clapper_disk_free_bytes{place="data"}' in text
    away = (await meters.page(None, {}))[0].decode()
    assert "clapper_jobs{" not in away
    assert "clapper_database_up 0.0" in away
    assert "clapper_ready 0.0" in (await meters.page(standing, {"pollers": "silent"}))[0].decode()


async def test_steps_of_two_replicas_join_in_one_trace_and_errors_come_by_kind_alone(tmp_path: Path) -> None:
    async with receiving() as receiver:
        one, other = (traces_of(parts(tmp_path, endpoint=f"{receiver.url}/")) for _ in range(2))
        watch = Both([create(parts(tmp_path)), one])
        with watch.step("job", of="J-1", state="queued", provider="kling") as step:
            step.note(status="200")
        with pytest.raises(ConnectionError), other.step("job", of="J-1", state="processing"):
            raise ConnectionError("https://signed.example/?signature=s")
        with one.step("provider", provider="kling", call="ask"):
            pass  # the doctor's, or a start's: no part of any job
        ended = a_job(
            "J-1-2", batch="J-1", choice=a_choice(), state=State.error, changed_at=NOON + timedelta(seconds=9)
        )
        other.moved(ended)
        await asyncio.gather(watch.aclose(), other.aclose())
    assert {span.trace for span in receiver.spans} == {f"{trace_id('J-1'):032x}"}
    assert {span.parent for span in receiver.spans} == {f"{span_id('J-1'):016x}"}
    named = {span.name: span for span in receiver.spans}
    assert named.keys() == {"job queued", "job processing", "job"}
    assert named["job queued"].facts["clapper.status"] == "200"
    assert (named["job processing"].error, named["job"].error) == ("ConnectionError", "error")
    assert (named["job"].id, named["job"].nanoseconds) == (f"{span_id('J-1-2'):016x}", 9_000_000_000)
    assert b"signature" not in b"".join(receiver.bodies)


async def test_a_collector_that_is_away_costs_nothing_and_is_told_of_once(tmp_path: Path, caplog: Any) -> None:
    caplog.set_level(logging.INFO)
    traces = traces_of(parts(tmp_path, endpoint="http://127.0.0.1:9"))
    began = time.perf_counter()
    for number in range(300):
        with traces.step("job", of=f"J-{number}", state="queued"):
            pass
    assert time.perf_counter() - began < 1
    await asyncio.to_thread(traces.flush)
    with traces.step("job", of="J-last", state="queued"):
        pass
    began = time.perf_counter()
    await traces.aclose()
    assert time.perf_counter() - began < 1
    told = [record.getMessage() for record in caplog.records if "traces" in record.getMessage()]
    assert len(told) == 1
    assert told[0].startswith("traces do not arrive and are dropped")
    assert {record.name.partition(".")[0] for record in caplog.records} <= {"adapters"}


def test_traces_that_cannot_be_sent_are_one_warning_and_no_reason_not_to_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    import sys

    for name in [one for one in sys.modules if one.startswith(("opentelemetry", "adapters.watch.otel"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    settings: Any = SimpleNamespace(
        traces=SimpleNamespace(values=lambda: {"endpoint": "http://127.0.0.1:9"}), files=lambda: ("s3", {})
    )
    assert isinstance(watching(settings, parts(tmp_path), page=False), Unwatched)
    assert [record.getMessage() for record in caplog.records] == [MISSING]
