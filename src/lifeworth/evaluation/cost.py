"""What a back-test is about to do and about how long it takes here, said before it begins.

The formula is plain on purpose: so much for a hold-out, a model and its intervals, each a constant and a part that grows with the
customers. Its constants were measured on simulated shops of 1,000 to 100,000 customers and one to seven years, in units of a fixed
piece of the same kind of work; the time of that piece on this machine, now, turns them into seconds.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from time import perf_counter

import numpy as np
from scipy import special

from lifeworth.features.calendar import splits
from lifeworth.units import Period

BUDGET = 0.03
"""Seconds spent on finding out how fast this machine is."""
HOLDOUT, HOLDOUT_A_CUSTOMER = 45.0, 0.002
"""To read a hold-out, score the baselines and the spend models: pieces of work, and those for each customer."""
MODEL, MODEL_A_CUSTOMER = 30.0, 0.0007
"""To fit a model, score it and draw its track."""
INTERVALS = 260.0
"""To form and test the intervals of the model chosen, for 10,000 customers or more; of fewer by the third root of their number."""
TESTED = 10_000
DEAR = {"pareto_nbd": 2.5, "nbd": 0.7}
"""Models that cost so many times the others."""
COVARIATES = 3.0
"""What covariates multiply the cost of a model by: its customers differ in more than their histories."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A back-test about to be made.

    Args:
        models: Keys of the candidates.
        holdouts: How many hold-outs the history allows.
        customers: How many customers are tested, at most; earlier hold-outs know fewer of them.
    """

    models: tuple[str, ...]
    holdouts: int
    customers: int

    @property
    def work(self) -> float:
        """What it costs, in pieces of the work that `piece` times."""
        dear = [DEAR.get(key.partition("+")[0], 1.0) * (COVARIATES if "+" in key else 1.0) for key in self.models]
        tested = INTERVALS * float(np.cbrt(min(self.customers / TESTED, 1.0)))
        once = HOLDOUT + HOLDOUT_A_CUSTOMER * self.customers + sum(dear) * (MODEL + MODEL_A_CUSTOMER * self.customers)
        return self.holdouts * (once + tested * sum(dear) / len(dear))

    def seconds(self, piece: float) -> float:
        """How long it takes where one piece of the work takes so many seconds."""
        return self.work * piece

    def __str__(self) -> str:
        models = "1 model" if len(self.models) == 1 else f"{len(self.models)} models"
        tests = "1 hold-out" if self.holdouts == 1 else f"{self.holdouts} hold-outs"
        return f"{models} on {tests} of up to {self.customers:,} customers, with intervals"

    def foretold(self) -> str:
        """The plan in words, with the time it takes on this machine now; empty where there is nothing to hold out."""
        return "" if not self.holdouts else f"{self}: {about(self.seconds(piece()))} on this machine"


def plan(
    models: Collection[str], customers: int, first: date, as_of: date, horizon: Period, *, origins: int = 3
) -> Plan:
    """What a back-test of these models will do.

    Args:
        models: Keys of the candidates.
        customers: How many are tested, at most.
        first: Day of the first order.
        as_of: Last observed day.
        horizon: How far ahead the run predicts.
        origins: Most hold-outs.
    """
    return Plan(tuple(models), len(splits(first, as_of, horizon, at_most=origins)), customers)


def piece() -> float:
    """Seconds that a fixed piece of work takes on this machine now: incomplete beta integrals, a sort, logarithms.

    It is the median of a few: a single pause says nothing of the speed, and a machine that is busy later takes longer.
    """
    shapes, chances = np.linspace(0.1, 9.0, 4_000), np.linspace(0.01, 0.99, 4_000)
    values = np.arange(60_000) * 0.6180339887498949 % 1.0 + 0.5
    times: list[float] = []
    began = perf_counter()
    while not times or perf_counter() - began < BUDGET:
        start = perf_counter()
        special.betainc(shapes, 2.5, chances)
        np.argsort(values, kind="stable")
        np.log(values).sum()
        times.append(perf_counter() - start)
    return float(np.median(times))


def about(seconds: float) -> str:
    """A time no more exact than an estimate is: "about 20 s", "about 4 min"."""
    if seconds < 2:
        return "a second or two"
    if seconds < 10:
        return f"about {seconds:.0f} s"
    if seconds < 90:
        return f"about {5 * round(seconds / 5)} s"
    return f"about {max(2, round(seconds / 60))} min"
