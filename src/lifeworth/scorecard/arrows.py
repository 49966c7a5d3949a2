"""Are the arrows of the strategy map there? Each is held to the company's own months: cause first, effect so much later.

Both series are freed of what every series of a growing shop has: its trend, its season, and, for the effect, what it was the month
before. What is left is correlated at the lag that the card states. How strong a connection chance alone makes is not looked up in a
table, which would take months that resemble their neighbours for independent ones: it is drawn. Two series that know nothing of each
other, each as sluggish as the observed one (autoregressive of order 1, its coefficient corrected for short series: Kendall 1954,
'Note on bias in the estimation of autocorrelation'), are made and treated alike `DRAWS` times. All arrows of a card are judged together, so
that of those called seen at most one in ten is chance (Benjamini & Hochberg 1995).

What is seen is that the two moved together in this order. It is no proof that one moves the other: a third thing may move both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Verdict: TypeAlias = Literal["seen", "contradicted", "not seen", "not enough data"]

FALSE = 0.10
"""Share of false ones among those called seen, at most."""
FEWEST = 18
"""Months of both series, the lag taken off, below which nothing is said."""
YEAR = 12
DRAWS = 1_999
"""Pairs of unconnected series drawn for each arrow: the smallest probability of chance is one in two thousand."""
STEADIEST = 0.97
"""No series is taken for more sluggish than this."""
VISIBLE = 0.5
"""The weakest connection that ought to be seen: months that show no such one four times in five say nothing."""
EIGHTY, NINETY = 0.8416212335729143, 1.6448536269514722
"""Points of the normal distribution below which lie 80 % and 95 %."""
SEED = 20240101


@dataclass(frozen=True, slots=True)
class Pair:
    """Cause and effect month by month, in step (the lag not taken off yet), with the lag in months and the sign believed.

    `why` says why there is nothing to compare, where that is known beforehand.
    """

    cause: Sequence[float | None]
    effect: Sequence[float | None]
    lag: int
    sign: Literal["+", "-"] = "+"
    why: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What the months say of one arrow.

    Attributes:
        verdict: seen, contradicted (seen with the other sign), not seen, or not enough data.
        strength: Correlation of the two at the lag, −1 to 1, of what is left of both.
        low: 5 % point of it.
        high: 95 % point of it.
        months: Months compared.
        chance: Probability of so strong a connection between two series that know nothing of each other.
        slope: Change of the effect for one unit of the cause.
        why: Why there is no verdict.
    """

    verdict: Verdict
    strength: float | None = None
    low: float | None = None
    high: float | None = None
    months: int = 0
    chance: float | None = None
    slope: float | None = None
    why: str = ""


def judge(pairs: Sequence[Pair]) -> list[Found]:
    """All arrows of a card, judged together."""
    measured = [_measured(pair, np.random.default_rng((SEED, k))) for k, pair in enumerate(pairs)]
    tested = sorted((one.chance, k) for k, (one, _) in enumerate(measured) if one.chance is not None)
    seen: set[int] = set()
    for rank, (chance, _) in enumerate(tested, 1):
        if chance <= FALSE * rank / len(tested):
            seen = {k for _, k in tested[:rank]}
    return [_judged(one, spread, pair, k in seen) for k, ((one, spread), pair) in enumerate(zip(measured, pairs, strict=True))]  # fmt: skip


def _judged(one: Found, spread: float, pair: Pair, stands_out: bool) -> Found:
    if one.chance is None or one.strength is None:
        return one
    if stands_out:
        agrees = (one.strength > 0) == (pair.sign == "+")
        return replace(one, verdict="seen" if agrees else "contradicted")
    if (EIGHTY + NINETY) * spread > np.arctanh(VISIBLE):
        return replace(
            one, verdict="not enough data", why=f"So few months would not show a connection of {VISIBLE:g} for certain."
        )
    return one


def _measured(pair: Pair, rng: np.random.Generator) -> tuple[Found, float]:
    """What is measured of a pair, and how far chance alone moves the inverse hyperbolic tangent of its strength."""
    nothing = Found("not enough data", why=pair.why)
    if pair.why:
        return nothing, np.inf
    cause, effect = _known(pair)
    months = len(cause) - max(pair.lag, 1)
    if months < FEWEST:
        said = f"{max(months, 0)} months in a row are known of both; {FEWEST} are needed."
        return replace(nothing, months=max(months, 0), why=said), np.inf
    x, y = _freed(cause[None]), _freed(effect[None])
    if any(_still(left, whole) for left, whole in ((x, cause), (y, effect))):
        return replace(nothing, months=months, why="One of the two does not move beyond its trend and season."), np.inf
    strength, slope = (float(found[0]) for found in _connection(x, y, pair.lag))
    drawn = [_freed(_sluggish(_slowness(left[0]), DRAWS, left.shape[1], rng)) for left in (x, y)]
    by_chance = _connection(drawn[0], drawn[1], pair.lag)[0]
    chance = float((1 + np.sum(np.abs(by_chance) >= abs(strength))) / (DRAWS + 1))
    spread = float(np.arctanh(by_chance).std())
    low, high = (float(np.tanh(np.arctanh(strength) + step * NINETY * spread)) for step in (-1, 1))
    return Found("not seen", strength, low, high, months, chance, slope), spread


def _known(pair: Pair) -> tuple[Floats, Floats]:
    """The longest stretch of months in which both are known."""
    both = [x is not None and y is not None for x, y in zip(pair.cause, pair.effect, strict=True)]
    best, start = (0, 0), None
    for k, known in enumerate([*both, False]):
        if known and start is None:
            start = k
        elif not known and start is not None:
            best, start = max(best, (start, k), key=lambda one: one[1] - one[0]), None
    cause, effect = (np.array(side[slice(*best)], np.float64) for side in (pair.cause, pair.effect))
    return cause, effect


def _columns(months: int) -> Floats:
    """What every series of a growing shop has: a level, a trend and, where two years are known, a season."""
    t = np.arange(months)
    columns = [np.ones(months), t / months]
    if months >= 2 * YEAR:
        columns += [np.sin(2 * np.pi * t / YEAR), np.cos(2 * np.pi * t / YEAR)]
    return np.column_stack(columns)


def _freed(rows: Floats) -> Floats:
    """What is left of each row without trend and season."""
    columns = _columns(rows.shape[1])
    return np.asarray(rows - rows @ columns @ np.linalg.pinv(columns), np.float64)


def _connection(x: Floats, y: Floats, lag: int) -> tuple[Floats, Floats]:
    """Correlation and slope, row by row, of the effect with the cause `lag` months before, the effect's own last month taken off both."""
    start, months = max(lag, 1), y.shape[1]
    after, own, ahead = y[:, start:], y[:, start - 1 : -1], x[:, start - lag : months - lag]
    after, own, ahead = (rows - rows.mean(1, keepdims=True) for rows in (after, own, ahead))
    weight = np.maximum((own * own).sum(1, keepdims=True), 1e-300)
    after, ahead = (rows - (rows * own).sum(1, keepdims=True) / weight * own for rows in (after, ahead))
    both, size = (ahead * after).sum(1), np.maximum((ahead * ahead).sum(1), 1e-300)
    strength = both / np.sqrt(size * np.maximum((after * after).sum(1), 1e-300))
    return np.clip(strength, -0.999999, 0.999999), both / size


def _slowness(left: Floats) -> float:
    """How much of a month stays in the next (the coefficient of order 1), corrected for the shortness of the series."""
    n, gone = len(left), _columns(len(left)).shape[1]
    raw = float(left[:-1] @ left[1:] / (left[:-1] @ left[:-1]))
    return float(np.clip(raw + (1 + 3 * raw + (gone - 1) * (1 + raw)) / n, 0.0, STEADIEST))


def _sluggish(slowness: float, rows: int, months: int, rng: np.random.Generator) -> Floats:
    """Series that resemble their own past so much, and nothing else."""
    drawn = rng.normal(size=(rows, months))
    drawn[:, 0] /= np.sqrt(1 - slowness**2)
    for k in range(1, months):
        drawn[:, k] += slowness * drawn[:, k - 1]
    return drawn


def _still(left: Floats, whole: Floats) -> bool:
    return bool(left.std() <= 1e-9 * max(1.0, float(np.abs(whole).max())))
