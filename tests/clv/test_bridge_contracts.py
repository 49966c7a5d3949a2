"""The bridge of a company with orders and contracts: its ends are the customer equity of the two runs, and nothing is left over."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifeworth.clv import snapshots
from lifeworth.clv.actions import bridge as bridge_page
from lifeworth.clv.bridge import bridge
from lifeworth.clv.bridge_contracts import Contracts, contracts_alone
from lifeworth.clv.causes import CAUSES, Bridge
from lifeworth.job import run
from lifeworth.report.spec import Table
from lifeworth.workspace import Workspace

CONTRACTS = ("contracts_new", "contracts_size", "contracts_stay", "contracts_ended")


def contracts(rows: dict[str, tuple[float, float]], known: str, margin: float = 0.4) -> Contracts:
    """Customers by one letter, each with MRR and value."""
    ids = sorted(rows)
    table = pa.table(
        {
            "customer_id": pa.array(ids, pa.string()),
            "mrr": pa.array([rows[one][0] for one in ids], pa.float64()),
            "value": pa.array([rows[one][1] for one in ids], pa.float64()),
        }
    )
    return Contracts(table, pa.array(sorted(set(known) | set(rows)), pa.string()), margin)


paid = st.tuples(st.floats(0.5, 1e4), st.floats(0, 60)).map(lambda one: (one[0], one[0] * one[1]))
free = st.tuples(st.just(0.0), st.sampled_from([0.0, 3.5]))
some = st.dictionaries(st.sampled_from("abcdefgh"), paid | free, max_size=8)
others = st.text("abcdefgh", max_size=4)
share = st.just(0.0) | st.floats(0.01, 1)


@settings(max_examples=60)
@given(some, some, others, others, share, share)
def test_the_causes_add_up_for_every_customer_whatever_the_contracts(
    was: dict[str, tuple[float, float]], now: dict[str, tuple[float, float]], then: str, later: str, m: float, n: float
) -> None:
    found = contracts_alone(contracts(was, then, m), contracts(now, later, n))
    assert found.before == pytest.approx(math.fsum(value for _, value in was.values()), abs=1e-9)
    assert found.after == pytest.approx(math.fsum(value for _, value in now.values()), abs=1e-9)
    for row in found.parts.to_pylist():
        assert math.fsum(row[cause] for cause in CAUSES) == pytest.approx(row["after"] - row["before"], abs=1e-8)
    assert abs(found.residual) < 1e-8


def only(found: Bridge, **causes: float) -> None:
    assert {name: pytest.approx(value) for name, value in found.causes.items() if abs(value) > 1e-9} == causes


def test_each_change_of_contracts_has_its_own_cause() -> None:
    base = contracts({"a": (10, 100)}, "ab")
    only(contracts_alone(base, contracts({"a": (20, 200)}, "ab")), contracts_size=100)
    only(contracts_alone(base, contracts({"a": (10, 80)}, "ab")), contracts_stay=-20)
    only(contracts_alone(base, contracts({"a": (10, 50)}, "ab", 0.2)), margin=-50)
    only(contracts_alone(base, contracts({"a": (10, 100), "b": (5, 30)}, "ab")), contracts_new=30)
    only(contracts_alone(base, contracts({"a": (10, 100), "c": (5, 30)}, "abc")), new=30)
    only(contracts_alone(base, contracts({}, "ab")), contracts_ended=-100)
    only(contracts_alone(base, contracts({}, "b")), gone=-100)
    # Twice as large and half as likely to stay: neither comes first, so both did the same.
    only(contracts_alone(base, contracts({"a": (20, 100)}, "ab")), contracts_size=75, contracts_stay=-75)


@pytest.fixture(scope="module")
def two_runs(made_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made company half a year ago and today."""
    folder = tmp_path_factory.mktemp("two") / "shop"
    data = made_workspace / "data"
    beside: dict[str, Any] = {name: str(data / f"{name}.csv") for name in ("customers", "subscriptions")}
    for day in ("2025-12-31", "2026-06-30"):
        run(str(data / "orders.csv"), tables=beside, workspace=folder, as_of=day)
    return folder


@pytest.fixture(scope="module")
def renewing(made_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, its owner saying that renewals stand among the orders."""
    folder = tmp_path_factory.mktemp("renewing") / "shop"
    data = made_workspace / "data"
    beside: dict[str, Any] = {name: str(data / f"{name}.csv") for name in ("customers", "subscriptions")}
    for day in ("2025-12-31", "2026-06-30"):
        run(str(data / "orders.csv"), tables=beside, workspace=folder, as_of=day, renewals="orders")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("name", ["two_runs", "renewing"])
def test_the_ends_of_the_bridge_are_the_customer_equity_of_the_runs(name: str, request: pytest.FixtureRequest) -> None:
    folder: Path = request.getfixturevalue(name)
    with Workspace.open(folder) as ws:
        earlier_run = snapshots.before(ws)
        with snapshots.opened(ws, earlier_run) as earlier:
            was, before = snapshots.snapshot(earlier), earlier.facts["value"]["customer_equity"]["value"]
        found = bridge(was, snapshots.snapshot(ws))
        assert found.before == pytest.approx(before, rel=1e-12)
        assert found.after == pytest.approx(ws.facts["value"]["customer_equity"]["value"], rel=1e-12)
        assert abs(found.residual) < 1e-8
        parts = found.parts
        change = parts["after"].to_numpy() - parts["before"].to_numpy()
        np.testing.assert_allclose(sum(parts[cause].to_numpy() for cause in CAUSES), change, atol=1e-9)
        assert all(abs(found.causes[cause]) > 0 for cause in CONTRACTS)
        for rows in snapshots.groups(ws).values():
            groups = found.by(rows)
            for cause, total in found.causes.items():
                assert math.fsum(one[cause] for one in groups.values()) == pytest.approx(total, abs=1e-8)
        page = bridge_page(ws)
        table = next(block for block in page.blocks if isinstance(block, Table) and block.title == "The bridge")
        amounts = [float(row[1]) for row in table.rows]  # type: ignore[arg-type]
        assert math.fsum(amounts[:-1]) == pytest.approx(amounts[-1], abs=1e-8)
        assert any(row[0] == "New contracts" for row in table.rows)


MONTHS = ("2011-07-31", "2011-08-31", "2011-09-30", "2011-10-31", "2011-11-30", "2011-12-09")
KINDS = ("beta_geo_nbd", "modified_beta_geo_nbd")
"""Every other month another model, so that the model is a cause too."""


@pytest.mark.data
@pytest.mark.slow
def test_months_of_uci_online_retail_are_exact_to_the_cent(data_dir: Path, tmp_path: Path) -> None:
    orders = data_dir / "uci_online_retail" / "online_retail.parquet"
    for turn, day in enumerate(MONTHS):
        run(orders, workspace=tmp_path, as_of=day, model=KINDS[turn % 2], covariates="none")
    seen, told, groups = [], [], []
    with Workspace.open(tmp_path) as ws:
        for kept in snapshots.kept(ws):
            with snapshots.opened(ws, kept) as one:
                seen.append(snapshots.snapshot(one))
                told.append(one.facts["value"]["customer_equity"]["value"])
                groups.append(snapshots.groups(one))
    assert len(seen) == len(MONTHS)
    for turn in range(1, len(seen)):
        lost = snapshots.newly_lost(groups[turn - 1].get(snapshots.STATUS), groups[turn].get(snapshots.STATUS))
        found = bridge(seen[turn - 1], seen[turn], lost)
        before, after = told[turn - 1], told[turn]
        assert abs(found.residual) < 1e-8
        assert (round(found.before, 2), round(found.after, 2)) == (round(before, 2), round(after, 2))
        assert round(before + math.fsum(found.causes.values()), 2) == round(after, 2)
        assert abs(found.causes["order_model"]) > 1
        for title, rows in groups[turn].items():
            parts = found.by(snapshots.both(groups[turn - 1].get(title), rows))
            for cause, total in found.causes.items():
                assert math.fsum(one[cause] for one in parts.values()) == pytest.approx(total, abs=0.005), title
