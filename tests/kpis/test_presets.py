"""Other tools' figures: the values their own pages print, and bridges that leave nothing over."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.kpis.tables import AS_OF, load, order, workspace

from lifeworth.errors import DataError, OptionError
from lifeworth.features.subscriptions import PLAIN, Reading
from lifeworth.kpis.actions import presets
from lifeworth.kpis.presets import answer, bridge
from lifeworth.kpis.presets.figures import figures
from lifeworth.kpis.presets.rules import TOOLS
from lifeworth.kpis.presets.subscribers import daily, month_ends, span
from lifeworth.report.spec import Stats, Table
from lifeworth.workspace import Workspace

NOTHING: dict[str, float | None] = {
    "mrr": 0, "subscribers": 0, "mrr_start": 0, "subscribers_start": 0, "new_mrr": 0, "expansion_mrr": 0, "contraction_mrr": 0,
    "churn_mrr": 0, "reactivation_mrr": 0, "joined": 0, "left": 0, "gone": 0, "mrr_of_known": 0, "average_churn": None,
    "daily_gross_churn": None, "daily_net_churn": None, "daily_churn": None,
}  # fmt: skip


def told(tool: str, **terms: float | None) -> dict[str, float | None]:
    return {one.figure.name: one.value for one in figures(TOOLS[tool], {**NOTHING, **terms})}


# -- what the tools' own pages print -------------------------------------------------------------------------------------
def test_chartmogul_divides_what_an_account_brings_by_churn() -> None:
    assert told("chartmogul", mrr=1000, subscribers=10, average_churn=0.05)["ltv"] == pytest.approx(2000)


def test_chartmogul_has_no_lifetime_value_without_churn() -> None:
    found = {
        one.figure.name: one
        for one in figures(TOOLS["chartmogul"], {**NOTHING, "mrr": 1000, "subscribers": 10, "average_churn": 0})
    }
    assert found["ltv"].why == "Not defined: no subscriber left in six months."


def test_chartmogul_standard_formula_of_mrr_churn() -> None:
    found = told("chartmogul", mrr_start=100, churn_mrr=10, contraction_mrr=10, expansion_mrr=10)
    assert (found["gross"], found["net"]) == (pytest.approx(0.2), pytest.approx(0.1))


def test_chartmogul_b2c_formula_of_a_day() -> None:
    rows = [
        {"day": date(2025, 5, 2), "kind": "new", "change": 10, "customers": 1},
        {"day": date(2025, 5, 2), "kind": "expansion", "change": 10, "customers": 1},
    ]
    found = daily(rows, 100, 5, date(2025, 5, 1), date(2025, 5, 2))
    assert found["daily_net_churn"] == pytest.approx(-0.1)


def test_chartmogul_b2c_formula_adds_the_days_up() -> None:
    rows = [
        {"day": date(2025, 5, 2), "kind": "churn", "change": -5, "customers": 1},
        {"day": date(2025, 5, 4), "kind": "contraction", "change": -19, "customers": 1},
    ]
    found = daily(rows, 100, 4, date(2025, 5, 1), date(2025, 5, 31))
    assert found["daily_gross_churn"] == pytest.approx(0.05 + 0.2)
    assert found["daily_churn"] == pytest.approx(1 / 4)


def test_stripe_normalises_yearly_plans_to_a_month(engine) -> None:
    monthly = [
        {"subscription_id": f"m{k}", "customer_id": f"m{k}", "started_at": date(2025, 1, 1), "mrr": "100"}
        for k in range(100)
    ]
    yearly = [
        {
            "subscription_id": f"y{k}",
            "customer_id": f"y{k}",
            "started_at": date(2025, 1, 1),
            "mrr": "50",
            "interval": "year",
        }
        for k in range(50)
    ]
    found = shown(engine, [*monthly, *yearly], "stripe")
    assert (found["MRR"], found["Subscribers"]) == (12_500, 150)


def test_stripe_assumes_a_churn_where_nobody_left() -> None:
    assert told("stripe", mrr=100, subscribers=1, subscribers_start=1)["ltv"] == pytest.approx(100 / 0.0167)


def test_stripe_counts_who_joined_below_the_line() -> None:
    assert told("stripe", left=3, subscribers_start=50, joined=10)["churn"] == pytest.approx(3 / 60)


def test_baremetrics_does_not_count_who_joined_below_the_line() -> None:
    found = told("baremetrics", left=3, subscribers_start=50, joined=10, mrr=500, subscribers=10)
    assert (found["churn"], found["ltv"]) == (pytest.approx(0.06), pytest.approx(50 / 0.06))


def test_klaviyo_example_profile() -> None:
    found = told(
        "klaviyo", historic=93.87, predicted=27.24, purchases=2, gap_days=189, gaps=1, customers=1, churn_risk=0.89
    )
    assert found["total_clv"] == pytest.approx(121.11)
    assert round(found["average_order_value"] or 0, 2) == pytest.approx(46.94, abs=0.005)
    assert (found["days_between"], found["churn_probability"]) == (189, 0.89)


# -- one tool beside another ---------------------------------------------------------------------------------------------
def stretch(who: str, start: date, end: date | None, mrr: str, **more: Any) -> dict[str, Any]:
    return {
        "subscription_id": f"{who}-{start}",
        "customer_id": who,
        "started_at": start,
        "ended_at": end,
        "mrr": mrr,
        **more,
    }


CLUB = [
    stretch("a", date(2025, 1, 1), None, "40", discount="10", discount_lasts=False),
    stretch("b", date(2025, 1, 1), None, "30", canceled_at=date(2025, 12, 20)),
    stretch("c", date(2025, 1, 1), date(2025, 12, 10), "20", ended_by="customer"),
    stretch("d", date(2025, 12, 5), date(2025, 12, 15), "15", ended_by="customer"),
    stretch("e", date(2025, 1, 1), None, "10", discount="2", discount_lasts=True, status="past_due"),
    stretch("f", date(2025, 1, 1), None, "7", trial_ends_at=date(2026, 2, 1), status="trialing"),
    stretch("g", date(2025, 1, 1), None, "9", metered=True),
]
ORDERS = [order("a", date(2025, 1, 1), "10"), order("b", date(2025, 6, 1), "90", refunded="10")]


def shown(engine: Any, subscriptions: Any, tool: str) -> dict[str, Any]:
    ws = workspace(engine, ORDERS)
    load(engine, "subscriptions", subscriptions)
    blocks = presets(ws, tool).blocks
    return {stat.name: stat.value for block in blocks if isinstance(block, Stats) for stat in block.items}


def test_the_same_subscriptions_by_every_tools_rules(engine) -> None:
    ours, stripe, mogul, bare, well = (
        shown(engine, CLUB, name) for name in ("lifeworth", "stripe", "chartmogul", "baremetrics", "profitwell")
    )
    # b asked to leave: Stripe stops counting at once. a's discount comes to an end: Stripe does not take it off.
    assert (ours["MRR"], stripe["MRR"]) == (80, 60)
    assert mogul["MRR"] == bare["MRR"] == well["MRR"] == 80
    # c left, and d joined and left, within the month; b left by Stripe's rules alone.
    assert ours["Subscriber churn"] == pytest.approx(2 / 4)
    assert stripe["Subscriber churn"] == pytest.approx(3 / 5)
    assert mogul["Customer churn"] == well["Customer churn"] == pytest.approx(1 / 4)
    assert bare["User churn"] == pytest.approx(2 / 4)
    assert well["MRR retention"] == pytest.approx(80 / 100)


def test_the_way_from_our_mrr_to_stripes_is_told_in_money(engine) -> None:
    ws = workspace(engine, ORDERS)
    load(engine, "subscriptions", CLUB)
    table = next(b for b in presets(ws, "stripe").blocks if isinstance(b, Table) and b.title.startswith("Why"))
    lines = [(row["rule"], row["amount"]) for row in table.records() if row["figure"] == "MRR"]
    assert lines == [
        ("by our rules", 80),
        ("discounts that come to an end are not taken off", 10),
        ("a subscription stops counting when its end is asked for, not when it ends", -30),
        ("as Stripe counts", 60),
    ]


def test_shopify_takes_returns_off_sales_and_not_off_the_average_order(engine) -> None:
    found = shown(engine, CLUB, "shopify")
    assert (found["Net sales"], found["Gross sales"], found["Average order value"]) == (100, 110, 55)
    assert (found["Customers"], found["Returning customer rate"]) == (2, 0)


def test_shopify_decides_who_returns_on_the_whole_history(engine) -> None:
    rows = [order("a", date(2020, 1, 1), "1"), order("a", date(2025, 6, 1), "1"), order("b", date(2025, 6, 1), "1")]
    ws = workspace(engine, rows)
    stats = next(b for b in presets(ws, "shopify").blocks if isinstance(b, Stats))
    assert {s.name: s.value for s in stats.items}["Returning customer rate"] == 0.5


def test_without_subscriptions_tools_for_shops_are_shown_and_the_others_say_why(engine) -> None:
    ws = workspace(engine, ORDERS)
    page = presets(ws)
    assert {b.title for b in page.blocks if isinstance(b, Stats)} == {"Shopify", "Klaviyo"}
    with pytest.raises(DataError, match="subscriptions"):
        presets(ws, "stripe")


def test_an_unknown_tool_is_answered_with_the_nearest(engine) -> None:
    with pytest.raises(OptionError) as refused:
        presets(workspace(engine, ORDERS), "chartmogal")
    assert 'Did you mean "chartmogul"?' in str(refused.value)


# -- bridges -------------------------------------------------------------------------------------------------------------
money = st.floats(0.01, 1e6)


@given(house=money, revenue=money, margin=st.floats(0.05, 1), contracts=st.one_of(st.just(0.0), money))
def test_a_bridge_adds_up(house: float, revenue: float, margin: float, contracts: float) -> None:
    found = bridge.predicted(TOOLS["klaviyo"], house + contracts, revenue, margin, "12 months", contracts)
    assert found.start + sum(step.amount for step in found.steps) == pytest.approx(found.end, abs=1e-6)
    past = bridge.historic(TOOLS["klaviyo"], house + contracts, revenue, contracts)
    assert past.start + sum(step.amount for step in past.steps) == pytest.approx(past.end, abs=1e-6)


def test_what_contracts_are_worth_is_a_step_of_its_own_towards_a_tool_that_sees_orders_alone(made_workspace) -> None:
    with Workspace.open(made_workspace) as ws:
        rows = ws.engine.arrow(ws.table("customer_value")).to_pylist()
        found = {one.figure: one for one in answer._bridges(ws, TOOLS["klaviyo"], (), (), answer._shop(ws))}
        margin = ws.facts["value"]["margin"]
    for figure, part in (("Predicted CLV", "subscription_clv"), ("Historic CLV", "historic_subscriptions")):
        contracts = sum(row[part] for row in rows)
        steps = {step.rule: step.amount for step in found[figure].steps}
        assert steps[bridge.APART] == pytest.approx(-contracts)
    orders = sum(row["order_clv"] for row in rows)
    assert any(
        amount == pytest.approx(orders / margin - orders) for amount in (s.amount for s in found["Predicted CLV"].steps)
    )


@given(arpa=money, other=money, churn=st.floats(0.001, 1), rate=st.floats(0.001, 1))
def test_a_bridge_of_lifetime_values_adds_up(arpa: float, other: float, churn: float, rate: float) -> None:
    ours, theirs = {"arpa": arpa, "ltv": arpa / churn}, {"arpa": other, "ltv": other / rate}
    found = bridge.ltv(TOOLS["stripe"], ours, theirs)
    assert found is not None
    assert found.start + sum(s.amount for s in found.steps) == pytest.approx(found.end, rel=1e-6, abs=1e-6)


def test_a_reading_is_reached_rule_by_rule() -> None:
    other = Reading(discounts="lasting", churn="request")
    assert [reading for _, reading in bridge.readings(other)][-1] == other
    assert bridge.readings(PLAIN) == []


@pytest.mark.parametrize("as_of", [date(2025, 12, 31), date(2026, 1, 15), date(2024, 2, 29)])
def test_the_last_whole_month_is_over(as_of: date) -> None:
    start, end = span("month", as_of)
    assert end <= as_of
    assert (end + timedelta(days=1)).day == (start + timedelta(days=1)).day == 1
    assert len(month_ends(as_of)) == 7


day = st.dates(date(2025, 5, 1), AS_OF)
spell = st.tuples(st.sampled_from("abcde"), day, st.one_of(st.none(), st.integers(1, 90)), st.integers(1, 50))


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spells=st.lists(spell, min_size=1, max_size=12))
def test_a_tools_mrr_is_what_runs_on_the_day(engine, spells) -> None:
    rows = [
        stretch(who, start, None if length is None else start + timedelta(days=length), str(mrr))
        | {"subscription_id": str(n)}
        for n, (who, start, length, mrr) in enumerate(spells)
    ]
    running = [r for r in rows if r["ended_at"] is None or r["ended_at"] > AS_OF]
    for tool in ("stripe", "chartmogul", "profitwell"):
        found = shown(engine, rows, tool)
        assert found["MRR"] == sum(float(r["mrr"]) for r in running)
        assert found["Subscribers"] == len({r["customer_id"] for r in running})
