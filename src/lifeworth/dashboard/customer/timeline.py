"""A customer's life as a picture: a lane for each kind of event, contracts as bars, orders as large as they were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from lifeworth.dashboard import pieces
from lifeworth.dashboard.customer.events import Event, lanes
from lifeworth.dashboard.render.chart import canvas
from lifeworth.dashboard.render.figure import FONT, colour
from lifeworth.report.format import text
from lifeworth.report.spec import Column, Table

PLACE = "life"
LANE = 46
SMALLEST, LARGEST = 7, 22
COLOURS = {
    "Orders": "accent",
    "Contracts": "teal",
    "Service": "ochre",
    "Feedback": "plum",
    "Touchpoints": "slate",
    "Campaigns": "ink",
}
SHAPES = {"Touchpoints": "line-ns", "Service": "square", "Feedback": "diamond", "Campaigns": "triangle-up"}


def picture(
    found: Sequence[Event],
    contracts: Sequence[Mapping[str, Any]],
    *,
    as_of: date,
    coming: date | None,
    currency: str,
) -> Any:
    """The picture, in a panel; what it shows is also the list under it.

    Args:
        found: The events, the latest first.
        contracts: Rows of `subscriptions`, drawn as bars.
        as_of: Last day that is known.
        coming: Day by which the next order is expected.
        currency: Of the money.
    """
    rows = lanes(found)
    if not rows:
        return None
    height = LANE * len(rows) + 64
    data = figure(found, contracts, rows, as_of, coming, currency, height)
    label = f"{len(found):,} events in {len(rows)} lanes: {', '.join(rows)}. The list below has each."
    return canvas(data, height, PLACE, label)


def figure(
    found: Sequence[Event],
    contracts: Sequence[Mapping[str, Any]],
    rows: Sequence[str],
    as_of: date,
    coming: date | None,
    currency: str,
    height: int,
) -> dict[str, Any]:
    """The picture as Plotly draws it, colours by name."""
    traces = _bars(contracts, as_of, currency) if "Contracts" in rows else []
    for lane in rows:
        traces.append(_lane(lane, [one for one in found if one.lane == lane], currency))
    if coming is not None and coming > as_of and "Orders" in rows:
        traces.append(
            _points("Orders", [coming.isoformat()], [f"Next order expected by {text(coming, 'date')}"], [14])
            | {
                "marker": {
                    "color": "rgba(0,0,0,0)",
                    "size": 14,
                    "line": {"color": colour("accent"), "width": 2},
                    "symbol": "circle",
                }
            }
        )
    first = min(one.at.date() for one in found)
    last = max(as_of, coming or as_of)
    room = max(timedelta(days=10), (last - first) * 0.04)
    layout = {
        "height": height, "autosize": True, "showlegend": False, "hovermode": "closest", "dragmode": False, "barmode": "overlay",
        "margin": {"l": 8, "r": 12, "t": 24, "b": 8, "pad": 0}, "paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": 12, "color": colour("ink")},
        "hoverlabel": {"bgcolor": colour("ink"), "bordercolor": colour("ink"), "align": "left", "font": {"family": FONT, "size": 13, "color": colour("surface")}},
        "xaxis": {
            "type": "date", "range": [(first - room).isoformat(), (last + room).isoformat()], "fixedrange": True, "showgrid": True,
            "gridcolor": colour("grid"), "tickformat": "%b %Y", "nticks": 7, "automargin": True, "tickfont": {"color": colour("muted"), "size": 12},
        },
        "yaxis": {
            "type": "category", "categoryorder": "array", "categoryarray": list(reversed(rows)), "fixedrange": True, "showgrid": True,
            "gridcolor": colour("grid"), "tickfont": {"color": colour("ink"), "size": 12}, "automargin": True, "range": [-0.6, len(rows) - 0.4],
        },
        "shapes": [{"type": "line", "x0": as_of.isoformat(), "x1": as_of.isoformat(), "y0": 0, "y1": 1, "yref": "paper", "line": {"color": colour("muted"), "width": 1, "dash": "dot"}}],
        "annotations": [{"text": "last known day", "x": as_of.isoformat(), "y": 1, "yref": "paper", "xref": "x", "showarrow": False, "xanchor": "right", "xshift": -4, "yanchor": "bottom", "font": {"color": colour("muted"), "size": 11}}],
    }  # fmt: skip
    return {"data": traces, "layout": layout}


def _lane(lane: str, some: Sequence[Event], currency: str) -> dict[str, Any]:
    amounts = [abs(one.amount) if one.amount is not None else 0.0 for one in some]
    largest = max(amounts, default=0.0)
    sizes = [
        LARGEST * (amount / largest) ** 0.5 if lane == "Orders" and largest and amount else 0.0 for amount in amounts
    ]
    trace = _points(
        lane, [one.at.isoformat() for one in some], [said(one, currency) for one in some],
        [max(SMALLEST if lane == "Orders" else 10, size) for size in sizes],
    )  # fmt: skip
    name = COLOURS.get(lane, "slate")
    bad = [colour("bad") if one.bad else colour(name) for one in some]
    trace["marker"] |= {
        "color": bad,
        "symbol": SHAPES.get(lane, "circle"),
        "opacity": 0.8,
        "line": {"color": bad, "width": 1.5 if lane == "Touchpoints" else 0},
    }
    return trace


def _points(lane: str, at: list[str], words: list[str], sizes: list[float]) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "markers", "name": lane, "x": at, "y": [lane] * len(at), "text": words,
        "hovertemplate": "%{text}<extra></extra>", "marker": {"size": sizes},
    }  # fmt: skip


def _bars(contracts: Sequence[Mapping[str, Any]], as_of: date, currency: str) -> list[dict[str, Any]]:
    """A contract as a thick line from its first day to its last, or to the last known one."""
    found = []
    for row in contracts:
        start, end = row["started_at"], min(row.get("ended_at") or as_of, as_of)
        mrr = "" if row.get("mrr") is None else f", MRR {text(float(row['mrr']), 'money', currency)}"
        until = text(row["ended_at"], "date") if row.get("ended_at") else "still running"
        words = f"{row.get('plan') or 'Contract'}{mrr}<br>{text(start, 'date')} – {until}"
        found.append(
            {
                "type": "scatter", "mode": "lines", "x": [start.isoformat(), end.isoformat()], "y": ["Contracts"] * 2, "text": [words] * 2,
                "hovertemplate": "%{text}<extra></extra>", "line": {"color": colour("teal", 0.35), "width": 12},
            }
        )  # fmt: skip
    return found


def said(one: Event, currency: str) -> str:
    """An event as the picture tells it; what a person wrote is escaped, since the picture reads marks."""
    amount = f", {text(one.amount, 'money', currency)}" if one.amount is not None else ""
    detail = f"<br>{_escaped(one.detail[:120])}" if one.detail else ""
    return f"<b>{_escaped(one.title)}</b>{amount}<br>{text(one.at, 'date')}{detail}"


def _escaped(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def listed(found: Sequence[Event], cut: Sequence[str]) -> Table:
    """The events as a table, the latest first.

    Args:
        found: The events.
        cut: Tables of which only the latest rows are shown.
    """
    columns = (Column("at", "Day", "date"), Column("lane", "Kind"), Column("what", "What"), Column("detail", "Detail"), Column("amount", "Amount", "money"))  # fmt: skip
    rows = [(_day(one.at), one.lane, one.title, one.detail, one.amount) for one in found]
    caption = f"The latest 500 of {', '.join(cut)} are shown." if cut else ""
    return pieces.table("All events, the latest first", columns, rows, caption=caption, empty="Nothing has happened yet.")  # fmt: skip


def _day(moment: datetime) -> date:
    return moment.date()
