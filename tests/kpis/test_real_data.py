"""Figures and cohorts of real companies, against a second computation in plain SQL over their orders."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests.conftest import REAL_SHOPS
from tests.kpis.figures import figures

from lifeworth.kpis.actions import cohorts, kpis
from lifeworth.kpis.grid import Grid
from lifeworth.kpis.reckon import two
from lifeworth.report.spec import Heatmap, Table
from lifeworth.units import DAYS_PER_YEAR, Period
from lifeworth.workspace import Workspace

pytestmark = pytest.mark.data

DAYS = """
    with by_day as (
        select customer_id, cast(ordered_at as date) as day, sum(net_revenue) as value, sum(margin) as margin,
               bool_or(net_revenue is null or net_revenue > 0 or (net_revenue = 0 and coalesce(refunded, 0) <= 0)) as stands
        from orders where customer_id is not null group by all),
    days as (select * from by_day where stands),
    people as (
        select customer_id, min(day) as first, max(day) as last, count(*) as n,
               count(*) filter (day > $start) as bought, sum(value) filter (day > $start) as value,
               count(*) filter (day > $before and day <= $start) as bought_before,
               sum(value) filter (day > $before and day <= $start) as value_before
        from days group by customer_id)
"""
QUESTION = (
    DAYS
    + """
    select
        (select sum(net_revenue) from o) as order_revenue, (select count(*) from o) as orders,
        (select sum(margin) from o) as gross_margin,
        (select sum(margin) / sum(net_revenue) filter (margin is not null) from o) as margin_rate,
        (select sum(refunded) / (sum(net_revenue) + sum(refunded)) from o) as refund_rate,
        (select sum(discount) / (sum(net_revenue) + sum(refunded) + sum(discount)) from o) as discount_share,
        count(*) filter (bought > 0) as active_customers, count(*) filter (first > $start) as new_customers,
        count(*) filter (bought_before > 0 and bought = 0) as lost_customers,
        count(*) filter (bought > 0 and bought_before = 0 and first <= $start) as reactivated_customers,
        count(*) filter (bought > 0 and bought_before > 0) / count(*) filter (bought_before > 0) as retention_rate,
        count(*) filter (bought = 0 and bought_before > 0) / count(*) filter (bought_before > 0) as churn_rate,
        sum(value) / count(*) filter (bought > 0) as arpc, sum(value) / sum(bought) as average_purchase_value,
        sum(bought) / count(*) filter (bought > 0) / $years as purchase_frequency,
        count(*) filter (n > 1) / count(*) as repeat_rate, sum(last - first) / sum(n - 1) as time_between_orders,
        1 - coalesce(sum(least(value, value_before)) filter (bought > 0 and bought_before > 0), 0) / sum(value_before) as revenue_churn,
        1 - coalesce(sum(value) filter (bought > 0 and bought_before > 0), 0) / sum(value_before) as net_revenue_churn
    from people
"""
)


@pytest.fixture(scope="module", params=list(REAL_SHOPS))
def real(request: pytest.FixtureRequest, real_shop: Callable[[str], Path]) -> Iterator[Workspace]:
    """A run without a model: these figures need none."""
    with Workspace.open(real_shop(request.param)) as ws:
        yield ws


def sql(ws: Workspace, query: str, **given: Any) -> list[dict[str, Any]]:
    with duckdb.connect() as own:
        own.register("orders", ws.engine.arrow(ws.table("orders")))
        if ws.has("refunds"):
            own.register("refunds", ws.engine.arrow(ws.table("refunds")))
        used = {name: value for name, value in given.items() if f"${name}" in query}
        found = own.execute(query, used)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def asked(ws: Workspace, grid: Grid) -> dict[str, float | None]:
    before, start, end = grid.bounds[-3:]
    o = "o as (select * from orders where cast(ordered_at as date) > $start)"
    query = QUESTION.replace("with by_day", f"with {o}, by_day")
    years = (end - start).days / DAYS_PER_YEAR
    row = sql(ws, query, before=before, start=start, years=years)[0]
    found = {name: None if value is None else float(value) for name, value in row.items()}
    loose = 0.0
    if ws.has("refunds"):
        booked = "select coalesce(sum(amount), 0) as gone from refunds where order_id is null and cast(refunded_at as date) > $start"
        loose = float(sql(ws, booked, start=start)[0]["gone"])
    revenue, orders = found.pop("order_revenue"), found["orders"]
    return {**found, "revenue": (revenue or 0) - loose, "aov": (revenue or 0) / orders if orders else None}


@pytest.mark.parametrize("period", [Period.months(12), Period.months(3), Period.days(45)], ids=str)
def test_every_figure_equals_a_computation_in_plain_sql(real: Workspace, period: Period) -> None:
    grid = two(date.fromisoformat(real.facts["first_day"]), real.as_of, period)
    ours = figures(real, grid)[None, len(grid) - 1]
    for name, value in asked(real, grid).items():
        assert ours[name].value == (None if value is None else pytest.approx(value, rel=1e-9)), name


def test_all_of_the_data_is_the_revenue_of_the_record(real: Workspace) -> None:
    first = date.fromisoformat(real.facts["first_day"])
    grid = Grid((date(first.year - 1, 1, 1), date(first.year - 1, 12, 31), real.as_of))
    whole = figures(real, grid, ("revenue", "new_customers"))[None, 1]
    assert whole["revenue"].value == pytest.approx(real.facts["net_revenue"], rel=1e-12)
    assert whole["new_customers"].value == real.facts["customers"]


def test_the_page_shows_every_subject_these_data_allow(real: Workspace) -> None:
    page = kpis(real)
    titles = [block.title for block in page.blocks if isinstance(block, Table)]
    assert titles[:2] == ["Sales", "Customers"]
    assert titles[-1] == "What is missing, and what would bring it"


COHORTS = (
    DAYS.replace("$start", "date '1900-01-01'").replace("$before", "date '1900-01-01'")
    + """
    select date_trunc('{unit}', first) as cohort, date_diff('{unit}', date_trunc('{unit}', first), date_trunc('{unit}', day)) as age,
           count(distinct customer_id) as customers, count(*) as orders, sum(by_day.value) as revenue
    from by_day join people using (customer_id) where stands group by all
"""
)


@pytest.mark.parametrize(("by", "age"), [("month", "month"), ("quarter", "quarter")])
@pytest.mark.parametrize("metric", ["customers", "orders"])
def test_cohorts_equal_a_computation_in_plain_sql(real: Workspace, by: Any, age: Any, metric: Any) -> None:
    page = cohorts(real, metric=metric, by=by, age=age) if by == "quarter" else cohorts(real, metric=metric)
    heat = next(block for block in page.blocks if isinstance(block, Heatmap))
    rows = sql(real, COHORTS.format(unit=by))

    def label(day: date) -> str:
        return f"{day.year} Q{(day.month + 2) // 3}" if by == "quarter" else f"{day:%Y-%m}"

    theirs = {(label(row["cohort"]), row["age"]): row[metric] for row in rows}
    for name, line in zip(heat.rows, heat.values, strict=True):
        for k, value in enumerate(line):
            if value is not None:
                assert value == theirs.get((name, k), 0), (name, k)


def test_cells_of_money_add_up_to_the_revenue_of_known_customers(real: Workspace) -> None:
    from lifeworth.features.cohort_cells import cells

    refunds = real.table("refunds") if real.has("refunds") else None
    query = cells(real.table("orders"), refunds, real.as_of)
    total = real.engine.row(query.aggregate(total=query["revenue"].sum()))["total"]
    history = real.table("history")
    exact = real.engine.row(history.aggregate(total=history["revenue"].cast("decimal(38, 4)").sum()))["total"]
    assert total == exact
