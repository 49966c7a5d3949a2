"""Arrow rows on their way in: numbered, hashed, and with the clock of the shop."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from lifeworth.data.sources.files import unique
from lifeworth.data.sources.source import Raw, SourceFile
from lifeworth.engine.base import Engine
from lifeworth.errors import FileError


class _Digest:
    """A file that only keeps the hash of what is written to it."""

    closed = False

    def __init__(self) -> None:
        self.sha256 = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.sha256.update(data)
        return len(data)

    def flush(self) -> None:
        """Nothing waits here."""


def load_rows(
    engine: Engine,
    name: str,
    rows: pa.RecordBatchReader,
    *,
    label: str,
    kind: str,
    path: Path | None = None,
    first: int = 1,
    sha256: str | None = None,
) -> Raw:
    """Keep Arrow rows as a raw table; row numbers begin at `first`.

    Raises:
        FileError: if there is no row.
    """
    columns, renamed = unique(rows.schema.names)
    digest = _Digest()
    count = 0

    def batches() -> Iterator[pa.RecordBatch]:
        nonlocal count
        with pa.ipc.new_stream(digest, rows.schema) as out:
            for batch in rows:
                if sha256 is None:
                    out.write_batch(batch)
                yield _numbered(batch, columns, first + count)
                count += batch.num_rows

    empty = pa.RecordBatch.from_arrays([pa.array([], kind) for kind in rows.schema.types], names=rows.schema.names)
    schema = _numbered(empty, columns, first).schema
    engine.load(name, pa.RecordBatchReader.from_batches(schema, batches()))
    if count == 0:
        raise FileError(f"{label} has no rows.", hint="Hand it in with its rows.")
    file = SourceFile(label, path, kind, None, None, count, sha256 or digest.sha256.hexdigest(), tuple(columns))
    notes = tuple(f"{label}: {words}" for words in renamed)
    return Raw(name, engine.table(name), file, notes, tuple(columns))


def _numbered(batch: pa.RecordBatch, columns: list[str], first: int) -> pa.RecordBatch:
    arrays = [_plain(array) for array in batch.columns]
    arrays.append(pa.array(range(first, first + batch.num_rows), pa.int64()))
    return pa.RecordBatch.from_arrays(arrays, names=[*columns, "_row"])


def _plain(array: pa.Array) -> pa.Array:
    kind = array.type
    if pa.types.is_dictionary(kind):
        return _plain(array.cast(kind.value_type))
    if pa.types.is_timestamp(kind):
        local = pc.local_timestamp(array) if kind.tz is not None else array
        return local.cast(pa.timestamp("us"), safe=False)
    if pa.types.is_null(kind):
        return array.cast(pa.string())
    return array
