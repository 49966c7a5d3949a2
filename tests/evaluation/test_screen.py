"""Which covariates come on the ballot: what tells customers apart does, noise and repetition do not."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from lifeworth.evaluation.screen import MOST, likelier, moved, screen
from lifeworth.features.levels import Levels, usable
from lifeworth.features.series import arrays
from lifeworth.models import NBD, BetaGeoNBD, ModifiedBetaGeoNBD, ParetoNBD, WithCovariates
from lifeworth.models.history import History

PLAIN = {"r": 0.8, "alpha": 6.0, "a": 0.7, "b": 2.5}


def shop(customers: int = 3000, seed: int = 1, **columns: np.ndarray) -> tuple[History, tuple[Levels, ...]]:
    """Customers whose channel makes them order twice as often and leave less; other columns say nothing of their own."""
    rng = np.random.default_rng(seed)
    web = rng.integers(0, 2, customers)
    given = WithCovariates(BetaGeoNBD(), transaction=("web",), dropout=("web",))
    truth = given.at({**PLAIN, "transaction.web": 0.7, "dropout.web": -0.6})
    age = rng.integers(7, 300, customers)
    h = truth.simulate(age / 7, rng, covariates={"web": web}).history
    words = {"channel": np.where(web, "web", "store"), "noise": rng.choice(["a", "b", "c"], customers)}
    words |= {"copy": np.where(web, "W", "S"), "other": rng.choice(["x", "y"], customers)} | columns
    rows = pa.table({"x": h.x.astype(int), "recency": h.t_x * 7, "age": h.T * 7, **words})
    levels = usable(rows, list(words))
    return arrays(rows, covariates=levels), levels


def verdicts(*names: str, **more: np.ndarray) -> dict[str, bool]:
    h, levels = shop(**more)
    return {one.name: one.taken for one in screen(h, [one for one in levels if one.name in names], BetaGeoNBD())}


def test_what_tells_customers_apart_is_taken_and_noise_is_not() -> None:
    assert verdicts("channel", "noise") == {"channel": True, "noise": False}


def test_noise_is_taken_no_more_often_than_chance_allows() -> None:
    taken = 0
    for seed in range(12):
        h, levels = shop(800, seed)
        taken += sum(one.taken for one in screen(h, [one for one in levels if one.name == "noise"], BetaGeoNBD()))
    assert taken <= 1


def test_what_repeats_a_covariate_taken_before_is_left_out() -> None:
    found = screen(*shop()[:1], [one for one in shop()[1] if one.name in ("channel", "copy")], BetaGeoNBD())
    assert [one.taken for one in found] == [True, False]
    assert "follows from the others" in found[1].why_not


def test_no_more_than_so_many_are_taken(monkeypatch) -> None:
    monkeypatch.setattr("lifeworth.evaluation.screen.CHANCE", 1.1)
    h, levels = shop()
    found = screen(h, [one for one in levels if one.name != "copy"], BetaGeoNBD())
    assert sum(one.taken for one in found) == MOST
    assert "taken already" in found[-1].words


def test_the_likelier_model_is_told_and_one_that_cannot_be_fitted_is_not() -> None:
    h, _ = shop(1500)
    assert likelier(h, [ModifiedBetaGeoNBD(), BetaGeoNBD()]).key == BetaGeoNBD.key
    none = History(np.zeros(60), np.zeros(60), np.ones(60))
    assert likelier(none, [ParetoNBD(), BetaGeoNBD()]).key == ParetoNBD.key


@pytest.mark.parametrize(
    ("plain", "processes"),
    [
        (BetaGeoNBD, {"transaction", "dropout"}),
        (ParetoNBD, {"transaction", "lifetime"}),
        (NBD, {"transaction"}),
    ],
)
def test_effects_act_on_ordering_and_on_the_way_a_model_lets_customers_leave(plain, processes) -> None:
    _, levels = shop(500)
    model = moved(plain(), levels[:1], 500)
    assert {process for process, names in model.effects.items() if names} == processes
    assert model.name == f"{plain.name} with channel"


def test_a_model_without_levels_is_the_plain_one() -> None:
    plain = BetaGeoNBD()
    assert moved(plain, (), 500) is plain


def test_the_prior_does_not_grow_with_the_customers() -> None:
    """Twice as many customers of the same kind: half the pull on an effect, not the same."""
    h, levels = shop()
    one = [level for level in levels if level.name == "noise"]
    few, many = History(h.x, h.t_x, h.T, covariates=h.covariates), [h, h]
    both = History(
        *(np.concatenate([getattr(part, name) for part in many]) for name in ("x", "t_x", "T")),
        covariates={name: np.concatenate([part.covariates[name] for part in many]) for name in h.covariates},
    )
    symbol = f"transaction.{one[0].columns[0]}"
    free = WithCovariates(BetaGeoNBD(), transaction=one[0].columns, dropout=one[0].columns).fit(few).parameters[symbol]
    pulled = [moved(BetaGeoNBD(), one, len(data)).fit(data).parameters[symbol] for data in (few, both)]
    assert abs(pulled[1] - free) == pytest.approx(abs(pulled[0] - free) / 2, rel=0.05)


def test_histories_that_carry_no_model_are_told_not_raised() -> None:
    none = History(np.zeros(60), np.zeros(60), np.ones(60), covariates={"channel=b": np.arange(60) % 2})
    (found,) = screen(none, [Levels("channel", ("a", "b"), (30, 30))], BetaGeoNBD())
    assert not found.taken
    assert "is left out" in found.words
