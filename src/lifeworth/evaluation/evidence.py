"""All that held-out orders say about the candidates, in one call: origins chosen, each tested, the choice made."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from time import perf_counter
from typing import Any, Protocol

import pyarrow as pa
from ibis.expr.types import Table

from lifeworth.engine.base import Engine
from lifeworth.errors import LifeworthError
from lifeworth.evaluation.backtest import Backtest, backtest, default_candidates, with_intervals_of
from lifeworth.evaluation.compare import Choice, choose
from lifeworth.evaluation.cost import plan
from lifeworth.evaluation.high_value import HighValue, high_value
from lifeworth.evaluation.holdout import Holdout, evenly, hold_out
from lifeworth.evaluation.metrics import jsonable
from lifeworth.features.calendar import splits
from lifeworth.features.covariates import NO_COVARIATES, Wanted
from lifeworth.models.base import Model
from lifeworth.report.progress import SILENT, Progress
from lifeworth.units import Period, TimeUnit

MOST_CUSTOMERS = 100_000
"""A test on so many tells models apart as well as one on millions; more are drawn evenly by id, before anything is read."""
WORTH_TELLING = 5.0
"""Seconds from which on a person wants to know how long it took."""
ORIGINS_OF_HIGH_VALUE = 2
_TESTED = "_tested_orders"
_CUSTOMERS = "_tested_customers"


@dataclass(frozen=True, slots=True)
class Evidence:
    """The hold-outs, latest first, and what they led to."""

    backtests: tuple[Backtest, ...]
    choice: Choice
    high_value: tuple[HighValue, ...] = ()
    """What became of the chosen model's probabilities to become high-value, in the order of the hold-outs."""

    @property
    def latest(self) -> Backtest | None:
        """The hold-out that a report shows; none where the orders span too few days."""
        return self.backtests[0] if self.backtests else None

    @property
    def chosen(self) -> str | None:
        """Key of the order model chosen; none without enough data."""
        return self.choice.model

    @property
    def first_order(self) -> bool:
        """Whether the spend model is to learn from first orders too."""
        return self.choice.first_order

    @property
    def reason(self) -> str:
        """Why this model, or why none."""
        return self.choice.reason

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready values."""
        return {
            "choice": self.choice.to_dict(),
            "backtests": [test.to_dict() for test in self.backtests],
            "high_value": [jsonable(one) for one in self.high_value],
        }


class Ballot(Protocol):
    """Candidates that depend on the customers there are to learn from."""

    def __call__(self, test: Holdout) -> Mapping[str, Model[Any]]:
        """The candidates at one hold-out; the same keys at each."""

    def likely(self, covariates: Collection[str]) -> Collection[str]:
        """The keys there will probably be, before any hold-out was seen."""


def gather(
    engine: Engine,
    orders: Table,
    refunds: Table | None,
    *,
    first: date,
    as_of: date,
    horizon: Period,
    unit: TimeUnit = TimeUnit.WEEK,
    customers: pa.ChunkedArray | None = None,
    candidates: Mapping[str, Model[Any]] | Ballot | None = None,
    covariates: Wanted = NO_COVARIATES,
    has_money: bool = True,
    origins: int = 3,
    min_customers: int = 100,
    min_repeaters: int = 30,
    high_share: float = 0.1,
    progress: Progress = SILENT,
) -> Evidence:
    """Hold out the end of the history, test every candidate on it, choose.

    Args:
        engine: Where the tables are.
        orders: The table `orders` of the house.
        refunds: The table `refunds`, or nothing where no refund has a day of its own.
        first: Day of the first order.
        as_of: Last observed day.
        horizon: How far ahead the run is to predict; no longer hold-out than that is taken.
        unit: The unit models count time in.
        customers: Ids of all customers, in a stated order; of more than `MOST_CUSTOMERS` that many are tested, evenly
            spaced. Where left out, all are.
        candidates: Order models by key, or what gives them for a hold-out, asked in the order of the report; BG/NBD and MBG/NBD where
            left out.
        covariates: What else candidates may know of each customer, from their first purchase day.
        has_money: Whether order values mean anything.
        origins: Most hold-outs of a kind. Intervals, the dearest part, are tested of the model chosen alone.
        min_customers: Fewer customers to learn from cannot be judged.
        min_repeaters: The same for customers with a second purchase day.
        high_share: Share of customers that counts as high-value.
        progress: Who is told how far the work is.
    """
    tests: list[Backtest] = []
    held: list[Holdout] = []
    standing: list[Mapping[str, Model[Any]]] = []
    candidates = default_candidates() if candidates is None else candidates
    began = perf_counter()
    keys = candidates.likely(covariates.names) if callable(candidates) else tuple(candidates)
    _foretell(customers, keys, first, as_of, horizon, origins, progress)
    try:
        orders, refunds = _some(engine, orders, refunds, customers)
        for split in splits(first, as_of, horizon, at_most=origins):
            with progress.step(f"Holding out {split.as_of} to {split.until}"):
                test = hold_out(engine, orders, refunds, split, unit, covariates)
            if tests and len(test) < min_customers:
                continue
            standing.append(candidates(test) if callable(candidates) else candidates)
            found = backtest(test, standing[-1], has_money=has_money, with_intervals=False, progress=progress)
            held.append(test)
            tests.append(replace(found, notes=(*found.notes, *_drawn(customers))))
    finally:
        engine.drop(_TESTED, _CUSTOMERS)
    choice = choose(tests, min_customers=min_customers, min_repeaters=min_repeaters)
    if choice.model is not None:
        with progress.step("Testing the intervals of the model chosen", len(tests)) as step:
            for number, test in enumerate(held):
                tests[number] = _held_to_its_word(tests[number], test, choice.model, standing[number])
                step.advance()
        # The same choice, told once more with what its intervals have shown.
        choice = choose(tests, min_customers=min_customers, min_repeaters=min_repeaters)
    with progress.step("Testing who becomes high-value"):
        high = _high_value(tests, held, choice.model, high_share)
    if (took := perf_counter() - began) >= WORTH_TELLING:
        progress.note(f"The test took {took:.0f} s.")
    return Evidence(tuple(test.without_fits() for test in tests), choice, high)


def _held_to_its_word(found: Backtest, test: Holdout, name: str, candidates: Mapping[str, Model[Any]]) -> Backtest:
    """The back-test with the intervals of the chosen model; without them where it could not be fitted this time."""
    try:
        return with_intervals_of(found, test, name, candidates[name])
    except LifeworthError:
        return found


def _foretell(
    customers: pa.ChunkedArray | None,
    candidates: Collection[str],
    first: date,
    as_of: date,
    horizon: Period,
    origins: int,
    progress: Progress,
) -> None:
    """Say what is about to be done and about how long it takes; to the progress alone, for a time is never twice the same."""
    if customers is None:
        return
    said = plan(candidates, min(len(customers), MOST_CUSTOMERS), first, as_of, horizon, origins=origins).foretold()
    if said:
        progress.note(f"Testing {said}.")


def _high_value(tests: list[Backtest], held: list[Holdout], model: str | None, share: float) -> tuple[HighValue, ...]:
    """Of the first hold-out, and of a second one, which says whether what is seen there is of those days or of the model."""
    found = []
    for test, rows in list(zip(tests, held, strict=True))[:ORIGINS_OF_HIGH_VALUE]:
        trial = next((trial for trial in test.models if trial.name == model), None)
        if trial is not None and trial.fitted is not None:
            found.append(high_value(trial.fitted, None if test.spend is None else test.spend.chosen, rows, share))
    return tuple(found)


def _some(
    engine: Engine, orders: Table, refunds: Table | None, customers: pa.ChunkedArray | None
) -> tuple[Table, Table | None]:
    """The orders and refunds of at most `MOST_CUSTOMERS` customers, evenly spaced and so the same every time."""
    if customers is None or len(customers) <= MOST_CUSTOMERS:
        return orders, refunds
    chosen = pa.array(evenly(len(customers), MOST_CUSTOMERS))
    some = engine.load(_CUSTOMERS, pa.table({"customer_id": customers.take(chosen)}))
    theirs = engine.create(_TESTED, orders.semi_join(some, "customer_id"))
    if refunds is None:
        return theirs, None
    loose = refunds.filter(refunds["order_id"].isnull()).semi_join(some, "customer_id")
    return theirs, refunds.semi_join(theirs, "order_id").union(loose)


def _drawn(customers: pa.ChunkedArray | None) -> tuple[str, ...]:
    if customers is None or len(customers) <= MOST_CUSTOMERS:
        return ()
    return (
        f"The test is made on {MOST_CUSTOMERS:,} of {len(customers):,} customers, evenly spaced by id; its totals are theirs.",
    )
