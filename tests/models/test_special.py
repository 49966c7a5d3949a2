"""The functions of the gamma family against mpmath, where the textbook forms lose their digits."""

from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lifeworth.models.quadrature import beta_mean, beta_nodes
from lifeworth.models.special import digamma_rise, log_rising, softplus, trigamma_rise

powers = st.floats(-10, 12).map(lambda power: 10**power)
counts = st.one_of(st.integers(0, 20_000).map(float), st.floats(0.01, 1e6))


@given(c=powers, n=counts)
@example(c=1e12, n=1.0)
@example(c=32.0, n=3.0)
@example(c=31.99, n=3.0)
def test_rising_factorials_keep_their_digits(c: float, n: float) -> None:
    with mp.workdps(60):
        big, much = mp.mpf(c), mp.mpf(n)
        for ours, exact in (
            (log_rising, mp.loggamma(big + much) - mp.loggamma(big)),
            (digamma_rise, mp.psi(0, big + much) - mp.psi(0, big)),
            (trigamma_rise, mp.psi(1, big + much) - mp.psi(1, big)),
        ):
            assert float(ours(c, n)) == pytest.approx(float(exact), rel=1e-10, abs=1e-13), ours.__name__


def test_softplus_bears_any_size() -> None:
    assert softplus([-np.inf, -800.0, 0.0, 800.0]).tolist() == [0.0, 0.0, float(np.log(2)), 800.0]


shapes = st.floats(-2, 4).map(lambda power: 10**power)


@given(a=shapes, b=shapes)
def test_beta_averages_have_the_moments_of_the_beta_distribution(a: float, b: float) -> None:
    log_p, log_q, weights = beta_nodes(a, b, 1.0)
    assert (weights * np.exp(log_p)).sum() == pytest.approx(a / (a + b), rel=1e-11)
    assert (weights * np.exp(2 * log_p)).sum() == pytest.approx(a / (a + b) * (a + 1) / (a + b + 1), rel=1e-11)
    assert (weights * np.exp(3 * log_q)).sum() == pytest.approx(
        b * (b + 1) * (b + 2) / ((a + b) * (a + b + 1) * (a + b + 2)), rel=1e-11
    )


@given(
    a=st.floats(-2, 2).map(lambda v: 10**v),
    b=st.floats(-1.5, 3.5).map(lambda v: 10**v),
    shape=st.floats(0.01, 5000),
    z=st.floats(-4, 4).map(lambda v: 10**v),
)
@example(a=1.0, b=2.0, shape=0.5, z=3.0)
@example(a=0.31, b=0.05, shape=0.01, z=1e4)
def test_beta_averages_equal_the_hypergeometric_function(a: float, b: float, shape: float, z: float) -> None:
    ours = beta_mean(lambda p, s, zz: np.exp(-s * np.log1p(p * zz)), a, b, (shape + 1) * z, shape, z)[0]
    with mp.workdps(50):
        exact = float(
            (1 + mp.mpf(z)) ** -mp.mpf(a)
            * mp.hyp2f1(a, mp.mpf(a) + b - shape, mp.mpf(a) + b, mp.mpf(z) / (1 + mp.mpf(z)))
        )
    assert ours == pytest.approx(exact, rel=1e-9)


def test_rows_with_like_shapes_share_their_nodes_and_get_their_own_values() -> None:
    b = np.array([2.0, 5.0, 2.0, 5.0])
    k = np.array([1.0, 1.0, 2.0, 2.0])
    ours = beta_mean(lambda p, power: p**power, 1.5, b, 1.0, k)
    first = 1.5 / (1.5 + b)
    assert ours == pytest.approx(np.where(k == 1, first, first * 2.5 / (2.5 + b)), rel=1e-11)
