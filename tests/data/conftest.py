"""What the tests of this room share: staged rows from plain mappings, and cleaning in one call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import ibis
import pyarrow as pa
import pytest

from lifeworth.data.clean import Cleaned, clean
from lifeworth.data.contracts import STAGED
from lifeworth.engine.base import Engine
from lifeworth.settings import Settings

TODAY = date(2030, 1, 1)
SCHEMA = ibis.schema(STAGED.schema).to_pyarrow()
Rows = Sequence[dict[str, Any]]


def staged_rows(rows: Rows) -> pa.Table:
    """Staged rows as Arrow: amounts may be plain numbers, dates may be text, places default to file 0, row 2 and on."""
    records = []
    for number, row in enumerate(rows):
        record: dict[str, Any] = dict.fromkeys(SCHEMA.names)
        record |= {"source_file": 0, "source_row": number + 2, **row}
        for name in SCHEMA.names:
            if pa.types.is_decimal(SCHEMA.field(name).type) and record[name] is not None:
                record[name] = Decimal(str(record[name]))
        if isinstance(record["ordered_at"], str):
            record["ordered_at"] = datetime.fromisoformat(record["ordered_at"])
        records.append(record)
    return pa.Table.from_pylist(records, schema=SCHEMA)


def source_of(
    engine: Engine,
    rows: Rows,
    *,
    grain: str = "order",
    currency: str | None = None,
    files: Sequence[str] = ("orders.csv",),
) -> Any:
    """A source as reading would deliver it."""
    return SimpleNamespace(
        rows=engine.load("staged", staged_rows(rows)),
        files=[SimpleNamespace(name=name) for name in files],
        columns=SimpleNamespace(grain=grain, layout="generic"),
        has=frozenset(name for name in SCHEMA.names if any(row.get(name) is not None for row in rows)),
        notes=(),
        currency=currency,
    )


@pytest.fixture
def tidy(engine: Engine) -> Callable[..., Cleaned]:
    """Stage rows and clean them; keywords go to the source (grain, currency, files), `as_of`, or the settings."""

    def run(rows: Rows, **words: Any) -> Cleaned:
        said = {name: words.pop(name) for name in ("grain", "currency", "files") if name in words}
        source = source_of(engine, rows, **said)
        return clean(engine, source, Settings(**words.pop("settings", {})), words.pop("as_of", None), today=TODAY)

    return run


@pytest.fixture
def records(engine: Engine) -> Callable[..., list[dict[str, Any]]]:
    """The rows of a table as mappings, in a stated order, amounts without trailing zeros."""

    def read(table: Any, order_by: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = engine.arrow(table.order_by(order_by)).to_pylist()
        return rows

    return read
