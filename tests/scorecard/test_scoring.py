"""Scores against the published examples of Spider Impact and BSC Designer, and what any score must be."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lifeworth.errors import OptionError
from lifeworth.scorecard.scoring import Band, performance, progress, score

numbers = st.floats(-1e6, 1e6)


@pytest.mark.parametrize(
    ("value", "expected"), [(300, 0.0), (500, 10 / 3), (600, 5.0), (700, 20 / 3), (900, 10.0), (100, 0.0), (2000, 10.0)]
)
def test_the_published_example_of_spider_impact(value: float, expected: float) -> None:
    assert score(value, Band(red=500, goal=700)) == pytest.approx(expected, abs=1e-12)


@given(numbers, numbers, numbers)
def test_less_is_better_is_the_mirror_of_more_is_better(value: float, red: float, goal: float) -> None:
    assume(abs(goal - red) > 1e-6)
    low, high = sorted((red, goal))
    up, down = score(value, Band(low, high)), score(-value, Band(-low, -high, "down"))
    assert up == pytest.approx(down)


@given(numbers, numbers, st.floats(1e-3, 1e6), st.floats(1e-3, 1e6))
def test_a_measure_kept_in_the_middle_is_best_there_and_red_at_both_flags(
    value: float, goal: float, below: float, above: float
) -> None:
    band = Band(goal - below, goal, "middle", goal + above)
    assume(band.red < goal < goal + above)
    assert score(goal, band) == 10
    assert score(band.red, band) == pytest.approx(10 / 3)
    assert score(goal + above, band) == pytest.approx(10 / 3)
    assert 0 <= (score(value, band) or 0) <= 10


def test_nothing_is_scored_where_nothing_is_known() -> None:
    assert score(None, Band(0, 1)) is None
    assert score(float("nan"), Band(0, 1)) is None
    assert progress(None, 0, 1) is None
    assert progress(1, None, 1) is None
    assert progress(1, 2, 2) is None
    assert performance(None, 0, 1) is None


@pytest.mark.parametrize(
    "said",
    [
        {"red": 1, "goal": 1},
        {"red": 2, "goal": 1},
        {"red": 1, "goal": 2, "direction": "down"},
        {"red": 1, "goal": 2, "direction": "middle"},
        {"red": 1, "goal": 2, "direction": "middle", "red_above": 2},
        {"red": 1, "goal": 2, "red_above": 3},
        {"red": float("nan"), "goal": 2},
    ],
)
def test_bands_that_contradict_themselves_are_refused(said: dict[str, object]) -> None:
    with pytest.raises(OptionError):
        Band(**said)  # type: ignore[arg-type]


@given(numbers, numbers, st.floats(1e-3, 1e6))
def test_performance_and_progress_are_shares(value: float, least: float, width: float) -> None:
    assume(least + width > least)
    up, down = performance(value, least, least + width), performance(value, least, least + width, "down")
    assert up is not None
    assert down is not None
    assert up + down == pytest.approx(1)
    assert 0 <= (progress(value, least, least + width) or 0) <= 1


def test_progress_goes_from_the_baseline_to_the_target_whichever_way_that_is() -> None:
    assert progress(15, 10, 20) == 0.5
    assert progress(15, 20, 10) == 0.5
    assert progress(25, 10, 20) == 1.0
    assert progress(5, 10, 20) == 0.0
