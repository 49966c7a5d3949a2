"""Tables: short ones as plain tables that anybody can read, long ones as a grid; numbers aligned, sorted by their values.

A plain table sorts in the browser; its rows carry their values for that. Each table can be taken along as CSV or Excel.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dash import html

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
DENSE = 8
"""Columns from which on a table is set closer."""
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
    del place
    caption = [html.P(block.caption, className="caption")] if block.caption else []
    if not block.rows:
        body: list[Any] = [html.P(block.empty, className="empty")]
    else:
        body = [scroll(table(block, currency), block.title, tall=len(block.rows) > TALL)]
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


def table(block: Table, currency: str) -> Any:
    """The table itself: one component, whose rows the browser makes (`assets/tables.js`).

    A component of Dash for each cell would cost every later change of the page the whole number of cells.
    """
    return drawn(told(block, currency))


def drawn(said: Mapping[str, Any]) -> Any:
    """A table as the browser is told it."""
    return html.Div(className="table-room", **{"data-table": json.dumps(said, ensure_ascii=False, separators=(",", ":"))})  # fmt: skip


def told(block: Table, currency: str) -> dict[str, Any]:
    """Heads and rows of a table, every value as it reads, with what it is sorted by."""
    found = list(sides(block, currency))
    return {
        "kind": f"plain{' dense' if len(found) > DENSE else ''}",
        "heads": [heading_of(side) for side in found],
        "rows": [[cell(side, value, total=turn in block.emphasis) for side, value in zip(found, row, strict=True)] for turn, row in enumerate(block.rows)],
        "totals": sorted(block.emphasis),
        "sortable": len(block.rows) > 2 and not block.emphasis,
    }  # fmt: skip


def heading_of(side: Side) -> dict[str, Any]:
    """The head of a column: its title, its unit, what it means, and whether its numbers stand at the right."""
    said = {"t": side.column.title, "u": unit_of(side.column.kind, side.currency), "d": side.column.definition}
    return {name: words for name, words in said.items() if words} | ({"n": 1} if side.numeric else {})


def cell(side: Side, value: Value, *, total: bool = False) -> Any:
    """One cell: its words alone, or with marks (`c`), the value it is sorted by (`v`), its bar (`w`) and where it leads (`h`)."""
    words, said = side.words(value), {}
    if marks := " ".join(_marks(side, value)):
        said["c"] = marks
    if (exact := raw(value)) != words:
        said["v"] = exact
    if not total and (share := side.share(value)) is not None:
        said["w"] = str(share)
    if side.column.key in NAMED and value:
        said["h"] = address.path("customers", str(value))
    return {"t": words, **said} if said else words


def _marks(side: Side, value: Value) -> Iterator[str]:
    if side.numeric and not isinstance(value, str | bool):
        yield "num"
    if side.column.kind == "date":
        yield "nowrap"
    if isinstance(value, str) and len(value) > WORDY:
        yield "wordy"
    if isinstance(value, bool):
        yield "flag-yes" if value else "flag-no"
    if side.column.kind == "money" and isinstance(value, int | float | Decimal) and value < 0:
        yield "negative"
