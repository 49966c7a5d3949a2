"""What running contracts are still worth: bills that fall due, times the chance that the contract is still there, discounted.

Money is counted on the day it is due: a yearly contract pays once a year, at its renewal. How many bills fall due within the
horizon follows the calendar; they are discounted from the day of the next one on by periods of mean length. The bill of the period that runs is
paid and no part of it (Fader & Hardie 2010, "Customer-Base Valuation in a Contractual Setting: The Perils of Ignoring
Heterogeneity", Marketing Science 29(1)): residual value is that of a customer of tenure n before they decide on the next renewal.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from lifeworth.models.contract import LONGEST, TAIL, FittedContract, log_survival_after
from lifeworth.subscriptions.billing import Cycle, Days, Floats, Ints
from lifeworth.subscriptions.contracts import NO_DAY, Contracts
from lifeworth.subscriptions.learn import Group
from lifeworth.units import Rate, TimeUnit

DRAWS = 400
"""Parameter vectors by which the intervals know what the data leave open."""
LOW, HIGH = 0.05, 0.95


@dataclass(frozen=True, slots=True)
class Terms:
    """What turns renewals into value: the last day of the horizon, the annual discount, margin as a share of MRR, the seed."""

    until: date
    discount: Rate
    margin: float
    seed: int = 0

    @property
    def daily(self) -> float:
        """Continuous rate of discount a day."""
        return self.discount.continuous(TimeUnit.DAY)


@dataclass(frozen=True, eq=False)
class Valuation:
    """Figures of every contract, not a number for those that do not run or that no model could value.

    Attributes:
        value, low, high: Expected discounted margin within the horizon, and 5 % and 95 % points of what it may be.
        residual: The same without limit; not a number without a discount.
        active: Probability that it still runs at the end of the horizon.
        loss: Probability that it is lost at its next renewal; not a number where it has none.
        next_due: The day of its next renewal; none where its end comes first.
        total: Value of all within the horizon with its interval: `value`, `low`, `high`.
    """

    value: Floats
    low: Floats
    high: Floats
    residual: Floats
    active: Floats
    loss: Floats
    next_due: Days
    total: dict[str, float] | None

    @property
    def expected_loss(self) -> Floats:
        """What is likely to be written off at the next renewal: the probability of a loss × residual value."""
        return np.asarray(np.where(np.isnan(self.loss) & ~np.isnan(self.residual), 0.0, self.loss * self.residual))


@dataclass(frozen=True, eq=False)
class _Due:
    """Running contracts of one billing period: renewals lived through, still due within the horizon, and what they weigh."""

    rows: Ints
    periods: Ints
    ahead: Ints
    certain: Ints
    """Renewals that are paid before an end that was asked for; −1 where none was."""
    weight: Floats
    """Margin of a bill, such that the j-th bill from now counts weight × e^(−step·j)."""
    step: float
    next_due: Days


def value(c: Contracts, groups: tuple[Group, ...], terms: Terms) -> Valuation:
    """Value every running contract.

    Args:
        c: The contracts.
        groups: Their retention models (`learn`).
        terms: Horizon, discount, margin.
    """
    worth, low, high, residual, active, loss = (np.full(len(c), np.nan) for _ in range(6))
    out = Valuation(worth, low, high, residual, active, loss, np.full(len(c), NO_DAY), None)
    rng = np.random.default_rng(terms.seed)
    totals, chance = np.zeros(DRAWS), 0.0
    for group in groups:
        due = _due(c, group, terms)
        _announced(out, due, c, terms)
        if group.fitted is not None:
            spread, noise = _expected(out, due, group.fitted, rng)
            totals, chance = totals + spread, chance + noise
    known = ~np.isnan(out.value)
    if not known.any():
        return out
    announced = c.leaving & known
    totals = totals + out.value[announced].sum() + np.sqrt(chance) * rng.standard_normal(DRAWS)
    ends = np.quantile(totals, [LOW, HIGH])
    mean = float(out.value[known].sum())
    return replace(out, total={"value": mean, "low": float(min(ends[0], mean)), "high": float(max(ends[1], mean))})


def _due(c: Contracts, group: Group, terms: Terms) -> _Due:
    rows, cycle = group.rows[c.running[group.rows]], group.cycle
    anchor, today = c.anchor[rows], np.full(len(rows), c.as_of)
    made = cycle.made(anchor, today)
    next_due = cycle.due(anchor, made + 1)
    step = terms.daily * cycle.length
    wait = (next_due - today).astype(np.float64)
    bill = c.mrr[rows] * cycle.in_months * terms.margin
    ahead = cycle.made(anchor, np.full(len(rows), np.datetime64(terms.until, "D"))) - made
    certain = _before_the_end(c, rows, cycle, anchor, made)
    return _Due(rows, c.renewals[rows], ahead, certain, bill * np.exp(step - terms.daily * wait), step, next_due)


def _before_the_end(c: Contracts, rows: Ints, cycle: Cycle, anchor: Days, made: Ints) -> Ints:
    """Renewals that fall due before an end that was asked for: none where its day is not known."""
    end, leaving = c.leaves_on[rows], c.leaving[rows]
    dated = leaving & ~np.isnat(end)
    count = np.where(leaving, 0, -1)
    count[dated] = cycle.made(anchor[dated], end[dated] - np.timedelta64(1, "D")) - made[dated]
    return count


def _announced(out: Valuation, due: _Due, c: Contracts, terms: Terms) -> None:
    """Contracts whose end was asked for: the bills until then are as good as certain, and there is nothing after."""
    leaving = due.certain >= 0
    rows, most = due.rows[leaving], due.certain[leaving]
    sums = np.cumsum(np.r_[0.0, np.exp(-due.step * np.arange(1, int(most.max(initial=0)) + 1))])
    within = due.weight[leaving] * sums[np.minimum(most, due.ahead[leaving])]
    for figure in (out.value, out.low, out.high):
        figure[rows] = within
    out.residual[rows] = due.weight[leaving] * sums[most]
    out.active[rows] = c.leaves_on[rows] > np.datetime64(terms.until, "D")
    out.loss[rows] = np.where(most > 0, 0.0, np.nan)
    out.next_due[rows] = np.where(most > 0, due.next_due[leaving], NO_DAY)
    stays = ~leaving
    out.next_due[due.rows[stays]] = due.next_due[stays]


def _expected(out: Valuation, due: _Due, fitted: FittedContract, rng: np.random.Generator) -> tuple[Floats, float]:
    """Fill in what the model expects; draws of the total, and the variance that chance adds to it."""
    stays = due.certain < 0
    rows, weight, ahead = due.rows[stays], due.weight[stays], due.ahead[stays]
    if not len(rows):
        return np.zeros(DRAWS), 0.0
    periods, place = np.unique(due.periods[stays], return_inverse=True)
    width = max(int(ahead.max()), 1)
    paid = np.exp(-due.step * np.arange(1, width + 1))
    here = _stays(fitted, fitted.theta, periods, width)
    worth = _summed(here * paid)
    out.value[rows] = weight * worth[place, ahead]
    out.active[rows] = np.c_[np.ones(len(periods)), here][place, ahead]
    out.loss[rows] = 1 - here[place, 0]
    if due.step > 0:
        out.residual[rows] = weight * _ever(fitted, periods, due.step)[place]

    weights = np.zeros((len(periods), width + 1))
    np.add.at(weights, (place, ahead), weight)
    spread = np.full(DRAWS, float((weights * worth).sum()))
    tail = here
    if not fitted.boundary:
        tails = np.zeros_like(here)
        for number, theta in enumerate(fitted.draws(DRAWS, rng)):
            drawn = _stays(fitted, theta, periods, width)
            tails += drawn
            spread[number] = (weights * _summed(drawn * paid)).sum()
        tail = tails / DRAWS
    # So many renewals are made at least with the level's probability; what they pay rises with their number.
    pays = np.r_[0.0, np.cumsum(paid)]
    least, most = ((tail > 1 - level).cumsum(axis=1) for level in (LOW, HIGH))
    out.low[rows] = np.minimum(weight * pays[_upto(least, place, ahead)], out.value[rows])
    out.high[rows] = np.maximum(weight * pays[_upto(most, place, ahead)], out.value[rows])
    squares = _summed(here * np.diff(pays**2))
    return spread, float((weight**2 * (squares - worth**2)[place, ahead]).sum())


def _stays(fitted: FittedContract, theta: Floats, periods: Ints, width: int) -> Floats:
    """P(still there after j more renewals), tenure × j from 1 to `width`, at any parameters of the model."""
    alpha, beta, c, pace = fitted.model.kernel(theta.tolist())
    reach = np.arange(int(periods.max()) + width + 1, dtype=np.float64)
    log = log_survival_after(reach, alpha, beta, c, pace)
    return np.asarray(np.exp(log[periods[:, None] + np.arange(1, width + 1)] - log[periods][:, None]))


def _ever(fitted: FittedContract, periods: Ints, step: float) -> Floats:
    """Discounted renewals to come without limit, for all tenures from one survival curve.

    The same figure as `FittedContract.expected_discounted_periods`, which walks the renewals once for each tenure.
    """
    alpha, beta, c, pace = fitted.model.kernel(fitted.theta.tolist())
    last = int(periods.max()) + int(min(np.ceil(TAIL / step), LONGEST))
    reach = np.arange(last + 1, dtype=np.float64)
    log = log_survival_after(reach, alpha, beta, c, pace)
    # Measured from the longest tenure on, so that what is summed neither overflows nor vanishes.
    worth = np.exp(log - log[periods.max()] - step * (reach - periods.max()))
    beyond = np.cumsum(worth[::-1])[::-1]
    return np.asarray(beyond[periods + 1] / worth[periods])


def _summed(parts: Floats) -> Floats:
    """Sums over the first 0, 1, 2 … renewals, one row a tenure."""
    return np.concatenate([np.zeros((len(parts), 1)), np.cumsum(parts, axis=1)], axis=1)


def _upto(counts: Ints, place: Ints, ahead: Ints) -> Ints:
    """Of the renewals still due within the horizon, so many are counted."""
    return np.asarray(np.where(ahead > 0, counts[place, np.maximum(ahead, 1) - 1], 0), np.int64)
