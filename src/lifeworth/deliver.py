"""What a run hands over: the pages of its report, and everything it leaves on disk."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ibis.expr.types import Table

from lifeworth import pages
from lifeworth.audit import actions as audit
from lifeworth.clv import actions as clv
from lifeworth.clv.learn import Learned
from lifeworth.data.capability import Capability
from lifeworth.data.contracts import ORDERED, QUARANTINE_BESIDE
from lifeworth.data.further import FURTHER
from lifeworth.data.intake import Intake
from lifeworth.data.run_writer import RunWriter
from lifeworth.economics import actions as economics
from lifeworth.errors import DataError
from lifeworth.kpis import actions as kpis
from lifeworth.report.format import text
from lifeworth.report.spec import Document, Page, Text, plain
from lifeworth.segments import actions as segments
from lifeworth.subscriptions import actions as subscriptions
from lifeworth.workspace import Workspace

KEPT = {
    "orders": ("staged",),
    "refunds": ("staged",),
    "order_lines": ("staged",),
    "customers": ("orders",),
    "quarantine": ("staged",),
    "purchase_days": ("orders", "refunds"),
    "history": ("orders", "refunds", "order_lines"),
    "cohorts": ("orders", "refunds"),
    "customers_scored": ("history",),
    "cohort_forecast": ("history", "customers"),
    "mrr_movements": ("subscriptions",),
    "subscription_value": ("subscriptions",),
    "customer_value": ("history", "subscription_value", "orders"),
    "net_value": (
        "customers_scored",
        "customer_value",
        "orders",
        "marketing_spend",
        "service_costs",
        "assignments",
        "referrals",
    ),
    **dict.fromkeys(FURTHER, ()),
    QUARANTINE_BESIDE.name: (),
}
"""Tables a run leaves for the parts, with what each is made of."""

AUDITED = 100_000
"""Most customers whose audit and movement are drawn without being asked for; of more, `lifeworth audit` and `movement` draw them."""
FILES = ("customer_value", "net_value")
"""Tables that are files of their own where there are any."""


def document(ws: Workspace, intake: Intake, learned: Learned, capabilities: tuple[Capability, ...]) -> Document:
    """The report of a run: its pages in the order a person reads them."""
    facts, as_of, currency, cleaned = ws.facts, ws.as_of, ws.currency, intake.cleaned
    horizon = str(ws.settings.horizon)
    bound = (
        pages.overview(facts, as_of=as_of, currency=currency, horizon=horizon),
        clv.value(ws),
        *_costs(ws),
        *_contracts(ws),
        segments.segments(ws),
        *_movement(ws),
        kpis.cohorts(ws),
        kpis.kpis(ws),
        kpis.presets(ws),
        *((audit.audit(ws),) if facts["net_revenue"] is not None and facts["customers"] <= AUDITED else ()),
        pages.trust(learned, as_of=as_of, currency=currency),
        pages.data(facts, cleaned, capabilities, intake.beside, as_of=as_of, currency=currency),
    )
    said = {
        "Orders from": ", ".join(file["name"] for file in facts["source"]["files"]),
        "Orders up to": text(cleaned.last_at.date(), "date"),
        "Horizon": horizon,
        "Discount": f"{text(ws.settings.discount, 'percent')} a year",
        "Margin": facts["value"]["margin_source"],
    }
    return Document("What your customers are worth", bound, currency, as_of, said)


def _movement(ws: Workspace) -> tuple[Page, ...]:
    """Who moved where in the last quarter; nothing where nobody was there before it, and for a large base how to ask for it."""
    heads = ws.facts["customers"]
    if heads > AUDITED:
        why = (
            f"Groups of an earlier day are made anew from all orders up to it. A run does so for up to {AUDITED:,} customers, and these are "
            f"{heads:,}: lifeworth movement draws the page."
        )
        page = Page("movement", "Who moved where", (Text(why),), currency=ws.currency, as_of=ws.as_of)
        return (page,)
    try:
        return (segments.movement(ws),)
    except DataError:
        return ()


def _contracts(ws: Workspace) -> tuple[Page, ...]:
    """Recurring revenue, who stays, who renews next; nothing where no subscription was ever paid for."""
    said = ws.facts["subscriptions"]
    if not said or not said["contracts"]:
        return ()
    return contract_pages(ws)


def contract_pages(ws: Workspace) -> tuple[Page, ...]:
    """The pages of subscriptions."""
    return subscriptions.subscriptions(ws), subscriptions.retention(ws), subscriptions.renewals(ws)


def _costs(ws: Workspace) -> tuple[Page, ...]:
    """Net value and payback, as far as costs are known."""
    net_of = ws.facts["net"]
    if not net_of:
        return ()
    won = any(line["name"] == "acquisition_cost" and line["known"] for line in net_of["lines"])
    return (economics.net(ws), economics.payback(ws)) if won else (economics.net(ws),)


def _readable(scored: Table) -> Table:
    """Figures as a person or a spreadsheet wants them; the Parquet file keeps every digit."""
    rounded = {name: scored[name].round(4) for name in scored.columns if scored[name].type().is_floating()}
    return scored.mutate(**rounded).select(*scored.columns)


def files_of(tables: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The files of the tables beside orders, each with the table it was read as."""
    return [{**file, "table": name} for name, one in tables.items() for file in one["files"]]


def write(writer: RunWriter, ws: Workspace, learned: Learned, document: Document, report: str) -> dict[str, Path]:
    """Everything a run leaves, out of sight until the last step."""
    of_both = {"customers_scored": ("history", "customer_value")} if ws.facts["value"].get("parts") else {}
    keep(writer, ws, {**KEPT, **of_both})
    scored = ws.table("customers_scored")
    writer.write_rows("customers.parquet", scored, order_by=["customer_id"])
    writer.write_rows("customers.csv", _readable(scored), order_by=["customer_id"])
    more = [name for name in FILES if ws.has(name)]
    for name in more:
        writer.write_rows(f"{name}.csv", _readable(ws.table(name)), order_by=["customer_id"])
    keep_report(writer, document, report)
    if learned.fits is not None:
        writer.write_output("models/orders.json", learned.fits.orders.to_json())
        if learned.fits.spend is not None:
            writer.write_output("models/spend.json", learned.fits.spend.to_json())
    facts = ws.facts
    manifest = {
        "inputs": [*facts["source"]["files"], *files_of(facts["tables"])],
        "settings": facts["settings"],
        "rows": {"in": facts["reconciliation"]["rows_in"], "used": facts["reconciliation"]["rows_used"]},
        "facts": facts,
    }
    kept = ("as_of", "customers", "net_revenue", "currency")
    return close(writer, manifest, kept, tuple(f"{name}.csv" for name in more))


def keep_report(writer: RunWriter, document: Document, report: str) -> None:
    """The report for people, and the same pages as data for whoever shows them again."""
    writer.write_output("report.html", report)
    writer.write_output("document.json", json.dumps(plain(document), ensure_ascii=False, indent=1) + "\n")


def keep(writer: RunWriter, ws: Workspace, tables: Mapping[str, Sequence[str]]) -> None:
    """Keep the tables there are for the parts, each with what it is made of."""
    for name, inputs in tables.items():
        if ws.has(name):
            writer.write_table(name, ws.table(name), inputs=inputs, order_by=ORDERED.get(name))


def close(
    writer: RunWriter, manifest: dict[str, Any], summed_up: Sequence[str], more: Sequence[str] = ()
) -> dict[str, Path]:
    """Make the run the current one.

    Args:
        writer: The run.
        manifest: What it writes down of itself, with its `facts`.
        summed_up: Facts by which the list of runs tells it.
        more: Files beside those of every run.

    Returns:
        Where the files lie, by name.
    """
    folder = writer.commit(manifest, summary={name: manifest["facts"][name] for name in summed_up})
    files = ("customers.parquet", "customers.csv", *more, "report.html", "manifest.json")
    return {name: folder.parent / "current" / name for name in files}
