"""What the staged rows look like as a whole: too much that cannot be read, and what a person should know."""

from __future__ import annotations

from collections.abc import Sequence

from lifeworth.data.contracts import STAGED
from lifeworth.data.sources.plan import TIME, Plan
from lifeworth.data.sources.source import Raw
from lifeworth.data.sources.stage import Readings, as_text
from lifeworth.engine.base import Engine
from lifeworth.errors import ColumnError

_ENOUGH = 25


def judge(engine: Engine, raws: Sequence[Raw], plan: Plan) -> None:
    """Refuse a column most of whose values cannot be read; a few bad values are set aside by cleaning.

    Raises:
        ColumnError: naming each such column, with its first bad value.
    """
    rows = engine.table(STAGED.name)
    bad = rows.filter(rows["fault"].notnull())
    counted = bad.group_by(["source_file", "fault_column"]).agg(
        rows=bad.count(), first=bad["source_row"].min(), value=bad["fault_value"].argmin(bad["source_row"])
    )
    faults, hints = [], []
    for found in sorted(engine.arrow(counted).to_pylist(), key=lambda row: (row["source_file"], row["fault_column"])):
        total = raws[found["source_file"]].file.rows
        if found["rows"] <= (0.2 if total >= _ENOUGH else 0.5) * total:
            continue
        names = [name for name, column in plan.fields.items() if column == found["fault_column"]]
        kind = "dates" if plan.kinds[names[0]] == TIME else "numbers"
        faults.append(
            f'{raws[found["source_file"]].where}, column "{found["fault_column"]}": {found["rows"]:,} of {total:,} values '
            f'are no {kind} (first: row {found["first"]:,}, "{found["value"]}")'
        )
        hints.append(f'--map {names[0].removeprefix("mapped_")}="another column"')
    if faults:
        raise ColumnError(
            "Most of a column cannot be read:" if len(faults) == 1 else "Most of some columns cannot be read:",
            faults=faults,
            hint="Was another column meant? " + "   ".join(dict.fromkeys(hints)),
        )


def nobody_note(engine: Engine, raws: Sequence[Raw], plan: Plan, readings: Sequence[Readings]) -> list[str]:
    """How many rows name a placeholder instead of a customer."""
    notes = []
    for raw, forms in zip(raws, readings, strict=True):
        for name, form in forms.ids.items():
            if not form.nobody:
                continue
            text = as_text(raw.rows[plan.fields[name]]).strip()
            hits = raw.rows.filter(text.isin(form.nobody))
            found = engine.arrow(hits.group_by(word=text.name("word")).agg(rows=hits.count())).to_pylist()
            words = ", ".join(
                f'"{row["word"]}" ({_rows(row["rows"])})' for row in sorted(found, key=lambda r: -r["rows"])
            )
            if words:
                notes.append(f'{raw.where}, "{plan.fields[name]}": {words} read as no customer')
    return notes


def status_note(engine: Engine, raws: Sequence[Raw], plan: Plan) -> list[str]:
    """Which words of the source make a row something else than a sale."""
    field = next((name for name in ("status", "financial", "state", "mapped_status") if name in plan.fields), None)
    if field is None:
        return []
    words: dict[str, int] = {}
    for raw in raws:
        text = as_text(raw.rows[plan.fields[field]])
        found = raw.rows.group_by(word=text.name("word")).agg(rows=raw.rows.count())
        for row in engine.arrow(found.order_by("word").limit(200)).to_pylist():
            if row["word"]:
                words[row["word"]] = words.get(row["word"], 0) + row["rows"]
    if not words or len(words) > 40:
        return []
    shown = ", ".join(
        f"{word} ({count:,})" for word, count in sorted(words.items(), key=lambda item: (-item[1], item[0]))
    )
    note = f'"{plan.fields[field]}" holds: {shown}'
    if plan.layout == "shopify_orders" and "pending" in {word.lower() for word in words}:
        note += "; pending orders count as sales, as in Shopify's own reports"
    return [note]


def mixed_case(engine: Engine, readings: Sequence[Readings]) -> list[str]:
    """Ids that differ only in case stay apart; the first pair is named. Ids without letters are not looked at."""
    if not any(form.letters for forms in readings for name, form in forms.ids.items() if _is_person(name)):
        return []
    rows = engine.table(STAGED.name)
    known = rows.filter(rows["customer_id"].notnull())
    alike = known.group_by(small=known["customer_id"].lower()).agg(
        low=known["customer_id"].min(), high=known["customer_id"].max()
    )
    pairs = alike.filter(alike["low"] != alike["high"])
    found = engine.arrow(pairs.order_by("small").limit(1)).to_pylist()
    if not found:
        return []
    count = engine.row(pairs.agg(pairs=pairs.count()))["pairs"]
    more = f" and {count - 1:,} more pairs" if count > 1 else ""
    return [f'Customer ids that differ only in case are kept apart: "{found[0]["low"]}" and "{found[0]["high"]}"{more}']


def _is_person(name: str) -> bool:
    return name in {"customer_id", "account", "customer", "mapped_customer_id", "phone"}


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"
