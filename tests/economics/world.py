"""A tiny business reckoned by hand, and one whose every cent is counted a second time in plain SQL."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import ibis
import pyarrow as pa

from lifeworth.data.contracts import TABLES
from lifeworth.economics.terms import Terms
from lifeworth.settings import Assumptions
from lifeworth.units import Period, Rate

AS_OF = date(2025, 6, 30)


def typed(name, rows):
    """Rows of a table of the house: columns left out are empty."""
    contract = TABLES[name]
    schema = ibis.schema(contract.schema).to_pyarrow()
    return pa.Table.from_pylist([{key: _money(row.get(key)) for key in schema.names} for row in rows], schema=schema)


def _money(value):
    return Decimal(str(value)) if isinstance(value, float) else value


def day(text):
    """A date from its ISO text."""
    return date.fromisoformat(text)


def at(text):
    """Noon of a day."""
    return datetime.fromisoformat(f"{text} 12:00:00")


def terms(**changes):
    """Terms of a year ahead at 40 % margin, with the assumptions given."""
    given = {
        "as_of": AS_OF,
        "horizon": Period.months(12),
        "discount": Rate(0.1),
        "margin": 0.4,
        "margin_of_orders": False,
        "margin_source": "as stated",
        "assumptions": Assumptions(),
    }
    return Terms(**(given | changes))


def base(engine, customers):
    """The tables of a run from `customer: (channel, [(day, amount)], probability alive, predicted value)`."""
    orders, days, history, known, scored = [], [], [], [], []
    for name, (channel, bought, alive, predicted) in customers.items():
        for number, (when, amount) in enumerate(bought):
            orders.append(
                {"order_id": f"{name}-{number}", "customer_id": name, "ordered_at": at(when), "net_revenue": amount}
            )
            days.append({"customer_id": name, "day": day(when), "value": Decimal(str(amount)), "margin": None})
        total = sum(amount for _, amount in bought)
        history.append({"customer_id": name, "first_day": day(bought[0][0]), "revenue": total})
        known.append({"customer_id": name, "acquired_at": at(bought[0][0]), "acquisition_channel": channel})
        scored.append(
            {
                "customer_id": name,
                "historic_clv": total * 0.4,
                "predicted_clv": predicted,
                "probability_alive": alive,
                "expected_orders": 2.0,
                "expected_order_value": total / len(bought),
            }
        )
    money = ibis.schema(TABLES["orders"].schema)["net_revenue"].to_pyarrow()
    shape = pa.schema([("customer_id", pa.string()), ("day", pa.date32()), ("value", money), ("margin", money)])
    return {
        "orders": engine.load("orders", typed("orders", orders)),
        "customers": engine.load("customers", typed("customers", known)),
        "purchase_days": engine.load("purchase_days", pa.Table.from_pylist(days, schema=shape)),
        "history": engine.load("history", pa.Table.from_pylist(history)),
        "customers_scored": engine.load("customers_scored", pa.Table.from_pylist(scored)),
    }


def rows(engine, name="net_value"):
    """A table as mappings, by customer."""
    return {row["customer_id"]: row for row in engine.arrow(engine.table(name)).to_pylist()}
