"""Customers period by period: who bought, who came back, who was lost, from one pass over the purchase days.

A customer's life is one bit a period, so that any number of periods costs one aggregate: bought in this one and in the one
before is two bits. What needs more than that (how often, how much) is added up only when a measure asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import accumulate
from operator import add
from typing import Any

import ibis
from ibis.expr.types import Table

from lifeworth.data.contract import MONEY
from lifeworth.kpis.grid import Grid, later

BITS = ("active", "active_before", "new", "known")
COUNTED: dict[str, str] = {
    "bought": "purchase days in the period",
    "bought_before": "purchase days in the period before",
    "value": "net revenue of the purchase days of the period",
    "value_before": "net revenue of those of the period before",
    "ever": "purchase days up to the end of the period",
    "life_days": "days from the first purchase to the last one up to the end of the period",
}
COLUMNS: dict[str, str] = {
    "active": "bought in the period",
    "active_before": "bought in the period before",
    "new": "bought for the first time ever in the period",
    "known": "has bought by the end of the period",
    **COUNTED,
}
"""What a measure of "people" may name."""


def people(days: Table, grid: Grid, wanted: Collection[str]) -> Table:
    """One row a customer: `customer_id`, `first_day`, `life` (bit k is set where the customer bought in window k), and what is wanted.

    Args:
        days: Purchase days: `customer_id`, `day`, `value`.
        grid: The windows.
        wanted: Names of `COLUMNS`.
    """
    seen = days.filter(~later(days["day"], grid.bounds[-1]))
    seen = seen.mutate(window=grid.index(seen["day"]))
    windows, wanted = range(len(grid)), set(wanted)
    number, latest = bool(wanted & {"bought", "bought_before", "ever"}), "life_days" in wanted
    # A day is added up in its own window alone; what goes up to the end of a window is made of those, a customer at a time.
    inside = {k: seen["window"] == k for k in ((-1, *windows) if "ever" in wanted or latest else windows)}
    sums: dict[str, Any] = {"first_day": seen["day"].min()}
    if not number:
        bit = ibis.ifelse(seen["window"] >= 0, ibis.literal(1, "int64") << ibis.greatest(seen["window"], 0), 0)
        sums["life"] = bit.cast("int64").bit_or()
    # Sums of a day are wider decimals than a day needs, and adding those up costs several times as much.
    money = seen["value"].cast(MONEY)
    for k, within in inside.items():
        if number:
            sums[_at("bought", k)] = seen.count(where=within)
        if latest:
            sums[_at("last", k)] = seen["day"].max(where=within)
        if k >= 0 and wanted & {"value", "value_before"}:
            sums[_at("value", k)] = money.sum(where=within)
    lives = seen.group_by("customer_id").agg(**sums)
    made: dict[str, Any] = {}
    if number:
        bits = [ibis.ifelse(lives[_at("bought", k)] > 0, ibis.literal(1 << k, "int64"), 0) for k in windows]
        made["life"] = reduce(add, bits).cast("int64")
    if "ever" in wanted:
        upto = accumulate((lives[_at("bought", k)] for k in inside), add)
        made |= {_at("ever", k): total for k, total in zip(inside, upto, strict=True)}
    if latest:
        upto = accumulate((lives[_at("last", k)] for k in inside), lambda before, last: ibis.coalesce(last, before))
        made |= {_at("last", k): last for k, last in zip(inside, upto, strict=True)}
    return lives.mutate(**made)


def _at(name: str, k: int) -> str:
    """A column in window `k`; -1 is the time before the first."""
    return f"{name}_{k}" if k >= 0 else f"{name}_earlier"


@dataclass(frozen=True, slots=True)
class Within:
    """The columns of `COLUMNS` in one window, of a table that `people` made: what expressions of measures look into."""

    rows: Table
    grid: Grid
    k: int

    @property
    def columns(self) -> Sequence[str]:
        """The names there are; those of the period before are not there in the first window."""
        if self.k:
            return list(COLUMNS)
        return [name for name in COLUMNS if not name.endswith("_before")]

    def __getitem__(self, name: str) -> Any:
        rows, k = self.rows, self.k
        first, last = rows["first_day"], self.grid.bounds[k + 1]
        made: dict[str, Callable[[], Any]] = {
            "active": lambda: self._bit(k),
            "active_before": lambda: self._bit(k - 1),
            "new": lambda: later(first, self.grid.bounds[k]) & ~later(first, last),
            "known": lambda: ~later(first, last),
            "bought": lambda: rows[f"bought_{k}"],
            "bought_before": lambda: rows[f"bought_{k - 1}"],
            "value": lambda: rows[f"value_{k}"],
            "value_before": lambda: rows[f"value_{k - 1}"],
            "ever": lambda: rows[f"ever_{k}"],
            "life_days": lambda: rows[f"last_{k}"].delta(first, unit="day").cast("int64"),
        }
        return made[name]()

    def _bit(self, k: int) -> Any:
        return (self.rows["life"] & ibis.literal(1 << k, "int64")) != 0
