"""One customer's probability of being alive, day by day: how each order lifts it, how silence wears it down."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from lifeworth.clv.value import LATEST_NEXT_ORDER
from lifeworth.models.history import History
from lifeworth.models.orders import FittedOrders
from lifeworth.models.predictive import count_intervals
from lifeworth.models.stimulus import stimulated
from lifeworth.report.format import text
from lifeworth.report.spec import Axis, Block, Chart, Column, Page, Series, Stat, Stats, Table, Text, Value
from lifeworth.units import TimeUnit

Floats = NDArray[np.float64]

VERDICTS = (
    (0.8, "very likely still a customer"),
    (0.6, "more likely still a customer than not"),
    (0.4, "about as likely gone as not"),
    (0.2, "more likely gone than not"),
    (0.0, "very likely gone"),
)
"""From which P(alive) on what is said."""


@dataclass(frozen=True, eq=False)
class AlivePath:
    """What a fitted model says of one customer, on every day from the first order to the end of the horizon.

    Args:
        first: Day of the first order, the first of `alive`.
        bought: Days with an order, in order of time.
        as_of: Last observed day.
        end: Last day of the horizon.
        alive: P(alive) at the close of each day; after `as_of` as it will be if no further order comes.
        expected_orders: Expected orders in the days (as_of, end].
        low: The 5 % point of their number.
        high: The 95 % point.
        next_order: Days from `as_of` until the next order comes with probability one half, given alive; infinite if it never does.
    """

    first: date
    bought: tuple[date, ...]
    as_of: date
    end: date
    alive: Floats
    expected_orders: float
    low: float
    high: float
    next_order: float

    def on(self, day: date) -> float:
        """P(alive) at the close of a day."""
        return float(self.alive[(day - self.first).days])

    @property
    def now(self) -> float:
        """P(alive) on the last observed day."""
        return self.on(self.as_of)


def alive_path(
    fitted: FittedOrders,
    bought: Sequence[date],
    *,
    as_of: date,
    end: date,
    level: float = 1.0,
    covariates: Mapping[str, float] | None = None,
) -> AlivePath:
    """Ask a fitted model of one customer, for all days at once.

    Args:
        fitted: A fitted model of orders.
        bought: Days with an order up to `as_of`, at least one, in order of time.
        as_of: Last observed day.
        end: Last day of the horizon.
        level: What order rates after `as_of` are multiplied by, as in every forecast of the run; P(alive) is that of the fitted model.
        covariates: What is known of the customer, for a model with covariates.
    """
    unit = TimeUnit.WEEK if fitted.unit is None else TimeUnit(fitted.unit)
    first = bought[0]
    since = np.array([(day - first).days for day in bought])
    days = np.arange((end - first).days + 1)
    x = np.searchsorted(since, days, side="right") - 1
    known = {name: np.full(days.size, value) for name, value in (covariates or {}).items()}
    path = History(x, since[x] / unit.days, days / unit.days, unit=unit, covariates=known)
    now = path.take(slice((as_of - first).days, (as_of - first).days + 1))
    horizon = unit.between(as_of, end)
    forecast = fitted if level == 1 else stimulated(fitted, frequency=level)
    spread = count_intervals(forecast, now, horizon)
    return AlivePath(
        first=first,
        bought=tuple(bought),
        as_of=as_of,
        end=end,
        alive=fitted.probability_alive(path),
        expected_orders=float(forecast.expected_orders(now, horizon)[0]),
        low=float(spread.low[0]),
        high=float(spread.high[0]),
        next_order=float(forecast.time_to_next_order(now)[0]) * unit.days,
    )


# -- as a page ----------------------------------------------------------------------------------------------------------
def page(
    customer: str, path: AlivePath, values: Sequence[float | None], *, model: str, currency: str, horizon: str
) -> Page:
    """The path as a chart, its figures, and the orders behind it.

    Args:
        customer: Their id.
        path: What the model says.
        values: Money of each day in `path.bought`, None where there is none.
        model: Name of the model.
        currency: Of the money.
        horizon: In words.
    """
    blocks: list[Block] = [_stats(path, horizon), _chart(path, model)]
    if path.alive.min() == 1.0:
        blocks.append(Text(f"Under {model} this customer cannot have left yet, so the probability stays at 100 %."))
    blocks.append(_orders(path, values))
    return Page(
        "alive",
        f"Is {customer} still a customer?",
        tuple(blocks),
        lead=_lead(customer, path),
        currency=currency,
        as_of=path.as_of,
    )


def _lead(customer: str, path: AlivePath) -> str:
    silent = (path.as_of - path.bought[-1]).days
    verdict = next(words for least, words in VERDICTS if path.now >= least)
    times = "once" if len(path.bought) == 1 else f"on {len(path.bought):,} days"
    return f"{customer} ordered {times}, for the last time {silent:,} days ago, and is {verdict}: {text(path.now, 'percent')}."


def _stats(path: AlivePath, horizon: str) -> Stats:
    silent = (path.as_of - path.bought[-1]).days
    next_day, note = _next_order(path)
    return Stats(
        (
            Stat(
                "Alive now",
                path.now,
                "percent",
                "Probability that the customer has not left for good.",
                as_of=path.as_of,
            ),
            Stat(
                f"Orders expected, {horizon}",
                path.expected_orders,
                "ratio",
                f"Expected number of orders from the day after to {text(path.end, 'date')}, the chance of having left included.",
                low=path.low,
                high=path.high,
                interval="5–95 % interval",
                as_of=path.as_of,
            ),
            Stat(
                "Next order, median",
                next_day,
                "date",
                "If the customer is alive, the next order comes by this day with probability one half.",
                note=note,
            ),
            Stat("Last order", path.bought[-1], "date", "Day of the last order.", note=f"{silent:,} days of silence"),
            Stat(
                "Alive at the end",
                path.on(path.end),
                "percent",
                f"The same probability on {text(path.end, 'date')}, if no further order comes until then.",
            ),
        )
    )


def _next_order(path: AlivePath) -> tuple[date | None, str]:
    """The day by which the next order is as likely as not, and what there is to say of it."""
    if path.next_order > LATEST_NEXT_ORDER:
        return None, "more likely than not none comes within five years, even if alive"
    day = path.as_of + timedelta(days=math.ceil(path.next_order))
    return day, "" if day <= path.end else f"after the horizon, which ends {text(path.end, 'date')}"


def _chart(path: AlivePath, model: str) -> Chart:
    days = tuple(path.first + timedelta(days=turn) for turn in range(path.alive.size))
    seen = (path.as_of - path.first).days
    alive: tuple[float | None, ...] = tuple(path.alive.tolist())
    bought = set(path.bought)
    return Chart(
        "line",
        "Probability of being alive, day by day",
        Axis("Day", "date"),
        Axis("Alive", "percent"),
        (
            Series("as known each day", days[: seen + 1], alive[: seen + 1]),
            Series(
                "orders",
                days[: seen + 1],
                tuple(p if d in bought else None for d, p in zip(days[: seen + 1], alive, strict=False)),
            ),
            Series("if no order comes", days[seen:], alive[seen:], "dashed"),
        ),
        f"{model}: each dot is an order. Silence weighs the more, the faster the customer used to order.",
        mark=path.as_of,
        mark_label="last observed day",
    )


def _orders(path: AlivePath, values: Sequence[float | None]) -> Table:
    columns = (
        Column("day", "Day", "date"),
        Column("value", "Value", "money"),
        Column("gap", "Days since the order before", "count"),
        Column(
            "before", "Alive the day before", "percent", "At the close of the day before, not knowing of this order."
        ),
        Column("after", "Alive on the day", "percent", "At the close of the day, with this order."),
    )
    rows: list[tuple[Value, ...]] = []
    for turn, day in enumerate(path.bought):
        earlier = None if turn == 0 else (day - path.bought[turn - 1]).days
        before = None if turn == 0 else path.on(day - timedelta(days=1))
        rows.append((day, values[turn], earlier, before, path.on(day)))
    return Table("Orders", columns, tuple(reversed(rows)), "The latest first. Several orders of a day are one.")
