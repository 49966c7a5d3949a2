"""Who stands for election, and what becomes of it in a run: an effect that is there is found, one that is not changes nothing."""

from __future__ import annotations

import json
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest
from tests.evaluation.simulated import holdout, simulated

import lifeworth
from lifeworth.clv.candidates import PLAIN, candidates
from lifeworth.errors import OptionError
from lifeworth.features.levels import usable
from lifeworth.models import BetaGeoNBD, ParetoNBD, WithCovariates, from_json

TRUTH = {"r": 0.8, "alpha": 60.0, "a": 0.7, "b": 2.5}
"""In days."""
START = date(2024, 1, 1)
DAYS = 730


def orders(customers: int, *, planted: bool, seed: int = 5, days: int = DAYS) -> pa.Table:
    """The order log of a shop; where planted, customers of the store order three times as often and leave less readily.

    Later orders name another channel than the first, so that only the first tells anything.
    """
    rng = np.random.default_rng(seed)
    store = rng.integers(0, 2, customers)
    acting = store if planted else np.zeros(customers)
    given = WithCovariates(BetaGeoNBD(), transaction=("store",), dropout=("store",))
    theta = given.at({**TRUTH, "transaction.store": 1.1, "dropout.store": -1.0})
    joined = rng.integers(0, days - 60, customers)
    filled = given.filling(theta.theta.tolist()).function(acting.astype(float))
    who, when, _ = BetaGeoNBD().draw_orders((days - joined).astype(float), rng, *filled)
    person = np.concatenate([np.arange(customers), who])
    day = np.concatenate([joined, np.minimum(joined[who] + np.ceil(when).astype(int), days - 1)])
    first = np.concatenate([np.ones(customers, bool), np.zeros(who.size, bool)])
    channel = np.where(first, np.where(store[person], "store", "web"), "app")
    return pa.table(
        {
            "customer_id": [f"c{number:05}" for number in person],
            "order_date": [START + timedelta(days=int(number)) for number in day],
            "amount": rng.gamma(4.0, 10.0, person.size).round(2),
            "channel": channel,
        }
    )


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("planted")
    result = lifeworth.run(orders(1500, planted=True), workspace=folder, horizon="26w")
    facts = json.loads(result.paths["manifest.json"].read_text())["facts"]
    return folder, result, facts


def trials(facts, origin: int = 0):
    return {one["name"]: one for one in facts["evidence"]["backtests"][origin]["trials"] if one["kind"] == "model"}


def test_an_effect_that_is_there_is_found_and_chosen(planted) -> None:
    _, result, facts = planted
    assert "channel" in facts["covariates"]["said"]
    assert facts["model"]["name"].endswith("with channel")
    assert "with channel" in result.summary["choice"]


def test_it_foretells_customers_better_than_the_plain_model(planted) -> None:
    found = trials(planted[2])
    with_channel, plain = (found[key]["orders"] for key in ("beta_geo_nbd+channel", "beta_geo_nbd"))
    assert with_channel["spearman"]["value"] > plain["spearman"]["value"] + 0.005
    assert with_channel["rmse"]["value"] < plain["rmse"]["value"]
    assert with_channel["mae"]["value"] < plain["mae"]["value"]


def test_the_effects_are_told_as_factors_with_an_interval_that_holds_the_truth(planted) -> None:
    (store,) = planted[2]["model"]["effects"]
    assert {store["level"], store["reference"]} == {"store", "web"}
    sign = 1 if store["level"] == "store" else -1
    # A tenth more room: orders of one day are one, so who orders often seems to order a little less so.
    assert store["orders"]["low"] / 1.1 < np.exp(sign * 1.1) < store["orders"]["high"] * 1.1
    assert store["customers"] > 600


def test_the_report_says_the_effects_in_words_and_as_a_table(planted) -> None:
    assert "times as often" in planted[1].report
    assert "Effects of what is known from the first purchase" in planted[1].report


def test_a_saved_model_predicts_again_what_the_run_predicted(planted) -> None:
    folder, result, facts = planted
    fitted = from_json((folder / "runs" / "current" / "models" / "orders.json").read_text())
    with lifeworth.Workspace.open(folder) as ws:
        from lifeworth.features.levels import Levels
        from lifeworth.features.series import arrays

        rows = ws.engine.arrow(ws.table("history").order_by("customer_id"))
        levels = [Levels.from_dict(said) for said in facts["model"]["covariates"]]
        alive = fitted.probability_alive(arrays(rows, covariates=levels))
    np.testing.assert_allclose(result.customers["probability_alive"].to_numpy(), alive, rtol=1e-12)


def test_one_customer_is_looked_at_with_their_covariates(planted) -> None:
    from lifeworth.clv.actions import alive

    folder, result, _ = planted
    who = result.customers["customer_id"][0].as_py()
    with lifeworth.Workspace.open(folder) as ws:
        page = alive(ws, who)
    stats = page.blocks[0].items
    assert stats[0].value == pytest.approx(result.customers["probability_alive"][0].as_py(), rel=1e-9)
    assert stats[1].value == pytest.approx(result.customers["expected_orders"][0].as_py(), rel=1e-9)


def test_customer_equity_lies_in_its_interval(planted) -> None:
    equity = planted[1].summary["value"]["customer_equity"]
    assert equity["low"] < equity["value"] < equity["high"]


def test_noise_changes_nothing() -> None:
    book = orders(900, planted=False)
    told = {"model": "beta_geo_nbd", "horizon": "26w"}
    found, without = lifeworth.run(book, **told), lifeworth.run(book, covariates="none", **told)
    assert "with channel" not in found.summary["model"]["name"]
    np.testing.assert_array_equal(
        found.customers["predicted_clv"].to_numpy(), without.customers["predicted_clv"].to_numpy()
    )
    assert "adds nothing beyond chance" in found.report


def test_a_named_covariate_stands_without_a_screen_and_noise_still_is_not_better() -> None:
    found = lifeworth.run(orders(600, planted=False), covariates="channel", model="beta_geo_nbd", horizon="26w")
    assert "BG/NBD with channel" in found.report


def test_a_model_named_with_a_covariate_stands_alone() -> None:
    found = lifeworth.run(orders(600, planted=True), model="beta_geo_nbd+channel", horizon="26w")
    assert found.summary["model"]["name"] == "BG/NBD with channel"


# -- the ballot -------------------------------------------------------------------------------------------------------
def with_channel(test, words):
    rows = test.rows.append_column("channel", pa.array(words))
    from dataclasses import replace

    return replace(test, rows=rows, levels=usable(rows, ["channel"]))


def test_without_covariates_the_plain_models_stand() -> None:
    standing = candidates("auto")
    assert tuple(standing(simulated(300))) == PLAIN == standing.keys


def test_a_covariate_that_does_not_hold_at_an_earlier_origin_leaves_the_plain_model_there() -> None:
    test = simulated(600)
    apart = np.where(test.x > 1, "often", "seldom")
    standing = candidates("auto")
    first = standing(with_channel(test, apart))
    earlier = standing(with_channel(test, np.random.default_rng(1).permutation(apart)))
    assert tuple(first) == tuple(earlier) == (*PLAIN, "beta_geo_nbd+channel")
    assert first["beta_geo_nbd+channel"].covariates == ("channel=often",)
    assert earlier["beta_geo_nbd+channel"].covariates == ()


def test_the_likelier_model_of_the_past_is_the_one_that_stands_with_covariates() -> None:
    rng = np.random.default_rng(3)
    age = rng.integers(100, 366, 4000)
    drawn = ParetoNBD().at({"r": 1.0, "alpha": 30.0, "s": 2.0, "beta": 90.0}).simulate(age, rng, 182.0)
    x = drawn.history.x.astype(int)
    recency = np.where(x > 0, np.clip(np.ceil(drawn.history.t_x), np.maximum(x, 1), age), 0).astype(int)
    test = holdout(x, recency, age, drawn.later, rng.gamma(4.0, 1.0, 4000), rng)
    standing = candidates("auto", ("channel",))
    assert "pareto_nbd+channel" in standing(with_channel(test, rng.choice(["a", "b"], 4000)))
    assert standing.keys == (*PLAIN, "pareto_nbd+channel")


def test_what_is_found_only_later_does_not_stand() -> None:
    test = simulated(600)
    apart = np.where(test.x > 1, "often", "seldom")
    standing = candidates("auto")
    standing(with_channel(test, np.random.default_rng(1).permutation(apart)))
    assert tuple(standing(with_channel(test, apart))) == PLAIN


@pytest.mark.parametrize(
    ("model", "asked", "keys"),
    [
        ("auto", ("channel",), (*PLAIN, "beta_geo_nbd+channel")),
        ("modified_beta_geo_nbd", ("channel",), ("modified_beta_geo_nbd", "modified_beta_geo_nbd+channel")),
        ("pareto_nbd+channel", (), ("pareto_nbd+channel",)),
        ("nbd", ("channel",), ("nbd", "nbd+channel")),
    ],
)
def test_settings_say_who_stands(model, asked, keys) -> None:
    standing = candidates(model, asked)
    words = np.random.default_rng(1).choice(["a", "b"], 400)
    assert tuple(standing(with_channel(simulated(400), words))) == keys == standing.keys


def test_a_named_covariate_without_two_levels_is_said() -> None:
    standing = candidates("pareto_nbd+channel")
    assert tuple(standing(with_channel(simulated(300), ["a"] * 300))) == ("pareto_nbd",) == standing.keys
    assert standing.said.startswith("Left out: channel")


@pytest.mark.parametrize(("model", "said"), [("beta_geo_nbdd", "no order model"), ("gamma_gamma", "no order model")])
def test_a_model_there_is_not_is_refused(model, said) -> None:
    with pytest.raises(OptionError, match=said):
        candidates(model)
