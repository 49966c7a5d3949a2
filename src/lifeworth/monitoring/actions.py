"""What one can ask of monitoring, and do about an alert."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from lifeworth.data.book import book_of
from lifeworth.data.book import now as this_moment
from lifeworth.errors import OptionError, WorkspaceError
from lifeworth.monitoring import page
from lifeworth.monitoring.alerts import Alert, Alerts
from lifeworth.monitoring.finding import SEVERITIES, Outcome, Told, fingerprint
from lifeworth.monitoring.look import examine, scene_of
from lifeworth.monitoring.outbox import waiting
from lifeworth.monitoring.registry import names
from lifeworth.report.spec import Page
from lifeworth.units import Period
from lifeworth.workspace import Workspace

FRESH = timedelta(days=1)
"""Age up to which what a look wrote down is shown as it is."""


def alerts(ws: Workspace) -> Page:
    """What has gone wrong, what became of earlier alerts, and what every check said.

    A look of the last day at the current run is shown as it was written down; without one, the checks are asked now. Nothing is written.
    """
    now = this_moment()
    if ws.store is None:
        return _page(ws, _now(ws), {}, [], [], None, now)
    book = book_of(ws.store.root)
    kept, earlier, left = {one.key: one for one in Alerts(book).open()}, Alerts(book).closed(), waiting(book)
    looks = Alerts(book).looks()
    looked = max((one["looked_at"] for one in looks.values()), default=None)
    outcomes = _written(ws, looks, now)
    if outcomes is None:
        return _page(ws, _now(ws), kept, earlier, left, looked, now)
    open_ = [page.Standing(one.check, one.finding, one) for one in kept.values()]
    return _shown(ws, open_, outcomes, earlier, left, looked, now)


def checks(ws: Workspace) -> Page:
    """How every check stands, with the series beside what was expected and the distributions beside earlier ones."""
    return page.checks(_now(ws), as_of=ws.as_of, currency=ws.currency)


def alert(
    ws: Workspace,
    name: str,
    *,
    acknowledge: bool = False,
    snooze: Period | None = None,
    by: str = "",
) -> Page:
    """Take an alert on, or put it off: nobody is reminded of it then. It closes by itself when its state is over.

    Args:
        ws: The workspace.
        name: The alert, as lifeworth alerts names it; its first letters are enough.
        acknowledge: Take it on.
        snooze: Hear nothing of it for so long, such as 7d.
        by: Who does it.

    Raises:
        NotFoundError: if there is no such alert.
        OptionError: if nothing is to be done, or it is over.
    """
    if ws.store is None:
        raise WorkspaceError("This workspace has no folder to keep alerts in.", hint="--workspace DIR")
    if not acknowledge and snooze is None:
        raise OptionError("Say what is to be done.", allowed=["--acknowledge", "--snooze 7d"])
    kept, now = Alerts(book_of(ws.store.root)), this_moment()
    done = []
    if snooze is not None:
        until = datetime.combine(snooze.after(now.date()), now.time())
        one = kept.snooze(name, until=until, now=now)
        done.append(f"Put off until {until:%Y-%m-%d}.")
    if acknowledge:
        one = kept.acknowledge(name, by=by, now=now)
        done.append(f"Taken on{f' by {by}' if by else ''}.")
    return page.one_alert(one, " ".join(done), as_of=ws.as_of, currency=ws.currency, now=now)


def _written(ws: Workspace, looks: Mapping[str, Mapping[str, Any]], now: datetime) -> tuple[Outcome, ...] | None:
    """What every check said at the last look; nothing where that was long ago, at another run, or with other checks."""
    run = "" if ws.store is None or ws.store.current_folder is None else ws.store.current_folder.name
    if looks.keys() != set(names()):
        return None
    if any(one["run_id"] != run or now - one["looked_at"] > FRESH for one in looks.values()):
        return None
    return tuple(Outcome(name, looks[name]["state"], Told(said=looks[name]["said"])) for name in names())


def _page(
    ws: Workspace,
    outcomes: tuple[Outcome, ...],
    kept: dict[str, Alert],
    earlier: list[Alert],
    left: list[Mapping[str, Any]],
    looked: datetime | None,
    now: datetime,
) -> Page:
    """The page of what the checks say now, beside what the book knows."""
    open_ = [
        page.Standing(one.check, finding, kept.get(fingerprint(one.check, finding.subject)))
        for one in outcomes
        for finding in one.told.findings
    ]
    seen = {fingerprint(one.check, one.finding.subject) for one in open_}
    open_ += [page.Standing(one.check, one.finding, one, seen=False) for key, one in kept.items() if key not in seen]
    return _shown(ws, open_, outcomes, earlier, left, looked, now)


def _shown(
    ws: Workspace,
    open_: list[page.Standing],
    outcomes: tuple[Outcome, ...],
    earlier: list[Alert],
    left: list[Mapping[str, Any]],
    looked: datetime | None,
    now: datetime,
) -> Page:
    open_ = sorted(open_, key=lambda one: -SEVERITIES.index(one.finding.severity))
    return page.alerts(open_, earlier, outcomes, left, looked_at=looked, as_of=ws.as_of, currency=ws.currency, now=now)


def _now(ws: Workspace) -> tuple[Outcome, ...]:
    scene = scene_of(ws, datetime.now(UTC).astimezone().date())
    try:
        return examine(scene)
    finally:
        if scene.before is not None:
            scene.before.close()
