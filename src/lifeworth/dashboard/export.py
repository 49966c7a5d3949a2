"""Tables to take along, as CSV and as Excel: all rows, full values, and nothing a spreadsheet would run.

A text that begins like a formula gets an apostrophe before it in CSV; in Excel it is written as the text it is.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from dash import ALL, Dash, Input, Output, ctx, dcc

from lifeworth.access.roles import Scope
from lifeworth.dashboard.callbacks import PreventUpdate, answers, view_now
from lifeworth.dashboard.render.page import placed
from lifeworth.errors import NotFoundError
from lifeworth.report.charts import draw
from lifeworth.report.format import raw
from lifeworth.report.spec import Block, Chart, Column, Heatmap, Page, Table, Value

FORMULA = re.compile(r"^[=+\-@\t\r]")
FORMATS = {"money": "#,##0.00", "percent": "0.0%", "count": "#,##0", "date": "d mmm yyyy", "days": "0", "ratio": "0.00"}
LONGEST_SHEET = 31


def table_at(page: Page, place: str) -> Table:
    """The numbers of the block at a place of a page.

    Raises:
        NotFoundError: if no table, chart or heat map stands there.
    """
    block = next((one for at, one in placed(page.blocks) if at == place), None)
    if isinstance(block, Table | Chart | Heatmap):
        return numbers(block)
    raise NotFoundError("There is no table at this place any more.", hint="Open the page again.")


def numbers(block: Block) -> Table:
    """The numbers of a block as a table."""
    if isinstance(block, Chart):
        return draw.numbers(block)
    if isinstance(block, Heatmap):
        return _cells(block)
    if isinstance(block, Table):
        return block
    raise NotFoundError("This block has no table.")


def comma_separated(table: Table) -> bytes:
    """A table as CSV in UTF-8, with the mark that makes Excel read it so."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_safe(column.title) for column in table.columns])
    writer.writerows([[_safe(value) if isinstance(value, str) else raw(value) for value in row] for row in table.rows])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def workbook(table: Table, *, notes: tuple[str, ...] = ()) -> bytes:
    """A table as an Excel file: typed cells, a frozen head, and a second sheet with what the columns mean."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True})  # fmt: skip
    head, sheet = (
        book.add_format({"bold": True, "bottom": 1, "text_wrap": True}),
        book.add_worksheet(_sheet(table.title)),
    )
    for at, column in enumerate(table.columns):
        kind = book.add_format({"num_format": FORMATS[column.kind]}) if column.kind in FORMATS else None
        sheet.write_string(0, at, column.title, head)
        longest = len(column.title)
        for turn, row in enumerate(table.rows, 1):
            _write(sheet, turn, at, row[at], kind)
            longest = max(longest, len(row[at]) if isinstance(row[at], str) else 10)  # type: ignore[arg-type]
        sheet.set_column(at, at, min(longest + 2, 60))
    sheet.freeze_panes(1, 0)
    said = [
        *((column.title, column.definition) for column in table.columns if column.definition),
        *(("", note) for note in notes),
    ]
    if said:
        about = book.add_worksheet("About")
        for turn, (name, words) in enumerate(said):
            about.write_string(turn, 0, name)
            about.write_string(turn, 1, words)
        about.set_column(0, 0, 28)
        about.set_column(1, 1, 90)
    book.close()
    return out.getvalue()


def file_name(title: str, form: str) -> str:
    """A name for the file that every system can keep."""
    plain = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    return f"{plain[:60] or 'table'}.{form}"


def _write(sheet: Any, row: int, at: int, value: Value, kind: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, at, value)
    elif isinstance(value, int | float | Decimal):
        sheet.write_number(row, at, float(value), kind)
    elif isinstance(value, date):
        sheet.write_datetime(row, at, value, kind)
    else:
        sheet.write_string(row, at, value)


def _safe(text: str) -> str:
    return f"'{text}" if FORMULA.match(text) else text


def _sheet(title: str) -> str:
    return re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:LONGEST_SHEET] or "Table"


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
        made = workbook(table, notes=(f"As of {page.as_of}",) if page.as_of else ()) if form == "xlsx" else comma_separated(table)  # fmt: skip
        return dcc.send_bytes(made, file_name(table.title, form))
