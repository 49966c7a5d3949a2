"""Whatever holds rows, opened: a path, a folder, a database URL or a frame in, raw rows out, one `Raw` an input."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lifeworth.data.sources.files import expand, is_url, kind_of, read_parquet_file, read_text_file
from lifeworth.data.sources.source import Raw
from lifeworth.engine.base import Engine
from lifeworth.errors import InputError


def listed(inputs: Sequence[Any] | Any, what: str = "orders") -> list[Any]:
    """All inputs one by one: folders opened, a single input taken as a list of one.

    Args:
        inputs: One input or a list of them.
        what: What they are said to hold, for the message.

    Raises:
        InputError: if there is none.
        FileError: if a path leads nowhere, or a folder holds nothing that can be read together.
    """
    single = isinstance(inputs, str | Path) or not isinstance(inputs, list | tuple)
    found: list[Any] = []
    for item in [inputs] if single else inputs:
        if isinstance(item, str | Path) and not is_url(str(item)):
            found += _files(str(item))
        else:
            found.append(item)
    if not found:
        hint = (
            "Name a file: lifeworth run orders.csv" if what == "orders" else f"Name a file: --table {what}={what}.csv"
        )
        raise InputError(f"No {what} were handed in.", hint=hint)
    return found


def read_raw(engine: Engine, name: str, item: Any, position: int) -> Raw:
    """One input as raw rows, by its kind. The readers of rarer kinds bring libraries of their own, so they come late.

    Args:
        engine: Where the rows go.
        name: The table they are kept under.
        item: What `listed` gave.
        position: Its place among the inputs, for the name of a frame.

    Raises:
        FileError: if it is missing, empty, damaged or not of a readable kind.
    """
    if isinstance(item, str):
        from lifeworth.data.sources.databases import read_database

        return read_database(engine, name, item)
    if not isinstance(item, Path | tuple):
        from lifeworth.data.sources.frames import read_frame

        return read_frame(engine, name, item, position)
    path, *sheet = item if isinstance(item, tuple) else (item,)
    kind, packing = ("excel", "") if sheet else kind_of(path)
    if kind == "excel":
        from lifeworth.data.sources.excel import read_excel_file

        return read_excel_file(engine, name, path, *sheet)
    if kind == "parquet":
        return read_parquet_file(engine, name, path)
    if kind == "json":
        from lifeworth.data.sources.json_records import read_json_file

        return read_json_file(engine, name, path, packing)
    return read_text_file(engine, name, path, packing)


def spoken(item: Any) -> str:
    """What a person calls an input."""
    if isinstance(item, tuple):
        return f"{item[0].name}#{item[1]}"
    if isinstance(item, Path):
        return item.name
    return item.rpartition("/")[2] if isinstance(item, str) else f"a {type(item).__module__.partition('.')[0]} frame"


def _files(item: str) -> list[Any]:
    path, _, sheet = item.partition("#")
    if sheet and not Path(item).exists() and Path(path).is_file():
        return [(Path(path), sheet)]
    return list(expand(Path(item)))
