"""What an action asks of a person, as data: the fields of a form, the parameters of an address.

The API and the dashboard read it, so that an action is written once and means the same wherever it is asked.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

from lifeworth.docstring import words
from lifeworth.errors import OptionError, near
from lifeworth.units import Period, Rate

Kind: TypeAlias = Literal["choice", "flag", "text", "count", "number", "share", "period", "day", "pairs"]

KINDS: dict[Any, Kind] = {
    bool: "flag", str: "text", int: "count", float: "number", Rate: "share", Period: "period", date: "day", Decimal: "number",
}  # fmt: skip

READERS: dict[Kind, tuple[Callable[[str], Any], str]] = {
    "text": (str, "a text"),
    "count": (int, "a whole number"),
    "number": (float, "a number"),
    "share": (lambda text: Rate(float(text)), "a number"),
    "period": (Period.parse, "a period such as 12m, 52w or 365d"),
    "day": (date.fromisoformat, "a date such as 2026-06-30"),
}
"""How the text of an address becomes a value, and what it must look like."""

FLAGS = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
MANY = 12
"""Choices up to which a fault names them all."""
LONGEST = 200
"""Characters of one value; more is no filter."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One parameter of an action."""

    name: str
    kind: Kind
    default: Any
    required: bool
    choices: tuple[str, ...]
    help: str

    def read(self, text: str) -> Any:
        """The value a text stands for.

        Raises:
            OptionError: if it stands for none.
        """
        if len(text) > LONGEST:
            raise OptionError(f"{self.name} is longer than {LONGEST} characters.")
        if self.kind == "choice":
            if text not in self.choices:
                raise OptionError(f'{self.name}: "{text}" is no choice. {near(text, self.choices)}'.rstrip(), allowed=self.choices)  # fmt: skip
            return text
        if self.kind == "flag":
            if text.lower() not in FLAGS:
                raise OptionError(f'{self.name}: "{text}" is neither true nor false.', allowed=["true", "false"])
            return FLAGS[text.lower()]
        if self.kind == "pairs":
            return dict(_pair(self.name, item) for item in text.split(",") if item)
        reader, form = READERS[self.kind]
        try:
            return reader(text)
        except (ValueError, OverflowError) as error:
            raise OptionError(f'{self.name}: "{text}" is not {form}.') from error


def asked(action: Callable[..., Any]) -> tuple[Asked, ...]:
    """The parameters of an action a person may give: all but the workspace."""
    hints = get_type_hints(action)
    _, said = words(action)
    found = []
    for name, one in inspect.signature(action).parameters.items():
        hint = _bare(hints[name])
        if getattr(hint, "__name__", "") == "Workspace" or hint is Path:
            continue
        choices = get_args(hint) if get_origin(hint) is Literal else ()
        kind: Kind = "choice" if choices else "pairs" if get_origin(hint) in (dict, Mapping) else KINDS[hint]
        required = one.default is inspect.Parameter.empty
        default = None if required else one.default
        found.append(Asked(name, kind, default, required, tuple(map(str, choices)), said.get(name, "")))
    return tuple(found)


def about(action: Callable[..., Any]) -> str:
    """What an action does, from its docstring, marks taken off."""
    return words(action)[0]


def given(action: Callable[..., Any], texts: Mapping[str, str | Sequence[str]]) -> dict[str, Any]:
    """Arguments for an action from the texts of an address or a form; an empty text says nothing.

    Raises:
        OptionError: naming every fault at once: unknown names, values that cannot be read, what is missing.
    """
    parameters = {one.name: one for one in asked(action)}
    faults = [
        f'"{name}" is not a parameter. {near(name, parameters)}'.rstrip() for name in texts if name not in parameters
    ]
    values: dict[str, Any] = {}
    for name, one in parameters.items():
        said = texts.get(name, "")
        text = said if isinstance(said, str) else ",".join(said)
        if not text:
            if one.required:
                faults.append(f"{name} is missing: {one.help}".rstrip(": "))
            continue
        try:
            values[name] = one.read(text)
        except OptionError as error:
            choices = f" Possible: {', '.join(error.allowed)}." if error.allowed and len(error.allowed) <= MANY else ""
            faults.append(f"{error.message}{choices}")
    if faults:
        raise OptionError("Some parameters cannot be used:", faults=faults, allowed=list(parameters))
    return values


def joined(values: Sequence[str]) -> str:
    """Values as one text, parted by commas; a comma in one, or a backslash, has a backslash before it."""
    return ",".join(value.replace("\\", "\\\\").replace(",", "\\,") for value in values)


def parted(text: str) -> list[str]:
    """The values of such a text."""
    found, now, guarded = [], "", False
    for letter in text:
        if guarded:
            now, guarded = now + letter, False
        elif letter == "\\":
            guarded = True
        elif letter == ",":
            found.append(now)
            now = ""
        else:
            now += letter
    return [*found, now]


def _bare(hint: Any) -> Any:
    """The type without its `| None`; `TypeAlias` names are looked through."""
    if get_origin(hint) in (Union, UnionType):
        hint = next(part for part in get_args(hint) if part is not NoneType)
    return getattr(hint, "__value__", hint)


def _pair(name: str, item: str) -> tuple[str, str]:
    key, is_pair, value = item.partition("=")
    if not is_pair:
        raise OptionError(f'{name}: "{item}" is not of the form name=value.')
    return key.strip(), value.strip()
