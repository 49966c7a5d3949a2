"""Why a row is set aside: every reason has a code, words, and what a person can do about it.

A source writes a code into `staged.fault`; cleaning adds its own. The code is the key of the waterfall of money, of the
quarantine table and of the messages, so it is short, stable and never shown without its words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: what is the matter with the row, and the next step of whoever wants it back."""

    code: str
    words: str
    advice: str


def _table(reasons: Iterable[Reason]) -> dict[str, Reason]:
    return {reason.code: reason for reason in reasons}


REASONS: dict[str, Reason] = _table(
    [
        # -- the source could not read the row ------------------------------------------------------------------------
        Reason("date_missing", "no date", "Fill in the order date and run again."),
        Reason(
            "date_unreadable", "a date that cannot be read", "Write it as 2025-03-04, or say how it reads: --dates."
        ),
        Reason("date_impossible", "a date far outside any shop's life", "Correct the year."),
        Reason("amount_missing", "no amount", "Fill in the amount; an order that cost nothing says 0."),
        Reason("amount_unreadable", "text where an amount belongs", "Write the amount as a plain number."),
        Reason("amount_infinite", "an amount that is infinite or not a number", "Write the amount as a plain number."),
        Reason("amount_too_large", "an amount too large to keep exactly", "Check the amount: it has over 14 digits."),
        Reason("number_unreadable", "text where a number belongs", "Write a plain number."),
        Reason("flag_unreadable", "neither yes nor no", "Write true or false."),
        Reason(
            "value_missing",
            "a value that the table cannot do without is missing",
            "Fill it in, or say which column it is: --map.",
        ),
        Reason("row_broken", "a row that does not have the columns of the others", "Mend the row in the file."),
        Reason("row_empty", "a row without any value", "Nothing: an empty row says nothing."),
        Reason("total_row", "a row that sums up others", "Nothing: it would count its rows twice."),
        # -- the source says that it is no sale -----------------------------------------------------------------------
        Reason("cancelled", "a cancelled order", "Nothing, if it was cancelled. Its status column says so."),
        Reason("unpaid", "an order that was never paid", "Nothing until it is paid; then export again."),
        Reason(
            "erased",
            "of a person who asked to be forgotten",
            "Nothing: they stay out. Remove them from the source too.",
        ),
        Reason("test", "a test order", "Nothing, if it was a test."),
        Reason("deleted", "deleted in the system it comes from", "Nothing, if it was deleted."),
        Reason(
            "never_paid",
            "a subscription whose first payment was never made",
            "Nothing until it is paid; then export again.",
        ),
        Reason(
            "interval_unknown",
            "a billing interval nobody knows",
            "Write day, week, month, quarter or year, or map a column of mrr.",
        ),
        Reason("ends_before_it_begins", "an end before the beginning", "Correct one of the two days."),
        # -- the row is fine, but it does not count here --------------------------------------------------------------
        Reason("after_as_of", "after the last day the figures know about", "Choose a later --as-of to count it."),
        Reason(
            "duplicate", "alike in every column to another row of its order", "If both are meant: --duplicates keep."
        ),
        Reason(
            "superseded", "an older version of an order that a later file brings again", "Nothing: the later counts."
        ),
        Reason(
            "duplicate_key",
            "another row with the same key, which counts instead",
            "Nothing, if it is an older or a second copy.",
        ),
        Reason("zero_value", "an order worth nothing", "Say --zero-value keep to count it as a purchase."),
        Reason(
            "stock_correction",
            "units taken back without money: a stock correction, not a sale",
            "Nothing, if no customer was paid back.",
        ),
        Reason(
            "return_without_amount",
            "a return in a source without amounts, so nobody can say what went back",
            "Add a column with the amount.",
        ),
    ]
)
"""All reasons by code."""


def reason(code: str) -> Reason:
    """The reason of a code; one that is not in the list speaks for itself."""
    return REASONS.get(code) or Reason(code, code.replace("_", " "), "Look at the row in the quarantine.")
