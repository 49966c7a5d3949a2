"""Calendar months in queries: the first day of one, its number, and how many lie between two days."""

from __future__ import annotations

from datetime import date

import ibis
from ibis.expr.types import IntegerColumn, Value


def month_of(day: Value) -> Value:
    """The first day of the month of a date."""
    return ibis.date(day.year(), day.month(), 1)


def month_number(day: Value) -> IntegerColumn:
    """Months since year 0: consecutive whole numbers."""
    return day.year().cast("int64") * 12 + day.month().cast("int64") - 1


def month_named(number: IntegerColumn) -> Value:
    """The first day of the month of a `month_number`."""
    return ibis.date(number // 12, number % 12 + 1, 1)


def number_of(day: date) -> int:
    """`month_number` of a date at hand."""
    return day.year * 12 + day.month - 1


def months_apart(earlier: Value, later: Value) -> IntegerColumn:
    """How many calendar months the month of `later` comes after that of `earlier`; the days within do not matter."""
    return (later.year() - earlier.year()) * 12 + later.month().cast("int32") - earlier.month().cast("int32")
