"""What goes back: whole lines returned on a day of their own, and a part of the price given back as goodwill."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from lifeworth.data.synthetic.arrays import Floats, Ints, cents, label, stream
from lifeworth.data.synthetic.baskets import FIRST_ORDER, Lines
from lifeworth.data.synthetic.catalogue import CATEGORIES
from lifeworth.data.synthetic.customers import People
from lifeworth.data.synthetic.purchases import SALE, OrderLog
from lifeworth.data.synthetic.span import Span
from lifeworth.data.synthetic.tables import table
from lifeworth.data.synthetic.world import World


@dataclass(frozen=True)
class Returns:
    """Lines that went back, and goodwill per line; money in whole cents."""

    line: Ints
    """Position of the line."""
    time: Floats
    quantity: Ints
    amount: Ints
    """Net money that went back with it."""
    discount: Ints
    """The part of the line's discount that went back with it."""
    goodwill: Ints
    """Money given back without goods, one value per order line."""

    def table(self, span: Span, people: People, log: OrderLog, lines: Lines) -> pa.Table:
        """The refunds table: returns that have a day of their own."""
        order = lines.order[self.line]
        return table(
            "refunds",
            {
                "refund_id": label("R", np.arange(len(self.line), dtype=np.int64) + 1),
                "order_id": label("", order + FIRST_ORDER),
                "customer_id": people.ids(log.customer[order]),
                "refunded_at": span.moments(self.time),
                "amount": cents(self.amount),
                "margin": cents(self.amount - self.quantity * lines.cost[self.line]),
            },
        )


def draw_returns(seed: int, world: World, span: Span, log: OrderLog, lines: Lines) -> Returns:
    """Draw what goes back of the orders, as far as it has come back by the end of the span."""
    rng = stream(seed, "returns")
    chance = np.array([c.returned for c in CATEGORIES])[lines.category]
    sold = log.kind[lines.order] == SALE
    back = (rng.random(len(lines)) < chance) & (lines.net > 0) & sold
    time = span.opening_hours(log.time[lines.order] + 4 + rng.gamma(3.0, 3.5, len(lines)))
    line = np.flatnonzero(back & (time < span.days)).astype(np.int64)
    line = line[np.argsort(time[line], kind="stable")]
    # One unit of several goes back as often as all of them.
    units = lines.quantity[line]
    quantity = np.where(rng.random(len(line)) < 0.5, units, 1)
    discount = lines.discount[line] * quantity // units
    amount = quantity * lines.price[line] - discount

    # Goodwill goes to orders of which nothing came back, and never to more than a part of the first line.
    kept = log.kind == SALE
    kept[lines.order[line]] = False
    asked = kept & (rng.random(len(log)) < world.refunded_orders)
    opens = np.append(True, lines.order[1:] != lines.order[:-1]) if len(lines) else np.zeros(0, dtype=bool)
    part = rng.choice([0.2, 0.3, 0.5], len(lines))
    goodwill = np.where(opens & asked[lines.order], np.round(lines.net * part).astype(np.int64), 0)
    return Returns(line, time[line], quantity, amount, discount, goodwill)
