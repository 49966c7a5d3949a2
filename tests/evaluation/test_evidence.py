from __future__ import annotations

import json
from datetime import date, timedelta
from time import process_time
from typing import Any

import numpy as np
import pytest
from tests.features.tables import load_orders, load_refunds, order, refund

from lifeworth.engine.base import Engine
from lifeworth.evaluation.backtest import backtest
from lifeworth.evaluation.cost import about, piece, plan
from lifeworth.evaluation.evidence import Evidence, gather
from lifeworth.evaluation.holdout import hold_out
from lifeworth.evaluation.scoring import chance_of_ranking, difference
from lifeworth.features.calendar import Split
from lifeworth.features.history import history
from lifeworth.models.family import MODELS
from lifeworth.report.progress import Progress
from lifeworth.units import Period, TimeUnit

FIRST = date(2022, 1, 1)
LAST = date(2023, 12, 31)


@pytest.fixture
def book(engine: Engine) -> Any:
    rng = np.random.default_rng(11)
    rows = []
    for number in range(300):
        start, gap = int(rng.integers(0, 400)), rng.gamma(2.0, 40.0)
        days = start + np.cumsum(np.r_[0, rng.exponential(gap, rng.geometric(0.15))]).astype(int)
        rows += [order(f"c{number:03}", FIRST + timedelta(int(day)), 10.0 + number % 7) for day in days if day < 730]
    return load_orders(engine, rows)


def evidence(engine: Engine, book: Any, **more: Any) -> Evidence:
    return gather(engine, book, more.pop("refunds", None), first=FIRST, as_of=LAST, horizon=Period.weeks(20), **more)


def test_several_origins_are_tested_and_the_latest_comes_first(engine, book) -> None:
    found = evidence(engine, book)
    assert [test.until for test in found.backtests] == [LAST, date(2023, 8, 13), date(2023, 3, 26)]


def test_every_origin_has_the_same_measures(engine, book) -> None:
    found = evidence(engine, book)
    assert len(found.backtests) >= 3
    for test in found.backtests:
        chosen = test.trial(found.chosen)
        assert chosen.intervals is not None
        assert chosen.orders.gini.value is not None
        assert all(trial.cohorts and trial.order_bands for trial in test.models)


def test_intervals_tested_afterwards_are_those_of_a_test_at_once(engine, book) -> None:
    found = evidence(engine, book)
    _, _, (_, test, *_) = found.choice, found.latest, found.backtests
    again = backtest(
        hold_out(engine, book, None, Split(test.as_of, test.until), TimeUnit.WEEK),
        {found.chosen: MODELS[found.chosen]()},
    )
    late, at_once = test.trial(found.chosen).intervals, again.trial(found.chosen).intervals
    assert late.pit_coverage.inside == pytest.approx(at_once.pit_coverage.inside, abs=1e-4)
    assert late.value_total.high == pytest.approx(at_once.value_total.high, rel=1e-3)


# -- what it costs ------------------------------------------------------------------------------------------------------
class Told(Progress):
    """Keeps what a person would have read."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        self.notes.append(text)


def test_what_is_about_to_be_done_is_said_before_it_begins(engine, book, monkeypatch) -> None:
    told = Told()
    monkeypatch.setattr("lifeworth.evaluation.evidence.hold_out", lambda *_: pytest.fail(" ".join(told.notes)))
    ids = engine.arrow(history(book, None, LAST).order_by("customer_id"))["customer_id"]
    with pytest.raises(
        pytest.fail.Exception, match=r"Testing 2 models on \d hold-outs of up to 300 customers.* on this machine"
    ):
        evidence(engine, book, customers=ids, progress=told)


def test_the_time_it_took_is_nowhere_in_the_evidence(engine, book, monkeypatch) -> None:
    monkeypatch.setattr("lifeworth.evaluation.evidence.WORTH_TELLING", 0.0)
    told = Told()
    found = evidence(engine, book, progress=told)
    assert any(note.startswith("The test took") for note in told.notes)
    assert not any("took" in str(warning) or " s." in warning for warning in found.choice.warnings)
    assert json.dumps(found.to_dict()) == json.dumps(evidence(engine, book).to_dict())


def test_a_larger_test_is_foretold_to_take_longer() -> None:
    small = plan(["beta_geo_nbd"], 1_000, FIRST, LAST, Period.months(6))
    many = [
        plan(["beta_geo_nbd"], 100_000, FIRST, LAST, Period.months(6)),
        plan(["beta_geo_nbd", "pareto_nbd"], 1_000, FIRST, LAST, Period.months(6)),
        plan(["beta_geo_nbd+channel"], 1_000, FIRST, LAST, Period.months(6)),
    ]
    assert all(one.work > small.work for one in many)


def test_a_history_too_short_to_hold_out_costs_nothing_and_says_nothing() -> None:
    assert plan(["beta_geo_nbd"], 1_000, FIRST, FIRST + timedelta(30), Period.months(12)).foretold() == ""


def test_finding_out_how_fast_a_machine_is_takes_no_time_worth_saving() -> None:
    began = process_time()
    assert 0 < piece() < 1
    assert process_time() - began < 0.2


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.3, "a second or two"), (7.4, "about 7 s"), (23, "about 25 s"), (200, "about 3 min")]
)
def test_a_time_is_told_no_more_exactly_than_it_is_known(seconds, said) -> None:
    assert about(seconds) == said


def test_evidence_is_json(engine, book) -> None:
    json.dumps(evidence(engine, book).to_dict(), allow_nan=False)


def test_a_test_on_some_customers_is_made_of_their_orders_alone(engine, book, monkeypatch) -> None:
    monkeypatch.setattr("lifeworth.evaluation.evidence.MOST_CUSTOMERS", 150)
    ids = engine.arrow(history(book, None, LAST).order_by("customer_id"))["customer_id"]
    back = load_refunds(engine, [refund(LAST, 1, customer=name) for name in ids.to_pylist()])
    found = evidence(engine, book, customers=ids, refunds=back).latest
    assert found.customers == 150
    assert any(f"150 of {len(ids)} customers" in note for note in found.notes)


def test_a_test_on_some_customers_leaves_no_scratch_tables(engine, book, monkeypatch) -> None:
    monkeypatch.setattr("lifeworth.evaluation.evidence.MOST_CUSTOMERS", 150)
    ids = engine.arrow(history(book, None, LAST).order_by("customer_id"))["customer_id"]
    evidence(engine, book, customers=ids)
    assert engine.tables() == ["orders"]


def test_a_history_too_short_to_hold_out_is_not_enough_data(engine, book) -> None:
    found = gather(engine, book, None, first=FIRST, as_of=FIRST + timedelta(30), horizon=Period.months(12))
    assert (found.latest, found.choice.verdict) == (None, "not enough data")


# -- one forecast against another -------------------------------------------------------------------------------------
def test_the_first_is_better_where_its_errors_are_smaller() -> None:
    found = difference("a", "b", (np.array([1.0, 1, 2, 1]), np.array([2.0, 3, 3, 2])))
    assert found.mean < 0
    assert found.clear


def test_a_difference_within_the_noise_is_not_clear() -> None:
    assert not difference("a", "b", (np.array([1.0, 5, 1, 5]), np.array([5.0, 1, 5, 2]))).clear


def test_a_difference_nobody_would_notice_is_not_clear() -> None:
    losses = np.linspace(1, 2, 100)
    assert not difference("a", "b", (losses * (1 - 1e-6), losses)).clear


def test_one_customer_cannot_part_two_forecasts() -> None:
    assert not difference("a", "b", (np.array([1.0]), np.array([9.0]))).clear


def test_a_ranking_without_any_link_is_as_good_as_chance() -> None:
    assert chance_of_ranking(0.0, 1000) == pytest.approx(0.5)
