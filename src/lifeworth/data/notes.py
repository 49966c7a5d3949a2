"""What a person should know about how their rows were read, a sentence each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from lifeworth.data.probe import Probe
from lifeworth.data.reconcile import Reconciliation


@dataclass
class Found:
    """What cleaning came across; filled on the way."""

    probe: Probe
    as_of: date
    default_day: bool
    by_order: bool
    copies: int = 0
    alike: int = 0
    several_rows: int = 0
    several_days: int = 0
    disputed: int = 0
    orders: int = 0
    orphans: int = 0
    zero: int = 0
    marginless: int = 0
    returns: int = 0
    loose: Decimal = Decimal(0)
    first_at: datetime = datetime.min  # noqa: DTZ901 - the shop's own clock has no zone
    last_at: datetime = datetime.max  # noqa: DTZ901


def write(found: Found, reconciliation: Reconciliation) -> tuple[str, ...]:
    """The notes, in the order a person would ask."""
    return tuple(_notes(found, reconciliation))


def _notes(found: Found, sums: Reconciliation) -> Iterator[str]:
    if found.default_day:
        yield f"The figures know about days up to {found.as_of}, the day of the last row that counts."
    if not found.probe.priced:
        yield "The source has no amounts: orders can be counted and predicted, their value cannot."
    if found.copies:
        yield (
            f"{found.copies:,} rows are alike in every column to another row of their order; each was counted once. "
            "If they are meant: --duplicates keep."
        )
    if found.alike:
        yield (
            f"{found.alike:,} rows are alike in every column to another row. They were kept: without order numbers a "
            "second purchase cannot be told from a copy."
        )
    if found.by_order and found.several_rows:
        yield f"{found.several_rows:,} order numbers stand on several rows; their amounts were added up."
    if found.several_days:
        yield f"{found.several_days:,} orders have rows of several days; the earliest counts."
    if found.disputed:
        yield f"{found.disputed:,} orders have rows of several customers; each went to the customer with most rows."
    if found.zero:
        yield (
            f"{found.zero:,} orders are worth nothing; they count as purchases of value 0. "
            "If they should not: zero_value = set-aside."
        )
    if found.orphans:
        yield (
            f"{found.orphans:,} of {found.orders:,} orders name no customer: they are in the company's revenue"
            + (f" ({sums.nobody:,.2f} net)" if sums.money_in is not None else "")
            + " and in nobody's value."
        )
    if found.marginless:
        yield f"{found.marginless:,} orders have rows without margin or cost; their margin is not known."
    if found.returns:
        yield (
            f"{found.returns:,} rows are returns: {sums.attached:,.2f} were brought back to the orders they belong to, "
            f"{found.loose:,.2f} found no order and lower the revenue on the day they were booked."
        )
