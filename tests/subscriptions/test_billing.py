from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifeworth.subscriptions.billing import Cycle
from lifeworth.units import Period

CYCLES = st.sampled_from([Cycle(1), Cycle(3), Cycle(12), Cycle(24), Cycle(0, 1), Cycle(0, 7), Cycle(0, 10)])
DAYS = st.dates(date(2019, 1, 1), date(2026, 12, 31))


@given(cycle=CYCLES, anchor=DAYS, number=st.integers(0, 40))
def test_a_bill_falls_due_on_the_calendar_day_a_period_later(cycle: Cycle, anchor: date, number: int) -> None:
    due = cycle.due(np.array([anchor], "datetime64[D]"), np.array([number]))[0].item()
    if not number:
        assert due == anchor
    elif cycle.months:
        assert due == Period.months(cycle.months * number).after(anchor)
    else:
        assert due == anchor + timedelta(days=cycle.days * number)


@given(cycle=CYCLES, anchor=DAYS, later=st.integers(0, 1500))
def test_renewals_made_are_those_due_by_then(cycle: Cycle, anchor: date, later: int) -> None:
    start, until = (np.array([day], "datetime64[D]") for day in (anchor, anchor + timedelta(days=later)))
    made = cycle.made(start, until)
    assert cycle.due(start, made)[0] <= until[0] < cycle.due(start, made + 1)[0]


@pytest.mark.parametrize(
    ("interval", "count", "name", "months"),
    [
        ("month", 1, "monthly", 1),
        ("month", 3, "every 3 months", 3),
        ("month", 12, "yearly", 12),
        ("year", 1, "yearly", 12),
        ("year", 2, "every 2 years", 24),
        ("week", 1, "weekly", 7 / 30.4375),
        ("week", 2, "every 2 weeks", 14 / 30.4375),
        ("day", 1, "daily", 1 / 30.4375),
        ("day", 10, "every 10 days", 10 / 30.4375),
    ],
)
def test_a_period_has_a_name_and_a_length_in_months(interval: str, count: int, name: str, months: float) -> None:
    cycle = Cycle.of(interval, count)
    assert cycle.name == name
    assert cycle.in_months == pytest.approx(months)
