"""What Harbour & Bean sells: categories with a ladder of prices, two products on each rung, and what goes with what."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from lifeworth.data.synthetic.arrays import Floats, Ints


@dataclass(frozen=True, slots=True)
class Category:
    """A category: nine things by rising price, each in two makes; cost as a share of price; how it is bought."""

    name: str
    code: str
    makes: tuple[str, str]
    things: tuple[tuple[str, float], ...]
    cost: float
    returned: float
    """Probability that a line goes back."""
    first: float
    """Share of customers whose first order is led by it."""
    several: float
    """Mean number of further units on a line."""
    rate: float = 1.0
    """Factor on the order rate of customers who began with it."""


CATEGORIES = (
    Category(
        "Coffee",
        "COF",
        ("Harbour Blend", "Sidamo"),
        (
            ("Sachet", 3.90),
            ("Ground 200 g", 6.50),
            ("Beans 250 g", 8.90),
            ("Beans 500 g", 13.90),
            ("Beans 1 kg", 21.90),
            ("Beans 2 kg", 36.90),
            ("Beans 3 kg", 52.90),
            ("Crate 6 kg", 94.90),
            ("Office Crate 12 kg", 174.00),
        ),
        0.52,
        0.015,
        0.34,
        0.5,
        1.25,
    ),
    Category(
        "Tea",
        "TEA",
        ("Assam", "Sencha"),
        (
            ("Sample Tin", 3.50),
            ("Pouch 50 g", 5.90),
            ("Tin 100 g", 9.50),
            ("Tin 200 g", 14.90),
            ("Loose Leaf 500 g", 23.90),
            ("Tasting Chest", 38.90),
            ("Ceremony Set", 59.00),
            ("Chest 3 kg", 98.00),
            ("Collector Chest", 165.00),
        ),
        0.45,
        0.015,
        0.13,
        0.4,
        1.10,
    ),
    Category(
        "Brewing",
        "BRW",
        ("Classic", "Pro"),
        (
            ("Paper Filters 100", 4.50),
            ("Measuring Spoon", 7.50),
            ("Filter Cone", 14.90),
            ("French Press", 29.90),
            ("Gooseneck Kettle", 54.90),
            ("Cold Brew Tower", 89.00),
            ("Filter Machine", 149.00),
            ("Espresso Machine", 289.00),
            ("Dual Boiler Machine", 549.00),
        ),
        0.64,
        0.060,
        0.12,
        0.05,
        0.80,
    ),
    Category(
        "Grinders",
        "GRD",
        ("Compact", "Steel"),
        (
            ("Cleaning Pellets", 5.50),
            ("Grinder Brush", 8.50),
            ("Spice Mill", 17.90),
            ("Hand Grinder", 34.90),
            ("Travel Grinder", 59.00),
            ("Electric Grinder", 99.00),
            ("Burr Grinder", 159.00),
            ("Espresso Grinder", 279.00),
            ("Shop Grinder", 489.00),
        ),
        0.66,
        0.055,
        0.07,
        0.03,
        0.85,
    ),
    Category(
        "Cups & Glass",
        "CUP",
        ("Stoneware", "Clear"),
        (
            ("Espresso Cup", 4.90),
            ("Mug", 8.90),
            ("Travel Mug", 15.90),
            ("Cup Pair", 21.90),
            ("Carafe", 32.90),
            ("Cup Set of 6", 49.00),
            ("Serving Set", 79.00),
            ("Table Service", 139.00),
            ("Table Service of 12", 239.00),
        ),
        0.48,
        0.045,
        0.10,
        0.3,
        0.85,
    ),
    Category(
        "Pantry",
        "PAN",
        ("Salted Caramel", "Dark Chocolate"),
        (
            ("Bar", 3.20),
            ("Biscuits", 5.20),
            ("Syrup 250 ml", 7.90),
            ("Granola 1 kg", 11.90),
            ("Spread Trio", 17.90),
            ("Pantry Box", 27.90),
            ("Breakfast Box", 42.90),
            ("Hamper", 74.90),
            ("Grand Hamper", 129.00),
        ),
        0.55,
        0.010,
        0.09,
        0.6,
        1.05,
    ),
    Category(
        "Care & Parts",
        "CAR",
        ("Standard", "Plus"),
        (
            ("Gasket", 3.90),
            ("Descaler", 6.90),
            ("Cleaning Kit", 11.90),
            ("Water Filter 3-pack", 19.90),
            ("Basket & Shower Set", 29.90),
            ("Portafilter", 47.90),
            ("Pump", 74.00),
            ("Steam Upgrade", 119.00),
            ("Service Package", 189.00),
        ),
        0.42,
        0.025,
        0.06,
        0.15,
        1.00,
    ),
    Category(
        "Gifts",
        "GFT",
        ("Harbour", "Festive"),
        (
            ("Card & Sachet", 4.90),
            ("Mini Box", 9.90),
            ("Gift Tin", 16.90),
            ("Taster Box", 24.90),
            ("Gift Box", 36.90),
            ("Gift Box Large", 54.90),
            ("Brewer's Box", 84.90),
            ("Celebration Box", 134.00),
            ("Grand Celebration Box", 219.00),
        ),
        0.50,
        0.030,
        0.09,
        0.15,
        0.75,
    ),
)

NAMES = tuple(c.name for c in CATEGORIES)
RUNGS = 9
MAKES = 2

LADDER: Floats = np.array([[price for _, price in c.things] for c in CATEGORIES])
"""Price by category and rung, rising."""

# What a later line is, given the category a customer began with: the diagonal is habit, the rest is cross-selling.
AFFINITY: Floats = np.array(
    [
        [0.55, 0.06, 0.09, 0.04, 0.06, 0.11, 0.06, 0.03],
        [0.08, 0.54, 0.05, 0.01, 0.12, 0.14, 0.02, 0.04],
        [0.34, 0.03, 0.16, 0.12, 0.08, 0.06, 0.19, 0.02],
        [0.42, 0.02, 0.14, 0.10, 0.06, 0.05, 0.18, 0.03],
        [0.20, 0.14, 0.09, 0.02, 0.27, 0.14, 0.03, 0.11],
        [0.21, 0.13, 0.03, 0.01, 0.09, 0.42, 0.02, 0.09],
        [0.32, 0.03, 0.16, 0.09, 0.05, 0.05, 0.28, 0.02],
        [0.18, 0.10, 0.05, 0.02, 0.13, 0.18, 0.02, 0.32],
    ]
)

# What stands beside a category in the same basket.
BESIDE: Floats = np.array(
    [
        [0.34, 0.06, 0.17, 0.05, 0.08, 0.20, 0.07, 0.03],
        [0.08, 0.36, 0.05, 0.01, 0.18, 0.25, 0.02, 0.05],
        [0.40, 0.03, 0.13, 0.13, 0.08, 0.05, 0.16, 0.02],
        [0.48, 0.02, 0.16, 0.02, 0.06, 0.04, 0.20, 0.02],
        [0.24, 0.20, 0.07, 0.01, 0.26, 0.12, 0.02, 0.08],
        [0.27, 0.19, 0.03, 0.01, 0.11, 0.30, 0.02, 0.07],
        [0.36, 0.02, 0.22, 0.11, 0.04, 0.04, 0.19, 0.02],
        [0.16, 0.10, 0.04, 0.01, 0.16, 0.23, 0.01, 0.29],
    ]
)


def product_names() -> list[str]:
    """Name of every product, by category, rung and make."""
    return [f"{c.makes[make]} {c.things[rung][0]}" for c, rung, make in product(CATEGORIES, range(RUNGS), range(MAKES))]


def product_codes() -> list[str]:
    """Stock number of every product, in the same order."""
    return [f"{c.code}-{rung + 1}{'AB'[make]}" for c, rung, make in product(CATEGORIES, range(RUNGS), range(MAKES))]


def prices() -> Ints:
    """Price of every product in cents."""
    return np.round(np.repeat(LADDER.ravel(), MAKES) * 100).astype(np.int64)


def costs() -> Ints:
    """Cost of one unit of every product in cents; the second make costs a little more to buy."""
    share = np.repeat([c.cost for c in CATEGORIES], RUNGS * MAKES) * np.tile([0.98, 1.02], len(CATEGORIES) * RUNGS)
    return np.asarray(np.round(prices() * share), dtype=np.int64)
