"""How often something may be done: a bucket of tries for each who asks, refilled as time goes by.

Kept in memory, for each worker its own: with two workers somebody may have twice as many tries, and a restart forgives all. It holds
up guessing and floods; it is no account of anything.
"""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from lifeworth.errors import TooManyError

MOST_KEYS = 20_000
"""Buckets kept at a time; the one longest untouched goes first, so that strangers cannot fill the memory."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast: `burst` tries at once, then `per_second`."""

    name: str
    burst: float
    per_second: float


STRANGER = Pace("stranger", burst=60, per_second=5)
"""Requests of somebody who has not signed in, an address."""

PERSON = Pace("person", burst=1_500, per_second=500)
"""Requests of somebody who has; 200 a second must pass for a program."""

TRY_NAME_HERE = Pace("sign-in: name and address", burst=5, per_second=1 / 20)
TRY_NAME = Pace("sign-in: name", burst=20, per_second=1 / 10)
TRY_HERE = Pace("sign-in: address", burst=30, per_second=1 / 5)
"""Failed attempts to come in. A name alone is held up late: a stranger must not easily keep its owner out."""

KEY_HERE = Pace("unknown key: address", burst=30, per_second=1 / 2)
"""Keys that nobody knows, an address."""


class Limits:
    """Buckets for whoever asks."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Start with all buckets full.

        Args:
            clock: Seconds that only ever go forward.
        """
        self._clock = clock
        self._held: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, pace: Pace, key: str) -> float:
        """Take one try.

        Returns:
            0 where there was one; else the seconds until there is.
        """
        with self._lock:
            left = self._left(pace, key)
            if left < 1:
                return (1 - left) / pace.per_second
            self._put(pace, key, left - 1)
            return 0.0

    def wait(self, pace: Pace, key: str) -> float:
        """Seconds until there is a try, without taking it."""
        with self._lock:
            left = self._left(pace, key)
        return 0.0 if left >= 1 else (1 - left) / pace.per_second

    def give_back(self, pace: Pace, key: str) -> None:
        """Put a try back that turned out to be none."""
        with self._lock:
            self._put(pace, key, min(pace.burst, self._left(pace, key) + 1))

    def need(self, pace: Pace, key: str) -> None:
        """Take one try, or say no.

        Raises:
            TooManyError: with the seconds to wait.
        """
        wait = self.take(pace, key)
        if wait > 0:
            raise too_many(wait)

    def _left(self, pace: Pace, key: str) -> float:
        held = self._held.get((pace.name, key))
        if held is None:
            return pace.burst
        left, at = held
        return min(pace.burst, left + max(0.0, self._clock() - at) * pace.per_second)

    def _put(self, pace: Pace, key: str, left: float) -> None:
        self._held[pace.name, key] = (left, self._clock())
        self._held.move_to_end((pace.name, key))
        if len(self._held) > MOST_KEYS:
            self._held.popitem(last=False)


def too_many(wait: float) -> TooManyError:
    """The error for somebody who must wait."""
    seconds = max(1, round(wait + 0.5))
    return TooManyError(
        "Too many tries in a short time.", retry_after=seconds, hint=f"Try again in {seconds} {'second' if seconds == 1 else 'seconds'}."
    )  # fmt: skip


def origin(address: str) -> str:
    """An address as limits count it: of IPv6 the network of a household, which has more addresses than anybody could count."""
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(read, ipaddress.IPv6Address):
        if read.ipv4_mapped is not None:
            return str(read.ipv4_mapped)
        return str(ipaddress.ip_network((read, 64), strict=False))
    return str(read)
