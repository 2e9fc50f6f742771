"""The tables of the settings that are no adapter's own."""

from decimal import Decimal
from typing import Any
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

CREDITS = "a number of credits, from 0 to 1000000000"
GIGABYTES = "gigabytes, more than 0 and at most 1000000"
Value = bool | int | float | str | SecretStr


class Section(BaseModel):
    """Every field's description completes the sentence "… must be"."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Timing(Section):
    confirm_minutes: float = Field(gt=0, le=10_080, description="minutes, more than 0 and at most 10080 (a week)")
    temporary_hours: float = Field(gt=0, le=8760, description="hours, more than 0 and at most 8760 (a year)")
    lease_seconds: float = Field(ge=1, le=3600, description="seconds from 1 to 3600")
    tick_seconds: float = Field(ge=0.01, le=60, description="seconds from 0.01 to 60")


class Limits(Section):
    upload_mb: int = Field(ge=1, le=10_000, description="a whole number of megabytes from 1 to 10000")
    attachments: int = Field(ge=1, le=100, description="a whole number from 1 to 100")
    person_gb: Decimal | None = Field(default=None, gt=0, le=1_000_000, description=GIGABYTES)
    workspace_gb: Decimal | None = Field(default=None, gt=0, le=1_000_000, description=GIGABYTES)
    person_at_once: int | None = Field(default=None, ge=1, le=1000, description="a whole number from 1 to 1000")
    person_per_minute: int | None = Field(default=None, ge=1, le=1000, description="a whole number from 1 to 1000")


class Spending(Section):
    """What may be spent in a calendar month, and when a second person must agree, everywhere; admins may set less for their own."""

    zone: str = Field(default="UTC", description="a time zone like Europe/Berlin")
    person: Decimal | None = Field(default=None, ge=0, le=1_000_000_000, description=CREDITS)
    channel: Decimal | None = Field(default=None, ge=0, le=1_000_000_000, description=CREDITS)
    workspace: Decimal | None = Field(default=None, ge=0, le=1_000_000_000, description=CREDITS)
    approve_above: Decimal | None = Field(default=None, ge=0, le=1_000_000_000, description=CREDITS)

    @field_validator("zone")
    @classmethod
    def _known(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise ValueError("unknown")
        return zone


class Bucket(Section):
    """How a Drive in S3 is reached, under the names that Amazon's own tools have for it: so they may be set for something else, and wrong."""

    access_key_id: str = Field(default="", description="text")
    secret_access_key: SecretStr = Field(default=SecretStr(""), description="text")
    session_token: SecretStr = Field(default=SecretStr(""), description="text")
    region: str = Field(default="", description="a region like eu-west-1")
    endpoint_url: str = Field(default="", description="an address like https://s3.example.com")

    def values(self) -> dict[str, str]:
        """Name -> value for `Parts.settings`; secrets are plain here, so never print it."""
        texts = {name: in_words(getattr(self, name)) for name in type(self).model_fields}
        return {name: text for name, text in texts.items() if text}


class Llm(Section):
    """A language model that writes prompts and reads requests, at an endpoint that speaks OpenAI's chat completions: all three, or none."""

    base_url: str = Field(
        default="", pattern=r"^(https?://\S+)?$", description="an address like https://api.example.com/v1"
    )
    api_key: SecretStr = Field(default=SecretStr(""), description="text")
    model: str = Field(default="", max_length=200, description="a model's name, as the endpoint has it")

    def values(self) -> dict[str, str]:
        """Name -> value for `Parts.settings`; the key is plain here, so never print it."""
        texts = {name: in_words(getattr(self, name)).strip() for name in type(self).model_fields}
        return {name: text for name, text in texts.items() if text}


class Traces(Section):
    """Where traces are sent, under OpenTelemetry's own names: so they may be set for other programs, too."""

    endpoint: str = Field(default="", pattern=r"^(https?://\S+)?$", description="an address like http://127.0.0.1:4318")
    headers: SecretStr = Field(default=SecretStr(""), description="text like api-key=…,tenant=…")
    service: str = Field(default="", max_length=200, description="a name")

    def values(self) -> dict[str, str]:
        """Name -> value for `Parts.settings`, none where traces are not wanted; the headers are plain here, so never print it."""
        texts = {name: in_words(getattr(self, name)).strip() for name in type(self).model_fields}
        return {name: text for name, text in texts.items() if text} if texts["endpoint"] else {}


class Defaults(Section):
    """The operator's own values for what people do not say; None leaves it to the model."""

    model: str | None = Field(default=None, min_length=1, description="a model's id")
    seconds: float | None = Field(default=None, gt=0, le=3600, description="seconds, more than 0 and at most 3600")
    aspect: str | None = Field(
        default=None, pattern=r"^(adaptive|[1-9]\d{0,3}:[1-9]\d{0,3})$", description="a ratio like 16:9, or adaptive"
    )
    resolution: str | None = Field(default=None, pattern=r"^([1-9]\d{2,3}p|4k)$", description="like 720p, or 4k")
    audio: bool | None = Field(default=None, description="true or false")
    watermark: bool | None = Field(default=None, description="true or false")
    last_frame: bool | None = Field(default=None, description="true or false")
    web_search: bool | None = Field(default=None, description="true or false")
    negative: str | None = Field(default=None, description="text")
    count: int | None = Field(default=None, ge=1, le=100, description="a whole number from 1 to 100")
    temporary: bool | None = Field(default=None, description="true or false")

    def given(self) -> dict[str, Any]:
        """Only those that have a value, by name."""
        return self.model_dump(exclude_none=True)


def in_words(value: Value | tuple[str, ...] | None) -> str:
    """As `Parts.settings` has it; a secret is plain here, so never print it."""
    match value:
        case None:
            return ""
        case SecretStr():
            return value.get_secret_value()
        case bool():
            return "true" if value else "false"
        case tuple():
            return "\n".join(value)
        case _:
            return str(value)
