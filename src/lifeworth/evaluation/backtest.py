"""Every candidate learns from the same past and is held to what then happened. Read `backtest` from top to bottom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from lifeworth.errors import LifeworthError
from lifeworth.evaluation.baselines import BASELINES, Baseline
from lifeworth.evaluation.calibration import Band, bands
from lifeworth.evaluation.cohorts import Cohorts, CohortScore, cohorts
from lifeworth.evaluation.diagnostics import Cell, by_past_orders, by_silence
from lifeworth.evaluation.holdout import Holdout, evenly
from lifeworth.evaluation.intervals import Intervals, intervals
from lifeworth.evaluation.metrics import Array, jsonable
from lifeworth.evaluation.scoring import Scores, score
from lifeworth.evaluation.spend import SpendTest, SpendTrial, spend_test
from lifeworth.evaluation.tracking import Track, Tracking, actual_track, track
from lifeworth.models.base import Model
from lifeworth.report.progress import SILENT, Progress

SCORED = 100_000
"""Most customers the measures by customer are taken over, evenly spaced by id; totals are of all."""


@dataclass(frozen=True)
class Trial:
    """How one candidate or baseline did.

    Args:
        name: Key of the model, or name of the baseline.
        kind: What it is.
        words: What it assumes, or which model it is.
        orders: Scores of expected orders; none where the fit failed.
        value: Scores of expected orders × expected value of an order; none without money or without a spend model.
        order_bands: Deciles of expected orders against actual ones.
        value_bands: Deciles of expected value against actual value.
        intervals: How often its predictive intervals held; models only.
        by_past_orders: Expected orders against actual ones by repeat orders in the past; models only.
        by_silence: The same by time since the last order; models only.
        cohorts: Forecast and outcome by acquisition cohort, the oldest first; models only.
        track: Expected orders week by week; models only.
        parameters: As fitted on the past, by symbol.
        boundary: Parameters the past does not hold, with where they went.
        notes: What limits it: parameters the data do not hold, a failed spend model.
        failure: Why it could not be fitted.
    """

    name: str
    kind: Literal["model", "baseline"]
    words: str = ""
    orders: Scores | None = None
    value: Scores | None = None
    order_bands: tuple[Band, ...] = ()
    value_bands: tuple[Band, ...] = ()
    intervals: Intervals | None = None
    by_past_orders: tuple[Cell, ...] = ()
    by_silence: tuple[Cell, ...] = ()
    cohorts: tuple[CohortScore, ...] = ()
    track: Track | None = None
    parameters: Mapping[str, float] = field(default_factory=dict)
    boundary: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    failure: str = ""
    losses: Array | None = field(default=None, repr=False, compare=False)
    """Squared error of expected orders, one a customer scored."""
    fitted: Any = field(default=None, repr=False, compare=False)
    """The fitted model, for tests of the one that is chosen; models only, and gone from what is kept."""


@dataclass(frozen=True)
class Backtest:
    """What one hold-out says about every candidate."""

    as_of: date
    until: date
    days: int
    horizon: float
    unit: str
    customers: int
    repeaters: int
    """Customers with a second purchase day by `as_of`: what the models learn from."""
    buyers: int
    """Customers who bought in the days held out."""
    actual_orders: float
    actual_value: float | None
    """None where the data has no money."""
    scored: int
    trials: tuple[Trial, ...]
    tracking: Tracking
    spend: SpendTest | None
    notes: tuple[str, ...] = ()

    @property
    def models(self) -> tuple[Trial, ...]:
        """Candidates that could be fitted."""
        return tuple(trial for trial in self.trials if trial.kind == "model" and trial.orders is not None)

    @property
    def baselines(self) -> tuple[Trial, ...]:
        """The naive forecasts."""
        return tuple(trial for trial in self.trials if trial.kind == "baseline")

    def trial(self, name: str) -> Trial:
        """One of the trials by name."""
        return next(trial for trial in self.trials if trial.name == name)

    def without_fits(self) -> Backtest:
        """The same, the fitted models let go."""
        return replace(self, trials=tuple(replace(trial, fitted=None) for trial in self.trials))

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready values, without the losses by customer."""
        plain: dict[str, Any] = jsonable(self.without_fits())
        for trial in plain["trials"]:
            del trial["losses"], trial["fitted"]
        for trial in (plain["spend"] or {"trials": []})["trials"]:
            del trial["losses"], trial["fitted"]
        return plain


@dataclass(frozen=True, eq=False)
class _Worth:
    """Expected value of an order for each customer, by the spend model and by their own mean."""

    modelled: Array | None
    own: Array


def backtest(
    test: Holdout,
    candidates: Mapping[str, Model[Any]] | None = None,
    spend: Model[Any] | None = None,
    *,
    has_money: bool = True,
    with_intervals: bool = True,
    progress: Progress = SILENT,
) -> Backtest:
    """Fit every candidate on what was known at `test.as_of`, predict the days held out, and score all against them.

    Args:
        test: The hold-out.
        candidates: Order models by key; BG/NBD and MBG/NBD where left out.
        spend: The spend model; Gamma-Gamma where left out.
        has_money: Whether order values mean anything; without them only orders are scored.
        with_intervals: Whether to test intervals too, the dearest part.
        progress: Who is told how far the work is.
    """
    candidates = default_candidates() if candidates is None else candidates
    spent = spend_test(test, default_spend() if spend is None else spend) if has_money else None
    court = _Court(
        test,
        None if len(test) <= SCORED else evenly(len(test), SCORED),
        None if spent is None else _worth(test, spent),
        None if spent is None else spent.chosen,
        cohorts(test),
        with_intervals,
    )
    trials = [_trial_baseline(court, baseline) for baseline in BASELINES]
    with progress.step("Testing models on held-out orders", len(candidates)) as step:
        for name, model in candidates.items():
            trials.append(_trial_model(name, model, court))
            step.advance()
    tracks = tuple(trial.track for trial in trials if trial.track is not None)
    return Backtest(
        as_of=test.as_of,
        until=test.until,
        days=test.days,
        horizon=test.horizon,
        unit=test.unit.value,
        customers=len(test),
        repeaters=test.repeaters,
        buyers=int((test.orders > 0).sum()),
        actual_orders=float(test.orders.sum()),
        actual_value=float(test.value.sum()) if has_money else None,
        scored=min(len(test), SCORED),
        trials=tuple(trials),
        tracking=actual_track(test, tracks),
        spend=spent,
        notes=_notes(test, has_money),
    )


def with_intervals_of(found: Backtest, test: Holdout, name: str, model: Model[Any]) -> Backtest:
    """A back-test in which the intervals of one model are tested too, where they were not: the model chosen, on an earlier origin.

    Args:
        found: The back-test.
        test: The hold-out it was made on.
        name: Of the trial.
        model: What it is a trial of; where the trial has let go of its fit, it is fitted once more, from where it ended.

    Raises:
        ModelError: if it cannot be fitted.
    """
    trial = found.trial(name)
    if trial.intervals is not None or trial.orders is None:
        return found
    fitted = model.fit(test.history, start=trial.parameters) if trial.fitted is None else trial.fitted
    spend = None if found.spend is None else found.spend.chosen
    tested = replace(trial, intervals=intervals(fitted, spend, test))
    return replace(found, trials=tuple(tested if one is trial else one for one in found.trials))


def default_candidates() -> dict[str, Model[Any]]:
    """The order models a choice is made between, the simplest first."""
    from lifeworth.models.beta_geo import BetaGeoNBD
    from lifeworth.models.modified_beta_geo import ModifiedBetaGeoNBD

    return {model.key: model for model in (BetaGeoNBD(), ModifiedBetaGeoNBD())}


def default_spend() -> Model[Any]:
    """The spend model."""
    from lifeworth.models.gamma_gamma import GammaGamma

    return GammaGamma()


@dataclass(frozen=True, eq=False)
class _Court:
    """What every candidate is held to."""

    test: Holdout
    rows: NDArray[np.int64] | None
    """Customers the measures by customer are of; none where it is all of them."""
    worth: _Worth | None
    spend: SpendTrial | None
    cohorts: Cohorts
    with_intervals: bool

    @cached_property
    def rank_of_orders(self) -> Array:
        """Ranks of the orders that came, which every trial is compared with."""
        return np.asarray(rankdata(self.scored(self.test.orders)))

    @cached_property
    def rank_of_value(self) -> Array:
        """Ranks of the money that came."""
        return np.asarray(rankdata(self.scored(self.test.value)))

    def scored(self, of_all: Array) -> Array:
        """The part of a column of all customers that is scored by customer."""
        return of_all if self.rows is None else of_all[self.rows]

    def orders(self, expected: Array) -> Scores:
        """Scores of expected orders, one a customer."""
        return self._score(self.test.orders, expected, self.rank_of_orders)

    def value(self, expected: Array) -> Scores:
        """Scores of expected money, one a customer."""
        return self._score(self.test.value, expected, self.rank_of_value)

    def _score(self, actual: Array, expected: Array, ranks: Array) -> Scores:
        return score(
            self.scored(actual),
            self.scored(expected),
            (float(actual.sum()), float(expected.sum())),
            ranks_of_actual=ranks,
        )


def _trial_baseline(court: _Court, baseline: Baseline) -> Trial:
    expected = baseline.predict(court.test)
    actual, predicted = court.scored(court.test.orders), court.scored(expected)
    return Trial(
        baseline.name,
        "baseline",
        baseline.assumption,
        court.orders(expected),
        None if court.worth is None else court.value(expected * court.worth.own),
        bands(actual, predicted),
        losses=np.square(predicted - actual),
    )


def _trial_model(name: str, model: Model[Any], court: _Court) -> Trial:
    test = court.test
    try:
        fitted = model.fit(test.history)
        expected = fitted.expected_orders(test.history, test.horizon)
    except LifeworthError as why:
        return Trial(name, "model", model.name, failure=why.message)
    if not np.isfinite(expected).all():
        return Trial(name, "model", model.name, failure="it expects a number of orders that is not finite")
    per_order = None if court.worth is None else court.worth.modelled
    value = None if per_order is None else expected * per_order
    actual, predicted = court.scored(test.orders), court.scored(expected)
    return Trial(
        name,
        "model",
        model.name,
        orders=court.orders(expected),
        value=None if value is None else court.value(value),
        order_bands=bands(actual, predicted),
        value_bands=() if value is None else bands(court.scored(test.value), court.scored(value)),
        intervals=intervals(fitted, court.spend, test) if court.with_intervals else None,
        by_past_orders=by_past_orders(court.scored(test.x), actual, predicted),
        by_silence=by_silence(test.history if court.rows is None else test.history.take(court.rows), actual, predicted),
        cohorts=court.cohorts.scores(test, expected, value),
        track=track(name, fitted, test, float(expected.sum())),
        parameters=dict(fitted.parameters),
        boundary=dict(fitted.boundary),
        notes=tuple(fitted.notes),
        losses=np.square(predicted - actual),
        fitted=fitted,
    )


def _worth(test: Holdout, spent: SpendTest) -> _Worth:
    chosen = spent.chosen
    modelled = None
    if chosen is not None:
        modelled = chosen.fitted.expected_value(test.spend(first_order=chosen.first_order))
    return _Worth(modelled, test.mean_value)


def _notes(test: Holdout, has_money: bool) -> tuple[str, ...]:
    said = []
    value = float(test.value.sum())
    if has_money and test.returned > 0.02 * value:
        said.append(
            f"In the days held out {test.returned:,.0f} went back of earlier orders or of none in particular, against "
            f"{value:,.0f} bought; a forecast of purchases does not foresee that."
        )
    if test.undated > 0:
        said.append(
            f"Refunds without a date ({test.undated:,.0f}) count as known from the day of the order, so the test knows "
            "a little more than was known then."
        )
    if len(test) > SCORED:
        said.append(
            f"Measures by customer are of {SCORED:,} customers, evenly spaced by id; totals are of all {len(test):,}."
        )
    return tuple(said)
