"""The pages of a run that belong to no single part: the overview, the data, and how far the model can be trusted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from lifeworth.clv.learn import Learned
from lifeworth.data import check as readiness
from lifeworth.data.beside import shown
from lifeworth.data.beside.read import NOTHING, Beside
from lifeworth.data.capability import Capability
from lifeworth.data.clean import Cleaned
from lifeworth.data.sources.source import Source
from lifeworth.report.board import Board, Tab
from lifeworth.report.format import text
from lifeworth.report.spec import Block, Column, Page, Stat, Stats, Table, Text

SHOWN = 2
"""Warnings told on the overview."""


def overview(facts: Mapping[str, Any], *, as_of: date, currency: str, horizon: str) -> Page:
    """The answer on one screen: who there is, what they are worth, how sure that is, what to do next."""
    value = facts["value"]
    equity = value["customer_equity"] or {}
    what, no_money, no_model = value["value_of"], value["no_money"], value["no_model"]
    parts = value.get("parts")
    head = Stats(
        (
            Stat(
                "Customers",
                facts["customers"],
                "count",
                "Customers with at least one purchase that was not wholly returned"
                + (", or with a subscription that was paid for." if parts else "."),
                as_of=as_of,
                source="orders and subscriptions" if parts else "orders",
                note=f"{parts['only_subscribe']:,} of them subscribe, or did, and have never ordered"
                if parts and parts["only_subscribe"]
                else "",
            ),
            Stat(
                "Net revenue",
                facts["net_revenue"],
                "money",
                "All orders after discounts and refunds, without tax and shipping; orders without a customer included.",
                as_of=as_of,
                source="orders",
                note=no_money,
            ),
            Stat(
                "Historic CLV, all customers",
                value["historic_total"],
                "money",
                f"Net {what} all customers have brought so far"
                + (", by orders and by contracts that are not among them." if parts else "."),
                as_of=as_of,
                source="orders and subscriptions" if parts else "orders",
                note=no_money,
            ),
            Stat(
                f"Customer equity, {horizon}",
                equity.get("value"),
                "money",
                f"Discounted {what} expected from all present customers within {horizon}. The interval holds chance, what the parameters leave open, "
                "and how far the totals of the hold-outs were missed." + _of_both(parts),
                low=equity.get("low"),
                high=equity.get("high"),
                as_of=as_of,
                source="model",
                note=no_model,
            ),
            Stat(
                "Still buying",
                facts["alive"],
                "count",
                "Sum of the probabilities that each customer still buys at all"
                + (", of those who have ordered." if parts else "."),
                as_of=as_of,
                source="model",
                note=no_model,
            ),
        )
    )
    blocks: list[Block] = [head, *_more(facts, as_of, horizon)]
    blocks += _cautions(facts["warnings"])
    steps = tuple((step["what"], step["why"]) for step in facts["next_steps"])
    columns = (Column("what", "Do next"), Column("why", "Because"))
    blocks.append(Table("Next steps", columns, steps, empty="Nothing is pressing."))
    return Page("overview", "Overview", tuple(blocks), lead=_lead(facts, horizon), currency=currency, as_of=as_of)


def _more(facts: Mapping[str, Any], as_of: date, horizon: str) -> list[Block]:
    """What tables beside orders add: contracts, and what is left after costs."""
    what = facts["value"]["value_of"]
    items: list[Stat] = []
    contracts = facts.get("subscriptions") or {}
    if worth := contracts.get("value"):
        items.append(
            Stat(
                f"Value of {contracts['running']:,} running contracts, {horizon}",
                worth["value"],
                "money",
                f"Discounted {what} of the bills that fall due within {horizon}, times the chance that the contract is still there. "
                + (
                    "It is part of customer equity; a renewal that also stands among the orders is counted once."
                    if facts["value"]["customer_equity"]
                    else "No value is predicted of orders, so it stands beside them."
                ),
                low=worth["low"],
                high=worth["high"],
                as_of=as_of,
                source="subscriptions",
            )
        )
    if net := facts.get("net"):
        items.append(
            Stat(
                "Net CLV, all customers",
                net["value"],
                "money",
                f"{what.capitalize()} so far and expected within {horizon}, less what it cost to win, serve and keep customers.",
                as_of=as_of,
                source="net_value",
            )
        )
        items.append(
            Stat(
                "Customers worth less than nothing",
                net["below_zero"],
                "count",
                "Customers whose costs so far and expected are more than their margin.",
                as_of=as_of,
                source="net_value",
            )
        )
    return [Stats(tuple(items))] if items else []


def _of_both(parts: Mapping[str, Any] | None) -> str:
    return " Orders and contracts together: what each brings stands on the page of values." if parts else ""


def data(
    facts: Mapping[str, Any],
    cleaned: Cleaned,
    capabilities: Collection[Capability],
    beside: Beside,
    *,
    as_of: date,
    currency: str,
) -> Page:
    """What was read, how it was understood, where every row and cent went, and what the data are enough for."""
    source = facts["source"]
    blocks: tuple[Block, ...] = (
        *cleaned.reconciliation.table(),
        cleaned.reconciliation.files_table(),
        readiness.table(capabilities),
        _understood(source["columns"]["sources"], source["columns"]["reasons"], source["columns"]["unused"]),
        *_said([*source["notes"], *facts["notes"]]),
        *shown.blocks(beside),
    )
    lead = "Nothing is lost: every row and every cent of your file is either used or set aside under a name."
    return Page("data", "Data", blocks, lead=lead, currency=currency, as_of=as_of)


def check(
    source: Source, cleaned: Cleaned, capabilities: Collection[Capability], foretold: str = "", beside: Beside = NOTHING
) -> Page:
    """What a run would understand of an input; a text of tone "bad" where it is not enough for predicted value.

    Args:
        source: What was read.
        cleaned: What came of it.
        capabilities: What the data are enough for.
        foretold: What a run would test and about how long that takes; empty where it would test nothing.
        beside: Tables beside orders that came in.
    """
    named = {one.name: one for one in capabilities}
    short = [named[name] for name in ("predicted_orders", "predicted_value") if named[name].state == "missing"]
    verdict = (
        Text(f"Not enough for predicted value: {short[0].why} {short[0].add}".strip(), tone="bad")
        if short
        else Text("A run on these data can predict the value of every customer.", tone="good")
    )
    columns = source.columns
    blocks: list[Block] = [
        verdict,
        *_said([f"A run would test {foretold}."] if foretold else []),
        cleaned.reconciliation.files_table(),
        _understood(columns.sources, columns.reasons, columns.unused),
        *_said([f"An amount is {columns.money}.", *source.notes, *cleaned.notes]),
        *shown.blocks(beside),
        *cleaned.reconciliation.table(),
        readiness.table(capabilities),
    ]
    lead = f"Orders from {cleaned.first_at.date()} to {cleaned.last_at.date()}, read as {columns.layout.replace('_', ' ')}."
    return Page(
        "check", "What was understood", tuple(blocks), lead=lead, currency=cleaned.currency, as_of=cleaned.as_of
    )


def trust(learned: Learned, *, as_of: date, currency: str) -> Page:
    """The model, why it was chosen, and how its predictions compare with what then happened."""
    blocks: list[Block] = [*learned.blocks]
    if learned.fits is not None:
        blocks.append(_parameters(learned.fits.orders))
        if learned.fits.spend is not None:
            blocks.append(_parameters(learned.fits.spend))
    title = "How far the prediction can be trusted"
    if not learned.blocks:
        blocks.append(Text(learned.reason, tone="warning"))
    lead = "Every model learnt from the past only, and was then held to orders it had not seen."
    return Page("model", title, tuple(blocks), lead=lead if learned.blocks else "", currency=currency, as_of=as_of)


def _parameters(fitted: Any) -> Table:
    errors = fitted.standard_errors
    rows = tuple(
        (one.symbol, fitted.parameters[one.symbol], errors[one.symbol], one.meaning) for one in fitted.model.parameters
    )
    columns = (
        Column("symbol", "Parameter"),
        Column("value", "Estimate", "number"),
        Column("error", "Standard error", "number"),
        Column("meaning", "Meaning"),
    )
    unit = f" Time in {fitted.unit}s." if fitted.unit else ""
    return Table(fitted.model.name, columns, rows, caption=f"Log-likelihood {fitted.log_likelihood:,.4f}.{unit}")


def _understood(sources: Mapping[str, str], reasons: Mapping[str, str], unused: Sequence[str]) -> Table:
    rows = tuple((ours, yours, reasons.get(ours, "")) for ours, yours in sources.items())
    columns = (Column("ours", "Meaning"), Column("yours", "Your column"), Column("why", "Why"))
    caption = "" if not unused else f"Not read: {', '.join(unused)}. Say what one of them is with --map."
    return Table("How your columns were understood", columns, rows, caption=caption)


def _cautions(warnings: Sequence[str]) -> list[Text]:
    """The gravest two in full; the rest stand with the evidence."""
    if not warnings:
        return []
    more = len(warnings) - SHOWN
    rest = f" {more} more on the page “How far the prediction can be trusted”." if more > 0 else ""
    words = " ".join(warnings[:SHOWN]) + rest
    return [Text(words, tone="warning", title="Before you rely on the prediction")]


def _said(notes: Sequence[str]) -> tuple[Text, ...]:
    return tuple(Text(note) for note in notes)


def _lead(facts: Mapping[str, Any], horizon: str) -> str:
    value, equity = facts["value"], facts["value"]["customer_equity"]
    if equity is None:
        return f"{facts['customers']:,} customers, valued by what they have brought so far. {value['no_model']}".strip()
    worth = text(equity["value"], "money", facts["currency"], compact=True)
    return f"{facts['customers']:,} customers are expected to bring {worth} of {value['value_of']} within {horizon}."


BOARDS = (
    Board(
        "overview",
        "Overview",
        "Value",
        10,
        "overview",
        "The answer on one screen: who there is, what they are worth, how sure that is, what to do next.",
        (Tab("overview"),),
    ),
    Board(
        "data",
        "Data",
        "Data",
        10,
        "data",
        "Where every row and every cent of your files went, and what the data are enough for.",
        (Tab("data"),),
    ),
)
"""Pages of the dashboard that belong to no single part; what they show is written with each run."""
