"""The shape of a page: one idea a file, a name that says which, a docstring that explains it.

A file past 400 lines is usually two ideas. `__init__.py` is a door, not a room. A drawer called utils is where ideas
go to be forgotten.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

LONGEST = 400
LONGER_FOR_A_REASON: dict[str, str] = {}
"""Module -> why it is one idea all the same."""

CAPS = {
    "lifeworth.workspace": (200, "it holds engine, store, settings and the as-of date, and no verb of the domain"),
    "lifeworth.cli.bind": (100, "an action is turned into a command by rule, not by case"),
    "lifeworth.cli.main": (200, "the face is thin: what can be done is written in the parts"),
}

LAZY_DOORS = {"lifeworth", "lifeworth.models"}
"""Packages whose names are loaded on first use (PEP 562): a table and `__getattr__`, nothing else."""

TESTED_WITH = {
    "facts": "job",
    "pages": "job",
    "derive": "job",
    "deliver": "job",
    "workspace": "job",
    "models": "contract",
}
"""What only the main job uses is looked at through it; every model passes one contract suite."""

DRAWERS = {"utils", "util", "helpers", "helper", "misc", "common", "shared", "tools", "stuff", "base_utils"}


def test_no_file_is_longer_than_an_idea(house: Any) -> None:
    faults = [
        f"{module.path.name}: {module.lines} lines ({module.name})"
        for module in house.modules
        if module.lines > LONGEST and module.name not in LONGER_FOR_A_REASON
    ]
    assert not faults, "split them, or give the reason in LONGER_FOR_A_REASON:\n" + "\n".join(faults)


def test_reasons_for_length_are_not_stale(house: Any) -> None:
    long = {module.name for module in house.modules if module.lines > LONGEST}
    assert not LONGER_FOR_A_REASON.keys() - long


def test_the_narrow_places_stay_narrow(house: Any) -> None:
    lines = {module.name: module.lines for module in house.modules}
    faults = [
        f"{name}: {lines.get(name, 'missing')}, cap {cap}: {why}"
        for name, (cap, why) in CAPS.items()
        if not 0 < lines.get(name, 0) <= cap
    ]
    assert not faults, "\n".join(faults)


def test_no_drawer_without_a_label(house: Any) -> None:
    faults = [module.name for module in house.modules if DRAWERS & {p.strip("_") for p in module.name.split(".")}]
    assert not faults


def test_a_door_holds_no_code(house: Any) -> None:
    faults = [
        f"{module.where(node.lineno)}: {type(node).__name__} in __init__.py"
        for module in house.modules
        if module.is_package
        for node in module.tree.body[1:]
        if not _belongs_in_a_door(node, lazy=module.name in LAZY_DOORS)
    ]
    assert not faults, "\n".join(faults)


def test_everything_public_has_a_docstring(house: Any) -> None:
    faults = []
    for module in house.modules:
        if not ast.get_docstring(module.tree):
            faults.append(f"{module.where(1)}: the module says nothing about itself")
        faults += [
            f"{module.where(node.lineno)}: {node.name}"
            for node in module.tree.body
            if isinstance(node, ast.FunctionDef | ast.ClassDef)
            and not node.name.startswith("_")
            and not ast.get_docstring(node)
        ]
    assert not faults, "\n".join(faults)


def test_annotations_are_not_run(house: Any) -> None:
    faults = [
        module.name
        for module in house.modules
        if not module.is_package and "from __future__ import annotations" not in module.text
    ]
    assert not faults, f"begin with `from __future__ import annotations`: {faults}"


def _belongs_in_a_door(node: ast.stmt, *, lazy: bool) -> bool:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return True
    if isinstance(node, ast.If):
        return isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    if isinstance(node, ast.FunctionDef):
        return lazy and node.name in {"__getattr__", "__dir__"}
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names = {target.id for target in targets if isinstance(target, ast.Name)}
        return names == {"__all__"} or (lazy and not any(isinstance(part, ast.Lambda) for part in ast.walk(node)))
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)  # a docstring under a name


def test_every_room_has_its_tests(house: Any) -> None:
    tests = Path(__file__).resolve().parents[1]
    rooms = {TESTED_WITH.get(module.room, module.room) for module in house.modules} - {"lifeworth"}
    faults = [
        room
        for room in sorted(rooms)
        if not (tests / f"test_{room}.py").exists() and not list((tests / room).glob("test_*.py"))
    ]
    assert not faults, f"no tests/<room>/test_*.py and no tests/test_<room>.py: {faults}"
