"""The fit vouches for what it returns, or says that it cannot."""

from __future__ import annotations

import numpy as np
import pytest

from lifeworth.errors import ConvergenceError
from lifeworth.models import BetaGeoNBD, GammaGamma, History, ModifiedBetaGeoNBD, SpendHistory
from lifeworth.models import fit as fitting
from lifeworth.models.base import Model


def bowl(point: np.ndarray, order: int) -> tuple[float, np.ndarray, np.ndarray]:
    """Rosenbrock's valley: curved, and indefinite where the search starts."""
    x, y = point
    value = (1 - x) ** 2 + 100 * (y - x * x) ** 2
    slope = np.array([-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)])
    return value, slope, np.array([[2 - 400 * (y - 3 * x * x), -400 * x], [-400 * x, 200.0]])


@pytest.mark.parametrize("start", [(-1.2, 1.0), (0.0, 2.0), (5.0, -5.0)])
def test_the_search_finds_the_bottom_of_a_curved_valley(start: tuple[float, float]) -> None:
    found = fitting.search(bowl, np.array(start), 1e-12)
    assert found is not None
    assert found.at == pytest.approx([1, 1], abs=1e-4)
    assert found.left <= 1e-12


def test_a_hessian_from_exact_gradients_is_the_hessian() -> None:
    at = np.array([0.3, -0.7])
    assert fitting.numeric_hessian(lambda p: bowl(p, 1)[1], at) == pytest.approx(bowl(at, 2)[2], rel=1e-6)


def test_a_likelihood_without_end_is_an_error_that_says_what_to_try() -> None:
    h = History([1], [1.0], [2.0])
    with pytest.raises(ConvergenceError, match="no estimate to vouch for") as caught:
        fitting.estimate(
            lambda _: lambda p, _o: (float(-p[0]), np.array([-1.0]), np.zeros((1, 1))), h, [np.zeros(1)], ["r"]
        )
    assert "fit a simpler model" in str(caught.value)


def test_a_likelihood_that_is_never_finite_is_an_error() -> None:
    h = History([1], [1.0], [2.0])
    with pytest.raises(ConvergenceError):
        fitting.estimate(lambda _: lambda p, _o: (np.nan, p, np.eye(1)), h, [np.zeros(1)], ["r"])


def base(model: Model, truth: dict[str, float], size: int, span: int, seed: int) -> History:
    """Customers on whole days, as they come from a shop."""
    rng = np.random.default_rng(seed)
    T = rng.integers(1, span + 1, size).astype(float)
    h = model.at(truth).simulate(T, rng).history
    return History(h.x, np.minimum(np.ceil(h.t_x), T), T)


def hard_bases() -> list[tuple[int, Model, dict[str, float], int]]:
    """Small bases over wide ranges of parameters: the kind on which other libraries fail or report a false success."""
    rng = np.random.default_rng(2026)
    found = []
    for seed in range(24):
        low, high = np.log([0.1, 2.0, 0.1, 0.3]), np.log([5.0, 150.0, 4.0, 15.0])
        truth = dict(zip(("r", "alpha", "a", "b"), np.exp(rng.uniform(low, high)).tolist(), strict=True))
        span = int(rng.choice([60, 180, 365, 730]))
        found += [(seed, model(), truth, span) for model in (BetaGeoNBD, ModifiedBetaGeoNBD)]
    return found


@pytest.mark.parametrize(("seed", "model", "truth", "span"), hard_bases())
def test_a_hard_base_is_fitted_without_false_success(
    seed: int, model: Model, truth: dict[str, float], span: int
) -> None:
    h = base(model, truth, 1000, span, seed)
    fitted = model.fit(h)
    assert fitted.log_likelihood >= fitted.model.at(truth).total_log_likelihood(h)
    rng = np.random.default_rng(seed)
    objective = model.objective(h.compress())
    for _ in range(3):
        found = fitting.search(objective, np.log(list(truth.values())) + rng.normal(0, 1.2, 4), 1e-8)
        assert found is None or -found.value <= fitted.log_likelihood + (1e-5 if fitted.converged else 0.05)
    assert fitted.converged == (not fitted.boundary)
    assert np.isfinite(fitted.expected_orders(h, 52)).all()
    assert np.isfinite(fitted.probability_alive(h)).all()


def test_customers_who_never_leave_put_dropout_on_its_boundary() -> None:
    rng = np.random.default_rng(3)
    T = rng.uniform(50, 100, 4000)
    rates = rng.gamma(2.0, 1 / 20, T.size)
    counts = rng.poisson(rates * T)
    t_x = np.where(counts > 0, T * rng.beta(np.maximum(counts, 1), 1), 0.0)  # the last of x even times
    fitted = BetaGeoNBD().fit(History(counts, t_x, T))
    assert not fitted.converged
    assert set(fitted.boundary) & {"a", "b"}
    assert "is not held by these data" in fitted.notes[0]
    symbol = next(iter(fitted.boundary))
    assert fitted.standard_errors[symbol] == np.inf
    assert fitted.confidence_intervals()[symbol] == (0.0, np.inf)
    assert fitted.parameters["r"] / fitted.parameters["alpha"] == pytest.approx(0.1, rel=0.1)


def test_a_boundary_survives_being_saved() -> None:
    from lifeworth.models import from_json

    rng = np.random.default_rng(3)
    T = rng.uniform(50, 100, 1000)
    counts = rng.poisson(rng.gamma(2.0, 1 / 20, T.size) * T)
    fitted = BetaGeoNBD().fit(History(counts, np.where(counts > 0, T * rng.beta(np.maximum(counts, 1), 1), 0.0), T))
    assert from_json(fitted.to_json()).boundary == fitted.boundary


def test_the_sample_only_shows_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    truth = {"r": 0.8, "alpha": 60.0, "a": 0.8, "b": 2.5}
    h = base(BetaGeoNBD(), truth, 30_000, 730, 9)
    alone = BetaGeoNBD().fit(h)
    monkeypatch.setattr(fitting, "SAMPLE", 2000)
    guided = BetaGeoNBD().fit(h)
    assert guided.log_likelihood == pytest.approx(alone.log_likelihood, abs=1e-6)
    assert guided.theta == pytest.approx(alone.theta, rel=1e-4)


def test_a_given_start_leads_to_the_same_end() -> None:
    h = base(BetaGeoNBD(), {"r": 0.8, "alpha": 30.0, "a": 0.8, "b": 2.5}, 3000, 365, 5)
    there = BetaGeoNBD().fit(h, start={"r": 3.0, "alpha": 30.0, "a": 0.2, "b": 0.2})
    assert there.theta == pytest.approx(BetaGeoNBD().fit(h).theta, rel=1e-3)


def test_a_spend_without_a_finite_mean_is_said_and_bridged() -> None:
    rng = np.random.default_rng(8)
    drawn = GammaGamma().at({"p": 2.0, "q": 0.7, "v": 10.0}).simulate(rng.integers(0, 6, 5000), rng)
    fitted = GammaGamma().fit(drawn)
    assert fitted.parameters["q"] < 1
    assert not fitted.mean_is_finite
    assert "does not exist" in fitted.notes[-1]
    nobody = SpendHistory([0], [0.0])
    assert fitted.expected_value(nobody)[0] == pytest.approx(fitted.data["mean_value"])
