"""The equity bridge: exact for any histories, equal to the mean over all orders, and true to each cause alone."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifeworth.clv import bridge as module
from lifeworth.clv.bridge import PLAYERS, Snapshot, bridge
from lifeworth.clv.causes import CAUSES, Bridge
from lifeworth.clv.margin import choose
from lifeworth.clv.shapley import shapley
from lifeworth.clv.value import Fits, Terms, value
from lifeworth.errors import DataError
from lifeworth.models import BetaGeoNBD, GammaGamma, ParetoNBD
from lifeworth.units import Period, Rate, TimeUnit

START = date(2024, 6, 30)
MODELS = (
    BetaGeoNBD().at({"r": 1.25, "alpha": 14.4, "a": 1.3, "b": 4.4}),
    BetaGeoNBD().at({"r": 0.9, "alpha": 11.0, "a": 1.1, "b": 3.0}),
    ParetoNBD().at({"r": 1.55, "alpha": 20.5, "s": 1.6, "beta": 61.6}),
)
SPENDS = (GammaGamma().at({"p": 6.0, "q": 4.0, "v": 15.0}), GammaGamma().at({"p": 5.0, "q": 3.5, "v": 17.0}))


def terms(as_of: date, margin: float = 0.4, discount: float = 0.1) -> Terms:
    return Terms(
        as_of=as_of,
        horizon=Period.days(364),
        discount=Rate(discount),
        margin=choose(margin, None, None),
        unit=TimeUnit.WEEK,
        lifespan=None,
        simple=None,
        why_no_simple="",
        has_money=True,
    )


def rows(people: dict[str, tuple[int, int, int, float]]) -> pa.Table:
    """Customers as (repeat orders, recency, age, mean value)."""
    ids = sorted(people)
    x, recency, age, spent = (np.array([people[one][k] for one in ids]) for k in range(4))
    return pa.table(
        {
            "customer_id": pa.array(ids, pa.string()),
            "first_day": pa.array([START] * len(ids), pa.date32()),
            "last_day": pa.array([START] * len(ids), pa.date32()),
            "orders": pa.array(x.astype(int) + 1, pa.int64()),
            "x": pa.array(x.astype(int), pa.int64()),
            "recency": pa.array(recency.astype(int), pa.int64()),
            "age": pa.array(age.astype(int), pa.int64()),
            "revenue": pa.array(spent * (x + 1), pa.float64()),
            "margin": pa.nulls(len(ids), pa.float64()),
            "mean_value": pa.array(spent.astype(float), pa.float64()),
            "repeat_value": pa.array(spent.astype(float), pa.float64()),
        }
    )


def snapshot(people: dict[str, Any], as_of: date, model: int = 0, spend: int = 0, **said: float) -> Snapshot:
    return Snapshot(rows(people), Fits(MODELS[model], SPENDS[spend], first_order=True), terms(as_of, **said))


@st.composite
def two_dates(draw: st.DrawFn) -> tuple[Snapshot, Snapshot, list[str]]:
    """Two dates of one company: people come, order, fall silent, vanish; models and terms may change."""
    days = draw(st.integers(0, 200))
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for k in range(draw(st.integers(1, 12))):
        name = f"c{k}"
        age = draw(st.integers(1, 600))
        x = draw(st.integers(0, min(age, 30)))
        recency = draw(st.integers(min(x, 1), age)) if x else 0
        spent = draw(st.floats(1, 500))
        kind = draw(st.sampled_from(["stays", "silent", "new", "gone"]))
        if kind != "new":
            before[name] = (x, recency, age, spent)
        if kind == "silent":
            after[name] = (x, recency, age + days, spent)
        elif kind == "stays":
            more = draw(st.integers(0, min(days, 10)))
            last = age + draw(st.integers(1, days)) if more else recency
            after[name] = (x + more, last, age + days, draw(st.floats(1, 500)))
        elif kind == "new":
            after[name] = (0, 0, draw(st.integers(0, days)), spent)
    said = {"margin": draw(st.floats(0.05, 0.9)), "discount": draw(st.floats(0, 0.5))}
    earlier = snapshot(before, START, draw(st.integers(0, 2)), draw(st.integers(0, 1)))
    later = snapshot(after, START + timedelta(days=days), draw(st.integers(0, 2)), draw(st.integers(0, 1)), **said)
    return earlier, later, draw(st.lists(st.sampled_from([f"c{k}" for k in range(12)]), unique=True))


@settings(max_examples=60)
@given(two_dates())
def test_the_causes_add_up_to_the_change_of_every_customer(dates: tuple[Snapshot, Snapshot, list[str]]) -> None:
    earlier, later, lost = dates
    found = bridge(earlier, later, pa.array(lost, pa.string()))
    for row in found.parts.to_pylist():
        change = row["after"] - row["before"]
        scale = max(abs(row["after"]), abs(row["before"]), 1.0)
        assert math.fsum(row[cause] for cause in CAUSES) == pytest.approx(change, abs=1e-11 * scale)
    assert abs(found.residual) < 1e-8 * max(1.0, found.before, found.after)
    for side, total in ((earlier, found.before), (later, found.after)):
        equity = value(side.rows, side.fits, side.terms).equity if side.rows.num_rows else {"value": 0.0}
        assert equity is not None
        assert total == pytest.approx(equity["value"], rel=1e-12, abs=1e-9)


def test_the_share_of_a_cause_is_its_mean_over_all_orders() -> None:
    """The definition itself, all 2,520 orders one by one, instead of the weights of subsets."""
    rng = np.random.default_rng(1)
    worth = {
        frozenset(some): rng.random(2)
        for size in range(len(PLAYERS) + 1)
        for some in itertools.combinations(PLAYERS, size)
    }
    shares = shapley(lambda done: worth[done], PLAYERS)
    orders = [one for one in itertools.permutations(PLAYERS) if one.index("time") < one.index("frequency")]
    for player in PLAYERS:
        gains = [
            worth[frozenset(order[: order.index(player) + 1])] - worth[frozenset(order[: order.index(player)])]
            for order in orders
        ]
        np.testing.assert_allclose(shares[player], np.mean(gains, axis=0), atol=1e-12)


PEOPLE = {"a": (4, 200, 300, 60.0), "b": (0, 0, 100, 45.0), "c": (9, 390, 400, 80.0)}


def only(found: Bridge, *causes: str) -> None:
    for cause, total in found.causes.items():
        if cause in causes:
            assert abs(total) > 0.01, cause
        else:
            assert total == pytest.approx(0.0, abs=1e-9), cause


def test_nothing_changed_nothing_is_a_cause() -> None:
    same = snapshot(PEOPLE, START)
    only(bridge(same, same))


@pytest.mark.parametrize(
    ("cause", "change"),
    [
        ("margin", {"margin": 0.3}),
        ("discount", {"discount": 0.2}),
        ("order_model", {"model": 1}),
        ("spend_model", {"spend": 1}),
    ],
)
def test_what_alone_was_changed_is_the_only_cause(cause: str, change: dict[str, Any]) -> None:
    only(bridge(snapshot(PEOPLE, START), snapshot(PEOPLE, START, **change)), cause)


def test_silence_is_time_alone_until_a_customer_counts_as_lost() -> None:
    days = 90
    silent = {name: (x, recency, age + days, spent) for name, (x, recency, age, spent) in PEOPLE.items()}
    earlier, later = snapshot(PEOPLE, START), snapshot(silent, START + timedelta(days=days))
    later = replace(later, terms=replace(later.terms, horizon=Period.days(364)))
    only(bridge(earlier, later), "time")
    only(bridge(earlier, later, pa.array(["c"])), "time", "lost")
    assert bridge(earlier, later, pa.array(["c"])).causes["lost"] < 0


def test_who_comes_and_who_goes_are_causes_of_their_own() -> None:
    fewer = {name: one for name, one in PEOPLE.items() if name != "a"}
    only(bridge(snapshot(fewer, START), snapshot(PEOPLE, START)), "new")
    only(bridge(snapshot(PEOPLE, START), snapshot(fewer, START)), "gone")


def test_back_and_forth_is_the_same_with_the_other_sign() -> None:
    """No cause gains from the side one looks from; without time, which runs one way only."""
    one, other = snapshot(PEOPLE, START), snapshot(PEOPLE, START, model=2, spend=1, margin=0.25, discount=0.3)
    there, back = bridge(one, other).causes, bridge(other, one).causes
    for cause in CAUSES:
        assert there[cause] == pytest.approx(-back[cause], abs=1e-9)


def test_groups_add_up_to_the_whole() -> None:
    later = {**{name: (x, r, age + 30, spent) for name, (x, r, age, spent) in PEOPLE.items()}, "d": (0, 0, 5, 30.0)}
    found = bridge(snapshot(PEOPLE, START), snapshot(later, START + timedelta(days=30), model=1))
    groups = found.by(pa.table({"customer_id": ["a", "b", "d"], "group": ["web", "shop", "web"]}))
    assert set(groups) == {"web", "shop", None}
    for cause, total in found.causes.items():
        assert math.fsum(one[cause] for one in groups.values()) == pytest.approx(total, abs=1e-9)


def test_blocks_of_customers_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    later = {name: (x, r, age + 30, spent * 1.2) for name, (x, r, age, spent) in PEOPLE.items()}
    dates = snapshot(PEOPLE, START), snapshot(later, START + timedelta(days=30), model=1)
    whole = bridge(*dates).parts
    monkeypatch.setattr(module, "BLOCK", 1)
    for name in whole.column_names[1:]:
        np.testing.assert_allclose(
            bridge(*dates).parts[name].to_numpy(), whole[name].to_numpy(), rtol=1e-12, atol=1e-12
        )


def test_dates_in_the_wrong_order_or_without_value_are_refused() -> None:
    late, early = snapshot(PEOPLE, START + timedelta(days=1)), snapshot(PEOPLE, START)
    with pytest.raises(DataError, match="after the later"):
        bridge(late, early)
    with pytest.raises(DataError, match="predicted no value"):
        bridge(replace(early, fits=replace(early.fits, spend=None)), late)
