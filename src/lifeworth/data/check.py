"""What the data allow, before anything is computed: a readiness table with numbers and what to add.

Thresholds for fitted models are settings (`min_customers`, `min_repeaters`); the others are constants here, each with
its reason. A capability is `ready`, `limited` (it works, and the reason says what to be careful about) or `missing`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from lifeworth.data.beside import allow
from lifeworth.data.beside.read import NOTHING, Beside
from lifeworth.data.capability import Capability
from lifeworth.data.clean import Cleaned
from lifeworth.data.notes import counted
from lifeworth.engine.base import Engine
from lifeworth.report.spec import Column, Table
from lifeworth.settings import Settings

FRESH = 30
"""Days: when the last order is older than this on the as-of date, the export is probably not complete."""

YEAR = 365
"""Days of history below which a year's rhythm and a customer's lifespan cannot be seen."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What readiness is judged by.

    `customers` have ordered, `repeaters` of them on at least two days; days are those of the first and the last order.
    """

    customers: int
    repeaters: int
    first_day: date
    last_day: date
    as_of: date

    @property
    def span(self) -> int:
        """Days from the first order to the as-of date, both counted."""
        return (self.as_of - self.first_day).days + 1


class Described(Protocol):
    """What readiness asks of a source."""

    @property
    def has(self) -> Collection[str]:
        """The staged columns the source fills."""


def count(engine: Engine, cleaned: Cleaned) -> Facts:
    """The facts of cleaned data, in one query."""
    known = cleaned.orders.filter(cleaned.orders["customer_id"].notnull())
    people = known.group_by("customer_id").agg(first=known["ordered_at"].min(), last=known["ordered_at"].max())
    row = engine.row(
        people.agg(
            customers=people.count(),
            repeaters=(people["first"].date() != people["last"].date()).sum().fill_null(0).cast("int64"),
        )
    )
    return Facts(row["customers"], row["repeaters"], cleaned.first_at.date(), cleaned.last_at.date(), cleaned.as_of)


def readiness(
    source: Described,
    cleaned: Cleaned,
    settings: Settings,
    engine: Engine,
    *,
    facts: Facts | None = None,
    beside: Beside = NOTHING,
) -> tuple[Capability, ...]:
    """What these data allow.

    Args:
        source: What was read.
        cleaned: What came of it.
        settings: Thresholds, horizon, margin.
        engine: Where the tables are; asked only without `facts`.
        facts: Counts, where they are known already.
        beside: Tables beside orders that came in.
    """
    known = facts or count(engine, cleaned)
    return (
        *_value(cleaned, known, settings),
        *_forecast(cleaned, known, settings),
        *_groups(cleaned, known),
        *_details(set(source.has), cleaned),
        *allow.capabilities(settings, beside),
    )


def too_few(facts: Facts, settings: Settings) -> str:
    """Why no model can be fitted, in a sentence with the numbers; empty when one can."""
    short = []
    if facts.customers < settings.min_customers:
        short.append(f"{settings.min_customers:,} customers are needed, there are {facts.customers:,}")
    if facts.repeaters < settings.min_repeaters:
        short.append(
            f"{settings.min_repeaters:,} customers with orders on a second day are needed, there are {facts.repeaters:,}"
        )
    return "; ".join(short)


def table(capabilities: Collection[Capability]) -> Table:
    """The readiness table, what is ready first."""
    columns = (
        Column("capability", "Capability"),
        Column("state", "State", definition="ready, limited (usable, with the limit named) or missing"),
        Column("why", "Why"),
        Column("add", "What to add"),
    )
    order = {"ready": 0, "limited": 1, "missing": 2}
    rows = tuple(
        (one.title, one.state, one.why, one.add) for one in sorted(capabilities, key=lambda one: order[one.state])
    )
    return Table("What these data allow", columns, rows)


# -- the rules --------------------------------------------------------------------------------------------------------
def _value(cleaned: Cleaned, facts: Facts, settings: Settings) -> Iterator[Capability]:
    amount = "a column with the amount of an order (--map money=COLUMN)"
    customer = "a column that names the customer (--map customer_id=COLUMN)"
    title = "Historic value"
    if not cleaned.has_money:
        yield Capability("historic_value", title, "missing", "There are no amounts.", amount)
    elif not facts.customers:
        yield Capability("historic_value", title, "missing", "No order names a customer.", customer)
    else:
        why = f"{facts.customers:,} customers, {facts.first_day} to {facts.last_day}."
        yield Capability("historic_value", title, "ready", why)
    title = "Simple CLV"
    if not cleaned.has_money or not facts.customers:
        yield Capability("simple_clv", title, "missing", "It needs customers and amounts.", amount)
    elif facts.span < YEAR:
        why = f"{facts.span:,} days of history: how long customers stay can hardly be seen in less than a year."
        yield Capability("simple_clv", title, "limited", why, "older orders")
    else:
        yield Capability("simple_clv", title, "ready", f"{facts.span:,} days of history.")
    title = "Margin"
    if cleaned.has_margin:
        yield Capability("margin", title, "ready", "The source states margins or costs.")
    elif settings.margin is not None:
        why = f"One rate for all orders: {settings.margin:.1%}."
        yield Capability("margin", title, "limited", why, "a column with the cost or the margin of each row")
    else:
        why = "There are neither costs nor a rate, so value is revenue."
        yield Capability("margin", title, "missing", why, "a cost column, or a rate: --margin 0.4")
    why = f"Future money is discounted at {settings.discount:.1%} a year."
    yield Capability("discounting", "Discounting", "ready", why)


def _forecast(cleaned: Cleaned, facts: Facts, settings: Settings) -> Iterator[Capability]:
    short = too_few(facts, settings)
    limits = _limits(facts, settings)
    why = f"{facts.customers:,} customers, {facts.repeaters:,} of them with orders on a second day."
    named = {"predicted_orders": "Predicted orders", "churn": "Churn risk", "predicted_value": "Predicted value"}
    for name, title in named.items():
        if short:
            yield Capability(
                name, title, "missing", f"{short[0].upper()}{short[1:]}.", "more customers or older orders"
            )
        elif name == "predicted_value" and not cleaned.has_money:
            yield Capability(name, title, "missing", "There are no amounts.", "a column with the amount of an order")
        elif limits:
            yield Capability(name, title, "limited", f"{why} {' '.join(text for text, _ in limits)}", limits[0][1])
        else:
            yield Capability(name, title, "ready", why)


def _limits(facts: Facts, settings: Settings) -> list[tuple[str, str]]:
    limits = []
    ahead = (settings.horizon.after(facts.as_of) - facts.as_of).days
    if facts.span < ahead:
        text = f"The horizon of {settings.horizon} looks {ahead:,} days ahead, the data {facts.span:,} days back."
        limits.append((text, "older orders, or a shorter --horizon"))
    silent = (facts.as_of - facts.last_day).days
    if silent > FRESH:
        text = f"The last order is {silent:,} days before {facts.as_of}: if the export ends early, customers look lost."
        limits.append((text, "the orders since then, or an earlier --as-of"))
    return limits


def _groups(cleaned: Cleaned, facts: Facts) -> Iterator[Capability]:
    months = (facts.as_of.year - facts.first_day.year) * 12 + facts.as_of.month - facts.first_day.month + 1
    title, why = "Cohorts", f"Orders of {counted(months, 'calendar month')}."
    if months < 2 or not facts.customers:
        yield Capability("cohorts", title, "missing", why, "orders of at least two months")
    elif months < 6:
        yield Capability("cohorts", title, "limited", f"{why} Trends show from about six.", "older orders")
    else:
        yield Capability("cohorts", title, "ready", why)
    if not facts.customers:
        yield Capability("rfm", "RFM segments", "missing", "No order names a customer.", "a customer column")
    elif not cleaned.has_money:
        why = "Recency and frequency only: there are no amounts."
        yield Capability("rfm", "RFM segments", "limited", why, "a column with the amount of an order")
    else:
        yield Capability("rfm", "RFM segments", "ready", f"{facts.customers:,} customers to rank.")
    back = cleaned.reconciliation.off.get("refunded", 0) or cleaned.refunds is not None
    if back:
        yield Capability(
            "returns", "Returns netted", "ready", "Refunds and returns are taken off the orders they belong to."
        )
    else:
        why = "Nothing in the source went back; where returns are booked elsewhere, values are too high."
        yield Capability("returns", "Returns netted", "limited", why, "return rows, or a column with refunded amounts")


def _details(has: set[str], cleaned: Cleaned) -> Iterator[Capability]:
    title = "Product insight"
    if not has & {"product_id", "product_name"}:
        yield Capability("products", title, "missing", "Rows name no product.", "order lines with product and quantity")
    elif cleaned.order_lines is None:
        yield Capability("products", title, "limited", "One product an order at most.", "one row an order line")
    elif "category" not in has:
        yield Capability("products", title, "limited", "Products have no category.", "a column with the category")
    else:
        yield Capability("products", title, "ready", "Order lines with product and category.")
    if "discount" in has:
        yield Capability("discounts", "Discount effects", "ready", "The source states discounts.")
    else:
        yield Capability("discounts", "Discount effects", "missing", "No discounts are stated.", "a discount column")
    if "channel" in has:
        yield Capability("channels", "Channel analysis", "ready", "Orders name their channel.")
    else:
        yield Capability("channels", "Channel analysis", "missing", "Orders name no channel.", "a channel column")


BEYOND_ORDERS = allow.NAMES
"""Names of the capabilities no order file can bring."""
