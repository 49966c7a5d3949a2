"""Customers as they are told, tables that lie in a folder of orders, keys that repeat, and what the tables allow."""

from __future__ import annotations

from datetime import date, datetime

import ibis
import pyarrow as pa
import pytest

from lifeworth.data.beside.allow import capabilities
from lifeworth.data.beside.folder import part
from lifeworth.data.beside.people import join_told
from lifeworth.data.beside.read import NOTHING
from lifeworth.data.contracts import CUSTOMERS
from lifeworth.errors import FileError
from lifeworth.settings import load


@pytest.fixture
def ordered(engine):
    rows = [
        {"customer_id": "a", "acquired_at": datetime(2025, 1, 1), "acquisition_channel": "search", "country": "DE"},
        {"customer_id": "b", "acquired_at": datetime(2025, 2, 1), "acquisition_channel": None, "country": "FR"},
    ]
    engine.load("orders_customers", pa.Table.from_pylist(rows, schema=ibis.schema(CUSTOMERS.schema).to_pyarrow()))
    return engine.view("customers", engine.table("orders_customers"))


def test_a_customer_table_goes_before_the_orders_and_keeps_its_columns(read, engine, ordered):
    text = "customer_id,signup date,source,Birth Year,Newsletter,Zip\na,2024-12-01,shop,1980,true,01067\nc,2024-12-01,x,1990,false,99999\n"
    found = read("customers", text)
    assert found.account.rows_used == 2
    rows = engine.arrow(join_told(engine, ordered).order_by("customer_id")).to_pylist()
    assert [row["customer_id"] for row in rows] == ["a", "b"]
    told, untold = rows
    assert (told["acquired_at"], told["acquisition_channel"], told["country"]) == (datetime(2024, 12, 1), "shop", "DE")
    assert (told["birth_year"], told["newsletter"], told["zip"]) == (1980, True, "01067")
    assert (untold["acquired_at"], untold["birth_year"]) == (datetime(2025, 2, 1), None)
    assert engine.table("customers").columns == (*CUSTOMERS.columns, "birth_year", "newsletter", "zip")


def test_without_a_customer_table_customers_stay(engine, ordered):
    assert join_told(engine, ordered) is ordered


def test_customers_the_orders_do_not_know_are_said(read, ordered):
    text = "ticket,customer,created at\n1,a,2025-01-31\n2,x,2025-01-31\n3,y,2025-01-31\n"
    found = read("tickets", text, customers=ordered)
    assert (found.account.people.named, found.account.people.known) == (3, 1)
    assert "Only 1 of 3 customers of tickets are known from the orders" in found.notes


def test_of_tickets_the_one_changed_last_counts(read):
    text = "ticket,created at,subject,updated at\n1,2025-01-31,old,2025-02-01\n1,2025-01-31,new,2025-03-01\n1,2025-01-31,older,2025-01-31\n"
    found = read("tickets", text)
    assert found.column("topic") == ["new"]
    assert [(row["source_row"], row["reason"], row["value"]) for row in found.aside] == [
        (2, "duplicate_key", "1"),
        (4, "duplicate_key", "1"),
    ]


def test_of_files_the_later_one_counts_and_of_arms_the_first(read):
    first = "ticket,created at,subject\n1,2025-01-31,old\n"
    found = read("tickets", first, first.replace("old", "new"))
    assert found.column("topic") == ["new"]
    arms = "campaign,customer,arm,assigned at\nx,a,treated,2025-03-01\nx,a,control,2025-01-31\n"
    assert read("assignments", arms).column("arm") == ["control"]


def test_rows_after_the_as_of_day_are_set_aside(read):
    text = "day,spend\n2025-01-31,1\n2025-02-01,2\n"
    found = read("marketing_spend", text, as_of=date(2025, 1, 31))
    assert (found.column("amount"), [row["reason"] for row in found.aside]) == ([1], ["after_as_of"])
    assert found.aside[0]["source_file"] == "marketing_spend.csv"


def test_a_table_of_which_no_row_counts_is_left_out_with_a_note(read, engine):
    found = read("marketing_spend", "day,spend\n2025-02-01,2\n", as_of=date(2025, 1, 31))
    assert "marketing_spend" not in found.beside
    assert "marketing_spend" not in engine.tables()
    assert "the table is left out" in found.notes


def test_a_file_in_a_folder_is_the_table_it_is_called_after(tmp_path):
    for name in ("orders.csv", "Tickets.csv", "feedback.csv.gz", "truth.json", "truth_customers.csv"):
        (tmp_path / name).write_text("x\n")
    found = part(tmp_path)
    assert [file.name for file in found.orders] == ["orders.csv"]
    assert sorted(found.tables) == ["feedback", "tickets"]
    assert "Tickets.csv" in found.notes[0]
    assert "truth.json" in found.notes[1]


def test_a_folder_of_tables_only_holds_no_orders(tmp_path):
    (tmp_path / "subscriptions.csv").write_text("x\n")
    assert part(str(tmp_path)).orders is None


def test_a_folder_of_orders_of_two_kinds_is_still_refused(tmp_path):
    for name in ("a.csv", "b.json", "tickets.csv"):
        (tmp_path / name).write_text("x\n")
    with pytest.raises(FileError, match="several kinds"):
        part(tmp_path)


def test_anything_but_a_folder_is_orders():
    frame = object()
    assert part([frame, "sqlite:///x.db#orders"]).orders == [frame, "sqlite:///x.db#orders"]


def test_what_is_not_there_says_what_it_should_hold():
    found = {one.name: one for one in capabilities(load({}), NOTHING)}
    assert {one.state for one in found.values()} == {"missing"}
    assert "mrr" in found["subscriptions"].add
    assert "assumptions" in found["net_clv"].add


def test_a_table_that_is_there_says_its_numbers(read):
    text = "customer,start date,end date,mrr\na,2025-01-01,2025-03-01,5\nb,2025-01-01,,5\n"
    found = {one.name: one for one in capabilities(load({}), read("subscriptions", text).beside)}
    assert "2 rows of 2 customers, 2025-01-01 to 2025-01-01" in found["subscriptions"].why


def test_an_assumption_makes_net_value_limited():
    found = {one.name: one for one in capabilities(load({"assumptions": {"cost_per_ticket": 4}}), NOTHING)}
    assert found["net_clv"].state == "limited"
    assert "Acquisition: not known" in found["net_clv"].why
