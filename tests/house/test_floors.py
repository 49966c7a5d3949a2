"""The house has floors, and imports go down only.

A module may import from floors below its own and from its own room. Rooms on one floor are siblings: they meet in the
tables of `data/contracts.py`, never in each other's code. Imports under TYPE_CHECKING and inside functions count like
any other: a floor plan that holds only at start-up is a picture of something else.
"""

from __future__ import annotations

from typing import Any

FLOORS: tuple[tuple[str, ...], ...] = (
    ("errors",),
    ("units", "docstring"),
    ("asked",),
    ("settings", "report"),
    ("models",),
    ("engine",),
    ("data",),
    ("features",),
    ("evaluation",),
    ("workspace",),
    ("clv", "kpis", "segments", "economics", "subscriptions", "audit"),
    ("scorecard",),
    ("monitoring",),
    ("facts", "pages"),
    ("derive",),
    ("deliver",),
    ("job_subscriptions",),
    ("job",),
    ("parts",),
    ("access", "serving", "persons"),
    ("jobs",),
    ("api",),
    ("dashboard",),
    ("cli",),
    ("lifeworth",),
)
"""Lowest first. `lifeworth` is the front door: it may point at everything, and nothing inside may lean on it."""

FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}


def test_every_room_stands_on_a_floor(house: Any) -> None:
    homeless = {module.room for module in house.modules} - FLOOR_OF.keys()
    assert not homeless, f"give these rooms a floor (and say why in docs/adr): {sorted(homeless)}"


def test_imports_go_down_only(house: Any) -> None:
    faults = [
        f"{module.where(one.line)}: {module.room} imports {target}, which stands above it"
        for module, one, target in house.inner()
        if FLOOR_OF[_room(target)] > FLOOR_OF[module.room]
    ]
    assert not faults, "\n".join(faults)


def test_siblings_never_import_each_other(house: Any) -> None:
    faults = [
        f"{module.where(one.line)}: {module.room} imports its sibling {target}"
        for module, one, target in house.inner()
        if _room(target) != module.room and FLOOR_OF[_room(target)] == FLOOR_OF[module.room]
    ]
    assert not faults, "\n".join(faults)


def test_nothing_inside_leans_on_the_front_door(house: Any) -> None:
    faults = [
        f"{module.where(one.line)}: imports {one.target} through the front door"
        for module, one, target in house.inner()
        if target == "lifeworth"
    ]
    assert not faults, "\n".join(faults)


def _room(name: str) -> str:
    return name.split(".")[1] if "." in name else name
