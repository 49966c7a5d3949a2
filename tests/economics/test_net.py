"""Net value: hand-reckoned terms, and sums that are those of the company."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest
from tests.economics.world import at, base, day, rows, terms, typed

from lifeworth.economics.net import COLUMNS, SIGNS, has_basis, net
from lifeworth.settings import Assumptions

CUSTOMERS = {
    "ann": ("Search", [("2025-01-10", 100.0), ("2025-05-02", 50.0)], 0.9, 30.0),
    "bob": ("search ", [("2025-01-20", 40.0)], 0.5, 8.0),
    "cid": ("Social", [("2025-02-03", 80.0)], 0.8, 20.0),
    "dan": (None, [("2025-02-14", 20.0)], 0.2, 2.0),
}


def spend(engine, *given):
    names = ("spent_on", "channel", "campaign", "purpose", "amount")
    table = [dict(zip(names, (day(one[0]), *one[1:]), strict=True)) for one in given]
    return engine.load("marketing_spend", typed("marketing_spend", table))


def test_a_channel_s_spend_is_borne_by_those_it_won_in_the_month(engine):
    tables = base(engine, CUSTOMERS)
    tables["marketing_spend"] = spend(
        engine,
        ("2025-01-01", "SEARCH", "brand", "acquisition", 60.0),
        ("2025-02-01", "Social", "reel", None, 33.0),
    )
    found = net(engine, tables, terms())
    cost = {name: row["acquisition_cost"] for name, row in rows(engine).items()}
    assert cost == pytest.approx({"ann": 30.0, "bob": 30.0, "cid": 33.0, "dan": 0.0})
    line = {one.name: one for one in found.lines}["acquisition_cost"]
    assert (line.shared, line.unshared, line.total, line.known) == (pytest.approx(93.0), 0.0, pytest.approx(93.0), True)


def test_spend_that_won_nobody_in_its_channel_is_borne_by_all_won_that_month(engine):
    tables = base(engine, CUSTOMERS)
    tables["marketing_spend"] = spend(engine, ("2025-02-01", "radio", "spot", "acquisition", 50.0))
    net(engine, tables, terms(assumptions=Assumptions(cost_per_acquisition=7.0)))
    cost = {name: row["acquisition_cost"] for name, row in rows(engine).items()}
    # Radio won nobody: both customers of February bear it. Those of January were won before spend is known: 7 each, as assumed.
    assert cost == pytest.approx({"ann": 7.0, "bob": 7.0, "cid": 25.0, "dan": 25.0})


def test_customers_won_before_spend_is_known_bear_none_and_it_is_said(engine):
    tables = base(engine, CUSTOMERS)
    tables["marketing_spend"] = spend(engine, ("2025-02-01", "Social", "reel", "acquisition", 50.0))
    found = net(engine, tables, terms())
    assert rows(engine)["ann"]["acquisition_cost"] == 0.0
    assert "known from February 2025 on: 2 customers won before bear none" in found.notes[0]


def test_spend_of_a_month_that_won_nobody_stays_with_the_company(engine):
    tables = base(engine, CUSTOMERS)
    tables["marketing_spend"] = spend(
        engine,
        ("2025-01-01", "Search", "brand", "acquisition", 60.0),
        ("2025-04-01", "Search", "brand", "acquisition", 12.5),
    )
    line = {one.name: one for one in net(engine, tables, terms()).lines}["acquisition_cost"]
    assert (line.shared, line.unshared, line.total) == pytest.approx((60.0, 12.5, 72.5))


def test_serving_takes_the_table_and_assumes_only_what_it_does_not_hold(engine):
    tables = base(engine, CUSTOMERS)
    costs = [
        {"customer_id": "ann", "incurred_at": day("2025-03-01"), "kind": "ticket", "amount": 4.0},
        {"customer_id": None, "incurred_at": day("2025-03-02"), "kind": "ticket", "amount": 2.5},
        {"customer_id": "bob", "incurred_at": day("2025-07-01"), "kind": "ticket", "amount": 9.0},
    ]
    tables["service_costs"] = engine.load("service_costs", typed("service_costs", costs))
    tickets = [{"ticket_id": "1", "customer_id": "ann", "opened_at": at("2025-03-01")}]
    tables["tickets"] = engine.load("tickets", typed("tickets", tickets))
    assumed = Assumptions(cost_per_ticket=100.0, shipping_per_order=5.0, payment_fee_share=0.01, payment_fee_fixed=0.2)
    found = net(engine, tables, terms(assumptions=assumed))
    serving = {name: row["serving_cost"] for name, row in rows(engine).items()}
    # ann: 4 for the ticket, and of her two orders 2 × 5.20 + 1 % of 150. The cost of July lies after the as-of day.
    assert serving == pytest.approx({"ann": 4 + 10.4 + 1.5, "bob": 5.2 + 0.4, "cid": 5.2 + 0.8, "dan": 5.2 + 0.2})
    line = {one.name: one for one in found.lines}["serving_cost"]
    assert line.unshared == pytest.approx(2.5)
    assert "cost_per_ticket" not in line.source
    # Expected: the cost of an order lately, for the discounted orders ahead (predicted value ÷ margin of an order).
    each = sum(serving.values()) / 5
    assert rows(engine)["bob"]["expected_serving_cost"] == pytest.approx(each * 8.0 / (40 * 0.4))


def test_retention_spend_is_borne_by_those_who_bought_in_the_year_before(engine):
    tables = base(engine, {**CUSTOMERS, "old": ("Search", [("2023-11-05", 10.0)], 0.1, 1.0)})
    tables["marketing_spend"] = spend(
        engine,
        ("2024-11-01", "mail", "come back", "retention", 10.0),
        ("2024-12-01", "mail", "come back", "retention", 5.0),
        ("2025-02-01", "mail", "spring", "Retention", 8.0),
        ("2025-03-01", "mail", "spring", "retention", 40.0),
    )
    line = {one.name: one for one in net(engine, tables, terms()).lines}["retention_cost"]
    cost = {name: row["retention_cost"] for name, row in rows(engine).items()}
    # In November 2024 only old had bought within twelve months; in December nobody had. In February ann and bob could be kept, in March all four.
    assert cost == pytest.approx({"old": 10.0, "ann": 14.0, "bob": 14.0, "cid": 10.0, "dan": 10.0})
    assert (line.shared, line.unshared) == pytest.approx((58.0, 5.0))


def test_a_campaign_whose_costs_stand_with_its_customers_is_counted_once(engine):
    tables = base(engine, CUSTOMERS)
    tables["marketing_spend"] = spend(engine, ("2025-03-01", "mail", "Spring", "retention", 40.0))
    reached = [
        {"campaign_id": "spring", "customer_id": "ann", "arm": "treated", "assigned_at": at("2025-03-03"), "cost": 3.0},
        {"campaign_id": "spring", "customer_id": "bob", "arm": "control", "assigned_at": at("2025-03-03"), "cost": 0.0},
    ]
    tables["assignments"] = engine.load("assignments", typed("assignments", reached))
    line = {one.name: one for one in net(engine, tables, terms()).lines}["retention_cost"]
    assert rows(engine)["ann"]["retention_cost"] == pytest.approx(3.0)
    assert (line.shared, line.unshared) == (pytest.approx(3.0), 0.0)


def test_a_campaign_for_somebody_who_never_bought_does_not_make_customers_dearer_to_keep(engine):
    tables = base(engine, {"one": ("Search", [("2024-12-05", 10.0)], 0.5, 1.0)})
    reached = [
        {"campaign_id": "spring", "customer_id": who, "arm": "treated", "assigned_at": at("2025-03-03"), "cost": cost}
        for who, cost in (("one", 3.0), ("nobody yet", 90.0))
    ]
    tables["assignments"] = engine.load("assignments", typed("assignments", reached))
    line = {one.name: one for one in net(engine, tables, terms()).lines}["retention_cost"]
    assert (line.shared, line.unshared) == pytest.approx((3.0, 90.0))
    # 3 within the six months from January to June in which one was to be kept: 6 a year.
    expected = rows(engine)["one"]["expected_retention_cost"]
    assert expected == pytest.approx(6.0 * 0.5 * terms().years * terms().halfway)


def test_assumed_retention_costs_run_while_a_customer_is_to_be_kept(engine):
    tables = base(engine, {"one": ("Search", [("2023-01-05", 10.0)], 0.5, 1.0)})
    net(engine, tables, terms(assumptions=Assumptions(retention_per_customer_year=24.0)))
    found = rows(engine)["one"]
    assert found["retention_cost"] == pytest.approx(24.0)
    assert found["expected_retention_cost"] == pytest.approx(24.0 * 0.5 * terms().years * terms().halfway)


def test_referral_value_moves_and_is_never_made(engine):
    tables = base(engine, CUSTOMERS)
    pairs = [
        {"referrer_id": "ann", "referred_id": "bob", "referred_at": at("2025-01-15")},
        {"referrer_id": "cid", "referred_id": "bob", "referred_at": at("2025-01-18")},
        {"referrer_id": "bob", "referred_id": "cid", "referred_at": at("2025-02-01")},
        {"referrer_id": "dan", "referred_id": "dan", "referred_at": at("2025-02-01")},
        {"referrer_id": "who", "referred_id": "dan", "referred_at": at("2025-02-01")},
    ]
    tables["referrals"] = engine.load("referrals", typed("referrals", pairs))
    found = net(engine, tables, terms(assumptions=Assumptions(referral_share=0.25)))
    moved = {name: row["referral_value"] for name, row in rows(engine).items()}
    bob, cid = 0.25 * (40 * 0.4 + 8), 0.25 * (80 * 0.4 + 20)
    # bob was brought by ann, who came first; what he is credited for cid is not handed on to her.
    assert moved == pytest.approx({"ann": bob, "bob": cid - bob, "cid": -cid, "dan": 0.0})
    assert {one.name: one for one in found.lines}["referral_value"].shared == pytest.approx(0.0, abs=1e-9)


def test_net_value_is_the_sum_of_its_terms(engine):
    tables = base(engine, CUSTOMERS)
    tables["marketing_spend"] = spend(engine, ("2025-01-01", "Search", "brand", "acquisition", 60.0))
    assumed = Assumptions(shipping_per_order=5.0, retention_per_customer_year=12.0)
    found = net(engine, tables, terms(assumptions=assumed))
    for row in rows(engine).values():
        assert row["net_clv"] == pytest.approx(sum(SIGNS[name] * row[name] for name in COLUMNS))
    assert found.value == pytest.approx(sum(row["net_clv"] for row in rows(engine).values()))
    assert found.below_zero == sum(row["net_clv"] < 0 for row in rows(engine).values())


def test_what_nobody_states_counts_as_nothing_and_is_named(engine):
    found = net(engine, base(engine, CUSTOMERS), terms())
    unknown = {line.name for line in found.lines if not line.known}
    assert unknown == set(COLUMNS) - {"historic_margin", "predicted_margin"}
    assert all(line.source == "not stated, counted as 0" for line in found.lines if not line.known)


def test_only_a_table_or_an_assumption_makes_value_net():
    assert not has_basis({"orders", "customers"}, Assumptions())
    assert not has_basis({"orders"}, Assumptions(referral_share=0.1))
    assert has_basis({"orders", "referrals"}, Assumptions())
    assert has_basis({"orders"}, Assumptions(cost_per_ticket=3))


def test_margin_of_orders_without_a_customer_stays_with_the_company(engine):
    tables = base(engine, CUSTOMERS)
    nobody = {"order_id": "n", "customer_id": None, "ordered_at": at("2025-03-03"), "net_revenue": 10.0, "margin": 3.0}
    orders = [*engine.arrow(tables["orders"]).to_pylist(), nobody]
    tables["orders"] = engine.load("orders", typed("orders", orders))
    by_rate = {one.name: one for one in net(engine, tables, terms()).lines}["historic_margin"]
    assert by_rate.unshared == pytest.approx(4.0)
    own = {one.name: one for one in net(engine, tables, terms(margin_of_orders=True)).lines}["historic_margin"]
    assert own.unshared == pytest.approx(3.0)


def test_days_after_the_as_of_day_change_nothing(engine):
    tables = base(engine, CUSTOMERS)
    tables["marketing_spend"] = spend(
        engine,
        ("2025-01-01", "Search", "brand", "acquisition", 60.0),
        ("2025-07-01", "Search", "brand", "acquisition", 999.0),
        ("2025-07-01", "mail", "x", "retention", 999.0),
    )
    found = {one.name: one for one in net(engine, tables, terms()).lines}
    assert found["acquisition_cost"].total == pytest.approx(60.0)
    assert found["retention_cost"].shared == 0.0
    assert date(2025, 7, 1) > terms().as_of


def test_a_subscriber_is_valued_once_and_won_when_the_first_contract_began(engine):
    tables = base(engine, CUSTOMERS)
    scored = [row for row in rows(engine, "customers_scored").values() if row["customer_id"] == "ann"]
    scored[0] |= {"historic_clv": 70.0, "predicted_clv": 45.0}
    scored.append({"customer_id": "eve", "historic_clv": 12.0, "predicted_clv": 24.0})
    tables["customers_scored"] = engine.load("customers_scored", pa.Table.from_pylist(scored))
    values = [{"customer_id": "ann", "order_model_clv": 30.0}, {"customer_id": "eve", "order_model_clv": 0.0}]
    tables["customer_value"] = engine.load("customer_value", pa.Table.from_pylist(values))
    moves = [{"customer_id": "eve", "day": day("2025-02-20"), "kind": "new"}]
    tables["mrr_movements"] = engine.load("mrr_movements", pa.Table.from_pylist(moves))
    tables["marketing_spend"] = spend(engine, ("2025-02-01", "radio", "spot", "acquisition", 30.0))
    net(engine, tables, terms())
    found = rows(engine)
    assert set(found) == {"ann", "eve"}
    assert found["ann"]["predicted_margin"] == 45.0
    # Three customers were won in February: cid, dan and eve, who never ordered.
    assert found["eve"]["acquisition_cost"] == pytest.approx(10.0)
    assert found["eve"]["net_clv"] == pytest.approx(12 + 24 - 10)


def test_what_a_contract_brings_is_no_order_to_serve(engine):
    tables = base(engine, CUSTOMERS)
    costs = [{"customer_id": "ann", "incurred_at": day("2025-05-10"), "kind": "shipping", "amount": 10.0}]
    tables["service_costs"] = engine.load("service_costs", typed("service_costs", costs))
    net(engine, tables, terms())
    before = rows(engine)["ann"]["expected_serving_cost"]
    scored = list(rows(engine, "customers_scored").values())
    values = [{"customer_id": row["customer_id"], "order_model_clv": row["predicted_clv"]} for row in scored]
    scored[0]["predicted_clv"] += 500.0
    tables["customers_scored"] = engine.load("customers_scored", pa.Table.from_pylist(scored))
    tables["customer_value"] = engine.load("customer_value", pa.Table.from_pylist(values))
    net(engine, tables, terms())
    assert rows(engine)["ann"]["expected_serving_cost"] == pytest.approx(before)
    assert before > 0
