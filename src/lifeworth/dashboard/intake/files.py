"""The first step: files from the person's machine, what each holds, and which are read together."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, dcc, html

from lifeworth.access.roles import Scope
from lifeworth.dashboard import pieces
from lifeworth.dashboard.callbacks import ADDRESS, PreventUpdate, answers, toast, view_now
from lifeworth.dashboard.icons import icon
from lifeworth.dashboard.view import View
from lifeworth.data.beside.layouts import GIVEN
from lifeworth.data.contracts import TABLES
from lifeworth.errors import OptionError
from lifeworth.jobs.contents import ENDINGS, LARGEST
from lifeworth.jobs.uploads import ORDERS, RATES, Upload, Uploads


def uploads_of(view: View) -> Uploads:
    """The files of the workspace."""
    return Uploads(view.desk.root, view.desk.book)


def content(view: View) -> list[Any]:
    """The step."""
    accepted = ",".join(ENDINGS)
    drop = html.Div(
        [
            icon("upload"),
            html.P(html.B("Drop files here")),
            # The browser's own field for files is put in here: Dash's would read them whole into memory.
            html.Div(id="upload-pick", className="pick-files", **{"data-accept": accepted}),
            html.P(f"CSV, Excel, JSON or Parquet, up to {pieces.size(LARGEST)} each; packed with gzip is fine.", className="quiet"),
        ],
        className="drop",
        id="upload-drop",
        **{"data-tables": ",".join(GIVEN), "data-to": "/api/v1/imports"},
    )  # fmt: skip
    return [
        pieces.panel(
            "Your files",
            html.P("One export of orders is enough. Tables beside them light up more: contracts, tickets, feedback, marketing spend.", className="caption"),
            drop,
            html.Div(id="upload-list", className="files", **{"aria-live": "polite"}),
            dcc.Store(id="uploaded"),
            html.Div(chosen(view), id="upload-known"),
        ),
        _beside(),
    ]  # fmt: skip


def chosen(view: View) -> Any:
    """The files that are here, each with what it holds; those of the last run and new ones are ticked."""
    known = uploads_of(view).list(40)
    if not known:
        return html.P("Nothing was uploaded yet.", className="empty")
    ticked = suggested(view, known)
    options = [{"value": name, "label": _label(name)} for name in (ORDERS, *GIVEN, RATES)]
    rows = [
        html.Tr(
            [
                html.Td(dmc.Checkbox(id={"type": "upload-use", "upload": one.upload_id}, checked=one.upload_id in ticked, size="sm", **{"aria-label": f"Use {one.name}"})),
                html.Th(one.name, scope="row"),
                html.Td(dmc.Select(id={"type": "upload-table", "upload": one.upload_id}, data=options, value=one.table, size="xs", allowDeselect=False, searchable=True, **{"aria-label": f"What {one.name} holds"}), className="pick"),
                html.Td(pieces.size(one.size), className="num"),
                html.Td(f"{pieces.moment(one.created_at)}, {one.uploaded_by}", className="quiet"),
                html.Td(html.Button(icon("trash"), id={"type": "upload-remove", "upload": one.upload_id}, type="button", className="tool", **{"aria-label": f"Remove {one.name}"})),
            ]
        )
        for one in known
    ]  # fmt: skip
    head = html.Tr([html.Th("Use", scope="col"), html.Th("File", scope="col"), html.Th("It holds", scope="col"), html.Th("Size", scope="col", className="num"), html.Th("Uploaded", scope="col"), html.Th(html.Span("Remove", className="vh"), scope="col")])  # fmt: skip
    return html.Div(
        [
            html.Div(
                html.Table([html.Thead(head), html.Tbody(rows)], className="plain map"),
                className="scroll",
                tabIndex=0,
                role="region",
                **{"aria-label": "Files that are here"},
            ),
            html.Div(
                [
                    pieces.button("Look at the columns", "upload-go", sign="next", main=True),
                    html.P("Nothing is run yet: you see first how each column was understood.", className="quiet"),
                ],
                className="actions",
            ),
        ]
    )


def suggested(view: View, known: list[Upload]) -> set[str]:
    """What is ticked: the files that wait, and with them those the last run on uploads read, so that a table is added, not swapped."""
    waiting = {one.upload_id for one in known if one.status == "ready"}
    last = next((job for job in view.jobs.list(50, kind="run") if job.status == "done"), None)
    used = set() if last is None else {str(one) for one in last.arguments.get("uploads") or ()}
    fresh = {one.table for one in known if one.upload_id in waiting}
    # A new export takes the place of the old one of its kind.
    kept = {one.upload_id for one in known if one.upload_id in used and one.table not in fresh}
    return waiting | kept if waiting else used & {one.upload_id for one in known}


def _label(name: str) -> str:
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]


def _beside() -> Any:
    columns = [html.Div([html.Dt(_label(name)), html.Dd(one.row)]) for name, one in TABLES.items() if name in GIVEN]
    return html.Details(
        [html.Summary("What each table beside orders holds"), html.Dl(columns, className="facts wide")],
        className="panel more-panel",
    )


def start(view: View, ids: list[str]) -> str:
    """Begin to look at files; the job.

    Raises:
        OptionError: if none is chosen, or none holds orders or subscriptions.
    """
    view.principal.need(Scope.RUN)
    uploads = uploads_of(view)
    found = [uploads.get(one) for one in ids]
    if not found:
        raise OptionError("No file is ticked.", hint="Tick the files that are to be read together.")
    if not {one.table for one in found} & {ORDERS, "subscriptions"}:
        raise OptionError(
            "Orders are missing.",
            hint="Tick the file of orders as well, or say of one of these that it holds orders or subscriptions.",
        )
    job_id = view.jobs.start("check", {"uploads": [one.upload_id for one in found], "options": {}}, view.principal.name)
    view.trail.note(view.principal.name, "import.check", job_id, detail={"files": [one.name for one in found]})
    return job_id


def register(app: Dash) -> None:
    """The callbacks of the step."""

    @answers(
        app,
        Output("upload-known", "children"),
        Input("uploaded", "data"),
        Input({"type": "upload-remove", "upload": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    def look_again(uploaded: Any, clicks: list[int | None]) -> Any:
        del uploaded
        view = view_now()
        view.principal.need(Scope.RUN)
        if isinstance(ctx.triggered_id, dict):
            if not any(clicks):
                raise PreventUpdate
            uploads_of(view).remove(ctx.triggered_id["upload"])
            view.trail.note(view.principal.name, "import.remove", ctx.triggered_id["upload"])
        return chosen(view)

    @answers(
        app,
        Output("upload-go", "title"),
        Input({"type": "upload-table", "upload": ALL}, "value"),
        State({"type": "upload-table", "upload": ALL}, "id"),
        prevent_initial_call=True,
    )
    def hold(tables: list[str | None], ids: list[dict[str, str]]) -> Any:
        view = view_now()
        view.principal.need(Scope.RUN)
        uploads = uploads_of(view)
        for table, one in zip(tables, ids, strict=True):
            known = uploads.get(one["upload"])
            if table and table != known.table:
                uploads.change(known.upload_id, table=table)
                view.trail.note(view.principal.name, "import.change", known.upload_id, detail={"table": table})
                toast(f"{known.name} is read as {_label(table).lower()}.", tone="good")
        return ""

    @answers(
        app,
        Output(ADDRESS, "search", allow_duplicate=True),
        Input("upload-go", "n_clicks"),
        State({"type": "upload-use", "upload": ALL}, "checked"),
        State({"type": "upload-use", "upload": ALL}, "id"),
        prevent_initial_call=True,
    )
    def go(clicks: int | None, ticked: list[bool | None], ids: list[dict[str, str]]) -> Any:
        if not clicks:
            raise PreventUpdate
        chosen_ids = [one["upload"] for one, use in zip(ids, ticked, strict=True) if use]
        return f"?check={start(view_now(), chosen_ids)}"
