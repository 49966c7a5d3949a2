"""Values on the wire: money with its currency, ISO dates, no number that is none."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from lifeworth.report.spec import Column


def money(value: Any, currency: str) -> dict[str, str] | None:
    """An amount with its currency; every decimal place of a sum that was counted, cents of one that was estimated."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if isinstance(value, float):
        text = f"{value:.2f}"
        return {"amount": "0.00" if text == "-0.00" else text, "currency": currency}
    exact = Decimal(value)
    whole, _, cents = f"{exact:f}".partition(".")
    return {"amount": f"{whole}.{cents.rstrip('0'):0<2}", "currency": currency}


def value_of(value: Any) -> Any:
    """A value JSON knows."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, list | tuple):
        return [value_of(one) for one in value]
    return str(value)


def moment(value: datetime | None) -> str | None:
    """A time of the book, which keeps UTC, with its zone."""
    if value is None:
        return None
    return (value if value.tzinfo is not None else value.replace(tzinfo=UTC)).isoformat().replace("+00:00", "Z")


def record(row: Mapping[str, Any], columns: Mapping[str, Column], currency: str) -> dict[str, Any]:
    """A row of customers as JSON: money columns with their currency, the others as they are."""
    return {
        name: money(value, currency) if name in columns and columns[name].kind == "money" else value_of(value)
        for name, value in row.items()
    }


MONEY_WORDS = ("amount", "revenue", "margin", "discount", "refunded", "cost", "mrr", "money", "price", "value", "delta")
"""Parts of the names of columns that hold money, in what happened to a customer."""


def event(row: Mapping[str, Any], currency: str) -> dict[str, Any]:
    """Something that happened to a customer, as JSON: decimals in columns named after money carry the currency."""
    return {
        name: money(value, currency)
        if isinstance(value, Decimal) and any(word in name for word in MONEY_WORDS)
        else value_of(value)
        for name, value in row.items()
    }
