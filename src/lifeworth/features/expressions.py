"""Conditions and amounts as a user writes them, made into queries: `orders >= 3 and country == "DE"`.

The text is read as Python reads it, but only a few forms are let through, and nothing is ever run: column names, numbers, text,
`+ - * /`, comparisons (chained ones too), `and`, `or`, `not`, `in [...]`, `least(a, b)`, `greatest(a, b)`, and `== None` for a
value that is not known. What cannot be read is refused with the place, and the near match of a misspelt column.

Missing values are those of a database: a comparison with one is neither true nor false, so such a row does not meet a condition.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, Protocol, cast

import ibis
from ibis.expr.types import BooleanValue, Value

from lifeworth.errors import OptionError, near

LONGEST = 2_000
DEEPEST = 60
"""Characters of an expression, and forms inside one another: more is no condition a person wrote."""

EXAMPLE = 'Write it as: orders >= 3 and country in ["DE", "AT"]'
SLIPS = {
    ast.BitAnd: "Write and instead of &.",
    ast.BitOr: "Write or instead of |.",
    ast.Invert: "Write not instead of ~.",
}
SUMS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
COMPARED: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
CHOICES: dict[str, Callable[..., Any]] = {"least": ibis.least, "greatest": ibis.greatest}
Sort = Literal["a number", "text", "yes or no", "a date", "something else"]


class Columns(Protocol):
    """What names are looked up in: a table, or anything else that has columns."""

    @property
    def columns(self) -> Sequence[str]:
        """The names there are."""

    def __getitem__(self, name: str, /) -> Any:
        """The column of a name."""


def compile(text: str, table: Columns, *, what: str = "") -> Value:  # noqa: A001  the verb for what is done with the text
    """An expression over the columns of a table, as a query.

    A date is written as text, `last_day >= "2025-01-01"`, and is compared with a time by its day. The difference of two dates is
    a number of days, that of two times may have a fraction. What is divided by zero is not known.

    Args:
        text: The expression.
        table: Where the columns come from.
        what: What the expression is for, such as "segments.vip": errors begin with it.

    Raises:
        OptionError: naming the text, the place in it, what is wrong there and what was likely meant.
    """
    reader = _Reader(_one_line(text), table, what)
    return reader.value(reader.parse())


def condition(text: str, table: Columns, *, what: str = "") -> BooleanValue:
    """An expression that is true or false of a row; arguments and errors as in `compile`."""
    found = compile(text, table, what=what)
    if not found.type().is_boolean():
        sort = _sort(found)
        raise OptionError(f'{_for(what)}"{_one_line(text)}" is {sort}, not a condition.', hint=EXAMPLE)
    return cast("BooleanValue", found)


def names(text: str, *, what: str = "") -> tuple[str, ...]:
    """The columns an expression names, each once, in the order in which they come; errors as in `compile`."""
    tree = _Reader(_one_line(text), None, what).parse()
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    found = sorted(
        (node for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called),
        key=lambda node: node.col_offset,
    )
    return tuple(dict.fromkeys(node.id for node in found))


def depth(tree: ast.AST) -> int:
    """How many forms of a syntax tree stand inside one another."""
    level, deep = [tree], 0
    while level:
        level = [inner for node in level for inner in ast.iter_child_nodes(node)]
        deep += 1
    return deep


@dataclass(frozen=True, slots=True)
class _Reader:
    """One text on its way to a query."""

    text: str
    table: Columns | None
    what: str

    def parse(self) -> ast.expr:
        if not self.text:
            raise OptionError(f"{_for(self.what)}there is no expression.", hint=EXAMPLE)
        if len(self.text) > LONGEST:
            raise OptionError(f"{_for(self.what)}an expression has at most {LONGEST:,} characters.")
        try:
            tree = ast.parse(self.text, mode="eval").body
        except SyntaxError as error:
            raise self._unreadable(error.offset or 1) from error
        except (ValueError, RecursionError, MemoryError) as error:
            raise self._unreadable(1) from error
        if depth(tree) > DEEPEST:
            raise OptionError(f"{_for(self.what)}an expression has at most {DEEPEST} forms inside one another.")
        return tree

    # -- one node after the other ---------------------------------------------------------------------------------------
    def value(self, node: ast.expr) -> Value:
        """A node as a query; text stays text here, see `_pair` for dates."""
        match node:
            case ast.Name():
                return self._column(node)
            case ast.Constant(value=None):
                raise self._refusal(node, "None can only be compared: country == None")
            case ast.Constant():
                return self._constant(node)
            case ast.BoolOp():
                parts = [self._truth(part) for part in node.values]
                joined = parts[0]
                for part in parts[1:]:
                    joined = joined & part if isinstance(node.op, ast.And) else joined | part
                return joined
            case ast.UnaryOp(op=ast.Not()):
                return ~self._truth(node.operand)
            case ast.UnaryOp(op=ast.USub() | ast.UAdd()):
                number = self._number(node.operand)
                return -number if isinstance(node.op, ast.USub) else number
            case ast.BinOp() if type(node.op) in SUMS:
                return self._sum(node)
            case ast.Compare():
                return self._compare(node)
            case ast.Call(func=ast.Name(id=name), keywords=[]) if name in CHOICES and len(node.args) > 1:
                return CHOICES[name](*(self._number(part) for part in node.args))
        slip = next((hint for kind, hint in SLIPS.items() if isinstance(getattr(node, "op", None), kind)), None)
        raise self._refusal(node, "this form is not allowed", slip)

    def _column(self, node: ast.Name) -> Value:
        if self.table is None or node.id not in self.table.columns:
            known = () if self.table is None else self.table.columns
            raise self._refusal(node, f'there is no column "{node.id}"', near(node.id, known) or None, allowed=known)
        return self.table[node.id]

    def _constant(self, node: ast.Constant) -> Value:
        value = node.value
        if isinstance(value, bool | str):
            return ibis.literal(value)
        if isinstance(value, int) and abs(value) < 2**63:
            return ibis.literal(value, "int64")
        if isinstance(value, float) and math.isfinite(value):
            return ibis.literal(value, "float64")
        raise self._refusal(node, "this is no number, text, True, False or None")

    def _truth(self, node: ast.expr) -> Any:
        found = self.value(node)
        if not found.type().is_boolean():
            raise self._refusal(node, f"{_sort(found)} is no condition")
        return found

    def _number(self, node: ast.expr) -> Any:
        found = self.value(node)
        if not found.type().is_numeric():
            raise self._refusal(node, f"{_sort(found)} cannot be calculated with")
        return found

    def _sum(self, node: ast.BinOp) -> Value:
        if isinstance(node.op, ast.Sub) and _sort(self.value(node.left)) == "a date":
            later, earlier = self._pair(node.left, node.right)
            if _has_clock(later):
                return (later.epoch_seconds() - earlier.epoch_seconds()) / 86_400.0
            return later.delta(earlier, unit="day")
        left, right = self._number(node.left), self._number(node.right)
        if isinstance(node.op, ast.Div):
            # Engines disagree on what x ÷ 0 is: infinity, null or an error. Here it is not known.
            return left.cast("float64") / right.cast("float64").nullif(0.0)
        return SUMS[type(node.op)](left, right)

    # -- comparisons ----------------------------------------------------------------------------------------------------
    def _compare(self, node: ast.Compare) -> Value:
        found: Any = None
        for left, how, right in zip([node.left, *node.comparators], node.ops, node.comparators, strict=False):
            one = self._compare_two(left, how, right)
            found = one if found is None else found & one
        return found

    def _compare_two(self, left: ast.expr, how: ast.cmpop, right: ast.expr) -> Value:
        if isinstance(how, ast.In | ast.NotIn):
            return self._among(left, how, right)
        if _is_none(right) or _is_none(left):
            known = self.value(left if _is_none(right) else right)
            if isinstance(how, ast.Eq | ast.Is):
                return known.isnull()
            if isinstance(how, ast.NotEq | ast.IsNot):
                return known.notnull()
            raise self._refusal(right, "what is not known is neither more nor less: use == None or != None")
        if type(how) not in COMPARED:
            raise self._refusal(right, "is stands before None only", "Write == instead of is.")
        one, other = self._pair(left, right)
        return COMPARED[type(how)](one, other)

    def _among(self, left: ast.expr, how: ast.cmpop, right: ast.expr) -> Value:
        if not isinstance(right, ast.List | ast.Tuple | ast.Set) or not right.elts:
            raise self._refusal(right, "after in stands a list of values", 'Write it as: country in ["DE", "AT"]')
        pairs = [self._pair(left, item) for item in right.elts]
        found = pairs[0][0].isin([item for _, item in pairs])
        return ~found if isinstance(how, ast.NotIn) else found

    def _pair(self, left: ast.expr, right: ast.expr) -> tuple[Any, Any]:
        """Both sides of a comparison as values of one sort: text beside a date is read as one."""
        one, other = self.value(left), self.value(right)
        if _sort(one) == "a date" and _is_text(right):
            one, other = self._dated(one, cast("ast.Constant", right))
        elif _sort(other) == "a date" and _is_text(left):
            other, one = self._dated(other, cast("ast.Constant", left))
        if _sort(one) != _sort(other) or _sort(one) == "something else":
            raise self._refusal(right, f"{_sort(one)} cannot be compared with {_sort(other)}")
        if _sort(one) == "a date" and _has_clock(one) != _has_clock(other):
            one, other = (side.date() if _has_clock(side) else side for side in (one, other))
        return one, other

    def _dated(self, column: Any, node: ast.Constant) -> tuple[Any, Any]:
        text = str(node.value)
        try:
            if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
                day = ibis.literal(date.fromisoformat(text))
                return (column.date() if _has_clock(column) else column), day
            moment = datetime.fromisoformat(text)
        except ValueError as error:
            raise self._refusal(node, f'"{text}" is no date', 'Write a date as "2025-03-31".') from error
        if moment.tzinfo is not None:
            raise self._refusal(
                node, "times are the shop's own clock, without a zone", 'Write it as "2025-03-31 18:00".'
            )
        return column, ibis.timestamp(moment.isoformat(" "))

    # -- refusals -------------------------------------------------------------------------------------------------------
    def _refusal(self, node: ast.expr, wrong: str, hint: str | None = None, *, allowed: Any = None) -> OptionError:
        place = len(self.text.encode()[: node.col_offset].decode()) + 1
        said = ast.get_source_segment(self.text, node) or ""
        quoted = f' ("{said}")' if said and said not in wrong else ""
        return OptionError(
            f'{_for(self.what)}in "{self.text}", character {place}{quoted}: {wrong}.',
            hint=hint,
            allowed=allowed or None,
        )

    def _unreadable(self, offset: int) -> OptionError:
        place = min(max(offset, 1), len(self.text))
        hint = "Equal is written ==." if re.search(r"(?<![=<>!])=(?!=)", self.text) else EXAMPLE
        return OptionError(f'{_for(self.what)}"{self.text}" cannot be read from character {place} on.', hint=hint)


def _one_line(text: str) -> str:
    return re.sub(r"[\r\n]+", " ", text).strip()


def _for(what: str) -> str:
    return f"{what}: " if what else ""


def _sort(value: Value) -> Sort:
    kind = value.type()
    if kind.is_boolean():
        return "yes or no"
    if kind.is_numeric():
        return "a number"
    if kind.is_string():
        return "text"
    return "a date" if kind.is_date() or kind.is_timestamp() else "something else"


def _has_clock(value: Value) -> bool:
    return bool(value.type().is_timestamp())


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
