"""The main job: an order file in, what every customer is worth out. Read `run` from top to bottom."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lifeworth import deliver, derive, job_subscriptions, pages
from lifeworth import facts as told
from lifeworth.clv.elasticities import elasticities
from lifeworth.clv.learn import foretell, learn
from lifeworth.clv.value import value
from lifeworth.data.beside.folder import Parted
from lifeworth.data.beside.read import Beside
from lifeworth.data.check import count, readiness
from lifeworth.data.erasures import Erased
from lifeworth.data.erasures import known as known_erasures
from lifeworth.data.intake import take_in, told_apart
from lifeworth.data.run_writer import RunWriter
from lifeworth.data.sources.frames import like
from lifeworth.data.store import Store
from lifeworth.engine.base import Engine
from lifeworth.engine.connect import connect
from lifeworth.models.threads import one_thread
from lifeworth.report.html import render
from lifeworth.report.progress import SILENT, Progress
from lifeworth.report.spec import Document, Page
from lifeworth.settings import Settings, read
from lifeworth.workspace import Workspace


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
        parted, erased = told_apart(inputs, tables, settings), known_erasures(folder)
        if parted.orders is None:
            return _subscribers(engine, parted, settings, progress, writer, erased)
        intake = take_in(engine, parted, settings, progress, erased)
        source, cleaned, beside = intake.source, intake.cleaned, intake.beside
        covariates = derive.covariates_wanted(engine, cleaned, settings)
        rows = derive.histories(engine, cleaned, covariates, progress)
        derive.cohort_table(engine, cleaned)
        learned = learn(engine, rows, cleaned, settings, progress, covariates)
        with progress.step("Valuing every customer"):
            terms = derive.terms_of(engine, cleaned, settings)
            ordered = value(rows, learned.fits, terms)
            subscribed = derive.contracts(engine, ordered, cleaned, terms, settings)
            valuation = derive.together(engine, ordered, subscribed, has_money=cleaned.has_money)
            scored = derive.scores(engine, rows, valuation, cleaned)
            drivers = None if learned.fits is None else elasticities(rows, learned.fits, terms)
            derive.forecast_of_cohorts(engine, rows, learned, terms)
        capabilities = readiness(source, cleaned, settings, engine, beside=beside)
        facts = told.collect(source, cleaned, valuation, learned, terms, capabilities, settings, drivers)
        facts["tables"] = beside.to_json()
        ws = Workspace(engine, settings, cleaned.as_of, cleaned.currency, facts)
        with progress.step("Costs"):
            facts["subscriptions"] = subscribed
            facts["net"] = derive.costs(ws, terms)
        with progress.step("Drawing the report"):
            document = deliver.document(ws, intake, learned, capabilities)
            report = render(document)
        customers = like(_first(inputs), engine.arrow(scored.order_by("customer_id")))
        paths: dict[str, Path] = {}
        if writer is not None:
            with progress.step("Writing"):
                paths = deliver.write(writer, ws, learned, document, report)
    return RunResult(customers, told.summary(facts, paths), document, report, paths)


@dataclass(frozen=True)
class Checked:
    """What a run would understand.

    Attributes:
        page: For a person.
        columns: By table ("orders" among them), the column of the source each of ours was read from.
        reasons: By table, why it was.
    """

    page: Page
    columns: Mapping[str, Mapping[str, str]]
    reasons: Mapping[str, Mapping[str, str]]


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
    return examine(inputs, tables=tables, settings=(settings or read(None)).with_(**changes), progress=progress).page


def examine(
    inputs: Any, *, tables: Mapping[str, Any] | None, settings: Settings, progress: Progress = SILENT
) -> Checked:
    """`check`, with the column map as data, for a face that lets a person confirm it.

    Raises:
        InputError: if the input cannot be read or understood.
    """
    with connect() as engine:
        parted = told_apart(inputs, tables, settings)
        if parted.orders is None:
            page, alone = job_subscriptions.look(engine, parted, settings, progress)
            return Checked(page, *_maps(alone))
        intake = take_in(engine, parted, settings, progress)
        source, cleaned, beside = intake.source, intake.cleaned, intake.beside
        known = count(engine, cleaned)
        capabilities = readiness(source, cleaned, settings, engine, facts=known, beside=beside)
        page = pages.check(
            source,
            cleaned,
            capabilities,
            foretell(cleaned, known, settings, derive.covariates_wanted(engine, cleaned, settings)),
            beside,
        )
        sources, reasons = _maps(beside)
        columns = source.columns
        return Checked(page, {"orders": columns.sources, **sources}, {"orders": columns.reasons, **reasons})


def _maps(beside: Beside) -> tuple[dict[str, Mapping[str, str]], dict[str, Mapping[str, str]]]:
    accounts = beside.accounts
    return {one.name: one.sources for one in accounts}, {one.name: one.reasons for one in accounts}


def _subscribers(
    engine: Engine, parted: Parted, settings: Settings, progress: Progress, writer: RunWriter | None, erased: Erased
) -> RunResult:
    """The run of a company without orders."""
    found = job_subscriptions.value_subscribers(engine, parted, settings, progress, erased)
    report = render(found.document)
    paths: dict[str, Path] = {}
    if writer is not None:
        with progress.step("Writing"):
            paths = job_subscriptions.write(writer, found, report)
    first = next(iter(parted.tables.values()))
    customers = like(_first(first), engine.arrow(found.customers.order_by("customer_id")))
    return RunResult(customers, job_subscriptions.summary(found, paths), found.document, report, paths)


def _first(inputs: Any) -> Any:
    return inputs[0] if isinstance(inputs, list | tuple) and inputs else inputs


def _begin(folder: Path | None, engine: Engine) -> Any:
    """The writer of a run, or nothing to write to."""
    return nullcontext() if folder is None else Store(folder, engine).begin()
