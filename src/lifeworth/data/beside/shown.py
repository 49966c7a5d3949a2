"""The tables beside orders on a page: where they came from, where each row went, and how columns were understood."""

from __future__ import annotations

from lifeworth.data.beside.account import TableAccount
from lifeworth.data.beside.read import Beside
from lifeworth.data.reasons import reason
from lifeworth.data.sources.synonyms import normal
from lifeworth.report.spec import Block, Column, Table, Text, Value

TITLE = "Tables beside orders"


def blocks(beside: Beside) -> tuple[Block, ...]:
    """What a person should see of them; nothing where none came in."""
    said = [Text(note) for note in beside.notes]
    if not beside.accounts:
        return tuple(said)
    found: list[Block] = [_ways(beside), *_aside(beside), _columns(beside), *said]
    found += [Text(note) for account in beside.accounts for note in account.notes]
    return tuple(found)


def _ways(beside: Beside) -> Table:
    columns = (
        Column("table", "Table"),
        Column("files", "From"),
        Column("layout", "Read as"),
        Column("rows_in", "Rows", "count", "Rows of the source: used + set aside."),
        Column("rows_used", "Used", "count"),
        Column("rows_aside", "Set aside", "count"),
        Column(
            "money_in", "Money", "money", "Sum of the amounts of all rows: used + set aside. Of subscriptions, of mrr."
        ),
        Column("money_used", "Money used", "money"),
        Column("customers", "Customers", "count", "Different customers it names."),
        Column("known", "Known", "count", "Of those, the ones known from the orders."),
        Column("first", "First day", "date"),
        Column("last", "Last day", "date"),
    )
    rows = tuple(_way(account) for account in beside.accounts)
    return Table(
        TITLE,
        columns,
        rows,
        caption="Every row of every table is used or set aside under a reason, and so is its money.",
    )


def _way(account: TableAccount) -> tuple[Value, ...]:
    priced, people = bool(account.money_column), account.people
    layout = "the plain table" if account.layout == account.name else account.layout
    return (
        account.name,
        ", ".join(file.name for file in account.files),
        layout,
        account.rows_in,
        account.rows_used,
        account.rows_in - account.rows_used,
        account.money_in if priced else None,
        account.money_used if priced else None,
        None if people is None else people.named,
        None if people is None else people.known,
        account.first_day,
        account.last_day,
    )


def _aside(beside: Beside) -> list[Table]:
    rows = tuple(
        (account.name, reason(code).words, count, account.money_aside.get(code), reason(code).advice)
        for account in beside.accounts
        for code, count in account.rows_aside.items()
    )
    if not rows:
        return []
    columns = (
        Column("table", "Table"),
        Column("why", "Set aside"),
        Column("rows", "Rows", "count"),
        Column("money", "Money", "money"),
        Column("advice", "What to do"),
    )
    caption = "They are kept in the quarantine of the workspace, each with its file, row, column and value."
    return [Table("Rows of tables beside orders set aside", columns, rows, caption=caption)]


def _columns(beside: Beside) -> Table:
    """Columns whose header is not ours already; the others need no words."""
    rows = []
    same = 0
    for account in beside.accounts:
        for ours, yours in account.sources.items():
            if normal(ours) == normal(yours):
                same += 1
            else:
                rows.append((f"{account.name}.{ours}", yours, account.reasons.get(ours, "")))
    unused = [f"{account.name}: {', '.join(account.unused)}" for account in beside.accounts if account.unused]
    caption = f"{same:,} columns carry the names of the house." if same else ""
    if unused:
        caption += f" Not read: {'; '.join(unused)}. Say what one of them is with --map TABLE.COLUMN=YOURS."
    columns = (Column("ours", "Meaning"), Column("yours", "Your column"), Column("why", "Why"))
    empty = "Every column carries the name of the house."
    return Table(
        "How columns of tables beside orders were understood", columns, tuple(rows), caption.strip(), empty=empty
    )
