"""Monthly recurring revenue of an amount that is billed every so often, to four places, in whole numbers throughout.

A year has twelve months, 52 weeks and 365 days: a yearly amount counts a twelfth, a quarterly one a third, a weekly one
52 twelfths, a daily one 365 twelfths. So do Stripe, ChartMogul and Baremetrics for years, quarters and months.
"""

from __future__ import annotations

from typing import Any

import ibis
from ibis.expr.types import Column, IntegerColumn

from lifeworth.data.contract import MONEY

RULE = "year ÷ 12, quarter ÷ 3, month, week × 52 ÷ 12, day × 365 ÷ 12, to four places"
"""The rule in words."""

WORDS: dict[tuple[str, int], tuple[str, ...]] = {
    ("month", 1): ("month", "months", "monthly", "mo", "m", "per month", "every month", "1 month", "monat", "monatlich"),
    ("year", 1): ("year", "years", "yearly", "annual", "annually", "yr", "y", "a", "per year", "every year", "1 year", "jahr", "jährlich"),
    ("week", 1): ("week", "weeks", "weekly", "w", "per week", "every week", "1 week"),
    ("day", 1): ("day", "days", "daily", "d", "per day", "every day", "1 day"),
    ("month", 3): ("quarter", "quarters", "quarterly", "q", "every quarter", "per quarter", "1 quarter"),
    ("month", 6): ("semiannual", "semi-annual", "semiannually", "semi-annually", "half-year", "half-yearly", "half yearly", "biannual", "biannually"),
    ("week", 2): ("biweekly", "bi-weekly", "fortnight", "fortnightly", "every two weeks"),
    ("month", 2): ("bimonthly", "bi-monthly", "every two months"),
    ("year", 2): ("biennial", "biennially", "every two years", "two years"),
}  # fmt: skip
"""How systems call an interval: the unit and how many of it."""

_COUNTED = r"^(?:every\s+)?(\d{1,4})[\s_-]*(day|week|month|quarter|year)s?$"
_DEN_MONTHS = 12


def interval_of(word: Column) -> tuple[Column, IntegerColumn]:
    """A billing interval in words ("annual", "every 3 months") as unit and count; null where nobody knows it."""
    text = word.lower().strip()
    counted = text.re_search(_COUNTED)
    unit = text.re_extract(_COUNTED, 2)
    number = text.re_extract(_COUNTED, 1).nullif("").try_cast("int64")
    units: list[tuple[Any, Any]] = [(text.isin(words), unit_) for (unit_, _), words in WORDS.items()]
    units.append((counted, ibis.ifelse(unit == "quarter", "month", unit)))
    counts: list[tuple[Any, Any]] = [(text.isin(words), count) for (_, count), words in WORDS.items()]
    counts.append((counted, ibis.ifelse(unit == "quarter", 3 * number, number)))
    return (
        ibis.cases(*units, else_=ibis.null("string")).nullif(""),
        ibis.cases(*counts, else_=ibis.null("int64")).cast("int64"),
    )


def monthly(amount: Column, unit: Column, count: Column) -> Column:
    """An amount billed every `count` `unit`s as money a month; null where unit or count say nothing.

    Halves round away from zero. Amounts up to six hundred million are exact to the last place.
    """
    parts = amount.cast("decimal(38, 4)") * 10_000
    whole = parts.cast("decimal(38, 0)").cast("int64")
    up = ibis.cases((unit == "year", 1), (unit == "month", 12), (unit == "week", 52), (unit == "day", 365), else_=None)
    up = up.cast("int64")
    down = (_DEN_MONTHS * ibis.ifelse(count > 0, count, None)).cast("int64")
    # Rounded by adding half the divisor; the remainder is taken off first, so that nothing passes through a fraction.
    doubled = 2 * whole.abs() * up + down
    quotient = (doubled - doubled % (2 * down)) // (2 * down)
    signed = ibis.ifelse(whole < 0, -quotient, quotient)
    return (signed.cast("decimal(38, 4)") / 10_000).cast("decimal(38, 4)").cast(MONEY)
