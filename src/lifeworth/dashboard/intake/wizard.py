"""The way in for data, in three steps: files, columns, run. The address says which, so that it survives a reload."""

from __future__ import annotations

from typing import Any

from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update

from lifeworth.access.roles import Scope
from lifeworth.dashboard import address, pieces, working
from lifeworth.dashboard.callbacks import ADDRESS, PreventUpdate, answers, view_now
from lifeworth.dashboard.intake import columns, files
from lifeworth.dashboard.intake.mapping import columns_said, doubled, options
from lifeworth.dashboard.view import View
from lifeworth.data.book import now
from lifeworth.errors import OptionError
from lifeworth.jobs.record import Job

STEPS = ("Files", "Columns", "Run")


def content(view: View) -> list[Any]:
    """The step the address means."""
    check, run = view.arguments.get("check"), view.arguments.get("run")
    step = 2 if run else 1 if check else 0
    head = html.Header(
        html.Div([pieces.back("Data", "/data"), html.H1("Hand in data"), steps(step)]), className="page-head"
    )
    if not check and not run:
        inside = files.content(view)
    else:
        inside = [
            html.Div(drawn(view), id="intake-body", className="answer-inside"),
            dcc.Interval(id="intake-again", interval=900, disabled=not _job(view).open),
        ]
    return [head, html.Div(inside, className="answer")]


def steps(now_at: int) -> Any:
    """The three steps, the present one marked."""
    items = [
        html.Li(
            name,
            className="done" if turn < now_at else "",
            **({"aria-current": "step"} if turn == now_at else {}),
        )
        for turn, name in enumerate(STEPS)
    ]
    return html.Ol(items, className="steps", **{"aria-label": "Steps"})


def _job(view: View) -> Job:
    return view.jobs.get(view.arguments.get("run") or view.arguments.get("check") or "")


def drawn(view: View) -> list[Any]:
    """What stands there now: work under way, what was understood, or what came of the run."""
    job = _job(view)
    if job.open:
        return [working.progress(job, now(), may_stop=view.principal.may(Scope.RUN)), pieces.panel("What is done so far", working.steps(job) or html.P("It begins in a moment.", className="quiet"))]  # fmt: skip
    if view.arguments.get("run"):
        if job.status != "done":
            check = view.arguments.get("from", "")
            back = (
                ("Back to the columns", f"{address.IMPORT}?check={check}")
                if check
                else ("Back to the files", address.IMPORT)
            )
            return [working.problem(job, back)]
        return [
            working.outcome(job),
            *([pieces.panel("Worth knowing", notes)] if (notes := working.notes(job)) else []),
        ]
    return columns.content(view, job)


def register(app: Dash) -> None:
    """The callbacks of all steps."""
    files.register(app)

    @answers(
        app,
        Output("intake-body", "children"),
        Output("intake-again", "disabled"),
        Input("intake-again", "n_intervals"),
        prevent_initial_call=True,
    )
    def look_again(looked: int | None) -> Any:
        del looked
        view = view_now()
        view.principal.need(Scope.RUN)
        return drawn(view), not _job(view).open

    @answers(
        app,
        Output(ADDRESS, "search", allow_duplicate=True),
        Output("run-go", "disabled"),
        Input("check-again", "n_clicks"),
        Input("run-go", "n_clicks"),
        State({"type": "import-column", "upload": ALL, "column": ALL}, "value"),
        State({"type": "import-column", "upload": ALL, "column": ALL}, "id"),
        State({"type": "import-option", "name": ALL}, "value"),
        State({"type": "import-option", "name": ALL}, "id"),
        prevent_initial_call=True,
    )
    def go(
        again: int | None,
        run: int | None,
        picks: list[str | None],
        pick_ids: list[dict[str, str]],
        values: list[Any],
        value_ids: list[dict[str, str]],
    ) -> Any:
        if not again and not run:
            raise PreventUpdate
        view = view_now()
        picked = {
            (one["upload"], columns.named(one["column"])): "" if value in (None, "-") else str(value)
            for value, one in zip(picks, pick_ids, strict=True)
        }
        said = {one["name"]: value for value, one in zip(values, value_ids, strict=True)}
        kind = "run" if ctx.triggered_id == "run-go" else "check"
        return f"?{go_on(view, kind, picked, said)}", True if kind == "run" else no_update


def go_on(view: View, kind: str, picked: dict[tuple[str, str], str], said: dict[str, Any]) -> str:
    """Begin the next job with what was corrected; the address to go on at.

    Raises:
        OptionError: if one meaning was given to two columns, or the map was changed and not looked at again.
    """
    view.principal.need(Scope.RUN)
    job = _job(view)
    maps = columns.sheets(view, job)
    faults = [
        f"{sheet.name}: {' and '.join(several)} cannot both be {ours.replace('_', ' ')}"
        for sheet in maps
        for ours, several in doubled(sheet, picked).items()
    ]
    if faults:
        raise OptionError("One meaning was given to two columns.", hint="; ".join(faults))
    told = job.arguments.get("options") or {}
    wanted = options(told, columns_said(told.get("columns") or {}, maps, picked), said)
    if kind == "run" and wanted.get("columns", {}) != (told.get("columns") or {}):
        raise OptionError("The map was changed.", hint="Look again with these corrections first.")
    uploads = [str(one) for one in job.arguments.get("uploads") or ()]
    job_id = view.jobs.start(kind, {"uploads": uploads, "options": wanted}, view.principal.name)
    view.trail.note(view.principal.name, "run.start" if kind == "run" else "import.check", job_id)
    return f"run={job_id}&from={job.job_id}" if kind == "run" else f"check={job_id}"
