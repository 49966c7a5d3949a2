"""The tables of the made-up company, written as a shop would export them and read back: what comes out is what went in."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from lifeworth.data.beside.layouts import GIVEN
from lifeworth.data.beside.read import read_tables
from lifeworth.data.synthetic import generate, write
from lifeworth.engine.connect import connect

END = date(2026, 6, 30)
READ = sorted(GIVEN)


@pytest.fixture(scope="module")
def business() -> Any:
    return generate(150, seed=11)


@pytest.fixture(scope="module")
def folder(business: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("company")
    write(business, where)
    return where


@pytest.fixture(scope="module")
def tables(folder: Path) -> Any:
    """Every table as it was read, and the accounts."""
    with connect() as engine:
        beside = read_tables(engine, {name: folder / f"{name}.csv" for name in READ}, as_of=END)
        found = {name: engine.arrow(engine.table("customers_told" if name == "customers" else name)) for name in READ}
    return beside, found


@pytest.mark.parametrize("name", READ)
def test_a_table_that_was_written_is_read_back_equal(name: str, business: Any, tables: Any) -> None:
    made, found = business.tables[name], tables[1][name]
    key = [(column, "ascending") for column in made.column_names]
    assert found.num_rows == made.num_rows
    read = found.select(made.column_names).cast(made.schema).sort_by(key)
    written = made.sort_by(key)
    for column in made.column_names:
        want = written[column]
        if name == "subscriptions" and column == "interval_count":
            want = pc.fill_null(want, pa.scalar(1, want.type))  # nothing said reads as one
        assert read[column].to_pylist() == want.to_pylist(), column


@pytest.mark.parametrize("name", READ)
def test_every_row_of_it_is_used(name: str, business: Any, tables: Any) -> None:
    account = tables[0][name]
    assert (account.rows_in, account.rows_used) == (business.tables[name].num_rows,) * 2
    assert not account.unused
    assert not account.notes


@pytest.mark.parametrize("name", READ)
def test_parquet_gives_the_same_rows_as_text(name: str, business: Any, tables: Any, tmp_path: Path) -> None:
    file = tmp_path / f"{name}.parquet"
    pq.write_table(business.tables[name], file)
    with connect() as engine:
        read_tables(engine, {name: file}, as_of=END)
        found = engine.arrow(engine.table("customers_told" if name == "customers" else name))
    key = [(column, "ascending") for column in found.column_names]
    assert found.sort_by(key).to_pylist() == tables[1][name].select(found.column_names).sort_by(key).to_pylist()
