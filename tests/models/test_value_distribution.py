"""Probabilities below an amount, or a number, are those of a simulation, and the inverse of the predictive intervals."""

from __future__ import annotations

import numpy as np
import pytest
from tests.models.test_predictive import HORIZON, ORDERS, SPEND, future

from lifeworth.errors import InputError
from lifeworth.models import BetaGeoNBD, GammaGamma, History, ParetoNBD, SpendHistory
from lifeworth.models.predictive import count_intervals, value_intervals
from lifeworth.models.value_distribution import count_below, value_below

AMOUNTS = (5.0, 40.0, 300.0, 2000.0)


@pytest.fixture(scope="module")
def customers() -> tuple[History, SpendHistory]:
    h = History([0, 0, 1, 3, 8, 20, 60], [0, 0, 4, 28, 29, 30, 30], [1, 30, 30, 30, 30, 30, 31])
    return h, SpendHistory(h.x, [0.0, 0.0, 20.0, 70.0, 30.0, 45.0, 12.0])


@pytest.fixture(scope="module")
def drawn(customers: tuple[History, SpendHistory]) -> np.ndarray:
    return future(*customers, 40_000, np.random.default_rng(3))


@pytest.fixture(scope="module")
def fitted() -> tuple:
    """Models with a covariance, and many customers of each x, so that probabilities come from a grid."""
    rng = np.random.default_rng(8)
    h = BetaGeoNBD().at(ORDERS).simulate(rng.integers(5, 60, 3000).astype(float), rng).history
    s = GammaGamma().at(SPEND).simulate(h.x, rng)
    return BetaGeoNBD().fit(h), GammaGamma().fit(s), h, s


@pytest.mark.parametrize("amount", AMOUNTS)
def test_below_an_amount_lies_what_a_simulation_has_there(customers, drawn, amount) -> None:
    less, at_most = value_below(BetaGeoNBD().at(ORDERS), GammaGamma().at(SPEND), *customers, HORIZON, amount)
    assert at_most == pytest.approx((drawn <= amount).mean(axis=1), abs=0.01)
    assert (less == at_most).all()


def test_at_nothing_the_step_is_the_chance_of_no_order(customers) -> None:
    orders = BetaGeoNBD().at(ORDERS)
    less, at_most = value_below(orders, GammaGamma().at(SPEND), *customers, HORIZON, 0.0)
    assert (less == 0).all()
    assert at_most == pytest.approx(1 - orders.probability_of_order(customers[0], HORIZON), abs=1e-9)


def test_nobody_spends_less_than_nothing_and_nobody_without_end(customers) -> None:
    found = [
        value_below(BetaGeoNBD().at(ORDERS), GammaGamma().at(SPEND), *customers, HORIZON, amount)[1]
        for amount in (-1.0, np.inf)
    ]
    assert (found[0] == 0).all()
    assert found[1] == pytest.approx(1, abs=1e-6)


def test_it_is_the_inverse_of_the_predictive_intervals(fitted) -> None:
    orders, spend, h, s = fitted
    ends = value_intervals(orders, spend, h, s, HORIZON)
    below = value_below(orders, spend, h, s, HORIZON, ends.high)[1]
    paid = ends.high > 0
    assert below[paid] == pytest.approx(0.95, abs=0.01)
    assert (below[~paid] >= 0.95).all()


def test_rows_interpolated_on_a_grid_are_those_computed_alone(fitted) -> None:
    orders, spend, h, s = fitted
    amount = np.random.default_rng(1).lognormal(4.0, 1.0, len(h))
    together = value_below(orders, spend, h, s, HORIZON, amount)[1]
    rows = np.arange(0, len(h), 97)
    alone = value_below(orders, spend, h.take(rows), SpendHistory(s.x[rows], s.mean_value[rows]), HORIZON, amount[rows])
    assert together[rows] == pytest.approx(alone[1], abs=5e-4)


def test_more_lies_below_a_larger_amount(fitted) -> None:
    orders, spend, h, s = fitted
    found = np.array([value_below(orders, spend, h, s, HORIZON, amount)[1] for amount in (0.0, *AMOUNTS)])
    assert (np.diff(found, axis=0) >= -1e-9).all()


def test_discounting_moves_the_amount(customers) -> None:
    orders, spend = BetaGeoNBD().at(ORDERS), GammaGamma().at(SPEND)
    h, _ = customers
    factor = orders.expected_discounted_orders(h, 0.02, HORIZON) / orders.expected_orders(h, HORIZON)
    later = value_below(orders, spend, *customers, HORIZON, 100.0 * factor, rate=0.02)[1]
    assert later == pytest.approx(value_below(orders, spend, *customers, HORIZON, 100.0)[1], abs=1e-9)


@pytest.mark.parametrize(
    "model", [BetaGeoNBD().at(ORDERS), ParetoNBD().at({"r": 0.6, "alpha": 10, "s": 0.6, "beta": 12})]
)
@pytest.mark.parametrize("number", [0, 1, 3, 17])
def test_below_a_number_lies_the_sum_of_the_single_probabilities(customers, model, number) -> None:
    h, _ = customers
    table = model.order_count_probability(h, list(range(number + 1)), HORIZON)
    less, at_most = count_below(model, h, HORIZON, number)
    assert at_most == pytest.approx(table.sum(axis=1), abs=2e-4)
    assert less == pytest.approx(table[:, :number].sum(axis=1), abs=2e-4)


def test_numbers_taken_together_are_interpolated_between_the_interval_s_ends() -> None:
    h, orders = History([3000.0], [100.0], [100.0]), BetaGeoNBD().at({"r": 2, "alpha": 1, "a": 0.01, "b": 5})
    ends = count_intervals(orders, h, 10.0)
    assert count_below(orders, h, 10.0, ends.high)[1] == pytest.approx(0.95, abs=0.01)


def test_an_amount_for_each_customer_or_one_for_all(customers) -> None:
    with pytest.raises(InputError, match="one for all"):
        value_below(BetaGeoNBD().at(ORDERS), GammaGamma().at(SPEND), *customers, HORIZON, [1.0, 2.0])


def test_an_amount_that_is_no_number_is_refused(customers) -> None:
    with pytest.raises(InputError, match="are none"):
        value_below(BetaGeoNBD().at(ORDERS), GammaGamma().at(SPEND), *customers, HORIZON, float("nan"))
