"""The grid's filters mean the same as conditions, as an address, and on the engine."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifeworth.api.filters import conditions as read
from lifeworth.dashboard.grid.conditions import choose, chosen, conditions, orders
from lifeworth.dashboard.grid.wording import model_of, said, sort_of
from lifeworth.engine.shelf import Condition, Order
from lifeworth.errors import OptionError
from lifeworth.report.spec import Column
from lifeworth.serving import customers
from lifeworth.serving.desk import Desk, Run

COLUMNS = {
    "customer_id": Column("customer_id", "Customer"),
    "value_tier": Column("value_tier", "Tier"),
    "predicted_clv": Column("predicted_clv", "Predicted CLV", "money"),
    "churn_probability": Column("churn_probability", "Churn", "percent"),
    "last_order_at": Column("last_order_at", "Last order", "date"),
}

words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)
days = st.dates(date(2001, 1, 1), date(2090, 1, 1)).map(str)
numbers = st.integers(-10_000, 10_000).map(lambda one: one / 4)

texts = st.one_of(
    st.builds(
        lambda kind, value: {"filterType": "text", "type": kind, "filter": value},
        st.sampled_from(["contains", "equals", "notEqual", "startsWith"]),
        words,
    ),
    st.lists(words, min_size=2, max_size=5, unique=True).map(lambda several: choose({}, "x", several)["x"]),
    st.sampled_from(["blank", "notBlank"]).map(lambda kind: {"filterType": "text", "type": kind}),
)
figures = st.one_of(
    st.builds(
        lambda kind, value: {"filterType": "number", "type": kind, "filter": value},
        st.sampled_from(["equals", "notEqual", "lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual"]),
        numbers,
    ),
    st.builds(
        lambda low, high: {"filterType": "number", "type": "inRange", "filter": low, "filterTo": high}, numbers, numbers
    ),
)
dates = st.one_of(
    st.builds(
        lambda kind, day: {"filterType": "date", "type": kind, "dateFrom": f"{day} 00:00:00"},
        st.sampled_from(["equals", "lessThan", "greaterThan"]),
        days,
    ),
    st.builds(
        lambda one, two: {"filterType": "date", "type": "inRange", "dateFrom": min(one, two), "dateTo": max(one, two)},
        days,
        days,
    ),
)
models = st.fixed_dictionaries(
    {},
    optional={
        "customer_id": texts,
        "value_tier": texts,
        "predicted_clv": figures,
        "churn_probability": figures,
        "last_order_at": dates,
    },
)


@given(models)
def test_an_address_brings_back_the_filters_it_was_made_of(model: dict[str, Any]) -> None:
    asked = conditions(model, COLUMNS)
    again = conditions(model_of(said(asked), COLUMNS), COLUMNS)
    assert [(one.column, one.op) for one in again] == [(one.column, one.op) for one in asked]
    for one, other in zip(asked, again, strict=True):
        assert other.value == (pytest.approx(one.value) if isinstance(one.value, float) else one.value)


@given(st.lists(st.tuples(st.sampled_from(sorted(COLUMNS)), st.booleans()), max_size=3, unique_by=lambda one: one[0]))
def test_an_address_brings_back_the_order(sorts: list[tuple[str, bool]]) -> None:
    asked = [Order(name, descending) for name, descending in sorts]
    assert sort_of(said([], asked), COLUMNS) == asked


def test_shares_are_typed_in_percent() -> None:
    model = {"churn_probability": {"filterType": "number", "type": "lessThan", "filter": 25}}
    assert conditions(model, COLUMNS) == [Condition("churn_probability", "lt", 0.25)]


def test_a_day_means_the_whole_day() -> None:
    model = {"last_order_at": {"filterType": "date", "type": "equals", "dateFrom": "2026-06-30 00:00:00"}}
    assert conditions(model, COLUMNS) == [
        Condition("last_order_at", "ge", date(2026, 6, 30)),
        Condition("last_order_at", "lt", date(2026, 7, 1)),
    ]


def test_after_a_day_leaves_that_day_out() -> None:
    model = {"last_order_at": {"filterType": "date", "type": "greaterThan", "dateFrom": "2026-06-30"}}
    assert conditions(model, COLUMNS) == [Condition("last_order_at", "ge", date(2026, 7, 1))]


def test_chips_and_filter_agree() -> None:
    model = choose({}, "value_tier", ["Gold", "Silver"])
    assert chosen(model, "value_tier") == ["Gold", "Silver"]
    assert conditions(model, COLUMNS) == [Condition("value_tier", "in", ("Gold", "Silver"))]


def test_letting_go_of_the_last_chip_lets_go_of_the_filter() -> None:
    assert choose(choose({}, "value_tier", ["Gold"]), "value_tier", []) == {}


@pytest.mark.parametrize(
    "model",
    [
        {"secret": {"filterType": "text", "type": "equals", "filter": "x"}},
        {"value_tier": {"filterType": "text", "type": "; DROP TABLE", "filter": "x"}},
        {"predicted_clv": {"filterType": "number", "type": "equals", "filter": "many"}},
        {"last_order_at": {"filterType": "date", "type": "equals", "dateFrom": "yesterday"}},
    ],
)
def test_a_filter_nobody_offers_is_refused_with_words(model: dict[str, Any]) -> None:
    with pytest.raises(OptionError):
        conditions(model, COLUMNS)


def test_sorting_by_a_column_that_is_not_there_is_refused() -> None:
    with pytest.raises(OptionError):
        orders([{"colId": "password", "sort": "asc"}], COLUMNS)


@pytest.fixture(scope="module")
def run(made_workspace: Path) -> Run:
    return Desk(made_workspace).run()


@pytest.mark.parametrize(
    ("model", "holds"),
    [
        (choose({}, "value_tier", ["Gold", "Platinum"]), lambda row: row["value_tier"] in {"Gold", "Platinum"}),
        (
            {"churn_probability": {"filterType": "number", "type": "inRange", "filter": 20, "filterTo": 60}},
            lambda row: 0.2 <= (row["churn_probability"] or 0) <= 0.6,
        ),
        (
            {"last_order_at": {"filterType": "date", "type": "lessThan", "dateFrom": "2026-01-01"}},
            lambda row: row["last_order_at"] is not None and row["last_order_at"] < date(2026, 1, 1),
        ),
        (
            {"customer_id": {"filterType": "text", "type": "contains", "filter": "0001"}},
            lambda row: "0001" in row["customer_id"],
        ),
    ],
)
def test_the_engine_keeps_exactly_the_rows_a_filter_means(run: Run, model: dict[str, Any], holds: Any) -> None:
    everybody = customers.page(run, limit=1000).rows
    found = customers.page(run, where=conditions(model, customers.columns(run)), limit=1000)
    wanted = {row["customer_id"] for row in everybody if holds(row)}
    assert 0 < len(wanted) < len(everybody)
    assert {row["customer_id"] for row in found.rows} == wanted
    assert found.total == len(wanted)


@pytest.mark.parametrize("values", [("Gold", "Silver"), ("Gold, plain", "Silver"), ("a\\b", "c,d"), ("Gold, plain",)])
def test_a_link_to_a_file_means_what_the_list_shows_even_with_commas(run: Run, values: tuple[str, ...]) -> None:
    told = said(
        [Condition("value_tier", "in", values) if len(values) > 1 else Condition("value_tier", "eq", values[0])]
    )
    (found,) = read(run, told, frozenset(), personal=True)
    assert (found.value if found.op == "in" else [found.value]) == list(values)
