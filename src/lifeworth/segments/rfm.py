"""The names people know for combinations of recency, frequency and money: three grids, each a list of cells.

A cell is a range of the recency score and a least strength, the mean of the frequency and the money score; the first cell
that fits gives the name. Scores come from `scores.py`, so a grid of fives serves ranks and limits alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import ibis
from ibis.expr.types import Table

from lifeworth.segments.scores import Limits, Ranks, limited, ranked


@dataclass(frozen=True, slots=True)
class Cell:
    """A rule: recency scores `lowest` to `highest`, a strength of at least `strength`, a first order only if `first`."""

    name: str
    lowest: int
    highest: int
    strength: float = 0.0
    first: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells in order, the first that fits counts; `groups` says in words what each name means, best first."""

    parts: int
    groups: Mapping[str, str]
    cells: tuple[Cell, ...] = field(default=())


GROUPS: dict[str, str] = {
    "Champions": "bought recently, buy often, spend the most",
    "Loyal": "buy often and well, and not long ago",
    "Promising": "bought recently, above the lowest frequency: could become loyal",
    "New": "bought for the first time, recently",
    "Needs attention": "average on all three, slipping",
    "Almost lost": "bought little, and a while ago",
    "At risk": "bought often and well, but not for a while",
    "Previously loyal": "once among the best, not seen for long",
    "Dormant": "bought little, long ago",
}
"""Name of each group of our own grid and what its customers have in common."""

FIVE = Grid(
    5,
    GROUPS,
    (
        Cell("New", 4, 5, first=True),
        Cell("Champions", 4, 5, 4),
        Cell("Loyal", 4, 5, 3),
        Cell("Promising", 4, 5),
        Cell("Loyal", 3, 3, 4),
        Cell("Needs attention", 3, 3, 2.5),
        Cell("Almost lost", 3, 3),
        Cell("At risk", 2, 2, 3),
        Cell("Previously loyal", 1, 1, 4),
        Cell("At risk", 1, 1, 3),
        Cell("Dormant", 1, 2),
    ),
)
"""Our own names, on scores of five."""

THREE = Grid(
    3,
    {
        "Champions": "the latest third to buy, the highest third in frequency and in money",
        "Loyal": "in the upper two thirds of recency, and as often or as well as the middle third on average",
        "Recent": "in the latest third to buy, but seldom and little so far",
        "Needs attention": "in the middle third of recency, seldom and little",
        "At risk": "in the third that bought longest ago, but often or well before",
        "Inactive": "in the third that bought longest ago, seldom and little",
    },
    (
        Cell("Champions", 3, 3, 3),
        Cell("Loyal", 2, 3, 2),
        Cell("Recent", 3, 3),
        Cell("Needs attention", 2, 2),
        Cell("At risk", 1, 1, 2),
        Cell("Inactive", 1, 1),
    ),
)
"""Klaviyo's six names on scores of three. Klaviyo says what the groups mean; where one ends and the next begins is our reading."""

PROSPECTS = "Prospects"

SHOPIFY = Grid(
    5,
    {
        "Champions": "very recent purchases, many orders, the most spend (R 5, FM 4–5)",
        "Loyal": "recent purchases, many orders, the most spend (R 3–4, FM 4–5)",
        "Active": "recent purchases, some orders, moderate spend (R 4–5, FM 2–3)",
        "New": "very recent purchases, few orders, low spend (R 5, FM 1)",
        "Promising": "recent purchases, few orders, low spend (R 4, FM 1)",
        "Needs attention": "less recent purchases, some orders, moderate spend (R 3, FM 3)",
        "Almost lost": "no recent purchases, fewer orders, lower spend (R 3, FM 1–2)",
        "Previously loyal": "no recent purchases, a very strong history (R 1–2, FM 5)",
        "At risk": "no recent purchases, a strong history (R 1–2, FM 3–4)",
        "Dormant": "no recent orders, infrequent, low spend (R 1–2, FM 1–2)",
        PROSPECTS: "no order yet, or none that was kept",
    },
    (
        Cell("Champions", 5, 5, 3.5),
        Cell("Active", 5, 5, 1.5),
        Cell("New", 5, 5),
        Cell("Loyal", 4, 4, 3.5),
        Cell("Active", 4, 4, 1.5),
        Cell("Promising", 4, 4),
        Cell("Loyal", 3, 3, 3.5),
        Cell("Needs attention", 3, 3, 2.5),
        Cell("Almost lost", 3, 3),
        Cell("Previously loyal", 1, 2, 4.5),
        Cell("At risk", 1, 2, 2.5),
        Cell("Dormant", 1, 2),
    ),
)
"""Shopify's eleven groups (in its API in capitals, with underscores). Shopify publishes the scores (fifths of the base), that
FM is the mean of frequency and money, and what each group means in words; which scores make a group is the customary grid of
these ten and our reading, a half rounded up."""


def rfm(history: Table) -> Table:
    """One row a customer: `customer_id`, `recency_score`, `frequency_score`, `money_score` (1 low to 5 high), `rfm_segment`.

    Args:
        history: One row a customer with `last_day`, `orders`, `revenue`.
    """
    return named(ranked(history, Ranks(FIVE.parts)), FIVE).rename(rfm_segment="segment").drop("orders")


def by_rank(history: Table, grid: Grid) -> Table:
    """One row a customer: `customer_id`, `segment`, by rank within the base."""
    return named(ranked(history, Ranks(grid.parts)), grid).select("customer_id", "segment")


def by_limits(history: Table, limits: Limits) -> Table:
    """One row a customer: `customer_id`, `segment`, by limits that are the same for every base and day."""
    return named(limited(history, limits), FIVE).select("customer_id", "segment")


def named(scores: Table, grid: Grid) -> Table:
    """The scores with `segment`, the name of the first cell that fits."""
    recency = scores["recency_score"]
    strength = (scores["frequency_score"] + scores["money_score"]) / 2
    *cells, last = grid.cells
    branches = []
    for cell in cells:
        fits = (recency >= cell.lowest) & (recency <= cell.highest) & (strength >= cell.strength)
        branches.append((fits & (scores["orders"] == 1) if cell.first else fits, cell.name))
    return scores.mutate(segment=ibis.cases(*branches, else_=last.name))
