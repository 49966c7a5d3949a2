"""What a scorecard is made of, field by field: the form of the dashboard, the options of the command line, the bodies of the API.

The fields are read off the models of `card.py`, so that what a file may say and what a form asks are one thing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import NoneType, UnionType
from typing import Any, Literal, TypeAlias, Union, get_args, get_origin

from pydantic import BaseModel

from lifeworth.errors import OptionError, near
from lifeworth.scorecard.card import Arrow, Initiative, Measure, Objective, Perspective
from lifeworth.units import Period

Section: TypeAlias = Literal["perspectives", "objectives", "measures", "initiatives", "arrows"]
Kind: TypeAlias = Literal["text", "number", "limit", "day", "choice", "flag", "period", "weights"]

MODELS: dict[str, type[BaseModel]] = {
    "perspectives": Perspective,
    "objectives": Objective,
    "measures": Measure,
    "initiatives": Initiative,
    "arrows": Arrow,
}
"""Sections of a card and what stands in each."""
NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
"""What an entry may be called."""
BETWEEN = ":"
"""An arrow is called `cause:effect`."""
LONGEST = 2_000
"""Characters of a field."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an entry.

    Attributes:
        kind: How it is asked for; a `limit` is a number or a step from the baseline, `weights` a number or a weight from a day on.
        required: Whether an entry cannot do without it.
        choices: What it may be, where that is a short list.
        default: What holds where nothing is said, as text.
        help: What it means.
    """

    name: str
    kind: Kind
    required: bool
    choices: tuple[str, ...]
    default: str
    help: str


def fields(section: str) -> tuple[Field, ...]:
    """The fields of the entries of a section, in the order they are written.

    Raises:
        OptionError: if a card has no such section.
    """
    found = []
    for name, one in _model(section).model_fields.items():
        kind, choices = _kind(one.annotation)
        default = "" if one.is_required() or one.default is None else _text(one.default)
        found.append(Field(name, kind, one.is_required(), choices, default, one.description or ""))
    return tuple(found)


def read(section: str, said: Mapping[str, Any], where: str = "") -> dict[str, Any]:
    """Values of an entry from what a form, an option or a JSON body says; an empty text takes the field away (None).

    Args:
        section: objectives, measures, initiatives, arrows or perspectives.
        said: Fields and their values.
        where: Name of the entry, for the words of a fault.

    Raises:
        OptionError: naming every field that is not one, and every value that cannot be read.
    """
    known = {one.name: one for one in fields(section)}
    values: dict[str, Any] = {}
    faults = []
    place = f"{section}.{where}." if where else ""
    for name, value in said.items():
        one = known.get(name)
        if one is None:
            faults.append(f"{place}{name}: not a field of {section}. {near(name, known)}".rstrip())
            continue
        try:
            values[name] = _value(one, value)
        except ValueError as error:
            faults.append(f"{place}{name}: {error}")
    if faults:
        raise OptionError("Some fields cannot be used:", faults=faults, allowed=list(known))
    return values


def written(section: str, entry: Mapping[str, Any]) -> dict[str, str]:
    """An entry of a card as the texts a form shows; a field that says nothing has an empty one."""
    return {one.name: _text(entry.get(one.name)) for one in fields(section)}


def arrow_ends(name: str) -> tuple[str, str]:
    """Cause and effect of an arrow by its name.

    Raises:
        OptionError: if it is no name of an arrow.
    """
    cause, between, effect = name.partition(BETWEEN)
    if not (cause and between and effect):
        raise OptionError(f'"{name}" is no arrow.', hint=f"An arrow is called cause{BETWEEN}effect.")
    return cause, effect


def _model(section: str) -> type[BaseModel]:
    if section not in MODELS:
        raise OptionError(f'A scorecard has no "{section}".', allowed=MODELS, hint=near(section, MODELS) or None)
    return MODELS[section]


def _kind(annotation: Any) -> tuple[Kind, tuple[str, ...]]:
    parts = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)
    parts = tuple(one for one in parts if one is not NoneType)
    if any(get_origin(one) is tuple for one in parts):
        return "weights", ()
    if float in parts:
        return ("limit" if str in parts else "number"), ()
    only = parts[0]
    if get_origin(only) is Literal:
        return "choice", tuple(get_args(only))
    kinds: dict[Any, Kind] = {str: "text", bool: "flag", date: "day", Period: "period"}
    return kinds[only], ()


def _value(one: Field, value: Any) -> Any:
    """The value of a field as the file holds it.

    Raises:
        ValueError: with what is wrong, in words.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, str):
        value = value.strip()
        if len(value) > LONGEST or "\x00" in value:
            raise ValueError(f"longer than {LONGEST:,} characters, or not plain text")
    if one.kind in {"number", "limit", "weights"} and isinstance(value, int | float) and not isinstance(value, bool):
        return _plain(float(value))
    if one.kind == "weights" and isinstance(value, list):
        return value
    if one.kind == "flag" and isinstance(value, bool):
        return value
    if isinstance(value, date) and one.kind == "day":
        return value
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is not what a {one.kind} is written as")  # noqa: TRY004 - told with all other faults
    return _read_text(one, value)


def _read_text(one: Field, text: str) -> Any:
    if one.kind == "choice" and text not in one.choices:
        raise ValueError(f'"{text}" is none of {", ".join(one.choices)}')
    if one.kind == "number":
        return _plain(_number(text))
    if one.kind == "limit":
        # What is no number is a step from the baseline; whether it is one, the card itself says.
        try:
            return _plain(float(text))
        except ValueError:
            return text
    if one.kind == "day":
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise ValueError(f'"{text}" is no day such as 2027-06-30') from None
    if one.kind == "flag":
        if text.lower() not in {"true", "yes", "false", "no"}:
            raise ValueError(f'"{text}" is neither true nor false')
        return text.lower() in {"true", "yes"}
    return _weights(text) if one.kind == "weights" else text


def _weights(text: str) -> Any:
    """A weight, or weights from a day on: "2", or "2026-01-01: 2, 2027-01-01: 1"."""
    if ":" not in text:
        return _plain(_number(text))
    found = []
    for part in text.split(","):
        since, _, weight = part.partition(":")
        try:
            found.append({"since": date.fromisoformat(since.strip()), "weight": _plain(float(weight))})
        except ValueError:
            raise ValueError(f'"{part.strip()}" is not of the form 2027-01-01: 2') from None
    return found


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f'"{text}" is no number') from None


def _plain(number: float) -> int | float:
    """A whole number without a point, as a person would write it."""
    return int(number) if number.is_integer() and abs(number) < 1e15 else number


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(_plain(value))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Period):
        return f"{value.count}{value.unit[0]}"
    if isinstance(value, list | tuple):
        pairs = [one if isinstance(one, Mapping) else one.model_dump() for one in value]
        return ", ".join(f"{one['since']}: {_text(one['weight'])}" for one in pairs)
    return str(value)
