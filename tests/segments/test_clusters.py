"""Clusters: groups that were planted are found and called stable; where there are none, that is said."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifeworth.segments import clusters
from lifeworth.segments.kmeans import adjusted_rand, groups_of, nearest, tightness
from lifeworth.segments.traits import FEATURES, names

PLANTED = np.array([[0.0, 4.5, 3.0, 6.0], [2.5, 1.5, 3.0, 6.5], [0.0, 2.0, 6.0, 3.0], [3.0, 5.0, 5.5, 6.8]])


def planted(rng, size=1200, spread=0.35):
    whose = rng.integers(0, len(PLANTED), size)
    return PLANTED[whose] + rng.normal(0, spread, (size, 4)), whose


def test_planted_groups_are_found_and_stable():
    figures, whose = planted(np.random.default_rng(1))
    found = clusters.find(figures, seed=7)
    assert len(found.centres) == len(PLANTED)
    assert found.stable
    assert found.natural
    assert "are stable" in found.verdict
    labels = nearest((figures - found.mean) / found.scale, found.centres)
    assert adjusted_rand(labels, whose) > 0.99


@pytest.mark.parametrize("seed", range(4))
def test_a_single_round_cloud_is_called_unstable(seed):
    figures = np.random.default_rng(seed).normal(size=(1500, 4))
    found = clusters.find(figures, seed=seed)
    assert not found.stable
    assert "unstable" in found.verdict
    assert "do not act on them" in found.verdict


@pytest.mark.parametrize("seed", range(3))
def test_a_long_cloud_is_no_natural_groups(seed):
    rng = np.random.default_rng(seed)
    along = rng.normal(size=(2000, 1))
    figures = along @ np.ones((1, 4)) + rng.normal(0, 0.25, (2000, 4))
    found = clusters.find(figures, seed=seed)
    assert not (found.stable and found.natural)
    assert "not natural groups" in found.verdict or "unstable" in found.verdict


def test_the_same_customers_and_seed_give_the_same_clusters():
    figures, _ = planted(np.random.default_rng(3))
    one, other = (clusters.find(figures, seed=11) for _ in range(2))
    np.testing.assert_array_equal(one.centres, other.centres)
    assert one.stability == other.stability


def test_a_figure_that_is_the_same_for_everybody_is_left_out():
    figures, _ = planted(np.random.default_rng(4))
    figures[:, 2] = 1.0
    found = clusters.find(figures, seed=1)
    assert np.isinf(found.scale[2])
    assert np.isfinite(found.centres).all()


def test_too_few_customers_are_not_cut():
    figures, _ = planted(np.random.default_rng(5), size=clusters.LEAST - 1)
    assert clusters.find(figures, seed=1) is None
    assert clusters.find(np.zeros((5000, 4)), seed=1) is None


def history(rng, size):
    orders = rng.integers(1, 12, size)
    recency = np.where(orders > 1, rng.integers(1, 300, size), 0)
    return pa.table(
        {
            "customer_id": [f"c{k:05d}" for k in range(size)],
            "orders": pa.array(orders, pa.int64()),
            "recency": pa.array(recency, pa.int64()),
            "age": pa.array(recency + rng.integers(0, 200, size), pa.int64()),
            "mean_value": pa.array(rng.gamma(2, 30, size), pa.float64()),
        }
    )


def test_the_engine_puts_customers_where_arrays_do(engine):
    rows = history(np.random.default_rng(8), 900)
    table = engine.load("history", rows)
    figures = clusters.features(engine.arrow(clusters.sample(table)))
    found = clusters.find(figures, seed=2)
    by_engine = {row["customer_id"]: row["segment"] for row in engine.arrow(clusters.assign(table, found)).to_pylist()}
    labels = nearest((figures - found.mean) / found.scale, found.centres)
    by_arrays = dict(zip(sorted(by_engine), (list(found.groups)[label] for label in labels), strict=True))
    assert by_engine == by_arrays


def test_a_sample_is_spread_over_all_customers_and_no_larger_than_asked(engine):
    table = engine.load("history", history(np.random.default_rng(9), 1003))
    assert engine.arrow(clusters.sample(table)).num_rows == 1003
    assert 100 <= engine.arrow(clusters.sample(table, most=125)).num_rows <= 125


# -- arrays -----------------------------------------------------------------------------------------------------------
groupings = st.integers(2, 40).flatmap(
    lambda n: st.tuples(*(st.lists(st.integers(0, 4), min_size=n, max_size=n).map(np.array) for _ in range(2)))
)


@given(groupings)
@settings(max_examples=100, deadline=None)
def test_the_adjusted_rand_index_counts_pairs(pair):
    one, other = pair
    size = len(one)
    pairs = [(one[i] == one[j], other[i] == other[j]) for i in range(size) for j in range(i)]
    both, first, second = (sum(map(fits, pairs)) for fits in (all, lambda p: p[0], lambda p: p[1]))
    expected, highest = first * second / len(pairs), (first + second) / 2
    index = 1.0 if highest == expected else (both - expected) / (highest - expected)
    assert adjusted_rand(one, other) == pytest.approx(index)
    assert adjusted_rand(one, (other + 2) % 5) == pytest.approx(index)


def test_groups_of_points_that_stand_apart_leave_no_spread():
    points = np.repeat(np.array([[0.0, 0.0], [5.0, 5.0], [0.0, 9.0]]), 20, axis=0)
    centres = groups_of(points, 3, np.random.default_rng(0))
    assert tightness(points, centres) == pytest.approx(0.0)


@given(st.lists(st.lists(st.floats(-4, 4), min_size=4, max_size=4), min_size=1, max_size=8))
def test_every_group_has_a_name_of_its_own(centres):
    found = names(np.array(centres))
    assert len(found) == len(centres)


def test_names_say_how_a_group_differs_most():
    found = names(np.array([[1.5, -1.0, 0.1, 0.0], [-0.9, 1.2, 0.0, 0.3], [0.0, 0.0, 0.0, 0.0]]))
    assert list(found) == ["Many orders, bought lately", "Long silent, few orders", "In the middle"]
    assert FEATURES == ("orders", "silence", "value", "age")
