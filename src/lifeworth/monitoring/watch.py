"""Keeping watch: look, write down what changed, send what waits; once, or again and again until told to stop."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

from filelock import FileLock, Timeout

from lifeworth.data.book import Book, book_of
from lifeworth.data.book import now as this_moment
from lifeworth.errors import LifeworthError, WorkspaceError
from lifeworth.monitoring.alerts import Alerts, Change
from lifeworth.monitoring.delivery.by_mail import by_mail
from lifeworth.monitoring.delivery.by_webhook import by_webhook
from lifeworth.monitoring.delivery.to_file import to_file
from lifeworth.monitoring.finding import Outcome
from lifeworth.monitoring.look import examine, scene_of
from lifeworth.monitoring.outbox import Sender, Sent, send
from lifeworth.monitoring.quiet import is_quiet
from lifeworth.settings import Monitoring
from lifeworth.workspace import Workspace

LOCK = ".watch.lock"
PATIENCE = 5.0
"""Seconds to wait for another watch on the same workspace."""


@dataclass(frozen=True, slots=True)
class Look:
    """What one look came to.

    Attributes:
        at: When, UTC.
        as_of: Last day the data knew about.
        currency: The currency of amounts.
        outcomes: What every check said.
        change: What is new, what goes on, what is over.
        sent: What became of messages, by channel.
    """

    at: datetime
    as_of: date
    currency: str
    outcomes: tuple[Outcome, ...]
    change: Change
    sent: tuple[Sent, ...] = field(default=())

    @property
    def has_news(self) -> bool:
        """Whether there is something new: an alert raised, or come back."""
        return bool(self.change.raised or self.change.back)


def look_once(
    root: Path,
    *,
    now: datetime | None = None,
    today: date | None = None,
    environment: Mapping[str, str] | None = None,
    state: str | None = None,
    deliver: bool = True,
) -> Look:
    """Look at a workspace, write down what changed, and send what waits.

    Args:
        root: The workspace.
        now: The moment, UTC; by default this one.
        today: The calendar day; by default that of this machine.
        environment: Where passwords and keys are; by default that of this program.
        state: URL of the book; by default `state.db` in the workspace.
        deliver: Whether to send anything.

    Raises:
        WorkspaceError: if the workspace cannot be read, or somebody else looks at it right now.
        OptionError: if a setting is wrong.
    """
    moment = now or this_moment()
    day = today or datetime.now(UTC).astimezone().date()
    # Two at once would both raise what is new, and send it twice.
    try:
        with FileLock(root / LOCK, timeout=PATIENCE) if root.is_dir() else _nowhere(root):
            book = book_of(root, state)
            return _look(root, book, moment, day, os.environ if environment is None else environment, deliver=deliver)
    except Timeout as error:
        raise WorkspaceError(
            "Somebody else keeps watch on this workspace right now.", hint="One watch is enough."
        ) from error


def _nowhere(root: Path) -> FileLock:
    raise WorkspaceError(f"{root} is no workspace yet.", hint=f"Make it one: lifeworth run ORDERS --workspace {root}")


def _look(root: Path, book: Book, now: datetime, today: date, environment: Mapping[str, str], *, deliver: bool) -> Look:
    with Workspace.open(root) as ws:
        limits = ws.settings.monitoring
        scene = scene_of(ws, today)
        try:
            outcomes = examine(scene)
        finally:
            if scene.before is not None:
                scene.before.close()
        run = "" if ws.store is None or ws.store.current_folder is None else ws.store.current_folder.name
        as_of, currency = ws.as_of, ws.currency
    senders = channels(root, limits, environment)
    remind = timedelta(days=limits.remind_days) if limits.remind_days else None
    change = Alerts(book).record(
        outcomes, as_of=as_of, run_id=run, now=now, channels=senders, least=limits.least_severity, remind=remind
    )
    sent: tuple[Sent, ...] = ()
    if deliver:
        quiet = is_quiet(now, limits.quiet_hours, limits.timezone)
        apart = timedelta(minutes=limits.least_minutes)
        sent = send(book, senders, now=now, currency=currency, quiet=quiet, apart=apart, where=root.name)
    return Look(now, as_of, currency, outcomes, change, sent)


def channels(root: Path, limits: Monitoring, environment: Mapping[str, str]) -> dict[str, Sender]:
    """The channels that are set up, by name."""
    found: dict[str, Sender] = {}
    if limits.file is not None:
        found["file"] = partial(to_file, root / limits.file.path)
    if limits.email is not None:
        mail = limits.email
        found["email"] = lambda messages: by_mail(mail, messages, environment)
    if limits.webhook is not None:
        hook = limits.webhook
        found["webhook"] = lambda messages: by_webhook(hook, messages, environment)
    return found


def keep_watch(
    look: Callable[[], Look],
    every: timedelta,
    stop: Event,
    *,
    tell: Callable[[Look], None],
    fault: Callable[[Exception], None],
) -> int:
    """Look again and again until told to stop; what goes wrong at one look is told, and the next one is taken all the same.

    Args:
        look: Takes one look.
        every: Time from the end of one to the beginning of the next.
        stop: Set by whoever wants it to end; a look in hand comes to its end first.
        tell: Told of every look.
        fault: Told of what went wrong.

    Returns:
        How many looks were taken.
    """
    taken = 0
    while not stop.is_set():
        try:
            tell(look())
        except LifeworthError as error:
            fault(error)
        except Exception as error:
            fault(error)
        taken += 1
        stop.wait(every.total_seconds())
    return taken


def plain(one: Look) -> dict[str, Any]:
    """A look as plain values, for programs."""
    alerts = {
        "new": one.change.raised,
        "back": one.change.back,
        "going_on": one.change.going_on,
        "over": one.change.over,
    }
    return {
        "at": f"{one.at:%Y-%m-%dT%H:%M:%SZ}",
        "as_of": one.as_of.isoformat(),
        "news": one.has_news,
        "alerts": {
            name: [
                {
                    "alert_id": alert.alert_id,
                    "check": alert.check,
                    "subject": alert.finding.subject,
                    "severity": alert.finding.severity,
                    "since": alert.finding.since.isoformat(),
                    "finding": alert.finding.finding,
                    "cause": alert.finding.cause,
                    "next_step": alert.finding.next_step,
                    "money": None
                    if alert.finding.amount is None
                    else {
                        "amount": round(alert.finding.amount, 2),
                        "currency": one.currency,
                        "is": alert.finding.amount_is,
                    },
                }
                for alert in some
            ]
            for name, some in alerts.items()
        },
        "checks": [
            {"check": outcome.check, "state": outcome.state, "said": outcome.told.why or outcome.told.said}
            for outcome in one.outcomes
        ],
        "sent": [
            {"channel": sent.channel, "sent": sent.sent, "waiting": sent.waiting, "error": sent.error}
            for sent in one.sent
        ],
    }
