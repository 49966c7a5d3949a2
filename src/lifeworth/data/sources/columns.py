"""Which column is which: by name, checked against a few thousand values, overridden by the person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from lifeworth.data.contracts import STAGED
from lifeworth.data.sources.numbers import weigh
from lifeworth.data.sources.sample import Sample
from lifeworth.data.sources.synonyms import ALIASES, GROSS, SYNONYMS, normal, unit_of
from lifeworth.errors import ColumnError, OptionError, near

MAPPABLE = tuple(name for name in SYNONYMS if name in STAGED.columns or name == "unit_cost")
_NUMBERS = {"money", "quantity", "unit_price", "discount", "tax", "shipping", "refunded", "cost", "unit_cost", "margin"}
_SHARES = {"discount", "tax", "margin", "shipping", "cost", "refunded"}


@dataclass(slots=True)
class Chosen:
    """Source columns by ours while they are being recognised, each with its reason."""

    sources: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    barred: set[str] = field(default_factory=set)

    def take(self, ours: str, column: str, reason: str) -> None:
        """Let a source column stand for one of ours."""
        self.sources[ours] = column
        self.reasons[ours] = reason

    def drop(self, ours: str, note: str) -> None:
        """Leave a source column unread after all."""
        del self.sources[ours], self.reasons[ours]
        self.notes.append(note)


def overrides(columns: Sequence[str], said: Mapping[str, str], where: str) -> dict[str, str]:
    """What the person mapped: ours to source column; an empty source means that ours is not to be read.

    Raises:
        OptionError: if a name is not one of ours.
        ColumnError: if the source has no such column.
    """
    found: dict[str, str] = {}
    for name, column in said.items():
        if "." in name:
            continue  # a column of a table beside orders
        ours = ALIASES.get(name, name)
        if ours not in MAPPABLE:
            raise OptionError(
                f'--map {name}="{column}": "{name}" is not one of our columns. {near(name, [*MAPPABLE, *ALIASES])}'.rstrip(),
                allowed=MAPPABLE,
            )
        exact = next((c for c in columns if c == column), None)
        loose = next((c for c in columns if normal(c) == normal(column)), None)
        if column and exact is None and loose is None:
            raise ColumnError(
                f'{where} has no column "{column}" (--map {name}). {near(column, columns)}'.rstrip(), allowed=columns
            )
        found[ours] = exact or loose or ""
    return found


def choose(columns: Sequence[str], sample: Sample, mapped: Mapping[str, str], where: str) -> Chosen:
    """Recognise the columns of an export of no known layout.

    Raises:
        ColumnError: if no date or no customer column can be told.
    """
    chosen = Chosen()
    for ours, column in mapped.items():
        if column:
            chosen.take(ours, column, "you said so")
    for ours, words in SYNONYMS.items():
        if ours not in mapped:
            _by_name(chosen, ours, words, columns)
    _judge_money(chosen, mapped)
    _judge_numbers(chosen, sample, mapped)
    _lone_id(chosen, columns, sample, mapped)
    missing = [ours for ours in ("customer_id", "ordered_at") if ours not in chosen.sources]
    if missing:
        raise _not_found(missing, chosen, columns, sample, where)
    return chosen


def _by_name(chosen: Chosen, ours: str, words: Sequence[str], columns: Sequence[str]) -> None:
    taken = set(chosen.sources.values())
    names: dict[str, str] = {}
    for column in columns:
        if column not in taken:
            names.setdefault(normal(unit_of(column)[0]), column)
            names.setdefault(normal(column), column)
    for word in words:
        if word in names:
            column = names[word]
            others = [names[w] for w in words if w in names and names[w] != column]
            also = f"; before {_quoted(others[:3])}" if others else ""
            chosen.take(ours, column, f"by its name{also}")
            return


def _judge_money(chosen: Chosen, mapped: Mapping[str, str]) -> None:
    """A price beside a quantity is a unit price; alone it is the amount. Tax is taken off gross amounts only."""
    sources = chosen.sources
    if "money" not in sources and "money" not in mapped and "unit_price" in sources and "quantity" not in sources:
        column = sources.pop("unit_price")
        chosen.reasons.pop("unit_price")
        chosen.take("money", column, "the only amount; there is no quantity to multiply it by")
    money = sources.get("money")
    if money is None or "money" in mapped:
        return
    if normal(unit_of(money)[0]) not in GROSS:
        for part in ("tax", "shipping"):
            if part in sources and part not in mapped:
                column = sources[part]
                chosen.drop(
                    part,
                    f'"{column}" is not taken off: "{money}" is read as an amount without {part} '
                    f'(if it contains it: --map {part}="{column}")',
                )


def _judge_numbers(chosen: Chosen, sample: Sample, mapped: Mapping[str, str]) -> None:
    """Number columns whose values are no money are left out: texts, and shares between 0 and 1."""
    for ours in sorted(_NUMBERS & set(chosen.sources)):
        column = chosen.sources[ours]
        if ours in mapped:
            continue
        found = weigh(sample.texts(column))
        if found.seen and len(found.unreadable) > 0.5 * found.seen and ours != "money":
            row, value = found.unreadable[0]
            chosen.drop(ours, f'"{column}" is not read as {ours}: it holds text (row {row}: "{value[:40]}")')
        elif ours in _SHARES and _is_share(sample, column, chosen.sources.get("money")):
            chosen.drop(ours, f'"{column}" is not read as {ours}: it holds shares between 0 and 1, not money')


def _is_share(sample: Sample, column: str, money: str | None) -> bool:
    values = _floats(sample, column)
    if not values or not all(0 <= value <= 1 for value in values) or all(value in {0, 1} for value in values):
        return False
    amounts = _floats(sample, money) if money else []
    return bool(amounts) and sum(map(abs, amounts)) > 5 * len(amounts)


def _floats(sample: Sample, column: str) -> list[float]:
    values = []
    for value in sample.known(column):
        try:
            values.append(float(str(value).strip().rstrip("%").replace(",", ".")))
        except ValueError:
            continue
    return values


def _lone_id(chosen: Chosen, columns: Sequence[str], sample: Sample, mapped: Mapping[str, str]) -> None:
    """A column that is only called "id": of customers if its values repeat, else of orders."""
    free = [c for c in columns if c not in chosen.sources.values()]
    lone = next((c for c in free if normal(c) in {"id", "uid", "uuid", "key", "name"}), None)
    if lone is None or sample is None:
        return
    values = sample.known(lone)
    repeats = len(set(values)) < len(values)
    if "customer_id" not in chosen.sources and "customer_id" not in mapped and repeats:
        chosen.take("customer_id", lone, "its values repeat, and no other column names a customer")
    elif "order_id" not in chosen.sources and "order_id" not in mapped and not repeats and normal(lone) != "name":
        chosen.take("order_id", lone, "every row has its own, and no other column names an order")


def _not_found(
    missing: Sequence[str], chosen: Chosen, columns: Sequence[str], sample: Sample, where: str
) -> ColumnError:
    words = {"customer_id": "the customer", "ordered_at": "the date of the order"}
    faults, hints = [], []
    free = [c for c in columns if c not in chosen.sources.values()]
    for ours in missing:
        known = {normal(c): c for c in free}
        close = [known[m] for w in SYNONYMS[ours] for m in get_close_matches(w, list(known), n=1, cutoff=0.8)]
        close += [c for c in free if ours == "ordered_at" and _looks_like_dates(sample, c)]
        guess = next(iter(dict.fromkeys(close)), None)
        faults.append(f"no column names {words[ours]}" + (f'; "{guess}" may be it' if guess else ""))
        hints.append(f'--map {ours}="{guess or "your column"}"')
    text = f"{where}: " + " and ".join(faults) + f". Its columns are {_quoted(columns)}."
    if not chosen.sources and any(_is_value(column) for column in columns):
        text = f"{where} has no header: its first row is {', '.join(columns[:6])}."
        return ColumnError(text, hint="Add a first line with the names of the columns.")
    return ColumnError(text, hint=f"Say which: lifeworth run {where} {' '.join(hints)}", allowed=None)


def _looks_like_dates(sample: Sample, column: str) -> bool:
    from lifeworth.data.sources.dates import weigh as weigh_dates

    found = weigh_dates(sample.texts(column)[:200])
    return found.seen > 0 and found.iso + len(found.parts) + sum(found.fixed.values()) > 0.8 * found.seen


def _is_value(text: str) -> bool:
    """Whether a header is rather a number or a date, so that the file has none."""
    from lifeworth.data.sources.dates import weigh as weigh_dates

    return not weigh([(1, text)]).unreadable or not weigh_dates([(1, text)]).unreadable


def _quoted(columns: Sequence[str]) -> str:
    shown = ", ".join(f'"{column}"' for column in columns[:40])
    return shown if len(columns) <= 40 else f"{shown} and {len(columns) - 40} more"
