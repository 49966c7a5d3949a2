"""Flows between two sets of groups: bands as thick as what moved, coloured by whether it rose, stayed or fell."""

from __future__ import annotations

from typing import Any

from lifeworth.dashboard.render.figure import Figure, colour
from lifeworth.report.charts import flow as report
from lifeworth.report.format import short, text
from lifeworth.report.spec import Chart


def flow(chart: Chart, currency: str) -> Figure:
    """Groups on the left, groups on the right, bands between them."""
    bands = report.bands(chart, currency)
    left = list(dict.fromkeys(band.source for band in bands))
    right = list(dict.fromkeys(text(value, chart.x.kind, currency) for one in chart.series for value in one.x))
    right = [name for name in right if any(band.target == name for band in bands)]
    totals = {("left", name): sum(band.value for band in bands if band.source == name) for name in left}
    totals |= {("right", name): sum(band.value for band in bands if band.target == name) for name in right}
    place = {key: turn for turn, key in enumerate(totals)}
    told = [f"{name}: {text(total, chart.y.kind, currency)}" for (_, name), total in totals.items()]
    trace: dict[str, Any] = {
        "type": "sankey", "arrangement": "fixed",
        "node": {
            "label": [f"{name}  {short(total, chart.y.kind, currency)}" for (_, name), total in totals.items()],
            "color": [colour("muted")] * len(totals), "line": {"width": 0}, "pad": 14, "thickness": 10,
            "customdata": told, "hovertemplate": "%{customdata}<extra></extra>",
            "x": [0.001 if side == "left" else 0.999 for side, _ in totals], "y": _middles(totals, left, right),
        },
        "link": {
            "source": [place["left", band.source] for band in bands],
            "target": [place["right", band.target] for band in bands],
            "value": [band.value for band in bands],
            "color": [colour(report.COLOURS[band.did], 0.42) for band in bands],
            "customdata": [f"{band.source} → {band.target}<br>{text(band.value, chart.y.kind, currency)}" for band in bands],
            "hovertemplate": "%{customdata}<extra></extra>",
        },
    }  # fmt: skip
    legend = [(words, name, "bar", "solid") for words, name in report.legend(chart, currency)]
    height = max(320, 60 + 34 * max(len(left), len(right), 1))
    return Figure([trace], {"margin": {"l": 8, "r": 8, "t": 12, "b": 12}}, legend, height)


def _middles(totals: dict[tuple[str, str], float], left: list[str], right: list[str]) -> list[float]:
    """Where the middle of each group stands, from 0 at the top to 1, so that their order is kept."""
    found = []
    for side, names in (("left", left), ("right", right)):
        whole, seen = sum(totals[side, name] for name in names) or 1.0, 0.0
        for name in names:
            share = totals[side, name] / whole
            found.append(min(0.999, max(0.001, seen + share / 2)))
            seen += share
    return found
