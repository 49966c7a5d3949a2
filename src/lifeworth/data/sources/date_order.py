"""Is 03/04 the third of April or the fourth of March? Decided by the data, by the person, or not at all."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from lifeworth.data.sources.dates import DAY_FIRST, MONTH_FIRST, YEAR_FIRST, Evidence, read_parts, runs_one_way, spoken
from lifeworth.errors import AmbiguityError

_ENOUGH_DAYS = 8
"""Fewer distinct days than this may stand in order by chance."""

_DASHED = re.compile(r"\s*\d\d-")

Part = tuple[int, str, tuple[int, int, int]]


@dataclass(frozen=True, slots=True)
class Decision:
    """The order of day and month of a column, and the words that say why; None where it does not matter."""

    order: str | None
    note: str | None = None
    sure: bool = False
    """Whether values decided that fit one order only, not the order of the rows or of the years."""


def decide(
    found: Evidence,
    *,
    where: str,
    column: str,
    setting: str,
    as_of: date | None,
    more: Callable[[], Evidence],
) -> Decision | None:
    """The order of day and month in a column; None if it stays open after every look at the data.

    Args:
        found: What a sample of the column says.
        where: How messages name the file.
        column: The source column.
        setting: "auto", or the order the person named.
        as_of: No order can be later than this day, where it is known.
        more: Looks through all rows of the column for values that decide.

    Raises:
        AmbiguityError: if some values fit only one order and others only the other.
    """
    if not found.parts:
        return Decision(None)
    if setting != "auto":
        wide = any(part[2] > 99 for _, _, part in found.parts)
        return Decision(DAY_FIRST if wide and setting == YEAR_FIRST else setting)
    name = f'{where}, "{column}"'
    decision = _by_values(found.parts, name, where, column)
    if decision is None and (telling := more()).parts:
        decision = _by_values(telling.parts, name, where, column)
    parts = found.parts
    return decision or _by_years(parts, name) or _by_rows(parts, name) or _by_as_of(parts, name, as_of)


def refuse(found: Evidence, *, where: str, column: str) -> AmbiguityError:
    """The question to the person, with both readings of the first value that has two."""
    orders = _orders(found.parts)
    two = [part for part in found.parts if len({read_parts(part[2], order) for order in orders}) > 1]
    row, text, parts = (two or found.parts)[0]
    readings = [f"{_words(order)} ({spoken(day)})" for order in orders if (day := read_parts(parts, order))]
    commands = "   or   ".join(f"--dates {order}" for order in orders if read_parts(parts, order))
    return AmbiguityError(
        f'{where}, column "{column}": {len(two):,} of {found.seen:,} dates looked at read as '
        f'{" and as ".join(readings)} (first: row {row}, "{text}").',
        hint=f"Say which: lifeworth run {where} {commands}",
        allowed=orders,
    )


def _orders(parts: list[Part]) -> list[str]:
    """The orders in question; a short year may stand first between dashes (25-01-31), or where nothing else fits."""
    short = all(part[2] < 100 for _, _, part in parts)
    dashed = any(_DASHED.match(text) for _, text, _ in parts)
    beyond = any(part[0] > 31 for _, _, part in parts)
    return [DAY_FIRST, MONTH_FIRST, YEAR_FIRST] if short and (dashed or beyond) else [DAY_FIRST, MONTH_FIRST]


def _by_values(parts: list[Part], name: str, where: str, column: str) -> Decision | None:
    """Values that only one order fits decide."""
    orders = _orders(parts)
    fits = dict.fromkeys(orders, 0)
    alone: dict[str, list[Part]] = {order: [] for order in orders}
    distinct = False
    for part in parts:
        days = {order: day for order in orders if (day := read_parts(part[2], order)) is not None}
        distinct = distinct or len(set(days.values())) > 1
        for order in days:
            fits[order] += 1
        if len(days) == 1:
            alone[next(iter(days))].append(part)
    if not distinct and not any(alone.values()):
        return Decision(DAY_FIRST if fits[DAY_FIRST] else None)
    best = max(orders, key=lambda order: fits[order])
    against = [part for order in orders if order != best for part in alone[order]]
    if alone[best] and len(against) > 0.2 * len(alone[best]):
        row, text, _ = alone[best][0]
        other, other_text, _ = against[0]
        raise AmbiguityError(
            f'{where}, column "{column}": some dates can only be read {best} (row {row}, "{text}"), others only the '
            f'other way (row {other}, "{other_text}").',
            hint="The column was put together from two sources: export it again with the year first (2025-01-31).",
        )
    if not alone[best] or (len(orders) == 3 and any(fits[o] == fits[best] for o in orders if o != best)):
        return None
    row, text, (first, second, _) = alone[best][0]
    which, number = ("first", first) if best != MONTH_FIRST else ("second", second)
    return Decision(
        best, f"{name}: dates read {best}: row {row} has {number} as its {which} number ({text})", sure=True
    )


def _by_years(parts: list[Part], name: str) -> Decision | None:
    """The days of a month run to 31, the years of a shop do not: whichever place holds few numbers is the year."""
    if YEAR_FIRST not in _orders(parts):
        return None
    first, last = ({part[place] for _, _, part in parts} for place in (0, 2))
    if len(first | last) < _ENOUGH_DAYS or max(len(first), len(last)) < 3 * min(len(first), len(last)):
        return None
    if len(first) < len(last):
        return Decision(YEAR_FIRST, f"{name}: dates read {YEAR_FIRST}: the first number has few values, the last many")
    return None


def _by_rows(parts: list[Part], name: str) -> Decision | None:
    """Exports are written in order of time; if only one reading is, it is the right one."""
    one_way = []
    for order in _orders(parts):
        days = [read_parts(part, order) for _, _, part in parts]
        if len(set(days)) >= _ENOUGH_DAYS and runs_one_way(days):
            one_way.append(order)
    if len(one_way) != 1:
        return None
    return Decision(one_way[0], f"{name}: dates read {one_way[0]}: only so do the rows stand in order of time")


def _by_as_of(parts: list[Part], name: str, as_of: date | None) -> Decision | None:
    """No order lies behind the last observed day."""
    if as_of is None:
        return None
    possible, witness = [], None
    for order in _orders(parts):
        late = next((p for p in parts if (day := read_parts(p[2], order)) is None or day > as_of), None)
        if late is None:
            possible.append(order)
        else:
            witness = witness or late
    if len(possible) != 1 or witness is None:
        return None
    row, text, _ = witness
    return Decision(
        possible[0], f"{name}: dates read {possible[0]}: otherwise row {row} ({text}) would lie after {spoken(as_of)}"
    )


def _words(order: str) -> str:
    return {DAY_FIRST: "day/month", MONTH_FIRST: "month/day", YEAR_FIRST: "year/month/day"}[order]
