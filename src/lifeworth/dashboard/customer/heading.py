"""The head of a customer's page: who it is, what they are worth with how sure that is, and the figures around it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import html

from lifeworth.dashboard import pieces
from lifeworth.dashboard.customer.reasons import Worth
from lifeworth.dashboard.render.stats import stat
from lifeworth.report.format import interval, text
from lifeworth.report.spec import Kind, Stat
from lifeworth.serving.desk import Run
from lifeworth.serving.standing import Standing


def head(row: Mapping[str, Any]) -> Any:
    """Name, groups, and since when."""
    groups = [row.get(name) for name in ("value_tier", "lifecycle_status", "rfm_segment")]
    since = row.get("acquired_at") or row.get("first_order_at")
    said = [f"Customer since {text(since, 'date')}" if since else "", _by(row), str(row.get("country") or "")]
    return html.Header(
        html.Div(
            [
                pieces.back("Customers", "/customers"),
                html.H1(str(row["customer_id"])),
                html.Div([pieces.badge(str(one)) for one in dict.fromkeys(groups) if one], className="badges"),
                html.P(" · ".join(part for part in said if part), className="about-page"),
            ]
        ),
        className="page-head",
    )


def _by(row: Mapping[str, Any]) -> str:
    return f"came by {row['acquisition_channel']}" if row.get("acquisition_channel") else ""


def worth(row: Mapping[str, Any], run: Run, place: str, parts_of: Worth) -> Any:
    """The predicted value, large, with its interval as a picture."""
    currency, horizon = run.currency, str(run.facts.get("settings", {}).get("horizon", ""))
    value, low, high = (row.get(name) for name in ("predicted_clv", "predicted_clv_low", "predicted_clv_high"))
    if value is None:
        why = run.facts["value"].get("no_model") or "The run made no prediction for this customer."
        return pieces.panel("Predicted value", html.P("–", className="figure absent"), html.P(why, className="caption"))
    what = "Margin" if run.facts["value"]["value_of"] == "margin" else "Net revenue"
    parts: list[Any] = [
        html.P(text(value, "money", currency), className="worth"),
        html.P(f"{what} expected within {horizon}, discounted to {text(run.as_of, 'date')}.", className="caption"),
    ]
    if low is not None and high is not None:
        parts += [_picture(float(value), float(low), float(high), currency)]
    if place:
        parts.append(
            html.P(
                [
                    pieces.badge(place, "accent"),
                    " of all customers, by predicted value" if " of " not in place else " by predicted value",
                ],
                className="placed",
            )
        )
    if parts_of.contracts is not None:
        orders, contracts = (text(one, "money", currency) for one in (parts_of.orders or 0.0, parts_of.contracts))
        parts.append(html.P(f"Of it {orders} from orders and {contracts} from running contracts.", className="caption"))
    return pieces.panel("Predicted value", *parts, name="worth-panel")


def _picture(value: float, low: float, high: float, currency: str) -> Any:
    """The interval on a line from zero: a band, and a mark at the value."""
    end = max(high, value) * 1.04 or 1.0

    def at(money: float) -> str:
        return f"{max(0.0, min(1.0, money / end)) * 100:.1f}%"

    between = interval(low, high, "money", currency)
    return html.Div(
        [
            html.Div(
                [
                    html.Span(className="band", style={"--from": at(low), "--to": at(high)}),
                    html.Span(className="mark", style={"--at": at(value)}),
                ],
                className="span",
                role="img",
                **{"aria-label": f"Between {between} with a probability of 90 %"},
            ),
            html.P(["90 % interval: ", html.B(between)], className="sure"),
        ],
        className="interval",
    )


def figures(row: Mapping[str, Any], run: Run, net: Mapping[str, Any] | None) -> Any:
    """The figures around the value, each with its meaning."""
    horizon = str(run.facts.get("settings", {}).get("horizon", "the horizon"))
    of_margin = run.facts["value"]["value_of"] == "margin"

    def one(name: str, key: str, kind: Kind, meaning: str, note: str = "") -> Stat | None:
        return None if row.get(key) is None else Stat(name, row[key], kind, meaning, as_of=run.as_of, note=note)

    coming = row.get("expected_next_order_at")
    late = coming is not None and coming < run.as_of
    shown = [
        one("Historic CLV", "historic_clv", "money", "Net revenue × margin so far." if of_margin else "Net revenue so far; the margin is not known."),
        one("Total CLV", "total_clv", "money", "Historic and predicted CLV together."),
        None if net is None else Stat("Net CLV", net["net_clv"], "money", "Margin so far and expected, less what it cost to win, serve and keep the customer.", as_of=run.as_of),
        one("Still buying", "probability_alive", "percent", "Probability that the customer still buys at all."),
        one("Churn probability", "churn_probability", "percent", f"1 − probability of an order within {horizon}."),
        one("Next order expected", "expected_next_order_at", "date", "Day by which the next order is as likely as not, if the customer still buys.", "overdue" if late else ""),
        one(f"Orders expected, {horizon}", "expected_orders", "ratio", "Orders expected within the horizon, the chance of having left included."),
        one("Orders so far", "orders", "count", "Days with an order that was not wholly returned."),
        one("MRR", "mrr", "money", "Monthly recurring revenue of running contracts."),
        one("Next renewal", "next_renewal_at", "date", "Day on which the next contract renews."),
        one("High-value probability", "high_value_probability", "percent", "Probability to bring within the horizon what the best tenth of today's customers is expected to."),
    ]  # fmt: skip
    cards = [stat(found, run.currency, f"c{turn}") for turn, found in enumerate(shown) if found is not None]
    return html.Section(cards, className="stats", **{"aria-label": "Figures of this customer"})


def best(by_value: Standing | None, by_history: Standing | None) -> Standing | None:
    """The better of two places: who brought much counts as valuable even where little is expected."""
    known = [one for one in (by_value, by_history) if one is not None]
    return max(known, key=lambda one: one.below) if known else None
