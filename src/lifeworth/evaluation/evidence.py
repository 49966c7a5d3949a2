"""All that held-out orders say about the candidates, in one call: origins chosen, each tested, the choice made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ibis.expr.types import Table

from lifeworth.engine.base import Engine
from lifeworth.evaluation.backtest import Backtest, backtest
from lifeworth.evaluation.compare import Choice, choose
from lifeworth.evaluation.holdout import hold_out
from lifeworth.features.calendar import splits
from lifeworth.models.base import Model
from lifeworth.report.progress import SILENT, Progress
from lifeworth.units import Period, TimeUnit

EARLIER_ORIGINS_UP_TO = 200_000
"""Beyond so many customers one hold-out decides: its noise is small, and every origin costs a pass over the orders."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The hold-outs, latest first, and what they led to."""

    backtests: tuple[Backtest, ...]
    choice: Choice

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
        return {"choice": self.choice.to_dict(), "backtests": [test.to_dict() for test in self.backtests]}


def gather(
    engine: Engine,
    orders: Table,
    refunds: Table | None,
    *,
    first: date,
    as_of: date,
    horizon: Period,
    unit: TimeUnit = TimeUnit.WEEK,
    candidates: Mapping[str, Model[Any]] | None = None,
    has_money: bool = True,
    origins: int = 3,
    min_customers: int = 100,
    min_repeaters: int = 30,
    seed: int = 0,
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
        candidates: Order models by key; BG/NBD and MBG/NBD where left out.
        has_money: Whether order values mean anything.
        origins: Most hold-outs; earlier ones are scored without intervals, and left out of very large data.
        min_customers: Fewer customers to learn from cannot be judged.
        min_repeaters: The same for customers with a second purchase day.
        seed: Of everything drawn.
        progress: Who is told how far the work is.
    """
    tests: list[Backtest] = []
    for number, split in enumerate(splits(first, as_of, horizon, at_most=origins)):
        with progress.step(f"Holding out {split.as_of} to {split.until}"):
            test = hold_out(engine, orders, refunds, split, unit)
        if number > 0 and (len(tests[0].trials) == 0 or len(test) < min_customers):
            break
        tests.append(
            backtest(
                test,
                candidates,
                has_money=has_money,
                seed=seed,
                with_intervals=number == 0,
                progress=progress,
            )
        )
        if tests[0].customers > EARLIER_ORIGINS_UP_TO:
            break
    return Evidence(tuple(tests), choose(tests, min_customers=min_customers, min_repeaters=min_repeaters))
