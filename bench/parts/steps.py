"""The steps of a run in one process: what KPIs, cohorts and segments cost beside the CLV step."""

from __future__ import annotations

from typing import Any

from harness import UNTIL, Asked, in_turn, orders, ours


def measure(asked: Asked) -> dict[str, Any]:
    return {"sides": in_turn({"Lifeworth": ours("steps_ours", orders(asked.customers), UNTIL)}, asked.runs)}
