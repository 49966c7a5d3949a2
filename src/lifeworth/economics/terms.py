"""What net value is reckoned with, and sums that do not depend on chance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ibis.expr.types import Column, FloatingScalar

from lifeworth.features.sums import exact
from lifeworth.report.format import text
from lifeworth.settings import Assumptions
from lifeworth.units import DAYS_PER_YEAR, Period, Rate

LATELY = Period(12, "months")
"""The time whose costs an order and a customer are expected to go on causing."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What net value is reckoned with."""

    as_of: date
    horizon: Period
    discount: Rate
    margin: float
    """Margin rate; 1 where it is not known and values are revenue."""
    margin_of_orders: bool
    margin_source: str
    assumptions: Assumptions
    currency: str = ""

    def money(self, amount: float) -> str:
        """An amount as people read it."""
        return text(amount, "money", self.currency)

    @property
    def since(self) -> date:
        """Day after which a cost is of late."""
        return LATELY.before(self.as_of)

    @property
    def years(self) -> float:
        """The horizon in years."""
        return (self.horizon.after(self.as_of) - self.as_of).days / DAYS_PER_YEAR

    @property
    def halfway(self) -> float:
        """Discount on money that comes evenly over the horizon."""
        return float((1 + self.discount.value) ** (-self.years / 2))


def total(figures: Column) -> FloatingScalar:
    """`exact`, and 0 where there is nothing to add."""
    return exact(figures).fill_null(0.0)
