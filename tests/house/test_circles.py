"""No import circle of any kind: not at start-up, not for type checkers, not hidden inside functions.

A circle means that two files are one idea, or that an idea stands on the wrong floor; one circle of two files grows
into one of sixty. The cure is to move the shared piece down, never to hide the import.
"""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import Any


def test_no_import_circle_of_any_kind(house: Any) -> None:
    graph: dict[str, set[str]] = {module.name: set() for module in house.modules}
    for module, _, target in house.inner():
        graph[module.name].add(target)
    assert not _circle(graph)


def test_the_search_for_circles_sees_one_when_there_is_one() -> None:
    assert set(_circle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}})) == {"a", "b", "c"}


def _circle(graph: dict[str, set[str]]) -> list[str]:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(reversed(error.args[1]))
    return []
