"""Gamma-Gamma computed a second time, and its two forms against each other."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import log, loggamma, mp, mpf
from scipy import integrate, stats

from lifeworth.errors import DataError, InputError
from lifeworth.models import GammaGamma, GammaGammaPerTransaction, Purchases, SpendHistory

TRUTH = {"p": 6.0, "q": 4.0, "v": 15.0}


@settings(max_examples=25, deadline=None)
@given(p=st.floats(0.3, 20), q=st.floats(0.5, 20), v=st.floats(1, 100), x=st.integers(1, 12), ratio=st.floats(0.3, 3))
def test_the_likelihood_follows_from_the_assumptions(p: float, q: float, v: float, x: int, ratio: float) -> None:
    mean = ratio * p * v / q
    center = (q + p * x) / (v + x * mean)

    def joint(nu: float) -> float:
        return float(stats.gamma.pdf(mean, p * x, scale=1 / (nu * x)) * stats.gamma.pdf(nu, q, scale=1 / v))

    parts = center * np.array([0, 0.1, 0.5, 1, 2, 4, 12, 60])
    exact = sum(integrate.quad(joint, low, high, epsabs=0, epsrel=1e-10)[0] for low, high in itertools.pairwise(parts))
    ours = GammaGamma().at({"p": p, "q": q, "v": v}).log_likelihoods(SpendHistory([x], [mean]))[0]
    assert ours == pytest.approx(np.log(exact), rel=1e-6, abs=1e-6)


def test_every_purchase_tells_at_least_as_much_as_the_means() -> None:
    rng = np.random.default_rng(4)
    each = rng.poisson(2.0, 4000) + 1
    nu = rng.gamma(TRUTH["q"], 1 / TRUTH["v"], each.size)
    who = np.repeat(np.arange(each.size), each)
    all_of_it = Purchases.of(who, rng.gamma(TRUTH["p"], 1 / nu[who]))
    means = SpendHistory(all_of_it.x, all_of_it.mean_value)
    fine, coarse = GammaGammaPerTransaction().fit(all_of_it), GammaGamma().fit(means)
    assert fine.standard_errors["p"] < coarse.standard_errors["p"]
    for symbol, value in TRUTH.items():
        low, high = fine.confidence_intervals(0.999)[symbol]
        assert low < value < high


def test_purchases_are_gathered_by_customer() -> None:
    found = Purchases.of(["b", "a", "b"], [2.0, 5.0, 8.0])
    assert found.x.tolist() == [1, 2]
    assert found.mean_value.tolist() == [5, 5]
    assert found.mean_log_value == pytest.approx([np.log(5), np.log(4)])


@pytest.mark.parametrize("value", [0.0, -1.0, float("nan")])
def test_a_purchase_without_a_value_above_nought_is_named(value: float) -> None:
    with pytest.raises(InputError, match="Purchase 1 has the value"):
        Purchases.of([1, 2], [3.0, value])


def test_a_mean_logarithm_above_that_of_the_mean_is_refused() -> None:
    with pytest.raises(InputError, match="no mean logarithm can be"):
        Purchases([2], [5.0], [2.0])


def test_single_purchases_do_not_tell_within_from_between() -> None:
    with pytest.raises(DataError, match="cannot be told from"):
        GammaGamma().fit(SpendHistory(np.ones(50), np.linspace(1, 9, 50)))


def test_spends_all_alike_are_no_ground_for_a_model() -> None:
    with pytest.raises(DataError, match="exactly the same"):
        GammaGamma().fit(SpendHistory(np.full(50, 2), np.full(50, 9.0)))


def test_expected_values_lie_between_a_customers_mean_and_everybodys() -> None:
    fitted = GammaGamma().at(TRUTH)
    everybody = fitted.mean_value()
    for mean in (5.0, 90.0):
        some, many = fitted.expected_value(SpendHistory([1, 20], [mean, mean]))
        assert min(mean, everybody) < some < max(mean, everybody)
        assert abs(many - mean) < abs(some - mean)
    assert fitted.expected_value(SpendHistory([0], [0.0]))[0] == pytest.approx(everybody)


@pytest.mark.parametrize(("p", "q", "v"), [(6.0, 4.0, 15.0), (1e7, 4.9, 1e-5), (3.0, 1e7, 5e7), (0.5, 0.8, 0.1)])
def test_the_likelihood_keeps_its_digits_where_purchases_or_customers_are_all_alike(
    p: float, q: float, v: float
) -> None:
    mp.dps = 60
    x, m = np.array([1.0, 4.0, 90.0]), np.array([12.0, 31.0, 25.0])
    found = GammaGamma().at({"p": p, "q": q, "v": v}).log_likelihoods(SpendHistory(x, m))
    for row in range(x.size):
        px, X, M = mpf(p) * mpf(x[row]), mpf(x[row]), mpf(m[row])
        exact = loggamma(px + q) - loggamma(px) - loggamma(q) + q * log(mpf(v)) + (px - 1) * log(M) + px * log(X)
        exact -= (px + q) * log(v + X * M)
        assert found[row] == pytest.approx(float(exact), rel=1e-9)
