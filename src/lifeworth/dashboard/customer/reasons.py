"""Why a customer is worth what they are worth, in words and numbers that add up.

The predicted value of orders is a product: orders expected × value of an order × margin, less what waiting costs. The reasons take the
product apart, and set each factor against the customer's own past and against all others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from lifeworth.report.format import text
from lifeworth.serving.standing import Standing

Tone = Literal["good", "plain", "warning", "bad"]

LATE, VERY_LATE = 1.5, 4.0
"""Own usual gaps without an order from which a customer is late, and most likely gone; as in `segments.lifecycle`."""
FEW_GAPS = 2
"""Fewer gaps than this are no rhythm."""
MUCH = 0.1
"""A difference from the average below this share is none to speak of."""
RARE = 0.01
"""Among so few the place itself is told, not the share."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: what it is about, the figure, how it compares, and whether it speaks for or against the value."""

    title: str
    figure: str
    words: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Factor:
    """A factor of the product, with its words."""

    title: str
    figure: str
    about: str


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A customer's own pace: days between two days with an order on average, days since the last, and how many gaps were seen."""

    gap: float | None
    silent: int
    gaps: int

    @property
    def late(self) -> float | None:
        """The present silence in usual gaps; nothing where there is no rhythm."""
        return None if self.gap is None or self.gap <= 0 else self.silent / self.gap


def rhythm(row: Mapping[str, Any], as_of: date) -> Rhythm | None:
    """The pace of a customer from first and last order and the number of purchase days."""
    first, last, orders = row.get("first_order_at"), row.get("last_order_at"), row.get("orders") or 0
    if first is None or last is None:
        return None
    gaps = max(0, int(orders) - 1)
    gap = (last - first).days / gaps if gaps and last > first else None
    return Rhythm(gap, (as_of - last).days, gaps)


@dataclass(frozen=True, slots=True)
class Worth:
    """The predicted value and its two parts; without contracts the orders are all of it."""

    whole: float | None
    orders: float | None
    contracts: float | None


def worth(row: Mapping[str, Any], terms: Mapping[str, Mapping[str, Any]]) -> Worth:
    """What the predicted value is made of.

    Args:
        row: The customer, as in the list.
        terms: Tables that say what a value is made of (`serving.customers.terms`).
    """
    whole, parts = row.get("predicted_clv"), terms.get("customer_value")
    if parts is None:
        return Worth(whole, whole, None)
    return Worth(whole, parts.get("order_clv"), parts.get("subscription_clv") or None)


def product(row: Mapping[str, Any], value: float | None, margin: float | None, currency: str) -> tuple[Factor, ...]:
    """The predicted value of orders as a product of its factors; empty where there is none.

    Args:
        row: The customer.
        value: What their orders are worth.
        margin: Contribution margin of the run as a share; none where it is not known, and value means revenue.
        currency: Of the money.
    """
    orders, worth = (row.get(name) for name in ("expected_orders", "expected_order_value"))
    if orders is None or worth is None or value is None:
        return ()
    found = [
        Factor(
            "Orders expected", text(orders, "ratio"), "within the horizon, the chance of having left for good included"
        ),
        Factor("Value of an order", text(worth, "money", currency), "own orders, drawn towards the base where few"),
    ]
    if margin is not None:
        found.append(Factor("Margin", text(margin, "percent"), "what is left of revenue"))
    whole = orders * worth * (1.0 if margin is None else margin)
    if whole > 0:
        found.append(Factor("Discounting", text(value / whole, "percent"), "money that comes later is discounted"))
    return tuple(found)


def reasons(
    row: Mapping[str, Any],
    orders: Sequence[Mapping[str, Any]],
    standings: Mapping[str, Standing | None],
    *,
    as_of: date,
    currency: str,
    average: float | None,
    margin: float | None,
) -> tuple[Reason, ...]:
    """The reasons of a customer's value, what weighs most first.

    Args:
        row: The customer, as in the list.
        orders: Their orders, for basket and margin.
        standings: Where they stand among all, by column.
        as_of: Last day the figures know about.
        currency: Of the money.
        average: Mean revenue of an order of all customers.
        margin: Contribution margin of all orders as a share.
    """
    found = [
        _alive(row, as_of),
        _number(row, standings.get("orders")),
        _basket(orders, average, currency),
        _margin(orders, margin),
        _place(row, standings.get("predicted_clv"), currency),
    ]
    return tuple(one for one in found if one is not None)


def _alive(row: Mapping[str, Any], as_of: date) -> Reason | None:
    pace, alive = rhythm(row, as_of), row.get("probability_alive")
    if pace is None:
        return None
    silent = f"{pace.silent:,} days" if pace.silent != 1 else "1 day"
    chance = "" if alive is None else f" The model believes with {text(alive, 'percent')} that they still buy."
    if pace.gap is None or pace.gaps < FEW_GAPS:
        seen = "one order is" if pace.gaps == 0 else "two orders are"
        return Reason("Rhythm", f"{silent} silent", f"The last order was {silent} ago; {seen} no rhythm yet.{chance}")
    usual, late = f"every {max(1, round(pace.gap)):,} days", pace.late or 0.0
    if late <= LATE:
        said, tone = f"Orders come {usual} on average, the last {silent} ago: in their own rhythm.", "good"
    elif late <= VERY_LATE:
        said, tone = (
            f"Orders come {usual} on average, the last {silent} ago: {late:.1f} times their own gap.",
            "warning",
        )
    else:
        said = f"Orders came {usual} on average, the last {silent} ago: {late:.1f} times their own gap, and most likely over."
        tone = "bad"
    return Reason("Rhythm", f"{silent} silent", said + chance, tone)  # type: ignore[arg-type]


def _number(row: Mapping[str, Any], where: Standing | None) -> Reason | None:
    orders = row.get("orders")
    if orders is None:
        return None
    since = row.get("first_order_at")
    days = f"{orders:,} days with an order" if orders != 1 else "1 day with an order"
    said = f"{days[0].upper()}{days[1:]} since {text(since, 'date')}." if since else f"{days}."
    if where is None:
        return Reason("Orders so far", f"{orders:,}", said)
    more = f" {text(where.below, 'percent', places=0)} of customers have fewer."
    tone: Tone = "good" if where.below >= 0.5 else "plain"
    return Reason("Orders so far", f"{orders:,}", said + more, tone)


def _basket(orders: Sequence[Mapping[str, Any]], average: float | None, currency: str) -> Reason | None:
    own = [float(one["net_revenue"]) for one in orders if one.get("net_revenue") is not None]
    if not own:
        return None
    mean = sum(own) / len(own)
    figure = text(mean, "money", currency)
    if not average or average <= 0:
        return Reason("Basket", figure, "What an order brings on average, after refunds.")
    apart = mean / average - 1
    said = f"What an order brings on average; {text(average, 'money', currency)} is usual here: "
    if abs(apart) < MUCH:
        return Reason("Basket", figure, said + "about the same.")
    more = apart > 0
    said += f"{text(abs(apart), 'percent', places=0)} {'more' if more else 'less'}."
    return Reason("Basket", figure, said, "good" if more else "warning")


def _margin(orders: Sequence[Mapping[str, Any]], usual: float | None) -> Reason | None:
    known = [one for one in orders if one.get("margin") is not None and one.get("net_revenue") is not None]
    revenue = sum(float(one["net_revenue"]) for one in known)
    if not known or revenue <= 0:
        return None
    own = sum(float(one["margin"]) for one in known) / revenue
    figure = text(own, "percent")
    if usual is None:
        return Reason("Margin", figure, "What is left of this customer's revenue after the cost of goods.")
    apart = own - usual
    said = f"What is left of this customer's revenue; {text(usual, 'percent')} is usual here"
    if abs(apart) < MUCH * usual:
        return Reason("Margin", figure, said + ".")
    kind: Tone = "good" if apart > 0 else "warning"
    return Reason("Margin", figure, f"{said}: what they buy leaves {'more' if apart > 0 else 'less'}.", kind)


def _place(row: Mapping[str, Any], where: Standing | None, currency: str) -> Reason | None:
    value = row.get("predicted_clv")
    if where is None or value is None:
        return None
    return Reason(
        "Among all", place(where), f"{text(value, 'money', currency)} predicted. {_less(where)}", _side(where)
    )


def place(where: Standing) -> str:
    """A place in a few words: "top 2 %", "lower half"."""
    if where.top < RARE:
        return f"number {rank(where):,} of {where.known:,}"
    return f"top {text(where.top, 'percent', places=0)}" if where.below >= 0.5 else "lower half"


def rank(where: Standing) -> int:
    """How many have as much or more, oneself among them."""
    return max(1, round(where.top * where.known))


def _less(where: Standing) -> str:
    if where.top < RARE:
        above = rank(where) - 1
        return f"{'Nobody is' if not above else 'One customer is' if above == 1 else f'{above:,} customers are'} worth as much or more."
    return f"{text(where.below, 'percent', places=0)} of {where.known:,} customers are worth less."


def _side(where: Standing) -> Tone:
    return "good" if where.below >= 0.5 else "plain"


def day_of(moment: date | datetime | None) -> date | None:
    """The day of a moment."""
    return moment.date() if isinstance(moment, datetime) else moment
