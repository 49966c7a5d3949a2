"""Confidence intervals by the profile of the likelihood end where the likelihood has fallen as far as it may, and nowhere else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from mpmath import exp, log, loggamma, mp, mpf
from scipy import optimize, stats

from lifeworth.errors import InputError, ModelError
from lifeworth.models import (
    NBD,
    BetaDiscreteWeibull,
    BetaGeoNBD,
    History,
    ShiftedBetaGeometric,
    Tenures,
    WithCovariates,
    from_json,
)
from lifeworth.models.contract import log_survival

FALL = stats.chi2(1).ppf(0.95) / 2


def customers(model: Any, truth: dict[str, float], size: int, seed: int = 1) -> History:
    rng = np.random.default_rng(seed)
    return model.at(truth).simulate(rng.integers(5, 60, size).astype(float), rng).history


def test_at_both_ends_the_refitted_likelihood_has_fallen_by_half_the_chi_square() -> None:
    h = customers(NBD(), {"r": 0.8, "alpha": 6.0}, 300)
    fitted = NBD().fit(h)
    for end in fitted.confidence_intervals(method="profile")["r"]:
        beside = optimize.minimize_scalar(
            lambda alpha, r=end: -NBD().at({"r": r, "alpha": float(np.exp(alpha))}).total_log_likelihood(h),
            bracket=(0.0, 3.0),
        )
        assert fitted.log_likelihood + beside.fun == pytest.approx(FALL, abs=2e-3)


def test_in_a_large_base_it_is_walds() -> None:
    fitted = NBD().fit(customers(NBD(), {"r": 0.8, "alpha": 6.0}, 100_000))
    profile, wald = (np.log(list(fitted.confidence_intervals(method=m)["r"])) for m in ("profile", "wald"))
    assert profile == pytest.approx(wald, abs=0.03 * np.ptp(wald))


def test_the_unit_of_time_does_not_matter() -> None:
    h = customers(BetaGeoNBD(), {"r": 0.8, "alpha": 6.0, "a": 0.8, "b": 2.5}, 1500)
    weeks = BetaGeoNBD().fit(h).confidence_intervals()
    days = BetaGeoNBD().fit(History(h.x, 7 * h.t_x, 7 * h.T)).confidence_intervals()
    for symbol, ends in weeks.items():
        assert days[symbol] == pytest.approx(np.multiply(ends, 7 if symbol == "alpha" else 1), rel=1e-3)


def test_a_parameter_at_its_boundary_keeps_the_end_that_the_data_do_hold() -> None:
    chances = np.full(4000, 0.2)  # all alike: alpha and beta go to infinity
    life = np.random.default_rng(3).geometric(chances) - 1.0
    fitted = ShiftedBetaGeometric().fit(Tenures(np.minimum(life, 10), (life < 10).astype(float)))
    assert set(fitted.boundary) == {"alpha", "beta"}
    for low, high in fitted.confidence_intervals().values():
        assert low > 1
        assert high == np.inf
    assert fitted.confidence_intervals(method="wald")["alpha"] == (0.0, np.inf)


def test_a_model_read_from_a_file_falls_back_to_wald() -> None:
    fitted = NBD().fit(customers(NBD(), {"r": 0.8, "alpha": 6.0}, 300))
    again = from_json(fitted.to_json())
    assert again.confidence_intervals() == fitted.confidence_intervals(method="wald")
    with pytest.raises(ModelError, match="read from a file"):
        again.confidence_intervals(method="profile")


def test_a_model_read_from_a_file_and_given_its_histories_has_its_profile() -> None:
    h = customers(NBD(), {"r": 0.8, "alpha": 6.0}, 300)
    fitted = NBD().fit(h)
    again = from_json(fitted.to_json())
    assert again.confidence_intervals(data=h) == fitted.confidence_intervals()
    with pytest.raises(InputError, match="not the histories"):
        again.confidence_intervals(data=customers(NBD(), {"r": 0.8, "alpha": 6.0}, 300, seed=2))


def test_with_a_prior_it_is_the_profile_of_both() -> None:
    h = customers(BetaGeoNBD(), {"r": 0.8, "alpha": 6.0, "a": 0.3, "b": 9.0}, 300)
    alone, held = BetaGeoNBD().fit(h), BetaGeoNBD().fit(h, method="map")
    assert alone.confidence_intervals()["b"][1] == np.inf
    assert held.parameters["b"] < held.confidence_intervals()["b"][1] < 1000


def test_an_effect_of_a_covariate_has_an_interval_that_may_lie_below_zero() -> None:
    h = customers(NBD(), {"r": 0.8, "alpha": 6.0}, 600)
    z = np.random.default_rng(4).integers(0, 2, len(h)).astype(float)
    fitted = WithCovariates(NBD(), transaction=["club"]).fit(History(h.x, h.t_x, h.T, covariates={"club": z}))
    low, high = fitted.confidence_intervals()["transaction.club"]
    assert low < 0 < high
    assert (low, high) == pytest.approx(fitted.confidence_intervals(method="wald")["transaction.club"], abs=0.02)


def test_what_cannot_be_asked_is_said() -> None:
    fitted = NBD().fit(customers(NBD(), {"r": 0.8, "alpha": 6.0}, 300))
    with pytest.raises(InputError, match="bootstrap"):
        fitted.confidence_intervals(method="bootstrap")
    for level in (0.0, 1.0, 95.0, float("nan")):
        with pytest.raises(InputError, match="between 0 and 1"):
            fitted.confidence_intervals(level)


@pytest.mark.parametrize("size", [1e3, 1e8, 1e13])
def test_retention_keeps_its_digits_where_customers_are_all_alike(size: float) -> None:
    mp.dps = 60
    alpha, beta = 0.01 * size, 0.99 * size
    for t in (1.0, 7.0, 200.0):
        A, B = mpf(alpha), mpf(beta)
        exact = loggamma(B + t) - loggamma(B) - loggamma(A + B + t) + loggamma(A + B)
        assert log_survival(t, alpha, beta) == pytest.approx(float(exact), rel=1e-11)


def test_the_slope_of_the_beta_discrete_weibull_is_exact_near_its_limit() -> None:
    mp.dps = 60
    tenures = Tenures([0, 3, 12], [1, 1, 0], weights=[30, 20, 50])
    point = np.array([14.0, 19.0, 0.3])

    def survives(t: float, la: Any, lb: Any, lc: Any) -> Any:
        a, b, tau = exp(la), exp(lb), mpf(t) ** exp(lc)
        return loggamma(b + tau) - loggamma(b) - loggamma(a + b + tau) + loggamma(a + b)

    def likelihood(*p: Any) -> Any:
        lost = sum(w * log(exp(survives(t, *p)) - exp(survives(t + 1, *p))) for t, w in ((0, 30), (3, 20)))
        return lost + 50 * survives(12, *p)

    slope = BetaDiscreteWeibull().objective(tenures)(point, 1)[1]
    for axis in range(3):
        exact = mp.diff(likelihood, tuple(mpf(x) for x in point), tuple(int(i == axis) for i in range(3)))
        assert -slope[axis] == pytest.approx(float(exact), rel=1e-9)
