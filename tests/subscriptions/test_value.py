from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.features.stretches import stretch

from lifeworth.features.subscriptions import stretches
from lifeworth.models import BetaDiscreteWeibull, ShiftedBetaGeometric, Tenures
from lifeworth.subscriptions.billing import Cycle
from lifeworth.subscriptions.contracts import contracts, ordered
from lifeworth.subscriptions.customers import by_customer
from lifeworth.subscriptions.learn import Group, fit, learn
from lifeworth.subscriptions.value import Terms, value
from lifeworth.units import DAYS_PER_YEAR, Period, Rate

AS_OF = date(2025, 12, 31)
TERMS = Terms(date(2026, 12, 31), Rate(0.10), 0.6)
SBG = ShiftedBetaGeometric().at({"alpha": 0.668, "beta": 3.806})
FOREVER = 1500


def together(c, fitted, cycle=None):
    """All contracts of a billing period under one stated model."""
    return tuple(
        Group(one, c.plans, np.flatnonzero(c.cycle == place), 0, fitted, "", {}) for place, one in enumerate(c.cycles)
    )


def stated(fitted):
    """A model with given parameters: intervals hold chance alone."""
    object.__setattr__(fitted, "boundary", {"alpha": "given"})
    return fitted


def by_hand(start, cycle_months, mrr, renewals, until=None, margin=0.6, fitted=SBG):
    """Bill after bill: amount × margin × chance to be there × discount for the days until it is due."""
    total, last = 0.0, FOREVER if until is None else 10_000
    anchor, made, ahead = start, 0, 0
    while Period.months(cycle_months * (made + 1)).after(anchor) <= AS_OF:
        made += 1
    stays = fitted.survival(np.arange(renewals + FOREVER + 2))
    for ahead in range(1, last + 1):
        months = cycle_months * (made + ahead)
        if until is not None and Period.months(months).after(anchor) > until:
            break
        due = Period.months(months).after(anchor) if months < 4000 else None
        if due is None:
            break
        days = (due - AS_OF).days
        total += (
            mrr * cycle_months * margin * stays[renewals + ahead] / stays[renewals] * 1.1 ** (-days / DAYS_PER_YEAR)
        )
    return total


@pytest.mark.parametrize(
    ("start", "interval", "count", "months"),
    [
        (date(2024, 3, 31), "month", 1, 1),
        (date(2024, 3, 31), "month", 3, 3),
        (date(2022, 5, 10), "year", 1, 12),
        (date(2025, 12, 31), "month", 1, 1),
    ],
)
def test_value_is_the_sum_of_bills_that_fall_due(signed, start, interval, count, months):
    c = signed([stretch("c", start, None, 20, interval=interval, interval_count=count)])
    found = value(c, together(c, stated(ShiftedBetaGeometric().at(SBG.parameters))), TERMS)
    n = int(c.renewals[0])
    # After the next bill periods are discounted by their mean length: a long month moves a bill by a day or two.
    assert found.value[0] == pytest.approx(by_hand(start, months, 20, n, TERMS.until), rel=6e-4)
    assert found.residual[0] == pytest.approx(by_hand(start, months, 20, n), rel=1e-3)
    assert found.loss[0] == pytest.approx(1 - SBG.retention([n + 1])[0])
    assert found.expected_loss[0] == pytest.approx(found.loss[0] * found.residual[0])


@pytest.mark.parametrize("tenure", [1, 2, 5])
def test_residual_value_is_the_published_one(signed, tenure):
    """Fader & Hardie (2010), who count the renewal now due undiscounted: here the bill is due today in a year."""
    import mpmath as mp

    start = date(2025, 12, 31) if tenure == 1 else Period.months(12 * (tenure - 1)).before(AS_OF)
    c = signed([stretch("c", start, None, 100 / 12, interval="year")])
    assert c.renewals[0] == tenure - 1
    found = value(
        c, together(c, stated(ShiftedBetaGeometric().at(SBG.parameters))), Terms(TERMS.until, Rate(0.10), 1.0)
    )
    alpha, beta, d = mp.mpf("0.668"), mp.mpf("3.806"), 1 / mp.mpf("1.1")
    n = tenure
    theirs = (beta + n - 1) / (alpha + beta + n - 1) * mp.hyp2f1(1, beta + n, alpha + beta + n, d)
    assert found.residual[0] == pytest.approx(100 * float(theirs * d), rel=2e-4)


def test_residual_value_is_that_of_the_models_own_sum(signed):
    rows = [stretch(f"c{k}", Period.months(k).before(AS_OF), None, 10) for k in range(1, 40, 3)]
    c = signed(rows)
    for fitted in (
        ShiftedBetaGeometric().at({"alpha": 0.7, "beta": 9.0}),
        BetaDiscreteWeibull().at({"alpha": 0.4, "beta": 6.0, "c": 1.4}),
    ):
        found = value(c, together(c, stated(fitted)), TERMS)
        step = TERMS.daily * Cycle(1).length
        sums = fitted.expected_discounted_periods(Tenures(c.renewals.astype(float), np.zeros(len(c))), step)
        wait = (found.next_due - c.as_of).astype(float)
        assert found.residual == pytest.approx(6.0 * sums * np.exp(step - TERMS.daily * wait), rel=1e-10)


def test_longer_tenure_is_worth_more_under_heterogeneity(signed):
    rows = [stretch(f"c{k}", Period.months(12 * k).before(AS_OF), None, 10, interval="year") for k in range(1, 6)]
    c = signed(rows)
    found = value(c, together(c, stated(ShiftedBetaGeometric().at(SBG.parameters))), TERMS)
    by_tenure = found.residual[np.argsort(c.renewals)]
    assert all(a < b for a, b in pairwise(by_tenure))


def test_without_a_discount_there_is_no_value_without_limit(signed):
    c = signed([stretch("c", date(2025, 1, 1), None, 10)])
    found = value(c, together(c, stated(ShiftedBetaGeometric().at(SBG.parameters))), Terms(TERMS.until, Rate(0.0), 1.0))
    assert np.isnan(found.residual[0])
    assert found.value[0] > 0


def test_a_contract_whose_end_was_asked_for_is_worth_the_bills_until_then(signed):
    rows = [
        stretch("two more", date(2025, 1, 15), date(2026, 3, 1), 10, canceled_at=date(2025, 12, 1)),
        stretch("none", date(2025, 1, 15), None, 10, canceled_at=date(2025, 12, 1)),
        stretch("at the bill", date(2025, 1, 15), date(2026, 1, 15), 10, canceled_at=date(2025, 12, 1)),
    ]
    c = signed(rows)
    found = value(c, together(c, None), TERMS)
    days = [(due - AS_OF).days for due in (date(2026, 1, 15), date(2026, 2, 15))]
    certain = sum(6.0 * 1.1 ** (-n / DAYS_PER_YEAR) for n in days)
    at = {c.customers[int(k)].as_py(): place for place, k in enumerate(c.customer)}
    assert found.value[at["two more"]] == pytest.approx(certain, rel=1e-4)
    assert found.low[at["two more"]] == found.high[at["two more"]] == found.value[at["two more"]]
    assert found.value[at["none"]] == found.value[at["at the bill"]] == 0
    assert np.isnat(found.next_due[at["none"]])
    assert found.active.tolist() == [0, 0, 0]


def test_running_contracts_without_a_model_have_no_value(signed):
    c = signed([stretch("c", date(2025, 1, 1), None, 10)])
    found = value(c, learn(c), TERMS)
    assert np.isnan(found.value[0])
    assert found.total is None
    assert learn(c)[0].why


@settings(max_examples=25)
@given(alpha=st.floats(0.05, 30), beta=st.floats(0.5, 60), ages=st.lists(st.integers(1, 60), min_size=1, max_size=8))
def test_low_and_high_lie_around_the_value_and_hold_what_they_say(alpha, beta, ages):
    from tests.features.stretches import load_subscriptions

    from lifeworth.engine.connect import connect

    with connect() as engine:
        rows = [stretch(f"c{k}", Period.months(age).before(AS_OF), None, 10) for k, age in enumerate(ages)]
        c = contracts(engine.arrow(ordered(stretches(load_subscriptions(engine, rows), AS_OF))), AS_OF)
    fitted = stated(ShiftedBetaGeometric().at({"alpha": alpha, "beta": beta}))
    found = value(c, together(c, fitted), TERMS)
    assert (found.low <= found.value + 1e-9).all()
    assert (found.value <= found.high + 1e-9).all()
    # The exact distribution of one contract: so many bills are paid, then none.
    stays = fitted.survival(np.arange(200))
    for k in range(len(c)):
        n = int(c.renewals[k])
        due = [
            d
            for j in range(1, 14)
            if (d := c.cycles[0].due(c.anchor[k : k + 1], np.array([n + j]))[0].item()) <= TERMS.until
        ]
        pays = np.cumsum([0.0] + [6.0 * 1.1 ** (-((d - AS_OF).days) / DAYS_PER_YEAR) for d in due])
        there = stays[n : n + len(due) + 1] / stays[n]
        chance = np.r_[there[:-1] - there[1:], there[-1]]
        assert chance[pays < found.low[k] - 0.2].sum() <= 0.05 + 1e-9
        assert chance[pays > found.high[k] + 0.2].sum() <= 0.05 + 1e-9


# -- learning -----------------------------------------------------------------------------------------------------------
def drawn(fitted, count, watched, seed=1):
    rng = np.random.default_rng(seed)
    return fitted.simulate(rng.integers(1, watched, count), rng)


def test_bdw_is_taken_where_leaving_falls_with_tenure():
    fitted, _, scores = fit(drawn(BetaDiscreteWeibull().at({"alpha": 0.6, "beta": 4.0, "c": 0.4}), 4000, 24))
    assert fitted.model.name == "BdW"
    assert scores["BdW"] < scores["sBG"]


def test_sbg_is_taken_where_it_is_true():
    fitted, _, scores = fit(drawn(ShiftedBetaGeometric().at({"alpha": 0.8, "beta": 9.0}), 4000, 24, seed=2))
    assert fitted.model.name == "sBG"
    assert set(scores) == {"sBG", "BdW"}


def test_where_the_data_do_not_tell_how_customers_differ_a_prior_takes_part():
    fitted, _, _ = fit(Tenures(np.r_[np.zeros(60), np.ones(90)], np.r_[np.ones(30), np.zeros(30), np.zeros(90)]))
    assert not fitted.boundary
    assert fitted.prior is not None


def book(plans, interval="month"):
    """So many contracts of each plan, one in four of those of a plan lost after a month, the rest running for a year."""
    rows = []
    for plan, count in plans.items():
        for k in range(count):
            start = date(2025, 1, 1) - timedelta(days=k % 28)
            end = None if k % 4 else start + timedelta(days=35 + 31 * (k % 7))
            rows.append(
                stretch(
                    f"{plan}{k}", start, end, 10, plan=plan, interval=interval, ended_by="customer" if end else None
                )
            )
    return rows


def test_small_plans_share_a_model_and_large_ones_do_not(signed):
    groups = learn(signed(book({"large": 160, "small": 50, "tiny": 20})))
    assert [(one.plans, one.pooled, len(one.rows)) for one in groups] == [
        (("large",), False, 160),
        (("small", "tiny"), True, 70),
    ]


def test_every_contract_is_in_one_group(signed):
    c = signed(book({"a": 150, "b": 30}) + book({"c": 20, "d": 3}, "year"))
    rows = np.concatenate([one.rows for one in learn(c)])
    assert sorted(rows.tolist()) == list(range(len(c)))


def test_where_even_the_small_ones_together_are_too_few_all_share(signed):
    groups = learn(signed(book({"large": 160, "tiny": 4})))
    assert [(one.plans, len(one.rows)) for one in groups] == [(("large", "tiny"), 164)]
    assert groups[0].fitted is not None


# -- the demo, whose truth is known -------------------------------------------------------------------------------------
def test_expected_losses_are_those_of_the_true_chances(business, club):
    """Σ P(loss) over contracts of a period, against Σ θ + payment failures of the customers themselves."""
    as_of = business.span.end
    c = contracts(club.engine.arrow(ordered(stretches(club.table("subscriptions"), as_of))), as_of)
    found = value(c, learn(c), TERMS)
    truth = business.customer_truth
    theta = dict(zip(truth["customer_id"].to_pylist(), truth["cancel_hazard"].to_pylist(), strict=True))
    failure = business.truth["world"]["payment_failure"]
    for place, cycle in enumerate(c.cycles):
        mine = np.flatnonzero(c.running & (c.cycle == place))
        true = np.array([theta[c.customers[int(c.customer[k])].as_py()] for k in mine])
        expected = true + (1 - true) * failure
        pauses = business.truth["world"]["pauses"] if cycle.months == 1 else 0.0
        lost_in_pauses = pauses * (1 - business.truth["world"]["resumes"])
        assert found.loss[mine].mean() == pytest.approx(expected.mean() + lost_in_pauses, rel=0.3)


def test_value_of_a_hold_out_is_what_then_came(business, club):
    """Learnt up to a year before the end; the bills of the year as they were really paid lie within the interval."""
    until = business.span.end
    as_of = Period.months(12).before(until)
    given = club.table("subscriptions")
    c = contracts(club.engine.arrow(ordered(stretches(given, as_of))), as_of)
    terms = Terms(until, Rate(0.0), 1.0, seed=3)
    found = value(c, learn(c), terms)
    later = contracts(club.engine.arrow(ordered(stretches(given, until))), until)
    key = {
        (later.customers[int(k)].as_py(), str(b)): n
        for n, (k, b) in enumerate(zip(later.customer, later.began, strict=True))
    }
    running = np.flatnonzero(c.running)
    paid = []
    for k in running:
        n = key[c.customers[int(c.customer[k])].as_py(), str(c.began[k])]
        bills = int(later.renewals[n] - c.renewals[k])
        paid.append(bills * c.mrr[k] * c.cycles[c.cycle[k]].in_months)
    paid = np.array(paid)
    assert found.total["low"] * 0.97 <= paid.sum() <= found.total["high"] * 1.03
    inside = (paid >= found.low[running] - 0.01) & (paid <= found.high[running] + 0.01)
    assert inside.mean() >= 0.85


def test_a_customer_adds_up_their_contracts(signed):
    rows = [
        stretch("c", date(2025, 1, 10), None, 10, plan="A"),
        stretch("c", date(2024, 6, 20), None, 30, plan="B", interval="year", quantity=3),
        stretch("gone", date(2025, 1, 10), date(2025, 3, 10), 10),
    ]
    c = signed(rows)
    found = value(c, together(c, stated(ShiftedBetaGeometric().at(SBG.parameters))), TERMS)
    (row,) = by_customer(c, found).to_pylist()
    assert (row["customer_id"], row["mrr"], row["plan"], row["interval"], row["contracts"], row["seats"]) == (
        "c", 40, "B", "yearly", 2, 4,
    )  # fmt: skip
    assert row["next_renewal_at"] == date(2026, 1, 10)
    running = c.running
    assert row["subscription_clv"] == pytest.approx(found.value[running].sum())
    assert row["residual_value"] == pytest.approx(found.residual[running].sum())
    assert row["probability_active_at_horizon"] == pytest.approx(1 - np.prod(1 - found.active[running]))
    assert row["expected_loss_at_renewal"] == pytest.approx(found.expected_loss[running].sum())
