"""What every model of repeat orders promises."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifeworth.errors import DataError, InputError
from lifeworth.models import History
from lifeworth.models.predictive import count_intervals, probability_integral

HORIZON = 8.0


def fixed(case: Any) -> Any:
    return case.model().at(case.truth)


def draw(case: Any, size: int = 3000, seed: int = 7) -> Any:
    return case.data(case.model(), case.truth, size, np.random.default_rng(seed))


def shapes(case: Any) -> Any:
    """Parameters over four decades."""
    return st.tuples(*(st.floats(-2, 2).map(lambda power: 10**power) for _ in case.truth))


def test_days_or_weeks_give_the_same_model(time_case: Any) -> None:
    weeks = draw(time_case)
    days = History(weeks.x, 7 * weeks.t_x, 7 * weeks.T)
    one, other = time_case.model().fit(weeks), time_case.model().fit(days)
    for symbol, value in one.parameters.items():
        factor = 7 if symbol in time_case.time_parameters else 1
        assert other.parameters[symbol] == pytest.approx(factor * value, rel=1e-5)
    # each of the Σx times is a density, 7 times thinner in days
    assert other.log_likelihood == pytest.approx(one.log_likelihood - weeks.x.sum() * np.log(7), rel=1e-9)
    assert other.probability_alive(days) == pytest.approx(one.probability_alive(weeks), rel=1e-5)
    assert other.expected_orders(days, 7 * HORIZON) == pytest.approx(one.expected_orders(weeks, HORIZON), rel=1e-5)


def test_extreme_customers_are_finite(order_case: Any) -> None:
    fitted, extreme = fixed(order_case), order_case.extreme
    for answer in (
        fitted.log_likelihoods(extreme),
        fitted.probability_alive(extreme),
        fitted.probability_alive(extreme, later=HORIZON),
        fitted.expected_orders(extreme, 520),
        fitted.expected_orders(extreme, 0),
        fitted.expected_discounted_orders(extreme, 0.002, 156),
        fitted.expected_discounted_orders(extreme, 0.002),
        fitted.probability_of_order(extreme, 52),
        fitted.order_count_probability(extreme, [0, 1, 10, 1000], 520),
    ):
        assert np.isfinite(answer).all()
    assert (fitted.time_to_next_order(extreme) > 0).all()  # infinite where the customer more likely leaves first


def test_probabilities_are_probabilities(order_case: Any) -> None:
    fitted, extreme = fixed(order_case), order_case.extreme
    for chance in (
        fitted.probability_alive(extreme),
        fitted.probability_of_order(extreme, 52),
        fitted.order_count_probability(extreme, [0, 1, 2, 50], 520),
    ):
        assert (chance >= 0).all()
        assert (chance <= 1 + 1e-12).all()


def test_the_counts_sum_to_one_and_have_the_expected_mean(order_case: Any) -> None:
    h = draw(order_case, 40)
    fitted = fixed(order_case)
    table = fitted.order_count_probability(h, np.arange(400), HORIZON)
    assert table.sum(axis=1) == pytest.approx(np.ones(len(h)), abs=1e-9)
    assert table @ np.arange(400) == pytest.approx(fitted.expected_orders(h, HORIZON), rel=1e-7)
    assert 1 - table[:, 0] == pytest.approx(fitted.probability_of_order(h, HORIZON), rel=1e-9)


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_expected_orders_are_the_sum_of_at_least_n(time_case: Any, data: st.DataObject) -> None:
    fitted = time_case.model().at(dict(zip(time_case.truth, data.draw(shapes(time_case)), strict=True)))
    x, T = data.draw(st.integers(0, 30)), data.draw(st.floats(0.01, 100))
    t = data.draw(st.floats(0.01, 2.0)) * T / (x + 1)
    n = np.arange(1.0, 3000)
    tails = fitted.recipe.at_least_if_alive(np.array(float(x)), np.array(T), n, t, *fitted.theta)
    if tails[-1] < 1e-14:
        h = History([x], [T if x else 0.0], [T])
        assert fitted.expected_orders_if_alive(h, t)[0] == pytest.approx(tails.sum(), rel=1e-9)


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_the_rate_is_the_derivative_of_the_expectation(time_case: Any, data: st.DataObject) -> None:
    fitted = time_case.model().at(dict(zip(time_case.truth, data.draw(shapes(time_case)), strict=True)))
    x, T = data.draw(st.sampled_from([0, 1, 5, 40, 3000])), data.draw(st.floats(0.1, 1000))
    end = data.draw(st.floats(0.01, 10)) * T
    h = History([x], [T if x else 0.0], [T])
    # an order discounted at next to nothing is an order
    assert fitted.expected_discounted_orders_if_alive(h, 1e-12 / end, end)[0] == pytest.approx(
        fitted.expected_orders_if_alive(h, end)[0], rel=1e-8
    )


def test_expectations_over_adjoining_spans_add_up(order_case: Any) -> None:
    h, fitted = draw(order_case, 50), fixed(order_case)
    parts = fitted.expected_orders(h, 3) + fitted.expected_orders(h, HORIZON, start=3)
    assert parts == pytest.approx(fitted.expected_orders(h, HORIZON), rel=1e-9)


def test_discounting_lowers_and_a_horizon_cuts(order_case: Any) -> None:
    h, fitted = draw(order_case, 50), fixed(order_case)
    near = fitted.expected_discounted_orders(h, 0.01, HORIZON)
    far = fitted.expected_discounted_orders(h, 0.01)
    assert (near < fitted.expected_orders(h, HORIZON)).all()
    assert (near < far).all()
    assert fitted.expected_discounted_orders(h, 0.01, 3000) == pytest.approx(far, rel=1e-9)
    assert fitted.expected_discounted_orders(h, 0.0, HORIZON) == pytest.approx(fitted.expected_orders(h, HORIZON))


def test_an_endless_horizon_needs_a_discount(order_case: Any) -> None:
    with pytest.raises(InputError, match="no finite value"):
        fixed(order_case).expected_discounted_orders(draw(order_case, 20), 0.0)


def test_being_alive_later_is_less_likely(order_case: Any) -> None:
    h, fitted = draw(order_case, 50), fixed(order_case)
    assert (fitted.probability_alive(h, later=5) <= fitted.probability_alive(h)).all()
    assert (fitted.probability_alive(h, later=6) <= fitted.probability_alive(h, later=5)).all()


def test_what_customers_then_do_agrees_with_what_was_expected(order_case: Any) -> None:
    rng = np.random.default_rng(11)
    fitted = fixed(order_case)
    drawn = fitted.simulate(order_case.ages(40_000, rng), rng, horizon=HORIZON)
    h = drawn.history
    expected = fitted.expected_orders(h, HORIZON)
    error = drawn.later.std() / np.sqrt(len(h))
    assert expected.mean() == pytest.approx(drawn.later.mean(), abs=4 * error)
    assert fitted.probability_alive(h).mean() == pytest.approx(drawn.alive.mean(), abs=4 * 0.5 / np.sqrt(len(h)))
    assert fitted.probability_of_order(h, HORIZON).mean() == pytest.approx(
        (drawn.later > 0).mean(), abs=4 * 0.5 / np.sqrt(len(h))
    )
    for some in (h.x == 0, h.x == 1, h.x > 3):
        error = drawn.later[some].std() / np.sqrt(some.sum())
        assert expected[some].mean() == pytest.approx(drawn.later[some].mean(), abs=4.5 * error)


def test_new_customers_order_as_often_as_expected(order_case: Any) -> None:
    rng = np.random.default_rng(12)
    fitted = fixed(order_case)
    x = fitted.simulate(np.full(40_000, HORIZON), rng).history.x
    assert fitted.expected_orders_new(HORIZON)[0] == pytest.approx(x.mean(), abs=4 * x.std() / 200)
    assert fitted.expected_orders_new([0.0, 1.0, 2.0])[0] == 0


def test_nine_in_ten_customers_fall_into_their_interval(order_case: Any) -> None:
    rng = np.random.default_rng(13)
    drawn = fixed(order_case).simulate(order_case.ages(6000, rng), rng, horizon=HORIZON)
    fitted = order_case.model().fit(drawn.history)
    found = count_intervals(fitted, drawn.history, HORIZON)
    inside = (drawn.later >= found.low) & (drawn.later <= found.high)
    assert 0.89 < inside.mean() < 0.99  # counts are discrete, so it holds at least what it says
    assert found.total_low < drawn.later.sum() < found.total_high
    at = probability_integral(fitted, drawn.history, HORIZON, drawn.later, rng)
    assert np.abs(np.quantile(at, [0.05, 0.25, 0.5, 0.75, 0.95]) - [0.05, 0.25, 0.5, 0.75, 0.95]).max() < 0.025


def test_count_intervals_are_the_quantiles_of_the_count(order_case: Any) -> None:
    h, fitted = draw(order_case, 60), fixed(order_case)
    found = count_intervals(fitted, h, HORIZON)
    cumulated = fitted.order_count_probability(h, np.arange(300), HORIZON).cumsum(axis=1)
    assert found.low.tolist() == (cumulated < 0.05).sum(axis=1).tolist()
    assert found.high.tolist() == (cumulated < 0.95).sum(axis=1).tolist()


def test_nobody_with_a_second_order_is_no_ground_for_a_model(order_case: Any) -> None:
    with pytest.raises(DataError, match="bought twice"):
        order_case.model().fit(History(np.zeros(50), np.zeros(50), np.full(50, 9.0)))


def test_no_customers_have_no_answers(order_case: Any) -> None:
    nobody = History([], [], [])
    assert fixed(order_case).expected_orders(nobody, HORIZON).shape == (0,)
    assert fixed(order_case).probability_alive(nobody).shape == (0,)


def test_counts_of_new_customers_are_those_of_a_customer_of_no_age(order_case: Any) -> None:
    fitted, n = fixed(order_case), [0, 1, 2, 7]
    born = History([0.0], [0.0], [0.0])
    found = fitted.order_count_probability_new(n, [0.0, 1.0, 3.0, HORIZON])
    for row, horizon in zip(found, (0.0, 1.0, 3.0, HORIZON), strict=True):
        assert row == pytest.approx(fitted.order_count_probability(born, n, horizon)[0], abs=1e-12)


def test_counts_of_new_customers_are_those_of_simulated_ones(order_case: Any) -> None:
    rng = np.random.default_rng(14)
    ages = order_case.ages(20_000, rng)
    x = fixed(order_case).simulate(ages, rng).history.x
    found = fixed(order_case).order_count_probability_new([0, 1, 2], ages).sum(axis=0)
    actual = np.bincount(x.astype(int), minlength=3)[:3]
    assert actual == pytest.approx(found, abs=4 * 0.5 * np.sqrt(ages.size))
