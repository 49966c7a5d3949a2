"""A page of specs as components, block by block.

Each block has a place in its page ("3", or "3.1" inside a group): by it an export finds its table again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from dash import html

from lifeworth.dashboard.icons import icon
from lifeworth.dashboard.render import grid
from lifeworth.dashboard.render.chart import chart
from lifeworth.dashboard.render.heatmap import heatmap
from lifeworth.dashboard.render.network import network
from lifeworth.dashboard.render.stats import stats
from lifeworth.dashboard.render.table import plain, readable
from lifeworth.dashboard.render.words import text
from lifeworth.report.spec import Block, Chart, Group, Heatmap, Network, Page, Stats, Table, Text

FORMS = (("csv", "CSV"), ("xlsx", "Excel"))
Takes: TypeAlias = bool | str
"""Whether tables are taken along: from a board, or from the special page of this name."""


def page(spec: Page, *, exports: Takes = True, currency: str = "", level: int = 2, later: bool = False) -> list[Any]:
    """All blocks of a page.

    Args:
        spec: The page.
        exports: Whether who looks may take tables along: from a board, or from the special page of this name (`take`).
        currency: What money is in where the page does not say.
        level: Level of the headings of its blocks.
        later: Whether the numbers under a picture are fetched when somebody opens them; boards answer that (`shell`).
    """
    money = spec.currency or currency
    return [
        block(one, money, str(turn), exports=exports, level=level, later=later) for turn, one in enumerate(spec.blocks)
    ]


def block(spec: Block, currency: str, place: str, *, exports: Takes = True, level: int = 2, later: bool = False) -> Any:
    """One block; its place must be no other block's on the same page."""
    match spec:
        case Stats():
            return stats(spec, currency, place, level)
        case Text():
            return text(spec, level)
        case Group():
            inside = [block(one, currency, f"{place}.{turn}", exports=exports, level=level, later=later) for turn, one in enumerate(spec.blocks)]  # fmt: skip
            return html.Div(inside, className="group")
        case Table():
            drawn = plain if readable(spec) else grid.grid
            return drawn(spec, currency, place, tools=_tools(place, spec.title, exports=exports), level=level)
        case Chart():
            return chart(
                spec, currency, place, tools=_tools(place, spec.title, exports=exports), level=level, later=later
            )
        case Network():
            return network(spec, currency, place, tools=_tools(place, spec.title, exports=exports), level=level)
        case Heatmap():
            return heatmap(spec, currency, place, tools=_tools(place, spec.title, exports=exports), level=level)


def placed(blocks: Sequence[Block], above: str = "") -> Iterator[tuple[str, Block]]:
    """Every block with its place."""
    for turn, one in enumerate(blocks):
        place = f"{above}{turn}"
        yield place, one
        if isinstance(one, Group):
            yield from placed(one.blocks, f"{place}.")


def _tools(place: str, title: str, *, exports: Takes) -> list[Any]:
    if not exports:
        return []
    what = {"type": "export", "place": place} if exports is True else {"type": "take", "page": exports, "what": place}
    return take_buttons(what, title)


def take_buttons(what: Mapping[str, str], title: str) -> list[Any]:
    """The buttons by which a table is taken along; `what` is their id but for the form of the file."""
    return [
        html.Button(
            [icon("download"), words],
            id={**what, "form": form},
            type="button",
            className="tool",
            **{"aria-label": f"Download “{title}” as {words}"},
        )
        for form, words in FORMS
    ]
