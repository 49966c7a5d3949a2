"""What customers are worth, as a page: three methods side by side, the spread of value, and who holds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lifeworth.clv import levers, risen, sources
from lifeworth.clv.simple import TERMS, SimpleCLV
from lifeworth.report.board import Board, Tab
from lifeworth.report.format import text
from lifeworth.report.spec import Axis, Block, Chart, Column, Group, Kind, Page, Series, Stat, Stats, Table, Text

BINS = 24
"""Bars of the histogram of values; the last gathers everything above the 99th percentile."""


def value(
    facts: Mapping[str, Any],
    predicted: NDArray[np.float64],
    top: Sequence[Mapping[str, Any]],
    risers: Sequence[Mapping[str, Any]] = (),
    *,
    as_of: date,
    currency: str,
    horizon: str,
) -> Page:
    """The page of a run: `facts` of the valuation, `predicted` CLV of all (empty without a model), rows of `top` customers and of `risers`."""
    blocks: list[Block] = [
        _headline(facts, as_of, horizon),
        Text(_why_they_differ(facts, horizon), title="Why the three differ"),
    ]
    parts = facts.get("parts")
    if parts:
        blocks.append(sources.table(parts, facts["customer_equity"], horizon=horizon, what=facts["value_of"]))
    blocks += [Text(note, tone="warning") for note in facts["value_notes"]]
    if predicted.size:
        blocks.append(Group((_histogram(predicted, horizon), _concentration(predicted))))
    blocks.append(_top(top, horizon, fitted=bool(predicted.size), contracts=bool(parts)))
    if parts and (facts.get("high_value") or facts.get("elasticities")):
        blocks.append(Text(sources.OF_ORDERS, tone="warning", title="What follows is of orders alone"))
    if facts.get("high_value"):
        blocks += risen.blocks(facts["high_value"], risers, horizon=horizon, what=facts["value_of"], currency=currency)
    if facts.get("elasticities"):
        blocks += levers.blocks(facts["elasticities"], currency=currency, horizon=horizon, what=facts["value_of"])
    return Page(
        "clv",
        "What customers are worth",
        tuple(blocks),
        lead=_lead(facts, predicted, horizon),
        currency=currency,
        as_of=as_of,
    )


def elasticities(facts: Mapping[str, Any], *, as_of: date, currency: str, horizon: str) -> Page:
    """What moves customer equity, on a page of its own; without a model, why it is not known."""
    found = facts.get("elasticities")
    blocks: tuple[Block, ...] = (Text(facts.get("no_model") or levers.UNKNOWN, tone="warning"),)
    if found:
        blocks = levers.blocks(found, currency=currency, horizon=horizon, what=facts["value_of"])
        if facts.get("parts"):
            blocks = (Text(sources.OF_ORDERS, tone="warning"), *blocks)
    return Page("elasticities", levers.TITLE, blocks, currency=currency, as_of=as_of)


def calculator(now: SimpleCLV, after: SimpleCLV | None, *, currency: str) -> Page:
    """The simple formula with every term shown, and beside it the what-if."""
    stats = [Stat("Simple CLV", now.value, "money", "average purchase value × purchase frequency × lifespan × margin")]
    if after is not None:
        stats.append(Stat("What-if", after.value, "money", "the same formula with the changed terms"))
        stats.append(Stat("Difference", after.value - now.value, "money", "what-if less today's value"))
    titles: dict[str, tuple[str, Kind]] = {
        "average_purchase_value": ("Average purchase value", "money"),
        "purchase_frequency": ("Purchase frequency, per year", "ratio"),
        "lifespan": ("Customer lifespan", "years"),
        "margin": ("Margin", "percent"),
    }
    rows = [
        (
            title,
            text(getattr(now, term), kind, currency),
            "" if after is None else text(getattr(after, term), kind, currency),
            TERMS[term],
        )
        for term, (title, kind) in titles.items()
    ]
    rows.append(
        (
            "Customer value, per year",
            text(now.customer_value, "money", currency),
            "" if after is None else text(after.customer_value, "money", currency),
            "average purchase value × purchase frequency × margin",
        )
    )
    rows.append(
        (
            "Customer lifetime value",
            text(now.value, "money", currency),
            "" if after is None else text(after.value, "money", currency),
            "customer value × lifespan",
        )
    )
    columns = (
        Column("term", "Term"),
        Column("now", "Now"),
        Column("after", "What-if"),
        Column("formula", "How it is made"),
    )
    table = Table("The formula, term by term", columns, tuple(rows), emphasis=(len(rows) - 1,))
    return Page("calc", "Simple CLV", (Stats(tuple(stats)), table), currency=currency)


def _headline(facts: Mapping[str, Any], as_of: date, horizon: str) -> Stats:
    customers = facts["customers"]
    equity = facts.get("customer_equity") or {}
    what = facts["value_of"]
    mean = {key: None if equity.get(key) is None else equity[key] / customers for key in ("value", "low", "high")}
    simple = facts.get("simple") or {}
    return Stats(
        (
            Stat(
                "Historic CLV",
                facts["historic_total"] / customers if facts["historic_total"] is not None else None,
                "money",
                f"Mean {what} a customer has brought so far, after refunds.",
                as_of=as_of,
                note=facts.get("no_money", ""),
            ),
            Stat(
                "Simple CLV",
                simple.get("value"),
                "money",
                "Average purchase value × purchase frequency × customer lifespan × margin, for an average customer"
                + (", of orders alone." if facts.get("parts") else "."),
                as_of=as_of,
                note=simple.get("note", ""),
            ),
            Stat(
                f"Predicted CLV, {horizon}",
                mean["value"],
                "money",
                f"Mean {what} expected from a present customer within the horizon, discounted.",
                low=mean["low"],
                high=mean["high"],
                as_of=as_of,
                note=facts.get("no_model", ""),
            ),
            Stat(
                "Customer equity",
                equity.get("value"),
                "money",
                "Predicted CLV of all present customers together.",
                low=equity.get("low"),
                high=equity.get("high"),
                as_of=as_of,
                note=facts.get("no_model", ""),
            ),
        ),
        title="Three methods side by side",
    )


def _why_they_differ(facts: Mapping[str, Any], horizon: str) -> str:
    return (
        "Historic CLV looks back: what came in, customers who left included, nothing of what is still to come. "
        "Simple CLV takes the whole base as one average customer, who goes on at the present pace for one lifespan; it cannot tell "
        "customers apart and does not discount. "
        f"Predicted CLV looks {horizon} ahead, customer by customer: it weighs each one's pace with the probability that they still buy, "
        "and discounts what comes later. Use the historic value for what was earned, the simple one for plans on the back of an envelope, "
        "and the predicted one to decide what to do with whom."
        + (" " + facts["margin_note"] if facts.get("margin_note") else "")
        + (
            " Historic and predicted CLV hold orders and contracts, simple CLV orders alone."
            if facts.get("parts")
            else ""
        )
    )


def _lead(facts: Mapping[str, Any], predicted: NDArray[np.float64], horizon: str) -> str:
    if not predicted.size:
        return f"{facts['customers']:,} customers, valued by what they have brought so far. {facts.get('no_model', '')}".strip()
    share = _top_share(predicted, 0.10)
    return f"The best tenth of {facts['customers']:,} customers holds {text(share, 'percent')} of the {facts['value_of']} expected within {horizon}."


def _top_share(values: NDArray[np.float64], share: float) -> float:
    ranked = np.sort(values)[::-1]
    total = ranked.sum()
    return float(ranked[: max(1, round(share * ranked.size))].sum() / total) if total > 0 else 0.0


def _histogram(predicted: NDArray[np.float64], horizon: str) -> Chart:
    top = float(np.quantile(predicted, 0.99))
    if not top > 0:
        top = float(predicted.max()) or 1.0
    edges = np.linspace(0.0, top, BINS + 1)
    heads, _ = np.histogram(np.minimum(predicted, top), edges)
    above = int((predicted > top).sum())
    return Chart(
        "histogram",
        f"Predicted CLV within {horizon}",
        Axis("Predicted CLV", "money"),
        Axis("Customers", "count"),
        (Series("Customers", tuple(float(e) for e in edges), tuple(float(h) for h in heads)),),
        caption=f"Most customers stand at the low end. The last bar also holds the {above:,} customers above the 99th percentile.",
        mark=float(predicted.mean()),
        mark_label="mean",
    )


def _concentration(predicted: NDArray[np.float64]) -> Chart:
    ranked = np.sort(predicted)[::-1]
    total = ranked.sum() or 1.0
    tenths = [part.sum() / total for part in np.array_split(ranked, 10)]
    return Chart(
        "bar",
        "Share of value by tenth of customers",
        Axis("Tenth of customers, best first", "text"),
        Axis("Share of predicted CLV", "percent"),
        (Series("Share", tuple(str(k + 1) for k in range(10)), tuple(float(t) for t in tenths)),),
        caption="If every customer were worth the same, each bar would stand at 10 %.",
    )


def _top(top: Sequence[Mapping[str, Any]], horizon: str, *, fitted: bool, contracts: bool) -> Table:
    of_contracts = (Column("subscription_clv", "Of it contracts", "money", "what running contracts are of it"),)
    columns = (
        Column("customer_id", "Customer"),
        Column("last_order_at", "Last order", "date"),
        Column("orders", "Orders", "count"),
        Column("historic_clv", "Historic CLV", "money"),
        Column("probability_alive", "Alive", "percent", "probability that the customer still buys at all"),
        Column("expected_orders", "Orders expected", "ratio"),
        Column("predicted_clv", f"Predicted CLV, {horizon}", "money", bar=True),
        *(of_contracts if contracts else ()),
        Column("predicted_clv_low", "5 % point", "money"),
        Column("predicted_clv_high", "95 % point", "money"),
        Column("rfm_segment", "RFM group"),
        Column("lifecycle_status", "Status"),
    )
    rows = tuple(tuple(row.get(column.key) for column in columns) for row in top)
    by = "predicted" if fitted else "historic"
    return Table(
        "Top customers",
        columns,
        rows,
        caption=f"The {len(rows)} customers of highest {by} CLV; all of them stand in customers.csv.",
    )


BOARDS = (
    Board(
        "clv",
        "Customer value",
        "Value",
        20,
        "value",
        "What customers are worth by three methods, what moves that, and how far the prediction can be trusted.",
        (
            Tab("value", "Value"),
            Tab("elasticities", "Drivers"),
            Tab("model", "How far to trust it"),
        ),
    ),
)
"""Pages of the dashboard."""
