"""What one can ask about the economics of a customer."""

from __future__ import annotations

from datetime import date
from typing import Literal

from lifeworth.economics import page, payback_page
from lifeworth.economics.acquisition import first_days, key, won
from lifeworth.economics.payback import Cells, heads, observed_cells
from lifeworth.errors import DataError
from lifeworth.features.sums import exact
from lifeworth.report.spec import Page
from lifeworth.units import Period
from lifeworth.workspace import Workspace

By = Literal["channel", "cohort", "quarter"]

TOP = 15
"""Customers shown by name from either end."""
RECENT = Period(24, "months")
"""Customers won within this time are what a channel is judged by."""


def net(ws: Workspace) -> Page:
    """Net CLV: margin less what it cost to win, serve and keep customers, plus referral value; every term with its source."""
    facts = ws.facts.get("net")
    if not facts:
        return page.unknown(as_of=ws.as_of, currency=ws.currency)
    table = ws.table("net_value")
    best = ws.engine.arrow(table.order_by([table["net_clv"].desc(), table["customer_id"]]).limit(TOP)).to_pylist()
    worst = ws.engine.arrow(table.order_by([table["net_clv"], table["customer_id"]]).limit(TOP)).to_pylist()
    movements = ws.table("mrr_movements") if ws.has("mrr_movements") else None
    people = won(first_days(ws.table("history"), movements), ws.table("customers"))
    joined = table.join(people, "customer_id")
    sums = {name: exact(joined[name]) for name in page.BY_CHANNEL}
    channels = ws.engine.arrow(
        joined.group_by("channel").agg(customers=joined.count(), **sums).order_by("channel")
    ).to_pylist()
    return page.net(facts, best, worst, channels, as_of=ws.as_of, currency=ws.currency, horizon=ws.horizon)


def payback(ws: Workspace, *, by: By = "channel", channel: str | None = None) -> Page:
    """When acquisition cost is earned back, by channel or by cohort: observed months and predicted ones told apart.

    Args:
        ws: The workspace.
        by: One curve a channel (customers won in the last 24 months), a month of acquisition or a quarter.
        channel: Only customers of this acquisition channel.

    Raises:
        DataError: if nothing is known of acquisition costs.
    """
    lines = {line["name"]: line for line in (ws.facts.get("net") or {"lines": ()})["lines"]}
    if not lines.get("acquisition_cost", {}).get("known"):
        raise DataError(
            "Acquisition costs are not known, so nothing can be said of their payback.",
            hint="Add a table: --table marketing_spend=FILE with spent_on, channel, amount; or state cost_per_acquisition under "
            "[assumptions] in lifeworth.toml.",
        )
    cells = _cells(ws)
    rows = [
        row for row in range(len(cells.cohorts)) if channel is None or cells.channels[row] == channel.strip().lower()
    ]
    if not rows:
        raise DataError(
            f'No customer came through the channel "{channel}".',
            hint=f"There are: {', '.join(sorted(filter(None, set(cells.channels))))}",
        )
    curves = [cells.curve(name, some) for name, some in _grouped(cells, rows, by, ws.as_of).items()]
    together = cells.curve(
        "all of them", [row for row in rows if by != "channel" or cells.cohorts[row] > RECENT.before(ws.as_of)]
    )
    return payback_page.payback(
        curves,
        together,
        by=by,
        channel=channel,
        as_of=ws.as_of,
        currency=ws.currency,
        what=ws.facts["value"]["value_of"],
    )


def _cells(ws: Workspace) -> Cells:
    people = won(ws.table("history"), ws.table("customers"))
    margin = ws.facts["value"]
    refunds = ws.table("refunds") if ws.has("refunds") else None
    observed = observed_cells(
        ws.table("purchase_days"),
        people,
        refunds,
        ws.as_of,
        margin["margin"],
        of_orders=margin.get("margin_of_orders", False),
    )
    forecast = None
    if ws.has("cohort_forecast"):
        cells = ws.table("cohort_forecast")
        forecast = ws.engine.arrow(cells.mutate(channel=key(cells["channel"])))
    return Cells(ws.engine.arrow(heads(people, ws.table("net_value"))), ws.engine.arrow(observed), forecast, ws.as_of)


def _grouped(cells: Cells, rows: list[int], by: By, as_of: date) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for row in sorted(rows, key=lambda row: (cells.cohorts[row], cells.channels[row])):
        cohort = cells.cohorts[row]
        if by == "channel":
            if cohort > RECENT.before(as_of):
                found.setdefault(cells.channels[row] or "not known", []).append(row)
        elif by == "quarter":
            found.setdefault(f"{cohort.year} Q{(cohort.month + 2) // 3}", []).append(row)
        else:
            found.setdefault(f"{cohort:%Y-%m}", []).append(row)
    if by == "channel":
        return dict(sorted(found.items(), key=lambda one: -cells.customers[one[1]].sum()))
    return found
