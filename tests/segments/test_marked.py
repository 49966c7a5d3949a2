"""What marks a group: p-values that are never too small, and a share of false findings that is held."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from lifeworth.segments.baskets import bought, counts, read
from lifeworth.segments.marked import BUYERS, LEVEL, Counts, adjusted, judged, marks, p_values


@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 60), st.data())
@settings(max_examples=150, deadline=None)
def test_a_p_value_is_never_below_that_of_fishers_test(inside, outside, buyers, data):
    buyers = min(buyers, inside + outside)
    least, most = max(0, buyers - outside), min(buyers, inside)
    members = data.draw(st.integers(least, most))
    mean = buyers * inside / (inside + outside)
    (safe,) = p_values(np.array([float(members)]), np.array([float(buyers)]), np.array([mean]))
    exact = stats.hypergeom(inside + outside, buyers, inside)
    tail = exact.sf(members - 1) if members >= mean else exact.cdf(members)
    assert safe >= min(1.0, tail) - 1e-12


def test_a_p_value_holds_for_customers_of_several_bands():
    # Two bands: the count of members is a sum of two hypergeometric counts, whose exact tail is a convolution.
    bands = [(40, 10, 12), (30, 20, 9)]
    exact = np.array([1.0])
    for everyone, inside, buyers in bands:
        exact = np.convolve(exact, stats.hypergeom(everyone, buyers, inside).pmf(np.arange(buyers + 1)))
    mean = sum(inside * buyers / everyone for everyone, inside, buyers in bands)
    for members in range(len(exact)):
        (safe,) = p_values(np.array([float(members)]), np.array([21.0]), np.array([mean]))
        tail = exact[members:].sum() if members >= mean else exact[: members + 1].sum()
        assert safe >= min(1.0, tail) - 1e-12


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
@settings(deadline=None)
def test_adjusted_values_are_those_of_benjamini_and_hochberg(values):
    p = np.array(values)
    np.testing.assert_allclose(adjusted(p), stats.false_discovery_control(p, method="bh"), atol=1e-12)


def shop(rng, customers=400, things=60, marked=(), lift=1.0):
    """Counts of a shop where who buys more has more of everything; members of the group buy the marked things `lift` times as readily."""
    appetite = rng.gamma(1.5, 1.0, customers)
    inside = rng.random(customers) < 1 / (1 + np.exp(1.5 - appetite))  # the group are the heavy buyers
    popular = rng.beta(1.0, 8.0, things)
    rate = np.outer(appetite, popular)
    rate[np.ix_(inside, list(marked))] *= lift
    owns = rng.random((customers, things)) < 1 - np.exp(-rate)
    breadth = owns.sum(axis=1)
    rows = {"name": [], "band": [], "buyers": [], "members": [], "band_all": [], "band_members": []}
    for thing in range(things):
        for band in np.unique(breadth[owns[:, thing]]):
            here = breadth == band
            rows["name"].append(f"t{thing:02d}")
            rows["band"].append(float(band))
            rows["buyers"].append(float((owns[:, thing] & here).sum()))
            rows["members"].append(float((owns[:, thing] & here & inside).sum()))
            rows["band_all"].append(float(here.sum()))
            rows["band_members"].append(float((here & inside).sum()))
    return Counts(np.array(rows.pop("name")), **{name: np.array(column) for name, column in rows.items()})


def test_where_nothing_marks_the_group_hardly_anything_is_named():
    rng = np.random.default_rng(5)
    named = [any(one.found for one in judged([marks(shop(rng))])[0]) for _ in range(120)]
    # A false finding where there is nothing to find is what the level bounds; 12 of 120 would be twice the level.
    assert sum(named) <= 12
    assert LEVEL == 0.05


def test_of_what_is_named_few_are_chance_and_most_marks_are_found():
    rng = np.random.default_rng(6)
    marked = range(0, 60, 6)
    wrong, right, missed = 0, 0, 0
    for _ in range(40):
        found = judged([marks(shop(rng, customers=1500, marked=marked, lift=3.0))])[0]
        tested = {one.name for one in found if one.q is not None}
        truth = {f"t{thing:02d}" for thing in marked} & tested
        named = {one.name for one in found if one.found}
        wrong += len(named - truth)
        right += len(named & truth)
        missed += len(truth - named)
    # Marked things crowd others out of a basket of given size, so a little more than the level is expected here.
    assert wrong / (wrong + right) <= 0.10
    assert right / (right + missed) >= 0.7


def test_few_buyers_are_not_tested():
    few = BUYERS - 1.0
    one = marks(Counts(np.array(["a"]), *(np.array([value]) for value in (1.0, few, few, 500.0, 100.0))))
    assert judged([one])[0][0].q is None
    assert not judged([one])[0][0].found


def test_lists_are_adjusted_together():
    one = Counts(np.array(["a"]), *(np.array([v]) for v in (1.0, 40.0, 30.0, 400.0, 160.0)))
    alone = judged([marks(one)])[0][0].q
    crowd = [
        marks(Counts(np.array([f"n{k}"]), *(np.array([v]) for v in (1.0, 50.0, 20.0, 400.0, 160.0)))) for k in range(30)
    ]
    together = judged([marks(one), *crowd])[0][0].q
    assert together == pytest.approx(31 * alone)


def test_what_is_bought_first_and_next_is_told_apart(engine):
    days = engine.load(
        "days", pa.table({"customer_id": ["a", "a", "b"], "day": pa.array([1, 9, 3], pa.int32()).cast(pa.date32())})
    )
    orders = engine.load(
        "o",
        pa.table(
            {
                "order_id": ["1", "2", "3", "4"],
                "customer_id": ["a", "a", "b", None],
                "ordered_at": pa.array([1, 9, 3, 3], pa.int32()).cast(pa.date32()).cast(pa.timestamp("us")),
            }
        ),
    )
    lines = engine.load(
        "l",
        pa.table(
            {
                "order_id": ["1", "1", "2", "2", "3", "4"],
                "product_id": ["p", "q", "p", "r", "q", "q"],
                "product_name": pa.array([None, "Q", None, "R", "Q", "Q"], pa.string()),
                "category": pa.array(["c", None, "c", None, None, None], pa.string()),
            }
        ),
    )
    products = engine.load(
        "p", pa.table({"product_id": ["p", "q", "r"], "name": ["P", "Q", "R"], "category": ["c", "d", "d"]})
    )
    found = {
        (row["customer_id"], row["item"]): (row["first"], row["next"])
        for row in engine.arrow(bought(days, orders, lines, products, "product")).to_pylist()
    }
    assert found == {
        ("a", "P"): (True, True),
        ("a", "Q"): (True, False),
        ("a", "R"): (False, True),
        ("b", "Q"): (True, False),
    }
    assert {row["item"] for row in engine.arrow(bought(days, orders, lines, products, "category")).to_pylist()} == {
        "c",
        "d",
    }


def test_customers_are_counted_by_how_many_things_they_have(engine):
    owned = engine.load(
        "owned", pa.table({"customer_id": ["a", "a", "b", "b", "c"], "item": ["x", "y", "x", "y", "x"]})
    )
    members = engine.load("m", pa.table({"customer_id": ["a", "b", "c", "d"], "inside": [True, False, True, True]}))
    found = read(engine.arrow(counts(owned, members)))
    rows = list(
        zip(found.name, found.band, found.buyers, found.members, found.band_all, found.band_members, strict=True)
    )
    assert rows == [("x", 1, 1, 1, 1, 1), ("x", 2, 2, 1, 2, 1), ("y", 2, 2, 1, 2, 1)]
    assert found.sizes == (2, 1)
    x = next(one for one in marks(found) if one.name == "x")
    assert (x.buyers, x.members, x.expected) == (3, 2, pytest.approx(2.0))
