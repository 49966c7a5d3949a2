"""Why a product changed: how much of the change each factor brought, adding up to all of it.

Each factor's part is its effect averaged over all orders in which the factors could have changed one after the other
(Shapley 1953). With two factors that is half of each mixed term to either. Nothing is left over, whatever the signs; the
logarithms other methods take would forbid a loss.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations


def parts(before: Sequence[float], after: Sequence[float]) -> tuple[float, ...]:
    """What each factor brought to the change of their product.

    Args:
        before: The factors before.
        after: The same factors after.

    Returns:
        One amount a factor; their sum is the product after less the product before.
    """
    size = len(before)
    places = range(size)
    found = []
    for one in places:
        others = [place for place in places if place != one]
        total = 0.0
        for count in range(size):
            weight = math.factorial(count) * math.factorial(size - count - 1) / math.factorial(size)
            for changed in combinations(others, count):
                rest = math.prod(after[place] if place in changed else before[place] for place in others)
                total += weight * (after[one] - before[one]) * rest
        found.append(total)
    return tuple(found)


def factors(
    customers: float, transactions: float, value: float, profit: float
) -> tuple[float, float, float, float] | None:
    """A sum of profit as a product: customers × transactions each × value of a transaction × margin.

    None where it is no product: nobody bought, or what they bought was worth nothing.
    """
    if customers <= 0 or transactions <= 0 or value == 0:
        return None
    return (customers, transactions / customers, value / transactions, profit / value)
