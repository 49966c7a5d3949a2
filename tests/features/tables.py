"""Small order books for the tests of this room, written as plain rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal

import ibis
import pyarrow as pa
from ibis.expr.types import Table

from lifeworth.data.contract import Contract
from lifeworth.data.contracts import ORDER_LINES, ORDERS, REFUNDS
from lifeworth.engine.base import Engine


def order(customer: str | None, day: date, value: float | None, **more: object) -> dict[str, object]:
    """One order at noon; `number`, `refunded`, `margin`, `channel` and `country` may be named."""
    return {
        "customer_id": customer,
        "ordered_at": datetime.combine(day, time(12)),
        "net_revenue": value,
        "order_id": more.pop("number", None),
        **more,
    }


def refund(day: date, amount: float, *, order: str | None = None, customer: str | None = None) -> dict[str, object]:
    """Money that went back at noon, of an order or of a customer alone."""
    return {
        "order_id": order,
        "customer_id": customer,
        "refunded_at": datetime.combine(day, time(12)),
        "amount": amount,
    }


def line(order: str, product: str | None, value: float | None, category: str | None = None) -> dict[str, object]:
    """A product on an order."""
    return {
        "order_id": order,
        "product_id": product,
        "product_name": product,
        "category": category,
        "net_revenue": value,
    }


def load_orders(engine: Engine, rows: Iterable[dict[str, object]], name: str = "orders") -> Table:
    return _load(engine, ORDERS, rows, name)


def load_refunds(engine: Engine, rows: Iterable[dict[str, object]], name: str = "refunds") -> Table:
    return _load(engine, REFUNDS, rows, name)


def load_lines(engine: Engine, rows: Iterable[dict[str, object]], name: str = "order_lines") -> Table:
    return _load(engine, ORDER_LINES, rows, name)


def _load(engine: Engine, contract: Contract, rows: Iterable[dict[str, object]], name: str) -> Table:
    schema = ibis.schema(contract.schema).to_pyarrow()
    key = contract.key[0] if contract.key else "order_id"
    whole = []
    for number, row in enumerate(rows):
        row = {key: None, **row}
        row[key] = row[key] or f"#{number}"
        whole.append({field.name: _typed(row.get(field.name), field.type) for field in schema})
    return engine.load(name, pa.Table.from_pylist(whole, schema=schema))


def _typed(value: object, kind: pa.DataType) -> object:
    return Decimal(str(value)) if pa.types.is_decimal(kind) and value is not None else value
