"""Alerts in the book: raised once, open until their state is over, acknowledged or put off by people, and never lost."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from lifeworth.data.book import Book
from lifeworth.data.book_alerts import ALERTS, DELIVERIES, LOOKS
from lifeworth.errors import NotFoundError, OptionError
from lifeworth.monitoring.finding import SEVERITIES, Finding, Outcome, fingerprint

LONGEST_SNOOZE = 365
"""Days an alert may be put off for."""
SETTLED = timedelta(days=14)
"""An alert that closed less than this ago and comes back is the same one, and nobody is told of it again."""


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert as the book has it.

    Attributes:
        alert_id: Its name.
        check: The check that raised it.
        finding: What it says.
        raised_at: When it was first seen, UTC.
        seen_at: When it was last seen.
        closed_at: When its state was over.
        acknowledged_at: When somebody took it on.
        acknowledged_by: Who.
        snoozed_until: Until when nobody wants to hear of it.
    """

    alert_id: str
    check: str
    finding: Finding
    raised_at: datetime
    seen_at: datetime
    closed_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str
    snoozed_until: datetime | None

    @property
    def key(self) -> str:
        """What makes two alerts the same."""
        return fingerprint(self.check, self.finding.subject)

    def quiet(self, now: datetime) -> bool:
        """Whether nobody wants to be reminded of it."""
        return self.acknowledged_at is not None or (self.snoozed_until is not None and self.snoozed_until > now)


@dataclass(frozen=True, slots=True)
class Change:
    """What one look changed: alerts raised, come back, gone on, and over."""

    raised: tuple[Alert, ...] = ()
    back: tuple[Alert, ...] = ()
    going_on: tuple[Alert, ...] = ()
    over: tuple[Alert, ...] = ()


class Alerts:
    """The alerts of a workspace."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def record(
        self,
        outcomes: Sequence[Outcome],
        *,
        as_of: date,
        run_id: str,
        now: datetime,
        channels: Collection[str] = (),
        least: str = "warning",
        remind: timedelta | None = None,
    ) -> Change:
        """Write down a look: what is new, what goes on, what is over, and whom to tell, in one transaction.

        Args:
            outcomes: What the checks said.
            as_of: Last day the data knew about.
            run_id: The run that was looked at.
            now: The moment, UTC.
            channels: Where messages go.
            least: Mildest severity that is sent.
            remind: After how long an open alert is told again; never without it.
        """
        raised: list[Alert] = []
        back: list[Alert] = []
        going_on: list[Alert] = []
        over: list[Alert] = []
        with self._book.write() as open_:
            there = {one.key: one for one in _read(open_, ALERTS.c.closed_at.is_(None))}
            lately = {one.key: one for one in _read(open_, ALERTS.c.closed_at > now - SETTLED)}
            for outcome in outcomes:
                _noted(open_, outcome, as_of, run_id, now)
                seen = set()
                for finding in _once(outcome.told.findings):
                    key = fingerprint(outcome.check, finding.subject)
                    seen.add(key)
                    known = there.get(key) or lately.get(key)
                    if known is None:
                        raised.append(_raise(open_, outcome.check, finding, run_id, now))
                        continue
                    fresh = _again(open_, known, finding, run_id, now)
                    (going_on if known.closed_at is None else back).append(fresh)
                    worse = SEVERITIES.index(finding.severity) > SEVERITIES.index(known.finding.severity)
                    if worse:
                        _to_send(open_, fresh, "worse", channels, least, now)
                if outcome.state in {"fine", "found"}:
                    for key, alert in there.items():
                        if alert.check == outcome.check and key not in seen:
                            over.append(_close(open_, alert, now))
            for alert in raised:
                _to_send(open_, alert, "raised", channels, least, now)
            for alert in over:
                _to_send(open_, alert, "over", channels, least, now, only_told=True)
            if remind is not None:
                _remind(open_, going_on, channels, least, now, remind)
        return Change(tuple(raised), tuple(back), tuple(going_on), tuple(over))

    def open(self) -> list[Alert]:
        """Open alerts, the gravest first, of those the newest."""
        with self._book.read() as open_:
            found = _read(open_, ALERTS.c.closed_at.is_(None))
        return sorted(
            found, key=lambda one: (-SEVERITIES.index(one.finding.severity), -one.raised_at.timestamp(), one.alert_id)
        )

    def closed(self, limit: int = 50) -> list[Alert]:
        """Alerts that are over, the latest first."""
        with self._book.read() as open_:
            found = _read(open_, ALERTS.c.closed_at.isnot(None))
        return sorted(found, key=lambda one: (one.closed_at or one.raised_at, one.alert_id), reverse=True)[:limit]

    def looks(self) -> dict[str, Mapping[str, Any]]:
        """What each check said last, by its name."""
        with self._book.read() as open_:
            rows = open_.execute(sa.select(LOOKS)).mappings().all()
        return {row["check"]: dict(row) for row in rows}

    def acknowledge(self, alert_id: str, *, by: str, now: datetime) -> Alert:
        """Take an alert on: nobody is reminded of it any more.

        Raises:
            NotFoundError: if there is no such alert.
            OptionError: if it is over.
        """
        return self._change(alert_id, now, acknowledged_at=now, acknowledged_by=by[:120])

    def snooze(self, alert_id: str, *, until: datetime, now: datetime) -> Alert:
        """Hear nothing of an alert for a while.

        Raises:
            NotFoundError: if there is no such alert.
            OptionError: if it is over.
        """
        return self._change(alert_id, now, snoozed_until=until)

    def _change(self, alert_id: str, now: datetime, **values: Any) -> Alert:
        del now
        with self._book.write() as open_:
            named = _read(open_, ALERTS.c.alert_id.startswith(alert_id, autoescape=True)) if alert_id else []
            if len(named) != 1:
                known = [one.alert_id for one in _read(open_, ALERTS.c.closed_at.is_(None))]
                what = (
                    f'No alert is called "{alert_id}".'
                    if not named
                    else f'More than one alert begins with "{alert_id}".'
                )
                raise NotFoundError(what, allowed=known or None, hint="lifeworth alerts lists those that are open.")
            if named[0].closed_at is not None:
                raise OptionError(f"The alert {named[0].alert_id} is over already.", hint="lifeworth alerts")
            open_.execute(ALERTS.update().where(ALERTS.c.alert_id == named[0].alert_id).values(**values))
            return _read(open_, ALERTS.c.alert_id == named[0].alert_id)[0]


def told(finding: Finding) -> str:
    """A finding as JSON."""
    return json.dumps({**asdict(finding), "since": finding.since.isoformat()}, ensure_ascii=False)


def _read(open_: sa.Connection, where: sa.ColumnElement[bool]) -> list[Alert]:
    rows = open_.execute(sa.select(ALERTS).where(where).order_by(ALERTS.c.raised_at, ALERTS.c.alert_id)).mappings()
    return [_alert(dict(row)) for row in rows]


def _alert(row: Mapping[str, Any]) -> Alert:
    said = json.loads(row["told"])
    finding = Finding(**{**said, "since": date.fromisoformat(said["since"])})
    kept = ("raised_at", "seen_at", "closed_at", "acknowledged_at", "acknowledged_by", "snoozed_until")
    return Alert(row["alert_id"], row["check"], finding, **{name: row[name] for name in kept})


def _once(findings: Iterable[Finding]) -> list[Finding]:
    """One finding a subject: the first."""
    found: dict[str, Finding] = {}
    for one in findings:
        found.setdefault(one.subject, one)
    return list(found.values())


def _noted(open_: sa.Connection, outcome: Outcome, as_of: date, run_id: str, now: datetime) -> None:
    open_.execute(LOOKS.delete().where(LOOKS.c.check == outcome.check))
    said = outcome.told.why or outcome.told.said
    values = {
        "check": outcome.check,
        "state": outcome.state,
        "said": said,
        "as_of": as_of,
        "run_id": run_id,
        "looked_at": now,
    }
    open_.execute(LOOKS.insert().values(**values))


def _columns(finding: Finding, run_id: str, now: datetime) -> dict[str, Any]:
    return {
        "severity": finding.severity, "since": finding.since, "told": told(finding), "amount": finding.amount,
        "run_id": run_id, "seen_at": now,
    }  # fmt: skip


def _raise(open_: sa.Connection, check: str, finding: Finding, run_id: str, now: datetime) -> Alert:
    alert_id = uuid4().hex[:12]
    key = {
        "alert_id": alert_id,
        "fingerprint": fingerprint(check, finding.subject),
        "check": check,
        "subject": finding.subject[:200],
    }
    open_.execute(ALERTS.insert().values(**key, **_columns(finding, run_id, now), raised_at=now))
    return _read(open_, ALERTS.c.alert_id == alert_id)[0]


def _again(open_: sa.Connection, known: Alert, finding: Finding, run_id: str, now: datetime) -> Alert:
    # It began when it was first seen to; a window that moves on does not make it younger.
    since = min(known.finding.since, finding.since)
    values = {**_columns(finding, run_id, now), "since": since, "closed_at": None}
    values["told"] = json.dumps({**json.loads(values["told"]), "since": since.isoformat()}, ensure_ascii=False)
    open_.execute(ALERTS.update().where(ALERTS.c.alert_id == known.alert_id).values(**values))
    return _read(open_, ALERTS.c.alert_id == known.alert_id)[0]


def _close(open_: sa.Connection, alert: Alert, now: datetime) -> Alert:
    open_.execute(ALERTS.update().where(ALERTS.c.alert_id == alert.alert_id).values(closed_at=now))
    return _read(open_, ALERTS.c.alert_id == alert.alert_id)[0]


def _to_send(
    open_: sa.Connection,
    alert: Alert,
    event: str,
    channels: Collection[str],
    least: str,
    now: datetime,
    *,
    only_told: bool = False,
) -> None:
    """Put a message into the box of each channel."""
    if SEVERITIES.index(alert.finding.severity) < SEVERITIES.index(least):
        return
    for channel in channels:
        mine = (DELIVERIES.c.alert_id == alert.alert_id) & (DELIVERIES.c.channel == channel)
        if only_told and not open_.execute(sa.select(DELIVERIES.c.delivery_id).where(mine)).first():
            continue  # who was never told that it began need not hear that it is over
        open_.execute(
            DELIVERIES.insert().values(
                delivery_id=uuid4().hex,
                alert_id=alert.alert_id,
                channel=channel,
                event=event,
                status="waiting",
                created_at=now,
            )
        )


def _remind(
    open_: sa.Connection,
    alerts: Iterable[Alert],
    channels: Collection[str],
    least: str,
    now: datetime,
    after: timedelta,
) -> None:
    for alert in alerts:
        if alert.quiet(now):
            continue
        last = open_.execute(
            sa.select(sa.func.max(DELIVERIES.c.created_at)).where(DELIVERIES.c.alert_id == alert.alert_id)
        ).scalar_one()
        if last is None or now - last >= after:
            _to_send(open_, alert, "reminder", channels, least, now)
