"""Which covariates are worth a place on the ballot: a cheap look at the customers learnt from, before any held-out order is seen.

Covariates are taken one after the other, each time the one whose effects on ordering and leaving raise the likelihood least by chance
(a likelihood-ratio test given those taken before), until none is left that chance would not also give. Whether a covariate
then foretells anything is for the hold-out to say; the screen only keeps the ballot short.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from scipy.stats import chi2

from lifeworth.errors import LifeworthError
from lifeworth.features.levels import Levels
from lifeworth.models.base import Model
from lifeworth.models.covariates import WithCovariates
from lifeworth.models.history import History

CHANCE = 0.01
"""A covariate is taken where chance alone would raise the likelihood so much in fewer cases than this."""
MOST = 2
"""Covariates taken at most: every further one multiplies the kinds of customers there are to compute for."""
SAME = 1e-6
"""Log-likelihoods nearer than this are the same."""
SPREAD = 1.0
"""Standard deviation of the normal prior on every effect: a factor of e either way is one of them. It bends no effect that the data
hold, and keeps one that they do not from running away."""


@dataclass(frozen=True, slots=True)
class Screened:
    """What the screen found of one covariate.

    Args:
        name: The covariate.
        ratio: Twice the gain in log-likelihood, given the covariates taken before.
        effects: How many coefficients that took: the degrees of freedom.
        chance: How often chance alone gives as much.
        taken: Whether it goes on the ballot.
        why_not: Why it was not tested.
    """

    name: str
    ratio: float = 0.0
    effects: int = 0
    chance: float = 1.0
    taken: bool = False
    why_not: str = ""

    @property
    def words(self) -> str:
        """The verdict in words."""
        name = self.name.replace("_", " ")
        if self.why_not:
            return f"{name} is left out ({self.why_not.rstrip('.')})"
        found = f"likelihood ratio {self.ratio:.0f} for {self.effects} effects, p {_p(self.chance)}"
        return f"{name} {'tells customers apart' if self.taken else 'adds nothing beyond chance'} ({found})"


def moved(plain: Model[Any], levels: Sequence[Levels], customers: float) -> Model[Any]:
    """The model with these covariates on how often customers order and how soon they leave, drawn a little towards no effect.

    Args:
        plain: A model of orders; itself where no levels are given.
        levels: The covariates.
        customers: How many the model is fitted to: the penalty of `WithCovariates` is stated per customer, the prior is not.
    """
    columns = tuple(column for one in levels for column in one.columns)
    if not columns:
        return plain
    processes = ("transaction", *leaving(plain))
    weight = 0.5 / SPREAD**2 / customers
    return WithCovariates(plain, **dict.fromkeys(processes, columns), l2=dict.fromkeys(processes, weight))


def leaving(plain: Model[Any]) -> tuple[str, ...]:
    """The process by which customers of a model leave: dropout where it is a chance after an order, else lifetime."""
    return tuple(process for process in ("dropout", "lifetime") if process in plain.processes)[:1]


def screen(history: History, levels: Sequence[Levels], plain: Model[Any]) -> tuple[Screened, ...]:
    """Judge every covariate by the customers learnt from.

    Args:
        history: Their histories with the indicator columns of all `levels`.
        levels: The covariates.
        plain: The model to judge with; a quick one.

    Returns:
        One verdict a covariate, those taken first, in the order they were taken.
    """
    try:
        height = plain.fit(history).log_likelihood
    except LifeworthError as why:
        return tuple(Screened(one.name, why_not=why.message) for one in levels)
    taken: list[Levels] = []
    verdicts: list[Screened] = []
    left = list(levels)
    while left and len(taken) < MOST:
        trials = [_judged(history, taken, one, plain, height) for one in left]
        best, top = min(trials, key=lambda trial: trial[0].chance)
        if not best.taken:
            return (*verdicts, *(one for one, _ in trials))
        verdicts.append(best)
        taken.append(next(one for one in left if one.name == best.name))
        left = [one for one in left if one.name != best.name]
        height = top
    return (*verdicts, *(Screened(one.name, why_not=f"{MOST} covariates are taken already") for one in left))


def likelier(history: History, models: Sequence[Model[Any]]) -> Model[Any]:
    """Of models with equally many parameters the one under which the customers learnt from are likelier; the first of equal ones."""
    best, height = models[0], -math.inf
    for model in models:
        try:
            found = float(model.fit(history).log_likelihood)
        except LifeworthError:
            continue
        if found > height + SAME:
            best, height = model, found
    return best


def _judged(
    history: History, taken: Sequence[Levels], one: Levels, plain: Model[Any], height: float
) -> tuple[Screened, float]:
    """The verdict on one covariate beside those taken, and the log-likelihood with it."""
    model = moved(plain, [*taken, one], history.customers)
    effects = len(one.columns) * (1 + len(leaving(plain)))
    try:
        top = float(model.fit(history).log_likelihood)
    except LifeworthError as why:
        return Screened(one.name, effects=effects, why_not=why.message), height
    ratio = max(0.0, 2 * (top - height))
    chance = float(chi2.sf(ratio, effects))
    return Screened(one.name, ratio, effects, chance, taken=chance < CHANCE), top


def _p(chance: float) -> str:
    return "< 0.001" if chance < 0.001 else f"= {chance:.3f}"
