"""The simple formula: CLV = average purchase value × purchase frequency × customer lifespan × margin.

Every term is shown and every term can be changed in a what-if. The terms are the field's own: APV = revenue ÷
purchases; PFR = purchases ÷ unique buyers, per year; lifespan = years a customer goes on buying, or 1 ÷ churn.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from lifeworth.errors import OptionError, near

TERMS = {
    "average_purchase_value": "revenue ÷ purchases",
    "purchase_frequency": "purchases ÷ unique buyers, per year",
    "lifespan": "years a customer goes on buying; for contracts 1 ÷ yearly churn",
    "margin": "contribution margin as a share of revenue",
}


@dataclass(frozen=True, slots=True)
class SimpleCLV:
    """The formula with its terms: money, purchases per year, years, and a share.

    `value` is in the money of `average_purchase_value`; `customer_value` is what a customer brings in a year.
    """

    average_purchase_value: float
    purchase_frequency: float
    lifespan: float
    margin: float = 1.0

    def __post_init__(self) -> None:
        for term in TERMS:
            number = getattr(self, term)
            if not math.isfinite(number) or number < 0:
                raise OptionError(f"{term} must be a number of at least 0, not {number}.")
        if self.margin > 1:
            raise OptionError(f"A margin of {self.margin} is more than the revenue.", hint="Forty percent is 0.4.")

    @property
    def customer_value(self) -> float:
        """Margin a customer brings in a year: average purchase value × purchase frequency × margin."""
        return self.average_purchase_value * self.purchase_frequency * self.margin

    @property
    def value(self) -> float:
        """Customer lifetime value: customer value × lifespan."""
        return self.customer_value * self.lifespan

    def change(self, changes: Mapping[str, str | float]) -> SimpleCLV:
        """A what-if: terms set to a value ("3.5") or moved by a share ("+10%", "-5%").

        Raises:
            OptionError: if a term is unknown or a change cannot be read.
        """
        terms: dict[str, float] = {}
        for term, change in changes.items():
            if term not in TERMS:
                raise OptionError(f'"{term}" is no term of the formula.', allowed=TERMS, hint=near(term, TERMS) or None)
            terms[term] = _changed(term, getattr(self, term), change)
        return replace(self, **terms)


def from_totals(
    *,
    revenue: float,
    purchases: float,
    buyers: float,
    years: float = 1.0,
    lifespan: float | None = None,
    churn: float | None = None,
    margin: float = 1.0,
) -> SimpleCLV:
    """The formula from a company's totals.

    Args:
        revenue: Net revenue of the period, in any one currency.
        purchases: Number of purchases in the period.
        buyers: Unique customers who bought in it.
        years: Length of the period in years.
        lifespan: Years a customer goes on buying. Give this or `churn`.
        churn: Share of customers lost per year; the lifespan is then 1 ÷ churn.
        margin: Contribution margin as a share of revenue.

    Raises:
        OptionError: if a total is missing its denominator, or if lifespan and churn are both or neither given.
    """
    for name, number in {"purchases": purchases, "buyers": buyers, "years": years}.items():
        if not number > 0:
            raise OptionError(f"{name} must be greater than 0: nothing can be divided by {number}.")
    span = customer_lifespan(lifespan, churn)
    return SimpleCLV(revenue / purchases, purchases / buyers / years, span, margin)


def customer_lifespan(lifespan: float | None, churn: float | None) -> float:
    """Years a customer goes on buying: stated, or 1 ÷ yearly churn.

    Raises:
        OptionError: if both or neither are given, or the churn gives no lifespan.
    """
    if lifespan is not None and churn is None:
        return lifespan
    if churn is None or lifespan is not None:
        raise OptionError("The lifespan is needed, once.", hint="Give the lifespan in years, or the churn per year.")
    if not 0 < churn <= 1:
        raise OptionError(
            f"A yearly churn of {churn} gives no lifespan.",
            hint="Churn is a share above 0 and at most 1; with no churn the lifespan is not defined: state it.",
        )
    return 1 / churn


def _changed(term: str, now: float, change: str | float) -> float:
    if not isinstance(change, str):
        return float(change)
    match = re.fullmatch(r"\s*([+-]?\d+(?:\.\d+)?)\s*(%?)\s*", change)
    if match is None:
        raise OptionError(f'"{change}" is no change of {term}.', hint='Write a value ("3.5") or a share ("+10%").')
    number = float(match[1])
    return now * (1 + number / 100) if match[2] else number
