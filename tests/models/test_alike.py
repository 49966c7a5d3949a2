"""Customers of equal covariates are customers of one plain model, and so are their intervals."""

from __future__ import annotations

import numpy as np
import pytest

from lifeworth.models import BetaGeoNBD, History, ParetoNBD, WithCovariates
from lifeworth.models.alike import alike
from lifeworth.models.gamma_gamma import GammaGamma
from lifeworth.models.history import SpendHistory
from lifeworth.models.predictive import count_intervals, value_intervals
from lifeworth.models.stimulus import stimulated
from lifeworth.models.value_distribution import count_below, value_below

CUSTOMERS = 1500


def fitted_and_histories():
    rng = np.random.default_rng(8)
    columns = {"web": rng.integers(0, 2, CUSTOMERS), "post": rng.integers(0, 2, CUSTOMERS)}
    columns["post"] *= 1 - columns["web"]
    given = WithCovariates(BetaGeoNBD(), transaction=tuple(columns), dropout=tuple(columns))
    truth = {"r": 0.8, "alpha": 6.0, "a": 0.7, "b": 2.5, "transaction.web": 0.6, "transaction.post": -0.3}
    truth |= {"dropout.web": -0.4, "dropout.post": 0.2}
    data = given.at(truth).simulate(rng.integers(4, 60, CUSTOMERS).astype(float), rng, covariates=columns).history
    return given.fit(data), data


@pytest.fixture(scope="module")
def shop():
    return fitted_and_histories()


def test_a_model_without_covariates_has_one_group_which_is_itself(shop) -> None:
    _, h = shop
    fitted = ParetoNBD().at({"r": 1.0, "alpha": 5.0, "s": 1.0, "beta": 9.0})
    (_, theirs, part), *others = alike(fitted, h)
    assert (theirs, part, others) == (fitted, h, [])


def test_every_customer_is_in_one_group(shop) -> None:
    fitted, h = shop
    rows = np.concatenate([rows for rows, _, _ in alike(fitted, h)])
    assert sorted(rows.tolist()) == list(range(len(h)))


def test_a_group_is_predicted_by_its_plain_model_as_by_the_whole_one(shop) -> None:
    fitted, h = shop
    whole = fitted.expected_orders(h, 20.0)
    for rows, theirs, part in alike(fitted, h):
        assert theirs.model.covariates == ()
        assert theirs.expected_orders(part, 20.0) == pytest.approx(whole[rows], rel=1e-12)


def test_other_habits_are_kept_in_every_group(shop) -> None:
    fitted, h = shop
    faster = stimulated(fitted, frequency=1.3)
    whole = count_intervals(faster, h, 20.0)
    for rows, theirs, part in alike(faster, h):
        assert theirs.expected_orders(part, 20.0) == pytest.approx(faster.expected_orders(h, 20.0)[rows], rel=1e-12)
        assert count_intervals(theirs, part, 20.0).high.tolist() == whole.high[rows].tolist()


def test_what_is_open_about_a_group_is_what_draws_of_all_parameters_show(shop) -> None:
    fitted, h = shop
    draws = fitted.draws(40_000, np.random.default_rng(2))
    for rows, theirs, _ in alike(fitted, h):
        z = [float(getattr(h, f"covariate {name}")[rows[0]]) for name in fitted.model.covariates]
        own = np.log([fitted.model.filling(theta.tolist()).function(*z) for theta in draws[:4000]])
        assert np.cov(own.T) == pytest.approx(theirs.log_covariance, abs=0.1 * np.diag(theirs.log_covariance).max())


def test_intervals_do_not_depend_on_how_customers_are_grouped(shop) -> None:
    """Against a loop over single customers, each a plain model of their own."""
    fitted, h = shop
    rng = np.random.default_rng(1)
    s = SpendHistory(h.x, rng.gamma(4.0, 10.0, len(h)))
    spend = GammaGamma().fit(s.with_purchases())
    counts, values = count_intervals(fitted, h, 20.0), value_intervals(fitted, spend, h, s, 20.0, rate=0.002)
    below, worth = count_below(fitted, h, 20.0, 1), value_below(fitted, spend, h, s, 20.0, 50.0, 0.002)
    for rows, theirs, part in alike(fitted, h):
        some = slice(0, 5)
        alone, money = part.take(some), s.take(rows[some])
        assert count_intervals(theirs, alone, 20.0).high.tolist() == counts.high[rows[some]].tolist()
        found = value_intervals(theirs, spend, alone, money, 20.0, rate=0.002)
        assert found.high == pytest.approx(values.high[rows[some]], rel=5e-3)
        assert count_below(theirs, alone, 20.0, 1)[1] == pytest.approx(below[1][rows[some]], rel=1e-6)
        assert value_below(theirs, spend, alone, money, 20.0, 50.0, 0.002)[1] == pytest.approx(
            worth[1][rows[some]], rel=5e-3
        )


def test_the_interval_of_a_total_holds_the_doubt_about_effects() -> None:
    fitted, h = fitted_and_histories()
    sure = count_intervals(fitted.with_parameters(fitted.theta), h, 20.0)
    unsure = count_intervals(fitted, h, 20.0)
    assert unsure.total_high - unsure.total_low > 1.02 * (sure.total_high - sure.total_low)


def test_a_take_and_a_subsample_keep_the_covariates() -> None:
    h = History([1, 2, 3], [1, 2, 3], [5, 5, 5], covariates={"web": [0, 1, 1]})
    assert h.take([2, 0]).covariates["web"].tolist() == [1, 0]
    assert h.subsample(3).covariates["web"].tolist() == [0, 1, 1]
