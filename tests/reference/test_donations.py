"""The donors of Fader, Hardie & Shang (2010): 11,104 of them, six yearly appeals, five more held out."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from lifeworth.models import BetaGeoBetaBernoulli, History


@pytest.fixture(scope="module")
def donors(data_dir: Path) -> History:
    with (data_dir / "btyd_reference" / "btyd_donations_rf.matrix.csv").open() as file:
        rows = list(csv.DictReader(file))
    return History(*([float(row[name]) for row in rows] for name in ("x", "t.x", "n.cal", "custs")))


def test_the_estimates_are_the_published_ones(donors: History) -> None:
    fitted = BetaGeoBetaBernoulli().fit(donors)
    assert fitted.converged
    assert fitted.log_likelihood == pytest.approx(-33225.58127, abs=1e-4)
    assert dict(fitted.parameters) == pytest.approx(
        {"alpha": 1.2035, "beta": 0.7497, "gamma": 0.6567, "delta": 2.7834}, rel=1e-4
    )
    errors = {"alpha": 0.069391, "beta": 0.029448, "gamma": 0.051010, "delta": 0.320819}
    assert fitted.standard_errors == pytest.approx(errors, rel=1e-3)


def test_five_years_of_donations_are_the_published_total(donors: History) -> None:
    fitted = BetaGeoBetaBernoulli().fit(donors)
    assert fitted.expected_orders(donors, 5) @ donors.weights == pytest.approx(12884.14, rel=1e-5)


def test_a_new_donor_gives_as_often_as_published(donors: History) -> None:
    fitted = BetaGeoBetaBernoulli().fit(donors)
    assert fitted.expected_orders_new([1, 6, 12]) == pytest.approx([0.49854, 2.22017, 3.58798], rel=1e-5)
