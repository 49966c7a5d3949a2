"""Counts at a gamma-distributed rate: the table of all numbers says the same as one number at a time."""

from __future__ import annotations

import numpy as np
import pytest

from lifeworth.models import gamma_poisson

Z = np.r_[0.0, 1e-305, 1e-9, np.geomspace(0.01, 30, 40), 1e4]


@pytest.mark.parametrize("last", [1, 2, 40, 512])
@pytest.mark.parametrize("shape", [1e-9, 0.3, 1.0, 40.0, 5_000.0, 1e6])
def test_the_table_sums_up_to_what_the_beta_integral_says(last: int, shape: float) -> None:
    """Also where the chance of no order at all, (1 + z)^−5,000, is smaller than any number."""
    exact = np.stack([gamma_poisson.at_least(n, shape, Z) for n in range(1, last + 1)], axis=1)
    assert gamma_poisson.at_least_table(last, shape, Z) == pytest.approx(exact, abs=2e-11)


def test_a_table_takes_one_shape_a_row() -> None:
    shapes = np.geomspace(0.1, 900, Z.size)
    rows = [gamma_poisson.at_least_table(25, shape, Z[[row]])[0] for row, shape in enumerate(shapes)]
    assert gamma_poisson.at_least_table(25, shapes, Z) == pytest.approx(np.array(rows), abs=1e-15)
