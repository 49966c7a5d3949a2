"""Predictive intervals as blocks of a page: did they hold, for which customers, and where in the distributions outcomes fell."""

from __future__ import annotations

from lifeworth.evaluation.backtest import Backtest, Trial
from lifeworth.evaluation.calibration import TOLERATED, Coverage
from lifeworth.evaluation.intervals import Intervals, TotalInterval
from lifeworth.report.format import text
from lifeworth.report.spec import Axis, Block, Chart, Column, Group, Kind, Series, Stat, Stats, Table, Value


def held(trial: Trial, test: Backtest) -> list[Block]:
    """What became of the intervals of a model; nothing where they were not tested."""
    found = trial.intervals
    if found is None:
        return []
    blocks: list[Block] = [_summary(trial, found, test)]
    if len(found.by_decile) > 1:
        blocks += [Group(tuple(_coverages(found))), _table(found), Group(tuple(_places(found)))]
    return blocks


def _summary(trial: Trial, found: Intervals, test: Backtest) -> Stats:
    some = found.customers < test.customers
    of = f"of {found.customers:,} customers" + (", evenly spaced by id" if some else "")
    whose = f" of {found.customers:,} customers" if some else ""
    items = [_inside("Inside, orders", found.pit_coverage, of, ("fewer", "more"), found.orders)]
    if found.value_pit_coverage is not None:
        items.append(_inside("Inside, money", found.value_pit_coverage, of, ("less", "more"), found.value))
    items.append(_total(f"All orders{whose}", "number", found.orders_total))
    if found.value_total is not None:
        items.append(_total(f"All money{whose}", "money", found.value_total))
    for what, distance in (("orders", found.distance), ("money", found.value_distance)):
        if distance is not None:
            items.append(
                Stat(
                    f"Distance from evenness, {what}",
                    distance.value,
                    "number",
                    "Largest gap between the predictive distributions and what happened (Kolmogorov–Smirnov of the randomised PIT).",
                    note=distance.reason or f"right distributions stay under {found.distance_by_chance:.3f}",
                )
            )
    return Stats(tuple(items), f"Did the 5–95 % intervals of {trial.words} hold?")


def _inside(name: str, found: Coverage, of: str, words: tuple[str, str], handed_out: Coverage | None) -> Stat:
    note = found.reason or f"90 % promised, {of}; {_share(found.below)} {words[0]}, {_share(found.above)} {words[1]}"
    whole = (
        ""
        if handed_out is None
        else f" Their intervals as handed out, ends included, hold {_share(handed_out.inside)}."
    )
    return Stat(
        name,
        found.inside,
        "percent",
        "Share of customers whose outcome lies between the 5 % and the 95 % point of their own predictive distribution. An "
        f"outcome of some probability, such as no order at all, counts with the part of it in between (randomised PIT).{whole}",
        note=note,
    )


def _total(name: str, kind: Kind, total: TotalInterval) -> Stat:
    note = "inside the interval"
    if not total.held:
        note = f"outside: the interval ends {abs(total.missed_by):.1%} too {'low' if total.missed_by < 0 else 'high'}"
    return Stat(
        name,
        total.actual,
        kind,
        "What came, with the interval foretold.",
        total.low,
        total.high,
        "5–95 % interval",
        note=note,
    )


def _by(found: Intervals) -> str:
    return "predicted value" if found.value_by_decile else "predicted orders"


def _coverages(found: Intervals) -> list[Chart]:
    charts = []
    for what, tenths in (("orders", found.by_decile), ("money", found.value_by_decile)):
        if not tenths:
            continue
        names = tuple(str(number) for number in range(1, len(tenths) + 1))
        broken = [name for name, one in zip(names, tenths, strict=True) if not one.kept]
        said = "All tenths keep to it." if not broken else f"Not kept in {', '.join(broken)}."
        charts.append(
            Chart(
                "bar",
                f"Inside their own interval: {what}",
                Axis(f"Tenth of customers, lowest {_by(found)} first", "text"),
                Axis("Customers inside", "percent"),
                (
                    Series(
                        "promised",
                        names,
                        tuple(one.level for one in tenths),
                        "dashed",
                        low=tuple(one.allowed[0] for one in tenths),
                        high=tuple(one.allowed[1] for one in tenths),
                    ),
                    Series("inside", names, tuple(one.inside for one in tenths)),
                ),
                "A grey bar should end within the thin line beside it: "
                f"{_whole(0.9 - TOLERATED)} to {_whole(0.9 + TOLERATED)} or, in small groups, what chance does. {said}",
            )
        )
    return charts


def _table(found: Intervals) -> Table:
    columns = [
        Column("tenth", f"Tenth by {_by(found)}"),
        Column("customers", "Customers", "count"),
        Column("inside", "Orders: inside", "percent", "Between the 5 % and the 95 % point; 90 % when right."),
        Column("fewer", "fewer", "percent", "Below the 5 % point: too much was promised. 5 % when right."),
        Column("more", "more", "percent", "Above the 95 % point: too little was promised. 5 % when right."),
    ]
    sides: list[tuple[Coverage, ...]] = [(found.pit_coverage, *found.by_decile)]
    if found.value_pit_coverage is not None and found.value_by_decile:
        sides.append((found.value_pit_coverage, *found.value_by_decile))
        columns += [
            Column("money_inside", "Money: inside", "percent", "As for orders."),
            Column("money_less", "less", "percent", "As for orders."),
            Column("money_more", "more", "percent", "As for orders."),
        ]
    rows: list[tuple[Value, ...]] = []
    for at in [*range(1, len(found.by_decile) + 1), 0]:
        name = (
            "all"
            if at == 0
            else f"{at}, lowest"
            if at == 1
            else f"{at}, highest"
            if at == len(found.by_decile)
            else str(at)
        )
        shares = (share for side in sides for share in (side[at].inside, side[at].below, side[at].above))
        rows.append((name, sides[0][at].customers, *shares))
    return Table("Intervals by tenth of the prediction", tuple(columns), tuple(rows), emphasis=(len(rows) - 1,))


def _places(found: Intervals) -> list[Chart]:
    charts = []
    for what, shares in (("orders", found.pit), ("money", found.value_pit)):
        if not shares:
            continue
        edges = tuple(turn / len(shares) for turn in range(len(shares) + 1))
        charts.append(
            Chart(
                "histogram",
                f"Where outcomes fell in their own distributions: {what}",
                Axis("Share of the predictive distribution below the outcome", "percent"),
                Axis("Customers", "percent"),
                (Series("Customers", edges, shares),),
                "Level at 10 % when the distributions are right. High at both ends: intervals too narrow; high in the middle: too "
                "wide; high on the left: too much was promised; on the right: too little.",
            )
        )
    return charts


def _whole(share: float) -> str:
    return text(share, "percent").replace(".0", "")


def _share(share: float | None) -> str:
    return "–" if share is None else text(share, "percent")
