"""How customers differ: means, tails and points of the mixing distributions against quadrature and against draws."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, stats

from lifeworth.models import NBD, BetaGeoNBD, GammaGamma, ModifiedBetaGeoNBD, ParetoNBD
from lifeworth.models.mixing import BetaMixing, GammaMixing, InverseGammaMixing, Mixing

SAME = (
    (GammaMixing("order rate", 0.243, 4.41), stats.gamma(0.243, scale=1 / 4.41)),
    (GammaMixing("order rate", 3.0, 0.5), stats.gamma(3.0, scale=2.0)),
    (BetaMixing("leaving chance", 0.793, 2.426), stats.beta(0.793, 2.426)),
    (InverseGammaMixing("mean spend", 3.74, 6.25 * 15.44), stats.invgamma(3.74, scale=6.25 * 15.44)),
)


@pytest.mark.parametrize(("ours", "theirs"), SAME, ids=lambda one: type(one).__name__)
def test_the_distribution_is_that_of_the_textbook(ours: Mixing, theirs: object) -> None:
    points = theirs.ppf([0.01, 0.3, 0.5, 0.9, 0.999])
    assert [ours.point(level) for level in (0.01, 0.3, 0.5, 0.9, 0.999)] == pytest.approx(points)
    assert ours.above(points) == pytest.approx(theirs.sf(points))
    assert ours.mean == pytest.approx(theirs.mean())


@pytest.mark.parametrize(("ours", "theirs"), SAME, ids=lambda one: type(one).__name__)
def test_what_the_highest_hold_is_the_integral_over_them(ours: Mixing, theirs: object) -> None:
    start = theirs.ppf(0.9)
    found, _ = integrate.quad(lambda value: value * theirs.pdf(value), start, theirs.support()[1], limit=200)
    assert ours.held_above(start) == pytest.approx(found, rel=1e-6)
    assert ours.held_above(0.0) == pytest.approx(ours.mean)


def test_parameters_one_a_customer_give_answers_one_a_customer() -> None:
    some = GammaMixing("order rate", np.array([0.5, 2.0]), np.array([1.0, 4.0]))
    assert some.above(0.7).tolist() == [
        GammaMixing("order rate", shape, rate).above(0.7) for shape, rate in ((0.5, 1.0), (2.0, 4.0))
    ]


def test_without_a_finite_mean_there_is_none() -> None:
    assert InverseGammaMixing("mean spend", 0.9, 30.0).mean == np.inf


@pytest.mark.parametrize(
    ("model", "parameters"),
    [
        (NBD(), {"r": 0.8, "alpha": 6.0}),
        (ParetoNBD(), {"r": 0.8, "alpha": 6.0, "s": 2.5, "beta": 14.0}),
        (BetaGeoNBD(), {"r": 0.8, "alpha": 6.0, "a": 0.7, "b": 2.5}),
        (ModifiedBetaGeoNBD(), {"r": 0.8, "alpha": 6.0, "a": 0.7, "b": 2.5}),
    ],
    ids=lambda value: getattr(value, "key", ""),
)
def test_the_mean_order_rate_is_what_new_customers_begin_with(model: object, parameters: dict[str, float]) -> None:
    fitted = model.at(parameters)
    rate, *_ = model.mixing(*fitted.theta)
    soon = 1e-4
    staying = 1 - parameters["a"] / (parameters["a"] + parameters["b"]) if model.key == "modified_beta_geo_nbd" else 1
    assert fitted.expected_orders_new(soon)[0] / soon == pytest.approx(rate.mean * staying, rel=1e-3)


def test_the_mean_spend_is_that_of_the_population() -> None:
    fitted = GammaGamma().at({"p": 6.25, "q": 3.74, "v": 15.44})
    (spend,) = fitted.model.mixing(*fitted.theta)
    assert spend.mean == pytest.approx(fitted.mean_value())
    drawn = 6.25 / np.random.default_rng(1).gamma(3.74, 1 / 15.44, 200_000)
    assert spend.above(60.0) == pytest.approx((drawn > 60).mean(), abs=0.005)
