"""A button that opens a panel under it: the browser's own disclosure, so that it needs no script to be opened by keyboard."""

from __future__ import annotations

from typing import Any

from dash import html


def disclosure(button: list[Any], inside: Any, *, label: str = "", plain: bool = False) -> Any:
    """A button and its panel; another click, Escape, or a click elsewhere closes it (`assets/lifeworth.js`).

    Args:
        button: What stands on the button.
        inside: What the panel holds.
        label: What the button is called for who cannot see it, where its words do not say.
        plain: Whether it is drawn without a frame, as in the head.
    """
    named = {"aria-label": label} if label else {}
    opener = html.Summary(button, className=f"button{' plain' if plain else ''}", **named)
    return html.Details([opener, html.Div(inside, className="disclosure-panel")], className="disclosure")
