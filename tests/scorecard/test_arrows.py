"""Arrows: what is there is seen, what is not is hardly ever, and too little is said to be too little."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lifeworth.scorecard.arrows import FALSE, Pair, judge


def sluggish(rng: np.random.Generator, months: int, slowness: float) -> np.ndarray:
    series = np.zeros(months + 60)
    for k in range(1, months + 60):
        series[k] = slowness * series[k - 1] + rng.normal()
    t = np.arange(months)
    return series[60:] + 0.08 * t + np.sin(2 * np.pi * (t + 2) / 12)


@pytest.mark.slow
@pytest.mark.parametrize("slowness", [0.0, 0.5, 0.8])
def test_of_series_that_know_nothing_of_each_other_few_are_seen(slowness: float) -> None:
    """Each on a card of its own, so that the share called seen is the share of false ones."""
    rng = np.random.default_rng(7)
    cards = 300
    found = [judge([Pair([*sluggish(rng, 30, slowness)], [*sluggish(rng, 30, slowness)], 2)])[0] for _ in range(cards)]
    seen = sum(one.verdict in {"seen", "contradicted"} for one in found)
    # Three standard errors of a share of a tenth.
    assert seen / cards <= FALSE + 3 * (FALSE * (1 - FALSE) / cards) ** 0.5


def test_a_card_full_of_chance_shows_hardly_an_arrow() -> None:
    rng = np.random.default_rng(11)
    false = 0
    for _ in range(12):
        pairs = [Pair([*sluggish(rng, 36, 0.5)], [*sluggish(rng, 36, 0.5)], 1) for _ in range(8)]
        false += any(one.verdict in {"seen", "contradicted"} for one in judge(pairs))
    # Whether any of a card is false: a tenth of the cards, and no more than four of twelve by chance (one in two hundred).
    assert false <= 4


@pytest.mark.parametrize("lag", [0, 1, 3])
def test_an_arrow_that_is_there_is_seen_with_its_sign_and_its_size(lag: int) -> None:
    rng = np.random.default_rng(3)
    cause = sluggish(rng, 40, 0.3)
    moved = np.concatenate([np.full(lag, cause.mean()), cause[: 40 - lag]])
    effect = 5 - 2.0 * moved + rng.normal(size=40)
    believed, doubted = judge([Pair([*cause], [*effect], lag, "-"), Pair([*cause], [*effect], lag, "+")])
    assert believed.verdict == "seen"
    assert doubted.verdict == "contradicted"
    assert believed.slope == pytest.approx(-2.0, abs=0.5)
    assert believed.low is not None
    assert believed.high is not None
    assert believed.strength is not None
    assert believed.low < believed.strength < believed.high < 0


def test_shared_trend_and_season_alone_are_no_arrow() -> None:
    t = np.arange(36)
    rng = np.random.default_rng(5)
    shared = 3 * t / 36 + 2 * np.cos(2 * np.pi * t / 12)
    found = judge([Pair([*(shared + 0.3 * rng.normal(size=36))], [*(shared + 0.3 * rng.normal(size=36))], 1)])[0]
    assert found.verdict in {"not seen", "not enough data"}


def test_too_little_is_said_to_be_too_little() -> None:
    rng = np.random.default_rng(1)
    short, gaps, still, none = judge(
        [
            Pair([*rng.normal(size=12)], [*rng.normal(size=12)], 1),
            Pair([None if k % 3 == 0 else float(k) for k in range(40)], [*rng.normal(size=40)], 1),
            Pair([1.0] * 40, [*rng.normal(size=40)], 1),
            Pair([], [], 1, why="it is known for the as-of day only"),
        ]
    )
    for one in (short, gaps, still, none):
        assert one.verdict == "not enough data"
        assert one.why
    assert "11 months" in short.why
    assert "2 are" not in gaps.why


def test_the_same_months_give_the_same_answer() -> None:
    rng = np.random.default_rng(2)
    pairs = [Pair([*sluggish(rng, 30, 0.4)], [*sluggish(rng, 30, 0.4)], 1) for _ in range(3)]
    assert judge(pairs) == judge(pairs)


def test_the_company_that_was_made_up_shows_the_arrows_that_were_put_in(tmp_path: Path) -> None:
    """Monthly series of the made-up business whose truth is known: relations put in, and three series that move nothing."""
    from lifeworth.data.synthetic import generate
    from lifeworth.data.synthetic.world import World

    made = generate(5000, seed=20240101)
    rows = made.tables["observations"].to_pylist()
    names = {row["metric"] for row in rows}
    series = {name: [row["value"] for row in rows if row["metric"] == name] for name in names}
    tickets = made.tables["tickets"].to_pylist()
    months = sorted({row["observed_on"].strftime("%Y-%m") for row in rows})
    replies: list[float | None] = []
    for month in months:
        hours = [
            (one["first_reply_at"] - one["opened_at"]).total_seconds() / 3600
            for one in tickets
            if one["first_reply_at"] is not None and one["opened_at"].strftime("%Y-%m") == month
        ]
        replies.append(float(np.mean(np.log(hours))) if hours else None)
    idle = ("office_energy_kwh", "meetings_held", "social_followers_gained")
    lag = World().training_lag
    pairs = [
        Pair(series["training_hours"], replies, lag, "-"),
        *(Pair(series[name], replies, lag, "-") for name in idle),
    ]
    true, *false = judge(pairs)
    assert true.verdict == "seen"
    assert all(one.verdict != "seen" for one in false)
