"""The main job: an order file in, what every customer is worth out. Read `run` from top to bottom."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
from ibis.expr.types import Table

from lifeworth import facts as told
from lifeworth import job_subscriptions, pages
from lifeworth.clv import actions as clv
from lifeworth.clv.cohort_forecast import cohort_forecast
from lifeworth.clv.elasticities import elasticities
from lifeworth.clv.learn import Learned, foretell, learn
from lifeworth.clv.margin import Margin, choose
from lifeworth.clv.value import Terms, Valuation, value
from lifeworth.data.beside.folder import Parted
from lifeworth.data.capability import Capability
from lifeworth.data.check import count, readiness
from lifeworth.data.clean import Cleaned
from lifeworth.data.contracts import QUARANTINE_BESIDE, SCORES
from lifeworth.data.further import FURTHER
from lifeworth.data.intake import Intake, take_in, told_apart
from lifeworth.data.run_writer import RunWriter
from lifeworth.data.sources.frames import like
from lifeworth.data.store import Store
from lifeworth.economics import actions as economics
from lifeworth.economics.lines import Net
from lifeworth.economics.net import NEEDED, has_basis, net
from lifeworth.economics.terms import Terms as NetTerms
from lifeworth.engine.base import Engine
from lifeworth.engine.connect import connect
from lifeworth.errors import DataError
from lifeworth.features.cohorts import cohorts
from lifeworth.features.covariates import Wanted, filled, from_the_start
from lifeworth.features.covariates import choose as wanted
from lifeworth.features.history import history, purchase_days
from lifeworth.kpis import actions as kpis
from lifeworth.kpis.basics import basics, window
from lifeworth.kpis.registry import METRICS, evaluate
from lifeworth.models.threads import one_thread
from lifeworth.report.format import text
from lifeworth.report.html import render
from lifeworth.report.progress import SILENT, Progress
from lifeworth.report.spec import Document, Page
from lifeworth.segments import actions as segments
from lifeworth.segments.lifecycle import lifecycle, usual_gap
from lifeworth.segments.rfm import rfm
from lifeworth.segments.tiers import value_tiers
from lifeworth.settings import Settings, read
from lifeworth.units import Period, Rate
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
    "net_value": ("customers_scored", "orders", "marketing_spend", "service_costs", "assignments", "referrals"),
    **dict.fromkeys(FURTHER, ()),
    QUARANTINE_BESIDE.name: (),
}
"""Tables a run leaves for the parts, with what each is made of."""


@dataclass(frozen=True)
class RunResult:
    """What a run found.

    Attributes:
        customers: one row a customer (`contracts.SCORES`; without orders `subscription_value`), as the kind of frame that came in, else Arrow.
        summary: The run in figures, ready for JSON.
        document: The report as pages of plain data.
        report: The report as one HTML text.
        paths: Where the outputs lie, by file name; empty without a workspace.
    """

    customers: Any
    summary: dict[str, Any]
    document: Document
    report: str
    paths: dict[str, Path]


def run(
    inputs: Any = None,
    *,
    tables: Mapping[str, Any] | None = None,
    workspace: Path | str | None = None,
    settings: Settings | None = None,
    progress: Progress = SILENT,
    **changes: Any,
) -> RunResult:
    """Read orders, clean them, test and fit models, value every customer, and write it all down.

    Args:
        inputs: A path, a URL of a database table, a frame (pandas, Polars, Arrow, DuckDB relation), or several of a kind.
            In a folder, files called as a table beside orders are that table.
            Nothing, where subscriptions are all there is: then `subscriptions` is needed among the tables.
        tables: Tables beside orders by name, each as orders may come: `{"subscriptions": "subs.csv"}`.
        workspace: Folder that keeps tables and runs; without one nothing is written.
        settings: Settings to start from; by default those of the workspace's `lifeworth.toml` and the environment.
        progress: Who is told how far the work is.
        changes: Single settings, by name: `as_of`, `horizon`, `margin`, `discount` …

    Raises:
        InputError: if the input cannot be read or understood.
        DataError: if nothing usable is left of it.
        StorageError: if the results could not be written; the last good run stays current.
    """
    folder = None if workspace is None else Path(workspace)
    settings = (settings or read(folder)).with_(**changes)
    with one_thread(), connect() as engine, _begin(folder, engine) as writer:
        parted = told_apart(inputs, tables, settings)
        if parted.orders is None:
            return _subscribers(engine, parted, settings, progress, writer)
        intake = take_in(engine, parted, settings, progress)
        source, cleaned, beside = intake.source, intake.cleaned, intake.beside
        covariates = _covariates(engine, cleaned, settings)
        rows = _histories(engine, cleaned, covariates, progress)
        learned = learn(engine, rows, cleaned, settings, progress, covariates)
        with progress.step("Valuing every customer"):
            terms = _terms(engine, cleaned, settings)
            valuation = value(rows, learned.fits, terms)
            scored = _scores(engine, valuation, cleaned)
            drivers = None if learned.fits is None else elasticities(rows, learned.fits, terms)
            if learned.fits is not None:
                engine.load("cohort_forecast", cohort_forecast(rows, _channels(engine), learned.fits, terms))
            costs = _net(engine, terms, settings, cleaned.currency)
        with progress.step("Drawing the report"):
            capabilities = readiness(source, cleaned, settings, engine, beside=beside)
            facts = told.collect(source, cleaned, valuation, learned, terms, capabilities, settings, drivers, costs)
            facts["tables"] = beside.to_json()
            ws = Workspace(engine, settings, cleaned.as_of, cleaned.currency, facts)
            document = _document(ws, intake, learned, capabilities)
            report = render(document)
        customers = like(_first(inputs), engine.arrow(scored.order_by("customer_id")))
        paths: dict[str, Path] = {}
        if writer is not None:
            with progress.step("Writing"):
                paths = _write(writer, ws, learned, report)
    return RunResult(customers, told.summary(facts, paths), document, report, paths)


def check(
    inputs: Any = None,
    *,
    tables: Mapping[str, Any] | None = None,
    settings: Settings | None = None,
    progress: Progress = SILENT,
    **changes: Any,
) -> Page:
    """What a run would understand: files, columns, reconciliation, and what the data are enough for. Writes nothing.

    A `Text` of tone "bad" on the page says that the data are not sufficient for predicted value.

    Raises:
        InputError: if the input cannot be read or understood.
    """
    settings = (settings or read(None)).with_(**changes)
    with connect() as engine:
        parted = told_apart(inputs, tables, settings)
        if parted.orders is None:
            return job_subscriptions.look(engine, parted, settings, progress)
        intake = take_in(engine, parted, settings, progress)
        source, cleaned, beside = intake.source, intake.cleaned, intake.beside
        known = count(engine, cleaned)
        capabilities = readiness(source, cleaned, settings, engine, facts=known, beside=beside)
        return pages.check(
            source,
            cleaned,
            capabilities,
            foretell(cleaned, known, settings, _covariates(engine, cleaned, settings)),
            beside,
        )


# -- steps, in their order ----------------------------------------------------------------------------------------------
def _subscribers(
    engine: Engine, parted: Parted, settings: Settings, progress: Progress, writer: RunWriter | None
) -> RunResult:
    """The run of a company without orders."""
    found = job_subscriptions.value_subscribers(engine, parted, settings, progress)
    report = render(found.document)
    paths: dict[str, Path] = {}
    if writer is not None:
        with progress.step("Writing"):
            paths = job_subscriptions.write(writer, found, report)
    first = next(iter(parted.tables.values()))
    customers = like(_first(first), engine.arrow(found.customers.order_by("customer_id")))
    return RunResult(customers, job_subscriptions.summary(found, paths), found.document, report, paths)


def _covariates(engine: Engine, cleaned: Cleaned, settings: Settings) -> Wanted:
    """What else is asked of each customer's first purchase; a model named with covariates says it too."""
    orders, lines = cleaned.orders, cleaned.order_lines
    named = settings.model.partition("+")[2].replace("+", ",")
    return wanted(named or settings.covariates, engine.row(filled(orders, lines)), lines)


def _histories(engine: Engine, cleaned: Cleaned, covariates: Wanted, progress: Progress) -> pa.Table:
    """What a model needs to know about each customer, by customer id."""
    with progress.step("Histories"):
        orders, refunds, as_of = cleaned.orders, cleaned.refunds, cleaned.as_of
        engine.create("purchase_days", purchase_days(orders, refunds, as_of))
        past = history(orders, refunds, as_of, margin=cleaned.has_margin)
        if covariates.names:
            past = from_the_start(engine.create("_past", past), orders, refunds, as_of, covariates)
        rows = engine.arrow(engine.create("history", past, order_by=["customer_id"]))
        engine.drop("_past")
        engine.create("cohorts", cohorts(orders, refunds, cleaned.first_at.date(), as_of))
    if rows.num_rows == 0:
        raise DataError(
            "No purchase names a customer, so nobody can be valued.",
            hint="Say which column is the customer: --map customer_id=COLUMN",
        )
    return rows


def _terms(engine: Engine, cleaned: Cleaned, settings: Settings) -> Terms:
    margin = _margin(engine, cleaned, settings)
    span = window(cleaned.first_at.date(), cleaned.as_of, Period.months(12))
    row = engine.row(basics(cleaned.orders, engine.table("purchase_days"), span))
    row |= {"years": span.years, "margin_used": margin.rate}
    lifespan, _ = evaluate(METRICS["customer_lifespan"], row)
    simple, why = evaluate(METRICS["simple_clv"], row)
    return Terms(
        as_of=cleaned.as_of,
        horizon=settings.horizon,
        discount=Rate(settings.discount),
        margin=margin,
        unit=settings.time_unit,
        lifespan=lifespan,
        simple=simple if cleaned.has_money else None,
        why_no_simple=why if cleaned.has_money else "The source has no amounts.",
        has_money=cleaned.has_money,
        high_share=settings.high_value,
    )


def _margin(engine: Engine, cleaned: Cleaned, settings: Settings) -> Margin:
    if not cleaned.has_margin:
        return choose(settings.margin, None, None)
    known = cleaned.orders.filter(cleaned.orders["margin"].notnull())
    sums = engine.row(known.aggregate(margin=known["margin"].sum(), revenue=known["net_revenue"].sum()))
    margin, revenue = (None if sums[name] is None else float(sums[name]) for name in ("margin", "revenue"))
    return choose(settings.margin, margin, revenue)


def _scores(engine: Engine, valuation: Valuation, cleaned: Cleaned) -> Table:
    """Values and groups of every customer: the table `customers_scored`."""
    past, worth = engine.table("history"), engine.load("clv", valuation.scores)
    by = "predicted_clv" if valuation.equity is not None else "historic_clv" if cleaned.has_money else "orders"
    gap = engine.row(usual_gap(past))["gap"]
    joined = worth.join(value_tiers(worth, by), "customer_id")
    joined = joined.join(rfm(past).select("customer_id", "rfm_segment"), "customer_id")
    joined = joined.join(lifecycle(past, gap).select("customer_id", "lifecycle_status"), "customer_id")
    return engine.create("customers_scored", joined.select(*SCORES.columns), order_by=["customer_id"])


def _channels(engine: Engine) -> pa.ChunkedArray:
    """Acquisition channel of every customer, in the order of the history."""
    past, known = engine.table("history"), engine.table("customers")
    named = known.select("customer_id", channel=known["acquisition_channel"])
    joined = past.select("customer_id").left_join(named, "customer_id")
    return engine.arrow(joined.order_by("customer_id").select("customer_id", "channel"))["channel"]


def _net(engine: Engine, terms: Terms, settings: Settings, currency: str) -> Net | None:
    """Net value of every customer, where anything is known of costs or referrals."""
    there = set(engine.tables())
    if not terms.has_money or not has_basis(there, settings.assumptions):
        return None
    needed = ("customers_scored", "history", "purchase_days", "orders", "customers", "refunds", *NEEDED)
    margin = terms.margin
    return net(
        engine,
        {name: engine.table(name) for name in needed if name in there},
        NetTerms(
            terms.as_of,
            terms.horizon,
            terms.discount,
            margin.rate,
            margin.of_orders,
            margin.source,
            settings.assumptions,
            currency,
        ),
    )


def _document(ws: Workspace, intake: Intake, learned: Learned, capabilities: tuple[Capability, ...]) -> Document:
    facts, as_of, currency, cleaned = ws.facts, ws.as_of, ws.currency, intake.cleaned
    horizon = str(ws.settings.horizon)
    bound = (
        pages.overview(facts, as_of=as_of, currency=currency, horizon=horizon),
        clv.value(ws),
        *_costs(ws),
        segments.segments(ws),
        kpis.cohorts(ws),
        kpis.kpis(ws),
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


def _first(inputs: Any) -> Any:
    return inputs[0] if isinstance(inputs, list | tuple) and inputs else inputs


def _files(tables: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The files of the tables beside orders, each with the table it was read as."""
    return [{**file, "table": name} for name, one in tables.items() for file in one["files"]]


def _begin(folder: Path | None, engine: Engine) -> Any:
    """The writer of a run, or nothing to write to."""
    return nullcontext() if folder is None else Store(folder, engine).begin()


def _write(writer: RunWriter, ws: Workspace, learned: Learned, report: str) -> dict[str, Path]:
    """Everything a run leaves, out of sight until the last step."""
    for name, inputs in KEPT.items():
        if ws.has(name):
            order = {"history": ["customer_id"], "purchase_days": ["customer_id", "day"]}.get(name)
            writer.write_table(name, ws.table(name), inputs=inputs, order_by=order)
    scored = ws.table("customers_scored")
    writer.write_rows("customers.parquet", scored, order_by=["customer_id"])
    writer.write_rows("customers.csv", _readable(scored), order_by=["customer_id"])
    writer.write_output("report.html", report)
    if learned.fits is not None:
        writer.write_output("models/orders.json", learned.fits.orders.to_json())
        if learned.fits.spend is not None:
            writer.write_output("models/spend.json", learned.fits.spend.to_json())
    facts = ws.facts
    manifest = {
        "inputs": [*facts["source"]["files"], *_files(facts["tables"])],
        "settings": facts["settings"],
        "rows": {"in": facts["reconciliation"]["rows_in"], "used": facts["reconciliation"]["rows_used"]},
        "facts": facts,
    }
    kept = ("as_of", "customers", "net_revenue", "currency")
    folder = writer.commit(manifest, summary={name: facts[name] for name in kept})
    current = folder.parent / "current"
    return {name: current / name for name in ("customers.parquet", "customers.csv", "report.html", "manifest.json")}
