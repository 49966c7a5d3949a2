"""A strip of figures: each with its meaning, its date and its source at hand, by pointer and by keyboard."""

from __future__ import annotations

from typing import Any

from dash import html

from lifeworth.dashboard.render.words import heading
from lifeworth.report.format import interval, text
from lifeworth.report.spec import Stat, Stats

LONG, MIDDLE = 14, 9
"""Characters from which on a figure is written smaller."""


def stats(block: Stats, currency: str, place: str, level: int = 2) -> Any:
    """Figures that are read together."""
    if not block.items:
        return None
    cards = [stat(one, currency, f"{place}-{turn}") for turn, one in enumerate(block.items)]
    head = [heading(block.title, level)] if block.title else []
    return html.Section([*head, html.Div(cards, className=f"stats n-{len(cards)}")], className="stats-block")


def stat(one: Stat, currency: str, place: str) -> Any:
    """One figure on a card.

    Its name is a button: whoever points at it or comes to it with the keyboard reads what the figure means.
    """
    value, full = text(one.value, one.kind, currency, compact=True), text(one.value, one.kind, currency)
    size = "small" if len(value) > LONG else "middle" if len(value) > MIDDLE else "large"
    between = interval(one.low, one.high, one.kind, currency, compact=True)
    tip = f"about-{place}"
    parts: list[Any] = [
        html.Div(
            [
                html.Button(html.Span(one.name), className="stat-name", type="button", **{"aria-describedby": tip}),
                html.Div(_meaning(one, full if full != value else ""), className="tip", id=tip, role="tooltip"),
            ],
            className="about",
        ),
        html.P(value, className=f"figure {size}{' absent' if one.value is None else ''}"),
    ]
    sure = [html.P(f"{one.interval}: {between}", className="sure")] if between else []
    note = [html.P(one.note, className="note")] if one.note else []
    if below := [*sure, *note]:
        parts.append(html.Div(below, className="below"))
    return html.Div(parts, className="stat")


def _meaning(one: Stat, full: str) -> list[Any]:
    said = [html.P(one.definition or "No definition was given.")]
    if full:
        said.append(html.P(["In full: ", html.B(full)]))
    where = [f"as of {text(one.as_of, 'date')}" if one.as_of else "", f"from {one.source}" if one.source else ""]
    told = ", ".join(part for part in where if part)
    return [*said, html.P(f"{told[0].upper()}{told[1:]}.", className="quiet")] if told else said
