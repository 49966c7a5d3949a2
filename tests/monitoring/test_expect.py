"""What a series was expected to be: noise is put up with, a break is seen, a season is known, and alarms by chance keep to their number."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from lifeworth.monitoring.expect import LEAST, expectation, threshold_of


def poisson(level: float, weeks: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).poisson(level, weeks).astype(float)


def test_nothing_is_expected_of_a_short_past() -> None:
    one = expectation(poisson(100, 8 + LEAST, 1), season=52)
    assert not one.known
    assert expectation(poisson(100, 8 + LEAST + 1, 1), season=52).known


def test_an_empty_series_is_no_fault() -> None:
    assert not expectation(np.array([]), season=52).known


def test_a_halved_week_is_far_outside_and_its_share_is_told() -> None:
    values = poisson(100, 60, 2)
    values[-1] = 50
    one = expectation(values, season=52)
    z, points = one.strength()
    assert z < -5
    assert points == 1
    assert one.share(1) == pytest.approx(-0.5, abs=0.08)
    assert one.values[-1] < one.low[-1]


def test_a_drop_that_no_week_proves_alone_is_seen_over_three() -> None:
    values = poisson(100, 60, 3)
    values[-3:] = [76, 74, 77]
    one = expectation(values, season=52)
    assert abs(one.z[-1]) < abs(one.strength()[0])
    assert one.strength()[1] == 3


def test_the_band_of_several_points_is_narrower_than_theirs_in_sum_and_holds_no_alarm() -> None:
    values = poisson(100, 60, 3)
    values[-3:] = [66, 64, 67]
    one = expectation(values, season=52)
    z, points = one.strength()
    assert abs(z) > 3
    assert points == 3
    low, high = one.band(points)
    assert one.low[-3:].sum() < low < one.expected[-3:].sum() < high < one.high[-3:].sum()
    assert values[-3:].sum() < low
    assert one.band(1) == pytest.approx((one.low[-1], one.high[-1]))


def test_a_season_that_was_there_last_year_is_expected_this_year() -> None:
    weeks = np.arange(130)
    season = np.where(weeks % 52 >= 44, 2.0, 1.0)
    values = (
        np.random.default_rng(4).poisson(200 * season[:97]).astype(float)
    )  # the second rise comes in the last weeks
    known = expectation(values, season=52)
    unknown = expectation(values[-40:], season=52)
    assert abs(known.strength()[0]) < abs(unknown.strength()[0])
    assert known.expected[-1] > 1.25 * unknown.expected[-1]


def test_an_earlier_incident_does_not_hide_the_next_one() -> None:
    values = poisson(100, 80, 5)
    clean = values.copy()
    values[50:52] = 10
    values[-1] = clean[-1] = 50
    assert expectation(values, season=52).z[-1] == pytest.approx(expectation(clean, season=52).z[-1], rel=0.35)


def test_a_share_is_held_to_points_and_may_be_zero() -> None:
    values = np.array([0.02, 0.03, 0.0, 0.025] * 6 + [0.2])
    one = expectation(values, season=12, level=4, logarithms=False, floor=0.01)
    assert one.z[-1] > 5
    assert np.isfinite(one.expected[-1])


def test_a_gap_in_a_series_is_no_zero() -> None:
    values = poisson(100, 60, 6)
    values[-5] = np.nan
    one = expectation(values, season=52)
    assert one.known
    assert abs(one.z[-1]) < 4


@pytest.mark.parametrize("wanted", [0.5, 2.0])
def test_the_threshold_gives_no_more_alarms_by_chance_than_were_asked_for(wanted: float) -> None:
    tests = 260.0
    threshold = threshold_of(wanted, tests)
    # Heavier tails than the normal curve are allowed for, so on a normal curve there are fewer.
    assert 2 * norm.sf(threshold) * tests < wanted
    draws = np.random.default_rng(7)
    alarms = looks = 0
    for _ in range(60):
        one = expectation(draws.poisson(120, 150).astype(float), season=52, threshold=threshold)
        known = np.isfinite(one.z)
        alarms += int((np.abs(one.z[known]) > threshold).sum())
        looks += int(known.sum())
    assert alarms / looks < 1.5 * wanted / tests


def test_fewer_false_alarms_mean_a_higher_threshold() -> None:
    thresholds = [threshold_of(alarms, 260) for alarms in (5, 1, 0.5, 0.1)]
    assert thresholds == sorted(thresholds)
