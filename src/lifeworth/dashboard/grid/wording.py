"""The filters of the grid in an address, so that a list can be shared, read again and exported.

An address says them as a person would: `?value_tier=Gold,Silver&predicted_clv.ge=100&order=-predicted_clv`. Shares are written as
fractions there, as the API takes them; in the grid they are typed in percent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from lifeworth.asked import joined, parted
from lifeworth.dashboard.grid.conditions import NUMERIC, VALUELESS
from lifeworth.engine.shelf import Condition, Order
from lifeworth.report.spec import Column

SORT = "order"
SHOW = "columns"
OPS = ("eq", "ne", "lt", "le", "gt", "ge", "in", "contains", "starts", "empty", "filled")
_GRID_TEXT = {"contains": "contains", "eq": "equals", "ne": "notEqual", "starts": "startsWith"}
_GRID_NUMBER = {
    "eq": "equals",
    "ne": "notEqual",
    "lt": "lessThan",
    "le": "lessThanOrEqual",
    "gt": "greaterThan",
    "ge": "greaterThanOrEqual",
}


def said(where: Sequence[Condition], order: Sequence[Order] = ()) -> dict[str, str]:
    """Conditions and an order as the pairs of an address."""
    pairs: dict[str, str] = {}
    for one in where:
        listed = one.op == "in" or (one.op == "eq" and not _odd(one.value))
        pairs[one.column if listed else f"{one.column}.{one.op}"] = _written(one)
    if order:
        pairs[SORT] = ",".join(("-" if one.descending else "") + one.column for one in order)
    return pairs


def model_of(pairs: Mapping[str, str], columns: Mapping[str, Column]) -> dict[str, Any]:
    """The grid's filter model for the pairs of an address; what no column answers to is left out."""
    by_column: dict[str, dict[str, str]] = {}
    for key, text in pairs.items():
        name, _, op = key.partition(".")
        if name in columns and (op or "in") in OPS:
            by_column.setdefault(name, {})[op or "in"] = text
    found = {name: _model(columns[name].kind, tests) for name, tests in by_column.items()}
    return {name: model for name, model in found.items() if model}


def sort_of(pairs: Mapping[str, str], columns: Mapping[str, Column]) -> list[Order]:
    """The order an address asks for."""
    named = [text.strip() for text in pairs.get(SORT, "").split(",") if text.strip()]
    orders = [Order(text.removeprefix("-"), descending=text.startswith("-")) for text in named]
    return [one for one in orders if one.column in columns]


def _model(kind: str, tests: Mapping[str, str]) -> dict[str, Any] | None:
    for op, word in (("empty", "blank"), ("filled", "notBlank")):
        if op in tests:
            return {"filterType": _type(kind), "type": word}
    if kind == "date":
        return _dates(tests)
    if kind in NUMERIC:
        return _numbers(kind, tests)
    op, text = next(iter(tests.items()))
    if op == "in":
        several = [{"filterType": "text", "type": "equals", "filter": one} for one in parted(text)]
        return several[0] if len(several) == 1 else {"filterType": "text", "operator": "OR", "conditions": several}
    return {"filterType": "text", "type": _GRID_TEXT[op], "filter": text} if op in _GRID_TEXT else None


def _numbers(kind: str, tests: Mapping[str, str]) -> dict[str, Any] | None:
    try:
        values = {op: float(text) * (100 if kind == "percent" else 1) for op, text in tests.items()}
    except ValueError:
        return None
    # What was typed as 7 % comes back as 7, not as 7.000000000000001.
    values = {op: round(value, 9) for op, value in values.items()}
    if "ge" in values and "le" in values:
        return {"filterType": "number", "type": "inRange", "filter": values["ge"], "filterTo": values["le"]}
    op, value = next(iter(values.items()))
    op = "eq" if op == "in" else op
    return {"filterType": "number", "type": _GRID_NUMBER[op], "filter": value} if op in _GRID_NUMBER else None


def _dates(tests: Mapping[str, str]) -> dict[str, Any] | None:
    try:
        days = {op: date.fromisoformat(text) for op, text in tests.items()}
    except ValueError:
        return None
    one = timedelta(days=1)
    first, end = days.get("ge"), days.get("lt")
    if first and end:
        if first + one == end:
            return {"filterType": "date", "type": "equals", "dateFrom": str(first)}
        return {"filterType": "date", "type": "inRange", "dateFrom": str(first), "dateTo": str(end - one)}
    if end:
        return {"filterType": "date", "type": "lessThan", "dateFrom": str(end)}
    if first:
        return {"filterType": "date", "type": "greaterThan", "dateFrom": str(first - one)}
    return None


def _type(kind: str) -> str:
    return "date" if kind == "date" else "number" if kind in NUMERIC else "text"


def _written(one: Condition) -> str:
    if one.op in VALUELESS:
        return "true"
    if one.op == "in":
        return joined([str(value) for value in one.value])
    if isinstance(one.value, float):
        return repr(one.value).removesuffix(".0")
    return str(one.value)


def _odd(value: Any) -> bool:
    """Whether a single value would be read as several, or as another."""
    return isinstance(value, str) and (value != value.strip() or any(sign in value for sign in ",\\"))
