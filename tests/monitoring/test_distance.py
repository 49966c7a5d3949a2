"""How far distributions lie apart, held to second computations and to what must hold of any distance."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifeworth.monitoring.distance import apart, mix, psi

counts = st.lists(st.integers(0, 500), min_size=2, max_size=12)
samples = st.lists(st.floats(-1e6, 1e6, allow_nan=False, width=32), min_size=5, max_size=80)


def psi_again(earlier: list[int], recent: list[int]) -> float:
    """The sum as credit scoring writes it, one range after the other."""
    n, m = sum(earlier) + 0.5 * len(earlier), sum(recent) + 0.5 * len(recent)
    return sum(
        ((a + 0.5) / m - (e + 0.5) / n) * math.log(((a + 0.5) / m) / ((e + 0.5) / n))
        for e, a in zip(earlier, recent, strict=True)
    )


@given(counts)
def test_psi_is_the_published_sum(earlier: list[int]) -> None:
    recent = earlier[::-1]
    assert psi(np.array(earlier), np.array(recent)) == pytest.approx(psi_again(earlier, recent), abs=1e-9)


@given(counts)
def test_psi_is_never_below_zero_and_zero_of_a_distribution_and_itself(earlier: list[int]) -> None:
    assert psi(np.array(earlier), np.array(earlier)) == pytest.approx(0, abs=1e-12)
    assert psi(np.array(earlier), np.array(earlier[::-1])) >= 0


@given(counts)
def test_psi_is_the_same_both_ways(earlier: list[int]) -> None:
    there, back = np.array(earlier), np.array(earlier[::-1])
    assert psi(there, back) == pytest.approx(psi(back, there), abs=1e-9)


def wasserstein_again(a: np.ndarray, b: np.ndarray) -> float:
    """The area between the two distribution functions, by quantiles of a fine grid."""
    grid = (np.arange(20_000) + 0.5) / 20_000
    return float(
        np.mean(np.abs(np.quantile(a, grid, method="inverted_cdf") - np.quantile(b, grid, method="inverted_cdf")))
    )


@pytest.mark.parametrize("seed", range(5))
def test_wasserstein_is_the_area_between_the_quantiles_in_standard_deviations(seed: int) -> None:
    draw = np.random.default_rng(seed)
    a, b = draw.gamma(2, 10, 400), draw.gamma(2 + seed, 9, 250)
    assert apart(a, b).wasserstein == pytest.approx(wasserstein_again(a, b) / a.std(), rel=0.01)


@given(samples)
def test_another_unit_moves_nothing(values: list[float]) -> None:
    earlier = np.round(np.array(values), 2)
    recent = earlier[::2]
    if len(np.unique(earlier)) < len(earlier) or np.std(earlier) < 1:
        return  # values that fall together after rounding fall into other ranges
    one, other = apart(earlier, recent), apart(earlier * 2, recent * 2)
    assert other.psi == pytest.approx(one.psi, abs=1e-9)
    assert other.wasserstein == pytest.approx(one.wasserstein, rel=1e-6, abs=1e-9)


def test_shares_add_up_and_ranges_hold_equally_many_of_the_earlier() -> None:
    draw = np.random.default_rng(3)
    one = apart(draw.normal(size=5000), draw.normal(size=700))
    assert sum(one.earlier) == pytest.approx(1)
    assert sum(one.recent) == pytest.approx(1)
    assert all(share == pytest.approx(0.1, abs=0.001) for share in one.earlier)


def test_chance_alone_keeps_below_what_chance_reaches() -> None:
    draw = np.random.default_rng(4)
    over = 0
    for _ in range(400):
        one = apart(draw.gamma(2, 10, 900), draw.gamma(2, 10, 300))
        over += one.psi > one.by_chance
    assert over <= 4


def test_a_mix_that_moves_is_far_apart() -> None:
    assert mix(np.array([500.0, 300, 200]), np.array([200.0, 300, 500])).psi > 0.25
    assert mix(np.array([500.0, 300, 200]), np.array([52.0, 29, 19])).psi < 0.01


def test_values_all_alike_are_no_fault() -> None:
    one = apart(np.ones(50), np.ones(20))
    assert one.psi == pytest.approx(0, abs=0.02)
    assert one.wasserstein == 0
