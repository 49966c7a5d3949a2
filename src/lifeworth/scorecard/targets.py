"""Which targets reach a wanted customer equity, and what each is worth: from what moves it.

The elasticities of a run say by how many percent customer equity rises for one percent more of a lever. They are slopes at today's
point: over larger steps a lever's effect is taken to go on in proportion of percents, E × Π (1 + change)^elasticity, which is exact for
basket and margin and an approximation for the others. Only levers the model knows are proposed; what a target costs, nobody knows here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lifeworth.errors import DataError, OptionError

MOST = 0.25
"""A lever is never asked to move by more than this share: beyond it a slope says nothing."""
METRICS = {
    "frequency": "purchase_frequency",
    "retention": "retention_rate",
    "basket": "average_purchase_value",
    "margin": "contribution_margin_rate",
    "acquisition": "new_customers",
}
"""The figure of the registry that stands for a lever."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A target for one lever.

    Attributes:
        lever: Its name.
        metric: The figure of the registry that stands for it.
        today: Where it stands; none where that is not known.
        target: Where it should go.
        change: By what share.
        worth: Customer equity it adds if only this is reached.
        elasticity: Percent more equity for one percent more.
        sure: Whether the interval of the elasticity leaves no doubt that it helps.
    """

    lever: str
    metric: str
    today: float | None
    target: float | None
    change: float
    worth: float
    elasticity: float
    sure: bool


def propose(found: Mapping[str, Any], wanted: float) -> list[Proposal]:
    """Targets that together reach a wanted customer equity, every lever by the same share.

    Args:
        found: `elasticities` of a run (`clv.elasticities.Elasticities.to_dict`).
        wanted: The customer equity wanted, in workspace currency.

    Raises:
        DataError: if no lever has an elasticity.
        OptionError: if the wanted equity is not above today's, or out of reach.
    """
    equity = float(found["equity"])
    levers = [one for one in found["levers"] if one["elasticity"] is not None and one["elasticity"] > 0]
    if not levers or equity <= 0:
        raise DataError(
            "No lever of customer equity is known, so no target can be derived.",
            hint="lifeworth elasticities says why.",
        )
    if wanted <= equity:
        raise OptionError(f"Customer equity with new customers is {equity:,.2f} already; a target lies above it.")
    together = math.fsum(float(one["elasticity"]) for one in levers)
    change = (wanted / equity) ** (1 / together) - 1
    if change > MOST:
        most = equity * (1 + MOST) ** together
        raise OptionError(
            f"{wanted:,.2f} is out of reach of what moves it: every lever {MOST:.0%} higher reaches {most:,.2f}.",
            hint="Name less, or a longer horizon.",
        )
    return [_proposal(one, change, equity) for one in levers]


def worth_of(found: Mapping[str, Any], changes: Mapping[str, float]) -> float:
    """Customer equity if levers move by these shares.

    Args:
        found: `elasticities` of a run.
        changes: Lever to change: .05 for five percent more.
    """
    factors = [
        (1 + changes[one["name"]]) ** float(one["elasticity"])
        for one in found["levers"]
        if one["elasticity"] is not None and one["name"] in changes
    ]
    return float(found["equity"] * math.prod(factors))


def smart(proposal: Proposal, title: str, unit: str, by: str, owner: str) -> str:
    """A target in SMART form: specific, measured, reachable by what the model says, relevant for equity, with a day."""
    who = f"{owner} raises" if owner else "Raise"
    way = f"from {proposal.today:,.4g} to {proposal.target:,.4g}{unit}" if proposal.today is not None and proposal.target is not None else f"by {proposal.change:.1%}"  # fmt: skip
    return f"{who} {title.lower()} {way} by {by}; reached alone it adds {proposal.worth:,.0f} to customer equity."


def _proposal(one: Mapping[str, Any], change: float, equity: float) -> Proposal:
    elasticity, today = float(one["elasticity"]), one["today"]
    return Proposal(
        lever=one["name"],
        metric=METRICS[one["name"]],
        today=today,
        target=None if today is None else today * (1 + change),
        change=change,
        worth=equity * ((1 + change) ** elasticity - 1),
        elasticity=elasticity,
        sure=one["low"] is not None and one["low"] > 0,
    )
