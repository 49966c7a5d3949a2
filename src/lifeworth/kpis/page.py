"""The numbers of the business as a page: what they are, how they moved, what is missing and what would bring it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias

from lifeworth.data.contracts import TABLES
from lifeworth.kpis.grid import Grid
from lifeworth.kpis.registry import Catalogue, Figure, Reckoning
from lifeworth.report.board import Board, Tab
from lifeworth.report.format import text
from lifeworth.report.spec import Axis, Block, Chart, Column, Group, Page, Series, Stat, Stats, Table
from lifeworth.units import Period

Reckonings: TypeAlias = Mapping[tuple[object, int], Reckoning]
"""The figures by part of the company and window."""

HEADLINES = ("revenue", "aov", "active_customers", "repeat_rate", "retention_rate", "simple_clv")
SUBSCRIBED = ("mrr", "subscribers", "arpa", "subscriber_churn", "nrr", "subscription_ltv")
"""The first figures a reader sees, and those of a company that has subscriptions and no orders."""
TREND = ("revenue", "mrr")
"""Figures of the pictures by month; who bought in a month stands in the cohorts already."""
MADE = frozenset({"orders", "people", "purchase_days", "history", "customers", "customers_scored"})
"""Tables every run of orders has."""


def kpis(
    whole: Reckonings,
    trend: Reckonings,
    cohorts: Iterable[Mapping[str, Any]],
    figures: Catalogue,
    grid: Grid,
    months: Grid,
    *,
    currency: str,
) -> Page:
    """Every figure of the company for a period, beside the one before it, by subject.

    Args:
        whole: Figures in the windows of `grid`.
        trend: Those of `TREND` in `months`.
        cohorts: Rows of the table `cohorts`.
        figures: The figures there are.
        grid: Windows, the last of them the period of the page.
        months: Calendar months.
        currency: Currency of the money.
    """
    last = len(grid) - 1
    now, then = whole[None, last], whole[None, last - 1]
    end = grid.bounds[-1]
    sold = not all(_tables_missing(now, figures, name) for name in HEADLINES)
    blocks: list[Block] = [Stats(tuple(stat(name, now, figures, end) for name in (HEADLINES if sold else SUBSCRIBED)))]
    blocks += _pictures(trend, cohorts, figures, months)
    for subject, names in subjects(figures).items():
        told = [name for name in names if not _tables_missing(now, figures, name)]
        if told:
            blocks.append(_table(subject, told, now, then, figures, end, currency))
    blocks += _missing(now, figures)
    return Page(
        "kpis",
        "The numbers of the business",
        tuple(blocks),
        lead=f"Figures of the {length(grid)} up to {text(end, 'date')}, beside the period of equal length before.",
        currency=currency,
        as_of=end,
    )


def stat(name: str, now: Reckoning, figures: Catalogue, end: date) -> Stat:
    """A figure with its definition, its tables, and why it has no value where it has none."""
    metric, found = figures.metrics[name], now.figure(figures.metrics[name])
    return Stat(
        metric.title,
        found.value,
        metric.kind,
        f"{metric.definition} ({metric.formula})",
        as_of=end,
        source=", ".join(figures.needs(metric)),
        note=note(found),
    )


def note(found: Figure) -> str:
    """Why a figure has no value, or what it assumes."""
    if found.why:
        return found.why
    return f"Assumed: {', '.join(found.assumed)}." if found.assumed else ""


def subjects(figures: Catalogue) -> dict[str, list[str]]:
    """Names of figures by subject, in the order of the registry."""
    found: dict[str, list[str]] = {}
    for name, metric in figures.metrics.items():
        found.setdefault(metric.subject, []).append(name)
    return found


def length(grid: Grid) -> str:
    """How long the last window is, in words."""
    start, end = grid.bounds[-2:]
    months = round(grid.months(len(grid) - 1))
    if months and Period.months(months).before(end) == start:
        return str(Period.months(months))
    return str(Period.days(grid.days(len(grid) - 1)))


def window_label(grid: Grid, k: int) -> str:
    """A window as a reader is told it: a month, a quarter, a year, or its last day; "so far" where it is not over."""
    start, end = grid.bounds[k : k + 2]
    begins = date.fromordinal(start.toordinal() + 1)
    # The one in progress is named like the others, which are as long as they are whole.
    months = grid.months(max(k - 1, 0)) if k == len(grid) - 1 and not grid.complete else grid.months(k)
    so_far = " so far" if k == len(grid) - 1 and not grid.complete else ""
    if begins.day == 1 and months in {1, 3, 12}:
        if months == 1:
            return f"{begins:%Y-%m}{so_far}"
        return f"{begins.year}{so_far}" if months == 12 else f"{begins.year} Q{(begins.month + 2) // 3}{so_far}"
    return f"up to {end.isoformat()}{so_far}"


def _table(
    subject: str,
    names: Iterable[str],
    now: Reckoning,
    then: Reckoning,
    figures: Catalogue,
    end: date,
    currency: str,
) -> Table:
    rows = []
    for name in names:
        metric = figures.metrics[name]
        found, before = now.figure(metric), then.figure(metric).value
        change = None if found.value is None or before is None or before <= 0 else found.value / before - 1
        rows.append(
            (
                metric.title,
                text(found.value, metric.kind, currency),
                text(before, metric.kind, currency),
                change,
                note(found) or metric.definition,
                metric.formula,
            )
        )
    columns = (
        Column("metric", "Figure"),
        Column("now", f"Up to {text(end, 'date')}"),
        Column("before", "Period before"),
        Column("change", "Change", "percent"),
        Column("meaning", "What it means"),
        Column("formula", "How it is made"),
    )
    return Table(subject, columns, tuple(rows))


def _pictures(trend: Reckonings, cohorts: Iterable[Mapping[str, Any]], figures: Catalogue, months: Grid) -> list[Block]:
    shown = [k for k in range(1, len(months)) if k < len(months) - 1 or months.complete]
    if len(shown) < 3:
        return []
    labels = tuple(window_label(months, k) for k in shown)
    left_out = "" if months.complete else " The month in progress is left out."

    def chart(name: str, title: str, caption: str) -> Chart | None:
        metric = figures.metrics[name]
        line = Series(metric.title, labels, tuple(trend[None, k].figure(metric).value for k in shown))
        if not any(line.y):
            return None
        return Chart("line", title, Axis("Month", "text"), Axis(metric.title, metric.kind), (line,), caption + left_out)

    charts = (
        chart("revenue", "Net revenue by month", "Orders in the month they were placed."),
        _customers(cohorts, labels, left_out),
        chart("mrr", "MRR by month", "Monthly recurring revenue at the end of each month."),
    )
    drawn = tuple(one for one in charts if one is not None)
    return [Group(drawn)] if drawn else []


def _customers(cohorts: Iterable[Mapping[str, Any]], labels: Sequence[str], left_out: str) -> Chart | None:
    """Who bought in a month, and who of them for the first time: sums over the cohorts of that month."""
    active, new = Counter[str](), Counter[str]()
    for cell in cohorts:
        label = f"{cell['month_start']:%Y-%m}"
        active[label] += cell["active"]
        new[label] += cell["customers"] if cell["month"] == 0 else 0
    if not active:
        return None
    lines = tuple(
        Series(name, tuple(labels), tuple(float(found[label]) for label in labels))
        for name, found in (("Active customers", active), ("New customers", new))
    )
    caption = "Of those who buy in a month, who does so for the first time." + left_out
    return Chart("line", "Customers by month", Axis("Month", "text"), Axis("", "count"), lines, caption)


def _tables_missing(now: Reckoning, figures: Catalogue, name: str) -> list[str]:
    """Tables without which a figure has no value here."""
    metric = figures.metrics[name]
    if now.figure(metric).value is not None:
        return []
    absent = {one.table for one in figures.measures_of(metric) if one.name in now.absent}
    return sorted({"orders" if table in MADE else table for table in absent})


def _missing(now: Reckoning, figures: Catalogue) -> list[Block]:
    """Figures that have no value for want of a table, and the table that would bring them."""
    brought: dict[str, list[str]] = {}
    for name, metric in figures.metrics.items():
        for table in _tables_missing(now, figures, name):
            brought.setdefault(table, []).append(metric.title)
    if not brought:
        return []
    named = {"mrr_movements": "subscriptions", "net_value": "subscriptions, marketing_spend or service_costs"}
    rows = tuple(
        (named.get(table, table), TABLES[table].row if table in TABLES else "", ", ".join(titles))
        for table, titles in brought.items()
    )
    columns = (Column("table", "Table"), Column("row", "A row is"), Column("brings", "Figures it brings"))
    caption = "Name a file for it: lifeworth run ORDERS --table NAME=FILE"
    return [Table("What is missing, and what would bring it", columns, rows, caption)]


BOARDS = (
    Board(
        "kpis",
        "Key figures",
        "Business",
        10,
        "kpis",
        "The numbers of the business beside the period before, each with its formula.",
        (
            Tab("kpis", "All figures"),
            Tab("metric", "One figure"),
            Tab("presets", "As other tools count"),
            Tab("definitions", "Definitions", hidden=("term",)),
        ),
    ),
    Board(
        "cohorts",
        "Cohorts",
        "Customers",
        30,
        "cohorts",
        "What customers of one origin did at every age: who stays, what they add up to, observed and predicted.",
        (Tab("cohorts"),),
    ),
)
"""Pages of the dashboard."""
