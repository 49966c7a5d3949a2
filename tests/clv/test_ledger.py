"""The ledger: what a run expected held to what came, on customers whose truth is known."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from lifeworth.clv.bridge import Snapshot
from lifeworth.clv.ledger import Came, align, challenge, entry, quarters, until
from lifeworth.clv.margin import choose
from lifeworth.clv.value import Fits, Terms
from lifeworth.models import NBD, GammaGamma
from lifeworth.units import Period, Rate, TimeUnit

AS_OF = date(2025, 6, 30)
TRUE = NBD().at({"r": 1.3, "alpha": 12.0})
WRONG = NBD().at({"r": 1.3, "alpha": 7.0})
SPEND = GammaGamma().at({"p": 6.0, "q": 4.0, "v": 15.0})
SIZE = 400


def told(seed: int, model: object = TRUE) -> Snapshot:
    """Customers of the true model, as a run knew them on its day."""
    rng = np.random.default_rng(seed)
    age = rng.integers(60, 700, SIZE)
    x = TRUE.simulate(age / 7, rng).history.x.astype(int)
    spend = SPEND.simulate(x + 1, rng).mean_value
    rows = pa.table(
        {
            "customer_id": [f"c{k:03}" for k in range(SIZE)],
            "first_day": pa.array([AS_OF - timedelta(days=int(days)) for days in age], pa.date32()),
            "last_day": pa.array([AS_OF] * SIZE, pa.date32()),
            "orders": x + 1,
            "x": x,
            "recency": np.where(x > 0, age, 0),
            "age": age,
            "revenue": spend * (x + 1),
            "margin": pa.nulls(SIZE, pa.float64()),
            "mean_value": spend,
            "repeat_value": pa.array(spend, mask=x == 0),
        }
    )
    terms = Terms(AS_OF, Period.days(364), Rate(0.1), choose(0.4, None, None), TimeUnit.WEEK, None, None, "", has_money=True)  # fmt: skip
    return Snapshot(rows, Fits(model, SPEND, first_order=True), terms)  # type: ignore[arg-type]


def came(one: Snapshot, days: int, seed: int) -> Came:
    """What the same customers did next, each at the rate that their history leaves open."""
    rng = np.random.default_rng(seed)
    x, age = one.rows["x"].to_numpy(), one.rows["age"].to_numpy() / 7
    rate = rng.gamma(TRUE.parameters["r"] + x, 1 / (TRUE.parameters["alpha"] + age))
    orders = rng.poisson(rate * days / 7).astype(float)
    return Came(orders, orders * one.rows["mean_value"].to_numpy())


def test_intervals_cover_as_often_as_they_say() -> None:
    inside, held = [], 0
    for seed in range(40):
        one = told(seed)
        found = entry("run", one, came(one, 180, 1000 + seed), AS_OF + timedelta(days=180), quarters(one.rows))
        inside.append(found.inside)
        held += found.low <= found.came <= found.high
        assert sum(line.came for line in found.lines) == pytest.approx(found.came)
        assert sum(line.expected for line in found.lines) == pytest.approx(found.expected)
    # Counts are whole, so an interval holds at least 90 %; of 40 totals 36 are expected inside, 31 are the least by chance.
    assert 0.9 <= np.mean(inside) < 0.99
    assert held >= 31


def test_a_model_that_is_wrong_is_found_out() -> None:
    one = told(3, WRONG)
    found = entry("run", one, came(one, 180, 7), AS_OF + timedelta(days=180), quarters(one.rows))
    assert found.held is False
    assert (found.ratio or 1) < 0.9
    right = told(3)
    better, worse = challenge(one, right, came(right, 180, 7), AS_OF + timedelta(days=180))
    assert worse < better  # the error of the challenger, which is the true model, is the smaller


def test_too_few_days_say_nothing_and_a_horizon_ends() -> None:
    one = told(1)
    early = entry("run", one, came(one, 7, 2), AS_OF + timedelta(days=7), quarters(one.rows))
    assert early.held is None
    assert not early.over
    assert until(one, date(2030, 1, 1)) == AS_OF + timedelta(days=364)
    assert entry("run", one, came(one, 364, 2), until(one, date(2030, 1, 1)), quarters(one.rows)).over


def test_who_did_nothing_has_nought() -> None:
    one = told(1)
    found = align(one.rows, pa.table({"customer_id": ["c001", "stranger"], "orders": [3, 9], "value": [30.0, 90.0]}))
    assert (found.orders.sum(), found.money.sum(), found.orders[1]) == (3, 30, 3)
