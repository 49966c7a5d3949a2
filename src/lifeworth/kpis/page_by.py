"""The numbers of the business told apart: by calendar period, cohort, segment, channel or campaign; a table a subject."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lifeworth.kpis.dimensions import WORDS, label
from lifeworth.kpis.grid import Grid
from lifeworth.kpis.page import Reckonings, length, subjects, window_label
from lifeworth.kpis.registry import Catalogue, Reckoning
from lifeworth.report.format import text
from lifeworth.report.spec import Block, Column, Page, Table, Text

MOST_PARTS = 24
"""Parts shown; the others are there with --by period or in a figure of their own."""


def periods(found: Reckonings, figures: Catalogue, grid: Grid, *, currency: str) -> Page:
    """Figures of calendar periods, the latest last."""
    rows = [(window_label(grid, k), found[None, k]) for k in range(1, len(grid))]
    blocks = _tables("Period", rows, figures, "period")
    lead = "Figures period by period. Customers of a period are compared with those of the period before it."
    if not grid.complete:
        lead += f" The last period is not over: it holds what came up to {text(grid.bounds[-1], 'date')}."
    return Page("kpis", "The numbers of the business, by period", blocks, lead, currency, grid.bounds[-1])


def parts(
    found: Reckonings, whole: Reckonings, figures: Catalogue, grid: Grid, *, by: str, segment: str, currency: str
) -> Page:
    """Figures of the parts of the company, and of the whole, in the last window."""
    last = len(grid) - 1
    members = in_order([member for member, k in found if k == last], found, last, by)
    shown = members[-MOST_PARTS:] if by == "cohort" else members[:MOST_PARTS]
    rows = [(label(member, by), found[member, last]) for member in shown]
    blocks: tuple[Block, ...] = _tables(title(by, segment), [*rows, ("All", whole[None, last])], figures, by)
    if len(shown) < len(members):
        count = len(members) - len(shown)
        blocks += (Text(f"{count} smaller or earlier parts are not shown; the last row holds them all the same."),)
    return Page(
        "kpis",
        f"The numbers of the business, by {title(by, segment).lower()}",
        blocks,
        lead=f"Figures of the {length(grid)} up to {text(grid.bounds[-1], 'date')}, by {WORDS[by]}.",
        currency=currency,
        as_of=grid.bounds[-1],
    )


def title(by: str, segment: str) -> str:
    """What stands above the parts."""
    return segment.replace("_", " ").capitalize() if by == "segment" else by.capitalize()


def in_order(members: Sequence[Any], found: Reckonings, k: int, by: str) -> list[Any]:
    """Parts as a reader looks for them: cohorts by date, others the largest first, what is not known last."""
    known = [member for member in members if member is not None]
    if by == "cohort":
        known.sort()
    else:
        known.sort(key=lambda member: (-_size(found[member, k]), str(member)))
    return known + [None] * (len(known) < len(members))


def _size(one: Reckoning) -> float:
    return float(
        next((one.row[n] for n in ("buyers", "orders", "scored", "acquisition_spend") if one.row.get(n)), 0) or 0
    )


def _tables(head: str, rows: Sequence[tuple[str, Reckoning]], figures: Catalogue, by: str) -> tuple[Table, ...]:
    found = []
    for subject, names in subjects(figures).items():
        metrics = [figures.metrics[name] for name in names if by in figures.grains(figures.metrics[name])]
        values = {m.name: [one.figure(m).value for _, one in rows] for m in metrics}
        told = [m for m in metrics if any(value is not None for value in values[m.name])]
        if not told:
            continue
        columns = (Column("part", head), *(Column(m.name, m.title, m.kind, m.definition) for m in told))
        lines = tuple((name, *(values[m.name][place] for m in told)) for place, (name, _) in enumerate(rows))
        emphasis = () if by == "period" else (len(lines) - 1,)
        found.append(Table(subject, columns, lines, emphasis=emphasis))
    return tuple(found)
