"""The judgement of one fit: what it said of itself, and whether that is so.

A false success is a fit that says it converged and did not: its likelihood lies under that of the truth or of what another start
leads to, its gradient is not zero, or its standard errors are not finite. A fit that names a boundary promises a likelihood too, that of the limit; it
is held to it in the same way.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from studies.worlds import Base

from lifeworth.errors import DataError, LifeworthError, ModelError
from lifeworth.models import fit as fitting
from lifeworth.models.family import MODELS

WORSE = 1e-4
"""Log-likelihood by which another point has to be better to show a false success."""
SLOPE = 1e-6
"""Log-likelihood that a Newton step may still promise where the gradient is called zero."""
SPREAD = 1.0
"""Of the logarithms about the truth, for a start that the model would not offer itself."""
LEVEL = 0.95


@dataclass
class Verdict:
    """What is kept of one base. `outcome` is "converged", "boundary", "refused" or "crashed"."""

    key: str
    number: int
    unit: str
    customers: int
    outcome: str
    said: str = ""
    truth: dict[str, float] = field(default_factory=dict)
    parameters: dict[str, float] = field(default_factory=dict)
    boundary: dict[str, str] = field(default_factory=dict)
    false_success: str = ""
    not_finite: str = ""
    over_truth: float = 0.0
    better_elsewhere: float = 0.0
    intervals: dict[str, dict[str, tuple[float, float]]] = field(default_factory=dict)
    fit_seconds: float = 0.0
    interval_seconds: float = 0.0
    seconds: float = 0.0

    def covered(self, symbol: str, method: str) -> bool:
        """Whether the interval holds the truth."""
        low, high = self.intervals[method][symbol]
        return low <= self.truth[symbol] <= high

    def row(self) -> dict[str, Any]:
        """As plain data, to be written down."""
        return asdict(self)


def judged(base: Base, methods: tuple[str, ...] = ("profile", "wald")) -> Verdict:
    """Fit the model to the base and judge the fit."""
    verdict = Verdict(base.key, base.number, base.unit, base.customers, "", truth=dict(base.truth))
    began = time.process_time()
    try:
        fitted = MODELS[base.key]().fit(base.data)
    except (DataError, ModelError) as refusal:
        verdict.outcome, verdict.said = "refused", str(refusal).splitlines()[0]
    except Exception as fault:  # whatever else comes out is what the study looks for
        verdict.outcome, verdict.said = "crashed", f"{type(fault).__name__}: {fault}"
    verdict.fit_seconds = time.process_time() - began
    if verdict.outcome:
        return verdict
    judge(fitted, verdict)
    began = time.process_time()
    try:
        verdict.intervals = {method: fitted.confidence_intervals(LEVEL, method=method) for method in methods}
    except LifeworthError as fault:
        verdict.outcome, verdict.said = "crashed", f"intervals: {fault}"
    verdict.interval_seconds = time.process_time() - began
    ends = [end for found in verdict.intervals.values() for pair in found.values() for end in pair]
    if np.isnan(ends).any():
        verdict.not_finite = "intervals"
    return verdict


def judge(fitted: Any, verdict: Verdict) -> None:
    """Hold a fitted model to what it says: `verdict` is filled in."""
    verdict.outcome = "converged" if fitted.converged else "boundary"
    verdict.parameters, verdict.boundary = dict(fitted.parameters), dict(fitted.boundary)
    verdict.not_finite = _not_finite(fitted)
    there, best = _elsewhere(fitted, verdict.truth)
    verdict.over_truth, verdict.better_elsewhere = fitted.log_likelihood - there, best - fitted.log_likelihood
    if verdict.better_elsewhere > max(WORSE, 1e-12 * abs(fitted.log_likelihood)):
        verdict.false_success = f"log-likelihood {verdict.better_elsewhere:.3g} under another point's"
    elif fitted.converged:
        verdict.false_success = _unsettled(fitted)


def _elsewhere(fitted: Any, truth: Mapping[str, float]) -> tuple[float, float]:
    """The log-likelihood at the truth, and the highest one found from there, from a point nearby, and from one of the model's own starts."""
    model, cells = fitted.model, fitted.cells
    objective = model.objective(cells)
    centre = model.free(np.array([truth[symbol] for symbol in model.symbols]))
    rng = np.random.default_rng(len(cells))
    offered = model.starts(cells)
    own = offered[rng.integers(len(offered))]
    starts = [centre, centre + SPREAD * rng.standard_normal(centre.size)]
    starts += [model.free(np.array([own[symbol] for symbol in model.symbols]))]
    found = [fitting.search(objective, start, 1e-8) for start in starts]
    there = -objective(centre, 0)[0]
    return there, max([there, *(-end.value for end in found if end is not None)])


def _unsettled(fitted: Any) -> str:
    """What is wrong with the end of a fit that says it converged; nothing where all is well."""
    errors = np.array(list(fitted.standard_errors.values()))
    if not np.isfinite(errors).all():
        return "standard errors are not finite"
    slope = fitted.model.objective(fitted.cells)(fitted.model.free(fitted.theta), 1)[1]
    promised = 0.5 * float(slope @ fitted.log_covariance @ slope)
    if not promised <= max(SLOPE, 1e-13 * abs(fitted.log_likelihood)):
        return f"a step promises {promised:.3g}"
    return ""


def _not_finite(fitted: Any) -> str:
    """The names of what is NaN or infinite and must not be; an error may be infinite where its parameter is named as not held."""
    errors = {s: e for s, e in fitted.standard_errors.items() if s not in fitted.boundary}
    shown = {"parameters": fitted.theta, "errors": list(errors.values()), "likelihood": [fitted.log_likelihood]}
    shown |= _predictions(fitted)
    return ", ".join(name for name, values in shown.items() if not np.isfinite(np.asarray(values)).all())


def _predictions(fitted: Any) -> dict[str, Any]:
    """What a user asks of a model: of every row it was fitted to, near and far ahead."""
    cells = fitted.cells
    if hasattr(fitted, "probability_alive"):
        few = cells.take(slice(0, 1000))
        return {
            "probability alive": fitted.probability_alive(cells),
            "expected orders": fitted.expected_orders(cells, 52),
            "expected orders far ahead": fitted.expected_orders(few, 5200),
            "discounted orders": fitted.expected_discounted_orders(few, 0.002),
            "numbers of orders": fitted.order_count_probability(few, [0, 1, 5], 52),
            "orders of new customers": fitted.expected_orders_new([1, 52, 520]),
        }
    if hasattr(fitted, "survival"):
        return {
            "survival": fitted.survival([0, 1, 10, 1000]),
            "retention": fitted.retention([1, 10, 100]),
            "expected renewals": fitted.expected_periods(cells, 52),
            "discounted renewals": fitted.expected_discounted_periods(cells, 0.05),
        }
    return {"expected value": fitted.expected_value(cells)}
