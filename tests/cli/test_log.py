"""Log lines: who they are about, and what never stands in them."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from bot import log

SECRET = "sk-very-secret"


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Logging belongs to the whole process; each test gives it back as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
    for name in (*log.LIBRARIES, *log.OUTSPOKEN):
        logging.getLogger(name).setLevel(logging.NOTSET)


def written(format: str = "json", level: str = "info", *, traces: bool = True) -> io.StringIO:
    stream = io.StringIO()
    log.configure(format, level, {SECRET, ""}, stream=stream, traces=traces)
    return stream


def documents(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_both_kinds_of_logger_write_one_json_document_a_line():
    stream = written()
    structlog.get_logger("adapters.x").info("Served", action="x.serve", port=1)
    logging.getLogger("bot.flows.x").info("moved to %s", "queued", extra={"job": "J-1"})
    served, moved = documents(stream)
    assert (served["event"], served["action"], served["port"], served["level"]) == ("Served", "x.serve", 1, "info")
    assert (moved["event"], moved["job"], moved["logger"]) == ("moved to queued", "J-1", "bot.flows.x")
    assert served["timestamp"].endswith("Z")


def test_a_bound_job_is_on_every_line_of_its_context():
    stream = written()
    with structlog.contextvars.bound_contextvars(job="J-7"):
        structlog.get_logger("a").info("one")
        logging.getLogger("b").warning("two")
    structlog.get_logger("a").info("three")
    assert [line.get("job") for line in documents(stream)] == ["J-7", "J-7", None]


@pytest.mark.parametrize("format", ["json", "console"])
def test_secrets_are_taken_out_wherever_they_turn_up(format: str):
    stream = written(format)
    logger = structlog.get_logger("a")
    logger.info(
        "calling", url=f"http://x?key={SECRET}", header={"Authorization": f"Bearer {SECRET}"}, prompt="a private wish"
    )
    try:
        int(SECRET)
    except ValueError:
        logger.exception("it broke", token="other")
        logging.getLogger("b").exception("so did this")
    assert SECRET not in stream.getvalue()
    assert "a private wish" not in stream.getvalue()
    assert "other" not in stream.getvalue()
    assert stream.getvalue().count("ValueError: invalid literal") == 2


def test_libraries_keep_their_chatter_to_themselves():
    stream = written(level="info")
    logging.getLogger("httpx").info("GET https://signed.example/?sign=1")
    logging.getLogger("httpx").warning("odd")
    logging.getLogger("slack_sdk.web.async_client").debug(
        "Sending a request - headers: {'Authorization': '(redacted)'}"
    )
    logging.getLogger("discord.http").warning(
        "We are being rate limited. POST https://discord.example/webhooks/1/token"
    )
    logging.getLogger("bot").debug("too fine")
    assert [line["event"] for line in documents(stream)] == ["odd"]


def test_a_command_names_an_error_and_spares_people_its_trace():
    stream = written("console", "warning", traces=False)
    try:
        {}["x"]
    except KeyError:
        logging.getLogger("bot.router").exception("a step of a job broke", extra={"job": "J-1"})
        structlog.get_logger("adapters.x").exception("and here")
    assert stream.getvalue().count("error=KeyError") == 2
    assert "Traceback" not in stream.getvalue()
    assert "J-1" in stream.getvalue()
