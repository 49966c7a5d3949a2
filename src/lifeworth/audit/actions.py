"""What one can ask of the customer-base audit."""

from __future__ import annotations

from datetime import date

from lifeworth.audit import (
    cohorts_compared,
    cube,
    one_cohort,
    one_period,
    overview,
    page_one,
    page_two,
    two_periods,
    whole_base,
)
from lifeworth.audit.buyers import in_span
from lifeworth.audit.cube import Cube
from lifeworth.audit.money import Money, money_of
from lifeworth.audit.one_period import OnePeriod
from lifeworth.audit.spans import Span, grain_of, two
from lifeworth.audit.two_periods import TwoPeriods
from lifeworth.audit.words import LENSES
from lifeworth.errors import DataError, OptionError
from lifeworth.features.sums import exact
from lifeworth.report.spec import Page
from lifeworth.units import Period
from lifeworth.workspace import Workspace


def audit(
    ws: Workspace, lens: int | None = None, *, period: Period = Period(12, "months"), cohort: str | None = None
) -> Page:
    """Five ways to look at the same purchases: one period, two, one cohort, cohorts compared, the whole base.

    Args:
        ws: The workspace.
        lens: 1 one period, 2 two periods, 3 one cohort over time, 4 cohorts compared, 5 the whole base; without it all in short.
        period: Length of the period of lens 1 and of the two of lens 2; half the span of the data where they are shorter.
        cohort: Whom lens 3 follows, such as 2025-Q1 or 2025-03; by default the first who came after the data had begun.

    Raises:
        OptionError: if there is no such lens or cohort.
        DataError: if the orders have no amounts.
    """
    if ws.facts["net_revenue"] is None:
        raise DataError(
            "The source has no amounts, and an audit follows the money.",
            hint="Say which column is the amount of an order: --map money=COLUMN",
        )
    if lens is not None and lens not in LENSES:
        raise OptionError(f"There is no lens {lens}.", allowed=LENSES)
    money, first = money_of(ws.facts), date.fromisoformat(ws.facts["first_day"])
    earlier, later = two(first, ws.as_of, period)
    if lens == 1:
        return page_one.page(_one(ws, later, money), later, money, as_of=ws.as_of, currency=ws.currency)
    if lens == 2:
        return page_two.page(
            _two(ws, earlier, later, money), earlier, later, money, as_of=ws.as_of, currency=ws.currency
        )
    seen = _cube(ws, money)
    if lens == 3:
        return one_cohort.page(seen, one_cohort.choose(seen, cohort), money, currency=ws.currency)
    if lens == 4:
        return cohorts_compared.page(seen, money, currency=ws.currency)
    if lens == 5:
        return whole_base.page(seen, money, currency=ws.currency)
    answers = {
        1: page_one.lead(_one(ws, later, money), later, money),
        2: page_two.lead(_two(ws, earlier, later, money), money, ws.currency),
        3: one_cohort.lead(seen, one_cohort.choose(seen, cohort), money, ws.currency),
        4: cohorts_compared.lead(seen, money, ws.currency),
        5: whole_base.lead(seen, money, ws.currency),
    }
    return overview.page(
        answers, whole_base.picture(seen, money), money, _sums(ws), as_of=ws.as_of, currency=ws.currency
    )


def _one(ws: Workspace, span: Span, money: Money) -> OnePeriod:
    buyers = ws.engine.create("_buyers", in_span(ws.table("purchase_days"), span, money))
    try:
        whole = ws.engine.row(one_period.totals(buyers))
        width = one_period.bin_width(whole["high"])
        queries = {
            "deciles": one_period.deciles(buyers),
            "counts": one_period.by_transactions(buyers),
            "bins": one_period.by_value(buyers, width),
            "tenths": one_period.by_tenth_of_profit(buyers),
        }
        rows = {name: ws.engine.arrow(query).to_pylist() for name, query in queries.items()}
    finally:
        ws.engine.drop("_buyers")
    return one_period.gather({"totals": [whole], **rows}, width)


def _two(ws: Workspace, earlier: Span, later: Span, money: Money) -> TwoPeriods:
    each = ws.engine.create("_each", two_periods.customers(ws.table("purchase_days"), earlier, later, money))
    try:
        grouped = ws.engine.arrow(two_periods.groups(each)).to_pylist()
        moved = ws.engine.arrow(two_periods.flows(each)).to_pylist()
    finally:
        ws.engine.drop("_each")
    return two_periods.gather(grouped, moved, money.word)


def _cube(ws: Workspace, money: Money) -> Cube:
    days = ws.table("purchase_days")
    first = ws.engine.row(days.aggregate(first=days["day"].min()))["first"]
    grain = grain_of(first, ws.as_of)
    sized, observed = (ws.engine.arrow(make(days, grain, money)).to_pylist() for make in (cube.sizes, cube.cells))
    return cube.gather(sized, observed, grain, first, ws.as_of)


def _sums(ws: Workspace) -> tuple[float, float]:
    """Net revenue of the purchases counted here, and net revenue of the same customers."""
    days, past = ws.table("purchase_days"), ws.table("history")
    counted = ws.engine.row(days.aggregate(total=exact(days["value"]).fill_null(0.0)))["total"]
    return float(counted), float(ws.engine.row(past.aggregate(total=exact(past["revenue"]).fill_null(0.0)))["total"])
