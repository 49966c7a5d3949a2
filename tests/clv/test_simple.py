"""The simple formula: its terms, its totals, its what-ifs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifeworth.clv.simple import SimpleCLV, from_totals
from lifeworth.errors import OptionError

amounts = st.floats(0.01, 1e6)


def test_the_formula_multiplies_its_four_terms():
    clv = SimpleCLV(average_purchase_value=50, purchase_frequency=4, lifespan=3, margin=0.4)
    assert clv.customer_value == pytest.approx(80)
    assert clv.value == pytest.approx(240)


def test_arpa_of_100_and_churn_of_five_percent_is_worth_2000():
    # ChartMogul's published example, with one purchase a period.
    assert from_totals(revenue=100, purchases=1, buyers=1, churn=0.05).value == pytest.approx(2000)


@given(revenue=amounts, purchases=amounts, buyers=amounts, lifespan=st.floats(0.1, 20))
def test_purchases_cancel_out_of_revenue_per_buyer_times_lifespan(revenue, purchases, buyers, lifespan):
    clv = from_totals(revenue=revenue, purchases=purchases, buyers=buyers, lifespan=lifespan)
    assert clv.value == pytest.approx(revenue / buyers * lifespan, rel=1e-9)


def test_a_frequency_is_stated_per_year_whatever_the_period():
    half = from_totals(revenue=500, purchases=10, buyers=5, years=0.5, lifespan=1)
    assert half.purchase_frequency == pytest.approx(4)


@pytest.mark.parametrize(("change", "expected"), [("+10%", 5.5), ("-50%", 2.5), ("7", 7.0), (6.5, 6.5)])
def test_a_what_if_sets_or_moves_a_term(change, expected):
    assert SimpleCLV(10, 5, 2).change({"purchase_frequency": change}).purchase_frequency == pytest.approx(expected)


def test_an_unknown_term_is_named_with_its_near_match():
    with pytest.raises(OptionError, match="purchase_frequency"):
        SimpleCLV(10, 5, 2).change({"purchase_frequencey": "+10%"})


@pytest.mark.parametrize("totals", [{"purchases": 0}, {"buyers": 0}, {"years": 0}])
def test_a_missing_denominator_is_refused_by_name(totals):
    given_totals = {"revenue": 1.0, "purchases": 1.0, "buyers": 1.0, "years": 1.0, "lifespan": 1.0} | totals
    with pytest.raises(OptionError, match=next(iter(totals))):
        from_totals(**given_totals)


@pytest.mark.parametrize("spans", [{}, {"lifespan": 2.0, "churn": 0.5}])
def test_lifespan_or_churn_is_needed_and_only_one(spans):
    with pytest.raises(OptionError, match="lifespan"):
        from_totals(revenue=1, purchases=1, buyers=1, **spans)


def test_no_churn_has_no_lifespan_rather_than_an_infinite_one():
    with pytest.raises(OptionError, match="not defined"):
        from_totals(revenue=1, purchases=1, buyers=1, churn=0)


def test_a_margin_over_one_is_refused():
    with pytest.raises(OptionError, match="more than the revenue"):
        SimpleCLV(1, 1, 1, margin=40)
