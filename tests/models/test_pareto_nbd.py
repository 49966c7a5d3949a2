"""Pareto/NBD computed a second time: by the integral that defines its likelihood, and by mpmath's hypergeometric function."""

from __future__ import annotations

import itertools

import mpmath as mp
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import integrate

from lifeworth.models import NBD, History, ParetoNBD
from lifeworth.models import fit as fitting
from lifeworth.models.race import leaves_first

powers = st.floats(-1.5, 1.5).map(lambda power: 10**power)
scales = st.floats(-1, 3).map(lambda power: 10**power)
parameters = st.tuples(powers, scales, powers, scales).map(
    lambda values: dict(zip(("r", "alpha", "s", "beta"), values, strict=True))
)


@settings(max_examples=60, deadline=None)
@given(theta=parameters, x=st.sampled_from([0, 1, 5, 40, 700, 9000]), t=st.floats(0, 500))
@example(theta={"r": 0.5, "alpha": 7.0, "s": 1.0, "beta": 7.0}, x=2, t=3.0)
@example(theta={"r": 0.05, "alpha": 1e3, "s": 0.05, "beta": 0.1}, x=0, t=0.0)
@example(theta={"r": 0.05, "alpha": 0.1, "s": 30.0, "beta": 1e3}, x=0, t=0.0)
def test_the_race_is_the_hypergeometric_function(theta: dict[str, float], x: int, t: float) -> None:
    ours = leaves_first(np.array(float(x)), np.array(t), *theta.values(), order=0).value[0]
    with mp.workdps(40):
        r, alpha, s, beta = (mp.mpf(v) for v in theta.values())
        shape = r + x
        exact = s / (shape + s) * mp.hyp2f1(1, shape, shape + s + 1, (alpha - beta) / (alpha + mp.mpf(t)))
    assert ours == pytest.approx(float(exact), rel=1e-10)


@settings(max_examples=25, deadline=None)
@given(theta=parameters, x=st.integers(0, 15), T=st.floats(1, 100), share=st.floats(0.01, 1))
def test_likelihood_and_probability_alive_follow_from_the_definition(
    theta: dict[str, float], x: int, T: float, share: float
) -> None:
    r, alpha, s, beta = theta.values()
    t_x = share * T if x else 0.0

    def gone(time: float) -> float:
        """Odds of having left at this time, beside living to T."""
        grown = (r + x) * np.log((alpha + T) / (alpha + time)) + s * np.log((beta + T) / (beta + time))
        return float(s / (beta + time) * np.exp(grown))

    cuts = np.unique(np.r_[t_x, t_x + (T - t_x) * np.geomspace(1e-6, 1, 12)])
    odds = sum(integrate.quad(gone, low, high, epsabs=0, epsrel=1e-11)[0] for low, high in itertools.pairwise(cuts))
    with mp.workdps(30):
        rising = float(mp.log(mp.rf(mp.mpf(r), x)))
    living = rising + r * np.log(alpha) - (r + x) * np.log(alpha + T) + s * np.log(beta / (beta + T))
    fitted, h = ParetoNBD().at(theta), History([x], [t_x], [T])
    assert fitted.log_likelihoods(h)[0] == pytest.approx(living + np.log1p(odds), rel=1e-9, abs=1e-9)
    assert fitted.probability_alive(h)[0] == pytest.approx(1 / (1 + odds), rel=1e-9)


def test_a_customer_seen_ordering_at_the_last_moment_is_alive() -> None:
    h = History([1, 900, 100_000], [50.0, 50.0, 50.0], [50.0, 50.0, 50.0])
    fitted = ParetoNBD().at({"r": 0.5, "alpha": 8.0, "s": 0.7, "beta": 12.0})
    assert fitted.probability_alive(h) == pytest.approx(np.ones(3), abs=1e-13)


def test_expected_orders_are_smooth_through_s_of_one() -> None:
    h = History([3], [20.0], [30.0])
    below, at, above = (
        ParetoNBD().at({"r": 0.5, "alpha": 5.0, "s": s, "beta": 20.0}).expected_orders_if_alive(h, 40)[0]
        for s in (1 - 1e-6, 1.0, 1 + 1e-6)
    )
    assert below > at > above
    assert below - at == pytest.approx(at - above, rel=1e-4)


def test_without_leaving_it_is_the_nbd() -> None:
    h = History([0, 3, 12], [0.0, 15.0, 29.0], [30.0, 30.0, 30.0])
    never = ParetoNBD().at({"r": 0.5, "alpha": 5.0, "s": 1e-9, "beta": 20.0})
    plain = NBD().at({"r": 0.5, "alpha": 5.0})
    assert never.log_likelihoods(h) == pytest.approx(plain.log_likelihoods(h), rel=1e-7)
    assert never.expected_orders(h, 9) == pytest.approx(plain.expected_orders(h, 9), rel=1e-6)


def test_the_next_order_comes_within_its_quantile_as_often_as_said() -> None:
    fitted = ParetoNBD().at({"r": 0.9, "alpha": 4.0, "s": 0.6, "beta": 30.0})
    h = History([2], [9.0], [10.0])
    for level in (0.1, 0.5, 0.8):
        within = fitted.time_to_next_order(h, level)[0]
        chance = fitted.recipe.at_least_if_alive(h.x, h.T, 1.0, within, *fitted.theta)[0]
        assert chance == pytest.approx(level, rel=1e-9)
    assert fitted.time_to_next_order(h, 0.999)[0] == np.inf


def hard_bases() -> list[tuple[int, dict[str, float], int]]:
    rng = np.random.default_rng(7)
    low, high = np.log([0.1, 2.0, 0.1, 5.0]), np.log([5.0, 150.0, 4.0, 500.0])
    return [
        (
            seed,
            dict(zip(("r", "alpha", "s", "beta"), np.exp(rng.uniform(low, high)).tolist(), strict=True)),
            int(rng.choice([60, 180, 365, 730])),
        )
        for seed in range(16)
    ]


@pytest.mark.parametrize(("seed", "truth", "span"), hard_bases())
def test_a_hard_base_is_fitted_without_false_success(seed: int, truth: dict[str, float], span: int) -> None:
    rng = np.random.default_rng(seed)
    T = rng.integers(1, span + 1, 1000).astype(float)
    h = ParetoNBD().at(truth).simulate(T, rng).history
    h = History(h.x, np.minimum(np.ceil(h.t_x), T), T)
    fitted = ParetoNBD().fit(h)
    assert fitted.log_likelihood >= fitted.model.at(truth).total_log_likelihood(h)
    assert fitted.log_likelihood >= NBD().fit(h).log_likelihood - 1e-4  # which is one of its limits
    found = fitting.search(ParetoNBD().objective(h.compress()), np.log(list(truth.values())), 1e-8)
    assert found is None or -found.value <= fitted.log_likelihood + (1e-5 if fitted.converged else 0.05)
    assert fitted.converged == (not fitted.boundary)
    assert np.isfinite(fitted.expected_orders(h, 52)).all()
    assert np.isfinite(fitted.probability_alive(h)).all()
