"""The registry of figures: every figure on companies counted by hand, and what is said where there is none."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.kpis.figures import figures, values
from tests.kpis.tables import AS_OF, movement, order, workspace

from lifeworth.errors import OptionError
from lifeworth.kpis.actions import kpis
from lifeworth.kpis.basics import Window, basics, window
from lifeworth.kpis.grid import Grid, calendar
from lifeworth.kpis.metric import GIVEN, Metric
from lifeworth.kpis.registry import HOUSE, MEASURES, METRICS, catalogue, evaluate, forget, register
from lifeworth.report.spec import Chart, Group
from lifeworth.settings import load as read_settings
from lifeworth.units import Period

YEARS = Grid((date(2022, 12, 31), date(2023, 12, 31), date(2024, 12, 31), AS_OF))
SPAN = Window(date(2024, 12, 31), AS_OF, date(2023, 12, 31))

COMPANY = [
    order("a", date(2024, 3, 1), "10", margin="4"),
    order("a", date(2025, 3, 1), "20", margin="8"),
    order("a", date(2025, 3, 1), "5", margin="2", discount="5"),
    order("a", date(2025, 5, 1), "15", margin="6"),
    order("b", date(2024, 6, 1), "40", margin="16"),
    order("c", date(2025, 7, 1), "30", margin="12", refunded="10"),
    order("d", date(2023, 7, 1), "8", margin="3"),
    order("d", date(2025, 7, 9), "8", margin="4"),
    order(None, date(2025, 8, 1), "100", margin="40"),
]


@pytest.fixture
def company(engine: Any) -> dict[str, float | None]:
    return values(workspace(engine, COMPANY), YEARS)


def test_sales_counted_by_hand(company) -> None:
    assert company["revenue"] == 178
    assert company["orders"] == 6
    assert company["aov"] == pytest.approx(178 / 6)
    assert company["gross_margin"] == 72
    assert company["margin_rate"] == pytest.approx(72 / 178)
    assert company["refund_rate"] == pytest.approx(10 / 188)
    assert company["discount_share"] == pytest.approx(5 / 193)


def test_customers_counted_by_hand(company) -> None:
    assert company["active_customers"] == 3
    assert company["new_customers"] == 1
    assert company["lost_customers"] == 1
    assert company["reactivated_customers"] == 1
    assert company["retention_rate"] == 0.5
    assert company["churn_rate"] == 0.5
    assert company["repeat_rate"] == 2 / 4
    assert company["time_between_orders"] == pytest.approx((426 + 739) / 3)
    assert company["arpc"] == pytest.approx(78 / 3)
    assert company["average_purchase_value"] == pytest.approx(78 / 4)
    assert company["purchase_frequency"] == pytest.approx(4 / 3 / YEARS.years(2))


def test_revenue_churn_sets_nothing_against_it_when_gross_and_all_when_net(company) -> None:
    # a brought 10 and then 40, b brought 40 and then nothing.
    assert company["revenue_churn"] == pytest.approx(40 / 50)
    assert company["net_revenue_churn"] == pytest.approx(10 / 50)


def test_simple_value_is_the_product_of_its_terms(company) -> None:
    assert company["customer_lifespan"] == pytest.approx(2, rel=0.01)
    product = 78 / 4 * company["purchase_frequency"] * company["customer_lifespan"] * 0.5
    assert company["simple_clv"] == pytest.approx(product)


def test_a_period_is_what_it_was_whatever_came_later(engine) -> None:
    ws = workspace(engine, COMPANY)
    before = values(ws, YEARS, 1)
    assert (before["repeat_rate"], before["active_customers"], before["new_customers"]) == (0, 2, 2)
    assert before["lost_customers"] == 1


@pytest.mark.parametrize("name", METRICS)
def test_a_figure_asked_for_alone_is_what_it_is_among_all_others(engine, name: str) -> None:
    ws = workspace(engine, COMPANY)
    whole, alone = figures(ws, YEARS), figures(ws, YEARS, (name,))
    assert [alone[None, k][name] for k in range(len(YEARS))] == [whole[None, k][name] for k in range(len(YEARS))]


def test_a_refund_that_names_no_order_is_taken_off_when_it_was_booked(engine) -> None:
    back = [{"refund_id": "1", "customer_id": "a", "refunded_at": date(2025, 9, 1), "amount": "7"}]
    found = values(workspace(engine, COMPANY, refunds=back), YEARS)
    assert (found["revenue"], found["aov"]) == (171, pytest.approx(178 / 6))


def test_an_empty_period_is_not_defined_rather_than_zero_or_infinite(engine) -> None:
    found = figures(workspace(engine, [order("a", date(2020, 1, 1), "10")]), YEARS)[None, 2]
    assert found["revenue"].value == 0
    for name in (
        "aov",
        "average_purchase_value",
        "purchase_frequency",
        "retention_rate",
        "customer_lifespan",
        "margin_rate",
    ):
        assert found[name].value is None
        assert found[name].why.startswith("Not defined: ")
    assert found["aov"].why == "Not defined: no order in the period."
    assert found["retention_rate"].why == "Not defined: nobody bought in the period before."


def test_nobody_lost_has_no_lifespan(engine) -> None:
    ws = workspace(engine, [order("a", date(2024, 3, 1), "10"), order("a", date(2025, 3, 1), "10")])
    found = figures(ws, YEARS)[None, 2]["customer_lifespan"]
    assert found.why == "Not defined: no customer was lost, so no lifespan can be derived from churn."


def test_orders_without_amounts_have_a_number_and_no_revenue(engine) -> None:
    found = figures(workspace(engine, [order("a", date(2025, 3, 1), None)]), YEARS)[None, 2]
    assert found["orders"].value == 1
    assert found["revenue"].why == "Not defined: the source has no amounts."


def test_what_no_table_brings_says_which_table(engine) -> None:
    found = figures(workspace(engine, COMPANY), YEARS)[None, 2]
    assert "marketing_spend is missing" in found["acquisition_spend"].why
    assert "mrr_movements is missing" in found["mrr"].why


# -- subjects beside sales -----------------------------------------------------------------------------------------------
MOVES = [
    movement("a", date(2024, 5, 1), "new", "60"),
    movement("b", date(2024, 6, 1), "new", "30"),
    movement("e", date(2024, 6, 1), "new", "10"),
    movement("a", date(2025, 2, 1), "expansion", "10"),
    movement("b", date(2025, 3, 1), "contraction", "-10"),
    movement("e", date(2025, 4, 1), "churn", "-10", cause="involuntary"),
    movement("f", date(2025, 4, 1), "new", "50"),
    movement("f", date(2025, 9, 1), "churn", "-50", cause="voluntary"),
    movement("e", date(2025, 9, 1), "reactivation", "5"),
]


def test_recurring_revenue_counted_by_hand(engine) -> None:
    found = values(workspace(engine, COMPANY, mrr_movements=MOVES), YEARS)
    assert (found["mrr"], found["arr"], found["subscribers"]) == (95, 1140, 3)
    assert (found["new_mrr"], found["expansion_mrr"], found["reactivation_mrr"]) == (50, 10, 5)
    assert (found["contraction_mrr"], found["churn_mrr"], found["net_new_mrr"]) == (10, 60, -5)
    assert found["subscribers_at_start"] == 3
    assert found["subscriber_churn"] == pytest.approx(2 / 3)
    assert found["involuntary_churn_share"] == 0.5
    assert found["gross_mrr_churn"] == pytest.approx(0.7)
    assert found["net_mrr_churn"] == pytest.approx(0.55)
    assert (found["grr"], found["nrr"]) == (pytest.approx(0.3), pytest.approx(0.45))
    assert found["quick_ratio"] == pytest.approx(65 / 70)
    assert found["arpa"] == pytest.approx(95 / 3)
    assert found["subscription_ltv"] == pytest.approx(95 / 3 / (2 / 3 / 12))


def test_movements_are_made_of_subscriptions_where_a_run_left_none(engine) -> None:
    club = [{"subscription_id": "1", "customer_id": "a", "started_at": date(2025, 2, 1), "mrr": "12"}]
    found = values(workspace(engine, COMPANY, subscriptions=club), YEARS)
    assert (found["mrr"], found["new_mrr"], found["subscribers"]) == (12, 12, 1)


def test_start_plus_movements_is_the_end_in_every_period(engine) -> None:
    ws = workspace(engine, COMPANY, mrr_movements=MOVES)
    ends = [date(2024, 4, 30), *(date(2025, month, 1) - timedelta(days=1) for month in range(1, 13)), AS_OF]
    grid = Grid(tuple(sorted({date(2023, 12, 31), *ends})))
    path = [values(ws, grid, k, names=("mrr", "net_new_mrr")) for k in range(len(grid))]
    so_far = 0.0
    for one in path:
        so_far += one["net_new_mrr"] or 0
        assert one["mrr"] == pytest.approx(so_far)


def test_nothing_lost_has_no_quick_ratio_and_no_churn_has_no_lifetime(engine) -> None:
    moves = [movement("a", date(2024, 5, 1), "new", "60")]
    found = figures(workspace(engine, COMPANY, mrr_movements=moves), YEARS)[None, 2]
    assert found["quick_ratio"].why == "Not defined: nothing was lost to churn or contraction in the period."
    assert found["subscription_ltv"].why == "Not defined: no subscriber left in the period."
    assert found["gross_mrr_churn"].value == 0


SPENT = [
    {"spent_on": date(2025, 1, 5), "channel": "web", "campaign": "x", "purpose": "acquisition", "amount": "30"},
    {"spent_on": date(2025, 1, 5), "channel": "shop", "campaign": "y", "amount": "10"},
    {"spent_on": date(2025, 1, 5), "channel": "web", "campaign": "z", "purpose": "retention", "amount": "12"},
    {"spent_on": date(2024, 1, 5), "channel": "web", "campaign": "x", "purpose": "acquisition", "amount": "99"},
]


def test_acquisition_counted_by_hand(engine) -> None:
    brought = [{"referrer_id": "a", "referred_id": "c"}]
    found = values(workspace(engine, COMPANY, marketing_spend=SPENT, referrals=brought), YEARS)
    assert found["acquisition_spend"] == 40
    assert found["cac"] == 40
    assert found["roas"] == pytest.approx(30 / 40)
    assert found["retention_spend_per_customer"] == 4
    assert found["ltv_to_cac"] == pytest.approx((found["simple_clv"] or 0) / 40)
    assert found["payback_months"] == pytest.approx(40 / (26 * 0.5 / 12))
    assert found["referral_rate"] == 1


def test_an_assumption_stands_in_for_a_table_and_is_named(engine) -> None:
    ws = workspace(engine, COMPANY, settings=read_settings({"assumptions": {"cost_per_acquisition": 25}}))
    found = figures(ws, YEARS)[None, 2]["cac"]
    assert (found.value, found.assumed) == (25, ("cost_per_acquisition",))


def test_a_table_is_believed_before_an_assumption(engine) -> None:
    settings_ = read_settings({"assumptions": {"cost_per_acquisition": 25}})
    found = figures(workspace(engine, COMPANY, settings=settings_, marketing_spend=SPENT), YEARS)[None, 2]["cac"]
    assert (found.value, found.assumed) == (40, ())


def test_service_and_satisfaction_counted_by_hand(engine) -> None:
    opened = datetime(2025, 5, 1, 8)
    tickets = [
        {"ticket_id": "1", "customer_id": "a", "opened_at": opened, "first_reply_at": opened + timedelta(hours=2),
         "resolved_at": opened + timedelta(hours=30), "reopened": True, "csat": 5},
        {"ticket_id": "2", "customer_id": "b", "opened_at": opened, "first_reply_at": opened + timedelta(hours=5),
         "reopened": False, "csat": 2},
        {"ticket_id": "3", "customer_id": "b", "opened_at": opened},
    ]  # fmt: skip
    said = [("nps", 10, None), ("nps", 9, 10), ("nps", 7, 10), ("nps", 3, 10), ("nps", 5, 5), ("csat", 4, 5), ("csat", 3, 5),
            ("csat", 6, 7), ("ces", 3, None), ("ces", 7, 7)]  # fmt: skip
    feedback = [
        {"feedback_id": str(n), "given_at": opened, "kind": kind, "score": score, "scale_max": top}
        for n, (kind, score, top) in enumerate(said)
    ]
    costs = [{"customer_id": "a", "incurred_at": date(2025, 5, 1), "kind": "ticket", "amount": "9"}]
    found = values(workspace(engine, COMPANY, tickets=tickets, feedback=feedback, service_costs=costs), YEARS)
    assert (found["first_response_hours"], found["resolution_hours"]) == (pytest.approx(3.5), pytest.approx(30))
    assert (found["reopen_rate"], found["ticket_csat"], found["ticket_rate"]) == (pytest.approx(1 / 3), 0.5, 1)
    assert found["nps"] == pytest.approx(100 * (2 - 1) / 4)
    assert found["csat"] == pytest.approx(2 / 3)
    assert found["ces"] == pytest.approx((3 + 5) / 2)
    assert (found["serving_costs"], found["cost_to_serve"]) == (9, 3)
    assert found["contribution_margin"] == 72 - 9


def test_tickets_that_do_not_say_whether_they_came_back_have_no_share_that_did(engine) -> None:
    tickets = [{"ticket_id": n, "customer_id": "a", "opened_at": datetime(2025, 5, 1)} for n in "12"]
    found = figures(workspace(engine, COMPANY, tickets=tickets), YEARS)[None, 2]["reopen_rate"]
    assert found.why == "Not defined: no ticket of the period says whether it came back."
    denied = [{**tickets[0], "reopened": False}, tickets[1]]
    assert figures(workspace(engine, COMPANY, tickets=denied), YEARS)[None, 2]["reopen_rate"].value == 0


def test_tickets_at_an_assumed_cost_stand_in_for_service_costs(engine) -> None:
    tickets = [{"ticket_id": "1", "customer_id": "a", "opened_at": datetime(2025, 5, 1)}]
    ws = workspace(engine, COMPANY, tickets=tickets, settings=read_settings({"assumptions": {"cost_per_ticket": 6}}))
    found = figures(ws, YEARS)[None, 2]["cost_to_serve"]
    assert (found.value, found.assumed) == (2, ("cost_per_ticket",))


# -- the registry itself -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.name)
def test_a_figure_is_made_of_what_there_is_and_says_what_it_means(metric: Metric) -> None:
    HOUSE.measures_of(metric)
    assert metric.definition.endswith(".")
    assert "company" in HOUSE.grains(metric)
    assert len(metric.definition.split()) >= 4


def test_no_name_means_two_things() -> None:
    assert not set(GIVEN) & (set(MEASURES) | set(METRICS))
    shared = set(MEASURES) & set(METRICS)
    assert all(METRICS[name].formula == name for name in shared)


def test_every_measure_is_used_by_a_figure() -> None:
    used = {measure.name for metric in METRICS.values() for measure in HOUSE.measures_of(metric)}
    assert used == set(MEASURES)


def test_the_terms_of_a_run_are_those_of_the_registry(engine) -> None:
    ws = workspace(engine, COMPANY)
    row = {
        **engine.row(basics(ws.table("purchase_days"), SPAN)),
        "years": SPAN.years,
        "margin_used": 0.5,
    }
    ours = values(ws, YEARS)
    for name in ("customer_lifespan", "simple_clv"):
        assert evaluate(METRICS[name], row)[0] == pytest.approx(ours[name])


# -- figures of the user's own -------------------------------------------------------------------------------------------
OWN = {
    "measures": {
        "big": {"table": "orders", "aggregate": "count", "where": "net_revenue >= 20"},
        "largest": {"table": "orders", "aggregate": "max", "value": "net_revenue"},
        "channels": {"table": "orders", "aggregate": "distinct", "value": "channel"},
        "mean_order": {"table": "orders", "aggregate": "mean", "value": "net_revenue"},
        "dear": {"table": "orders", "aggregate": "mean", "value": "net_revenue >= 20"},
    },
    "metrics": {"big_share": {"formula": "big / orders", "kind": "percent", "direction": "up"}, "top": {"formula": "largest"},
                "spread": {"formula": "top / mean_order"}, "ways": {"formula": "channels"}, "dear_share": {"formula": "dear"}},
}  # fmt: skip


def test_a_figure_of_ones_own_is_computed_like_ours(engine) -> None:
    found = values(workspace(engine, COMPANY, settings=read_settings(OWN)), YEARS)
    assert found["big_share"] == pytest.approx(3 / 6)
    assert found["top"] == 100
    assert found["spread"] == pytest.approx(100 / (178 / 6))
    assert found["ways"] == 0
    assert found["dear_share"] == pytest.approx(3 / 6)


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ({"metrics": {"x": {"formula": "revenu / orders"}}}, 'Did you mean "revenue"?'),
        ({"metrics": {"x": {"formula": "revenue / "}}}, "cannot be read"),
        ({"metrics": {"x": {"formula": "open('a')"}}}, "is not allowed"),
        ({"metrics": {"aov": {"formula": "revenue"}}}, "one of our figures"),
        ({"metrics": {"x": {"formula": "y"}, "y": {"formula": "x"}}}, "made of itself"),
        ({"measures": {"orders": {"table": "orders", "aggregate": "count"}}}, "a name of ours"),
        ({"measures": {"x": {"table": "order", "aggregate": "count"}}}, 'Did you mean "orders"?'),
        ({"measures": {"x": {"table": "orders"}}}, "needs a value"),
    ],
)
def test_a_figure_that_cannot_be_made_is_refused_with_its_near_match(own, said) -> None:
    with pytest.raises(OptionError) as refused:
        catalogue(read_settings(own))
    assert said in str(refused.value)


def test_a_column_that_is_not_there_is_named_with_its_near_match(engine) -> None:
    own = {"measures": {"x": {"table": "orders", "value": "net_revenu"}}, "metrics": {"y": {"formula": "x"}}}
    with pytest.raises(OptionError, match="net_revenue"):
        values(workspace(engine, COMPANY, settings=read_settings(own)), YEARS)


def test_a_function_can_be_registered_as_a_figure(engine) -> None:
    mine = Metric(
        name="root_orders", title="Root", definition="The root of the orders.", formula="√ orders", kind="number",
        compute=lambda of: of["orders"] ** 0.5, uses=("orders",),
    )  # fmt: skip
    try:
        register(mine)
        assert values(workspace(engine, COMPANY), YEARS)["root_orders"] == pytest.approx(6**0.5)
        assert "root_orders" in catalogue().metrics
    finally:
        forget("root_orders")
    assert "root_orders" not in catalogue().metrics


def test_a_name_of_ours_cannot_be_registered_again() -> None:
    with pytest.raises(OptionError, match="one of our figures"):
        register(METRICS["aov"])


# -- properties ----------------------------------------------------------------------------------------------------------
day = st.dates(date(2024, 1, 2), AS_OF)
one_order = st.builds(
    lambda who, when, value, channel: order(who, when, str(value), channel=channel),
    st.sampled_from(["a", "b", "c", "d", "e", None]),
    day,
    st.integers(0, 500),
    st.sampled_from(["web", "shop", None]),
)
books = st.lists(one_order, min_size=1, max_size=50)
ONE_ENGINE = [HealthCheck.function_scoped_fixture]


@settings(max_examples=20, suppress_health_check=ONE_ENGINE)
@given(rows=books)
def test_figures_equal_a_count_in_plain_python(engine, rows) -> None:
    found = values(workspace(engine, rows), YEARS)
    inside = [r for r in rows if r["ordered_at"] > SPAN.start]
    before = {r["customer_id"] for r in rows if r["ordered_at"] <= SPAN.start and r["customer_id"]}
    assert found["revenue"] == pytest.approx(sum(float(r["net_revenue"]) for r in inside))
    assert found["orders"] == len(inside)
    purchases = Counter(who for who, _ in {(r["customer_id"], r["ordered_at"]) for r in inside if r["customer_id"]})
    assert found["active_customers"] == len(purchases)
    assert found["new_customers"] == len(purchases.keys() - before)
    assert found["lost_customers"] == len(before - purchases.keys())
    assert found["active_customers"] == found["new_customers"] + len(before & purchases.keys())
    if purchases:
        assert found["purchase_frequency"] == pytest.approx(sum(purchases.values()) / len(purchases) / SPAN.years)
    ever = defaultdict(set)
    for r in rows:
        if r["customer_id"]:
            ever[r["customer_id"]].add(r["ordered_at"])
    if ever:
        assert found["repeat_rate"] == pytest.approx(sum(len(days) > 1 for days in ever.values()) / len(ever))


@settings(max_examples=10, suppress_health_check=ONE_ENGINE)
@given(rows=books, data=st.data())
def test_figures_do_not_depend_on_the_order_of_rows(engine, rows, data) -> None:
    shuffled = data.draw(st.permutations(rows))
    assert values(workspace(engine, rows), YEARS) == values(workspace(engine, shuffled), YEARS)


@settings(max_examples=10, suppress_health_check=ONE_ENGINE)
@given(rows=books)
def test_companies_split_by_customer_add_up_to_the_whole(engine, rows) -> None:
    additive = [name for name, m in METRICS.items() if name in MEASURES and MEASURES[name].additive] + [
        "active_customers", "new_customers", "lost_customers", "reactivated_customers", "revenue", "gross_margin"]  # fmt: skip
    whole = values(workspace(engine, rows), YEARS)
    halves = [[r for r in rows if (r["customer_id"] in {"a", "b"}) is side] for side in (True, False)]
    parts = [values(workspace(engine, half), YEARS) for half in halves if half]
    for name in additive:
        known = [part[name] for part in parts if part[name] is not None]
        assert sum(known) == pytest.approx(whole[name] or 0), name


@settings(max_examples=10, suppress_health_check=ONE_ENGINE)
@given(rows=books, by=st.sampled_from(["channel", "cohort", "segment"]))
def test_parts_of_a_company_add_up_to_it(engine, rows, by) -> None:
    ws = workspace(engine, rows)
    whole, parts = values(ws, YEARS), figures(ws, YEARS, by=by)
    for name in ("revenue", "orders", "active_customers", "new_customers", "lost_customers"):
        assert sum(part[name].value or 0 for (_, k), part in parts.items() if k == 2) == pytest.approx(whole[name])


@settings(max_examples=10, suppress_health_check=ONE_ENGINE)
@given(rows=books)
def test_active_customers_are_retained_new_or_reactivated_in_every_month(engine, rows) -> None:
    ends = [date(2024, 12, 31), *(date(2025, m, 1) - timedelta(days=1) for m in range(2, 13)), AS_OF]
    grid = Grid(tuple(ends))
    names = ("active_customers", "new_customers", "reactivated_customers", "lost_customers")
    found = figures(workspace(engine, rows), grid, names)
    for k in range(1, len(grid)):
        now, then = ({name: found[None, at][name].value for name in names} for at in (k, k - 1))
        kept = then["active_customers"] - now["lost_customers"]
        assert now["active_customers"] == kept + now["new_customers"] + now["reactivated_customers"]


def test_a_window_is_a_calendar_year_and_the_year_before() -> None:
    span = window(date(2020, 1, 1), date(2025, 6, 30), Period(12, "months"))
    assert (span.start, span.before) == (date(2024, 6, 30), date(2023, 6, 30))


def test_a_short_history_is_split_in_half() -> None:
    first, as_of = date(2025, 1, 1), date(2025, 6, 30)
    span = window(first, as_of, Period(12, "months"))
    assert span.end - span.start == span.start - span.before
    assert span.before >= first - timedelta(days=2)


def test_the_picture_of_customers_by_month_shows_the_same_as_the_figures(engine) -> None:
    ws = workspace(engine, COMPANY)
    group = next(block for block in kpis(ws).blocks if isinstance(block, Group))
    chart = next(one for one in group.blocks if isinstance(one, Chart) and one.title == "Customers by month")
    months = calendar(date(2023, 7, 1), AS_OF, Period.months(1))
    names = ("active_customers", "new_customers")
    found = figures(ws, months, names)
    for line, name in zip(chart.series, names, strict=True):
        assert line.y == tuple(found[None, k][name].value for k in range(1, len(months)))
