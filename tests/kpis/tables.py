"""Small companies for the tests of the figures, written as plain rows, and the workspace they stand in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import ibis
import pyarrow as pa

from lifeworth.data.contract import MONEY
from lifeworth.data.contracts import ORDERS, SCORES, TABLES
from lifeworth.engine.base import Engine
from lifeworth.features.cohorts import cohorts
from lifeworth.features.history import history, purchase_days
from lifeworth.settings import Settings
from lifeworth.workspace import Workspace

AS_OF = date(2025, 12, 31)

MOVEMENTS = {
    "customer_id": "string",
    "day": "date",
    "kind": "string",
    "change": MONEY,
    "mrr_before": MONEY,
    "mrr_after": MONEY,
    "plan": "string",
    "interval": "string",
    "cause": "string",
}
MADE: dict[str, dict[str, Any]] = {
    "mrr_movements": MOVEMENTS,
    "cohort_forecast": {
        "cohort": "date",
        "channel": "string",
        "month_start": "date",
        "active": "float64",
        "orders": "float64",
        "revenue": "float64",
        "margin": "float64",
    },
}


def order(customer: str | None, day: date, value: str | None, **more: Any) -> dict[str, Any]:
    """An order at noon; `margin`, `refunded`, `discount`, `channel` may be named."""
    return {"customer_id": customer, "ordered_at": day, "net_revenue": value, **more}


def load(engine: Engine, name: str, rows: Iterable[Mapping[str, Any]]) -> Any:
    """A table of the house from rows; what a row does not say is empty."""
    columns = MADE.get(name) or TABLES[name].schema
    schema = ibis.schema(columns).to_pyarrow()
    whole = [{field.name: _typed(row.get(field.name), field.type) for field in schema} for row in rows]
    return engine.load(name, pa.Table.from_pylist(whole, schema=schema))


def workspace(
    engine: Engine,
    orders: Iterable[Mapping[str, Any]],
    *,
    as_of: date = AS_OF,
    settings: Settings | None = None,
    **tables: Any,
) -> Workspace:
    """A workspace as a run leaves it, of these orders and tables; refunds may be among the tables."""
    rows = [{"order_id": f"#{k}", "currency": "EUR", **row} for k, row in enumerate(orders)]
    placed = load(engine, "orders", rows)
    for name, more in tables.items():
        load(engine, name, more)
    refunds = engine.table("refunds") if "refunds" in tables else None
    engine.create("purchase_days", purchase_days(placed, refunds, as_of))
    past = engine.create("history", history(placed, refunds, as_of))
    first = min((row["ordered_at"] for row in rows), default=as_of)
    engine.create("cohorts", cohorts(placed, refunds, first, as_of))
    if "customers" not in tables:
        found = placed.filter(placed["customer_id"].notnull())
        came = found.group_by("customer_id").agg(
            acquired_at=found["ordered_at"].min(), acquisition_channel=found["channel"].argmin(found["ordered_at"])
        )
        engine.create("customers", came.mutate(country=ibis.null("string")))
    if "customers_scored" not in tables:
        empty = {name: ibis.null(kind) for name, (kind, _) in SCORES.columns.items()}
        scored = {
            **empty,
            "customer_id": past["customer_id"],
            "orders": past["orders"],
            "value_tier": ibis.literal("Low"),
        }
        engine.create("customers_scored", past.select(**scored))
    facts = {"first_day": first.isoformat(), "as_of": as_of.isoformat(), "value": {"margin": 0.5}, "settings": {}}
    return Workspace(engine, settings or Settings(), as_of, "EUR", facts)


def movement(customer: str, day: date, kind: str, change: str, **more: Any) -> dict[str, Any]:
    """A movement of MRR."""
    return {"customer_id": customer, "day": day, "kind": kind, "change": change, **more}


def _typed(value: Any, kind: pa.DataType) -> Any:
    if value is None:
        return None
    if pa.types.is_decimal(kind):
        return Decimal(str(value))
    if pa.types.is_timestamp(kind) and not isinstance(value, datetime):
        return datetime.combine(value, time(12))
    return value


ORDER_COLUMNS = tuple(ORDERS.columns)
