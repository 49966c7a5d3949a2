"""The main job with tables beside orders: they are kept with the run, what was set aside lies in the quarantine, a folder is enough."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lifeworth.errors import OptionError
from lifeworth.job import check, run
from lifeworth.workspace import Workspace


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the orders of twelve customers, a table of spending with one bad day, and a customer table."""
    folder = tmp_path_factory.mktemp("shop")
    rows = [f"{n},C{n % 12:02d},2025-{n % 12 + 1:02d}-15,{10 + n}.50,EUR\n" for n in range(18)]
    (folder / "orders.csv").write_text("order_id,customer_id,order_date,amount,currency\n" + "".join(rows))
    (folder / "marketing_spend.csv").write_text("day,spend\n2025-01-31,100\n2025-02-28,50\nsoon,7\n")
    (folder / "customers.csv").write_text("customer_id,source,tier\nC00,shop,gold\nC99,x,none\n")
    return folder


@pytest.fixture(scope="module")
def done(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    where = tmp_path_factory.mktemp("ws")
    return where, run(shop, workspace=where)


def test_a_folder_of_orders_and_tables_is_run_as_it_lies(done: tuple[Path, Any]) -> None:
    tables = done[1].summary["tables"]
    assert {name: (one["rows_in"], one["rows_used"]) for name, one in tables.items()} == {
        "customers": (2, 2),
        "marketing_spend": (3, 2),
    }
    assert tables["marketing_spend"]["money_in"] == "157.0000"
    assert tables["marketing_spend"]["money_set_aside"] == {"date_unreadable": "7.0000"}


def test_the_run_keeps_the_tables_and_names_their_files(done: tuple[Path, Any]) -> None:
    with Workspace.open(done[0]) as ws:
        assert ws.engine.row(ws.table("marketing_spend").agg(n=ws.table("marketing_spend").count()))["n"] == 2
        told = {row["customer_id"]: row for row in ws.engine.arrow(ws.table("customers")).to_pylist()}
    assert len(told) == 12
    assert (told["C00"]["acquisition_channel"], told["C00"]["tier"], told["C01"]["tier"]) == ("shop", "gold", None)
    manifest = json.loads((done[0] / "runs" / "current" / "manifest.json").read_text())
    assert {one.get("table"): one["name"] for one in manifest["inputs"]} == {
        None: "orders.csv",
        "customers": "customers.csv",
        "marketing_spend": "marketing_spend.csv",
    }


def test_what_was_set_aside_lies_in_the_quarantine_for_people_to_read(done: tuple[Path, Any]) -> None:
    (file,) = (done[0] / "quarantine").glob("*.beside.csv")
    assert "marketing_spend,marketing_spend.csv,4,date_unreadable,day,soon" in file.read_text()


def test_a_table_named_goes_before_that_of_the_folder(shop: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("day,spend\n2025-01-31,1\n")
    page = check(shop, tables={"marketing_spend": other})
    (ways,) = [block for block in page.blocks if getattr(block, "title", "") == "Tables beside orders"]
    assert [row["rows_in"] for row in ways.records() if row["table"] == "marketing_spend"] == [1]


def test_a_mistyped_table_stops_before_anything_is_read(shop: Path) -> None:
    with pytest.raises(OptionError, match="no table beside orders"):
        run(shop / "orders.csv", tables={"marketing_spent": "nowhere.csv"})
