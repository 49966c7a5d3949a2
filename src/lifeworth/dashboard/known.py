"""Values a filter offers, where they are known: groups of customers, channels, countries, figures, tools."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from lifeworth.asked import Asked
from lifeworth.dashboard.filters import Option
from lifeworth.serving import customers
from lifeworth.serving.desk import Desk

GROUPS = ("value_tier", "rfm_segment", "lifecycle_status")
"""Columns whose values are groups of customers by name."""
COLUMNS = {"channel": "acquisition_channel", "country": "country", "plan": "plan"}
"""Filters whose values stand in a column of the list of customers."""


def known(desk: Desk, fields: Sequence[Asked]) -> dict[str, Sequence[Option]]:
    """What to choose from, by name of the field; a field not in it is typed."""
    texts = [one for one in fields if one.kind == "text"]
    if not texts:
        return {}
    groups = customers.groups(desk.run())
    found: dict[str, Sequence[Option]] = {}
    for one in texts:
        if options := _of(one, groups, desk):
            found[one.name] = options
    return found


def _of(one: Asked, groups: Mapping[str, Sequence[str]], desk: Desk) -> Sequence[Option]:
    if one.default in groups:  # the groups themselves are meant, such as value_tier
        return [{"value": column, "label": customers.TITLES.get(column, column.replace("_", " ").capitalize())} for column in groups if column in GROUPS]  # fmt: skip
    if one.name == "segment":
        names = dict.fromkeys(name for column in GROUPS for name in groups.get(column, ()) if name)
        return [{"value": name, "label": name} for name in names]
    if one.name in COLUMNS:
        return [{"value": name, "label": name} for name in groups.get(COLUMNS[one.name], ()) if name]
    reader = READERS.get(one.name)
    return reader(desk) if reader else ()


def _figures(desk: Desk) -> Sequence[Option]:
    from lifeworth.kpis.registry import catalogue
    from lifeworth.settings import read

    metrics = catalogue(read(desk.root)).metrics
    return [{"value": name, "label": one.title or name} for name, one in metrics.items()]


def _tools(desk: Desk) -> Sequence[Option]:
    from lifeworth.kpis.presets.rules import TOOLS

    del desk
    return [{"value": name, "label": name.capitalize()} for name in TOOLS]


READERS: dict[str, Callable[[Desk], Sequence[Option]]] = {"name": _figures, "term": _figures, "tool": _tools}
