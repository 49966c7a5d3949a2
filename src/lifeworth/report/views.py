"""From specs to what the templates write: every value is text by now, every place on the page is decided."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from markupsafe import Markup

from lifeworth.report import heat
from lifeworth.report.charts import network as networks
from lifeworth.report.charts.draw import draw
from lifeworth.report.charts.frame import SIZES
from lifeworth.report.format import column_places, interval, raw, text, unit_of
from lifeworth.report.palette import LEVELS
from lifeworth.report.spec import Block, Chart, Column, Group, Heatmap, Network, Page, Stat, Stats, Table, Text, Value

NUMERIC = frozenset({"count", "number", "money", "percent", "ratio", "days", "years"})

TALL = 25
"""From so many rows on a table scrolls inside its frame."""


WORDY = 28
"""Longer texts keep room in their column, so that they are not squeezed into a tower of single words."""


@dataclass(frozen=True, slots=True)
class View:
    """One block for the template `type`.html: an id that is unique in the document, and what the template reads."""

    type: str
    id: str
    data: dict[str, object]


@dataclass(frozen=True, slots=True)
class Section:
    """A page of the document under its address."""

    id: str
    page: Page
    blocks: tuple[View, ...]


@dataclass(slots=True)
class Names:
    """Hands out ids: each once."""

    taken: set[str] = field(default_factory=set)

    def page(self, name: str) -> str:
        """A page's own name as an address; a second one of the same name gets a number."""
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
        return self._free(re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "page")

    def block(self, page: str) -> str:
        """The next block of a page."""
        return self._free(f"{page}--block")

    def _free(self, wish: str) -> str:
        name, turn = wish, 1
        while name in self.taken:
            turn += 1
            name = f"{wish}-{turn}"
        self.taken.add(name)
        return name


def section(page: Page, currency: str, names: Names) -> Section:
    """A page ready to be written."""
    address = names.page(page.name or page.title)
    blocks = tuple(view(block, page.currency or currency, names, address) for block in page.blocks)
    return Section(address, page, blocks)


def view(block: Block, currency: str, names: Names, page: str) -> View:
    """A block ready to be written."""
    place = names.block(page)
    match block:
        case Stats():
            return View("stats", place, {"title": block.title, "items": [stat(one, currency) for one in block.items]})
        case Table():
            return View("table", place, table(block, currency))
        case Chart():
            return View("chart", place, chart(block, currency))
        case Heatmap():
            return View("heatmap", place, heatmap(block, currency))
        case Network():
            return View("network", place, network(block, currency))
        case Text():
            paragraphs = [part.strip() for part in re.split(r"\n\s*\n", block.text) if part.strip()]
            return View("text", place, {"title": block.title, "tone": block.tone, "paragraphs": paragraphs})
        case Group():
            inside = [view(one, currency, names, page) for one in block.blocks]
            return View("group", place, {"blocks": inside})


def stat(one: Stat, currency: str) -> dict[str, object]:
    """A figure for a card: short, with the full value and the definition at hand."""
    value = text(one.value, one.kind, currency, compact=True)
    full = text(one.value, one.kind, currency)
    return {
        "name": one.name,
        "value": value,
        "full": full if full != value else "",
        "absent": one.value is None,
        "size": "small" if len(value) > 14 else "middle" if len(value) > 9 else "large",
        "interval_name": one.interval,
        "interval": interval(one.low, one.high, one.kind, currency, compact=True),
        "definition": one.definition,
        "source": one.source,
        "as_of": text(one.as_of, "date") if one.as_of else "",
        "note": one.note,
    }


def table(block: Table, currency: str) -> dict[str, object]:
    """Columns with their alignment and unit, rows with their cells."""
    sides = list(_columns(block, currency))
    rows = [
        {"total": at in block.emphasis, "cells": [side.cell(value, total=at in block.emphasis) for side, value in zip(sides, row, strict=True)]}
        for at, row in enumerate(block.rows)
    ]  # fmt: skip
    return {
        "title": block.title,
        "caption": block.caption,
        "empty": block.empty,
        "columns": [side.head for side in sides],
        "rows": rows,
        "tall": len(rows) > TALL,
        "sortable": len(rows) > 2 and not block.emphasis,
        "dense": len(block.columns) > 8,
        "definitions": [(one.title, one.definition) for one in block.columns if one.definition],
    }


@dataclass(frozen=True, slots=True)
class _Side:
    """One column and what its cells have in common."""

    column: Column
    currency: str
    places: int | None
    largest: float

    @property
    def head(self) -> dict[str, object]:
        return {
            "title": self.column.title,
            "numeric": self.column.kind in NUMERIC,
            "unit": unit_of(self.column.kind, self.currency),
            "definition": self.column.definition,
        }

    def cell(self, value: Value, *, total: bool = False) -> dict[str, object]:
        """A cell: its text, its full value for sorting, and the length of its bar in percent."""
        kind = self.column.kind
        share = _size(value) / self.largest * 100 if self.column.bar and self.largest and not total else None
        return {
            "text": text(value, kind, self.currency, places=self.places, unit=kind in {"percent", "ratio"}),
            "raw": raw(value),
            "numeric": kind in NUMERIC and not isinstance(value, str | bool),
            "bar": f"{share:.1f}" if share is not None else "",
            "negative": kind == "money" and isinstance(value, int | float | Decimal) and value < 0,
            "nowrap": kind == "date",
            "wordy": isinstance(value, str) and len(value) > WORDY,
            "flag": {True: "yes", False: "no"}[value] if isinstance(value, bool) else "",
        }


def _columns(block: Table, currency: str) -> Iterator[_Side]:
    for at, column in enumerate(block.columns):
        values = [row[at] for row in block.rows]
        single = [value for turn, value in enumerate(values) if turn not in block.emphasis]
        largest = max((_size(value) for value in single), default=0.0) if column.bar else 0.0
        yield _Side(column, currency, column_places(values, column.kind, currency), largest)


def _size(value: Value) -> float:
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool) and math.isfinite(value):
        return abs(float(value))
    return 0.0


def chart(block: Chart, currency: str) -> dict[str, object]:
    """Pictures, legend and numbers of a chart."""
    drawn = draw(block, currency)
    return {
        "title": block.title,
        "caption": block.caption,
        "pictures": drawn.pictures,
        "legend": drawn.legend,
        "direct": drawn.direct,
        "numbers": table(drawn.numbers, currency),
    }


def heatmap(block: Heatmap, currency: str) -> dict[str, object]:
    """The cells of a heat map beside its side columns, and the key to its shades."""
    shell = Table(block.title, block.side, block.side_values)
    sides = list(_columns(shell, currency))
    shades = heat.shades(block, currency)
    rows = []
    for at, name in enumerate(block.rows):
        values = block.side_values[at] if at < len(block.side_values) else ()
        beside = [side.cell(value) for side, value in zip(sides, values, strict=False)]
        rows.append({"name": name, "side": beside, "cells": shades[at] if at < len(shades) else []})
    low, high = heat.key(block, currency)
    return {
        "title": block.title,
        "caption": block.caption,
        "row_title": block.row_title,
        "column_title": block.column_title,
        "side": [side.head for side in sides],
        "columns": block.columns,
        "rows": rows,
        "unit": heat.unit(block.kind, currency),
        "levels": len(LEVELS),
        "low": low,
        "high": high,
        "predicted": any(cell.predicted for row in shades for cell in row),
        "empty": not any(cell.level for row in shades for cell in row),
    }


def network(block: Network, currency: str) -> dict[str, object]:
    """Pictures and arrows of a network."""
    return {
        "title": block.title,
        "caption": block.caption,
        "empty": block.empty,
        "pictures": {size: networks.draw(block, size, currency) for size in SIZES} if block.nodes else {},
        "numbers": table(block.table(), currency),
    }


def markup(source: str) -> Markup:
    """Our own style or script, written as it is."""
    return Markup(source)  # noqa: S704 - files of this package, never anybody's data
