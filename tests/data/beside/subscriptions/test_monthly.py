"""What a bill comes to a month: the published values, every interval, exact to four places."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import ibis
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lifeworth.data.beside.subscriptions.monthly import interval_of, monthly
from lifeworth.data.contract import MONEY

A_MONTH = {"year": Fraction(1, 12), "month": Fraction(1), "week": Fraction(52, 12), "day": Fraction(365, 12)}


def _monthly(engine, bills):
    rows = pa.table(
        {
            "row": pa.array(range(len(bills)), pa.int64()),
            "amount": pa.array([bill[0] for bill in bills], pa.decimal128(18, 4)),
            "unit": [bill[1] for bill in bills],
            "count": pa.array([bill[2] for bill in bills], pa.int64()),
        }
    )
    table = engine.load("bills", rows)
    asked = table.select("row", mrr=monthly(table["amount"], table["unit"], table["count"]))
    return engine.arrow(asked.order_by("row"))["mrr"].to_pylist()


@pytest.mark.parametrize(
    ("amount", "unit", "count", "mrr"),
    [
        ("2000", "year", 1, "166.6667"),  # ChartMogul's yearly plan: 166.67
        ("600", "year", 1, "50"),  # Stripe's yearly plan
        ("100", "month", 1, "100"),
        ("30", "month", 3, "10"),
        ("12", "week", 1, "52"),
        ("24", "week", 2, "52"),
        ("1", "day", 1, "30.4167"),
        ("19.95", "day", 28, "21.6719"),
        ("-10", "month", 3, "-3.3333"),
        ("0.0001", "month", 2, "0.0001"),
        ("100", "month", 0, None),
    ],
)
def test_a_bill_a_month(engine, amount, unit, count, mrr):
    assert _monthly(engine, [(Decimal(amount), unit, count)]) == [None if mrr is None else Decimal(mrr)]


def test_stripes_example_comes_to_12500(engine):
    bills = [(Decimal(100), "month", 1)] * 100 + [(Decimal(600), "year", 1)] * 50
    assert sum(_monthly(engine, bills)) == 12_500


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    bills=st.lists(
        st.tuples(
            st.decimals(min_value=-600_000_000, max_value=600_000_000, places=4),
            st.sampled_from(sorted(A_MONTH)),
            st.integers(1, 60),
        ),
        min_size=1,
        max_size=40,
    )
)
def test_it_is_the_exact_share_rounded_once(engine, bills):
    def exact(amount, unit, count):
        share = Fraction(amount) * A_MONTH[unit] / count * 10_000
        away = Decimal(abs(share).numerator) / Decimal(abs(share).denominator)
        whole = (Fraction(abs(share)) + Fraction(1, 2)).__floor__()
        assert abs(away - whole) <= Decimal("0.5000000001")
        return (Decimal(whole) / 10_000).quantize(Decimal("0.0001"), ROUND_HALF_UP) * (-1 if share < 0 else 1)

    assert _monthly(engine, bills) == [exact(*bill) for bill in bills]


@pytest.mark.parametrize(
    ("word", "unit", "count"),
    [
        ("Monthly", "month", 1), ("annual", "year", 1), ("quarterly", "month", 3), ("every 3 months", "month", 3),
        ("6 months", "month", 6), ("2 quarters", "month", 6), ("Bi-weekly", "week", 2), ("28 days", "day", 28),
        ("semi-annual", "month", 6), (" year ", "year", 1), ("whenever", None, None), (None, None, None),
    ],
)  # fmt: skip
def test_an_interval_is_understood(engine, word, unit, count):
    table = engine.load("words", pa.table({"word": pa.array([word], pa.string())}))
    found = interval_of(table["word"])
    assert engine.row(table.select(unit=found[0], count=found[1])) == {"unit": unit, "count": count}


def test_money_keeps_its_type(engine):
    table = engine.load("bills", pa.table({"amount": pa.array([Decimal(1)], pa.decimal128(18, 4))}))
    assert table.select(mrr=monthly(table["amount"], ibis.literal("year"), ibis.literal(1))).schema()["mrr"] == MONEY
