from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from tests.features.stretches import load_subscriptions, stretch

from lifeworth.features.subscriptions import KINDS, movements, plan_changes, stretches
from lifeworth.subscriptions.months import by_plan, flows, monthly, over_a_period, trials

AS_OF = date(2025, 5, 15)
JAN, FEB, MARCH, APRIL = (date(2025, month, 1) for month in (1, 2, 3, 4))


@pytest.fixture
def book(engine):
    """ChartMogul's month: MRR 100 at its start, churn 10, contraction 10, expansion 10; then a reactivation."""
    rows = [
        stretch("lost", JAN, date(2025, 2, 10), 10, ended_by="payment", plan="A"),
        stretch("lost", APRIL, None, 5, plan="A"),
        stretch("shrinks", JAN, date(2025, 2, 15), 30, ended_by="downgrade", plan="B"),
        stretch("shrinks", date(2025, 2, 15), None, 20, plan="A"),
        stretch("grows", JAN, date(2025, 2, 20), 60, ended_by="upgrade", plan="B"),
        stretch("grows", date(2025, 2, 20), None, 70, plan="C", quantity=4),
    ]
    return load_subscriptions(engine, rows)


def test_a_month_is_its_start_plus_five_movements(engine, book):
    rows = engine.arrow(monthly(movements(book, AS_OF), JAN, AS_OF)).to_pylist()
    assert [row["month"] for row in rows] == [date(2025, month, 1) for month in range(1, 6)]
    for row, after in zip(rows, [*rows[1:], None], strict=True):
        assert row["mrr_start"] + sum(row[kind] for kind in KINDS) == row["mrr_end"]
        gained = row["subscribers_new"] + row["subscribers_back"] - row["subscribers_lost"]
        assert row["subscribers_start"] + gained == row["subscribers_end"]
        if after is not None:
            assert (row["mrr_end"], row["subscribers_end"]) == (after["mrr_start"], after["subscribers_start"])


def test_gross_churn_of_the_month_is_20_percent_and_net_churn_10(engine, book):
    feb = engine.arrow(monthly(movements(book, AS_OF), JAN, AS_OF)).to_pylist()[1]
    lost = -(feb["churn"] + feb["contraction"])
    assert lost / feb["mrr_start"] == Decimal("0.2")
    assert (lost - feb["expansion"] - feb["reactivation"]) / feb["mrr_start"] == Decimal("0.1")
    assert (feb["churn_involuntary"], feb["lost_involuntary"], feb["lost_voluntary"]) == (-10, 1, 0)


def test_retention_over_a_period_leaves_new_customers_out(engine, book):
    row = engine.row(over_a_period(movements(book, AS_OF), date(2025, 1, 31), AS_OF))
    assert (row["mrr_start"], row["mrr_kept"], row["mrr_kept_at_most"]) == (100, 95, 85)
    assert (row["subscribers_start"], row["subscribers_kept"]) == (3, 3)
    early = engine.row(over_a_period(movements(book, AS_OF), date(2025, 1, 31), date(2025, 3, 1)))
    assert (early["mrr_kept"], early["subscribers_kept"]) == (90, 2)


def test_changes_of_plan_are_counted_by_plan_left_and_plan_taken(engine, book):
    found = engine.arrow(flows(plan_changes(book, AS_OF), JAN, AS_OF)).to_pylist()
    assert {(row["from_plan"], row["to_plan"]): (row["changes"], row["change"]) for row in found} == {
        ("B", "A"): (1, -10),
        ("B", "C"): (1, 10),
    }


def test_plans_hold_what_runs_today(engine, book):
    found = engine.arrow(by_plan(stretches(book, AS_OF))).to_pylist()
    assert {row["plan"]: (row["customers"], row["seats"], row["mrr"]) for row in found} == {
        "A": (2, 2, 25),
        "C": (1, 4, 70),
    }


def test_a_trial_converts_where_it_is_paid_or_followed(engine):
    end = date(2025, 1, 15)
    rows = [
        stretch("pays", JAN, None, 10, trial_ends_at=end),
        stretch("pays once", JAN, MARCH, 10, trial_ends_at=end, ended_by="customer"),
        stretch("leaves", JAN, end, 10, trial_ends_at=end, ended_by="trial"),
        stretch("free, then paid", JAN, end, 0, trial_ends_at=end, subscription_id="free"),
        stretch("free, then paid", end, None, 10, follows="free"),
        stretch("still tries", date(2025, 5, 10), None, 10, trial_ends_at=date(2025, 5, 24)),
        stretch("never tried", JAN, None, 10),
    ]
    row = engine.row(trials(load_subscriptions(engine, rows), AS_OF))
    assert row == {"begun": 5, "over": 4, "converted": 3}


def test_the_demo_converts_as_many_trials_as_it_says(business, club):
    row = club.engine.row(trials(club.table("subscriptions"), club.as_of))
    assert row["begun"] == business.truth["club"]["trials"]
    assert row["converted"] / row["over"] == pytest.approx(business.truth["world"]["trial_converts"], abs=0.06)
