"""Pictures of the navigation and of buttons: lines on a grid of 24, drawn in the colour of the text beside them.

They are masks of our own style sheet: nothing is fetched from anywhere, and no font is loaded for them.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from dash import html

PATHS: dict[str, str] = {
    "overview": "M4 13h7V4H4zM13 20h7v-9h-7zM4 20h7v-4H4zM13 8h7V4h-7z",
    "value": "M12 3v18M17 6.5C16 5 14.3 4.5 12 4.5c-3 0-5 1.4-5 3.7 0 5 10 2.6 10 7.6 0 2.3-2 3.7-5 3.7-2.6 0-4.5-.8-5.5-2.5",
    "customers": "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M2.5 20c.5-4 3-6 6.5-6s6 2 6.5 6M16 4.5a3.5 3.5 0 0 1 0 6.5M18 14.5c2 .8 3.2 2.7 3.5 5.5",
    "person": "M12 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4.5 21c.6-4.6 3.4-7 7.5-7s6.9 2.4 7.5 7",
    "cohorts": "M4 4h4v4H4zM10 4h4v4h-4zM16 4h4v4h-4zM4 10h4v4H4zM10 10h4v4h-4zM4 16h4v4H4z",
    "segments": "M12 3a9 9 0 1 0 9 9h-9zM15.5 2.8a9 9 0 0 1 5.7 5.7h-5.7z",
    "economics": "M3 20h18M5 16l4-5 4 3 6-8M19 6h-4M19 6v4",
    "kpis": "M4 20V10M10 20V4M16 20v-7M22 20H2",
    "subscriptions": "M4 12a8 8 0 0 1 13.7-5.6L20 8.5M20 4v4.5h-4.5M20 12a8 8 0 0 1-13.7 5.6L4 15.5M4 20v-4.5h4.5",
    "audit": "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14M16 16l5 5M8 11.5l2 2 4-4",
    "data": "M12 9c4.4 0 8-1.3 8-3s-3.6-3-8-3-8 1.3-8 3 3.6 3 8 3M4 6v12c0 1.7 3.6 3 8 3s8-1.3 8-3V6M4 12c0 1.7 3.6 3 8 3s8-1.3 8-3",
    "calculator": "M6 3h12v18H6zM9 7h6M9 12h.01M12 12h.01M15 12h.01M9 16h.01M12 16h.01M15 16h.01",
    "steering": "M12 3v18M4 8l8-5 8 5M4 8v4M20 8v4M12 15l-4 6M12 15l4 6",
    "review": "M5 4h14v16H5zM9 4V2.5h6V4M8.5 10l1.5 1.5 3-3M8.5 15.5l1.5 1.5 3-3M15.5 11h.01M15.5 16.5h.01",
    "edit": "M4 20l1-4L16.5 4.5l3 3L8 19zM14 7l3 3",
    "jobs": "M12 7v5l3.5 2M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18",
    "trail": "M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01",
    "key": "M15 10a4 4 0 1 0-3.7-2.5L4 15v4h4v-2h2v-2h2l1.5-1.5M16 8h.01",
    "upload": "M12 16V4M7 9l5-5 5 5M4 16v4h16v-4",
    "download": "M12 4v12M7 11l5 5 5-5M4 20h16",
    "search": "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13M15.5 15.5L21 21",
    "menu": "M4 7h16M4 12h16M4 17h16",
    "close": "M6 6l12 12M18 6L6 18",
    "check": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M8 12.5l2.7 2.5L16 9.5",
    "warning": "M12 4L2.8 20h18.4zM12 10v4.5M12 17.2v.1",
    "stop": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M9 9l6 6M15 9l-6 6",
    "info": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 11v5.5M12 7.5v.1",
    "star": "M12 3.5l2.6 5.5 6 .8-4.4 4.2 1.1 6-5.3-3-5.3 3 1.1-6L3.4 9.8l6-.8z",
    "share": "M9.5 14.5l5-5M8 12l-2.5 2.5a3.5 3.5 0 0 0 5 5L13 17M16 12l2.5-2.5a3.5 3.5 0 0 0-5-5L11 7",
    "sun": "M12 16.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9M12 2v2.5M12 19.5V22M2 12h2.5M19.5 12H22M5 5l1.7 1.7M17.3 17.3L19 19M5 19l1.7-1.7M17.3 6.7L19 5",
    "moon": "M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5",
    "trash": "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10.5 11v5M13.5 11v5",
    "filter": "M3 5h18l-7 8v6l-4 2v-8z",
    "plus": "M12 5v14M5 12h14",
    "back": "M15 5l-7 7 7 7",
    "next": "M9 5l7 7-7 7",
}
"""Name to the path of its lines."""


def icon(name: str) -> Any:
    """A picture beside words; a reader who cannot see it misses nothing."""
    return html.Span(className=f"icon i-{name if name in PATHS else 'info'}", **{"aria-hidden": "true"})


def style() -> str:
    """The style sheet of all pictures."""
    rules = [f".i-{name} {{ --icon: url(\"data:image/svg+xml,{quote(_svg(path), safe='/:=')}\"); }}" for name, path in PATHS.items()]  # fmt: skip
    return "\n".join(rules)


def _svg(path: str) -> str:
    return (
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' stroke='black' "
        f"stroke-width='1.8' stroke-linecap='round' stroke-linejoin='round'><path d='{path}'/></svg>"
    )
