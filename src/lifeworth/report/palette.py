"""The colours of a page, light and dark: one accent, three tones that mean something, and greys.

Two rules hold and are tested: text reaches a contrast of 4.5 on every ground it stands on (WCAG 2.2 AA), and a line or a
bar reaches 3. In a chart the ink is what was observed and the accent is what was predicted.
"""

from __future__ import annotations

TOKENS: dict[str, tuple[str, str]] = {
    # ground
    "paper": ("#f6f7f9", "#10141a"),
    "surface": ("#ffffff", "#171c24"),
    "raised": ("#f0f2f5", "#1f2630"),
    "line": ("#dfe3e9", "#2c3541"),
    "hint": ("#b3bbc7", "#4c5766"),
    "grid": ("#e8ebf0", "#262e39"),
    # text
    "ink": ("#1a202b", "#e6eaf0"),
    "muted": ("#586272", "#9aa6b5"),
    # meaning
    "accent": ("#1b5fa8", "#79b4f2"),
    "tint": ("#e3eefa", "#1c3048"),
    "good": ("#17693c", "#62cf92"),
    "good-tint": ("#e6f4eb", "#16301f"),
    "warning": ("#7f5200", "#e8b450"),
    "warning-tint": ("#fdf3dc", "#352a12"),
    "bad": ("#b0261e", "#ff8f85"),
    "bad-tint": ("#fcebe9", "#3b1d1b"),
    # further series of a chart
    "ochre": ("#a35f00", "#e3a64d"),
    "plum": ("#8a3f82", "#d694cf"),
    "teal": ("#0d7068", "#5cc4ba"),
    "slate": ("#65707f", "#94a0b0"),
}
"""Name to (light, dark)."""

LEVELS: tuple[tuple[str, str], ...] = (
    ("#edf4fc", "#1a2533"),
    ("#dbe9f8", "#1c2f45"),
    ("#c5dcf3", "#1f3a58"),
    ("#abccec", "#23466c"),
    ("#8fbae4", "#285381"),
    ("#72a6da", "#2e6197"),
    ("#3a78b8", "#6ba3dc"),
    ("#2a66a6", "#83b5e8"),
    ("#1b5592", "#9cc6f1"),
    ("#0f437c", "#b8d7f8"),
)
"""Shades of a heat map from least to most, (light, dark); the text on them turns over at `TURN`."""

TURN = 6

LEVEL_TEXT: tuple[tuple[str, str], tuple[str, str]] = (("#1a202b", "#eef3f9"), ("#ffffff", "#0c1117"))
"""Text on the shades before and from `TURN`, each (light, dark)."""

OBSERVED = ("ink", "slate", "teal", "plum")
OBSERVED_BARS = ("slate", "ink", "teal", "plum")
PREDICTED = ("accent", "ochre", "plum", "teal", "slate")
PLAIN = ("accent", "ochre", "teal", "plum", "slate", "ink")
"""Colours of series by turn: for what was observed beside a prediction, for predictions, and for all else."""


def tokens(theme: int) -> dict[str, str]:
    """Every colour of a theme (0 light, 1 dark) under its name in the style sheet."""
    named = {name: pair[theme] for name, pair in TOKENS.items()}
    for level, pair in enumerate(LEVELS):
        named[f"heat-{level}"] = pair[theme]
        named[f"heat-{level}-text"] = LEVEL_TEXT[level >= TURN][theme]
    return named


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours ("#rrggbb"), 1 to 21 (WCAG 2.2, relative luminance)."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[start : start + 2], 16) / 255) for start in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
