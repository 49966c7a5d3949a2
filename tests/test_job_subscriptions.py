"""A company without orders: subscriptions alone go in, and every subscriber's value comes out."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest

from lifeworth.data.synthetic import generate
from lifeworth.errors import DataError, InputError
from lifeworth.job import check, run
from lifeworth.kpis.actions import kpis, metric, presets
from lifeworth.report.spec import Table
from lifeworth.workspace import Workspace


@pytest.fixture(scope="module")
def subscribed() -> pa.Table:
    return generate(300, seed=3)["subscriptions"]


@pytest.fixture(scope="module")
def done(subscribed: pa.Table, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, object]:
    folder = tmp_path_factory.mktemp("club")
    return folder, run(tables={"subscriptions": subscribed}, workspace=folder, margin=0.5, currency="EUR")


def test_every_subscriber_has_a_value(done, subscribed):
    folder, result = done
    assert result.customers.num_rows == result.summary["customers"] > 0
    assert set(result.customers["customer_id"].to_pylist()) <= set(subscribed["customer_id"].to_pylist())
    written = json.loads((folder / "runs" / "current" / "manifest.json").read_text())
    assert written["facts"]["tables"]["subscriptions"]["rows_used"] == subscribed.num_rows
    assert written["inputs"][0]["table"] == "subscriptions"


def test_the_parts_answer_from_the_workspace(done):
    from lifeworth.subscriptions.actions import renewals, subscriptions

    with Workspace.open(done[0]) as ws:
        assert ws.currency == "EUR"
        assert subscriptions(ws).blocks
        assert renewals(ws).blocks


def test_the_report_has_the_data_and_the_overview(done):
    names = [page.name for page in done[1].document.pages]
    assert (names[0], names[-1]) == ("overview", "data")


def test_check_says_what_would_be_understood(subscribed):
    page = check(tables={"subscriptions": subscribed})
    assert page.name == "check"
    assert any(getattr(block, "title", "") == "Tables beside orders" for block in page.blocks)


def test_without_orders_and_subscriptions_there_is_nothing_to_do():
    with pytest.raises(InputError, match="no subscriptions either"):
        run()


def test_subscriptions_of_which_none_counts_are_refused_with_the_reason(subscribed):
    with pytest.raises(DataError, match="after the last day"):
        run(tables={"subscriptions": subscribed}, as_of="2020-01-01")


def test_the_command_line_needs_no_orders(subscribed, tmp_path, capsys):
    import pyarrow.parquet as pq

    from lifeworth.cli.main import main

    pq.write_table(subscribed, tmp_path / "subs.parquet")
    with pytest.raises(SystemExit) as ended:
        main(
            [
                "run",
                "--table",
                f"subscriptions={tmp_path / 'subs.parquet'}",
                "--workspace",
                str(tmp_path / "ws"),
                "--quiet",
            ]
        )
    assert ended.value.code == 0, capsys.readouterr().err
    assert "What your subscribers are worth" in capsys.readouterr().out


def test_the_numbers_of_the_business_need_no_orders(done):
    with Workspace.open(done[0]) as ws:
        page = kpis(ws)
        headlines = {one.name: one.value for one in page.blocks[0].items}
        titles = [block.title for block in page.blocks if isinstance(block, Table)]
        assert headlines["MRR"] == pytest.approx(float(ws.facts["mrr"]))
        assert titles == ["Subscriptions", "What is missing, and what would bring it"]
        assert page.blocks[-1].records()[0]["table"] == "orders"
        assert [block.title for block in kpis(ws, by="period").blocks] == ["Subscriptions"]
        assert metric(ws, "nrr").blocks
        assert presets(ws).blocks
        with pytest.raises(DataError, match="looks at orders"):
            presets(ws, "klaviyo")
