from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest

from lifeworth.asked import given
from lifeworth.errors import NotFoundError, StoppedError
from lifeworth.parts import ACTIONS
from lifeworth.report.spec import Page, plain
from lifeworth.serving.answers import Answers, Pending
from lifeworth.serving.desk import Desk
from lifeworth.workspace import Workspace

BY_NAME = {one.name: one for one in ACTIONS}


def test_a_workspace_without_a_run_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError) as caught:
        Desk(tmp_path).run()
    assert "Upload orders" in str(caught.value)


@pytest.mark.parametrize("name", ["value", "kpis", "cohorts", "segments", "net", "subscriptions", "audit"])
def test_what_the_report_drew_is_what_the_action_answers(made_workspace: Path, name: str) -> None:
    desk = Desk(made_workspace)
    drawn = desk.pages_of(BY_NAME[name], {})
    with Workspace.open(made_workspace) as ws:
        asked = BY_NAME[name].load()(ws)
    if drawn is not None:
        assert plain(drawn) == plain(asked)
    assert plain(desk.ask(name)) == plain(asked)


def test_an_answer_is_worked_out_once_and_found_by_the_next_server(workspace_copy: Path) -> None:
    desk = Desk(workspace_copy)
    arguments = given(BY_NAME["cohorts"].load(), {"metric": "revenue", "by": "channel"})
    answer = desk.ask("cohorts", arguments)
    assert desk.ask("cohorts", arguments) is answer
    shutil.rmtree(workspace_copy / "tables" / "purchase_days")
    again = Desk(workspace_copy).ask("cohorts", arguments)
    assert plain(again) == plain(answer)


def test_a_damaged_answer_is_worked_out_anew(workspace_copy: Path) -> None:
    desk = Desk(workspace_copy)
    arguments = given(BY_NAME["kpis"].load(), {"period": "6m"})
    answer = desk.ask("kpis", arguments)
    for kept in (workspace_copy / ".serve").rglob("answers/*.json"):
        kept.write_text(kept.read_text(encoding="utf-8")[:100], encoding="utf-8")
    assert plain(Desk(workspace_copy).ask("kpis", arguments)) == plain(answer)


def test_settings_of_the_workspace_are_part_of_the_question(workspace_copy: Path) -> None:
    desk = Desk(workspace_copy)
    before = desk.ask("definitions")
    (workspace_copy / "lifeworth.toml").write_text(
        '[metrics.double]\nformula = "order_revenue * 2"\ntitle = "Twice"\n', encoding="utf-8"
    )
    after = desk.ask("definitions")
    assert "Twice" in str(plain(after))
    assert "Twice" not in str(plain(before))


def test_a_slow_answer_is_pending_and_can_be_stopped(workspace_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import lifeworth.serving.answers as answers

    begun, go_on = threading.Event(), threading.Event()
    kept = answers._answered

    def slow(*arguments: object) -> object:
        begun.set()
        go_on.wait(20)
        return kept(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(answers, "_answered", slow)
    desk = Desk(workspace_copy)
    arguments = given(BY_NAME["kpis"].load(), {"period": "9m"})
    first = desk.ask("kpis", arguments, wait=0.01)
    assert isinstance(first, Pending)
    begun.wait(20)
    # Another question waits its turn behind it and is taken back before it begins.
    second = desk.ask("kpis", given(BY_NAME["kpis"].load(), {"period": "8m"}), wait=0.01)
    assert isinstance(second, Pending)
    assert desk.answers.stop(second.key)
    go_on.set()
    assert isinstance(desk.ask("kpis", arguments), Page)


def test_a_query_that_runs_is_interrupted(
    made_workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import lifeworth.serving.answers as answers

    begun = threading.Event()

    def endless(action: object, workspace: Workspace, arguments: object, root: object) -> object:
        rows = workspace.table("purchase_days")
        begun.set()
        two = rows.select(a="value").cross_join(rows.select(b="value"))
        many = two.cross_join(rows.select(c="value"))
        return workspace.engine.arrow(many.aggregate(n=many.count()))

    monkeypatch.setattr(answers, "_answered", endless)
    kept = Answers(made_workspace, tmp_path)
    run_id = (made_workspace / "runs" / "current").resolve().name
    pending = kept.ask(run_id, BY_NAME["kpis"], {}, wait=0.01)
    assert isinstance(pending, Pending)
    begun.wait(20)
    held = kept._under_way[pending.key]
    while not held.done():
        kept.stop(pending.key)
        held.exception(0.2) if held.done() else threading.Event().wait(0.05)
    with pytest.raises(StoppedError):
        held.result()


def test_the_desk_turns_to_a_new_run_only_when_all_of_it_is_at_hand(workspace_copy: Path) -> None:
    desk = Desk(workspace_copy)
    old = desk.run()
    fresh = workspace_copy / "runs" / "29990101T000000"
    shutil.copytree(old.folder, fresh)
    for table in (workspace_copy / "tables").iterdir():
        shutil.copy(table / f"{old.run_id}.parquet", table / f"{fresh.name}.parquet")
    link = workspace_copy / "runs" / "current"
    link.unlink()
    link.symlink_to(fresh.name)
    assert desk.run() is old
    assert desk._preparing is not None
    desk._preparing.join(30)
    assert desk.run().run_id == fresh.name
    assert old.shelf.count("customers") == desk.run().shelf.count("customers")
