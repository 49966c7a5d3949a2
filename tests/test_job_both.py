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
    parts = facts["value"]["parts"]
    assert parts["orders"] == pytest.approx(orders, rel=1e-12)
    assert parts["contracts"] == pytest.approx(contracts, rel=1e-12)
    so_far = parts["historic_orders"] + parts["historic_contracts"]
    assert so_far == pytest.approx(facts["value"]["historic_total"], rel=1e-12)
    assert parts["buyers"] + parts["only_subscribe"] == len(rows)
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


def test_a_tool_that_knows_orders_alone_is_reached_from_the_one_value_without_a_rest(made_workspace: Path) -> None:
    from lifeworth.kpis.actions import presets

    with Workspace.open(made_workspace) as ws:
        parts = ws.facts["value"]["parts"]
        tables = [block for block in presets(ws).blocks if getattr(block, "title", "") == "Why they differ, in money"]
    lines = [row for row in tables[0].records() if row["tool"] == "Klaviyo"]  # type: ignore[union-attr]
    for figure, part in (("Predicted CLV", "contracts"), ("Historic CLV", "historic_contracts")):
        start, *steps, end = (row["amount"] for row in lines if row["figure"] == figure)
        assert start + math.fsum(steps) == pytest.approx(end)
        assert steps[0] == pytest.approx(-parts[part])


def test_lists_and_pages_say_what_contracts_are_of_a_value(
    made_workspace: Path, both: dict[str, dict[str, Any]]
) -> None:
    from lifeworth.clv.actions import customers, value
    from lifeworth.segments.actions import segments

    with Workspace.open(made_workspace) as ws:
        best, page, groups = customers(ws), value(ws), segments(ws)
        shopify = segments(ws, scheme="shopify")
    for row in best.records():
        assert row["subscription_clv"] == both[row["customer_id"]]["subscription_clv"]
    titles = [getattr(block, "title", "") for block in page.blocks]
    assert "One value from orders and contracts" in titles
    assert "What follows is of orders alone" in titles
    life = next(block for block in groups.blocks if getattr(block, "title", "") == "Lifecycle status")
    assert [row["rule"] for row in life.records() if row["group"] == "never ordered"]  # type: ignore[union-attr]
    assert any("only subscribe" in getattr(block, "text", "") for block in shopify.blocks)


def test_the_report_has_movement_and_the_figures_of_other_tools(
    made_workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import json

    from lifeworth import deliver

    said = json.loads((made_workspace / "runs" / "current" / "document.json").read_text())
    names = [page["name"] for page in said["pages"]]
    assert names.index("segments") + 1 == names.index("movement") < names.index("cohorts") < names.index("presets")
    monkeypatch.setattr(deliver, "AUDITED", 10)
    with Workspace.open(made_workspace) as ws:
        (page,) = deliver._movement(ws)
    (only,) = page.blocks
    assert "lifeworth movement" in getattr(only, "text", "")
