"""The reasons of the value and what to do, as panels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from lifeworth.dashboard import pieces
from lifeworth.dashboard.customer.advice import Advice
from lifeworth.dashboard.customer.reasons import Factor, Reason
from lifeworth.dashboard.icons import icon

SIGNS = {"good": "check", "plain": "info", "warning": "warning", "bad": "stop"}
SAID = {"good": "speaks for it", "plain": "", "warning": "speaks against it", "bad": "speaks strongly against it"}


def why(factors: Sequence[Factor], found: Sequence[Reason], value: str) -> Any:
    """Why the customer is worth this: the product, then reason by reason."""
    return pieces.panel(
        "Why this value",
        product(factors, value) if factors else None,
        html.Ul([_reason(one) for one in found], className="reasons") if found else html.P("Nothing is known yet."),
    )


def product(factors: Sequence[Factor], value: str) -> Any:
    """The factors as an equation that gives the value."""
    parts: list[Any] = []
    for turn, one in enumerate(factors):
        if turn:
            parts.append(html.Span("×", className="sign"))
        parts.append(
            html.Div([html.B(one.figure), html.Span(one.title)], className="factor", title=one.about, role="listitem")
        )
    parts += [html.Span("=", className="sign"), html.Div([html.B(value), html.Span("Predicted CLV")], className="factor whole", role="listitem")]  # fmt: skip
    return html.Div(parts, className="product", role="list", **{"aria-label": "How the value is made"})


def _reason(one: Reason) -> Any:
    hidden = html.Span(f" ({SAID[one.tone]})", className="vh") if SAID[one.tone] else None
    head = html.P([html.B(one.title), html.Span(one.figure, className="numbers"), hidden], className="reason-head")
    return html.Li([icon(SIGNS[one.tone]), html.Div([head, html.P(one.words)])], className=f"reason {one.tone}")


def todo(found: Sequence[Advice]) -> Any:
    """What to do, the most pressing first."""
    items = [html.Li([html.P(one.do, className="do"), html.P(one.why, className="caption")]) for one in found]
    return pieces.panel(
        "What to do",
        html.Ol(items, className="todo"),
        html.P("By fixed rules over status, value, requests, contracts and consent.", className="quiet"),
        name="todo-panel",
    )
