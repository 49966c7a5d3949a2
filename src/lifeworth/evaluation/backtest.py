"""Every candidate learns from the same past and is held to what then happened. Read `backtest` from top to bottom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import numpy as np

from lifeworth.errors import LifeworthError
from lifeworth.evaluation.baselines import BASELINES, Baseline
from lifeworth.evaluation.calibration import Band, bands
from lifeworth.evaluation.diagnostics import Cell, by_past_orders, by_silence
from lifeworth.evaluation.holdout import Holdout
from lifeworth.evaluation.intervals import Intervals, intervals
from lifeworth.evaluation.metrics import Array, jsonable
from lifeworth.evaluation.scoring import Scores, score
from lifeworth.evaluation.spend import SpendTest, spend_test
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
        track: Expected orders week by week; models only.
        parameters: As fitted on the past, by symbol.
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
    track: Track | None = None
    parameters: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    failure: str = ""
    losses: Array | None = field(default=None, repr=False, compare=False)
    """Squared error of expected orders, one a customer scored."""


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

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready values, without the losses by customer."""
        plain: dict[str, Any] = jsonable(self)
        for trial in plain["trials"]:
            del trial["losses"]
        for trial in (plain["spend"] or {"trials": []})["trials"]:
            del trial["losses"], trial["fitted"]
        return plain


@dataclass(frozen=True, eq=False)
class _Worth:
    """Expected value of an order for each customer, by the spend model and by their own mean."""

    actual: Array
    modelled: Array | None
    own: Array


def backtest(
    test: Holdout,
    candidates: Mapping[str, Model[Any]] | None = None,
    spend: Model[Any] | None = None,
    *,
    has_money: bool = True,
    seed: int = 0,
    with_intervals: bool = True,
    progress: Progress = SILENT,
) -> Backtest:
    """Fit every candidate on what was known at `test.as_of`, predict the days held out, and score all against them.

    Args:
        test: The hold-out.
        candidates: Order models by key; BG/NBD and MBG/NBD where left out.
        spend: The spend model; Gamma-Gamma where left out.
        has_money: Whether order values mean anything; without them only orders are scored.
        seed: Of everything drawn.
        with_intervals: Whether to test intervals too, the dearest part; earlier origins can do without.
        progress: Who is told how far the work is.
    """
    candidates = default_candidates() if candidates is None else candidates
    spent = spend_test(test, default_spend() if spend is None else spend) if has_money else None
    few = test.sample(SCORED)
    worth = None if spent is None else _worth(few, spent)
    trials = [_trial_baseline(few, test, baseline, worth) for baseline in BASELINES]
    with progress.step("Testing models on held-out orders", len(candidates)) as step:
        for name, model in candidates.items():
            told = _Told(seed, with_intervals)
            trials.append(_trial_model(name, model, few, test, worth, spent, told))
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
        scored=len(few),
        trials=tuple(trials),
        tracking=actual_track(test, tracks),
        spend=spent,
        notes=_notes(test, has_money),
    )


def default_candidates() -> dict[str, Model[Any]]:
    """The order models a choice is made between, the simplest first."""
    from lifeworth.models.beta_geo import BetaGeoNBD
    from lifeworth.models.modified_beta_geo import ModifiedBetaGeoNBD

    return {model.key: model for model in (BetaGeoNBD(), ModifiedBetaGeoNBD())}


def default_spend() -> Model[Any]:
    """The spend model."""
    from lifeworth.models.gamma_gamma import GammaGamma

    return GammaGamma()


@dataclass(frozen=True, slots=True)
class _Told:
    seed: int
    with_intervals: bool


def _trial_baseline(few: Holdout, test: Holdout, baseline: Baseline, worth: _Worth | None) -> Trial:
    every = baseline.predict(test)
    predicted = every if few is test else baseline.predict(few)
    orders = score(few.orders, predicted, (float(test.orders.sum()), float(every.sum())))
    value = None if worth is None else _value_scores(few, test, predicted, worth.own, float(every.sum()))
    return Trial(
        baseline.name,
        "baseline",
        baseline.assumption,
        orders,
        value,
        bands(few.orders, predicted),
        losses=np.square(predicted - few.orders),
    )


def _trial_model(
    name: str,
    model: Model[Any],
    few: Holdout,
    test: Holdout,
    worth: _Worth | None,
    spent: SpendTest | None,
    told: _Told,
) -> Trial:
    try:
        fitted = model.fit(test.history)
        every = fitted.expected_orders(test.history, test.horizon)
    except LifeworthError as why:
        return Trial(name, "model", model.name, failure=why.message)
    if not np.isfinite(every).all():
        return Trial(name, "model", model.name, failure="it expects a number of orders that is not finite")
    predicted = every if few is test else fitted.expected_orders(few.history, test.horizon)
    total = float(every.sum())
    chosen = None if spent is None else spent.chosen
    per_order = None if worth is None else worth.modelled
    return Trial(
        name,
        "model",
        model.name,
        orders=score(few.orders, predicted, (float(test.orders.sum()), total)),
        value=None if per_order is None else _value_scores(few, test, predicted, per_order, total),
        order_bands=bands(few.orders, predicted),
        value_bands=() if per_order is None else bands(few.value, predicted * per_order),
        intervals=intervals(fitted, chosen, few, seed=told.seed) if told.with_intervals else None,
        by_past_orders=by_past_orders(few.x, few.orders, predicted),
        by_silence=by_silence(few.history, few.orders, predicted),
        track=track(name, fitted, test, total),
        parameters=dict(fitted.parameters),
        notes=tuple(fitted.notes),
        losses=np.square(predicted - few.orders),
    )


def _worth(few: Holdout, spent: SpendTest) -> _Worth:
    chosen = spent.chosen
    modelled = None
    if chosen is not None:
        modelled = chosen.fitted.expected_value(few.spend(first_order=chosen.first_order))
    return _Worth(few.value, modelled, few.mean_value)


def _value_scores(few: Holdout, test: Holdout, predicted: Array, per_order: Array, orders: float) -> Scores:
    """Scores of orders × value; the total of all is scaled up from those scored by their share of expected orders."""
    expected = predicted * per_order
    share = float(predicted.sum()) / orders if orders > 0 else 1.0
    total = float(expected.sum()) / share if share > 0 else 0.0
    return score(few.value, expected, (float(test.value.sum()), total))


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
