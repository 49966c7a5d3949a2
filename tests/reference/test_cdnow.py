"""The published CDNOW sample: estimates, likelihoods and forecasts that four other libraries and the papers agree on."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from lifeworth.models import NBD, BetaGeoNBD, GammaGamma, History, ModifiedBetaGeoNBD, ParetoNBD, SpendHistory

PUBLISHED = {
    NBD: ({"r": 0.38477, "alpha": 12.0720}, -9763.6576, 2929.82, 2357),
    ParetoNBD: ({"r": 0.5533, "alpha": 10.578, "s": 0.6061, "beta": 11.668}, -9594.97618, 1665.5, 1051.87),
    BetaGeoNBD: ({"r": 0.242595, "alpha": 4.41360, "a": 0.792922, "b": 2.42591}, -9582.42921, 1653.41, 1917.278),
    ModifiedBetaGeoNBD: (
        {"r": 0.524843, "alpha": 6.18308, "a": 0.891360, "b": 1.61400},
        -9582.13572,
        1576.73,
        1057.637,
    ),
}


@pytest.mark.parametrize("model", PUBLISHED)
def test_the_estimates_are_the_published_ones(cdnow: History, model: type) -> None:
    parameters, log_likelihood, _, _ = PUBLISHED[model]
    fitted = model().fit(cdnow)
    assert fitted.converged
    assert fitted.log_likelihood == pytest.approx(log_likelihood, abs=1e-4)
    assert dict(fitted.parameters) == pytest.approx(parameters, rel=3e-4)


@pytest.mark.parametrize("model", PUBLISHED)
def test_the_totals_of_39_weeks_are_the_published_ones(cdnow: History, model: type) -> None:
    _, _, orders, alive = PUBLISHED[model]
    fitted = model().fit(cdnow)
    assert fitted.expected_orders(cdnow, 39).sum() == pytest.approx(orders, rel=3e-5)
    assert fitted.probability_alive(cdnow).sum() == pytest.approx(alive, rel=1e-5)


def test_bg_nbd_standard_errors_and_criteria_are_those_of_clvtools(cdnow: History, reference_dir: Path) -> None:
    stated = json.loads((reference_dir / "clvtools_bgnbd_cdnow.json").read_text())
    fitted = BetaGeoNBD().fit(cdnow)
    assert fitted.standard_errors == pytest.approx(stated["std_errors"], rel=1e-4)
    assert (fitted.aic, fitted.bic) == pytest.approx((stated["AIC"], stated["BIC"]))


def test_a_new_customer_has_the_expectation_of_clvtools(cdnow: History, reference_dir: Path) -> None:
    stated = json.loads((reference_dir / "clvtools_bgnbd_cdnow.json").read_text())["notes"]["new_customer_expected_tx"]
    times = [float(name[1:]) for name in stated]
    ours = BetaGeoNBD().fit(cdnow).expected_orders_new(times)
    assert ours + 1 == pytest.approx(list(stated.values()), rel=1e-5)  # they count the first purchase


def test_gamma_gamma_on_the_repeat_buyers_is_the_published_one(cdnow_spend: SpendHistory) -> None:
    fitted = GammaGamma().fit(cdnow_spend)
    assert fitted.converged
    assert fitted.data["customers"] == 946
    assert dict(fitted.parameters) == pytest.approx({"p": 6.24935, "q": 3.74426, "v": 15.4443}, rel=1e-4)
    assert fitted.log_likelihood == pytest.approx(-4055.91769, abs=1e-4)


def test_every_customer_has_the_forecast_of_clvtools(cdnow: History, reference_dir: Path) -> None:
    with (reference_dir / "clvtools_bgnbd_cdnow_predictions.csv").open() as file:
        rows = sorted(csv.DictReader(file), key=lambda row: int(row["Id"]))
    ours = BetaGeoNBD().fit(cdnow).expected_orders(cdnow, 39)
    assert np.abs(ours - np.array([float(row["CET"]) for row in rows])).max() < 1e-4
