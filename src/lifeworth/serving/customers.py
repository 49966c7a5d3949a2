"""Customers as a list that is filtered, sorted and turned page by page, and one customer with a whole life.

Everything is answered by the engine from the serving copy of the run in hand; no list is ever loaded whole. Who may not see personal
data sees every customer under a pseudonym and nothing that tells who it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from lifeworth.data.contracts import SCORES, TABLES
from lifeworth.data.personal import PERSONAL
from lifeworth.engine.shelf import Condition, Order
from lifeworth.errors import NotFoundError, OptionError, near
from lifeworth.report.spec import Column, Kind
from lifeworth.serving.copy import EVENTS, TERMS
from lifeworth.serving.desk import Run

KEY = "customer_id"
MOST = 1_000
"""Rows of one page at most."""
EVENTS_SHOWN = 500
"""Events of one kind in a customer's life; the latest are shown, and how many there are is said."""

TITLES = {
    "customer_id": "Customer",
    "first_order_at": "First order",
    "last_order_at": "Last order",
    "orders": "Orders",
    "historic_clv": "Historic CLV",
    "simple_clv": "Simple CLV",
    "probability_alive": "Still buying",
    "churn_probability": "Churn probability",
    "expected_orders": "Expected orders",
    "expected_order_value": "Expected order value",
    "expected_next_order_at": "Next order expected",
    "predicted_clv": "Predicted CLV",
    "predicted_clv_low": "5 % point",
    "predicted_clv_high": "95 % point",
    "high_value_probability": "High-value probability",
    "total_clv": "Total CLV",
    "value_tier": "Tier",
    "rfm_segment": "RFM group",
    "lifecycle_status": "Status",
    "net_clv": "Net CLV",
    "mrr": "MRR",
    "plan": "Plan",
    "next_renewal_at": "Next renewal",
    "acquired_at": "Customer since",
    "acquisition_channel": "Channel",
    "country": "Country",
}
MORE = {
    "net_clv": "margin so far and expected, less what it cost to win, serve and keep the customer",
    "mrr": "monthly recurring revenue of running contracts",
    "plan": "what is subscribed to",
    "next_renewal_at": "day on which the next contract renews",
}
"""Meaning of columns that come from other tables of the run."""

_MONEY = ("_clv", "_value", "mrr", "_low", "_high", "revenue", "margin", "amount", "cost")
_SHARES = ("probability", "_share")
_GROUPS = (
    "value_tier",
    "rfm_segment",
    "lifecycle_status",
    "acquisition_channel",
    "country",
    "plan",
    "tier",
    "first_category",
)


@dataclass(frozen=True, slots=True)
class Slice:
    """Some rows of a list, and how many there are in all."""

    rows: tuple[dict[str, Any], ...]
    total: int


def columns(run: Run, *, personal: bool = True) -> dict[str, Column]:
    """The columns of the list by name, in reading order, each with how it reads and what it means."""
    there = run.shelf.tables["customers"]
    named = [name for name in TITLES if name in there]
    named += [name for name in there if name not in TITLES and name not in {"alias", "as_of"}]
    return {
        name: Column(
            name, TITLES.get(name, name.replace("_", " ").capitalize()), _kind(name, there[name]), _meaning(name)
        )
        for name in named
        if personal or name not in PERSONAL
    }


def groups(run: Run) -> dict[str, list[str]]:
    """Columns that make groups, each with its values, most frequent first: what a filter offers."""
    there = run.shelf.tables["customers"]
    return {name: run.shelf.values("customers", name) for name in _GROUPS if name in there}


def page(
    run: Run,
    *,
    where: Sequence[Condition] = (),
    order: Sequence[Order] = (),
    after: Sequence[Any] = (),
    limit: int = 100,
    offset: int = 0,
    personal: bool = True,
    count: bool = True,
) -> Slice:
    """A page of the list.

    Args:
        run: The run in hand.
        where: Conditions, all of which must hold.
        order: Columns to sort by; the customer's id decides between equals.
        after: Values of `sorting(order)` in the last row of the page before.
        limit: Rows, at most `MOST`.
        offset: Rows to leave out, for a grid that jumps.
        personal: Whether who asks may see personal data.
        count: Whether to count all that match.

    Raises:
        OptionError: if a column is unknown or a value does not fit it.
    """
    if not 1 <= limit <= MOST:
        raise OptionError(f"A page has 1 to {MOST} rows, not {limit}.")
    tests = _allowed(run, where, personal)
    rows = run.shelf.rows(
        "customers", where=tests, order=settled(run, order, personal=personal), after=after, limit=limit, offset=offset, wide=True
    )  # fmt: skip
    total = run.shelf.count("customers", tests) if count else -1
    return Slice(tuple(shown(row, personal=personal) for row in rows), total)


def sorting(order: Sequence[Order], *, personal: bool = True) -> list[Order]:
    """An order with one outcome only: by predicted value where nothing is said, the id between equals."""
    key = KEY if personal else "alias"
    chosen = [Order(key, one.descending) if one.column == KEY else one for one in order]
    return chosen if any(one.column == key for one in chosen) else [*chosen, Order(key)]


def settled(run: Run, order: Sequence[Order], *, personal: bool = True) -> list[Order]:
    """The order a page really has: what was asked, or by predicted value, and the id between equals.

    Raises:
        OptionError: if a column is unknown.
    """
    return sorting(_known(run, order, personal), personal=personal)


def one(run: Run, customer: str, *, personal: bool = True) -> dict[str, Any]:
    """One customer by id, or by pseudonym for who may not see personal data.

    Raises:
        NotFoundError: if nobody has this id.
    """
    return shown(_found(run, customer, personal=personal), personal=personal)


def life(run: Run, customer: str, *, personal: bool = True) -> dict[str, list[dict[str, Any]]]:
    """What happened to a customer, by table, the latest first; at most `EVENTS_SHOWN` of each.

    Free text of tickets and feedback is left out for who may not see personal data: people write who they are.

    Raises:
        NotFoundError: if nobody has this id.
    """
    customer_id = _found(run, customer, personal=personal)[KEY]
    mine = [Condition(KEY, "eq", customer_id)]
    found = {}
    for table, moment in (*EVENTS.items(), ("order_lines", "ordered_at")):
        if table in run.shelf.tables:
            rows = run.shelf.rows(table, where=mine, order=[Order(moment, descending=True)], limit=EVENTS_SHOWN)
            hidden = {KEY} if personal else {KEY, "text", "visitor_id", *PERSONAL}
            found[table] = [{name: value for name, value in row.items() if name not in hidden} for row in rows]
    return found


def terms(run: Run, customer: str, *, personal: bool = True) -> dict[str, dict[str, Any]]:
    """What the value of a customer is made of, by table: of orders and contracts, net of costs; tables that do not know them are left out.

    Raises:
        NotFoundError: if nobody has this id.
    """
    customer_id = _found(run, customer, personal=personal)[KEY]
    found = {}
    for table in TERMS:
        if table in run.shelf.tables and (row := run.shelf.get(table, KEY, customer_id)) is not None:
            found[table] = {name: value for name, value in row.items() if name != KEY}
    return found


def true_id(run: Run, customer: str, *, personal: bool = True) -> str:
    """The id behind what somebody asks by: itself, or the one a pseudonym stands for. Never to be shown.

    Raises:
        NotFoundError: if nobody has this id.
    """
    return str(_found(run, customer, personal=personal)[KEY])


def export(
    run: Run, *, where: Sequence[Condition] = (), order: Sequence[Order] = (), personal: bool = True
) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    """All customers that match as a stream of Arrow batches, in the columns of the list."""
    named = list(columns(run, personal=personal))
    read = named if personal else ["alias" if name == KEY else name for name in named]
    tests = _allowed(run, where, personal)
    reader = run.shelf.batches("customers", columns=read, where=tests, order=settled(run, order, personal=personal))
    schema = reader.schema if personal else pa.schema([field.with_name(name) for field, name in zip(reader.schema, named, strict=True)])  # fmt: skip
    return schema, (batch.rename_columns(named) for batch in reader)


def shown(row: dict[str, Any], *, personal: bool) -> dict[str, Any]:
    """A row as who asks may see it."""
    if personal:
        return {name: value for name, value in row.items() if name != "alias"}
    kept = {name: value for name, value in row.items() if name not in PERSONAL and name != "alias"}
    return {**kept, KEY: row["alias"]}


def _found(run: Run, customer: str, *, personal: bool) -> dict[str, Any]:
    row = run.shelf.get("customers", KEY if personal else "alias", customer)
    if row is None:
        raise NotFoundError(f'No customer has the id "{customer}".', hint="Look for the id in the list of customers.")
    return row


def _allowed(run: Run, where: Sequence[Condition], personal: bool) -> list[Condition]:
    known = columns(run, personal=personal)
    for test in where:
        if test.column not in known:
            raise OptionError(f'"{test.column}" is no column. {near(test.column, known)}'.rstrip(), allowed=known)
    return [Condition("alias", test.op, test.value) if test.column == KEY and not personal else test for test in where]


def _known(run: Run, order: Sequence[Order], personal: bool) -> Sequence[Order]:
    known = columns(run, personal=personal)
    for one_ in order:
        if one_.column not in known:
            raise OptionError(f'"{one_.column}" is no column. {near(one_.column, known)}'.rstrip(), allowed=known)
    first = next((name for name in ("predicted_clv", "historic_clv") if name in known), KEY)
    return order or (Order(first, descending=first != KEY),)


def _kind(name: str, kind: str) -> Kind:
    if kind == "DATE" or kind.startswith("TIMESTAMP"):
        return "date"
    if kind in {"VARCHAR", "BOOLEAN"}:
        return "text"
    if any(part in name for part in _SHARES):
        return "percent"
    if any(part in name for part in _MONEY):
        return "money"
    return "count" if kind in {"BIGINT", "INTEGER", "SMALLINT"} else "number"


def _meaning(name: str) -> str:
    for contract in (SCORES, TABLES["customers"]):
        if name in contract.columns:
            return contract.columns[name][1]
    return MORE.get(name, "a column of your own")
