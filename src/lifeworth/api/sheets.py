"""The tables of a page, numbered as they are read: what a person exports one by one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lifeworth.report.spec import Chart, Column, Group, Heatmap, Network, Page, Table


def sheets(page: Page | Table) -> list[Table]:
    """Everything on a page that has rows, in reading order: tables, and the numbers behind charts and heat maps."""
    return [table for _, table in _found(page)]


def place_of(page: Page | Table, block: Any) -> int | None:
    """The number of a block among the sheets of its page; none if it has no rows."""
    return next((place for place, (one, _) in enumerate(_found(page)) if one is block), None)


def _found(page: Page | Table) -> list[tuple[Any, Table]]:
    blocks = (page,) if isinstance(page, Table) else page.blocks
    return [(one, _table(one)) for one in _flat(blocks) if isinstance(one, Table | Chart | Heatmap | Network)]


def _flat(blocks: tuple[Any, ...]) -> Iterator[Any]:
    for block in blocks:
        if isinstance(block, Group):
            yield from _flat(block.blocks)
        else:
            yield block


def _table(block: Table | Chart | Heatmap | Network) -> Table:
    if isinstance(block, Table):
        return block
    if isinstance(block, Chart | Network):
        return block.table()
    columns = (
        Column("row", block.row_title),
        *block.side,
        *(Column(f"c{place}", title, block.kind) for place, title in enumerate(block.columns)),
    )
    sides = block.side_values or tuple(() for _ in block.rows)
    rows = tuple((name, *side, *values) for name, side, values in zip(block.rows, sides, block.values, strict=True))
    return Table(block.title, columns, rows, block.caption)
