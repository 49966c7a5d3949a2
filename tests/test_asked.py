from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from lifeworth.asked import asked, given, joined, parted
from lifeworth.errors import OptionError
from lifeworth.kpis.actions import cohorts
from lifeworth.parts import ACTIONS
from lifeworth.segments.actions import movement
from lifeworth.units import Period


@pytest.mark.parametrize("action", ACTIONS, ids=lambda one: one.name)
def test_every_parameter_of_every_action_is_of_a_kind_a_form_can_show(action: Any) -> None:
    for one in asked(action.load()):
        assert one.kind in {"choice", "flag", "text", "count", "number", "share", "period", "day", "pairs"}
        assert one.help, f"{action.name}: {one.name} says nothing of itself"
        assert (one.kind == "choice") == bool(one.choices)


def test_texts_become_the_values_an_action_takes() -> None:
    assert given(movement, {"scheme": "tiers", "since": "6m", "on": "2026-01-31"}) == {
        "scheme": "tiers",
        "since": Period.months(6),
        "on": date(2026, 1, 31),
    }
    assert given(cohorts, {"metric": "revenue", "cumulative": "true", "per_customer": ""}) == {
        "metric": "revenue",
        "cumulative": True,
    }


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(OptionError) as caught:
        given(movement, {"scheme": "tier", "since": "soon", "whence": "x"})
    said = " ".join(caught.value.faults)
    assert 'Did you mean "tiers"?' in said
    assert '"soon" is not a period' in said
    assert '"whence" is not a parameter' in said


def test_what_is_required_is_asked_for() -> None:
    alive = next(one for one in ACTIONS if one.name == "alive").load()
    with pytest.raises(OptionError, match="cannot be used") as caught:
        given(alive, {})
    assert any("customer is missing" in fault for fault in caught.value.faults)


def test_a_text_without_end_is_refused() -> None:
    with pytest.raises(OptionError) as caught:
        given(movement, {"scheme": "x" * 10_000})
    assert "longer than" in caught.value.faults[0]


@drawn(st.lists(st.text(max_size=8), min_size=1, max_size=5))
def test_values_in_one_text_come_back_whatever_is_in_them(values: list[str]) -> None:
    assert parted(joined(values)) == values
