"""The list of customers as a page: quick search, groups, the grid, and what is filtered taken along.

The grid holds no list: it asks for the rows in sight, and the engine filters, sorts and pages. What is asked stands in the address, so
that a list can be shared and found again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Any

import dash_ag_grid as dag
import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, html, no_update

from lifeworth.access.roles import Scope
from lifeworth.dashboard import address
from lifeworth.dashboard.callbacks import ADDRESS, OWN, PreventUpdate, answers, view_now
from lifeworth.dashboard.grid import wording, words
from lifeworth.dashboard.grid.conditions import choose, chosen, conditions, orders
from lifeworth.dashboard.icons import icon
from lifeworth.dashboard.view import View
from lifeworth.engine.shelf import Condition, Order
from lifeworth.report.spec import Column
from lifeworth.serving import customers
from lifeworth.serving.desk import Run

GRID = "customers-grid"
CHIPS = ("value_tier", "lifecycle_status", "rfm_segment", "acquisition_channel", "country")
"""Columns whose values are chosen from a list above the grid."""
BLOCK = 100
"""Rows the grid asks for at once."""
FORMATS = (("csv", "CSV"), ("xlsx", "Excel"), ("parquet", "Parquet"))
EXPORTS = "/api/v1/exports/customers"
SEARCHED = ("customer_id", "email", "name", "last_name")
"""Columns the quick search looks into: an id, and where the text has an @ or no digit, what tells who it is."""


def content(view: View) -> list[Any]:
    """The page of the list."""
    run, personal = view.desk.run(), view.principal.personal
    columns = customers.columns(run, personal=personal)
    groups = {name: values for name, values in customers.groups(run).items() if name in columns}
    model = wording.model_of(view.arguments, columns)
    sort = wording.sort_of(view.arguments, columns) or usual_order(columns)
    shown = words.shown(view.arguments.get(wording.SHOW), columns)
    grid = dag.AgGrid(
        id=GRID,
        rowModelType="infinite",
        columnDefs=_sorted(words.definitions(columns, shown), sort),
        defaultColDef={"sortable": True, "resizable": True, "floatingFilter": False, "minWidth": 90, "wrapHeaderText": True},
        filterModel=model,
        dashGridOptions={
            "cacheBlockSize": BLOCK, "maxBlocksInCache": 20, "infiniteInitialRowCount": 40, "rowHeight": 36, "headerHeight": 46,
            "enableCellTextSelection": True, "ensureDomOrder": True, "animateRows": False, "suppressDragLeaveHidesColumns": True,
            "tooltipShowDelay": 400, "localeText": {"noRowsToShow": "Nobody fits these filters."}, "rowBuffer": 10, "multiSortKey": "ctrl",
        },
        getRowId="params.data.customer_id",
        className="ag-house customers-grid",
        style={"height": "max(26rem, calc(100vh - 20rem))"},
    )  # fmt: skip
    note = None if personal else html.P("You see every customer under a pseudonym, and no personal data.", className="quiet")  # fmt: skip
    return [html.Div([_bar(view, columns, groups, model, shown), note, grid], className="answer customers")]


def _bar(
    view: View,
    columns: Mapping[str, Column],
    groups: Mapping[str, Sequence[Any]],
    model: Mapping[str, Any],
    shown: Sequence[str],
) -> Any:
    picks = [
        html.Div(
            dmc.MultiSelect(
                id={"type": "customers-group", "column": name},
                label=columns[name].title,
                data=[{"value": str(one), "label": str(one)} for one in groups[name]],
                value=chosen(model, name),
                placeholder="any",
                size="xs",
                clearable=True,
                searchable=len(groups[name]) > 8,
                hidePickedOptions=False,
                comboboxProps={"withinPortal": True},
            ),
            className="filter",
        )
        for name in CHIPS
        if groups.get(name)
    ]
    find = html.Div(
        dmc.TextInput(
            id="customers-find",
            label="Find",
            placeholder="part of an id" if "email" not in columns else "id, name or e-mail",
            value=_found(model),
            debounce=350,
            size="xs",
            leftSection=icon("search"),
        ),
        className="filter",
    )
    summary = html.Summary([icon("filter"), html.Span("Filters")])
    fold = html.Details(
        [
            summary,
            html.Div(
                [
                    find,
                    *picks,
                    html.Button(
                        [icon("close"), "Reset"],
                        id="customers-reset",
                        type="button",
                        className="tool reset",
                        hidden=not model,
                    ),
                ],
                className="filters",
                role="group",
                **{"aria-label": "Filters"},
            ),
        ],
        open=True,
        className="filter-fold",
    )
    line = html.Div(
        [
            html.P("Counting…", id="customers-count", className="count", role="status", **{"aria-live": "polite"}),
            html.Div([_chooser(columns, shown), *_exports(view)], className="tools"),
        ],
        className="grid-line",
    )
    return html.Div([fold, line])


def _chooser(columns: Mapping[str, Column], shown: Sequence[str]) -> Any:
    options = [
        dmc.Checkbox(label=one.title, value=name, size="xs", disabled=name == "customer_id")
        for name, one in columns.items()
    ]
    group = dmc.CheckboxGroup(
        id="customers-columns", value=list(shown), label="Columns to show", children=html.Div(options, className="column-list")
    )  # fmt: skip
    return html.Details(
        [html.Summary([icon("menu"), "Columns"], className="tool"), html.Div(group, className="drop-down")], className="chooser"
    )  # fmt: skip


def _exports(view: View) -> list[Any]:
    if not view.principal.may(Scope.EXPORT):
        return []
    return [
        html.A(
            [icon("download"), name],
            id={"type": "customers-export", "form": form},
            href=f"{EXPORTS}.{form}",
            className="tool",
            download="",
            **{"aria-label": f"Download what is filtered as {name}"},
        )
        for form, name in FORMATS
    ]


def _found(model: Mapping[str, Any]) -> str:
    for name in SEARCHED:
        said = model.get(name)
        if said and said.get("type") == "contains":
            return str(said.get("filter", ""))
    return ""


def find(model: Mapping[str, Any] | None, text: str, columns: Mapping[str, Column]) -> dict[str, Any]:
    """The filters with the quick search in them: in the id, or in what tells who it is where the text looks like that."""
    kept = {
        name: said for name, said in (model or {}).items() if not (name in SEARCHED and said.get("type") == "contains")
    }
    text = text.strip()
    if not text:
        return kept
    wanted = ["email"] if "@" in text else ["customer_id"] if any(sign.isdigit() for sign in text) else ["last_name", "name"]  # fmt: skip
    column = next((name for name in wanted if name in columns), "customer_id")
    return {**kept, column: {"filterType": "text", "type": "contains", "filter": text}}


def page(view: View, request: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """The rows in sight and how many there are, and the address of what was asked.

    Args:
        view: Who asks.
        request: `startRow`, `endRow`, `filterModel` and `sortModel`, as the grid says them.

    Raises:
        OptionError: if a filter cannot be understood.
    """
    run, personal = view.desk.run(), view.principal.personal
    columns = customers.columns(run, personal=personal)
    where = conditions(request.get("filterModel"), columns)
    order = orders(request.get("sortModel"), columns)
    start = max(0, int(request.get("startRow", 0)))
    limit = min(customers.MOST, max(1, int(request.get("endRow", start + BLOCK)) - start))
    found = customers.page(run, where=where, order=order, limit=limit, offset=start, personal=personal, count=False)
    answer = {"rowData": words.rows(found.rows, columns), "rowCount": counted(run, where, personal=personal)}
    return answer, wording.said(where, () if order == usual_order(columns) else order)


def usual_order(columns: Mapping[str, Column]) -> list[Order]:
    """How the list is sorted until somebody sorts it otherwise: the highest value first."""
    first = next((name for name in ("predicted_clv", "historic_clv") if name in columns), "")
    return [Order(first, descending=True)] if first else []


COUNTS = 512
_COUNTS: OrderedDict[tuple[str, tuple[Condition, ...], bool], int] = OrderedDict()
_LOCK = Lock()


def counted(run: Run, where: Sequence[Condition], *, personal: bool) -> int:
    """How many match, counted once for each list and run: a page further down the same list would ask the same again."""
    key = (str(run.shelf.path), tuple(where), personal)
    with _LOCK:
        if key in _COUNTS:
            return _COUNTS[key]
    found = customers.page(run, where=where, limit=1, personal=personal).total
    with _LOCK:
        _COUNTS[key] = found
        while len(_COUNTS) > COUNTS:
            _COUNTS.popitem(last=False)
    return found


def count_words(found: int, whole: int) -> str:
    """How many there are, in words."""
    if found == whole:
        return f"{whole:,} customers"
    return f"{found:,} of {whole:,} customers" if found else f"None of {whole:,} customers fits these filters"


def register(app: Dash) -> None:
    """The callbacks of the list."""
    group = {"type": "customers-group", "column": ALL}

    @answers(
        app,
        Output(GRID, "getRowsResponse"),
        Output("customers-count", "children"),
        Output({"type": "customers-export", "form": ALL}, "href"),
        Output(group, "value"),
        Output("customers-reset", "hidden"),
        Output(ADDRESS, "search", allow_duplicate=True),
        Output(OWN, "data", allow_duplicate=True),
        Input(GRID, "getRowsRequest"),
        State({"type": "customers-export", "form": ALL}, "id"),
        State(group, "id"),
        State(group, "value"),
        State("customers-columns", "value"),
        State(ADDRESS, "search"),
        prevent_initial_call=True,
    )
    def rows(
        request: Mapping[str, Any] | None,
        exports: list[dict[str, str]],
        ids: list[dict[str, str]],
        values: list[list[str] | None],
        shown: list[str] | None,
        search: str | None,
    ) -> Any:
        if not request:
            raise PreventUpdate
        view = view_now()
        answer, pairs = page(view, request)
        model = request.get("filterModel")
        picked = [chosen(model, one["column"]) for one in ids]
        told = address.search(pairs | _kept(view, shown))
        links = [f"{EXPORTS}.{one['form']}{address.search(pairs)}" for one in exports]
        run = view.desk.run()
        whole = counted(run, (), personal=view.principal.personal)
        chips = [no_update if (old or []) == new else new for old, new in zip(values, picked, strict=True)]
        told_count = f"{count_words(answer['rowCount'], whole)}, {f'money in {run.currency}' if run.currency else 'currency not stated'}"
        # An address that says so already is left alone: each change of it asks for the page.
        moved = (told, told) if told != (search or "") else (no_update, no_update)
        return answer, told_count, links, chips, not model, *moved

    @answers(
        app,
        Output(GRID, "filterModel"),
        Output("customers-find", "value"),
        Input(group, "value"),
        Input("customers-find", "value"),
        Input("customers-reset", "n_clicks"),
        State(group, "id"),
        State(GRID, "filterModel"),
        prevent_initial_call=True,
    )
    def pick(
        values: list[list[str] | None], text: str | None, reset: int | None, ids: list[dict[str, str]], model: Any
    ) -> Any:
        del reset
        if ctx.triggered_id == "customers-reset":
            return {}, ""
        view = view_now()
        columns = customers.columns(view.desk.run(), personal=view.principal.personal)
        now = dict(model or {})
        if ctx.triggered_id == "customers-find":
            now = find(now, text or "", columns)
        else:
            # Only what was touched: fields that are still on their way must not bring back what was let go.
            for one, several in zip(ids, values, strict=True):
                if one == ctx.triggered_id and chosen(now, one["column"]) != (several or []):
                    now = choose(now, one["column"], several or [])
        if now == (model or {}):
            raise PreventUpdate
        return now, no_update

    @answers(
        app,
        Output(GRID, "columnDefs"),
        Output(ADDRESS, "search", allow_duplicate=True),
        Output(OWN, "data", allow_duplicate=True),
        Input("customers-columns", "value"),
        State(ADDRESS, "search"),
        prevent_initial_call=True,
    )
    def choose_columns(shown: list[str] | None, search: str | None) -> Any:
        view = view_now()
        run = view.desk.run()
        columns = customers.columns(run, personal=view.principal.personal)
        told = address.filters(search)
        if words.shown(told.get(wording.SHOW), columns) == words.ordered(shown, columns):
            raise PreventUpdate
        told.pop(wording.SHOW, None)
        said = address.search(told | _kept(view, shown))
        defined = words.definitions(columns, words.ordered(shown, columns))
        return _sorted(defined, wording.sort_of(told, columns) or usual_order(columns)), said, said


def _kept(view: View, shown: Sequence[str] | None) -> dict[str, str]:
    """The chosen columns as an address says them; nothing where they are the usual ones."""
    columns = customers.columns(view.desk.run(), personal=view.principal.personal)
    chosen = words.ordered(shown, columns)
    return {} if not shown or chosen == words.shown(None, columns) else {wording.SHOW: ",".join(chosen)}


def _sorted(columns: list[dict[str, Any]], sort: Sequence[Any]) -> list[dict[str, Any]]:
    turns = {one.column: (turn, "desc" if one.descending else "asc") for turn, one in enumerate(sort)}
    for one in columns:
        turn, way = turns.get(one["field"], (None, None))
        one |= {"sort": way, "sortIndex": turn}
    return columns
