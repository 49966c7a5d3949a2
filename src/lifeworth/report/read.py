"""From JSON back to specs: the inverse of `spec.plain`.

A date comes back as a date and a sum of money as a decimal where the kind of its column or axis says so; as text it would
be drawn and sorted as text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from lifeworth.report import spec
from lifeworth.report.spec import Value


def spec_of(said: Mapping[str, Any]) -> Any:
    """The spec that `spec.plain` made these values of.

    Raises:
        ValueError: if the values are of no spec, or of one that another version wrote.
    """
    try:
        return _READERS[said["type"]](said)
    except (KeyError, TypeError) as error:
        raise ValueError(f"no spec of this version: {error}") from error


def _value(value: Any, kind: str) -> Value:
    if not isinstance(value, str) or kind == "text":
        return value  # type: ignore[no-any-return]
    if kind == "date":
        try:
            return datetime.fromisoformat(value) if len(value) > 10 else date.fromisoformat(value)
        except ValueError:
            return value
    try:
        return Decimal(value)
    except InvalidOperation:
        return value


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _plain(kind: Callable[..., Any], said: Mapping[str, Any], **read: Any) -> Any:
    """A dataclass from its fields, those in `read` replaced; lists become tuples."""
    fields = {name: tuple(value) if isinstance(value, list) else value for name, value in said.items()}
    fields.pop("type")
    return kind(**(fields | read))


def _stat(said: Mapping[str, Any]) -> spec.Stat:
    ready: spec.Stat = _plain(spec.Stat, said, value=_value(said["value"], said["kind"]), as_of=_day(said["as_of"]))
    return ready


def _columns(items: Sequence[Mapping[str, Any]]) -> tuple[spec.Column, ...]:
    return tuple(_plain(spec.Column, one) for one in items)


def _rows(rows: Sequence[Sequence[Any]], columns: Sequence[spec.Column]) -> tuple[tuple[Value, ...], ...]:
    kinds = [column.kind for column in columns]
    return tuple(tuple(_value(value, kind) for value, kind in zip(row, kinds, strict=True)) for row in rows)


def _table(said: Mapping[str, Any]) -> spec.Table:
    columns = _columns(said["columns"])
    ready: spec.Table = _plain(spec.Table, said, columns=columns, rows=_rows(said["rows"], columns))
    return ready


def _chart(said: Mapping[str, Any]) -> spec.Chart:
    x, y = _plain(spec.Axis, said["x"]), _plain(spec.Axis, said["y"])
    series = tuple(_plain(spec.Series, one, x=tuple(_value(at, x.kind) for at in one["x"])) for one in said["series"])
    ready: spec.Chart = _plain(spec.Chart, said, x=x, y=y, series=series, mark=_value(said["mark"], x.kind))
    return ready


def _heatmap(said: Mapping[str, Any]) -> spec.Heatmap:
    side = _columns(said["side"])
    ready: spec.Heatmap = _plain(
        spec.Heatmap,
        said,
        values=tuple(tuple(row) for row in said["values"]),
        side=side,
        side_values=_rows(said["side_values"], side),
        marks=frozenset((row, column) for row, column in said["marks"]),
    )
    return ready


def _blocks(said: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(spec_of(block) for block in said["blocks"])


_READERS: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    "stat": _stat,
    "stats": lambda said: _plain(spec.Stats, said, items=tuple(_stat(one) for one in said["items"])),
    "column": lambda said: _plain(spec.Column, said),
    "table": _table,
    "chart": _chart,
    "heatmap": _heatmap,
    "node": lambda said: _plain(spec.Node, said, value=_value(said["value"], said["kind"])),
    "link": lambda said: _plain(spec.Link, said),
    "network": lambda said: _plain(
        spec.Network,
        said,
        nodes=tuple(spec_of(one) for one in said["nodes"]),
        links=tuple(spec_of(one) for one in said["links"]),
    ),
    "text": lambda said: _plain(spec.Text, said),
    "group": lambda said: spec.Group(_blocks(said)),
    "page": lambda said: _plain(spec.Page, said, blocks=_blocks(said), as_of=_day(said["as_of"])),
    "document": lambda said: _plain(
        spec.Document, said, pages=tuple(spec_of(one) for one in said["pages"]), as_of=_day(said["as_of"])
    ),
}
