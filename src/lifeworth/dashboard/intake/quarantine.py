"""Rows that were set aside: why, what to do about it, and the rows themselves."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, html

from lifeworth.dashboard import pieces, take
from lifeworth.dashboard.callbacks import answers, view_now
from lifeworth.dashboard.render import states
from lifeworth.dashboard.render.page import block
from lifeworth.dashboard.view import View
from lifeworth.data.reasons import reason
from lifeworth.report.spec import Column, Table
from lifeworth.serving.aside import Aside, aside

SHOWN = 2_000
COLUMNS = (
    Column("table", "Table"), Column("file", "File"), Column("row", "Row", "count", "as a person counts it in the file"), Column("reason", "Why"),
    Column("column", "Column"), Column("value", "What stands there"), Column("customer", "Customer"), Column("day", "Day", "date"),
    Column("money", "Money", "money", "what the row would have brought"),
)  # fmt: skip


def found(view: View, why: str = "", limit: int = SHOWN) -> Aside:
    """Rows set aside, as who asks may see them."""
    return aside(view.desk.root, view.desk.run(), why=why, limit=limit, personal=view.principal.personal, alias=view.desk.alias)  # fmt: skip


def content(view: View) -> list[Any]:
    """The tab."""
    everything = found(view, view.arguments.get("why", ""))
    if not everything.reasons:
        return [states.state("Nothing was set aside", "Every row of what was handed in could be used.", sign="check")]
    options = [{"value": "", "label": f"All reasons ({sum(n for _, n in everything.reasons.values()):,})"}]
    options += [{"value": code, "label": f"{words} ({count:,})"} for code, (words, count) in everything.reasons.items()]
    return [
        html.P("Nothing is dropped in silence: a row that cannot be used stands here, with its reason.", className="lead"),
        block(_reasons(everything), "", "why", exports=take.page_or_nothing(view, "data")),
        html.Div(
            [
                html.Div(
                    dmc.Select(id="aside-why", label="Reason", data=options, value=view.arguments.get("why", ""), size="xs", allowDeselect=False),
                    className="filter wide",
                ),
                html.Div(take.tools(view, "data", "aside", "Rows set aside"), className="tools"),
            ],
            className="filters",
        ),
        html.Div(rows_of(view, everything), id="aside-rows"),
    ]  # fmt: skip


def reasons_table(view: View) -> Table:
    """Why rows were set aside, how many each time, and what to do."""
    return _reasons(found(view, ""))


def _reasons(everything: Aside) -> Table:
    columns = (Column("why", "Why"), Column("rows", "Rows", "count", bar=True), Column("do", "What to do about it"))
    rows = [(words, count, advice(code)) for code, (words, count) in everything.reasons.items()]
    return pieces.table("Why rows were set aside", columns, rows)


def rows_of(view: View, some: Aside) -> Any:
    """The rows as a table."""
    return block(table_of(some), view.desk.run().currency, "aside", exports=False)


def table_of(some: Aside) -> Table:
    """The rows as a table of plain values."""
    # Columns in which nothing stands are left out: most rows are set aside for no single value.
    filled = [one for one in COLUMNS if any(row[one.key] is not None for row in some.rows)]
    rows = [tuple(row[column.key] for column in filled) for row in some.rows]
    cut = f"The first {len(rows):,} of {some.total:,}." if some.total > len(rows) else ""
    return pieces.table("Rows set aside", filled, rows, caption=cut)


HERE = {
    "date_unreadable": "Write it as 2025-03-04, or say at the import how dates are to be read.",
    "duplicate": "If both are meant, say in the settings of the run that repeated rows are kept.",
    "zero_value": "If it is a purchase, say in the settings of the run that orders worth nothing are kept.",
    "after_as_of": "Choose a later last day in the settings of the run to count it.",
    "value_missing": "Fill it in, or say at the import which column it is.",
}
"""The next step where it is taken on a page instead of on a command line."""


def advice(code: str) -> str:
    """The next step for a reason, as it is taken here."""
    return HERE.get(code) or reason(code).advice


def register(app: Dash) -> None:
    """The filter by reason."""

    @answers(app, Output("aside-rows", "children"), Input("aside-why", "value"), prevent_initial_call=True)
    def choose(why: str | None) -> Any:
        view = view_now()
        return rows_of(view, found(view, why or ""))
