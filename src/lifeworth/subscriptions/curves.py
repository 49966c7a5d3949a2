"""Retention as it was seen, free of any model: Kaplan-Meier over renewals, with its interval.

A contract that still runs tells only that it lived through its renewals so far; Kaplan & Meier (1958) count it for as long as
it was watched, and no longer. The interval is Greenwood's on the log-minus-log scale, which keeps it between 0 and 1.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from scipy.stats import CensoredData, ecdf

from lifeworth.models import Tenures
from lifeworth.subscriptions.billing import Floats, Ints

LEAST_AT_RISK = 5
"""A step that fewer contracts came to says nothing and is not shown."""


@dataclass(frozen=True, eq=False)
class Curve:
    """Share still there after 0, 1, 2 … renewals, its 95 % interval, and how many contracts came to each renewal."""

    renewals: Ints
    share: Floats
    low: Floats
    high: Floats
    at_risk: Ints


def kaplan_meier(s: Tenures, *, least: int = LEAST_AT_RISK) -> Curve:
    """The curve up to the last renewal that at least `least` contracts came to.

    Args:
        s: Renewals lived through, and whether the contract was then lost; one row a contract, no weights.
        least: Fewest contracts that have come to a renewal for it to be shown.
    """
    lost = s.lost > 0
    # Lost at the first renewal is an event at time 1; who still runs was watched up to their last renewal.
    gone, still = s.periods[lost] + 1, s.periods[~lost]
    watched = np.r_[gone, still]
    last = int(watched.max(initial=0))
    at_risk = np.array([len(watched), *(len(watched) - np.searchsorted(np.sort(watched), np.arange(1, last + 1)))])
    until = int(np.flatnonzero(at_risk >= min(least, max(len(watched), 1)))[-1]) if len(watched) else 0
    times = np.arange(until + 1)
    one = np.ones(until + 1)
    if not len(gone) or until == 0:
        return Curve(times, one, one, one, at_risk[: until + 1])
    found = ecdf(CensoredData(uncensored=gone, right=still)).sf
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where nobody was lost yet, or everybody, the interval is a point
        band = found.confidence_interval(0.95, method="log-log")
    share = found.evaluate(times)
    low, high = (
        np.where(np.isnan(edge), share, edge) for edge in (band.low.evaluate(times), band.high.evaluate(times))
    )
    return Curve(times, share, low, high, at_risk[: until + 1])
