"""The purchase process of BG/NBD (Fader, Hardie & Lee 2005): orders at a steady rate until a customer leaves after one."""

from __future__ import annotations

import numpy as np

from lifeworth.data.synthetic.arrays import Floats, Ints


def repeat_purchases(
    rng: np.random.Generator, rate: Floats, dropout: Floats, length: Floats
) -> tuple[Ints, Floats, Floats]:
    """Draw the repeat purchases of every customer.

    Args:
        rng: Where chance comes from.
        rate: Orders a unit of time while the customer buys, λ; one per customer.
        dropout: Probability to leave after a repeat order, p; one per customer. Nobody leaves after the first order.
        length: Time from the first order to the end of observation; one per customer.

    Returns:
        `owner` and `time` of each purchase (time since the first order, within `length`), round by round, and
        `left` per customer: the time of the order after which the customer left, infinite when that did not happen.
    """
    owners: list[Ints] = []
    times: list[Floats] = []
    left = np.full(len(rate), np.inf)
    active = np.arange(len(rate), dtype=np.int64)
    now = np.zeros(len(rate))
    # One round is everybody's next order: as many rounds as the busiest customer has orders, each on fewer customers.
    while active.size:
        now = now + rng.standard_exponential(active.size) / rate[active]
        inside = now < length[active]
        active, now = active[inside], now[inside]
        owners.append(active)
        times.append(now)
        stays = rng.random(active.size) >= dropout[active]
        left[active[~stays]] = now[~stays]
        active, now = active[stays], now[stays]
    return np.concatenate([*owners, active]), np.concatenate([*times, now]), left


def expected_purchases(rate: Floats, dropout: Floats, length: float) -> Floats:
    """Orders expected within `length` of a customer who is there at its start: (1 − e^(−λ p t)) ÷ p."""
    safe = np.maximum(dropout, 1e-12)
    return np.asarray(-np.expm1(-rate * safe * length) / safe, dtype=np.float64)
