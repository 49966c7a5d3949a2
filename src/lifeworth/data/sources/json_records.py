"""JSON in its usual wrappings: lines, one array, `{"orders": [...]}`, one object. Every value keeps its own digits.

A nested value becomes a column with a dotted name (`billing.email`). The orders of a Shopify or WooCommerce export are
laid out as their CSV exports are: one row a line item, what belongs to the order on its first row only.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, cast

import pyarrow as pa

from lifeworth.data.sources.files import unique
from lifeworth.data.sources.shop_json import is_shop_order, shop_rows
from lifeworth.data.sources.source import Raw, SourceFile
from lifeworth.data.sources.stripe_json import is_stripe_subscription, subscription_rows
from lifeworth.data.sources.survey import open_bytes, survey
from lifeworth.engine.base import Engine
from lifeworth.errors import FileError

Record = dict[str, Any]
_WRAPPERS = ("orders", "order", "data", "results", "records", "rows", "items", "value")
_TABLE_WRAPPERS = ("subscriptions", "tickets", "customers", "products", "events", "reviews", "responses", "referrals")
"""Names that also stand inside a record: they wrap records only where nothing but the paging stands beside them."""
_CHUNK = 20_000


def read_json_file(engine: Engine, name: str, path: Path, packing: str) -> Raw:
    """Load JSON records as text columns; row numbers count records from 1 (order lines, where orders have them).

    Raises:
        FileError: if the text is not JSON (line and column are named) or holds no records.
    """
    found = survey(path, packing)
    counts = {"records": 0, "rows": 0}
    nested = ""
    tables: list[pa.Table] = []
    records = _records(path, packing, found.encoding)
    while chunk := list(islice(records, _CHUNK)):
        rows: list[dict[str, str | None]] = []
        for record in chunk:
            if is_shop_order(record):
                nested = "orders"
                rows += shop_rows(record)
            elif is_stripe_subscription(record):
                nested = "subscriptions"
                rows += subscription_rows(record)
            else:
                rows.append(dict(_flat(record)))
        tables.append(_table(rows, counts["rows"]))
        counts["records"] += len(chunk)
        counts["rows"] += len(rows)
    if not counts["rows"]:
        raise FileError(f"{path} holds no records.", hint="Export it again, with its rows.")
    table = pa.concat_tables(tables, promote_options="default")
    source = [column for column in table.column_names if column != "_row"]
    columns, renamed = unique(source)
    table = table.select([*source, "_row"]).rename_columns([*columns, "_row"])
    engine.load(name, table)
    notes = [f"{path.name}: {words}" for words in renamed]
    if nested:
        notes.append(
            f"{path.name}: {counts['records']:,} {nested} on {counts['rows']:,} lines; row numbers count lines"
        )
    file = SourceFile(path.name, path, "json", found.encoding, None, counts["rows"], found.sha256, tuple(columns))
    return Raw(name, engine.table(name), file, tuple(notes), tuple(columns))


def _records(path: Path, packing: str, encoding: str) -> Iterator[Record]:
    with open_bytes(path, packing) as stream:
        text = codecs.getreader(encoding)(cast("Any", stream))
        first = _first_line(text)
        try:
            whole = _loads(first)
        except json.JSONDecodeError:
            whole = None
        rest_is_lines = isinstance(whole, dict)
        if rest_is_lines:
            second = _first_line(text)
            if second:
                lines = _lines(path, text, [first, second])
                yield from _children_joined(lines)
                return
            yield from _unwrapped(whole, path)
            return
        body = first + text.read()
    try:
        yield from _unwrapped(_loads(body), path)
    except json.JSONDecodeError as error:
        raise _not_json(path, error.lineno, error) from error


def _first_line(text: Any) -> str:
    for line in text:
        if line.strip():
            return str(line)
    return ""


def _lines(path: Path, text: Iterable[str], start: list[str]) -> Iterator[Record]:
    number = 0
    for source in (start, text):
        for line in source:
            number += 1
            if not line.strip():
                continue
            try:
                record = _loads(line)
            except json.JSONDecodeError as error:
                raise _not_json(path, number, error) from error
            if not isinstance(record, dict):
                raise FileError(f"{path}, line {number}: a record is expected, not {line.strip()[:60]}.")
            yield record


def _children_joined(records: Iterable[Record]) -> Iterator[Record]:
    """Bulk exports of Shopify write the lines of an order below it, each naming its parent."""
    parent: Record | None = None
    for record in records:
        if "__parentId" in record:
            if parent is not None and "LineItem" in str(record.get("id", "LineItem")):
                parent.setdefault("lineItems", []).append(record)
            continue
        if parent is not None:
            yield parent
        parent = record
    if parent is not None:
        yield parent


def _unwrapped(value: Any, path: Path) -> Iterator[Record]:
    if isinstance(value, list):
        for item in value:
            record = item.get("node", item) if isinstance(item, dict) else item
            if not isinstance(record, dict):
                raise FileError(
                    f"{path} holds a list of values, not of records.", hint='Write [{"customer_id": …}, …].'
                )
            yield record
        return
    if isinstance(value, dict):
        for wrapper in (*_WRAPPERS, "edges", "nodes"):
            inner = value.get(wrapper)
            if isinstance(inner, list) and (not inner or isinstance(inner[0], dict)) and not is_shop_order(value):
                yield from _unwrapped(inner, path)
                return
            if isinstance(inner, dict) and len(value) <= 3:
                yield from _unwrapped(inner, path)
                return
        for wrapper in _TABLE_WRAPPERS:
            inner = value.get(wrapper)
            if isinstance(inner, list) and "id" not in value and len(value) <= 5:
                yield from _unwrapped(inner, path)
                return
        yield value
        return
    raise FileError(f"{path} holds one value, not records.", hint='Write [{"customer_id": …}, …].')


def _flat(record: Record, prefix: str = "") -> Iterator[tuple[str, str | None]]:
    for key, value in record.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", as_text(value)


def as_text(value: Any) -> str | None:
    """A JSON value as the text a person would write; lists stay JSON."""
    if value is None or isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False)


def _table(rows: list[dict[str, str | None]], before: int) -> pa.Table:
    names = list(dict.fromkeys(name for row in rows for name in row if name != "_row"))
    columns = [pa.array([row.get(name) for row in rows], pa.string()) for name in names]
    number = pa.array(range(before + 1, before + len(rows) + 1), pa.int64())
    return pa.table([*columns, number], names=[*names, "_row"])


def _loads(text: str) -> Any:
    # Numbers stay the text they are: an amount must not pass through binary floating point.
    return json.loads(text.lstrip("\ufeff"), parse_float=str, parse_int=str, parse_constant=str)


def _not_json(path: Path, line: int, error: json.JSONDecodeError) -> FileError:
    return FileError(
        f"{path}, line {line}, column {error.colno}: this is not JSON ({error.msg}).",
        hint="Export the file again; was it cut off?",
    )
