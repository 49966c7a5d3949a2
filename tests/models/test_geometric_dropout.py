"""BG/NBD and MBG/NBD computed a second time, from what they assume about one customer and without any closed form."""

from __future__ import annotations

import itertools

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, special

from lifeworth.models import BetaGeoNBD, History, ModifiedBetaGeoNBD
from lifeworth.models.likelihood import BLOCK

MODELS = {BetaGeoNBD: 0, ModifiedBetaGeoNBD: 1}

parameters = st.fixed_dictionaries(
    {
        "r": st.floats(0.05, 8),
        "alpha": st.floats(0.5, 80),
        "a": st.floats(0.1, 6),
        "b": st.floats(0.3, 20),
    }
)


def averages(theta: dict[str, float], risk: int, x: int, t_x: float, T: float) -> tuple[float, float]:
    """Likelihood of living on at T and of having left at t_x, averaged over λ and p by adaptive quadrature."""
    r, alpha, a, b = (theta[name] for name in ("r", "alpha", "a", "b"))
    m = x + risk

    def rates(time: float) -> float:
        """E[λˣ e^(−λ·time)]; u = λʳ takes the pole of the gamma density at 0 away."""
        end = (r + x + 40 + 12 * np.sqrt(r + x)) / (alpha + time)
        scale = alpha**r / special.gamma(r + 1)
        values = [
            integrate.quad(
                lambda u: u ** (x / r) * np.exp(-(u ** (1 / r)) * (alpha + time)),
                low**r,
                high**r,
                epsabs=0,
                epsrel=1e-12,
            )[0]
            for low, high in itertools.pairwise(end * np.array([0, 0.05, 0.2, 0.4, 0.7, 1.0]))
        ]
        return float(scale * sum(values))

    def chances(left: int, survived: int) -> float:
        over = integrate.quad(
            lambda p: p**left * (1 - p) ** survived, 0, 1, weight="alg", wvar=(a - 1, b - 1), epsabs=0, epsrel=1e-12
        )
        return float(over[0] / special.beta(a, b))

    return chances(0, m) * rates(T), chances(1, m - 1) * rates(t_x) if m > 0 else 0.0


@pytest.mark.parametrize("model", MODELS)
@settings(max_examples=12, deadline=None)
@given(theta=parameters, x=st.integers(0, 12), T=st.floats(1, 100), share=st.floats(0.01, 1))
def test_likelihood_and_probability_alive_follow_from_the_assumptions(
    model: type, theta: dict[str, float], x: int, T: float, share: float
) -> None:
    t_x = share * T if x else 0.0
    alive, gone = averages(theta, MODELS[model], x, t_x, T)
    fitted, h = model().at(theta), History([x], [t_x], [T])
    assert fitted.log_likelihoods(h)[0] == pytest.approx(np.log(alive + gone), rel=1e-8, abs=1e-8)
    assert fitted.probability_alive(h)[0] == pytest.approx(alive / (alive + gone), rel=1e-8)


@pytest.mark.parametrize("model", MODELS)
@settings(max_examples=25, deadline=None)
@given(theta=parameters, x=st.sampled_from([0, 1, 7, 60, 1500]), T=st.floats(1, 100), ahead=st.floats(0.01, 20))
def test_expected_orders_equal_the_papers_formula(
    model: type, theta: dict[str, float], x: int, T: float, ahead: float
) -> None:
    """Equation (10) of Fader, Hardie & Lee (2005) with mpmath's 2F1; b + 1 stands for b where the first purchase may be the last."""
    t = ahead * T
    fitted, h = model().at(theta), History([x], [T if x else 0.0], [T])
    with mp.workdps(60):
        r, alpha, a, b = (mp.mpf(theta[name]) for name in ("r", "alpha", "a", "b"))
        a += mp.mpf("1e-30")  # the formula divides 0 by 0 where a = 1
        b += x + MODELS[model]
        end = alpha + T
        bracket = 1 - (end / (end + t)) ** (r + x) * mp.hyp2f1(r + x, b, a + b - 1, t / (end + t))
        exact = (a + b - 1) / (a - 1) * bracket
    assert fitted.expected_orders_if_alive(h, t)[0] == pytest.approx(float(exact), rel=1e-9)


@pytest.mark.parametrize("model", MODELS)
def test_expected_orders_are_smooth_through_a_of_one(model: type) -> None:
    h = History([3], [20.0], [30.0])
    below, at, above = (
        model().at({"r": 0.5, "alpha": 5.0, "a": a, "b": 2.0}).expected_orders(h, 40)[0]
        for a in (1 - 1e-7, 1.0, 1 + 1e-7)
    )
    assert below > at > above
    assert below - at == pytest.approx(at - above, rel=1e-4)


def test_a_customer_who_never_reordered_is_alive_under_bg_nbd_only() -> None:
    theta = {"r": 0.5, "alpha": 5.0, "a": 0.8, "b": 2.0}
    h = History([0], [0.0], [50.0])
    assert BetaGeoNBD().at(theta).probability_alive(h)[0] == 1
    assert ModifiedBetaGeoNBD().at(theta).probability_alive(h)[0] < 0.7


@pytest.mark.parametrize("model", MODELS)
def test_probability_alive_is_the_logistic_function_of_the_odds_whatever_the_customer(model: type) -> None:
    """For more rows than are evaluated at a time, and for odds beyond the largest number there is."""
    rng = np.random.default_rng(7)
    x = np.r_[0, 0, 1, 5_000, 200_000, rng.geometric(0.2, BLOCK + 20) - 1].astype(float)
    T = np.r_[0, 9, 900, 2_000, 2_000, rng.integers(1, 700, BLOCK + 20)].astype(float)
    t_x = np.where(x > 0, np.r_[0, 0, 900, 3, 1, np.ceil(T[5:] * rng.uniform(size=BLOCK + 20))], 0.0)
    for r, alpha, a, b in ((0.8, 60.0, 0.8, 2.5), (1e-3, 1e-3, 1e-6, 1e-6), (40.0, 9e3, 1e-12, 7.0)):
        odds = (
            np.log(a)
            - np.log(np.maximum(b + (x + MODELS[model] - 1), 1e-300))
            + (r + x) * np.log1p((T - t_x) / (alpha + t_x))
        )
        expected = np.where(x + MODELS[model] > 0, special.expit(-odds), 1.0)
        fitted = model().at({"r": r, "alpha": alpha, "a": a, "b": b})
        assert fitted.probability_alive(History(x, t_x, T)) == pytest.approx(expected, rel=1e-11, abs=1e-12)


@pytest.mark.parametrize("model", MODELS)
def test_the_next_order_comes_before_its_median_half_the_time(model: type) -> None:
    fitted = model().at({"r": 0.9, "alpha": 4.0, "a": 0.6, "b": 2.0})
    rng = np.random.default_rng(4)
    drawn = fitted.simulate(
        np.full(60_000, 10.0), rng, horizon=fitted.time_to_next_order(History([2], [9.0], [10.0]))[0]
    )
    like = (drawn.history.x == 2) & drawn.alive
    assert (drawn.later[like] > 0).mean() == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(like.sum()))


@pytest.mark.parametrize("model", MODELS)
def test_discounted_orders_equal_an_integral_of_their_own(model: type) -> None:
    theta = {"r": 0.6, "alpha": 5.0, "a": 0.7, "b": 1.9}
    fitted = model().at(theta)
    for x, T in ((0, 10.0), (4, 30.0), (900, 100.0)):
        h = History([x], [T if x else 0.0], [T])
        for rate, horizon in ((0.002, 156.0), (0.05, None)):
            with mp.workdps(20):
                r, alpha, a, b = theta["r"] + x, theta["alpha"] + T, theta["a"], theta["b"] + x + MODELS[model]
                exact = mp.quad(
                    lambda s, r=r, alpha=alpha, a=a, b=b, rate=rate: (
                        mp.exp(-rate * s)
                        * r
                        / alpha
                        * (1 + s / alpha) ** -a
                        * mp.hyp2f1(a, a + b - r - 1, a + b, s / (alpha + s))
                    ),
                    [0, 1, 10, 100, horizon or 2000],
                )
            assert fitted.expected_discounted_orders_if_alive(h, rate, horizon)[0] == pytest.approx(
                float(exact), rel=1e-9
            )


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("x", [0.0, 3.0, 4_000.0])
def test_the_table_of_all_numbers_says_the_same_as_one_number_at_a_time(model: type, x: float) -> None:
    T, n = np.array([0.0, 3.0, 700.0]), np.arange(1.0, 301.0)
    for theta in ((0.8, 60.0, 0.8, 2.5), (1e-3, 1e-3, 1e-6, 1e-6), (2.0, 5.0, 30.0, 9e4)):
        each = model().at_least_if_alive(np.array([x]), T[:, None], n, 365.0, *theta)
        assert model().at_least_table(x, T, 300, 365.0, *theta) == pytest.approx(each, abs=2e-11)
        draws = [np.full(3, value) for value in theta]
        assert model().at_least_table(x, T, 300, 365.0, *draws) == pytest.approx(each, abs=2e-11)
