"""Excel workbooks: one sheet, every cell as the text a person reads there."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from lifeworth.data.sources.files import unique
from lifeworth.data.sources.source import Raw, SourceFile
from lifeworth.data.sources.survey import survey
from lifeworth.engine.base import Engine
from lifeworth.errors import FileError, near


def read_excel_file(engine: Engine, name: str, path: Path, sheet: str | None = None) -> Raw:
    """Load a sheet of a workbook: the named one, or the first that has rows below a header.

    Rows that are blank from end to end are no rows; the others keep their number in the sheet.

    Raises:
        FileError: if the workbook cannot be opened, or has no such sheet or no rows.
    """
    import fastexcel

    try:
        book = fastexcel.read_excel(path)
    except Exception as error:
        raise FileError(
            f"{path} cannot be opened as a workbook: {str(error).splitlines()[0]}.",
            hint="Open it in the spreadsheet program and save it as .xlsx or .csv, without a password.",
        ) from error
    names = list(book.sheet_names)
    if sheet is not None and sheet not in names:
        raise FileError(f'{path} has no sheet "{sheet}". {near(sheet, names)}'.rstrip(), allowed=names)
    for candidate in [sheet] if sheet is not None else names:
        cells = book.load_sheet(candidate, header_row=None, skip_rows=0, dtypes="string").to_arrow()
        raw = _rows_of(engine, name, path, candidate, cells, many=len(names) > 1)
        if raw is not None:
            return raw
    raise FileError(f"{path} has no sheet with a header and rows below it.", hint="Export it again.")


def _rows_of(engine: Engine, name: str, path: Path, sheet: str, cells: pa.RecordBatch, *, many: bool) -> Raw | None:
    table = pa.Table.from_batches([cells])
    if table.num_columns == 0:
        return None
    number = pa.array(range(1, table.num_rows + 1), pa.int64())
    texts = [column.cast(pa.string()) for column in table.columns]
    filled = texts[0].is_valid()
    for text in texts[1:]:
        filled = pc.or_(filled, text.is_valid())
    kept = pa.table([*texts, number], names=[*(str(i) for i in range(len(texts))), "_row"]).filter(filled)
    if kept.num_rows < 2:
        return None
    header = [kept.column(i)[0].as_py() or "" for i in range(len(texts))]
    columns, renamed = unique(header)
    rows = kept.slice(1).rename_columns([*columns, "_row"])
    engine.load(name, rows)
    notes = [f"{path.name}: {words}" for words in renamed]
    if many:
        notes.append(f'{path.name}: the sheet "{sheet}" was read (another one: {path.name}#Sheet)')
    digest = survey(path, "none").sha256
    file = SourceFile(path.name, path, "excel", None, None, rows.num_rows, digest, tuple(columns))
    return Raw(name, engine.table(name), file, tuple(notes), tuple(columns))
