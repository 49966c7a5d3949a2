"""The list of customers, however many there are, and the way to each of them."""

from __future__ import annotations

from typing import Any

from dash import Dash

from lifeworth.dashboard import take
from lifeworth.dashboard.customer import later
from lifeworth.dashboard.customer.page import content as one_customer
from lifeworth.dashboard.customer.page import table
from lifeworth.dashboard.grid import board
from lifeworth.dashboard.view import Special, View


def content(view: View) -> list[Any]:
    """The list; below it in the address, one customer."""
    return one_customer(view, view.path[0]) if view.path else board.content(view)


def register(app: Dash) -> None:
    """The callbacks of both."""
    board.register(app)
    later.register(app)
    take.register(app, "customers", {}, others=table)


PAGE = Special(
    name="customers",
    title="Customers",
    section="Customers",
    place=10,
    icon="customers",
    about="Every customer with value and groups: filter, sort, take along, or look at one.",
    content=content,
    register=register,
)
