"""A company seen week by week: on each as-of day the checks know what was known then, and nothing later."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import ibis
import pyarrow as pa

from lifeworth.clv import ledger as accounts
from lifeworth.clv.bridge import Snapshot
from lifeworth.clv.ledger import Entry
from lifeworth.clv.margin import Margin
from lifeworth.clv.value import Fits, Terms
from lifeworth.engine.base import Engine
from lifeworth.engine.connect import connect
from lifeworth.features.history import customer_days, history
from lifeworth.features.series import arrays
from lifeworth.models.modified_beta_geo import ModifiedBetaGeoNBD
from lifeworth.monitoring.checks.arrivals import DATED
from lifeworth.monitoring.checks.promised import LEAST_DAYS
from lifeworth.monitoring.finding import Finding, Outcome
from lifeworth.monitoring.look import examine
from lifeworth.monitoring.registry import names
from lifeworth.monitoring.scene import Import, Scene
from lifeworth.settings import Monitoring, Settings
from lifeworth.units import Period, Rate, TimeUnit
from lifeworth.workspace import Workspace

DAY = {"orders": "ordered_at", "customers": "acquired_at", **DATED}
LATER = {"subscriptions": ("ended_at", "ended_by"), "tickets": ("first_reply_at", "resolved_at", "csat")}
"""Columns that are filled in after their row came, by the first of them."""
PROMISE_EVERY = 13
"""Weeks from one fitted model to the next."""
TERMS = (Period.months(12), Rate(0.1), Margin(0.45, "stated", known=True), TimeUnit.WEEK)


@dataclass
class Feed:
    """What a company hands in: tables, and what is said of each import.

    Attributes:
        tables: Arrow tables of the house.
        late_from: Day from which on no new file comes.
        import_of: What the import of a day looked like, where it differs from an ordinary one.
    """

    tables: Mapping[str, pa.Table]
    late_from: date | None = None
    import_of: Callable[[Import], Import] = field(default=lambda usual: usual)


@dataclass(frozen=True)
class Seen:
    """What one look found."""

    day: date
    outcomes: tuple[Outcome, ...]

    def findings(self) -> Iterator[tuple[str, Finding]]:
        """Every finding with its check."""
        for one in self.outcomes:
            for finding in one.told.findings:
                yield one.check, finding


def walk(
    feed: Feed,
    first: date,
    last: date,
    *,
    only: Collection[str] = (),
    limits: Monitoring | None = None,
    step: int = 1,
) -> Iterator[Seen]:
    """Look at the imports of every week from the first day to the last.

    Args:
        feed: The company.
        first: First as-of day.
        last: Last as-of day at most.
        only: Checks to run; all where none is named.
        limits: When to raise an alert; by default as everybody has it.
        step: Weeks from look to look.
    """
    limits = limits or Monitoring()
    with closing(connect()) as engine:
        for name, rows in feed.tables.items():
            engine.load(f"all_{name}", rows)
        imports: list[Import] = []
        promised: list[tuple[str, Snapshot]] = []
        told, start = first, first
        for week in range((last - first).days // 7 + 1):
            day = start + timedelta(weeks=week)
            known = day if feed.late_from is None else min(day, feed.late_from)
            ws = _as_of(engine, feed, known)
            if known == day:
                imports.append(feed.import_of(_usual(feed, day, ws)))
                if week % PROMISE_EVERY == 0 and (not only or "calibration" in only):
                    promised.append((f"run{week}", _promise(ws)))
            if week % step:
                continue
            scene = Scene(
                ws, day, limits, imports[-10:], None, lambda ws=ws, promised=tuple(promised): _kept(ws, promised)
            )
            # The figures of a whole month are the same at every look until the next month is over.
            month = (day + timedelta(days=1)).replace(day=1)
            asked = [name for name in (only or names()) if name != "figures" or month != told]
            told = month
            yield Seen(day, examine(scene, asked))


def _as_of(engine: Engine, feed: Feed, day: date) -> Workspace:
    for name in feed.tables:
        rows = engine.table(f"all_{name}")
        column = DAY.get(name)
        if column is not None:
            rows = rows.filter(rows[column].cast("date") <= ibis.literal(day))
        for when, *others in [LATER[name]] if name in LATER else []:
            known = rows[when].cast("date") <= ibis.literal(day)
            masked = {one: ibis.ifelse(known, rows[one], ibis.null(rows[one].type())) for one in (when, *others)}
            rows = rows.mutate(**masked)
        engine.view(name, rows)
    engine.drop("mrr_movements")
    days = customer_days(engine.table("orders"), engine.table("refunds"), day, margin=True)
    engine.view("purchase_days", days.filter(days["purchase"]).drop("purchase"))
    first = next(iter(engine.row(engine.table("orders")["ordered_at"].min().as_table()).values())).date()
    facts = {"as_of": day.isoformat(), "first_day": first.isoformat(), "value": {"margin": 0.45}}
    return Workspace(engine, Settings(), day, "EUR", facts)


def _usual(feed: Feed, day: date, ws: Workspace) -> Import:
    rows = next(iter(ws.engine.row(ws.table("orders").count().as_table()).values()))
    names = {name: frozenset(table.column_names) for name, table in feed.tables.items()}
    return Import(f"run-{day}", day, rows, {"cancelled": rows // 80, "duplicate": rows // 300}, names, names)


def _promise(ws: Workspace) -> Snapshot:
    horizon, discount, margin, unit = TERMS
    rows = ws.engine.arrow(
        history(ws.table("orders"), ws.table("refunds"), ws.as_of, margin=False).order_by("customer_id")
    )
    fitted = ModifiedBetaGeoNBD().fit(arrays(rows, unit))
    terms = Terms(
        as_of=ws.as_of, horizon=horizon, discount=discount, margin=margin, unit=unit, lifespan=None, simple=None,
        why_no_simple="", has_money=True,
    )  # fmt: skip
    return Snapshot(rows, Fits(fitted, None, first_order=True), terms)


def _kept(ws: Workspace, promised: Sequence[tuple[str, Snapshot]]) -> list[Entry]:
    """The latest promise that is old enough to be held to anything."""
    old = [one for one in promised if (ws.as_of - one[1].terms.as_of).days >= LEAST_DAYS]
    found = []
    for run_id, told in old[-1:]:
        end = accounts.until(told, ws.as_of)
        days = ws.table("purchase_days")
        later = days.filter((days["day"] > ibis.literal(told.terms.as_of)) & (days["day"] <= ibis.literal(end)))
        came: Any = ws.engine.arrow(later.group_by("customer_id").agg(orders=later.count(), value=later["value"].sum()))
        entry = accounts.entry(run_id, told, accounts.align(told.rows, came), end, accounts.quarters(told.rows))
        found.append(entry)
    return found
