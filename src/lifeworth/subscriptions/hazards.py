"""What goes with leaving sooner: Cox's proportional hazards over what is known of a contract from its start, by lifelines.

A hazard ratio says how many times as readily contracts of a level are lost as those of the level they are compared with, all
else that was asked about being equal (Cox 1972, J. of the Royal Statistical Society B 34(2)). It is found, not caused. Time is
counted from the first paid day; contracts of each billing period have a baseline of their own, as their losses fall on other days.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lifeworth.errors import DataError, OptionError, near
from lifeworth.features.levels import OTHERS, Levels, choose_levels
from lifeworth.report.spec import Block, Column, Table, Text
from lifeworth.subscriptions.billing import MONTH, Floats, Ints
from lifeworth.subscriptions.contracts import Contracts

MOST = 200_000
"""Contracts a fit takes; of more it takes every so-manieth, which costs the intervals next to nothing."""
SEATS = "seats"
ALIASES = {"channel": "acquisition_channel"}
TIME, LOST, STRATUM = "_months", "_lost", "_cycle"


def effects(c: Contracts, names: Sequence[str], customers: pa.Table | None) -> tuple[Block, ...]:
    """Hazard ratios of covariates, as a table.

    Args:
        c: The contracts.
        names: plan (at the start), seats (at the start), and columns of the customers: channel, country, …
        customers: The table `customers`, where there is one.

    Raises:
        OptionError: if a name is none of these.
        DataError: if no covariate has two levels to compare, the fit does not converge, or lifelines is not installed.
    """
    known = _known(customers)
    for name in names:
        if name not in known:
            raise OptionError(f'"{name}" is not known of contracts.', allowed=known, hint=near(name, known) or None)
    fitter, tested, failed = _lifelines()
    step = -(-len(c) // MOST) if len(c) else 1
    rows = np.arange(0, len(c), step)
    columns, labels, left_out = _columns(c, rows, names, customers)
    if not labels:
        raise DataError(f"No covariate has two levels with enough contracts to compare: {', '.join(names)}.")
    end = np.where(np.isnat(c.ended), c.as_of, c.ended)
    months = (end - c.began)[rows].astype(np.float64) / MONTH
    frame = pa.table(
        {TIME: np.maximum(months, 1 / MONTH), LOST: c.lost[rows], STRATUM: c.cycle[rows], **columns}
    ).to_pandas()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            fitted = fitter().fit(frame, TIME, LOST, strata=[STRATUM])
            constant = tested(fitted, frame, time_transform="rank").summary["p"].to_dict()
        except failed as fault:
            raise DataError(
                "The hazard ratios could not be found: some covariates say the same, or one decides everything.",
                hint="Ask about fewer covariates at once.",
            ) from fault
    found = fitted.summary.to_dict("index")
    table = _table(found, labels, constant, concordance=fitted.concordance_index_, contracts=len(rows))
    said = Text(f"Not compared, as all contracts are alike in it or its levels are too rare: {', '.join(left_out)}.")
    return (table, said) if left_out else (table,)


def _columns(
    c: Contracts, rows: Ints, names: Sequence[str], customers: pa.Table | None
) -> tuple[dict[str, Floats], dict[str, tuple[str, str, str, int]], list[str]]:
    """The columns of the design, what each stands for (covariate, level, reference, contracts), and covariates left out."""
    columns: dict[str, Floats] = {}
    labels: dict[str, tuple[str, str, str, int]] = {}
    left_out: list[str] = []
    for name in names:
        if name == SEATS:
            seats = np.log2(np.maximum(c.seats_begun[rows], 1).astype(np.float64))
            if np.ptp(seats) > 0:
                columns[name] = seats
                labels[name] = (name, "twice as many", "", len(rows))
            else:
                left_out.append(name)
            continue
        table = pa.table({name: _words(c, rows, name, customers), "x": pa.array(c.lost[rows].astype(np.int64))})
        levels = choose_levels(table, name)
        if levels is None:
            left_out.append(name)
            continue
        columns |= levels.indicators(table)
        labels |= _labels(levels)
    return columns, labels, left_out


def _labels(levels: Levels) -> dict[str, tuple[str, str, str, int]]:
    def word(level: str) -> str:
        return "all others" if level == OTHERS else level

    return {
        column: (levels.name, word(level), word(levels.reference), count)
        for column, level, count in zip(levels.columns, levels.levels[1:], levels.customers[1:], strict=True)
    }


def _words(c: Contracts, rows: Ints, name: str, customers: pa.Table | None) -> pa.ChunkedArray:
    """The covariate of each contract as text; null where nothing is known of its customer."""
    if name == "plan":
        return pa.chunked_array([pa.array(c.plans, pa.string()).take(pa.array(c.plan[rows]))])
    assert customers is not None  # noqa: S101  the name is a column of it
    values = customers[ALIASES.get(name, name)].cast(pa.string()).combine_chunks()
    place = pc.index_in(
        c.customers.take(pa.array(c.customer[rows])), value_set=customers["customer_id"].combine_chunks()
    )
    return pa.chunked_array([values.take(place)])


def _known(customers: pa.Table | None) -> list[str]:
    told = (
        []
        if customers is None
        else [f.name for f in customers.schema if pa.types.is_string(f.type) and f.name != "customer_id"]
    )
    back = {column: alias for alias, column in ALIASES.items()}
    return ["plan", SEATS, *(back.get(name, name) for name in told)]


def _table(
    found: dict[str, dict[str, float]],
    labels: dict[str, tuple[str, str, str, int]],
    constant: dict[str, float],
    *,
    concordance: float,
    contracts: int,
) -> Table:
    columns = (
        Column("covariate", "What"),
        Column("level", "Level"),
        Column("reference", "Compared with"),
        Column("contracts", "Contracts", "count"),
        Column("ratio", "Hazard ratio", "ratio", "times as readily lost"),
        Column("low", "2.5 % point", "ratio"),
        Column("high", "97.5 % point", "ratio"),
        Column("p", "p", "number", "chance of so much where the level makes no difference"),
        Column(
            "constant", "p, ratio constant", "number", "small where the ratio changes with tenure; it is then a mean"
        ),
    )
    rows = tuple(
        (
            *labels[column],
            float(row["exp(coef)"]),
            float(row["exp(coef) lower 95%"]),
            float(row["exp(coef) upper 95%"]),
            float(row["p"]),
            float(constant[column]),
        )
        for column, row in found.items()
    )
    caption = (
        f"Cox proportional hazards over {contracts:,} contracts, a baseline for each billing period; concordance {concordance:.2f} "
        "(0.5 is chance, 1 is certainty). Found, not caused: levels may only bring other kinds of customers."
    )
    return Table("What goes with leaving sooner", columns, rows, caption=caption)


def _lifelines() -> tuple[Any, Any, type[Exception]]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from lifelines import CoxPHFitter
            from lifelines.exceptions import ConvergenceError
            from lifelines.statistics import proportional_hazard_test
    except ImportError as error:
        raise DataError(
            "Hazard ratios need the library lifelines, which is not installed.",
            hint='Install it with: pip install "lifeworth[survival]"',
        ) from error
    return CoxPHFitter, proportional_hazard_test, ConvergenceError
