from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from lifeworth.evaluation import metrics
from lifeworth.evaluation.calibration import (
    Band,
    Coverage,
    bands,
    calibration_error,
    coverage,
    pit_coverage,
    pit_coverage_by_tenth,
    pit_histogram,
    unevenness,
    unevenness_by_chance,
)

ALL = (
    metrics.mae,
    metrics.rmse,
    metrics.bias,
    metrics.relative_bias,
    metrics.spearman,
    metrics.normalised_gini,
    metrics.top_share,
    metrics.pearson,
)
amounts = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=20)


@given(amounts, st.sampled_from(ALL))
def test_a_measure_is_a_finite_number_or_says_why_not(pairs, measure) -> None:
    found = measure([a for a, _ in pairs], [b for _, b in pairs])
    assert np.isfinite(found.value) if found.value is not None else found.reason != ""


@given(amounts, st.sampled_from(ALL), st.randoms())
def test_the_order_of_the_customers_never_matters(pairs, measure, random) -> None:
    shuffled = random.sample(pairs, len(pairs))
    one, other = (measure([a for a, _ in p], [b for _, b in p]).value for p in (pairs, shuffled))
    assert one == other or one == pytest.approx(other, abs=1e-12)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=20))
def test_spearman_agrees_with_scipy_where_it_is_defined(pairs) -> None:
    a, b = np.array(pairs).T
    found = metrics.spearman(a, b).value
    assert found is None or found == pytest.approx(stats.spearmanr(a, b).statistic)


def test_the_relative_bias_of_nothing_is_not_defined() -> None:
    assert metrics.relative_bias([0, 0], [1, 2]) == metrics.Score(None, "the actual total is not above 0")


def test_ranking_measures_say_that_a_constant_prediction_ranks_nobody() -> None:
    found = {m([0, 1, 2], [1, 1, 1]).reason for m in (metrics.spearman, metrics.normalised_gini, metrics.top_share)}
    assert found == {"the prediction is the same for every customer"} | {
        "the prediction is the same for every customer"
    }


def test_one_customer_has_no_rank() -> None:
    assert metrics.spearman([1], [1]).value is None


def test_the_true_order_has_a_normalised_gini_of_one() -> None:
    assert metrics.normalised_gini([0, 3, 1, 7], [0, 30, 10, 70]).value == pytest.approx(1)


def test_the_reversed_order_has_a_normalised_gini_of_minus_one() -> None:
    assert metrics.normalised_gini([0, 3, 1, 7], [9, 2, 3, 1]).value == pytest.approx(-1)


def test_the_gini_of_the_covariance_form_is_that_of_the_lorenz_curve() -> None:
    y, f = np.array([4.0, 1, 0, 7, 2]), np.array([5.0, 2, 1, 4, 3])
    areas = []
    for by in (f, y):
        curve = np.append(0, np.cumsum(y[np.argsort(by)]) / y.sum())
        areas.append(0.5 - np.trapezoid(curve, dx=1 / y.size))
    assert metrics.normalised_gini(y, f).value == pytest.approx(areas[0] / areas[1])


def test_the_top_tenth_of_fifteen_customers_is_one_and_a_half() -> None:
    actual = np.r_[10.0, 8.0, np.ones(13)]
    assert metrics.top_share(actual, np.arange(15)[::-1]).value == pytest.approx((10 + 4) / 31)


def test_customers_of_equal_prediction_share_the_top_places() -> None:
    assert metrics.top_share([10, 0, 0, 0], [2, 2, 1, 1], share=0.25).value == pytest.approx(0.5)


def test_a_forecast_that_is_not_finite_is_refused() -> None:
    with pytest.raises(ValueError, match="not a finite number"):
        metrics.mae([1.0], [np.nan])


# -- calibration ------------------------------------------------------------------------------------------------------
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3)), min_size=1, max_size=60))
def test_bands_hold_every_customer_and_all_that_they_bought(pairs) -> None:
    actual, predicted = np.array(pairs, float).T
    found = bands(actual, predicted)
    totals = [sum(band.customers * getattr(band, name) for band in found) for name in ("actual", "predicted")]
    assert_allclose(totals, [actual.sum(), predicted.sum()], atol=1e-9)


def test_bands_of_a_constant_prediction_do_not_depend_on_the_order_of_the_rows() -> None:
    assert {band.actual for band in bands(np.arange(20.0), np.ones(20))} == {9.5}


def test_fewer_customers_than_groups_make_a_group_each() -> None:
    assert len(bands([1, 2, 3], [1, 2, 3])) == 3


def test_both_ends_belong_to_an_interval() -> None:
    found = coverage([0, 1, 2, 3], [1, 1, 1, 1], [2, 2, 2, 2])
    assert (found.inside, found.below, found.above) == (0.5, 0.25, 0.25)


def test_the_coverage_of_nobody_says_so() -> None:
    assert coverage([], [], []).reason == "there are no customers to compare"


@pytest.fixture
def counts() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(7)
    mean = rng.gamma(1.0, 2.0, 5000)
    drawn = rng.poisson(mean)
    return stats.poisson.cdf(drawn - 1, mean), stats.poisson.cdf(drawn, mean)


def test_the_pit_of_right_distributions_is_even(counts) -> None:
    assert unevenness(*counts).value < unevenness_by_chance(5000, 0.999)


def test_the_pit_of_wrong_distributions_is_not(counts) -> None:
    assert unevenness(counts[0] ** 2, counts[1] ** 2).value > 3 * unevenness_by_chance(5000, 0.999)


@pytest.fixture(params=["counts", "amounts", "both"])
def stretches(request, counts) -> tuple[np.ndarray, np.ndarray]:
    """P(Y < y) and P(Y ≤ y): of counts, of a continuous amount, and of one that is often nothing."""
    point = np.random.default_rng(4).random(400) ** 1.3
    few = counts[0][:400], counts[1][:400]
    if request.param == "counts":
        return few
    return (point, point) if request.param == "amounts" else (np.r_[few[0], point], np.r_[few[1], point])


def drawn_points(stretches) -> np.ndarray:
    """The randomised PIT as the literature has it, drawn 500 times."""
    lower, upper = stretches
    return lower + np.random.default_rng(9).random((500, lower.size)) * (upper - lower)


def test_the_distance_from_evenness_is_that_of_the_mean_of_all_draws(stretches) -> None:
    points = np.sort(drawn_points(stretches).reshape(-1))
    steps = np.arange(points.size + 1) / points.size
    assert unevenness(*stretches).value == pytest.approx(
        max((steps[1:] - points).max(), (points - steps[:-1]).max()), abs=0.004
    )


def test_the_coverage_is_the_mean_of_all_draws(stretches) -> None:
    points = drawn_points(stretches)
    found = pit_coverage(*stretches, 0.9)
    expected = [(points < 0.05).mean(), (points > 0.95).mean(), ((points >= 0.05) & (points <= 0.95)).mean()]
    assert [found.below, found.above, found.inside] == pytest.approx(expected, abs=0.002)


def test_the_coverage_of_tenths_adds_up_to_that_of_all(counts) -> None:
    tenths = pit_coverage_by_tenth(*counts, counts[0], 0.9)
    assert len(tenths) == 10
    assert sum(one.inside * one.customers for one in tenths) / 5000 == pytest.approx(pit_coverage(*counts).inside)


def test_customers_of_one_prediction_count_alike_in_every_tenth(counts) -> None:
    found = pit_coverage_by_tenth(*counts, np.ones(5000), 0.9)
    assert {round(one.inside, 12) for one in found} == {round(pit_coverage(*counts).inside, 12)}


@given(st.randoms())
def test_no_measure_of_distributions_depends_on_the_order_of_the_rows(random) -> None:
    lower = np.linspace(0, 0.8, 40)
    upper, f = lower + 0.2 * (np.arange(40) % 3 > 0), np.arange(40) % 7
    order = np.array(random.sample(range(40), 40))
    for measure in (
        lambda o: unevenness(lower[o], upper[o]).value,
        lambda o: pit_coverage(lower[o], upper[o]).inside,
        lambda o: [one.inside for one in pit_coverage_by_tenth(lower[o], upper[o], f[o])],
    ):
        assert measure(order) == pytest.approx(measure(np.arange(40)), abs=1e-12)


@pytest.mark.parametrize(
    ("inside", "customers", "kept"), [(0.87, 10_000, True), (0.84, 10_000, False), (0.84, 100, True)]
)
def test_a_promise_is_kept_within_what_is_tolerated_or_what_chance_does(inside, customers, kept) -> None:
    assert Coverage(0.9, inside, 0.0, 1 - inside, customers).kept is kept


def test_the_calibration_error_is_the_part_of_the_total_that_groups_are_off() -> None:
    assert calibration_error([Band(1, 10, 2.0, 1.0), Band(2, 10, 2.0, 3.0)]).value == pytest.approx(0.5)


def test_the_calibration_error_of_nothing_says_so() -> None:
    assert calibration_error([]).value is None


def test_the_pit_histogram_of_right_distributions_is_flat(counts) -> None:
    assert_allclose(pit_histogram(*counts), 0.1, atol=0.015)


def test_the_pit_histogram_holds_everyone(counts) -> None:
    assert pit_histogram(*counts).sum() == pytest.approx(1)
