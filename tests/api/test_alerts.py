"""Alerts over the wire: who may take one on or put it off, what it then says, and what stands in the trail."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from lifeworth.access.roles import Role
from lifeworth.data.book import book_of, now
from lifeworth.monitoring.alerts import Alerts
from lifeworth.monitoring.finding import Finding, Outcome, Told

DROP = Finding("sales", "critical", date(2026, 6, 24), "Orders fell.", "Nobody knows.", "Look.", -1234.5, "revenue missing")  # fmt: skip


@pytest.fixture
def alert(fresh: Any) -> str:
    """An alert that a look has raised."""
    found = Alerts(book_of(fresh.root)).record(
        [Outcome("volume", "found", Told("said", (DROP,)))], as_of=date(2026, 6, 30), run_id="r", now=now()
    )
    return found.raised[0].alert_id


@pytest.fixture
def key(fresh: Any) -> str:
    found: str = fresh.key("Ada", Role.ANALYST, "marketing")
    return found


def test_an_alert_is_listed_taken_on_and_put_off(fresh: Any, key: str, alert: str) -> None:
    (one,) = fresh.ask("GET", "/alerts/open", key).json()["items"]
    assert one["alert_id"] == alert
    assert one["money"] == {"amount": "-1234.50", "currency": "EUR", "is": "revenue missing"}
    assert one["acknowledged_by"] is None
    taken = fresh.ask("POST", f"/alerts/{alert}/acknowledge", key)
    assert taken.status_code == 200, taken.text
    assert taken.json()["acknowledged_by"] == "Ada"
    off = fresh.ask("POST", f"/alerts/{alert}/snooze", key, json={"days": 7}).json()
    until = datetime.fromisoformat(off["snoozed_until"]).replace(tzinfo=None)
    assert timedelta(days=6.9) < until - now() < timedelta(days=7.1)
    boss = fresh.key("boss", Role.ADMIN, "marketing")
    done = [one["action"] for one in fresh.ask("GET", "/trail", boss).json()["items"] if one["subject"] == alert]
    assert set(done) == {"alert.acknowledge", "alert.snooze"}


def test_a_viewer_only_reads(fresh: Any, alert: str) -> None:
    viewer = fresh.key("Vi", Role.VIEWER, "marketing")
    assert len(fresh.ask("GET", "/alerts/open", viewer).json()["items"]) == 1
    assert fresh.ask("POST", f"/alerts/{alert}/acknowledge", viewer).status_code == 403
    assert Alerts(book_of(fresh.root)).open()[0].acknowledged_at is None


@pytest.mark.parametrize("days", [0, -1, 366, 10**9, "7", 1.5, True, None])
def test_days_that_are_none_are_refused(fresh: Any, key: str, alert: str, days: Any) -> None:
    answer = fresh.ask("POST", f"/alerts/{alert}/snooze", key, json={"days": days})
    assert answer.status_code == 422, answer.text
    assert "days" in answer.text
    assert Alerts(book_of(fresh.root)).open()[0].snoozed_until is None


def test_an_alert_that_is_not_there_or_over_is_told(fresh: Any, key: str, alert: str) -> None:
    assert fresh.ask("POST", "/alerts/nobody/acknowledge", key).status_code == 404
    Alerts(book_of(fresh.root)).record([Outcome("volume", "fine", Told("said"))], as_of=date(2026, 7, 1), run_id="r", now=now())  # fmt: skip
    over = fresh.ask("POST", f"/alerts/{alert}/acknowledge", key)
    assert over.status_code == 422
    assert "over" in over.text
