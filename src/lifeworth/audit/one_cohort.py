"""Lens 3, one cohort over time: how do customers who came together change as they age?"""

from __future__ import annotations

import re
from datetime import date

from lifeworth.audit.cube import ENOUGH, REPEAT_DAYS, Cell, Cube
from lifeworth.audit.decompose import factors
from lifeworth.audit.money import Money
from lifeworth.audit.spans import named, start_of
from lifeworth.audit.words import LENSES, NOTE
from lifeworth.errors import OptionError
from lifeworth.report.format import text
from lifeworth.report.spec import Axis, Block, Chart, Column, Group, Page, Series, Stat, Stats, Table, Text


def choose(cube: Cube, asked: str | None) -> date:
    """The cohort to follow.

    Args:
        cube: What was observed.
        asked: "2025-03", "2025-Q1" or a day; without it the first of some size that came after the data had begun, as those who bought
            in the first period may have been customers before.

    Raises:
        OptionError: if nobody came in the period asked for, or it cannot be read.
    """
    known = cube.cohorts
    if asked is None:
        large = [one for one in known[1:-1] if cube.sizes[one] >= ENOUGH]
        return large[0] if large else max(known, key=lambda one: (cube.sizes[one], -one.toordinal()))
    match = re.fullmatch(r"(\d{4})-(?:Q([1-4])|(\d{2})(?:-\d{2})?)", asked.strip(), re.IGNORECASE)
    month = 0 if match is None else 3 * int(match[2]) - 2 if match[2] else int(match[3])
    names = [named(one, cube.grain) for one in known]
    if match is None or not 1 <= month <= 12:
        raise OptionError(f'"{asked}" is no cohort.', allowed=names)
    cohort = start_of(date(int(match[1]), month, 1), cube.grain)
    if cohort not in cube.sizes:
        raise OptionError(f"Nobody came in {named(cohort, cube.grain)}.", allowed=names)
    return cohort


def life(cube: Cube, cohort: date) -> list[tuple[date, Cell]]:
    """The cohort in every period that is over, and in the running one if none is."""
    whole = cube.life(cohort)
    return [(period, cell) for period, cell in whole if cube.over(period)] or whole


def page(cube: Cube, cohort: date, money: Money, *, currency: str) -> Page:
    """One cohort from its first period on: who still buys, how often, for how much, and what it adds up to."""
    rows = life(cube, cohort)
    whole = Cell()
    for _, cell in cube.life(cohort):
        whole = whole + cell
    size = cube.sizes[cohort]
    blocks: list[Block] = [
        _stats(cube, cohort, whole, money),
        Group((_active(cube, rows, size), _value(cube, rows, size, money))),
        _table(cube, cohort, rows, size, money),
        Text(NOTE),
    ]
    if cohort == cube.cohorts[0] and cube.periods and start_of(cube.periods[0], cube.grain) == cohort:
        blocks.append(
            Text(
                "The data begin in this period: who bought then may have been a customer before, so this cohort looks more loyal than one that came new.",
                tone="warning",
            )
        )
    return Page(
        "audit-3",
        LENSES[3][0],
        tuple(blocks),
        lead=f"{LENSES[3][1]} {lead(cube, cohort, money, currency)}",
        currency=currency,
        as_of=cube.as_of,
    )


def lead(cube: Cube, cohort: date, money: Money, currency: str) -> str:
    """The answer in a sentence or two."""
    rows, size = life(cube, cohort), cube.sizes[cohort]
    whole = sum(cell.profit for _, cell in cube.life(cohort))
    first = rows[0][1].profit
    came = f"{size:,} customers came in {named(cohort, cube.grain)} and have brought {text(whole / size, 'money', currency)} each"
    of_first = f", {text(first / whole, 'percent')} of it in that {cube.grain}" if whole > 0 and len(rows) > 1 else ""
    last = (
        f" In {named(rows[-1][0], cube.grain)} {text(rows[-1][1].active / size, 'percent')} of them bought."
        if len(rows) > 1
        else ""
    )
    return f"{came}{of_first}.{last}"


def _stats(cube: Cube, cohort: date, whole: Cell, money: Money) -> Stats:
    size, as_of = cube.sizes[cohort], cube.as_of
    items = [
        Stat(
            "Customers",
            size,
            "count",
            f"Customers whose first purchase was in {named(cohort, cube.grain)}.",
            as_of=as_of,
        ),
        Stat("Transactions each", whole.transactions / size, "ratio", "Purchase days so far ÷ customers.", as_of=as_of),
        Stat(
            f"{money.word.capitalize()} each",
            whole.profit / size,
            "money",
            f"{money.word.capitalize()} so far ÷ customers.",
            as_of=as_of,
        ),
    ]
    for days in REPEAT_DAYS:
        seen = cube.seen(cohort, days)
        items.append(
            Stat(
                f"Back within {days} days",
                cube.repeated[cohort][days] / size if seen else None,
                "percent",
                f"Customers with a second purchase day within {days} days of the first ÷ customers.",
                as_of=as_of,
                note="" if seen else f"not defined: not all of them have been observed for {days} days",
            )
        )
    return Stats(tuple(items))


def _active(cube: Cube, rows: list[tuple[date, Cell]], size: int) -> Chart:
    series = Series("Bought", tuple(period for period, _ in rows), tuple(cell.active / size for _, cell in rows))
    return Chart(
        "line",
        f"Who bought in each {cube.grain}",
        Axis(cube.grain.capitalize(), "date"),
        Axis("Share of the cohort", "percent"),
        (series,),
        caption="The first drop is the largest: many buy once. What matters is whether the line then flattens.",
    )


def _value(cube: Cube, rows: list[tuple[date, Cell]], size: int, money: Money) -> Chart:
    so_far, points = 0.0, []
    for _, cell in rows:
        so_far += cell.profit
        points.append(so_far / size)
    series = Series(money.word.capitalize(), tuple(period for period, _ in rows), tuple(points))
    return Chart(
        "line",
        f"{money.word.capitalize()} of a customer, added up",
        Axis(cube.grain.capitalize(), "date"),
        Axis(f"{money.word.capitalize()} each so far", "money"),
        (series,),
        caption="What one customer of the cohort has brought up to the end of each period.",
    )


def _table(cube: Cube, cohort: date, rows: list[tuple[date, Cell]], size: int, money: Money) -> Table:
    so_far, lines = 0.0, []
    for period, cell in rows:
        so_far += cell.profit
        made = factors(cell.active, cell.transactions, cell.value, cell.profit)
        each = (None, None, None) if made is None else made[1:]
        lines.append(
            (
                named(period, cube.grain), cube.age(cohort, period), cell.active, cell.active / size, *each, cell.profit, so_far, so_far / size,
            )
        )  # fmt: skip
    columns = (
        Column("period", cube.grain.capitalize()),
        Column("age", "Age", "count", f"{cube.grain}s since the first purchase"),
        Column("active", "Customers who bought", "count"),
        Column("share", "Share", "percent", bar=True),
        Column("transactions", "Transactions each", "ratio", "of those who bought"),
        Column("value", "Value of one", "money"),
        Column("margin", "Margin", "percent"),
        Column("profit", money.word.capitalize(), "money"),
        Column("sofar", "Added up", "money"),
        Column("each", "Each, added up", "money", "÷ all customers of the cohort"),
    )
    if not money.known:
        columns, lines = columns[:6] + columns[7:], [line[:6] + line[7:] for line in lines]  # type: ignore[assignment]
    return Table("Period by period", columns, tuple(lines), caption="A period that is not over is left out.")
