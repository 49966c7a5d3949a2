"""From an action to a command, by rule: a plain typed function becomes options, arguments and a help text.

Positional parameters become arguments, keyword-only ones options; a `Workspace` is opened from `--workspace`; the words
of the help come from the docstring. What the action returns is shown, or printed as JSON with `--json`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import typer

from lifeworth.docstring import words
from lifeworth.errors import OptionError
from lifeworth.units import Period, Rate

READERS: dict[Any, tuple[Callable[[Any], Any], str]] = {
    date: (lambda text: text if isinstance(text, date) else date.fromisoformat(text), "YYYY-MM-DD"),
    Period: (Period.parse, "12m|52w|365d"),
    Rate: (lambda text: text if isinstance(text, Rate) else Rate(float(text)), "SHARE"),
    Decimal: (lambda text: Decimal(str(text)), "NUMBER"),
}
"""How types Typer does not know are read from text, and how the help calls them."""

FOLDER = typer.Option("--workspace", "-w", envvar="LIFEWORTH_WORKSPACE", help="Folder of the workspace.")
HELP = {"help_option_names": ["--help", "-h"], "max_content_width": 110}
JSON = typer.Option("--json", help="Print JSON for programs instead of tables for people.")


def bind(
    action: Callable[..., Any], *, open_workspace: Callable[[Path], Any], show: Callable[..., None], folder: Path
) -> typer.Typer:
    """A program with one command: the action.

    Args:
        action: A function of a part; a parameter of the type `Workspace` is given to it, the others come from the user.
        open_workspace: Opens the folder the user names; what it returns is closed when the command ends.
        show: Called with the result, `as_json` and, where there is a workspace, its `currency`.
        folder: The workspace where the user names none.
    """
    hints = get_type_hints(action)
    about, said = words(action)
    parameters = inspect.signature(action).parameters
    needs = [name for name in parameters if getattr(hints[name], "__name__", "") == "Workspace"]
    given = {name: one for name, one in parameters.items() if name not in needs}
    mappings = [name for name in given if get_origin(_bare(hints[name])) in (dict, Mapping)]

    def command(**values: Any) -> None:
        as_json, where = values.pop("as_json"), values.pop("folder", None)
        values |= {name: _pairs(values[name], name) for name in mappings if values[name]}
        if not needs:
            show(action(**values), as_json=as_json)
            return
        with open_workspace(where) as workspace:
            show(action(**{needs[0]: workspace}, **values), as_json=as_json, currency=workspace.currency)

    asked = [_parameter(one, _bare(hints[one.name]), said.get(one.name, "")) for one in given.values()]
    asked += [_keyword("folder", Annotated[Path, FOLDER], folder) for _ in needs]
    asked.append(_keyword("as_json", Annotated[bool, JSON], False))
    command.__signature__ = inspect.Signature(asked)  # type: ignore[attr-defined]
    command.__annotations__ = {one.name: one.annotation for one in asked}
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    app.command(help=about, context_settings=HELP)(command)
    return app


def _parameter(one: inspect.Parameter, kind: Any, help_text: str) -> inspect.Parameter:
    reader, metavar = READERS.get(kind, (None, None))
    if get_origin(kind) in (dict, Mapping, list, Sequence):
        metavar = "NAME=VALUE" if get_origin(kind) in (dict, Mapping) else None
        kind = list[str]
    if one.kind is inspect.Parameter.KEYWORD_ONLY:
        flag = "--" + one.name.rstrip("_").replace("_", "-")
        info: Any = typer.Option(flag, help=help_text, parser=reader, metavar=metavar)
    else:
        info = typer.Argument(help=help_text, parser=reader, metavar=metavar)
    required = one.default is inspect.Parameter.empty
    return _keyword(one.name, Annotated[kind if required else kind | None, info], one.default)


def _keyword(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _bare(hint: Any) -> Any:
    """The type without its `| None`."""
    union = get_origin(hint) in (Union, UnionType)
    return next(part for part in get_args(hint) if part is not NoneType) if union else hint


def _pairs(items: Sequence[str], name: str) -> dict[str, str]:
    if wrong := [item for item in items if "=" not in item]:
        raise OptionError(f'--{name} "{wrong[0]}" is not of the form NAME=VALUE.')
    return dict(item.split("=", 1) for item in items)
