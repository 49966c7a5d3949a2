from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from lifeworth.evaluation import metrics
from lifeworth.evaluation.calibration import bands, coverage, pit, pit_histogram, uniformity, uniformity_by_chance

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
    assert uniformity(pit(*counts, seed=3)).value < uniformity_by_chance(5000, 0.999)


def test_the_pit_of_wrong_distributions_is_not(counts) -> None:
    assert uniformity(pit(counts[0] ** 2, counts[1] ** 2, seed=3)).value > 3 * uniformity_by_chance(5000, 0.999)


def test_the_pit_histogram_of_right_distributions_is_flat(counts) -> None:
    assert_allclose(pit_histogram(*counts), 0.1, atol=0.015)


def test_the_pit_histogram_holds_everyone(counts) -> None:
    assert pit_histogram(*counts).sum() == pytest.approx(1)
