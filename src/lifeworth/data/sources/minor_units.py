"""Amounts in the smallest unit of their currency, as payment systems write them: 1999 is 19.99 USD and 1999 JPY."""

from __future__ import annotations

from decimal import Decimal

import ibis
from ibis.expr.types import Column

NO_PLACES = frozenset({
    "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF",
})  # fmt: skip
"""Currencies written without places. Iceland's and Uganda's have none, but payment systems write them with two."""

THREE_PLACES = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
"""Currencies of a thousand parts."""


def places(currency: str) -> int:
    """How many places a currency has: 2 for most."""
    code = currency.upper()
    return 0 if code in NO_PLACES else 3 if code in THREE_PLACES else 2


def in_units(amount: Decimal, currency: str) -> Decimal:
    """An amount of minor units in units of the currency, exact."""
    return amount.scaleb(-places(currency))


def in_units_of(amount: Column, currency: Column | None) -> Column:
    """The same for a column; without a currency, of hundredths."""
    wide = amount.cast("decimal(38, 4)")
    if currency is None:
        return wide / 100
    code = currency.upper()
    parts = ibis.cases((code.isin(sorted(NO_PLACES)), 1), (code.isin(sorted(THREE_PLACES)), 1000), else_=100)
    return wide / parts.cast("decimal(18, 0)")
