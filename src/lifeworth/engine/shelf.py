"""A shelf: tables in one file that are only looked up, by key or page by page, from many threads and processes at once.

A face that answers a thousand questions a minute cannot compile a query for each. Here the questions are few and known: one
row by its key, a filtered and sorted page, a count, a stream of all that match. They are written in SQL once, the names taken
from the table itself and every value handed over as a parameter.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

import duckdb
import pyarrow as pa

from lifeworth.errors import OptionError, StorageError, near

Op: TypeAlias = Literal["eq", "ne", "lt", "le", "gt", "ge", "in", "contains", "starts", "empty", "filled"]

_COLUMNS = """SELECT table_name, column_name, data_type FROM duckdb_columns()
WHERE table_name IN (SELECT table_name FROM duckdb_tables()) ORDER BY table_name, column_index"""

_WORDED: dict[str, str] = {
    "eq": "{0} = ?",
    "ne": "{0} IS DISTINCT FROM ?",
    "lt": "{0} < ?",
    "le": "{0} <= ?",
    "gt": "{0} > ?",
    "ge": "{0} >= ?",
    "contains": "contains(lower({0}), lower(?))",
    "starts": "starts_with(lower({0}), lower(?))",
    "empty": "{0} IS NULL",
    "filled": "{0} IS NOT NULL",
}


@dataclass(frozen=True, slots=True)
class Condition:
    """What a row must meet: a column, a comparison, a value (several for `in`, none for `empty` and `filled`)."""

    column: str
    op: Op
    value: Any = None


@dataclass(frozen=True, slots=True)
class Order:
    """A column to sort by; rows without a value come last either way."""

    column: str
    descending: bool = False


class Shelf:
    """A file of tables, open for reading."""

    def __init__(self, path: Path, *, threads: int | None = None) -> None:
        """Open a file that an engine wrote.

        Raises:
            StorageError: if it is not there, or damaged.
        """
        self.path = path
        try:
            config: dict[str, Any] = {} if threads is None else {"threads": threads}
            self._connection = duckdb.connect(str(path), read_only=True, config=config)
            found = self._connection.execute(_COLUMNS).fetchall()
        except duckdb.Error as error:
            raise StorageError(f"{path} cannot be read: {error}.", hint="Remove it; it is made anew.") from error
        self.tables: dict[str, dict[str, str]] = {}
        for table, column, kind in found:
            self.tables.setdefault(table, {})[column] = kind
        self._own = threading.local()

    def get(self, table: str, key: str, value: Any) -> dict[str, Any] | None:
        """The row with this key, or none."""
        sql = f"SELECT * FROM {self._table(table)} WHERE {self._column(table, key)} = ? LIMIT 1"
        cursor = self._run(sql, [value])
        row = cursor.fetchone()
        return None if row is None else dict(zip([one[0] for one in cursor.description or ()], row, strict=True))

    def rows(
        self,
        table: str,
        *,
        columns: Sequence[str] = (),
        where: Sequence[Condition] = (),
        order: Sequence[Order] = (),
        after: Sequence[Any] = (),
        limit: int = 100,
        offset: int = 0,
        wide: bool = False,
    ) -> list[dict[str, Any]]:
        """A page of rows.

        Args:
            table: Name of the table.
            columns: Which to read; all where none is named.
            where: Conditions, all of which must hold.
            order: Columns to sort by; name a key last, so that rows have one order only.
            after: Values of the order's columns in the last row of the page before; rows up to it are left out.
            limit: Rows at most.
            offset: Rows to leave out.
            wide: Whether the table is long and wide: then only what is sorted by is read of all rows, and the rest of those in the page.

        Raises:
            OptionError: if a column is not there, or a value does not fit it.
        """
        if wide:
            cursor = self._run(*self._in_two(table, columns, where, order, after, limit, offset))
        else:
            sql, values = self._query(table, columns, where, order, after)
            cursor = self._run(f"{sql} LIMIT ? OFFSET ?", [*values, limit, offset])
        names = [one[0] for one in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def count(self, table: str, where: Sequence[Condition] = ()) -> int:
        """How many rows meet the conditions."""
        tests, values = self._tests(table, where)
        found = self._run(f"SELECT count(*) FROM {self._table(table)}{tests}", values).fetchone()
        return int(found[0]) if found else 0

    def values(self, table: str, column: str, limit: int = 200) -> list[Any]:
        """The values of a column that occur, most frequent first, without the missing one."""
        name = self._column(table, column)
        sql = f"SELECT {name} FROM {self._table(table)} WHERE {name} IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT ?"
        return [row[0] for row in self._run(sql, [limit]).fetchall()]

    def batches(
        self,
        table: str,
        *,
        columns: Sequence[str] = (),
        where: Sequence[Condition] = (),
        order: Sequence[Order] = (),
        size: int = 16_384,
    ) -> pa.RecordBatchReader:
        """All rows that match, as a stream of Arrow batches on a cursor of its own."""
        sql, values = self._query(table, columns, where, order, ())
        with _told():
            return self._connection.cursor().sql(sql, params=values).to_arrow_reader(size)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    # -- inside -------------------------------------------------------------------------------------------------------
    def _cursor(self) -> duckdb.DuckDBPyConnection:
        """A cursor for each thread: DuckDB's connections are not shared between threads."""
        cursor: duckdb.DuckDBPyConnection | None = getattr(self._own, "cursor", None)
        if cursor is None:
            cursor = self._own.cursor = self._connection.cursor()
        return cursor

    def _run(self, sql: str, values: Sequence[Any]) -> duckdb.DuckDBPyConnection:
        with _told():
            return self._cursor().execute(sql, list(values))

    def _query(
        self,
        table: str,
        columns: Sequence[str],
        where: Sequence[Condition],
        order: Sequence[Order],
        after: Sequence[Any],
    ) -> tuple[str, list[Any]]:
        shown = ", ".join(self._column(table, name) for name in columns) or "*"
        tests, values = self._tests(table, where)
        if after:
            beyond, more = self._beyond(table, order, after)
            tests = f"{tests} AND {beyond}" if tests else f" WHERE {beyond}"
            values += more
        sorts = [f"{self._column(table, one.column)} {'DESC' if one.descending else 'ASC'} NULLS LAST" for one in order]
        ordered = f" ORDER BY {', '.join(sorts)}" if sorts else ""
        return f"SELECT {shown} FROM {self._table(table)}{tests}{ordered}", values

    def _in_two(
        self,
        table: str,
        columns: Sequence[str],
        where: Sequence[Condition],
        order: Sequence[Order],
        after: Sequence[Any],
        limit: int,
        offset: int,
    ) -> tuple[str, list[Any]]:
        """The places of the page's rows first, then those rows: sorting a million rows with all their columns takes three times as long."""
        inner, values = self._query(table, (), where, order, after)
        places = f"{inner.replace('SELECT *', 'SELECT rowid', 1)} LIMIT ? OFFSET ?"
        outer, _ = self._query(table, columns, (), order, ())
        head, ordered, rest = outer.partition(" ORDER BY ")
        return f"{head} WHERE rowid IN ({places}){ordered}{rest}", [*values, limit, offset]

    def _tests(self, table: str, where: Sequence[Condition]) -> tuple[str, list[Any]]:
        tests, values = [], []
        for one in where:
            name = self._column(table, one.column)
            if one.op == "in":
                several = list(one.value)
                tests.append(f"{name} IN ({', '.join('?' * len(several))})" if several else "false")
                values += several
                continue
            if one.op not in _WORDED:
                raise OptionError(f'"{one.op}" is no comparison.', allowed=[*_WORDED, "in"])
            tests.append(_worded(one).format(name))
            values += [] if one.op in {"empty", "filled"} else [one.value]
        return (" WHERE " + " AND ".join(tests) if tests else ""), values

    def _beyond(self, table: str, order: Sequence[Order], after: Sequence[Any]) -> tuple[str, list[Any]]:
        """Rows that come later in this order than one with these values; a missing value comes last."""
        if len(order) != len(after):
            raise OptionError("The place to go on from does not fit the order.", hint="Begin at the first page again.")
        ways: list[str] = []
        values: list[Any] = []
        same: list[str] = []
        held: list[Any] = []
        for one, value in zip(order, after, strict=True):
            name = self._column(table, one.column)
            if value is not None:
                ways.append(" AND ".join([*same, f"({name} {'<' if one.descending else '>'} ? OR {name} IS NULL)"]))
                values += [*held, value]
            same.append(f"{name} IS NOT DISTINCT FROM ?")
            held.append(value)
        return "(" + (" OR ".join(f"({way})" for way in ways) or "false") + ")", values

    def _table(self, name: str) -> str:
        if name not in self.tables:
            raise OptionError(f'There is no table "{name}".', allowed=self.tables)
        return _quoted(name)

    def _column(self, table: str, name: str) -> str:
        known = self.tables.get(table, {})
        if name not in known:
            raise OptionError(f'"{name}" is no column of {table}. {near(name, known)}'.rstrip(), allowed=known)
        return _quoted(name)


class _told:  # noqa: N801 - used like a function
    """Turn what DuckDB says of a value into what a person can act on."""

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, duckdb.ConversionException | duckdb.InvalidInputException | duckdb.BinderException):
            line = str(error).splitlines()[0]
            raise OptionError(
                f"A value does not fit its column: {line}", hint="Dates are written 2026-06-30."
            ) from error
        if isinstance(error, duckdb.IOException):
            raise StorageError(str(error), hint="The file is made anew when it is gone.") from error


def _worded(one: Condition) -> str:
    """A comparison in SQL; where a text has no letters of two cases, those of a million rows need not be changed either."""
    said = _WORDED[one.op]
    caseless = isinstance(one.value, str) and one.value.lower() == one.value.upper()
    return said.replace("lower({0})", "{0}").replace("lower(?)", "?") if caseless else said


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
