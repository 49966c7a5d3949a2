"""Where the margin comes from."""

from __future__ import annotations

import pytest

from lifeworth.clv.margin import choose


def test_a_stated_margin_goes_before_the_data_and_says_so():
    margin = choose(0.4, 120.0, 1000.0)
    assert margin.rate == 0.4
    assert "not used" in margin.source


def test_costs_in_the_data_give_the_rate():
    margin = choose(None, 120.0, 1000.0)
    assert margin.rate == pytest.approx(0.12)
    assert margin.of_orders
    assert margin.value_of == "margin"


@pytest.mark.parametrize("sums", [(None, None), (-5.0, 100.0), (5.0, 0.0)])
def test_without_a_usable_margin_value_is_called_revenue(sums):
    margin = choose(None, *sums)
    assert margin.rate == 1.0
    assert margin.value_of == "revenue"
