"""`lifeworth watch`: look what has gone wrong, once for cron, or again and again."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lifeworth.cli.job import WORKSPACE, Json, Workspace
from lifeworth.cli.serve import State

if TYPE_CHECKING:
    from collections.abc import Iterator
    from threading import Event

    from lifeworth.monitoring.watch import Look

NEWS = 4
"""Exit status of `--once` where there is something new."""
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def watch(
    workspace: Workspace = WORKSPACE,
    once: Annotated[
        bool, typer.Option("--once", help="Look once and end: 4 if there is something new, else 0.")
    ] = False,
    every: Annotated[
        str, typer.Option(metavar="TIME", help="Look again after so long: 30m, 1h, 1d; until SIGTERM or Ctrl-C.")
    ] = "1h",
    no_delivery: Annotated[bool, typer.Option("--no-delivery", help="Send nothing; messages wait.")] = False,
    state: State = None,
    as_json: Json = False,
) -> None:
    """Look what has gone wrong in data, business or model; write it down, and tell those named in [monitoring].

    An alert is told once, not at every look. What cannot be sent is sent at the next look.
    """
    from functools import partial

    from lifeworth.monitoring.watch import keep_watch, look_once

    pause = _time(every)
    look = partial(look_once, workspace, state=state, deliver=not no_delivery)
    if once:
        seen = look()
        _tell(seen, as_json=as_json)
        if seen.has_news:
            raise typer.Exit(NEWS)
        return
    if not workspace.is_dir():
        look()  # says why it cannot be watched
    with _until_told() as stop:
        keep_watch(look, pause, stop, tell=lambda seen: _tell(seen, as_json=as_json), fault=_fault)


def _time(text: str) -> timedelta:
    from lifeworth.errors import OptionError

    number, unit = text[:-1], text[-1:].lower()
    if not number.isdigit() or unit not in UNITS or int(number) < 1:
        raise OptionError(f'--every "{text}" is no time.', allowed=["30m", "1h", "1d"])
    return timedelta(seconds=int(number) * UNITS[unit])


@contextmanager
def _until_told() -> Iterator[Event]:
    """An event that is set by SIGTERM and Ctrl-C, so that a look in hand comes to its end."""
    from threading import Event

    stop = Event()
    before = {one: signal.signal(one, lambda *_: stop.set()) for one in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _tell(look: Look, *, as_json: bool) -> None:
    import json

    from lifeworth.monitoring.watch import plain

    if as_json:
        print(json.dumps(plain(look), ensure_ascii=False), flush=True)
        return
    lines = [f"{look.at:%Y-%m-%d %H:%M} UTC, data of {look.as_of}: {_counted(look)}"]
    for event, alerts in (
        ("New", (*look.change.raised, *look.change.back)),
        ("Still", look.change.going_on),
        ("Over", look.change.over),
    ):
        lines += [line for one in alerts for line in _lines(event, one, look.currency)]
    for sent in look.sent:
        trouble = (f", {sent.waiting} wait" if sent.waiting else "") + (f" ({sent.error})" if sent.error else "")
        lines.append(f"  {sent.channel}: {sent.sent} sent{trouble}")
    print("\n".join(lines), flush=True)


def _counted(look: Look) -> str:
    change = look.change
    states = [one.state for one in look.outcomes]
    short = states.count("not enough data")
    broken = states.count("failed")
    return (
        f"{len(change.raised) + len(change.back)} new, {len(change.going_on)} still open, {len(change.over)} over; "
        f"{states.count('fine')} of {len(states)} checks are fine, {short} lack data"
        + (f", {broken} broke" if broken else "")
        + "."
    )


def _lines(event: str, one: Any, currency: str) -> list[str]:
    from lifeworth.report.format import text

    finding = one.finding
    head = f"  {event}: {finding.severity}: {one.check}: {finding.subject} [{one.alert_id}]"
    if event != "New":
        return [head]
    money = (
        []
        if finding.amount is None
        else [f"    Money: {text(finding.amount, 'money', currency)} ({finding.amount_is})"]
    )
    return [head, f"    {finding.finding}", f"    Cause: {finding.cause}", *money, f"    Next: {finding.next_step}"]


def _fault(error: Exception) -> None:
    print(
        f"This look failed, the next one is taken all the same: {type(error).__name__}: {error}",
        file=sys.stderr,
        flush=True,
    )


COMMANDS: tuple[tuple[Callable[..., None], str], ...] = (
    (watch, "Look what has gone wrong, and tell people: once or for good."),
)
"""The commands written here, each with its line in the list of commands."""
