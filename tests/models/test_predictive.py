"""Predictive intervals hold what they say, for counts and for money, and equal a simulation of the same customers."""

from __future__ import annotations

import numpy as np
import pytest

from lifeworth.errors import InputError
from lifeworth.models import BetaGeoNBD, GammaGamma, History, SpendHistory
from lifeworth.models.predictive import count_intervals, value_intervals

ORDERS = {"r": 0.9, "alpha": 5.0, "a": 0.6, "b": 2.2}
SPEND = {"p": 5.0, "q": 4.5, "v": 30.0}
HORIZON = 12.0


def future(h: History, s: SpendHistory, draws: int, rng: np.random.Generator) -> np.ndarray:
    """What customers with these histories then spend, drawn one by one from what the models assume: (customers × draws)."""
    r, alpha, a, b = ORDERS.values()
    p, q, v = SPEND.values()
    alive = BetaGeoNBD().at(ORDERS).probability_alive(h)
    money = np.zeros((len(h), draws))
    for row in range(len(h)):
        rate = rng.gamma(r + h.x[row], 1 / (alpha + h.T[row]), draws)
        stays = rng.geometric(rng.beta(a, b + h.x[row], draws))
        orders = np.minimum(rng.poisson(rate * HORIZON), stays) * (rng.uniform(size=draws) < alive[row])
        nu = rng.gamma(q + p * s.x[row], 1 / (v + s.x[row] * s.mean_value[row]), draws)
        some = orders > 0
        money[row, some] = rng.gamma(p * orders[some]) / nu[some]
    return money


@pytest.fixture(scope="module")
def customers() -> tuple[History, SpendHistory]:
    h = History([0, 0, 1, 3, 8, 20, 60], [0, 0, 4, 28, 29, 30, 30], [1, 30, 30, 30, 30, 30, 31])
    return h, SpendHistory(h.x, [0.0, 0.0, 20.0, 70.0, 30.0, 45.0, 12.0])


def test_points_of_value_are_those_of_a_simulation(customers: tuple[History, SpendHistory]) -> None:
    h, s = customers
    found = value_intervals(BetaGeoNBD().at(ORDERS), GammaGamma().at(SPEND), h, s, HORIZON)
    drawn = future(h, s, 40_000, np.random.default_rng(1))
    for row in range(len(h)):
        # as levels, since where an order more or less decides a quantile jumps
        assert (drawn[row] <= found.high[row]).mean() == pytest.approx(0.95, abs=0.006)
        assert (drawn[row] < found.low[row]).mean() <= 0.056


def test_the_total_has_the_spread_of_a_simulation(customers: tuple[History, SpendHistory]) -> None:
    h, s = customers
    many = History(np.tile(h.x, 60), np.tile(h.t_x, 60), np.tile(h.T, 60))
    spends = SpendHistory(np.tile(s.x, 60), np.tile(s.mean_value, 60))
    found = value_intervals(BetaGeoNBD().at(ORDERS), GammaGamma().at(SPEND), many, spends, HORIZON)
    rng = np.random.default_rng(2)
    totals = sum(future(h, s, 4000, rng).sum(axis=0) for _ in range(60))
    low, high = np.quantile(totals, [0.05, 0.95])
    assert found.total_low == pytest.approx(low, rel=0.01)
    assert found.total_high == pytest.approx(high, rel=0.01)


def test_discounting_scales_every_point(customers: tuple[History, SpendHistory]) -> None:
    h, s = customers
    orders, spend = BetaGeoNBD().at(ORDERS), GammaGamma().at(SPEND)
    plain = value_intervals(orders, spend, h, s, HORIZON)
    less = value_intervals(orders, spend, h, s, HORIZON, rate=0.02)
    factor = orders.expected_discounted_orders(h, 0.02, HORIZON) / orders.expected_orders(h, HORIZON)
    assert less.high == pytest.approx(plain.high * factor, rel=1e-9)


def test_doubt_about_the_parameters_widens_the_total() -> None:
    rng = np.random.default_rng(5)
    model = BetaGeoNBD()
    h = model.at(ORDERS).simulate(rng.uniform(5, 30, 300), rng).history
    fitted = model.fit(h)
    unsure = count_intervals(fitted, h, HORIZON)
    sure = count_intervals(model.at(fitted.parameters), h, HORIZON)
    assert unsure.total_high - unsure.total_low > 1.2 * (sure.total_high - sure.total_low)


def test_the_interval_of_a_total_holds_it_nine_times_in_ten() -> None:
    rng = np.random.default_rng(6)
    model, inside = BetaGeoNBD(), 0
    for _ in range(24):
        drawn = model.at(ORDERS).simulate(rng.integers(5, 30, 500).astype(float), rng, horizon=HORIZON)
        found = count_intervals(model.fit(drawn.history), drawn.history, HORIZON)
        inside += found.total_low <= drawn.later.sum() <= found.total_high
    assert 0.7 <= inside / 24 <= 1


def test_like_customers_have_like_intervals_whatever_their_order(customers: tuple[History, SpendHistory]) -> None:
    h, s = customers
    orders, spend = BetaGeoNBD().at(ORDERS), GammaGamma().at(SPEND)
    one = value_intervals(orders, spend, h, s, HORIZON)
    back = value_intervals(
        orders, spend, History(h.x[::-1], h.t_x[::-1], h.T[::-1]), SpendHistory(s.x[::-1], s.mean_value[::-1]), HORIZON
    )
    assert back.high[::-1] == pytest.approx(one.high, rel=1e-12)


def test_customers_of_thousands_of_orders_have_intervals_around_what_is_expected() -> None:
    h = History([3000, 40_000], [100, 700], [100, 700])
    orders = BetaGeoNBD().at(ORDERS)
    found = count_intervals(orders, h, 1.0)
    expected = orders.expected_orders_if_alive(h, 1.0)
    assert (found.low < expected).all()
    assert (expected < found.high).all()
    assert found.high == pytest.approx(expected, rel=0.5)


def test_rows_of_orders_and_spends_must_be_the_same_customers(customers: tuple[History, SpendHistory]) -> None:
    h, _ = customers
    with pytest.raises(InputError, match="same customers"):
        value_intervals(BetaGeoNBD().at(ORDERS), GammaGamma().at(SPEND), h, SpendHistory([1], [2.0]), HORIZON)


def test_levels_rise_between_nought_and_one(customers: tuple[History, SpendHistory]) -> None:
    with pytest.raises(InputError, match="Levels rise"):
        count_intervals(BetaGeoNBD().at(ORDERS), customers[0], HORIZON, levels=(0.9, 0.1))
