"""Probabilities to become high-value against who did: right ones pass, bent ones are found and named."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from tests.evaluation.simulated import simulated

from lifeworth.evaluation.high_value import high_value, judge, recalibration_slope
from lifeworth.evaluation.high_value_specs import high_value_blocks, verdict
from lifeworth.evaluation.metrics import jsonable
from lifeworth.evaluation.spend import spend_test
from lifeworth.models import BetaGeoNBD, GammaGamma
from lifeworth.report.spec import Chart, Stats, Table, Text


class Days:
    """As much of a hold-out as a judgement needs."""

    as_of = date(2025, 1, 1)
    until = date(2025, 12, 31)


def drawn(size=10_000, seed=0):
    rng = np.random.default_rng(seed)
    p = rng.beta(0.25, 2.25, size)
    return p, rng.random(size) < p, rng


def judged(p, y):
    return judge(p, y, Days, 0.1, 250.0, in_money=True)


def test_right_probabilities_are_found_right():
    findings = [judged(*drawn(seed=seed)[:2]).findings for seed in range(20)]
    # each of three findings has one chance in twenty; they go together, so most tests have none
    assert sum(bool(found) for found in findings) <= 4


def test_too_much_promised_is_found_and_said():
    p, y, rng = drawn()
    fewer = y & (rng.random(y.size) < 0.7)
    found = judged(p, fewer)
    assert "total" in found.findings
    assert "fewer than promised" in verdict([found])


@pytest.mark.parametrize(("power", "words"), [(1.8, "too far apart"), (0.5, "too close together")])
def test_probabilities_stretched_or_squeezed_are_found_and_said(power, words):
    p, y, _ = drawn()
    odds = (p / (1 - p)) ** power
    found = judged(odds / (1 + odds), y)
    assert "slope" in found.findings
    assert found.slope == pytest.approx(1 / power, rel=0.1)
    assert words in verdict([found])


def test_the_slope_is_one_within_its_error_for_right_probabilities():
    slopes = [recalibration_slope(p, y.astype(float)) for p, y, _ in (drawn(3000, seed) for seed in range(40))]
    z = np.array([(slope - 1) / error for slope, error in slopes])
    assert abs(z.mean()) < 4 / np.sqrt(40)
    assert 0.6 < z.std() < 1.5


def test_brier_is_the_mean_square_and_its_base_that_of_the_share():
    p, y, _ = drawn(500)
    found = judged(p, y)
    assert found.brier == pytest.approx(np.mean((p - y) ** 2))
    assert found.brier_base == pytest.approx(np.mean((y.mean() - y) ** 2))
    assert found.skill == pytest.approx(1 - found.brier / found.brier_base)


def test_the_distance_is_the_mean_gap_over_the_ranges_and_these_hold_everybody():
    p, y, _ = drawn(4000)
    found = judged(p, y)
    assert sum(one.customers for one in found.ranges) == 4000
    assert found.distance == pytest.approx(
        sum(one.customers * abs(one.predicted - one.actual) for one in found.ranges) / 4000
    )
    assert all(one.low <= one.predicted <= one.high for one in found.ranges)
    assert all(one.actual_low <= one.actual <= one.actual_high for one in found.ranges)


def test_one_probability_for_all_has_no_slope_and_is_called_useless():
    _, y, _ = drawn(2000)
    found = judged(np.full(2000, float(y.mean())), y)
    assert found.slope is None
    assert "do not choose customers by them" in verdict([found])


def test_nobody_and_everybody_reaching_it_break_nothing():
    p, _, _ = drawn(200)
    for outcome in (np.zeros(200, bool), np.ones(200, bool)):
        found = judged(p, outcome)
        assert found.slope is None
        assert np.isfinite(found.distance)
        assert high_value_blocks([found])


def test_an_earlier_test_that_shows_the_same_is_told_from_one_that_does_not():
    p, y, rng = drawn()
    bad, good = judged(p, y & (rng.random(y.size) < 0.7)), judged(p, y)
    assert "shows the same" in verdict([bad, bad])
    assert "does not show this" in verdict([bad, replace(good, findings=())])
    other_side = replace(bad, happened=2 * round(bad.expected))
    assert "does not show this" in verdict([bad, other_side])


def test_the_level_of_the_forecast_is_told_where_there_is_one():
    found = judged(*drawn()[:2])
    assert "times 1.20" in verdict([found], 1.2)
    assert "times" not in verdict([found])


def test_what_is_shown_says_what_was_found():
    found = judged(*drawn()[:2])
    words, stats, picture, table = high_value_blocks([found])
    assert isinstance(words, Text)
    assert words.tone == ("warning" if found.findings else "good")
    assert isinstance(stats, Stats)
    assert isinstance(picture, Chart)
    assert picture.diagonal
    assert isinstance(table, Table)
    assert sum(row["came"] for row in table.records()) == found.happened
    assert high_value_blocks([]) == ()
    json.dumps(jsonable(found))


@pytest.mark.parametrize("money", [False, True])
def test_in_a_simulated_company_the_probabilities_hold(money):
    test = simulated(6000, seed=5)
    spend = spend_test(test, GammaGamma()).chosen if money else None
    found = high_value(BetaGeoNBD().fit(test.history), spend, test, 0.1)
    assert found.in_money is money
    assert found.expected <= 600 * 1.01
    assert "total" not in found.findings
    assert found.skill > 0.05
    if not money:
        assert found.threshold == int(found.threshold) >= 1
        assert found.happened == int((test.orders >= found.threshold).sum())
    else:
        assert found.expected == pytest.approx(600, rel=1e-3)
        assert found.happened == int((test.value >= found.threshold).sum())


def test_the_threshold_knows_nothing_of_the_days_held_out():
    test = simulated(2000, seed=6)
    fitted = BetaGeoNBD().fit(test.history)
    spend = spend_test(test, GammaGamma()).chosen
    later = replace(test, orders=np.zeros(2000), value=np.zeros(2000))
    one, other = (high_value(fitted, spend, held, 0.1) for held in (test, later))
    assert one.threshold == other.threshold
    assert one.expected == other.expected
    assert other.happened == 0
