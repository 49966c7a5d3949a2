"""Cohorts as pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from lifeworth.kpis.cohorts import OTHERS, SUMMED, Figure, Row, Triangle
from lifeworth.kpis.dimensions import UNKNOWN
from lifeworth.report.spec import Axis, Block, Chart, Column, Heatmap, Kind, Page, Series, Text

PREDICTED = "Cells that are marked are predicted; the period in progress is what came and what is still expected."
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


def cohorts(retention: Triangle, value: Triangle, *, as_of: date, currency: str) -> Page:
    """Two triangles: the share of each cohort that bought again, and what a customer of it has brought in all; predicted cells marked."""
    if sum(any(cell is not None and not cell.predicted for cell in line) for line in retention.cells) < 2:
        only = Text("All customers came in one month: there is nothing to compare yet.", tone="warning")
        return Page("cohorts", "Cohorts", (only,), currency=currency, as_of=as_of)
    retention, value = _begun(retention), _begun(value)
    ahead = bool(_marks(retention))
    said = f" {PREDICTED}" if ahead else ""
    blocks = (
        _heat(
            "Customers who bought again, by months since their first order",
            retention,
            "percent",
            by="month",
            unit="Months",
            caption="Read a row from left to right to see how a cohort fades; read a column down to see whether later cohorts stay better."
            + said,
            first=1,
        ),
        _heat(
            "Net revenue per customer so far, cumulated",
            value,
            "money",
            by="month",
            unit="Months",
            caption="What an average customer of the cohort has brought up to each month. Month 0 is the month of the first order."
            + said,
        ),
    )
    lead = "Customers by the month of their first order: who stays, and what they add up to."
    lead += " What is not over yet is what the model expects." if ahead else " The month in progress is left out."
    return Page("cohorts", "Cohorts", blocks, lead=lead, currency=currency, as_of=as_of)


def _heat(head: str, found: Triangle, kind: Kind, *, by: str, unit: str, caption: str, first: int = 0) -> Heatmap:
    """A cohort table as a heat map, from an age on; predicted cells are marked."""
    width = max(len(line) for line in found.cells)
    values = tuple(
        tuple(line[k].value if k < len(line) and line[k] is not None else None for k in range(first, width))  # type: ignore[union-attr]
        for line in found.cells
    )
    return Heatmap(
        head,
        ROWS[by],
        f"{unit} since",
        tuple(name(row, by) for row in found.rows),
        tuple(str(k) for k in range(first, width)),
        values,
        kind,
        caption=caption,
        side=(Column("customers", "Customers", "count"),),
        side_values=tuple((size,) for size in found.sizes),
        marks=frozenset((place, k - first) for place, k in _marks(found) if k >= first),
    )


def _begun(found: Triangle) -> Triangle:
    """Without the rows of which no cell is known yet."""
    rows = [k for k, line in enumerate(found.cells) if line]
    return Triangle(*(tuple(part[k] for k in rows) for part in (found.rows, found.sizes, found.cells)))  # type: ignore[arg-type]


def _marks(found: Triangle) -> set[tuple[int, int]]:
    return {
        (place, k) for place, line in enumerate(found.cells) for k, cell in enumerate(line) if cell and cell.predicted
    }


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
    said = "Month 0 is the month of the first order." if unit == 1 else "Quarter 0 is the quarter of the first order."
    caption = f"{said} {PREDICTED if _marks(found) else 'Periods that are not over are left out.'}"
    heat = _heat(head, found, kind, by=by, unit=unit_word, caption=caption)
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
