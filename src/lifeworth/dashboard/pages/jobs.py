"""Long work: what is under way, how far it is, what came of it; and a way to stop it."""

from __future__ import annotations

from typing import Any

from dash import ALL, Dash, Input, Output, ctx, dcc, html

from lifeworth.access.roles import Scope
from lifeworth.dashboard import pieces, take, working
from lifeworth.dashboard.callbacks import PreventUpdate, answers, toast, view_now
from lifeworth.dashboard.render import states
from lifeworth.dashboard.view import Special, View
from lifeworth.data.book import now
from lifeworth.jobs.record import Job
from lifeworth.report.spec import Column, Table

SHOWN = 100


def content(view: View) -> list[Any]:
    """All jobs, or one."""
    parts = [
        html.Div(drawn(view), id="jobs-body", className="answer-inside"),
        dcc.Interval(id="jobs-again", interval=1_000, disabled=not _going(view)),
        take.room("jobs"),
    ]
    if not view.path:
        return [html.Div(parts, className="answer")]
    job = view.jobs.get(view.path[0])
    head = html.Header(
        html.Div(
            [
                pieces.back("Jobs", "/jobs"),
                html.H1(working.KINDS.get(job.kind, job.kind)),
                html.P(f"Started by {job.started_by}, {pieces.moment(job.created_at)}", className="about-page"),
            ]
        ),
        className="page-head",
    )
    return [head, html.Div(parts, className="answer")]


def _going(view: View) -> bool:
    if view.path:
        return view.jobs.get(view.path[0]).open
    return any(job.open for job in view.jobs.list(SHOWN))


def drawn(view: View) -> list[Any]:
    """What stands there now."""
    return one(view, view.jobs.get(view.path[0])) if view.path else everything(view)


def one(view: View, job: Job) -> list[Any]:
    """A job: under way, or what came of it."""
    if job.open:
        first = working.progress(job, now(), may_stop=view.principal.may(Scope.RUN))
    elif job.status == "done":
        first = working.outcome(job)
    else:
        first = working.problem(job, ("Hand in data", "/data/import") if job.kind in {"run", "check"} else None)
    facts = pieces.facts(
        [
            ("Status", pieces.badge(working.WORDS.get(job.status, job.status), pieces.TONES.get(job.status, ""))),
            ("Begun", pieces.moment(job.started_at)),
            ("Ended", pieces.moment(job.finished_at)),
            ("Took", pieces.lasted(job.started_at, job.finished_at)),
            ("Tries", str(job.attempts) if job.attempts > 1 else ""),
            ("Run", str(job.result.get("run_id") or "")),
        ]
    )
    done = working.steps(job)
    told = working.notes(job)
    return [
        first,
        pieces.panel("How it went", facts, done),
        *([pieces.panel("Worth knowing", told)] if told is not None else []),
    ]


def everything(view: View) -> list[Any]:
    """What is under way, then the list."""
    jobs = view.jobs.list(SHOWN)
    may = view.principal.may(Scope.RUN)
    going = [working.progress(job, now(), may_stop=may) for job in jobs if job.open]
    if not jobs:
        return [states.state("No long work yet", "Runs, looks at files and erasures are listed here.", sign="jobs", steps=[("Hand in data", "/data/import")])]  # fmt: skip
    rows = [
        html.Tr(
            [
                html.Th(working.link(job), scope="row"),
                html.Td(pieces.badge(working.WORDS.get(job.status, job.status), pieces.TONES.get(job.status, ""))),
                html.Td(job.started_by),
                html.Td(pieces.lasted(job.started_at, job.finished_at), className="num"),
                html.Td(said(job), className="wordy"),
            ]
        )
        for job in jobs
    ]
    head = html.Tr([html.Th("Work", scope="col"), html.Th("Status", scope="col"), html.Th("By", scope="col"), html.Th("Took", scope="col", className="num"), html.Th("What came of it", scope="col")])  # fmt: skip
    table = html.Div(html.Table([html.Thead(head), html.Tbody(rows)], className="plain"), className="scroll", tabIndex=0, role="region", **{"aria-label": "Jobs"})  # fmt: skip
    return [*going, pieces.panel("All work, the latest first", table, tools=take.tools(view, "jobs", "jobs", "Jobs"))]


def said(job: Job) -> str:
    """What came of a job in a line."""
    if job.status in {"failed", "cancelled"}:
        return str(job.problem.get("message") or "")
    if job.kind == "run" and job.status == "done":
        counted = (job.result.get("summary") or {}).get("customers")
        return f"{counted:,} customers" if isinstance(counted, int) else str(job.result.get("run_id") or "")
    if job.kind == "check" and job.status == "done":
        return (
            "enough for predicted value" if job.result.get("enough") else "understood, not enough for predicted value"
        )
    return str(job.progress.get("step") or "") if job.open else ""


def table(view: View) -> Table:
    """The list for a file."""
    view.principal.need(Scope.RUN)
    columns = (Column("job", "Job"), Column("kind", "Kind"), Column("status", "Status"), Column("by", "By"), Column("begun", "Begun (UTC)", "date"), Column("ended", "Ended (UTC)", "date"), Column("said", "What came of it"))  # fmt: skip
    rows = [(job.job_id, job.kind, job.status, job.started_by, job.started_at, job.finished_at, said(job)) for job in view.jobs.list(SHOWN)]  # fmt: skip
    return pieces.table("Jobs", columns, rows)


def register(app: Dash) -> None:
    """Looking again, and stopping."""
    take.register(app, "jobs", {"jobs": table})

    @answers(
        app,
        Output("jobs-body", "children"),
        Output("jobs-again", "disabled"),
        Input("jobs-again", "n_intervals"),
        prevent_initial_call=True,
    )
    def look_again(looked: int | None) -> Any:
        del looked
        view = view_now()
        view.principal.need(Scope.RUN)
        return drawn(view), not _going(view)

    # Wherever work is shown, here or on the way in: the button is the same.
    @answers(
        app,
        Output({"type": "job-cancel", "job": ALL}, "disabled"),
        Input({"type": "job-cancel", "job": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    def cancel(clicks: list[int | None]) -> Any:
        asked = ctx.triggered_id
        if not any(clicks) or not isinstance(asked, dict):
            raise PreventUpdate
        view = view_now()
        view.principal.need(Scope.RUN)
        job = view.jobs.cancel(asked["job"])
        view.trail.note(view.principal.name, "jobs.cancel", job.job_id)
        toast("It stops in a moment; the last good run stands.", title="Cancelled", tone="plain")
        return [bool(count) for count in clicks]


PAGE = Special(
    name="jobs",
    title="Jobs",
    section="Data",
    place=20,
    icon="jobs",
    about="Long work: how far it is, what came of it, and a way to stop it.",
    content=content,
    register=register,
    scope=Scope.RUN,
)
