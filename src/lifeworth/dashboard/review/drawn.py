"""What a review shows: what was decided before, the frozen figures beside today's, the changes, the minutes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from lifeworth.access.roles import Scope
from lifeworth.dashboard import pieces
from lifeworth.dashboard.render.page import block
from lifeworth.dashboard.review import figures
from lifeworth.dashboard.view import View
from lifeworth.errors import LifeworthError
from lifeworth.report.format import text
from lifeworth.scorecard import changes, review_page
from lifeworth.scorecard.export import FILES
from lifeworth.scorecard.fields import written
from lifeworth.scorecard.minutes import CHANGEABLE, OUTCOMES, Minute, Open, Review, titles_of
from lifeworth.scorecard.reviews import Reviews

TONES = {"open": "accent", "running": "accent", "late": "bad", "done": "good", "worked": "good", "did not work": "warning", "dropped": "plain"}  # fmt: skip
KINDS = {"comment": "Comment", "decision": "Decision", "action": "Action", "outcome": "Outcome", "change": "Change"}
SIGNS = {"comment": "info", "decision": "check", "action": "next", "outcome": "star", "change": "steering"}
TAKE = {"review.html": "Page to print", "review.xlsx": "Excel", "figures.csv": "Figures, CSV", "minutes.csv": "Minutes, CSV"}  # fmt: skip


def kept(view: View) -> Reviews:
    """The reviews of the workspace."""
    return Reviews(view.desk.book)


def writes(view: View, one: Review) -> bool:
    """Whether who looks may write into it."""
    return one.closed_at is None and view.principal.may(Scope.RUN)


def head(view: View, one: Review) -> Any:
    """Which review it is, how it stands, and what can be done with it as a whole."""
    state = pieces.badge("ended" if one.closed_at else "open", "plain" if one.closed_at else "good")
    facts = pieces.facts(
        [
            ("Held on", text(one.held_on, "date")),
            ("Figures of", text(one.as_of, "date")),
            ("Begun by", one.opened_by),
            ("Ended", pieces.moment(one.closed_at)),
        ]
    )
    tools: list[Any] = []
    if view.principal.may(Scope.EXPORT):
        tools = [pieces.download(words, f"/api/v1/reviews/{one.review_id}/files/{file}", about=f"Download the review: {words}") for file, words in TAKE.items() if file in FILES]  # fmt: skip
    end = [html.Div([pieces.button("End the review", "review-close", sign="check")], className="actions")] if writes(view, one) else []  # fmt: skip
    title = html.Span([f"Review of {text(one.held_on, 'date')} ", state], className="with-badge")
    return html.Section(
        [html.Div([html.H2(title), html.Div(tools, className="tools")], className="panel-head"), facts, *end],
        className="panel review-top",
    )


def before(view: View, one: Review, scores: Mapping[str, float | None] | None = None) -> Any:
    """What earlier reviews decided and whether it worked; in an open review with a way to say so."""
    found = kept(view).promised_before(one)
    title = "Decided before, and what became of it"
    if not found:
        return pieces.panel(title, html.P("Nothing was decided before this review.", className="quiet"))
    names = titles_of(one.frozen)
    cards = [_promise(row, names, may=writes(view, one), scores=scores) for row in found]
    caption = "A score that rose after a decision does not prove that the decision raised it."
    return pieces.panel(title, html.Ol(cards, className="minutes"), caption=caption)


def _promise(one: Open, names: Mapping[str, str], *, may: bool, scores: Mapping[str, float | None] | None) -> Any:
    minute = one.minute
    status = "late" if one.late else one.status
    parts: list[Any] = [
        html.Div([html.B(f"No. {minute.minute_id}"), html.Span(KINDS[minute.kind], className="quiet"), pieces.badge(status, TONES.get(status, "plain"))], className="minute-head"),
        html.P(minute.text),
        html.P(_who(minute, names), className="quiet"),
    ]  # fmt: skip
    after = one.after if scores is None else scores.get(minute.subject)
    if one.before is not None and after is not None:
        moved = after - one.before
        tone = "up" if moved > 0.05 else "down" if moved < -0.05 else "same"
        parts.append(html.P(["Score then ", html.B(f"{one.before:.1f}"), ", now ", html.B(f"{after:.1f}"), html.Span(f" ({moved:+.1f})", className=f"moved {tone}")], className="numbers"))  # fmt: skip
    if may:
        key = {"review": "outcome", "number": minute.minute_id}
        named: dict[str, Any] = {"aria-label": f"Write what became of number {minute.minute_id}"}
        fields = html.Div(
            [
                html.Div(dmc.Select(id={**key, "part": "status"}, data=list(OUTCOMES), placeholder="What became of it", size="xs", **{"aria-label": f"What became of number {minute.minute_id}"}), className="field"),
                html.Div(dmc.TextInput(id={**key, "part": "text"}, placeholder="In words", size="xs", **{"aria-label": f"Words on number {minute.minute_id}"}), className="field"),
                pieces.button("Write", {**key, "part": "go"}, **named),
            ],
            className="form close",
        )  # fmt: skip
        parts.append(fields)
    return html.Li(parts, className="minute")


def compared(view: View, one: Review) -> list[Any]:
    """The frozen figures beside today's."""
    currency = view.desk.run().currency
    try:
        now = figures.today(view)
    except LifeworthError as error:
        # The frozen figures are there whatever has become of the card since.
        said = html.P(f"Today's figures are not known: {error.message}", className="quiet")
        return [said, block(review_page.figures(one, None, currency), currency, "frozen", exports=False)]
    if view.desk.run().run_id == one.run_id and now.held.text == one.frozen.get("card"):
        same = html.P("Today's figures are those that were frozen.", className="quiet")
        return [block(review_page.head(one, None), currency, "frozen-stats", exports=False), block(review_page.figures(one, None, currency), currency, "frozen", exports=False), same]  # fmt: skip
    stats = review_page.head(one, now)
    return [
        block(stats, currency, "frozen-stats", exports=False),
        block(review_page.figures(one, now, currency), currency, "frozen", exports=False),
    ]


def changed(view: View, one: Review) -> Any:
    """What was changed of the card, with the reasons; what has none is marked."""
    said = kept(view).minutes(one.review_id)
    open_ = () if one.closed_at else changes.unexplained(one, said, figures.card_of(view).now())
    table = review_page.changed(one, said, open_)
    return None if table is None else block(table, view.desk.run().currency, "changes", exports=False)


def minutes(view: View, one: Review) -> Any:
    """Everything that was said, and in an open review the form for more."""
    names = titles_of(one.frozen)
    said = [_minute(minute, names) for minute in kept(view).minutes(one.review_id)]
    listed = html.Ol(said, className="minutes") if said else html.P("Nothing was said yet.", className="quiet")
    return pieces.panel("Minutes", listed, caption="Entries are only added: what became of one is a further entry.")


def _minute(one: Minute, names: Mapping[str, str]) -> Any:
    first: list[Any] = [html.B(f"No. {one.minute_id}"), html.Span(KINDS.get(one.kind, one.kind), className="quiet")]
    words: list[Any] = [html.P(one.text)]
    if one.kind == "outcome":
        status = str(one.detail.get("status", ""))
        first += [html.Span(f"of No. {one.follows}", className="quiet"), pieces.badge(status, TONES.get(status, "plain"))]  # fmt: skip
    if one.kind == "change":
        was, now = str(one.detail["before"]) or "nothing", str(one.detail["after"]) or "nothing"
        words.insert(0, html.P([f"{_field(str(one.detail['field']))}: {was} → ", html.B(now)]))
    who = f"{one.written_by or 'Nobody named'}, {pieces.moment(one.created_at)}"
    about = _who(one, names)
    return html.Li([html.Div(first, className="minute-head"), *words, html.P(f"{about}. {who}" if about else who, className="quiet")], className="minute")  # fmt: skip


def _who(one: Minute, names: Mapping[str, str]) -> str:
    about = [names.get(one.subject, one.subject)] if one.subject else []
    if one.owner:
        about.append(f"{one.owner} until {text(one.due, 'date')}" if one.due else one.owner)
    return "; ".join(about)


def entry_form(one: Review) -> Any:
    """The form of a new entry."""
    about = [{"value": name, "label": title} for name, title in titles_of(one.frozen).items()]
    kinds = [{"value": kind, "label": KINDS[kind]} for kind in ("comment", "decision", "action")]
    return pieces.panel(
        "Write an entry",
        html.Div(
            [
                html.Div(dmc.Select(id="entry-kind", label="Kind", data=kinds, value="comment", size="sm", allowDeselect=False), className="field narrow"),
                html.Div(dmc.Select(id="entry-about", label="About", data=about, searchable=True, clearable=True, placeholder="the whole card", size="sm"), className="field"),
                html.Div(dmc.TextInput(id="entry-owner", label="Owner", placeholder="who does it", size="sm"), className="field", id="entry-owner-room", hidden=True),
                html.Div(dmc.DatePickerInput(id="entry-due", label="Until", placeholder="a day", valueFormat="D MMM YYYY", size="sm", clearable=True), className="field narrow", id="entry-due-room", hidden=True),
            ],
            className="form",
        ),
        html.Div(dmc.Textarea(id="entry-text", label="What was said", autosize=True, minRows=2, size="sm"), className="long-field"),
        html.Div(pieces.button("Write it down", "entry-go", sign="plus", main=True), className="actions"),
    )  # fmt: skip


def change_form(view: View, one: Review) -> Any:
    """The form that changes a target, a limit or a weight, with the reason."""
    data = [
        {"value": name, "label": title}
        for name, title in titles_of(one.frozen).items()
        if name in one.frozen["measures"]
    ]
    fields = [{"value": name, "label": _field(name)} for name in CHANGEABLE]
    return pieces.panel(
        "Change a target or a weight",
        html.Div(
            [
                html.Div(dmc.Select(id="change-measure", label="Measure", data=data, searchable=True, placeholder="choose", size="sm"), className="field"),
                html.Div(dmc.Select(id="change-field", label="What", data=fields, value="target", size="sm", allowDeselect=False), className="field narrow"),
                html.Div(dmc.TextInput(id="change-value", label="New value", placeholder="0.62 or +10%", size="sm"), className="field narrow"),
            ],
            className="form",
        ),
        html.P(id="change-now", className="quiet", **{"aria-live": "polite"}),
        html.Div(dmc.Textarea(id="change-reason", label="Reason", autosize=True, minRows=1, size="sm"), className="long-field"),
        html.Div([pieces.button("Change it", "change-go", sign="steering"), dcc.Link("Edit the whole scorecard", href="/card")], className="actions"),
        caption="The card is changed and the reason written down, or neither.",
    )  # fmt: skip


def field_now(view: View, measure: str | None, field: str | None) -> str:
    """What the card says of a field today."""
    card = figures.card_of(view).now().card
    if measure not in card.measures or not field:
        return ""
    one = card.measures[measure]
    said = written("measures", {name: getattr(one, name) for name in type(one).model_fields})[field]
    return f"Now: {said}." if said else "Nothing is said now."


def past(view: View, held: Sequence[Review]) -> Any:
    """Reviews that were held, each a link."""
    if not held:
        return None
    said = kept(view).minutes()
    rows = [
        html.Li(
            [
                dcc.Link(text(one.held_on, "date"), href=f"/review/{one.review_id}"),
                html.Span(f"figures of {text(one.as_of, 'date')}", className="quiet"),
                html.Span(["score ", html.B("–" if one.frozen["whole"]["score"] is None else f"{one.frozen['whole']['score']:.1f}")]),
                html.Span(f"{sum(minute.review_id == one.review_id for minute in said)} entries", className="quiet"),
                pieces.badge("ended" if one.closed_at else "open", "plain" if one.closed_at else "good"),
            ],
            className="past",
        )
        for one in held
    ]  # fmt: skip
    return pieces.panel("Reviews held", html.Ol(rows, className="minutes"))


def _field(name: str) -> str:
    return name.replace("_", " ").capitalize()
