"""Chains agree with the weighted normal approximation, say whether they may be trusted, and are an extra."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from lifeworth.errors import InputError, ModelError
from lifeworth.models import NBD, BetaGeoNBD, GammaGamma, History
from lifeworth.models.nuts import nuts
from lifeworth.models.posterior import Chains


def few_customers(size: int = 60) -> History:
    rng = np.random.default_rng(5)
    return NBD().at({"r": 0.8, "alpha": 6.0}).simulate(rng.uniform(5, 30, size), rng).history


def customers(size: int) -> History:
    rng = np.random.default_rng(8)
    return BetaGeoNBD().at({"r": 0.8, "alpha": 6.0, "a": 0.7, "b": 2.5}).simulate(rng.uniform(5, 40, size), rng).history


@pytest.mark.parametrize("method", ["ml", "map"])
def test_chains_and_the_weighted_approximation_agree(method: str) -> None:
    """Two computations of one posterior: means within four Monte-Carlo errors, spreads within 10 %."""
    fitted = BetaGeoNBD().fit(customers(800), method=method)
    chains, weighted = fitted.posterior(2000, method="nuts", seed=1), fitted.posterior(8000, seed=2)
    assert chains.trusted
    assert weighted.trusted
    for column in range(4):
        logs = [np.log(found.theta[:, column]) for found in (chains, weighted)]
        middle = [found.weights @ log for found, log in zip((chains, weighted), logs, strict=True)]
        spread = [
            np.sqrt(found.weights @ (log - m) ** 2)
            for found, log, m in zip((chains, weighted), logs, middle, strict=True)
        ]
        error = np.hypot(spread[0] / np.sqrt(chains.effective), spread[1] / np.sqrt(weighted.effective))
        assert abs(middle[0] - middle[1]) < 4 * error
        assert spread[0] == pytest.approx(spread[1], rel=0.1)


def test_few_customers_have_the_posterior_of_integration_on_a_grid() -> None:
    """Where the posterior is far from normal."""
    fitted = NBD().fit(few_customers(), method="map")
    found = fitted.posterior(4000, method="nuts", seed=3)
    reach = 6 * np.sqrt(np.diag(fitted.log_covariance))
    grids = [np.linspace(c - s, c + s, 161) for c, s in zip(np.log(fitted.theta), reach, strict=True)]
    objective = fitted.objective(few_customers())
    heights = np.array([[-objective(np.array([a, b]), 0)[0] for b in grids[1]] for a in grids[0]])
    share = np.exp(heights - heights.max())
    share /= share.sum()
    for axis, symbol in enumerate(("r", "alpha")):
        values, weights = np.exp(grids[axis]), share.sum(axis=1 - axis)
        assert found.means[symbol] == pytest.approx(float(values @ weights), rel=0.04)
        low, high = found.intervals(0.9)[symbol]
        cumulated = np.cumsum(weights)
        assert low == pytest.approx(values[np.searchsorted(cumulated, 0.05)], rel=0.08)
        assert high == pytest.approx(values[np.searchsorted(cumulated, 0.95)], rel=0.08)


def test_the_same_seed_gives_the_same_chains() -> None:
    fitted = NBD().fit(few_customers())
    one, other = (fitted.posterior(200, method="nuts", seed=3) for _ in range(2))
    assert one.theta.tolist() == other.theta.tolist()
    assert one.theta.tolist() != fitted.posterior(200, method="nuts", seed=4).theta.tolist()


def test_draws_of_chains_count_alike_and_are_as_many_as_asked_for() -> None:
    found = NBD().fit(few_customers(500)).posterior(1000, method="nuts", seed=2)
    assert found.theta.shape == (1000, 2)
    assert (found.weights == 1 / 1000).all()
    assert found.k_hat is None
    assert found.diagnostics.chains == 4
    assert found.diagnostics.divergences == 0
    assert set(found.diagnostics.r_hat) == {"r", "alpha"}
    assert found.effective == min(found.diagnostics.effective.values())
    assert found.trusted


def test_chains_that_do_not_mix_diverge_or_are_short_are_not_trusted() -> None:
    good = {"r": 1.001, "alpha": 1.002}
    many = {"r": 900.0, "alpha": 800.0}
    assert Chains(4, good, many, 0).trusted
    assert not Chains(4, {**good, "alpha": 1.02}, many, 0).trusted
    assert not Chains(4, {**good, "alpha": float("nan")}, many, 0).trusted
    assert not Chains(4, good, {**many, "r": 300.0}, 0).trusted
    assert not Chains(4, good, many, 1).trusted


def test_a_spend_model_has_chains_too() -> None:
    rng = np.random.default_rng(5)
    spends = GammaGamma().at({"p": 6.0, "q": 4.0, "v": 15.0}).simulate(rng.poisson(3.0, 400), rng)
    fitted = GammaGamma().fit(spends, method="map")
    chains, weighted = fitted.posterior(2000, method="nuts", seed=1), fitted.posterior(4000, seed=1)
    assert chains.trusted
    for symbol, mean in weighted.means.items():
        assert chains.means[symbol] == pytest.approx(mean, rel=0.05)


def test_too_few_draws_for_four_chains_are_refused() -> None:
    with pytest.raises(InputError, match="at least 16"):
        NBD().fit(few_customers()).posterior(10, method="nuts")


def test_without_the_sampler_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nutpie", None)
    fitted = NBD().fit(few_customers())
    with pytest.raises(ModelError, match="not installed") as caught:
        fitted.posterior(method="nuts")
    assert "lifeworth[nuts]" in str(caught.value)


@pytest.mark.parametrize("divided", [False, True])
def test_points_without_a_likelihood_are_left_and_counted(divided: bool) -> None:
    """A likelihood that ends at a wall, where it is no number or divides by 0: draws stay inside it, and what ran into it is told."""

    class Walled:
        model = NBD()
        theta = np.ones(2)
        log_covariance = np.eye(2)
        boundary = ()

        def objective(self, _: object) -> object:
            def wall(point: np.ndarray, order: int) -> tuple[float, np.ndarray, None]:
                inside = np.abs(point).max() < 0.5
                outside = 1 / float(inside) if divided else np.nan
                return (0.5 * float(point @ point) if inside else outside), point, None

            return wall

    found = nuts(Walled(), few_customers(), 400, np.random.default_rng(1))
    assert (np.abs(np.log(found.theta)) < 0.5).all()
    assert found.diagnostics.divergences > 0
    assert not found.trusted


@pytest.mark.data
def test_cdnow_agrees_with_pymc(data_dir: Path, reference_dir: Path) -> None:
    """Roughly: its priors are other ones, and weak as ours."""
    table = np.genfromtxt(data_dir / "btyd_reference" / "cdnow_sample_cbs.csv", delimiter=",", names=True)
    fitted = BetaGeoNBD().fit(History(table["x"], table["t_x"], table["T"]), method="map")
    found = fitted.posterior(2000, method="nuts", seed=1)
    stated = json.loads((reference_dir / "pymc_bgnbd_mcmc_cdnow.json").read_text())["summary"]
    assert found.trusted
    for column, symbol in enumerate(fitted.model.symbols):
        assert abs(found.means[symbol] - stated[symbol]["mean"]) < 0.6 * stated[symbol]["sd"]
        assert found.theta[:, column].std() == pytest.approx(stated[symbol]["sd"], rel=0.5)
