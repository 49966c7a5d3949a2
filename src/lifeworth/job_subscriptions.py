"""The main job of a company without orders: its subscriptions in, what every subscriber is worth out."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ibis.expr.types import Table

from lifeworth import facts as told
from lifeworth.clv.margin import choose
from lifeworth.data.beside import allow, shown
from lifeworth.data.beside.folder import Parted
from lifeworth.data.beside.read import Beside
from lifeworth.data.check import table as readiness
from lifeworth.data.contracts import QUARANTINE_BESIDE
from lifeworth.data.erasures import NOBODY, Erased
from lifeworth.data.further import FURTHER
from lifeworth.data.intake import take_in_alone
from lifeworth.data.run_writer import RunWriter
from lifeworth.deliver import close, contract_pages, files_of, keep, keep_report
from lifeworth.engine.base import Engine
from lifeworth.report.progress import Progress
from lifeworth.report.spec import Document, Page, Stat, Stats
from lifeworth.settings import Settings
from lifeworth.subscriptions.prepare import prepare
from lifeworth.workspace import Workspace

KEPT = {
    "customers": ("subscriptions",),
    **dict.fromkeys(FURTHER, ()),
    QUARANTINE_BESIDE.name: (),
    "mrr_movements": ("subscriptions",),
    "subscription_value": ("subscriptions",),
}
"""Tables such a run leaves for the parts, with what each is made of."""


@dataclass(frozen=True)
class Found:
    """What such a run found: the workspace with its facts, the report, and the value of every subscriber (a query)."""

    ws: Workspace
    document: Document
    customers: Table


def value_subscribers(
    engine: Engine, parted: Parted, settings: Settings, progress: Progress, erased: Erased = NOBODY
) -> Found:
    """Read subscriptions and the tables beside them, fit who stays, and value every subscriber.

    Raises:
        InputError: if a table cannot be read or understood.
        DataError: if no subscription is left.
    """
    beside, as_of = take_in_alone(engine, parted, settings, progress, erased)
    margin = choose(settings.margin, None, None)
    facts: dict[str, Any] = {
        "as_of": as_of.isoformat(),
        "currency": beside.currency,
        "settings": told.recorded(settings),
        "value": {"margin": margin.rate, "margin_source": margin.source, "value_of": margin.value_of},
        "tables": beside.to_json(),
        "source": {"files": [], "notes": list(beside.notes)},
        "readiness": [asdict(one) for one in allow.capabilities(settings, beside)],
    }
    ws = Workspace(engine, settings, as_of, beside.currency, facts)
    with progress.step("Valuing every subscriber"):
        facts["subscriptions"] = prepare(ws)
        worth = ws.table("subscription_value")
        facts |= engine.row(worth.agg(customers=worth.count(), mrr=worth["mrr"].sum()))
        facts["mrr"] = None if facts["mrr"] is None else float(facts["mrr"])
    with progress.step("Drawing the report"):
        bound = (_overview(ws), *contract_pages(ws), _data(beside, settings, ws))
    said = {
        "Subscriptions from": ", ".join(file.name for file in beside["subscriptions"].files),
        "Known up to": as_of.isoformat(),
        "Horizon": str(settings.horizon),
        "Margin": margin.source,
    }
    return Found(ws, Document("What your subscribers are worth", bound, beside.currency, as_of, said), worth)


def look(engine: Engine, parted: Parted, settings: Settings, progress: Progress) -> tuple[Page, Beside]:
    """What such a run would understand, and the tables it would read; writes nothing.

    Raises:
        InputError: if a table cannot be read or understood.
    """
    beside, as_of = take_in_alone(engine, parted, settings, progress)
    blocks = (*shown.blocks(beside), readiness(tuple(allow.capabilities(settings, beside))))
    lead = (
        "Subscriptions without orders: subscribers are valued by their contracts, nothing is said of single purchases."
    )
    page = Page("check", "What was understood", blocks, lead=lead, currency=beside.currency, as_of=as_of)
    return page, beside


def summary(found: Found, paths: dict[str, Path]) -> dict[str, Any]:
    """The run in figures, for a machine."""
    facts = found.ws.facts
    kept = ("as_of", "currency", "customers", "mrr", "value", "subscriptions", "tables", "readiness")
    return {**{name: facts[name] for name in kept}, "paths": {name: str(path) for name, path in paths.items()}}


def write(writer: RunWriter, found: Found, report: str) -> dict[str, Path]:
    """Everything such a run leaves, out of sight until the last step."""
    ws, facts = found.ws, found.ws.facts
    keep(writer, ws, KEPT)
    writer.write_rows("customers.parquet", found.customers, order_by=["customer_id"])
    writer.write_rows("customers.csv", found.customers, order_by=["customer_id"])
    keep_report(writer, found.document, report)
    rows = {name: sum(one[f"rows_{name}"] for one in facts["tables"].values()) for name in ("in", "used")}
    manifest = {"inputs": files_of(facts["tables"]), "settings": facts["settings"], "rows": rows, "facts": facts}
    return close(writer, manifest, ("as_of", "customers", "mrr", "currency"))


def _overview(ws: Workspace) -> Page:
    facts, total = ws.facts, ws.facts["subscriptions"]["value"] or {}
    what, horizon = facts["value"]["value_of"], str(ws.settings.horizon)
    head = Stats(
        (
            Stat(
                "Subscribers",
                facts["customers"],
                "count",
                "Customers with a contract that is paid for.",
                as_of=ws.as_of,
            ),
            Stat("MRR", facts["mrr"], "money", "Monthly recurring revenue of all running contracts.", as_of=ws.as_of),
            Stat(
                f"Value of contracts, {horizon}",
                total.get("value"),
                "money",
                f"Discounted {what} expected of all running contracts within {horizon}.",
                low=total.get("low"),
                high=total.get("high"),
                as_of=ws.as_of,
                source="model",
                note="" if total else "No contract runs, or none could be valued.",
            ),
        )
    )
    lead = (
        f"{facts['customers']:,} customers subscribe. There are no orders, so their value is that of their contracts."
    )
    return Page("overview", "Overview", (head,), lead=lead, currency=ws.currency, as_of=ws.as_of)


def _data(beside: Beside, settings: Settings, ws: Workspace) -> Page:
    blocks = (*shown.blocks(beside), readiness(tuple(allow.capabilities(settings, beside))))
    lead = "Nothing is lost: every row and every cent of your tables is either used or set aside under a name."
    return Page("data", "Data", blocks, lead=lead, currency=ws.currency, as_of=ws.as_of)
