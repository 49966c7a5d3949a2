"""Pages for who may not see personal data: the same figures, every customer under a pseudonym."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from lifeworth.report.spec import Document, Group, Page, Table

NAMED = frozenset({"customer", "customer_id", "customers_id", "referrer_id", "referred_id"})
"""Keys of table columns that name a customer."""


def masked(spec: Any, alias: Callable[[str], str]) -> Any:
    """A spec with every customer's id replaced.

    Args:
        spec: A document, a page or a block.
        alias: From an id to its pseudonym.
    """
    if isinstance(spec, Document):
        return replace(spec, pages=tuple(masked(page, alias) for page in spec.pages))
    if isinstance(spec, Page | Group):
        return replace(spec, blocks=tuple(masked(block, alias) for block in spec.blocks))
    if isinstance(spec, Table):
        hidden = [place for place, column in enumerate(spec.columns) if column.key in NAMED]
        return spec if not hidden else replace(spec, rows=tuple(_row(row, hidden, alias) for row in spec.rows))
    return spec


def _row(row: tuple[Any, ...], hidden: list[int], alias: Callable[[str], str]) -> tuple[Any, ...]:
    return tuple(
        alias(str(value)) if place in hidden and value is not None else value for place, value in enumerate(row)
    )
