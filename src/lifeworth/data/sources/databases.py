"""Tables of databases by URL: DuckDB and SQLite files, PostgreSQL. Read only, in Arrow batches, through ADBC."""

from __future__ import annotations

import re
from pathlib import Path

from lifeworth.data.sources.arrow import load_rows
from lifeworth.data.sources.source import Raw
from lifeworth.engine.base import Engine
from lifeworth.engine.connect import connect
from lifeworth.errors import FileError, InputError, LifeworthError, OptionError, near

SCHEMES = ("duckdb", "sqlite", "postgresql", "postgres")
_URL = re.compile(r"^(\w+)://(.*)$", re.DOTALL)

_COLUMNS = (
    "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute"
    " WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
)
_TABLES = (
    "SELECT CASE WHEN pg_table_is_visible(c.oid) THEN relname ELSE nspname || '.' || relname END"
    " FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
    " WHERE relkind IN ('r', 'v', 'm', 'p', 'f') AND nspname NOT IN ('pg_catalog', 'information_schema')"
)


def read_database(engine: Engine, name: str, url: str) -> Raw:
    """Load one table of a database: "duckdb:///f.duckdb#orders", "sqlite:///f.db#orders", "postgresql://…#orders".

    Raises:
        OptionError: if the URL is of another kind or names no table.
        FileError: if the database or the table is not there.
    """
    match = _URL.match(url)
    scheme, rest = (match[1].lower(), match[2]) if match else ("", url)
    address, _, table = rest.partition("#")
    if scheme not in SCHEMES:
        raise OptionError(
            f'"{scheme}://" is no source that can be read.',
            allowed=["a file", "duckdb:///file.duckdb#table", "sqlite:///file.db#table", "postgresql://…#table"],
        )
    if not table:
        raise OptionError(f"{_shown(url)} names no table.", hint=f"Add it behind a #: {_shown(url)}#orders")
    if scheme == "duckdb":
        return _duckdb(engine, name, Path(_file(address)), table)
    if scheme == "sqlite":
        return _sqlite(engine, name, Path(_file(address)), table)
    return _postgresql(engine, name, f"postgresql://{address}", table)


def _duckdb(engine: Engine, name: str, path: Path, table: str) -> Raw:
    _there(path)
    with connect(f"duckdb://{path}", read_only=True) as other:
        known = other.tables()
        _named(str(path), table, known)
        rows = other.batches(other.table(table))
        return load_rows(engine, name, rows, label=f"{path.name}#{table}", kind="duckdb", path=path)


def _sqlite(engine: Engine, name: str, path: Path, table: str) -> Raw:
    import adbc_driver_sqlite.dbapi

    _there(path)
    label = f"{path.name}#{table}"
    with adbc_driver_sqlite.dbapi.connect(f"file:{path}?mode=ro") as connection, connection.cursor() as cursor:
        try:
            cursor.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
            known = [row[0] for row in cursor.fetchall() or []]
            _named(str(path), table, known)
            cursor.execute(f"SELECT * FROM {_quoted(table)} LIMIT 0")
            columns = [column[0] for column in cursor.description or []]
            # A column of SQLite may hold values of several types; as text each keeps what it is.
            asked = ", ".join(f"CAST({_quoted(column)} AS TEXT) AS {_quoted(column)}" for column in columns)
            cursor.execute(f"SELECT {asked} FROM {_quoted(table)}")
            return load_rows(engine, name, cursor.fetch_record_batch(), label=label, kind="sqlite", path=path)
        except LifeworthError:
            raise
        except Exception as error:
            raise FileError(f"{path} cannot be read as an SQLite database: {error}.") from error


def _postgresql(engine: Engine, name: str, address: str, table: str) -> Raw:
    try:
        import adbc_driver_postgresql.dbapi as driver
    except ImportError as error:
        raise InputError(
            "Reading PostgreSQL needs a driver that is not installed.", hint="pip install 'lifeworth[postgres]'"
        ) from error
    target = ".".join(_quoted(part) for part in table.split("."))
    label = f"{_shown(address).rpartition('/')[2]}#{table}"
    try:
        with driver.connect(address) as connection, connection.cursor() as cursor:
            cursor.execute(_COLUMNS, parameters=(target,))
            columns = cursor.fetchall() or []
            if not columns:
                cursor.execute(_TABLES)
                _named(_shown(address), table, [row[0] for row in cursor.fetchall() or []])
            asked = ", ".join(_postgresql_column(column, kind) for column, kind in columns)
            cursor.execute(f"SELECT {asked} FROM {target}")
            return load_rows(engine, name, cursor.fetch_record_batch(), label=label, kind="postgresql")
    except LifeworthError:
        raise
    except Exception as error:
        raise FileError(
            f"{_shown(address)} cannot be read: {str(error).splitlines()[0]}.",
            hint="Check host, name, user and password, and that the table may be read.",
        ) from error


def _postgresql_column(column: str, kind: str) -> str:
    """Money as exact text, moments with a zone by the clock of UTC, the rest as it is."""
    name = _quoted(column)
    if kind in {"numeric", "money"}:
        return f"CAST({name} AS text) AS {name}"
    if kind == "timestamp with time zone":
        return f"{name} AT TIME ZONE 'UTC' AS {name}"
    if kind in {"smallint", "integer", "bigint", "real", "double precision", "boolean", "date", "text"}:
        return name
    if kind.startswith("timestamp"):
        return name
    return f"CAST({name} AS text) AS {name}"


def _file(address: str) -> str:
    """The path of a URL: three slashes are relative to here, four absolute; an existing path is taken as it stands."""
    if address.startswith("/") and not Path(address).exists() and Path(address[1:]).exists():
        return address[1:]
    return address[1:] if address.startswith("//") else address


def _there(path: Path) -> None:
    if not path.is_file():
        raise FileError(f"{path} does not exist.", hint="Check the path of the database.")


def _named(where: str, table: str, known: list[str]) -> None:
    if table not in known:
        raise FileError(f'{where} has no table "{table}". {near(table, known)}'.rstrip(), allowed=sorted(known)[:30])


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _shown(url: str) -> str:
    """A URL without its password."""
    return re.sub(r"(://[^:/@]*):[^@/]*@", r"\1:…@", url)
