"""Segments of the user's own: names with conditions, the first that is met counts."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
from ibis.expr.types import BooleanValue, Table

from lifeworth.data.contracts import SCORES
from lifeworth.errors import OptionError
from lifeworth.features.expressions import condition, names

REST = "(none of them)"
"""Where customers are who meet no condition."""


def conditions(described: Table, rules: Mapping[str, str]) -> dict[str, BooleanValue]:
    """The conditions as expressions over a table; a condition on what is not known is not met.

    Args:
        described: One row a customer, with the columns conditions may name.
        rules: Name of each segment and its condition.

    Raises:
        OptionError: if a condition cannot be read, names a column there is not, or is no condition.
    """
    found = {}
    for name, text in rules.items():
        what = f"segments.{name}"
        if name == REST:
            raise OptionError(f'A segment cannot be called "{REST}": that is where the others are counted.')
        of_today = [one for one in names(text, what=what) if one in SCORES.columns and one not in described.columns]
        if of_today:
            raise OptionError(
                f"{what}: {', '.join(of_today)} is worked out for the as-of day of a run only, not for an earlier day.",
                allowed=described.columns,
            )
        found[name] = condition(text, described, what=what).fill_null(False)
    return found


def ruled(described: Table, rules: Mapping[str, str]) -> Table:
    """One row a customer: `customer_id`, `segment`, the first condition that is met."""
    met = conditions(described, rules)
    return described.select(
        "customer_id", segment=ibis.cases(*((fits, name) for name, fits in met.items()), else_=REST)
    )


def meeting(described: Table, rules: Mapping[str, str]) -> Table:
    """One row: how many customers meet each condition, whether or not an earlier one is met too."""
    met = conditions(described, rules)
    return described.aggregate(**{name: fits.cast("int64").sum() for name, fits in met.items()})
