"""What a reader has to know of intervals and cohorts that did not hold, in plain words."""

from __future__ import annotations

from collections.abc import Sequence

from lifeworth.evaluation.calibration import Coverage
from lifeworth.evaluation.cohorts import CohortScore, out_of_line
from lifeworth.evaluation.intervals import Intervals

NAMED = 3
"""Cohorts told by name; of more only how many they are."""


def of_intervals(held: Intervals) -> list[str]:
    """Where 5–95 % intervals hold clearly more or clearly less than 90 % of customers; nothing where they keep their word."""
    by = "predicted value" if held.value_by_decile else "predicted orders"
    said = []
    sides = (
        ("orders", held.pit_coverage, held.by_decile),
        ("money", held.value_pit_coverage, held.value_by_decile),
    )
    for what, every, tenths in sides:
        if every is not None and not every.kept:
            said.append(
                f"The 5–95 % intervals of {what} hold {_share(every)} of {every.customers:,} customers instead of 90 %: {_why([every])}."
            )
        broken = [(number, one) for number, one in enumerate(tenths, 1) if not one.kept]
        if broken:
            names = _listed([str(number) for number, _ in broken])
            shares = _listed([_share(one) for _, one in broken])
            parts = "tenth" if len(broken) == 1 else "tenths"
            said.append(
                f"In {parts} {names} of customers by {by} (1 is the lowest) the 5–95 % intervals of {what} hold {shares} instead of "
                f"90 %: {_why([one for _, one in broken])}."
            )
    return said


def of_cohorts(found: Sequence[CohortScore]) -> list[str]:
    """Acquisition cohorts missed by far more than chance and what all are missed by explain, the worst first."""
    missed = out_of_line(found)
    if not missed or len(found) < 2:
        return []
    told = [
        f"{one.cohort} ({one.predicted_orders:,.0f} orders foretold, {one.actual_orders:,.0f} came)"
        for one in missed[:NAMED]
    ]
    more = f" and {len(missed) - NAMED} more" if len(missed) > NAMED else ""
    was = "was" if len(missed) == 1 else "were"
    said = (
        f"{len(missed)} of {len(found)} acquisition cohorts {was} missed by far more than chance and the usual miss explain: {_listed(told)}{more}. "
        "Customers won then are not like the others; read their values with care."
    )
    return [said]


def _why(found: Sequence[Coverage]) -> str:
    """In which direction intervals fail, all of `found` together."""
    if all((one.inside or 0.0) > one.level for one in found):
        return "they are wider than they need be"
    below, above = (sum((getattr(one, side) or 0.0) * one.customers for one in found) for side in ("below", "above"))
    if above > 2 * below:
        return "too many customers had more than their interval allows for"
    if below > 2 * above:
        return "too many customers had less than their interval allows for"
    return "they are too narrow"


def _share(found: Coverage) -> str:
    return f"{100 * (found.inside or 0.0):.0f} %"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
