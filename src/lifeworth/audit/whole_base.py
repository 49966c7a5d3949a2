"""Lens 5, the whole base: what the business is made of, cohort on cohort (the C3 of Fader, Hardie & Ross)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from lifeworth.audit.cube import Cell, Cube
from lifeworth.audit.money import Money
from lifeworth.audit.spans import Grain, coarser, named, start_of
from lifeworth.audit.words import LENSES, NOTE
from lifeworth.report.format import text
from lifeworth.report.spec import Axis, Block, Chart, Column, Heatmap, Page, Series, Table, Text

BANDS = 6
"""Cohorts a picture can hold apart; earlier ones stand together."""


@dataclass(frozen=True)
class Layers:
    """The base in layers.

    Attributes:
        grain: Of the cohorts.
        periods: First days of the periods, those of the cube.
        names: The layers, the earliest at the foot.
        cells: Layer × period; over all layers a period adds up to all purchases in it.
        fresh: By period, what came from customers who came in that very period.
    """

    grain: Grain
    periods: Sequence[date]
    names: Sequence[str]
    cells: Mapping[tuple[str, date], Cell]
    fresh: Mapping[date, Cell]

    def total(self, period: date) -> Cell:
        """All layers of a period."""
        whole = Cell()
        for name in self.names:
            whole = whole + self.cells.get((name, period), Cell())
        return whole


def layers(cube: Cube) -> Layers:
    """The cube by longer cohorts, the earliest of them together where they are many."""
    grain = coarser(cube.grain, cube.periods[0], cube.as_of)
    merged = cube.coarser(grain)
    cohorts = sorted({cohort for cohort, _ in merged})
    early = cohorts[: max(0, len(cohorts) - BANDS + 1)] if len(cohorts) > BANDS else []
    label = {
        cohort: f"up to {named(early[-1], grain)}" if cohort in early else named(cohort, grain) for cohort in cohorts
    }
    cells: dict[tuple[str, date], Cell] = {}
    for (cohort, period), cell in merged.items():
        key = (label[cohort], period)
        cells[key] = cells.get(key, Cell()) + cell
    fresh = {period: cube.cell(period, period) for period in cube.periods}
    return Layers(grain, cube.periods, list(dict.fromkeys(label[cohort] for cohort in cohorts)), cells, fresh)


def page(cube: Cube, money: Money, *, currency: str) -> Page:
    """The base in layers: a picture, where each period's sum came from, and how long cohorts carry the business."""
    found = layers(cube)
    blocks: list[Block] = [
        _stack(cube, found, money),
        _customers(cube, found),
        _sources(cube, found, money),
        _shares(cube, found, money),
        Text(NOTE),
    ]
    blocks.insert(
        -1,
        Text(
            f"The data begin in {named(cube.periods[0], cube.grain)}: who had bought before then stands in the first layer as if they came in it."
        ),
    )
    if cube.periods and not cube.over(cube.periods[-1]):
        blocks.insert(-1, Text(f"{named(cube.periods[-1], cube.grain)} is not over: its bar is lower for that alone."))
    return Page(
        "audit-5",
        LENSES[5][0],
        tuple(blocks),
        lead=f"{LENSES[5][1]} {lead(cube, money, currency)}",
        currency=currency,
        as_of=cube.as_of,
    )


def picture(cube: Cube, money: Money) -> Chart:
    """The base in layers, as a picture."""
    return _stack(cube, layers(cube), money)


def lead(cube: Cube, money: Money, currency: str) -> str:
    """The answer in a sentence or two."""
    found = layers(cube)
    year = 12 // {"month": 1, "quarter": 3, "year": 12}[cube.grain]
    done = [period for period in found.periods if cube.over(period)]
    # Nobody was there before the data began, so at most the latter half of them can be asked about.
    last = done[-min(year, len(done) // 2) :] if len(done) > 1 else []
    if not last:
        return f"There are not two {cube.grain}s that are over yet."
    start = last[0]
    whole = sum(found.total(period).profit for period in last)
    older = sum(cube.cell(cohort, period).profit for cohort in cube.cohorts if cohort < start for period in last)
    if whole <= 0:
        return f"There was no {money.word} in the last {len(last)} {cube.grain}s."
    share = text(older / whole, "percent")
    amount = text(whole, "money", currency, compact=True)
    rest = "without new ones that is what would have been left" if older > 0 else "all of it had to be won anew"
    span = f"the last {len(last)} {cube.grain}s" if len(last) > 1 else f"the last {cube.grain}"
    return f"Of the {amount} of {money.word} in {span} {share} came from customers who were there before: {rest}."


def _stack(cube: Cube, found: Layers, money: Money) -> Chart:
    return _drawn(
        cube, found, f"{money.word.capitalize()} of each {cube.grain}, by when customers came", Axis(money.word.capitalize(), "money"),
        lambda cell: cell.profit, "Each layer is a cohort, the earliest at the foot. A layer that thins fast has to be replaced by the next.",
    )  # fmt: skip


def _customers(cube: Cube, found: Layers) -> Chart:
    return _drawn(
        cube, found, f"Customers who bought in each {cube.grain}, by when they came", Axis("Customers", "count"),
        lambda cell: float(cell.active), "The same in heads. Where layers of money stay thicker than layers of heads, those who stay spend more.",
    )  # fmt: skip


def _drawn(cube: Cube, found: Layers, title: str, axis: Axis, of: object, caption: str) -> Chart:
    places = tuple(named(period, cube.grain) for period in found.periods)
    series = tuple(
        Series(
            f"came {name}" if name.startswith("up to") else f"came in {name}",
            places,
            tuple(of(found.cells[name, period]) if (name, period) in found.cells else None for period in found.periods),  # type: ignore[operator]
        )
        for name in found.names
    )
    return Chart("stack", title, Axis(cube.grain.capitalize(), "text"), axis, series, caption=caption)


def _sources(cube: Cube, found: Layers, money: Money) -> Table:
    rows = []
    for period in found.periods:
        whole, fresh = found.total(period), found.fresh[period]
        rows.append(
            (
                named(period, cube.grain),
                whole.active,
                fresh.active,
                whole.active - fresh.active,
                whole.profit,
                fresh.profit,
                whole.profit - fresh.profit,
                (whole.profit - fresh.profit) / whole.profit if whole.profit > 0 else None,
            )
        )
    figures = [[row[place] for row in rows] for place in (4, 5, 6)]
    sums = [sum(float(value or 0.0) for value in column) for column in figures]
    total = ("All periods", None, sum(cube.sizes.values()), None, *sums, sums[2] / sums[0] if sums[0] > 0 else None)
    columns = (
        Column("period", cube.grain.capitalize()),
        Column("customers", "Customers who bought", "count"),
        Column("new", "new", "count", "whose first purchase was in the period"),
        Column("known", "known", "count", "who had bought in an earlier period"),
        Column("profit", money.word.capitalize(), "money"),
        Column("profit_new", "from new", "money"),
        Column("profit_known", "from known", "money"),
        Column("share", "Known", "percent", f"share of the {money.word} that came from known customers", bar=True),
    )
    return Table(
        f"New and known customers in each {cube.grain}",
        columns,
        (*rows, total),
        caption=f"A customer who bought in several {cube.grain}s counts in each; each is new once.",
        emphasis=(len(rows),),
    )


def _shares(cube: Cube, found: Layers, money: Money) -> Heatmap:
    years = sorted({start_of(period, found.grain) for period in found.periods})
    sums: dict[tuple[str, date], float] = {}
    for (name, period), cell in found.cells.items():
        key = (name, start_of(period, found.grain))
        sums[key] = sums.get(key, 0.0) + cell.profit
    return Heatmap(
        f"{money.word.capitalize()} by cohort and {found.grain}",
        "Came in",
        found.grain.capitalize(),
        tuple(found.names),
        tuple(named(year, found.grain) for year in years),
        tuple(tuple(sums.get((name, year)) for year in years) for name in found.names),
        "money",
        caption="The layers as numbers; a column adds up to all of the period.",
    )
