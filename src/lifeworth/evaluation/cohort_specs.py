"""The forecast by acquisition cohort as blocks of a page."""

from __future__ import annotations

from lifeworth.evaluation.backtest import Trial
from lifeworth.evaluation.cohorts import CohortScore
from lifeworth.evaluation.diagnostics import CHANCE
from lifeworth.report.spec import Axis, Block, Chart, Column, Series, Table, Value


def by_cohort(trial: Trial) -> list[Block]:
    """A picture and a table of what was foretold of each cohort and what came; nothing where there is only one."""
    if len(trial.cohorts) < 2:
        return []
    return [_chart(trial), _table(trial)]


def _chart(trial: Trial) -> Chart:
    found = trial.cohorts
    names = tuple(one.cohort for one in found)
    off = [CHANCE * one.error / one.customers for one in found]
    came = [one.actual_orders / one.customers for one in found]
    return Chart(
        "bar",
        "Orders a customer, by when customers were won",
        Axis("First order", "text"),
        Axis("Orders a customer", "number"),
        (
            Series("predicted", names, tuple(one.predicted_orders / one.customers for one in found), "dashed"),
            Series(
                "actual",
                names,
                tuple(came),
                low=tuple(max(mean - room, 0.0) for mean, room in zip(came, off, strict=True)),
                high=tuple(mean + room for mean, room in zip(came, off, strict=True)),
            ),
        ),
        f"{trial.words}: the thin line is what chance may do (90 %).",
    )


def _table(trial: Trial) -> Table:
    money = any(one.predicted_value is not None for one in trial.cohorts)
    columns = [
        Column("cohort", "First order"),
        Column("customers", "Customers", "count"),
        Column("predicted", "Orders foretold", "number"),
        Column("actual", "Orders that came", "count"),
        Column("bias", "Missed by", "percent", "Foretold ÷ came − 1."),
        Column("z", "In standard errors", "ratio", "Beyond ±2 is rarely chance, beyond ±3.5 hardly ever."),
    ]
    if money:
        columns += [
            Column("predicted_value", "Money foretold", "money"),
            Column("actual_value", "Money that came", "money"),
            Column("value_bias", "Missed by", "percent", "Foretold ÷ came − 1."),
        ]
    rows = [_row(one, money) for one in trial.cohorts]
    rows.append(_sum(trial, money))
    return Table(
        "The forecast by acquisition cohort",
        tuple(columns),
        tuple(rows),
        "Customers by when they first ordered. A total may be right while one cohort makes up for another.",
        emphasis=(len(rows) - 1,),
    )


def _row(one: CohortScore, money: bool) -> tuple[Value, ...]:
    row: tuple[Value, ...] = (
        one.cohort, one.customers, one.predicted_orders, int(one.actual_orders), one.bias.value, one.z,
    )  # fmt: skip
    return (*row, one.predicted_value, one.actual_value, one.value_bias.value) if money else row


def _sum(trial: Trial, money: bool) -> tuple[Value, ...]:
    found = trial.cohorts
    foretold, came = (sum(getattr(one, name) for one in found) for name in ("predicted_orders", "actual_orders"))
    error = sum(one.error**2 for one in found) ** 0.5
    row: tuple[Value, ...] = (
        "all",
        sum(one.customers for one in found),
        foretold,
        int(came),
        foretold / came - 1 if came > 0 else None,
        (foretold - came) / error if error > 0 else None,
    )
    if not money:
        return row
    foretold, came = (sum(getattr(one, name) or 0.0 for one in found) for name in ("predicted_value", "actual_value"))
    return (*row, foretold, came, foretold / came - 1 if came > 0 else None)
