"""Subscriptions as billing systems export them: each is told by its columns and comes to the same table."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from lifeworth.errors import ColumnError

STRIPE = (
    "id,Customer ID,Customer Name,Plan,Quantity,Currency,Interval,Amount,Status,Cancellation Reason,Created (UTC),"
    "Start (UTC),Start Date (UTC),Current Period Start (UTC),Current Period End (UTC),Trial Start (UTC),Trial End (UTC),"
    "Canceled At (UTC),Ended At (UTC),Coupon\n"
)
GENERIC = "subscription_id,customer_id,plan,amount,billing_frequency,start_date,end_date\n"
BAREMETRICS = (
    "plan_oid,plan_name,plan_currency,plan_amount,plan_interval,plan_interval_count,customer_oid,customer_name,"
    "customer_email,subscription_oid,subscription_started_at,subscription_canceled_at,subscription_quantity\n"
)


def _stripe(**said: str) -> str:
    names = STRIPE.strip().split(",")
    row = dict.fromkeys(names, "") | {
        "id": "sub_1", "Customer ID": "cus_1", "Plan": "pro", "Quantity": "2", "Currency": "usd", "Interval": "year",
        "Amount": "600.00", "Status": "active", "Created (UTC)": "2025-01-31 10:00", "Start Date (UTC)": "2025-01-31 10:00",
    }  # fmt: skip
    return ",".join((row | said)[name] for name in names) + "\n"


def test_the_dashboard_of_stripe_is_told_by_its_columns(read):
    found = read("subscriptions", STRIPE + _stripe())
    (row,) = found.rows
    assert found.account.layout == "Stripe's dashboard"
    assert (row["subscription_id"], row["customer_id"], row["plan"]) == ("sub_1", "cus_1", "pro")
    assert (row["interval"], row["interval_count"], row["quantity"], row["mrr"]) == ("year", 1, 2, Decimal(100))
    assert (row["started_at"], row["ended_at"], row["status"]) == (date(2025, 1, 31), None, "active")
    assert found.beside.currency == "USD"


def test_how_money_is_formed_is_said(read):
    found = read("subscriptions", STRIPE + _stripe())
    assert found.account.sources["mrr"].startswith("Amount × Quantity a Interval (year ÷ 12")


def test_a_seat_price_may_be_said_to_be_the_whole(read):
    text = STRIPE + _stripe()
    said = {"subscriptions.price": "", "subscriptions.billed": "Amount"}
    assert read("subscriptions", text, columns=said).column("mrr") == [Decimal(50)]


def test_canceled_is_a_request_and_ended_is_the_end(read):
    asked = _stripe(**{"id": "a", "Canceled At (UTC)": "2025-03-01 00:00", "Status": "active"})
    over = _stripe(
        **{
            "id": "b",
            "Canceled At (UTC)": "2025-03-01 00:00",
            "Ended At (UTC)": "2025-04-01 00:00",
            "Status": "canceled",
        }
    )
    bare = _stripe(**{"id": "c", "Canceled At (UTC)": "2025-03-01 00:00", "Status": "canceled"})
    found = read("subscriptions", STRIPE + asked + over + bare)
    assert found.column("ended_at") == [None, date(2025, 4, 1), date(2025, 3, 1)]
    assert found.column("canceled_at") == [date(2025, 3, 1)] * 3
    assert found.column("status") == ["active", "ended", "ended"]


@pytest.mark.parametrize(
    ("reason", "by", "said"),
    [
        ("payment_failed", "payment", "payment failed"),
        ("cancellation_requested", "customer", "cancellation_requested"),
        ("", None, None),
    ],
)
def test_who_ended_it_is_told_from_the_reason(read, reason, by, said):
    row = _stripe(**{"Ended At (UTC)": "2025-04-01 00:00", "Status": "canceled", "Cancellation Reason": reason})
    found = read("subscriptions", STRIPE + row)
    assert (found.column("ended_by"), found.column("cancel_reason")) == ([by], [said])


def test_what_was_never_paid_is_no_subscription(read):
    found = read("subscriptions", STRIPE + _stripe(id="a") + _stripe(id="b", Status="incomplete_expired"))
    assert found.column("subscription_id") == ["a"]
    assert [(row["reason"], row["column"], row["value"], row["money"]) for row in found.aside] == [
        ("never_paid", "Status", "incomplete_expired", Decimal(100))
    ]
    assert found.account.money_in == 200


def test_a_coupon_nobody_can_read_is_said(read):
    assert "1 row carry a coupon" in read("subscriptions", STRIPE + _stripe(Coupon="SUMMER")).notes


def test_a_trial_ends_before_it_is_paid(read):
    row = _stripe(**{"Trial End (UTC)": "2025-02-14 10:00", "Ended At (UTC)": "2025-02-14 10:00", "Status": "canceled"})
    found = read("subscriptions", STRIPE + row)
    assert (found.column("trial_ends_at"), found.column("ended_by")) == ([date(2025, 2, 14)], ["trial"])


def test_the_sheet_of_baremetrics_is_in_cents(read):
    rows = "p1,SEO,USD,5000,month,1,c1,Al,al@x.com,s1,2020-03-31,2020-05-04,1\n"
    rows += "p2,SEM,JPY,5000,month,3,c1,Al,al@x.com,s2,2020-03-31,,2\n"
    rates = "currency,rate\nJPY,0.01\n"
    found = read("subscriptions", BAREMETRICS + rows, rates=_rates(read, rates), currency="USD")
    assert found.account.layout == "Baremetrics"
    # 50.00 USD a month; 5000 JPY × 2 a quarter are 3333.3333 JPY, or 33.3333 USD, a month.
    assert found.column("mrr") == [Decimal(50), Decimal("33.3333")]
    assert found.column("ended_at") == [date(2020, 5, 4), None]


def _rates(read, text):
    import inspect
    from pathlib import Path

    folder = inspect.getclosurevars(read).nonlocals["tmp_path"]
    path = Path(folder) / "rates.csv"
    path.write_text(text)
    return path


def test_a_plain_table_needs_an_amount_and_says_how_often(read):
    rows = "s1,c1,Basic,30,quarterly,2025-01-01,\ns2,c2,Basic,100,every 2 weeks,2025-01-01,2025-06-01\n"
    found = read("subscriptions", GENERIC + rows)
    assert found.column("mrr") == [Decimal(10), Decimal("216.6667")]
    assert list(zip(found.column("interval"), found.column("interval_count"), strict=True)) == [
        ("month", 3),
        ("week", 2),
    ]


def test_without_an_interval_an_amount_is_a_months(read):
    found = read("subscriptions", "customer,start date,fee\nc1,2025-01-01,30\n")
    assert (found.column("mrr"), found.column("interval")) == ([Decimal(30)], ["month"])


def test_a_yearly_revenue_is_divided_by_twelve(read):
    assert read("subscriptions", "customer,start date,arr\nc1,2025-01-01,100\n").column("mrr") == [Decimal("8.3333")]


def test_an_interval_nobody_knows_sets_the_row_aside(read):
    rows = (
        "s1,c1,Basic,30,monthly,2025-01-01,\n" * 1
        + "s2,c2,Basic,30,sometimes,2025-01-01,\ns3,c3,B,1,month,2025-01-01,\n"
    )
    (row,) = read("subscriptions", GENERIC + rows).aside
    assert (row["reason"], row["column"], row["value"], row["source_row"]) == (
        "interval_unknown",
        "billing_frequency",
        "sometimes",
        3,
    )


def test_an_end_before_the_beginning_sets_the_row_aside(read):
    rows = "s1,c1,Basic,30,monthly,2025-01-01,\ns2,c2,Basic,30,monthly,2025-02-01,2025-01-01\n"
    (row,) = read("subscriptions", GENERIC + rows).aside
    assert (row["reason"], row["column"], row["value"]) == ("ends_before_it_begins", "end_date", "2025-01-01")


def test_a_planned_end_may_lie_ahead(read):
    rows = "s1,c1,Basic,30,monthly,2025-01-01,2030-01-01\n"
    assert read("subscriptions", GENERIC + rows).column("ended_at") == [date(2030, 1, 1)]


def test_what_is_billed_by_use_does_not_recur(read):
    found = read("subscriptions", "customer,start date,mrr,metered\nc1,2025-01-01,30,yes\nc2,2025-01-01,30,no\n")
    assert found.column("mrr") == [0, 30]


def test_without_an_amount_the_columns_that_would_do_are_named(read):
    with pytest.raises(ColumnError) as caught:
        read("subscriptions", "customer,start date,plan\nc1,2025-01-01,pro\n")
    assert "mrr (or arr, billed, price)" in str(caught.value)
    assert "--map subscriptions.mrr=" in str(caught.value)


@pytest.mark.data
def test_the_tables_of_recharge_are_read_in_place(read, data_dir):
    folder = data_dir / "fixtures" / "fivetran_recharge"
    found = read("subscriptions", folder / "subscription_data.csv")
    assert found.account.layout == "Recharge"
    # 19.95 and 27 every 28 days; both have ended, so that they were deleted since does not matter.
    assert found.column("mrr") == [Decimal("21.6719"), Decimal("29.3304")]
    assert found.column("ended_at") == [date(2022, 9, 5)] * 2
    assert found.column("ended_by") == ["customer", None]
    history = read("subscriptions", folder / "subscription_history_data.csv")
    assert history.column("status") == ["ended", "active"]
    assert history.column("ended_at") == [date(2022, 9, 7), None]


@pytest.mark.data
def test_every_subscription_of_ravenstack_is_read(read, data_dir):
    found = read(
        "subscriptions", data_dir / "ravenstack_saas" / "ravenstack_subscriptions.parquet", as_of=date(2024, 12, 31)
    )
    assert (found.account.rows_in, found.account.rows_used) == (5000, 5000)
    assert found.account.people is not None
    assert found.account.people.named == 500
    assert sum(row["ended_at"] is not None for row in found.rows) == 486
    assert sum(row["mrr"] == 0 for row in found.rows) == 778
    assert {row["interval"] for row in found.rows} == {"month", "year"}
