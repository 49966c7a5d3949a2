"""What the checks look at: a workspace on a day, the calendar day of the look, and the imports before.

A check asks the engine and never walks over customers; what several checks ask is asked once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

import ibis
import numpy as np
from ibis.expr.types import IntegerColumn, Table
from numpy.typing import NDArray

from lifeworth.clv.ledger import Entry
from lifeworth.monitoring.expect import threshold_of
from lifeworth.monitoring.finding import Severity
from lifeworth.settings import Monitoring
from lifeworth.workspace import Workspace

Floats = NDArray[np.float64]

WEEK = 7
RECENT, EARLIER = 28, 210
"""Days that are held to the days before them, and where those begin."""
LONGEST = 3 * 52
"""Weeks that are looked back at."""
TESTS_A_MONTH = 60 * 30.4 / 7
"""About so many figures, looked at once a week: what the false alarms of a month are spread over."""


@dataclass(frozen=True, slots=True)
class Import:
    """What one run was fed with.

    Attributes:
        run_id: The run.
        as_of: Last day it knew about.
        rows: Rows of the order files.
        aside: Rows set aside, by reason.
        columns: Columns of the files of each table.
        read: Our names that found a column, by table.
        currencies: Currencies of the source, where it had several.
    """

    run_id: str
    as_of: date
    rows: int = 0
    aside: Mapping[str, int] = field(default_factory=dict)
    columns: Mapping[str, frozenset[str]] = field(default_factory=dict)
    read: Mapping[str, frozenset[str]] = field(default_factory=dict)
    currencies: frozenset[str] = frozenset()


def import_of(run_id: str, facts: Mapping[str, Any]) -> Import:
    """What a run was fed with, from what it wrote down."""
    source, reconciliation = facts.get("source") or {}, facts.get("reconciliation") or {}
    columns = {"orders": _columns(source.get("files", ()))}
    read = {"orders": frozenset(source.get("columns", {}).get("sources", ()))}
    for name, one in (facts.get("tables") or {}).items():
        columns[name] = _columns(one.get("files", ()))
        read[name] = frozenset((one.get("columns") or {}).get("sources", ()))
    return Import(
        run_id,
        date.fromisoformat(facts["as_of"]),
        int(reconciliation.get("rows_in") or 0),
        reconciliation.get("rows_set_aside") or {},
        columns,
        read,
        frozenset(one["currency"] for one in reconciliation.get("currencies") or () if one.get("currency")),
    )


def _columns(files: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    return frozenset(name for one in files for name in one.get("columns", ()))


def _no_promises() -> Sequence[Entry]:
    return ()


@dataclass
class Scene:
    """What is seen at one look.

    Attributes:
        ws: The workspace as its current run left it.
        today: The calendar day of the look.
        limits: When to raise an alert.
        imports: What the runs on disk were fed with, the earliest first; the last is the current one.
        before: The workspace as an earlier run left it.
        promises: Asks for what earlier runs expected, held to what came.
    """

    ws: Workspace
    today: date
    limits: Monitoring = field(default_factory=Monitoring)
    imports: Sequence[Import] = ()
    before: Workspace | None = None
    promises: Callable[[], Sequence[Entry]] = _no_promises

    @property
    def as_of(self) -> date:
        """Last day the data know about."""
        return self.ws.as_of

    @cached_property
    def threshold(self) -> float:
        """Standard deviations from which on something is no chance any more."""
        return threshold_of(self.limits.false_alarms, TESTS_A_MONTH)

    def query(self, query: Table) -> list[dict[str, Any]]:
        """The rows of a query."""
        return rows_of(self.ws, query)

    def dated(self, name: str, column: str) -> Table:
        """A table with `ago`, the days before the as-of day, later rows left out."""
        rows = self.ws.table(name)
        ago = days_ago(rows[column], self.as_of)
        return rows.mutate(ago=ago).filter(ibis._.ago >= 0)

    @cached_property
    def orders(self) -> Table:
        """Orders with `ago`, and amounts as floats."""
        return self.dated("orders", "ordered_at").mutate(amount=ibis._.net_revenue.cast("float64"))

    @property
    def has_orders(self) -> bool:
        """Whether there are any orders at all."""
        return self.ws.has("orders")

    @cached_property
    def weeks(self) -> Weeks:
        """Orders week by week."""
        rows = self.orders.mutate(week=(ibis._.ago / WEEK).floor().cast("int64")).filter(ibis._.week < LONGEST)
        first = self.orders.group_by("customer_id").agg(since=ibis._.ago.max())
        told = rows.left_join(first, "customer_id")
        back = told["since"] > told["ago"]
        found = self.query(
            told.group_by("week").agg(
                orders=told.count(),
                revenue=told["amount"].sum(),
                customers=told["customer_id"].nunique(),
                returning=back.sum(),
            )
        )
        return Weeks(found, self.as_of)

    @cached_property
    def monthly_revenue(self) -> float:
        """Revenue of thirty days, from the last thirteen weeks before the last four; of a business of contracts alone, its MRR."""
        if self.has_orders:
            usual = self.weeks.column("revenue")[-17:-4]
            return float(np.nanmean(usual)) / WEEK * 30 if usual.size and np.isfinite(usual).any() else 0.0
        if not self.ws.has("subscriptions"):
            return 0.0
        rows, day = self.ws.table("subscriptions"), ibis.literal(self.as_of)
        runs = (rows["started_at"] <= day) & (rows["ended_at"].isnull() | (rows["ended_at"] > day))
        return float(self.query(rows.agg(mrr=rows["mrr"].cast("float64").sum(where=runs)))[0]["mrr"] or 0.0)

    def severity(self, amount: float | None) -> Severity:
        """How much money matters: critical from a fifth of a month's revenue on."""
        if amount is None or not self.monthly_revenue:
            return "warning"
        return "critical" if abs(amount) >= 0.2 * self.monthly_revenue else "warning"

    def day(self, ago: int) -> date:
        """The day so many days before the as-of day."""
        return self.as_of - timedelta(days=int(ago))


class Weeks:
    """Figures by week, the earliest first; week 0 ends on the as-of day."""

    def __init__(self, rows: Sequence[Mapping[str, Any]], as_of: date) -> None:
        self._rows = {int(row["week"]): row for row in rows}
        longest = max(self._rows, default=-1)
        # The first week is hardly ever a whole one.
        self.order = list(range(longest - 1, -1, -1))
        self.days = tuple(as_of - timedelta(days=WEEK * week) for week in self.order)

    def column(self, name: str, empty: float = 0.0) -> Floats:
        """A figure of every week; `empty` where nothing happened."""
        values = [self._rows[week][name] if week in self._rows else empty for week in self.order]
        return np.array([np.nan if value is None else float(value) for value in values], np.float64)

    def __len__(self) -> int:
        return len(self.order)


def rows_of(ws: Workspace, query: Table) -> list[dict[str, Any]]:
    """The rows of a query, wide integers and decimals as plain numbers."""
    return [{name: _plain(value) for name, value in row.items()} for row in ws.engine.arrow(query).to_pylist()]


def _plain(value: Any) -> Any:
    if not isinstance(value, Decimal):
        return value
    return int(value) if value == value.to_integral_value() else float(value)


def days_ago(day: Any, as_of: date) -> IntegerColumn:
    """Days from a day or a time to the as-of day; negative for what is later."""
    return ibis.literal(as_of).cast("date").delta(day.cast("date"), unit="day")
