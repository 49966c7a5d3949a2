"""Which column is which in a table beside orders: by name, checked against a sample, overridden by the person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from lifeworth.data.beside.flags import is_flag
from lifeworth.data.beside.layout import FLAG, MEASURE, READ_AS, WHOLE, Layout
from lifeworth.data.sources.numbers import weigh
from lifeworth.data.sources.plan import NUMBER
from lifeworth.data.sources.sample import Sample
from lifeworth.data.sources.synonyms import normal, unit_of
from lifeworth.errors import ColumnError, OptionError, near

_FIRST_WORD = {
    "subscriptions": ("subscription", "sub"), "tickets": ("ticket", "case"), "feedback": ("feedback", "survey", "review"),
    "products": ("product", "item"), "customers": ("customer",), "touchpoints": ("event",), "referrals": ("referral",),
    "assignments": ("assignment",), "marketing_spend": ("spend",), "service_costs": ("cost",),
}  # fmt: skip
"""What a header of a table may begin with and mean the same: `subscription_status` is `status`."""


@dataclass(slots=True)
class Understood:
    """The columns of one source, as they were understood."""

    layout: Layout
    fields: dict[str, str] = field(default_factory=dict)
    """The source column of each field."""
    reasons: dict[str, str] = field(default_factory=dict)
    """Why it was taken."""
    notes: list[str] = field(default_factory=list)
    currency: str | None = None
    """The currency that the name of a money column says."""
    unused: tuple[str, ...] = ()

    @property
    def kinds(self) -> dict[str, str]:
        """What is to be decided about the values of each field: "id", "text", "time" or "number"."""
        return {name: READ_AS.get(self.layout.kinds[name], self.layout.kinds[name]) for name in self.fields}


def said_of(table: str, layouts: Sequence[Layout], said: Mapping[str, str]) -> dict[str, str]:
    """What the person mapped of this table, field to source column: `marketing_spend.amount` is its `amount`.

    Raises:
        OptionError: if a field is none of this table's.
    """
    found = {}
    for name, column in said.items():
        owner, dot, ours = name.partition(".")
        if not dot or owner != table:
            continue
        known = list(dict.fromkeys(word for layout in layouts for word in layout.words))
        if ours not in known:
            raise OptionError(
                f'--map {name}="{column}": {table} has no column "{ours}". {near(ours, known)}'.rstrip(), allowed=known
            )
        found[ours] = column
    return found


def recognise(
    layouts: Sequence[Layout], columns: Sequence[str], sample: Sample, said: Mapping[str, str], where: str
) -> Understood:
    """Read the columns of a source by their names.

    Args:
        layouts: The kinds of export this table may come as, the plain one last.
        columns: Headers of the source.
        sample: Values, for judging whether a column holds what its name says.
        said: What the person mapped, field to source column; an empty column leaves the field unread.
        where: How messages name the source.

    Raises:
        ColumnError: if a needed column cannot be told, or a mapped one is not there.
    """
    names = {normal(column) for column in columns}
    found = Understood(next(layout for layout in layouts if layout.recognises(names)))
    layout = found.layout
    for ours, column in said.items():
        if column and ours in layout.kinds:
            _take(found, ours, _mapped(ours, column, columns, layout, where), "you said so")
    for ours, words in layout.words.items():
        if ours not in said:
            _by_name(found, ours, words, columns)
    _leave_text(found, sample, said)
    _look_for_needs(found, columns, where)
    used = set(found.fields.values())
    found.unused = tuple(column for column in columns if column not in used)
    money = (name for name, kind in layout.kinds.items() if kind == NUMBER and name in found.fields)
    found.currency = next((unit for name in money if (unit := unit_of(found.fields[name])[1])), None)
    return found


def _take(found: Understood, ours: str, column: str, reason: str) -> None:
    found.fields[ours], found.reasons[ours] = column, reason


def _mapped(ours: str, column: str, columns: Sequence[str], layout: Layout, where: str) -> str:
    exact = next((c for c in columns if c == column), None) or next(
        (c for c in columns if normal(c) == normal(column)), None
    )
    if exact is None:
        table = layout.contract.name
        raise ColumnError(
            f'{where} has no column "{column}" (--map {table}.{ours}). {near(column, columns)}'.rstrip(),
            allowed=columns,
        )
    return exact


def _by_name(found: Understood, ours: str, words: Sequence[str], columns: Sequence[str]) -> None:
    taken = set(found.fields.values())
    names: dict[str, str] = {}
    free = [column for column in columns if column not in taken]
    for loosely in (False, True):
        for column in free:
            for name in _names(column, found.layout.contract.name, loosely=loosely):
                names.setdefault(name, column)
    word = next((word for word in words if word in names), None)
    if word is not None:
        _take(found, ours, names[word], f"known from {found.layout.name}" if _is_known(found.layout) else "by its name")


def _is_known(layout: Layout) -> bool:
    return layout.name != layout.contract.name


def _names(column: str, table: str, *, loosely: bool) -> list[str]:
    """How a header may be read; loosely, also without the table's own name before it and the zone behind it."""
    name = normal(column)
    if not loosely:
        return [name, normal(unit_of(column)[0])]
    bare = name.removesuffix("utc")
    return [bare, *(bare.removeprefix(word) for word in _FIRST_WORD.get(table, ()) if len(bare) > len(word))]


def _leave_text(found: Understood, sample: Sample, said: Mapping[str, str]) -> None:
    """Columns that could be spared and hold text where numbers, or yes and no, belong are not read."""
    needed = {name for group in found.layout.needs for name in group}
    for ours in [name for name in found.fields if name not in said and name not in needed]:
        kind, column = found.layout.kinds[ours], found.fields[ours]
        values = [(row, text) for row, text in sample.texts(column) if text and text.strip()]
        if kind in {NUMBER, MEASURE, WHOLE}:
            wrong = weigh(values).unreadable
        elif kind == FLAG:
            wrong = [(row, text) for row, text in values if not is_flag(text)]
        else:
            continue
        if len(wrong) > 0.5 * len(values):
            row, text = wrong[0]
            what = "yes or no" if kind == FLAG else "a number"
            del found.fields[ours], found.reasons[ours]
            found.notes.append(
                f'"{column}" is not read as {ours}: it holds text, not {what} (row {row}: "{text[:40]}")'
            )


def _look_for_needs(found: Understood, columns: Sequence[str], where: str) -> None:
    layout, table = found.layout, found.layout.contract.name
    absent = [group for group in layout.needs if not any(name in found.fields for name in group)]
    if not absent:
        return
    free = {normal(column): column for column in columns if column not in found.fields.values()}
    faults, hints = [], []
    for group in absent:
        ours = group[0]
        close = (m for word in layout.words[ours] for m in get_close_matches(word, list(free), n=1, cutoff=0.8))
        guess = next((free[match] for match in close), None)
        meaning = layout.contract.columns[ours][1] if ours in layout.contract.columns else ours
        also = f" (or {', '.join(group[1:])})" if group[1:] else ""
        faults.append(f"no column is {ours}{also}: {meaning}" + (f'; "{guess}" may be it' if guess else ""))
        hints.append(f'--map {table}.{ours}="{guess or "your column"}"')
    shown = ", ".join(f'"{column}"' for column in columns[:40])
    raise ColumnError(
        f"{where}, read as {table}: some columns are missing. Its columns are {shown}.",
        faults=faults,
        hint=f"Say which: {' '.join(hints)}",
    )
