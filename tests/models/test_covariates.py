"""Static covariates move the parameters as stated, are recovered, and change nothing where they are nought."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lifeworth.errors import InputError
from lifeworth.models import (
    NBD,
    BetaDiscreteWeibull,
    BetaGeoNBD,
    GammaGamma,
    History,
    ModifiedBetaGeoNBD,
    ParetoNBD,
    ShiftedBetaGeometric,
    Tenures,
    WithCovariates,
    from_json,
)
from lifeworth.models.predictive import count_intervals

BOTH = ("transaction", "lifetime")
PLAIN = {
    BetaGeoNBD: ({"r": 0.8, "alpha": 6.0, "a": 0.7, "b": 2.5}, BOTH),
    ModifiedBetaGeoNBD: ({"r": 0.9, "alpha": 5.0, "a": 0.8, "b": 2.0}, BOTH),
    ParetoNBD: ({"r": 0.8, "alpha": 6.0, "s": 0.9, "beta": 14.0}, BOTH),
    NBD: ({"r": 0.8, "alpha": 6.0}, ("transaction",)),
    ShiftedBetaGeometric: ({"alpha": 0.8, "beta": 2.5}, ("lifetime",)),
    BetaDiscreteWeibull: ({"alpha": 0.8, "beta": 2.5, "c": 1.3}, ("lifetime",)),
}
EFFECTS = {"transaction.web": 0.5, "lifetime.web": -0.4}


def recipe(model: type) -> WithCovariates:
    return WithCovariates(model(), **dict.fromkeys(PLAIN[model][1], ("web",)))


def truth(model: type, scale: float = 1.0) -> dict[str, float]:
    parameters, processes = PLAIN[model]
    return {**parameters, **{s: scale * v for s, v in EFFECTS.items() if s.split(".")[0] in processes}}


def draw(model: type, size: int, web: np.ndarray, scale: float = 1.0) -> Any:
    rng = np.random.default_rng(3)
    fitted = recipe(model).at(truth(model, scale))
    if model in (ShiftedBetaGeometric, BetaDiscreteWeibull):
        return fitted.simulate(rng.integers(1, 11, size), rng, covariates={"web": web})
    return fitted.simulate(rng.integers(4, 40, size).astype(float), rng, covariates={"web": web}).history


def halves(size: int) -> np.ndarray:
    return (np.arange(size) % 2).astype(float)


@pytest.mark.parametrize("model", PLAIN)
def test_effects_are_recovered(model: type) -> None:
    data = draw(model, 8000, halves(8000))
    fitted = recipe(model).fit(data)
    assert fitted.converged
    errors = (fitted.model.free(fitted.theta) - fitted.model.free(np.array(list(truth(model).values())))) / np.sqrt(
        np.diag(fitted.log_covariance)
    )
    assert np.abs(errors).max() < 4


@pytest.mark.parametrize("model", PLAIN)
def test_derivatives_under_covariates_are_exact(model: type) -> None:
    size = 200
    data = draw(model, size, np.random.default_rng(1).normal(size=size))
    given = WithCovariates(model(), **dict.fromkeys(PLAIN[model][1], ("web",)), l2=dict.fromkeys(PLAIN[model][1], 0.1))
    objective = given.objective(data)
    point = given.free(np.array(list(truth(model).values()))) + 0.1
    value, slope, hessian = objective(point, 2)
    for i, axis in enumerate(np.eye(point.size)):
        above, below = objective(point + 1e-5 * axis, 1), objective(point - 1e-5 * axis, 1)
        assert slope[i] == pytest.approx((above[0] - below[0]) / 2e-5, rel=1e-6, abs=1e-6 * abs(value))
        if hessian is not None:
            assert hessian[i] == pytest.approx((above[1] - below[1]) / 2e-5, rel=1e-5, abs=1e-6 * abs(value))


@pytest.mark.parametrize("model", PLAIN)
def test_covariates_of_nought_are_the_plain_model(model: type) -> None:
    plain, data = model().at(PLAIN[model][0]), draw(model, 300, np.zeros(300))
    fitted = recipe(model).at(truth(model))
    assert fitted.log_likelihoods(data) == pytest.approx(plain.log_likelihoods(data), rel=1e-12)
    for ask in (
        "probability_alive",
        "expected_orders",
        "expected_discounted_orders",
        "time_to_next_order",
        "expected_periods",
    ):
        if hasattr(plain, ask):
            given = {
                "expected_orders": (8.0,),
                "expected_discounted_orders": (0.01, 8.0),
                "expected_periods": (8,),
            }.get(ask, ())
            assert getattr(fitted, ask)(data, *given) == pytest.approx(getattr(plain, ask)(data, *given), rel=1e-12)


@pytest.mark.parametrize("model", [BetaGeoNBD, ModifiedBetaGeoNBD, ParetoNBD])
def test_two_groups_are_two_plain_models(model: type) -> None:
    """With the parameters written out for each group."""
    data = draw(model, 400, halves(400))
    fitted = recipe(model).at(truth(model))
    moved = dict(PLAIN[model][0])
    moved["alpha"] *= np.exp(-EFFECTS["transaction.web"])
    for symbol in ("a", "b"):
        if symbol in moved:
            moved[symbol] *= np.exp(EFFECTS["lifetime.web"])
    if "beta" in moved:
        moved["beta"] *= np.exp(-EFFECTS["lifetime.web"])
    web = data.covariates["web"] == 1
    for rows, parameters in ((~web, PLAIN[model][0]), (web, moved)):
        plain, part = model().at(parameters), data.take(rows)
        assert fitted.log_likelihoods(data)[rows] == pytest.approx(plain.log_likelihoods(part), rel=1e-10)
        assert fitted.expected_orders(data, 9)[rows] == pytest.approx(plain.expected_orders(part, 9), rel=1e-10)
        assert fitted.order_count_probability(data, 1, 9)[rows] == pytest.approx(
            plain.order_count_probability(part, 1, 9), rel=1e-10
        )
        assert count_intervals(fitted, data, 9.0).high[rows].tolist() == count_intervals(plain, part, 9.0).high.tolist()
    assert fitted.expected_orders_new(5.0, {"web": 1})[0] == pytest.approx(
        model().at(moved).expected_orders_new(5.0)[0]
    )


@pytest.mark.parametrize("model", [BetaGeoNBD, ModifiedBetaGeoNBD])
def test_dropout_moves_the_odds_of_the_mean_customer_to_leave(model: type) -> None:
    """With the parameters written out for each group; a is multiplied and b stays."""
    given = WithCovariates(model(), transaction=("web",), dropout=("web",))
    base = PLAIN[model][0]
    fitted = given.at({**base, "transaction.web": 0.5, "dropout.web": -0.4})
    data = draw(model, 400, halves(400))
    web = data.covariates["web"] == 1
    moved = {**base, "alpha": base["alpha"] * np.exp(-0.5), "a": base["a"] * np.exp(-0.4)}
    for rows, parameters in ((~web, base), (web, moved)):
        plain, part = model().at(parameters), data.take(rows)
        assert fitted.log_likelihoods(data)[rows] == pytest.approx(plain.log_likelihoods(part), rel=1e-10)
        assert fitted.expected_orders(data, 9)[rows] == pytest.approx(plain.expected_orders(part, 9), rel=1e-10)


@pytest.mark.parametrize("model", [BetaGeoNBD, ModifiedBetaGeoNBD])
def test_effects_on_dropout_are_recovered(model: type) -> None:
    given = WithCovariates(model(), transaction=("web",), dropout=("web",))
    truth = {**PLAIN[model][0], "transaction.web": 0.5, "dropout.web": -0.4}
    ages = np.random.default_rng(3).integers(4, 40, 8000).astype(float)
    data = given.at(truth).simulate(ages, np.random.default_rng(4), covariates={"web": halves(8000)}).history
    fitted = given.fit(data)
    wrong = fitted.model.free(fitted.theta) - fitted.model.free(np.array(list(truth.values())))
    assert np.abs(wrong / np.sqrt(np.diag(fitted.log_covariance))).max() < 4


def test_new_customers_of_several_kinds_are_asked_at_once() -> None:
    fitted = recipe(BetaGeoNBD).at(truth(BetaGeoNBD))
    both = fitted.expected_orders_new([3.0, 9.0, 9.0], {"web": [0.0, 0.0, 1.0]})
    alone = [fitted.expected_orders_new(t, {"web": web})[0] for t, web in ((3.0, 0), (9.0, 0), (9.0, 1))]
    assert both == pytest.approx(alone, rel=1e-14)


def test_a_model_says_which_covariates_it_has() -> None:
    given = WithCovariates(BetaGeoNBD(), transaction=("channel=web", "channel=shop"), dropout=("first_product=tea",))
    assert given.name == "BG/NBD with channel and first product"
    assert given.covariates == ("channel=web", "channel=shop", "first_product=tea")


def test_what_a_model_does_not_look_at_changes_nothing() -> None:
    data = draw(BetaGeoNBD, 500, halves(500))
    plain = BetaGeoNBD().fit(History(data.x, data.t_x, data.T))
    assert BetaGeoNBD().fit(data).to_json() == plain.to_json()
    assert BetaGeoNBD().fit(data).cells.covariates == {}


def test_one_coefficient_can_serve_both_processes() -> None:
    data = draw(ParetoNBD, 3000, halves(3000))
    shared = WithCovariates(ParetoNBD(), equal=("web",)).fit(data)
    own = recipe(ParetoNBD).fit(data)
    assert "equal.web" in shared.parameters
    assert shared.log_likelihood < own.log_likelihood
    apart = recipe(ParetoNBD).at(
        {
            **{s: shared.parameters[s] for s in ParetoNBD().symbols},
            **{f"{p}.web": shared.parameters["equal.web"] for p in BOTH},
        }
    )
    assert apart.total_log_likelihood(data) == pytest.approx(shared.log_likelihood, rel=1e-12)


def test_a_penalty_draws_effects_to_nought() -> None:
    data = draw(BetaGeoNBD, 2000, halves(2000))
    free = recipe(BetaGeoNBD).fit(data)
    drawn = WithCovariates(
        BetaGeoNBD(), transaction=("web",), lifetime=("web",), l2={"transaction": 0.1, "lifetime": 0.1}
    ).fit(data)
    for symbol in EFFECTS:
        assert abs(drawn.parameters[symbol]) < abs(free.parameters[symbol])
    assert drawn.log_likelihood < free.log_likelihood
    assert drawn.total_log_likelihood(data) == pytest.approx(drawn.log_likelihood, rel=1e-10)


def test_a_saved_model_keeps_its_covariates() -> None:
    data = draw(BetaGeoNBD, 1500, halves(1500))
    fitted = recipe(BetaGeoNBD).fit(data)
    again = from_json(fitted.to_json())
    assert again.to_json() == fitted.to_json()
    assert again.expected_orders(data, 5) == pytest.approx(fitted.expected_orders(data, 5), rel=1e-14)


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (lambda: WithCovariates(BetaGeoNBD()), "No covariate is named"),
        (lambda: WithCovariates(NBD(), lifetime=("web",)), "no process for covariates on lifetime"),
        (lambda: WithCovariates(GammaGamma(), transaction=("web",)), "no process for covariates on transaction"),
        (lambda: WithCovariates(BetaGeoNBD(), equal=("web",), lifetime=("web",)), "not both"),
    ],
)
def test_covariates_that_cannot_be_are_refused(build: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        build()


def test_missing_and_useless_covariates_are_named() -> None:
    data = draw(BetaGeoNBD, 200, halves(200))
    with pytest.raises(InputError, match="do not have the covariate country"):
        WithCovariates(BetaGeoNBD(), transaction=("country",)).fit(data)
    same = History(data.x, data.t_x, data.T, covariates={"web": np.ones(len(data))})
    with pytest.raises(InputError, match="the same for all customers"):
        recipe(BetaGeoNBD).fit(same)


def test_like_contracts_of_one_group_are_counted_together() -> None:
    s = Tenures([1, 1, 1], [0, 0, 0], covariates={"web": [0, 0, 1]})
    cells = s.compress()
    assert cells.weights.tolist() == [2, 1]
    assert cells.covariates["web"].tolist() == [0, 1]
