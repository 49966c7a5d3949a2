"""Cleaning: what counts, what is set aside, and what becomes of lines."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import ibis
import pyarrow as pa
import pytest

from lifeworth.data.contracts import TABLES
from lifeworth.errors import DataError, LifeworthError


def sale(order, customer, day, money, **more):
    return {"order_id": order, "customer_id": customer, "ordered_at": day, "money": money, **more}


@pytest.fixture
def reasons(records):
    def read(cleaned):
        return {
            (row["source_file"], row["source_row"]): row["reason"] for row in records(cleaned.quarantine, "source_row")
        }

    return read


@pytest.fixture
def net(records):
    def read(cleaned):
        return {row["order_id"]: row["net_revenue"] for row in records(cleaned.orders, "order_id")}

    return read


PLAIN = [sale("1", "a", "2024-01-01", 10), sale("2", "b", "2024-01-02", 20.5), sale("3", "a", "2024-02-01", "0.0001")]


def test_a_plain_export_comes_through_unchanged(tidy, net):
    assert net(tidy(PLAIN)) == {"1": Decimal(10), "2": Decimal("20.5"), "3": Decimal("0.0001")}


def test_a_plain_export_is_not_copied(tidy, engine):
    tidy(PLAIN)
    kinds = dict(engine._connection.execute("SELECT view_name, 1 FROM duckdb_views() WHERE NOT internal").fetchall())
    assert "orders" in kinds


@pytest.mark.parametrize("grain", ["order", "line"])
def test_every_table_has_exactly_its_contracted_columns_and_types(tidy, engine, grain):
    rows = [
        sale("1", "a", "2024-01-01", 12, tax=2, shipping=1, refunded=6, cost=3, product_id="p", quantity=2, discount=1),
        sale("2", "b", "2024-01-02", 20, tax=1, cost=4, product_id="q", quantity=1),
        sale("3", "b", "2024-01-09", -20, tax=-1, product_id="q", quantity=-1),
        sale("4", "b", "2024-01-09", 1, fault="date_unreadable"),
    ]
    cleaned = tidy(rows, grain=grain)
    found = {name: engine.arrow(table.limit(0)).schema for name, table in cleaned.tables.items()}
    assert found == {name: ibis.schema(TABLES[name].schema).to_pyarrow() for name in found}


@pytest.mark.parametrize("status", ["cancelled", "unpaid", "test"])
def test_rows_that_are_no_sale_are_set_aside_under_their_status(tidy, status):
    cleaned = tidy([*PLAIN, sale("4", "c", "2024-01-05", 7, status=status)])
    assert cleaned.reconciliation.money_aside == {status: Decimal(7)}


def test_a_row_with_a_fault_is_set_aside_with_its_column_and_value(tidy, records):
    faulty = sale("4", "c", None, 7, fault="date_unreadable", fault_column="Order Date", fault_value="32.13.2024")
    row = records(tidy([*PLAIN, faulty]).quarantine, "source_row")[0]
    assert (row["reason"], row["column"], row["value"], row["money"]) == (
        "date_unreadable",
        "Order Date",
        "32.13.2024",
        Decimal(7),
    )


def test_a_row_without_a_date_is_set_aside_even_if_the_source_said_nothing(tidy, reasons):
    assert reasons(tidy([*PLAIN, sale("4", "c", None, 7)])) == {(0, 5): "date_missing"}


def test_an_order_without_an_amount_among_orders_with_one_is_set_aside(tidy, reasons):
    assert reasons(tidy([*PLAIN, sale("4", "c", "2024-01-05", None)])) == {(0, 5): "amount_missing"}


def test_the_as_of_day_itself_still_counts(tidy, reasons):
    rows = [*PLAIN, sale("4", "c", "2024-02-01T23:59:59", 1), sale("5", "c", "2024-02-02T00:00:00", 1)]
    assert reasons(tidy(rows, as_of=date(2024, 2, 1))) == {(0, 6): "after_as_of"}


def test_without_an_as_of_it_is_the_day_of_the_last_row_that_counts(tidy):
    rows = [*PLAIN, sale("4", "c", "2024-03-05", 7, status="cancelled"), sale("5", "c", "2024-02-09T18:00:00", 1)]
    assert tidy(rows).as_of == date(2024, 2, 9)


def test_rows_dated_in_the_future_are_set_aside_where_no_as_of_is_given(tidy, reasons):
    cleaned = tidy([*PLAIN, sale("4", "c", "2099-01-01", 7)])
    assert (reasons(cleaned), cleaned.as_of) == ({(0, 5): "after_as_of"}, date(2024, 2, 1))


def test_the_as_of_of_the_settings_is_used(tidy):
    assert tidy(PLAIN, settings={"as_of": date(2024, 1, 15)}).as_of == date(2024, 1, 15)


def test_rows_alike_in_every_column_that_name_their_order_are_one(tidy, reasons):
    cleaned = tidy([*PLAIN, PLAIN[1]])
    assert reasons(cleaned) == {(0, 5): "duplicate"}


def test_copies_are_kept_where_the_settings_say_so(tidy, net):
    assert net(tidy([*PLAIN, PLAIN[1]], settings={"duplicates": "keep"}))["2"] == Decimal(41)


def test_rows_that_differ_in_one_column_are_no_copies(tidy, net):
    other = {**PLAIN[1], "channel": "web"}
    assert net(tidy([*PLAIN, other]))["2"] == Decimal(41)


def test_rows_that_are_equal_but_for_null_and_value_are_no_copies(tidy, reasons):
    rows = [sale("1", "a", "2024-01-01", 5, discount=None), sale("1", "a", "2024-01-01", 5, discount=0)]
    assert reasons(tidy(rows)) == {}


def test_without_order_numbers_equal_rows_are_several_purchases_and_are_told(tidy):
    rows = [{**row, "order_id": None} for row in (*PLAIN, PLAIN[1])]
    cleaned = tidy(rows)
    assert cleaned.reconciliation.rows_used == 4
    assert any(note.startswith("1 row is alike") for note in cleaned.notes)


def test_without_order_numbers_every_row_is_an_order_with_a_name_of_its_own(tidy, net):
    rows = [{**row, "order_id": None} for row in PLAIN]
    assert sorted(net(tidy(rows))) == ["row-0-2", "row-0-3", "row-0-4"]


def test_the_last_file_that_brings_an_order_counts(tidy, net, reasons):
    rows = [*PLAIN, sale("2", "b", "2024-01-02", 99, source_file=1)]
    cleaned = tidy(rows, files=("a.csv", "b.csv"))
    assert (net(cleaned)["2"], reasons(cleaned)) == (Decimal(99), {(0, 3): "superseded"})


def test_a_later_file_may_cancel_an_order(tidy, net, reasons):
    rows = [*PLAIN, sale("2", "b", "2024-01-02", 20.5, source_file=1, status="cancelled")]
    cleaned = tidy(rows, files=("a.csv", "b.csv"))
    assert "2" not in net(cleaned)
    assert reasons(cleaned) == {(0, 3): "superseded", (1, 5): "cancelled"}


def test_a_faulty_row_of_a_later_file_does_not_replace_an_order(tidy, net):
    rows = [*PLAIN, sale("2", "b", None, 20.5, source_file=1, fault="date_unreadable")]
    assert net(tidy(rows, files=("a.csv", "b.csv")))["2"] == Decimal("20.5")


def test_the_same_file_twice_changes_nothing(tidy, net):
    twice = [*PLAIN, *({**row, "source_file": 1} for row in PLAIN)]
    assert net(tidy(twice, files=("a.csv", "a.csv"))) == net(tidy(PLAIN))


def test_an_order_whose_lines_are_spread_over_two_files_stays_whole(tidy, net):
    rows = [
        sale("1", "a", "2024-01-01", 10, product_id="p"),
        sale("1", "a", "2024-01-01", 5, product_id="q", source_file=1),
    ]
    assert net(tidy(rows, grain="line", files=("a.csv", "b.csv"))) == {"1": Decimal(15)}


def test_lines_become_one_order_with_the_earliest_moment(tidy, records):
    rows = [
        sale("1", "a", "2024-01-03T10:00:00", 10, product_id="p"),
        sale("1", "a", "2024-01-01T09:00:00", 5, product_id="q"),
    ]
    order = records(tidy(rows, grain="line").orders, "order_id")[0]
    assert (order["net_revenue"], order["ordered_at"]) == (Decimal(15), datetime(2024, 1, 1, 9))


def test_an_order_with_lines_of_two_customers_goes_to_the_one_with_most(tidy, records):
    rows = [
        sale("1", "z", "2024-01-01", 1, product_id="p"),
        sale("1", "z", "2024-01-01", 1, product_id="q"),
        sale("1", "a", "2024-01-01", 1, product_id="r"),
        sale("2", "m", "2024-01-01", 1, product_id="r"),
    ]
    cleaned = tidy(rows, grain="line")
    assert [row["customer_id"] for row in records(cleaned.orders, "order_id")] == ["z", "m"]
    assert any("several customers" in note for note in cleaned.notes)


def test_a_line_that_does_not_repeat_the_customer_belongs_to_the_order(tidy, records):
    rows = [sale("1", "a", "2024-01-01", 1, product_id="p"), sale("1", None, "2024-01-01", 1, product_id="q")]
    assert [row["customer_id"] for row in records(tidy(rows, grain="line").orders, "order_id")] == ["a"]


def test_order_lines_keep_their_products_and_their_money(tidy, records):
    rows = [
        sale("1", "a", "2024-01-01", 12, product_id="p", tax=2, quantity=3),
        sale("1", "a", "2024-01-01", 5, product_name="soap", quantity=1),
    ]
    lines = records(tidy(rows, grain="line").order_lines, "product_id")
    assert [(row["product_id"], row["net_revenue"]) for row in lines] == [("p", Decimal(10)), ("soap", Decimal(5))]


def test_lines_are_worth_quantity_times_price_where_the_amount_stands_on_the_first_row_only(tidy, records):
    rows = [
        sale("1", "a", "2024-01-01", 30, product_id="p", quantity=2, unit_price=10),
        sale("1", "a", "2024-01-01", None, product_id="q", quantity=1, unit_price=12, discount=2),
    ]
    cleaned = tidy(rows, grain="line")
    lines = records(cleaned.order_lines, "product_id")
    assert [row["net_revenue"] for row in lines] == [Decimal(20), Decimal(10)]
    assert cleaned.reconciliation.net_revenue == Decimal(30)


def test_tax_and_shipping_are_no_revenue(tidy, net):
    assert net(tidy([sale("1", "a", "2024-01-01", 125, tax=20, shipping=5)])) == {"1": Decimal(100)}


def test_an_order_refunded_in_full_is_worth_exactly_nothing(tidy, net):
    assert net(tidy([sale("1", "a", "2024-01-01", "99.99", tax="15.97", shipping="4.9", refunded="99.99")]))["1"] == 0


def test_a_refund_without_a_split_is_shared_over_goods_tax_and_shipping(tidy, net):
    cleaned = tidy([sale("1", "a", "2024-01-01", 120, tax=20, refunded=60)])
    assert net(cleaned) == {"1": Decimal(50)}
    assert cleaned.reconciliation.off == {"tax": Decimal(10), "refunded": Decimal(60)}


def test_the_margin_goes_back_with_the_refund_in_proportion(tidy, records):
    order = records(tidy([sale("1", "a", "2024-01-01", 100, margin=40, refunded=25)]).orders, "order_id")[0]
    assert order["margin"] == Decimal(30)


def test_a_stated_margin_goes_before_costs(tidy, records):
    order = records(tidy([sale("1", "a", "2024-01-01", 100, margin=40, cost=99)]).orders, "order_id")[0]
    assert order["margin"] == Decimal(40)


def test_margin_is_net_revenue_less_cost(tidy, records):
    order = records(tidy([sale("1", "a", "2024-01-01", 100, tax=10, cost=30)]).orders, "order_id")[0]
    assert order["margin"] == Decimal(60)


def test_the_margin_of_an_order_with_a_line_without_cost_is_not_known(tidy, records):
    rows = [
        sale("1", "a", "2024-01-01", 10, cost=4, product_id="p"),
        sale("1", "a", "2024-01-01", 10, product_id="q"),
        sale("2", "a", "2024-01-02", 10, cost=4, product_id="p"),
    ]
    cleaned = tidy(rows, grain="line")
    assert [row["margin"] for row in records(cleaned.orders, "order_id")] == [None, Decimal(6)]


def test_without_costs_there_is_no_margin(tidy):
    assert not tidy(PLAIN).has_margin


def test_orders_worth_nothing_are_purchases(tidy, net):
    cleaned = tidy([*PLAIN, sale("4", "c", "2024-01-05", 0)])
    assert net(cleaned)["4"] == 0
    assert any("worth nothing" in note for note in cleaned.notes)


@pytest.mark.parametrize("grain", ["order", "line"])
def test_orders_worth_nothing_are_set_aside_where_the_settings_say_so(tidy, reasons, grain):
    rows = [*PLAIN, sale("4", "c", "2024-01-05", 0)]
    assert reasons(tidy(rows, grain=grain, settings={"zero_value": "set-aside"})) == {(0, 5): "zero_value"}


def test_a_line_worth_nothing_is_part_of_its_order(tidy, net):
    rows = [sale("1", "a", "2024-01-01", 5, product_id="p"), sale("1", "a", "2024-01-01", 0, product_id="gift")]
    cleaned = tidy(rows, grain="line", settings={"zero_value": "set-aside"})
    assert (net(cleaned), cleaned.reconciliation.rows_aside) == ({"1": Decimal(5)}, {})


def test_orders_without_a_customer_are_revenue_of_nobody(tidy):
    sums = tidy([*PLAIN, sale("4", None, "2024-01-05", 7)]).reconciliation
    assert (sums.customers, sums.nobody) == (Decimal("30.5001"), Decimal(7))


def test_without_amounts_only_rows_are_accounted_for(tidy, records):
    cleaned = tidy([{**row, "money": None} for row in PLAIN])
    assert (cleaned.has_money, cleaned.reconciliation.money_in) == (False, None)
    assert [row["net_revenue"] for row in records(cleaned.orders, "order_id")] == [None, None, None]


def test_customers_are_acquired_with_their_first_order(tidy, records):
    rows = [
        sale("2", "a", "2024-02-01", 1, channel="web", country="FR"),
        sale("1", "a", "2024-01-01", 1, channel="shop", country="DE"),
    ]
    row = records(tidy(rows).customers, "customer_id")[0]
    assert (row["acquired_at"], row["acquisition_channel"], row["country"]) == (datetime(2024, 1, 1), "shop", "FR")


def test_one_customer_is_no_fault_of_the_data(tidy):
    assert tidy([sale(str(n), "a", "2024-01-01", 1) for n in range(5)]).reconciliation.rows_used == 5


def test_all_orders_on_one_day_are_no_fault_of_the_data(tidy):
    cleaned = tidy([sale(str(n), str(n), "2024-01-01", 1) for n in range(5)])
    assert (cleaned.first_at, cleaned.last_at) == (datetime(2024, 1, 1), datetime(2024, 1, 1))


def test_nothing_usable_is_told_with_the_reasons_counted(tidy):
    rows = [sale("1", "a", None, 1, fault="date_unreadable"), sale("2", "a", "2024-01-01", 1, status="cancelled")]
    with pytest.raises(
        DataError, match=r"None of 2 rows .* 1 row: a cancelled order; 1 row: a date that cannot be read"
    ):
        tidy(rows)


def test_an_as_of_before_the_first_order_leaves_nothing(tidy):
    with pytest.raises(DataError, match="after the last day"):
        tidy(PLAIN, as_of=date(2020, 1, 1))


def test_a_source_without_rows_is_no_data(tidy):
    with pytest.raises(DataError, match="no rows"):
        tidy([])


def test_returns_without_sales_are_no_data(tidy):
    with pytest.raises(DataError, match="None of 1 row "):
        tidy([sale("1", "a", "2024-01-01", -5)])


def test_a_second_cleaning_in_the_same_engine_forgets_the_first(tidy, engine):
    tidy([sale("1", "a", "2024-01-01", 5, product_id="p")], grain="line")
    tidy(PLAIN)
    assert "order_lines" not in engine.tables()


def test_a_lost_cent_does_not_pass(tidy):
    sums = tidy(PLAIN).reconciliation
    with pytest.raises(LifeworthError, match=r"0\.0100 are missing"):
        replace(sums, money_in=sums.money_in + Decimal("0.01")).check()


def test_a_lost_row_does_not_pass(tidy):
    with pytest.raises(LifeworthError, match="4 rows came in, 3 are accounted for"):
        replace(tidy(PLAIN).reconciliation, rows_in=4).check()


def test_equal_rows_of_a_very_large_source_are_estimated_without_bias(engine, monkeypatch):
    from lifeworth.data import aside

    monkeypatch.setattr(aside, "COUNTED_UP_TO", 100)
    twice = pa.table({"customer_id": [str(n // 2) for n in range(40_000)]})
    found = aside._alike(engine, engine.load("rows", twice), ("customer_id",), twice.num_rows)
    assert found == pytest.approx(20_000, rel=0.15)
