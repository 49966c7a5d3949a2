"""The pages of a run with costs and subscriptions: every customer stands in them once."""

from __future__ import annotations

from pathlib import Path

import pytest

import lifeworth
from lifeworth.data.synthetic import generate, write
from lifeworth.economics.actions import net
from lifeworth.report.spec import Table
from lifeworth.workspace import Workspace


def test_channels_add_up_to_all_customers_those_who_only_subscribe_included(tmp_path: Path) -> None:
    orders, *_ = write(generate(400), tmp_path / "data")
    tables = {name: tmp_path / "data" / f"{name}.csv" for name in ("subscriptions", "marketing_spend")}
    # The first tenth of all orders is enough: most subscribers then never ordered.
    few = tmp_path / "orders.csv"
    lines = orders.read_text(encoding="utf-8").splitlines(keepends=True)
    few.write_text("".join(lines[: len(lines) // 10]), encoding="utf-8")
    lifeworth.run(few, tables=tables, workspace=tmp_path / "shop", min_customers=10**9, as_of="2026-06-30")
    with Workspace.open(tmp_path / "shop") as ws:
        page, ordered = net(ws), ws.engine.row(ws.table("history").count().as_table())
        channels = next(one for one in page.blocks if isinstance(one, Table) and one.title == "By acquisition channel")
    rows = channels.records()
    everyone = ws.facts["net"]["customers"]
    assert everyone > next(iter(ordered.values()))
    assert sum(row["customers"] for row in rows) == everyone
    assert sum(row["net"] for row in rows) == pytest.approx(ws.facts["net"]["value"])
