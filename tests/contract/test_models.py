"""What every model promises, whatever it models."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lifeworth.errors import DataError, InputError, ModelError
from lifeworth.models import from_json
from lifeworth.models.family import MODELS
from lifeworth.models.prior import Prior


def draw(case: Any, size: int = 3000, seed: int = 7) -> Any:
    return case.data(case.model(), case.truth, size, np.random.default_rng(seed))


def repeated(data: Any, times: np.ndarray) -> tuple[Any, Any]:
    """The same customers said twice: by weights, and row by row."""
    columns = [getattr(data, name) for name in data.COLUMNS]
    return type(data)(*columns, weights=times), type(data)(*(np.repeat(column, times) for column in columns))


def test_every_model_is_under_contract(request: pytest.FixtureRequest) -> None:
    plugin = next(p for p in request.config.pluginmanager.get_plugins() if hasattr(p, "CASES"))
    assert {case.model for case in plugin.CASES} == set(MODELS.values())


def test_the_true_parameters_are_recovered(case: Any) -> None:
    fitted = case.model().fit(draw(case, 20_000))
    assert fitted.converged
    errors = (np.log(fitted.theta) - np.log(list(case.truth.values()))) / np.sqrt(np.diag(fitted.log_covariance))
    assert np.abs(errors).max() < 4


def test_no_point_nearby_is_likelier(case: Any) -> None:
    data = draw(case)
    fitted = case.model().fit(data)
    rng = np.random.default_rng(3)
    for size in (1e-3, 1e-2, 0.1, 0.5):
        for _ in range(10):
            other = fitted.with_parameters(fitted.theta * np.exp(size * rng.standard_normal(fitted.theta.size)))
            assert other.total_log_likelihood(data) <= fitted.log_likelihood


def test_gradients_are_exact(case: Any) -> None:
    objective = case.model().objective(draw(case, 300))
    rng = np.random.default_rng(1)
    start = np.log(list(case.truth.values()))
    for _ in range(8):
        point = start + rng.normal(0, 1, start.size)
        value, slope, hessian = objective(point, 2)
        for i, axis in enumerate(np.eye(start.size)):
            step = 1e-5 * axis
            above, below = objective(point + step, 1), objective(point - step, 1)
            assert slope[i] == pytest.approx((above[0] - below[0]) / 2e-5, rel=1e-6, abs=1e-6 * abs(value))
            if hessian is not None:
                assert hessian[i] == pytest.approx((above[1] - below[1]) / 2e-5, rel=1e-5, abs=1e-7 * abs(value))


def test_the_covariance_is_the_inverse_curvature(case: Any) -> None:
    data = draw(case)
    fitted = case.model().fit(data)
    _, _, hessian = case.model().objective(data.compress())(np.log(fitted.theta), 2)
    if hessian is not None:
        assert fitted.log_covariance @ hessian == pytest.approx(np.eye(fitted.theta.size), abs=1e-5)


def test_weights_are_repetition(case: Any) -> None:
    data = draw(case, 500)
    weighted, written_out = repeated(data, np.random.default_rng(2).integers(1, 5, len(data)))
    one, other = case.model().fit(weighted), case.model().fit(written_out)
    assert one.log_likelihood == pytest.approx(other.log_likelihood, rel=1e-10)
    assert one.theta == pytest.approx(other.theta, rel=1e-4)
    assert one.bic == pytest.approx(other.bic, rel=1e-10)


def test_the_order_of_rows_does_not_matter(case: Any) -> None:
    data = draw(case, 500)
    mixed = np.random.default_rng(5).permutation(len(data))
    shuffled = type(data)(*(getattr(data, name)[mixed] for name in data.COLUMNS))
    assert case.model().fit(shuffled).theta == pytest.approx(case.model().fit(data).theta, rel=1e-4)


def test_counting_like_rows_together_changes_nothing(case: Any) -> None:
    data = draw(case, 500)
    fitted = case.model().at(case.truth)
    assert fitted.total_log_likelihood(data.compress()) == pytest.approx(fitted.total_log_likelihood(data), rel=1e-12)
    assert fitted.log_likelihoods(data).sum() == pytest.approx(fitted.total_log_likelihood(data), rel=1e-12)


def test_fitting_leaves_the_data_as_they_were(case: Any) -> None:
    data = draw(case, 500)
    before = {name: getattr(data, name).copy() for name in data.COLUMNS}
    case.model().fit(data)
    assert all(np.array_equal(before[name], getattr(data, name)) for name in data.COLUMNS)


def test_a_saved_model_comes_back_the_same(case: Any) -> None:
    fitted = case.model().fit(draw(case, 500))
    again = from_json(fitted.to_json())
    assert again.to_json() == fitted.to_json()
    assert again.theta.tolist() == fitted.theta.tolist()
    assert again.standard_errors == fitted.standard_errors
    assert type(again) is type(fitted)


def test_a_model_with_given_parameters_knows_no_uncertainty(case: Any) -> None:
    fitted = case.model().at(case.truth)
    assert from_json(fitted.to_json()).parameters == case.truth
    with pytest.raises(ModelError, match="given, not estimated"):
        _ = fitted.standard_errors
    with pytest.raises(ModelError, match="given, not estimated"):
        _ = fitted.aic


def test_confidence_intervals_hold_the_estimate_and_widen_with_the_level(case: Any) -> None:
    fitted = case.model().fit(draw(case))
    narrow, wide = fitted.confidence_intervals(0.5), fitted.confidence_intervals(0.95)
    for symbol, value in fitted.parameters.items():
        assert 0 < wide[symbol][0] < narrow[symbol][0] < value < narrow[symbol][1] < wide[symbol][1]


def test_parameters_that_cannot_be_are_named(case: Any) -> None:
    symbol = case.model().symbols[1]
    for wrong in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(InputError, match=f"{symbol} = "):
            case.model().at({**case.truth, symbol: wrong})
    with pytest.raises(InputError, match="has the parameters"):
        case.model().at({symbol: 1.0})


def test_too_few_customers_are_refused(case: Any) -> None:
    with pytest.raises(DataError, match="at least"):
        case.model().fit(draw(case, 5))


def test_money_in_cents_or_euros_gives_the_same_model(spend_case: Any) -> None:
    case = spend_case
    data = draw(case)
    columns = {"mean_value": 100 * data.mean_value}
    if "mean_log_value" in data.COLUMNS:
        columns["mean_log_value"] = data.mean_log_value + np.log(100)
    cents = type(data)(data.x, **columns)
    one, other = case.model().fit(data), case.model().fit(cents)
    for symbol, value in one.parameters.items():
        factor = 100 if symbol in case.money_parameters else 1
        assert other.parameters[symbol] == pytest.approx(factor * value, rel=1e-5)
    # as many densities as there are values: each customer's mean, or every purchase
    buyers = data.x.sum() if "mean_log_value" in data.COLUMNS else (data.x > 0).sum()
    assert other.log_likelihood == pytest.approx(one.log_likelihood - buyers * np.log(100), rel=1e-9)


def test_every_model_has_a_prior_of_its_own_with_reasons(case: Any) -> None:
    model = case.model()
    prior = model.default_prior(draw(case, 300))
    assert set(prior.centre) == set(prior.width) == set(prior.reasons) == set(model.symbols)
    assert prior.origin == "default"


def test_with_a_prior_that_says_nothing_it_is_the_fit_without(case: Any) -> None:
    data = draw(case)
    model = case.model()
    own = model.default_prior(data)
    alone = model.fit(data)
    together = model.fit(data, method="map", prior=Prior(own.centre, dict.fromkeys(own.width, 1e5)))
    assert together.theta == pytest.approx(alone.theta, rel=1e-4)
    assert together.log_likelihood == pytest.approx(alone.log_likelihood, rel=1e-10)
    assert np.sqrt(np.diag(together.log_covariance)) == pytest.approx(np.sqrt(np.diag(alone.log_covariance)), rel=1e-3)
    assert together.held_by_prior == ()


def test_a_fit_with_a_prior_comes_back_the_same(case: Any) -> None:
    fitted = case.model().fit(draw(case, 500), method="map")
    again = from_json(fitted.to_json())
    assert again.to_json() == fitted.to_json()
    assert again.prior == fitted.prior
    assert again.held_by_prior == fitted.held_by_prior
    assert fitted.log_likelihood == pytest.approx(fitted.total_log_likelihood(draw(case, 500)), rel=1e-10)


def test_with_a_prior_the_unit_of_time_changes_nothing_but_units(time_case: Any) -> None:
    case = time_case
    h = draw(case, 400)
    finer = type(h)(h.x, 128 * h.t_x, 128 * h.T)
    fits = [case.model().fit(data, method="map") for data in (h, finer)]
    expect_other_units(case.time_parameters, 128, *fits)
    assert fits[1].expected_orders(finer, 128 * 9) == pytest.approx(fits[0].expected_orders(h, 9), rel=1e-6)


def test_with_a_prior_the_unit_of_money_changes_nothing_but_units(spend_case: Any) -> None:
    case = spend_case
    data = draw(case, 400)
    columns = {"mean_value": 128 * data.mean_value}
    if "mean_log_value" in data.COLUMNS:
        columns["mean_log_value"] = data.mean_log_value + np.log(128)
    cents = type(data)(data.x, **columns)
    fits = [case.model().fit(given, method="map") for given in (data, cents)]
    expect_other_units(case.money_parameters, 128, *fits)
    assert fits[1].expected_value(cents) == pytest.approx(128 * fits[0].expected_value(data), rel=1e-6)


def expect_other_units(scales: tuple[str, ...], factor: float, one: Any, other: Any) -> None:
    """The same beliefs, estimates and errors, but for the unit of the scales."""
    for symbol, value in one.parameters.items():
        times = factor if symbol in scales else 1
        assert other.prior.centre[symbol] == pytest.approx(times * one.prior.centre[symbol], rel=1e-13)
        assert other.parameters[symbol] == pytest.approx(times * value, rel=1e-6)
    assert other.prior.width == one.prior.width
    assert other.log_covariance == pytest.approx(one.log_covariance, rel=1e-5, abs=1e-8)
