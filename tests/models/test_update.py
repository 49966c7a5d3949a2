"""Fitting again when customers have grown older, and learning from new ones: as if all had been known at once."""

from __future__ import annotations

import numpy as np
import pytest

from lifeworth.errors import DataError, InputError, ModelError
from lifeworth.models import NBD, BetaGeoNBD, GammaGamma, History, ParetoNBD, SpendHistory, WithCovariates, from_json
from lifeworth.units import TimeUnit

TRUTH = {"r": 0.8, "alpha": 6.0, "a": 0.7, "b": 2.5}


def cohort(size: int, seed: int, low: float = 5, high: float = 40) -> History:
    rng = np.random.default_rng(seed)
    return BetaGeoNBD().at(TRUTH).simulate(rng.uniform(low, high, size), rng).history


def both(one: History, other: History) -> History:
    return History(*(np.r_[getattr(one, name), getattr(other, name)] for name in one.COLUMNS))


@pytest.mark.parametrize("method", ["ml", "map"])
def test_learning_from_a_new_cohort_is_fitting_both_together(method: str) -> None:
    one, other = cohort(4000, 1), cohort(2500, 2)
    first = BetaGeoNBD().fit(one, method=method)
    learnt = first.update(other)
    together = BetaGeoNBD().fit(both(one, other), method=method)
    errors = np.sqrt(np.diag(together.log_covariance))
    assert np.abs((np.log(learnt.theta) - np.log(together.theta)) / errors).max() < 0.15
    assert np.sqrt(np.diag(learnt.log_covariance)) == pytest.approx(errors, rel=0.05)
    moved = (np.log(learnt.theta) - np.log(first.theta)) / errors
    assert np.abs(moved).max() > 0.3
    assert learnt.log_likelihood == pytest.approx(learnt.total_log_likelihood(other), rel=1e-12)
    assert learnt.data == other.summary()


def test_learning_twice_is_learning_from_both() -> None:
    first, one, other = BetaGeoNBD().fit(cohort(3000, 1)), cohort(1500, 2), cohort(1500, 3)
    in_turn, at_once = first.update(one).update(other), first.update(both(one, other))
    errors = np.sqrt(np.diag(at_once.log_covariance))
    assert np.abs((np.log(in_turn.theta) - np.log(at_once.theta)) / errors).max() < 0.1


def test_a_model_read_from_a_file_learns_the_same() -> None:
    first, new = BetaGeoNBD().fit(cohort(2000, 1)), cohort(1000, 2)
    learnt = first.update(new)
    again = from_json(first.to_json()).update(new)
    assert again.theta.tolist() == learnt.theta.tolist()
    back = from_json(learnt.to_json())
    assert back.to_json() == learnt.to_json()
    assert back.prior == learnt.prior
    assert back.posterior(200, data=new, seed=1).theta.tolist() == learnt.posterior(200, seed=1).theta.tolist()


def test_a_few_new_customers_without_a_second_order_are_learnt_from() -> None:
    first = BetaGeoNBD().fit(cohort(300, 1))
    learnt = first.update(History([0, 0, 0], [0, 0, 0], [30, 30, 30]))
    assert learnt.converged
    assert learnt.expected_orders_new(30.0)[0] < first.expected_orders_new(30.0)[0]
    assert "held by the earlier estimate" in learnt.notes[0]


def test_of_what_the_first_customers_did_not_hold_only_the_new_ones_tell() -> None:
    rng = np.random.default_rng(3)
    T = rng.uniform(5, 10, 300)
    counts = rng.poisson(rng.gamma(2.0, 1 / 20, T.size) * T)
    faithful = History(counts, np.where(counts > 0, T * rng.beta(np.maximum(counts, 1), 1), 0.0), T)
    first = BetaGeoNBD().fit(faithful)
    assert first.boundary
    learnt = first.update(cohort(4000, 2))
    assert not set(learnt.prior.centre) & set(first.boundary)
    assert learnt.converged
    alone = BetaGeoNBD().fit(cohort(4000, 2))
    for symbol in first.boundary:
        assert np.log(learnt.parameters[symbol] / alone.parameters[symbol]) == pytest.approx(0, abs=0.5)


def test_spends_of_new_customers_are_learnt_from_too() -> None:
    rng = np.random.default_rng(5)
    truth = GammaGamma().at({"p": 6.0, "q": 4.0, "v": 15.0})
    one, other = truth.simulate(rng.poisson(3.0, 3000), rng), truth.simulate(rng.poisson(3.0, 2000), rng)
    learnt = GammaGamma().fit(one).update(other)
    together = GammaGamma().fit(SpendHistory(np.r_[one.x, other.x], np.r_[one.mean_value, other.mean_value]))
    errors = np.sqrt(np.diag(together.log_covariance))
    assert np.abs((np.log(learnt.theta) - np.log(together.theta)) / errors).max() < 0.15


def test_a_refit_is_a_fit_to_the_grown_histories() -> None:
    rng = np.random.default_rng(7)
    true = ParetoNBD().at({"r": 0.8, "alpha": 6.0, "s": 0.9, "beta": 14.0})
    young, grown = (true.simulate(np.full(1500, T), rng).history for T in (30.0, 40.0))
    for method in ("ml", "map"):
        refitted = ParetoNBD().fit(young, method=method).refit(grown)
        anew = ParetoNBD().fit(grown, method=method)
        assert refitted.theta == pytest.approx(anew.theta, rel=1e-3)
        assert refitted.log_likelihood == pytest.approx(anew.log_likelihood, abs=1e-5)
        assert (refitted.prior is None) == (method == "ml")


def test_a_refit_from_a_boundary_begins_anew() -> None:
    rng = np.random.default_rng(3)
    T = rng.uniform(50, 100, 500)
    counts = rng.poisson(rng.gamma(2.0, 1 / 20, T.size) * T)
    first = BetaGeoNBD().fit(History(counts, np.where(counts > 0, T * rng.beta(np.maximum(counts, 1), 1), 0.0), T))
    assert first.boundary
    grown = cohort(2000, 2)
    assert first.refit(grown).theta == pytest.approx(BetaGeoNBD().fit(grown).theta, rel=1e-6)


def test_a_posterior_of_a_read_model_wants_its_own_histories() -> None:
    h = cohort(300, 1)
    fitted = BetaGeoNBD().fit(h)
    read = from_json(fitted.to_json())
    assert read.posterior(100, data=h, seed=2).theta.tolist() == fitted.posterior(100, seed=2).theta.tolist()
    with pytest.raises(InputError, match="not the histories this model was fitted to: customers was 300"):
        read.posterior(data=cohort(301, 1))
    with pytest.raises(InputError, match="not the histories"):
        read.posterior(data=cohort(300, 2))


def test_other_units_and_missing_covariates_are_refused() -> None:
    h = cohort(300, 1)
    weeks = NBD().fit(History(h.x, h.t_x, h.T, unit=TimeUnit.WEEK))
    days = History(h.x, h.t_x, h.T, unit=TimeUnit.DAY)
    for ask in (weeks.update, weeks.refit, lambda data: weeks.posterior(data=data)):
        with pytest.raises(InputError, match="in units of a week"):
            ask(days)
    web = History(h.x, h.t_x, h.T, covariates={"web": np.arange(len(h)) % 2})
    fitted = WithCovariates(NBD(), transaction=("web",)).fit(web)
    with pytest.raises(InputError, match="do not have the covariate web"):
        fitted.update(h)
    one_group = History(h.x, h.t_x, h.T, covariates={"web": np.ones(len(h))})
    assert fitted.update(one_group).converged


def test_given_parameters_and_nobody_teach_nothing() -> None:
    with pytest.raises(ModelError, match="given, not estimated"):
        BetaGeoNBD().at(TRUTH).update(cohort(100, 1))
    with pytest.raises(DataError, match="no customers"):
        GammaGamma().fit(SpendHistory(np.full(30, 2.0), np.arange(1.0, 31))).update(SpendHistory([0], [0.0]))
