"""Who stays: retention by plan and billing period, observed and expected, and what customers of a tenure are still worth."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from lifeworth.models.contract import FittedContract
from lifeworth.report.spec import Axis, Block, Chart, Column, Page, Series, Table, Text
from lifeworth.subscriptions.billing import Cycle
from lifeworth.subscriptions.contracts import Contracts
from lifeworth.subscriptions.curves import kaplan_meier
from lifeworth.subscriptions.learn import Group, tenures

AHEAD = 1.5
"""The model is drawn half as far again as anything was observed, at least two renewals further."""
FAR = 3
"""Beyond so many times the longest tenure seen a model says nothing one should repeat."""
MEANING = {
    "sBG": "every customer has a chance of leaving that never changes; those likely to leave go first",
    "BdW": "as sBG, and a customer's own chance of leaving changes with tenure",
}


def retention(
    c: Contracts, groups: Sequence[Group], effects: Sequence[Block] = (), *, as_of: date, currency: str
) -> Page:
    """One chart a billing period, one table of models, and for each group what retention does with tenure.

    Args:
        c: The contracts.
        groups: Their models.
        effects: What moves leaving, where it was asked for.
        as_of: Last day known.
        currency: Currency of the workspace.
    """
    blocks: list[Block] = [_models(c, groups)]
    cycles = dict.fromkeys(group.cycle for group in groups)
    blocks += [_chart(c, cycle, [group for group in groups if group.cycle == cycle]) for cycle in cycles]
    blocks += [
        Text(f"{one.name}: no retention model. {one.why}", tone="warning") for one in groups if one.fitted is None
    ]
    pooled = [one for one in groups if one.pooled]
    if pooled:
        said = "; ".join(f"{', '.join(one.plans)} ({one.cycle.name})" for one in pooled)
        blocks.append(Text(f"Plans with too few contracts to learn from alone share a model: {said}."))
    believed = [one.name for one in groups if one.fitted is not None and one.fitted.prior is not None]
    if believed:
        blocks.append(
            Text(
                f"{'; '.join(believed)}: too few renewals were seen to say how customers differ. A weak prior takes part: about one in four leaves at a "
                "renewal, and customers differ in it. The projection beyond what was seen leans on it.",
                tone="warning",
            )
        )
    blocks += effects
    lead = "A plan is the one a contract began with. Retention rises with tenure because those likely to leave have left; nobody need have grown more loyal."
    return Page("retention", "Retention", tuple(blocks), lead=lead, currency=currency, as_of=as_of)


def _models(c: Contracts, groups: Sequence[Group]) -> Table:
    columns = (
        Column("group", "Plan"),
        Column("contracts", "Contracts", "count"),
        Column("lost", "Lost", "count"),
        Column("running", "Running", "count"),
        Column("first", "Renew the 1st time", "percent", "share of new contracts that the model expects to renew once"),
        Column("fifth", "Renew the 5th time", "percent", "of those who come to it"),
        Column(
            "half",
            "Half are lost after",
            "count",
            "renewals, by the model; none where that lies beyond three times the longest tenure seen",
        ),
        Column("model", "Model"),
        Column("parameters", "Parameters"),
    )
    rows: list[tuple[Any, ...]] = []
    for group in groups:
        fitted = group.fitted
        running = int(c.running[group.rows].sum())
        told = (group.name, len(group.rows), group.lost, running)
        if fitted is None:
            rows.append((*told, None, None, None, "none", group.why))
            continue
        first, fifth = fitted.retention([1, 5])
        said = ", ".join(f"{symbol} {value:.4g}" for symbol, value in fitted.parameters.items())
        rows.append(
            (
                *told,
                float(first),
                float(fifth),
                _half(fitted, int(c.renewals[group.rows].max())),
                fitted.model.name,
                said,
            )
        )
    used = dict.fromkeys(group.fitted.model.name for group in groups if group.fitted is not None)
    caption = " ".join(f"{name}: {MEANING[name]}." for name in used)
    return Table("Retention models", columns, tuple(rows), caption=caption, empty="There are no contracts.")


def _half(fitted: FittedContract, seen: int) -> int | None:
    """The first renewal after which fewer than half are left; nothing if that lies far beyond what was seen."""
    below = np.flatnonzero(fitted.survival(np.arange(FAR * (seen + 1))) < 0.5)
    return int(below[0]) if below.size else None


def _chart(c: Contracts, cycle: Cycle, groups: Sequence[Group]) -> Chart:
    series: list[Series] = []
    for group in groups:
        seen = kaplan_meier(tenures(c, group.rows))
        times = tuple(int(t) for t in seen.renewals)
        series.append(Series(group.name, times, _floats(seen.share), "solid", _floats(seen.low), _floats(seen.high)))
        if group.fitted is not None:
            until = max(int(len(times) * AHEAD), len(times) + 2)
            ahead = np.arange(until)
            series.append(
                Series(
                    f"{group.name}, predicted", tuple(ahead.tolist()), _floats(group.fitted.survival(ahead)), "dashed"
                )
            )
    return Chart(
        "line",
        f"Still there, billed {cycle.name}",
        Axis("Renewals lived through", "count"),
        Axis("Share of contracts", "percent"),
        tuple(series),
        caption="Solid: Kaplan-Meier with its 95 % interval. Dashed: the model, and its projection beyond what was seen.",
    )


def _floats(values: Any) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
