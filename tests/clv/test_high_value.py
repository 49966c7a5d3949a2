"""Who becomes high-value: the threshold, everybody's probability, and what the page says of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.clv.test_elasticities import MODELS, TERMS, customers, fits

from lifeworth.clv import risen
from lifeworth.clv.margin import choose
from lifeworth.clv.value import Fits, value
from lifeworth.report.spec import Stats, Table, Text


def valued(name="modified", terms=TERMS, rows=None):
    rows = customers(MODELS[name], 500) if rows is None else rows
    found = value(rows, fits(name), terms)
    return found, found.scores["high_value_probability"].to_numpy()


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("share", [0.05, 0.2])
def test_as_many_are_expected_to_reach_the_threshold_as_the_share_says(name, share):
    found, chance = valued(name, replace(TERMS, high_share=share))
    assert chance.mean() == pytest.approx(share, rel=1e-3)
    assert found.high.expected == pytest.approx(500 * share, rel=1e-3)


def test_the_threshold_is_margin_and_follows_it():
    whole, _ = valued(terms=replace(TERMS, margin=choose(1.0, None, None)))
    part, _ = valued(terms=replace(TERMS, margin=choose(0.25, None, None)))
    assert part.high.threshold == pytest.approx(0.25 * whole.high.threshold, rel=1e-6)


def test_who_is_expected_to_bring_more_is_likelier_to_reach_it():
    found, chance = valued()
    predicted = found.scores["predicted_clv"].to_numpy()
    assert np.corrcoef(np.argsort(np.argsort(predicted)), np.argsort(np.argsort(chance)))[0, 1] > 0.95
    assert (chance <= 1 - found.scores["churn_probability"].to_numpy() + 1e-6).all()


def test_risers_are_expected_from_outside_those_who_brought_most():
    found, chance = valued()
    so_far = found.scores["historic_clv"].to_numpy()
    best = np.argsort(so_far)[-50:]
    assert found.high.expected_risers == pytest.approx(np.delete(chance, best).sum())
    assert found.high.cut == so_far[best].min()


def test_a_sample_finds_nearly_the_threshold_of_all(monkeypatch):
    rows = customers(MODELS["modified"], 4000)
    whole, _ = valued(rows=rows)
    monkeypatch.setattr("lifeworth.clv.high_value.SOUGHT", 1500)
    part, chance = valued(rows=rows)
    assert part.high.threshold == pytest.approx(whole.high.threshold, rel=0.1)
    assert part.high.expected == pytest.approx(chance.sum())


def test_without_money_high_value_is_a_number_of_orders():
    terms = replace(TERMS, has_money=False, margin=choose(None, None, None))
    found = value(customers(MODELS["pareto"], 500), Fits(MODELS["pareto"], None, first_order=True), terms)
    chance = found.scores["high_value_probability"].to_numpy()
    assert not found.high.in_money
    assert found.high.threshold == int(found.high.threshold) >= 1
    assert 0 < chance.mean() <= 0.1


def test_without_a_model_nothing_is_said():
    found = value(customers(MODELS["pareto"], 50), None, TERMS)
    assert found.high is None
    assert found.scores["high_value_probability"].null_count == 50


def shown(**changes):
    high = {"share": 0.1, "threshold": 47.0, "in_money": True, "expected": 300.2, "expected_risers": 179.0, "cut": 98.8}
    return risen.blocks(high | changes, [], horizon="12 months", what="margin", currency="EUR")


def test_the_page_says_what_high_value_means_and_how_many_rise():
    words, stats, table = shown()
    assert isinstance(words, Text)
    assert "€47.00 of margin or more within 12 months" in words.text
    assert "179 do not belong" in words.text
    assert isinstance(stats, Stats)
    assert [item.value for item in stats.items] == [47.0, 300, 179]
    assert "10 %" in stats.items[0].definition
    assert "€98.80" in stats.items[2].note
    assert isinstance(table, Table)


def test_where_any_order_is_enough_the_page_says_so():
    words, stats, _ = shown(threshold=1e-8)
    assert "any order makes one high-value" in words.text
    assert "any order is enough" in stats.items[0].note
    assert "one order is enough" in shown(in_money=False, threshold=1.0)[1].items[0].note
    words, stats, _ = shown(in_money=False, threshold=3.0)
    assert "3 orders or more" in words.text
    assert stats.items[0].note == ""


def test_without_money_no_column_of_money_is_shown():
    keys = {column.key for column in shown(in_money=False, threshold=3.0)[2].columns}
    assert "predicted_clv" not in keys
    assert "high_value_probability" in keys
