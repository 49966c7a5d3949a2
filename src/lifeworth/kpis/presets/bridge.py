"""Why two tools differ, in money: the way from one figure to the other, one rule at a time, with nothing left over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from lifeworth.features.subscriptions import PLAIN, Reading
from lifeworth.kpis.presets.rules import Tool

APART = "contracts of subscriptions are no part of it"


@dataclass(frozen=True, slots=True)
class Step:
    """One difference of rules and what it moves: a positive amount raises the other tool's figure."""

    rule: str
    amount: float


@dataclass(frozen=True, slots=True)
class Bridge:
    """From a figure of ours to that of a tool: start + all steps = end."""

    figure: str
    tool: str
    start: float
    end: float
    steps: tuple[Step, ...]


RULES: dict[str, str] = {
    "discounts": "discounts that come to an end are not taken off",
    "churn": "a subscription stops counting when its end is asked for, not when it ends",
    "pauses": "a paused subscription goes on counting",
    "grain": "MRR is that of the account that pays, not of each customer",
}
"""What each difference of reading means, in words."""


def readings(reading: Reading) -> list[tuple[str, Reading]]:
    """The way from our reading to another: after each rule that differs, the reading so far."""
    found, so_far = [], PLAIN
    for name, words in RULES.items():
        if getattr(reading, name) != getattr(PLAIN, name):
            so_far = replace(so_far, **{name: getattr(reading, name)})
            found.append((words, so_far))
    return found


def mrr(tool: Tool, at: Callable[[Reading], float]) -> Bridge:
    """Our MRR and a tool's.

    Args:
        tool: The tool.
        at: MRR on the as-of day by a reading.
    """
    assert tool.reading is not None  # noqa: S101  tools for shops have no MRR
    before = start = at(PLAIN)
    steps = []
    for words, reading in readings(tool.reading):
        after = at(reading)
        steps.append(Step(words, after - before))
        before = after
    return Bridge("MRR", tool.title, start, before, tuple(steps))


def ltv(tool: Tool, ours: Mapping[str, float | None], theirs: Mapping[str, float | None]) -> Bridge | None:
    """Our LTV and a tool's: what another MRR of a subscriber moves, and what another churn; none where either is not defined.

    Args:
        tool: The tool.
        ours: Our figures by name.
        theirs: The tool's.
    """
    values = [side.get(name) for side in (ours, theirs) for name in ("arpa", "ltv")]
    if any(value is None or value <= 0 for value in values):
        return None
    arpa, start, other, end = (float(value or 0) for value in values)
    # The churn a tool divides by is what its LTV says it is, smoothing, averages and assumed rates included.
    between = other * start / arpa
    steps = (
        Step(f"a subscriber brings {'more' if other > arpa else 'less'} a month by its rules", between - start),
        Step(
            f"it divides by {other / end:.2%} churn a month, we by {arpa / start:.2%}: other days, other customers counted",
            end - between,
        ),
    )
    return Bridge("LTV", tool.title, start, end, tuple(step for step in steps if step.amount))


def predicted(tool: Tool, house: float, revenue: float, margin: float, horizon: str, contracts: float = 0.0) -> Bridge:
    """Our predicted CLV of all customers and Klaviyo's.

    Args:
        tool: The tool.
        house: Our sum: margin, discounted.
        revenue: Expected orders × expected order value of all: revenue, not discounted.
        margin: The margin we used.
        horizon: How far ahead both look, in words.
        contracts: Part of our sum that is of subscriptions, which Klaviyo does not look at.
    """
    orders = house - contracts
    steps = (
        Step(APART, -contracts),
        Step(f"value is revenue, not margin (ours takes {margin:.1%} of revenue)", orders / margin - orders),
        Step(f"money to come is not discounted over {horizon}", revenue - orders / margin),
    )
    return Bridge("Predicted CLV", tool.title, house, revenue, tuple(step for step in steps if step.amount))


def historic(tool: Tool, house: float, revenue: float, contracts: float = 0.0) -> Bridge:
    """Our historic CLV of all customers and Klaviyo's; `contracts` is the part of ours that is of subscriptions."""
    steps = (Step(APART, -contracts), Step("value is revenue, not margin", revenue - (house - contracts)))
    return Bridge("Historic CLV", tool.title, house, revenue, tuple(step for step in steps if step.amount))


def average_order(tool: Tool, row: Mapping[str, float | None]) -> Bridge | None:
    """Our average order value and Shopify's, over the same orders; none where there is no order or no amount."""
    net, refunded, orders = (row.get(name) for name in ("net_sales", "refunded", "orders"))
    if net is None or not orders:
        return None
    back = (refunded or 0.0) / orders
    step = Step("what went back of the orders is not taken off", back)
    return Bridge("Average order value", tool.title, net / orders, net / orders + back, (step,) if back else ())
