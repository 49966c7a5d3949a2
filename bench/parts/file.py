"""From an order file to CLV: whole processes, step by step, beside lifetimes, and history building beside its floor."""

from __future__ import annotations

from typing import Any

from harness import CDNOW_ALL, UNTIL, Asked, cdnow, cdnow_file, in_turn, orders, ours, side_of, timed

SMALL_RUNS = 11


def measure(asked: Asked) -> dict[str, Any]:
    path = orders(asked.customers)
    sides = {"Lifeworth": ours("file_ours", path, UNTIL)}
    if asked.lifetimes:
        sides["lifetimes"] = side_of(asked.lifetimes, "file_lifetimes", path, UNTIL)
    sides["bare aggregate"] = ours("file_bare", path)
    rows = sum(1 for _ in path.open("rb")) - 1
    return {"rows": rows, "sides": in_turn(sides, asked.runs), "small": _small(asked)}


def _small(asked: Asked) -> dict[str, Any] | None:
    """CDNOW's sample, imports included; only where the data are at hand."""
    folder = cdnow()
    if folder is None or asked.lifetimes is None:
        return None
    path = cdnow_file(folder)
    sides = {
        "Lifeworth": ours("file_ours", path, CDNOW_ALL),
        "lifetimes": side_of(asked.lifetimes, "file_lifetimes", path, CDNOW_ALL),
    }
    try:
        for command in sides.values():
            timed(command)  # the first start of a process reads its libraries from disk
        return in_turn(sides, max(asked.runs, SMALL_RUNS))
    finally:
        path.unlink()
