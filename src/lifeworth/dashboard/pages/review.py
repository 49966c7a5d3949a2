"""Review: the scorecard's figures of a day, frozen; what was promised last time and whether it worked; minutes that are only added."""

from __future__ import annotations

from datetime import date
from typing import Any

from dash import ALL, Dash, Input, Output, State, ctx, dcc, html

from lifeworth.access.roles import Scope
from lifeworth.dashboard import pieces
from lifeworth.dashboard.callbacks import PreventUpdate, answers, toast, view_now
from lifeworth.dashboard.render import states
from lifeworth.dashboard.review import drawn, figures
from lifeworth.dashboard.view import Special, View
from lifeworth.engine.connect import connect
from lifeworth.errors import NotFoundError
from lifeworth.report.format import text
from lifeworth.scorecard import changes
from lifeworth.scorecard.begin import begin_review
from lifeworth.scorecard.minutes import Review
from lifeworth.workspace import Workspace


def content(view: View) -> list[Any]:
    """The review that is open, one that was held, or the way to begin.

    Raises:
        NotFoundError: if there is no such review.
    """
    kept = drawn.kept(view)
    view.desk.run()
    if len(view.path) > 1:
        raise NotFoundError("There is no such page.", hint="Open the list of reviews.")
    one = kept.get(view.path[0]) if view.path else kept.open_one()
    if one is None:
        return [html.Div(_none(view), id="review-body", className="answer review")]
    back = [pieces.back("All reviews", "/review")] if view.path else []
    parts = [
        *back,
        dcc.Store(id="review-id", data=one.review_id),
        html.Div(drawn.head(view, one), id="review-head"),
        html.Div(drawn.before(view, one), id="review-before"),
        html.Div(states.skeleton(2), id="review-figures"),
        html.Div(drawn.changed(view, one), id="review-changes"),
        html.Div(drawn.minutes(view, one), id="review-minutes"),
    ]
    if drawn.writes(view, one):
        parts += [drawn.entry_form(one), drawn.change_form(view, one)]
    others = [held for held in kept.all() if held.review_id != one.review_id]
    if not view.path:
        parts.append(drawn.past(view, others))
    return [html.Div([part for part in parts if part is not None], id="review-body", className="answer review")]


def _none(view: View) -> list[Any]:
    held = drawn.kept(view).all()
    as_of = text(view.desk.run().as_of, "date")
    words = f"A review freezes the scorecard as of {as_of}. Comments, decisions and actions are written beside it, and the next review opens with them."  # fmt: skip
    if view.principal.may(Scope.RUN):
        first: Any = pieces.panel(
            "Hold a review",
            html.P(words, className="lead"),
            html.Div([pieces.button("Begin a review", "review-begin", sign="plus", main=True), dcc.Link("Look at the scorecard", href="/scorecard")], className="actions"),
        )  # fmt: skip
    else:
        first = states.state("No review is open", words, sign="steering", steps=["An analyst or an administrator begins one."])  # fmt: skip
    return [one for one in (first, drawn.past(view, held)) if one is not None]


def begin(view: View) -> Review:
    """Begin a review on the run in hand.

    Raises:
        OptionError: if another one is open.
    """
    view.principal.need(Scope.RUN)
    with connect() as engine, Workspace.open(view.desk.root, engine=engine, run_id=view.desk.run().run_id) as ws:
        one = begin_review(ws, drawn.kept(view), by=view.principal.name)
    view.trail.note(view.principal.name, "review.begin", one.review_id, detail={"as_of": one.as_of.isoformat()})
    return one


def _open(view: View, review_id: str) -> Review:
    view.principal.need(Scope.RUN)
    return drawn.kept(view).get(review_id)


def register(app: Dash) -> None:
    """Everything a review is written by; each asks anew whether they may."""

    @answers(app, Output("review-body", "children"), Input("review-begin", "n_clicks"), prevent_initial_call=True)
    def start(clicks: int | None) -> Any:
        if not clicks:
            raise PreventUpdate
        view = view_now()
        begin(view)
        toast("The figures are frozen.", title="The review is open", tone="good")
        return content(view)[0].children

    @answers(app, Output("review-figures", "children"), Output("review-before", "children"), Input("review-id", "data"))
    def compare(review_id: str | None) -> Any:
        if not review_id:
            raise PreventUpdate
        view = view_now()
        one = drawn.kept(view).get(review_id)
        found = drawn.compared(view, one)
        scores = figures.today(view).scores if one.closed_at is None else None
        return found, drawn.before(view, one, scores)

    @answers(
        app, Output("entry-owner-room", "hidden"), Output("entry-due-room", "hidden"), Input("entry-kind", "value")
    )
    def asks(kind: str | None) -> Any:
        return (kind != "action",) * 2

    @answers(
        app,
        Output("review-minutes", "children"),
        Output("entry-text", "value"),
        Input("entry-go", "n_clicks"),
        State("review-id", "data"),
        State("entry-kind", "value"),
        State("entry-about", "value"),
        State("entry-owner", "value"),
        State("entry-due", "value"),
        State("entry-text", "value"),
        prevent_initial_call=True,
    )
    def say(clicks: int | None, review_id: str, kind: str, about: str | None, owner: str | None, due: str | None, words: str | None) -> Any:  # fmt: skip
        if not clicks:
            raise PreventUpdate
        view = view_now()
        one = _open(view, review_id)
        action = kind == "action"
        number = drawn.kept(
            view
        ).say(
            review_id,
            kind if kind in {"comment", "decision", "action"} else "comment",  # type: ignore[arg-type]
            words or "",
            by=view.principal.name,
            subject=about or "",
            owner=(owner or "") if action else "",
            due=date.fromisoformat(due[:10]) if action and due else None,
        )
        view.trail.note(view.principal.name, "review.say", review_id, detail={"kind": kind, "number": number})
        return drawn.minutes(view, one), ""

    @answers(
        app,
        Output("review-minutes", "children", allow_duplicate=True),
        Output("review-before", "children", allow_duplicate=True),
        Input({"review": "outcome", "number": ALL, "part": "go"}, "n_clicks"),
        State({"review": "outcome", "number": ALL, "part": "status"}, "value"),
        State({"review": "outcome", "number": ALL, "part": "status"}, "id"),
        State({"review": "outcome", "number": ALL, "part": "text"}, "value"),
        State("review-id", "data"),
        prevent_initial_call=True,
    )
    def outcome(clicks: list[int | None], statuses: list[str | None], ids: list[dict[str, Any]], words: list[str | None], review_id: str) -> Any:  # fmt: skip
        asked = ctx.triggered_id
        if not any(clicks) or not isinstance(asked, dict):
            raise PreventUpdate
        view = view_now()
        one = _open(view, review_id)
        place = next(at for at, key in enumerate(ids) if key["number"] == asked["number"])
        status = statuses[place] or ""
        said = (words[place] or "").strip() or status.capitalize()
        number = drawn.kept(view).say(review_id, "outcome", said, by=view.principal.name, follows=int(asked["number"]), detail={"status": status})  # fmt: skip
        view.trail.note(view.principal.name, "review.say", review_id, detail={"kind": "outcome", "number": number})
        return drawn.minutes(view, one), drawn.before(view, one, figures.today(view).scores)

    @answers(app, Output("change-now", "children"), Input("change-measure", "value"), Input("change-field", "value"))
    def now(measure: str | None, field: str | None) -> Any:
        return drawn.field_now(view_now(), measure, field)

    @answers(
        app,
        Output("review-minutes", "children", allow_duplicate=True),
        Output("review-changes", "children"),
        Output("review-figures", "children", allow_duplicate=True),
        Output("change-reason", "value"),
        Output("change-value", "value"),
        Input("change-go", "n_clicks"),
        State("review-id", "data"),
        State("change-measure", "value"),
        State("change-field", "value"),
        State("change-value", "value"),
        State("change-reason", "value"),
        prevent_initial_call=True,
    )
    def change(clicks: int | None, review_id: str, measure: str | None, field: str, value: str | None, reason: str | None) -> Any:  # fmt: skip
        if not clicks:
            raise PreventUpdate
        view = view_now()
        one = _open(view, review_id)
        changes.change(drawn.kept(view), figures.card_of(view), review_id, measure or "", {field: value or ""}, reason or "", by=view.principal.name)  # fmt: skip
        view.trail.note(view.principal.name, "review.change", review_id, detail={"measure": measure, "field": field})
        toast("The card was changed, and the reason written down.", tone="good")
        return drawn.minutes(view, one), drawn.changed(view, one), drawn.compared(view, one), "", ""

    @answers(
        app,
        Output("review-body", "children", allow_duplicate=True),
        Input("review-close", "n_clicks"),
        State("review-id", "data"),
        prevent_initial_call=True,
    )
    def close(clicks: int | None, review_id: str) -> Any:
        if not clicks:
            raise PreventUpdate
        view = view_now()
        _open(view, review_id)
        drawn.kept(view).close(review_id)
        view.trail.note(view.principal.name, "review.close", review_id)
        toast("Nothing is added to it any more.", title="The review is ended", tone="good")
        return content(view)[0].children


PAGE = Special(
    name="review",
    title="Review",
    section="Steering",
    place=20,
    icon="review",
    about="Freeze the scorecard, look at what was promised, decide, and write down who does what by when.",
    content=content,
    register=register,
)
