"""What one can ask of the numbers of the business."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from lifeworth.errors import DataError, OptionError, near
from lifeworth.features import cohort_cells
from lifeworth.features.covariates import Wanted, from_the_start
from lifeworth.kpis import cohorts as cohort_tables
from lifeworth.kpis import page, page_by, page_cohorts, page_metric
from lifeworth.kpis.dimensions import Dimension
from lifeworth.kpis.grid import calendar
from lifeworth.kpis.presets import answer
from lifeworth.kpis.presets.rules import TOOLS
from lifeworth.kpis.reckon import first_day, reckonings, two
from lifeworth.kpis.registry import catalogue
from lifeworth.report.spec import Page, Table
from lifeworth.settings import read
from lifeworth.units import Period
from lifeworth.workspace import DEFAULT, Workspace

MONTH = Period(1, "months")


def kpis(
    ws: Workspace,
    *,
    period: Period = Period(12, "months"),
    by: Dimension = "company",
    segment: str = "value_tier",
) -> Page:
    """Every figure for a period up to the as-of date: of the company, beside the period before, or told apart.

    Args:
        ws: The workspace.
        period: Length of the period; half the span of the data where they do not reach back twice as far. With --by period, the length of each.
        by: What to tell apart: nothing, calendar periods, month of the first purchase, segment, channel or campaign.
        segment: The groups of --by segment: a text column of customers.csv, such as lifecycle_status.
    """
    figures = catalogue(ws.settings)
    first = first_day(ws)
    if by == "period":
        grid = calendar(first, ws.as_of, period, most=12)
        return page_by.periods(reckonings(ws, figures, grid), figures, grid, currency=ws.currency)
    grid = two(first, ws.as_of, period)
    whole = reckonings(ws, figures, grid)
    if by == "company":
        months = calendar(first, ws.as_of, MONTH)
        trend = reckonings(ws, figures, months, page.TREND)
        cells = ws.engine.arrow(ws.table("cohorts")).to_pylist() if ws.has("cohorts") else []
        return page.kpis(whole, trend, cells, figures, grid, months, currency=ws.currency)
    parts = reckonings(ws, figures, grid, by=by, segment=segment)
    return page_by.parts(parts, whole, figures, grid, by=by, segment=segment, currency=ws.currency)


def metric(
    ws: Workspace,
    name: str,
    *,
    period: Period = Period(12, "months"),
    step: Period = MONTH,
    by: Literal["cohort", "segment", "channel", "campaign"] | None = None,
    segment: str = "value_tier",
) -> Page:
    """One figure: now, beside the period before, over time, and told apart.

    Args:
        ws: The workspace.
        name: Name of the figure, such as repeat_rate; lifeworth definitions lists them.
        period: Length of the period up to the as-of date.
        step: Length of the periods of the picture: 1m, 3m, 12m, 7d.
        by: Tell it apart by month of the first purchase, segment, channel or campaign.
        segment: The groups of --by segment: a text column of customers.csv, such as lifecycle_status.

    Raises:
        OptionError: if no figure has this name.
    """
    figures = catalogue(ws.settings)
    asked = figures.metric(name)
    first = first_day(ws)
    grid, steps = two(first, ws.as_of, period), calendar(first, ws.as_of, step, most=36)
    whole = reckonings(ws, figures, grid, (name,))
    path = reckonings(ws, figures, steps, (name,)) if "period" in figures.grains(asked) else None
    parts = None if by is None else reckonings(ws, figures, grid, (name,), by=by, segment=segment)
    return page_metric.metric(
        asked, figures, whole, path, parts, grid, steps, by=by or "", segment=segment, currency=ws.currency
    )


def cohorts(
    ws: Workspace,
    *,
    metric: cohort_tables.Figure | None = None,
    by: cohort_tables.By = "month",
    age: Literal["month", "quarter"] = "month",
    per_customer: bool = False,
    cumulative: bool = False,
) -> Page:
    """Customers by where and when they came from: what they did at every age.

    Args:
        ws: The workspace.
        metric: What the cells show; without it, retention and cumulated revenue per customer by month.
        by: What a row is: month or quarter of the first order, or its channel, country, product or category.
        age: Count the time since the first order in months or quarters.
        per_customer: Divide by the customers of the row that have reached the age.
        cumulative: Add up from the first order on.

    Raises:
        DataError: if the data do not say what first orders held.
    """
    if metric is None and by == "month" and age == "month":
        return _two_cohorts(ws)
    figure = metric or "retention"
    unit = 3 if age == "quarter" else 1
    dated = by in {"month", "quarter"}
    if by == "month" and unit == 3:
        by = "quarter"
    orders, refunds = ws.table("orders"), ws.table("refunds") if ws.has("refunds") else None
    members = None if dated else _first_known(ws, by, orders, refunds)

    def rows(query: Any, **more: bool) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = ws.engine.arrow(
            query(orders, refunds, ws.as_of, members, unit=unit, **more)
        ).to_pylist()
        return found

    sizes = rows(cohort_cells.sizes)
    origins, found = cohort_tables.gather(
        rows(cohort_cells.cells, margin=figure == "margin"),
        sizes,
        rows(cohort_cells.second_purchases) if figure == "repeat_rate" else (),
        row_of=None if dated else cohort_tables.largest(sizes),
        by_origin={"month": 1, "quarter": 3}.get(by, 0),
    )
    if ws.has("cohort_forecast"):
        ahead = ws.engine.arrow(ws.table("cohort_forecast").order_by("cohort", "channel", "month_start")).to_pylist()
        cohort_tables.forecast(ahead, origins, found, ws.as_of, unit=unit, by=by)
    shape = cohort_tables.triangle(
        origins,
        found,
        figure,
        ws.as_of,
        unit=unit,
        per_customer=per_customer,
        cumulative=cumulative,
        dated=dated,
    )
    return page_cohorts.table(
        shape,
        figure,
        by=by,
        unit=unit,
        per_customer=per_customer,
        cumulative=cumulative,
        as_of=ws.as_of,
        currency=ws.currency,
    )


def _two_cohorts(ws: Workspace) -> Page:
    """Retention and cumulated revenue per customer by month, from the cells the run kept, with those it predicted beside them."""
    cells = ws.engine.arrow(ws.table("cohorts")).to_pylist()
    origins, found = cohort_tables.of_months(cells)
    if ws.has("cohort_forecast"):
        ahead = ws.engine.arrow(ws.table("cohort_forecast").order_by("cohort", "channel", "month_start")).to_pylist()
        cohort_tables.forecast(ahead, origins, found, ws.as_of, unit=1, by="month")
    retention = cohort_tables.triangle(origins, found, "retention", ws.as_of)
    value = cohort_tables.triangle(origins, found, "revenue", ws.as_of, cumulative=True)
    return page_cohorts.cohorts(retention, value, as_of=ws.as_of, currency=ws.currency)


def presets(ws: Workspace, tool: str | None = None) -> Page:
    """The same data by the rules of Stripe, ChartMogul, Baremetrics, ProfitWell, Shopify and Klaviyo, and why they differ.

    Args:
        ws: The workspace.
        tool: One of them; without it, all that these data allow, side by side.

    Raises:
        OptionError: if no such tool is known.
        DataError: if the tool looks at subscriptions and there are none.
    """
    if tool is not None and tool not in TOOLS:
        raise OptionError(f'No tool is called "{tool}".', allowed=TOOLS, hint=near(tool, TOOLS) or None)
    return answer.presets(ws, tool)


def definitions(term: str | None = None, *, workspace: Path = DEFAULT) -> Table:
    """What every figure means and how it is made.

    Args:
        term: Name of one figure, such as repeat_rate; without it, all of them.
        workspace: Folder whose lifeworth.toml may hold figures of your own.

    Raises:
        OptionError: if no figure has this name.
    """
    figures = catalogue(read(workspace))
    if term is not None and term not in figures.metrics:
        allowed = figures.metrics
        raise OptionError(f'No figure is called "{term}".', allowed=allowed, hint=near(term, allowed) or None)
    return page_metric.definitions(figures, term)


def _first_known(ws: Workspace, by: str, orders: Any, refunds: Any) -> Any:
    """Each customer with the channel, country, product or category of the first purchase."""
    past = ws.table("history").select("customer_id", "first_day")
    lines = ws.table("order_lines") if ws.has("order_lines") else None
    if by.startswith("first_") and lines is None:
        raise DataError(
            "These data do not say what orders hold.", hint="Run on a file with one row a product of an order."
        )
    known = from_the_start(past, orders, refunds, ws.as_of, Wanted((by,), lines))
    return known.select(owner="customer_id", member=by)
