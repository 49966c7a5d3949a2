"""The diagnostics say what they say: each number against a second computation, plain and slow."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from tests.evaluation.simulated import simulated

from lifeworth.evaluation import diagnostics, diagnostics_specs
from lifeworth.evaluation.backtest import Backtest, backtest
from lifeworth.evaluation.diagnostics import by_past_orders, by_silence, frequency, increments
from lifeworth.models import NBD, BetaGeoNBD, History, ModifiedBetaGeoNBD, ParetoNBD, WithCovariates
from lifeworth.report.spec import Block, Chart, Group

MODELS = (
    NBD().at({"r": 0.6, "alpha": 8.0}),
    BetaGeoNBD().at({"r": 0.6, "alpha": 8.0, "a": 0.7, "b": 2.5}),
    ModifiedBetaGeoNBD().at({"r": 0.6, "alpha": 8.0, "a": 0.7, "b": 2.5}),
    ParetoNBD().at({"r": 0.6, "alpha": 8.0, "s": 0.7, "beta": 20.0}),
    WithCovariates(BetaGeoNBD(), transaction=("web",), lifetime=("web",)).at(
        {"r": 0.6, "alpha": 8.0, "a": 0.7, "b": 2.5, "transaction.web": 0.8, "lifetime.web": -0.4}
    ),
)


@pytest.fixture(scope="module")
def tested() -> Backtest:
    return backtest(simulated(customers=1500), {"beta_geo_nbd": BetaGeoNBD()}, with_intervals=False)


def customers(size: int, seed: int = 3) -> History:
    """Customers of 20 ages; half of them came by the web."""
    rng = np.random.default_rng(seed)
    T = rng.integers(1, 21, size) * 4.0
    x = rng.poisson(T / 20.0).astype(float)
    return History(x, np.where(x > 0, T / 2, 0.0), T, covariates={"web": rng.integers(0, 2, size).astype(float)})


def charts(blocks: Any) -> dict[str, Chart]:
    found: dict[str, Chart] = {}

    def look(block: Block) -> None:
        if isinstance(block, Group):
            for one in block.blocks:
                look(one)
        elif isinstance(block, Chart):
            found[block.title] = block

    for block in blocks:
        look(block)
    return found


# -- frequency ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("fitted", MODELS, ids=lambda one: one.model.name)
def test_expected_frequencies_add_up_to_the_customers(fitted: Any) -> None:
    h = customers(500)
    found = frequency(fitted, h)
    assert sum(found.expected) == pytest.approx(500)
    assert sum(found.actual) == 500


@pytest.mark.parametrize("fitted", MODELS, ids=lambda one: one.model.name)
def test_expected_frequencies_are_the_sum_over_customers_one_by_one(fitted: Any) -> None:
    h = customers(60)
    slow = np.zeros(7)
    for row in range(len(h)):
        web = {"web": h.covariates["web"][row : row + 1]}
        slow += fitted.order_count_probability(History([0], [0], [0], covariates=web), np.arange(7), h.T[row])[0]
    assert frequency(fitted, h).expected[:7] == pytest.approx(slow, rel=1e-9)


@pytest.mark.parametrize("fitted", MODELS, ids=lambda one: one.model.name)
def test_expected_frequencies_are_those_of_simulated_customers(fitted: Any) -> None:
    h = customers(20_000)
    drawn = fitted.simulate(h.T, np.random.default_rng(5), covariates=h.covariates).history
    found = frequency(fitted, drawn)
    inside = [low <= n <= high for n, low, high in zip(found.actual, found.low, found.high, strict=True)]
    assert np.array(found.actual) == pytest.approx(found.expected, abs=4 * 0.5 * np.sqrt(20_000))
    assert sum(inside) >= 5  # of 8 intervals at 90 %
    assert found.misplaced < 0.02


def test_actual_frequencies_are_counted() -> None:
    h = History([0, 0, 3, 7, 50], [0, 0, 1, 2, 3], [4, 5, 6, 7, 8], weights=[2, 1, 1, 1, 3])
    assert frequency(MODELS[0], h).actual == (3, 0, 0, 1, 0, 0, 0, 4)


def test_many_kinds_of_customers_are_told_by_some_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(6)
    T = rng.uniform(1, 100, 4000)
    h = History(np.zeros(4000), np.zeros(4000), T)
    whole = frequency(MODELS[3], h)
    monkeypatch.setattr(diagnostics, "KINDS", 500)
    some = frequency(MODELS[3], h)
    assert sum(some.expected) == pytest.approx(4000)
    assert some.expected == pytest.approx(whole.expected, rel=0.01)


def test_misplaced_is_the_share_that_has_to_move() -> None:
    found = diagnostics.Frequency(("0", "1"), (60.0, 40.0), (50.0, 50.0), (0.0, 0.0), (1.0, 1.0))
    assert found.misplaced == pytest.approx(0.1)


# -- conditional expectations -------------------------------------------------------------------------------------------
def test_conditional_expectations_are_means_of_those_who_were_alike() -> None:
    h = customers(800)
    rng = np.random.default_rng(7)
    predicted, actual = rng.gamma(1.0, 1.0, 800), rng.poisson(1.0, 800).astype(float)
    for cell in by_past_orders(h.x, actual, predicted, most=4):
        ours = [i for i in range(800) if (h.x[i] >= 4 if cell.label == "4+" else h.x[i] == int(cell.label))]
        assert cell.customers == len(ours)
        assert cell.predicted == pytest.approx(sum(predicted[i] for i in ours) / len(ours))
        assert cell.actual == pytest.approx(sum(actual[i] for i in ours) / len(ours))


def test_every_customer_stands_in_one_group() -> None:
    h = customers(800)
    nothing = np.zeros(800)
    assert sum(cell.customers for cell in by_past_orders(h.x, nothing, nothing)) == 800
    assert sum(cell.customers for cell in by_silence(h, nothing, nothing)) == 800


def test_silence_is_counted_in_shares_of_the_time_since_the_first_order() -> None:
    h = History([0, 1, 1, 2, 2, 0], [0, 10, 8, 5, 0.1, 0], [10, 10, 10, 10, 10, 0])
    found = by_silence(h, np.array([9.0, 1, 2, 3, 4, 7]), np.zeros(6))
    assert [(cell.label, cell.actual) for cell in found] == [
        ("0–20", 1.0), ("20–40", 2.0), ("40–60", 3.0), ("80–100", 4.0), ("1 order", 8.0),
    ]  # fmt: skip


def test_the_mean_of_a_group_has_its_interval() -> None:
    actual = np.array([0.0, 1, 2, 3, 4, 0, 1, 2, 3, 4])
    (cell,) = by_past_orders(np.zeros(10), actual, actual)
    reach = 1.6448536 * actual.std(ddof=1) / np.sqrt(10)
    assert (cell.low, cell.high) == pytest.approx((2 - reach, 2 + reach))


def test_a_single_customer_has_no_interval() -> None:
    (cell,) = by_past_orders(np.zeros(1), np.ones(1), np.ones(1))
    assert (cell.low, cell.high) == (None, None)


def test_a_right_model_is_right_about_customers_alike(tested: Backtest) -> None:
    (trial,) = tested.models
    for cell in (*trial.by_past_orders, *trial.by_silence):
        if cell.customers >= 50:
            assert cell.low is not None
            assert cell.predicted == pytest.approx(cell.actual, abs=2.5 * (cell.actual - cell.low))


# -- tracking -----------------------------------------------------------------------------------------------------------
def test_increments_add_up_to_the_line_they_come_from() -> None:
    line = (3.0, 4.5, 9.0, 9.5)
    assert np.cumsum(increments(line)) == pytest.approx(line)


def test_increments_are_none_where_the_line_is_not_known() -> None:
    assert increments((None, None, 5.0, 6.0), None) == (None, None, None, 1.0)


def test_the_weekly_expectation_is_summed_over_customers_one_by_one(tested: Backtest) -> None:
    test = simulated(customers=1500)
    fitted = BetaGeoNBD().fit(test.history)
    chart = diagnostics_specs.by_week(tested, tested.models[0])
    actual, expected, forecast = chart.series
    for week in (10, 40, 60):
        days = (expected.x[week] - test.as_of).days  # type: ignore[operator,union-attr]
        slow = 0.0
        for age in test.rows["age"].to_pylist():
            now, before = (fitted.expected_orders_new(max(age + day, 0) / 7)[0] for day in (days, days - 7))
            slow += now - before
        assert expected.y[week] == pytest.approx(slow, rel=1e-6)
    ahead = [value for value in forecast.y if value is not None]
    total = fitted.expected_orders(test.history, test.horizon).sum()
    assert sum(ahead) == pytest.approx(total, rel=1e-6)
    assert np.nansum(actual.y) == pytest.approx(np.sum(tested.tracking.weekly))  # type: ignore[arg-type]


def test_the_weekly_forecast_runs_without_steps(tested: Backtest) -> None:
    chart = diagnostics_specs.by_week(tested, tested.models[0])
    ahead = np.array([value for value in chart.series[2].y if value is not None])
    change = np.diff(ahead)
    assert (change < 0).all()  # customers who are known can only become fewer
    assert np.abs(np.diff(change)).max() < 0.1 * ahead.mean()


def test_a_last_week_cut_short_is_left_out_of_the_weekly_picture(tested: Backtest) -> None:
    ends = tested.tracking.ends
    short = replace(tested.tracking, ends=(*ends[:-1], ends[-1] - timedelta(days=3)))
    chart = diagnostics_specs.by_week(replace(tested, tracking=short), tested.models[0])
    assert [one.x for one in chart.series] == [ends[:-1]] * 3


# -- as pictures --------------------------------------------------------------------------------------------------------
def test_the_pictures_show_the_numbers(tested: Backtest) -> None:
    (trial,) = tested.models
    shown = charts(diagnostics_specs.conditional(trial))
    past = shown["Orders that came, by orders in the past"]
    assert past.series[0].y == tuple(cell.predicted for cell in trial.by_past_orders)
    assert past.series[1].y == tuple(cell.actual for cell in trial.by_past_orders)
    silence = shown["Orders that came, by time since the last order"]
    assert silence.series[1].high == tuple(cell.high for cell in trial.by_silence)


def test_every_picture_says_how_to_read_it(tested: Backtest) -> None:
    test = simulated(customers=1500)
    fitted = BetaGeoNBD().fit(test.history)
    inside = diagnostics_specs.of_fit(fitted, test.history, None, None, as_of=test.as_of, currency="EUR")
    shown = {
        **charts(diagnostics_specs.conditional(tested.models[0])),
        **charts(inside),
        "week": diagnostics_specs.by_week(tested, tested.models[0]),
    }
    assert len(shown) == 6
    assert all(len(chart.caption.split()) > 8 for chart in shown.values())
