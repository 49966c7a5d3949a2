"""The numbers of the business as pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from lifeworth.kpis.basics import Window
from lifeworth.kpis.registry import METRICS, evaluate
from lifeworth.report.format import text
from lifeworth.report.spec import Column, Heatmap, Page, Stat, Stats, Table, Text
from lifeworth.units import Period

HEADLINES = ("revenue", "aov", "active_customers", "repeat_rate", "retention_rate", "simple_clv")
LONGEST_COHORT_TABLE = 36


def kpis(now: Mapping[str, Any], then: Mapping[str, Any] | None, *, span: Window, currency: str) -> Page:
    """The registry on one window, with the window before it beside."""
    values = {name: evaluate(metric, now) for name, metric in METRICS.items()}
    stats = tuple(
        Stat(
            METRICS[name].title,
            values[name][0],
            METRICS[name].kind,
            f"{METRICS[name].definition} ({METRICS[name].formula})",
            as_of=span.end,
            source=", ".join(METRICS[name].needs),
            note=values[name][1],
        )
        for name in HEADLINES
    )
    rows = []
    for name, metric in METRICS.items():
        value, why = values[name]
        before = None if then is None or name == "customer_equity" else evaluate(metric, then)[0]
        change = None if value is None or not before else value / before - 1
        rows.append(
            (
                metric.title,
                text(value, metric.kind, currency),
                text(before, metric.kind, currency),
                change,
                why or metric.formula,
            )
        )
    columns = (
        Column("metric", "Figure"),
        Column("now", f"Up to {text(span.end, 'date')}"),
        Column("before", "Period before"),
        Column("change", "Change", "percent"),
        Column("formula", "How it is made"),
    )
    return Page(
        "kpis",
        "The numbers of the business",
        (Stats(stats), Table("All figures", columns, tuple(rows))),
        lead=f"Figures of the {_length(span)} up to {text(span.end, 'date')}, beside the period of equal length before.",
        currency=currency,
        as_of=span.end,
    )


def cohorts(cells: Sequence[Mapping[str, Any]], *, as_of: date, currency: str) -> Page:
    """Two triangles: the share of each cohort that bought again, and what a customer of it has brought in all."""
    cells = [cell for cell in cells if cell["complete"]]
    months = sorted({cell["cohort"] for cell in cells})[-LONGEST_COHORT_TABLE:]
    if len(months) < 2:
        only = Text("All customers came in one month: there is nothing to compare yet.", tone="warning")
        return Page("cohorts", "Cohorts", (only,), currency=currency, as_of=as_of)
    width = max(int(cell["month"]) for cell in cells if cell["cohort"] in set(months)) + 1
    by_cell = {(cell["cohort"], int(cell["month"])): cell for cell in cells}
    sizes = [next(cell["customers"] for cell in cells if cell["cohort"] == month) for month in months]
    names = tuple(f"{month:%Y-%m}" for month in months)
    side = (Column("customers", "Customers", "count"),)
    side_values = tuple((size,) for size in sizes)

    def matrix(key: str, first: int) -> tuple[tuple[float | None, ...], ...]:
        return tuple(
            tuple(None if (month, k) not in by_cell else float(by_cell[month, k][key]) for k in range(first, width))
            for month in months
        )

    retention = Heatmap(
        "Customers who bought again, by months since their first order",
        "First order in",
        "Months since",
        names,
        tuple(str(k) for k in range(1, width)),
        matrix("retention", 1),
        "percent",
        caption="Read a row from left to right to see how a cohort fades; read a column down to see whether later cohorts stay better.",
        side=side,
        side_values=side_values,
    )
    value = Heatmap(
        "Net revenue per customer so far, cumulated",
        "First order in",
        "Months since",
        names,
        tuple(str(k) for k in range(width)),
        matrix("revenue_per_customer", 0),
        "money",
        caption="What an average customer of the cohort has brought up to each month. Month 0 is the month of the first order.",
        side=side,
        side_values=side_values,
    )
    return Page(
        "cohorts",
        "Cohorts",
        (retention, value),
        lead="Customers by the month of their first order: who stays, and what they add up to. The month in progress is left out.",
        currency=currency,
        as_of=as_of,
    )


def _length(span: Window) -> str:
    days = (span.end - span.start).days
    return "12 months" if Period(12, "months").before(span.end) == span.start else f"{days} days"
