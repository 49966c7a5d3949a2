"""Tables: short ones as plain tables that anybody can read, long ones as a grid; numbers aligned, sorted by their values.

A plain table sorts in the browser; its rows carry their values for that. Each table can be taken along as CSV or Excel.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dash import dcc, html

from lifeworth.dashboard import address
from lifeworth.dashboard.render.words import heading
from lifeworth.report.format import column_places, raw, text, unit_of
from lifeworth.report.spec import Column, Table, Value
from lifeworth.serving.masking import NAMED

NUMERIC = frozenset({"count", "number", "money", "percent", "ratio", "days", "years"})
SHORT = 60
"""Rows up to which a table is a plain one."""
LONGEST = 300
"""Rows up to which a table with sentences in it is a plain one: a grid would cut them."""
TALL = 25
"""From so many rows on a table scrolls inside its frame."""
WORDY = 28
"""Longer texts keep room in their column."""


@dataclass(frozen=True, slots=True)
class Side:
    """A column and what its cells share: digits after the point, and the value of a full bar."""

    column: Column
    currency: str
    places: int | None
    largest: float

    @property
    def numeric(self) -> bool:
        """Whether its values stand at the right edge."""
        return self.column.kind in NUMERIC

    def words(self, value: Value) -> str:
        """A value as it reads in this column; the unit stands in the head where it can."""
        kind = self.column.kind
        return text(value, kind, self.currency, places=self.places, unit=kind in {"percent", "ratio"})

    def share(self, value: Value) -> float | None:
        """Length of the bar behind a value, in percent; None where there is none."""
        if not self.column.bar or not self.largest:
            return None
        return round(size(value) / self.largest * 100, 1)


def sides(block: Table, currency: str) -> Iterator[Side]:
    """The columns of a table with what their cells share; totals have no part in the longest bar."""
    for at, column in enumerate(block.columns):
        values = [row[at] for row in block.rows]
        single = [size(value) for turn, value in enumerate(values) if turn not in block.emphasis]
        largest = max(single, default=0.0) if column.bar else 0.0
        yield Side(column, currency, column_places(values, column.kind, currency), largest)


def size(value: Value) -> float:
    """How large a value is, whatever its sign; zero where it is no number."""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool) and math.isfinite(value):
        return abs(float(value))
    return 0.0


def readable(block: Table) -> bool:
    """Whether a table is drawn as a plain one."""
    if len(block.rows) <= SHORT:
        return True
    wordy = any(isinstance(value, str) and len(value) > 2 * WORDY for row in block.rows[:SHORT] for value in row)
    return wordy and len(block.rows) <= LONGEST


def plain(block: Table, currency: str, place: str, *, tools: Sequence[Any] = (), level: int = 2) -> Any:
    """A table in a panel, with its title, its caption and its tools."""
    caption = [html.P(block.caption, className="caption")] if block.caption else []
    if not block.rows:
        body: list[Any] = [html.P(block.empty, className="empty")]
    else:
        body = [scroll(table(block, currency, place), block.title, tall=len(block.rows) > TALL)]
    shown = tools if block.rows else ()
    return html.Section([head(block.title, shown, level), *caption, *body], className="panel table-panel")


def head(title: str, tools: Sequence[Any], level: int) -> Any:
    """The title of a panel beside its tools."""
    return html.Div([heading(title, level), html.Div(list(tools), className="tools") if tools else None], className="panel-head")  # fmt: skip


def scroll(inside: Any, label: str, *, tall: bool = False) -> Any:
    """A frame that scrolls by itself, also by keyboard, so that the page never does sideways."""
    return html.Div(
        inside,
        className="scroll tall" if tall else "scroll",
        tabIndex=0,
        role="region",
        **{"aria-label": label or "Table"},
    )


def table(block: Table, currency: str, place: str) -> Any:
    """The table itself."""
    found = list(sides(block, currency))
    sortable = len(block.rows) > 2 and not block.emphasis
    heads = [_head(side, at, place, sortable=sortable) for at, side in enumerate(found)]
    rows = [_row(row, found, total=turn in block.emphasis) for turn, row in enumerate(block.rows)]
    dense = " dense" if len(found) > 8 else ""
    body = html.Tbody(rows, **({"id": {"type": "rows", "table": place}} if sortable else {}))
    return html.Table([html.Thead(html.Tr(heads)), body], className=f"plain{dense}")


def _head(side: Side, at: int, place: str, *, sortable: bool) -> Any:
    unit = unit_of(side.column.kind, side.currency)
    name: list[Any] = [side.column.title, html.Span(f" {unit}", className="unit") if unit else None]
    tip: dict[str, Any] = {"title": side.column.definition} if side.column.definition else {}
    defined = " defined" if side.column.definition else ""
    label: Any = html.Span(name, className=f"head{defined}", **tip)
    if sortable:
        label = html.Button(name, type="button", className=f"head{defined}", id={"type": "sort", "table": place, "column": at}, **tip)  # fmt: skip
    return html.Th(label, className="num" if side.numeric else "", scope="col")


def _row(row: Sequence[Value], found: Sequence[Side], *, total: bool) -> Any:
    cells = [cell(side, value, total=total, first=at == 0) for at, (side, value) in enumerate(zip(found, row, strict=True))]  # fmt: skip
    return html.Tr(cells, className="total" if total else "")


def cell(side: Side, value: Value, *, total: bool = False, first: bool = False) -> Any:
    """One cell; the first of a row is its head."""
    marks = []
    if side.numeric and not isinstance(value, str | bool):
        marks.append("num")
    if side.column.kind == "date":
        marks.append("nowrap")
    if isinstance(value, str) and len(value) > WORDY:
        marks.append("wordy")
    if isinstance(value, bool):
        marks.append("flag-yes" if value else "flag-no")
    if side.column.kind == "money" and isinstance(value, int | float | Decimal) and value < 0:
        marks.append("negative")
    more: dict[str, Any] = {}
    if not total and (share := side.share(value)) is not None:
        marks.append("bar-cell")
        more["style"] = {"--w": f"{share}%"}
    words = side.words(value)
    if (said := raw(value)) != words or side.column.key in NAMED:
        more["data-v"] = said
    kind = html.Th if first else html.Td
    inside: Any = words
    if side.column.key in NAMED and value:
        inside = dcc.Link(words, href=address.path("customers", str(value)), className="who-link")
    if first:
        more["scope"] = "row"
    return kind(inside, **({"className": " ".join(marks)} if marks else {}), **more)
