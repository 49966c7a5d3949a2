"""A retention model for each plan and billing period, where there are enough contracts to learn one from.

Times are counted in renewals of the period, so monthly and yearly contracts never share a model. A contract belongs to the plan
it began with: were it that of today, contracts that live long enough to change would flatter the plan they changed to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lifeworth.errors import ConvergenceError, DataError
from lifeworth.models import BetaDiscreteWeibull, ShiftedBetaGeometric, Tenures, from_json
from lifeworth.models.contract import ContractModel, FittedContract
from lifeworth.subscriptions.billing import Cycle, Ints
from lifeworth.subscriptions.contracts import Contracts

MIN_CONTRACTS = 100
MIN_LOST = 20
"""A plan with fewer contracts, or fewer lost, is put together with the other small ones of its billing period."""
BETTER = 2.0
"""By how much BdW, which has a parameter more, has to be better in AIC to be taken."""


@dataclass(frozen=True, eq=False)
class Group:
    """Contracts that share a retention model.

    Attributes:
        cycle: Their billing period.
        plans: The plans they began with.
        rows: Where they stand among the contracts.
        fitted: The model, or nothing where they are too few or say too little; `why` then says so.
        scores: AIC of every model that was tried.
    """

    cycle: Cycle
    plans: tuple[str, ...]
    rows: Ints
    lost: int
    fitted: FittedContract | None
    why: str
    scores: dict[str, float]

    @property
    def name(self) -> str:
        """Plan and billing period in words; small plans put together are told by number."""
        plan = self.plans[0] if len(self.plans) == 1 else f"{len(self.plans)} plans together"
        return f"{plan}, {self.cycle.name}"

    @property
    def pooled(self) -> bool:
        """Whether several plans had to share it."""
        return len(self.plans) > 1

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready values, the model among them; what a run writes down."""
        return {
            "name": self.name,
            "plans": list(self.plans),
            "cycle": [self.cycle.months, self.cycle.days],
            "contracts": len(self.rows),
            "lost": self.lost,
            "model": None if self.fitted is None else self.fitted.model.name,
            "parameters": None if self.fitted is None else dict(self.fitted.parameters),
            "why": self.why,
            "aic": self.scores,
            "saved": None if self.fitted is None else self.fitted.to_json(),
        }


def again(c: Contracts, said: Sequence[Mapping[str, Any]]) -> tuple[Group, ...] | None:
    """The groups that a run wrote down, with their models as it fitted them; nothing where these are other contracts."""
    groups = []
    for one in said:
        cycle = Cycle(*one["cycle"])
        if cycle not in c.cycles or not set(one["plans"]) <= set(c.plans):
            return None
        plans = [c.plans.index(plan) for plan in one["plans"]]
        rows = np.flatnonzero((c.cycle == c.cycles.index(cycle)) & np.isin(c.plan, plans))
        lost = int(c.lost[rows].sum())
        if (len(rows), lost) != (one["contracts"], one["lost"]):
            return None
        fitted = None if one["saved"] is None else from_json(one["saved"])
        groups.append(Group(cycle, tuple(one["plans"]), rows, lost, fitted, one["why"], one["aic"]))
    return tuple(groups) if sum(len(one.rows) for one in groups) == len(c) else None


def learn(c: Contracts) -> tuple[Group, ...]:
    """Every contract in one group: plans of enough contracts alone, small plans of a billing period together.

    Where even those together are too few, all plans of the period share one model.
    """
    groups: list[Group] = []
    for place, rows in _parts(c):
        cycle = c.cycles[place]
        large, small = _sorted_out(c, rows)
        rest = rows[np.isin(c.plan[rows], small)] if small else rows[:0]
        pooled = _group(c, cycle, small, rest) if small else None
        if pooled is not None and pooled.fitted is None and large:
            groups.append(_group(c, cycle, sorted(large + small), rows))
            continue
        groups += [_group(c, cycle, [plan], rows[c.plan[rows] == plan]) for plan in large]
        groups += [pooled] if pooled is not None else []
    return tuple(groups)


def tenures(c: Contracts, rows: Ints) -> Tenures:
    """Contracts as a model of contracts takes them: lost are those whose renewal has come and who did not make it."""
    return Tenures(c.renewals[rows].astype(np.float64), c.decided[rows].astype(np.float64))


def _parts(c: Contracts) -> list[tuple[int, Ints]]:
    return [(place, rows) for place, (_, rows) in enumerate(c.by_cycle()) if len(rows)]


def _sorted_out(c: Contracts, rows: Ints) -> tuple[list[int], list[int]]:
    """Plans that are large enough for a model of their own, and the others."""
    plans, counts = np.unique(c.plan[rows], return_counts=True)
    lost = np.bincount(c.plan[rows], weights=c.decided[rows], minlength=len(c.plans))
    renewed = np.bincount(c.plan[rows], weights=c.renewals[rows] > 0, minlength=len(c.plans))
    large = [
        int(p) for p, n in zip(plans, counts, strict=True) if n >= MIN_CONTRACTS and lost[p] >= MIN_LOST and renewed[p]
    ]
    return large, [int(p) for p in plans if int(p) not in large]


def _group(c: Contracts, cycle: Cycle, plans: list[int], rows: Ints) -> Group:
    names = tuple(c.plans[plan] for plan in plans)
    fitted, why, scores = fit(tenures(c, rows))
    return Group(cycle, names, rows, int(c.lost[rows].sum()), fitted, why, scores)


def fit(s: Tenures) -> tuple[FittedContract | None, str, dict[str, float]]:
    """SBG, or BdW where that is better by AIC; nothing, with the reason, where the tenures say too little for either.

    Where the data do not hold the parameters of the better one, its prior takes part.
    """
    found: list[FittedContract] = []
    why = ""
    models: tuple[ContractModel, ...] = (ShiftedBetaGeometric(), BetaDiscreteWeibull())
    for model in models:
        try:
            found.append(model.fit(s))
        except DataError as fault:
            why = why or fault.message
        except ConvergenceError:
            continue
    scores = {one.model.name: one.aic for one in found}
    if not found:
        return None, why or "No retention model could be fitted to these contracts.", scores
    best = found[0]
    if len(found) > 1 and found[1].aic < best.aic - BETTER:
        best = found[1]
    return _held(best, s), "", scores


def _held(fitted: FittedContract, s: Tenures) -> FittedContract:
    """The fit, or where its data do not hold every parameter (few renewals seen), the same model with its weak prior.

    The likelihood alone would then take all customers to be alike and, of what lies beyond the renewals seen, be sure of too much.
    """
    if not fitted.boundary:
        return fitted
    try:
        with_prior: FittedContract = fitted.model.fit(s, method="map")
    except (ConvergenceError, DataError):
        return fitted
    return fitted if with_prior.boundary else with_prior
