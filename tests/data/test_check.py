"""What the data allow."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from lifeworth.data.check import Facts, count, readiness, table, too_few
from lifeworth.settings import Settings

from .conftest import source_of

GOOD = Facts(500, 200, date(2022, 1, 1), date(2024, 1, 1), date(2024, 1, 1))


def rows(money=10, **more):
    first, second = "2023-01-01", "2024-01-01"
    return [
        {"order_id": "1", "customer_id": "a", "ordered_at": first, "money": money, **more},
        {"order_id": "2", "customer_id": "a", "ordered_at": second, "money": money, **more},
        {"order_id": "3", "customer_id": "b", "ordered_at": second, "money": money, **more},
    ]


@pytest.fixture
def judged(tidy, engine):
    def run(staged, facts=GOOD, settings=None, **words):
        cleaned = tidy(staged, **words)
        source = source_of(engine, staged)
        found = readiness(source, cleaned, settings or Settings(), engine, facts=facts)
        return {one.name: one for one in found}

    return run


def test_facts_are_counted_from_the_orders(tidy, engine):
    assert count(engine, tidy(rows())) == Facts(2, 1, date(2023, 1, 1), date(2024, 1, 1), date(2024, 1, 1))


def test_two_orders_on_one_day_make_no_repeater(tidy, engine):
    twice = [{**rows()[0], "order_id": "9", "ordered_at": "2023-01-01T18:00:00"}, rows()[0]]
    assert count(engine, tidy(twice)).repeaters == 0


def test_enough_data_is_ready_for_predicted_value(judged):
    assert judged(rows())["predicted_value"].state == "ready"


def test_too_few_customers_are_told_with_both_numbers(judged):
    few = Facts(10, 4, GOOD.first_day, GOOD.last_day, GOOD.as_of)
    one = judged(rows(), few)["predicted_orders"]
    assert one.state == "missing"
    assert "100 customers are needed, there are 10" in one.why
    assert "30 customers with orders on a second day are needed, there are 4" in one.why


def test_the_settings_say_how_many_are_enough():
    assert too_few(Facts(10, 4, *[date(2024, 1, 1)] * 3), Settings(min_customers=10, min_repeaters=4)) == ""


def test_without_amounts_orders_can_be_predicted_but_not_their_value(judged):
    found = judged(rows(money=None))
    assert [found[name].state for name in ("predicted_orders", "predicted_value", "historic_value", "rfm")] == [
        "ready",
        "missing",
        "missing",
        "limited",
    ]


def test_a_horizon_beyond_the_history_is_a_limit(judged):
    short = Facts(500, 200, date(2023, 7, 1), GOOD.last_day, GOOD.as_of)
    assert "looks 366 days ahead, the data 185 days back" in judged(rows(), short)["predicted_orders"].why


def test_an_export_that_ends_early_is_a_limit(judged):
    stale = Facts(500, 200, GOOD.first_day, GOOD.as_of - timedelta(days=31), GOOD.as_of)
    assert judged(rows(), stale)["churn"].state == "limited"


def test_history_of_less_than_a_year_limits_the_simple_clv(judged):
    short = Facts(500, 200, date(2023, 7, 1), GOOD.last_day, GOOD.as_of)
    assert judged(rows(), short)["simple_clv"].state == "limited"


@pytest.mark.parametrize(
    ("more", "settings", "state"),
    [({"cost": 4}, {}, "ready"), ({}, {"margin": 0.4}, "limited"), ({}, {}, "missing")],
)
def test_margin_comes_from_costs_or_from_a_rate(judged, more, settings, state):
    assert judged(rows(**more), settings=Settings(**settings))["margin"].state == state


def test_columns_light_up_their_capabilities(judged):
    found = judged(rows(channel="web", discount=1, product_id="p", category="c"), grain="line")
    assert [found[name].state for name in ("channels", "discounts", "products")] == ["ready"] * 3


def test_refunds_light_up_the_netting_of_returns(judged):
    assert judged(rows(refunded=1))["returns"].state == "ready"


def test_what_is_missing_says_what_to_add(judged):
    assert all(one.add for one in judged(rows()).values() if one.state == "missing")


def test_what_is_ready_stands_first_in_the_table(judged):
    states = [row[1] for row in table(judged(rows()).values()).rows]
    order = ["ready", "limited", "missing"]
    assert states == sorted(states, key=order.index)
