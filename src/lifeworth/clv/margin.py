"""What share of revenue counts as value: stated, taken from the orders' costs, or not known."""

from __future__ import annotations

from dataclasses import dataclass

from lifeworth.report.format import text


@dataclass(frozen=True, slots=True)
class Margin:
    """A margin rate with its source in words; `known` is false where value can only mean revenue."""

    rate: float
    source: str
    known: bool
    of_orders: bool = False
    """The rate comes from the orders' own costs, so each customer's own margin counts for the past."""

    @property
    def value_of(self) -> str:
        """What a value is made of, in one word."""
        return "margin" if self.known else "revenue"


def choose(stated: float | None, margin: float | None, revenue: float | None) -> Margin:
    """The margin a run works with.

    Args:
        stated: What the settings say, as a share; it goes before the data.
        margin: Sum of the margins of the orders whose cost is known.
        revenue: Net revenue of the same orders.
    """
    if stated is not None:
        also = " (the costs in the data are not used)" if margin is not None else ""
        return Margin(stated, f"{text(stated, 'percent')}, as stated in the settings{also}", known=True)
    if margin is not None and revenue is not None and revenue > 0:
        rate = margin / revenue
        if rate > 0:
            return Margin(rate, f"{text(rate, 'percent')}, from the costs of the orders", known=True, of_orders=True)
    return Margin(1.0, "not known: values are net revenue. State one with --margin 0.4", known=False)
