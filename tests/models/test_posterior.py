"""Draws from the posterior say what they are worth, and agree with integration on a grid."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from lifeworth.errors import InputError, ModelError
from lifeworth.models import NBD, BetaGeoNBD, History, ModifiedBetaGeoNBD, from_json
from lifeworth.models.posterior import pareto_shape, smoothed


def few_customers(size: int = 60) -> History:
    rng = np.random.default_rng(5)
    return NBD().at({"r": 0.8, "alpha": 6.0}).simulate(rng.uniform(5, 30, size), rng).history


def test_moments_agree_with_integration_on_a_grid() -> None:
    h = few_customers()
    fitted = NBD().fit(h)
    found = fitted.posterior(4000, seed=1)
    reach = 6 * np.sqrt(np.diag(fitted.log_covariance))
    grids = [np.linspace(c - s, c + s, 161) for c, s in zip(np.log(fitted.theta), reach, strict=True)]
    objective = NBD().objective(h)
    heights = np.array([[-objective(np.array([a, b]), 0)[0] for b in grids[1]] for a in grids[0]])
    share = np.exp(heights - heights.max())
    share /= share.sum()
    for axis, symbol in enumerate(("r", "alpha")):
        values, weights = np.exp(grids[axis]), share.sum(axis=1 - axis)
        mean = float(values @ weights)
        assert found.means[symbol] == pytest.approx(mean, rel=0.03)
        low, high = found.intervals(0.9)[symbol]
        cumulated = np.cumsum(weights)
        assert low == pytest.approx(values[np.searchsorted(cumulated, 0.05)], rel=0.06)
        assert high == pytest.approx(values[np.searchsorted(cumulated, 0.95)], rel=0.06)


def test_weights_sum_to_one_and_good_draws_are_trusted() -> None:
    found = NBD().fit(few_customers(500)).posterior(1000, seed=2)
    assert found.weights.sum() == pytest.approx(1)
    assert found.trusted
    assert 500 < found.effective <= 1000


def test_a_posterior_without_an_end_is_never_trusted() -> None:
    """So few customers may all be alike in leaving: with a and b beyond all bounds they are hardly less likely, and no draw gets there."""
    truth = ModifiedBetaGeoNBD().at({"r": 5.0, "alpha": 40.0, "a": 0.3, "b": 3.0})
    rng = np.random.default_rng(42)
    found = BetaGeoNBD().fit(truth.simulate(rng.uniform(20, 104, 60), rng).history).posterior(500, seed=1)
    assert found.k_hat < 0.4
    assert found.endless
    assert not found.trusted
    rng = np.random.default_rng(42)
    many = ModifiedBetaGeoNBD().fit(truth.simulate(rng.uniform(20, 104, 20_000), rng).history).posterior(500, seed=1)
    assert not many.endless
    assert many.trusted


def test_the_same_seed_gives_the_same_draws() -> None:
    fitted = NBD().fit(few_customers())
    one, other = fitted.posterior(200, seed=3), fitted.posterior(200, seed=3)
    assert one.theta.tolist() == other.theta.tolist()
    assert one.theta.tolist() != fitted.posterior(200, seed=4).theta.tolist()


def test_averages_are_those_of_the_draws_one_by_one() -> None:
    h = few_customers()
    found = NBD().fit(h).posterior(100, seed=5)
    mean, spread = found.average(lambda fitted: fitted.expected_orders(h, 10))
    table = np.array([NBD().at(dict(zip(("r", "alpha"), v, strict=True))).expected_orders(h, 10) for v in found.theta])
    assert mean == pytest.approx(found.weights @ table, rel=1e-10)
    assert spread**2 == pytest.approx(found.weights @ (table - mean) ** 2, rel=1e-8)


def test_resampled_draws_have_the_moments_of_the_weighted_ones() -> None:
    found = NBD().fit(few_customers()).posterior(2000, seed=6)
    plain = found.resampled(20_000, np.random.default_rng(1))
    assert plain.mean(axis=0) == pytest.approx(list(found.means.values()), rel=1e-3)


@pytest.mark.parametrize("shape", [-0.3, 0.2, 0.8])
def test_the_shape_of_a_pareto_tail_is_found(shape: float) -> None:
    excess = np.sort(stats.genpareto.rvs(shape, scale=2.0, size=4000, random_state=np.random.default_rng(2)))
    found, scale = pareto_shape(excess)
    assert found == pytest.approx(shape, abs=0.08)
    assert scale == pytest.approx(2.0, rel=0.1)


def test_weights_with_a_long_tail_are_not_trusted() -> None:
    rng = np.random.default_rng(3)
    _, good = smoothed(rng.normal(0, 0.3, 2000))
    _, bad = smoothed(rng.exponential(1.0, 2000) * 1.2)
    assert good < 0.5
    assert bad > 0.7


def test_given_parameters_and_read_models_have_no_posterior() -> None:
    with pytest.raises(ModelError, match="given, not estimated"):
        NBD().at({"r": 1.0, "alpha": 2.0}).posterior()
    with pytest.raises(ModelError, match="read from a file"):
        from_json(NBD().fit(few_customers()).to_json()).posterior()
    with pytest.raises(InputError, match="laplace"):
        NBD().fit(few_customers()).posterior(method="guess")


def test_a_boundary_has_no_posterior_by_approximation() -> None:
    rng = np.random.default_rng(3)
    T = rng.uniform(50, 100, 1000)
    counts = rng.poisson(rng.gamma(2.0, 1 / 20, T.size) * T)
    fitted = BetaGeoNBD().fit(History(counts, np.where(counts > 0, T * rng.beta(np.maximum(counts, 1), 1), 0.0), T))
    for method in ("laplace", "nuts"):
        with pytest.raises(ModelError, match="is not held by the data") as caught:
            fitted.posterior(method=method)
        assert 'method="map"' in str(caught.value)
