"""One customer from top to bottom: the head, the value, why, what to do, the life, and what is not known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html

from lifeworth.dashboard import pieces, take
from lifeworth.dashboard.customer import heading, later, money, timeline, why
from lifeworth.dashboard.customer.advice import Known, advise
from lifeworth.dashboard.customer.events import events
from lifeworth.dashboard.customer.reasons import place, product, reasons, worth
from lifeworth.dashboard.render.page import block
from lifeworth.dashboard.view import View
from lifeworth.errors import NotFoundError
from lifeworth.report.format import text
from lifeworth.report.spec import Table
from lifeworth.serving import customers
from lifeworth.serving.desk import Run
from lifeworth.serving.past import history
from lifeworth.serving.standing import standing


def content(view: View, customer: str) -> list[Any]:
    """The page of a customer, as who asks may see it; that they looked is noted.

    Args:
        view: Who asks.
        customer: The id, or the pseudonym for who may not see personal data.

    Raises:
        NotFoundError: if there is nobody of this id.
    """
    run, personal = view.desk.run(), view.principal.personal
    row = customers.one(run, customer, personal=personal)
    life = customers.life(run, customer, personal=personal)
    terms = customers.terms(run, customer, personal=personal)
    view.trail.note(view.principal.name, "customer.look", row["customer_id"])
    places = {name: standing(run, name, row.get(name)) for name in ("orders", "predicted_clv", "historic_clv")}
    where = heading.best(places["predicted_clv"], places["historic_clv"])
    currency, value = run.currency, run.facts["value"]
    margin = value.get("margin") if value["value_of"] == "margin" else None
    found = reasons(
        row, life.get("orders", ()), places, as_of=run.as_of, currency=currency, average=average_order(run.facts), margin=margin
    )  # fmt: skip
    value_of = worth(row, terms)
    factors = product(row, value_of.orders, margin, currency)
    known = Known(row, life, where, run.as_of, currency)
    happened = events(life, currency)
    contracts = life.get("subscriptions", ())
    shown = "" if places["predicted_clv"] is None else place(places["predicted_clv"])
    exports = take.page_or_nothing(view, "customers")
    parts = [
        html.Div(
            [
                heading.worth(row, run, shown, value_of),
                why.todo(advise(known)),
            ],
            className="group top-group",
        ),
        heading.figures(row, run, terms.get("net_value")),
        why.why(factors, found, value_of, currency),
        pieces.panel(
            "Life with the company",
            timeline.picture(happened, contracts, as_of=run.as_of, coming=row.get("expected_next_order_at"), currency=currency),
            block(timeline.listed(happened, _cut(life)), currency, "events", exports=exports, level=3),
            caption=_told(life),
        ),
        html.Div(
            [html.Div(later.waiting(), id=later.ALIVE), html.Div(id=later.PAST)],
            className="group",
        ),
        *money.blocks(money.tables(contracts, terms, run.as_of), currency, exports),
        _about(row),
        _limits(run, row),
        dcc.Store(id=later.ASKED, data=str(row["customer_id"])),
        dcc.Interval(id=later.AGAIN, interval=1_000, disabled=True),
        take.room("customers"),
    ]  # fmt: skip
    body = html.Div([one for one in parts if one is not None], className="answer")
    return [heading.head(row), body]


def table(view: View, what: str) -> Table:
    """A table of the page of the customer in the address, to take along.

    Raises:
        NotFoundError: if there is nobody of this id, or no such table.
    """
    run, personal = view.desk.run(), view.principal.personal
    customer = view.path[0] if view.path else ""
    life = customers.life(run, customer, personal=personal)
    found: dict[str, Table | None] = {"events": timeline.listed(events(life, run.currency), _cut(life))}
    found |= money.tables(life.get("subscriptions", ()), customers.terms(run, customer, personal=personal), run.as_of)
    if what == "past":
        whose = customers.true_id(run, customer, personal=personal)
        found["past"] = later.past_table(history(view.desk.root, whose))
    if (one := found.get(what)) is None:
        raise NotFoundError("There is no table at this place any more.", hint="Open the page again.")
    return one


def _cut(life: Mapping[str, Sequence[Any]]) -> list[str]:
    """Tables of which only the latest rows are shown."""
    return [name.replace("_", " ") for name, rows in life.items() if len(rows) >= customers.EVENTS_SHOWN]


def average_order(facts: Mapping[str, Any]) -> float | None:
    """Mean revenue of a day with an order, of all customers, as the run wrote it down."""
    simple = facts["value"].get("simple") or {}
    if simple.get("average_purchase_value") is not None:
        return float(simple["average_purchase_value"])
    purchases, revenue = facts.get("purchases"), facts.get("net_revenue")
    return float(revenue) / purchases if purchases and revenue else None


def _told(life: Mapping[str, Sequence[Any]]) -> str:
    counts = [(name, len(life.get(name, ()))) for name in ("orders", "subscriptions", "tickets", "feedback", "touchpoints")]  # fmt: skip
    words = {"subscriptions": "contracts", "tickets": "requests", "feedback": "pieces of feedback"}
    said = [f"{count:,} {_plural(words.get(name, name), count)}" for name, count in counts if count]
    return ", ".join(said) + "." if said else ""


def _plural(words: str, count: int) -> str:
    return words.replace("pieces", "piece") if count == 1 and words.startswith("pieces") else words[:-1] if count == 1 else words  # fmt: skip


SHOWN_ELSEWHERE = frozenset(customers.TITLES) | {"as_of", "alias"}


def _about(row: Mapping[str, Any]) -> Any:
    """What else the data says of the person: columns of the user's own."""
    pairs = []
    for name, value in row.items():
        if name in SHOWN_ELSEWHERE or value is None:
            continue
        said = text(value, "date") if hasattr(value, "year") else text(value)
        pairs.append((name.replace("_", " ").capitalize(), f"{value}" if isinstance(value, int) and not isinstance(value, bool) else said))  # fmt: skip
    return pieces.panel("What else is known", pieces.facts(pairs)) if pairs else None


def _limits(run: Run, row: Mapping[str, Any]) -> Any:
    """What the figures of this page do not know."""
    value = run.facts["value"]
    notes = [f"Everything here is as of {text(run.as_of, 'date')}; what happened later is not known."]
    notes += [note for note in (value.get("margin_note"), *value.get("value_notes", ())) if note]
    if row.get("predicted_clv") is not None and (row.get("orders") or 0) <= 2:
        notes.append(
            "With so few orders the prediction is mostly what customers like this one do; the interval says how little is known."
        )
    missing = [name for name in ("tickets", "feedback", "touchpoints", "subscriptions") if name not in run.shelf.tables]
    if missing:
        notes.append(f"Not handed in, and so not known: {', '.join(missing)}.")
    return pieces.panel("What limits these figures", html.Ul([html.Li(note) for note in notes], className="notes"))
