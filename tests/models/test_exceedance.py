"""The probability to bring at least so much: against simulation, at its ends, and the amount that a share of customers reaches."""

from __future__ import annotations

import numpy as np
import pytest

from lifeworth.errors import InputError
from lifeworth.models import BetaGeoNBD, GammaGamma, History, ModifiedBetaGeoNBD, ParetoNBD, SpendHistory
from lifeworth.models.exceedance import (
    count_exceedance,
    count_threshold,
    reached_by,
    value_exceedance,
    value_threshold,
)

HORIZON = 30.0
MODELS = {
    "beta_geo": BetaGeoNBD().at({"r": 0.6, "alpha": 6.0, "a": 0.8, "b": 2.9}),
    "modified": ModifiedBetaGeoNBD().at({"r": 0.7, "alpha": 6.0, "a": 0.9, "b": 1.9}),
    "pareto": ParetoNBD().at({"r": 0.55, "alpha": 7.5, "s": 0.6, "beta": 11.6}),
}
SPEND = GammaGamma().at({"p": 3.0, "q": 3.5, "v": 20.0})
PEOPLE = History(x=[0, 1, 4, 15], t_x=[0, 10, 33, 38], T=[20, 39, 35, 39])
SPENT = SpendHistory(x=[1, 2, 5, 16], mean_value=[30.0, 8.0, 25.0, 60.0])


def lived(name, row, size, rng):
    """Orders in the horizon and their money, drawn customer by customer from what is known of one of them."""
    fitted, h = MODELS[name], PEOPLE
    theta = fitted.parameters
    rates = rng.gamma(theta["r"] + h.x[row], 1 / (theta["alpha"] + h.T[row]), size)
    alive = rng.random(size) < fitted.probability_alive(h)[row]
    if name == "pareto":
        leaving = rng.gamma(theta["s"], 1 / (theta["beta"] + h.T[row]), size)
        until = np.minimum(rng.exponential(size=size) / leaving, HORIZON)
        orders = rng.poisson(rates * until)
    else:
        m = h.x[row] + fitted.recipe.risk
        last = rng.geometric(rng.beta(theta["a"], theta["b"] + m, size))
        orders = np.minimum(rng.poisson(rates * HORIZON), last)
    orders = np.where(alive, orders, 0)
    p, q, v = SPEND.theta
    nu = rng.gamma(q + p * SPENT.x[row], 1 / (v + SPENT.x[row] * SPENT.mean_value[row]), size)
    return orders, np.where(orders > 0, rng.gamma(p * np.maximum(orders, 1)) / nu, 0.0)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("row", range(4))
def test_it_is_the_share_of_simulated_futures_that_bring_so_much(name, row):
    orders, money = lived(name, row, 100_000, np.random.default_rng(row))
    for amount in (10.0, 60.0, 250.0):
        chance = value_exceedance(MODELS[name], SPEND, PEOPLE, SPENT, HORIZON, amount)[row]
        error = np.sqrt(chance * (1 - chance) / money.size) + 5e-4
        assert abs((money >= amount).mean() - chance) < 4 * error
    for number in (1, 3, 10):
        chance = count_exceedance(MODELS[name], PEOPLE, HORIZON, number)[row]
        error = np.sqrt(chance * (1 - chance) / money.size) + 2e-4
        assert abs((orders >= number).mean() - chance) < 4 * error


@pytest.mark.parametrize("name", MODELS)
def test_nothing_is_brought_for_sure_and_next_to_nothing_by_any_order(name):
    fitted = MODELS[name]
    assert value_exceedance(fitted, SPEND, PEOPLE, SPENT, HORIZON, 0.0) == pytest.approx(np.ones(4), abs=0)
    least = value_exceedance(fitted, SPEND, PEOPLE, SPENT, HORIZON, 1e-9)
    assert least == pytest.approx(fitted.probability_of_order(PEOPLE, HORIZON), rel=1e-3)
    assert count_exceedance(fitted, PEOPLE, HORIZON, 0) == pytest.approx(np.ones(4), abs=0)
    assert count_exceedance(fitted, PEOPLE, HORIZON, 1) == pytest.approx(
        fitted.probability_of_order(PEOPLE, HORIZON), rel=1e-9
    )


@pytest.mark.parametrize("name", MODELS)
def test_more_is_never_likelier(name):
    amounts = np.geomspace(0.01, 5000, 40)
    chances = np.array([value_exceedance(MODELS[name], SPEND, PEOPLE, SPENT, HORIZON, a) for a in amounts])
    assert (np.diff(chances, axis=0) <= 1e-12).all()
    assert chances[-1].max() < chances[0].min()
    numbers = np.array([count_exceedance(MODELS[name], PEOPLE, HORIZON, n) for n in range(30)])
    assert (np.diff(numbers, axis=0) <= 1e-12).all()


def crowd(name, size=2000, seed=3):
    rng = np.random.default_rng(seed)
    drawn = MODELS[name].simulate(rng.integers(7, 700, size) / 7, rng, HORIZON)
    h = drawn.history
    return h, SPEND.simulate(h.x + 1, rng), drawn.later


@pytest.mark.parametrize("share", [0.02, 0.1, 0.2])
def test_the_threshold_is_what_the_share_is_expected_to_reach(share):
    h, s, _ = crowd("modified")
    threshold = value_threshold(MODELS["modified"], SPEND, h, s, HORIZON, share)
    chance = value_exceedance(MODELS["modified"], SPEND, h, s, HORIZON, threshold)
    assert chance.mean() == pytest.approx(share, rel=1e-3)
    both = reached_by(MODELS["modified"], SPEND, h, s, HORIZON, share)
    assert both[0] == pytest.approx(threshold, rel=1e-12)
    assert both[1] == pytest.approx(chance, abs=1e-12)


def test_a_discount_lowers_the_threshold():
    h, s, _ = crowd("pareto")
    plain, less = (value_threshold(MODELS["pareto"], SPEND, h, s, HORIZON, 0.1, rate=rate) for rate in (0.0, 0.01))
    assert 0.7 * plain < less < plain


def test_money_in_another_unit_moves_the_threshold_and_no_probability():
    h, s, _ = crowd("modified")
    p, q, v = SPEND.theta
    cents = GammaGamma().at({"p": p, "q": q, "v": 100 * v})
    in_cents = SpendHistory(s.x, 100 * s.mean_value)
    one, other = (
        reached_by(MODELS["modified"], spend, h, known, HORIZON, 0.1)
        for spend, known in ((SPEND, s), (cents, in_cents))
    )
    assert other[0] == pytest.approx(100 * one[0], rel=1e-4)
    assert other[1] == pytest.approx(one[1], abs=1e-4)


def test_where_fewer_order_at_all_any_order_is_enough():
    h, s, _ = crowd("beta_geo")
    threshold, chance = reached_by(MODELS["beta_geo"], SPEND, h, s, HORIZON, 0.99)
    assert threshold < 1e-6
    assert chance == pytest.approx(MODELS["beta_geo"].probability_of_order(h, HORIZON), abs=1e-3)


@pytest.mark.parametrize("share", [0.02, 0.1, 0.3])
def test_the_number_of_orders_is_the_least_that_no_more_than_the_share_reach(share):
    h, _, _ = crowd("modified")
    number = count_threshold(MODELS["modified"], h, HORIZON, share)
    assert count_exceedance(MODELS["modified"], h, HORIZON, number).mean() <= share
    assert number == 1 or count_exceedance(MODELS["modified"], h, HORIZON, number - 1).mean() > share


@pytest.mark.parametrize("name", MODELS)
def test_in_a_world_of_the_model_as_many_reach_it_as_are_expected(name):
    h, s, later = crowd(name, 15_000)
    rng = np.random.default_rng(11)
    p, q, v = SPEND.theta
    nu = rng.gamma(q + p * s.x, 1 / (v + s.x * s.mean_value))
    money = np.where(later > 0, rng.gamma(p * np.maximum(later, 1)) / nu, 0.0)
    threshold, chance = reached_by(MODELS[name], SPEND, h, s, HORIZON, 0.1)
    for low, high in ((0, 0.02), (0.02, 0.1), (0.1, 0.3), (0.3, 0.6), (0.6, 1.0)):
        rows = (chance >= low) & (chance < high)
        expected, error = chance[rows].sum(), np.sqrt((chance[rows] * (1 - chance[rows])).sum())
        assert abs((money[rows] >= threshold).sum() - expected) < 4 * error + 0.5


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1, 10.0])
def test_a_share_that_is_none_is_refused(share):
    h, s, _ = crowd("modified", 50)
    with pytest.raises(InputError, match="between 0 and 1"):
        value_threshold(MODELS["modified"], SPEND, h, s, HORIZON, share)


def test_nobody_reaches_nothing():
    with pytest.raises(InputError, match="customers"):
        count_threshold(MODELS["modified"], History([], [], []), HORIZON, 0.1)
