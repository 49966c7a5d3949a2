"""A chart as a file of its own: what the report's writer draws, with its colours inside and a ground under it.

The report's style sheet gives a chart its colours. A picture in a page has none, so they go with it, light and dark; the
ground is its own too, so it reads on a page of either kind whatever the reader's system prefers.
"""

from __future__ import annotations

from markupsafe import Markup

from lifeworth.report import palette
from lifeworth.report.charts import draw, svg
from lifeworth.report.charts.frame import TEXT
from lifeworth.report.heat import shades
from lifeworth.report.spec import Chart, Heatmap

WIDTH, EDGE, HEAD = 860, 18, 34
ROW, CELL = 26, 110

STYLE = """
text{font:400 12px ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;fill:var(--ink)}
text{font-variant-numeric:tabular-nums lining-nums}
.ground{fill:var(--surface);stroke:var(--line)}
.title{font-size:15px;font-weight:640}
.tick,.axis,.legend,.mark-label{fill:var(--muted)}
.name{fill:var(--c);font-weight:600}
.grid{stroke:var(--grid)}.base,.diagonal{stroke:var(--muted)}
.mark{stroke:var(--muted);stroke-dasharray:2 3}
.leader{stroke:var(--c);stroke-dasharray:1 3}
.stroke{fill:none;stroke:var(--c);stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
.stroke.dashed{stroke-dasharray:6 5}
.band{fill:var(--c);fill-opacity:.14}
.dot{fill:var(--c)}.dot.dashed{fill:var(--surface);stroke:var(--c);stroke-width:1.8}
.bar{fill:var(--c)}.bar.dashed{fill-opacity:.2;stroke:var(--c);stroke-width:1.2;stroke-dasharray:3 2}
.whisker{stroke:var(--c);stroke-width:1.6}
.strip{fill-opacity:0}
"""


def of_chart(chart: Chart) -> str:
    """A line, bar, histogram or scatter chart as an SVG file."""
    drawn = draw.draw(chart, "")
    picture = drawn.pictures["wide"]
    head = HEAD if drawn.direct or not drawn.legend else HEAD + 24
    parts = [_moved(picture, EDGE, EDGE + head)]
    if head > HEAD:
        left = float(EDGE)
        for entry in drawn.legend:
            middle = EDGE + HEAD + 4
            shape = f"{entry.shape} {entry.style} c-{entry.colour}"
            if entry.shape == "stroke":
                parts.append(svg.line(left, middle, left + 22, middle, shape))
            else:
                parts.append(svg.rect(left + 4, middle - 6, 14, 12, shape))
            parts.append(svg.text(left + 28, middle + 4, entry.name, "legend"))
            left += 28 + svg.width_of(entry.name, TEXT) + 22
    return _file(chart.title, chart.caption, 330 + head, parts)


def of_heatmap(heatmap: Heatmap) -> str:
    """A matrix of shaded cells as an SVG file, rows down, columns across."""
    room = max(svg.width_of(name, TEXT) for name in (heatmap.row_title, *heatmap.rows)) + 12
    cell = min(CELL, (WIDTH - room) / len(heatmap.columns))
    top = EDGE + HEAD + 40
    parts = [
        svg.text(EDGE + room, top - 26, heatmap.column_title, "axis"),
        svg.text(EDGE + room - 10, top - 8, heatmap.row_title, "axis", "end"),
    ]
    for turn, name in enumerate(heatmap.columns):
        parts.append(svg.text(EDGE + room + (turn + 0.5) * cell, top - 8, name, "tick", "middle"))
    for row, shaded in enumerate(shades(heatmap, "")):
        middle = top + (row + 0.5) * ROW
        parts.append(svg.text(EDGE + room - 10, middle + 4, heatmap.rows[row], "tick", "end"))
        for turn, shade in enumerate(shaded):
            if shade.level is None:
                continue
            left = EDGE + room + turn * cell
            box = svg.rect(
                left, middle - ROW / 2, cell - 2, ROW - 2, f"h-{shade.level}", svg.title(shade.title), round_=3
            )
            parts += [box, svg.text(left + cell / 2 - 1, middle + 3, shade.text, f"t-{shade.level}", "middle")]
    return _file(heatmap.title, heatmap.caption, HEAD + 40 + ROW * len(heatmap.rows), parts)


def _moved(picture: Markup, x: int, y: int) -> Markup:
    """The finished picture of the writer at a place in another one."""
    place = Markup('<svg x="{}" y="{}" width="{}" height="330" overflow="visible" ').format(x, y, WIDTH)
    return Markup(str(picture).replace("<svg ", str(place), 1))


def _file(title: str, caption: str, height: float, parts: list[Markup]) -> str:
    """Title and parts on a ground, with the colours of both themes."""
    width, height = WIDTH + 2 * EDGE, height + 2 * EDGE
    ground = svg.rect(0.5, 0.5, width - 1, height - 1, "ground", round_=10)
    head = svg.text(EDGE, EDGE + 14, title, "title")
    whole = svg.element(
        "svg", svg.title(f"{title}. {caption}".strip()), svg.element("style", Markup(_colours() + STYLE)), ground, head, *parts,
        xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {svg.number(width)} {svg.number(height)}",
        width=width, height=height, role="img",
    )  # fmt: skip
    return str(whole).replace("><", ">\n<") + "\n"


def _colours() -> str:
    """Every colour of the palette under its name, for a light page and for a dark one, and the classes that use them."""
    themes = ["".join(f"--{name}:{value};" for name, value in palette.tokens(theme).items()) for theme in (0, 1)]
    named = sorted({*palette.OBSERVED, *palette.PREDICTED, *palette.PLAIN, "muted"})
    classes = "".join(f".c-{name}{{--c:var(--{name})}}" for name in named)
    levels = "".join(
        f".h-{level}{{fill:var(--heat-{level})}}.t-{level}{{fill:var(--heat-{level}-text)}}"
        for level in range(len(palette.LEVELS))
    )
    full = ".h-base{fill:var(--raised)}.t-base{fill:var(--muted)}"
    dark = f"@media (prefers-color-scheme:dark){{svg{{{themes[1]}}}}}"
    return f"\nsvg{{{themes[0]}}}\n{dark}\n{classes}\n{levels}{full}"
