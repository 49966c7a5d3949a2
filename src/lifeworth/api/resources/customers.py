"""Customers: a list that is filtered, sorted and turned page by page, one of them, and what happened to them."""

from __future__ import annotations

from typing import Any

from lifeworth.api import cursor
from lifeworth.api.call import Answer, Call, Route
from lifeworth.api.filters import conditions, order_of
from lifeworth.api.schema import COLUMNS, CUSTOMER, CUSTOMERS, HISTORY
from lifeworth.api.values import event, record
from lifeworth.asked import Asked
from lifeworth.serving import customers

PAGE = 100
LIST = (
    Asked("limit", "count", PAGE, required=False, choices=(), help=f"Customers of a page, 1 to {customers.MOST:,}."),
    Asked("cursor", "text", None, required=False, choices=(), help="`next` of the page before: where to go on."),
    Asked("order", "text", "-predicted_clv", required=False, choices=(), help="Columns to sort by, with a minus for the largest first: -predicted_clv,customer_id"),
    Asked("q", "text", None, required=False, choices=(), help="Part of the id."),
    Asked("total", "flag", True, required=False, choices=(), help="Whether to count all that match."),
)  # fmt: skip
OURS = frozenset(one.name for one in LIST)


def page(call: Call) -> Answer:
    """A page of customers."""
    run, personal = call.house.desk.run(), call.personal
    said, texts = call.said, {name: text for name, text in call.texts.items() if name != "cursor"}
    where = conditions(run, texts, OURS, personal=personal)
    order = order_of(run, said.get("order", ""), personal=personal)
    # The order that is really taken, so that the cursor holds a value for each of its columns.
    whole = customers.settled(run, order, personal=personal)
    question = repr([sorted((name, text) for name, text in texts.items() if name not in {"limit", "total"}), personal])
    secret = call.house.desk.secret
    after = cursor.read(said["cursor"], question, secret) if said.get("cursor") else ()
    limit = said.get("limit", PAGE)
    found = customers.page(
        run, where=where, order=order, after=after, limit=limit, personal=personal, count=said.get("total", True)
    )
    shown = customers.columns(run, personal=personal)
    more = None
    if len(found.rows) == limit:
        last = found.rows[-1]
        named = [customers.KEY if one.column == "alias" else one.column for one in whole]
        more = cursor.made([last[name] for name in named], question, secret)
    return Answer(
        {
            "as_of": run.as_of.isoformat(),
            "run_id": run.run_id,
            "total": found.total if found.total >= 0 else None,
            "next": more,
            "items": [record(row, shown, run.currency) for row in found.rows],
        }
    )


def one(call: Call) -> Answer:
    """One customer."""
    run = call.house.desk.run()
    row = customers.one(run, call.path["customer_id"], personal=call.personal)
    call.look("customer.look", row[customers.KEY])
    shown = _columns(run, call.personal)
    return Answer({"as_of": run.as_of.isoformat(), "run_id": run.run_id, **record(row, shown, run.currency)})


def history(call: Call) -> Answer:
    """What happened to one customer."""
    run = call.house.desk.run()
    name = call.path["customer_id"]
    found = customers.life(run, name, personal=call.personal)
    call.look("customer.history", name)
    told = {table: [event(row, run.currency) for row in rows] for table, rows in found.items()}
    head: dict[str, Any] = {"as_of": run.as_of.isoformat(), "run_id": run.run_id, "customer_id": name}
    return Answer({**head, "most": customers.EVENTS_SHOWN, "events": told})


def columns(call: Call) -> Answer:
    """The columns a customer has here, and the values of those that make groups."""
    run = call.house.desk.run()
    groups = customers.groups(run)
    items = [
        {
            "name": name,
            "title": column.title,
            "kind": column.kind,
            "definition": column.definition,
            "values": groups.get(name),
        }
        for name, column in customers.columns(run, personal=call.personal).items()
    ]
    return Answer({"as_of": run.as_of.isoformat(), "run_id": run.run_id, "items": items})


_KNOWN: dict[tuple[str, bool], Any] = {}


def _columns(run: Any, personal: bool) -> Any:
    """The columns of a run, kept: a look-up should not describe them anew each time."""
    key = (str(run.shelf.path), personal)
    found = _KNOWN.get(key)
    if found is None:
        _KNOWN.clear()
        found = _KNOWN[key] = customers.columns(run, personal=personal)
    return found


_TAG = "Customers"
_FILTERS = (
    "Every column is a filter: `value_tier=Gold,Platinum` keeps those tiers (a comma within a value has a backslash before it), `predicted_clv.gt=100` those above; comparisons are eq, "
    "ne, lt, le, gt, ge, in, contains, starts, empty and filled. `GET /customers/columns` lists the columns of this workspace."
)
ROUTES = (
    Route("GET", "/customers", "customers", f"Customers with their values, page by page.\n\n{_FILTERS}", page, _TAG, CUSTOMERS, asks=LIST, open_ended=True, tied="run"),
    Route("GET", "/customers/columns", "customer_columns", "The columns a customer has in this workspace, and the groups they make.", columns, _TAG, COLUMNS, tied="run"),
    Route("GET", "/customers/{customer_id}", "customer", "One customer: value with its interval, groups, what is known.", one, _TAG, CUSTOMER, tied="run", quick=True),
    Route("GET", "/customers/{customer_id}/history", "customer_history", "What happened to one customer: orders, refunds, contracts, tickets, touchpoints, the latest first.", history, _TAG, HISTORY, tied="run"),
)  # fmt: skip
