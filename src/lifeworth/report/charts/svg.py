"""SVG elements as safe markup: every attribute and every text is escaped here, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from markupsafe import Markup, escape

Point = tuple[float, float]

_NARROW = frozenset("ijl.,:;'|!()[]ftr1 ")
_WIDE = frozenset("mwMWQO@%−")


def number(value: float) -> str:
    """A coordinate to a tenth of a pixel, without idle zeros."""
    rounded = f"{value:.1f}"
    return "0" if rounded in {"0.0", "-0.0"} else rounded.removesuffix(".0")


def element(tag: str, *children: str | Markup, **attributes: str | float) -> Markup:
    """One element; `class_` is written `class`, and an underscore in any other name becomes a hyphen."""
    # Tags and names are our own words; a report has thousands of elements, and Markup.format would take most of its time.
    head = "".join(
        f' {_named(name)}="{number(value) if isinstance(value, int | float) else escape(value)}"'
        for name, value in attributes.items()
    )
    body = "".join(escape(child) for child in children)
    return Markup(f"<{tag}{head}>{body}</{tag}>")  # noqa: S704  every part is escaped above


@cache
def _named(name: str) -> str:
    return str(escape(name.rstrip("_").replace("_", "-")))


def text(x: float, y: float, words: str, class_: str, anchor: str = "start", **attributes: str | float) -> Markup:
    """Words at a place; `anchor` is "start", "middle" or "end"."""
    return element("text", words, x=x, y=y, class_=class_, text_anchor=anchor, **attributes)


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Markup:
    """A straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def rect(x: float, y: float, width: float, height: float, class_: str, *children: Markup, round_: float = 0) -> Markup:
    """A box; a negative extent is turned over."""
    left, top = min(x, x + width), min(y, y + height)
    attributes: dict[str, str | float] = {"rx": round_} if round_ else {}
    return element("rect", *children, x=left, y=top, width=abs(width), height=abs(height), class_=class_, **attributes)


def circle(x: float, y: float, radius: float, class_: str, *children: Markup) -> Markup:
    """A dot."""
    return element("circle", *children, cx=x, cy=y, r=radius, class_=class_)


def title(words: str) -> Markup:
    """What the reader sees when the pointer rests on the element around it."""
    return element("title", words)


def path(points: Sequence[Point], *, closed: bool = False) -> str:
    """The `d` of a line through the points, or of the area they enclose."""
    steps = " ".join(f"{'M' if turn == 0 else 'L'}{number(x)} {number(y)}" for turn, (x, y) in enumerate(points))
    return f"{steps} Z" if closed and points else steps


def runs(points: Iterable[Point | None]) -> list[list[Point]]:
    """The points in unbroken stretches; None breaks."""
    found: list[list[Point]] = [[]]
    for point in points:
        if point is not None:
            found[-1].append(point)
        elif found[-1]:
            found.append([])
    return [run for run in found if run]


def width_of(words: str, size: float = 12) -> float:
    """About how wide words are, in pixels, in the sans serif of the page; a little generous."""
    units = sum(0.4 if letter in _NARROW else 0.95 if letter in _WIDE else 0.63 for letter in words)
    return units * size


def shortened(words: str, width: float, size: float = 12) -> str:
    """Words that fit a width, cut with an ellipsis."""
    if width_of(words, size) <= width:
        return words
    kept = words
    while kept and width_of(kept + "…", size) > width:
        kept = kept[:-1]
    return kept.rstrip() + "…"
