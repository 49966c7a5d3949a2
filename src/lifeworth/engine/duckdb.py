"""DuckDB, embedded: the engine of one machine."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import duckdb
import ibis
import ibis.expr.datatypes as dt
import pyarrow as pa
from ibis.expr.types import Column, Table

from lifeworth.engine.base import Engine, TextFormat
from lifeworth.errors import FileError, StoppedError, StorageError

_NAMES = """SELECT table_name, 'TABLE' AS kind FROM duckdb_tables() UNION ALL
SELECT view_name, 'VIEW' FROM duckdb_views() WHERE NOT internal"""
KEPT = 1024
"""Queries whose SQL is kept: about what two runs with every table ask."""
_ENCODINGS = {"utf-8": "utf-8", "utf-16": "utf-16", "latin-1": "latin-1"}


@ibis.udf.scalar.builtin  # type: ignore[untyped-decorator]
def try_strptime(text: str, form: str) -> dt.timestamp:
    """DuckDB's strptime that answers null where the text does not fit."""


class DuckDBEngine(Engine):
    """Tables live in one DuckDB database, in memory or in a file that may spill to disk."""

    name = "duckdb"

    def __init__(
        self,
        database: Path | None = None,
        *,
        memory_limit: str | None = None,
        spill: Path | None = None,
        read_only: bool = False,
    ) -> None:
        with _faults(database):
            self._connection = duckdb.connect(":memory:" if database is None else str(database), read_only=read_only)
        settings = {"memory_limit": memory_limit, "temp_directory": None if spill is None else str(spill)}
        for setting, value in settings.items():
            if value is not None:
                self._connection.execute(f"SET {setting} = {_text(value)}")
        self._connection.execute("SET enable_progress_bar = false")
        # A moment with a zone is told by the clock of UTC, whatever the zone of this machine.
        self._connection.execute("SET TimeZone = 'UTC'")
        self._connection.execute("SET autoinstall_known_extensions = false; SET autoload_known_extensions = false")
        self._kinds: dict[str, str] = dict(self._connection.execute(_NAMES).fetchall())

    # -- tables -------------------------------------------------------------------------------------------------------
    def table(self, name: str) -> Table:
        with _faults():
            schema = self._connection.sql(f"SELECT * FROM {_name(name)} LIMIT 0").to_arrow_table().schema
        return ibis.table(ibis.Schema.from_pyarrow(schema), name=name)

    def tables(self) -> list[str]:
        return [row[0] for row in self._connection.execute(_NAMES + " ORDER BY 1").fetchall()]

    def create(self, name: str, query: Table, *, order_by: Sequence[str] = ()) -> Table:
        with _faults():
            self._clear(name, "VIEW")
            self._connection.execute(f"CREATE OR REPLACE TABLE {_name(name)} AS {self._sql(query, order_by)}")
        return self._made(name, "TABLE")

    def view(self, name: str, query: Table) -> Table:
        with _faults():
            self._clear(name, "TABLE")
            self._connection.execute(f"CREATE OR REPLACE VIEW {_name(name)} AS {self._sql(query)}")
        return self._made(name, "VIEW")

    def append(self, name: str, query: Table) -> Table:
        with _faults():
            self._connection.execute(f"INSERT INTO {_name(name)} {self._sql(query)}")
        return self.table(name)

    def load(self, name: str, rows: pa.Table | pa.RecordBatchReader) -> Table:
        with _faults():
            self._clear(name, "VIEW")
            self._connection.register("_incoming", rows)
            try:
                self._connection.execute(f"CREATE OR REPLACE TABLE {_name(name)} AS SELECT * FROM _incoming")
            finally:
                self._connection.unregister("_incoming")
        return self._made(name, "TABLE")

    def drop(self, *names: str) -> None:
        for name in names:
            self._clear(name, "TABLE")
            self._clear(name, "VIEW")

    # -- rows out -----------------------------------------------------------------------------------------------------
    def arrow(self, query: Table) -> pa.Table:
        with _faults():
            return self._connection.sql(self._sql(query)).to_arrow_table()

    def batches(self, query: Table, size: int = 65_536) -> pa.RecordBatchReader:
        with _faults():
            return self._connection.sql(self._sql(query)).to_arrow_reader(size)

    def write_parquet(self, query: Table, path: Path, *, order_by: Sequence[str] = ()) -> None:
        self._copy(query, path, "FORMAT parquet, COMPRESSION zstd", order_by)

    def write_csv(self, query: Table, path: Path, *, order_by: Sequence[str] = ()) -> None:
        self._copy(query, path, "FORMAT csv, HEADER", order_by)

    # -- files in -----------------------------------------------------------------------------------------------------
    def read_text(self, name: str, path: Path, layout: TextFormat, columns: Sequence[str]) -> Table:
        # Parallel reading keeps the order of the file, so the row number a table is given is the one a person counts.
        first = layout.skip + 2
        if layout.encoding == "utf-8":
            # Padding short records and values that span lines do not go together in parallel; DuckDB then says so.
            with contextlib.suppress(_ManyLinesError):
                return self._numbered(name, _text_reader(path, layout, columns, parallel=True), path, first=first)
        return self._numbered(name, _text_reader(path, layout, columns, parallel=False), path, first=first)

    def scan_text(self, name: str, path: Path, layout: TextFormat, columns: Sequence[str]) -> Table:
        with _faults(path):
            self._clear(name, "TABLE")
            reader = _text_reader(path, layout, columns, parallel=True)
            self._connection.execute(f"CREATE OR REPLACE VIEW {_name(name)} AS SELECT * FROM {reader}")
        return self._made(name, "VIEW")

    def numbered(self, name: str, first: int) -> Table:
        # DuckDB numbers the rows of a table in the order they were read, at no cost; Ibis only has to know the name.
        rows = ibis.table({**self.table(name).schema(), "rowid": dt.int64}, name=name)
        return rows.mutate(_row=rows["rowid"] + first).drop("rowid")

    def read_parquet(self, name: str, paths: Iterable[Path]) -> Table:
        files = "[" + ", ".join(_text(str(path)) for path in paths) + "]"
        return self._numbered(name, f"read_parquet({files})", next(iter(paths), None), first=1)

    def scan_parquet(self, name: str, path: Path) -> Table:
        with _faults(path):
            self._clear(name, "TABLE")
            source = f"read_parquet({_text(str(path))})"
            self._connection.execute(f"CREATE OR REPLACE VIEW {_name(name)} AS SELECT * FROM {source}")
        return self._made(name, "VIEW")

    def read_json(self, name: str, path: Path) -> Table:
        reader = f"read_json({_text(str(path))}, format = 'auto', sample_size = -1, maximum_object_size = 268435456)"
        return self._numbered(name, reader, path, first=1)

    # -- words that differ --------------------------------------------------------------------------------------------
    def parse_time(self, text: Column, form: str) -> Column:
        return cast("Column", try_strptime(text, form))

    def iso_time(self, text: Column) -> Column:
        return text.try_cast("timestamp")  # DuckDB's own cast reads every ISO form and keeps the clock as written

    # -- look-ups -----------------------------------------------------------------------------------------------------
    def index(self, name: str, column: str) -> None:
        with _faults():
            self._connection.execute(f"CREATE INDEX {_name(f'{name}_by_{column}')} ON {_name(name)} ({_name(column)})")

    def interrupt(self) -> None:
        self._connection.interrupt()

    def close(self) -> None:
        self._connection.close()

    # -- inside -------------------------------------------------------------------------------------------------------
    def _clear(self, name: str, kind: str) -> None:
        """Make way for a thing of the other kind: DuckDB refuses to replace or drop it, "if exists" or not."""
        if self._kinds.get(name) == kind:
            self._connection.execute(f"DROP {kind} {_name(name)}")
            del self._kinds[name]

    def _made(self, name: str, kind: str) -> Table:
        self._kinds[name] = kind
        return self.table(name)

    def _sql(self, query: Table, order_by: Sequence[str] = ()) -> str:
        ordered = query.order_by([*order_by]) if order_by else query
        return _written(ordered.unbind().op())

    def _copy(self, query: Table, path: Path, form: str, order_by: Sequence[str]) -> None:
        with _faults(path):
            self._connection.execute(f"COPY ({self._sql(query, order_by)}) TO {_text(str(path))} ({form})")

    def _numbered(self, name: str, reader: str, path: Path | None, *, first: int) -> Table:
        with _faults(path):
            self._clear(name, "VIEW")
            self._connection.execute(f"CREATE OR REPLACE TABLE {_name(name)} AS SELECT * FROM {reader}")
            self._made(name, "TABLE")
        return self.numbered(name, first)


@lru_cache(maxsize=KEPT)
def _written(query: Any) -> str:
    """A query as SQL. It names tables and never rows, so the same question is written once, whatever the tables hold."""
    compiler = _compiler()
    return str(compiler.to_sqlglot(query.to_expr()).sql(dialect=compiler.dialect))


@cache
def _compiler() -> Any:
    """Ibis's compiler of DuckDB's SQL, and no other.

    The package it lives in imports the compilers of twenty engines, which costs every start and every end of a process
    a tenth of a second. So a stand-in takes the place of the package while this one is imported, and everything is put
    back as it was: whoever uses Ibis beside us gets the package itself.
    """
    package = "ibis.backends.sql.compilers"
    if package in sys.modules:
        return import_module(f"{package}.duckdb").compiler
    spec = find_spec(package)
    stand_in = ModuleType(package)
    stand_in.__path__ = [] if spec is None else [*(spec.submodule_search_locations or [])]
    sys.modules[package] = stand_in
    try:
        return import_module(f"{package}.duckdb").compiler
    finally:
        for name in [one for one in sys.modules if one == package or one.startswith(f"{package}.")]:
            del sys.modules[name]


def _text_reader(path: Path, layout: TextFormat, columns: Sequence[str], *, parallel: bool) -> str:
    names = "{" + ", ".join(f"{_text(column)}: 'VARCHAR'" for column in columns) + "}"
    return (
        f"read_csv({_text(str(path))}, columns = {names}, header = true, delim = {_text(layout.delimiter)}, "
        f"quote = {_text(layout.quote)}, escape = {_text(layout.quote)}, auto_detect = false, "
        f"null_padding = true, encoding = {_text(_ENCODINGS[layout.encoding])}, "
        f"compression = {_text(layout.compression)}, skip = {layout.skip}, strict_mode = true, "
        f"max_line_size = 16777216, parallel = {_bool(parallel)}, nullstr = '')"
    )


@contextlib.contextmanager
def _faults(path: Path | None = None) -> Iterator[None]:
    """Turn what DuckDB says into what a person can act on."""
    where = "" if path is None else f"{path.name}: "
    try:
        yield
    except duckdb.InvalidInputException as error:
        if broken := _broken_record(str(error)):
            raise FileError(
                f"{where.rstrip(': ')}, {broken}",
                hint="Put a value that holds the delimiter in quotes, close every quote, or export the file again.",
            ) from error
        raise FileError(f"{where}{_short(error)}", hint="Mend the row it names, or export the file again.") from error
    except (duckdb.ConversionException, duckdb.SerializationException) as error:
        raise FileError(f"{where}{_short(error)}") from error
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        text = str(error)
        if re.search(r"No space left|disk|could not write|temp_directory|memory", text, re.IGNORECASE):
            raise StorageError(
                f"{where}{_short(error)}", hint="Free some space, or name another folder with --workspace."
            ) from error
        raise FileError(f"{where}{_short(error)}") from error
    except duckdb.InterruptException as error:
        raise StoppedError("It was stopped before it came to its end.", hint="Ask again.") from error
    except duckdb.Error as error:
        if "does not support null_padding" in str(error):
            raise _ManyLinesError(f"{where}{_short(error)}") from error
        raise


class _ManyLinesError(FileError):
    """A quoted value spans lines, which DuckDB does not read in parallel together with short records."""


def _broken_record(text: str) -> str:
    """What is wrong with a record of a text file, in the words of a person; empty where the fault is another."""
    line = re.search(r"CSV Error on Line: (\d+)\s*(?:Original Line:\s*(.{0,80}))?", text)
    if line is None:
        return ""
    shown = f": {line[2].strip()}" if line[2] else ""
    if fields := re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", text):
        return f"row {line[1]} has {fields[2]} values for {fields[1]} columns{shown}"
    if "quote" in text.lower():
        return f"row {line[1]} opens a quote that is not closed as it should be{shown}"
    return ""


def _short(error: Exception) -> str:
    lines = [line for line in str(error).splitlines() if line.strip()]
    return " ".join(lines[:3])


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _bool(value: Any) -> str:
    return "true" if value else "false"
