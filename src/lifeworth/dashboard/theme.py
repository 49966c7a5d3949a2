"""The colours of the report as the dashboard needs them: variables of a style sheet, and the theme of its components."""

from __future__ import annotations

from typing import Any

from lifeworth.dashboard import icons
from lifeworth.report.palette import LEVELS, tokens

ADDRESS = "/_lifeworth/theme.css"
"""Where the style sheet below is served; the other files of the dashboard lie in `assets/`."""

ACCENT = ("#e3eefa", "#c8def4", "#a5c9ed", "#80b3e5", "#5c9cda", "#3a84ca", "#2a70b6", "#1b5fa8", "#164f8d", "#103e70")
"""The accent in ten shades, as components want it; the eighth is the palette's own."""

MANTINE: dict[str, Any] = {
    "primaryColor": "accent",
    "primaryShade": {"light": 7, "dark": 3},
    "colors": {"accent": list(ACCENT)},
    "defaultRadius": "6px",
    "fontFamily": "var(--sans)",
    "headings": {"fontFamily": "var(--sans)"},
    "cursorType": "pointer",
    "respectReducedMotion": True,
}


def style() -> str:
    """The style sheet made of the palette and the pictures."""
    light, dark = tokens(0), tokens(1)
    rules = [_variables(":root", light, "light"), _variables('[data-mantine-color-scheme="dark"]', dark, "dark")]
    rules += [f".h-{level} {{ background: var(--heat-{level}); color: var(--heat-{level}-text); }}" for level in range(len(LEVELS))]  # fmt: skip
    return "\n".join([*rules, icons.style()])


def _variables(where: str, named: dict[str, str], scheme: str) -> str:
    said = "".join(f" --{name}: {value};" for name, value in named.items())
    return f"{where} {{ color-scheme: {scheme};{said} }}"
