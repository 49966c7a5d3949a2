"""Tables to take along, as CSV and as Excel: all rows and full values, also of what is drawn as a picture."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from dash import ALL, Dash, Input, Output, ctx, dcc

from lifeworth.access.roles import Scope
from lifeworth.dashboard.callbacks import PreventUpdate, answers, view_now
from lifeworth.dashboard.render.page import placed
from lifeworth.errors import NotFoundError
from lifeworth.report.charts import draw
from lifeworth.report.files import table_csv, table_xlsx
from lifeworth.report.spec import Block, Chart, Column, Heatmap, Network, Page, Table, Value


def table_at(page: Page, place: str) -> Table:
    """The numbers of the block at a place of a page.

    Raises:
        NotFoundError: if no table, chart, heat map or network stands there.
    """
    block = next((one for at, one in placed(page.blocks) if at == place), None)
    if isinstance(block, Table | Chart | Heatmap | Network):
        return numbers(block)
    raise NotFoundError("There is no table at this place any more.", hint="Open the page again.")


def numbers(block: Block) -> Table:
    """The numbers of a block as a table."""
    if isinstance(block, Chart):
        return draw.numbers(block)
    if isinstance(block, Heatmap):
        return _cells(block)
    if isinstance(block, Network):
        return block.table()
    if isinstance(block, Table):
        return block
    raise NotFoundError("This block has no table.")


def file_name(title: str, form: str) -> str:
    """A name for the file that every system can keep."""
    plain = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    return f"{plain[:60] or 'table'}.{form}"


def _cells(block: Heatmap) -> Table:
    """A row for each row; where some cells are predicted, a row for each cell, so that they can be told apart."""
    if block.marks:
        columns = (
            Column("row", block.row_title),
            Column("column", block.column_title),
            Column("value", "Value", block.kind),
            Column("predicted", "Predicted"),
        )
        cells = tuple(
            (name, block.columns[at], value, (turn, at) in block.marks)
            for turn, name in enumerate(block.rows)
            for at, value in enumerate(block.values[turn])
            if value is not None
        )  # fmt: skip
        return Table(block.title, columns, cells)
    heads = [
        Column("row", block.row_title),
        *block.side,
        *(Column(f"v{at}", name, block.kind) for at, name in enumerate(block.columns)),
    ]
    rows = tuple((name, *block.side_values[turn], *values) if block.side else (name, *values) for turn, (name, values) in enumerate(zip(block.rows, block.values, strict=True)))  # fmt: skip
    return Table(block.title, tuple(heads), tuple(_padded(row, len(heads)) for row in rows))


def _padded(row: tuple[Value, ...], length: int) -> tuple[Value, ...]:
    return (*row, *[None] * (length - len(row)))[:length]


def register(app: Dash, page_of: Any) -> None:
    """Downloads of all boards; `page_of` gives the page that is shown at an address."""

    @answers(app, Output("download", "data"), Input({"type": "export", "place": ALL, "form": ALL}, "n_clicks"), prevent_initial_call=True)  # fmt: skip
    def take_along(clicks: list[int | None]) -> Any:
        asked = ctx.triggered_id
        if not any(clicks) or not isinstance(asked, dict):
            raise PreventUpdate
        view = view_now()
        view.principal.need(Scope.EXPORT)
        page = page_of()
        table = table_at(page, str(asked["place"]))
        table = replace(table, title=table.title or page.title)
        form = "xlsx" if asked["form"] == "xlsx" else "csv"
        view.trail.note(view.principal.name, "table.export", f"{page.name}: {table.title}", detail={"form": form, "rows": len(table.rows)})  # fmt: skip
        made = table_xlsx(table, page.currency) if form == "xlsx" else table_csv(table)
        return dcc.send_bytes(made, file_name(table.title, form))
