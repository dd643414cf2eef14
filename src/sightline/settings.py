"""Every option of the server: from the command line, `SIGHTLINE_*`, `sightline.toml` in the working directory, or its default here.

The command's options, the environment variables and the documentation are read off this class.
"""

from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from sightline.errors import SettingsError
from sightline.money import Currencies, PriceOverride, Revenue, check_currencies

MIB = 1 << 20


class FactSources(BaseModel):
    """`[facts.NAME]`: where a fact may stand besides where every convention has it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sources: tuple[str, ...] = Field(
        description="attributes.KEY, resource.KEY or attributes.KEY#path.in.json, the one to be believed first first."
    )


class SloSetting(BaseModel):
    """`[[slos]]`: an objective, as `POST /api/v1/reliability/slos` takes it."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    name: str = Field(min_length=1, max_length=200)
    good: str = Field(min_length=1, description="The filter of what is good.")
    objective: float = Field(gt=0, lt=1, description="The share that has to be good: 0.99 for 99 %.")
    among: str = Field("", description="The filter of what counts; empty: everything.")
    of: Literal["requests", "spans"] = "requests"
    window_days: int = Field(30, ge=1, le=90)
    project: str = Field("default", min_length=1, max_length=200)


class Settings(BaseSettings):
    """Frozen once made. Sizes are bytes, times seconds."""

    model_config = SettingsConfigDict(env_prefix="SIGHTLINE_", toml_file="sightline.toml", extra="forbid", frozen=True)

    data: Path = Field(Path("sightline-data"), description="Directory for everything that is kept.")
    store: str | None = Field(
        None,
        pattern=r"^clickhouses?(\+https?)?://",
        description="A ClickHouse server instead of the embedded engine: clickhouse://user:password@host:8123/database.",
    )
    config: str | None = Field(
        None,
        pattern=r"^postgres(ql)?(\+psycopg)?://",
        description="A PostgreSQL for budgets and other configuration instead of config.db in the data directory: "
        "postgresql://user:password@host:5432/database.",
    )
    host: str = Field("127.0.0.1", min_length=1, description="Address to listen on, for HTTP and gRPC.")
    port: int = Field(4318, ge=0, le=65535, description="Port of OTLP/HTTP, the API and the UI; 0 picks a free one.")
    grpc_port: int = Field(4317, ge=-1, le=65535, description="Port of OTLP/gRPC; 0 picks a free one, -1 switches it off.")
    max_body_bytes: int = Field(64 * MIB, ge=1024, le=1024 * MIB, description="Largest request body, decompressed.")
    backlog_bytes: int = Field(
        512 * MIB, ge=MIB, description="Acknowledged bytes that may wait for the engine before senders are told to wait (429)."
    )
    pressure_bytes: int = Field(
        96 * MIB,
        ge=0,
        description="While more than this waits for the engine, answers to senders are held back, so that what is answered is seen soon.",
    )
    pressure_s: float = Field(1.0, ge=0.0, le=5.0, description="How long an answer is held back at the most.")
    segment_bytes: int = Field(32 * MIB, ge=64 * 1024, le=256 * MIB, description="Most bytes that the engine is given at once.")
    segment_linger_s: float = Field(
        0.5, ge=0.0, le=10.0, description="How long arrivals are gathered for one insert while the engine is idle."
    )
    duplicate_hours: int = Field(24, ge=1, le=240, description="How long the same body is known again.")
    most_duplicates: int = Field(
        4_000_000, ge=0, description="Bodies that are remembered for it at the most; about 17 bytes of memory each."
    )
    settle_quiet_s: float = Field(10.0, ge=0.0, description="A trace with its root is settled when nothing came for so long.")
    settle_patience_s: float = Field(600.0, ge=0.0, description="A trace without its root is settled when nothing came for so long.")
    settle_every_s: float = Field(1.0, gt=0.0, description="Pause between two settling passes.")
    settle_share: float = Field(
        0.1, gt=0.0, le=1.0, description="Share of the time that settling may take while few traces wait; it pauses for up to 5 s for it."
    )
    rollup_quiet_s: float = Field(60.0, ge=0.0, description="An hour that is over is rolled up when nothing changed in it for so long.")
    retention_days: Literal[7, 30, 90, 400] = Field(90, description="How long facts and content are kept.")
    reviews_every_s: float = Field(
        600.0, ge=1.0, description="How often review queues are filled by their weekly quota and judges that are due are calibrated."
    )
    query_seconds: float = Field(30.0, gt=0.0, description="A query's time limit.")
    query_memory_bytes: int = Field(
        1024 * MIB, ge=64 * MIB, description="A query's memory; sorting and grouping spill to disk at half of it."
    )
    query_readers: int = Field(4, ge=1, le=64, description="Queries that run at once.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least severity that is logged.")
    workers_gone_s: float = Field(
        15.0, ge=2.0, le=600.0, description="A judging worker that said nothing for so long is gone: what it had is handed to others."
    )
    judges: Path | None = Field(None, description="Directory of judges' definitions, one TOML file each: docs/judging.md.")
    facts: dict[str, FactSources] = Field({}, description="Sources of your own for a fact, `[facts.NAME]` tables: docs/conventions.md.")
    prices: tuple[PriceOverride, ...] = Field((), description="Prices of your own, `[[prices]]` tables: docs/prices.md.")
    currencies: Currencies = Field((), description="US dollars for one unit of the currencies that they are in: docs/prices.md.")
    revenue: tuple[Revenue, ...] = Field((), description="What requests earn that don't say it, `[[revenue]]` tables: docs/prices.md.")

    slos: tuple[SloSetting, ...] = Field((), description="Service level objectives, `[[slos]]` tables: docs/reliability.md.")
    metrics_labels: tuple[str, ...] = Field(
        ("project", "operation", "provider", "request_model", "error_type"),
        max_length=10,
        description="Facts that the series of /metrics are told apart by: docs/reliability.md.",
    )
    metrics_series: int = Field(
        200, ge=1, le=10_000, description="Sets of values of those that have series of their own; further ones are counted as other."
    )

    @model_validator(mode="after")
    def _knows_its_currencies(self) -> Self:
        check_currencies(self.prices, self.currencies)
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Command line first, then the environment, then the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def read_settings(**said: object) -> Settings:
    """Settings from all their sources; `said` (the command line) comes first, its None means 'not said'.

    Raises SettingsError that names each option at fault and what it may be.
    """
    try:
        return Settings(**{name: value for name, value in said.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        faults = (
            f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']} (it is {fault['input']!r:.80})"
            if fault["loc"]
            else fault["msg"].removeprefix("Value error, ")
            for fault in error.errors(include_url=False)
        )
        raise SettingsError("These options can't be used: " + "; ".join(faults)) from error
    except (OSError, ValueError) as error:
        raise SettingsError(f"sightline.toml can't be read: {error}") from error
