"""Looks at single customers, written into the trail together: a look-up takes a millisecond, and an entry of its own would take two.

They are in the book within half a second. A server that is killed at once loses the looks of that half second, and no change: what
changes something is written before it is answered.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import datetime

from lifeworth.access.trail import Trail
from lifeworth.data.book import now
from lifeworth.errors import LifeworthError

PAUSE = 0.5
"""Seconds between two entries in the book."""
MOST = 100_000
"""Looks kept while the book cannot be written; beyond that the book is asked at once, and its refusal is told."""


class Looks:
    """Looks that are not in the trail yet."""

    def __init__(self, trail: Trail) -> None:
        """Write into this trail."""
        self._trail = trail
        self._waiting: list[tuple[datetime, str, str, str, str]] = []
        self._lock, self._writing = threading.Lock(), threading.Lock()
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def note(self, who: str, action: str, subject: str, origin: str) -> None:
        """Take a look down.

        Raises:
            StorageError: if too many wait, since the book cannot be written.
        """
        with self._lock:
            self._waiting.append((now(), who, action, subject, origin))
            full = len(self._waiting) > MOST
            if self._thread is None or not self._thread.is_alive():
                self._over.clear()
                self._thread = threading.Thread(target=self._keep_writing, daemon=True, name="looks")
                self._thread.start()
        if full:
            self.write()

    def write(self) -> None:
        """Write down what waits.

        Raises:
            LifeworthError: if the book cannot be written; nothing is lost then.
        """
        with self._writing:
            with self._lock:
                taken, self._waiting = self._waiting, []
            if not taken:
                return
            try:
                self._trail.note_all(taken)
            except LifeworthError:
                with self._lock:
                    self._waiting = taken + self._waiting
                raise

    def close(self) -> None:
        """Write down what waits, and stop."""
        self._over.set()
        if self._thread is not None:
            self._thread.join(timeout=5)
        with suppress(LifeworthError):
            self.write()

    def _keep_writing(self) -> None:
        while not self._over.wait(PAUSE):
            with suppress(LifeworthError):
                self.write()
