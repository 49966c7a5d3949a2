"""What a covariate does, in words and as a table: how much more often customers of a level order, and how much faster they leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from lifeworth.evaluation.screen import leaving
from lifeworth.features.levels import Levels
from lifeworth.models.orders import FittedOrders
from lifeworth.report.spec import Block, Column, Table, Text

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Factor:
    """What a rate or a chance is multiplied by, beside the reference, with its 95 % interval; no ends where the data hold none."""

    value: float
    low: float | None
    high: float | None

    @property
    def sure(self) -> bool:
        """Whether the interval lies on one side of 1."""
        return self.low is not None and self.high is not None and not self.low <= 1 <= self.high


@dataclass(frozen=True, slots=True)
class Effect:
    """One level of a covariate against its reference."""

    covariate: str
    level: str
    reference: str
    customers: int
    orders: Factor
    """Of the order rate while a customer."""
    leaves: Factor | None
    """Of the odds to leave after an order, or of the leaving rate; none where customers of the model never leave."""

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready values."""
        return asdict(self)


def effects(fitted: FittedOrders, levels: Sequence[Levels]) -> tuple[Effect, ...]:
    """The effects of a fitted model, level by level."""
    # Wald's: on the logarithms, with a prior and twenty repeat buyers a level, the likelihood is near enough to a parabola, and following
    # it to its ends for every level would take a minute.
    ends = fitted.confidence_intervals(LEVEL, method="wald") if levels else {}
    process = leaving(fitted.model.plain)

    def factor(symbol: str) -> Factor:
        low, high = (float(np.exp(end)) for end in ends[symbol])
        held = symbol not in fitted.boundary and np.isfinite([low, high]).all()
        return Factor(float(np.exp(fitted.parameters[symbol])), *((low, high) if held else (None, None)))

    return tuple(
        Effect(
            one.name,
            level,
            one.reference,
            customers,
            factor(f"transaction.{column}"),
            factor(f"{process[0]}.{column}") if process else None,
        )
        for one in levels
        for level, customers, column in zip(one.levels[1:], one.customers[1:], one.columns, strict=True)
    )


def blocks(fitted: FittedOrders, levels: Sequence[Levels]) -> tuple[Block, ...]:
    """The effects for a reader: the sure ones as sentences, then all of them as a table."""
    found = effects(fitted, levels)
    if not found:
        return ()
    sure = [one for one in found if one.orders.sure or (one.leaves is not None and one.leaves.sure)]
    said = " ".join(sentence(one, _leaves(fitted)) for one in sure[:5]) or "No level stands out beyond chance."
    return Text(said, title="What the first purchase says of a customer"), _table(fitted, levels, found)


def sentence(one: Effect, leave: str) -> str:
    """One effect in words."""
    told = [f"order {one.orders.value:.2f} times as often" if one.orders.sure else "order about as often"]
    if one.leaves is not None:
        told.append(
            f"{leave} {one.leaves.value:.2f} times as readily" if one.leaves.sure else f"{leave} about as readily"
        )
    return (
        f"Customers {_of(one.covariate, one.level)} {' and '.join(told)} as those {_of(one.covariate, one.reference)}."
    )


def _leaves(fitted: FittedOrders) -> str:
    return "leave after an order" if leaving(fitted.model.plain) == ("dropout",) else "leave"


def _of(covariate: str, level: str) -> str:
    """`from paid search`, `whose first category was Tea`."""
    if covariate.startswith("first_"):
        return f"whose {covariate.replace('_', ' ')} was {level}"
    return f"from {level}" if not level.startswith("(") else f"of {covariate} {level}"


def _table(fitted: FittedOrders, levels: Sequence[Levels], found: Sequence[Effect]) -> Table:
    rows = []
    for one in levels:
        rows.append((_title(one.name), one.reference, one.customers[0], 1.0, None, None, 1.0, None, None))
        for effect in (effect for effect in found if effect.covariate == one.name):
            leaves = (None, None, None) if effect.leaves is None else asdict(effect.leaves).values()
            orders = asdict(effect.orders).values()
            rows.append((_title(one.name), effect.level, effect.customers, *orders, *leaves))
    chance = leaving(fitted.model.plain) == ("dropout",)
    leave = "the odds to leave after an order" if chance else "the rate of leaving"
    columns = (
        Column("covariate", "Known from the start"),
        Column("level", "Level", definition="The first of each is the one the others are compared with."),
        Column("customers", "Customers", "count"),
        Column("orders", "Factor on order rate", "ratio", "How many times as often customers of this level order."),
        Column("orders_low", "2.5 % point", "ratio"),
        Column("orders_high", "97.5 % point", "ratio"),
        Column("leaves", "Factor on leaving", "ratio", f"Factor on {leave}: above 1 they leave sooner."),
        Column("leaves_low", "2.5 % point", "ratio"),
        Column("leaves_high", "97.5 % point", "ratio"),
    )
    caption = (
        "Found beside each other, not caused by each other: a channel may only bring another kind of customer. An effect is taken a "
        "little towards 1 where few customers speak for it."
    )
    return Table("Effects of what is known from the first purchase", columns, tuple(rows), caption)


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()
