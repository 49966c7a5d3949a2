"""From measures to numbers: one query a table, whatever is asked for and for however many periods and parts.

Rows are told apart by window and part and added up at once. What stands at a point in time (MRR, subscribers) is the sum of
everything before it, so it comes from the same query as what happens between two of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias

import ibis
from ibis.expr.types import Table

from lifeworth.errors import OptionError
from lifeworth.features import expressions
from lifeworth.features.months import month_of
from lifeworth.kpis import sources
from lifeworth.kpis.grid import Grid, later
from lifeworth.kpis.measures import Measure
from lifeworth.kpis.people import Within, people
from lifeworth.kpis.sources import SOURCES, Tables

Member: TypeAlias = str | date | None
"""A part of the company: a channel, a month, a segment; nothing for the company as a whole, and for the part not known."""

EXACT = "decimal(38, 9)"
"""Fractions are added up as decimals: then the order in which threads add does not change a digit."""


@dataclass(frozen=True)
class Cells:
    """What was counted: the value of every measure, by part and window.

    Attributes:
        grid: The windows.
        members: The parts, as they came.
        values: By part, window and name; None where rows were there but none of them said it.
        absent: Why a measure could not be taken at all, by name.
    """

    grid: Grid
    members: tuple[Member, ...]
    values: Mapping[tuple[Member, int, str], float | None]
    absent: Mapping[str, str] = field(default_factory=dict)

    def row(self, member: Member, k: int) -> dict[str, float | None]:
        """The measures of one part in one window."""
        return {name: value for (who, window, name), value in self.values.items() if (who, window) == (member, k)}

    def rows(self) -> dict[tuple[Member, int], dict[str, float | None]]:
        """The measures of every part in every window."""
        found: dict[tuple[Member, int], dict[str, float | None]] = {
            (member, k): {} for member in self.members for k in range(len(self.grid))
        }
        for (member, k, name), value in self.values.items():
            found[member, k][name] = value
        return found


def queries(
    tables: Tables, measures: Collection[Measure], grid: Grid, *, by: str = "", members: Table | None = None
) -> dict[str, Table]:
    """One query a table: rows of `_member` and `_window`, a column a measure.

    Args:
        tables: Where rows come from.
        measures: What is asked for; measures of tables that are not there are left out.
        grid: The windows.
        by: The dimension that tells parts of the company apart.
        members: The customers with their parts, from `dimensions.members`.

    Raises:
        OptionError: if an expression cannot be read, with its near match.
    """
    found = {}
    for name, asked in _by_table(measures).items():
        if sources.has(tables, name) and (not by or _tells(name, by)):
            rows = sources.rows(tables, "purchase_days" if name == "people" else name)
            make = _people if name == "people" else _events
            found[name] = make(rows, name, asked, grid, by, members)
    return found


def assemble(
    answers: Mapping[str, Iterable[Mapping[str, Any]]],
    measures: Collection[Measure],
    grid: Grid,
    *,
    by: str = "",
) -> Cells:
    """The rows of `queries` as cells: stocks carried forward, what did not happen as 0, what is not known as nothing."""
    values: dict[tuple[Member, int, str], float | None] = {}
    members: dict[Member, None] = {} if by else {None: None}
    taken = {name: list(rows) for name, rows in answers.items()}
    for rows in taken.values():
        members |= dict.fromkeys(row["_member"] for row in rows if row["_window"] >= 0)
    for name, asked in _by_table(measures).items():
        if name not in taken:
            continue
        at = {(row["_member"], row["_window"]): row for row in taken[name]}
        read = _read_people if name == "people" else _read_events
        for member in members:
            for measure in asked:
                for k, value in read(measure, at, member, grid):
                    values[member, k, measure.name] = value
    absent = {m.name: _why_absent(m, taken, by) for m in measures if m.table not in taken}
    return Cells(grid, tuple(members), values, absent)


def _by_table(measures: Iterable[Measure]) -> dict[str, list[Measure]]:
    found: dict[str, list[Measure]] = defaultdict(list)
    for measure in measures:
        found[measure.table].append(measure)
    return found


def _tells(name: str, by: str) -> bool:
    return bool(SOURCES[name].customer) or by in SOURCES[name].own


def _why_absent(measure: Measure, taken: Mapping[str, object], by: str) -> str:
    del taken
    table = " and ".join(SOURCES[measure.table].needs) or measure.table
    if by and not _tells(measure.table, by):
        return f"the table {measure.table} cannot be told apart by {by}"
    return f"the table {table} is missing"


# -- queries ------------------------------------------------------------------------------------------------------------
def _parted(rows: Table, name: str, by: str, members: Table | None) -> Table:
    source = SOURCES[name]
    if not by:
        return rows.mutate(_member=ibis.null("string"))
    if by in source.own:
        own = rows[source.own[by]]
        return rows.mutate(_member=month_of(own) if by == "cohort" else own)
    if members is None:
        raise ValueError(f"{by} needs the customers with their parts")
    joined = rows.left_join(members, rows[source.customer] == members["owner"])
    return joined.mutate(_member=joined["member"]).drop("owner", "member")


def _events(rows: Table, name: str, asked: list[Measure], grid: Grid, by: str, members: Table | None) -> Table:
    days = {_day(measure) for measure in asked}
    if len(days) > 1:
        return _several_days(rows, name, asked, grid, by, members)
    day = next(iter(days))
    parted = _parted(rows, name, by, members)
    if not day:
        dated = parted.mutate(_window=ibis.literal(len(grid) - 1))
    else:
        stocks = any(m.when in {"at start", "at end"} for m in asked)
        moment = parted[day]
        kept = parted.filter(~later(moment, grid.bounds[-1]))
        kept = kept if stocks else kept.filter(later(kept[day], grid.bounds[0]))
        dated = kept.mutate(_window=grid.index(kept[day]))
    sums: dict[str, Any] = {}
    for measure in asked:
        sums |= _aggregates(measure, measure.name, dated, dated)
    return dated.group_by("_member", "_window").agg(**sums)


def _day(measure: Measure) -> str:
    """The column its rows are dated by; none where the table stands as it is on the as-of day."""
    return "" if measure.is_now else measure.at or SOURCES[measure.table].day


def _several_days(rows: Table, name: str, asked: list[Measure], grid: Grid, by: str, members: Table | None) -> Table:
    """Measures of one table that go by different days: a query for each, side by side."""
    by_day: dict[str, list[Measure]] = defaultdict(list)
    for measure in asked:
        by_day[_day(measure)].append(measure)
    parts = [_events(rows, name, some, grid, by, members) for some in by_day.values()]
    joined = ibis.union(*_aligned(parts))
    sums = {column: joined[column].max() for column in joined.columns if column not in {"_member", "_window"}}
    return joined.group_by("_member", "_window").agg(**sums)


def _people(days: Table, name: str, asked: list[Measure], grid: Grid, by: str, members: Table | None) -> Table:
    wanted = {column for m in asked for text in (m.value, m.where) if text for column in expressions.names(text)}
    lives = _parted(people(days, grid, wanted), name, by, members)
    # A window at a time: all of them at once are a row of hundreds of sums, which no cache holds.
    parts = [_window_of(lives, asked, grid, k, by) for k in range(len(grid))]
    return ibis.union(*_aligned(parts)) if len(parts) > 1 else parts[0]


def _window_of(lives: Table, asked: list[Measure], grid: Grid, k: int, by: str) -> Table:
    sums: dict[str, Any] = {}
    for measure in asked:
        if k or not _looks_back(measure):
            sums |= _aggregates(measure, measure.name, lives, Within(lives, grid, k))
    if not sums:
        # Before the first window there is nothing to look back on: its row says that it was looked at.
        sums = {"_people": lives.count()}
    found = lives.group_by("_member").agg(**sums) if by else lives.agg(**sums).mutate(_member=ibis.null("string"))
    return found.mutate(_window=ibis.literal(k, "int64"))


def _aligned(parts: list[Table]) -> list[Table]:
    """The parts with the columns of all of them; what one has not is null there."""
    columns = {column: kind for part in parts for column, kind in part.schema().items()}
    return [
        part.select(**{c: part[c].cast(kind) if c in part.columns else ibis.null(kind) for c, kind in columns.items()})
        for part in parts
    ]


def _looks_back(measure: Measure) -> bool:
    texts = [text for text in (measure.value, measure.where) if text]
    return any(column.endswith("_before") for text in texts for column in expressions.names(text))


def _aggregates(measure: Measure, name: str, rows: Table, columns: expressions.Columns) -> dict[str, Any]:
    what = f"measures.{measure.name}"
    where = expressions.condition(measure.where, columns, what=what) if measure.where else None
    number = rows.count(where=where).cast("int64")
    if measure.aggregate == "count" and not measure.value:
        return {name: number}
    value: Any = expressions.compile(measure.value, columns, what=what)
    if measure.aggregate == "count":
        return {name: value.count(where=where).cast("int64")}
    if measure.aggregate == "distinct":
        return {name: value.nunique(where=where).cast("int64")}
    if value.type().is_boolean() and measure.aggregate in {"sum", "mean"}:
        value = value.cast("int64")
    if not value.type().is_numeric():
        raise OptionError(f'{what}: "{measure.value}" is no number, so it has no {measure.aggregate}.')
    if measure.aggregate in {"min", "max"}:
        found = value.min(where=where) if measure.aggregate == "min" else value.max(where=where)
        return {name: found.cast("float64")}
    exact = value.cast(EXACT) if value.type().is_floating() else value
    total = exact.sum(where=where).cast(EXACT)
    if measure.aggregate == "mean":
        return {name: total, f"{name}__of": value.count(where=where).cast("int64")}
    return {name: total, f"{name}__of": number}


# -- answers ------------------------------------------------------------------------------------------------------------
def _read_people(measure: Measure, at: Mapping[Any, Any], member: Member, grid: Grid) -> Iterable[tuple[int, Any]]:
    for k in range(len(grid)):
        if k or not _looks_back(measure):
            yield k, _one(measure, measure.name, at.get((member, k)))


def _read_events(measure: Measure, at: Mapping[Any, Any], member: Member, grid: Grid) -> Iterable[tuple[int, Any]]:
    last = len(grid) - 1
    if measure.is_now:
        yield last, _one(measure, measure.name, at.get((member, last)))
        return
    each = {k: _one(measure, measure.name, at.get((member, k))) for k in range(-1, len(grid))}
    for k in range(len(grid)):
        if measure.when == "within":
            yield k, each[k]
        else:
            until = k if measure.when == "at start" else k + 1
            known = [value for window, value in each.items() if window < until and value is not None]
            yield k, sum(known) if known else None


def _one(measure: Measure, name: str, row: Mapping[str, Any] | None) -> float | None:
    """A value of an answer: what has no rows is 0 where it is a sum or a number, and not known where it is a mean."""
    if row is None:
        return 0.0 if measure.additive or measure.aggregate == "distinct" else None
    value = row[name]
    if measure.aggregate == "mean":
        return None if value is None or not row[f"{name}__of"] else float(value / row[f"{name}__of"])
    if value is None and measure.additive:
        return 0.0 if not row[f"{name}__of"] else None
    return None if value is None else float(value)
