"""The value of every customer from their history and two fitted models: arrays in, one table of scores out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lifeworth.clv.high_value import HighValue, high_value
from lifeworth.clv.margin import Margin
from lifeworth.evaluation.level import Level
from lifeworth.features.levels import Levels
from lifeworth.features.series import arrays, spend_arrays
from lifeworth.models.gamma_gamma import FittedSpend
from lifeworth.models.history import History
from lifeworth.models.orders import FittedOrders
from lifeworth.models.predictive import value_intervals
from lifeworth.models.stimulus import stimulated
from lifeworth.units import DAYS_PER_YEAR, Period, Rate, TimeUnit

Floats = NDArray[np.float64]

LATEST_NEXT_ORDER = 5 * 365
"""Days after which an expected next order is no date any more but a way of saying "hardly"."""


@dataclass(frozen=True, slots=True)
class Fits:
    """The two fitted models a prediction needs; without amounts there is no spend model and value is not predicted."""

    orders: FittedOrders
    spend: FittedSpend | None
    first_order: bool
    """Whether the spend model learnt from first orders too."""
    level: Level = field(default_factory=Level)
    """Whether customers order more or less often than the model's rates say, by the hold-outs."""
    covariates: tuple[Levels, ...] = ()
    """What the order model knows of customers from their first purchase."""

    def histories(self, rows: pa.Table, unit: TimeUnit) -> History:
        """Rows of a history as the order model takes them."""
        return arrays(rows, unit, self.covariates)

    @property
    def forecast(self) -> FittedOrders:
        """The order model at that level: what every prediction is made with. P(alive) is that of the fitted model."""
        factor = self.level.factor
        return self.orders if factor == 1 else stimulated(self.orders, frequency=factor)


@dataclass(frozen=True, slots=True)
class Terms:
    """What turns orders into value: the day, how far ahead, at which discount and margin, in which unit of time."""

    as_of: date
    horizon: Period
    discount: Rate
    margin: Margin
    unit: TimeUnit
    lifespan: float | None
    """Years a customer goes on buying; without it there is no simple CLV."""
    simple: float | None
    """Simple CLV of an average customer."""
    why_no_simple: str
    has_money: bool
    high_share: float = 0.1
    """Share of customers that counts as high-value."""
    average_purchase_value: float | None = None
    """Revenue ÷ purchases in the last twelve months; a term of simple CLV, as is the next."""
    purchase_frequency: float | None = None
    """Purchases ÷ buyers, a year."""

    @property
    def span(self) -> float:
        """The horizon in units of time."""
        return self.horizon.length(self.as_of, self.unit)


@dataclass(frozen=True, slots=True)
class Parts:
    """What orders and what contracts bring: both parts add up to the whole.

    Attributes:
        orders: Expected of orders within the horizon, renewals among them left out; None where orders could not be predicted.
        contracts: Expected of running contracts within the horizon.
        historic_orders: What orders have brought so far.
        historic_contracts: What contracts have brought so far that is not among the orders.
        buyers: Customers who have ordered.
        subscribers: Customers with a running contract.
        only_subscribe: Customers who have, or had, a contract and have never ordered.
        unvalued: Customers with a running contract that no model could value: nothing is counted for it.
    """

    orders: float | None
    contracts: float
    historic_orders: float
    historic_contracts: float
    buyers: int
    subscribers: int
    only_subscribe: int
    unvalued: int


@dataclass(frozen=True, slots=True)
class Valuation:
    """Scores, one row a customer in the order of the history, and what they add up to."""

    scores: pa.Table
    equity: dict[str, float] | None
    """Customer equity: `value`, `low`, `high` (5 % and 95 % points: of its predictive distribution, widened by how far the totals of
    the hold-outs lay from their forecasts)."""
    high: HighValue | None = None
    """What counts as high-value, and how many are expected to reach it; nothing without a model."""
    parts: Parts | None = None
    """What orders and what contracts bring of it, where there are both (`clv.together`)."""
    renewing: pa.ChunkedArray | None = None
    """What the contract of each customer of the scores is expected to bring, likewise."""


def value(rows: pa.Table, fits: Fits | None, terms: Terms) -> Valuation:
    """Historic, simple and predicted value of every customer.

    Args:
        rows: The history (`lifeworth.features.history`), one row a customer.
        fits: The fitted models, or nothing where the data were not enough: predictions are then null.
        terms: What turns orders into value.
    """
    columns = _past(rows, terms)
    equity, high = None, None
    if fits is None:
        columns |= dict.fromkeys(_PREDICTED, pa.nulls(rows.num_rows, pa.float64()))
        columns["expected_next_order_at"] = pa.nulls(rows.num_rows, pa.date32())
    else:
        so_far = columns["historic_clv" if terms.has_money else "orders"].to_numpy(zero_copy_only=False)
        predicted, equity, high = _future(rows, fits, terms, np.asarray(so_far, np.float64))
        columns |= predicted
    historic, future = columns["historic_clv"], columns["predicted_clv"]
    columns["total_clv"] = pc.add(historic, future)
    return Valuation(pa.table({name: columns[name] for name in _ORDER}), equity, high)


_PREDICTED = (
    "probability_alive",
    "churn_probability",
    "expected_orders",
    "expected_order_value",
    "predicted_clv",
    "predicted_clv_low",
    "predicted_clv_high",
    "high_value_probability",
)
_ORDER = (
    "customer_id",
    "as_of",
    "first_order_at",
    "last_order_at",
    "orders",
    "historic_clv",
    "simple_clv",
    "probability_alive",
    "churn_probability",
    "expected_orders",
    "expected_order_value",
    "expected_next_order_at",
    "predicted_clv",
    "predicted_clv_low",
    "predicted_clv_high",
    "high_value_probability",
    "total_clv",
)


def _past(rows: pa.Table, terms: Terms) -> dict[str, Any]:
    orders = rows["orders"].to_numpy()
    revenue = _floats(rows, "revenue") if terms.has_money else np.full(rows.num_rows, np.nan)
    historic = revenue * terms.margin.rate
    if terms.margin.of_orders and terms.has_money:
        own = _floats(rows, "margin")
        historic = np.where(np.isnan(own), historic, own)
    # A frequency needs at least a year to be one: two orders in a first week are not a hundred a year.
    years = np.maximum(rows["age"].to_numpy() / DAYS_PER_YEAR, 1.0)
    simple = None
    if terms.lifespan is not None and terms.has_money:
        simple = _floats(rows, "mean_value") * (orders / years) * terms.lifespan * terms.margin.rate
    return {
        "customer_id": rows["customer_id"],
        "as_of": pa.array(np.full(rows.num_rows, np.datetime64(terms.as_of, "D"))),
        "first_order_at": rows["first_day"],
        "last_order_at": rows["last_day"],
        "orders": rows["orders"],
        "historic_clv": _column(historic),
        "simple_clv": pa.nulls(rows.num_rows, pa.float64()) if simple is None else _column(simple),
    }


def _future(
    rows: pa.Table, fits: Fits, terms: Terms, so_far: Floats
) -> tuple[dict[str, Any], dict[str, float] | None, HighValue]:
    histories = fits.histories(rows, terms.unit)
    model, span = fits.forecast, terms.span
    delta = terms.discount.continuous(terms.unit)
    nothing = pa.nulls(rows.num_rows, pa.float64())
    next_order = model.time_to_next_order(histories) * terms.unit.days
    columns: dict[str, Any] = {
        "probability_alive": _column(model.probability_alive(histories)),
        "churn_probability": _column(1 - model.probability_of_order(histories, span)),
        "expected_orders": _column(model.expected_orders(histories, span)),
        "expected_next_order_at": _dates(terms.as_of, next_order),
    }
    spend = None if fits.spend is None else spend_arrays(rows, first_order=fits.first_order)
    chance, high = high_value(
        model,
        fits.spend,
        histories,
        spend,
        so_far,
        span=span,
        rate=delta,
        margin=terms.margin.rate,
        share=terms.high_share,
    )
    columns = dict.fromkeys(_PREDICTED, nothing) | columns | {"high_value_probability": _column(chance)}
    if fits.spend is None or spend is None:
        return columns, None, high
    order_value = fits.spend.expected_value(spend)
    value = model.expected_discounted_orders(histories, delta, span) * order_value * terms.margin.rate
    spread = value_intervals(model, fits.spend, histories, spend, span, rate=delta)
    rate = terms.margin.rate
    columns |= {
        "expected_order_value": _column(order_value),
        "predicted_clv": _column(value),
        "predicted_clv_low": _column(spread.low * rate),
        "predicted_clv_high": _column(spread.high * rate),
    }
    total = float(value.sum())
    low, high_end = fits.level.widened(total, spread.total_low * rate, spread.total_high * rate)
    return columns, {"value": total, "low": low, "high": high_end}, high


def _dates(as_of: date, days: Floats) -> pa.Array:
    """The day so many days after `as_of`, null where it lies so far off that naming it would mislead."""
    soon = np.isfinite(days) & (days <= LATEST_NEXT_ORDER)
    whole = np.where(soon, np.ceil(days), 0).astype("timedelta64[D]")
    return pa.array(np.datetime64(as_of, "D") + whole, mask=~soon)


def _floats(rows: pa.Table, name: str) -> Floats:
    return np.asarray(rows[name].to_numpy(), dtype=np.float64)


def _column(values: Floats) -> pa.Array:
    """Not a number means not known, and is written as null."""
    return pa.array(values, mask=np.isnan(values))
