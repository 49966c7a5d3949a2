"""Money in queries: exact to four places, whatever an engine makes of sums and differences."""

from __future__ import annotations

from typing import cast

import ibis
import ibis.expr.datatypes as dt
from ibis.expr.types import DecimalColumn, NumericValue, Table

from lifeworth.data.contract import MONEY, Contract

ZERO = ibis.literal(0, MONEY)
"""No money."""

NO_MONEY = ibis.null(MONEY)
"""Money that is not known."""


def as_money(value: NumericValue) -> DecimalColumn:
    """A value as `MONEY`.

    Engines widen the result of decimal arithmetic, each by its own rule, which Ibis does not follow: a plain cast to
    the type it believes to be there already is left out. The detour over a wider decimal makes the cast happen.
    """
    return cast("DecimalColumn", value.cast(dt.Decimal(38, 4)).cast(MONEY))


def conform(rows: Table, contract: Contract) -> Table:
    """Rows with exactly the columns and types of a table of the house; computed money went through `as_money`."""
    return rows.select(**{name: rows[name].cast(kind) for name, kind in contract.schema.items()})
