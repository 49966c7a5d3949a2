"""The grid's own filters as conditions the engine understands, and back.

The grid says what a person chose as nested mappings ("filter model"). Here it becomes a list of conditions, all of which must hold;
several values of a group become one `in`. Dates are whole days, whatever clock the column carries; shares are typed in percent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from lifeworth.engine.shelf import Condition, Op, Order
from lifeworth.errors import OptionError
from lifeworth.report.spec import Column

TEXTS: dict[str, Op] = {
    "contains": "contains",
    "equals": "eq",
    "notEqual": "ne",
    "startsWith": "starts",
    "blank": "empty",
    "notBlank": "filled",
}
NUMBERS: dict[str, Op] = {
    "equals": "eq",
    "notEqual": "ne",
    "lessThan": "lt",
    "lessThanOrEqual": "le",
    "greaterThan": "gt",
    "greaterThanOrEqual": "ge",
    "blank": "empty",
    "notBlank": "filled",
}
DATES = ("equals", "lessThan", "greaterThan", "inRange", "blank", "notBlank")
"""Comparisons a filter of the grid offers, by what the column holds; numbers also offer a range."""

VALUELESS = frozenset({"empty", "filled"})
NUMERIC = frozenset({"count", "number", "money", "percent", "ratio", "days", "years"})
MOST_VALUES = 50
"""Values of one group in a filter at most."""


def conditions(model: Mapping[str, Any] | None, columns: Mapping[str, Column]) -> list[Condition]:
    """What the grid's filters ask for.

    Args:
        model: The grid's filter model: column to filter.
        columns: The columns of the list.

    Raises:
        OptionError: if a column or a comparison is unknown, or a value does not fit.
    """
    found: list[Condition] = []
    for name, said in (model or {}).items():
        if name not in columns:
            raise OptionError(f'"{name}" is no column of this list.', allowed=columns)
        found += _of_column(name, columns[name].kind, said)
    return found


def _of_column(name: str, kind: str, said: Mapping[str, Any]) -> list[Condition]:
    if "operator" not in said:
        return _one(name, kind, said)
    several = said.get("conditions") or [said[key] for key in ("condition1", "condition2") if key in said]
    parts = [_one(name, kind, one) for one in several]
    if said["operator"] == "AND":
        return [one for part in parts for one in part]
    flat = [one for part in parts for one in part]
    if all(len(part) == 1 for part in parts) and all(one.op == "eq" for one in flat):
        if len(flat) > MOST_VALUES:
            raise OptionError(f"{name}: {len(flat)} values at once are too many.", hint=f"Choose up to {MOST_VALUES}.")
        return [Condition(name, "in", tuple(one.value for one in flat))]
    raise OptionError(
        f"{name}: this filter cannot be said in one list.", hint="Of one column, choose values or one comparison."
    )


def _one(name: str, kind: str, said: Mapping[str, Any]) -> list[Condition]:
    if kind == "date":
        return _dates(name, said)
    if kind in NUMERIC:
        return _numbers(name, kind, said)
    op = TEXTS.get(str(said.get("type")))
    if op is None:
        raise _no_comparison(name, said, TEXTS)
    if op in VALUELESS:
        return [Condition(name, op)]
    value = said.get("filter")
    return [Condition(name, op, str(value))] if value not in (None, "") else []


def _numbers(name: str, kind: str, said: Mapping[str, Any]) -> list[Condition]:
    def number(key: str) -> float:
        try:
            value = float(said[key])
        except (KeyError, TypeError, ValueError) as error:
            raise OptionError(f'{name}: "{said.get(key)}" is not a number.') from error
        return value / 100 if kind == "percent" else value

    if said.get("type") == "inRange":
        return [Condition(name, "ge", number("filter")), Condition(name, "le", number("filterTo"))]
    op = NUMBERS.get(str(said.get("type")))
    if op is None:
        raise _no_comparison(name, said, [*NUMBERS, "inRange"])
    return [Condition(name, op)] if op in VALUELESS else [Condition(name, op, number("filter"))]


def _dates(name: str, said: Mapping[str, Any]) -> list[Condition]:
    def day(key: str) -> date:
        try:
            return date.fromisoformat(str(said[key])[:10])
        except (KeyError, ValueError) as error:
            raise OptionError(f'{name}: "{said.get(key)}" is not a date.', hint="Write 2026-06-30.") from error

    one = timedelta(days=1)
    match said.get("type"):
        case "blank":
            return [Condition(name, "empty")]
        case "notBlank":
            return [Condition(name, "filled")]
        case "lessThan":
            return [Condition(name, "lt", day("dateFrom"))]
        case "greaterThan":
            return [Condition(name, "ge", day("dateFrom") + one)]
        case "equals":
            return [Condition(name, "ge", day("dateFrom")), Condition(name, "lt", day("dateFrom") + one)]
        case "inRange":
            return [Condition(name, "ge", day("dateFrom")), Condition(name, "lt", day("dateTo") + one)]
    raise _no_comparison(name, said, DATES)


def _no_comparison(name: str, said: Mapping[str, Any], known: Sequence[str] | Mapping[str, Any]) -> OptionError:
    return OptionError(f'{name}: "{said.get("type")}" is no comparison here.', allowed=known)


def orders(model: Sequence[Mapping[str, Any]] | None, columns: Mapping[str, Column]) -> list[Order]:
    """What the grid's headers ask to sort by, the first first.

    Raises:
        OptionError: if a column is unknown.
    """
    found = []
    for one in model or ():
        name = str(one.get("colId", ""))
        if name not in columns:
            raise OptionError(f'"{name}" is no column of this list.', allowed=columns)
        found.append(Order(name, descending=one.get("sort") == "desc"))
    return found


def chosen(model: Mapping[str, Any] | None, column: str) -> list[str]:
    """Values of a group the filters choose, for the chips that show them; none where they compare otherwise."""
    said = (model or {}).get(column)
    if not said:
        return []
    several = said.get("conditions", []) if "operator" in said else [said]
    if said.get("operator", "OR") != "OR" or any(one.get("type") != "equals" for one in several):
        return []
    return [str(one.get("filter")) for one in several]


def choose(model: Mapping[str, Any] | None, column: str, values: Sequence[str]) -> dict[str, Any]:
    """The filters with the values of a group chosen, or that group let go where none is."""
    kept = {name: said for name, said in (model or {}).items() if name != column}
    if not values:
        return kept
    one = [{"filterType": "text", "type": "equals", "filter": value} for value in values]
    return {**kept, column: one[0] if len(one) == 1 else {"filterType": "text", "operator": "OR", "conditions": one}}
