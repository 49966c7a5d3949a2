"""The search in the head of all pages: pages by what they answer, customers by their id."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output

from lifeworth.dashboard import address
from lifeworth.dashboard.callbacks import ADDRESS, answers, view_now
from lifeworth.dashboard.catalogue import Catalogue
from lifeworth.dashboard.view import View
from lifeworth.engine.shelf import Condition, Order
from lifeworth.errors import NotFoundError
from lifeworth.serving import customers

MOST = 8
"""Customers named at most."""
CUSTOMERS = "customers"
"""Address of the page with one customer below it."""


def found(pages: Catalogue, view: View, said: str) -> list[dict[str, Any]]:
    """What a text may mean, in groups: the address of each as its value."""
    text = said.strip()[:100]
    seen = [one for _, entries in pages.shown_to(view.principal) for one in entries]
    named = [{"value": address.path(one.name), "label": f"{one.sheet.title}: {one.sheet.about}"} for one in seen]
    groups = [{"group": "Pages", "items": [one for one in named if text.lower() in one["label"].lower()]}]
    if text:
        groups.append({"group": "Customers", "items": _customers(view, text)})
    return [one for one in groups if one["items"]]


def _customers(view: View, text: str) -> list[dict[str, str]]:
    try:
        run = view.desk.run()
    except NotFoundError:
        return []
    begin = [Condition(customers.KEY, "starts", text)]
    rows = customers.page(run, where=begin, order=[Order(customers.KEY)], limit=MOST, personal=view.principal.personal, count=False).rows  # fmt: skip
    return [{"value": address.path(CUSTOMERS, row[customers.KEY]), "label": str(row[customers.KEY])} for row in rows]


def register(app: Dash, pages: Catalogue) -> None:
    """Suggestions from the server, the way there in the browser."""

    @answers(app, Output("search", "data"), Input("search", "searchValue"))
    def suggest(said: str | None) -> Any:
        return found(pages, view_now(), said or "")

    app.clientside_callback(
        ClientsideFunction("lifeworth", "go"),
        Output(ADDRESS, "pathname"), Output(ADDRESS, "search", allow_duplicate=True), Output("search", "value"),
        Input("search", "value"), prevent_initial_call=True,
    )  # fmt: skip
