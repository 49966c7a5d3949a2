"""Sums whose last digit does not depend on the order in which threads add."""

from __future__ import annotations

from typing import cast

from ibis.expr.types import Column, FloatingScalar


def exact(figures: Column) -> FloatingScalar:
    """The sum, exact to nine places, then a float again; null where there is nothing to add."""
    return cast("FloatingScalar", figures.cast("decimal(38, 9)").sum().cast("float64"))
