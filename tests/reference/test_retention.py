"""The two cohorts of Fader & Hardie (2007): fitted to seven years, projected to twelve."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import mpmath as mp
import numpy as np
import pytest

from lifeworth.models import BetaDiscreteWeibull, ShiftedBetaGeometric, Tenures

PUBLISHED = [
    (ShiftedBetaGeometric, "highend", {"alpha": 0.66809, "beta": 3.80610}, -1611.1581),
    (ShiftedBetaGeometric, "regular", {"alpha": 0.70408, "beta": 1.18204}, -1680.2652),
    (BetaDiscreteWeibull, "highend", {"alpha": 0.21425, "beta": 1.42657, "c": 1.72356}, -1605.3142),
    (BetaDiscreteWeibull, "regular", {"alpha": 0.45561, "beta": 0.77933, "c": 1.28345}, -1679.6028),
]


@pytest.fixture(scope="module")
def cohorts(data_dir: Path) -> dict[str, list[float]]:
    with (data_dir / "btyd_reference" / "sbg_fader_hardie_2007.csv").open() as file:
        rows = list(csv.DictReader(file))
    return {name: [float(row[name]) for row in rows] for name in ("regular", "highend")}


@pytest.mark.parametrize(("model", "cohort", "parameters", "log_likelihood"), PUBLISHED)
def test_the_estimates_are_the_published_ones(
    cohorts: dict[str, list[float]], model: type, cohort: str, parameters: dict[str, float], log_likelihood: float
) -> None:
    fitted = model().fit(Tenures.from_survivors(cohorts[cohort][:8]))
    assert fitted.converged
    assert fitted.log_likelihood == pytest.approx(log_likelihood, abs=1e-4)
    assert dict(fitted.parameters) == pytest.approx(parameters, rel=1e-4)


def test_survival_over_thirty_years_is_that_of_a_second_program(
    cohorts: dict[str, list[float]], reference_dir: Path
) -> None:
    for model, file in (
        (ShiftedBetaGeometric, "indep_sbg_fader_hardie.json"),
        (BetaDiscreteWeibull, "indep_bdw_fader_hardie.json"),
    ):
        stated = json.loads((reference_dir / file).read_text())
        for cohort, survivors in cohorts.items():
            fitted = model().fit(Tenures.from_survivors(survivors[:8]))
            assert fitted.survival(np.arange(31)) == pytest.approx(stated[cohort]["survival_0_30"], rel=1e-5)


def test_the_residual_lifetime_is_the_published_hypergeometric_function() -> None:
    """Equation (6) of Fader & Hardie (2010), which counts the renewal now due undiscounted: here it is one period away."""
    fitted = ShiftedBetaGeometric().at({"alpha": 0.668, "beta": 3.806})
    for n in (1, 2, 5):
        ours = fitted.expected_discounted_periods(Tenures([n - 1], [0]), float(np.log(1.1)))[0]
        alpha, beta = mp.mpf("0.668"), mp.mpf("3.806")
        theirs = (beta + n - 1) / (alpha + beta + n - 1) * mp.hyp2f1(1, beta + n, alpha + beta + n, 1 / mp.mpf("1.1"))
        assert ours * 1.1 == pytest.approx(float(theirs), rel=1e-9)


def test_a_weibull_of_one_is_the_shifted_beta_geometric(cohorts: dict[str, list[float]]) -> None:
    s = Tenures.from_survivors(cohorts["highend"])
    plain = ShiftedBetaGeometric().at({"alpha": 0.7, "beta": 3.0})
    same = BetaDiscreteWeibull().at({"alpha": 0.7, "beta": 3.0, "c": 1.0})
    assert same.log_likelihoods(s) == pytest.approx(plain.log_likelihoods(s), rel=1e-12)
