"""The calculator gives what the formula gives, and an address opens it again."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifeworth.clv.actions import calc
from lifeworth.clv.simple import SimpleCLV
from lifeworth.dashboard.calculator.terms import PLAIN, from_address, moved, percents_of, simple_now, to_address
from lifeworth.errors import OptionError
from lifeworth.report.spec import Stats
from lifeworth.serving.desk import Desk

amounts = st.floats(0, 1e6, allow_nan=False).map(lambda one: float(f"{one:.6g}"))
formulas = st.builds(SimpleCLV, amounts, amounts, amounts, st.floats(0, 1).map(lambda one: float(f"{one:.6g}")))


@given(formulas, formulas, formulas)
def test_an_address_opens_the_same_calculator(known: SimpleCLV, now: SimpleCLV, after: SimpleCLV) -> None:
    again, what_if = from_address(to_address(now, after, known), known)
    assert again.value == pytest.approx(now.value)
    assert what_if.value == pytest.approx(after.value)


def test_an_address_says_only_what_differs() -> None:
    assert to_address(PLAIN, PLAIN, PLAIN) == {}


def test_the_value_is_that_of_the_action() -> None:
    _, after = from_address({"apv": "80"}, PLAIN)
    page = calc(average_purchase_value=80, purchase_frequency=2, lifespan=3, margin=0.4)
    stats = page.blocks[0]
    assert isinstance(stats, Stats)
    assert after.value == stats.items[0].value


@pytest.mark.parametrize("text", ["-1", "nan", "inf", "much"])
def test_a_number_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(OptionError):
        from_address({"apv": text}, PLAIN)


def test_a_margin_above_the_revenue_is_refused() -> None:
    with pytest.raises(OptionError):
        from_address({"margin": "1.5"}, PLAIN)


def test_the_terms_of_a_run_multiply_to_its_own_simple_clv(made_workspace: Path) -> None:
    value = Desk(made_workspace).run().facts["value"]
    found = simple_now(value)
    assert found is not None
    assert found.value == pytest.approx(value["simple"]["value"])


def test_a_run_without_terms_prefills_nothing() -> None:
    assert simple_now({"simple": {"lifespan_years": 2.0}}) is None


ELASTIC = {
    "equity": 1000.0,
    "in_money": True,
    "levers": [
        {"name": "basket", "elasticity": 1.0},
        {"name": "retention", "elasticity": 2.0},
        {"name": "margin", "elasticity": None},
    ],
}


def test_one_percent_of_a_driver_does_what_its_elasticity_says() -> None:
    (one,), _ = moved(ELASTIC, {"retention": 1})
    assert one.share == pytest.approx(0.02, abs=2e-4)


def test_ten_percent_more_basket_is_ten_percent_more_equity() -> None:
    (one,), whole = moved(ELASTIC, {"basket": 10})
    assert one.money == pytest.approx(100)
    assert whole == pytest.approx(1100)


def test_drivers_moved_together_multiply() -> None:
    _, whole = moved(ELASTIC, {"basket": 10, "retention": 10})
    assert whole == pytest.approx(1000 * 1.1 * 1.1**2)


def test_a_driver_without_elasticity_moves_nothing() -> None:
    assert moved(ELASTIC, {"margin": 20}) == ((), 1000.0)


def test_a_driver_is_not_moved_further_than_its_slope_carries() -> None:
    with pytest.raises(OptionError):
        moved(ELASTIC, {"basket": 80})


def test_an_address_with_nonsense_leaves_the_drivers_where_they_are() -> None:
    found = percents_of({"d_basket": "5", "d_retention": "lots", "d_margin": "900", "d_frequency": "nan"})
    assert found["basket"] == 5
    assert [found[name] for name in ("retention", "margin", "frequency")] == [0, 0, 0]
    assert all(math.isfinite(one) for one in found.values())
