"""Sums that read the same on every engine and in every order of threads."""

from __future__ import annotations

from typing import Any, cast

from ibis.expr.types import Column, FloatingScalar, IntegerScalar


def exact(figures: Column) -> FloatingScalar:
    """A sum whose last digit does not depend on the order in which threads add; null where there is nothing to add.

    Of decimals as they are, of floats to nine places; then a float again.
    """
    decimals = figures if figures.type().is_decimal() else figures.cast("decimal(38, 9)")
    return cast("FloatingScalar", decimals.sum().cast("float64"))


def counted(numbers: Column, **window: Any) -> IntegerScalar:
    """A sum of whole numbers as a whole number: engines widen it to something Python would read as a decimal.

    Args:
        numbers: What to add up.
        window: Over which rows, as `over` takes it; without one, all.
    """
    total = numbers.cast("float64").sum()
    return cast("IntegerScalar", (total.over(**window) if window else total).cast("int64"))
