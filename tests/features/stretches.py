"""Small books of subscriptions for tests, written as plain rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import ibis
import pyarrow as pa
from ibis.expr.types import Table

from lifeworth.data.further import SUBSCRIPTIONS
from lifeworth.engine.base import Engine

SCHEMA = ibis.schema(SUBSCRIPTIONS.schema).to_pyarrow()


def stretch(customer: str, start: date, end: date | None, mrr: object, **more: object) -> dict[str, object]:
    """One stretch of a subscription; any column of the contract may be named."""
    return {
        "customer_id": customer,
        "started_at": start,
        "ended_at": end,
        "mrr": Decimal(str(mrr)).quantize(Decimal("0.0001")),
        **more,
    }


def subscriptions_of(rows: Iterable[dict[str, object]]) -> pa.Table:
    whole = [{"subscription_id": f"s{number:06d}", **row} for number, row in enumerate(rows)]
    return pa.Table.from_pylist([{name: row.get(name) for name in SCHEMA.names} for row in whole], schema=SCHEMA)


def load_subscriptions(engine: Engine, rows: Iterable[dict[str, object]], name: str = "subscriptions") -> Table:
    return engine.load(name, subscriptions_of(rows))
