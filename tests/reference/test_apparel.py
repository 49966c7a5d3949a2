"""The apparel retailer that CLVTools ships: static covariates, and a fit that the data do not hold."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from lifeworth.models import BetaGeoNBD, History, ParetoNBD, WithCovariates

NAMES = ("Gender", "Channel")


@pytest.fixture(scope="module")
def shoppers(data_dir: Path) -> History:
    with (data_dir / "btyd_reference" / "apparel_cbs_week104.csv").open() as file:
        rows = list(csv.DictReader(file))
    table = {name: np.array([float(row[name]) for row in rows]) for name in ("x", "tx", "T", *NAMES)}
    return History(table["x"], table["tx"], table["T"], covariates={name: table[name] for name in NAMES})


def test_plain_models_reach_the_likelihoods_of_clvtools(shoppers: History) -> None:
    assert ParetoNBD().fit(shoppers).log_likelihood == pytest.approx(-5848.0978, abs=1e-4)
    assert BetaGeoNBD().fit(shoppers).log_likelihood == pytest.approx(-5857.0197, abs=1e-4)


def test_pareto_nbd_with_covariates_is_that_of_clvtools(shoppers: History, reference_dir: Path) -> None:
    stated = json.loads((reference_dir / "clvtools_pnbd_static_apparel.json").read_text())
    fitted = WithCovariates(ParetoNBD(), transaction=NAMES, lifetime=NAMES).fit(shoppers)
    assert fitted.converged
    assert fitted.log_likelihood == pytest.approx(-5821.062686, abs=1e-4)
    for ours, theirs in {"transaction": "trans", "lifetime": "life"}.items():
        for name in NAMES:
            assert fitted.parameters[f"{ours}.{name}"] == pytest.approx(
                stated["parameters"][f"{theirs}.{name}"], abs=2e-3
            )
            assert fitted.standard_errors[f"{ours}.{name}"] == pytest.approx(
                stated["std_errors"][f"{theirs}.{name}"], rel=1e-2
            )
    horizon = stated["prediction_totals"]["period.length"] / 600
    assert fitted.expected_orders(shoppers, horizon).sum() == pytest.approx(
        stated["prediction_totals"]["CET"], rel=1e-3
    )
    assert fitted.probability_alive(shoppers).sum() == pytest.approx(stated["prediction_totals"]["PAlive"], rel=1e-3)


def test_one_coefficient_for_both_processes_is_that_of_clvtools(shoppers: History) -> None:
    fitted = WithCovariates(ParetoNBD(), transaction=("Channel",), lifetime=("Channel",), equal=("Gender",)).fit(
        shoppers
    )
    assert fitted.log_likelihood == pytest.approx(-5826.53419, abs=1e-4)
    assert fitted.parameters["equal.Gender"] == pytest.approx(0.3283, abs=1e-3)


def test_what_bg_nbd_with_covariates_does_not_hold_is_named(shoppers: History) -> None:
    fitted = WithCovariates(BetaGeoNBD(), transaction=NAMES, lifetime=NAMES).fit(shoppers)
    assert fitted.log_likelihood == pytest.approx(-5839.862, abs=1e-3)
    assert not fitted.converged
    assert dict(fitted.boundary) == {"a": "infinity", "b": "infinity", "lifetime.Channel": "minus infinity"}
    assert fitted.parameters["transaction.Gender"] == pytest.approx(0.4612, abs=1e-3)
    assert fitted.expected_orders(shoppers, 207.142857).sum() == pytest.approx(1389.0, rel=1e-3)
