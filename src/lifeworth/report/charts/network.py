"""Networks: nodes in layers, the first at the top, and arrows that run from what moves to what is moved.

Every layer is a band with its name; its nodes stand side by side as long as there is room, and then below each other. An arrow leaves
and arrives upright, so that arrows between the same layers can be told apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from lifeworth.report.charts import svg
from lifeworth.report.charts.frame import SIZES, TEXT
from lifeworth.report.format import text
from lifeworth.report.spec import Link, Network, Node

BOX, LEAST = 236, 140
"""Widest and least width of a node, in pixels."""
HIGH = 46
"""Height of a node."""
GAP_X, GAP_Y = 16, 26
"""Room between two nodes, and between two rows of them."""
HEAD = 20
"""Height of a layer's name."""
TONES = {"plain": "slate", "good": "good", "warning": "warning", "bad": "bad"}
"""Colour of a tone."""


@dataclass(frozen=True, slots=True)
class Box:
    """A node's place."""

    node: Node
    x: float
    y: float
    width: float

    @property
    def middle(self) -> float:
        """Where an arrow leaves and arrives."""
        return self.x + self.width / 2


def draw(network: Network, size: str, currency: str) -> Markup:
    """The network at one of the sizes of `SIZES`."""
    width = float(SIZES[size][0])
    boxes, bands, height = placed(network, width)
    parts: list[Markup] = []
    for name, top, bottom in bands:
        parts.append(svg.rect(0, top, width, bottom - top, "layer", round_=6))
        parts.append(svg.text(10, top + 15, svg.shortened(name, width - 20, TEXT), "axis"))
    parts += _arrows(network.links, boxes)
    for box in boxes.values():
        parts.append(_drawn(box, currency))
    said = f"Network: {network.title}. {network.caption}".strip()
    return svg.element(
        "svg",
        svg.element("defs", *(_head(tone) for tone in TONES)),
        *parts,
        viewBox=f"0 0 {svg.number(width)} {svg.number(height)}",
        role="img",
        aria_label=said,
    )


def placed(network: Network, width: float) -> tuple[dict[str, Box], list[tuple[str, float, float]], float]:
    """Where every node and every layer lies, and how high the picture is."""
    boxes: dict[str, Box] = {}
    bands: list[tuple[str, float, float]] = []
    top = 0.0
    for layer in network.layers:
        mine = [node for node in network.nodes if node.layer == layer]
        in_row = max(1, min(len(mine), int((width - GAP_X) // (LEAST + GAP_X))))
        box = min(BOX, (width - GAP_X * (in_row + 1)) / in_row)
        y = top + HEAD + 6
        for start in range(0, len(mine), in_row):
            row = mine[start : start + in_row]
            left = (width - len(row) * box - (len(row) - 1) * GAP_X) / 2
            for turn, node in enumerate(row):
                boxes[node.key] = Box(node, left + turn * (box + GAP_X), y, box)
            y += HIGH + GAP_Y
        bottom = (y if mine else y + GAP_Y) - GAP_Y + 10
        bands.append((layer, top, bottom))
        top = bottom + 22
    return boxes, bands, max(top - 22, 1.0)


def _arrows(links: tuple[Link, ...], boxes: Mapping[str, Box]) -> Iterator[Markup]:
    for link in links:
        if link.source not in boxes or link.target not in boxes:
            continue
        source, target = boxes[link.source], boxes[link.target]
        up = source.y > target.y
        start = (source.middle, source.y if up else source.y + HIGH)
        end = (target.middle, target.y + HIGH + 5 if up else target.y - 5)
        if source.y == target.y:
            start, end = (source.middle, source.y + HIGH), (target.middle, target.y + HIGH + 5)
        bend = max(abs(end[1] - start[1]) / 2, 18) * (1 if source.y == target.y or not up else -1)
        back = bend if source.y == target.y else -bend
        n = svg.number
        way = f"M{n(start[0])} {n(start[1])} C{n(start[0])} {n(start[1] + bend)} {n(end[0])} {n(end[1] + back)} {n(end[0])} {n(end[1])}"
        told = f"{source.node.name} → {target.node.name}: {link.label}" + (f"\n{link.note}" if link.note else "")
        yield svg.element(
            "path",
            svg.title(told),
            d=way,
            class_=f"arrow {link.style} c-{TONES[link.tone]}",
            marker_end=f"url(#head-{link.tone})",
        )


def _head(tone: str) -> Markup:
    """The point of an arrow."""
    tip = svg.element("path", d="M0 0 L8 4 L0 8 Z", class_=f"tip c-{TONES[tone]}")
    return svg.element(
        "marker", tip, id=f"head-{tone}", markerWidth=8, markerHeight=8, refX=4, refY=4, orient="auto", markerUnits="userSpaceOnUse"
    )  # fmt: skip


def _drawn(box: Box, currency: str) -> Markup:
    node = box.node
    value = text(node.value, node.kind, currency, compact=True) if node.value is not None else ""
    told = f"{node.name}{f': {value}' if value else ''}" + (f"\n{node.note}" if node.note else "")
    room = box.width - 20 - (svg.width_of(value, TEXT) + 8 if value else 0)
    lines = two_lines(node.name, room)
    first = box.y + HIGH / 2 + (4 if len(lines) == 1 else -4)
    words = [svg.text(box.x + 12, first + 15 * turn, line, "category") for turn, line in enumerate(lines)]
    shown = [svg.text(box.x + box.width - 8, box.y + HIGH / 2 + 4, value, "category strong", "end")] if value else []
    return svg.element(
        "g",
        svg.title(told),
        svg.rect(box.x, box.y, box.width, HIGH, "box", round_=6),
        svg.rect(box.x, box.y, 4, HIGH, f"edge c-{TONES[node.tone]}"),
        *words,
        *shown,
    )


def two_lines(words: str, width: float) -> list[str]:
    """A name in at most two lines, cut with an ellipsis."""
    if svg.width_of(words, TEXT) <= width:
        return [words]
    first = ""
    rest = words.split()
    while rest and svg.width_of(f"{first} {rest[0]}".strip(), TEXT) <= width:
        first = f"{first} {rest.pop(0)}".strip()
    if not first:
        return [svg.shortened(words, width, TEXT)]
    return [first, svg.shortened(" ".join(rest), width, TEXT)] if rest else [first]
