"""Intervals over the draws of a posterior: the mixture over all of them, in memory that does not know how many there are."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest

from lifeworth.errors import InputError
from lifeworth.models import (
    NBD,
    BetaGeoBetaBernoulli,
    BetaGeoNBD,
    GammaGamma,
    History,
    ModifiedBetaGeoNBD,
    ParetoNBD,
    SpendHistory,
    WithCovariates,
)
from lifeworth.models import posterior_predictive as streamed
from lifeworth.models.doubt import few_points
from lifeworth.models.posterior import Posterior
from lifeworth.models.predictive import count_intervals, value_intervals

HORIZON = 12.0
TRUTHS = {
    NBD: {"r": 0.8, "alpha": 6.0},
    BetaGeoNBD: {"r": 0.8, "alpha": 6.0, "a": 0.7, "b": 2.5},
    ModifiedBetaGeoNBD: {"r": 0.9, "alpha": 5.0, "a": 0.8, "b": 2.0},
    ParetoNBD: {"r": 0.8, "alpha": 6.0, "s": 0.9, "beta": 14.0},
    BetaGeoBetaBernoulli: {"alpha": 1.2, "beta": 0.9, "gamma": 0.7, "delta": 3.0},
}
SPEND = {"p": 5.0, "q": 4.5, "v": 30.0}


def drawn(model: type, size: int, seed: int = 3) -> History:
    rng = np.random.default_rng(seed)
    return model().at(TRUTHS[model]).simulate(rng.integers(2, 40, size).astype(float), rng).history


def spends(h: History, seed: int = 4) -> SpendHistory:
    return GammaGamma().at(SPEND).simulate(h.x, np.random.default_rng(seed))


def unsure(model: type, size: int = 200) -> tuple[Any, Posterior, History]:
    """A model fitted to so few customers that its parameters are in doubt."""
    h = drawn(model, size)
    fitted = model().fit(h, method="map")
    return fitted, fitted.posterior(1000, seed=1), h


@pytest.mark.parametrize("model", TRUTHS)
def test_count_points_are_those_of_the_mixture_written_out(model: type) -> None:
    fitted, posterior, h = unsure(model)
    few = h.take(slice(0, 25))
    found = count_intervals(fitted, few, HORIZON, posterior=posterior)
    n, every = (np.arange(13), 40) if model is BetaGeoBetaBernoulli else (np.arange(50), 8)
    chance = sum(
        weight * fitted.with_parameters(vector).order_count_probability(few, n, HORIZON)
        for vector, weight in zip(posterior.theta[::every], posterior.weights[::every], strict=True)
    )
    reached = np.cumsum(chance / chance.sum(axis=1, keepdims=True), axis=1)
    for row in range(len(few)):
        # as levels: a hair may decide which whole number it is
        high, low = int(found.high[row]), int(found.low[row])
        assert reached[row, high] >= 0.95 - 0.006
        assert high == 0 or reached[row, high - 1] < 0.95 + 0.006
        assert reached[row, low] >= 0.05 - 0.006
        assert low == 0 or reached[row, low - 1] < 0.05 + 0.006


def test_value_points_are_those_of_a_simulation_under_every_draw() -> None:
    fitted, posterior, h = unsure(BetaGeoNBD, 120)
    s = spends(h)
    taste = GammaGamma().fit(s, method="map")
    tastes = taste.posterior(1000, seed=2)
    found = value_intervals(fitted, taste, h, s, HORIZON, posterior=posterior, spend_posterior=tastes)
    rng = np.random.default_rng(5)
    times = 20_000
    habits, money = posterior.resampled(times, rng), rng.permutation(tastes.resampled(times, rng))
    for row in (0, *np.argsort(h.x)[-6:]):
        r, alpha, a, b = habits.T
        x, t_x, T = (np.full(times, value[row]) for value in (h.x, h.t_x, h.T))
        alive = rng.uniform(size=times) < BetaGeoNBD().alive(x, t_x, T, r, alpha, a, b)
        orders = np.minimum(rng.poisson(rng.gamma(r + x, 1 / (alpha + T)) * HORIZON), rng.geometric(rng.beta(a, b + x)))
        p, q, v = money.T
        nu = rng.gamma(q + p * x, 1 / (v + x * s.mean_value[row]))
        some = alive & (orders > 0)
        value = np.zeros(times)
        value[some] = rng.gamma(p[some] * orders[some]) / nu[some]
        assert (value <= found.high[row]).mean() == pytest.approx(0.95, abs=0.01)
        assert (value < found.low[row]).mean() <= 0.06


def test_the_total_has_the_spread_of_a_simulation_under_every_draw() -> None:
    fitted, posterior, h = unsure(BetaGeoNBD)
    found = count_intervals(fitted, h, HORIZON, posterior=posterior)
    rng = np.random.default_rng(6)
    totals = []
    for r, alpha, a, b in posterior.resampled(4000, rng):
        alive = rng.uniform(size=len(h)) < BetaGeoNBD().alive(h.x, h.t_x, h.T, r, alpha, a, b)
        rates = rng.gamma(r + h.x, 1 / (alpha + h.T))
        orders = np.minimum(rng.poisson(rates * HORIZON), rng.geometric(rng.beta(a, b + h.x)))
        totals.append((alive * orders).sum())
    low, high = np.quantile(totals, [0.05, 0.95])
    assert found.total_low == pytest.approx(low, rel=0.03)
    assert found.total_high == pytest.approx(high, rel=0.03)


def test_a_posterior_without_doubt_has_the_intervals_of_given_parameters() -> None:
    h = drawn(BetaGeoNBD, 300)
    s = spends(h)
    orders, taste = BetaGeoNBD().at(TRUTHS[BetaGeoNBD]), GammaGamma().at(SPEND)
    sure = [Posterior(f, np.tile(f.theta, (50, 1)), np.full(50, 1 / 50), 0.1) for f in (orders, taste)]
    one, other = count_intervals(orders, h, HORIZON), count_intervals(orders, h, HORIZON, posterior=sure[0])
    assert (one.high == other.high).mean() > 0.995
    assert (other.total_low, other.total_high) == pytest.approx((one.total_low, one.total_high), rel=1e-3)
    for rate in (0.0, 0.02):
        one = value_intervals(orders, taste, h, s, HORIZON, rate=rate)
        other = value_intervals(orders, taste, h, s, HORIZON, rate=rate, posterior=sure[0], spend_posterior=sure[1])
        assert other.high == pytest.approx(one.high, rel=5e-3, abs=0.05)
        assert (other.total_low, other.total_high) == pytest.approx((one.total_low, one.total_high), rel=2e-3)


def test_each_posterior_may_be_given_alone() -> None:
    fitted, posterior, h = unsure(NBD)
    s = spends(h)
    taste = GammaGamma().fit(s, method="map")
    tastes = taste.posterior(500, seed=2)
    both = value_intervals(fitted, taste, h, s, HORIZON, posterior=posterior, spend_posterior=tastes)
    for found in (
        value_intervals(fitted, taste, h, s, HORIZON, posterior=posterior),
        value_intervals(fitted, taste, h, s, HORIZON, spend_posterior=tastes),
    ):
        assert found.high == pytest.approx(both.high, rel=0.05, abs=0.5)
        assert found.total_high == pytest.approx(both.total_high, rel=0.02)


def test_the_judgement_of_the_posterior_reaches_the_reader() -> None:
    fitted, posterior, h = unsure(NBD)
    s = spends(h)
    taste = GammaGamma().fit(s, method="map")
    bad = Posterior(taste, np.tile(taste.theta, (20, 1)), np.full(20, 0.05), 0.9)
    found = value_intervals(fitted, taste, h, s, HORIZON, posterior=posterior, spend_posterior=bad)
    assert found.k_hat == 0.9
    assert found.trusted is False
    found = count_intervals(fitted, h, HORIZON, posterior=posterior)
    assert found.k_hat == posterior.k_hat
    assert found.trusted is True
    assert count_intervals(fitted, h, HORIZON).trusted is None


def test_covariates_have_intervals_over_draws_too() -> None:
    h = drawn(BetaGeoNBD, 300)
    web = History(h.x, h.t_x, h.T, covariates={"web": np.arange(len(h)) % 2})
    fitted = WithCovariates(BetaGeoNBD(), transaction=("web",)).fit(web, method="map")
    found = count_intervals(fitted, web, HORIZON, posterior=fitted.posterior(500, seed=1))
    usual = count_intervals(fitted, web, HORIZON)
    assert (np.abs(found.high - usual.high) <= 1).all()
    assert found.total_high == pytest.approx(usual.total_high, rel=0.05)


def test_like_rows_weights_and_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    fitted, posterior, h = unsure(ModifiedBetaGeoNBD)
    twice = History(np.r_[h.x, h.x], np.r_[h.t_x, h.t_x], np.r_[h.T, h.T])
    one = count_intervals(fitted, twice, HORIZON, posterior=posterior)
    other = count_intervals(fitted, History(h.x, h.t_x, h.T, np.full(len(h), 2.0)), HORIZON, posterior=posterior)
    assert one.high[: len(h)].tolist() == other.high.tolist() == one.high[len(h) :].tolist()
    assert one.total_high == pytest.approx(other.total_high, rel=1e-12)
    monkeypatch.setattr(streamed, "BLOCK", 37)
    monkeypatch.setattr(streamed, "CHUNK", 5000)
    small = count_intervals(fitted, twice, HORIZON, posterior=posterior)
    assert (small.high == one.high).mean() > 0.99
    assert small.total_high == pytest.approx(one.total_high, rel=1e-4)


def test_memory_does_not_grow_with_histories_times_draws() -> None:
    rng = np.random.default_rng(9)
    model = BetaGeoNBD()
    drawn = model.at(TRUTHS[BetaGeoNBD]).simulate(rng.integers(1, 300, 60_000).astype(float), rng).history
    h = History(drawn.x, np.minimum(np.ceil(drawn.t_x), drawn.T), drawn.T)
    fitted = model.fit(h)
    posterior = fitted.posterior(400, seed=1)
    peaks, histories = [], []
    for rows in (slice(0, 100), slice(0, 25_000), slice(None)):  # the first fills what is remembered anyway
        part = h.take(rows)
        histories.append(len(part.compress()))
        tracemalloc.start()
        count_intervals(fitted, part, HORIZON, posterior=posterior)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert histories[1] > streamed.BLOCK
    assert peaks[2] - peaks[1] < 0.5 * (histories[2] - histories[1]) * streamed.DRAWS * 8


def test_few_draws_stand_for_all() -> None:
    fitted, posterior, _ = unsure(BetaGeoNBD)
    few = np.log(posterior.few(200))
    every = np.log(posterior.theta)
    middle = posterior.weights @ every
    spread = np.sqrt(posterior.weights @ (every - middle) ** 2)
    assert np.abs((few.mean(axis=0) - middle) / spread).max() < 0.2
    assert few.std(axis=0) == pytest.approx(spread, rel=0.15)
    assert len(few_points(fitted)) == 8


def test_a_posterior_of_another_model_is_refused() -> None:
    fitted, _, h = unsure(BetaGeoNBD)
    _, other, _ = unsure(NBD)
    with pytest.raises(InputError, match="posterior of NBD, not of BG/NBD"):
        count_intervals(fitted, h, HORIZON, posterior=other)
