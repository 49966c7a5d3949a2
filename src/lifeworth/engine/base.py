"""The seam to a backend: what an engine can do, and nothing of how.

A query is an Ibis expression over tables this engine handed out; it is only text until `create`, `arrow`, `batches`
or `write_parquet` asks for its rows. What is worded differently from engine to engine (reading text files, parsing
dates) stands here as a method; everything else is plain, portable Ibis.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
from ibis.expr.types import Column, Table


@dataclass(frozen=True, slots=True)
class TextFormat:
    """How a delimited text file is written."""

    delimiter: str = ","
    encoding: str = "utf-8"
    quote: str = '"'
    compression: str = "none"
    skip: int = 0


class Engine(ABC):
    """One backend: named tables in, queries run, rows out."""

    name: str

    # -- tables -------------------------------------------------------------------------------------------------------
    @abstractmethod
    def table(self, name: str) -> Table:
        """The table of this name, as an expression to build on."""

    @abstractmethod
    def tables(self) -> list[str]:
        """Names of the tables at hand."""

    @abstractmethod
    def create(self, name: str, query: Table, *, order_by: Sequence[str] = ()) -> Table:
        """Run a query once and keep its rows under a name; an older table of that name is replaced."""

    @abstractmethod
    def view(self, name: str, query: Table) -> Table:
        """Keep a query, not its rows, under a name: it costs nothing until it is read, and runs at each reading.

        The tables it reads must outlive it. An older table or view of that name is replaced.
        """

    @abstractmethod
    def load(self, name: str, rows: pa.Table | pa.RecordBatchReader) -> Table:
        """Keep Arrow rows under a name."""

    @abstractmethod
    def drop(self, *names: str) -> None:
        """Forget tables and views; a name that is not there is no fault."""

    @abstractmethod
    def append(self, name: str, query: Table) -> Table:
        """Run a query once and add its rows to a table that has the same columns in the same order."""

    # -- rows out -----------------------------------------------------------------------------------------------------
    @abstractmethod
    def arrow(self, query: Table) -> pa.Table:
        """All rows of a query."""

    @abstractmethod
    def batches(self, query: Table, size: int = 65_536) -> pa.RecordBatchReader:
        """The rows of a query in batches; drain it before the next query."""

    @abstractmethod
    def write_parquet(self, query: Table, path: Path, *, order_by: Sequence[str] = ()) -> None:
        """Write a query's rows to one Parquet file, in a stated order so that the same rows give the same bytes."""

    @abstractmethod
    def write_csv(self, query: Table, path: Path, *, order_by: Sequence[str] = ()) -> None:
        """Write a query's rows to one CSV file with a header."""

    # -- files in -----------------------------------------------------------------------------------------------------
    @abstractmethod
    def read_text(self, name: str, path: Path, layout: TextFormat, columns: Sequence[str]) -> Table:
        """Load a delimited file as text, one row a record, all columns strings, plus `_row`.

        `_row` is the line a person counts in the file when no value spans lines (2 for the first record below a
        header). A record shorter than `columns` ends in nulls.

        Raises:
            FileError: naming the row that does not fit the others.
        """

    @abstractmethod
    def scan_text(self, name: str, path: Path, layout: TextFormat, columns: Sequence[str]) -> Table:
        """As `read_text`, but nothing is loaded: the file is read anew by each query, and rows have no number."""

    @abstractmethod
    def numbered(self, name: str, first: int) -> Table:
        """A table with `_row`: the place of each row in the order the rows came in, counted from `first`."""

    @abstractmethod
    def read_parquet(self, name: str, paths: Iterable[Path]) -> Table:
        """Load Parquet files with the types they have, plus `_row`."""

    @abstractmethod
    def scan_parquet(self, name: str, path: Path) -> Table:
        """A Parquet file under a name, as it is; nothing is loaded: each query reads the columns it needs."""

    @abstractmethod
    def read_json(self, name: str, path: Path) -> Table:
        """Load JSON records (lines or one array) with the types found, plus `_row`; nested values stay nested."""

    # -- words that differ --------------------------------------------------------------------------------------------
    @abstractmethod
    def parse_time(self, text: Column, form: str) -> Column:
        """Text to timestamp by a strptime form; null where it does not fit."""

    @abstractmethod
    def iso_time(self, text: Column) -> Column:
        """ISO 8601 text (also with "/", or a blank for "T") to timestamp; null where it does not fit.

        The clock stays as written, an offset is left out. What an engine takes for a date beyond ISO ("epoch") the
        caller finds by the range of the years.
        """

    # -- look-ups -----------------------------------------------------------------------------------------------------
    @abstractmethod
    def index(self, name: str, column: str) -> None:
        """Make single values of a column quick to find in a table that is kept."""

    @abstractmethod
    def interrupt(self) -> None:
        """Stop the query that is running, from another thread; it ends with `StoppedError`."""

    # -- one row ------------------------------------------------------------------------------------------------------
    def row(self, query: Table) -> dict[str, Any]:
        """The only row of a query, as a mapping."""
        rows: list[dict[str, Any]] = self.arrow(query).to_pylist()
        if len(rows) != 1:
            raise ValueError(f"one row was expected, {len(rows)} came")
        return rows[0]

    @abstractmethod
    def close(self) -> None:
        """Let go of the backend."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
