"""The list of parts: every action can be had, is typed, and answers with something a face can show."""

from __future__ import annotations

import inspect
from typing import Any, get_type_hints

import pytest

from lifeworth.parts import ACTIONS
from lifeworth.report import spec

SHOWN = {"Page", "Table", "Stats", "Chart", "Heatmap"}


def test_no_word_is_used_twice() -> None:
    names = [action.name for action in ACTIONS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_an_action_is_fully_typed(action: Any) -> None:
    function = action.load()
    assert set(inspect.signature(function).parameters) | {"return"} == set(get_type_hints(function))


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_an_action_answers_with_a_spec(action: Any) -> None:
    answer = get_type_hints(action.load())["return"]
    assert answer.__name__ in SHOWN
    assert answer is getattr(spec, answer.__name__)


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_an_action_says_what_it_does_in_a_line(action: Any) -> None:
    assert action.about.endswith(".")
    assert len(action.about) <= 64


def test_every_public_function_of_the_doors_is_listed() -> None:
    from importlib import import_module

    listed = {(action.part, action.name) for action in ACTIONS}
    found = set()
    for part in {action.part for action in ACTIONS}:
        module = import_module(f"lifeworth.{part}.actions")
        found |= {
            (part, name)
            for name, one in vars(module).items()
            if inspect.isfunction(one) and one.__module__ == module.__name__ and not name.startswith("_")
        }
    assert found == listed
