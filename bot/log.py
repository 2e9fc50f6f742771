"""Logging, set up once: structured, to stderr, with the job's id where one is bound; secrets taken out."""

import logging
import sys
from collections.abc import Collection, MutableMapping
from typing import Any, TextIO

import structlog

NEVER = frozenset({"prompt", "text", "token", "api_key", "secret", "password", "authorization", "cookie"})
"""Names whose values are left out of every line, whoever logs them."""

LIBRARIES = (
    "httpx",
    "httpx2",
    "httpcore",
    "httpcore2",
    "openai",
    "uvicorn",
    "alembic",
    "apscheduler",
    "sqlalchemy",
    "PIL",
    "asyncio",
    "multipart",
    "urllib3",
    "requests",
    "opentelemetry",
    "aiohttp",
    "slack_sdk",
    "slack_bolt",
    "discord",
    "botocore",
    "boto3",
    "obstore",
    "psycopg",
)
"""Their INFO is about their own insides, and httpx's holds signed addresses."""

OUTSPOKEN = ("discord.http", "discord.webhook")
"""Their warnings name the address that was asked for too often, and with it the token of whoever pressed a button (discord.py 2.7)."""

HIDDEN = "***"

Line = MutableMapping[str, Any]


def configure(
    format: str, level: str, secrets: Collection[str] = (), *, stream: TextIO = sys.stderr, traces: bool = True
) -> None:
    """`format` is console or json; `level` as in the settings; each of `secrets` is replaced wherever it turns up.

    Without `traces` an error is named and not unrolled: for commands, whose reader is a person.
    """
    shared = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info if traces else name_error,
                hide(secrets),
                _renderer(format, colours=stream.isatty()),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in LIBRARIES:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    for name in OUTSPOKEN:
        logging.getLogger(name).setLevel(logging.ERROR)
    logging.captureWarnings(capture=True)


def hide(secrets: Collection[str]) -> structlog.types.Processor:
    """A processor that leaves out what is in NEVER and every known secret, also inside a message or a traceback."""
    known = sorted((secret for secret in secrets if secret), key=len, reverse=True)

    def clean(value: Any) -> Any:
        text = value if isinstance(value, str) else repr(value)
        for secret in known:
            text = text.replace(secret, HIDDEN)
        return value if text in (value, repr(value)) else text

    def processor(_logger: Any, _method: str, line: Line) -> Line:
        return {name: HIDDEN if name.lower() in NEVER else clean(value) for name, value in line.items()}

    return processor


def name_error(_logger: Any, _method: str, line: Line) -> Line:
    """What was raised by its type alone."""
    error = line.pop("exc_info", None)
    if error is True:
        error = sys.exception()
    elif isinstance(error, tuple):
        error = error[1]
    return {**line, "error": type(error).__name__} if isinstance(error, BaseException) else line


def _renderer(format: str, *, colours: bool) -> structlog.types.Processor:
    if format == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(colors=colours, exception_formatter=structlog.dev.plain_traceback)
