"""Who renews next, and what is at stake: contracts by the value likely to be written off at their next renewal."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from lifeworth.report.spec import Block, Column, Page, Stat, Stats, Table, Text
from lifeworth.subscriptions.contracts import Contracts
from lifeworth.subscriptions.learn import Group
from lifeworth.subscriptions.value import Valuation
from lifeworth.units import Period

COLUMNS = (
    Column("customer_id", "Customer"),
    Column("plan", "Plan"),
    Column("interval", "Billed"),
    Column("seats", "Seats", "count"),
    Column("next_renewal_at", "Renews", "date"),
    Column("tenure_periods", "Renewals so far", "count"),
    Column("mrr", "MRR", "money"),
    Column("loss_probability", "Loss", "percent", "probability that the contract is lost at this renewal"),
    Column(
        "residual_value", "Residual value", "money", "expected margin of all bills to come, discounted, without limit"
    ),
    Column("expected_loss", "Expected loss", "money", "probability of a loss × residual value", bar=True),
)


def renewals(
    c: Contracts,
    groups: tuple[Group, ...],
    v: Valuation,
    *,
    within: Period,
    top: int,
    as_of: date,
    currency: str,
    horizon: str,
    value_of: str,
) -> Page:
    """The contracts due within a period, those with most at stake first, and what all contracts are worth."""
    until = np.datetime64(within.after(as_of), "D")
    due = c.running & (v.next_due <= until)
    unvalued = int((c.running & np.isnan(v.value)).sum())
    reasons = dict.fromkeys(one.why for one in groups if one.fitted is None and c.running[one.rows].any())
    why = "" if v.total is not None else " ".join(reasons) or "No subscription runs."
    no_limit = (
        ""
        if np.isfinite(v.residual[c.running]).any()
        else why or "Without a discount rate value without limit is not defined."
    )
    total = v.total or {}

    def summed(figure: Any, which: Any) -> float | None:
        known = figure[which & np.isfinite(figure)]
        return float(known.sum()) if known.size else None

    stats = Stats(
        (
            Stat(f"Renewals within {within}", int(due.sum()), "count", "Contracts whose next bill falls due by then.", as_of=as_of, source="subscriptions"),
            Stat(f"Value of contracts, {horizon}", total.get("value"), "money", f"Expected discounted {value_of} of the bills that fall due within {horizon}; each counts on the day it is due.", low=total.get("low"), high=total.get("high"), as_of=as_of, source="retention model", note=why),
            Stat("Residual value", summed(v.residual, c.running), "money", f"The same of all bills to come, without limit. The {value_of} of the period that is paid for is no part of it.", as_of=as_of, source="retention model", note=no_limit),
            Stat(f"Expected loss, {within}", summed(v.expected_loss, due), "money", "Σ probability of a loss × residual value, of the next renewal of each contract due by then.", as_of=as_of, source="retention model", note=no_limit),
        )
    )  # fmt: skip
    blocks: list[Block] = [stats]
    if c.leaving.any():
        blocks.append(
            Text(
                f"{int(c.leaving.sum()):,} contracts still run although their end was asked for: they count until then."
            )
        )
    if unvalued and v.total is not None:
        blocks.append(Text(f"{unvalued:,} running contracts could not be valued: {' '.join(reasons)}", tone="warning"))
    blocks.append(_table(c, v, np.flatnonzero(due), within, top))
    lead = (
        "A loss hurts by what would still have come: the list is sorted by probability of a loss times residual value."
    )
    return Page("renewals", "Renewals", tuple(blocks), lead=lead, currency=currency, as_of=as_of)


def _table(c: Contracts, v: Valuation, rows: Any, within: Period, top: int) -> Table:
    stake = np.nan_to_num(v.expected_loss[rows], nan=-1.0)
    best = rows[np.lexsort((rows, v.next_due[rows].astype(np.int64), -stake))][:top]
    shown = tuple(
        (
            c.customers[int(c.customer[at])].as_py(),
            c.plans[c.plan_now[at]],
            c.cycles[c.cycle[at]].name,
            int(c.seats[at]),
            v.next_due[at].item(),
            int(c.renewals[at]),
            float(c.mrr[at]),
            _known(v.loss[at]),
            _known(v.residual[at]),
            _known(v.expected_loss[at]),
        )
        for at in best
    )
    caption = f"The {len(shown):,} of {len(rows):,} contracts with most at stake." if len(rows) > len(shown) else ""
    return Table(
        f"Renewals within {within}", COLUMNS, shown, caption=caption, empty="No renewal falls due in this time."
    )


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
