"""One group of customers beside all others: figures of what they do and cost, and what marks them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ibis.expr.types import Table

from lifeworth.errors import DataError
from lifeworth.segments.baskets import bought, counts, read
from lifeworth.segments.beside import FIGURES, Figure, behaviour, opinions, ordering, serving, tickets
from lifeworth.segments.known import Known
from lifeworth.segments.marked import BUYERS, Mark, judged, marks
from lifeworth.workspace import Workspace


@dataclass(frozen=True)
class Marked:
    """Things of one kind: what they are, how many customers could have had one, and each thing's mark."""

    title: str
    one: str
    inside: int
    outside: int
    marks: list[Mark]


@dataclass(frozen=True)
class Profile:
    """A group beside all others.

    Attributes:
        inside, outside: Customers in the group and outside.
        figures: Each figure with its value for the group and for the others; None where it cannot be told.
        marked: What they buy and where they come from.
        tests: How many tests were made over all of it.
        missing: Tables that would tell more, and what.
    """

    inside: int
    outside: int
    figures: list[tuple[Figure, float | None, float | None]]
    marked: list[Marked]
    tests: int
    missing: list[tuple[str, str]]


TELLS: dict[str, str] = {
    "order_lines": "what they buy first, next and at all",
    "service_costs": "what it costs to serve them",
    "tickets": "how often they need help and how content they are with it",
    "feedback": "how satisfied they are",
}
"""Tables a profile can do without, and what they tell."""


def profile(ws: Workspace, members: Table, known: Known) -> Profile:
    """The profile of a group.

    Args:
        ws: The workspace, for the tables it has.
        members: `customer_id`, `inside`: every customer and whether they are in the group.
        known: Customers as they are known.

    Raises:
        DataError: if nobody is in the group, or everybody.
    """
    inside = members["inside"].cast("int64")
    sizes = ws.engine.row(members.aggregate(inside=inside.sum().fill_null(0), everyone=members.count()))
    if not 0 < sizes["inside"] < sizes["everyone"]:
        raise DataError(
            "Nobody is in this group."
            if not sizes["inside"]
            else "Everybody is in this group: there is nobody to compare with.",
            hint="lifeworth segments shows the groups and their sizes.",
        )
    figures = _figures(ws, members, known)
    things, missing = _things(ws, members)
    adjusted = judged([one.marks for one in things])
    marked = [
        Marked(one.title, one.one, one.inside, one.outside, found) for one, found in zip(things, adjusted, strict=True)
    ]
    tests = sum(mark.q is not None for found in adjusted for mark in found)
    return Profile(sizes["inside"], sizes["everyone"] - sizes["inside"], figures, marked, tests, missing)


def _figures(ws: Workspace, members: Table, known: Known) -> list[tuple[Figure, float | None, float | None]]:
    queries: list[tuple[str, Callable[[], Table]]] = [
        ("history", lambda: behaviour(members, known.history, ws.table("customers_scored"))),
        ("orders", lambda: ordering(members, ws.table("orders"), ws.as_of)),
        ("service_costs", lambda: serving(members, ws.table("service_costs"), ws.as_of)),
        ("tickets", lambda: tickets(members, ws.table("tickets"), ws.as_of)),
        ("feedback", lambda: opinions(members, ws.table("feedback"), ws.as_of)),
    ]
    values: dict[bool, dict[str, float | None]] = {True: {}, False: {}}
    for name, query in queries:
        if ws.has(name):
            for row in ws.engine.arrow(query()).to_pylist():
                values[bool(row.pop("inside"))] |= row
    return [
        (figure, values[True].get(figure.key), values[False].get(figure.key))
        for figure in FIGURES
        if values[True].get(figure.key) is not None or values[False].get(figure.key) is not None
    ]


def _things(ws: Workspace, members: Table) -> tuple[list[Marked], list[tuple[str, str]]]:
    found = []
    missing = [(name, what) for name, what in TELLS.items() if not ws.has(name)]
    if ws.has("order_lines"):
        products = ws.table("products") if ws.has("products") else None
        for what in ("category", "product"):
            kept = ws.engine.create(
                f"_{what}",
                bought(ws.table("purchase_days"), ws.table("orders"), ws.table("order_lines"), products, what),
            )
            plural = {"category": "Categories", "product": "Products"}[what]
            for title, owned in (
                (f"{plural} they buy", kept),
                (f"{plural} of the first purchase", kept.filter(kept["first"])),
                (f"{plural} of the second purchase", kept.filter(kept["next"])),
            ):
                found.append(_marked(ws, title, what.capitalize(), owned, members))
            ws.engine.drop(f"_{what}")
    if ws.has("customers"):
        people = ws.table("customers")
        for title, one, name in (
            ("Channels they came from", "Channel", "acquisition_channel"),
            ("Countries they live in", "Country", "country"),
        ):
            owned = people.filter(people[name].notnull()).select("customer_id", item=name)
            found.append(_marked(ws, title, one, owned, members))
    return [one for one in found if len(one.marks) > 1 and any(mark.buyers >= BUYERS for mark in one.marks)], missing


def _marked(ws: Workspace, title: str, one: str, owned: Table, members: Table) -> Marked:
    found = read(ws.engine.arrow(counts(owned, members)))
    inside, outside = found.sizes
    return Marked(title, one, inside, outside, marks(found))
