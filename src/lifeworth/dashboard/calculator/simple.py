"""The simple formula by hand: every term shown and to be changed, today's beside the what-if."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import dash_mantine_components as dmc
from dash import html

from lifeworth.clv.simple import TERMS, SimpleCLV
from lifeworth.dashboard import pieces
from lifeworth.dashboard.calculator.terms import meanings, titles
from lifeworth.report.format import text

NAMES = tuple(TERMS)
STEPS = {"average_purchase_value": 1.0, "purchase_frequency": 0.1, "lifespan": 0.1, "margin": 1.0}
PLACES = {"average_purchase_value": 2, "purchase_frequency": 2, "lifespan": 2, "margin": 1}
UNITS = {"average_purchase_value": "", "purchase_frequency": "a year", "lifespan": "years", "margin": "%"}
LEAST = {"average_purchase_value": 100.0, "purchase_frequency": 6.0, "lifespan": 6.0, "margin": 100.0}
"""A slider reaches at least so far."""


def shown(term: str, value: float) -> float:
    """A term as a person types it: the margin in percent."""
    return round(value * 100 if term == "margin" else value, PLACES[term])


def typed(term: str, value: Any, otherwise: float) -> float:
    """A term from what was typed; what is no number leaves it as it was, and a margin stays within 0 and 100 percent."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return otherwise
    if term == "margin":
        return min(1.0, max(0.0, float(value) / 100))
    return max(0.0, float(value))


def moved(formula: SimpleCLV, values: Mapping[str, Any]) -> SimpleCLV:
    """The formula with the terms that were typed; one that still reads as it did keeps all its digits."""
    found = {}
    for term, value in values.items():
        own = getattr(formula, term)
        found[term] = own if value == shown(term, own) else typed(term, value, own)
    return replace(formula, **found)


def content(now: SimpleCLV, after: SimpleCLV, currency: str, source: str) -> Any:
    """The panel of the terms and the one of the result."""
    rows = [_term(term, now, after, currency) for term in NAMES]
    return html.Div(
        [
            pieces.panel(
                "The simple formula",
                html.Div(rows),
                html.Div(
                    [
                        html.Button("What-if as today", id="calc-reset", type="button", className="tool"),
                        html.Button("Everything as the run says", id="calc-run", type="button", className="tool"),
                    ],
                    className="actions",
                ),
                caption=source,
            ),
            html.Div(result(now, after, currency), id="calc-result", className="result", **{"aria-live": "polite"}),
        ],
        className="calc",
    )


def _term(term: str, now: SimpleCLV, after: SimpleCLV, currency: str) -> Any:
    title, about = titles()[term], meanings()[term]
    unit = text(0, "money", currency)[:1] if term == "average_purchase_value" and currency else UNITS[term]
    today, what_if = shown(term, getattr(now, term)), shown(term, getattr(after, term))
    top = 100.0 if term == "margin" else max(LEAST[term], round(max(today, what_if) * 2.5))
    common: dict[str, Any] = {"min": 0, "size": "xs", "decimalScale": PLACES[term], "step": STEPS[term], "debounce": 150, "allowNegative": False}  # fmt: skip
    if term == "margin":
        common["max"] = 100
    return html.Div(
        [
            html.Div([html.P([title, html.Span(f" {unit}" if unit else "", className="unit quiet")], className="name"), html.P(about, className="caption")]),
            html.Div(
                [
                    dmc.NumberInput(id={"type": "calc-now", "term": term}, value=today, label="Today", **common),
                    dmc.NumberInput(id={"type": "calc-if", "term": term}, value=what_if, label="What-if", **common),
                ],
                className="pair",
            ),
            html.Div(
                dmc.Slider(id={"type": "calc-slide", "term": term}, value=min(what_if, top), min=0, max=top, step=STEPS[term] / 2, updatemode="drag", label=None, size="sm", thumbLabel=f"{title}, what-if"),
                className="slide",
            ),
        ],
        className="term",
    )  # fmt: skip


def result(now: SimpleCLV, after: SimpleCLV, currency: str) -> Any:
    """What both come to, and the difference in words."""
    apart = after.value - now.value
    share = "" if not now.value else f" ({text(apart / now.value, 'percent')})"
    kind = "same" if abs(apart) < 0.005 else "up" if apart > 0 else "down"
    words = "Nothing is changed yet." if kind == "same" else f"{text(abs(apart), 'money', currency)} {'more' if kind == 'up' else 'less'} a customer{share}"  # fmt: skip
    most = max(now.value, after.value) or 1.0
    return pieces.panel(
        "Customer lifetime value",
        html.Div(
            [
                _figure("Today", now, currency),
                _figure("What-if", after, currency),
            ],
            className="versus",
        ),
        html.P(words, className=f"delta {kind}"),
        html.Div([_bar("Today", now.value / most, "now"), _bar("What-if", after.value / most, "")], className="bars", **{"aria-hidden": "true"}),
        html.P([_equation(after, currency)], className="caption equation"),
        html.P("A back-of-the-envelope figure: it knows no differences between customers and no discounting. The predicted value does.", className="quiet"),
    )  # fmt: skip


def _figure(title: str, one: SimpleCLV, currency: str) -> Any:
    return html.Div(
        [
            html.P(title, className="quiet"),
            html.P(text(one.value, "money", currency), className="figure"),
            html.P(f"{text(one.customer_value, 'money', currency)} a year", className="sure"),
        ]
    )


def _bar(title: str, share: float, kind: str) -> Any:
    return html.Div([html.Span(title), html.Div(html.I(style={"--w": f"{share:.1%}"}), className=f"meter {kind}")], className=f"row {kind}")  # fmt: skip


def _equation(one: SimpleCLV, currency: str) -> str:
    parts: Sequence[str] = (
        text(one.average_purchase_value, "money", currency),
        f"{text(one.purchase_frequency, 'ratio')} a year",
        text(one.lifespan, "years", places=2),
        text(one.margin, "percent"),
    )
    return f"{' × '.join(parts)} = {text(one.value, 'money', currency)}"
