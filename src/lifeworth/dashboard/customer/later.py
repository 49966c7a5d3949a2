"""What takes longer than a page should: the path of being alive, and what earlier runs said. It is asked for when the page stands."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, ctx, html

from lifeworth.dashboard import pieces, take
from lifeworth.dashboard.callbacks import PreventUpdate, answers, view_now
from lifeworth.dashboard.render import states
from lifeworth.dashboard.render.page import Takes, block
from lifeworth.dashboard.view import View
from lifeworth.errors import LifeworthError
from lifeworth.report.format import text
from lifeworth.report.spec import Axis, Chart, Column, Page, Series, Table
from lifeworth.serving import customers
from lifeworth.serving.answers import Pending
from lifeworth.serving.past import Earlier, history, moves

ALIVE, PAST, ASKED, AGAIN = "customer-alive", "customer-past", "customer-asked", "customer-again"
WAIT = 0.4
GROUPS = {"value_tier": "Tier", "rfm_segment": "RFM group", "lifecycle_status": "Status"}


def waiting() -> Any:
    """What stands there until it is known."""
    return pieces.panel("Still buying, day by day", html.Div(className="bone block", **{"aria-hidden": "true"}), html.P("Working it out…", className="quiet", role="status"))  # fmt: skip


def register(app: Dash) -> None:
    """The two callbacks of the page."""

    @answers(app, Output(ALIVE, "children"), Output(AGAIN, "disabled"), Input(ASKED, "data"), Input(AGAIN, "n_intervals"))  # fmt: skip
    def alive_path(customer: str | None, looked: int | None) -> Any:
        del looked
        if not customer:
            raise PreventUpdate
        found, pending = alive(view_now(), customer)
        if pending and ctx.triggered_id == AGAIN:
            raise PreventUpdate
        return found, not pending

    @answers(app, Output(PAST, "children"), Input(ASKED, "data"))
    def earlier(customer: str | None) -> Any:
        if not customer:
            raise PreventUpdate
        view = view_now()
        whose = customers.true_id(view.desk.run(), customer, personal=view.principal.personal)
        return past(history(view.desk.root, whose), view.desk.run().currency, take.page_or_nothing(view, "customers"))


def alive(view: View, customer: str) -> tuple[Any, bool]:
    """The path of being alive as a panel, and whether it is still being worked out."""
    run = view.desk.run()
    if run.facts["value"].get("no_model") and "model" not in run.facts:
        return pieces.panel(
            "Still buying, day by day", html.P(run.facts["value"]["no_model"], className="empty")
        ), False
    whose = customers.true_id(run, customer, personal=view.principal.personal)
    try:
        found = view.desk.ask("alive", {"customer": whose}, wait=WAIT)
    except LifeworthError as error:
        return states.failed(error), False
    if isinstance(found, Pending):
        return waiting(), True
    # Its title and its words name the customer, so only the picture is shown: who may not see ids does not meet one here.
    charts = [one for one in (found.blocks if isinstance(found, Page) else ()) if isinstance(one, Chart)]
    return [block(one, run.currency, f"alive{turn}", exports=False) for turn, one in enumerate(charts)], False


def past(found: tuple[Earlier, ...], currency: str, exports: Takes) -> Any:
    """How groups and value moved from run to run."""
    known = [one for one in found if one.said]
    spec = past_table(found)
    if spec is None:
        days = f"of {text(known[0].as_of, 'date')}" if known else "there is"
        return pieces.panel(
            "Groups over time",
            html.P(
                f"Only the run {days} knows this customer. With each further run on a later day this fills by itself; the latest ten are kept.",
                className="empty",
            ),
        )
    drawn = block(spec, currency, "past", exports=exports)
    values = [one.said.get("predicted_clv") for one in known]
    if sum(value is not None for value in values) < 2:
        return drawn
    chart = Chart(
        "line",
        "Predicted CLV from run to run",
        Axis("As of", "date"),
        Axis("Predicted CLV", "money"),
        (Series("Predicted CLV", tuple(one.as_of for one in known), tuple(values), "dashed"),),
    )
    return [drawn, block(chart, currency, "past-value", exports=False)]


def past_table(found: tuple[Earlier, ...]) -> Table | None:
    """Groups and value from run to run, the latest first; nothing where fewer than two runs know the customer."""
    known = [one for one in found if one.said]
    if len(known) < 2:
        return None
    columns = (Column("day", "As of", "date"), *(Column(name, title) for name, title in GROUPS.items()), Column("value", "Predicted CLV", "money"))  # fmt: skip
    rows = [
        (one.as_of, *(one.said.get(name) for name in GROUPS), one.said.get("predicted_clv")) for one in reversed(known)
    ]
    said = [_moved(name, title, found) for name, title in GROUPS.items()]
    caption = " ".join(part for part in said if part) or "No group has changed."
    return pieces.table("Groups over time", columns, rows, caption=caption)


def _moved(name: str, title: str, found: tuple[Earlier, ...]) -> str:
    steps = moves(found, name)
    if len(steps) < 2:
        return ""
    (_, before), (day, now) = steps[-2:]
    return f"{title}: from {before} to {now}, first seen on {text(day, 'date')}."
