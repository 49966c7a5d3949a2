"""Figures that no table yields, month by month: some of them lead what happens later, some lead nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from lifeworth.data.synthetic.arrays import Floats, stream
from lifeworth.data.synthetic.span import Span
from lifeworth.data.synthetic.tables import table
from lifeworth.data.synthetic.world import World

# Months before the span that are drawn as well, so that a lag has something to look back at.
_BEFORE = 6


@dataclass(frozen=True, slots=True)
class Series:
    """A monthly figure: its mean and spread, how much of a month is left in the next, digits shown."""

    metric: str
    mean: float
    spread: float
    memory: float
    digits: int


SERIES = (
    Series("training_hours", 18.0, 6.0, 0.35, 1),
    Series("employee_enps", 22.0, 10.0, 0.50, 0),
    Series("site_speed_seconds", 2.4, 0.7, 0.45, 2),
    Series("office_energy_kwh", 2_100.0, 260.0, 0.50, 0),
    Series("meetings_held", 46.0, 9.0, 0.20, 0),
    Series("social_followers_gained", 380.0, 110.0, 0.40, 0),
)


@dataclass(frozen=True)
class Leads:
    """The drawn figures: `values[metric]` from `_BEFORE` months before the span to its last month."""

    span: Span
    values: dict[str, Floats]

    def lagged(self, metric: str, months: int) -> Floats:
        """Distance of the figure from its mean, so many months ago; one value for each month of the span."""
        series = next(s for s in SERIES if s.metric == metric)
        held = self.values[metric]
        return held[_BEFORE - months : len(held) - months] - series.mean

    def observations(self) -> pa.Table:
        """The table, of the months that are over by the end of the span."""
        _, past = self.span.month_bounds
        last = (
            (self.span.month_starts.astype("datetime64[M]") + 1).astype("datetime64[D]")
            - np.datetime64(self.span.start)
        ).astype(np.int64)
        over = last <= past
        count = int(over.sum())
        return table(
            "observations",
            {
                "metric": np.repeat([s.metric for s in SERIES], count),
                "observed_on": np.tile(self.span.dates(past[over] - 1), len(SERIES)),
                "value": np.concatenate([self.values[s.metric][_BEFORE:][over] for s in SERIES]),
            },
        )


def draw_leads(seed: int, span: Span) -> Leads:
    """Draw every figure as a series that remembers a part of its last month."""
    rng = stream(seed, "leads")
    values = {}
    for series in SERIES:
        shock = rng.standard_normal(span.months + _BEFORE) * np.sqrt(1 - series.memory**2)
        state = np.empty_like(shock)
        state[0] = shock[0] / np.sqrt(1 - series.memory**2)
        for month in range(1, len(shock)):
            state[month] = series.memory * state[month - 1] + shock[month]
        # A figure is a count, a time or a score within two and a half spreads; nothing falls below nothing.
        values[series.metric] = np.round(series.mean + series.spread * np.clip(state, -2.5, 2.5), series.digits)
    return Leads(span, values)


def relations(world: World) -> list[dict[str, Any]]:
    """The planted relations, those that are not there included (effect 0)."""
    return [
        {
            "lead": "training_hours",
            "lag": "first reply time (log hours)",
            "months": world.training_lag,
            "effect": world.training_on_first_reply,
        },
        {
            "lead": "employee_enps",
            "lag": "ticket satisfaction (points of 5, before rounding)",
            "months": world.enps_lag,
            "effect": world.enps_on_csat,
        },
        {
            "lead": "site_speed_seconds",
            "lag": "new customers of paid search, paid social and organic (log)",
            "months": world.speed_lag,
            "effect": world.speed_on_joiners,
        },
        *(
            {"lead": metric, "lag": "nothing", "months": 0, "effect": 0.0}
            for metric in ("office_energy_kwh", "meetings_held", "social_followers_gained")
        ),
    ]
