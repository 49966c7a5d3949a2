"""What a person should know about how their rows were read, a sentence each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from lifeworth.data.aside import COUNTED_UP_TO
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


def _about(found: Found) -> str:
    return "About " if found.probe.rows > COUNTED_UP_TO else ""


def counted(number: int, noun: str, verb: tuple[str, str] | None = None) -> str:
    """A number with its noun, and its verb where one follows: "1 row is", "2,000 rows are"."""
    words = f"{number:,} {noun}" + ("" if number == 1 else "s")
    return words if verb is None else f"{words} {verb[number != 1]}"


_BE, _HAVE, _STAND = ("is", "are"), ("has", "have"), ("stands", "stand")


def _notes(found: Found, sums: Reconciliation) -> Iterator[str]:
    if found.default_day:
        yield f"The figures know about days up to {found.as_of}, the day of the last row that counts."
    if not found.probe.priced:
        yield "The source has no amounts: orders can be counted and predicted, their value cannot."
    if found.copies:
        yield (
            f"{counted(found.copies, 'row', _BE)} alike in every column to another row of the same order, and counted "
            "once. If every one is meant: --duplicates keep."
        )
    if found.alike:
        yield (
            f"{_about(found)}{counted(found.alike, 'row', _BE)} alike in every column to another row, and kept: without order numbers "
            "a second purchase cannot be told from a copy."
        )
    if found.by_order and found.several_rows:
        yield f"{counted(found.several_rows, 'order number', _STAND)} on several rows, whose amounts were added up."
    if found.several_days:
        yield f"{counted(found.several_days, 'order', _HAVE)} rows of several days; the earliest counts."
    if found.disputed:
        yield f"{counted(found.disputed, 'order', _HAVE)} rows of several customers; the one with most rows gets it."
    if found.zero:
        yield (
            f"{counted(found.zero, 'order', _BE)} worth nothing and counted as a purchase of value 0. "
            "If that is not meant: --zero-value set-aside."
        )
    if found.orphans:
        money = f" ({sums.nobody:,.2f} net, returns included)" if sums.money_in is not None else ""
        yield (
            f"{found.orphans:,} of {counted(found.orders, 'order')} without a customer: in the company's revenue{money}, "
            "in nobody's value."
        )
    if found.marginless:
        yield f"{counted(found.marginless, 'order', _HAVE)} rows without margin or cost, so the margin is not known."
    if found.returns:
        yield (
            f"{counted(found.returns, 'row', _BE)} returns: {sums.attached:,.2f} was taken off the orders it came from, "
            f"{found.loose:,.2f} found no order and lowers the revenue on the day it was booked."
        )
