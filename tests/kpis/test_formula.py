"""Formulas: what they are worth, what is said where they have no value, and what they refuse."""

from __future__ import annotations

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lifeworth.errors import OptionError
from lifeworth.kpis.formula import NotDefined, evaluate, read

VALUES = {"a": 6.0, "b": 3.0, "zero": 0.0, "debt": -2.0, "huge": 1e308}
NONE = {"zero": "there is nothing"}


def worth(text: str, **undefined: str) -> float:
    def of(name: str) -> float:
        if name not in VALUES:
            raise NotDefined(f"{name} is missing")
        return VALUES[name]

    return evaluate(read(text), of, none=lambda name: NONE.get(name, ""), undefined=undefined)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a / b", 2),
        ("-(a - b) * 2 + 1", -5),
        ("a / -2", -3),
        ("first_known(lost, b)", 3),
        ("first_known(a / zero, b)", 3),
        ("if_zero(zero, 0.0167)", 0.0167),
        ("if_zero(a, 1)", 6),
        ("least(a, b) + greatest(a, b, 9)", 12),
    ],
)
def test_a_formula_is_worth_what_it_says(text: str, value: float) -> None:
    assert worth(text) == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a / zero", "there is nothing"),
        ("a / (b - 3)", "b - 3 is zero"),
        ("a / debt", "debt is below zero"),
        ("a / lost", "lost is missing"),
        ("first_known(lost, a / zero)", "lost is missing, and there is nothing"),
        ("huge * 10", "it is too large to be written down"),
    ],
)
def test_what_has_no_value_says_why(text: str, reason: str) -> None:
    with pytest.raises(NotDefined) as told:
        worth(text)
    assert str(told.value) == reason


def test_the_reason_for_a_denominator_of_several_terms_is_the_one_written_for_it() -> None:
    with pytest.raises(NotDefined, match="nothing was lost"):
        worth("a / (b - 3)", **{"b - 3": "nothing was lost"})


@pytest.mark.parametrize(
    "text",
    ["a ** 2", "a // b", "a % b", "a < b", "a and b", "a.b", "a[0]", "'a'", "True", "len(a)", "first_known()", "if_zero(a)",
     "least(a, key=b)", "lambda: a", "[a]", "a if b else a", "", "a +", "1" + "+1" * 900],
)  # fmt: skip
def test_nothing_but_arithmetic_is_let_through(text: str) -> None:
    with pytest.raises(OptionError):
        read(text, "metrics.mine")


def test_the_figures_of_a_formula_are_named_once_each() -> None:
    assert read("a / (b + a) - first_known(c, 1)").names == ("a", "b", "c")


numbers = st.floats(-1e6, 1e6)


@example(x=1.0, y=0.0)
@given(x=numbers, y=numbers)
def test_a_ratio_is_never_infinite_and_never_on_a_negative_base(x: float, y: float) -> None:
    try:
        found = evaluate(read("x / y"), {"x": x, "y": y}.__getitem__, none=lambda _: "", undefined={})
    except NotDefined:
        assert y <= 0 or not math.isfinite(x / y)
    else:
        assert y > 0
        assert found == x / y
