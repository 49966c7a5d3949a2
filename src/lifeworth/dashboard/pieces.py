"""Small parts that pages of their own kind share: panels, badges, lists of facts, buttons, links to pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from dash import dcc, html

from lifeworth.dashboard.icons import icon
from lifeworth.dashboard.render.table import head
from lifeworth.report.format import text
from lifeworth.report.spec import Column, Table, Value

TONES = {
    "Platinum": "accent", "Gold": "accent", "Silver": "accent", "Active": "good", "New": "accent", "Cooling": "warning", "At risk": "warning",
    "Lost": "bad", "Champions": "good", "Loyal": "good", "Promising": "accent", "Needs attention": "warning", "Almost lost": "warning",
    "Previously loyal": "warning", "done": "good", "failed": "bad", "cancelled": "warning", "running": "accent", "queued": "plain",
    "ok": "good", "denied": "bad", "ready": "good", "used": "plain", "finished": "good", "active": "good", "inactive": "warning",
}  # fmt: skip
"""Groups and states whose colour means something; the word always stands beside it."""


def panel(
    title: str, *inside: Any, tools: Sequence[Any] = (), caption: str = "", level: int = 2, name: str = ""
) -> Any:
    """A panel with a title.

    Args:
        title: What it shows.
        inside: Its content; what is None is left out.
        tools: Buttons beside the title.
        caption: A sentence under the title.
        level: Level of the heading.
        name: Class beside the panel's own.
    """
    said = [html.P(caption, className="caption")] if caption else []
    parts = [one for one in inside if one is not None]
    return html.Section([head(title, tools, level), *said, *parts], className=f"panel {name}".strip())


def badge(words: str, tone: str = "") -> Any:
    """A word in a frame, coloured where that means something."""
    return html.Span(words, className=f"badge {tone or TONES.get(words, 'plain')}")


def facts(pairs: Sequence[tuple[str, Any]]) -> Any:
    """Names and what they are, as a list; what is empty is left out."""
    rows = [html.Div([html.Dt(name), html.Dd(what)]) for name, what in pairs if what not in (None, "")]
    return html.Dl(rows, className="facts")


def button(words: str, name: Any, *, sign: str = "", main: bool = False, danger: bool = False, **more: Any) -> Any:
    """A button; its id is what a callback listens to."""
    kind = "button main-action" if main else "button danger" if danger else "button"
    return html.Button([icon(sign) if sign else None, words], id=name, type="button", className=kind, **more)


def to(words: str, href: str, *, sign: str = "", main: bool = False) -> Any:
    """A link to a page that looks like a button."""
    return dcc.Link(
        [icon(sign) if sign else None, words], href=href, className="button main-action" if main else "button"
    )


def download(words: str, href: str, *, about: str = "") -> Any:
    """A link that fetches a file."""
    more = {"aria-label": about} if about else {}
    return html.A([icon("download"), words], href=href, className="tool", download="", **more)


def back(words: str, href: str) -> Any:
    """The way back to where one came from."""
    return html.Nav(
        dcc.Link([icon("back"), words], href=href, className="back"), className="crumbs", **{"aria-label": "Back"}
    )


def tabs(named: Sequence[tuple[str, str]], label: str, shown: str) -> Any:
    """Links to the parts of a page; `shown` is the address of the one that is shown."""
    return html.Nav(
        html.Ul(
            [
                html.Li(dcc.Link(words, href=href, className=f"tab{' on' if href == shown else ''}"))
                for words, href in named
            ]
        ),
        className="tabs",
        **{"aria-label": label},
    )


def table(title: str, columns: Sequence[Column], rows: Sequence[Sequence[Value]], *, caption: str = "", empty: str = "Nothing to show.", emphasis: Sequence[int] = ()) -> Table:  # fmt: skip
    """A table as data; `render.page.block` draws it."""
    return Table(title, tuple(columns), tuple(tuple(row) for row in rows), caption, tuple(emphasis), empty)


def moment(at: datetime | None) -> str:
    """A wall-clock time of the book; it is kept in UTC and says so."""
    return "" if at is None else f"{text(at.date(), 'date')}, {at:%H:%M} UTC"


def lasted(start: datetime | None, end: datetime | None) -> str:
    """How long something took."""
    if start is None or end is None:
        return ""
    seconds = max(0.0, (end - start).total_seconds())
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def size(count: int) -> str:
    """Bytes as people say them."""
    for step, unit in ((1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "kB")):
        if count >= step:
            return f"{count / step:,.1f} {unit}"
    return f"{count} bytes"
