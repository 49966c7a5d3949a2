from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from tests.evaluation.simulated import holdout, simulated

from lifeworth.errors import DataError
from lifeworth.evaluation.backtest import Backtest, backtest
from lifeworth.evaluation.compare import choose
from lifeworth.evaluation.evidence import Evidence
from lifeworth.evaluation.intervals import total_interval
from lifeworth.evaluation.specs import blocks
from lifeworth.evaluation.tracking import unconditional
from lifeworth.features.levels import usable
from lifeworth.models import BetaGeoNBD, WithCovariates
from lifeworth.report.spec import Chart, Group, Stats, Table, Text, plain


class Refusing(BetaGeoNBD):
    name = "Refusing"

    def fit(self, data, *, start=None):
        raise DataError("it refuses")


@pytest.fixture(scope="module")
def result() -> Backtest:
    return backtest(simulated())


@pytest.fixture(scope="module")
def rankless() -> Backtest:
    """Everyone buys alike, so who bought more before says nothing."""
    rng = np.random.default_rng(3)
    n, age = 800, np.full(800, 364)
    x = rng.poisson(4, n)
    recency = np.where(x > 0, 200 + rng.integers(0, 150, n), 0)
    return backtest(holdout(x, recency, age, rng.poisson(2, n), rng.gamma(4.0, 1.0, n) * 10, rng), with_intervals=False)


def test_a_true_model_finds_the_total_of_orders(result) -> None:
    assert abs(result.models[0].orders.relative_bias.value) < 0.1


def test_a_true_model_beats_every_baseline(result) -> None:
    model, *_ = result.models
    assert model.orders.rmse.value < min(trial.orders.rmse.value for trial in result.baselines)


def test_intervals_of_a_true_model_hold_what_they_promise(result) -> None:
    assert 0.88 <= result.models[0].intervals.orders.inside <= 0.99


def test_the_interval_of_the_total_of_a_true_model_holds(result) -> None:
    assert result.models[0].intervals.orders_total.held


def test_the_distribution_of_a_true_model_is_even(result) -> None:
    held = result.models[0].intervals
    assert held.distance.value < 1.5 * held.distance_by_chance


def test_value_intervals_of_a_true_model_hold_what_they_promise(result) -> None:
    assert 0.85 <= result.models[0].intervals.value.inside <= 0.99


def test_the_forecast_of_a_track_ends_at_the_predicted_total(result) -> None:
    track = result.models[0].track
    start = result.tracking.actual[[end <= result.as_of for end in result.tracking.ends].count(True) - 1]
    assert track.forecast[-1] - start == pytest.approx(result.models[0].orders.predicted)


def test_the_forecast_of_a_track_never_falls(result) -> None:
    ahead = [value for value in result.models[0].track.forecast if value is not None]
    assert np.all(np.diff(ahead) >= 0)


def test_what_arrivals_alone_promise_is_near_what_happened(result) -> None:
    track, line = result.models[0].track, result.tracking
    at = line.ends.index(result.as_of)
    assert track.expected[at] == pytest.approx(line.actual[at], rel=0.1)


def test_a_back_test_is_json(result) -> None:
    assert json.loads(json.dumps(result.to_dict(), allow_nan=False))["customers"] == 3000


def test_the_same_hold_out_gives_the_same_back_test(result) -> None:
    assert backtest(simulated()).to_dict() == result.to_dict()


def test_without_money_only_orders_are_scored() -> None:
    found = backtest(simulated(300), has_money=False, with_intervals=False)
    assert (found.spend, found.actual_value, found.models[0].value) == (None, None, None)


def test_a_model_that_cannot_be_fitted_is_told_and_the_others_go_on() -> None:
    found = backtest(simulated(300), {"no": Refusing(), "yes": BetaGeoNBD()}, with_intervals=False)
    assert (found.trial("no").failure, [trial.name for trial in found.models]) == ("it refuses", ["yes"])


def test_totals_are_of_all_customers_where_only_some_are_scored(monkeypatch) -> None:
    monkeypatch.setattr("lifeworth.evaluation.backtest.SCORED", 500)
    test = simulated(2000)
    found = backtest(test, with_intervals=False)
    assert (found.scored, found.models[0].orders.actual) == (500, test.orders.sum())


def test_the_value_total_of_a_sample_is_scaled_to_all(monkeypatch) -> None:
    test = simulated(4000)
    whole = backtest(test, with_intervals=False).models[0].value.predicted
    monkeypatch.setattr("lifeworth.evaluation.backtest.SCORED", 2000)
    assert backtest(test, with_intervals=False).models[0].value.predicted == pytest.approx(whole, rel=0.1)


@pytest.mark.parametrize(("actual", "missed"), [(15, 0.0), (20, 0.0), (25, -0.2), (8, 0.25)])
def test_a_total_outside_its_interval_says_by_how_much(actual, missed) -> None:
    assert total_interval(10, 20, actual).missed_by == pytest.approx(missed)


# -- the choice -------------------------------------------------------------------------------------------------------
def test_a_true_model_is_chosen_for_its_own_sake(result) -> None:
    assert choose([result]).verdict == "model"


def test_nothing_to_hold_out_is_not_enough_data() -> None:
    assert choose([]).verdict == "not enough data"


def test_too_few_customers_are_told_with_the_numbers() -> None:
    choice = choose([backtest(simulated(40), with_intervals=False)])
    assert choice.model is None
    assert "40 customers by 2024-06-30 (at least 100 are needed)" in choice.reason


def test_a_ranking_no_better_than_chance_is_said_so(rankless) -> None:
    assert any("no better than chance" in warning for warning in choose([rankless]).warnings)


def test_a_model_no_better_than_a_naive_forecast_is_said_so(rankless) -> None:
    assert choose([rankless]).verdict == "no better than a baseline"


def test_a_clearly_larger_error_loses(result) -> None:
    worse = replace(result.models[1], losses=result.models[0].losses + 0.5)
    beaten = replace(result, trials=(*result.baselines, result.models[0], worse))
    assert choose([beaten]).model == result.models[0].name


def test_of_models_alike_by_customer_the_nearer_total_wins(result) -> None:
    first, second = result.models
    off = replace(first.orders, relative_bias=replace(first.orders.relative_bias, value=0.3))
    on = replace(first.orders, relative_bias=replace(first.orders.relative_bias, value=0.01))
    alike = replace(
        result, trials=(*result.baselines, replace(first, orders=off), replace(second, orders=on, losses=first.losses))
    )
    assert choose([alike]).model == second.name


def test_models_that_meet_in_a_common_limit_are_alike_and_the_simpler_is_taken(result) -> None:
    first, second = result.models
    twin = replace(second, orders=first.orders, losses=first.losses - 1e-9, intervals=first.intervals)
    assert choose([replace(result, trials=(*result.baselines, first, twin))]).model == first.name


def test_of_models_that_cannot_be_told_apart_each_is_named_once(result) -> None:
    first, second = result.models
    twin = replace(second, orders=first.orders, losses=first.losses - 1e-9, intervals=first.intervals)
    reason = choose([replace(result, trials=(*result.baselines, first, twin))]).reason
    assert reason.startswith(f"{first.words} and {second.words} cannot be told apart")


def test_a_missed_total_is_said(result) -> None:
    first, _ = result.models
    off = replace(first.orders, relative_bias=replace(first.orders.relative_bias, value=-0.3))
    found = choose([replace(result, trials=(*result.baselines, replace(first, orders=off)))])
    assert any(warning.startswith("It foretold 30% fewer orders") for warning in found.warnings)


def test_several_origins_are_weighed_together(result) -> None:
    assert choose([result, result]).origins == 2


# -- spend ------------------------------------------------------------------------------------------------------------
def test_frequency_that_says_nothing_about_value_keeps_the_assumption(result) -> None:
    assert abs(result.spend.independence.pearson.value) < 0.2


def test_frequent_buyers_who_spend_more_break_the_assumption() -> None:
    rng = np.random.default_rng(1)
    test = simulated(2000)
    x = test.x.astype(int)
    rich = holdout(x, test.rows["recency"].to_numpy(), test.age.astype(int), test.orders, 10.0 + 5 * x, rng)
    assert "does not hold" in backtest(rich, with_intervals=False).spend.independence.verdict


def test_the_spend_test_has_both_ways(result) -> None:
    assert [trial.first_order for trial in result.spend.trials] == [False, True]


# -- pages ------------------------------------------------------------------------------------------------------------
def test_the_evidence_becomes_blocks_a_page_can_draw(result) -> None:
    found = blocks(Evidence((result, result), choose([result, result])))
    assert {type(block) for block in found} == {Text, Stats, Table, Chart, Group}
    json.dumps([plain(block) for block in found], allow_nan=False)


def test_evidence_without_a_test_still_says_why() -> None:
    (said,) = blocks(Evidence((), choose([])))
    assert "too few days" in said.text


def test_every_table_has_as_many_values_as_columns(result) -> None:
    tables = [block for block in blocks(Evidence((result, result), choose([result]))) if isinstance(block, Table)]
    assert all(len(row) == len(table.columns) for table in tables for row in table.rows)


# -- edges ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("customers", [0, 1, 5])
def test_hardly_any_customers_give_a_back_test_that_says_so(customers) -> None:
    found = backtest(simulated(5).sample(customers) if customers else empty())
    json.dumps(found.to_dict(), allow_nan=False)
    assert choose([found]).verdict == "not enough data"


def test_a_hold_out_in_which_nobody_bought_has_no_relative_bias() -> None:
    quiet = replace(simulated(200), orders=np.zeros(200), value=np.zeros(200))
    found = backtest(quiet, with_intervals=False).models[0].orders
    assert found.relative_bias.reason == "the actual total is not above 0"


def empty():
    none = np.zeros(0, np.int64)
    return holdout(none, none, none, none, np.zeros(0), np.random.default_rng(0))


# -- covariates -------------------------------------------------------------------------------------------------------
def test_what_arrivals_promise_is_added_up_over_the_groups_of_a_model_with_covariates() -> None:
    """With an effect of nought it is what the plain model promises; the groups lie apart by when they came."""
    test = simulated(300)
    rows = test.rows.append_column("channel", pa.array(["web" if age > 180 else "store" for age in test.age]))
    apart = replace(test, rows=rows, levels=usable(rows, ["channel"]))
    offsets = np.array([-50, 0, 30])
    (name,) = apart.levels[0].columns
    plain = {"r": 0.8, "alpha": 40 / 7, "a": 0.8, "b": 2.5}
    given = WithCovariates(BetaGeoNBD(), transaction=(name,))
    none, some = (given.at({**plain, f"transaction.{name}": effect}) for effect in (0.0, 0.5))
    expected = unconditional(BetaGeoNBD().at(plain), test, offsets)
    np.testing.assert_allclose(unconditional(none, apart, offsets), expected)
    assert (unconditional(some, apart, offsets) > expected).all()
