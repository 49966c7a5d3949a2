"""What is in an order: lines of the catalogue whose prices add up, on average, to the value Gamma-Gamma asks for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from lifeworth.data.synthetic import catalogue
from lifeworth.data.synthetic.arrays import Bools, Floats, Ints, cents, choose, label, pick, stream
from lifeworth.data.synthetic.catalogue import CATEGORIES, LADDER, MAKES, NAMES, RUNGS
from lifeworth.data.synthetic.customers import People
from lifeworth.data.synthetic.purchases import UNREADABLE, Buying, OrderLog
from lifeworth.data.synthetic.tables import table
from lifeworth.data.synthetic.world import World

FIRST_ORDER = 100_001
_MOST_LINES = 5


@dataclass(frozen=True)
class Lines:
    """Order lines, grouped by order; money in whole cents."""

    order: Ints
    """Position of the order in the log."""
    product: Ints
    quantity: Ints
    price: Ints
    discount: Ints
    cost: Ints
    """Of one unit."""
    category: Ints

    def __len__(self) -> int:
        return len(self.order)

    @property
    def net(self) -> Ints:
        """What a line brings before anything goes back."""
        return self.quantity * self.price - self.discount

    def table(self, keep: Bools) -> pa.Table:
        """The order_lines table, of the lines kept."""
        return table(
            "order_lines",
            {
                "order_id": label("", self.order[keep] + FIRST_ORDER),
                "product_id": pick(catalogue.product_codes(), self.product[keep]),
                "product_name": pick(catalogue.product_names(), self.product[keep]),
                "category": pick(NAMES, self.category[keep]),
                "quantity": cents(self.quantity[keep] * 100),
                "unit_price": cents(self.price[keep]),
                "net_revenue": cents(self.net[keep]),
                "discount": cents(self.discount[keep]),
                "unit_cost": cents(self.cost[keep]),
            },
        )


def fill_baskets(seed: int, world: World, people: People, buying: Buying, log: OrderLog) -> Lines:
    """Draw the value of every order and the lines that make it up."""
    rng = stream(seed, "baskets")
    # An order of nobody known looks like that of some customer.
    like = np.where(log.customer < 0, rng.integers(0, len(people), len(log)), log.customer)
    value = rng.gamma(world.p, 1.0, len(log)) / buying.spend_rate[like]
    # A row nobody can read is one row: a small order has one line.
    value = np.where(log.kind == UNREADABLE, np.minimum(value, 15.0), value)
    return _fill(rng, world, value, people.category[like], like, log.first)


def _fill(
    rng: np.random.Generator, world: World, value: Floats, began_with: Ints, customer: Ints, first: Bools
) -> Lines:
    """Lines for orders of these net values (euros).

    Args:
        rng: Where chance comes from.
        world: Shares of discounted and free orders.
        value: Net value asked for, one per order.
        began_with: Category of the customer's first order; it leads the first order and leans the later ones.
        customer: A number for whoever orders, so that a person keeps to one make of a product.
        first: Whether it is the customer's first order.
    """
    orders = len(value)
    rates = np.concatenate([[0.0], world.discount_rates])
    odds = [1 - world.discounted_orders, *[world.discounted_orders / len(world.discount_rates)] * (len(rates) - 1)]
    rate = rates[rng.choice(len(rates), orders, p=odds)]
    free = (rng.random(orders) < world.free_orders) & ~first

    count = 1 + np.minimum(rng.poisson(0.75 * np.sqrt(value / 57.0)), _MOST_LINES - 1)
    # Every line of a basket stands for a few euros at least: a small order has few lines.
    count = np.minimum(count, np.maximum(value // 8, 1)).astype(np.int64)
    order = np.repeat(np.arange(orders, dtype=np.int64), count)
    opens = np.append(True, order[1:] != order[:-1]) if len(order) else np.zeros(0, dtype=bool)
    weight = rng.gamma(3.0, 1.0, len(order)) + 0.5
    share = weight / np.bincount(order, weights=weight, minlength=orders)[order]
    target = value[order] * share / (1 - rate[order])

    led_by = np.where(first, began_with, choose(rng, catalogue.AFFINITY[began_with]))
    category = np.where(opens, led_by[order], choose(rng, catalogue.BESIDE[led_by[order]]))
    quantity, rung = _fit(rng, category, target)
    product = (category * RUNGS + rung) * MAKES + _make(rng, customer[order], category)
    # The same product twice in a basket is one line with more units.
    _, line, merged = np.unique(order * len(catalogue.prices()) + product, return_index=True, return_inverse=True)
    quantity = np.bincount(merged, weights=quantity).astype(np.int64)[np.argsort(line)]
    line = np.sort(line)
    order, product, category = order[line], product[line], category[line]
    price = catalogue.prices()[product]
    gross = quantity * price
    discount = np.where(free[order], gross, np.round(gross * rate[order]).astype(np.int64))
    return Lines(order, product, quantity, price, discount, catalogue.costs()[product], category)


def _fit(rng: np.random.Generator, category: Ints, target: Floats) -> tuple[Ints, Ints]:
    """Units and rung of the price ladder for a line worth `target` on average.

    Between two prices of the ladder the dearer is taken with the probability that makes the mean right.
    """
    several = np.array([c.several for c in CATEGORIES])[category]
    quantity = 1 + rng.poisson(several)
    quantity = np.clip(quantity, 1, np.maximum(target // LADDER[category, 0], 1)).astype(np.int64)
    # What would cost more than the dearest thing is bought several times.
    quantity = np.maximum(quantity, np.ceil(target / LADDER[category, -1]).astype(np.int64))
    unit = target / quantity
    low = np.clip((LADDER[category] <= unit[:, None]).sum(axis=1) - 1, 0, RUNGS - 2)
    below, above = LADDER[category, low], LADDER[category, low + 1]
    dearer = rng.random(len(target)) < (unit - below) / (above - below)
    return quantity, (low + dearer).astype(np.int64)


def _make(rng: np.random.Generator, customer: Ints, category: Ints) -> Ints:
    """Which of the two makes: a customer has one in each category, and leaves it one time in seven."""
    own = (customer * 2_654_435_761 + category * 40_503 >> 7) % MAKES
    return np.asarray((own + (rng.random(len(customer)) < 1 / 7)) % MAKES, dtype=np.int64)
