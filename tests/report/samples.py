"""A document that has every kind of block, with names a stranger might have typed into a form."""

from __future__ import annotations

import math
from datetime import date, timedelta
from decimal import Decimal

from lifeworth.report.spec import (
    Axis,
    Chart,
    Column,
    Document,
    Group,
    Heatmap,
    Page,
    Series,
    Stat,
    Stats,
    Table,
    Text,
)

AS_OF = date(1997, 9, 30)
EVIL = '<script>alert("x")</script><img src=https://evil.example/x onerror=alert(1)>\'"&'


def stats() -> Stats:
    return Stats(
        (
            Stat("Customer equity", 1243187.42, "money", "Predicted CLV of all customers.", 1.18e6, 1.312e6),
            Stat("Customers", 2357, "count", "Customers with an order.", as_of=AS_OF, source="orders"),
            Stat("LTV : CAC", None, "ratio", "Predicted CLV ÷ CAC.", note="Needs marketing spend."),
            Stat("Best customer", EVIL, "text", EVIL),
        ),
        "At a glance",
    )


def customers(rows: int = 40) -> Table:
    columns = (
        Column("id", "Customer"),
        Column("last", "Last order", "date"),
        Column("alive", "Probability alive", "percent", "Chance that the customer still buys."),
        Column("clv", "Predicted CLV", "money", bar=True),
        Column("ready", "Ready"),
    )
    cells = (
        (EVIL if at == 3 else f"C-{at:05d}", AS_OF - timedelta(at), 1 / (1 + at / 9), 2200 * math.exp(-at / 8), at % 2 == 0)
        for at in range(rows)
    )  # fmt: skip
    return Table("Most valuable customers", columns, tuple(cells), caption="Ranked by predicted CLV.")


def waterfall() -> Table:
    columns = (Column("what", "Step"), Column("money", "Money", "money", bar=True))
    rows = (
        ("In the file", Decimal("9747747.9340")),
        ("Returned", Decimal("-896812.49")),
        ("Used", Decimal("8850935.4440")),
    )
    return Table("Where the money went", columns, rows, emphasis=(0, 2))


def tracking() -> Chart:
    weeks = tuple(date(1997, 1, 7) + timedelta(7 * at) for at in range(77))
    model = tuple(95 * (1 - math.exp(-at / 9)) * math.exp(-at / 70) + 6 for at in range(77))
    seen = tuple(value + 9 * math.sin(at) if at != 20 else None for at, value in enumerate(model))
    return Chart(
        "line",
        "Repeat orders a week",
        Axis("Week", "date"),
        Axis("Repeat orders", "count"),
        (
            Series("Observed", weeks, seen),
            Series("BG/NBD", weeks, model, "dashed", tuple(m * 0.8 for m in model), tuple(m * 1.2 for m in model)),
        ),
        caption="The model follows the decline.",
        mark=AS_OF,
        mark_label="calibration ends",
    )


def deciles(kind: str = "bar") -> Chart:
    ranks = tuple(str(at) for at in range(1, 11))
    expected = tuple(0.05 + 0.02 * at**1.9 for at in range(1, 11))
    seen = tuple(value * 1.1 for value in expected)
    if kind == "scatter":
        one = Series("Deciles", expected, seen, "solid", expected, tuple(1.3 * value for value in expected))
        return Chart("scatter", "Calibration", Axis("Expected"), Axis("Observed"), (one,), diagonal=True)
    pair = (Series("Observed", ranks, seen), Series("Expected", ranks, expected, "dashed"))
    return Chart("bar", "Orders by decile", Axis("Decile"), Axis("Orders per customer"), pair)


def distribution() -> Chart:
    edges = tuple(range(0, 210, 10))
    counts = tuple(float(round(900 * math.exp(-edge / 32))) for edge in edges[:-1])
    series = (Series("Customers", edges, counts),)
    axes = (Axis("Predicted CLV", "money"), Axis("Customers", "count"))
    return Chart("histogram", "Predicted CLV", *axes, series, mark=28.4, mark_label="mean £28.40")


def tiers() -> Chart:
    names = ("Platinum (top 5 %)", "Gold (next 15 %)", "Silver (next 30 %)", EVIL)
    series = (Series("Predicted CLV", names, (48210.5, 31890.2, 11200.9, -2210.4)),)
    return Chart("bar", "Value by tier", Axis("Tier"), Axis("Predicted CLV", "money"), series)


def layers() -> Chart:
    quarters = tuple(f"20{year}-Q{quarter}" for year in range(21, 25) for quarter in range(1, 5))
    series = tuple(
        Series(
            f"came in 20{year}",
            quarters,
            tuple(None if at < 4 * turn else 4e4 * 0.93 ** (at - 4 * turn) for at in range(16)),
        )
        for turn, year in enumerate(range(21, 25))
    )
    back = Series(EVIL, quarters, tuple(-900.0 if at % 5 == 0 else None for at in range(16)))
    return Chart("stack", "Revenue by cohort", Axis("Quarter", "text"), Axis("Net revenue", "money"), (*series, back))


def moves() -> Chart:
    names = ("Champions", "Loyal", EVIL, "Dormant")
    counts = ((50, 31, None, 4), (29, 38, 1, 6), (2, 8, 18, 42), (5, 21, 50, 96), (None, None, 3, None))
    series = tuple(
        Series(name, names, tuple(None if count is None else float(count) for count in row))
        for name, row in zip((*names, "not yet a customer"), counts, strict=True)
    )
    return Chart(
        "flow", "Who moved where", Axis("Group now", "text"), Axis("Customers by group before", "count"), series
    )


def cohorts() -> Heatmap:
    names = tuple(f"{month} 2011" for month in ("Jan", "Feb", "Mar", "Apr", "May", "Jun"))
    values = tuple(
        tuple(
            1.0 if column == 0 else 0.4 * math.exp(-column / 6) + row / 90 if column < 12 - row else None
            for column in range(12)
        )
        for row in range(6)
    )
    return Heatmap(
        "Retention by cohort",
        "First order",
        "Months since",
        names,
        tuple(str(column) for column in range(12)),
        values,
        side=(Column("n", "Customers", "count"), Column("revenue", "First orders", "money")),
        side_values=tuple((100 + at, Decimal("1200.50") * at) for at in range(6)),
        marks=frozenset({(5, 6), (5, 5), (4, 7)}),
    )


def document() -> Document:
    """Every kind of block, full and empty."""
    words = (
        Text("All rows are accounted for.", "good", "Reconciled"),
        Text("Few repeat orders.\n\nRead long horizons with care.", "warning"),
        Text(EVIL, "bad", EVIL),
        Text("Dates were read day first.", title="What was understood"),
    )
    empty = (
        Table("No campaigns", (Column("a", "A"),), (), empty="No campaign has been run yet."),
        Chart("line", "Nothing", Axis("x"), Axis("y"), (Series("a", (), ()),)),
        Heatmap("Nobody", "r", "c", ("a",), ("b",), ((None,),)),
    )
    pages = (
        Page("overview", "Overview", (stats(), Group((distribution(), tiers())), customers()), lead="In one sentence."),
        Page("data", "Data & quality", (*words, waterfall())),
        Page("model", "Model", (tracking(), Group((deciles(), deciles("scatter"))), layers(), moves())),
        Page("cohorts", "Cohorts", (cohorts(),)),
        Page("cohorts", EVIL, empty, lead=EVIL),
    )
    return Document("What your customers are worth", pages, "GBP", AS_OF, {"Input": "orders.csv", "Owner": EVIL})
