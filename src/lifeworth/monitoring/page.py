"""Monitoring as pages: what is open, what became of earlier alerts, how every check stands, and the pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from lifeworth.monitoring.alerts import Alert
from lifeworth.monitoring.finding import Finding, Moved, Outcome, Path
from lifeworth.monitoring.registry import CHECKS
from lifeworth.report.board import Board, Tab
from lifeworth.report.format import text
from lifeworth.report.spec import Axis, Block, Chart, Column, Group, Page, Series, Stat, Stats, Table, Text, Tone

BOARDS = (
    Board(
        "monitoring",
        "Monitoring",
        "Steering",
        20,
        "warning",
        "What has gone wrong in data, business or model, with its cause, its money and the next step.",
        (Tab("alerts", "Alerts"), Tab("checks", "Checks")),
        links=(("Take on or put off", "/alerts"),),
    ),
)

TITLES = {one.name: one.title for one in CHECKS}
TONES: dict[str, Tone] = {"critical": "bad", "warning": "warning", "notice": "plain"}
SHOWN = 6
"""Findings shown in full; the others stand in the table."""
MONEY = "How much money it is about; below zero is missing, above zero too much."


@dataclass(frozen=True, slots=True)
class Standing:
    """A finding as it is now, and the alert it is in the book, if a look has written it down."""

    check: str
    finding: Finding
    alert: Alert | None
    seen: bool = True
    """Whether it is so now; the book may know it as open still."""


def alerts(
    open_: Sequence[Standing],
    earlier: Sequence[Alert],
    outcomes: Sequence[Outcome],
    waiting: Sequence[Mapping[str, Any]],
    *,
    looked_at: datetime | None,
    as_of: date,
    currency: str,
    now: datetime,
) -> Page:
    """Open alerts, earlier ones, and the last result of every check."""
    states = [one.state for one in outcomes]
    strip = Stats(
        (
            Stat("Open alerts", len(open_), "count", "What is not as it should be on the as-of day."),
            Stat(
                "Of them critical",
                sum(one.finding.severity == "critical" for one in open_),
                "count",
                "A fifth of a month's revenue or more is concerned.",
            ),
            Stat("Checks that are fine", states.count("fine"), "count", f"Of {len(CHECKS)} checks."),
            Stat(
                "Checks without enough data", states.count("not enough data"), "count", "Each says below what it lacks."
            ),
        )
    )
    told = tuple(_in_full(one, currency, now) for one in open_[:SHOWN])
    blocks: list[Block] = [strip, *told]
    if not open_:
        blocks.append(Text("Nothing is out of the ordinary.", "good"))
    if len(open_) > SHOWN:
        blocks.append(_table("Further open alerts", open_[SHOWN:], now))
    if failed := [one for one in waiting if one["error"]]:
        channels = ", ".join(sorted({one["channel"] for one in failed}))
        blocks.append(
            Text(
                f"{len(failed)} messages could not be sent yet ({channels}): {failed[-1]['error']}. They are tried again at the next look.",
                "warning",
            )
        )
    if looked_at is None:
        blocks.append(
            Text(
                "Nobody keeps watch yet: lifeworth watch --once, from cron, writes alerts down and tells people of them.",
                title="Keep watch",
            )
        )
    blocks += [_checks(outcomes), _earlier(earlier)]
    lead = f"{len(open_)} open alert{'s' if len(open_) > 1 else ''}." if open_ else "All is quiet."
    if looked_at is not None:
        lead += f" Last look: {looked_at:%Y-%m-%d %H:%M} UTC."
    return Page("alerts", "Alerts", tuple(blocks), lead, currency, as_of)


def checks(outcomes: Sequence[Outcome], *, as_of: date, currency: str) -> Page:
    """How every check stands, with the series and distributions it looked at."""
    paths = [path for one in outcomes for path in one.told.paths]
    moved = [one for outcome in outcomes for one in outcome.told.moved]
    pictures: list[Block] = [Group((_picture(a), _picture(b))) for a, b in zip(paths[::2], paths[1::2], strict=False)]
    if len(paths) % 2:
        pictures.append(_picture(paths[-1]))
    blocks: list[Block] = [_checks(outcomes)]
    if moved:
        blocks += [
            _psi(moved),
            *[Group(tuple(_spread(one) for one in moved[k : k + 2])) for k in range(0, len(moved), 2)],
        ]
    found = sum(one.state == "found" for one in outcomes)
    lead = f"{found} of {len(outcomes)} checks found something." if found else "No check found anything."
    return Page("checks", "Checks", (*blocks, *pictures), lead, currency, as_of)


def one_alert(alert: Alert, done: str, *, as_of: date, currency: str, now: datetime) -> Page:
    """One alert with what was just done about it."""
    block = _in_full(Standing(alert.check, alert.finding, alert), currency, now)
    return Page("alert", "Alert", (block,), done, currency, as_of)


def _in_full(one: Standing, currency: str, now: datetime) -> Text:
    finding = one.finding
    money = (
        ""
        if finding.amount is None
        else f" Money concerned: {text(finding.amount, 'money', currency)} ({finding.amount_is})."
    )
    state = _state(one, now)
    name = f" Alert {one.alert.alert_id}." if one.alert is not None else ""
    words = (
        f"{finding.finding} Since {text(finding.since, 'date')}.{money} Cause: {finding.cause} Next: {finding.next_step}"
        f"{'' if finding.next_step.endswith('.') else '.'}{name}{f' {state}.' if state else ''}"
    )
    title = f"{TITLES.get(one.check, one.check)}: {finding.subject} ({finding.severity})"
    return Text(words, TONES[finding.severity], title)


def _state(one: Standing, now: datetime) -> str:
    alert = one.alert
    if not one.seen:
        return "Not seen now: the next lifeworth watch tells whether it is over"
    if alert is None:
        return "Not written down yet: the next lifeworth watch does that"
    if alert.acknowledged_at is not None:
        return f"Taken on by {alert.acknowledged_by or 'somebody'} on {alert.acknowledged_at:%Y-%m-%d}"
    if alert.snoozed_until is not None and alert.snoozed_until > now:
        return f"Put off until {alert.snoozed_until:%Y-%m-%d}"
    return ""


def _table(title: str, some: Sequence[Standing], now: datetime) -> Table:
    columns = (
        Column("alert", "Alert"), Column("check", "Check"), Column("subject", "About"), Column("severity", "Severity"),
        Column("since", "Since", "date"), Column("amount", "Money", "money", MONEY), Column("state", "State"),
    )  # fmt: skip
    rows = tuple(
        (
            "" if one.alert is None else one.alert.alert_id,
            TITLES.get(one.check, one.check),
            one.finding.subject,
            one.finding.severity,
            one.finding.since,
            one.finding.amount,
            _state(one, now),
        )
        for one in some
    )
    return Table(title, columns, rows)


def _checks(outcomes: Sequence[Outcome]) -> Table:
    about = {one.name: one for one in CHECKS}
    columns = (
        Column("check", "Check"),
        Column("state", "State"),
        Column("said", "Last result, or what is lacking"),
        Column("about", "All is well if"),
    )
    rows = tuple(
        (about[one.check].title, one.state, one.told.why or one.told.said, about[one.check].about) for one in outcomes
    )
    return Table("Every check", columns, rows)


def _earlier(some: Sequence[Alert]) -> Table:
    columns = (
        Column("alert", "Alert"), Column("check", "Check"), Column("subject", "About"), Column("finding", "What was so"),
        Column("since", "Since", "date"), Column("over", "Over on", "date"), Column("amount", "Money", "money", MONEY), Column("by", "Taken on by"),
    )  # fmt: skip
    rows = tuple(
        (
            one.alert_id,
            TITLES.get(one.check, one.check),
            one.finding.subject,
            one.finding.finding,
            one.finding.since,
            None if one.closed_at is None else one.closed_at.date(),
            one.finding.amount,
            one.acknowledged_by,
        )
        for one in some
    )
    return Table("What became of earlier alerts", columns, rows, empty="No alert has come to its end yet.")


def _picture(path: Path) -> Chart:
    """A series with the band of what was expected, and marks on what lay outside."""
    one = path.of
    days = path.days
    known = [k for k in range(len(days)) if one.expected[k] == one.expected[k]]
    out = [k for k in known if abs(one.z[k]) > path.threshold]
    expected = Series(
        "expected",
        tuple(days[k] for k in known),
        tuple(_number(one.expected[k]) for k in known),
        "dashed",
        tuple(_number(one.low[k]) for k in known),
        tuple(_number(one.high[k]) for k in known),
    )
    came = Series("came", tuple(days), tuple(_number(value) for value in one.values))
    series = (came, expected)
    words = (
        "The band is what level and season let expect; a point outside it is hardly chance."
        if known
        else "Too short a past to expect anything."
    )
    if out:
        words += f" Outside: {', '.join(text(days[k], 'date') for k in out[-5:])}."
    last = days[out[-1]] if out else None
    return Chart(
        "line", path.title, Axis("", "date"), Axis(path.title, path.kind), series, words, last, "outside" if out else ""
    )


def _psi(moved: Sequence[Moved]) -> Chart:
    names = tuple(one.title for one in moved)
    return Chart(
        "bar",
        "How far distributions have moved",
        Axis("Distribution"),
        Axis("PSI", "ratio"),
        (
            Series("PSI", names, tuple(round(one.of.psi, 4) for one in moved)),
            Series("by chance at most", names, tuple(round(one.of.by_chance, 4) for one in moved)),
        ),
        "The population stability index; what chance alone reaches once in ten thousand times stands beside it.",
    )


def _spread(one: Moved) -> Chart:
    edges = one.of.edges
    names = tuple(str(k + 1) for k in range(len(one.of.earlier)))
    if edges:
        names = (
            f"to {edges[0]:,.4g}",
            *[f"{a:,.4g} to {b:,.4g}" for a, b in pairwise(edges)],
            f"over {edges[-1]:,.4g}",
        )
    return Chart(
        "bar",
        f"{one.title[:1].upper()}{one.title[1:]}, then and now",
        Axis("Range"),
        Axis("Share", "percent"),
        (Series("before", names, one.of.earlier), Series("now", names, one.of.recent)),
        f"PSI {one.of.psi:.2f}; moved by {one.of.wasserstein:.2f} standard deviations.",
    )


def _number(value: float) -> float | None:
    return float(value) if value == value else None
