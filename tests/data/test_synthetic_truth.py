"""What was put into the generated business comes out of its tables: every effect found again from what a shop would see."""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pytest

from lifeworth.data.synthetic import Business, generate
from lifeworth.data.synthetic.catalogue import AFFINITY, NAMES
from lifeworth.data.synthetic.leads import draw_leads
from lifeworth.data.synthetic.process import expected_purchases
from lifeworth.data.synthetic.service import AGENTS
from lifeworth.data.synthetic.world import World

CUSTOMERS = 20_000
SEED = 11
Floats = npt.NDArray[np.float64]


@pytest.fixture(scope="module")
def business() -> Business:
    return generate(CUSTOMERS, seed=SEED)


@pytest.fixture(scope="module")
def sql(business: Business) -> Any:
    """A query over the tables, `truth` and `export`, as columns of NumPy."""
    connection = duckdb.connect()
    for name, rows in {**business.tables, "truth": business.customer_truth, "export": business.export}.items():
        connection.register(name, rows)
    return lambda text: connection.sql(text).fetchnumpy()


def within(found: float, truth: float, error: float, *, errors: float = 4.0) -> None:
    """The figure found lies within a few standard errors of the truth."""
    assert abs(found - truth) < errors * error, (
        f"{found:.4f} is {abs(found - truth) / error:.1f} errors from {truth:.4f}"
    )


# -- orders -----------------------------------------------------------------------------------------------------------
def natural_and_expected(business: Business, sql: Any) -> tuple[Floats, Floats, Any]:
    """Repeat orders of each customer without a campaign's, what their true parameters expect, and their channel."""
    span = business.span
    # Campaigns are left out by looking at the time before the first of them.
    until = np.floor(0.45 * span.days)
    seen = sql(f"""
        select rate, dropout, acquisition_channel,
               epoch(acquired_at - timestamp '2024-01-01') / 86400.0 joined,
               (select count(*) from orders o where o.customer_id = c.customer_id
                and o.ordered_at < timestamp '2024-01-01' + interval {int(until)} day) - 1 repeats
        from customers c join truth using (customer_id)
        where acquired_at < timestamp '2024-01-01' + interval {int(until)} day order by customer_id""")
    length = span.busy(np.array(until)) - span.busy(seen["joined"])
    expected = np.array([expected_purchases(*one) for one in zip(seen["rate"], seen["dropout"], length, strict=True)])
    return seen["repeats"].astype(np.float64), expected, seen["acquisition_channel"]


def test_repeat_orders_are_as_many_as_the_true_rates_expect_in_every_channel(business: Business, sql: Any) -> None:
    repeats, expected, channel = natural_and_expected(business, sql)
    for name in np.unique(channel):
        part = channel == name
        surprise = repeats[part] - expected[part]
        within(surprise.mean(), 0.0, surprise.std() / np.sqrt(part.sum()))


def test_true_rates_differ_by_channel_as_planted(business: Business, sql: Any) -> None:
    rates = sql("""select acquisition_channel, avg(ln(rate)) mean_log, stddev(ln(rate)) / sqrt(count(*)) error
                   from truth join customers using (customer_id) group by 1""")
    by_name = {n: (m, e) for n, m, e in zip(*rates.values(), strict=True)}
    level, its_error = by_name["paid search"]
    for channel in World().channels:
        mean, error = by_name[channel.name]
        within(mean - level, np.log(channel.rate), np.hypot(error, its_error) + 1e-12)


def test_orders_are_worth_what_the_true_spend_says(sql: Any) -> None:
    # Before anything goes back, free orders apart.
    orders = sql("""select (net_revenue + refunded)::double / mean_order_value as ratio
                    from orders join truth using (customer_id) where net_revenue + refunded > 0""")["ratio"]
    within(orders.mean(), 1.0, orders.std() / np.sqrt(len(orders)) + 0.002)


def test_who_is_said_to_have_left_places_no_order_of_their_own_afterwards(business: Business, sql: Any) -> None:
    after = sql("""select count(*) n from orders join truth using (customer_id) where ordered_at::date > left_on""")
    assert after["n"][0] == 0


def test_satisfaction_moves_leaving_as_planted(sql: Any) -> None:
    truth = sql("""select ln(dropout / (1 - dropout)) odds, satisfaction, onboarded::double onboarded
                   from truth where dropout between 1e-9 and 1 - 1e-9""")
    design = np.column_stack([np.ones(len(truth["odds"])), truth["satisfaction"], truth["onboarded"]])
    effect, rest, *_ = np.linalg.lstsq(design, truth["odds"], rcond=None)
    spread = np.sqrt(np.linalg.inv(design.T @ design).diagonal() * rest[0] / len(design))
    within(effect[1], World().satisfaction_on_dropout, spread[1])
    within(effect[2], World().onboarded_on_dropout, spread[2])


def test_promoters_stay_more_often_than_detractors(sql: Any) -> None:
    stay = sql("""select avg(alive::int) filter (score >= 9) promoters, avg(alive::int) filter (score <= 6) detractors
                  from feedback join truth using (customer_id) where kind = 'nps'""")
    assert stay["promoters"][0] > stay["detractors"][0] + 0.02


def test_later_orders_lean_on_the_first_category_as_planted(sql: Any) -> None:
    seen = sql("""
        with ranked as (select order_id, customer_id, row_number() over (partition by customer_id order by ordered_at) n
                        from orders where customer_id is not null),
             single as (select order_id, any_value(category) category from order_lines group by 1 having count(*) = 1)
        select first_category, category, count(*) n
        from ranked join single using (order_id) join customers using (customer_id) where n > 1 group by 1, 2""")
    count = np.zeros((len(NAMES), len(NAMES)))
    for first, category, n in zip(*seen.values(), strict=True):
        count[NAMES.index(first), NAMES.index(category)] = n
    shares = count / count.sum(axis=1, keepdims=True)
    assert np.abs(shares - AFFINITY).max() < 0.06


# -- dirt -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("part", "share"), [("cancelled", 0.012), ("unpaid", 0.004), ("test", 0.001), ("guest", 0.03)])
def test_the_export_has_the_share_of_dirt_that_was_asked_for(business: Business, part: str, share: float) -> None:
    account = business.truth["export"]
    assert account["parts"][part]["orders"] == pytest.approx(share * account["orders_of_customers"], abs=1)


# -- campaigns and onboarding -----------------------------------------------------------------------------------------
def test_the_randomised_arms_show_the_true_effect_of_every_campaign(business: Business, sql: Any) -> None:
    arms = sql("""
        with each as (select a.campaign_id, a.segment, a.arm, a.customer_id, count(o.order_id) n
                      from assignments a left join orders o on o.customer_id = a.customer_id
                       and o.ordered_at >= a.assigned_at::date and o.ordered_at < a.assigned_at::date + interval 28 day
                      group by all)
        select campaign_id, segment, avg(n) filter (arm = 'treated') - avg(n) filter (arm = 'control') effect,
               sqrt(var_samp(n) filter (arm = 'treated') / count(*) filter (arm = 'treated')
                  + var_samp(n) filter (arm = 'control') / count(*) filter (arm = 'control')) error
        from each group by 1, 2""")
    found = {(c, s): (effect, error) for c, s, effect, error in zip(*arms.values(), strict=True)}
    for campaign in business.truth["campaigns"]:
        for segment in campaign["segments"]:
            effect, error = found[campaign["campaign"], segment["segment"]]
            within(effect, segment["effect_on_orders"], error)


def test_one_campaign_drives_active_customers_away(business: Business) -> None:
    effects = {
        c["campaign"]: {s["segment"]: s["effect_on_orders"] for s in c["segments"]} for c in business.truth["campaigns"]
    }
    assert effects["daily-deals"]["active"] < -0.05


def test_the_invitation_makes_more_customers_read_the_guide_as_planted(business: Business, sql: Any) -> None:
    # Customers with half a year behind them: whoever was going to read it has.
    read = sql("""
        select arm, avg((m.milestone is not null)::int) share, count(*) n
        from assignments a left join milestones m on m.customer_id = a.customer_id and m.milestone = 'guide_read'
        where campaign_id = 'brewing-guide' and assigned_at < '2026-01-01' group by 1 order by 1""")
    control, treated = read["share"]
    error = np.sqrt((read["share"] * (1 - read["share"]) / read["n"]).sum())
    within(treated - control, business.truth["onboarding"]["guide_read_lift"], error)


# -- the club ---------------------------------------------------------------------------------------------------------
def test_about_one_customer_in_five_subscribes(sql: Any) -> None:
    assert sql("select count(distinct customer_id) n from subscriptions")["n"][0] / CUSTOMERS == pytest.approx(
        0.2, abs=0.02
    )


def test_first_renewals_are_cancelled_as_often_as_the_true_hazards_say(sql: Any) -> None:
    first = sql("""
        select cancel_hazard hazard, coalesce(ended_by = 'customer' and ended_at = due, false) quits from (
            select *, coalesce(trial_ends_at, started_at) + interval 1 month due
            from subscriptions join truth using (customer_id)
            where interval = 'month' and follows is null and coalesce(ended_by, '') <> 'trial')
        where due <= '2026-06-30' and day(coalesce(trial_ends_at, started_at)) <= 28""")
    hazard, quits = first["hazard"], first["quits"].astype(float)
    within(quits.mean(), hazard.mean(), np.sqrt((hazard * (1 - hazard)).sum()) / len(hazard))


def test_trials_convert_as_planted(sql: Any) -> None:
    over = sql(
        "select avg((coalesce(ended_by, '') <> 'trial')::int) share, count(*) n from subscriptions where trial_ends_at <= '2026-06-30'"
    )
    share = World().trial_converts
    within(over["share"][0], share, np.sqrt(share * (1 - share) / over["n"][0]))


def test_the_satisfied_cancel_less_often(sql: Any) -> None:
    truth = sql("""select ln(cancel_hazard / (1 - cancel_hazard)) odds, satisfaction from truth
                   where cancel_hazard between 1e-9 and 1 - 1e-9""")
    slope, error = np.polyfit(truth["satisfaction"], truth["odds"], 1, cov=True)
    within(slope[0], World().satisfaction_on_cancelling, np.sqrt(error[0, 0]))


# -- service ----------------------------------------------------------------------------------------------------------
def log_hours(sql: Any) -> dict[str, Floats]:
    found: dict[str, Floats] = sql("""
        select ln(epoch(first_reply_at - opened_at) / 3600 + 1e-3) log_hours, channel, agent, csat,
               datediff('month', date '2024-01-01', opened_at::date) as month, satisfaction, service
        from tickets join truth using (customer_id) where first_reply_at is not null and channel = 'email'""")
    return found


def test_good_service_is_quick_service(business: Business, sql: Any) -> None:
    seen = log_hours(sql)
    slope, error = np.polyfit(seen["service"], seen["log_hours"], 1, cov=True)
    within(slope[0], business.truth["service"]["service_on_log_reply_hours"], np.sqrt(error[0, 0]))


def test_the_slow_agent_can_be_told_from_the_others(sql: Any) -> None:
    seen = log_hours(sql)
    means = {name: seen["log_hours"][seen["agent"] == name].mean() for name in AGENTS}
    assert max(means, key=lambda name: means[name]) == "Ivo"


def test_the_rising_topic_rises(business: Business, sql: Any) -> None:
    share = sql("""select avg((topic = 'delivery')::int) filter (opened_at < '2026-02-01') before,
                          avg((topic = 'delivery')::int) filter (opened_at >= '2026-03-01') later from tickets""")
    assert share["later"][0] > 1.3 * share["before"][0]


# -- leads and lags ---------------------------------------------------------------------------------------------------
def test_training_shortens_replies_two_months_later(sql: Any) -> None:
    seen = log_hours(sql)
    lead = draw_leads(SEED, generate(20, seed=SEED).span).lagged("training_hours", World().training_lag)
    slope, error = np.polyfit(lead[seen["month"].astype(int)], seen["log_hours"], 1, cov=True)
    within(slope[0], World().training_on_first_reply, np.sqrt(error[0, 0]))


def test_content_staff_make_for_content_customers_a_month_later(sql: Any) -> None:
    seen = log_hours(sql)
    lead = draw_leads(SEED, generate(20, seed=SEED).span).lagged("employee_enps", World().enps_lag)
    rated = ~np.ma.getmaskarray(np.ma.asarray(seen["csat"]))
    design = np.column_stack(
        [np.ones(rated.sum()), lead[seen["month"][rated].astype(int)], seen["satisfaction"][rated]]
    )
    effect, rest, *_ = np.linalg.lstsq(design, np.asarray(seen["csat"][rated], dtype=float), rcond=None)
    spread = np.sqrt(np.linalg.inv(design.T @ design).diagonal() * rest[0] / len(design))
    # The scale ends at 1 and 5, which takes a part of every effect on it.
    assert 0.6 * World().enps_on_csat - 4 * spread[1] < effect[1] < World().enps_on_csat + 4 * spread[1]
    assert effect[1] > 4 * spread[1]


def test_a_slow_site_keeps_new_customers_away_a_month_later(business: Business, sql: Any) -> None:
    months = sql("""
        with won as (select date_trunc('month', acquired_at)::date as month, acquisition_channel channel, count(*) n
                     from customers group by all),
             spent as (select spent_on as month, channel, sum(amount)::double amount
                       from marketing_spend where purpose = 'acquisition' group by all)
        select month, channel, n, amount from won join spent using (month, channel) order by month, channel""")
    world, span = World(), business.span
    facts = {fact["channel"]: fact for fact in business.truth["marketing"]}
    index = (months["month"].astype("datetime64[M]") - np.datetime64(span.start, "M")).astype(int)
    growth = 1 + world.growth * index / (span.months - 1)
    season = np.asarray(world.joining_season)[(index + span.start.month - 1) % 12]
    channel = [facts[name] for name in months["channel"]]
    base, top, half = (np.array([fact[part] for fact in channel]) for part in ("base", "top", "half_spend"))
    without = (base + top * months["amount"] / (months["amount"] + half)) * season * growth
    slowed = np.isin(months["channel"], ["paid search", "paid social", "organic"])
    won, expected = (np.bincount(index[slowed], part[slowed]) for part in (months["n"], without))
    lead = draw_leads(SEED, span).lagged("site_speed_seconds", world.speed_lag)
    slope, error = np.polyfit(lead, np.log(won / expected), 1, cov=True)
    within(slope[0], world.speed_on_joiners, np.sqrt(error[0, 0]))
    assert slope[0] < -4 * np.sqrt(error[0, 0])


def test_a_figure_that_leads_nothing_moves_nothing(sql: Any) -> None:
    seen = log_hours(sql)
    lead = draw_leads(SEED, generate(20, seed=SEED).span).lagged("meetings_held", 2)
    slope, error = np.polyfit(lead[seen["month"].astype(int)], seen["log_hours"], 1, cov=True)
    within(slope[0], 0.0, np.sqrt(error[0, 0]))


def test_the_relations_name_leads_that_are_observed(business: Business, sql: Any) -> None:
    observed = set(sql("select distinct metric from observations")["metric"])
    assert {relation["lead"] for relation in business.truth["relations"]} == observed


# -- marketing --------------------------------------------------------------------------------------------------------
def test_the_spend_of_a_channel_is_the_sum_of_its_rows(business: Business, sql: Any) -> None:
    spent = sql(
        "select channel, sum(amount)::double amount from marketing_spend where purpose = 'acquisition' group by 1"
    )
    found = dict(zip(*spent.values(), strict=True))
    assert found == pytest.approx({fact["channel"]: fact["spend"] for fact in business.truth["marketing"]})


def test_channels_bring_about_as_many_customers_as_their_response_expects(business: Business, sql: Any) -> None:
    brought = sql("select acquisition_channel, count(*) n from customers group by 1")
    found = dict(zip(*brought.values(), strict=True))
    for fact in business.truth["marketing"]:
        # Whoever comes by referral before there is anybody to refer them counts as organic: a handful at most.
        within(found[fact["channel"]], fact["expected_customers"], np.sqrt(fact["expected_customers"]) + 2)


def test_the_way_to_the_first_order_ends_at_the_true_channel_about_as_often_as_planted(
    business: Business, sql: Any
) -> None:
    last = sql("""select avg((t.channel = c.acquisition_channel)::int) share
                  from touchpoints t join customers c using (customer_id) where t.kind = 'order'""")["share"][0]
    # Ways with one contact are always right, and others may be by chance: never less often than planted.
    assert business.truth["journey"]["true_channel_is"]["last"] < last < 0.85
