"""Names of clusters from their centres: the two ways in which their customers differ most from the others."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FEATURES = ("orders", "silence", "value", "age")
"""Orders, days since the last order, mean value of an order, days since the first order."""

WORDS: dict[str, tuple[str, str]] = {
    "orders": ("few orders", "many orders"),
    "silence": ("bought lately", "long silent"),
    "value": ("small orders", "large orders"),
    "age": ("new", "long known"),
}
"""What a low and a high figure is called."""

TELLING, WORTH_A_WORD = 0.4, 0.1
"""From so many standard deviations on a figure stands in the name, and in the description."""


def names(centres: NDArray[np.float64]) -> dict[str, str]:
    """A name for each group and, in words, how it differs; two of the same name are told apart by a further trait or a number.

    Args:
        centres: Group × figure, in standard deviations from the mean of all customers.
    """
    found: dict[str, str] = {}
    for centre in centres:
        traits = sorted(zip(FEATURES, centre, strict=True), key=lambda one: -abs(one[1]))
        words = [WORDS[name][int(far > 0)] for name, far in traits if abs(far) >= TELLING] or ["in the middle"]
        tries = [", ".join(words[:count]) for count in range(min(2, len(words)), len(words) + 1)]
        name = next((one for one in tries if one.capitalize() not in found), "")
        turn = 2
        while not name or name.capitalize() in found:
            name = f"{tries[0]} ({turn})"
            turn += 1
        found[name.capitalize()] = ", ".join(
            f"{WORDS[of][int(far > 0)]} ({far:+.1f} sd)" for of, far in traits if abs(far) >= WORTH_A_WORD
        )
    return found
