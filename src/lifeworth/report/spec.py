"""What a page shows, as plain data: numbers first, pictures second. Nothing here draws.

The report, the command line, the API and the dashboard render the same specs, each in its own way. Every figure carries
its unit, its definition and, where it is a forecast, its interval; every chart carries its numbers.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, TypeAlias

Value: TypeAlias = str | int | float | Decimal | date | datetime | bool | None
Kind: TypeAlias = Literal["text", "count", "number", "money", "percent", "ratio", "date", "days", "years"]
"""How a value reads: money in the page's currency, percent from a fraction, days and years as spans of time."""

Tone: TypeAlias = Literal["plain", "good", "warning", "bad"]


@dataclass(frozen=True, slots=True)
class Stat:
    """One figure: what it is called, its value, how it reads, what it means, and how sure it is."""

    name: str
    value: Value
    kind: Kind
    definition: str
    low: float | None = None
    high: float | None = None
    interval: str = "90 % interval"
    as_of: date | None = None
    source: str = ""
    note: str = ""
    """Why there is no value, or what limits it."""


@dataclass(frozen=True, slots=True)
class Stats:
    """A strip of figures that are read together."""

    items: tuple[Stat, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; `bar` draws the value as a bar behind the number, from zero to the column's largest."""

    key: str
    title: str
    kind: Kind = "text"
    definition: str = ""
    bar: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of values under typed columns; `emphasis` names rows (by index) that are totals."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    caption: str = ""
    emphasis: tuple[int, ...] = ()
    empty: str = "Nothing to show."

    def records(self) -> list[dict[str, Value]]:
        """The rows as mappings from column key to value."""
        keys = [column.key for column in self.columns]
        return [dict(zip(keys, row, strict=True)) for row in self.rows]


@dataclass(frozen=True, slots=True)
class Axis:
    """What runs along an axis, and how its values read."""

    title: str
    kind: Kind = "number"


@dataclass(frozen=True, slots=True)
class Series:
    """Points of one thing. `dashed` is for what was predicted, `solid` for what was observed; `low`/`high` make a band.

    A dashed series "web, predicted" goes on where the solid one "web" ends, in its colour.
    """

    name: str
    x: tuple[Value, ...]
    y: tuple[float | None, ...]
    style: Literal["solid", "dashed"] = "solid"
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture with a point to make: `caption` says in a sentence what the reader should see in it.

    `line` and `scatter` take their x from each series; `bar` has categories as x, side by side per series;
    `histogram` has the left bin edges as x and one right edge more (len(x) = len(y) + 1); `stack` puts the series of a
    category on top of each other, the first at the foot; `flow` has a series for each group on the left, with the groups
    on the right as x and what goes there as y, all groups in one order, best first.
    """

    kind: Literal["line", "bar", "histogram", "scatter", "stack", "flow"]
    title: str
    x: Axis
    y: Axis
    series: tuple[Series, ...]
    caption: str = ""
    mark: Value = None
    """A place on the x axis that deserves a line, for example the day where the forecast begins."""
    mark_label: str = ""
    diagonal: bool = False
    """Draw y = x, for calibration plots."""

    def table(self) -> Table:
        """The numbers of the picture, one row per point."""
        columns = (
            Column("series", "Series"),
            Column("x", self.x.title, self.x.kind),
            Column("y", self.y.title, self.y.kind),
        )
        rows = tuple((one.name, x, y) for one in self.series for x, y in zip(one.x, one.y, strict=False))
        return Table(self.title, columns, rows)


@dataclass(frozen=True, slots=True)
class Heatmap:
    """A matrix of shaded cells; `None` is an empty cell. `marks` holds (row, column) of cells that are predicted."""

    title: str
    row_title: str
    column_title: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]
    kind: Kind = "percent"
    caption: str = ""
    side: tuple[Column, ...] = ()
    """Extra columns to the left of the shaded cells, for example the size of a cohort."""
    side_values: tuple[tuple[Value, ...], ...] = ()
    marks: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True, slots=True)
class Node:
    """Something of a network: its name, the layer it lies in, and what is known of it."""

    key: str
    name: str
    layer: str
    value: Value = None
    kind: Kind = "number"
    tone: Tone = "plain"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """An arrow from one node to another: `dashed` where it is believed and not shown, `label` in a word or two."""

    source: str
    target: str
    label: str = ""
    tone: Tone = "plain"
    style: Literal["solid", "dashed"] = "solid"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Network:
    """Nodes in layers, the first at the top, and arrows between them; `empty` says why there is none to show."""

    title: str
    layers: tuple[str, ...]
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    caption: str = ""
    empty: str = "Nothing to show."

    def table(self) -> Table:
        """The arrows as rows, with the names of their ends."""
        names = {node.key: node.name for node in self.nodes}
        columns = (Column("from", "From"), Column("to", "To"), Column("what", "What is known"), Column("note", "Note"))
        rows = tuple((names.get(one.source, one.source), names.get(one.target, one.target), one.label, one.note) for one in self.links)  # fmt: skip
        return Table(self.title, columns, rows)


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph. `tone` decides how loudly it speaks."""

    text: str
    tone: Tone = "plain"
    title: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Blocks side by side where there is room."""

    blocks: tuple[Block, ...]


Block: TypeAlias = Stats | Table | Chart | Heatmap | Network | Text | Group


@dataclass(frozen=True, slots=True)
class Page:
    """One subject: a name for the address, a title, one sentence that answers the reader's question, then the blocks."""

    name: str
    title: str
    blocks: tuple[Block, ...]
    lead: str = ""
    currency: str = ""
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """Pages bound together: the report of a run."""

    title: str
    pages: tuple[Page, ...]
    currency: str
    as_of: date
    facts: dict[str, str] = field(default_factory=dict)
    """What the reader needs to find the run again: inputs, version, settings."""


def plain(spec: Any) -> Any:
    """Any spec as JSON-ready values: mappings, lists, numbers, ISO dates; decimals become strings, so no cent is lost.

    A float that is no number has no name in JSON and becomes null.
    """
    if dataclasses.is_dataclass(spec) and not isinstance(spec, type):
        named = {item.name: plain(getattr(spec, item.name)) for item in dataclasses.fields(spec)}
        return {"type": type(spec).__name__.lower(), **named}
    if isinstance(spec, dict):
        return {str(key): plain(value) for key, value in spec.items()}
    if isinstance(spec, Decimal):
        return str(spec)
    if isinstance(spec, float) and not math.isfinite(spec):
        return None
    if isinstance(spec, date):
        return spec.isoformat()
    if isinstance(spec, frozenset):
        return sorted(plain(item) for item in spec)
    if isinstance(spec, Sequence) and not isinstance(spec, str):
        return [plain(item) for item in spec]
    return spec
