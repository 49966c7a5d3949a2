"""Changes of a product: what the factors brought adds up to all of it."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifeworth.audit.decompose import factors, parts

figures = st.floats(-1e4, 1e4, allow_nan=False)
sides = st.integers(1, 4).flatmap(lambda n: st.tuples(*(st.lists(figures, min_size=n, max_size=n) for _ in range(2))))


def largest(pair):
    """The largest product there can be on the way: what rounding is measured by."""
    before, after = pair
    return max(1.0, max(map(abs, before + after)) ** len(before))


@given(sides)
@settings(max_examples=200, deadline=None)
def test_the_parts_add_up_to_the_change(pair):
    before, after = pair
    change = math.prod(after) - math.prod(before)
    assert sum(parts(before, after)) == pytest.approx(change, abs=1e-9 * largest(pair))


@given(sides)
@settings(max_examples=100, deadline=None)
def test_a_factor_that_stays_brings_nothing(pair):
    before, after = pair
    after = [before[0], *after[1:]]
    assert parts(before, after)[0] == 0


@given(sides)
@settings(max_examples=100, deadline=None)
def test_the_way_back_brings_the_opposite(pair):
    there, back = parts(*pair), parts(*reversed(pair))
    for one, other in zip(there, back, strict=True):
        assert one == pytest.approx(-other, abs=1e-9 * largest(pair))


def test_two_factors_share_what_they_did_together():
    # 10 × 5 = 50 becomes 12 × 7 = 84: 2 × 5 and 10 × 2 alone, 2 × 2 together.
    assert parts((10, 5), (12, 7)) == (12.0, 22.0)


def test_a_sum_is_a_product_of_four():
    assert factors(4, 10, 200, 50) == (4, 2.5, 20, 0.25)
    assert math.prod(factors(4, 10, 200, 50)) == pytest.approx(50)


@pytest.mark.parametrize("nothing", [(0, 0, 0, 0), (3, 3, 0, -5)])
def test_where_nobody_bought_or_for_nothing_there_is_no_product(nothing):
    assert factors(*nothing) is None
