"""The generated business: every table as described, nothing later than its last day, every cent of its export accounted for."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifeworth.data.contracts import TABLES
from lifeworth.data.synthetic import Business, generate, write
from lifeworth.data.synthetic.tables import DESCRIBED
from lifeworth.errors import OptionError, StorageError

COUNTED = {"completed", "returned"}


@pytest.fixture(scope="module")
def business() -> Business:
    return generate(1500, seed=7)


def texts(rows: pa.Table) -> list[dict[str, str | None]]:
    found: list[dict[str, str | None]] = rows.to_pylist()
    return found


# -- shape ------------------------------------------------------------------------------------------------------------
def test_the_business_has_exactly_the_described_tables(business: Business) -> None:
    assert set(business.tables) == set(DESCRIBED)


@pytest.mark.parametrize("name", DESCRIBED)
def test_a_table_has_the_described_columns_and_types(business: Business, name: str) -> None:
    assert business[name].schema == ibis.schema(DESCRIBED[name].schema).to_pyarrow()


@pytest.mark.parametrize("name", DESCRIBED)
def test_a_table_has_rows(business: Business, name: str) -> None:
    assert business[name].num_rows > 0


@pytest.mark.parametrize("name", DESCRIBED)
def test_required_columns_have_no_gap(business: Business, name: str) -> None:
    required = {*DESCRIBED[name].required, *DESCRIBED[name].key}
    assert {column: business[name][column].null_count for column in required} == dict.fromkeys(required, 0)


@pytest.mark.parametrize("name", [name for name, contract in DESCRIBED.items() if contract.key])
def test_a_key_names_one_row(business: Business, name: str) -> None:
    rows = business[name].select(list(DESCRIBED[name].key))
    assert rows.group_by(rows.column_names).aggregate([]).num_rows == rows.num_rows


@pytest.mark.parametrize("name", ["orders", "refunds", "order_lines", "customers"])
def test_a_table_of_the_house_has_every_column_of_its_contract(name: str) -> None:
    described = DESCRIBED[name].schema
    assert {column: described.get(column) for column in TABLES[name].schema} == TABLES[name].schema


@pytest.mark.parametrize("customers", [40, 1500])
def test_there_are_as_many_customers_as_asked_for(customers: int) -> None:
    assert generate(customers, seed=2)["customers"].num_rows == customers


def test_every_customer_has_an_order(business: Business) -> None:
    assert set(business["orders"]["customer_id"].drop_null().to_pylist()) == set(
        business["customers"]["customer_id"].to_pylist()
    )


# -- references -------------------------------------------------------------------------------------------------------
REFERENCES = [
    *(
        (name, "customer_id", "customers", "customer_id")
        for name in DESCRIBED
        if "customer_id" in DESCRIBED[name].columns
    ),
    ("referrals", "referrer_id", "customers", "customer_id"),
    ("referrals", "referred_id", "customers", "customer_id"),
    ("order_lines", "order_id", "orders", "order_id"),
    ("orders", "order_id", "order_lines", "order_id"),
    ("refunds", "order_id", "orders", "order_id"),
    ("order_lines", "product_id", "products", "product_id"),
    ("subscriptions", "follows", "subscriptions", "subscription_id"),
]


@pytest.mark.parametrize(("table", "column", "to", "key"), REFERENCES, ids=lambda part: str(part))
def test_what_a_row_refers_to_is_there(business: Business, table: str, column: str, to: str, key: str) -> None:
    named = business[table][column].drop_null().combine_chunks()
    assert named.filter(pc.invert(pc.is_in(named, business[to][key].combine_chunks()))).to_pylist() == []


def test_nobody_is_brought_by_a_later_customer(business: Business) -> None:
    joined = dict(zip(*(business["customers"][c].to_pylist() for c in ("customer_id", "acquired_at")), strict=True))
    late = [
        row
        for row in business["referrals"].to_pylist()
        if not joined[row["referrer_id"]] <= row["referred_at"] <= joined[row["referred_id"]]
    ]
    assert late == []


def test_the_first_order_is_the_acquisition(business: Business) -> None:
    first = business["orders"].group_by("customer_id").aggregate([("ordered_at", "min")])
    found = dict(zip(first["customer_id"].to_pylist(), first["ordered_at_min"].to_pylist(), strict=True))
    customers = business["customers"]
    assert [found[who] for who in customers["customer_id"].to_pylist()] == customers["acquired_at"].to_pylist()


# -- time -------------------------------------------------------------------------------------------------------------
def out_of_span(business: Business, start: date, end: date) -> dict[str, int]:
    """Columns with a day before the start or after the end; the end of a trial is a plan, not an event."""
    found = {}
    for name, rows in business.tables.items():
        for field in rows.schema:
            if pa.types.is_temporal(field.type) and field.name != "trial_ends_at":
                days = rows[field.name].cast(pa.date32()) if pa.types.is_date(field.type) else rows[field.name]
                held = [d.date() if isinstance(d, datetime) else d for d in days.drop_null().to_pylist()]
                bad = sum(not start <= day <= end for day in held)
                if bad:
                    found[f"{name}.{field.name}"] = bad
    return found


def test_nothing_is_later_than_the_last_day_or_earlier_than_the_first(business: Business) -> None:
    assert out_of_span(business, date(2024, 1, 1), date(2026, 6, 30)) == {}


def test_nothing_happens_to_a_customer_before_the_first_order(business: Business) -> None:
    joined = dict(zip(*(business["customers"][c].to_pylist() for c in ("customer_id", "acquired_at")), strict=True))
    early = []
    for table, column in [
        ("orders", "ordered_at"),
        ("tickets", "opened_at"),
        ("feedback", "given_at"),
        ("milestones", "reached_at"),
        ("assignments", "assigned_at"),
        ("touchpoints", "occurred_at"),
    ]:
        rows = business[table]
        pairs = zip(rows["customer_id"].to_pylist(), rows[column].to_pylist(), strict=True)
        early += [(table, who) for who, when in pairs if who is not None and when < joined[who]]
    assert early == []


def test_a_ticket_is_answered_before_it_is_settled(business: Business) -> None:
    tickets = business["tickets"]
    assert pc.all(pc.less_equal(tickets["opened_at"], tickets["first_reply_at"])).as_py()
    assert pc.all(pc.less_equal(tickets["first_reply_at"], tickets["resolved_at"])).as_py()


def test_only_settled_tickets_are_rated(business: Business) -> None:
    open_tickets = business["tickets"].filter(pc.is_null(pc.field("resolved_at")))
    assert open_tickets["csat"].null_count == open_tickets.num_rows


# -- subscriptions ----------------------------------------------------------------------------------------------------
def test_a_subscription_that_ended_says_how(business: Business) -> None:
    rows = business["subscriptions"]
    assert rows["ended_at"].is_null().equals(rows["ended_by"].is_null())


def test_a_stretch_begins_where_the_one_before_ended_or_after_a_pause(business: Business) -> None:
    rows = {row["subscription_id"]: row for row in business["subscriptions"].to_pylist()}
    wrong = []
    for row in rows.values():
        if (before := rows.get(row["follows"])) is None:
            continue
        goes_on = row["started_at"] == before["ended_at"] and before["ended_by"] in {"upgrade", "downgrade"}
        comes_back = row["started_at"] > before["ended_at"] and before["ended_by"] == "pause"
        wrong += [] if goes_on or comes_back else [row["subscription_id"]]
    assert wrong == []


def test_nobody_runs_two_subscriptions_at_once(business: Business) -> None:
    by_customer = defaultdict(list)
    for row in business["subscriptions"].to_pylist():
        by_customer[row["customer_id"]].append((row["started_at"], row["ended_at"] or date.max))
    doubled = [
        who
        for who, stretches in by_customer.items()
        for earlier, later in zip(sorted(stretches), sorted(stretches)[1:], strict=False)
        if later[0] < earlier[1]
    ]
    assert doubled == []


# -- the export and its account ---------------------------------------------------------------------------------------
def money(text: str | None) -> Decimal:
    try:
        return Decimal(text or "")
    except ArithmeticError:
        return Decimal(0)


def clean(business: Business) -> dict[str, Decimal]:
    """Net revenue per order, as a careful person would work it out from the export."""
    net: dict[str, Decimal] = defaultdict(Decimal)
    seen = set()
    for row in texts(business.export):
        key = tuple(row.values())
        readable = row["Line Total"] != "see note" and "-02-30 " not in str(row["Order Date"])
        if row["Status"] in COUNTED and readable and key not in seen:
            net[str(row["Order ID"])] += money(row["Line Total"]) - money(row["Refunded"])
        seen.add(key)
    return net


def test_a_careful_cleaning_of_the_export_finds_the_true_orders(business: Business) -> None:
    orders = business["orders"]
    assert clean(business) == dict(zip(orders["order_id"].to_pylist(), orders["net_revenue"].to_pylist(), strict=True))


def test_the_account_of_the_export_adds_up_to_its_total(business: Business) -> None:
    account = business.truth["export"]
    assert sum(money(row["Line Total"]) for row in texts(business.export)) == Decimal(account["money"])
    assert sum((Decimal(part["money"]) for part in account["parts"].values()), Decimal(0)) == Decimal(account["money"])


def test_the_money_of_the_export_is_revenue_goodwill_and_dirt(business: Business) -> None:
    account = business.truth["export"]
    dirt = sum(
        Decimal(account["parts"][kind]["money"]) for kind in ("cancelled", "unpaid", "test", "unreadable", "duplicate")
    )
    revenue = Decimal(account["net_revenue_of_customers"]) + Decimal(account["net_revenue_without_customer"])
    assert revenue + Decimal(account["goodwill"]["money"]) + dirt == Decimal(account["money"])


def test_the_margin_and_the_refunds_of_the_account_are_those_of_the_orders(business: Business) -> None:
    account = business.truth["export"]
    known = business["orders"].filter(pc.is_valid(pc.field("customer_id")))
    assert pc.sum(known["margin"]).as_py() == Decimal(account["margin_of_customers"])
    assert pc.sum(known["refunded"]).as_py() == Decimal(account["refunded_of_customers"])


def test_the_rows_of_the_export_are_all_accounted_for(business: Business) -> None:
    account = business.truth["export"]
    assert business.export.num_rows == account["rows"] == sum(part["rows"] for part in account["parts"].values())


def test_the_dirt_stands_in_the_export_as_often_as_the_account_says(business: Business) -> None:
    rows = texts(business.export)
    parts = business.truth["export"]["parts"]
    assert {
        status: sum(row["Status"] == status for row in rows)
        for status in ("cancelled", "pending payment", "test", "returned")
    } == {
        "cancelled": parts["cancelled"]["rows"],
        "pending payment": parts["unpaid"]["rows"],
        "test": parts["test"]["rows"],
        "returned": parts["return"]["rows"],
    }
    assert len(rows) - len({tuple(row.values()) for row in rows}) == parts["duplicate"]["rows"]


def test_a_fault_stands_in_the_row_a_person_would_count(business: Business) -> None:
    rows = texts(business.export)
    for fault in business.truth["export"]["faults"]:
        assert rows[fault["row"] - 2][fault["column"]] == fault["value"]


def test_a_line_total_is_units_times_price_less_discount(business: Business) -> None:
    wrong = [
        row
        for row in texts(business.export)
        if row["Line Total"] != "see note"
        and money(row["Quantity"]) * money(row["Unit Price"]) - money(row["Discount"]) != money(row["Line Total"])
    ]
    assert wrong == []


def test_the_lines_of_an_order_less_what_went_back_are_its_net_revenue(business: Business) -> None:
    lines = business["order_lines"].group_by("order_id").aggregate([("net_revenue", "sum")])
    brought = dict(zip(lines["order_id"].to_pylist(), lines["net_revenue_sum"].to_pylist(), strict=True))
    wrong = [o for o in business["orders"].to_pylist() if brought[o["order_id"]] - o["refunded"] != o["net_revenue"]]
    assert wrong == []


def test_no_more_goes_back_than_was_sold(business: Business) -> None:
    units: dict[tuple[str | None, str | None], Decimal] = defaultdict(Decimal)
    for row in {tuple(row.values()): row for row in texts(business.export)}.values():
        units[row["Order ID"], row["SKU"]] += money(row["Quantity"])
    assert min(units.values()) >= 0


def test_the_margin_of_an_order_is_its_revenue_less_the_cost_in_the_export(business: Business) -> None:
    cost: dict[str | None, Decimal] = defaultdict(Decimal)
    for row in {tuple(row.values()): row for row in texts(business.export)}.values():
        cost[row["Order ID"]] += money(row["Cost"])
    wrong = [o for o in business["orders"].to_pylist() if o["net_revenue"] - cost[o["order_id"]] != o["margin"]]
    assert wrong == []


def test_dated_refunds_are_a_part_of_what_was_refunded(business: Business) -> None:
    back = business["refunds"].group_by("order_id").aggregate([("amount", "sum")])
    dated = dict(zip(back["order_id"].to_pylist(), back["amount_sum"].to_pylist(), strict=True))
    goodwill = sum(o["refunded"] - dated.get(o["order_id"], 0) for o in business["orders"].to_pylist())
    assert goodwill == Decimal(business.truth["export"]["goodwill"]["money"])


def test_the_same_product_stands_once_on_an_order(business: Business) -> None:
    lines = business["order_lines"].select(["order_id", "product_id"])
    assert lines.group_by(["order_id", "product_id"]).aggregate([]).num_rows == lines.num_rows


# -- chance -----------------------------------------------------------------------------------------------------------
@settings(deadline=None, max_examples=40)
@given(
    customers=st.integers(20, 60),
    seed=st.integers(0, 2**40),
    start=st.dates(date(2020, 1, 1), date(2024, 12, 31)),
    days=st.integers(181, 700),
)
def test_any_small_business_keeps_to_its_span_and_its_account(
    customers: int, seed: int, start: date, days: int
) -> None:
    end = date.fromordinal(start.toordinal() + days)
    small = generate(customers, seed=seed, start=start, end=end)
    orders = small["orders"]
    assert out_of_span(small, start, end) == {}
    assert clean(small) == dict(zip(orders["order_id"].to_pylist(), orders["net_revenue"].to_pylist(), strict=True))


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    first, again = (write(generate(300, seed=3), tmp_path / name) for name in ("first", "again"))
    assert [file.read_bytes() for file in first] == [file.read_bytes() for file in again]


def test_another_seed_makes_another_business() -> None:
    assert generate(60, seed=1)["orders"] != generate(60, seed=2)["orders"]


# -- files ------------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def folder(business: Business, tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("business")
    write(business, where)
    return where


def test_the_order_export_is_the_first_file_and_all_files_are_there(business: Business, tmp_path: Path) -> None:
    files = write(business, tmp_path / "new" / "folder")
    assert files[0].name == "orders.csv"
    assert all(file.is_file() for file in files)


@pytest.mark.parametrize(
    "name", ["customers", "tickets", "feedback", "subscriptions", "observations", "marketing_spend"]
)
def test_a_file_has_the_filled_columns_and_the_rows_of_its_table(business: Business, folder: Path, name: str) -> None:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    rows_of = business[name]
    assert header == [column for column in rows_of.column_names if rows_of[column].null_count < rows_of.num_rows]
    assert [len(rows), {len(row) for row in rows}] == [business[name].num_rows, {len(header)}]


def test_texts_come_back_from_the_file_as_they_were(business: Business, folder: Path) -> None:
    with (folder / "tickets.csv").open(encoding="utf-8", newline="") as file:
        assert [row["text"] for row in csv.DictReader(file)] == business["tickets"]["text"].to_pylist()


def test_the_export_comes_back_from_the_file_as_it_was(business: Business, folder: Path) -> None:
    with (folder / "orders.csv").open(encoding="utf-8", newline="") as file:
        held = [{name: value or None for name, value in row.items()} for row in csv.DictReader(file)]
    assert held == texts(business.export)


def test_the_truth_is_plain_data(business: Business, folder: Path) -> None:
    assert json.loads((folder / "truth.json").read_text(encoding="utf-8")) == business.truth


def test_a_folder_that_is_a_file_is_refused(business: Business, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(StorageError, match="taken"):
        write(business, tmp_path / "taken")


@pytest.mark.parametrize(
    "wrong", [{"customers": 3}, {"end": date(2024, 2, 1)}, {"seed": -1}, {"start": date(2027, 1, 1)}]
)
def test_a_business_that_cannot_be_made_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(OptionError, match="cannot be made"):
        generate(**{"customers": 50, "seed": 1, **wrong})  # type: ignore[arg-type]
