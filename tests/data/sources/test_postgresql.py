"""PostgreSQL, read from a server of its own that is started and stopped here."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from lifeworth.errors import FileError

REQUIRE_ALL = os.environ.get("LIFEWORTH_REQUIRE_ALL", "") not in {"", "0"}
TABLE = """CREATE TABLE orders (order_id bigint, customer_id uuid, created_at timestamptz, amount numeric(12, 2),
    status varchar(10), extra jsonb)"""
ROWS = """INSERT INTO orders VALUES
    (1, '00000000-0000-0000-0000-000000000001', '2025-01-31 23:00+00', 10.50, 'paid', '{}'),
    (2, NULL, '2025-02-01 00:30+01', 0.10, 'failed', NULL)"""

pytestmark = pytest.mark.postgres


def _missing(what: str) -> None:
    if REQUIRE_ALL:
        pytest.fail(f"{what} is required here (LIFEWORTH_REQUIRE_ALL is set)")
    pytest.skip(f"{what} is not on this machine")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The URL of a fresh server that only listens on a socket in a folder of its own."""
    driver = pytest.importorskip("adbc_driver_postgresql.dbapi")
    bins = [Path(shutil.which("initdb") or "/nowhere").parent, *sorted(Path("/usr/lib/postgresql").glob("*/bin"))]
    tools = next((folder for folder in bins if (folder / "initdb").exists()), None)
    if tools is None:
        _missing("PostgreSQL")
    root = os.geteuid() == 0
    if root and (shutil.which("runuser") is None or subprocess.run(["id", "postgres"], capture_output=True).returncode):
        _missing("a user that may run PostgreSQL")
    lead = ["runuser", "-u", "postgres", "--"] if root else []
    folder = Path(tempfile.mkdtemp(prefix="lw", dir="/tmp"))
    if root:
        shutil.chown(folder, "postgres")

    def call(*words: str) -> None:
        subprocess.run([*lead, str(tools / words[0]), *words[1:]], check=True, capture_output=True, cwd=folder)

    data = str(folder / "data")
    call("initdb", "-D", data, "-A", "trust", "-U", "shop", "--no-sync")
    options = f"-k {folder} -c listen_addresses='' -c fsync=off"
    call("pg_ctl", "-D", data, "-o", options, "-w", "-l", str(folder / "log"), "start")
    try:
        url = f"postgresql://shop@/postgres?host={folder}"
        with driver.connect(url) as connection, connection.cursor() as cursor:
            for statement in (
                TABLE,
                ROWS,
                "CREATE SCHEMA erp",
                "CREATE TABLE erp.orders AS SELECT * FROM orders LIMIT 1",
            ):
                cursor.execute(statement)
            connection.commit()
        yield url
    finally:
        call("pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def test_a_table_is_read_with_exact_money_and_the_clock_of_utc(read, server):
    found = read(f"{server}#orders")
    assert found.column("money") == [Decimal("10.50"), Decimal("0.10")]
    assert found.column("ordered_at") == [datetime(2025, 1, 31, 23), datetime(2025, 1, 31, 23, 30)]
    assert found.column("customer_id") == ["00000000-0000-0000-0000-000000000001", None]


def test_a_table_of_another_schema_is_named_with_it(read, server):
    assert len(read(f"{server}#erp.orders").rows) == 1


def test_a_table_that_is_not_there_names_the_ones_that_are(read, server):
    with pytest.raises(FileError, match='no table "oders"') as caught:
        read(f"{server}#oders")
    assert caught.value.allowed == ["erp.orders", "orders"]
