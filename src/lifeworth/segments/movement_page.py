"""Movement between two days as a page: the matrix, the flow, the account of every group, the money."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from lifeworth.report.format import text
from lifeworth.report.spec import Axis, Block, Chart, Column, Heatmap, Page, Series, Stat, Stats, Table, Text
from lifeworth.segments.movement import NEW, Balance, Move, balances, matrix
from lifeworth.segments.schemes import Scheme

LARGEST = 12
"""Moves told one by one; the matrix has them all."""


def movement(
    found: Sequence[Move],
    scheme: Scheme,
    names: Sequence[str],
    *,
    earlier: date,
    as_of: date,
    currency: str,
    value: str,
) -> Page:
    """Where the customers of an earlier day are now.

    Args:
        found: Every pair of groups that occurs.
        scheme: How customers were cut.
        names: Its groups, best first.
        earlier: The earlier day.
        as_of: The later day.
        currency: Of the money.
        value: What value is here: "predicted CLV", "net revenue so far".
    """
    names = [name for name in names if any(name in {one.source, one.target} for one in found)]
    then, now = text(earlier, "date"), text(as_of, "date")
    accounts = balances(found, names)
    blocks: list[Block] = [
        _stats(found, names, as_of),
        _flow(found, names, scheme, then, now),
        _matrix(found, names, scheme, then, now),
        _accounts(accounts, scheme, then, now),
        _largest(found, scheme, value),
        *(Text(note) for note in scheme.notes),
        *(() if scheme.verdict is None else (scheme.verdict,)),
    ]
    lead = (
        f"{scheme.title} on {then} and on {now}. The earlier groups are those of that day: made from the orders known then, and "
        "from nothing later."
    )
    return Page("movement", "Who moved where", tuple(blocks), lead=lead, currency=currency, as_of=as_of)


def _stats(found: Sequence[Move], names: Sequence[str], as_of: date) -> Stats:
    place = {name: turn for turn, name in enumerate(names)}
    both = [one for one in found if one.source in place and one.target in place]
    base = sum(one.customers for one in found if one.source != NEW)

    def stat(name: str, chosen: list[Move], definition: str, *, share: bool = True) -> Stat:
        count = sum(one.customers for one in chosen)
        note = f"{text(count / base, 'percent')} of those before" if share and base else ""
        return Stat(name, count, "count", definition, as_of=as_of, source="orders", note=note)

    rose = [one for one in both if place[one.target] < place[one.source]]
    fell = [one for one in both if place[one.target] > place[one.source]]
    return Stats(
        (
            stat(
                "Stayed", [one for one in both if one.source == one.target], "Customers in the same group on both days."
            ),
            stat(
                "Moved up", rose, "Customers now in a group that stands higher in the list than the one they were in."
            ),
            stat(
                "Moved down", fell, "Customers now in a group that stands lower in the list than the one they were in."
            ),
            stat(
                "New",
                [one for one in found if one.source == NEW],
                "Customers who came between the two days.",
                share=False,
            ),
        )
    )


def _flow(found: Sequence[Move], names: Sequence[str], scheme: Scheme, then: str, now: str) -> Chart:
    sources, targets, counts = matrix(found, names)
    series = tuple(
        Series(source, tuple(targets), tuple(float(count) if count else None for count in row))
        for source, row in zip(sources, counts, strict=True)
    )
    return Chart(
        "flow",
        f"From {then} to {now}",
        Axis(f"{scheme.one} on {now}", "text"),
        Axis(f"Customers by {scheme.one.lower()} on {then}", "count"),
        series,
        caption="Each band is as thick as the number of customers who went that way; its colour says whether they rose, stayed or fell in the order of the list.",
    )


def _matrix(found: Sequence[Move], names: Sequence[str], scheme: Scheme, then: str, now: str) -> Heatmap:
    sources, targets, counts = matrix(found, names)
    return Heatmap(
        "How many went where",
        f"{scheme.one} on {then}",
        f"on {now}",
        tuple(sources),
        tuple(targets),
        tuple(tuple(float(count) if count else None for count in row) for row in counts),
        "count",
        caption=f"A row adds up to the size of the group on {then}, a column to its size on {now}. The diagonal stayed.",
        side=(Column("size", f"Size {then}", "count"),),
        side_values=tuple((sum(row),) for row in counts),
    )


def _accounts(accounts: Sequence[Balance], scheme: Scheme, then: str, now: str) -> Table:
    fields = ("before", "came", "new", "went", "gone", "after", "stayed")
    rows = [(one.name, *(getattr(one, field) for field in fields)) for one in accounts]
    totals = ("All customers", *(sum(getattr(one, field) for one in accounts) for field in fields))
    columns = (
        Column("name", scheme.one),
        Column("before", f"On {then}", "count"),
        Column("came", "+ from other groups", "count"),
        Column("new", "+ new", "count", "customers who came between the two days"),
        Column("went", "− to other groups", "count"),
        Column("gone", "− gone", "count", "customers whose every order was taken back since"),
        Column("after", f"= on {now}", "count"),
        Column("stayed", "of them stayed", "count"),
    )
    return Table("The account of every group", columns, (*rows, totals), emphasis=(len(rows),))


def _largest(found: Sequence[Move], scheme: Scheme, value: str) -> Table:
    moved = sorted(
        (one for one in found if one.source != one.target), key=lambda one: (-abs(one.value), one.source, one.target)
    )
    stayed = [one for one in found if one.source == one.target]
    rest = moved[LARGEST:]

    def line(name: str, target: str, chosen: Sequence[Move]) -> tuple[object, ...]:
        heads = sum(one.customers for one in chosen)
        return (name, target, heads, sum(one.since for one in chosen), sum(one.value for one in chosen))

    rows = [line(one.source, one.target, [one]) for one in moved[:LARGEST]]
    if rest:
        rows.append(line(f"{len(rest)} further moves", "", rest))
    rows.append(line("Stayed where they were", "", stayed))
    rows.append(line("All customers", "", found))
    columns = (
        Column("source", f"{scheme.one} before"),
        Column("target", f"{scheme.one} now"),
        Column("customers", "Customers", "count"),
        Column(
            "since",
            "Net revenue in between",
            "money",
            "net revenue of these customers after the earlier day, refunds taken off",
        ),
        Column("value", value.capitalize().replace("clv", "CLV"), "money", f"{value} of these customers today"),
    )
    return Table(
        "The money that moved",
        columns,
        tuple(rows),  # type: ignore[arg-type]
        caption=f"The moves with the most {value} first.",
        emphasis=(len(rows) - 1,),
    )
