"""A company with orders and subscriptions: one value a customer, everywhere the same."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from lifeworth.report.spec import Page, Stat, Stats
from lifeworth.workspace import Workspace


@pytest.fixture(scope="module")
def rows(made_workspace: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(made_workspace / "runs" / "current" / "customers.parquet").to_pylist()
    return found


@pytest.fixture(scope="module")
def both(made_workspace: Path) -> dict[str, dict[str, Any]]:
    with Workspace.open(made_workspace) as ws:
        return {row["customer_id"]: row for row in ws.engine.arrow(ws.table("customer_value")).to_pylist()}


def test_a_customer_has_one_value_in_every_table(rows: list[dict[str, Any]], both: dict[str, dict[str, Any]]) -> None:
    assert {row["customer_id"] for row in rows} == set(both)
    for row in rows:
        for name in ("predicted_clv", "predicted_clv_low", "predicted_clv_high", "historic_clv", "total_clv"):
            assert row[name] == both[row["customer_id"]][name], (row["customer_id"], name)


def test_customer_equity_is_the_sum_of_orders_and_contracts(
    made_workspace: Path, rows: list[dict[str, Any]], both: dict[str, dict[str, Any]]
) -> None:
    with Workspace.open(made_workspace) as ws:
        facts = ws.facts
    equity = facts["value"]["customer_equity"]
    orders, contracts = (math.fsum(row[name] for row in both.values()) for name in ("order_clv", "subscription_clv"))
    assert contracts > 0
    assert equity["value"] == pytest.approx(math.fsum(row["predicted_clv"] for row in rows), rel=1e-12)
    assert equity["value"] == pytest.approx(orders + contracts, rel=1e-12)
    assert contracts == pytest.approx(facts["subscriptions"]["value"]["value"], rel=1e-9)
    assert equity["low"] < equity["value"] < equity["high"]
    assert facts["customers"] == len(rows)


def test_tiers_rank_everybody_by_the_one_value(rows: list[dict[str, Any]]) -> None:
    ranked = sorted(rows, key=lambda row: (-row["predicted_clv"], row["customer_id"]))
    names = ["Platinum", "Gold", "Silver", "Bronze", "Medium", "Low"]
    places = [names.index(row["value_tier"]) for row in ranked]
    assert places == sorted(places)


def test_who_only_subscribes_is_a_customer_too(rows: list[dict[str, Any]], made_workspace: Path) -> None:
    with Workspace.open(made_workspace) as ws:
        ordered = set(ws.engine.arrow(ws.table("history").select("customer_id"))["customer_id"].to_pylist())
    only = [row for row in rows if row["customer_id"] not in ordered]
    assert only, "the made-up company has customers who only subscribe"
    for row in only:
        assert row["orders"] == 0
        assert row["first_order_at"] is None
        assert row["rfm_segment"] is None
        assert row["lifecycle_status"] is None
        assert row["value_tier"] is not None


def test_every_page_says_the_same_equity(made_workspace: Path) -> None:
    from lifeworth.clv.actions import value
    from lifeworth.kpis.actions import metric
    from lifeworth.segments.actions import segments

    with Workspace.open(made_workspace) as ws:
        equity = ws.facts["value"]["customer_equity"]["value"]
        pages: list[Page] = [value(ws), metric(ws, "customer_equity")]
        tiers = segments(ws)
    for page in pages:
        stats = [item for block in page.blocks if isinstance(block, Stats) for item in block.items]
        assert any(_close(item, equity) for item in stats), page.name
    tables = [block for block in tiers.blocks if getattr(block, "title", "") == "Value tiers"]
    assert tables[0].rows[-1][5] == pytest.approx(equity, rel=1e-9)  # type: ignore[union-attr]


def _close(item: Stat, value: float) -> bool:
    return isinstance(item.value, float) and math.isclose(item.value, value, rel_tol=1e-9)
