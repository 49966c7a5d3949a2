"""Lens 4, cohorts compared: do customers who come today behave like those who came before?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lifeworth.audit.cube import ENOUGH, Cell, Cube
from lifeworth.audit.decompose import factors, parts
from lifeworth.audit.money import Money
from lifeworth.audit.spans import named
from lifeworth.audit.words import LENSES, NOTE
from lifeworth.report.format import text
from lifeworth.report.spec import Axis, Block, Chart, Column, Heatmap, Page, Series, Table, Text

DRAWN = 6
"""Cohorts drawn as lines; the tables have more."""

LISTED = 24

EARLY = 90
"""Days in which a second purchase is early."""


@dataclass(frozen=True)
class Pair:
    """Two cohorts at the same age, and what made the difference.

    Attributes:
        one, other: The earlier and the later cohort.
        ages: Periods of life that are compared, the first included.
        before, after: What a customer of each brought in them.
        brought: What each of transactions a customer, value of a transaction and margin brought to the difference.
    """

    one: date
    other: date
    ages: int
    before: float
    after: float
    brought: tuple[float, float, float] | None


def complete(cube: Cube, cohort: date) -> list[Cell]:
    """A cohort's periods that are over, by age."""
    return [cell for period, cell in cube.life(cohort) if cube.over(period)]


def up_to(cube: Cube, cohort: date, ages: int) -> Cell:
    """What a cohort did in its first so many periods."""
    whole = Cell()
    for cell in complete(cube, cohort)[:ages]:
        whole = whole + cell
    return whole


def pair(cube: Cube) -> Pair | None:
    """The latest cohort of some size that is over beside the one a year earlier, else the one before; None where there are not two.

    A year earlier, because who comes before Christmas is another kind of customer than who comes in spring.
    """
    known = [cohort for cohort in cube.cohorts if cube.over(cohort) and cube.sizes[cohort] >= ENOUGH]
    if len(known) < 2:
        return None
    other = known[-1]
    year = other.replace(year=other.year - 1)
    one = year if year in known else known[-2]
    ages = len(complete(cube, other))
    sides = []
    for cohort in (one, other):
        size, whole = cube.sizes[cohort], up_to(cube, cohort, ages)
        made = factors(size, whole.transactions, whole.value, whole.profit)
        sides.append((whole.profit / size, None if made is None else made[1:]))
    (before, first), (after, second) = sides
    brought = parts(first, second) if first is not None and second is not None else None
    return Pair(one, other, ages, before, after, None if brought is None else (brought[0], brought[1], brought[2]))


def page(cube: Cube, money: Money, *, currency: str) -> Page:
    """Cohorts side by side at the same age."""
    known = [cohort for cohort in cube.cohorts if cube.over(cohort)][-LISTED:]
    title = LENSES[4][0]
    if len(known) < 2:
        only = Text(
            f"Fewer than two cohorts have a {cube.grain} that is over: there is nothing to compare yet.", tone="warning"
        )
        return Page("audit-4", title, (only,), currency=currency, as_of=cube.as_of)
    found = pair(cube)
    blocks: list[Block] = [_lines(cube, known, money), _table(cube, known, money)]
    if found is not None:
        blocks.append(_difference(cube, found, money))
    blocks += [_active(cube, known), _value(cube, known, money), Text(NOTE)]
    return Page(
        "audit-4",
        title,
        tuple(blocks),
        lead=f"{LENSES[4][1]} {lead(cube, money, currency)}",
        currency=currency,
        as_of=cube.as_of,
    )


def lead(cube: Cube, money: Money, currency: str) -> str:
    """The answer in a sentence or two."""
    found = pair(cube)
    if found is None:
        return f"There are no two cohorts of at least {ENOUGH} customers to compare yet."
    span = f"their first {cube.grain}" if found.ages == 1 else f"their first {found.ages} {cube.grain}s"
    before, after = (text(amount, "money", currency) for amount in (found.before, found.after))
    change = f" ({text(found.after / found.before - 1, 'percent')})" if found.before > 0 else ""
    return (
        f"A customer who came in {named(found.other, cube.grain)} brought {after} of {money.word} in {span}; one who came in "
        f"{named(found.one, cube.grain)} had brought {before} by then{change}."
    )


def _lines(cube: Cube, known: Sequence[date], money: Money) -> Chart:
    large = [cohort for cohort in known if cube.sizes[cohort] >= ENOUGH] or list(known)
    every = max(1, -(-len(large) // DRAWN))
    chosen = large[::every]
    series = []
    for cohort in chosen:
        so_far, points = 0.0, []
        for cell in complete(cube, cohort):
            so_far += cell.profit
            points.append(so_far / cube.sizes[cohort])
        series.append(Series(named(cohort, cube.grain), tuple(range(len(points))), tuple(points)))
    return Chart(
        "line",
        f"{money.word.capitalize()} of a customer by age, added up",
        Axis(f"{cube.grain.capitalize()}s since the first purchase", "count"),
        Axis(f"{money.word.capitalize()} each so far", "money"),
        tuple(series),
        caption="A line below those of earlier cohorts at the same age says that customers who came later are worth less.",
    )


def _table(cube: Cube, known: Sequence[date], money: Money) -> Table:
    rows = []
    for cohort in known:
        size, first = cube.sizes[cohort], cube.first[cohort]
        early = cube.repeated[cohort][EARLY] / size if cube.seen(cohort, EARLY) else None
        year = 12 // {"month": 1, "quarter": 3, "year": 12}[cube.grain]
        whole = up_to(cube, cohort, year) if len(complete(cube, cohort)) >= year else None
        rows.append(
            (
                named(cohort, cube.grain),
                size,
                first.value / size,
                early,
                None if whole is None else whole.transactions / size,
                None if whole is None else whole.profit / size,
            )
        )
    columns = (
        Column("cohort", "Came in"),
        Column("customers", "Customers", "count"),
        Column("first", "First purchase", "money", "net revenue of the first purchase day, on average"),
        Column(
            "early",
            f"Back within {EARLY} days",
            "percent",
            "share with a second purchase day; empty where not all were observed so long",
        ),
        Column(
            "transactions", "Transactions in a year", "ratio", "purchase days in the first year's periods ÷ customers"
        ),
        Column("profit", f"{money.word.capitalize()} in a year", "money", "in the first year's periods ÷ customers"),
    )
    return Table(
        "Cohort by cohort",
        columns,
        tuple(rows),
        caption=f"Read down a column: does it drift? What a cohort of fewer than {ENOUGH} customers does is chance.",
    )


def _difference(cube: Cube, found: Pair, money: Money) -> Table:
    one, other = named(found.one, cube.grain), named(found.other, cube.grain)
    names = ("More or fewer transactions each", "More or less value of one", "More or less margin")
    shown = names if money.known else names[:2]
    steps = (
        list(zip(shown, found.brought, strict=False))
        if found.brought is not None
        else [("Difference", found.after - found.before)]
    )
    rows = ((f"A customer of {one}", found.before), *steps, (f"A customer of {other}", found.after))
    columns = (Column("step", "Step"), Column("amount", f"{money.word.capitalize()} each", "money", bar=True))
    return Table(
        f"What makes {other} another than {one}",
        columns,
        rows,
        caption=f"Both at the same age: {found.ages} {cube.grain}{'s' if found.ages > 1 else ''} of life, the first included. The steps add up.",
        emphasis=(0, len(rows) - 1),
    )


def _active(cube: Cube, known: Sequence[date]) -> Heatmap:
    return _matrix(
        cube, known, "Share of the cohort that bought", "percent",
        lambda cohort, cells: [cell.active / cube.sizes[cohort] for cell in cells],
        "Read a row to see a cohort fade, a column to see whether later cohorts stay better.",
    )  # fmt: skip


def _value(cube: Cube, known: Sequence[date], money: Money) -> Heatmap:
    return _matrix(
        cube, known, f"{money.word.capitalize()} each in every {cube.grain} of life", "money",
        lambda cohort, cells: [cell.profit / cube.sizes[cohort] for cell in cells],
        "Not added up: what a customer of the cohort brought at each age.",
    )  # fmt: skip


def _matrix(cube: Cube, known: Sequence[date], title: str, kind: str, of: object, caption: str) -> Heatmap:
    rows = {cohort: of(cohort, complete(cube, cohort)) for cohort in known}  # type: ignore[operator]
    width = max(len(row) for row in rows.values())
    return Heatmap(
        title,
        "Came in",
        f"{cube.grain.capitalize()}s since",
        tuple(named(cohort, cube.grain) for cohort in known),
        tuple(str(age) for age in range(width)),
        tuple((*row, *(None,) * (width - len(row))) for row in rows.values()),
        kind,  # type: ignore[arg-type]
        caption=caption,
        side=(Column("customers", "Customers", "count"),),
        side_values=tuple((cube.sizes[cohort],) for cohort in known),
    )
