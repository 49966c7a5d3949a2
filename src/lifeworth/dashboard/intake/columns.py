"""The second step: how each column was understood, to be confirmed or corrected; and what the data is enough for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import html

from lifeworth.dashboard import pieces, working
from lifeworth.dashboard.address import IMPORT
from lifeworth.dashboard.intake.files import uploads_of
from lifeworth.dashboard.intake.mapping import QUESTIONS, UNREAD, Row, Sheet, asked
from lifeworth.dashboard.render import states
from lifeworth.dashboard.render.page import block
from lifeworth.dashboard.view import View
from lifeworth.errors import ColumnError, NotFoundError
from lifeworth.jobs import checks
from lifeworth.jobs.record import Job
from lifeworth.jobs.uploads import ORDERS, RATES
from lifeworth.report.read import spec_of
from lifeworth.report.spec import Page, Text

NEEDED = frozenset({"customer_id", "ordered_at", "money"})
"""Without these there is no value."""
MAPPED = "How your columns were understood"
"""The table of the check that the map above it already shows."""


def sheets(view: View, job: Job) -> list[Sheet]:
    """The files of a look with their columns; samples only for who may see personal data."""
    uploads, found = uploads_of(view), []
    for one in job.arguments.get("uploads") or ():
        try:
            upload = uploads.get(str(one))
        except NotFoundError:
            continue
        if upload.table == RATES:
            continue
        rows = tuple(
            Row(upload.table, said["column"], tuple(said["samples"]) if view.principal.personal else (), said["ours"], said["why"])
            for said in checks.kept(uploads, upload)
        )  # fmt: skip
        found.append(Sheet(upload.upload_id, upload.name, upload.table, rows, checks.meanings(upload.table)))
    return sorted(found, key=lambda one: one.table != ORDERS)


def content(view: View, job: Job) -> list[Any]:
    """The step, when the look is over."""
    if job.status == "cancelled":
        return [working.problem(job, ("Back to the files", IMPORT))]
    maps = sheets(view, job)
    parts = [_verdict(job)]
    open_ = asked(job.problem)
    if open_:
        parts.append(_questions(open_, job.arguments.get("options") or {}))
    parts += [_map(one) for one in maps if one.rows]
    parts.append(_settings(job.arguments.get("options") or {}))
    ready = job.status == "done"
    parts.append(
        html.Div(
            [
                pieces.button("Look again with these corrections", "check-again", sign="search", main=not ready),
                pieces.button("Run", "run-go", sign="next", main=True, disabled=not ready, hidden=not ready),
                pieces.to("Back to the files", IMPORT, sign="back"),
            ],
            className="actions stay",
        )
    )
    if ready and (said := _read(job)) is not None:
        parts += [html.H2("What was understood", className="answer-title"), *_details(said)]
    return parts


def _read(job: Job) -> Page | None:
    try:
        found: Page = spec_of(job.result["page"])
    except (KeyError, ValueError):
        return None
    return found


def _verdict(job: Job) -> Any:
    if job.status == "failed":
        if job.problem.get("code") == ColumnError.code:
            todo = "Choose below what each of your columns is, then look again."
            return states.state("Some columns need a word from you", str(job.problem.get("message", "")), sign="warning", steps=[todo], tone="warning")  # fmt: skip
        return working.problem(job)
    said = _read(job)
    first = next((one for one in said.blocks if isinstance(one, Text) and one.tone in {"good", "bad"}), None) if said else None  # fmt: skip
    if first is None:
        return states.state("The files were understood", said.lead if said else "", sign="check", tone="good")
    if first.tone == "bad":
        return states.state("This is not enough for predicted value", f"{first.text} A run still says what customers have brought so far.", sign="warning", tone="warning")  # fmt: skip
    return states.state("These data are enough", f"{first.text} {_lead(said)}", sign="check", tone="good")


def _lead(said: Page | None) -> str:
    """From when to when; how the file is laid out is said only where it is that of a shop we know."""
    return "" if said is None else said.lead.replace(", read as generic", "")


def _details(said: Page) -> list[Any]:
    rest = tuple(
        one
        for one in said.blocks
        if not (isinstance(one, Text) and one.tone in {"good", "bad"}) and getattr(one, "title", "") != MAPPED
    )
    notes = [one for one in rest if isinstance(one, Text)]
    others = [one for one in rest if not isinstance(one, Text)]
    listed = pieces.panel("Worth knowing", html.Ul([html.Li(one.text) for one in notes], className="notes")) if notes else None  # fmt: skip
    drawn = [block(one, said.currency, f"check{turn}", exports=False, level=3) for turn, one in enumerate(others)]
    return [one for one in (listed, *drawn) if one is not None]


def _questions(open_: Sequence[str], told: Mapping[str, Any]) -> Any:
    fields = [
        html.Div(
            dmc.RadioGroup(
                id={"type": "import-option", "name": name},
                label=words,
                value=str(told.get(name, "auto")),
                children=html.Div(
                    [dmc.Radio(label=label, value=value) for value, label in choices], className="radios"
                ),
            ),
            className="field wide",
        )
        for name, (words, choices) in QUESTIONS.items()
        if name in open_
    ]
    return pieces.panel("One question", html.P("Some values can be read in two ways, and nothing in the data decides.", className="caption"), html.Div(fields, className="form"))  # fmt: skip


def _map(sheet: Sheet) -> Any:
    choices = [{"value": UNREAD or "-", "label": "Not read"}]
    choices += [
        {"value": name, "label": f"{_worded(name)}{' *' if sheet.table == ORDERS and name in NEEDED else ''}"}
        for name in sheet.meanings
    ]
    known = {one["value"] for one in choices}
    rows = []
    for row in sheet.rows:
        options = choices if not row.ours or row.ours in known else [*choices, {"value": row.ours, "label": _worded(row.ours)}]  # fmt: skip
        about = sheet.meanings.get(row.ours, "")
        rows.append(
            html.Tr(
                [
                    html.Th(row.column, scope="row"),
                    html.Td(", ".join(one for one in row.samples if one) or "–", className="samples", title=", ".join(row.samples)),
                    html.Td(dmc.Select(id={"type": "import-column", "upload": sheet.upload_id, "column": _safe(row.column)}, data=options, value=row.ours or "-", size="xs", allowDeselect=False, searchable=True, **{"aria-label": f"What “{row.column}” is"}), className="pick"),
                    html.Td([row.why, f": {about}" if about and row.why else about], className="quiet wordy"),
                ],
                className="" if row.ours else "unread",
            )
        )  # fmt: skip
    head = html.Tr([html.Th(one, scope="col") for one in ("Your column", "First values", "It is", "Why")])
    table = html.Div(html.Table([html.Thead(head), html.Tbody(rows)], className="plain map"), className="scroll", tabIndex=0, role="region", **{"aria-label": f"Columns of {sheet.name}"})  # fmt: skip
    holds = sheet.table.replace("_", " ")
    title, needed = f"Columns of {sheet.name}", " What is marked * is needed." if sheet.table == ORDERS else ""
    if sheet.table == ORDERS or not all(row.ours for row in sheet.rows):
        return pieces.panel(title, table, caption=f"Read as {holds}. Correct what is wrong, then look again.{needed}")
    # A table that was understood whole need not be read column by column.
    summary = html.Summary([title, html.Span(f"read as {holds}, every column understood", className="quiet")])
    return html.Details([summary, table], className="panel more-panel")


def _safe(column: str) -> str:
    """The name of a column as part of an id, which may hold no dot or brace."""
    return column.encode().hex()


def named(safe: str) -> str:
    """The name of a column from the part of an id."""
    return bytes.fromhex(safe).decode()


def _worded(name: str) -> str:
    words = {"customer_id": "Customer", "ordered_at": "Order date", "money": "Amount", "order_id": "Order number"}
    plain = name.replace("_", " ")
    return words.get(name, plain[:1].upper() + plain[1:])


def _settings(told: Mapping[str, Any]) -> Any:
    """What a run may be told besides; each with what holds when nothing is said."""

    def field(control: Any, kind: str = "field") -> Any:
        return html.Div(control, className=kind)

    margin, discount = told.get("margin"), told.get("discount")
    controls = [
        field(dmc.NumberInput(id={"type": "import-option", "name": "margin"}, label="Margin, %", value=None if margin is None else margin * 100, min=1, max=100, placeholder="from the costs in the data", size="xs"), "field narrow"),
        field(dmc.TextInput(id={"type": "import-option", "name": "horizon"}, label="Look ahead", value=told.get("horizon", ""), placeholder="12m", size="xs"), "field narrow"),
        field(dmc.NumberInput(id={"type": "import-option", "name": "discount"}, label="Discount a year, %", value=None if discount is None else discount * 100, min=0, max=100, placeholder="10", size="xs"), "field narrow"),
        field(dmc.TextInput(id={"type": "import-option", "name": "currency"}, label="Currency", value=told.get("currency", ""), placeholder="of the data", size="xs"), "field narrow"),
        field(dmc.DatePickerInput(id={"type": "import-option", "name": "as_of"}, label="Last day that counts", value=told.get("as_of"), clearable=True, placeholder="of the last order", size="xs", valueFormat="D MMM YYYY")),
        field(dmc.Select(id={"type": "import-option", "name": "duplicates"}, label="Rows alike in every column", data=[{"value": "set-aside", "label": "count once"}, {"value": "keep", "label": "count each"}], value=told.get("duplicates", "set-aside"), size="xs", allowDeselect=False)),
        field(dmc.Select(id={"type": "import-option", "name": "zero_value"}, label="Orders worth nothing", data=[{"value": "keep", "label": "count as a purchase"}, {"value": "set-aside", "label": "set aside"}], value=told.get("zero_value", "keep"), size="xs", allowDeselect=False)),
    ]  # fmt: skip
    return html.Details(
        [html.Summary("Settings of the run"), html.Div(controls, className="form")], className="panel more-panel"
    )
