"""What came in: files that were uploaded, and the runs on them."""

from __future__ import annotations

from typing import Any

from dash import html

from lifeworth.access.roles import Scope
from lifeworth.dashboard import pieces, take
from lifeworth.dashboard.address import IMPORT
from lifeworth.dashboard.render import states
from lifeworth.dashboard.render.page import block
from lifeworth.dashboard.view import View
from lifeworth.data.state import State
from lifeworth.errors import LifeworthError
from lifeworth.jobs.uploads import Uploads
from lifeworth.report.spec import Column, Table

SHOWN = 50


def content(view: View, *, ran: bool) -> list[Any]:
    """The tab.

    Args:
        view: Who asks.
        ran: Whether there is a run in hand.
    """
    parts: list[Any] = []
    if not ran:
        parts.append(welcome(view))
    elif view.principal.may(Scope.RUN):
        parts.append(
            html.Div(
                [pieces.to("Hand in data", IMPORT, sign="upload", main=True), pieces.to("Jobs", "/jobs", sign="jobs")],
                className="actions",
            )
        )
    if view.principal.may(Scope.RUN):
        uploads = uploads_table(view)
        parts.append(_with_tools(view, uploads, "uploads", "Files that were uploaded"))
    parts.append(_with_tools(view, runs_table(view), "runs", "Runs"))
    return parts


def welcome(view: View) -> Any:
    """What a new user sees first."""
    if not view.principal.may(Scope.RUN):
        return states.state(
            "Nothing has been run here yet",
            "Somebody with the role analyst or admin hands in an export of orders; then every page here has figures.",
            sign="data",
        )
    return pieces.panel(
        "What are your customers worth?",
        html.P("Hand in an export of your orders. That is all that is needed: who, when, and how much.", className="lead"),
        html.Ol(
            [
                html.Li("Export orders from your shop (Shopify, WooCommerce, Stripe …) or till as CSV or Excel. All of them, as far back as they go."),
                html.Li("Upload the file. You see how each column was understood, and correct what was not."),
                html.Li("Start the run. Minutes later you see what every customer is worth, with reasons and intervals."),
            ],
            className="todo",
        ),
        html.Div([pieces.to("Hand in orders", IMPORT, sign="upload", main=True)], className="actions"),
        html.P("Your data stays on this machine. Nothing is sent anywhere.", className="quiet"),
    )  # fmt: skip


def _with_tools(view: View, table: Table, what: str, title: str) -> Any:
    inside = block(table, "", what, exports=False)
    tools = take.tools(view, "data", what, title) if table.rows else []
    return html.Div([inside, html.Div(tools, className="tools under")] if tools else [inside])


def uploads_table(view: View) -> Table:
    """Files that were uploaded, the latest first."""
    columns = (
        Column("name", "File"), Column("table", "Holds"), Column("size", "Size"), Column("status", "Status"), Column("by", "By"), Column("at", "When"),
    )  # fmt: skip
    said = {"ready": "waits for a run", "used": "read by a run"}
    rows = [
        (one.name, one.table.replace("_", " "), pieces.size(one.size), said.get(one.status, one.status), one.uploaded_by, pieces.moment(one.created_at))
        for one in Uploads(view.desk.root, view.desk.book).list(SHOWN)
    ]  # fmt: skip
    return pieces.table("Files that were uploaded", columns, rows, empty="No file was uploaded yet.")


def runs_table(view: View) -> Table:
    """Runs, the latest first, with what they read."""
    columns = (
        Column("run", "Run"), Column("status", "Status"), Column("at", "Begun"), Column("took", "Took"), Column("customers", "Customers", "count"),
        Column("read", "Read"),
    )  # fmt: skip
    words = {"done": "done", "failed": "failed", "running": "running", "killed": "broken off"}
    try:
        known = State(view.desk.book.url).runs()[:SHOWN]
    except LifeworthError:
        known = []
    rows = []
    for one in known:
        names = [item["name"] for item in one["imports"]]
        read = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
        took = pieces.lasted(one["started_at"], one["finished_at"])
        counted = one["summary"].get("customers") if isinstance(one["summary"], dict) else None
        rows.append((one["run_id"], words.get(one["status"], one["status"]), pieces.moment(one["started_at"]), took, counted if isinstance(counted, int) else None, read))  # fmt: skip
    return pieces.table("Runs", columns, rows, caption="The latest ten stay on disk, with their tables.", empty="Nothing has been run yet.")  # fmt: skip
