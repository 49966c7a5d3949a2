"""Customers who change their habits from today on: what is believed of them stays, what they do later follows the factors."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special

from lifeworth.errors import InputError, ModelError
from lifeworth.models import NBD, BetaGeoBetaBernoulli, BetaGeoNBD, History, ModifiedBetaGeoNBD, ParetoNBD
from lifeworth.models.covariates import WithCovariates
from lifeworth.models.predictive import count_intervals
from lifeworth.models.stimulus import stimulated

MODELS = {
    "nbd": NBD().at({"r": 0.7, "alpha": 6.0}),
    "pareto": ParetoNBD().at({"r": 0.55, "alpha": 10.5, "s": 0.6, "beta": 11.6}),
    "beta_geo": BetaGeoNBD().at({"r": 0.25, "alpha": 4.4, "a": 0.8, "b": 2.4}),
    "modified": ModifiedBetaGeoNBD().at({"r": 0.5, "alpha": 6.0, "a": 0.9, "b": 1.9}),
}
PEOPLE = History(x=[0, 0, 1, 3, 12, 60], t_x=[0, 0, 4, 30, 38, 90], T=[0, 39, 39, 32, 39, 100])


def by_quadrature(name, fitted, x, T, horizon, rate, frequency, leaving):
    """Expected discounted orders given alive, as an average over the customer's own rates by Gauss's rules.

    Given the rates it is λ(1 − e^(−(λp+δ)H)) ÷ (λp+δ), with μ for λp in Pareto/NBD.
    """
    theta = fitted.parameters
    nodes, weights = special.roots_genlaguerre(90, theta["r"] + x - 1)
    rates, chance = frequency * nodes / (theta["alpha"] + T), weights / weights.sum()
    if name == "nbd":
        gone, share = np.zeros(1), np.ones(1)
    elif name == "pareto":
        lives, share = special.roots_genlaguerre(90, theta["s"] - 1)
        gone = leaving * lives / (theta["beta"] + T)
    else:
        m = x + fitted.recipe.risk
        size, mean = theta["a"] + theta["b"] + m, leaving * theta["a"] / (theta["a"] + theta["b"] + m)
        points, share = special.roots_jacobi(60, size * (1 - mean) - 1, size * mean - 1)
        gone = (1 + points) / 2
    leaves = gone[None, :] * (rates[:, None] if name not in ("nbd", "pareto") else 1.0) + rate
    orders = rates[:, None] * -np.expm1(-leaves * horizon) / leaves
    return float(chance @ orders @ (share / share.sum()))


@pytest.mark.parametrize(
    ("name", "frequency", "leaving"),
    [
        ("nbd", 1.3, 1.0),
        *((name, *factors) for name in MODELS if name != "nbd" for factors in ((1.3, 1.0), (1.0, 0.8), (0.7, 1.2))),
    ],
)
def test_the_future_is_an_average_over_the_changed_habits(name, frequency, leaving):
    moved = stimulated(MODELS[name], frequency=frequency, leaving=leaving)
    found = moved.expected_discounted_orders_if_alive(PEOPLE, 0.002, 52.0)
    expected = [
        by_quadrature(name, MODELS[name], x, T, 52.0, 0.002, frequency, leaving)
        for x, T in zip(PEOPLE.x, PEOPLE.T, strict=True)
    ]
    assert found == pytest.approx(expected, rel=2e-4)


@pytest.mark.parametrize("name", MODELS)
def test_what_is_believed_of_today_stays(name):
    moved = stimulated(MODELS[name], frequency=1.5)
    assert moved.probability_alive(PEOPLE) == pytest.approx(MODELS[name].probability_alive(PEOPLE), rel=1e-14)


@pytest.mark.parametrize("name", MODELS)
def test_factors_of_one_change_nothing(name):
    plain, moved = MODELS[name], stimulated(MODELS[name])
    for ask in (
        lambda f: f.expected_orders(PEOPLE, 30.0),
        lambda f: f.probability_alive(PEOPLE, 30.0),
        lambda f: f.order_count_probability(PEOPLE, [0, 1, 5], 30.0),
        lambda f: f.time_to_next_order(PEOPLE, 0.3),
        lambda f: f.expected_orders_new([1.0, 20.0]),
        lambda f: count_intervals(f, PEOPLE, 30.0).high,
    ):
        assert ask(moved) == pytest.approx(ask(plain), rel=1e-9)


@pytest.mark.parametrize("name", ["beta_geo", "modified"])
def test_ordering_faster_is_living_faster_where_customers_leave_by_the_order(name):
    moved = stimulated(MODELS[name], frequency=1.4)
    assert moved.expected_orders(PEOPLE, 10.0) == pytest.approx(MODELS[name].expected_orders(PEOPLE, 14.0), rel=1e-9)
    assert moved.probability_alive(PEOPLE, 10.0) == pytest.approx(
        MODELS[name].probability_alive(PEOPLE, 14.0), rel=1e-9
    )
    assert moved.expected_orders_new(10.0) == pytest.approx(MODELS[name].expected_orders_new(14.0), rel=1e-9)


@pytest.mark.parametrize("name", ["nbd", "pareto"])
def test_where_leaving_knows_nothing_of_orders_frequency_multiplies_them(name):
    moved = stimulated(MODELS[name], frequency=1.4)
    assert moved.expected_discounted_orders(PEOPLE, 0.002, 40.0) == pytest.approx(
        1.4 * MODELS[name].expected_discounted_orders(PEOPLE, 0.002, 40.0), rel=1e-9
    )


def test_pareto_with_both_rates_faster_lives_the_same_life_in_less_time():
    moved = stimulated(MODELS["pareto"], frequency=1.4, leaving=1.4)
    assert moved.expected_orders(PEOPLE, 10.0) == pytest.approx(
        MODELS["pareto"].expected_orders(PEOPLE, 14.0), rel=1e-9
    )
    assert moved.order_count_probability(PEOPLE, 2, 10.0) == pytest.approx(
        MODELS["pareto"].order_count_probability(PEOPLE, 2, 14.0), rel=1e-7
    )


@pytest.mark.parametrize("name", MODELS)
def test_habits_changed_twice_are_changed_by_both(name):
    slower = {} if name == "nbd" else {"leaving": 0.8}
    once = stimulated(MODELS[name], frequency=1.2 * 1.1, **slower)
    twice = stimulated(stimulated(MODELS[name], frequency=1.2, **slower), frequency=1.1)
    for ask in (
        lambda f: f.expected_discounted_orders(PEOPLE, 0.002, 30.0),
        lambda f: f.probability_alive(PEOPLE, 30.0),
        lambda f: f.expected_orders_new([1.0, 20.0]),
        lambda f: count_intervals(f, PEOPLE, 30.0).high,
    ):
        assert ask(twice) == pytest.approx(ask(once), rel=1e-9)


def test_customers_drawn_with_new_habits_do_what_is_expected_of_them():
    moved = stimulated(MODELS["modified"], frequency=1.5, leaving=0.6)
    drawn = moved.simulate(np.full(200_000, 26.0), np.random.default_rng(5)).history.x
    error = drawn.std() / np.sqrt(drawn.size)
    assert abs(drawn.mean() - moved.expected_orders_new(26.0)[0]) < 4 * error
    assert moved.expected_orders_new(26.0)[0] > 1.3 * MODELS["modified"].expected_orders_new(26.0)[0]


def test_opportunities_are_taken_and_left_more_often():
    plain = BetaGeoBetaBernoulli().at({"alpha": 1.2, "beta": 0.75, "gamma": 0.66, "delta": 2.8})
    h = History(x=[0, 2, 6], t_x=[0, 4, 6], T=[6, 6, 6])
    moved = stimulated(plain, frequency=1.05, leaving=1.2)
    rng = np.random.default_rng(2)
    for row in range(3):
        x, T = h.x[row], h.T[row]
        size, mean = 1.95 + T, 1.05 * (1.2 + x) / (1.95 + T)
        p = rng.beta(size * mean, size * (1 - mean), 400_000)
        size, mean = 3.46 + T, 1.2 * 0.66 / (3.46 + T)
        lived = np.minimum(rng.geometric(rng.beta(size * mean, size * (1 - mean), p.size)) - 1, 5)
        taken = rng.binomial(lived, p)
        found = moved.expected_orders_if_alive(h.take([row]), 5)[0]
        assert abs(found - taken.mean()) < 4 * taken.std() / np.sqrt(taken.size)


def test_a_customer_with_covariates_changes_from_their_own_habits():
    model = WithCovariates(ParetoNBD(), transaction=("web",), lifetime=("web",))
    fitted = model.at({**MODELS["pareto"].parameters, "transaction.web": 0.4, "lifetime.web": -0.3})
    web = History(PEOPLE.x, PEOPLE.t_x, PEOPLE.T, covariates={"web": np.ones(6)})
    r, alpha, s, beta = MODELS["pareto"].theta
    alone = ParetoNBD().at({"r": r, "alpha": alpha * np.exp(-0.4), "s": s, "beta": beta * np.exp(0.3)})
    one, other = (stimulated(f, frequency=1.2, leaving=0.9) for f in (fitted, alone))
    assert one.expected_orders(web, 20.0) == pytest.approx(other.expected_orders(PEOPLE, 20.0), rel=1e-9)
    assert one.expected_orders_new(20.0, {"web": 1.0}) == pytest.approx(other.expected_orders_new(20.0), rel=1e-9)


@pytest.mark.parametrize("factor", [0.0, -1.0, np.nan, np.inf])
def test_a_factor_that_is_none_is_refused(factor):
    with pytest.raises(InputError, match="frequency"):
        stimulated(MODELS["pareto"], frequency=factor)


def test_a_chance_above_one_is_refused():
    moved = stimulated(MODELS["beta_geo"], leaving=5.0)
    with pytest.raises(InputError, match="pass 1"):
        moved.expected_orders(PEOPLE, 10.0)


def test_nobody_leaves_a_model_without_leaving():
    with pytest.raises(ModelError, match="never leave"):
        stimulated(MODELS["nbd"], leaving=0.9)


def test_a_what_if_is_neither_fitted_nor_saved():
    moved = stimulated(MODELS["pareto"], frequency=1.1)
    with pytest.raises(ModelError, match="not saved"):
        moved.to_json()
    with pytest.raises(ModelError, match="not fitted"):
        moved.model.fit(History(x=np.arange(20) % 3, t_x=(np.arange(20) % 3) * 2.0, T=np.full(20, 9.0)))
