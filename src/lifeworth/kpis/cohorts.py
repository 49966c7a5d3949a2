"""Cohort tables: what customers of one origin did at every age, for any figure, observed and predicted cells told apart.

A row is made of those of its customers alone who have reached an age: the customers of a channel who came last month say
nothing of the second month, and are left out of it above and below the line. Sums of a row therefore hold complete periods only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal, TypeAlias

from lifeworth.features.calendar import months_between
from lifeworth.units import Period

Figure = Literal["retention", "customers", "orders", "revenue", "margin", "repeat_rate"]
By = Literal["month", "quarter", "channel", "country", "first_product", "first_category"]
Row: TypeAlias = date | str | None

SUMMED = ("customers", "orders", "revenue", "margin")
"""Figures that can be added up over ages; the others are shares already."""
MOST_ROWS = 36
MOST_GROUPS = 12
OTHERS = "(all others)"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its value, and whether it was predicted."""

    value: float | None
    predicted: bool = False


@dataclass(frozen=True, slots=True)
class Triangle:
    """A cohort table: rows in order with their sizes, and a cell for every age a row has reached or is predicted at."""

    rows: tuple[Row, ...]
    sizes: tuple[int, ...]
    cells: tuple[tuple[Cell | None, ...], ...]


@dataclass(slots=True)
class Sums:
    """What the customers of one row and origin did at one age."""

    active: float = 0.0
    orders: float = 0.0
    revenue: float | None = 0.0
    margin: float | None = None
    repeaters: float = 0.0
    predicted: bool = False


Origins: TypeAlias = dict[Row, dict[date, float]]
Found: TypeAlias = dict[tuple[Row, date, int], Sums]


def gather(
    cells: Iterable[Mapping[str, Any]],
    sizes: Iterable[Mapping[str, Any]],
    second: Iterable[Mapping[str, Any]] = (),
    *,
    row_of: Mapping[Row, Row] | None = None,
    by_origin: int = 0,
) -> tuple[Origins, Found]:
    """The answers of the engine, by row, origin and age.

    Args:
        cells: Rows of `features.cohort_cells.cells`.
        sizes: Rows of `features.cohort_cells.sizes`.
        second: Rows of `features.cohort_cells.second_purchases`.
        row_of: Rows that are gathered into others.
        by_origin: Months of a row, where rows are origins: 1, or 3 for quarters; 0 where they are groups.
    """

    def row(item: Mapping[str, Any]) -> Row:
        if by_origin:
            origin: date = item["origin"]
            return origin.replace(month=(origin.month - 1) // by_origin * by_origin + 1)
        member: Row = item["member"]
        return (row_of or {}).get(member, member)

    origins: Origins = defaultdict(lambda: defaultdict(float))
    found: Found = defaultdict(Sums)
    for item in sizes:
        origins[row(item)][item["origin"]] += item["customers"]
    for item in cells:
        one = found[row(item), item["origin"], int(item["age"])]
        one.active += item["active"]
        one.orders += item["orders"]
        one.revenue = _plus(one.revenue, item["revenue"])
        if item["margin"] is not None:
            one.margin = _plus(one.margin or 0.0, item["margin"])
    for item in second:
        found[row(item), item["origin"], int(item["age"])].repeaters += item["repeaters"]
    return origins, found


def of_months(cells: Iterable[Mapping[str, Any]]) -> tuple[Origins, Found]:
    """As `gather`, from the rows of the table `cohorts`: a row a month of the first purchase."""
    rows = [
        {"origin": cell["cohort"], "age": cell["month"], "margin": None}
        | {name: float(cell[name]) for name in ("active", "orders", "revenue")}
        for cell in cells
    ]
    sizes = {cell["cohort"]: cell["customers"] for cell in cells}
    return gather(rows, [{"origin": month, "customers": size} for month, size in sizes.items()], by_origin=1)


def largest(sizes: Iterable[Mapping[str, Any]], most: int = MOST_GROUPS) -> dict[Row, Row]:
    """Which groups stand by themselves, and which are gathered: the smaller ones beyond the first `most`."""
    total: dict[Row, float] = defaultdict(float)
    for item in sizes:
        total[item["member"]] += item["customers"]
    ranked = sorted(total, key=lambda member: (-total[member], str(member)))
    return dict.fromkeys(ranked[most:], OTHERS)


def triangle(
    origins: Origins,
    found: Found,
    figure: Figure,
    as_of: date,
    *,
    unit: int = 1,
    per_customer: bool = True,
    cumulative: bool = False,
    dated: bool = True,
) -> Triangle:
    """A cohort table from what was gathered.

    Args:
        origins: Customers by row and origin.
        found: What they did; predicted cells among them.
        figure: What the cells show.
        as_of: Last observed day.
        unit: Months of an age: 1 or 3.
        per_customer: Divide sums by the customers of the row that reached the age.
        cumulative: Add sums up from age 0.
        dated: Whether rows are dates: in their order, the latest `MOST_ROWS` of them.
    """
    rows: list[Row] = sorted((row for row in origins if row is not None), key=str)
    if not dated:
        rows.sort(key=lambda row: (row == OTHERS, -sum(origins[row].values()), str(row)))
    rows = rows[-MOST_ROWS:] if dated else rows
    rows += [None] * (None in origins)
    lines = []
    for row in rows:
        cells: list[Cell | None] = []
        so_far: float | None = 0.0
        age = 0
        while (
            cell := _cell(row, age, origins[row], found, figure, as_of, unit, per_customer=per_customer)
        ) is not None:
            if figure == "repeat_rate" or (cumulative and figure in SUMMED):
                so_far = _plus(so_far, cell.value)
                cell = Cell(so_far, cell.predicted)
            cells.append(cell)
            age += 1
        lines.append(tuple(cells))
    sizes = tuple(round(sum(origins[row].values())) for row in rows)
    return Triangle(tuple(rows), sizes, tuple(lines))


def _cell(
    row: Row,
    age: int,
    origins: Mapping[date, float],
    found: Found,
    figure: Figure,
    as_of: date,
    unit: int,
    *,
    per_customer: bool,
) -> Cell | None:
    """A cell of the origins that have reached the age; none where no origin has, and nothing is predicted."""
    reached = {origin: (row, origin, age) for origin in origins if _over(origin, age, unit, as_of)}
    predicted = False
    if not reached:
        reached = {
            origin: (row, origin, age)
            for origin in origins
            if (row, origin, age) in found and found[row, origin, age].predicted
        }
        # Only where every customer of the row is told of: half a row is another row.
        if len(reached) < len(origins):
            return None
        predicted = True
    nothing = Sums()
    sums = [found.get(key, nothing) for key in reached.values()]
    customers = sum(origins[origin] for origin in reached)
    if figure == "retention":
        return Cell(sum(one.active for one in sums) / customers, predicted)
    if figure == "repeat_rate":
        return Cell(sum(one.repeaters for one in sums) / customers, predicted) if not predicted else None
    total: float | None = 0.0
    known = False
    for one in sums:
        value = {"customers": one.active, "orders": one.orders, "revenue": one.revenue, "margin": one.margin}[figure]
        known = known or value is not None
        total = _plus(total, value or 0.0)
    if not known:
        # Where no costs are stated in a period in which nothing was sold, the margin is nothing; elsewhere it is not known.
        total = 0.0 if not any(one.active or one.revenue for one in sums) else None
    if per_customer and total is not None:
        total /= customers
    return Cell(total, predicted)


def _over(origin: date, age: int, unit: int, as_of: date) -> bool:
    """Whether the period `age` after `origin` has ended."""
    return Period.months(unit * (age + 1)).after(origin) - timedelta(days=1) <= as_of


def forecast(
    rows: Iterable[Mapping[str, Any]], origins: Origins, found: Found, as_of: date, *, unit: int, by: By
) -> None:
    """Put predicted cells beside the observed ones: those of the table `cohort_forecast`, in periods that are not over.

    The period in progress is what was observed of it and what is predicted of its rest. Only for rows by month, quarter or
    channel, and only where ages are months: the forecast knows no others.
    """
    if unit != 1 or by not in {"month", "quarter", "channel"}:
        return
    for item in rows:
        origin: date = item["cohort"]
        channel: Row = item["channel"]
        quarter = origin.replace(month=(origin.month - 1) // 3 * 3 + 1)
        row: Row = channel if by == "channel" else quarter if by == "quarter" else origin
        age = months_between(origin, item["month_start"])
        if origin not in origins.get(row, {}) or _over(origin, age, unit, as_of):
            continue
        one = found[row, origin, age]
        one.predicted = True
        one.active += item["active"] or 0.0
        one.orders += item["orders"] or 0.0
        one.revenue = _plus(one.revenue, item["revenue"])
        if item["margin"] is not None:
            one.margin = _plus(one.margin or 0.0, item["margin"])


def _plus(one: float | None, other: Any) -> float | None:
    """A sum that is not known where a part of it is not."""
    return None if one is None or other is None else one + float(other)
