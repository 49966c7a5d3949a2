"""Whatever the rows: rows in = used + set aside, money in = net revenue + taken off, to the last place."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lifeworth.data.clean import clean
from lifeworth.engine.connect import connect
from lifeworth.errors import DataError
from lifeworth.settings import Settings

from .conftest import TODAY, source_of


@pytest.fixture(scope="module")
def shared():
    """One engine for all examples: each replaces the tables of the one before."""
    with connect() as fresh:
        yield fresh


money = st.decimals("-50", "200", places=2)
part = st.one_of(st.none(), st.decimals("0", "30", places=2))
row = st.fixed_dictionaries(
    {
        "source_file": st.integers(0, 1),
        "order_id": st.one_of(st.none(), st.sampled_from(["1", "2", "3", "C4", "5"])),
        "customer_id": st.one_of(st.none(), st.sampled_from(["a", "b", "c"])),
        "ordered_at": st.one_of(
            st.none(), st.integers(0, 90).map(lambda day: datetime(2024, 1, 1) + timedelta(days=day))
        ),
        "product_id": st.one_of(st.none(), st.sampled_from(["p", "q"])),
        "quantity": st.one_of(st.none(), st.integers(-2, 3)),
        "money": st.one_of(st.none(), st.just(Decimal(0)), money),
        "tax": part,
        "shipping": part,
        "refunded": part,
        "cost": part,
        "currency": st.sampled_from(["EUR", "USD", None]),
        "status": st.sampled_from([None, "sale", "sale", "cancelled", "unpaid", "test", "return"]),
        "fault": st.sampled_from([None, None, None, None, "amount_unreadable"]),
    }
)
choices = st.fixed_dictionaries(
    {"duplicates": st.sampled_from(["set-aside", "keep"]), "zero_value": st.sampled_from(["keep", "set-aside"])}
)


@pytest.fixture(scope="module")
def rates(tmp_path_factory):
    path = tmp_path_factory.mktemp("rates") / "rates.csv"
    path.write_text("currency,rate,date\nUSD,0.9137,2024-01-01\nUSD,0.8,2024-02-01\n", encoding="utf-8")
    return path


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=st.lists(row, min_size=1, max_size=40),
    copies=st.integers(0, 3),
    choice=choices,
    grain=st.sampled_from(["order", "line"]),
    until=st.sampled_from([None, date(2024, 2, 15)]),
)
def test_every_row_and_every_cent_is_accounted_for(shared, rates, rows, copies, choice, grain, until):
    everything = [*rows, *rows[:copies]]
    source = source_of(shared, everything, grain=grain, files=("a.csv", "b.csv"))
    said = Settings(rates=rates, currency="EUR", **choice)
    try:
        cleaned = clean(shared, source, said, until, today=TODAY)
    except DataError:
        return
    sums = cleaned.reconciliation
    sums.check()
    assert sums.rows_in == len(everything)
    orders = shared.row(cleaned.orders.agg(money=cleaned.orders.net_revenue.sum()))["money"]
    loose = Decimal(0)
    if cleaned.refunds is not None:
        unattached = cleaned.refunds.filter(cleaned.refunds.order_id.isnull())
        loose = shared.row(unattached.agg(money=unattached.amount.sum()))["money"] or Decimal(0)
    if cleaned.has_money:
        assert sums.net_revenue == orders - loose


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=st.lists(row, min_size=10, max_size=40), seed=st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(shared, rates, rows, seed):
    placed = [{**one, "source_row": number} for number, one in enumerate(rows)]
    shuffled = list(placed)
    seed.shuffle(shuffled)
    answers = []
    for version in (placed, shuffled):
        source = source_of(shared, version, grain="line", files=("a.csv", "b.csv"))
        try:
            cleaned = clean(shared, source, Settings(rates=rates, currency="EUR"), today=TODAY)
        except DataError:
            answers.append(None)
            continue
        tables = {name: sorted(map(str, shared.arrow(table).to_pylist())) for name, table in cleaned.tables.items()}
        answers.append((tables, cleaned.reconciliation.to_dict()))
    assert answers[0] == answers[1]
