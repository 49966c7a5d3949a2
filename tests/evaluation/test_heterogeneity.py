"""How customers differ, against draws of the same customers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lifeworth.evaluation import heterogeneity
from lifeworth.evaluation.heterogeneity import Spread, spreads
from lifeworth.models import BetaGeoNBD, GammaGamma, History, ParetoNBD, SpendHistory, WithCovariates
from lifeworth.models.base import Fitted
from lifeworth.units import DAYS_PER_YEAR, TimeUnit

SIZE = 400_000
SOME = History([1.0], [1.0], [2.0])


def weekly(model: Any, parameters: dict[str, float]) -> Fitted[Any]:
    """A model with given parameters that counts in weeks."""
    return model.result(model=model, parameters=parameters, unit=TimeUnit.WEEK.value)


def held_to(spread: Spread, drawn: np.ndarray) -> None:
    """The spread is that of the draws."""
    inside = np.minimum(drawn, spread.edges[-1] * (1 - 1e-12))
    shares = np.histogram(inside, spread.edges)[0] / drawn.size
    assert spread.shares == pytest.approx(shares, abs=0.004)
    assert sum(spread.shares) == pytest.approx(1.0)
    assert spread.mean == pytest.approx(drawn.mean(), rel=0.02)
    assert (spread.low, spread.median, spread.high) == pytest.approx(np.quantile(drawn, [0.1, 0.5, 0.9]), rel=0.03)
    highest = np.sort(drawn)[-drawn.size // 10 :]
    assert spread.top == pytest.approx(highest.mean(), rel=0.02)
    assert spread.held == pytest.approx(highest.sum() / drawn.sum(), rel=0.02)


def test_order_rates_and_leaving_chances_are_those_drawn() -> None:
    rng = np.random.default_rng(1)
    rate, chance = spreads(weekly(BetaGeoNBD(), {"r": 0.8, "alpha": 8.0, "a": 0.8, "b": 2.4}), SOME)
    held_to(rate, rng.gamma(0.8, 1 / 8.0, SIZE) * DAYS_PER_YEAR / 7)
    held_to(chance, rng.beta(0.8, 2.4, SIZE))


def test_leaving_rates_are_those_drawn() -> None:
    rng = np.random.default_rng(2)
    _, leaving = spreads(weekly(ParetoNBD(), {"r": 0.8, "alpha": 8.0, "s": 1.5, "beta": 30.0}), SOME)
    held_to(leaving, rng.gamma(1.5, 1 / 30.0, SIZE) * DAYS_PER_YEAR / 7)


def test_mean_spends_are_those_drawn() -> None:
    rng = np.random.default_rng(3)
    (spend,) = spreads(GammaGamma().at({"p": 6.0, "q": 6.0, "v": 15.0}), SpendHistory([1.0], [20.0]))
    held_to(spend, 6.0 / rng.gamma(6.0, 1 / 15.0, SIZE))


@pytest.mark.parametrize("kinds", [500, 7])
def test_with_covariates_it_is_the_mixture_over_the_customers_there_are(
    kinds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heterogeneity, "KINDS", kinds)
    rng = np.random.default_rng(4)
    z = rng.integers(0, 10, 5000) / 10
    h = History(np.ones(5000), np.ones(5000), np.full(5000, 2.0), covariates={"web": z})
    model = WithCovariates(BetaGeoNBD(), transaction=("web",))
    rate, chance = spreads(weekly(model, {"r": 0.8, "alpha": 8.0, "a": 0.8, "b": 2.4, "transaction.web": 1.5}), h)
    many = np.resize(z, SIZE)
    drawn = rng.gamma(0.8, 1 / 8.0, SIZE) * np.exp(1.5 * many) * DAYS_PER_YEAR / 7
    if kinds == 500:
        held_to(rate, drawn)
    assert rate.mean == pytest.approx(drawn.mean(), rel=0.1)
    held_to(chance, rng.beta(0.8, 2.4, SIZE))


def test_without_a_finite_mean_none_is_given() -> None:
    (spend,) = spreads(GammaGamma().at({"p": 6.0, "q": 0.9, "v": 15.0}), SpendHistory([1.0], [20.0]))
    assert (spend.mean, spend.top, spend.held) == (None, None, None)


def test_customers_who_are_all_alike_have_no_curve() -> None:
    found = spreads(weekly(BetaGeoNBD(), {"r": 0.8, "alpha": 8.0, "a": 1e9, "b": 9e9}), SOME)
    assert [one.trait for one in found] == ["order rate"]


def test_edges_are_round_and_few() -> None:
    for one in spreads(weekly(ParetoNBD(), {"r": 0.24, "alpha": 4.4, "s": 1.5, "beta": 30.0}), SOME):
        assert len(one.shares) <= heterogeneity.BARS
        assert one.edges[1] in {size * 10.0**power for size in (1, 2, 2.5, 5) for power in range(-3, 4)}
