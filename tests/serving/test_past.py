"""What earlier runs said of a customer, as long as they are on disk."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

from lifeworth.serving.customers import page, terms, true_id
from lifeworth.serving.desk import Desk
from lifeworth.serving.past import Earlier, history, moves


def _earlier(root: Path, name: str, as_of: str) -> None:
    """A second run: the tables of the first under another day."""
    current = (root / "runs" / "current").resolve()
    folder = root / "runs" / name
    folder.mkdir()
    manifest = json.loads((current / "manifest.json").read_text(encoding="utf-8"))
    manifest["facts"]["as_of"] = as_of
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    tables = root / "tables" / "customers_scored"
    shutil.copy(tables / f"{current.name}.parquet", tables / f"{name}.parquet")


def test_a_single_run_is_a_history_of_one_day(workspace_copy: Path) -> None:
    someone = page(Desk(workspace_copy).run(), limit=1).rows[0]
    (only,) = history(workspace_copy, someone["customer_id"])
    assert only.said["value_tier"] == someone["value_tier"]


def test_the_earliest_day_comes_first(workspace_copy: Path) -> None:
    _earlier(workspace_copy, "20250101T000000", "2025-01-01")
    someone = page(Desk(workspace_copy).run(), limit=1).rows[0]
    assert history(workspace_copy, someone["customer_id"])[0].as_of == date(2025, 1, 1)


def test_a_damaged_run_does_not_hide_the_others(workspace_copy: Path) -> None:
    _earlier(workspace_copy, "20250101T000000", "2025-01-01")
    (workspace_copy / "runs" / "20250101T000000" / "manifest.json").write_text("{", encoding="utf-8")
    someone = page(Desk(workspace_copy).run(), limit=1).rows[0]
    assert len(history(workspace_copy, someone["customer_id"])) == 1


def test_who_was_not_known_yet_has_an_empty_past(workspace_copy: Path) -> None:
    assert all(not one.said for one in history(workspace_copy, "nobody"))


def test_only_changes_of_a_group_are_moves() -> None:
    told = [
        ("2025-01-01", {}),
        ("2025-02-01", {"t": "Low"}),
        ("2025-03-01", {"t": "Low"}),
        ("2025-04-01", {"t": "Gold"}),
    ]
    past = tuple(Earlier("", date.fromisoformat(day), said) for day, said in told)
    assert moves(past, "t") == [(date(2025, 2, 1), "Low"), (date(2025, 4, 1), "Gold")]


def test_the_terms_of_net_value_add_up(made_workspace: Path) -> None:
    run = Desk(made_workspace).run()
    someone = page(run, limit=1).rows[0]["customer_id"]
    net = dict(terms(run, someone)["net_value"])
    whole = net.pop("net_clv")
    assert abs(sum(-value if name.endswith("cost") else value for name, value in net.items()) - whole) < 1e-6


def test_a_pseudonym_leads_to_the_same_terms(made_workspace: Path) -> None:
    desk = Desk(made_workspace)
    run = desk.run()
    someone = page(run, limit=1).rows[0]["customer_id"]
    assert terms(run, desk.alias(someone), personal=False) == terms(run, someone)
    assert true_id(run, desk.alias(someone), personal=False) == someone
