"""Data: what came in, where every row and cent went, what was set aside, what figures mean; and the way in for new files."""

from __future__ import annotations

from typing import Any

from dash import html

from lifeworth.access.roles import Scope
from lifeworth.dashboard import address, export, pieces, take
from lifeworth.dashboard.intake import definitions, overview, quarantine, wizard
from lifeworth.dashboard.render import states
from lifeworth.dashboard.render.page import page as blocks
from lifeworth.dashboard.view import Special, View
from lifeworth.errors import NotFoundError
from lifeworth.report.spec import Table

TABS = (
    ("Imports", ""), ("Reconciliation", "reconciliation"), ("Set aside", "set-aside"), ("Definitions", "definitions"),
)  # fmt: skip


def content(view: View) -> list[Any]:
    """A tab, or the way in.

    Raises:
        NotFoundError: if there is no such tab.
    """
    below = view.path[0] if view.path else ""
    if below == "import":
        view.principal.need(Scope.RUN)
        return wizard.content(view)
    ran = _ran(view)
    drawn = {
        "": lambda: overview.content(view, ran=ran),
        "reconciliation": lambda: reconciliation(view),
        "set-aside": lambda: quarantine.content(view),
        "definitions": lambda: definitions.content(view),
    }
    if below not in drawn or len(view.path) > 1:
        raise NotFoundError(f"“Data” has no page “{'/'.join(view.path)}”.", hint="Choose one of its tabs.")
    if below and not ran:
        inside: list[Any] = [overview.welcome(view)]
    else:
        inside = drawn[below]()
    named = [(title, address.path("data", *([end] if end else []))) for title, end in TABS]
    return [
        pieces.tabs(named, "Pages of Data", address.path("data", *([below] if below else []))),
        html.Div([*inside, take.room("data")], className="answer"),
    ]


def reconciliation(view: View) -> list[Any]:
    """Where every row and cent went, as the run wrote it down."""
    found = view.desk.run().page("data")
    if found is None:
        return [
            states.state(
                "This run wrote no account that can be shown here",
                "An older Lifeworth made it.",
                steps=[("Hand in the data again", address.IMPORT)],
            )
        ]
    lead = [html.P(found.lead, className="lead")] if found.lead else []
    return [*lead, *blocks(found, exports=take.page_or_nothing(view, "data"))]


def other(view: View, what: str) -> Table:
    """A table of the reconciliation by its place.

    Raises:
        NotFoundError: if there is none.
    """
    found = view.desk.run().page("data")
    if found is None:
        raise NotFoundError("This run wrote no account.", hint="Hand in the data again.")
    return export.table_at(found, what)


def _ran(view: View) -> bool:
    try:
        view.desk.run()
    except NotFoundError:
        return False
    return True


def register(app: Any) -> None:
    """The callbacks of all tabs and of the way in."""
    wizard.register(app)
    quarantine.register(app)
    definitions.register(app)
    take.register(
        app,
        "data",
        {
            "uploads": overview.uploads_table,
            "runs": overview.runs_table,
            "aside": lambda view: quarantine.table_of(quarantine.found(view, limit=100_000)),
            "why": quarantine.reasons_table,
            "definitions": definitions.table,
        },
        others=other,
    )


PAGE = Special(
    name="data",
    title="Data",
    section="Data",
    place=10,
    icon="data",
    about="What came in, where every row and cent went, and what it is enough for.",
    content=content,
    register=register,
)
