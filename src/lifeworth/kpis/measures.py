"""Measures as data: the sums and counts that figures are made of.

A measure says which rows of which table are taken, what is done with them, and which days count. Whether it is asked for one
period or many, for the company or for every channel, is not its business: see `collect.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lifeworth.errors import OptionError, near
from lifeworth.kpis.sources import SOURCES

Aggregate = Literal["sum", "count", "distinct", "mean", "min", "max"]
When = Literal["within", "at start", "at end", "now"]
ADDITIVE = ("sum", "count")


@dataclass(frozen=True, slots=True)
class Measure:
    """A sum or count.

    Attributes:
        name: How formulas call it.
        about: What it is, in words.
        table: Where its rows come from: a table of the house, or "people", one row a customer and period (`people.py`).
        aggregate: What is done with them.
        value: Column, or expression over columns; a count needs none.
        where: Condition that rows must meet.
        at: Column with the day of a row; by default the table's own.
        when: Rows of the period, all up to its start, all up to its end, or the table as it stands on the as-of day.
        none: Why there is no figure where this is zero or missing, for those that are divided by it.
    """

    name: str
    about: str
    table: str
    aggregate: Aggregate = "count"
    value: str = ""
    where: str = ""
    at: str = ""
    when: When = "within"
    none: str = ""

    def __post_init__(self) -> None:
        what = f"measures.{self.name}"
        if self.table not in SOURCES:
            known = [name for name in SOURCES if name != "people"]
            raise OptionError(
                f'{what}: "{self.table}" is no table of the house.', allowed=known, hint=near(self.table, known) or None
            )
        if not self.name.isidentifier():
            raise OptionError(f'{what}: a name is made of letters, digits and "_", and begins with a letter.')
        if self.aggregate != "count" and not self.value:
            raise OptionError(f"{what}: a {self.aggregate} needs a value.", hint='Say of what: value = "net_revenue"')
        if self.when in {"at start", "at end"} and not self.additive:
            raise OptionError(f"{what}: only sums and counts can be carried from one period to the next.")

    @property
    def additive(self) -> bool:
        """Whether the parts of a company add up to the whole."""
        return self.aggregate in ADDITIVE

    @property
    def is_now(self) -> bool:
        """Whether it is known for the as-of day only: its table has no days."""
        return self.when == "now" or (self.table != "people" and not (self.at or SOURCES[self.table].day))


def sum_(name: str, about: str, table: str, value: str, **more: str) -> Measure:
    """A sum."""
    return Measure(name, about, table, "sum", value, **more)  # type: ignore[arg-type]


def count(name: str, about: str, table: str, where: str = "", **more: str) -> Measure:
    """A number of rows."""
    return Measure(name, about, table, "count", where=where, **more)  # type: ignore[arg-type]
