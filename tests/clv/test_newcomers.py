"""Customers to come: as many as came lately, of the same kinds, worth what the model expects of each kind."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from tests.clv.test_elasticities import MODELS, SPEND, customers

from lifeworth.clv.newcomers import newcomers
from lifeworth.clv.value import Fits
from lifeworth.models import History, ParetoNBD
from lifeworth.models.covariates import WithCovariates
from lifeworth.units import TimeUnit

WEEK = TimeUnit.WEEK


def history(rows, **covariates):
    return History(
        *(rows[name].to_numpy() / unit for name, unit in (("x", 1), ("recency", 7), ("age", 7))),
        covariates=covariates or None,
    )


def test_they_come_as_often_as_in_the_last_year():
    rows = customers(MODELS["pareto"], 800)
    window, found = newcomers(rows, history(rows), Fits(MODELS["pareto"], SPEND, first_order=True), 0.4, WEEK)
    assert window == 365
    assert found.rate == pytest.approx((rows["age"].to_numpy() < 365).sum() * 7 / 365)


def test_a_young_shop_is_taken_as_long_as_it_is():
    rows = customers(MODELS["pareto"], 800)
    young = rows.filter(pa.array(rows["age"].to_numpy() < 100))
    window, found = newcomers(young, history(young), Fits(MODELS["pareto"], SPEND, first_order=True), 0.4, WEEK)
    assert window == young["age"].to_numpy().max() + 1
    assert found.rate == pytest.approx(young.num_rows * 7 / window)


def test_their_first_order_is_the_mean_of_first_orders():
    rows = customers(MODELS["pareto"], 800)
    young = rows["age"].to_numpy() < 365
    orders, mean = rows["orders"].to_numpy()[young], rows["mean_value"].to_numpy()[young]
    rest = np.nan_to_num(rows["repeat_value"].to_numpy()[young]) * (orders - 1)
    _, found = newcomers(rows, history(rows), Fits(MODELS["pareto"], SPEND, first_order=True), 0.4, WEEK)
    assert found.first == pytest.approx(0.4 * (orders * mean - rest).mean())


def test_kinds_come_in_the_shares_in_which_they_came_and_each_is_worth_its_own():
    rows = customers(MODELS["pareto"], 300)
    web = (np.arange(300) % 3 == 0).astype(float)
    model = WithCovariates(ParetoNBD(), transaction=("web",))
    fitted = model.at({**MODELS["pareto"].parameters, "transaction.web": 0.5})
    _, found = newcomers(rows, history(rows, web=web), Fits(fitted, None, first_order=True), 1.0, WEEK)
    share = web[rows["age"].to_numpy() < 365].mean()
    assert {z["web"]: part for part, z in found.kinds} == pytest.approx({0.0: 1 - share, 1.0: share})
    r, alpha, s, beta = MODELS["pareto"].theta
    often = ParetoNBD().at({"r": r, "alpha": alpha * np.exp(-0.5), "s": s, "beta": beta})
    whole = found.equity(fitted, 0.002, 52.0)
    alone = [_equity(found, one) for one in (MODELS["pareto"], often)]
    assert whole == pytest.approx((1 - share) * alone[0] + share * alone[1], rel=1e-9)


def _equity(found, fitted):
    return type(found)(found.rate, found.first, found.later, ((1.0, None),)).equity(fitted, 0.002, 52.0)
