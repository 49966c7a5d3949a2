"""The reasons of the value and what to do, as panels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from lifeworth.dashboard import pieces
from lifeworth.dashboard.customer.advice import Advice
from lifeworth.dashboard.customer.reasons import Factor, Reason, Worth
from lifeworth.dashboard.icons import icon
from lifeworth.report.format import text

SIGNS = {"good": "check", "plain": "info", "warning": "warning", "bad": "stop"}
SAID = {"good": "speaks for it", "plain": "", "warning": "speaks against it", "bad": "speaks strongly against it"}


def why(factors: Sequence[Factor], found: Sequence[Reason], worth: Worth, currency: str) -> Any:
    """Why the customer is worth this: the product, then reason by reason."""
    parts = [("Predicted CLV" if worth.contracts is None else "Of orders", worth.orders)]
    if worth.contracts is not None:
        parts += [("Of contracts", worth.contracts), ("Predicted CLV", worth.whole)]
    ends = [(name, text(one or 0.0, "money", currency)) for name, one in parts]
    return pieces.panel(
        "Why this value",
        product(factors, ends) if factors else None,
        html.Ul([_reason(one) for one in found], className="reasons") if found else html.P("Nothing is known yet."),
    )


def product(factors: Sequence[Factor], ends: Sequence[tuple[str, str]]) -> Any:
    """The factors as an equation that gives the value; where there are contracts, theirs is added to it."""
    parts: list[Any] = []
    for turn, one in enumerate(factors):
        if turn:
            parts.append(html.Span("×", className="sign"))
        parts.append(
            html.Div([html.B(one.figure), html.Span(one.title)], className="factor", title=one.about, role="listitem")
        )
    for turn, (name, figure) in enumerate(ends):
        sign = "=" if turn in {0, 2} else "+"
        whole = " whole" if turn == len(ends) - 1 else ""
        parts += [html.Span(sign, className="sign"), html.Div([html.B(figure), html.Span(name)], className=f"factor{whole}", role="listitem")]  # fmt: skip
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
