"""At fixed parameters every answer equals the value computed independently with mpmath, extreme customers included."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from lifeworth.models import (
    BetaGeoBetaBernoulli,
    BetaGeoNBD,
    GammaGamma,
    History,
    ModifiedBetaGeoNBD,
    ParetoNBD,
    SpendHistory,
)

EXACT = 1e-9
QUADRATURE = 1e-9
"""The golden discounted values carry ten to twelve digits."""
FORCE = float(np.log(1.1) / 52)


@pytest.fixture(scope="module")
def golden(reference_dir: Path) -> dict:
    return json.loads((reference_dir / "golden_fixed_params.json").read_text())


@pytest.mark.parametrize(
    ("model", "section", "stated"),
    [
        (BetaGeoNBD, "bgnbd", "bgnbd_r_alpha_a_b"),
        (ModifiedBetaGeoNBD, "mbgnbd", "mbgnbd_r_alpha_a_b"),
        (ParetoNBD, "pnbd", "pnbd_r_alpha_s_beta"),
    ],
)
def test_order_models_give_the_golden_values(golden: dict, model: type, section: str, stated: str) -> None:
    fitted = model().at(dict(zip(model().symbols, map(float, golden["params"][stated]), strict=True)))
    for customer in golden["customers"]:
        h = History([customer["x"]], [customer["t_x"]], [customer["T"]])
        answers = {
            "ll": fitted.log_likelihoods(h),
            "palive": fitted.probability_alive(h),
            "cet13": fitted.expected_orders(h, 13),
            "cet39": fitted.expected_orders(h, 39),
            "cet520": fitted.expected_orders(h, 520),
            "discounted_cet_156wk": fitted.expected_discounted_orders(h, FORCE, 156),
            "dert_log1p1_52": fitted.expected_discounted_orders(h, FORCE),
            "dert_15pct": fitted.expected_discounted_orders(h, float(np.log(1.15) / 52)),
        }
        for name, value in customer[section].items():
            assert answers[name][0] == pytest.approx(float(value), rel=EXACT, abs=0), (customer["id"], name)


def test_bg_bb_gives_the_golden_values(golden: dict) -> None:
    model = BetaGeoBetaBernoulli()
    fitted = model.at(dict(zip(model.symbols, map(float, golden["params"]["bgbb"]), strict=True)))
    for customer in golden["bgbb"]:
        h = History([customer["x"]], [customer["t_x"]], [customer["n"]])
        answers = {
            "ll": fitted.log_likelihoods(h),
            "cet1": fitted.expected_orders(h, 1),
            "cet5": fitted.expected_orders(h, 5),
            "palive_at_n": fitted.probability_alive(h),
            "palive_at_n_plus_1": fitted.probability_alive(h, later=1),
            "dert_d10": fitted.expected_discounted_orders(h, float(np.log(1.1))),
        }
        for name, value in answers.items():
            assert value[0] == pytest.approx(float(customer[name]), rel=EXACT), name


def test_gamma_gamma_gives_the_golden_values(golden: dict) -> None:
    fitted = GammaGamma().at(dict(zip("pqv", map(float, golden["params"]["gg_p_q_v"]), strict=True)))
    for customer in golden["gamma_gamma"]:
        s = SpendHistory([customer["x"]], [customer["z"]])
        assert fitted.expected_value(s)[0] == pytest.approx(float(customer["expected_spend"]), rel=EXACT)
        if customer["ll"] is not None:
            assert fitted.log_likelihoods(s)[0] == pytest.approx(float(customer["ll"]), rel=EXACT)
