from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.features.stretches import SCHEMA, load_subscriptions, stretch, subscriptions_of

from lifeworth.engine.base import Engine
from lifeworth.engine.connect import connect
from lifeworth.features.calendar import month_end, months
from lifeworth.features.subscriptions import CAUSES, KINDS, Reading, movements, plan_changes, stretches

AS_OF = date(2025, 12, 31)
JAN, FEB, MARCH, APRIL = (date(2025, month, 1) for month in (1, 2, 3, 4))


def moves(engine: Engine, rows: Any, as_of: date = AS_OF, reading: Reading | None = None) -> list[dict[str, Any]]:
    table = rows if not isinstance(rows, list) else load_subscriptions(engine, rows)
    found = engine.arrow(movements(table, as_of, reading or Reading())).to_pylist()
    return sorted(found, key=lambda row: (row["customer_id"], row["day"]))


def told(engine: Engine, rows: Any, **more: Any) -> list[tuple[Any, ...]]:
    return [(row["day"], row["kind"], row["change"]) for row in moves(engine, rows, **more)]


# -- published and hand-made cases --------------------------------------------------------------------------------------
def test_four_yearly_plans_billed_2000_are_new_business_of_166_67_each(engine: Engine) -> None:
    """ChartMogul's example: a yearly plan counts a twelfth of its bill."""
    plans = [stretch(f"c{number}", JAN, None, 2000 / 12, interval="year") for number in range(4)]
    found = moves(engine, plans)
    assert [row["kind"] for row in found] == ["new"] * 4
    assert {round(row["change"], 2) for row in found} == {Decimal("166.67")}


def test_cancelling_one_of_two_subscriptions_is_a_contraction(engine: Engine) -> None:
    """ChartMogul's example."""
    rows = [stretch("c", JAN, None, 166.6667), stretch("c", JAN, MARCH, 166.6667, ended_by="customer")]
    assert told(engine, rows) == [
        (JAN, "new", Decimal("333.3334")),
        (MARCH, "contraction", Decimal("-166.6667")),
    ]


def test_a_hundred_monthly_and_fifty_yearly_subscriptions_are_12500_of_mrr(engine: Engine) -> None:
    """Stripe's example: 100 × 100 a month and 50 × 600 a year."""
    rows = [stretch(f"m{number}", JAN, None, 100) for number in range(100)]
    rows += [stretch(f"y{number}", JAN, None, 600 / 12, interval="year") for number in range(50)]
    assert sum(row["change"] for row in moves(engine, rows)) == 12_500


def test_a_second_subscription_is_an_expansion(engine: Engine) -> None:
    rows = [stretch("c", JAN, None, 10), stretch("c", FEB, None, 5)]
    assert told(engine, rows) == [(JAN, "new", 10), (FEB, "expansion", 5)]


def test_an_upgrade_is_an_expansion_by_the_difference(engine: Engine) -> None:
    rows = [stretch("c", JAN, MARCH, 10, plan="A", ended_by="upgrade"), stretch("c", MARCH, None, 25, plan="B")]
    last = moves(engine, rows)[-1]
    assert (last["kind"], last["change"], last["mrr_before"], last["mrr_after"], last["plan"]) == (
        "expansion", 15, 10, 25, "B",
    )  # fmt: skip


def test_a_downgrade_and_fewer_seats_are_contractions_named_by_what_ended(engine: Engine) -> None:
    rows = [
        stretch("a", JAN, MARCH, 25, plan="B", ended_by="downgrade"),
        stretch("a", MARCH, None, 10, plan="A"),
        stretch("b", JAN, MARCH, 30, plan="A", quantity=3, ended_by="other"),
        stretch("b", MARCH, None, 20, plan="A", quantity=2),
    ]
    last = [row for row in moves(engine, rows) if row["day"] == MARCH]
    assert [(row["kind"], row["change"], row["plan"], row["cause"]) for row in last] == [
        ("contraction", -15, "B", None),
        ("contraction", -10, "A", None),
    ]


def test_a_change_of_plan_at_the_same_price_is_no_movement(engine: Engine) -> None:
    rows = [stretch("c", JAN, MARCH, 10, plan="A"), stretch("c", MARCH, None, 10, plan="B")]
    assert told(engine, rows) == [(JAN, "new", 10)]


def test_several_changes_on_a_day_are_one_movement(engine: Engine) -> None:
    rows = [
        stretch("c", JAN, MARCH, 10),
        stretch("c", MARCH, None, 30),
        stretch("c", JAN, MARCH, 5),
        stretch("c", MARCH, None, 1),
    ]
    assert told(engine, rows) == [(JAN, "new", 15), (MARCH, "expansion", 16)]


def test_a_customer_who_comes_back_is_reactivated_not_new(engine: Engine) -> None:
    rows = [stretch("c", JAN, FEB, 10), stretch("c", MARCH, APRIL, 12), stretch("c", date(2025, 6, 1), None, 8)]
    assert [kind for _, kind, _ in told(engine, rows)] == ["new", "churn", "reactivation", "churn", "reactivation"]


def test_a_pause_is_churn_of_another_cause_and_a_reactivation(engine: Engine) -> None:
    rows = [stretch("c", JAN, FEB, 10, ended_by="pause"), stretch("c", MARCH, None, 10, follows="s000000")]
    found = moves(engine, rows)
    assert [(row["kind"], row["cause"]) for row in found] == [("new", None), ("churn", "other"), ("reactivation", None)]


def test_a_pause_that_is_kept_changes_nothing_where_the_customer_came_back(engine: Engine) -> None:
    rows = [
        stretch("c", JAN, FEB, 10, ended_by="pause"),
        stretch("c", MARCH, None, 10, follows="s000000"),
        stretch("d", JAN, FEB, 10, ended_by="pause"),
    ]
    kept = Reading(pauses="kept")
    assert told(engine, rows, reading=kept) == [(JAN, "new", 10), (JAN, "new", 10), (FEB, "churn", -10)]
    assert told(engine, rows, reading=kept, as_of=date(2025, 2, 15))[1] == (FEB, "churn", -10)


def test_a_trial_is_not_counted_until_it_is_paid_for(engine: Engine) -> None:
    paid_from = JAN + timedelta(days=14)
    rows = [
        stretch("pays", JAN, None, 10, trial_ends_at=paid_from),
        stretch("leaves", JAN, paid_from, 10, trial_ends_at=paid_from, ended_by="trial"),
        stretch("leaves early", JAN, JAN + timedelta(days=3), 10, trial_ends_at=paid_from),
        stretch("still tries", date(2025, 12, 30), None, 10, trial_ends_at=date(2026, 1, 13)),
        stretch("tries without end", JAN, None, 10, status="trialing"),
    ]
    assert told(engine, rows) == [(paid_from, "new", 10)]


def test_what_is_billed_by_use_and_what_is_free_has_no_recurring_revenue(engine: Engine) -> None:
    rows = [stretch("a", JAN, None, 10, metered=True), stretch("b", JAN, None, 0), stretch("c", JAN, JAN, 5)]
    assert told(engine, rows) == []


def test_past_due_still_counts_and_unpaid_does_not(engine: Engine) -> None:
    rows = [
        stretch("late", JAN, None, 10, status="past_due"),
        stretch("gone", JAN, None, 10, status="unpaid"),
        stretch("asked", JAN, None, 10, status="ended", canceled_at=MARCH),
    ]
    found = moves(engine, rows)
    assert [(r["customer_id"], r["day"], r["kind"], r["cause"]) for r in found] == [
        ("asked", JAN, "new", None),
        ("asked", MARCH, "churn", "voluntary"),
        ("gone", JAN, "new", None),
        ("gone", AS_OF, "churn", "involuntary"),
        ("late", JAN, "new", None),
    ]


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ({"ended_by": "customer"}, "voluntary"),
        ({"ended_by": "payment"}, "involuntary"),
        ({"ended_by": "payment", "canceled_at": FEB}, "involuntary"),
        ({"ended_by": "pause"}, "other"),
        ({"ended_by": "other"}, "other"),
        ({"cancel_reason": "Payment failed"}, "involuntary"),
        ({"cancel_reason": "price"}, "voluntary"),
        ({"canceled_at": FEB}, "voluntary"),
        ({}, "other"),
    ],
)
def test_voluntary_and_involuntary_churn_are_told_apart(engine: Engine, said: dict[str, Any], cause: str) -> None:
    assert moves(engine, [stretch("c", JAN, MARCH, 10, **said)])[-1]["cause"] == cause


def test_an_end_that_is_still_to_come_has_not_happened(engine: Engine) -> None:
    rows = [stretch("c", JAN, MARCH, 10, canceled_at=FEB)]
    assert told(engine, rows, as_of=date(2025, 2, 10)) == [(JAN, "new", 10)]
    paid = engine.row(stretches(load_subscriptions(engine, rows), date(2025, 2, 10)))
    assert (paid["leaving"], paid["leaves_on"], paid["paid_to"], paid["cause"]) == (True, MARCH, None, None)


def test_an_end_nobody_had_asked_for_by_then_is_not_known(engine: Engine) -> None:
    rows = [stretch("a", JAN, APRIL, 10), stretch("b", JAN, APRIL, 10, canceled_at=MARCH)]
    paid = engine.arrow(stretches(load_subscriptions(engine, rows), FEB)).to_pylist()
    assert [(row["leaving"], row["leaves_on"]) for row in paid] == [(False, None)] * 2


def test_churn_counts_from_the_request_where_that_is_asked_for(engine: Engine) -> None:
    rows = [stretch("c", JAN, APRIL, 10, canceled_at=FEB, ended_by="customer")]
    assert told(engine, rows)[-1] == (APRIL, "churn", -10)
    assert told(engine, rows, reading=Reading(churn="request"))[-1] == (FEB, "churn", -10)


def test_only_discounts_without_end_reduce_mrr_where_that_is_asked_for(engine: Engine) -> None:
    rows = [
        stretch("a", JAN, None, 8, discount=Decimal(2), discount_lasts=True),
        stretch("b", JAN, None, 8, discount=Decimal(2), discount_lasts=False),
        stretch("c", JAN, None, 8),
    ]
    assert [row["change"] for row in moves(engine, rows)] == [8, 8, 8]
    assert [row["change"] for row in moves(engine, rows, reading=Reading(discounts="lasting"))] == [8, 10, 8]


def test_an_account_is_new_once_however_many_customers_it_has(engine: Engine) -> None:
    rows = [
        stretch("a", JAN, MARCH, 10, account_id="x"),
        stretch("b", FEB, None, 10, account_id="x"),
        stretch("c", JAN, None, 1),
    ]
    found = moves(engine, rows, reading=Reading(grain="account"))
    assert [(row["customer_id"], row["kind"]) for row in found] == [
        ("c", "new"), ("x", "new"), ("x", "expansion"), ("x", "contraction"),
    ]  # fmt: skip


def test_what_is_not_stated_is_a_monthly_plan_without_a_name(engine: Engine) -> None:
    row = engine.row(stretches(load_subscriptions(engine, [stretch("c", JAN, None, 10)]), AS_OF))
    assert (row["plan"], row["interval"], row["interval_count"], row["quantity"]) == ("not stated", "month", 1, 1)


def test_changes_of_plan_name_both_plans(engine: Engine) -> None:
    rows = [
        stretch("c", JAN, MARCH, 10, plan="A"),
        stretch("c", MARCH, None, 30, plan="B"),
        stretch("d", JAN, MARCH, 5, plan="A"),
    ]
    found = engine.arrow(plan_changes(load_subscriptions(engine, rows), AS_OF)).to_pylist()
    assert found == [{"customer_id": "c", "day": MARCH, "change": 20, "from_plan": "A", "to_plan": "B"}]


# -- whatever the stretches ---------------------------------------------------------------------------------------------
DAY = st.dates(date(2024, 1, 1), date(2025, 3, 1))
ROW = st.builds(
    lambda customer, start, length, mrr, trial, plan, by, metered: stretch(
        customer,
        start,
        None if length is None else start + timedelta(days=length),
        Decimal(mrr) / 100,
        trial_ends_at=None if trial is None else start + timedelta(days=trial),
        plan=plan,
        ended_by=by if length is not None else None,
        metered=metered,
    ),
    st.sampled_from("abcd"),
    DAY,
    st.one_of(st.none(), st.integers(0, 200)),
    st.integers(0, 400),
    st.one_of(st.none(), st.integers(0, 40)),
    st.sampled_from(["A", "B", None]),
    st.sampled_from(["customer", "payment", "pause", "upgrade", None]),
    st.sampled_from([None, False, False, True]),
)


def direct_mrr(rows: list[dict[str, Any]], day: date, known: date) -> Decimal:
    """MRR on a day from its definition, one row after the other."""
    total = Decimal(0)
    for row in rows:
        begins = max(row["started_at"], row["trial_ends_at"] or row["started_at"])
        ends = row["ended_at"]
        if not row["metered"] and begins <= day <= known and (ends is None or day < ends):
            total += row["mrr"]
    return total


@settings(max_examples=30)
@given(rows=st.lists(ROW, max_size=14), seed=st.integers(0, 99))
def test_movements_add_up_to_mrr_at_every_month_end(rows: list[dict[str, Any]], seed: int) -> None:
    as_of = date(2025, 2, 20)
    with connect() as engine:
        found = moves(engine, rows, as_of=as_of)
        shuffled = list(subscriptions_of(rows).to_pylist())
        Random(seed).shuffle(shuffled)
        again = moves(engine, engine.load("again", pa.Table.from_pylist(shuffled, schema=SCHEMA)), as_of=as_of)
    assert again == found
    for month in months(date(2024, 1, 1), as_of):
        end = min(month_end(month), as_of)
        assert sum((row["change"] for row in found if row["day"] <= end), Decimal(0)) == direct_mrr(rows, end, as_of)
    for customer in {row["customer_id"] for row in found}:
        own = [row for row in found if row["customer_id"] == customer]
        assert [row["kind"] for row in own].count("new") == 1
        assert own[0]["kind"] == "new"
        before = Decimal(0)
        for row in own:
            assert row["mrr_before"] == before
            assert row["mrr_after"] == before + row["change"]
            assert row["kind"] in KINDS
            assert (row["change"] > 0) == (row["kind"] in {"new", "expansion", "reactivation"})
            assert (row["kind"] == "churn") == (row["mrr_after"] == 0)
            assert (row["kind"] in {"new", "reactivation"}) == (before == 0)
            assert (row["cause"] in CAUSES) == (row["kind"] == "churn")
            before = row["mrr_after"]


@settings(max_examples=30)
@given(rows=st.lists(ROW, max_size=14), early=st.integers(0, 400))
def test_nothing_is_told_that_happened_after_the_as_of_day(rows: list[dict[str, Any]], early: int) -> None:
    as_of = date(2024, 1, 1) + timedelta(days=early)
    with connect() as engine:
        late = moves(engine, rows, as_of=date(2025, 12, 31))
        assert moves(engine, rows, as_of=as_of) == [row for row in late if row["day"] <= as_of]


# -- real data ----------------------------------------------------------------------------------------------------------
@pytest.mark.data
def test_ravenstack_reconciles_every_month_with_plain_sql(engine: Engine, data_dir: Path) -> None:
    file = data_dir / "ravenstack_saas" / "ravenstack_subscriptions.parquet"
    raw = pq.read_table(file)
    rows = [
        stretch(
            row["account_id"], row["start_date"], row["end_date"], row["mrr_amount"], plan=row["plan_tier"], quantity=row["seats"],
            interval="year" if row["billing_frequency"] == "annual" else "month", subscription_id=row["subscription_id"],
        )
        for row in raw.to_pylist()
    ]  # fmt: skip
    as_of = date(2024, 12, 31)
    found = moves(engine, rows, as_of=as_of)
    plain = duckdb.connect()
    for month in months(date(2023, 1, 1), as_of):
        end = month_end(month)
        total, people = plain.execute(
            "SELECT coalesce(sum(mrr_amount), 0), count(DISTINCT account_id) FROM read_parquet(?) "
            "WHERE mrr_amount > 0 AND start_date <= ? AND (end_date IS NULL OR end_date > ?) "
            "AND (end_date IS NULL OR end_date > start_date)",
            [str(file), end, end],
        ).fetchone()
        upto = [row for row in found if row["day"] <= end]
        assert sum(row["change"] for row in upto) == total
        step = {"new": 1, "reactivation": 1, "churn": -1}
        assert sum(step.get(row["kind"], 0) for row in upto) == people
        within = [row for row in upto if row["day"] >= month]
        parts = sum(sum((row["change"] for row in within if row["kind"] == kind), Decimal(0)) for kind in KINDS)
        before = sum((row["change"] for row in upto if row["day"] < month), Decimal(0))
        assert before + parts == total
