"""The diagnostics of a model as blocks of a page, each with a sentence that says how to read it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from lifeworth.evaluation.backtest import Backtest, Trial
from lifeworth.evaluation.diagnostics import Cell, Frequency, frequency, increments
from lifeworth.evaluation.heterogeneity import Spread, spreads
from lifeworth.models.history import History, SpendHistory
from lifeworth.models.mixing import Trait
from lifeworth.report.format import text
from lifeworth.report.spec import Axis, Block, Chart, Group, Kind, Series, Text

WEEK = 7


# -- of the hold-out ----------------------------------------------------------------------------------------------------
def by_week(test: Backtest, chosen: Trial) -> Chart:
    """Repeat orders of each week against what was expected of it: the incremental tracking plot."""
    line = test.tracking
    track = next(one for one in line.tracks if one.name == chosen.name)
    ends = line.ends
    # a last week of fewer days than seven would look like a fall
    whole = len(ends) - (len(ends) > 1 and (ends[-1] - ends[-2]).days < WEEK)
    weeks = ends[:whole]
    series = (
        Series("actual", weeks, line.weekly[:whole]),
        Series("from arrivals alone", weeks, increments(track.expected)[:whole], "dashed"),
        Series("forecast", weeks, increments(track.forecast, None)[:whole], "dashed"),
    )
    return Chart(
        "line",
        "Repeat orders, week by week",
        Axis("Week ending", "date"),
        Axis("Repeat orders in the week", "count"),
        series,
        f"{chosen.words} draws the trend; seasons and campaigns are where the actual line leaves it. “From arrivals alone” knows "
        "only when customers first came, the forecast also what they had done up to the mark.",
        mark=line.as_of,
        mark_label="forecast begins",
    )


def conditional(chosen: Trial) -> tuple[Group, ...]:
    """Expected against actual orders of customers who were alike when the forecast was made."""
    if not chosen.by_past_orders:
        return ()
    return (
        Group(
            (
                _cells(
                    chosen.by_past_orders,
                    "Orders that came, by orders in the past",
                    "Repeat orders up to the forecast",
                    f"{chosen.words} is right about frequent and rare buyers alike where each pair of bars is level. ",
                ),
                _cells(
                    chosen.by_silence,
                    "Orders that came, by time since the last order",
                    "Silence, in % of the time since the first order",
                    "Customers are grouped by how much of the time since their first order had passed since the last one, in "
                    "percent: the longer, the more the model has to tell who has left. “1 order” had not come back. ",
                ),
            )
        ),
    )


def _cells(cells: Sequence[Cell], title: str, axis: str, caption: str) -> Chart:
    labels = tuple(cell.label for cell in cells)
    low, high = tuple(cell.low for cell in cells), tuple(cell.high for cell in cells)
    sizes = ", ".join(f"{cell.customers:,}" for cell in cells)
    return Chart(
        "bar",
        title,
        Axis(axis, "text"),
        Axis("Orders a customer", "number"),
        (
            Series("predicted", labels, tuple(cell.predicted for cell in cells), "dashed"),
            Series("actual", labels, tuple(cell.actual for cell in cells), low=low, high=high),
        ),
        f"{caption}The thin line is what chance may do (90 %). Customers in each: {sizes}.",
    )


# -- of the model fitted to all orders ----------------------------------------------------------------------------------
def of_fit(orders: Any, h: History, spend: Any, s: SpendHistory | None, *, as_of: date, currency: str) -> list[Block]:
    """How well the fitted model repeats what it learnt from, and how much it says customers differ.

    Args:
        orders: The order model whose predictions are used.
        h: The histories it was fitted to.
        spend: The spend model, or nothing.
        s: The spends it was fitted to, or nothing.
        as_of: Last day of those.
        currency: Of the spends.
    """
    found: list[Block] = [
        Text(
            f"The pictures above are of the test. These are of {orders.model.name} as it was fitted to all orders up to "
            f"{text(as_of, 'date')}, the model behind every prediction.",
            title="Inside the model",
        )
    ]
    charts = [_frequency(frequency(orders, h), orders.model.name)]
    charts += [_spread(one, currency) for one in spreads(orders, h)]
    if spend is not None and s is not None:
        charts += [_spread(one, currency) for one in spreads(spend, s)]
    return [*found, *(Group(tuple(charts[at : at + 2])) for at in range(0, len(charts), 2))]


def _frequency(found: Frequency, name: str) -> Chart:
    return Chart(
        "bar",
        "Customers by number of repeat orders",
        Axis("Repeat orders so far", "text"),
        Axis("Customers", "count"),
        (
            Series("expected", found.labels, found.expected, "dashed", low=found.low, high=found.high),
            Series("actual", found.labels, found.actual),
        ),
        f"{name} repeats what it learnt from where the two bars of a pair are level: it puts "
        f"{text(found.misplaced, 'percent')} of the customers under a wrong number. The thin line is what chance may do (90 %).",
    )


def _spread(one: Spread, currency: str) -> Chart:
    title, axis, kind, say = _TRAITS[one.trait]
    mean = text(one.mean, kind, currency) if one.mean is not None else ""
    words = {name: text(getattr(one, name), kind, currency) for name in ("low", "median", "high", "top")}
    words["held"] = text(one.held, "percent")
    caption = say.format(**words) if mean else "Customers differ so much that there is no mean of all of them."
    beyond = one.shares[-1]
    return Chart(
        "histogram",
        title,
        Axis(axis, kind),
        Axis("Customers", "percent"),
        (Series("Customers", one.edges, one.shares, "dashed"),),
        caption + (f" The last bar holds all beyond it ({text(beyond, 'percent')})." if kind != "percent" else ""),
        mark=one.mean,
        mark_label="" if one.mean is None else f"mean {mean}",
    )


_TRAITS: dict[Trait, tuple[str, str, Kind, str]] = {
    "order rate": (
        "How often customers order",
        "Repeat orders a year while they stay",
        "ratio",
        (
            "Half of all new customers order less than {median} times a year while they stay; the keenest tenth more than "
            "{high} times, {top} on average: {held} of all orders in a year in which everybody stays."
        ),
    ),
    "order chance": (
        "How often customers order",
        "Chance to order at an opportunity",
        "percent",
        (
            "Half of all new customers take less than {median} of their opportunities; the keenest tenth more than {high}, "
            "{top} on average: {held} of all orders while everybody stays."
        ),
    ),
    "leaving rate": (
        "How soon customers leave",
        "Leaving rate a year",
        "ratio",
        (
            "At a rate of 1 a year a customer stays a year on average, at 2 half a year. Half of all new customers leave at a "
            "rate below {median} a year; the most fickle tenth above {high}, the most faithful tenth below {low}."
        ),
    ),
    "leaving chance": (
        "How easily customers leave",
        "Chance to leave for good, each time",
        "percent",
        (
            "Half of all new customers leave with a chance below {median} each time; the most fickle tenth above {high}, "
            "the most faithful tenth below {low}."
        ),
    ),
    "mean spend": (
        "What an order of a customer is worth",
        "Mean order value of a customer",
        "money",
        (
            "Half of all customers spend less than {median} on an order; the tenth that spends most more than {high}, "
            "{top} on average: {held} of the money if all order alike."
        ),
    ),
}
"""Title, axis, how values read, and the sentence that says how much customers differ."""
