"""One figure on a page of its own, and the list of what all of them mean."""

from __future__ import annotations

from lifeworth.kpis.dimensions import WORDS, label
from lifeworth.kpis.grid import Grid
from lifeworth.kpis.metric import GIVEN, Metric
from lifeworth.kpis.page import Reckonings, length, note, stat, window_label
from lifeworth.kpis.page_by import in_order, title
from lifeworth.kpis.registry import Catalogue
from lifeworth.report.format import text
from lifeworth.report.spec import Axis, Block, Chart, Column, Page, Series, Stat, Stats, Table, Text


def metric(
    asked: Metric,
    figures: Catalogue,
    whole: Reckonings,
    path: Reckonings | None,
    parts: Reckonings | None,
    grid: Grid,
    steps: Grid,
    *,
    by: str,
    segment: str,
    currency: str,
) -> Page:
    """A figure now and before, over time, told apart, and how it is made."""
    last, end = len(grid) - 1, grid.bounds[-1]
    before = whole[None, last - 1].figure(asked)
    then = Stat(
        "Period before",
        before.value,
        asked.kind,
        f"the same up to {text(grid.bounds[-2], 'date')}",
        as_of=grid.bounds[-2],
        note=note(before),
    )
    blocks: list[Block] = [Stats((stat(asked.name, whole[None, last], figures, end), then))]
    blocks += [Text("It is known for the as-of day only, so it has no path over time.")] if path is None else []
    if path is not None:
        blocks += _path(asked, path, steps)
    if parts is not None:
        blocks.append(_apart(asked, parts, whole, figures, last, by, segment))
    blocks.append(_made_of(asked, figures, whole, last))
    return Page(
        "metric",
        asked.title,
        tuple(blocks),
        lead=f"{asked.definition} Shown for the {length(grid)} up to {text(end, 'date')}.",
        currency=currency,
        as_of=end,
    )


def definitions(figures: Catalogue, term: str | None) -> Table:
    """Figures with their meaning, formula, direction, dimensions, tables and source."""
    columns = (
        Column("name", "Name"),
        Column("title", "Figure"),
        Column("definition", "Meaning"),
        Column("formula", "Formula"),
        Column("kind", "Unit"),
        Column("direction", "Good is"),
        Column("by", "Told apart by"),
        Column("needs", "Tables"),
        Column("source", "After"),
    )
    rows = tuple(
        (
            m.name,
            m.title,
            m.definition,
            m.formula,
            m.kind,
            m.direction,
            ", ".join(figures.grains(m)[1:]),
            ", ".join(figures.needs(m)),
            m.source,
        )
        for m in figures.metrics.values()
        if term in (None, m.name)
    )
    return Table("Definitions", columns, rows)


def _path(asked: Metric, path: Reckonings, steps: Grid) -> list[Block]:
    shown = range(1, len(steps))
    labels = tuple(window_label(steps, k) for k in shown)
    values = [path[None, k].figure(asked) for k in shown]
    if not any(one.value is not None for one in values):
        return [Text(f"{asked.title} has no value in any of these periods. {values[-1].why}", tone="warning")]
    caption = "Each point is a period of its own, set beside the one before where the figure compares two."
    if not steps.complete:
        caption += " The last period is not over."
    line = Series(asked.title, labels, tuple(one.value for one in values))
    chart = Chart("line", f"{asked.title} over time", Axis("Period", "text"), Axis("", asked.kind), (line,), caption)
    columns = (Column("period", "Period"), Column("value", asked.title, asked.kind), Column("note", "Note"))
    rows = tuple((name, one.value, note(one)) for name, one in zip(labels, values, strict=True))
    return [chart, Table("Period by period", columns, rows)]


def _apart(
    asked: Metric, parts: Reckonings, whole: Reckonings, figures: Catalogue, last: int, by: str, segment: str
) -> Block:
    if by not in figures.grains(asked):
        return Text(f"{asked.title} cannot be told apart by {by}.", tone="warning")
    members = in_order([member for member, k in parts if k == last], parts, last, by)
    rows = []
    for member in members:
        now, before = parts[member, last].figure(asked), parts[member, last - 1].figure(asked)
        rows.append((label(member, by), now.value, before.value, note(now)))
    now, before = whole[None, last].figure(asked), whole[None, last - 1].figure(asked)
    rows.append(("All", now.value, before.value, note(now)))
    head = title(by, segment)
    columns = (
        Column("part", head, definition=WORDS[by]),
        Column("value", asked.title, asked.kind, asked.definition, bar=True),
        Column("before", "Period before", asked.kind),
        Column("note", "Note"),
    )
    return Table(f"By {head.lower()}", columns, tuple(rows), emphasis=(len(rows) - 1,))


def _made_of(asked: Metric, figures: Catalogue, whole: Reckonings, last: int) -> Table:
    """The formula with its terms, their meaning and their values: what a reader needs to compute it by hand."""
    now, before = whole[None, last], whole[None, last - 1]
    rows: list[tuple[str, str, str, float | None, float | None]] = []
    for name in asked.names:
        if name in figures.measures or name in GIVEN:
            about = figures.measures[name].about if name in figures.measures else GIVEN[name].about
            table = figures.measures[name].table if name in figures.measures else ""
            rows.append((name, about, table, now.row.get(name), before.row.get(name)))
        else:
            inner = figures.metrics[name]
            rows.append((name, inner.definition, inner.formula, now.figure(inner).value, before.figure(inner).value))
    columns = (
        Column("term", "Term"),
        Column("about", "What it is"),
        Column("of", "From"),
        Column("now", "Now", "number"),
        Column("before", "Before", "number"),
    )
    source = f" After: {asked.source}." if asked.source else ""
    return Table(f"{asked.name} = {asked.formula}", columns, tuple(rows), caption=f"How it is made.{source}")
