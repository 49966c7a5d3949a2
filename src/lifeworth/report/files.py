"""Tables as files that people open elsewhere: CSV and Excel, full values, and no text that a spreadsheet would run."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from lifeworth.errors import OptionError
from lifeworth.report.spec import Table, Value

RISKY = r"^[=+\-@\t\r\n]"
NUMBER = r"^[+\-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+\-]?\d+)?$"
_IS_RISKY, _IS_NUMBER = re.compile(RISKY), re.compile(NUMBER)
SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "nan_inf_to_errors": True}
"""How a workbook is opened, so that a text stays one."""
WIDEST = 60
"""Characters of the widest column of a spreadsheet."""


def safe(value: Any) -> Any:
    """A text that begins as a formula does with an apostrophe before it, unless it is a number; everything else as it is."""
    if isinstance(value, str) and _IS_RISKY.match(value) and not _IS_NUMBER.match(value):
        return "'" + value
    return value


def table_csv(table: Table) -> bytes:
    """A table of a page as CSV, its column titles as the header."""
    names = [safe(column.title) for column in table.columns]
    rows = [[_text(safe(value)) for value in row] for row in table.rows]
    return "".join(",".join(_quoted(one) for one in row) + "\r\n" for row in [names, *rows]).encode("utf-8-sig")


def table_xlsx(table: Table, currency: str = "") -> bytes:
    """A table of a page as a spreadsheet: numbers as numbers in their format, texts as texts."""
    return workbook([table], currency)


def workbook(tables: Sequence[Table], currency: str = "") -> bytes:
    """Tables as one spreadsheet, a sheet each, named as they are.

    Raises:
        OptionError: if the library that writes Excel is not installed.
    """
    try:
        import xlsxwriter
    except ImportError as error:
        raise OptionError(
            "Excel files need the library xlsxwriter, which is not installed.", hint='pip install "lifeworth[serve]"'
        ) from error
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, SAFE) as book:
        formats = formats_of(book, currency)
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        taken: set[str] = set()
        for table in tables:
            sheet = book.add_worksheet(_sheet_name(table.title, taken))
            for place, column in enumerate(table.columns):
                sheet.write_string(0, place, column.title, bold)
                sheet.set_column(place, place, _width(column.title, [row[place] for row in table.rows]))
            for number, row in enumerate(table.rows, start=1):
                for place, (column, value) in enumerate(zip(table.columns, row, strict=True)):
                    cell(sheet, number, place, value, formats.get(column.kind), formats["date"])
            sheet.freeze_panes(1, 0)
    return out.getvalue()


def formats_of(book: Any, currency: str) -> dict[str, Any]:
    """How each kind of figure is shown in a workbook."""
    places = "0" if currency in {"JPY", "KRW", "CLP", "ISK", "VND"} else "0.00"
    told = {"money": f"#,##{places}", "percent": "0.0%", "count": "#,##0", "number": "#,##0.00", "ratio": "0.00", "date": "yyyy-mm-dd", "days": "#,##0", "years": "0.0"}  # fmt: skip
    return {kind: book.add_format({"num_format": form}) for kind, form in told.items()}


def cell(sheet: Any, row: int, column: int, value: Any, form: Any, day: Any) -> None:
    """Write a value as what it is."""
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float | Decimal):
        sheet.write_number(row, column, float(value), form)
    elif isinstance(value, datetime):
        sheet.write_datetime(row, column, value.replace(tzinfo=None), day)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, day)
    else:
        # Written as a text, it is one, whatever it begins with.
        sheet.write_string(row, column, str(value)[:32_767])


def _width(title: str, values: Sequence[Value]) -> int:
    longest = max((len(value) for value in values if isinstance(value, str)), default=0)
    return max(10, min(WIDEST, max(len(title), longest) + 2))


def _sheet_name(title: str, taken: set[str]) -> str:
    plain = ("".join(" " if one in "[]:*?/\\" else one for one in title).strip("' ") or "Table")[:31]
    name = next(one for one in (plain, *(f"{plain[:28]} {at}" for at in range(2, 100))) if one.lower() not in taken)
    taken.add(name.lower())
    return name


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float):
        return repr(value)
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in ',"\r\n;') else text
