"""Count what came out of cleaning, from the tables that came out, and hold it against what went in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ibis.expr.types import Table

from lifeworth.data.currency import Share
from lifeworth.data.notes import Found
from lifeworth.data.probe import Probe
from lifeworth.data.reconcile import ZERO, CurrencyLine, FileLine, Reconciliation
from lifeworth.engine.base import Engine


@dataclass(frozen=True, slots=True)
class CameOut:
    """The tables cleaning made: orders, their heads with money told apart, returns, refunds, rows set aside."""

    orders: Table
    heads: Table
    matched: Table | None
    refunds: Table
    quarantine: Table


def account(
    engine: Engine, came: CameOut, probe: Probe, shares: Sequence[Share], names: Mapping[int, str], found: Found
) -> Reconciliation:
    """The reconciliation, checked; `found` learns the counts of orders on the way.

    Args:
        engine: Where the tables are.
        came: What cleaning made.
        probe: What went in.
        shares: The currencies of the source, where it had several.
        names: Names of the source files by position.
        found: What the notes are written from.
    """
    made = came.orders
    known = made["customer_id"].notnull()
    facts: dict[str, Any] = {
        "orders": made.count(),
        "orphans": made.count(where=~known),
        "customers": made["net_revenue"].sum(where=known),
        "nobody": made["net_revenue"].sum(where=~known),
        "first": made["ordered_at"].min(),
        "last": made["ordered_at"].max(),
    }
    if probe.zero:
        facts["zero"] = made.count(where=(made["net_revenue"] == 0) & (made["refunded"] == 0))
    if probe.margins or probe.costs:
        facts["marginless"] = made.count(where=made["margin"].isnull() & (made["net_revenue"] != 0))
    out = engine.row(made.agg(**facts))
    found.first_at, found.last_at = out["first"], out["last"]
    found.orders, found.orphans = out["orders"], out["orphans"]
    found.zero, found.marginless = out.get("zero", 0), out.get("marginless", 0)
    used, sales, off = _taken_off(engine, came.heads, probe, found, out["orders"], out["customers"], out["nobody"])
    customers, nobody = out["customers"] or ZERO, out["nobody"] or ZERO
    stated = attached = ZERO
    if came.matched is not None:
        back = _given_back(engine, came.matched, came.refunds, made)
        used += back["rows"]
        stated, attached = back["said"] or ZERO, back["attached"] or ZERO
        loose, theirs = back["loose"] or ZERO, back["theirs"] or ZERO
        customers, nobody = customers - theirs, nobody - (loose - theirs)
        for kind, amount in (("tax", back["tax"]), ("shipping", back["shipping"])):
            off[kind] = off.get(kind, ZERO) - (amount or ZERO)
        off["returns_as_positive"] = 2 * (back["positive"] or ZERO)
        found.returns, found.loose = back["rows"], loose
    by_reason, by_file, unpriced = _set_aside(engine, came.quarantine)
    reconciliation = Reconciliation(
        rows_in=probe.rows,
        rows_used=used,
        rows_aside={code: rows for code, (rows, _) in by_reason.items()},
        money_in=probe.money,
        customers=customers,
        nobody=nobody,
        off={kind: amount for kind, amount in off.items() if amount},
        money_aside={code: amount for code, (_, amount) in by_reason.items() if amount},
        sales=sales,
        returns=stated,
        attached=attached,
        unpriced=unpriced if probe.priced else 0,
        files=tuple(
            FileLine(
                names.get(one.file, f"input {one.file + 1}"),
                one.rows,
                one.rows - by_file.get(one.file, 0),
                one.money,
            )
            for one in probe.files
        ),
        currencies=tuple(CurrencyLine(one.currency, one.rows, one.money) for one in shares),
    )
    reconciliation.check()
    return reconciliation


def _taken_off(
    engine: Engine,
    heads: Table,
    probe: Probe,
    found: Found,
    count: int,
    customers: Decimal | None,
    nobody: Decimal | None,
) -> tuple[int, Decimal, dict[str, Decimal]]:
    """Rows in orders, their money, and tax, shipping and stated refunds taken off it."""
    special = probe.taxed or probe.shipped or probe.refunded or probe.returns
    if found.several_rows == 0 and not special:
        return count, (customers or ZERO) + (nobody or ZERO), {}
    sums = engine.row(
        heads.agg(
            rows=heads["rows"].sum(),
            money=heads["money"].sum(),
            tax=(heads["tax"] - heads["tax_back"]).sum(),
            shipping=(heads["shipping"] - heads["shipping_back"]).sum(),
            refunded=heads["refunded"].sum(),
        )
    )
    off = {kind: sums[kind] or ZERO for kind in ("tax", "shipping", "refunded")}
    return int(sums["rows"]), sums["money"] or ZERO, off


def _given_back(engine: Engine, matched: Table, refunds: Table, made: Table) -> dict[str, Any]:
    positive = (matched["said"] > 0).fill_null(False)
    loose = refunds.filter(refunds["order_id"].isnull())
    # Who only ever returned something (the purchase lies before the export) is no customer of this data.
    theirs = loose.semi_join(made, "customer_id")
    return {
        **engine.row(
            matched.agg(
                rows=matched.count(),
                said=matched["said"].sum(),
                positive=matched["said"].sum(where=positive),
                tax=matched["tax"].sum(),
                shipping=matched["shipping"].sum(),
            )
        ),
        **engine.row(
            refunds.agg(
                attached=refunds["amount"].sum(where=refunds["order_id"].notnull()),
                loose=refunds["amount"].sum(where=refunds["order_id"].isnull()),
            )
        ),
        **engine.row(theirs.agg(theirs=theirs["amount"].sum())),
    }


def _set_aside(engine: Engine, quarantine: Table) -> tuple[dict[str, tuple[int, Decimal]], dict[int, int], int]:
    grouped = quarantine.group_by(["source_file", "reason"]).agg(
        rows=quarantine.count(), money=quarantine["money"].sum(), priced=quarantine["money"].count()
    )
    by_reason: dict[str, tuple[int, Decimal]] = {}
    by_file: dict[int, int] = {}
    unpriced = 0
    for row in sorted(engine.arrow(grouped).to_pylist(), key=lambda row: (row["reason"], row["source_file"])):
        rows, money = by_reason.get(row["reason"], (0, ZERO))
        by_reason[row["reason"]] = (rows + row["rows"], money + (row["money"] or ZERO))
        by_file[row["source_file"]] = by_file.get(row["source_file"], 0) + row["rows"]
        unpriced += row["rows"] - row["priced"]
    return by_reason, by_file, unpriced
