"""Columns and rows of the grid as the browser is handed them: every value in words, as it is written everywhere else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lifeworth.dashboard.grid.conditions import NUMERIC
from lifeworth.report.format import text
from lifeworth.report.spec import Column

FIRST = (
    "customer_id", "value_tier", "lifecycle_status", "rfm_segment", "predicted_clv", "predicted_clv_low", "predicted_clv_high",
    "historic_clv", "orders", "last_order_at", "churn_probability", "expected_next_order_at", "acquisition_channel", "country",
)  # fmt: skip
"""Columns shown until somebody chooses others."""
WIDTHS = {
    "customer_id": 130,
    "date": 132,
    "count": 100,
    "percent": 124,
    "money": 124,
    "text": 128,
    "predicted_clv": 132,
}
TEXT_FILTER = {"filterOptions": ["contains", "equals", "notEqual", "startsWith", "blank", "notBlank"], "maxNumConditions": 50, "buttons": ["reset"], "debounceMs": 400}  # fmt: skip
NUMBER_FILTER = {
    "filterOptions": ["equals", "lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual", "inRange", "blank", "notBlank"],
    "inRangeInclusive": True, "maxNumConditions": 1, "buttons": ["reset"], "debounceMs": 400,
}  # fmt: skip
DATE_FILTER = {"filterOptions": ["equals", "lessThan", "greaterThan", "inRange", "blank", "notBlank"], "inRangeInclusive": True, "maxNumConditions": 1, "buttons": ["reset"]}  # fmt: skip


def shown(said: str | None, columns: Mapping[str, Column]) -> list[str]:
    """The columns to show: those an address names, else the first ones; the id always."""
    asked = [name for name in (said or "").split(",") if name in columns]
    return ordered(asked or FIRST, columns)


def ordered(chosen: Sequence[str] | None, columns: Mapping[str, Column]) -> list[str]:
    """Chosen columns in reading order, the id before all."""
    order = [*FIRST, *(name for name in columns if name not in FIRST)]
    return [name for name in order if name in columns and (name in (chosen or ()) or name == "customer_id")]


def definitions(columns: Mapping[str, Column], chosen: Sequence[str]) -> list[dict[str, Any]]:
    """The columns as the grid wants them, those that are not chosen hidden."""
    order = [*chosen, *(name for name in columns if name not in chosen)]
    return [_definition(columns[name], hidden=name not in chosen) for name in order]


def _definition(column: Column, *, hidden: bool) -> dict[str, Any]:
    kind = column.kind
    found: dict[str, Any] = {
        "field": column.key,
        "headerName": column.title,
        "headerTooltip": column.definition,
        "hide": hidden,
        "width": WIDTHS.get(column.key, WIDTHS.get(kind, 120)),
        "sortingOrder": ["desc", "asc", None] if kind in NUMERIC or kind == "date" else ["asc", "desc", None],
    }
    if kind == "date":
        found |= {"filter": "agDateColumnFilter", "filterParams": DATE_FILTER}
    elif kind in NUMERIC:
        found |= {"filter": "agNumberColumnFilter", "filterParams": NUMBER_FILTER, "type": "rightAligned"}
    else:
        found |= {"filter": "agTextColumnFilter", "filterParams": TEXT_FILTER}
    if column.key == "customer_id":
        found |= {"pinned": "left", "lockPinned": True, "cellRenderer": "LifeworthCustomer"}
    return found


def rows(found: Sequence[Mapping[str, Any]], columns: Mapping[str, Column]) -> list[dict[str, str]]:
    """Rows with every value in words; what is missing is a dash."""
    return [{name: _said(row.get(name), column) for name, column in columns.items()} for row in found]


def _said(value: Any, column: Column) -> str:
    if column.key == "customer_id" or isinstance(value, str):
        return str(value)
    if isinstance(value, int) and column.key.endswith("year"):
        return str(value)  # a year is no amount: 1,983 would read as one
    # The currency stands once, above the list.
    return text(value, column.kind, "", places=2 if column.kind == "money" else None)
