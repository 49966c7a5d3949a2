"""Keeping watch on a workspace: looks are written down, messages go out once, and the loop survives errors and stops when told."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from filelock import FileLock

from lifeworth.data.book import book_of
from lifeworth.errors import OptionError, WorkspaceError
from lifeworth.monitoring.actions import alert, alerts, checks
from lifeworth.monitoring.alerts import Alerts
from lifeworth.monitoring.outbox import waiting
from lifeworth.monitoring.watch import keep_watch, look_once, plain
from lifeworth.report.spec import Chart, Group, Table, Text
from lifeworth.units import Period
from lifeworth.workspace import Workspace

NOON = datetime(2026, 7, 20, 12)
LATE = date(2026, 7, 20)
MONITORING = """
[monitoring]
fresh_within = 3
least_minutes = 0
{more}
"""


@pytest.fixture
def watched(workspace_copy: Path) -> Iterator[Path]:
    """A workspace whose data are late."""
    settings(workspace_copy, "[monitoring.file]")
    yield workspace_copy
    book_of(workspace_copy).close()


def settings(folder: Path, more: str = "") -> None:
    (folder / "lifeworth.toml").write_text(MONITORING.format(more=more), encoding="utf-8")


def look(folder: Path, days: int = 0, **more: Any) -> Any:
    return look_once(folder, now=NOON + timedelta(days=days), today=LATE + timedelta(days=days), environment={}, **more)


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(one) for one in (folder / "alerts.jsonl").read_text(encoding="utf-8").splitlines()]


def test_a_late_file_is_told_once_and_over_when_it_came(watched: Path) -> None:
    first, second = look(watched), look(watched, days=1)
    assert [one.check for one in first.change.raised] == ["late_file"]
    assert first.has_news
    assert not second.has_news
    assert [one["event"] for one in lines(watched)] == ["raised"]
    said = lines(watched)[0]
    assert said["subject"] == "file"
    assert said["money"]["currency"] == "EUR"
    over = look_once(watched, now=NOON + timedelta(days=2), today=date(2026, 7, 1), environment={})
    assert [one.check for one in over.change.over] == ["late_file"]
    assert [one["event"] for one in lines(watched)] == ["raised", "over"]


def test_quiet_hours_hold_a_message_back_and_lose_nothing(watched: Path) -> None:
    settings(watched, 'quiet_hours = "11:00-13:00"\ntimezone = "UTC"\n[monitoring.file]')
    look(watched)
    assert not (watched / "alerts.jsonl").exists()
    assert len(waiting(book_of(watched))) == 1
    look_once(watched, now=NOON + timedelta(hours=2), today=LATE, environment={})
    assert [one["event"] for one in lines(watched)] == ["raised"]


def test_without_delivery_messages_wait(watched: Path) -> None:
    assert look(watched, deliver=False).sent == ()
    assert len(waiting(book_of(watched))) == 1


def test_a_webhook_that_is_down_is_told_and_tried_again(watched: Path) -> None:
    settings(watched, '[monitoring.webhook]\nurl = "http://127.0.0.1:9/"\ntries = 1\n[monitoring.file]')
    sent = {one.channel: one for one in look(watched).sent}
    assert (sent["webhook"].sent, sent["webhook"].waiting) == (0, 1)
    assert sent["file"].sent == 1
    assert "does not answer" in waiting(book_of(watched))[0]["error"]
    with Workspace.open(watched) as ws:
        page = alerts(ws)
    assert any(isinstance(one, Text) and "could not be sent" in one.text for one in page.blocks)


def test_a_look_is_the_same_in_json(watched: Path) -> None:
    said = plain(look(watched))
    assert json.loads(json.dumps(said)) == said
    (raised,) = said["alerts"]["new"]
    assert raised["cause"]
    assert raised["next_step"]
    assert raised["since"] == "2026-07-04"
    assert {one["check"] for one in said["checks"]} >= {"volume", "consent", "calibration"}


def test_a_folder_that_is_no_workspace_and_a_second_watch_are_told(
    tmp_path: Path, watched: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lifeworth.monitoring import watch

    with pytest.raises(WorkspaceError, match="no workspace"):
        look_once(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()
    monkeypatch.setattr(watch, "PATIENCE", 0.1)
    with FileLock(watched / watch.LOCK), pytest.raises(WorkspaceError, match="Somebody else"):
        look(watched)


def test_a_check_that_does_not_exist_is_named(watched: Path) -> None:
    settings(watched, 'off = ["late_fil"]')
    with pytest.raises(OptionError, match="late_file"):
        look(watched)


def test_the_page_of_alerts_tells_what_stands_in_the_book_and_what_does_not_yet(watched: Path) -> None:
    # The page looks by the calendar of today, on which these data are late as well.
    with Workspace.open(watched) as ws:
        before = alerts(ws)
    assert any(isinstance(one, Text) and "Not written down yet" in one.text for one in before.blocks)
    raised = look(watched).change.raised[0]
    with Workspace.open(watched) as ws:
        after = alerts(ws)
        done = alert(ws, raised.alert_id[:6], acknowledge=True, by="Ada")
        taken = alerts(ws)
    assert any(isinstance(one, Text) and raised.alert_id in one.text for one in after.blocks)
    assert "Taken on by Ada" in done.lead
    assert any(isinstance(one, Text) and "Taken on by Ada" in one.text for one in taken.blocks)
    table = next(one for one in taken.blocks if isinstance(one, Table) and one.title == "Every check")
    assert all(row[2] for row in table.rows)


def test_a_look_of_today_is_shown_as_it_was_written_down(watched: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from lifeworth.monitoring import actions

    raised = look_once(watched, environment={}).change.raised

    def asked(_: Any) -> Any:
        raise AssertionError("no check needs to be asked")

    with Workspace.open(watched) as ws:
        monkeypatch.setattr(actions, "_now", asked)
        page = alerts(ws)
    table = next(one for one in page.blocks if isinstance(one, Table) and one.title == "Every check")
    assert [row[1] for row in table.rows].count("found") >= 1
    assert all(row[2] for row in table.rows)
    assert any(isinstance(one, Text) and raised[0].alert_id in one.text for one in page.blocks)


def test_an_alert_that_is_open_in_the_book_and_not_seen_now_is_not_hidden(watched: Path) -> None:
    raised = look(watched).change.raised[0]
    settings(watched, 'off = ["late_file"]')
    with Workspace.open(watched) as ws:
        page = alerts(ws)
    assert any(
        isinstance(one, Text) and raised.alert_id in one.text and "Not seen now" in one.text for one in page.blocks
    )


def test_an_alert_is_put_off_by_the_command(watched: Path) -> None:
    raised = look(watched).change.raised[0]
    with Workspace.open(watched) as ws:
        assert "Put off until" in alert(ws, raised.alert_id, snooze=Period.parse("7d")).lead
        with pytest.raises(OptionError, match="what is to be done"):
            alert(ws, raised.alert_id)
    assert Alerts(book_of(watched)).open()[0].snoozed_until is not None


def test_the_page_of_checks_draws_what_was_expected(watched: Path) -> None:
    with Workspace.open(watched) as ws:
        page = checks(ws)
    charts = [
        one
        for block in page.blocks
        for one in (block.blocks if isinstance(block, Group) else (block,))
        if isinstance(one, Chart)
    ]
    bands = [one for chart in charts for one in chart.series if one.low]
    assert {"Orders a week", "How far distributions have moved"} <= {one.title for one in charts}
    assert all(
        low <= high
        for one in bands
        for low, high in zip(one.low, one.high, strict=True)
        if low is not None and high is not None
    )


def test_an_earlier_run_is_seen_and_its_promise_held_to_what_came(watched: Path) -> None:
    from lifeworth.job import run

    data = watched / "data"
    beside = {"subscriptions": str(data / "subscriptions.csv"), "customers": str(data / "customers.csv")}
    for day in (date(2026, 2, 28), date(2026, 6, 30)):
        run(
            str(data / "orders.csv"),
            tables=beside,
            workspace=watched,
            as_of=day,
            model="beta_geo_nbd",
            covariates="none",
        )
    seen = {one.check: one for one in look_once(watched, now=NOON, today=date(2026, 7, 1), environment={}).outcomes}
    assert {one.state for one in seen.values()} <= {"fine", "found", "not enough data"}
    assert "28 Feb 2026" in seen["calibration"].told.said
    assert "worth" in seen["value_at_risk"].told.said
    assert any("since 28 Feb 2026" in one.title for one in seen["drift"].told.moved)
    # Tables that the run of the fixture had are left out now.
    assert (
        "tickets: columns" not in {one.subject for one in seen["schema"].told.findings}
        or seen["schema"].state == "found"
    )


def test_a_company_of_contracts_alone_is_watched_too(made_workspace: Path, tmp_path: Path) -> None:
    from lifeworth.job import run

    run(None, tables={"subscriptions": str(made_workspace / "data" / "subscriptions.csv")}, workspace=tmp_path)
    seen = {one.check: one for one in look_once(tmp_path, today=date(2026, 7, 1), environment={}).outcomes}
    assert "subscriptions ended" in seen["churn"].told.said
    assert seen["volume"].state == "not enough data"
    assert "failed" not in {one.state for one in seen.values()}
    book_of(tmp_path).close()


CARD = """
title = "A card of our own"
[perspectives]
financial = {title = "Financial"}
customer = {title = "Customer"}
process = {title = "Process"}
learning = {title = "Learning"}
[objectives.grow]
perspective = "financial"
title = "Grow"
[measures.red]
objective = "grow"
metric = "revenue"
red = 1e12
goal = 2e12
owner = "Ada"
[measures.fine]
objective = "grow"
metric = "orders"
red = 1
goal = 2
[measures.late]
objective = "grow"
metric = "aov"
red = 1
goal = 2
baseline = 1
target = 1000
target_on = 2026-05-31
"""


def test_measures_of_a_card_of_ones_own_are_told_when_they_are_red_or_late(watched: Path) -> None:
    (watched / "scorecard.toml").write_text(CARD, encoding="utf-8")
    found = {one.check: one.told for one in look(watched).outcomes}["targets"]
    told = {one.subject: one for one in found.findings}
    assert told.keys() == {"red", "late"}
    assert told["late"].since == date(2026, 5, 31)
    assert "was promised by 31 May 2026" in told["late"].finding
    assert told["red"].amount is not None
    assert "Ada" in told["red"].next_step


def test_a_card_that_cannot_be_read_says_so_and_hinders_nothing(watched: Path) -> None:
    (watched / "scorecard.toml").write_text("no card", encoding="utf-8")
    said = {one.check: one for one in look(watched).outcomes}["targets"]
    assert said.state == "not enough data"
    assert "TOML" in said.told.why


# -- the loop ---------------------------------------------------------------------------------------------------------
def test_the_loop_survives_errors_and_stops_when_told() -> None:
    stop, told, faults = Event(), [], []
    answers: list[Any] = ["one", WorkspaceError("in use"), ValueError("surprise"), "two"]

    def take() -> Any:
        answer = answers.pop(0)
        if not answers:
            stop.set()
        if isinstance(answer, Exception):
            raise answer
        return answer

    taken = keep_watch(take, timedelta(0), stop, tell=told.append, fault=faults.append)
    assert (taken, told, [type(one) for one in faults]) == (4, ["one", "two"], [WorkspaceError, ValueError])


def test_whoever_waits_between_two_looks_is_woken_by_the_end() -> None:
    stop = Event()
    thread = Thread(target=keep_watch, args=(lambda: None, timedelta(hours=1), stop), kwargs={"tell": lambda _: None, "fault": lambda _: None})  # fmt: skip
    thread.start()
    stop.set()
    thread.join(timeout=10)
    assert not thread.is_alive()


def command(folder: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "lifeworth.cli.main", "watch", "--workspace", str(folder), *words]


def test_once_ends_with_four_where_there_is_something_new_and_with_zero_after(watched: Path) -> None:
    first = subprocess.run(command(watched, "--once"), capture_output=True, text=True, check=False)
    assert first.returncode == 4, first.stderr
    assert "New: " in first.stdout
    assert "Next: " in first.stdout
    second = subprocess.run(command(watched, "--once", "--json"), capture_output=True, text=True, check=False)
    assert second.returncode == 0, second.stderr
    assert json.loads(second.stdout)["alerts"]["going_on"]


def test_the_watch_ends_on_sigterm_after_the_look_in_hand(watched: Path) -> None:
    with subprocess.Popen(command(watched, "--every", "1h", "--json"), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["news"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0


def test_a_watch_that_was_killed_at_any_moment_goes_on_where_it_was(watched: Path) -> None:
    for pause in (1.0, 2.0, 3.0, 4.5):
        process = subprocess.Popen(
            command(watched, "--every", "1s"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(pause)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    look_once(watched, environment={})
    assert waiting(book_of(watched)) == []
    numbers = [one["delivery_id"] for one in lines(watched)]
    assert len(numbers) == len(set(numbers)) == len({(one["alert_id"], one["event"]) for one in lines(watched)})
    assert len([one for one in Alerts(book_of(watched)).open() if one.check == "late_file"]) == 1


@pytest.mark.parametrize("every", ["", "1", "h", "0h", "-1h", "1y"])
def test_a_time_that_is_none_is_refused(watched: Path, every: str, capsys: pytest.CaptureFixture[str]) -> None:
    from lifeworth.cli.main import main

    with pytest.raises(SystemExit) as ended:
        main(["watch", "--once", "--workspace", str(watched), f"--every={every}"])
    assert ended.value.code == 2
    assert "30m" in capsys.readouterr().err
