"""The settings as one checked value."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from config import BadSettings, names, sources
from config.say import sentences

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
        texts = {name: _text(getattr(self, name)) for name in type(self).model_fields}
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
        texts = {name: _text(getattr(self, name)).strip() for name in type(self).model_fields}
        return {name: text for name, text in texts.items() if text}


class Traces(Section):
    """Where traces are sent, under OpenTelemetry's own names: so they may be set for other programs, too."""

    endpoint: str = Field(default="", pattern=r"^(https?://\S+)?$", description="an address like http://127.0.0.1:4318")
    headers: SecretStr = Field(default=SecretStr(""), description="text like api-key=…,tenant=…")
    service: str = Field(default="", max_length=200, description="a name")

    def values(self) -> dict[str, str]:
        """Name -> value for `Parts.settings`, none where traces are not wanted; the headers are plain here, so never print it."""
        texts = {name: _text(getattr(self, name)).strip() for name in type(self).model_fields}
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


class Adapter(BaseModel):
    """One adapter's own settings, under the names it knows them by; `enabled` None: where enough of them are there."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, Value] = Field(init=False)  # pyright: ignore[reportIncompatibleVariableOverride] - the documented way
    enabled: bool | None = Field(default=None, description="true or false")

    @model_validator(mode="before")
    @classmethod
    def _seal(cls, given: Any) -> Any:
        """Keys and tokens are secrets whatever the adapter, so that they never show in a log."""
        if not isinstance(given, dict):
            return given
        texts = {name: value for name, value in given.items() if isinstance(value, str | int)}
        return given | {name: SecretStr(str(value)) for name, value in texts.items() if names.secret(name)}

    def values(self) -> dict[str, str]:
        """Name -> value for `Parts.settings`; secrets are plain here, so never print it."""
        every = {**{name: getattr(self, name) for name in type(self).model_fields}, **(self.model_extra or {})}
        texts = {name: _text(value) for name, value in every.items() if name != "enabled"}
        return {name: text for name, text in texts.items() if text}


class Web(Adapter):
    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = Field(min_length=1, description="an address or host name to listen on, like 127.0.0.1")
    port: int = Field(ge=0, le=65535, description="a whole number from 0 (any free port) to 65535")
    public_url: str = Field(
        default="", pattern=r"^(https?://\S+)?$", description="an address like https://clapper.example.com"
    )
    token: SecretStr = Field(default=SecretStr(""), description="text: the password people open the page with")
    oidc_issuer: str = Field(
        default="", pattern=r"^(https?://\S+)?$", description="an address like https://login.example.com"
    )
    oidc_client_id: str = Field(default="", description="text: what the identity provider knows this page by")
    oidc_client_secret: SecretStr = Field(default=SecretStr(""), description="text")
    oidc_admins: tuple[str, ...] = Field(
        default=(), description='a list of e-mail addresses and groups, like ["ada@example.com", "video-admins"]'
    )
    oidc_domains: tuple[str, ...] = Field(
        default=(), description='a list of domains of e-mail addresses, like ["example.com"]'
    )


class Platforms(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, Adapter] = Field(init=False)  # pyright: ignore[reportIncompatibleVariableOverride] - the documented way
    web: Web

    def tables(self) -> dict[str, Adapter]:
        return {"web": self.web, **(self.model_extra or {})}


class Providers(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, Adapter] = Field(init=False)  # pyright: ignore[reportIncompatibleVariableOverride] - the documented way

    def tables(self) -> dict[str, Adapter]:
        return {"animatic": Adapter(), **(self.model_extra or {})}


class Settings(BaseSettings):
    """Made by `config.load()`. What may hold a password stays out of `repr`."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True)

    data: Path = Field(description="a folder")
    database_url: str = Field(
        repr=False,
        pattern=r"^(sqlite|postgres|postgresql)(\+\w+)?://",
        description="an address like sqlite:///data/clapper.db or postgresql://user:password@host/name",
    )
    drive: str = Field(repr=False, pattern=r"^(file:|s3://).", description="like file:data/drive or s3://bucket/prefix")
    log_format: Literal["console", "json"] = Field(description="console or json")
    log_level: Literal["debug", "info", "warning", "error"] = Field(description="debug, info, warning or error")
    workers: int = Field(ge=1, le=64, description="a whole number from 1 to 64")
    credits_per_dollar: Decimal = Field(gt=0, le=1_000_000, description="a number, more than 0 and at most 1000000")
    approvers: frozenset[Annotated[str, Field(pattern=r"^[a-z]+:\S+$")]] = Field(
        default=frozenset(), description="a list of people like slack:U024BE7LH, who may act on anybody's job"
    )
    admins: frozenset[Annotated[str, Field(pattern=r"^[a-z]+:\S+$")]] = Field(
        default=frozenset(), description="a list of people like slack:U024BE7LH, who may decide for their workspace"
    )
    timing: Timing
    spending: Spending = Spending()
    limits: Limits
    bucket: Bucket = Bucket()
    llm: Llm = Llm()
    traces: Traces = Traces()
    defaults: Defaults
    chats: Platforms = Field(alias="platforms")
    renderers: Providers = Field(default=Providers(), alias="providers")
    models: dict[str, dict[str, Any]] = Field(default={}, description='tables like [models."id"]')

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the operator's file, and that over the defaults; tables are merged key by key."""
        del env_settings, dotenv_settings, file_secret_settings  # ours know the conventional names
        given = sources.variables()
        path = sources.operator_path(given)
        layers = (sources.environment(given), sources.toml(path) if path else {}, sources.defaults())
        return (init_settings, *(InitSettingsSource(settings_cls, init_kwargs=layer) for layer in layers))

    @model_validator(mode="before")
    @classmethod
    def _inside_data(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Database and Drive lie in the data folder where nothing else is said."""
        database = given["database_url"] or f"sqlite:///{given['data']}/clapper.db"
        return given | {"database_url": database, "drive": given["drive"] or f"file:{given['data']}/drive"}

    @property
    def web(self) -> Web:
        return self.chats.web

    def files(self) -> tuple[str, dict[str, str]]:
        """The adapter folder of the Drive and its settings; where it is to be linked to by way of the page, the page's address and what it signs with."""
        page = self.platforms().get("web", {})
        signing = page.get("token") or page.get("oidc_client_secret", "")
        links = {name: text for name, text in (("public_url", page.get("public_url", "")), ("token", signing)) if text}
        if self.drive.startswith("s3:"):
            return "s3", {"url": self.drive, **self.bucket.values(), **links}
        return "local", {"root": self.drive.removeprefix("file:").removeprefix("//"), **links}

    def platforms(self) -> dict[str, dict[str, str]]:
        """Adapter folder -> its own settings, for each chat platform that is switched on; the page is told the limits, Slack where to keep its installations, and who is told links where they lead."""
        found = dict(_switched_on(self.chats.tables()))
        if "web" in found:
            found["web"] |= {
                "max_upload_bytes": str(self.limits.upload_mb * 1_000_000),
                "max_attachments": str(self.limits.attachments),
            }
        for name in found.keys() & {"slack", "discord"}:
            found[name] |= {"public_url": self.web.public_url}
        if "slack" in found:
            found["slack"] |= {"database_url": self.database_url}
        return found

    def writer(self) -> tuple[str, dict[str, str]] | None:
        """The adapter folder of who writes and its settings; None where nobody is to."""
        values = self.llm.values()
        return ("llm", values) if values else None

    def providers(self) -> dict[str, dict[str, str]]:
        """Adapter folder -> its own settings, for each video provider that is switched on."""
        found = dict(_switched_on(self.renderers.tables()))
        if "animatic" in found:
            found["animatic"] = {"workers": str(self.workers)} | found["animatic"]
        return found

    def secrets(self) -> frozenset[str]:
        """Every secret's plain text, for a log to take out."""
        adapters = (*self.chats.tables().values(), *self.renderers.tables().values(), self.bucket, self.llm)
        headers = self.traces.headers.get_secret_value()
        told = (value for adapter in adapters for name, value in adapter.values().items() if names.secret(name))
        return frozenset([*told, *(pair.partition("=")[2].strip() for pair in headers.split(","))]) - {""}


def read() -> Settings:
    """Raises BadSettings."""
    given = sources.variables()
    try:
        settings = Settings()  # pyright: ignore[reportCallIssue] - every field comes from the sources
    except ValidationError as error:
        raise BadSettings(sentences(error, Settings, given, sources.operator_path(given))) from None
    if keyless := [say for table in (settings.chats, settings.renderers) for say in _keyless(table.tables())]:
        raise BadSettings(" ".join(keyless))
    if say := _half_set(settings.llm):
        raise BadSettings(say)
    return settings


def _half_set(llm: Llm) -> str:
    there = llm.values()
    variables = {place[1]: name for name, place in names.OWN.items() if place[0] == "llm"}
    held = " and ".join(name for key, name in variables.items() if key in there)
    missing = " and ".join(name for key, name in variables.items() if key not in there)
    if not held or not missing:
        return ""
    return f"A language model needs all three: {held} given, {missing} missing. Set all or none; where no key is asked for, any word will do."


def _keyless(adapters: Mapping[str, Adapter]) -> Iterator[str]:
    """What is switched on by name and cannot work without a key, in words."""
    for name, adapter in adapters.items():
        values, ways = adapter.values(), names.ENOUGH.get(name, ())
        if adapter.enabled and ways and not any(all(key in values for key in group) for group in ways):
            known = {**names.PLATFORMS, **names.PROVIDERS}[name]
            either = " or ".join(" and ".join(known[key] for key in group) for group in ways)
            yield f"{name} is switched on and has no key: set {either}."


def _switched_on(adapters: Mapping[str, Adapter]) -> Iterator[tuple[str, dict[str, str]]]:
    for name, adapter in adapters.items():
        values = adapter.values()
        enough = any(all(key in values for key in group) for group in names.ENOUGH.get(name, ()))
        if adapter.enabled or (adapter.enabled is None and enough):
            yield name, values


def _text(value: Value | tuple[str, ...] | None) -> str:
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
