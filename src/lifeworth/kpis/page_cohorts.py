"""Cohorts as pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from lifeworth.kpis.cohorts import OTHERS, SUMMED, Figure, Row, Triangle
from lifeworth.kpis.dimensions import UNKNOWN
from lifeworth.report.spec import Axis, Block, Chart, Column, Heatmap, Kind, Page, Series, Text

LONGEST = 36
KINDS: dict[str, Kind] = {
    "retention": "percent",
    "customers": "count",
    "orders": "count",
    "revenue": "money",
    "margin": "money",
    "repeat_rate": "percent",
}
TITLES: dict[str, str] = {
    "retention": "Share of customers who bought",
    "customers": "Customers who bought",
    "orders": "Purchase days",
    "revenue": "Net revenue",
    "margin": "Margin",
    "repeat_rate": "Share of customers who have bought twice",
}
ROWS: dict[str, str] = {
    "month": "First order in",
    "quarter": "First order in",
    "channel": "First channel",
    "country": "First country",
    "first_product": "First product",
    "first_category": "First category",
}
BY: dict[str, str] = {
    "month": "month of the first order",
    "quarter": "quarter of the first order",
    "channel": "channel of the first order",
    "country": "country of the first order",
    "first_product": "product that led the first order",
    "first_category": "category that led the first order",
}
MOST_LINES = 5


def cohorts(cells: Sequence[Mapping[str, Any]], *, as_of: date, currency: str) -> Page:
    """Two triangles: the share of each cohort that bought again, and what a customer of it has brought in all."""
    cells = [cell for cell in cells if cell["complete"]]
    months = sorted({cell["cohort"] for cell in cells})[-LONGEST:]
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


def table(
    found: Triangle,
    figure: Figure,
    *,
    by: str,
    unit: int,
    per_customer: bool,
    cumulative: bool,
    as_of: date,
    currency: str,
) -> Page:
    """One cohort table with the same numbers as lines; predicted cells are marked, and their lines dashed."""
    head = title(figure, per_customer=per_customer, cumulative=cumulative)
    unit_word = "Months" if unit == 1 else "Quarters"
    if not any(found.cells):
        only = Text("No period is over yet: there is nothing to compare.", tone="warning")
        return Page("cohorts", f"Cohorts: {head.lower()}", (only,), currency=currency, as_of=as_of)
    kind: Kind = "ratio" if per_customer and KINDS[figure] == "count" else KINDS[figure]
    names = tuple(name(row, by) for row in found.rows)
    width = max(len(line) for line in found.cells)
    values = tuple(
        tuple(line[k].value if k < len(line) and line[k] is not None else None for k in range(width))  # type: ignore[union-attr]
        for line in found.cells
    )
    marks = frozenset(
        (place, k) for place, line in enumerate(found.cells) for k, cell in enumerate(line) if cell and cell.predicted
    )
    said = "Month 0 is the month of the first order." if unit == 1 else "Quarter 0 is the quarter of the first order."
    caption = f"{said} Periods that are not over are left out."
    if marks:
        caption = f"{said} Cells that are marked are predicted; the period in progress is what came and what is still expected."
    heat = Heatmap(
        head,
        ROWS[by],
        f"{unit_word} since",
        names,
        tuple(str(k) for k in range(width)),
        values,
        kind,
        caption=caption,
        side=(Column("customers", "Customers", "count"),),
        side_values=tuple((size,) for size in found.sizes),
        marks=marks,
    )
    lines = _lines(head, names, found, kind, f"{unit_word} since the first order")
    lead = f"{head} by {BY[by]}, at each age since then."
    if by != "month":
        lead += " At each age only those customers are counted who have reached it."
    return Page("cohorts", f"Cohorts: {head.lower()}", (heat, *lines), lead, currency, as_of)


def title(figure: Figure, *, per_customer: bool, cumulative: bool) -> str:
    """What the cells show, in words."""
    head = TITLES[figure]
    if figure in SUMMED:
        head += " per customer" if per_customer else ""
        head += " so far" if cumulative else ""
    return head


def name(row: Row, by: str) -> str:
    """A row as a reader is told it."""
    if row is None:
        return UNKNOWN
    if isinstance(row, date):
        return f"{row.year} Q{(row.month + 2) // 3}" if by == "quarter" else f"{row:%Y-%m}"
    return row


def _lines(head: str, names: Sequence[str], found: Triangle, kind: Kind, x_title: str) -> list[Block]:
    """The largest rows, or the latest, as lines by age."""
    places = [
        place for place, line in enumerate(found.cells) if len(line) > 1 and names[place] not in {OTHERS, UNKNOWN}
    ]
    dated = bool(found.rows) and isinstance(found.rows[0], date)
    places = places[-MOST_LINES:] if dated else places[:MOST_LINES]
    series = []
    for place in places:
        cells = [(k, cell) for k, cell in enumerate(found.cells[place]) if cell is not None]
        seen = [(k, cell.value) for k, cell in cells if not cell.predicted]
        ahead = [(k, cell.value) for k, cell in cells if cell.predicted]
        if len(seen) > 1:
            series.append(Series(names[place], tuple(k for k, _ in seen), tuple(value for _, value in seen)))
        if ahead:
            joined = seen[-1:] + ahead
            series.append(
                Series(
                    f"{names[place]}, predicted",
                    tuple(k for k, _ in joined),
                    tuple(value for _, value in joined),
                    style="dashed",
                )
            )
    if not series:
        return []
    caption = "A line above another is a row of better customers at the same age."
    return [Chart("line", head, Axis(x_title, "count"), Axis("", kind), tuple(series), caption)]
