"""Priors hold what the data do not, bend little what they do, and say so; nothing of them depends on a unit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lifeworth.errors import InputError, ModelError
from lifeworth.models import NBD, BetaGeoNBD, GammaGamma, History, SpendHistory, WithCovariates, from_json
from lifeworth.models.compare import likelihood_ratio
from lifeworth.models.prior import Belief, Prior, coefficients

TRUTH = {"r": 0.8, "alpha": 6.0, "a": 0.7, "b": 2.5}


def customers(size: int = 800, seed: int = 4) -> History:
    rng = np.random.default_rng(seed)
    return BetaGeoNBD().at(TRUTH).simulate(rng.uniform(5, 40, size), rng).history


def faithful(size: int = 1000) -> History:
    """Customers who never leave, so that nothing holds the dropout of BG/NBD."""
    rng = np.random.default_rng(3)
    T = rng.uniform(50, 100, size)
    counts = rng.poisson(rng.gamma(2.0, 1 / 20, T.size) * T)
    return History(counts, np.where(counts > 0, T * rng.beta(np.maximum(counts, 1), 1), 0.0), T)


def test_the_estimate_maximises_likelihood_and_prior_together() -> None:
    h = customers(60)
    prior = Prior({"r": 2.0, "alpha": 10.0, "a": 1.0, "b": 3.0}, {"r": 0.3, "alpha": 0.5, "a": 0.7, "b": 0.7})
    fitted = BetaGeoNBD().fit(h, method="map", prior=prior)

    def height(theta: np.ndarray) -> float:
        away = (np.log(theta) - np.log([2.0, 10.0, 1.0, 3.0])) / [0.3, 0.5, 0.7, 0.7]
        likelihood = BetaGeoNBD().at(dict(zip(["r", "alpha", "a", "b"], theta, strict=True))).total_log_likelihood(h)
        return likelihood - 0.5 * float(away @ away)

    rng = np.random.default_rng(1)
    best = height(fitted.theta)
    for size in (1e-3, 1e-2, 0.1, 0.5):
        for _ in range(10):
            assert height(fitted.theta * np.exp(size * rng.standard_normal(4))) <= best + 1e-9
    assert fitted.log_likelihood == pytest.approx(fitted.total_log_likelihood(h), rel=1e-12)


def test_gradient_and_curvature_with_a_prior_are_exact() -> None:
    objective = BetaGeoNBD().fit(customers(60), method="map").objective(customers(60))
    point = np.array([0.2, 1.5, -0.4, 1.0])
    _, slope, hessian = objective(point, 2)
    for i, axis in enumerate(np.eye(4)):
        above, below = objective(point + 1e-5 * axis, 1), objective(point - 1e-5 * axis, 1)
        assert slope[i] == pytest.approx((above[0] - below[0]) / 2e-5, rel=1e-6)
        assert hessian[i] == pytest.approx((above[1] - below[1]) / 2e-5, rel=1e-6, abs=1e-5)


def test_a_weak_prior_hardly_moves_what_the_data_hold() -> None:
    h = customers(5000)
    alone, together = BetaGeoNBD().fit(h), BetaGeoNBD().fit(h, method="map")
    errors = (np.log(together.theta) - np.log(alone.theta)) / np.sqrt(np.diag(alone.log_covariance))
    assert 0 < np.abs(errors).max() < 0.3
    assert together.log_likelihood < alone.log_likelihood
    assert together.held_by_prior == ()
    assert together.notes == ()


def test_what_the_data_do_not_hold_is_held_by_the_prior_and_said() -> None:
    h = faithful()
    alone = BetaGeoNBD().fit(h)
    together = BetaGeoNBD().fit(h, method="map")
    assert alone.boundary
    assert together.converged
    assert not together.boundary
    assert set(together.held_by_prior) == set(alone.boundary)
    for symbol in together.held_by_prior:
        assert any(note.startswith(symbol) and "held by the prior" in note for note in together.notes)
        assert np.isfinite(together.standard_errors[symbol])
    assert together.posterior(500).trusted
    assert from_json(together.to_json()).notes == together.notes


def test_a_parameter_known_better_beforehand_than_from_few_data_is_said_to_be_held_by_the_prior() -> None:
    sure = Prior({"r": 0.8}, {"r": 0.01})
    fitted = NBD().fit(customers(60), method="map", prior=sure)
    assert fitted.parameters["r"] == pytest.approx(0.8, rel=0.01)
    assert fitted.held_by_prior == ("r",)


def test_of_parameters_not_named_nothing_is_believed() -> None:
    h = customers()
    alone = BetaGeoNBD().fit(h)
    same = BetaGeoNBD().fit(h, method="map", prior=Prior({"r": alone.parameters["r"]}, {"r": 0.1}))
    assert same.theta == pytest.approx(alone.theta, rel=1e-4)


def test_beliefs_can_be_put_in_place_of_the_models_own() -> None:
    h = customers()
    mine = BetaGeoNBD().default_prior(h) | Prior({"r": 3.0}, {"r": 0.2})
    assert mine.centre["r"] == 3.0
    assert mine.width["alpha"] == BetaGeoNBD().default_prior(h).width["alpha"]
    assert mine.origin == "given"
    assert "r" not in mine.reasons


@pytest.mark.parametrize(
    ("centre", "width", "said"),
    [
        ({"r": 1.0}, {"r": 0.0}, "width of r = 0.0"),
        ({"r": 1.0}, {"r": -2.0}, "width of r = -2.0"),
        ({"r": 1.0}, {"r": float("inf")}, "width of r"),
        ({"r": float("nan")}, {"r": 1.0}, "centre of r"),
        ({"r": 1.0}, {}, "r has a centre but no width"),
        ({}, {"r": 1.0}, "r has a width but no centre"),
    ],
)
def test_a_prior_that_cannot_be_is_refused(centre: Any, width: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        Prior(centre, width)


def test_correlations_that_cannot_be_are_refused() -> None:
    for table in (((1.0, 2.0), (2.0, 1.0)), ((1.0,),), ((1.0, 0.5), (0.1, 1.0))):
        with pytest.raises(InputError, match="correlation"):
            Prior({"r": 1.0, "alpha": 1.0}, {"r": 1.0, "alpha": 1.0}, correlation=table)


def test_a_prior_of_another_models_parameters_is_refused() -> None:
    h = customers(60)
    with pytest.raises(InputError, match="NBD has no parameter alfa") as caught:
        NBD().fit(h, method="map", prior=Prior({"alfa": 1.0}, {"alfa": 1.0}))
    assert 'Did you mean "alpha"' in str(caught.value)
    with pytest.raises(InputError, match="centre of r = -1 is not above 0"):
        NBD().fit(h, method="map", prior=Prior({"r": -1.0}, {"r": 1.0}))
    with pytest.raises(InputError, match="knows no prior"):
        NBD().fit(h, prior=Prior({"r": 1.0}, {"r": 1.0}))
    with pytest.raises(InputError, match="ml, map"):
        NBD().fit(h, method="guess")


def test_criteria_that_compare_maximum_likelihoods_are_refused() -> None:
    h = customers(100)
    together = BetaGeoNBD().fit(h, method="map")
    for criterion in ("aic", "bic"):
        with pytest.raises(ModelError, match="fitted with a prior"):
            getattr(together, criterion)
    with pytest.raises(InputError, match="with a prior"):
        likelihood_ratio(NBD().fit(h), together)


def test_effects_of_covariates_are_drawn_to_none_whatever_their_unit() -> None:
    h = customers(400)
    rng = np.random.default_rng(2)
    centred = rng.normal(size=len(h))
    fits = []
    for factor in (1.0, 128.0):
        given = History(h.x, h.t_x, h.T, covariates={"age": factor * centred})
        fits.append(WithCovariates(BetaGeoNBD(), transaction=("age",)).fit(given, method="map"))
    one, other = (fitted.parameters["transaction.age"] for fitted in fits)
    assert other == pytest.approx(one / 128, rel=1e-6)
    assert fits[0].prior.width["transaction.age"] == pytest.approx(1 / centred.std(), rel=1e-12)


def test_an_effect_between_two_groups_is_believed_alike_however_rare_one_of_them_is() -> None:
    rare = np.r_[np.ones(5), np.zeros(995)]
    found = coefficients(["transaction.web"], [rare], np.ones(1000))
    assert found["transaction.web"].width == 1.0
    assert found["transaction.web"].centre == 0.0


def test_a_spend_model_whose_shape_nothing_holds_is_held_by_its_prior() -> None:
    rng = np.random.default_rng(6)
    spends = SpendHistory(np.r_[np.ones(30), 2.0], rng.gamma(3.0, 10.0, 31))
    fitted = GammaGamma().fit(spends, method="map")
    assert fitted.converged
    assert fitted.held_by_prior
    assert np.isfinite(fitted.expected_value(spends)).all()


def test_every_belief_has_its_reason_in_one_line() -> None:
    assert Prior.of({"r": Belief(1.0, 1.0, "why")}).reasons == {"r": "why"}
    for model, data in ((BetaGeoNBD(), customers(60)), (GammaGamma(), SpendHistory([1, 2], [3.0, 4.0]))):
        prior = model.default_prior(data)
        assert set(prior.reasons) == set(model.symbols)
        assert all(len(reason.split()) > 3 and "\n" not in reason for reason in prior.reasons.values())
