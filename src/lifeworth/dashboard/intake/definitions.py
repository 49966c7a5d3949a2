"""What every figure means and how it is made, found by a word."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, dcc, html

from lifeworth.dashboard import pieces, take
from lifeworth.dashboard.callbacks import answers, view_now
from lifeworth.dashboard.icons import icon
from lifeworth.dashboard.render import states
from lifeworth.dashboard.view import View
from lifeworth.errors import LifeworthError, NotFoundError
from lifeworth.report.spec import Page, Table, Value
from lifeworth.serving import customers
from lifeworth.serving.answers import Pending

WAIT = 5.0


def content(view: View) -> list[Any]:
    """The tab."""
    word = view.arguments.get("find", "")
    return [
        html.Div(
            dmc.TextInput(id="definitions-find", label="Find a figure", placeholder="churn, margin, cohort …", value=word, debounce=250, size="sm", leftSection=icon("search")),
            className="filter wide",
        ),
        html.Div(take.tools(view, "data", "definitions", "Definitions of all figures"), className="tools under"),
        html.Div(entries(view, word), id="definitions-found"),
    ]  # fmt: skip


def known(view: View) -> Table | None:
    """All figures of this workspace, one a row; nothing while they are gathered."""
    answer = view.desk.ask("definitions", {}, wait=WAIT)
    if isinstance(answer, Pending):
        return None
    if isinstance(answer, Page):
        return next((one for one in answer.blocks if isinstance(one, Table)), None)
    return answer


def table(view: View) -> Table:
    """All figures of this workspace and what each means, to take along.

    Raises:
        NotFoundError: while they are gathered.
    """
    found = known(view)
    if found is None:
        raise NotFoundError("The definitions are being gathered.", hint="Ask again in a moment.")
    return found


def entries(view: View, word: str) -> Any:
    """Figures and columns that a word is found in."""
    try:
        table = known(view)
    except LifeworthError as error:
        return states.failed(error)
    if table is None:
        return states.skeleton(1)
    figures = [one for one in table.records() if fits(one, word)]
    columns = [
        {"title": one.title, "definition": one.definition, "name": name}
        for name, one in customers.columns(view.desk.run(), personal=view.principal.personal).items()
    ]
    columns = [one for one in columns if fits(one, word)]
    if not figures and not columns:
        return states.state("Nothing of that name", f"No figure here has “{word}” in its name or meaning.", sign="search")  # fmt: skip
    return html.Div([_panel("Figures", figures), _panel("Columns of the list of customers", columns)], className="answer")  # fmt: skip


def fits(one: dict[str, Value] | dict[str, str], word: str) -> bool:
    """Whether every word stands in the name, the title or the meaning."""
    said = " ".join(str(one.get(name) or "") for name in ("name", "title", "definition")).replace("_", " ").casefold()
    return all(part in said for part in word.replace("_", " ").casefold().split())


def _panel(title: str, found: list[dict[str, Any]]) -> Any:
    if not found:
        return None
    items = [
        html.Div(
            [
                html.Dt([html.B(str(one["title"])), _more(one)]),
                html.Dd(
                    [
                        html.P(str(one["definition"])),
                        html.P(html.Code(str(one["formula"])), className="formula") if one.get("formula") else None,
                        html.P(f"Source: {one['source']}", className="quiet") if one.get("source") else None,
                    ]
                ),
            ]
        )
        for one in found
    ]
    return pieces.panel(f"{title} ({len(found)})", html.Dl(items, className="definitions"))


def _more(one: dict[str, Any]) -> Any:
    """Figures with a formula can be looked at over time."""
    if not one.get("formula"):
        return None
    return dcc.Link("over time", href=f"/kpis/one-figure?name={one['name']}", className="quiet")


def register(app: Dash) -> None:
    """The search."""

    @answers(app, Output("definitions-found", "children"), Input("definitions-find", "value"), prevent_initial_call=True)  # fmt: skip
    def find(word: str | None) -> Any:
        return entries(view_now(), word or "")
