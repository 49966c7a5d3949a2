"""Whether what models are fed with, and what they say, is spread as before."""

from __future__ import annotations

import ibis
import numpy as np
from numpy.typing import NDArray

from lifeworth.monitoring.distance import Apart, apart, mix
from lifeworth.monitoring.finding import Finding, Moved, Told, lacking
from lifeworth.monitoring.scene import Scene
from lifeworth.report.format import text
from lifeworth.workspace import Workspace

WINDOW, BACK = 42, 420
"""Days that are held to the days before them: six weeks, for a distribution takes many values."""
FEWEST = 100
LONGEST_GAP = 180
"""Longest gap that is looked at, and the age from which on a company can have shown it: a younger one has short gaps alone."""
SCORES = {
    "predicted_clv": "predicted CLV",
    "probability_alive": "probability of being alive",
    "expected_orders": "expected orders",
}


def drift(scene: Scene) -> Told:
    """Whether amounts, gaps between orders and orders a customer are spread as before, and scores as in the run before."""
    moved: list[tuple[Moved, str]] = []
    if scene.has_orders:
        moved += _inputs(scene)
    moved += _scores(scene)
    if not moved:
        return lacking(
            f"It takes {FEWEST} orders in the last {WINDOW} days and before them, or an earlier run with scores."
        )
    found = [_finding(scene, one, kind) for one, kind in moved if _has_drifted(scene, one.of)]
    widest = max((one for one, _ in moved), key=lambda one: one.of.psi)
    said = f"The widest move is that of {widest.title}: PSI {widest.of.psi:.2f}; {scene.limits.psi:.2f} would be told."
    return Told(said, tuple(found), moved=tuple(one for one, _ in moved))


def _has_drifted(scene: Scene, one: Apart) -> bool:
    return one.psi > max(scene.limits.psi, one.by_chance)


def _inputs(scene: Scene) -> list[tuple[Moved, str]]:
    rows = scene.orders
    # An order of a customer who ordered before, with the days since.
    before = rows["ago"].lag().over(group_by=rows["customer_id"], order_by=[rows["ago"].desc(), rows["order_id"]])
    told = rows.mutate(gap=before - rows["ago"])
    told = told.mutate(began=told["ago"].max().over(ibis.window()))
    told = told.filter(told["ago"] < BACK).select("ago", "amount", "gap", "began")
    table = scene.ws.engine.arrow(told)
    ago, amount, gap, began = (_floats(table, name) for name in ("ago", "amount", "gap", "began"))
    now = ago < WINDOW
    regular = np.isfinite(gap) & (gap > 0) & (gap <= LONGEST_GAP) & (ago <= began - LONGEST_GAP)
    found = []
    for title, values, where in (
        ("order amounts", amount, np.isfinite(amount) & (amount > 0)),
        ("days between two orders", gap, regular),
    ):
        then, here = values[where & ~now], values[where & now]
        if min(then.size, here.size) >= FEWEST:
            found.append((Moved(title, apart(then, here)), "input"))
    often = _often(scene)
    if often is not None:
        found.append((Moved("orders a customer in six weeks", often), "input"))
    return found


def _often(scene: Scene) -> Apart | None:
    """Customers by the number of orders in six weeks, of those who had any, beside the six-week stretches before."""
    rows = scene.orders.filter(scene.orders["ago"] < WINDOW * 6)
    rows = rows.mutate(window=(rows["ago"] / WINDOW).floor().cast("int64"))
    each = rows.group_by("window", "customer_id").agg(orders=rows.count())
    each = each.mutate(orders=each["orders"].clip(upper=5))
    counts = {
        (row["window"], row["orders"]): row["n"]
        for row in scene.query(each.group_by("window", "orders").agg(n=each.count()))
    }
    now = np.array([counts.get((0, k), 0) for k in range(1, 6)], float)
    then = np.array([sum(counts.get((w, k), 0) for w in range(1, 6)) for k in range(1, 6)], float)
    return mix(then, now) if min(then.sum(), now.sum()) >= FEWEST else None


def _scores(scene: Scene) -> list[tuple[Moved, str]]:
    before = scene.before
    if before is None or not before.has("customers_scored") or not scene.ws.has("customers_scored"):
        return []
    found = []
    for name, title in SCORES.items():
        then, now = _column(before, name), _column(scene.ws, name)
        if min(then.size, now.size) >= FEWEST:
            found.append((Moved(f"{title} since {text(before.as_of, 'date')}", apart(then, now)), "score"))
    return found


def _finding(scene: Scene, one: Moved, kind: str) -> Finding:
    subject = one.title.partition(" since ")[0]
    score = kind == "score"
    return Finding(
        subject,
        "warning",
        scene.day(WINDOW - 1) if not score or scene.before is None else scene.before.as_of,
        f"{one.title[:1].upper()}{one.title[1:]} are spread otherwise than before: PSI {one.of.psi:.2f} (told from {scene.limits.psi:.2f} on; chance alone "
        f"reaches {one.of.by_chance:.2f}), moved by {one.of.wasserstein:.2f} standard deviations.",
        "The model was fitted anew or on other data, or customers of another kind came."
        if score
        else "Customers of another kind, other products, or another way of counting orders.",
        "Hold the model to what came: lifeworth ledger   and run again, so that it learns from what is so now.",
        scene.monthly_revenue or None,
        "revenue of a month that is foretold from it",
    )


def _column(ws: Workspace, name: str) -> NDArray[np.float64]:
    values = _floats(ws.engine.arrow(ws.table("customers_scored").select(name)), name)
    return values[np.isfinite(values)]


def _floats(table: object, name: str) -> NDArray[np.float64]:
    import pyarrow as pa

    column = table[name].cast(pa.float64()).combine_chunks()  # type: ignore[index]
    return np.array([np.nan]) if len(column) == 0 else np.asarray(column.to_numpy(zero_copy_only=False), np.float64)
