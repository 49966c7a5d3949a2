"""Flows between two sets of groups: bands as thick as what moved, coloured by whether it rose, stayed or fell."""

from __future__ import annotations

from typing import Any

from lifeworth.dashboard.render.figure import Figure, colour
from lifeworth.report.charts import flow as report
from lifeworth.report.format import short, text
from lifeworth.report.spec import Chart

EDGE = 14
GAP = 14
LETTER = 6.4
"""Pixels above and below the bands, between two groups, and of a letter of their names."""


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
    height = max(340, 60 + 34 * max(len(left), len(right), 1))
    middles = _middles(totals, left, right, height - 2 * EDGE)
    words = [f"{name}  {short(total, chart.y.kind, currency)}" for (_, name), total in totals.items()]
    trace: dict[str, Any] = {
        "type": "sankey", "arrangement": "fixed",
        "node": {
            "label": [""] * len(totals), "color": [colour("muted")] * len(totals), "line": {"width": 0}, "pad": GAP, "thickness": 10,
            "customdata": told, "hovertemplate": "%{customdata}<extra></extra>",
            "x": [0.001 if side == "left" else 0.999 for side, _ in totals], "y": middles,
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
    names = [_name(word, side, at) for word, (side, _), at in zip(words, totals, middles, strict=True)]
    widths = [
        max((len(word) for word, (where, _) in zip(words, totals, strict=True) if where == side), default=0)
        for side in ("left", "right")
    ]
    legend = [(entry, name, "bar", "solid") for entry, name in report.legend(chart, currency)]
    margins = {"l": min(190, 14 + LETTER * widths[0]), "r": min(190, 14 + LETTER * widths[1]), "t": EDGE, "b": EDGE}
    narrow = {
        "layout": {"margin": {"l": 4, "r": 4, "t": EDGE, "b": EDGE}, "annotations": []},
        "trace": {"node": {**trace["node"], "label": words}},
    }
    return Figure([trace], {"margin": margins, "annotations": names}, legend, height, narrow)


def _name(words: str, side: str, middle: float) -> dict[str, Any]:
    """The name of a group beside its bar, outside the bands."""
    left = side == "left"
    return {
        "text": words, "x": 0 if left else 1, "y": 1 - middle, "xref": "paper", "yref": "paper", "showarrow": False,
        "xanchor": "right" if left else "left", "yanchor": "middle", "xshift": -6 if left else 6, "font": {"size": 12},
    }  # fmt: skip


def _middles(totals: dict[tuple[str, str], float], left: list[str], right: list[str], room: float) -> list[float]:
    """Where the middle of each group stands, from 0 at the top to 1: in their order, gaps between them, as Plotly scales them."""
    most = max(len(left), len(right), 1)
    whole = max(sum(totals[side, name] for name in names) for side, names in (("left", left), ("right", right))) or 1.0
    scale = (room - GAP * (most - 1)) / whole
    found = []
    for side, names in (("left", left), ("right", right)):
        top = 0.0
        for name in names:
            height = totals[side, name] * scale
            found.append(min(0.999, max(0.001, (top + height / 2) / room)))
            top += height + GAP
    return found
