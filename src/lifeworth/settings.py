"""Every setting of a workspace in one place: `lifeworth.toml`, the environment, the command line, in this order.

Read once at the edge and passed on as an argument; nothing below the faces looks at a file or the environment for it.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from lifeworth.errors import FileError, OptionError, near
from lifeworth.units import Period, TimeUnit

ENVIRONMENT_PREFIX = "LIFEWORTH_"

NESTED = frozenset({"columns", "tables", "assumptions", "measures", "metrics", "segments", "rfm", "monitoring"})
"""Settings with names of their own inside, which one variable of the environment cannot hold."""


ADDRESS = r"[^@\s,<>]+@[^@\s,<>]+"
"""What an e-mail address looks like, as far as it must be known here."""


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, by its name alone: no name is looked up."""
    return host in {"localhost", "::1", "[::1]"} or bool(re.fullmatch(r"127(\.\d{1,3}){3}", host))


class Assumptions(BaseModel):
    """What no table states: the `[assumptions]` of `lifeworth.toml`. A figure that leans on one says so."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cost_per_ticket: float | None = Field(None, ge=0, description="Cost of a request to customer service.")
    cost_per_return: float | None = Field(
        None, ge=0, description="Cost of an order that comes back, wholly or in part."
    )
    shipping_per_order: float | None = Field(None, ge=0, description="Shipping the shop pays itself, an order.")
    payment_fee_share: float | None = Field(None, ge=0, lt=1, description="Payment fee as a share of the amount.")
    payment_fee_fixed: float | None = Field(None, ge=0, description="Payment fee an order.")
    cost_per_acquisition: float | None = Field(
        None, ge=0, description="Acquisition cost of a new customer, where marketing_spend says nothing."
    )
    retention_per_customer_year: float | None = Field(
        None, ge=0, description="Retention spend a customer and year, where marketing_spend says nothing."
    )
    referral_share: float = Field(
        0.5, ge=0, le=1, description="Share of a referred customer's net value that is owed to who brought them."
    )


class Measure(BaseModel):
    """A sum or count of the user's own: a `[measures.NAME]` of `lifeworth.toml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    table: str = Field(description="Table of the house it is taken from.")
    aggregate: Literal["sum", "count", "distinct", "mean", "min", "max"] = Field("sum", description="What is done.")
    value: str = Field("", description="Column, or an expression over columns; a count needs none.")
    where: str = Field("", description="Condition over columns that rows must meet.")
    at: str = Field("", description="Column with the day a row belongs to; by default the table's own.")


class Metric(BaseModel):
    """A figure of the user's own: a `[metrics.NAME]` of `lifeworth.toml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    formula: str = Field(description="Arithmetic over measures and other figures: order_revenue / orders.")
    title: str = Field("", description="What it is called; by default its name.")
    definition: str = Field("", description="What it means, in a sentence.")
    kind: Literal["count", "number", "money", "percent", "ratio", "days", "years"] = Field(
        "number", description="How it reads."
    )
    direction: Literal["up", "down", "neither"] = Field("neither", description="Whether more of it is good.")


class Limits(BaseModel):
    """Limits of the fixed RFM scores: the `[rfm]` of `lifeworth.toml`, four each; where nothing is stated, ours."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    days: tuple[float, ...] = Field((), description="Days since the last order: at most so many, for 5, 4, 3 and 2.")
    orders: tuple[float, ...] = Field((), description="Orders: at least so many, for 2, 3, 4 and 5.")
    money: tuple[float, ...] = Field((), description="Net revenue so far: at least so much, for 2, 3, 4 and 5.")

    @field_validator("days", "orders", "money")
    @classmethod
    def _four(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        if value and (len(set(value)) != 4 or min(value) <= 0):
            raise ValueError("four different limits above 0 make five scores, such as [30, 90, 180, 365]")
        return value


class ToFile(BaseModel):
    """Alerts into a file, one JSON object a line: the `[monitoring.file]` of `lifeworth.toml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path = Field(Path("alerts.jsonl"), description="The file, told from the folder of the workspace.")


class ToMail(BaseModel):
    """Alerts by e-mail: the `[monitoring.email]` of `lifeworth.toml`. The password stands in the environment alone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field(min_length=1, description="Name of the SMTP server.")
    port: int = Field(587, ge=1, le=65535, description="Its port: 587 with starttls, 465 with ssl.")
    security: Literal["starttls", "ssl", "none"] = Field("starttls", description="none only on this machine.")
    user: str = Field("", description="Who signs in; nobody where it is empty.")
    password_env: str = Field("", description="Variable of the environment that holds the password.")
    sender: str = Field(pattern=ADDRESS, description="Address it comes from.")
    to: tuple[str, ...] = Field(min_length=1, description="Addresses it goes to.")
    timeout: float = Field(20, gt=0, le=300, description="Seconds to wait for the server.")

    @field_validator("to")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [one for one in value if not re.fullmatch(ADDRESS, one)]:
            raise ValueError(f'"{wrong[0]}" is no e-mail address')
        return value

    @model_validator(mode="after")
    def _sound(self) -> ToMail:
        if self.security == "none" and not is_loopback(self.host):
            raise ValueError('security = "none" is for a server on this machine alone; use "starttls" or "ssl"')
        if bool(self.user) != bool(self.password_env):
            raise ValueError("user and password_env go together: who signs in, and the variable with the password")
        return self


class ToWebhook(BaseModel):
    """Alerts as HTTP POST: the `[monitoring.webhook]` of `lifeworth.toml`. The key of the signature stands in the environment alone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(description="Where it goes; https, unless it is on this machine.")
    secret_env: str = Field("", description="Variable of the environment that holds the key of the signature.")
    timeout: float = Field(10, gt=0, le=120, description="Seconds to wait for an answer.")
    tries: int = Field(3, ge=1, le=10, description="Attempts at one look, with a growing pause between them.")

    @field_validator("url")
    @classmethod
    def _safe(cls, value: str) -> str:
        split = urlsplit(value)
        if split.scheme not in {"http", "https"} or not split.hostname:
            raise ValueError("an address such as https://example.com/hook is needed")
        if split.scheme == "http" and not is_loopback(split.hostname):
            raise ValueError("only https leaves this machine")
        if split.username or split.password:
            raise ValueError("no password belongs into an address; name the key with secret_env")
        return value


class Monitoring(BaseModel):
    """When to raise an alert, and whom to tell: the `[monitoring]` of `lifeworth.toml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    false_alarms: float = Field(
        1, gt=0, le=30, description="Alerts a month by chance alone that are put up with, over all checks."
    )
    off: tuple[str, ...] = Field((), description="Checks that are not run, by name.")
    fresh_within: int | None = Field(
        None, ge=1, description="Days after which data are late; by default from the rhythm of the imports."
    )
    least_change: float = Field(0.2, gt=0, lt=1, description="Changes smaller than this share are never told.")
    psi: float = Field(0.15, gt=0, description="Population stability index from which on a distribution has drifted.")
    calibration: float = Field(
        0.2, gt=0, lt=1, description="Share by which a promise must be missed, beside its interval."
    )
    value_at_risk: float = Field(
        0.1, gt=0, lt=1, description="Share of the value of the best customers that may fade within a month."
    )
    quiet_hours: str = Field("", description="Hours in which nothing is sent, such as 22:00-07:00.")
    timezone: str = Field("", description="Zone of the quiet hours, such as Europe/Berlin; by default this machine's.")
    least_minutes: int = Field(60, ge=0, description="Minutes between two messages on one channel.")
    remind_days: int = Field(7, ge=0, description="Days after which an open alert is told again; 0: never.")
    least_severity: Literal["notice", "warning", "critical"] = Field("warning", description="Milder ones are not sent.")
    file: ToFile | None = Field(None, description="Into a file.")
    email: ToMail | None = Field(None, description="By e-mail.")
    webhook: ToWebhook | None = Field(None, description="To an address on the web.")

    @field_validator("quiet_hours")
    @classmethod
    def _hours(cls, value: str) -> str:
        if value and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d", value):
            raise ValueError("two times such as 22:00-07:00 are needed")
        return value

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        if value:
            try:
                ZoneInfo(value)
            except (ZoneInfoNotFoundError, ValueError, OSError) as error:
                raise ValueError(f'no zone is called "{value}"; one is called Europe/Berlin') from error
        return value


class Settings(BaseModel):
    """What a run is told. Every field has a default that suits a common export."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    as_of: date | None = Field(
        None, description="Last day the figures know about; by default the day of the last order."
    )
    horizon: Period = Field(Period(12, "months"), description="How far ahead value is predicted: 12m, 52w or 365d.")
    margin: float | None = Field(
        None, gt=0, le=1, description="Contribution margin as a share of net revenue, where the data has no costs."
    )
    discount: float = Field(0.10, ge=0, le=10, description="Annual discount rate on future money.")
    currency: str | None = Field(None, description="The currency of the workspace; by default that of the data.")
    rates: Path | None = Field(
        None, description="CSV with columns currency, rate (and date): one unit in workspace currency."
    )
    dates: Literal["auto", "day-first", "month-first", "year-first"] = Field(
        "auto", description="How a date such as 03/04/2025 reads, where the data does not decide."
    )
    decimal: Literal["auto", "point", "comma"] = Field(
        "auto", description="How 1,234 reads, where the data does not decide."
    )
    columns: dict[str, str] = Field(default_factory=dict, description="Column map: our name = your column (--map).")
    zero_value: Literal["keep", "set-aside"] = Field(
        "keep", description="Orders worth nothing: a purchase occasion of value 0, or set aside."
    )
    duplicates: Literal["set-aside", "keep"] = Field(
        "set-aside",
        description="Rows alike in every column that name the same order: once, or as often as they stand there.",
    )
    model: str = Field("auto", description="The order model; by default the one that wins the back-test.")
    covariates: str = Field(
        "auto",
        description="What is known of customers from their first purchase and may move their parameters: auto, none, or names such as "
        "channel, country, first_category, first_product.",
    )
    high_value: float = Field(
        0.10, gt=0, lt=1, description="Share of customers that counts as high-value: what they reach is the threshold."
    )
    time_unit: TimeUnit = Field(TimeUnit.WEEK, description="The unit the model's parameters are stated in.")
    seed: int = Field(20240101, ge=0, description="Seed of everything drawn at random.")
    renewals: Literal["auto", "orders", "apart"] = Field(
        "auto",
        description="Whether renewals of subscriptions also stand among the orders: auto looks for their bills, orders says yes, apart no.",
    )
    tables: dict[str, str] = Field(
        default_factory=dict, description="Tables beside orders: name = file or database URL (--table)."
    )
    assumptions: Assumptions = Field(Assumptions(), description="What no table states, such as cost_per_ticket.")
    measures: dict[str, Measure] = Field(default_factory=dict, description="Sums and counts of your own.")
    metrics: dict[str, Metric] = Field(default_factory=dict, description="Figures of your own.")
    segments: dict[str, str] = Field(
        default_factory=dict, description="Segments of your own: name = condition over columns of customers.csv."
    )
    rfm: Limits = Field(Limits(), description="Limits of the fixed RFM scores, such as days = [30, 90, 180, 365].")
    monitoring: Monitoring = Field(Monitoring(), description="When to raise an alert, and whom to tell.")
    min_customers: int = Field(100, ge=2, description="Fewer customers than this get no fitted model.")
    min_repeaters: int = Field(
        30, ge=2, description="Fewer customers with a second order than this get no fitted model."
    )

    @field_validator("horizon", mode="before")
    @classmethod
    def _read_horizon(cls, value: object) -> object:
        return Period.parse(value) if isinstance(value, str) else value

    @field_validator("columns", mode="before")
    @classmethod
    def _read_columns(cls, value: object) -> object:
        """TOML reads `marketing_spend.amount = "Cost"` as a table in a table; here it is one dotted name."""
        if not isinstance(value, Mapping):
            return value
        flat: dict[str, object] = {}
        for name, column in value.items():
            if isinstance(column, Mapping):
                flat |= {f"{name}.{inner}": deep for inner, deep in column.items()}
            else:
                flat[name] = column
        return flat

    @field_validator("covariates", mode="before")
    @classmethod
    def _read_covariates(cls, value: object) -> object:
        return ",".join(str(name) for name in value) or "none" if isinstance(value, list | tuple) else value

    def with_(self, **changes: Any) -> Settings:
        """A copy with some fields changed, checked like any other input; `None` leaves a field as it is."""
        return load({**self.model_dump(), **{key: value for key, value in changes.items() if value is not None}})


def load(values: Mapping[str, Any]) -> Settings:
    """Settings from plain values; every fault is named at once.

    Raises:
        OptionError: if a name is unknown or a value is not allowed.
    """
    try:
        return Settings(**values)
    except ValidationError as error:
        faults = [_fault([str(part) for part in item["loc"]], item["msg"], item["type"]) for item in error.errors()]
        raise OptionError("Some settings cannot be used:", faults=faults) from error


def read(
    folder: Path | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    changes: Mapping[str, Any] | None = None,
) -> Settings:
    """Settings of a workspace: its `lifeworth.toml`, overlaid by the environment, overlaid by `changes`.

    Tables beside orders add up: one that is named in `changes` goes before that of the file, the others stay.

    Args:
        folder: The workspace; without it, or without the file in it, the defaults hold.
        environment: Variables such as `LIFEWORTH_MARGIN`; `os.environ` when not given.
        changes: What the command line or the caller says; a `None` says nothing.
    """
    values: dict[str, Any] = {}
    file = None if folder is None else folder / "lifeworth.toml"
    if file is not None and file.exists():
        try:
            values |= tomllib.loads(file.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise FileError(
                f"{file} is not valid TOML: {error}.", hint="Mend the line it names, or move the file away."
            ) from error
    if folder is not None and isinstance(values.get("tables"), Mapping):
        values["tables"] = {name: _beside(folder, place) for name, place in values["tables"].items()}
    known = {name for name in Settings.model_fields if name not in NESTED}
    for name, text in (os.environ if environment is None else environment).items():
        field = name.removeprefix(ENVIRONMENT_PREFIX).lower()
        if name.startswith(ENVIRONMENT_PREFIX) and field in known:
            values[field] = text
    told = {name: value for name, value in (changes or {}).items() if value is not None}
    if "tables" in told and isinstance(values.get("tables"), Mapping):
        told["tables"] = {**values["tables"], **told["tables"]}  # a table named now goes beside those of the file
    return load(values | told)


def _beside(folder: Path, place: object) -> object:
    """Where a table of `lifeworth.toml` lies: a path is told from the folder of the workspace, a database URL as it is."""
    if not isinstance(place, str) or "://" in place:
        return place
    return str(folder / place)


def _fault(place: Sequence[str], message: str, kind: str) -> str:
    """A fault with the setting it is in; inside a named one, such as `metrics.margin_rate.formula`, with the whole way to it."""
    name = ".".join(place)
    if kind == "extra_forbidden":
        inside: dict[str, type[BaseModel]] = {
            "assumptions": Assumptions, "measures": Measure, "metrics": Metric, "rfm": Limits, "monitoring": Monitoring,
            "monitoring.file": ToFile, "monitoring.email": ToMail, "monitoring.webhook": ToWebhook,
        }  # fmt: skip
        deep = inside.get(".".join(place[:2])) if len(place) > 2 else None
        known = (deep or inside[place[0]]).model_fields if len(place) > 1 else Settings.model_fields
        return f'"{name}" is not a setting. {near(place[-1], known)}'.rstrip()
    return f"{name}: {message}"
