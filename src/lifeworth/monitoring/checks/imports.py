"""Whether what was imported has the shape it had before, and stands there once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import sqrt
from typing import Any

import ibis
from ibis.expr.types import Table

from lifeworth.data.reasons import REASONS
from lifeworth.monitoring.checks.arrivals import DATED
from lifeworth.monitoring.finding import Finding, Told, lacking
from lifeworth.monitoring.scene import EARLIER, RECENT, Import, Scene
from lifeworth.report.format import text

FILLED, EMPTY = 0.5, 0.25
"""A column that was filled in this share of rows and now is in less than this share of that has come undone."""
FEWEST = 20
"""Rows from which on a share of them means something."""
ASIDE_MORE, ASIDE_TIMES = 0.02, 3.0
"""Rows set aside: how many points more, and how many times as many, are too many more."""
TWINS = 0.05
"""Share of orders that have a twin, above what is usual, from which on an import was doubled."""
COPIES = frozenset({"duplicate"})


def schema(scene: Scene) -> Told:
    """Whether a column is gone, empty, or of another kind."""
    changes = [*_against_before(scene), *_emptied(scene)]
    looked = "Columns of the files are those of the import before" if len(scene.imports) > 1 else "One import so far"
    said = f"{looked}; no column has come to be empty." if not changes else "; ".join(one.finding for one in changes)
    return Told(said, tuple(changes))


def set_aside(scene: Scene) -> Told:
    """Whether more rows than usual could not be used."""
    if len(scene.imports) < 2 or not scene.imports[-1].rows:
        return lacking("It takes two imports to tell whether more rows than usual were set aside.")
    now, earlier = scene.imports[-1], [one for one in scene.imports[:-1] if one.rows]
    found = []
    for reason, rows in now.aside.items():
        usual = max((_share(one, reason) for one in earlier), default=0.0)
        share = _share(now, reason)
        if reason in COPIES or share - usual < ASIDE_MORE or share < ASIDE_TIMES * usual:
            continue
        words = REASONS[reason].words if reason in REASONS else reason
        found.append(
            Finding(
                f"orders: {reason}",
                "critical" if share > 5 * ASIDE_MORE else "warning",
                now.as_of,
                f"{rows:,} of {now.rows:,} rows ({share:.1%}) were set aside for {words}; before, at most {usual:.1%} were.",
                "A column of the export is written in another way than before.",
                "Look at the rows in quarantine/ of the workspace, and how the column reads: lifeworth check ORDERS",
                scene.monthly_revenue * share or None,
                "revenue of a month in such rows",
            )
        )
    share = sum(now.aside.values()) / now.rows
    return Told(f"{share:.1%} of the rows of the last import were set aside.", tuple(found))


def doubled(scene: Scene) -> Told:
    """Whether orders stand twice: the same customer, moment and amount under another number, or rows alike in every column."""
    found = []
    said = []
    if scene.has_orders:
        row = _twins(scene)
        if row["recent"] >= FEWEST:
            usual = row["twins_then"] / row["earlier"] if row["earlier"] else 0.0
            share = row["twins"] / row["recent"]
            said.append(
                f"{share:.1%} of the {row['recent']:,} orders of the last {RECENT} days have a twin; {usual:.1%} had before."
            )
            chance = 3 * sqrt(max(usual * (1 - usual), 0.002) / row["recent"])
            if share - usual > max(TWINS, chance):
                amount = float(row["twice"] or 0.0)
                found.append(
                    Finding(
                        "orders",
                        "critical",
                        scene.day(row["oldest"]),
                        f"{row['twins']:,} orders since {text(scene.day(row['oldest']), 'date')} are alike in customer, moment and amount to "
                        f"another one ({share:.0%} of the last {RECENT} days, {usual:.1%} before).",
                        "A file was imported twice, or two exports overlap and number orders differently.",
                        "Run again with each file once; if order numbers differ between exports, leave one of the files out.",
                        amount,
                        "revenue counted twice",
                    )
                )
    if len(scene.imports) > 1 and scene.imports[-1].rows:
        now = scene.imports[-1]
        usual = max((_share(one, "duplicate") for one in scene.imports[:-1] if one.rows), default=0.0)
        share = _share(now, "duplicate")
        said.append(
            f"{share:.1%} of the rows of the last import were copies and set aside; before, at most {usual:.1%}."
        )
        if share - usual > TWINS:
            found.append(
                Finding(
                    "rows",
                    "warning",
                    now.as_of,
                    f"{now.aside.get('duplicate', 0):,} of {now.rows:,} rows are alike in every column to another ({share:.0%}; before, at most {usual:.1%}). They were counted once.",
                    "The same file was handed in twice, or two exports overlap.",
                    "Nothing is counted twice. Hand in each file once, so that no copy slips in under another number.",
                    scene.monthly_revenue * share or None,
                    "revenue of a month that would have been counted twice",
                )
            )
    return Told(" ".join(said), tuple(found)) if said else lacking("Too few orders in the last four weeks.")


def _twins(scene: Scene) -> dict[str, Any]:
    rows = scene.orders.filter(ibis._.ago < EARLIER)
    same = ["customer_id", "ordered_at", "amount", "channel", "country"]
    there = [name for name in same if name in rows.columns]
    cells = rows.filter(rows["amount"] != 0).group_by(there).agg(times=ibis._.count(), ago=ibis._.ago.max())
    recent, more = cells["ago"] < RECENT, cells["times"] - 1
    found = scene.query(
        cells.agg(
            recent=cells["times"].sum(where=recent).fill_null(0),
            earlier=cells["times"].sum(where=~recent).fill_null(0),
            twins=more.sum(where=recent).fill_null(0),
            twins_then=more.sum(where=~recent).fill_null(0),
            twice=(more * cells["amount"]).sum(where=recent),
            oldest=cells["ago"].max(where=recent & (more > 0)),
        )
    )
    return found[0]


def _against_before(scene: Scene) -> Iterator[Finding]:
    """What the last import lacks that most imports before it had; what has been gone for longer than that is how it is now."""
    if len(scene.imports) < 2:
        return
    *earlier, now = scene.imports
    columns_before, read_before = _usual([one.columns for one in earlier]), _usual([one.read for one in earlier])
    for table in sorted(columns_before.keys() | read_before.keys()):
        if table not in now.columns and table not in now.read:
            yield _gone(
                scene,
                now,
                table,
                f"The table {table} was imported before and is not there now.",
                "Its file was left out.",
            )
            continue
        meanings = read_before.get(table, frozenset()) - now.read.get(table, frozenset())
        columns = columns_before.get(table, frozenset()) - now.columns.get(table, frozenset())
        fresh = now.columns.get(table, frozenset()) - columns_before.get(table, frozenset())
        if meanings or columns:
            what = ", ".join(sorted(columns) or sorted(meanings))
            lost = f" Nothing was read for {', '.join(sorted(meanings))}." if meanings else ""
            renamed = f" New in the file: {', '.join(sorted(fresh))}." if fresh else ""
            yield _gone(
                scene,
                now,
                table,
                f"The files of {table} no longer have: {what}.{lost}{renamed}",
                "The export has been changed or a column was renamed.",
                bad=bool(meanings),
            )


def _usual(each: Sequence[Mapping[str, frozenset[str]]]) -> dict[str, frozenset[str]]:
    """By table, what more than half of some imports had."""
    counts = Counter((table, name) for one in each for table, names in one.items() for name in names)
    found: dict[str, set[str]] = {}
    for (table, name), times in counts.items():
        if 2 * times > len(each):
            found.setdefault(table, set()).add(name)
    return {table: frozenset(names) for table, names in found.items()}


def _gone(scene: Scene, now: Import, table: str, finding: str, cause: str, *, bad: bool = True) -> Finding:
    return Finding(
        f"{table}: columns",
        "critical" if bad and table == "orders" else "warning" if bad else "notice",
        now.as_of,
        finding,
        cause,
        "If a column has a new name, say which: --map OURS=YOURS; else have the export put right and run again.",
        (scene.monthly_revenue or None) if bad and table == "orders" else None,
        "revenue of a month that is read from these files",
    )


def _emptied(scene: Scene) -> Iterator[Finding]:
    """Columns that were filled before and are hardly in the rows of late."""
    tables = {"orders": "ordered_at", **DATED, "order_lines": "ordered_at"}
    for name, column in tables.items():
        if not scene.ws.has(name):
            continue
        rows = _lines(scene) if name == "order_lines" else scene.dated(name, column)
        if name == "subscriptions":
            continue  # an end or a reason is not there yet in rows of late; that is how they are
        rows = rows.filter(rows["ago"] < EARLIER)
        recent = rows["ago"] < RECENT
        columns = [one for one in rows.columns if one not in {"ago", column, "amount"}]
        asked = {f"now_{k}": rows[one].count(where=recent) for k, one in enumerate(columns)}
        asked |= {f"then_{k}": rows[one].count(where=~recent) for k, one in enumerate(columns)}
        row = scene.query(rows.agg(_now=recent.sum(), _then=(~recent).sum(), **asked))[0]
        if (row["_now"] or 0) < FEWEST or (row["_then"] or 0) < FEWEST:
            continue
        for k, one in enumerate(columns):
            now, then = row[f"now_{k}"] / row["_now"], row[f"then_{k}"] / row["_then"]
            if then >= FILLED and now < EMPTY * then and one not in LATER:
                yield Finding(
                    f"{name}: {one}",
                    "critical" if one == "customer_id" else "warning",
                    scene.day(RECENT - 1),
                    f"{one} of {name} is filled in {now:.0%} of the rows of the last {RECENT} days; before in {then:.0%}.",
                    "The export leaves the column empty, or writes it in a way that cannot be read.",
                    f"Look at the column in the newest file of {name}, have the export put right, and run again.",
                    scene.monthly_revenue * (1 - now) if name in {"orders", "order_lines"} else None,
                    "revenue of a month in rows without it",
                )


LATER = frozenset({"resolved_at", "csat", "customer_id_later", "visitor_id", "discount", "refunded"})
"""Columns that are filled some time after the row came, or only at times."""


def _lines(scene: Scene) -> Table:
    heads = scene.orders.select(_order="order_id", ago="ago")
    lines = scene.ws.table("order_lines")
    return lines.join(heads, lines["order_id"] == heads["_order"]).drop("_order")


def _share(one: Import, reason: str) -> float:
    return one.aside.get(reason, 0) / one.rows if one.rows else 0.0
