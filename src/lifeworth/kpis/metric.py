"""What a figure is, as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from lifeworth.kpis import formula as formulas
from lifeworth.report.spec import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A figure.

    Attributes:
        name: How formulas and the command line call it.
        title: How a reader is told it.
        definition: What it means, in a sentence or two, with every rule that could be another.
        formula: How it is made. This text is what is evaluated, over measures and figures; with `compute` it is only read.
        kind: How its value reads.
        direction: Whether more of it is good.
        subject: The part of the business it speaks of.
        source: Whose definition it is.
        none: Why a figure that is divided by this one has no value where this is zero.
        undefined: The same for denominators of the formula that are more than a name, by their text.
        compute: A function in place of a formula; it takes the values of `uses` by name and may raise NotDefined.
        uses: Measures and figures the function takes.
    """

    name: str
    title: str
    definition: str
    formula: str
    kind: Kind
    direction: Literal["up", "down", "neither"] = "neither"
    subject: str = "Your own"
    source: str = ""
    none: str = ""
    undefined: Mapping[str, str] = field(default_factory=dict)
    compute: Callable[[Mapping[str, float]], float] | None = None
    uses: tuple[str, ...] = ()

    @property
    def read(self) -> formulas.Formula:
        """The formula, read."""
        return formulas.read(self.formula, f"metrics.{self.name}")

    @property
    def names(self) -> tuple[str, ...]:
        """The measures and figures it is made of."""
        return self.uses if self.compute is not None else self.read.names


@dataclass(frozen=True, slots=True)
class Given:
    """What no table yields: its meaning, why it may be missing, and whether it is an assumption that must be told."""

    about: str
    none: str = ""
    assumed: bool = False


GIVEN: dict[str, Given] = {
    "years": Given("length of the period in years"),
    "months": Given("length of the period in months"),
    "days": Given("length of the period in days"),
    "margin_used": Given("the margin values are computed with", "no margin is known"),
    "cost_per_ticket": Given("cost of a request to customer service", "no cost per ticket is assumed", assumed=True),
    "cost_per_acquisition": Given("cost of a new customer", "no cost per acquisition is assumed", assumed=True),
    "retention_per_customer_year": Given(
        "retention spend a customer and year", "no retention spend per customer is assumed", assumed=True
    ),
    "shipping_per_order": Given("shipping the shop pays, an order", "no shipping cost is assumed", assumed=True),
    "payment_fee_share": Given("payment fee as a share", "no payment fee is assumed", assumed=True),
    "payment_fee_fixed": Given("payment fee an order", "no payment fee is assumed", assumed=True),
}
"""What formulas may name beside measures and figures."""
