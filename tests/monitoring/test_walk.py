"""The measure: hardly a false alarm in months without incident, and the planted incidents are found."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))

from watching.incidents import FURTHER, INCIDENTS
from watching.judge import company, false_alarms, plant

SEED, PLANTED = 20240101, date(2025, 10, 8)
MONTHS = 24


@pytest.fixture(scope="module")
def demo() -> Any:
    return company(5000, SEED)


@pytest.mark.slow
def test_at_most_one_false_alarm_a_month_in_24_months_without_incident(demo: Any) -> None:
    # Every third week here; `make watch-study` looks every week, at six companies.
    alarms, broken = false_alarms(demo, step=3)
    assert broken == []
    assert len(alarms) <= MONTHS, alarms


@pytest.mark.slow
def test_at_least_eleven_of_twelve_planted_incidents_are_found(demo: Any) -> None:
    found = [plant(demo, one, PLANTED, SEED + k) for k, one in enumerate(INCIDENTS)]
    missed = [one.incident.name for one in found if one.day is None]
    assert len(found) == 12
    assert len(missed) <= 1, missed


@pytest.mark.parametrize("incident", FURTHER, ids=lambda one: one.name)
def test_further_incidents_are_found(demo: Any, incident: Any) -> None:
    assert plant(demo, incident, PLANTED, SEED).day is not None
