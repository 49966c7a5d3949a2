"""What runs along the horizontal axis of a line or scatter chart: days, numbers or categories."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lifeworth.report.charts.calendar import as_date, date_ticks
from lifeworth.report.charts.frame import finite
from lifeworth.report.charts.scale import ticks
from lifeworth.report.format import scale_labels, text
from lifeworth.report.spec import Chart, Kind, Value


@dataclass(frozen=True, slots=True)
class Horizontal:
    """Places values along the axis; `names` holds the categories in the order they appear."""

    kind: Kind
    currency: str
    by: str
    names: tuple[str, ...] = ()

    def place(self, value: Value) -> float | None:
        """Where a value lies, in the axis's own unit; None where it has no place."""
        if self.by == "days":
            day = as_date(value)
            return None if day is None else float(day.toordinal())
        if self.by == "numbers":
            return _float(value)
        name = self.words(value)
        return float(self.names.index(name)) if name in self.names else None

    def words(self, value: Value) -> str:
        """A value as it reads."""
        return text(value, "date" if self.by == "days" else self.kind, self.currency)

    def marks(self, low: float, high: float, count: int) -> list[tuple[float, str]]:
        """Round values with their labels, about `count` at most."""
        if self.by == "days" and low < 1:
            return []
        if self.by == "days":
            found = date_ticks(date.fromordinal(round(low)), date.fromordinal(round(high)), count)
            return [(float(day.toordinal()), label) for day, label in found]
        if self.by == "numbers":
            values = ticks(low, high, count, 1.0 if self.kind in {"count", "days"} else 0.0)
            return list(zip(values, scale_labels(values, self.kind, self.currency), strict=True))
        every = max(1, math.ceil(len(self.names) / max(count, 1)))
        return [(float(turn), name) for turn, name in enumerate(self.names) if turn % every == 0]


def horizontal(chart: Chart, currency: str) -> Horizontal:
    """The axis that the chart's values ask for: days where all are dates, numbers where all are, else categories."""
    values = [value for one in chart.series for value in one.x if value is not None]
    if chart.x.kind == "date" and all(as_date(value) is not None for value in values):
        return Horizontal(chart.x.kind, currency, "days")
    if all(_float(value) is not None for value in values):
        return Horizontal(chart.x.kind, currency, "numbers")
    names = dict.fromkeys(text(value, chart.x.kind, currency) for value in values)
    return Horizontal(chart.x.kind, currency, "names", tuple(names))


def _float(value: Value) -> float | None:
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return finite(value)
    return None
