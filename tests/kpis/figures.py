"""The figures of a workspace as plain numbers, for tests to compare."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from lifeworth.kpis.grid import Grid
from lifeworth.kpis.reckon import reckonings
from lifeworth.kpis.registry import Figure, catalogue
from lifeworth.workspace import Workspace


def figures(
    ws: Workspace, grid: Grid, names: Collection[str] = (), **more: Any
) -> dict[tuple[Any, int], dict[str, Figure]]:
    """Every figure, or those named, by part and window."""
    known = catalogue(ws.settings)
    found = reckonings(ws, known, grid, names, **more)
    return {
        key: {name: one.figure(metric) for name, metric in known.metrics.items() if not names or name in names}
        for key, one in found.items()
    }


def values(ws: Workspace, grid: Grid, k: int = -1, **more: Any) -> dict[str, float | None]:
    """Values of the company's figures in one window."""
    place = k % len(grid)
    return {name: one.value for name, one in figures(ws, grid, **more)[None, place].items()}
