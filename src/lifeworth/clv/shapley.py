"""The Shapley value: what each player did, as the mean over all orders in which they can come (Shapley 1953, 'A value for n-person games').

One order may be given by nature: nobody orders on a day that has not come, so time comes before what was done in it (Faigle & Kern
1992, 'The Shapley value for cooperative games under precedence constraints').
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
FIRST, AFTER = "time", "frequency"
"""Where both play, the first always comes before the other."""


def shapley(worth: Callable[[frozenset[str]], Floats], players: tuple[str, ...]) -> dict[str, Floats]:
    """The share of every player in `worth(all) − worth(none)`.

    Args:
        worth: What comes of it when some players have played.
        players: All players.
    """
    ideals = [
        frozenset(some)
        for size in range(len(players) + 1)
        for some in combinations(players, size)
        if AFTER not in some or FIRST in some
    ]
    known = {ideal: worth(ideal) for ideal in ideals}
    everyone = frozenset(players)
    orders = _ways(everyone)
    shares = {player: np.zeros_like(known[everyone]) for player in players}
    for before in ideals:
        for player in everyone - before:
            after = before | {player}
            if after in known:
                weight = _ways(before) * _ways(everyone - after) / orders
                shares[player] += weight * (known[after] - known[before])
    return shares


def _ways(players: frozenset[str]) -> float:
    """In how many orders these players can come, time before frequency where both are among them."""
    return math.factorial(len(players)) / (2 if {FIRST, AFTER} <= players else 1)
