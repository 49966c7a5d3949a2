from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifeworth.data.personal import PERSONAL
from lifeworth.engine.shelf import Condition, Order
from lifeworth.errors import NotFoundError, OptionError
from lifeworth.report.spec import Column, Page, Table
from lifeworth.serving import customers
from lifeworth.serving.copy import EVENTS, TERMS, alias
from lifeworth.serving.desk import Desk, Run
from lifeworth.serving.masking import masked


@pytest.fixture(scope="module")
def desk(made_workspace: Path) -> Desk:
    return Desk(made_workspace)


@pytest.fixture(scope="module")
def run(desk: Desk) -> Run:
    return desk.run()


@pytest.fixture(scope="module")
def truth(made_workspace: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(made_workspace / "runs" / "current" / "customers.parquet").to_pylist()
    return rows


def test_everybody_is_on_the_list_once(run: Run, truth: list[dict[str, Any]]) -> None:
    found = customers.page(run, limit=1000)
    assert found.total == len(truth) == len(found.rows)
    assert {row["customer_id"] for row in found.rows} == {row["customer_id"] for row in truth}


def test_a_customer_on_the_list_is_as_the_run_left_it(run: Run, truth: list[dict[str, Any]]) -> None:
    for expected in truth[::97]:
        row = customers.one(run, expected["customer_id"])
        assert {name: row[name] for name in expected} == expected


@settings(max_examples=40)
@given(
    column=st.sampled_from(["predicted_clv", "last_order_at", "value_tier", "mrr", "country", "customer_id"]),
    descending=st.booleans(),
    size=st.integers(1, 400),
)
def test_pages_joined_by_their_cursor_are_the_whole_list_in_order(
    run: Run, column: str, descending: bool, size: int
) -> None:
    order = [Order(column, descending)]
    whole = customers.page(run, order=order, limit=1000).rows
    keys = [one.column for one in customers.sorting(order)]
    found: list[dict[str, Any]] = []
    after: list[Any] = []
    while part := customers.page(run, order=order, after=after, limit=size, count=False).rows:
        found += part
        after = [part[-1][key] for key in keys]
    assert [row["customer_id"] for row in found] == [row["customer_id"] for row in whole]


def test_conditions_choose_what_they_say(run: Run, truth: list[dict[str, Any]]) -> None:
    where = [Condition("value_tier", "in", ["Gold", "Platinum"]), Condition("churn_probability", "lt", 0.5)]
    found = customers.page(run, where=where, limit=1000)
    expected = {
        row["customer_id"]
        for row in truth
        if row["value_tier"] in {"Gold", "Platinum"}
        and row["churn_probability"] is not None
        and row["churn_probability"] < 0.5
    }
    assert {row["customer_id"] for row in found.rows} == expected
    assert found.total == len(expected)


@pytest.mark.parametrize("text", ["' OR 1=1 --", "%", "_", "\\", "C1'; DROP TABLE customers; --"])
def test_what_is_looked_for_is_a_text_and_never_a_query(run: Run, text: str) -> None:
    assert customers.page(run, where=[Condition("customer_id", "contains", text)]).total == 0
    assert customers.page(run).total > 0


@pytest.mark.parametrize("column", ["alias", "nobody", "customer_id; --", '"'])
def test_a_column_that_is_not_on_the_list_is_refused(run: Run, column: str) -> None:
    with pytest.raises(OptionError):
        customers.page(run, where=[Condition(column, "eq", 1)])
    with pytest.raises(OptionError):
        customers.page(run, order=[Order(column)])


def test_a_value_that_does_not_fit_its_column_is_told(run: Run) -> None:
    with pytest.raises(OptionError, match="does not fit"):
        customers.page(run, where=[Condition("last_order_at", "gt", "tomorrow")])


def test_nobody_is_found_under_an_unknown_id(run: Run) -> None:
    with pytest.raises(NotFoundError):
        customers.one(run, "nobody")


def test_a_life_holds_the_orders_of_this_customer_alone(run: Run, truth: list[dict[str, Any]]) -> None:
    best = max(truth, key=lambda row: row["orders"])
    found = customers.life(run, best["customer_id"])
    assert len({order["ordered_at"].date() for order in found["orders"]}) >= best["orders"]
    mine = run.shelf.rows("orders", where=[Condition("customer_id", "eq", best["customer_id"])], limit=1000)
    assert {order["order_id"] for order in found["orders"]} == {order["order_id"] for order in mine}
    moments = [order["ordered_at"] for order in found["orders"]]
    assert moments == sorted(moments, reverse=True)


def test_without_personal_data_nobody_can_be_told(desk: Desk, run: Run, truth: list[dict[str, Any]]) -> None:
    ids = {row["customer_id"] for row in truth}
    rows = customers.page(run, limit=1000, personal=False).rows
    assert not any(ids & {str(value) for value in row.values()} for row in rows)
    assert not PERSONAL & set(rows[0])
    pseudonym = desk.alias(truth[0]["customer_id"])
    assert customers.one(run, pseudonym, personal=False)["historic_clv"] == truth[0]["historic_clv"]
    with pytest.raises(NotFoundError):
        customers.one(run, truth[0]["customer_id"], personal=False)
    with pytest.raises(OptionError):
        customers.page(run, order=[Order("birth_year")], personal=False)
    told = customers.life(run, pseudonym, personal=False)
    assert truth[0]["customer_id"] not in str(told)
    assert all("text" not in ticket for ticket in told.get("tickets", []))


def test_an_export_is_the_list(run: Run) -> None:
    where = [Condition("lifecycle_status", "eq", "Active")]
    for personal in (True, False):
        schema, batches = customers.export(run, where=where, personal=personal)
        table = pa.Table.from_batches(list(batches), schema=schema)
        rows = customers.page(run, where=where, limit=1000, personal=personal).rows
        assert table.to_pylist() == [{name: row[name] for name in table.column_names} for row in rows]
        assert table.column_names == list(customers.columns(run, personal=personal))


def test_a_pseudonym_is_the_same_in_every_run_and_another_in_every_workspace(desk: Desk, run: Run) -> None:
    row = run.shelf.rows("customers", limit=1)[0]
    assert row["alias"] == desk.alias(row["customer_id"]) == alias(row["customer_id"], desk.secret)
    assert alias(row["customer_id"], "another key") != row["alias"]


def test_a_masked_page_names_nobody() -> None:
    table = Table(
        "Best", (Column("customer_id", "Customer"), Column("orders", "Orders", "count")), (("C1", 3), (None, 1))
    )
    page = masked(Page("value", "Value", (table,)), lambda one: f"x{one}")
    assert page.blocks[0].rows == (("xC1", 3), (None, 1))


def test_a_shelf_knows_its_own_tables_and_no_others(run: Run) -> None:
    assert set(run.shelf.tables) == {"customers", "order_lines", *EVENTS, *TERMS} & set(run.shelf.tables)
    assert {"customers", "orders"} <= set(run.shelf.tables)
