"""The orders that count, and what a shop's export makes of them: line by line, with the dirt every export has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lifeworth.data.synthetic import catalogue
from lifeworth.data.synthetic.arrays import Bools, Floats, Ints, cents, choose, euros, label, pick, stream
from lifeworth.data.synthetic.baskets import FIRST_ORDER, Lines
from lifeworth.data.synthetic.catalogue import NAMES
from lifeworth.data.synthetic.customers import People
from lifeworth.data.synthetic.marketing import channel_names
from lifeworth.data.synthetic.purchases import CANCELLED, GUEST, SALE, TEST, UNPAID, UNREADABLE, OrderLog
from lifeworth.data.synthetic.returns import Returns
from lifeworth.data.synthetic.span import Span
from lifeworth.data.synthetic.tables import table
from lifeworth.data.synthetic.world import COUNTRIES, World

CURRENCY = "EUR"
KINDS = ("sale", "guest", "cancelled", "unpaid", "test", "unreadable")
_STATUS = ("completed", "completed", "cancelled", "pending payment", "test", "completed", "returned")
_RETURNED = 6
_TESTER = "TEST"


def add_dirt(seed: int, world: World, span: Span, log: OrderLog) -> OrderLog:
    """The log with orders that are in the export but in nobody's value: guests, cancelled, unpaid, tests, two unreadable."""
    rng = stream(seed, "dirt")
    orders, customer, time = len(log), log.customer, log.time
    for kind, share, least in (
        (GUEST, world.guests, 3),
        (CANCELLED, world.cancelled, 3),
        (UNPAID, world.unpaid, 2),
        (TEST, world.tests, 2),
        (UNREADABLE, 0.0, 2),
    ):
        count = max(round(share * orders), least) if share or kind == UNREADABLE else 0
        # They come when orders come, a little after one; an order nobody knows stays nobody's.
        like = rng.integers(0, orders, count)
        later = np.minimum(time[like] + rng.uniform(0.01, 3.0, count), span.days - 1e-3)
        who = customer[like] if kind in {CANCELLED, UNPAID, UNREADABLE} else np.full(count, -1, dtype=np.int64)
        log = log.plus(who, np.maximum(span.opening_hours(later), time[like]), kind=kind)
    return log.in_time()


@dataclass(frozen=True)
class Sales:
    """Everything about the orders in one place, and the tables made of it."""

    span: Span
    world: World
    people: People
    log: OrderLog
    lines: Lines
    returns: Returns
    channel: Ints
    country: Ints

    @property
    def counts(self) -> Bools:
        """Which orders count as revenue."""
        return np.asarray(self.log.kind <= GUEST)

    def _sum(self, of_lines: Ints) -> Ints:
        """A sum of a line value per order; exact, as cents stay far below 2^53."""
        return np.bincount(self.lines.order, weights=of_lines, minlength=len(self.log)).astype(np.int64)

    @property
    def returned(self) -> Ints:
        """Money that went back with goods, per order line."""
        return np.bincount(self.returns.line, self.returns.amount, len(self.lines)).astype(np.int64)

    @property
    def refunded(self) -> Ints:
        """Money that went back per order, with goods or as goodwill, in cents."""
        return self._sum(self.returned + self.returns.goodwill)

    @property
    def net(self) -> Ints:
        """Net revenue per order after everything that went back, in cents."""
        return self._sum(self.lines.net) - self.refunded

    @property
    def margin(self) -> Ints:
        """Contribution margin per order, in cents; goods that come back give their cost back."""
        units = self.lines.quantity - np.bincount(self.returns.line, self.returns.quantity, len(self.lines)).astype(int)
        return self.net - self._sum(units * self.lines.cost)

    def orders(self) -> pa.Table:
        """The orders table: what a perfect cleaning of the export finds."""
        keep = self.counts
        return table(
            "orders",
            {
                "order_id": label("", np.flatnonzero(keep) + FIRST_ORDER),
                "customer_id": self.people.ids(self.log.customer[keep]),
                "ordered_at": self.span.moments(self.log.time[keep]),
                "net_revenue": cents(self.net[keep]),
                "discount": cents(self._sum(self.lines.discount)[keep]),
                "refunded": cents(self.refunded[keep]),
                "margin": cents(self.margin[keep]),
                "currency": np.full(int(keep.sum()), CURRENCY),
                "channel": channel_names(self.world, self.channel[keep]),
                "country": pick([name for name, _ in COUNTRIES], self.country[keep]),
            },
        )

    def order_lines(self) -> pa.Table:
        """The order_lines table: the lines of orders that count."""
        return self.lines.table(self.counts[self.lines.order])

    def refunds(self) -> pa.Table:
        """The refunds table: returns on a day of their own."""
        return self.returns.table(self.span, self.people, self.log, self.lines)

    def spent_lately(self) -> Ints:
        """Net spend of every customer over the last 365 days, in cents."""
        recent = (self.log.kind == SALE) & (self.log.time >= self.span.days - 365)
        who = self.log.customer[recent]
        return np.bincount(who, self.net[recent], len(self.people)).astype(np.int64)

    # -- the export ---------------------------------------------------------------------------------------------------
    def export(self, seed: int) -> tuple[pa.Table, dict[str, Any]]:
        """The order export as the shop's system writes it, all text, and what is in it.

        One row an order line. A return is a row of the same order on its own day, with negative units; goodwill stands
        in `Refunded` of the line it was given for. `Line Total` is what the row adds to the shop's own total.
        """
        lines, back = self.lines, self.returns
        rows = np.append(np.arange(len(lines)), back.line)
        is_return = np.append(np.zeros(len(lines), dtype=bool), np.ones(len(back.line), dtype=bool))
        time = np.append(self.log.time[lines.order], back.time)
        rng = stream(seed, "duplicates")
        sold = np.flatnonzero(self.log.kind[lines.order] == SALE)
        again = np.sort(rng.choice(sold, max(round(self.world.duplicates * len(sold)), 1), replace=False))
        rows, time = np.append(rows, again), np.append(time, time[again])
        is_return = np.append(is_return, np.zeros(len(again), dtype=bool))
        copy = np.append(np.zeros(len(rows) - len(again), dtype=bool), np.ones(len(again), dtype=bool))
        quantity = np.where(is_return, 0, lines.quantity[rows])
        discount = np.where(is_return, 0, lines.discount[rows])
        went = slice(len(lines), len(lines) + len(back.line))
        quantity[went], discount[went] = -back.quantity, -back.discount
        sheet = _Sheet(self, rows, time, quantity, discount, is_return, copy)
        # As the system lists them: by day and hour, an order's lines together, a doubled row right after its twin.
        return sheet.in_order(np.lexsort((copy, rows, lines.order[rows], time)))


@dataclass(frozen=True)
class _Sheet:
    """Rows of the export before they become text."""

    sales: Sales
    line: Ints
    time: Floats
    quantity: Ints
    discount: Ints
    is_return: Bools
    copy: Bools

    def in_order(self, order: Ints) -> tuple[pa.Table, dict[str, Any]]:
        """The rows as text in this order, and the account of them."""
        sheet = _Sheet(
            self.sales,
            self.line[order],
            self.time[order],
            self.quantity[order],
            self.discount[order],
            self.is_return[order],
            self.copy[order],
        )
        return sheet._text(), sheet._account()

    @property
    def _kind(self) -> Ints:
        return self.sales.log.kind[self.sales.lines.order[self.line]]

    @property
    def _total(self) -> Ints:
        return self.quantity * self.sales.lines.price[self.line] - self.discount

    @property
    def _goodwill(self) -> Ints:
        return np.where(self.is_return, 0, self.sales.returns.goodwill[self.line])

    def _faults(self) -> list[tuple[int, str, str]]:
        """Row, column and text of what cannot be read: a day no month has, and a word where money belongs."""
        bad = np.flatnonzero(self._kind == UNREADABLE)
        orders = self.sales.lines.order[self.line[bad]]
        first, last = bad[orders == orders[0]], bad[orders == orders[-1]]
        year = self.sales.span.dates(self.time[first[:1]])[0].astype(object).year
        return [
            *((int(row), "Order Date", f"{year}-02-30 14:05:00") for row in first),
            *((int(row), "Line Total", "see note") for row in last),
        ]

    def _text(self) -> pa.Table:
        sales, lines = self.sales, self.sales.lines
        order, kind = lines.order[self.line], self._kind
        customer = sales.people.ids(sales.log.customer[order])
        columns = {
            "Order ID": label("", order + FIRST_ORDER),
            "Order Date": pc.strftime(pa.array(sales.span.moments(self.time)), format="%Y-%m-%d %H:%M:%S"),
            "Customer ID": pc.if_else(pa.array(kind == TEST), _TESTER, customer),
            "SKU": pick(catalogue.product_codes(), lines.product[self.line]),
            "Product": pick(catalogue.product_names(), lines.product[self.line]),
            "Category": pick(NAMES, lines.category[self.line]),
            "Quantity": pc.cast(pa.array(self.quantity), pa.string()),
            "Unit Price": _money(lines.price[self.line]),
            "Discount": _money(self.discount),
            "Line Total": _money(self._total),
            "Refunded": _money(self._goodwill),
            "Cost": _money(self.quantity * lines.cost[self.line]),
            "Currency": pa.array(np.full(len(order), CURRENCY)),
            "Status": pick(_STATUS, np.where(self.is_return, _RETURNED, kind)),
            "Channel": channel_names(sales.world, sales.channel[order]),
            "Country": pick([name for name, _ in COUNTRIES], sales.country[order]),
        }
        for row, column, text in self._faults():
            columns[column] = pc.replace_with_mask(
                columns[column], pa.array(np.arange(len(order)) == row), pa.scalar(text, columns[column].type)
            )
        return pa.table(columns)

    def _account(self) -> dict[str, Any]:
        """Rows and money of the export by what they are; the parts add up to the whole, to the cent."""
        total, kind, goodwill = self._total, self._kind, self._goodwill
        order = self.sales.lines.order[self.line]
        unreadable = {row: column for row, column, _ in self._faults()}
        no_money = np.isin(np.arange(len(total)), [row for row, column in unreadable.items() if column == "Line Total"])
        total = np.where(no_money, 0, total)
        plain = ~self.copy & ~self.is_return
        parts: dict[str, Bools] = {name: plain & (kind == place) for place, name in enumerate(KINDS)}
        parts |= {"return": self.is_return, "duplicate": self.copy}
        net, log = self.sales.net, self.sales.log
        worthless = np.zeros(len(log), dtype=bool)
        worthless[self.sales.lines.order] = True
        worthless &= (self.sales._sum(self.sales.lines.net) == 0) & self.sales.counts
        return {
            "rows": len(total),
            "money": euros(total.sum()),
            "parts": {
                name: {
                    "orders": len(np.unique(order[part])),
                    "rows": int(part.sum()),
                    "money": euros(total[part].sum()),
                }
                for name, part in parts.items()
            },
            "goodwill": {"rows": int((goodwill > 0)[plain].sum()), "money": euros(goodwill[plain].sum())},
            "free_orders": int(worthless.sum()),
            "net_revenue_of_customers": euros(net[log.kind == SALE].sum()),
            "net_revenue_without_customer": euros(net[log.kind == GUEST].sum()),
            # Goodwill gives money back and leaves the goods with the customer: their cost stays.
            "margin_of_customers": euros(self.sales.margin[log.kind == SALE].sum()),
            "refunded_of_customers": euros(self.sales.refunded[log.kind == SALE].sum()),
            "orders_of_customers": int((log.kind == SALE).sum()),
            "orders_without_customer": int((log.kind == GUEST).sum()),
            "faults": [{"row": row + 2, "column": column, "value": text} for row, column, text in self._faults()],
        }


def draw_sales(
    seed: int, world: World, span: Span, people: People, log: OrderLog, lines: Lines, returns: Returns
) -> Sales:
    """Where every order came from and went to, and everything about orders in one place."""
    rng = stream(seed, "order channels")
    names = [c.name for c in world.channels]
    like = np.where(log.customer < 0, rng.integers(0, len(people), len(log)), log.customer)
    own = people.channel[like]
    keeps = np.array([{"store": 0.75, "marketplace": 0.7}.get(name, 0.3) for name in names])
    usual = np.array([{"email": 0.4, "organic": 0.35, "paid search": 0.15}.get(name, 0.025) for name in names])
    elsewhere = choose(rng, np.tile(usual, (len(log), 1)))
    stays = log.first | (rng.random(len(log)) < keeps[own])
    return Sales(span, world, people, log, lines, returns, np.where(stays, own, elsewhere), people.country[like])


def _money(amount: Ints) -> pa.Array:
    return pc.cast(cents(amount).cast(pa.decimal128(18, 2)), pa.string())
