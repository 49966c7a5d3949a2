"""What a run says on a terminal when it is done: the overview, the way of every row and cent, where the results lie."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lifeworth.job import RunResult
from lifeworth.report.spec import Block, Column, Group, Page, Table

RECONCILED = ("Rows: in = ", "Money: in = ")
"""How the titles of the two tables of the reconciliation begin."""


def said(result: RunResult) -> Page:
    """The page for a terminal: short enough to be read, with the paths of everything longer."""
    pages = {page.name: page for page in result.document.pages}
    overview = pages["overview"]
    reconciliation = tuple(
        block
        for block in _flat(pages["data"].blocks)
        if isinstance(block, Table) and block.title.startswith(RECONCILED)
    )
    return replace(overview, title=result.document.title, blocks=(*reconciliation, *overview.blocks, _written(result)))


def _written(result: RunResult) -> Table:
    rows = tuple((name, str(path)) for name, path in result.paths.items())
    return Table("Written", (Column("what", ""), Column("path", "")), rows, empty="Nothing was written.")


def _flat(blocks: tuple[Block, ...]) -> Iterator[Block]:
    for block in blocks:
        if isinstance(block, Group):
            yield from _flat(block.blocks)
        else:
            yield block
