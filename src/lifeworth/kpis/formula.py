"""Formulas as text that is itself evaluated: `customer_revenue / buyers`.

Arithmetic over figures and nothing else: names, numbers, `+ - * /`, brackets, `least(a, b)`, `greatest(a, b)`, and
`first_known(a, b)` for the first of several that has a value, `if_zero(a, b)` for a, or b where a is zero. What has no value says why: nothing is ever divided by what is
not above zero, so no figure is infinite, and none is made of nothing.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NoReturn

from lifeworth.errors import OptionError
from lifeworth.features.expressions import DEEPEST, depth

EXAMPLE = "Write it as: (revenue - refunded) / orders"
FUNCTIONS = ("first_known", "if_zero", "least", "greatest")


class NotDefined(Exception):  # noqa: N818  an answer, not a fault
    """The figure has no value on these data; the text says why."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that has been read: its text, its tree, and the figures it names, each once."""

    text: str
    tree: ast.expr
    names: tuple[str, ...]


@lru_cache(maxsize=1024)
def read(text: str, what: str = "") -> Formula:
    """Read a formula and see that it holds nothing but arithmetic.

    Args:
        text: The formula.
        what: What it is for, such as "metrics.margin_a_head": errors begin with it.

    Raises:
        OptionError: naming the text, the place in it and what is wrong there.
    """
    said = f"{what}: " if what else ""
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        place = getattr(error, "offset", None) or 1
        raise OptionError(f'{said}"{text}" cannot be read from character {place} on.', hint=EXAMPLE) from error
    if depth(tree) > DEEPEST:
        raise OptionError(f"{said}a formula has at most {DEEPEST} forms inside one another.")
    found: list[str] = []

    def refuse(node: ast.expr) -> NoReturn:
        segment = ast.get_source_segment(text.strip(), node) or text
        raise OptionError(
            f'{said}in "{text}", "{segment}" is not allowed.',
            hint=f"Allowed are figures, numbers, + - * /, brackets and {', '.join(FUNCTIONS)}.",
        )

    def look(node: ast.expr) -> None:
        match node:
            case ast.Name():
                found.append(node.id)
            case ast.Constant(value=int() | float()) if not isinstance(node.value, bool):
                pass
            case ast.BinOp(op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div()):
                look(node.left)
                look(node.right)
            case ast.UnaryOp(op=ast.USub()):
                look(node.operand)
            case ast.Call(func=ast.Name(id=name), keywords=[]) if name in FUNCTIONS and _fits(name, node.args):
                for part in node.args:
                    look(part)
            case _:
                refuse(node)

    look(tree)
    return Formula(text.strip(), tree, tuple(dict.fromkeys(found)))


def _fits(name: str, parts: list[ast.expr]) -> bool:
    return len(parts) == 2 if name == "if_zero" else bool(parts)


def evaluate(
    formula: Formula, value_of: Callable[[str], float], *, none: Callable[[str], str], undefined: Mapping[str, str]
) -> float:
    """The value of a formula.

    Args:
        formula: What to compute.
        value_of: The value of a figure by name; raises NotDefined where it has none.
        none: What it means that a figure is zero, in words, or an empty text.
        undefined: Reasons for denominators that are more than a name, by their text in the formula.

    Raises:
        NotDefined: with the reason.
    """

    def divided(node: ast.BinOp) -> float:
        above, below = of(node.left), of(node.right)
        if below > 0 or (isinstance(node.right, ast.Constant | ast.UnaryOp) and below):
            return above / below
        said = ast.get_source_segment(formula.text, node.right) or formula.text
        reason = undefined.get(said) or (none(said) if isinstance(node.right, ast.Name) else "")
        raise NotDefined(reason or f"{said} is {'zero' if below == 0 else 'below zero'}")

    def of(node: ast.expr) -> float:
        match node:
            case ast.Constant(value=int() | float() as number):
                return float(number)
            case ast.Name(id=name):
                return value_of(name)
            case ast.UnaryOp(operand=inner):
                return -of(inner)
            case ast.BinOp(op=ast.Div()):
                return divided(node)
            case ast.BinOp(left=left, op=op, right=right):
                one, other = of(left), of(right)
                if isinstance(op, ast.Add):
                    return one + other
                return one - other if isinstance(op, ast.Sub) else one * other
            case ast.Call(func=ast.Name(id="first_known"), args=parts):
                return first(parts)
            case ast.Call(func=ast.Name(id="if_zero"), args=[one_part, other_part]):
                return of(one_part) or of(other_part)
            case ast.Call(func=ast.Name(id=name), args=parts):
                return (min if name == "least" else max)(of(part) for part in parts)
        raise AssertionError(ast.dump(node))

    def first(parts: list[ast.expr]) -> float:
        reasons = []
        for part in parts:
            try:
                return of(part)
            except NotDefined as why:
                reasons.append(str(why))
        raise NotDefined(", and ".join(dict.fromkeys(reasons)))

    result = of(formula.tree)
    if not math.isfinite(result):
        raise NotDefined("it is too large to be written down")
    return result
