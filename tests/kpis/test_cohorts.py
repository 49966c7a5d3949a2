"""Cohort tables: cells counted by hand, rows of customers of several ages, and cells that are predicted."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.kpis.tables import load, order, workspace

from lifeworth.errors import DataError
from lifeworth.kpis.actions import cohorts
from lifeworth.report.spec import Chart, Heatmap

AS_OF = date(2024, 4, 30)
BOOK = [
    order("a", date(2024, 1, 31), "10", channel="web", margin="4"),
    order("a", date(2024, 3, 1), "20", channel="web", margin="8"),
    order("a", date(2024, 3, 1), "5", channel="shop", margin="2"),
    order("b", date(2024, 1, 2), "10", channel="shop", margin="5"),
    order("c", date(2024, 3, 2), "7", channel="web", margin="1"),
    order("c", date(2024, 4, 2), "8", channel="web", margin="1"),
]


def heat(engine: Any, *, book: Any = BOOK, as_of: date = AS_OF, tables: Any = None, **more: Any) -> Heatmap:
    ws = workspace(engine, book, as_of=as_of, **(tables or {}))
    return next(block for block in cohorts(ws, **more).blocks if isinstance(block, Heatmap))


def cells(table: Heatmap) -> dict[str, list[float | None]]:
    return dict(zip(table.rows, map(list, table.values), strict=True))


def test_retention_is_who_bought_of_who_came(engine) -> None:
    assert cells(heat(engine, metric="retention")) == {"2024-01": [1, 0, 0.5, 0], "2024-03": [1, 1, None, None]}


def test_revenue_stands_in_the_month_it_was_earned_and_adds_up_where_asked(engine) -> None:
    assert cells(heat(engine, metric="revenue"))["2024-01"] == [20, 0, 25, 0]
    assert cells(heat(engine, metric="revenue", cumulative=True))["2024-01"] == [20, 20, 45, 45]
    assert cells(heat(engine, metric="revenue", cumulative=True, per_customer=True))["2024-01"] == [10, 10, 22.5, 22.5]


def test_margin_and_orders_are_counted_the_same_way(engine) -> None:
    assert cells(heat(engine, metric="margin"))["2024-01"] == [9, 0, 10, 0]
    assert cells(heat(engine, metric="orders"))["2024-01"] == [2, 0, 1, 0]


def test_without_costs_there_is_no_margin(engine) -> None:
    plain = [{**row, "margin": None} for row in BOOK]
    assert cells(heat(engine, book=plain, metric="margin"))["2024-01"][0] is None


def test_the_repeat_rate_never_falls(engine) -> None:
    assert cells(heat(engine, metric="repeat_rate")) == {"2024-01": [0, 0, 0.5, 0.5], "2024-03": [0, 1, None, None]}


def test_a_quarter_of_customers_is_a_row_and_ages_may_be_quarters(engine) -> None:
    table = heat(engine, metric="customers", by="quarter", age="quarter", as_of=date(2024, 6, 30))
    assert cells(table) == {"2024 Q1": [3, 1]}
    assert table.side_values == ((3,),)


def test_a_row_of_several_ages_is_made_of_those_who_have_reached_an_age(engine) -> None:
    table = cells(heat(engine, metric="retention", by="channel"))
    # web: a came in January, c in March; ages 2 and 3 are a's alone. b came through the shop.
    assert table["web"] == [1, 0.5, 1, 0]
    assert table["shop"] == [1, 0, 0, 0]


def test_a_month_that_is_not_over_is_left_out(engine) -> None:
    assert cells(heat(engine, metric="customers", as_of=date(2024, 4, 29))) == {
        "2024-01": [2, 0, 1],
        "2024-03": [1, None, None],
    }


def test_first_products_come_from_the_lines_of_the_first_order(engine) -> None:
    lines = [
        {"order_id": "#0", "product_id": "t", "product_name": "tea", "net_revenue": "10"},
        {"order_id": "#3", "product_id": "c", "product_name": "coffee", "net_revenue": "10"},
        {"order_id": "#4", "product_id": "t", "product_name": "tea", "net_revenue": "7"},
    ]
    table = heat(engine, metric="customers", by="first_product", tables={"order_lines": lines})
    assert cells(table)["tea"] == [2, 1, 1, 0]
    assert cells(table)["coffee"] == [1, 0, 0, 0]


def test_without_lines_nobody_knows_first_products(engine) -> None:
    with pytest.raises(DataError, match="what orders hold"):
        heat(engine, metric="customers", by="first_product")


AHEAD = [
    {"cohort": date(2024, 3, 1), "channel": "web", "month_start": date(2024, 5, 1), "active": 0.4, "orders": 0.5,
     "revenue": 4.0, "margin": 2.0},
    {"cohort": date(2024, 3, 1), "channel": "web", "month_start": date(2024, 6, 1), "active": 0.3, "orders": 0.3,
     "revenue": 3.0, "margin": 1.5},
]  # fmt: skip


def test_predicted_cells_are_marked_and_go_on_from_those_observed(engine) -> None:
    ws = workspace(engine, BOOK, as_of=AS_OF)
    load(engine, "cohort_forecast", AHEAD)
    page = cohorts(ws, metric="revenue", cumulative=True, per_customer=True)
    table = next(block for block in page.blocks if isinstance(block, Heatmap))
    assert cells(table)["2024-03"] == [7, 15, 19, 22]
    assert table.marks == {(1, 2), (1, 3)}
    chart = next(block for block in page.blocks if isinstance(block, Chart))
    assert [one.name for one in chart.series if one.style == "dashed"] == ["2024-03, predicted"]


def test_the_month_in_progress_is_what_came_and_what_is_still_expected(engine) -> None:
    rest = [{**AHEAD[0], "month_start": date(2024, 4, 1)}]
    table = heat(engine, metric="revenue", as_of=date(2024, 4, 15), tables={"cohort_forecast": rest})
    assert cells(table)["2024-03"][1] == 12
    assert (1, 1) in table.marks


def test_the_page_of_a_run_marks_what_it_predicts_and_says_what_the_tables_say(made_workspace) -> None:
    from lifeworth.workspace import Workspace

    with Workspace.open(made_workspace) as ws:
        retention, value = cohorts(ws).blocks
        alone = heat_of(cohorts(ws, metric="retention"))
        money = heat_of(cohorts(ws, metric="revenue", per_customer=True, cumulative=True))
    assert isinstance(retention, Heatmap)
    assert isinstance(value, Heatmap)
    assert retention.marks
    assert value.marks == money.marks
    assert retention.rows == alone.rows
    assert [list(line) for line in retention.values] == [list(line[1:]) for line in alone.values]
    for line, other in zip(value.values, money.values, strict=True):
        assert list(line) == pytest.approx(list(other))
    assert "predicted" in retention.caption
    seen = [retention.values[row][k] for row, k in retention.marks]
    assert 0 < max(v for v in seen if v is not None) < 0.6
    assert min(v for v in seen if v is not None) > 0


def heat_of(page: Any) -> Heatmap:
    return next(block for block in page.blocks if isinstance(block, Heatmap))


day = st.dates(date(2024, 1, 1), AS_OF)
one_order = st.builds(
    lambda who, when, value, channel: order(who, when, str(value), channel=channel),
    st.sampled_from("abcde"), day, st.integers(1, 50), st.sampled_from(["web", "shop", None]),
)  # fmt: skip


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(book=st.lists(one_order, min_size=1, max_size=30))
def test_rows_of_any_kind_add_up_to_the_same_money(engine, book) -> None:
    money = sum(float(row["net_revenue"]) for row in book)
    for by in ("month", "quarter", "channel"):
        table = heat(engine, book=book, metric="revenue", by=by)
        if by == "month":
            assert sum(v for line in table.values for v in line if v is not None) == pytest.approx(money)
        assert sum(size for (size,) in table.side_values) == len({row["customer_id"] for row in book})


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(book=st.lists(one_order, min_size=1, max_size=30), data=st.data())
def test_cohorts_do_not_depend_on_the_order_of_rows(engine, book, data) -> None:
    # Two orders of one customer on a day must agree on the channel: which of them is the first is not said.
    book = list({(row["customer_id"], row["ordered_at"]): row for row in book}.values())
    shuffled = data.draw(st.permutations(book))
    for by in ("month", "channel"):
        assert heat(engine, book=book, metric="orders", by=by) == heat(engine, book=shuffled, metric="orders", by=by)
