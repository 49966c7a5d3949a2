"""The main job from end to end, on small companies: what comes out, what it adds up to, and what bad input gets."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest

import lifeworth
from lifeworth.clv import actions as clv
from lifeworth.data.contracts import SCORES
from lifeworth.data.synthetic import simulate_orders
from lifeworth.errors import DataError, FileError, InputError, StorageError, WorkspaceError
from lifeworth.job import check
from lifeworth.report.spec import Text

COLUMNS = list(SCORES.columns)
NAMED = {"model": "beta_geo_nbd", "covariates": "none"}
"""A model by its name: for tests that do not look at how one is chosen, which takes most of a run."""


@pytest.fixture(scope="module")
def orders() -> pa.Table:
    return simulate_orders(700, days=500, alpha=40.0, seed=3)


@pytest.fixture(scope="module")
def plain(orders, tmp_path_factory):
    """A run of these orders by the defaults, and its workspace: tests that only read it share it, others take a copy."""
    folder = tmp_path_factory.mktemp("plain")
    return lifeworth.run(orders, workspace=folder), folder


@pytest.fixture
def another(plain, tmp_path):
    """A copy of the workspace of `plain`, to be spoilt."""
    return shutil.copytree(plain[1], tmp_path / "ws", symlinks=True)


@pytest.fixture(scope="module")
def result(orders, tmp_path_factory):
    return lifeworth.run(orders, workspace=tmp_path_factory.mktemp("ws"), margin=0.4)


@pytest.fixture(scope="module")
def customers(result):
    return result.customers.to_pandas().set_index("customer_id")


def test_every_customer_gets_one_row_with_the_promised_columns(result, orders):
    assert result.customers.column_names == COLUMNS
    assert sorted(result.customers["customer_id"].to_pylist()) == sorted(
        {str(c) for c in orders["customer_id"].to_pylist()}
    )


def test_historic_value_is_revenue_times_margin(customers, orders):
    spent = orders.to_pandas().groupby(orders.to_pandas()["customer_id"].astype(str))["amount"].sum()
    np.testing.assert_allclose(
        customers["historic_clv"].sort_index(), 0.4 * spent.astype(float).sort_index(), rtol=1e-9
    )


def test_total_is_historic_plus_predicted(customers):
    np.testing.assert_allclose(customers["total_clv"], customers["historic_clv"] + customers["predicted_clv"])


def test_predictions_are_finite_ordered_and_probabilities(customers):
    assert customers[["expected_orders", "expected_order_value", "predicted_clv"]].notna().all(axis=None)
    assert customers["probability_alive"].between(0, 1).all()
    assert customers["churn_probability"].between(0, 1).all()
    assert (customers["predicted_clv_low"] <= customers["predicted_clv_high"]).all()
    assert (customers["predicted_clv"] >= 0).all()


def test_expected_next_order_lies_after_the_as_of_date(customers):
    known = customers["expected_next_order_at"].dropna()
    assert (pd.to_datetime(known) >= pd.to_datetime(customers["as_of"].iloc[0])).all()


def test_customer_equity_is_the_sum_of_predicted_values_and_lies_in_its_interval(result, customers):
    equity = result.summary["value"]["customer_equity"]
    assert equity["value"] == pytest.approx(customers["predicted_clv"].sum())
    assert equity["low"] < equity["value"] < equity["high"]


def test_what_moves_customer_equity_is_told_by_the_report_and_the_record(result):
    facts = json.loads(result.paths["manifest.json"].read_text())["facts"]["value"]
    levers = {one["name"]: one for one in facts["elasticities"]["levers"]}
    assert set(levers) == {"basket", "margin", "frequency", "retention", "acquisition"}
    assert facts["elasticities"]["present"] == pytest.approx(facts["customer_equity"]["value"])
    assert levers["margin"]["today"] == 0.4
    assert "What moves customer equity" in result.report


def test_a_tenth_is_expected_to_become_high_value_and_the_report_names_risers(result, customers):
    high = result.summary["value"]["high_value"]
    assert customers["high_value_probability"].between(0, 1).all()
    assert customers["high_value_probability"].mean() == pytest.approx(0.1, rel=1e-3)
    assert high["expected"] == pytest.approx(customers["high_value_probability"].sum())
    assert "Likeliest to rise" in result.report
    folder = Path(result.paths["report.html"]).parent.parent.parent
    with lifeworth.Workspace.open(folder) as ws:
        ranked = clv.customers(ws, by="high_value_probability", top=5).records()
        risers = next(block for block in clv.value(ws).blocks if getattr(block, "title", "") == "Likeliest to rise")
    chances = [row["high_value_probability"] for row in ranked]
    assert chances == sorted(customers["high_value_probability"], reverse=True)[:5]
    assert all(row["historic_clv"] < high["cut"] for row in risers.records())


def test_probabilities_to_become_high_value_were_held_to_what_happened(result):
    evidence = json.loads(result.paths["manifest.json"].read_text())["facts"]["evidence"]
    latest = evidence["high_value"][0]
    assert latest["as_of"] == evidence["backtests"][0]["as_of"]
    assert latest["expected"] == pytest.approx(0.1 * latest["customers"], rel=1e-3)
    assert sum(one["customers"] for one in latest["ranges"]) == latest["customers"]
    assert "Did those become high-value who were said to?" in result.report


def test_how_many_count_as_high_value_can_be_set(orders):
    few, many = (
        lifeworth.run(orders, high_value=share, **NAMED).summary["value"]["high_value"] for share in (0.02, 0.3)
    )
    assert many["threshold"] < few["threshold"]


def test_tiers_and_groups_cover_everybody(customers):
    for column in ("value_tier", "rfm_segment", "lifecycle_status"):
        assert customers[column].notna().all()


def test_the_files_hold_the_same_customers(result):
    table = pq.read_table(result.paths["customers.parquet"])
    assert table.to_pydict() == result.customers.to_pydict()
    written = pc.read_csv(result.paths["customers.csv"])
    assert written.column_names == COLUMNS
    np.testing.assert_allclose(written["total_clv"].to_numpy(), table["total_clv"].to_numpy(), atol=0.00005001)


def test_the_report_is_one_file_that_asks_for_nothing(result):
    text = result.paths["report.html"].read_text(encoding="utf-8")
    assert text == result.report
    assert "http://" not in text.replace("http://www.w3.org", "")
    assert "https://" not in text


def test_the_manifest_reconciles_to_the_cent(result, orders):
    facts = json.loads(result.paths["manifest.json"].read_text())["facts"]
    total = sum((Decimal(str(v)) for v in orders["amount"].to_pylist()), Decimal(0))
    assert Decimal(facts["reconciliation"]["money_in"]) == total
    assert facts["reconciliation"]["rows_in"] == orders.num_rows


def test_a_check_says_what_a_run_would_test_and_about_how_long_that_takes(orders):
    texts = [block.text for block in check(orders).blocks if isinstance(block, Text)]
    assert any(
        re.match(r"A run would test \d+ models on \d+ hold-outs of up to 700 customers.* on this machine", one)
        for one in texts
    )


def test_a_check_of_too_few_customers_foretells_no_test(orders):
    few = orders.filter(pa.compute.less(orders["customer_id"], 40))
    assert not any("would test" in block.text for block in check(few).blocks if isinstance(block, Text))


def test_the_same_input_gives_the_same_bytes(orders, plain, tmp_path):
    first = plain[0]
    second = lifeworth.run(orders, workspace=tmp_path)
    for name in first.paths:
        assert first.paths[name].read_bytes() == second.paths[name].read_bytes(), name


def test_the_order_of_rows_does_not_matter(orders, plain):
    shuffled = orders.take(np.random.default_rng(1).permutation(orders.num_rows))
    once, again = plain[0].customers, lifeworth.run(shuffled).customers
    np.testing.assert_allclose(once["predicted_clv"].to_numpy(), again["predicted_clv"].to_numpy(), rtol=1e-6)


def test_money_in_another_unit_scales_every_value_and_no_probability(orders, plain):
    cents = orders.set_column(
        orders.column_names.index("amount"), "amount", pa.array([float(v) * 100 for v in orders["amount"].to_pylist()])
    )
    euro, cent = plain[0].customers, lifeworth.run(cents).customers
    np.testing.assert_allclose(cent["predicted_clv"].to_numpy(), 100 * euro["predicted_clv"].to_numpy(), rtol=1e-4)
    np.testing.assert_allclose(cent["probability_alive"].to_numpy(), euro["probability_alive"].to_numpy(), rtol=1e-9)


@pytest.mark.parametrize(("make", "kind"), [(pa.Table.to_pandas, pd.DataFrame), (pl.from_arrow, pl.DataFrame)])
def test_an_answer_comes_in_the_kind_of_frame_the_question_came_in(orders, make, kind):
    frame = make(orders)
    before = frame.copy() if isinstance(frame, pd.DataFrame) else frame.clone()
    answer = lifeworth.run(frame, **NAMED).customers
    assert isinstance(answer, kind)
    assert before.equals(frame)


def test_the_discount_lowers_value_and_a_longer_horizon_raises_it(orders):
    free = lifeworth.run(orders, discount=0.0, **NAMED).summary["value"]["customer_equity"]["value"]
    dear = lifeworth.run(orders, discount=0.3, **NAMED).summary["value"]["customer_equity"]["value"]
    long = lifeworth.run(orders, discount=0.0, horizon="24m", **NAMED).summary["value"]["customer_equity"]["value"]
    assert dear < free < long


def test_predictions_of_a_known_company_are_right_in_total():
    full = simulate_orders(6000, days=730, joining_days=365, seed=11)
    day = np.asarray(full["order_date"].to_pandas(), dtype="datetime64[D]")
    cut = np.datetime64("2025-01-01")
    past, future = full.filter(pa.array(day <= cut)), full.filter(pa.array(day > cut))
    found = lifeworth.run(past, as_of=date(2025, 1, 1), horizon="364d").customers
    known = set(found["customer_id"].to_pylist())
    came = sum(str(c) in known for c in future["customer_id"].to_pylist())
    assert float(np.sum(found["expected_orders"].to_numpy())) == pytest.approx(came, rel=0.06)


def test_orders_after_the_as_of_date_are_set_aside_and_counted(orders):
    day = np.asarray(orders["order_date"].to_pandas(), dtype="datetime64[D]")
    cut = np.datetime64("2024-12-31")
    summary = lifeworth.run(orders, as_of=date(2024, 12, 31), **NAMED).summary
    assert summary["reconciliation"]["rows_set_aside"] == {"after_as_of": int((day > cut).sum())}


# -- bad input --------------------------------------------------------------------------------------------------------
def frame(rows, *, amount=True):
    columns = {"customer_id": [r[0] for r in rows], "order_date": [r[1] for r in rows]}
    return pd.DataFrame(columns | ({"amount": [r[2] for r in rows]} if amount else {}))


def shop(customers=10, orders=3):
    return [(f"c{c}", date(2025, 1 + k, 1 + c % 28), 10.0 + c) for c in range(customers) for k in range(orders)]


def test_ten_customers_get_historic_and_simple_value_and_are_told_what_is_missing():
    result = lifeworth.run(frame(shop(10)))
    assert result.customers["predicted_clv"].isna().all()
    assert result.customers["historic_clv"].notna().all()
    assert "100" in result.summary["value"]["no_model"]
    assert "No model was fitted" in result.report
    assert result.summary["value"]["elasticities"] is None


def test_without_amounts_orders_are_predicted_and_money_is_not(orders):
    result = lifeworth.run(orders.drop_columns(["amount"]))
    table = result.customers
    assert table["expected_orders"].null_count == 0
    assert table["predicted_clv"].null_count == table.num_rows
    assert table["historic_clv"].null_count == table.num_rows
    assert "no amounts" in result.report
    assert not result.summary["value"]["elasticities"]["in_money"]


def test_one_customer_only_is_answered_not_refused():
    result = lifeworth.run(frame([("a", date(2025, 1, k), 5.0) for k in range(1, 20)]))
    assert len(result.customers) == 1
    assert result.customers["orders"].tolist() == [19]


def test_all_orders_on_one_day_are_answered_without_a_model():
    result = lifeworth.run(frame([(f"c{k}", date(2025, 1, 1), 5.0) for k in range(300)]))
    assert result.customers["predicted_clv"].isna().all()
    assert result.customers["orders"].eq(1).all()


def test_one_customer_with_very_many_orders_breaks_nothing(orders):
    whale = pa.table(
        {
            "customer_id": pa.array([10**6] * 1_000_000, orders.schema.field("customer_id").type),
            "order_date": pa.array(np.datetime64("2024-01-02") + np.arange(1_000_000) % 480).cast(
                orders.schema.field("order_date").type
            ),
            "amount": pa.array(np.full(1_000_000, 3.5)).cast(orders.schema.field("amount").type),
        }
    )
    rows = pa.concat_tables([orders.select(whale.column_names), whale])
    table = lifeworth.run(rows).customers.to_pandas()
    assert table.loc[table["customer_id"] == "1000000", "orders"].tolist() == [480]
    assert np.isfinite(table["predicted_clv"].astype(float)).all()


def test_an_input_where_nobody_is_named_says_which_column_it_needs():
    rows = frame([(None, date(2025, 1, 1), 5.0), (None, date(2025, 1, 2), 5.0)])
    with pytest.raises((DataError, InputError), match="customer"):
        lifeworth.run(rows)


def test_mixed_currencies_are_refused_with_each_one_named():
    rows = frame(shop(4)).assign(currency=["EUR", "USD"] * 6)
    with pytest.raises(InputError, match=r"EUR[\s\S]*USD"):
        lifeworth.run(rows)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileError, match=r"nowhere\.csv"):
        lifeworth.run(tmp_path / "nowhere.csv")


def test_infinite_and_unreadable_amounts_are_set_aside_by_reason(orders):
    bad = frame([("x", date(2024, 3, 1), math.inf), ("y", date(2024, 3, 2), math.nan)])
    good = (
        orders.select(["customer_id", "order_date", "amount"]).to_pandas().astype({"customer_id": str, "amount": float})
    )
    summary = lifeworth.run(pd.concat([good, bad]), **NAMED).summary
    assert sum(summary["reconciliation"]["rows_set_aside"].values()) == 2


# -- sturdiness -------------------------------------------------------------------------------------------------------
def test_a_full_disk_leaves_the_last_good_run_current(orders, another, monkeypatch):
    before = (another / "runs" / "current" / "customers.csv").read_bytes()

    def no_room(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_room)
    with pytest.raises(StorageError):
        lifeworth.run(orders, workspace=another, margin=0.1, **NAMED)
    monkeypatch.undo()
    assert (another / "runs" / "current" / "customers.csv").read_bytes() == before
    assert not [left for left in (another / "runs").iterdir() if left.name.startswith(".")]


@pytest.mark.slow
def test_a_killed_run_leaves_the_last_good_one_and_the_next_succeeds(orders, tmp_path):
    file = tmp_path / "orders.csv"
    pc.write_csv(orders, file)
    workspace = tmp_path / "ws"
    lifeworth.run(file, workspace=workspace)
    before = (workspace / "runs" / "current").resolve()
    started = subprocess.Popen(
        [sys.executable, "-m", "lifeworth.cli.main", "run", str(file), "--workspace", str(workspace), "--quiet"],
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not list((workspace / "runs").glob(".*.part")):
        time.sleep(0.01)
    os.killpg(started.pid, signal.SIGKILL)
    started.wait()
    assert (workspace / "runs" / "current").resolve() == before
    again = lifeworth.run(file, workspace=workspace)
    assert (workspace / "runs" / "current").resolve() != before
    assert again.customers.num_rows > 0
    assert not list((workspace / "runs").glob(".*.part"))


def test_a_workspace_of_a_newer_version_is_refused_before_any_work(orders, another):
    manifest = another / "runs" / "current" / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"format_version": 99, "lifeworth": "9.0"}))
    with pytest.raises(WorkspaceError, match=r"9\.0"):
        lifeworth.run(orders, workspace=another)


def test_a_workspace_opens_where_the_run_left_it(result):
    folder = Path(result.paths["report.html"]).parent.parent.parent
    with lifeworth.Workspace.open(folder) as ws:
        assert ws.engine.arrow(ws.table("customers_scored")).num_rows == result.customers.num_rows
        assert ws.as_of == date.fromisoformat(result.summary["as_of"])


def test_what_a_run_looked_ahead_is_told_of_it_whatever_the_settings_say_later(orders, tmp_path):
    result = lifeworth.run(orders, workspace=tmp_path, horizon="24m", **NAMED)
    assert result.summary["horizon"] == "24 months"
    with lifeworth.Workspace.open(tmp_path) as ws:
        assert "24 months" in clv.elasticities(ws).blocks[0].text
