"""Lens 2 as a page."""

from __future__ import annotations

from datetime import date

from lifeworth.audit.decompose import factors
from lifeworth.audit.money import Money
from lifeworth.audit.spans import Span
from lifeworth.audit.two_periods import FIFTHS, NOT, WHO, TwoPeriods
from lifeworth.audit.words import LENSES, NOTE
from lifeworth.report.format import text
from lifeworth.report.spec import Block, Column, Heatmap, Page, Stat, Stats, Table, Text, Value

PLACES = {1: "best fifth", 2: "second", 3: "third", 4: "fourth", 5: "least fifth", NOT: "did not buy"}


def page(found: TwoPeriods, earlier: Span, later: Span, money: Money, *, as_of: date, currency: str) -> Page:
    """What changed between two periods: by factor, by who came and went, and where customers moved."""
    blocks: list[Block] = [
        _who(found, as_of),
        _bridge(found, money),
        _company(found, money, currency),
        _groups(found, money),
        _flows(found, money),
        Text(f"The first period is {earlier}, the second {later}."),
        Text(NOTE),
    ]
    answer = lead(found, money, currency)
    return Page("audit-2", LENSES[2][0], tuple(blocks), lead=f"{LENSES[2][1]} {answer}", currency=currency, as_of=as_of)


def lead(found: TwoPeriods, money: Money, currency: str) -> str:
    """The answer in a sentence or two."""
    before, after = found.before["profit"], found.after["profit"]
    change = after - before
    customers, lost = found.before["customers"], found.groups["lost"]["customers"]
    if not customers:
        return "Nobody bought in the first period: there is nothing to compare with."
    went = f"{text(lost / customers, 'percent')} of the customers of the first period did not buy in the second"
    share = f" ({text(change / before, 'percent')})" if before > 0 else ""
    word = "rose" if change >= 0 else "fell"
    steps = max(found.bridge[1:-1], key=lambda one: abs(one[1]), default=("", 0.0))
    largest = (
        f" The largest step: {steps[0][0].lower()}{steps[0][1:]}, {text(steps[1], 'money', currency, compact=True)}."
        if steps[0]
        else ""
    )
    return f"{money.word.capitalize()} {word} by {text(abs(change), 'money', currency, compact=True)}{share}; {went}.{largest}"


def _who(found: TwoPeriods, as_of: date) -> Stats:
    customers = found.before["customers"]
    both = found.groups["both"]["customers"]
    kept = both / customers if customers else None
    rate = Stat("Kept", kept, "percent", "Customers of the first period who bought in the second ÷ customers of the first.", as_of=as_of,
                note="" if customers else "not defined: nobody bought in the first period")  # fmt: skip
    names = {"both": "Bought in both", "lost": "Lost", "new": "New", "returned": "Came back"}
    rest = tuple(
        Stat(names[who], found.groups[who]["customers"], "count", f"Customers who {words}.", as_of=as_of)
        for who, words in WHO.items()
    )
    return Stats((rate, *rest))


def _bridge(found: TwoPeriods, money: Money) -> Table:
    whole = found.before["profit"]
    rows = tuple((name, amount, amount / whole if whole > 0 else None) for name, amount in found.bridge)
    columns = (
        Column("step", "Step"),
        Column("amount", money.word.capitalize(), "money", bar=True),
        Column("share", "Of the first period", "percent"),
    )
    return Table(
        f"From one {money.word} to the other",
        columns,
        rows,
        caption="The steps add up to the difference, to the last cent. What factors did together is shared between them evenly.",
        emphasis=(0, len(rows) - 1),
    )


def _company(found: TwoPeriods, money: Money, currency: str) -> Table:
    names = ("Customers who bought", "Transactions each", "Value of one", "Margin")
    kinds = ("count", "ratio", "money", "percent")
    sides = [factors(**side) for side in (found.before, found.after)]
    rows: list[tuple[object, ...]] = []
    if found.company is not None and sides[0] and sides[1]:
        for place, name in enumerate(names if money.known else names[:3]):
            one, other = sides[0][place], sides[1][place]
            shown = (text(one, kinds[place], currency), text(other, kinds[place], currency))  # type: ignore[arg-type]
            rows.append((name, *shown, other / one - 1 if one else None, found.company[place]))
    rows.append((money.word.capitalize(), text(found.before["profit"], "money", currency), text(found.after["profit"], "money", currency),
                 found.after["profit"] / found.before["profit"] - 1 if found.before["profit"] > 0 else None,
                 found.after["profit"] - found.before["profit"]))  # fmt: skip
    columns = (
        Column("factor", "Factor"),
        Column("before", "First period"),
        Column("after", "Second period"),
        Column("change", "Change", "percent"),
        Column("brought", "It brought", "money"),
    )
    return Table(
        "The same change by factor",
        columns,
        tuple(rows),  # type: ignore[arg-type]
        caption=f"{money.word.capitalize()} is the product of the factors; what each brought adds up to the change.",
        emphasis=(len(rows) - 1,),
    )


def _groups(found: TwoPeriods, money: Money) -> Table:
    fields = ["customers", *(f"{figure}_{turn}" for figure in ("transactions", "value", "profit") for turn in (1, 2))]
    rows: list[tuple[Value, ...]] = [
        (WHO[who].capitalize(), *(one[field] for field in fields)) for who, one in found.groups.items()
    ]
    rows.append(("All", *(sum(one[field] for one in found.groups.values()) for field in fields)))
    columns = [
        Column("who", "Customers who …"),
        Column("customers", "Customers", "count"),
        Column("transactions_1", "Transactions, first", "count"),
        Column("transactions_2", "second", "count"),
        Column("value_1", "Net revenue, first", "money"),
        Column("value_2", "second", "money"),
        Column("profit_1", "Profit, first", "money"),
        Column("profit_2", "second", "money"),
    ]
    count = 8 if money.known else 6
    return Table(
        "Who they were",
        tuple(columns[:count]),
        tuple(row[:count] for row in rows),
        caption=f"Of those who bought in both, {found.rose:,} brought more and {found.fell:,} less.",
        emphasis=(len(rows) - 1,),
    )


def _flows(found: TwoPeriods, money: Money) -> Heatmap:
    order = (*range(1, FIFTHS + 1), NOT)
    rows = [place for place in order if any(found.flows.get((place, to)) for to in order)]
    columns = [place for place in order if any(found.flows.get((of, place)) for of in order)]
    sizes = {place: sum(found.flows.get((place, to), 0) for to in order) for place in rows}
    return Heatmap(
        f"Fifths of the customers by {money.word}, first and second period",
        "First period",
        "Second period",
        tuple(PLACES[place] for place in rows),
        tuple(PLACES[place] for place in columns),
        tuple(tuple(_share(found.flows.get((one, other), 0), sizes[one]) for other in columns) for one in rows),
        "percent",
        caption="Of the customers of each row, where they stood in the second period. Being among the best lasts less than one thinks.",
        side=(Column("customers", "Customers", "count"),),
        side_values=tuple((sizes[place],) for place in rows),
    )


def _share(count: int, whole: int) -> float | None:
    return count / whole if count and whole else None
