"""Values survive being stored: whole, exact, and across versions of Clapper."""

import json
import traceback
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from sqlalchemy.dialects import postgresql, sqlite
from structlog.testing import capture_logs

from adapters.storage.sql.columns import Instant, Money
from adapters.storage.sql.mapping import (
    UnreadableRow,
    dump,
    event_columns,
    event_of,
    job_of,
    load,
    new_job_columns,
    readable,
)
from adapters.storage.sql.rows import EventRow, JobRow
from bot.domain.camera import Movement
from bot.domain.card import Card
from bot.domain.chat import Command, Message, Person, Press
from bot.domain.drive import Asset, Clip
from bot.domain.job import Job, State
from bot.domain.request import Setting, Settings, VideoRequest
from tests.anything import anything
from tests.stored import CARD, NOON, a_choice, a_job, a_message

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
CAMERA = ((Movement.truck_left, Movement.pan_right), (Movement.zoom_in,))
TYPED = Settings(audio=Setting(True), seed=Setting(1), seconds=Setting(1.0), camera=Setting(CAMERA))


def assert_same(one: Any, other: Any) -> None:
    """Equal, and of the same types all the way down: 1 is not True, a list is not a tuple."""
    if isinstance(one, datetime):
        assert one == other
        assert other.tzinfo is not None
        return
    assert type(one) is type(other)
    if is_dataclass(one):
        for field in fields(one):
            assert_same(getattr(one, field.name), getattr(other, field.name))
    elif isinstance(one, tuple):
        assert len(one) == len(other)
        for inner, again in zip(one, other, strict=True):
            assert_same(inner, again)
    else:
        assert one == other


@settings(max_examples=60, suppress_health_check=SLOW, deadline=None)
@example(job=a_job(request=VideoRequest(prompt="", settings=TYPED), choice=a_choice()))
@given(job=anything(Job))
def test_a_job_comes_back_the_same_to_the_last_type(job: Job) -> None:
    assert_same(job, load(Job, dump(job)))


@settings(max_examples=150, suppress_health_check=SLOW, deadline=None)
@given(
    value=anything(Card) | anything(Message) | anything(Press) | anything(Command) | anything(Clip) | anything(Asset)
)
def test_everything_else_comes_back_the_same_to_the_last_type(value: object) -> None:
    assert_same(value, load(type(value), dump(value)))


@settings(max_examples=150, deadline=None)
@given(value=anything(Settings))
def test_every_setting_keeps_its_own_kind_of_value(value: Settings) -> None:
    assert_same(value, load(Settings, dump(value)))


def test_a_job_stored_before_a_field_existed_takes_its_default() -> None:
    """All that has a default is missing, as if an older Clapper had written it."""
    needed = {"id", "conversation", "author", "request", "made_at", "changed_at"}
    whole = json.loads(dump(a_job(next_step_at=None)))
    old = {name: value for name, value in whole.items() if name in needed}
    old["request"] = {"prompt": "a lighthouse"}
    assert load(Job, json.dumps(old)) == a_job(next_step_at=None)


def test_a_field_of_a_newer_clapper_is_passed_over() -> None:
    newer = json.loads(dump(a_job())) | {"mood": "bright"}
    assert load(Job, json.dumps(newer)) == a_job()


def test_a_card_that_had_a_form_of_its_own_is_read_without_it() -> None:
    """Cards are stored for as long as their chat shows them; the form is its button's."""
    form = [{"name": "prompt", "label": "Prompt", "kind": "text", "value": "a fox", "options": []}]
    assert load(Card, json.dumps(json.loads(dump(CARD)) | {"form": form})) == CARD


def test_one_row_that_cannot_be_read_stops_no_other_and_is_logged_without_its_words() -> None:
    good = JobRow(**new_job_columns(a_job()))
    bad = JobRow(**new_job_columns(a_job("J-2")))
    bad.body = bad.body.replace("awaiting_confirmation", "a secret wish")
    with capture_logs() as logs:
        assert readable([bad, good], job_of) == [a_job()]
    [log] = logs
    assert (log["action"], log["row"]) == ("unreadable_row", "J-2")
    assert log["event"] == "a stored Job cannot be read: state"
    assert "secret" not in repr(logs)


def test_a_row_that_cannot_be_read_is_told_without_its_words() -> None:
    text = '{"platform": ["a secret wish"], "workspace": "w", "id": "u"}'
    with pytest.raises(UnreadableRow, match=r"^a stored Person cannot be read: platform$") as caught:
        load(Person, text)
    assert "secret" not in "".join(traceback.format_exception(caught.value))


def test_an_event_of_an_unknown_kind_is_not_taken_for_another() -> None:
    row = EventRow(**event_columns(a_message("m1"), NOON))
    assert event_of(row) == a_message("m1")
    row.kind = "whisper"
    with pytest.raises(UnreadableRow, match="unknown kind 'whisper'"):
        event_of(row)


@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()], ids=["sqlite", "postgresql"])
def test_an_instant_without_a_zone_is_refused(dialect: Any) -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        Instant().process_bind_param(NOON.replace(tzinfo=None), dialect)


def test_money_is_text_on_sqlite_so_that_no_float_rounds_it() -> None:
    stored = Money().process_bind_param(Decimal("0.10"), SimpleNamespace(name="sqlite"))  # pyright: ignore[reportArgumentType]
    assert stored == "0.10"


def test_an_instant_comes_back_in_utc() -> None:
    job = load(Job, dump(a_job(made_at=datetime(2026, 1, 1, tzinfo=UTC))))
    assert job.made_at.utcoffset() == NOON.utcoffset()
    assert job.state is State.awaiting_confirmation
