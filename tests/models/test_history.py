"""Histories say at the door what is wrong with them, and count like customers together without losing any."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifeworth.errors import InputError
from lifeworth.models import History, SpendHistory
from lifeworth.models.distinct import distinct, encode


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (([1, 2.5], [1, 2], [3, 3]), "row 1: x = 2.5 is not a whole number"),
        (([-1], [1], [3]), "row 0: x = -1 is not a whole number"),
        (([1, float("nan")], [1, 2], [3, 3]), "row 1: x = nan is not a finite number"),
        (([1, 2], [1, 2], [3, float("inf")]), "row 1: T = inf is not a finite number"),
        (([1, 2], [1, 4], [3, 3]), "row 1: the last purchase (t_x = 4) lies after the end of observation (T = 3)"),
        (([0, 1], [1, 1], [3, 3]), "row 0: t_x = 1 without a repeat purchase"),
        (([0, 1], [0, 0], [3, 3]), "row 1: x = 1 repeat purchases at t_x = 0"),
        (([1], [-1], [3]), "row 0: t_x = -1 is before the first purchase"),
        (([1, 1], [1], [3]), "x has 2, t_x has 1, T has 1"),
        ((["a"], [1], [3]), "x is not a column of numbers"),
        (([[1]], [1], [3]), "x has 2 dimensions"),
    ],
)
def test_a_history_that_cannot_be_is_refused_by_row_and_value(columns: tuple, said: str) -> None:
    with pytest.raises(InputError) as caught:
        History(*columns)
    assert said in str(caught.value)


def test_all_faults_of_a_history_are_told_at_once() -> None:
    with pytest.raises(InputError) as caught:
        History([0.5, 1, 1], [0, 9, 1], [3, 3, 3])
    assert [fault[:5] for fault in caught.value.faults] == ["row 0", "row 1", "row 0"]


def test_weights_are_above_nought() -> None:
    with pytest.raises(InputError, match="row 1: weights = 0"):
        History([1, 1], [1, 1], [2, 2], weights=[1, 0])


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (([1, 2], [5, -3]), "row 1: mean_value = -3 over 2 purchases"),
        (([1, 2], [5, 0]), "row 1: mean_value = 0 over 2 purchases"),
        (([1, 1.5], [5, 3]), "row 1: x = 1.5"),
    ],
)
def test_a_spend_that_cannot_be_is_refused_by_row_and_value(columns: tuple, said: str) -> None:
    with pytest.raises(InputError) as caught:
        SpendHistory(*columns)
    assert said in str(caught.value)


def test_a_customer_without_purchases_may_have_any_mean() -> None:
    assert len(SpendHistory([0, 1], [0.0, 3.0]).with_purchases()) == 1


rows = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 9), st.integers(1, 4)), min_size=1, max_size=60)


@given(rows=rows, scale=st.sampled_from([1.0, 1 / 7, 0.3137]))
def test_equal_rows_become_one_and_nobody_is_lost(rows: list[tuple[int, int, int]], scale: float) -> None:
    x, t, w = (np.array(column, np.float64) for column in zip(*rows, strict=True))
    found = distinct([x, t * scale], w)
    expected: dict[tuple[float, float], float] = {}
    for one, other, weight in zip(x, t * scale, w, strict=True):
        expected[one, other] = expected.get((one, other), 0.0) + weight
    assert len(found.weights) == len(expected)
    assert sorted(found.weights) == sorted(expected.values())
    assert found.columns[0][found.place].tolist() == x.tolist()
    assert found.columns[1][found.place] == pytest.approx(t * scale, rel=1e-15)


def test_tiny_values_are_not_taken_for_nought() -> None:
    found = distinct([np.array([0.0, 1e-13, 1e-200, 1.0])], None)
    assert found.columns[0].tolist() == [0.0, 1e-200, 1e-13, 1.0]


def test_days_counted_in_weeks_are_on_a_grid_in_spite_of_rounding() -> None:
    days = np.arange(2000.0)
    for values, steps in ((days, 1), (days * (1 / 7), 7), (days * (1 + 2e-13), 1)):
        levels, codes = encode(values)
        assert codes.tolist() == days.tolist()
        assert levels.tolist() == (days / steps).tolist()


def test_a_column_off_every_grid_is_sorted() -> None:
    values = np.random.default_rng(0).uniform(-3, 3, 500).repeat(2)
    found = distinct([values, values[::-1], values], None)
    assert found.columns[0][found.place].tolist() == values.tolist()


@pytest.mark.parametrize("largest", [12, 1500, 2000, 900_000])
def test_a_table_of_keys_and_sorting_find_the_same_rows(largest: int) -> None:
    """Keys fit a table for 12 levels a column, 32 bits for 1,500, 64 bits for 2,000 and more."""
    rng = np.random.default_rng(0)
    columns = [rng.integers(0, largest, 3000).astype(float) for _ in range(3)]
    sparse = distinct(columns, None)
    assert sparse.columns[2][sparse.place].tolist() == columns[2].tolist()
    by_rows = np.unique(np.column_stack(columns), axis=0)
    assert np.column_stack(sparse.columns).tolist() == by_rows.tolist()
    assert np.column_stack(distinct(columns, None, places=False).columns).tolist() == by_rows.tolist()


def test_compressing_keeps_every_customer() -> None:
    h = History([0, 0, 1, 0], [0, 0, 2, 0], [5, 5, 5, 6])
    cells = h.compress()
    assert len(cells) == 3
    assert cells.customers == 4
    assert cells.compress().weights.tolist() == cells.weights.tolist()


def test_a_subsample_is_the_same_every_time_and_weighs_what_was_asked() -> None:
    rng = np.random.default_rng(1)
    h = History(rng.integers(1, 9, 1000), np.full(1000, 2.0), np.full(1000, 5.0), weights=rng.integers(1, 9, 1000))
    few = h.subsample(100)
    assert few.customers == 100
    assert few.x.tolist() == h.subsample(100).x.tolist()
    assert few.x @ few.weights / 100 == pytest.approx(h.x @ h.weights / h.customers, rel=0.1)
