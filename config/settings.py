"""The settings as one checked value."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from config import BadSettings, names, sources
from config.say import sentences
from config.sections import Bucket, Defaults, Limits, Llm, Spending, Timing, Traces, Value, in_words


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
        texts = {name: in_words(value) for name, value in every.items() if name != "enabled"}
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
