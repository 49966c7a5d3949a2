"""What every model of contracts promises."""

from __future__ import annotations

from typing import Any

import mpmath as mp
import numpy as np
import pytest

from lifeworth.errors import DataError, InputError
from lifeworth.models import Tenures
from lifeworth.models.contract import log_survival_after


def fixed(case: Any) -> Any:
    return case.model().at(case.truth)


def test_retention_builds_survival(contract_case: Any) -> None:
    fitted = fixed(contract_case)
    t = np.arange(1.0, 30)
    assert np.cumprod(fitted.retention(t)) == pytest.approx(fitted.survival(t), rel=1e-10)
    assert fitted.survival([0.0])[0] == 1


def test_likelihoods_of_all_that_can_happen_sum_to_one(contract_case: Any) -> None:
    periods = np.arange(12.0)
    chances = fixed(contract_case).log_likelihoods(Tenures(np.r_[periods, 12], np.r_[np.ones(12), 0]))
    assert np.exp(chances).sum() == pytest.approx(1, rel=1e-12)


def test_survivors_of_a_simulation_are_as_many_as_expected(contract_case: Any) -> None:
    drawn = fixed(contract_case).simulate(np.full(40_000, 6.0), np.random.default_rng(3))
    for t in (1, 3, 6):
        assert (drawn.periods >= t).mean() == pytest.approx(fixed(contract_case).survival([t])[0], abs=4 * 0.5 / 200)
    assert ((drawn.lost == 0) == (drawn.periods == 6)).all()


def test_renewals_expected_are_the_sum_of_the_chances_to_be_there(contract_case: Any) -> None:
    fitted, s = fixed(contract_case), Tenures([0, 3, 40], [0, 0, 0])
    assert fitted.expected_periods(s, 12) == pytest.approx(sum(fitted.probability_active(s, j) for j in range(1, 13)))
    near = fitted.expected_discounted_periods(s, 0.05, 12)
    assert (near < fitted.expected_periods(s, 12)).all()
    assert fitted.expected_discounted_periods(s, 0.05) == pytest.approx(
        fitted.expected_discounted_periods(s, 0.05, 2000), rel=1e-12
    )


def test_who_is_lost_stays_lost(contract_case: Any) -> None:
    fitted, s = fixed(contract_case), Tenures([2, 2], [0, 1])
    assert fitted.probability_active(s)[0] == 1
    assert fitted.probability_active(s, 3)[1] == 0
    assert fitted.expected_periods(s, 5)[1] == 0


def test_extreme_contracts_are_finite(contract_case: Any) -> None:
    s = Tenures([0, 0, 1, 100_000, 100_000], [0, 1, 1, 0, 1])
    fitted = fixed(contract_case)
    assert np.isfinite(fitted.log_likelihoods(s)).all()
    assert np.isfinite(fitted.expected_discounted_periods(s, 0.01)).all()


def test_nobody_lost_is_no_ground_for_a_model(contract_case: Any) -> None:
    with pytest.raises(DataError, match="No customer has left"):
        contract_case.model().fit(Tenures(np.ones(50), np.zeros(50)))


def test_an_endless_horizon_needs_a_discount(contract_case: Any) -> None:
    with pytest.raises(InputError, match="no finite value"):
        fixed(contract_case).expected_discounted_periods(Tenures([0], [0]), 0.0)


@pytest.mark.parametrize(("alpha", "beta"), [(0.5, 2.0), (30.0, 400.0)])
@pytest.mark.parametrize("c", [0.7, 150.0, 260.0, 900.0])
def test_survival_has_a_logarithm_however_steeply_chances_grow(alpha: float, beta: float, c: float) -> None:
    """A few contracts leave c open: among its draws are powers of the tenure that no number holds."""
    t = np.array([0.0, 1.0, 2.0, 10.0, 40.0])
    found = log_survival_after(t, alpha, beta, c, 1.3)
    with mp.workdps(30):
        tau = [mp.mpf("1.3") * mp.mpf(one) ** c for one in t]
        # By the asymptotic series of Γ where 30 digits do not tell β + τ from τ.
        exact = [
            mp.log(mp.beta(alpha, beta + one) / mp.beta(alpha, beta))
            if one < 1e12
            else mp.loggamma(alpha) - alpha * mp.log(one) - mp.log(mp.beta(alpha, beta))
            for one in tau
        ]
    assert found == pytest.approx([float(one) for one in exact], rel=1e-9, abs=1e-12)
