"""Who was erased does not come back with the next import, and rows and money still add up."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.persons.shop import grepped, names, run_again, tables

from lifeworth.data.erasures import NOBODY, Erased, hashed, known
from lifeworth.data.intake import take_in, told_apart
from lifeworth.data.left_out import without
from lifeworth.data.sources.open import read_orders
from lifeworth.persons.actions import erase_person
from lifeworth.settings import load


def _current(shop: Path) -> dict[str, list[dict]]:
    run = (shop / "runs" / "current").resolve().name
    return {name: rows for name, rows in tables(shop).items() if run in name}


def test_the_same_source_does_not_bring_an_erased_person_back(shop, source):
    before = _current(shop)
    erase_person(shop, "C7")
    summary = run_again(shop, source)
    after = _current(shop)
    for name, rows in after.items():
        assert not any(names(row, "C7") for row in rows), name
        assert not any(row.get("account_id") == "C7" or row.get("visitor_id") == "V906" for row in rows), name
    said = summary["reconciliation"]
    mine = sum(row["customer_id"] == "C7" for name, rows in before.items() if name.startswith(("tables/orders/", "quarantine/")) and ".beside" not in name for row in rows)  # fmt: skip
    assert said["rows_set_aside"]["erased"] == mine == 5
    assert said["rows_in"] == said["rows_set_aside"]["erased"] + sum(n for code, n in said["rows_set_aside"].items() if code != "erased") + _used(said)  # fmt: skip
    assert sum(map(Decimal, said["money_set_aside"].values())) + Decimal(said["net_revenue_of_customers"]) + Decimal(said["net_revenue_without_customer"]) == Decimal(said["money_in"])  # fmt: skip
    assert summary["tables"]["tickets"]["rows_set_aside"] == {"erased": 1}
    # Another customer who is told of by a third is not the person's row; both sides of a referral are.
    assert summary["tables"]["referrals"]["rows_set_aside"] == {"erased": 1}
    run = (shop / "runs" / "current").resolve()
    for word in ("person.6@example.org", "V906"):
        told = [name for name in grepped(shop, word) if run.name in name and "tickets" not in name]
        assert told == [], word


def _used(said: dict) -> int:
    return sum(one["rows_used"] for one in said["files"])


def test_what_is_kept_of_a_row_that_is_set_aside_is_its_place_and_its_money(shop, source):
    erase_person(shop, "C7")
    run_again(shop, source)
    run = (shop / "runs" / "current").resolve().name
    rows = [
        row for row in pq.read_table(shop / "quarantine" / f"{run}.parquet").to_pylist() if row["reason"] == "erased"
    ]
    assert rows
    for row in rows:
        left = {name for name, value in row.items() if value is not None}
        assert left == {"source_file", "source_row", "reason", "money"}
    beside = [row for row in pq.read_table(shop / "quarantine" / f"{run}.beside.parquet").to_pylist() if row["reason"] == "erased"]  # fmt: skip
    assert {row["table"] for row in beside} >= {"customers", "tickets", "feedback", "subscriptions", "touchpoints", "milestones"}  # fmt: skip
    for row in beside:
        assert (row["customer_id"], row["value"], row["day"]) == (None, None, None)


def test_a_person_under_a_stand_in_comes_back_under_it_and_all_totals_stay(shop, source):
    before = _current(shop)
    proof = erase_person(shop, "C7", mode="pseudonymise")
    summary = run_again(shop, source)
    after = _current(shop)
    count = {name.split("/")[1]: len(rows) for name, rows in after.items() if name.startswith("tables")}
    assert count == {name.split("/")[1]: len(rows) for name, rows in before.items() if name.startswith("tables")}
    for name, rows in after.items():
        assert not any(names(row, "C7") for row in rows), name
    (customer,) = [row for name, rows in after.items() if name.startswith("tables/customers/") for row in rows if row["customer_id"] == proof.stand_in]  # fmt: skip
    assert {customer[name] for name in ("first_name", "last_name", "email", "phone", "birth_year", "old_number")} == {None}  # fmt: skip
    assert customer["tier"] is not None
    texts = [row["text"] for name, rows in after.items() if name.startswith(("tables/tickets/", "tables/feedback/")) for row in rows if row["customer_id"] == proof.stand_in]  # fmt: skip
    assert texts == [None, None]
    run = json.loads((shop / "runs" / "current" / "manifest.json").read_text())
    assert any("stand-in" in note for note in run["facts"]["source"]["notes"])
    assert any("stand-in" in note for note in summary["tables"]["tickets"]["notes"])
    assert "erased" not in summary["reconciliation"]["rows_set_aside"]


def test_the_later_wish_holds(shop, source):
    erase_person(shop, "C7", mode="pseudonymise")
    erase_person(shop, "C7", mode="erase")
    assert set(known(shop).stand_ins.values()) >= {""}
    assert run_again(shop, source)["reconciliation"]["rows_set_aside"]["erased"] == 5


def test_nothing_is_done_where_nobody_was_erased(engine, source, tmp_path):
    assert known(None) is NOBODY
    assert known(tmp_path) is NOBODY
    read = read_orders(engine, str(source["orders"]), load({}))
    assert without(engine, read, NOBODY) is read
    stranger = Erased("key", {hashed("key", "customer", "somebody else"): ""})
    assert without(engine, read, stranger) is read


def test_other_lines_of_an_erased_order_that_name_nobody_go_with_it(engine):
    orders = pa.table(
        {
            "order_id": ["1", "1", "2", "3"],
            "customer_id": ["a", None, "b", None],
            "ordered_at": ["2025-01-01"] * 4,
            "product_id": ["x", "y", "x", "y"],
            "quantity": [1, 1, 1, 1],
            "unit_price": [2.0, 3.0, 5.0, 7.0],
            "currency": ["EUR"] * 4,
        }
    )
    erased = Erased("key", {hashed("key", "customer", "a"): ""})
    settings = load({})
    intake = take_in(engine, told_apart(orders, None, settings), settings, erased=erased)
    kept = engine.arrow(intake.cleaned.orders).to_pylist()
    assert [(row["order_id"], row["customer_id"]) for row in kept] == [("2", "b"), ("3", None)]
    assert intake.cleaned.reconciliation.rows_aside == {"erased": 2}
    assert intake.cleaned.reconciliation.money_aside == {"erased": Decimal(5)}


def test_two_whose_ids_are_of_different_things_are_told_apart():
    assert hashed("key", "customer", "7") != hashed("key", "visitor", "7")
    assert hashed("key", "customer", "7") != hashed("other", "customer", "7")


@pytest.mark.parametrize("mode", ["erase", "pseudonymise"])
def test_a_company_without_orders_leaves_them_out_as_well(tmp_path, source, mode):
    from lifeworth.job import run

    root = tmp_path / "club"
    beside = {"subscriptions": str(source["subscriptions"]), "customers": str(source["customers"])}
    run(tables=beside, workspace=root)
    proof = erase_person(root, "C7", mode=mode)
    summary = run(tables=beside, workspace=root).summary
    ids = {row.get("customer_id") for rows in _current(root).values() for row in rows}
    assert "C7" not in ids
    assert (proof.stand_in in ids) == (mode == "pseudonymise")
    aside = summary["tables"]["subscriptions"]["rows_set_aside"]
    assert aside == ({"erased": 1} if mode == "erase" else {})
