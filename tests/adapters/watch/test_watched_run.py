"""One job of the real program, from Slack to a paid provider and back, and all that is told of it: numbers, traces, the log."""

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
import yaml
from prometheus_client.parser import text_string_to_metric_families

from adapters.watch.otel.ids import span_id, trace_id
from adapters.watch.prometheus.families import COUNTS, OF_THE_DATABASE, OF_THE_PROCESS, OUTCOME, STEPS, TIMES
from config import names
from tests.adapters.chat.slack.server.slack import Slack
from tests.adapters.watch.receiver import Got, Receiver, receiving
from tests.contracts.test_video_paid import Case
from tests.e2e.programs import program, shown
from tests.e2e.slack import ASKER, GENERAL, PRICE, READY, films, job_of
from tests.e2e.test_browser import png

CONFIG = Path(__file__).parents[3] / "config"
pytestmark = pytest.mark.asyncio(loop_scope="module")

PROMPT = "A zebra whispers marmalade under seven purple moons"
FILE = "grandmothers-wedding.png"
TOKEN = "page-token-nobody-may-read"
HEADER = "collector-key-nobody-may-read"


@dataclass(frozen=True)
class Ran:
    page: str
    log: str
    traces: Receiver
    job: str
    secrets: tuple[str, ...]

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.splitlines() if line.startswith("{")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder = tmp_path_factory.mktemp("watched")
    async with (
        Slack().serving() as slack,
        receiving() as traces,
        Case("kling", "open_stand").open(folder / "stand") as stand,
    ):
        stand.vendor.landing = lambda task: stand.advance(task, "finished")
        keys = names.PROVIDERS["kling"]
        provider = {keys[name]: value for name, value in stand.parts.settings.items() if name in keys}
        env = {
            **slack.environment(slack.settings),
            **provider,
            "CLAPPER_WEB_TOKEN": TOKEN,
            "CLAPPER_LOG_LEVEL": "debug",
            "CLAPPER_LOG_FORMAT": "json",
            "OTEL_EXPORTER_OTLP_ENDPOINT": traces.url,
            "OTEL_EXPORTER_OTLP_HEADERS": f"api-key={HEADER}",
        }
        with program(folder, env) as bot:
            await asyncio.to_thread(bot.start)
            await slack.connected(2)
            picture = slack.file(FILE, png(640, 480))
            said = await slack.mention(GENERAL, ASKER, f"{PROMPT}, 3 seconds, use kling-3", files=(picture,))
            card = await slack.card(GENERAL, thread=said.thread, having=PRICE, seconds=20)
            await shown(bot, job_of(card))
            await slack.press(card, "Confirm", ASKER)
            await slack.card(GENERAL, thread=said.thread, having=READY, seconds=20)
            await slack.until(lambda: films(slack, said.thread))
            async with httpx.AsyncClient(base_url=bot.url) as web:
                assert (await web.get("/metrics")).status_code == 401
                page = (await web.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})).raise_for_status().text
            assert await asyncio.to_thread(bot.stop) == 0
            secrets = (*(value for name, value in env.items() if names.secret(name.lower())), TOKEN, HEADER)
            return Ran(page, bot.log.read_text(), traces, job_of(card), secrets)


def told(page: str) -> Mapping[str, Mapping[tuple[tuple[str, str], ...], float]]:
    """Every sample by its name and labels."""
    found: dict[str, dict[tuple[tuple[str, str], ...], float]] = {}
    for family in text_string_to_metric_families(page):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
    return found


def total(page: str, name: str, **labels: str) -> float:
    return sum(value for has, value in told(page)[name].items() if labels.items() <= dict(has).items())


async def test_what_the_job_did_is_counted(ran: Ran) -> None:
    page = ran.page
    for state in ("awaiting_confirmation", "queued", "submitting", "processing", "finalizing", "complete"):
        assert total(page, "clapper_job_moves_total", state=state) == 1, state
    assert total(page, "clapper_jobs", state="complete") == 1
    assert total(page, "clapper_job_seconds_count", provider="kling", state="complete") == 1
    assert total(page, "clapper_job_wait_seconds_count", provider="kling") == 1
    reserved = total(page, "clapper_credits_total", kind="reserve", provider="kling")
    assert reserved == total(page, "clapper_credits_total", kind="release", provider="kling") > 0
    assert total(page, "clapper_credits_total", kind="charge", provider="kling") > 0
    assert total(page, "clapper_provider_seconds_count", call="pay", outcome="ok") == 1
    assert total(page, "clapper_provider_calls_total", method="POST", status="200") >= 1
    assert total(page, "clapper_events_received_total", platform="slack", kind="message") == 1
    assert total(page, "clapper_event_seconds_count", platform="slack", kind="message", outcome="ok") == 1
    assert total(page, "clapper_chat_seconds_count", platform="slack", kind="post", outcome="ok") >= 1
    assert total(page, "clapper_media_seconds_count", work="probe", outcome="ok") >= 1
    assert total(page, "clapper_stored_bytes_total", where="local") > 1000
    assert total(page, "clapper_database_seconds_count", kind="write", outcome="ok") > 10
    assert total(page, "clapper_http_requests_total", route="other", status="401") == 1
    assert (total(page, "clapper_ready"), total(page, "clapper_database_up")) == (1, 1)
    assert [total(page, "clapper_broken_total", where=where) for where in ("event", "job", "card")] == [0, 0, 0]


LABELS = {
    **{f"{one.name}": {*one.labels, OUTCOME} for one in STEPS.values()},
    **{one.name: set(one.labels) for one in TIMES.values()},
    **{f"{one.name}_total": set(one.labels) for one in COUNTS.values()},
    **{name: set(labels) for name, (_, labels) in {**OF_THE_DATABASE, **OF_THE_PROCESS}.items()},
}


def family(name: str) -> str:
    return re.sub(r"_(bucket|sum|count)$", "", name) if name not in LABELS else name


def expressions() -> list[str]:
    dashboard = json.loads((CONFIG / "grafana" / "clapper.json").read_text())
    plots = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", ())]
    variables = [one["query"]["query"] for one in dashboard["templating"]["list"]]
    rules = yaml.safe_load((CONFIG / "prometheus" / "alerts.yml").read_text())["groups"][0]["rules"]
    return [*plots, *variables, *(rule["expr"] for rule in rules)]


async def test_every_number_on_the_dashboard_and_in_the_alerts_is_there(ran: Ran) -> None:
    there = {one.name for one in text_string_to_metric_families(ran.page)}
    there |= {f"{name}_total" for name in there}
    asked = {name for expr in expressions() for name in re.findall(r"\b(?:clapper|process)_\w+", expr)}
    assert {name for name in asked if family(name) not in there} == set()
    assert len(asked) > 50
    # And the other way round: nothing is counted that nobody can look at.
    plotted = {family(name) for name in asked}
    assert set(LABELS) - plotted == {"clapper_disk_bytes"}


@pytest.mark.parametrize("expr", sorted(set(expressions())))
async def test_each_expression_asks_for_labels_that_there_are(expr: str) -> None:
    asked = re.findall(r"(clapper_\w+)\{([^}]*)\}", expr)
    for name, selectors in asked:
        labels = set(re.findall(r"(\w+)\s*(?:=~|!=|!~|=)", selectors))
        assert labels <= LABELS[family(name)], (name, labels)
    has = {label for name in re.findall(r"clapper_\w+", expr) for label in LABELS[family(name)]}
    by = {label.strip() for labels in re.findall(r"by \(([^)]*)\)", expr) for label in labels.split(",")}
    assert by <= has | {"le", "instance"}
    assert expr.count("(") == expr.count(")")


async def test_each_alert_says_what_it_is_and_what_to_do() -> None:
    rules = yaml.safe_load((CONFIG / "prometheus" / "alerts.yml").read_text())["groups"][0]["rules"]
    assert len({rule["alert"] for rule in rules}) == len(rules) > 12
    for rule in rules:
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"]["summary"].endswith(".")
        assert len(rule["annotations"]["todo"]) > 40
    scrape = yaml.safe_load((CONFIG / "prometheus" / "scrape.example.yml").read_text())
    assert scrape["scrape_configs"][0]["authorization"]["type"] == "Bearer"


async def test_the_job_is_one_trace_with_its_steps_and_their_calls(ran: Ran) -> None:
    spans = ran.traces.spans
    assert ran.traces.services == {"clapper"}
    assert all(one["api-key"] == HEADER for one in ran.traces.headers)
    assert {one.trace for one in spans} == {f"{trace_id(ran.job):032x}"}
    (whole,) = [one for one in spans if one.name == "job" and not one.parent]
    assert whole.id == f"{span_id(ran.job):016x}"
    assert (whole.facts["clapper.state"], whole.facts["clapper.provider"]) == ("complete", "kling")
    steps = {one.id: one for one in spans if one.name.startswith("job ")}
    assert {one.parent for one in steps.values()} == {whole.id}
    assert {"job queued", "job processing", "job finalizing"} <= {one.name for one in steps.values()}
    (paid,) = [one for one in spans if one.name == "provider pay"]
    assert steps[paid.parent].name == "job queued"
    assert _facts(paid) == {"call": "pay", "provider": "kling", "method": "POST", "status": "200"}
    assert any(steps.get(one.parent) and one.name == "provider save" for one in spans)


def _facts(span: Got) -> Mapping[str, str]:
    return {name.removeprefix("clapper."): value for name, value in span.facts.items()}


async def test_each_move_is_one_line_of_the_log(ran: Ran) -> None:
    moves = [(line["job"], line["state"]) for line in ran.lines if line.get("action") == "job.moved"]
    states = ("awaiting_confirmation", "queued", "submitting", "processing", "finalizing", "complete")
    assert moves == [(ran.job, state) for state in states]


async def test_nothing_that_is_told_holds_a_secret_a_wish_a_file_or_an_address_that_opens(ran: Ran) -> None:
    """At debug, with every library's own lines held back."""
    bodies = b"".join(ran.traces.bodies).decode(errors="replace")
    hidden = [*ran.secrets, PROMPT, "marmalade", "zebra", FILE, "grandmothers", "signature=", "Bearer ey"]
    for told_as, text in {"log": ran.log, "traces": bodies, "numbers": ran.page}.items():
        assert [one for one in hidden if one in text] == [], told_as
    assert [line for line in ran.log.splitlines() if not line.startswith("{")] == []
    chatty = [line for line in ran.lines if line["level"] in {"debug", "info"}]
    assert {str(line["logger"]).partition(".")[0] for line in chatty} <= {"bot", "adapters"}
