"""Ticks of a time axis: days, weeks, months and years as people count them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Literal

from lifeworth.report.format import MONTHS
from lifeworth.report.spec import Value

Span = Literal["days", "months", "years"]

STEPS: tuple[tuple[int, Span], ...] = (
    (1, "days"), (2, "days"), (7, "days"), (14, "days"),
    (1, "months"), (2, "months"), (3, "months"), (6, "months"),
    (1, "years"), (2, "years"), (5, "years"), (10, "years"), (20, "years"), (50, "years"), (100, "years"),
)  # fmt: skip


def as_date(value: Value) -> date | None:
    """A date, or its ISO text, as a date; None for anything else."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return datetime.fromisoformat(value).date() if isinstance(value, str) else None
    except ValueError:
        return None


def date_ticks(start: date, end: date, count: int) -> list[tuple[date, str]]:
    """At most `count` days between start and end with their labels, in the finest step that stays within that number."""
    for size, span in STEPS:
        days = _days(start, end, size, span, count)
        if len(days) <= max(count, 1):
            return [(day, _label(day, span, first=turn == 0)) for turn, day in enumerate(days)]
    return []


def _days(start: date, end: date, size: int, span: Span, count: int) -> list[date]:
    """The ticks of one step, cut off as soon as they are too many."""
    found: list[date] = []
    day = _first(start, size, span)
    while day is not None and day <= end and len(found) <= count:
        if day >= start:
            found.append(day)
        day = _next(day, size, span)
    return found


def _first(start: date, size: int, span: Span) -> date | None:
    if span == "days":
        return start
    if span == "months":
        return date(start.year, (start.month - 1) // size * size + 1, 1)
    year = start.year // size * size
    return date(year, 1, 1) if year >= 1 else _next(date(1, 1, 1), size - 1, span)


def _next(day: date, size: int, span: Span) -> date | None:
    try:
        if span == "days":
            return day + timedelta(days=size)
        months = size if span == "months" else 12 * size
        month = day.month - 1 + months
        return date(day.year + month // 12, month % 12 + 1, 1)
    except (OverflowError, ValueError):
        return None


def _label(day: date, span: Span, *, first: bool) -> str:
    if span == "years":
        return str(day.year)
    month = MONTHS[day.month - 1]
    if span == "months":
        return f"{month} {day.year}" if first or day.month == 1 else month
    return f"{day.day} {month} {day.year}" if first else f"{day.day} {month}"
