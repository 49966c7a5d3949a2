"""The bare order log of BG/NBD with Gamma-Gamma spend: nothing but customer, day and amount, as large as one likes."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa

from lifeworth.data.synthetic.arrays import label, stream
from lifeworth.data.synthetic.process import repeat_purchases
from lifeworth.errors import OptionError
from lifeworth.units import TimeUnit


def simulate_orders(
    customers: int,
    *,
    r: float = 0.8,
    alpha: float = 60.0,
    a: float = 0.8,
    b: float = 2.5,
    p: float = 6.0,
    q: float = 4.0,
    v: float = 15.0,
    unit: TimeUnit = TimeUnit.DAY,
    days: int = 730,
    joining_days: int | None = None,
    start: date = date(2024, 1, 1),
    seed: int = 20240101,
    text_ids: bool = False,
) -> pa.Table:
    """Orders of customers who behave exactly as the model says.

    Args:
        customers: How many customers there are, each with a first order within the span.
        r: Shape of λ ~ Gamma(r, alpha), the rate of repeat orders.
        alpha: Its rate, in `unit`s.
        a: First shape of p ~ Beta(a, b), the probability to leave after a repeat order.
        b: Its second shape.
        p: Shape of an order's amount, Gamma(p, ν).
        q: Shape of ν ~ Gamma(q, v) across customers.
        v: Its rate, in currency.
        unit: The unit `alpha` is stated in; the log is in days whatever it is.
        days: Length of the log.
        joining_days: First orders fall evenly on this many days from the start; by default on all.
        start: First day of the log.
        seed: The same seed gives the same log.
        text_ids: Customer numbers as text ("C1000001") instead of integers.

    Returns:
        `customer_id` (int64, or string), `order_date` (date32), `amount` (float64, to the cent), in the order of time.
        Several orders of a customer on one day are several rows.

    Raises:
        OptionError: if there are no customers or no days, or a parameter is not positive.
    """
    if customers < 1 or days < 1 or (joining_days is not None and not 1 <= joining_days <= days):
        raise OptionError("A log needs a customer, a day, and joining days within it.")
    if min(r, alpha, a, b, p, q, v) <= 0:
        raise OptionError("Every parameter of the model must be above 0.")
    rng = stream(seed, "bare orders")
    first = rng.random(customers) * (days if joining_days is None else joining_days)
    rate = rng.gamma(r, 1.0, customers) / (alpha * unit.days)
    dropout = rng.beta(a, b, customers)
    # The smallest gammas underflow to 0: such a customer never orders again, which an infinite wait says as well.
    owner, time, _ = repeat_purchases(rng, np.maximum(rate, 1e-300), dropout, days - first)
    owner = np.concatenate([np.arange(customers, dtype=np.int64), owner])
    day = np.concatenate([first, first[owner[customers:]] + time]).astype(np.int16 if days < 32_767 else np.int32)
    mean_scale = v / rng.gamma(q, 1.0, customers)
    amount = np.round(rng.gamma(p, 1.0, len(owner)) * mean_scale[owner], 2)
    in_time = np.argsort(day, kind="stable")
    owner, day = owner[in_time], day[in_time]
    ids = label("C", owner + 1_000_000) if text_ids else pa.array(owner + 1)
    dates = np.datetime64(start, "D") + day.astype(np.int64)
    return pa.table({"customer_id": ids, "order_date": pa.array(dates), "amount": pa.array(amount[in_time])})
