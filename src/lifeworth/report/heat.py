"""Shades of a heat map: which level each cell has, and what is left out of the scale."""

from __future__ import annotations

import math
from dataclasses import dataclass

from lifeworth.report import palette
from lifeworth.report.format import short, text, unit_of
from lifeworth.report.spec import Heatmap, Kind

BASE = "base"
"""The shade of a cell that is full by definition, as every cohort is in its first month."""


@dataclass(frozen=True, slots=True)
class Shade:
    """A cell: its text, its full value for the tooltip, its level (None: empty) and whether it was predicted."""

    text: str
    title: str
    raw: float | None
    level: str | None
    predicted: bool


@dataclass(frozen=True, slots=True)
class Scale:
    """The ends of the shading."""

    low: float
    high: float

    def level(self, value: float) -> int:
        """Which of the shades a value has."""
        if self.high <= self.low:
            return 0
        share = (value - self.low) / (self.high - self.low)
        return min(len(palette.LEVELS) - 1, max(0, math.floor(share * len(palette.LEVELS))))


def full_columns(heatmap: Heatmap) -> frozenset[int]:
    """Columns that are 100 % in every row: they say nothing and would take the whole range of the shading."""
    if heatmap.kind != "percent":
        return frozenset()
    columns = range(len(heatmap.columns))
    found = {column: [row[column] for row in heatmap.values if column < len(row)] for column in columns}
    known = {column: [value for value in values if value is not None] for column, values in found.items()}
    return frozenset(column for column, values in known.items() if values and all(value == 1 for value in values))


def scale(heatmap: Heatmap) -> Scale | None:
    """From the least to the largest value that counts; None where no cell has one."""
    full = full_columns(heatmap)
    values = [
        value
        for row in heatmap.values
        for column, value in enumerate(row)
        if column not in full and value is not None and math.isfinite(value)
    ]
    return Scale(min(values), max(values)) if values else None


def shades(heatmap: Heatmap, currency: str) -> list[list[Shade]]:
    """The cells, row by row."""
    full, range_ = full_columns(heatmap), scale(heatmap)
    written = _written(heatmap, currency)
    rows = []
    for at, row in enumerate(heatmap.values):
        cells = []
        for column, value in enumerate(row):
            if value is None or not math.isfinite(value):
                cells.append(Shade("", "", None, None, predicted=False))
                continue
            predicted = (at, column) in heatmap.marks
            level = BASE if column in full or range_ is None else str(range_.level(value))
            name = f"{heatmap.rows[at]}, {heatmap.column_title} {heatmap.columns[column]}"
            title = f"{name}: {text(value, heatmap.kind, currency)}{' (predicted)' if predicted else ''}"
            cells.append(Shade(written[value], title, value, level, predicted))
        rows.append(cells)
    return rows


def key(heatmap: Heatmap, currency: str) -> tuple[str, str]:
    """What the lightest and the darkest shade stand for; empty where nothing is shaded."""
    range_ = scale(heatmap)
    if range_ is None or range_.low == range_.high:
        return ("", "")
    return (short(range_.low, heatmap.kind, currency), short(range_.high, heatmap.kind, currency))


def unit(kind: Kind, currency: str) -> str:
    """What the cells are counted in; they leave it out to stay short."""
    return "%" if kind == "percent" else unit_of(kind, currency)


def _written(heatmap: Heatmap, currency: str) -> dict[float, str]:
    """Short texts of all values, alike in their digits and without unit."""
    values = sorted({value for row in heatmap.values for value in row if value is not None and math.isfinite(value)})
    if heatmap.kind == "percent":
        places = 0 if max((abs(value) for value in values), default=0) >= 0.2 else 1
        return {value: text(value, "percent", places=places, unit=False) for value in values}
    if heatmap.kind == "money":
        places = 2 if max((abs(value) for value in values), default=0) < 100 else 0
        return {
            value: short(value, "money", unit=False) if abs(value) >= 10_000 else text(value, "number", places=places)
            for value in values
        }
    return {value: short(value, heatmap.kind, currency, unit=False) for value in values}
