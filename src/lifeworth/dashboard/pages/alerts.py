"""Alerts in hand: those that are open, each with its cause, its money and the next step, to be taken on or put off."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, html

from lifeworth.access.roles import Scope
from lifeworth.dashboard import pieces
from lifeworth.dashboard.callbacks import PreventUpdate, answers, toast, view_now
from lifeworth.dashboard.render import states
from lifeworth.dashboard.view import Special, View
from lifeworth.data.book import now
from lifeworth.monitoring.alerts import LONGEST_SNOOZE, Alert, Alerts
from lifeworth.monitoring.page import TITLES
from lifeworth.report.format import text

DAYS = (("1", "for a day"), ("7", "for a week"), ("30", "for a month"))
SIGNS = {"critical": "bad", "warning": "warning", "notice": "plain"}


def content(view: View) -> list[Any]:
    """The page."""
    return [html.Div([pieces.back("Monitoring", "/monitoring"), html.Div(listed(view), id="alerts-open", className="answer-inside")], className="answer")]  # fmt: skip


def listed(view: View) -> Any:
    """Every open alert, the gravest first."""
    found = Alerts(view.desk.book).open()
    if not found:
        return states.state(
            "No alert is open", "They are raised by a look: lifeworth watch --once, from cron after every import.", sign="check", tone="good"
        )  # fmt: skip
    currency, may = view.desk.run().currency, view.principal.may(Scope.RUN)
    return html.Div([_drawn(one, currency, may=may) for one in found], className="answer-inside")


def _drawn(one: Alert, currency: str, *, may: bool) -> Any:
    said = one.finding
    facts = [("Since", text(said.since, "date")), ("Cause", said.cause), ("Next step", said.next_step)]
    if said.amount is not None:
        facts.insert(1, ("Money concerned", f"{text(said.amount, 'money', currency)} ({said.amount_is})"))
    stands = _stands(one)
    return pieces.panel(
        f"{TITLES.get(one.check, one.check)}: {said.subject}",
        html.P([pieces.badge(said.severity, SIGNS[said.severity]), " ", said.finding]),
        pieces.facts(facts),
        html.P(stands, className="quiet") if stands else None,
        _buttons(one) if may else None,
    )


def _stands(one: Alert) -> str:
    said = []
    if one.acknowledged_at is not None:
        said.append(f"Taken on by {one.acknowledged_by or 'somebody'}, {pieces.moment(one.acknowledged_at)}.")
    if one.snoozed_until is not None and one.snoozed_until > now():
        said.append(f"Put off until {pieces.moment(one.snoozed_until)}.")
    return " ".join(said)


def _buttons(one: Alert) -> Any:
    about = f"{one.check}, {one.finding.subject}"
    return html.Div(
        [
            pieces.button("Take it on", {"type": "alert-take", "alert": one.alert_id}, sign="check", main=one.acknowledged_at is None, disabled=one.acknowledged_at is not None),
            pieces.button("Put it off", {"type": "alert-snooze", "alert": one.alert_id}, sign="jobs"),
            dmc.Select(id={"type": "alert-days", "alert": one.alert_id}, data=[{"value": value, "label": words} for value, words in DAYS], value="7", size="xs", allowDeselect=False, **{"aria-label": f"How long to put off {about}"}),
        ],
        className="actions",
    )  # fmt: skip


def take_on(view: View, alert_id: str) -> Alert:
    """Take an alert on.

    Raises:
        NotFoundError: if there is none of this name.
        OptionError: if it is over.
    """
    view.principal.need(Scope.RUN)
    one = Alerts(view.desk.book).acknowledge(alert_id, by=view.principal.name, now=now())
    view.trail.note(view.principal.name, "alert.acknowledge", one.alert_id, detail={"check": one.check})
    return one


def put_off(view: View, alert_id: str, days: int) -> Alert:
    """Put an alert off.

    Raises:
        NotFoundError: if there is none of this name.
        OptionError: if it is over.
    """
    view.principal.need(Scope.RUN)
    until = now() + timedelta(days=max(1, min(days, LONGEST_SNOOZE)))
    one = Alerts(view.desk.book).snooze(alert_id, until=until, now=now())
    view.trail.note(view.principal.name, "alert.snooze", one.alert_id, detail={"check": one.check, "days": days})
    return one


def register(app: Dash) -> None:
    """The two buttons of every alert."""

    @answers(
        app,
        Output("alerts-open", "children"),
        Input({"type": "alert-take", "alert": ALL}, "n_clicks"),
        Input({"type": "alert-snooze", "alert": ALL}, "n_clicks"),
        State({"type": "alert-days", "alert": ALL}, "value"),
        State({"type": "alert-days", "alert": ALL}, "id"),
        prevent_initial_call=True,
    )
    def act(takes: list[int | None], snoozes: list[int | None], days: list[str], ids: list[dict[str, str]]) -> Any:
        asked = ctx.triggered_id
        if not isinstance(asked, dict) or not any([*takes, *snoozes]):
            raise PreventUpdate
        view = view_now()
        if asked["type"] == "alert-take":
            take_on(view, asked["alert"])
            toast("Nobody is reminded of it any more.", title="Taken on", tone="good")
        else:
            chosen = {one["alert"]: value for one, value in zip(ids, days, strict=True)}
            one = put_off(view, asked["alert"], int(chosen.get(asked["alert"]) or 7))
            toast(f"Nobody hears of it until {pieces.moment(one.snoozed_until)}.", title="Put off", tone="good")
        return listed(view)


PAGE = Special(
    name="alerts",
    title="Alerts in hand",
    section="Steering",
    place=21,
    icon="warning",
    about="Every open alert with its cause, its money and the next step: take it on, or put it off.",
    content=content,
    register=register,
    listed=False,
)
