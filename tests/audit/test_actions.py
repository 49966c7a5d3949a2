"""The audit of real companies, against a second computation in plain SQL."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import duckdb
import pytest

import lifeworth
from lifeworth.audit.actions import audit
from lifeworth.errors import DataError, OptionError
from lifeworth.report.format import text
from lifeworth.report.html import render
from lifeworth.report.spec import Document, Group, Heatmap, Stats, Table, plain
from lifeworth.workspace import Workspace

PROFIT = {"superstore": "margin", "uci": "value", "cdnow": "value"}


@pytest.fixture(scope="module", params=list(PROFIT))
def real(request, real_shop):
    """A run without a model: an audit needs none."""
    with Workspace.open(real_shop(request.param)) as ws:
        yield ws, PROFIT[request.param]


def tables(page):
    blocks = [inner for block in page.blocks for inner in (block.blocks if isinstance(block, Group) else (block,))]
    return {block.title: block for block in blocks if isinstance(block, Table)}


def sql(ws: Workspace, query: str):
    with duckdb.connect() as own:
        own.register("d", ws.engine.arrow(ws.table("purchase_days")))
        return own.sql(query).fetchall()


def halves(ws: Workspace) -> tuple[date, date, date]:
    """A year and the one before, or two halves of shorter data."""
    from lifeworth.audit.spans import two
    from lifeworth.units import Period

    earlier, later = two(date.fromisoformat(ws.facts["first_day"]), ws.as_of, Period.months(12))
    return earlier.after, later.after, later.to


@pytest.mark.data
def test_one_period_is_that_of_plain_sql(real):
    ws, profit = real
    _, start, end = halves(ws)
    page = audit(ws, 1)
    stats = next(block for block in page.blocks if isinstance(block, Stats)).items
    ((customers, days, value, total),) = sql(
        ws,
        f"SELECT count(DISTINCT customer_id), count(*), sum(value), sum({profit}) FROM d WHERE day > '{start}' AND day <= '{end}'",
    )
    assert stats[0].value == customers
    assert stats[1].value == pytest.approx(days / customers)
    assert stats[2].value == pytest.approx(float(value) / days)
    assert stats[-1].value == pytest.approx(float(total))
    *tenths, whole = next(block for title, block in tables(page).items() if "by tenths" in title).records()
    expected = sql(
        ws,
        f"""SELECT t, count(*), sum(p) FROM (SELECT ntile(10) OVER (ORDER BY p DESC, customer_id) AS t, p FROM (
        SELECT customer_id, sum({profit}) AS p FROM d WHERE day > '{start}' AND day <= '{end}' GROUP BY 1)) GROUP BY 1 ORDER BY 1""",
    )
    assert [row["customers"] for row in tenths] == [row[1] for row in expected]
    assert [row["profit"] for row in tenths] == pytest.approx([float(row[2]) for row in expected])
    assert sum(row["share"] for row in tenths) == pytest.approx(whole["share"])


@pytest.mark.data
def test_two_periods_are_those_of_plain_sql(real):
    ws, profit = real
    before, middle, end = halves(ws)
    page = audit(ws, 2)
    rows = next(block for title, block in tables(page).items() if title.startswith("From one")).records()
    assert sum(row["amount"] for row in rows[:-1]) == pytest.approx(rows[-1]["amount"])
    each = f"""SELECT customer_id, min(day) AS f, count(*) FILTER (day > '{before}' AND day <= '{middle}') AS a,
        count(*) FILTER (day > '{middle}') AS b, coalesce(sum({profit}) FILTER (day > '{before}' AND day <= '{middle}'), 0) AS p,
        coalesce(sum({profit}) FILTER (day > '{middle}'), 0) AS q FROM d WHERE day <= '{end}' GROUP BY 1"""
    ((lost, new, back, first, second),) = sql(
        ws,
        f"""SELECT -sum(p) FILTER (a > 0 AND b = 0), sum(q) FILTER (a = 0 AND f > '{middle}'), sum(q) FILTER (a = 0 AND f <= '{middle}'),
        sum(p), sum(q) FROM ({each})""",
    )
    found = [row["amount"] for row in rows]
    assert found[:4] == pytest.approx([float(value or 0) for value in (first, lost, new, back)])
    assert found[-1] == pytest.approx(float(second))


@pytest.mark.data
def test_cohorts_are_those_of_plain_sql(real):
    ws, profit = real
    page = audit(ws, 4)
    grain = "quarter" if "quarter" in page.blocks[0].title or "Quarters" in page.blocks[0].x.title else "month"
    shares, amounts = (block for block in page.blocks if isinstance(block, Heatmap))
    size = f"SELECT date_trunc('{grain}', min(day)) AS c, customer_id FROM d GROUP BY 2"
    expected = sql(
        ws,
        f"""SELECT c, date_diff('{grain}', c, day) AS k, count(DISTINCT customer_id), sum({profit}),
        (SELECT count(*) FROM ({size}) s WHERE s.c = o.c) FROM d JOIN ({size}) o USING (customer_id) GROUP BY 1, 2""",
    )
    cells = {(_name(c, grain), int(k)): (n / whole, float(p) / whole) for c, k, n, p, whole in expected}
    compared = 0
    for row, active, money in zip(shares.rows, shares.values, amounts.values, strict=True):
        for turn, (one, other) in enumerate(zip(active, money, strict=True)):
            if one is not None:
                share, amount = cells.get((row, turn), (0.0, 0.0))
                assert one == pytest.approx(share)
                assert other == pytest.approx(amount, abs=1e-9)
                compared += 1
    assert compared > 20


def _name(start, grain: str) -> str:
    return f"{start:%Y-%m}" if grain == "month" else f"{start.year}-Q{(start.month + 2) // 3}"


@pytest.mark.data
def test_the_whole_base_adds_up_to_all_purchases(real):
    ws, profit = real
    page = audit(ws, 5)
    *rows, whole = next(block for title, block in tables(page).items() if title.startswith("New and known")).records()
    ((total, customers),) = sql(ws, f"SELECT sum({profit}), count(DISTINCT customer_id) FROM d")
    assert whole["profit"] == pytest.approx(float(total))
    assert whole["new"] == customers
    assert sum(row["profit"] for row in rows) == pytest.approx(float(total))
    heat = next(block for block in page.blocks if isinstance(block, Heatmap))
    assert sum(value or 0.0 for row in heat.values for value in row) == pytest.approx(float(total))


@pytest.mark.data
def test_the_overview_says_what_lies_between_purchases_and_net_revenue(real):
    ws, _ = real
    said = audit(ws).blocks[-1].text
    ((purchases,),) = sql(ws, "SELECT sum(value) FROM d")
    assert text(float(purchases), "money", ws.currency) in said
    assert (
        text(
            ws.engine.row(ws.table("history").aggregate(net=ws.table("history")["revenue"].sum()))["net"],
            "money",
            ws.currency,
        )
        in said
    )


@pytest.mark.data
@pytest.mark.parametrize("lens", [None, 1, 2, 3, 4, 5])
def test_every_lens_can_be_printed(real, lens):
    ws, _ = real
    page = audit(ws, lens)
    assert page.lead
    written = render(Document("Audit", (page,), ws.currency, ws.as_of))
    assert "∞" not in written
    assert "NaN" not in json.dumps(plain(page))


@pytest.mark.data
def test_superstores_profit_is_its_own(real):
    ws, profit = real
    if profit != "margin":
        pytest.skip("no costs")
    *_, whole = next(
        block for title, block in tables(audit(ws, 5)).items() if title.startswith("New and known")
    ).records()
    assert whole["profit"] == pytest.approx(286_397.02, abs=0.01)


def test_a_lens_there_is_not_is_refused(tmp_path):
    from lifeworth.data.synthetic import simulate_orders

    lifeworth.run(simulate_orders(60, days=300, seed=2, text_ids=True), workspace=tmp_path, min_customers=10**9)
    with Workspace.open(tmp_path) as ws:
        with pytest.raises(OptionError, match="Allowed: 1, 2, 3, 4, 5"):
            audit(ws, 6)
        assert audit(ws).title == "The customer base, audited"


def test_without_amounts_the_audit_says_what_it_lacks(tmp_path: Path) -> None:
    import pyarrow as pa

    days = pa.table({"customer_id": ["a", "b", "a"], "ordered_at": [date(2025, 1, k) for k in (1, 2, 3)]})
    lifeworth.run(days, workspace=tmp_path)
    with Workspace.open(tmp_path) as ws, pytest.raises(DataError, match="no amounts"):
        audit(ws)
