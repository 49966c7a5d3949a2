"""An alert is raised once, stays open as long as its state, closes by itself, and is put off or taken on by people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from lifeworth.data.book import SCHEMA_VERSION, Book, book_of
from lifeworth.data.book_alerts import DELIVERIES
from lifeworth.errors import NotFoundError, OptionError
from lifeworth.monitoring.alerts import Alerts, Change
from lifeworth.monitoring.finding import Finding, Outcome, Told

NOON = datetime(2026, 7, 1, 12)
DROP = Finding(
    "sales", "warning", date(2026, 6, 24), "Orders fell.", "Nobody knows.", "Look.", -1234.5, "revenue missing"
)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    one = book_of(tmp_path)
    yield one
    one.close()


def looked(book: Book, *findings: Finding, days: float = 0, state: str | None = None, **more: Any) -> Change:
    outcome = Outcome("volume", state or ("found" if findings else "fine"), Told("said", tuple(findings)))  # type: ignore[arg-type]
    return Alerts(book).record([outcome], as_of=date(2026, 6, 30), run_id="r1", now=NOON + timedelta(days=days), **more)


def messages(book: Book) -> list[tuple[str, str]]:
    with book.read() as open_:
        rows = open_.execute(
            sa.select(DELIVERIES.c.channel, DELIVERIES.c.event).order_by(DELIVERIES.c.created_at)
        ).all()
    return [tuple(row) for row in rows]


def test_an_alert_is_raised_once_and_goes_on(book: Book) -> None:
    first = looked(book, DROP, channels=["file"])
    again = looked(book, replace(DROP, finding="Orders fell more.", since=date(2026, 6, 25)), days=1, channels=["file"])
    assert len(first.raised) == 1
    assert (again.raised, len(again.going_on)) == ((), 1)
    (kept,) = Alerts(book).open()
    assert kept.finding.finding == "Orders fell more."
    assert kept.finding.since == date(2026, 6, 24)
    assert kept.finding.amount == -1234.5
    assert kept.raised_at == NOON
    assert messages(book) == [("file", "raised")]


def test_it_closes_when_its_state_is_over_and_whoever_was_told_hears_of_it(book: Book) -> None:
    looked(book, DROP, channels=["file"])
    change = looked(book, days=7, channels=["file"])
    assert [one.finding.subject for one in change.over] == ["sales"]
    assert Alerts(book).open() == []
    assert Alerts(book).closed()[0].closed_at == NOON + timedelta(days=7)
    assert messages(book) == [("file", "raised"), ("file", "over")]


@pytest.mark.parametrize("state", ["not enough data", "failed", "off"])
def test_a_check_that_cannot_say_anything_closes_nothing(book: Book, state: str) -> None:
    looked(book, DROP)
    assert looked(book, days=1, state=state).over == ()
    assert len(Alerts(book).open()) == 1


def test_one_that_is_back_within_two_weeks_is_the_same_and_told_to_nobody_again(book: Book) -> None:
    raised = looked(book, DROP, channels=["file"]).raised[0]
    looked(book, days=1)
    back = looked(book, DROP, days=10, channels=["file"])
    assert [one.alert_id for one in back.back] == [raised.alert_id]
    assert len(Alerts(book).open()) == 1
    assert messages(book) == [("file", "raised")]


def test_one_that_is_back_later_is_a_new_one(book: Book) -> None:
    looked(book, DROP)
    looked(book, days=1)
    assert len(looked(book, DROP, days=20).raised) == 1
    assert len(Alerts(book).closed()) == 1


def test_two_subjects_are_two_alerts_and_one_subject_twice_is_one(book: Book) -> None:
    change = looked(book, DROP, replace(DROP, subject="web"), replace(DROP, finding="again"))
    assert [one.finding.subject for one in change.raised] == ["sales", "web"]


def test_one_that_gets_worse_is_told_again(book: Book) -> None:
    looked(book, DROP, channels=["file"])
    looked(book, replace(DROP, severity="critical"), days=1, channels=["file"])
    assert messages(book) == [("file", "raised"), ("file", "worse")]


def test_a_mild_one_is_kept_and_not_sent(book: Book) -> None:
    looked(book, replace(DROP, severity="notice"), channels=["file"])
    looked(book, days=1, channels=["file"])
    assert messages(book) == []
    assert len(Alerts(book).closed()) == 1


def test_an_open_one_nobody_took_on_is_told_again_after_a_while(book: Book) -> None:
    week = timedelta(days=7)
    for day in range(16):
        looked(book, DROP, days=day, channels=["file"], remind=week)
    assert messages(book) == [("file", "raised"), ("file", "reminder"), ("file", "reminder")]


@pytest.mark.parametrize("what", ["acknowledge", "snooze"])
def test_nobody_is_reminded_of_one_that_was_taken_on_or_put_off(book: Book, what: str) -> None:
    raised = looked(book, DROP, channels=["file"]).raised[0]
    if what == "acknowledge":
        one = Alerts(book).acknowledge(raised.alert_id[:5], by="Ada", now=NOON)
        assert one.acknowledged_by == "Ada"
    else:
        one = Alerts(book).snooze(raised.alert_id, until=NOON + timedelta(days=10), now=NOON)
    assert one.quiet(NOON + timedelta(days=8))
    looked(book, DROP, days=8, channels=["file"], remind=timedelta(days=7))
    assert messages(book) == [("file", "raised")]
    looked(book, DROP, days=11, channels=["file"], remind=timedelta(days=7))
    assert len(messages(book)) == (1 if what == "acknowledge" else 2)


def test_an_alert_nobody_knows_and_one_that_is_over_are_refused(book: Book) -> None:
    raised = looked(book, DROP).raised[0]
    with pytest.raises(NotFoundError, match="nothing"):
        Alerts(book).acknowledge("nothing", by="", now=NOON)
    with pytest.raises(NotFoundError):
        Alerts(book).acknowledge("", by="", now=NOON)
    with pytest.raises(NotFoundError):
        Alerts(book).acknowledge("%", by="", now=NOON)
    looked(book, days=1)
    with pytest.raises(OptionError, match="over"):
        Alerts(book).snooze(raised.alert_id, until=NOON, now=NOON)


def test_the_gravest_come_first(book: Book) -> None:
    looked(book, replace(DROP, subject="a", severity="notice"), replace(DROP, subject="b", severity="critical"), DROP)
    assert [one.finding.severity for one in Alerts(book).open()] == ["critical", "warning", "notice"]


def test_what_each_check_said_last_is_kept(book: Book) -> None:
    looked(book, DROP)
    looked(book, days=1)
    said = Alerts(book).looks()["volume"]
    assert (said["state"], said["looked_at"], said["run_id"]) == ("fine", NOON + timedelta(days=1), "r1")


def test_a_look_is_written_whole_or_not_at_all(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    from lifeworth.monitoring import alerts

    def full(*_: Any, **__: Any) -> None:
        raise RuntimeError("killed")

    monkeypatch.setattr(alerts, "_to_send", full)
    with pytest.raises(RuntimeError):
        looked(book, DROP, channels=["file"])
    monkeypatch.undo()
    assert Alerts(book).open() == []
    assert Alerts(book).looks() == {}
    assert len(looked(book, DROP, channels=["file"]).raised) == 1


def test_a_book_from_before_monitoring_is_brought_up_to_date(tmp_path: Path) -> None:
    import sqlite3

    book_of(tmp_path).close()
    with sqlite3.connect(tmp_path / "state.db") as there:
        there.execute("DROP TABLE alerts")
        there.execute("DROP TABLE looks")
        there.execute("DROP TABLE deliveries")
        there.execute(
            "CREATE TABLE alerts (alert_id VARCHAR(32) PRIMARY KEY, fingerprint VARCHAR(64) NOT NULL, text TEXT)"
        )
        there.execute(
            "INSERT INTO reviews VALUES ('kept', '2026-01-01', '2026-01-01', 'r', '{}', '', '2026-01-01 00:00:00', NULL)"
        )
        there.execute("UPDATE schema_version SET version = 3")
    there.close()
    book = book_of(tmp_path)
    assert len(looked(book, DROP).raised) == 1
    with book.read() as open_:
        assert open_.execute(sa.text("SELECT version FROM schema_version")).scalar_one() == SCHEMA_VERSION
        assert open_.execute(sa.text("SELECT count(*) FROM reviews")).scalar_one() == 1
    book.close()
