"""Paragraphs, notes and the small words around blocks."""

from __future__ import annotations

import re
from typing import Any

from dash import html

from lifeworth.dashboard.icons import icon
from lifeworth.report.spec import Text

SIGNS = {"good": "check", "warning": "warning", "bad": "stop"}
ROLES = {"bad": "alert", "warning": "note", "good": "note"}


def text(block: Text, level: int = 2) -> Any:
    """A paragraph; with a tone it becomes a note that is told apart by a sign as well as by colour."""
    paragraphs = [html.P(part.strip()) for part in re.split(r"\n\s*\n", block.text) if part.strip()]
    head = [heading(block.title, level)] if block.title else []
    if block.tone == "plain":
        return html.Div([*head, *paragraphs], className="prose")
    sign = icon(SIGNS[block.tone])
    return html.Div([sign, html.Div([*head, *paragraphs])], className=f"callout {block.tone}", role=ROLES[block.tone])


def heading(words: str, level: int, **more: Any) -> Any:
    """A heading of a level; never higher than the second, which is the page's own."""
    kind = {2: html.H2, 3: html.H3, 4: html.H4}[min(max(level, 2), 4)]
    return kind(words, **more)
