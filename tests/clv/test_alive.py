"""One customer's path: every day as if that day were the last one observed, the last one as the run scored it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import lifeworth
from lifeworth.clv import actions
from lifeworth.clv.alive import alive_path, page
from lifeworth.data.synthetic import simulate_orders
from lifeworth.errors import DataError, OptionError, WorkspaceError
from lifeworth.models import NBD, BetaGeoNBD, History, ModifiedBetaGeoNBD, ParetoNBD, WithCovariates
from lifeworth.models.stimulus import stimulated
from lifeworth.report.spec import Chart, Page, Stats, Table
from lifeworth.units import Period, TimeUnit
from lifeworth.workspace import Workspace

FIRST = date(2024, 1, 10)
BOUGHT = [FIRST + timedelta(days=days) for days in (0, 1, 30, 90)]
AS_OF = FIRST + timedelta(days=200)
END = FIRST + timedelta(days=300)
MODELS = (
    BetaGeoNBD().at({"r": 0.6, "alpha": 8.0, "a": 0.7, "b": 2.5}),
    ModifiedBetaGeoNBD().at({"r": 0.6, "alpha": 8.0, "a": 0.7, "b": 2.5}),
    ParetoNBD().at({"r": 0.6, "alpha": 8.0, "s": 0.7, "beta": 20.0}),
)


@pytest.mark.parametrize("fitted", MODELS, ids=lambda one: one.model.key)
def test_each_day_is_told_as_if_it_were_the_last_one_observed(fitted: Any) -> None:
    path = alive_path(fitted, BOUGHT, as_of=AS_OF, end=END)
    assert path.alive.size == 301
    for day in (0, 1, 29, 30, 31, 90, 200, 300):
        past = [(one - FIRST).days for one in BOUGHT if (one - FIRST).days <= day]
        known = History([len(past) - 1], [past[-1] / 7], [day / 7])
        assert path.alive[day] == pytest.approx(fitted.probability_alive(known)[0], rel=1e-12)


@pytest.mark.parametrize("fitted", MODELS, ids=lambda one: one.model.key)
def test_what_is_expected_is_expected_from_the_last_observed_day(fitted: Any) -> None:
    path = alive_path(fitted, BOUGHT, as_of=AS_OF, end=END)
    now = History([3], [90 / 7], [200 / 7])
    assert path.expected_orders == pytest.approx(fitted.expected_orders(now, 100 / 7)[0], rel=1e-12)
    assert path.next_order == pytest.approx(7 * fitted.time_to_next_order(now)[0], rel=1e-12)
    chance = fitted.order_count_probability(now, np.arange(50), 100 / 7)[0].cumsum()
    assert (path.low, path.high) == ((chance < 0.05).sum(), (chance < 0.95).sum())


def test_a_level_moves_the_forecast_and_not_what_was_learnt() -> None:
    plain, faster = (alive_path(MODELS[0], BOUGHT, as_of=AS_OF, end=END, level=level) for level in (1.0, 1.3))
    now = History([3], [90 / 7], [200 / 7])
    assert faster.alive.tolist() == plain.alive.tolist()
    assert faster.expected_orders == pytest.approx(
        stimulated(MODELS[0], frequency=1.3).expected_orders(now, 100 / 7)[0], rel=1e-12
    )
    assert faster.next_order == pytest.approx(plain.next_order / 1.3, rel=1e-9)


def test_the_level_of_the_run_is_used(folder: Path) -> None:
    with Workspace.open(folder) as ws:
        plain = of(actions.alive(ws, "C1000017"), Stats).items[1].value
        ws.facts["model"]["level"] = 1.3
        assert of(actions.alive(ws, "C1000017"), Stats).items[1].value > 1.1 * plain


def test_silence_lowers_and_only_an_order_lifts() -> None:
    alive = alive_path(MODELS[2], BOUGHT, as_of=AS_OF, end=END).alive
    lifts = {int(day) + 1 for day in np.flatnonzero(np.diff(alive) > 0)}
    assert lifts == {30, 90}  # on the second day it is still 1
    assert alive[[0, 1, 30, 90]] == pytest.approx(1.0)


def test_days_are_counted_in_the_unit_of_the_model() -> None:
    daily = BetaGeoNBD()
    parameters = {"r": 0.6, "alpha": 56.0, "a": 0.7, "b": 2.5}
    fitted = daily.result(model=daily, parameters=parameters, unit=TimeUnit.DAY.value)
    one, other = (alive_path(model, BOUGHT, as_of=AS_OF, end=END) for model in (fitted, MODELS[0]))
    assert one.alive == pytest.approx(other.alive)
    assert one.next_order == pytest.approx(other.next_order)


def test_covariates_of_the_customer_count() -> None:
    model = WithCovariates(BetaGeoNBD(), transaction=("web",))
    fitted = model.at({"r": 0.6, "alpha": 8.0, "a": 0.7, "b": 2.5, "transaction.web": 0.9})
    plain = alive_path(fitted, BOUGHT, as_of=AS_OF, end=END, covariates={"web": 0.0})
    web = alive_path(fitted, BOUGHT, as_of=AS_OF, end=END, covariates={"web": 1.0})
    assert plain.alive == pytest.approx(alive_path(MODELS[0], BOUGHT, as_of=AS_OF, end=END).alive)
    assert web.now < plain.now


# -- as a page ----------------------------------------------------------------------------------------------------------
def drawn(fitted: Any, bought: list[date] = BOUGHT) -> Page:
    path = alive_path(fitted, bought, as_of=AS_OF, end=END)
    return page("C1", path, [10.0] * len(bought), model="M", currency="EUR", horizon="100 days")


def of(shown: Page, kind: type) -> Any:
    return next(block for block in shown.blocks if isinstance(block, kind))


def test_the_chart_marks_the_orders_and_parts_what_was_seen_from_what_may_come() -> None:
    path = alive_path(MODELS[0], BOUGHT, as_of=AS_OF, end=END)
    chart = of(drawn(MODELS[0]), Chart)
    seen, orders, ahead = chart.series
    assert (seen.x[0], seen.x[-1], ahead.x[0], ahead.x[-1]) == (FIRST, AS_OF, AS_OF, END)
    assert [day for day, p in zip(orders.x, orders.y, strict=True) if p is not None] == BOUGHT
    assert [*seen.y, *ahead.y[1:]] == path.alive.tolist()


def test_the_orders_stand_with_the_probability_before_and_after() -> None:
    path = alive_path(MODELS[2], BOUGHT, as_of=AS_OF, end=END)
    latest, *_, first = of(drawn(MODELS[2]), Table).rows
    assert latest == (BOUGHT[3], 10.0, 60, path.alive[89], path.alive[90])
    assert first == (FIRST, 10.0, None, None, path.alive[0])


def test_a_customer_who_may_leave_before_ordering_again_has_no_next_order() -> None:
    fitted = ParetoNBD().at({"r": 0.1, "alpha": 80.0, "s": 5.0, "beta": 20.0})
    stat = of(drawn(fitted), Stats).items[2]
    assert (stat.value, "even if alive" in stat.note) == (None, True)


@pytest.mark.parametrize("r", [0.1, 1e-4])
def test_a_next_order_that_hardly_comes_has_no_date(r: float) -> None:
    stat = of(drawn(NBD().at({"r": r, "alpha": 50.0}), [FIRST]), Stats).items[2]
    assert (stat.value, "even if alive" in stat.note) == (None, True)


def test_a_model_without_leaving_says_that_the_line_is_flat() -> None:
    assert "cannot have left" in str(drawn(NBD().at({"r": 0.6, "alpha": 8.0})))


# -- as an action -------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("alive")
    lifeworth.run(simulate_orders(500, days=500, alpha=40.0, seed=3, text_ids=True), workspace=where, horizon="26w")
    return where


def test_the_last_day_is_as_the_run_scored_it(folder: Path) -> None:
    with Workspace.open(folder) as ws:
        scored = ws.engine.arrow(ws.table("customers_scored").order_by("customer_id").limit(40)).to_pylist()
        for row in scored:
            now, expected, *_ = of(actions.alive(ws, row["customer_id"]), Stats).items
            assert now.value == pytest.approx(row["probability_alive"], rel=1e-9)
            assert expected.value == pytest.approx(row["expected_orders"], rel=1e-9)


def test_another_horizon_can_be_asked_for(folder: Path) -> None:
    with Workspace.open(folder) as ws:
        short, long = (actions.alive(ws, "C1000017", horizon=Period.weeks(weeks)) for weeks in (4, 52))
    assert of(short, Chart).series[2].x[-1] == short.as_of + timedelta(weeks=4)  # type: ignore[operator]
    assert of(short, Stats).items[1].value < of(long, Stats).items[1].value


@pytest.mark.parametrize("typed", ["C1000071 ", "c1000071", "C100007l"])
def test_an_unknown_customer_is_answered_with_the_likest(folder: Path, typed: str) -> None:
    with Workspace.open(folder) as ws, pytest.raises(OptionError) as refused:
        actions.alive(ws, typed)
    assert "C1000071" in str(refused.value.hint)


def test_a_name_like_no_other_is_answered_with_where_to_look(folder: Path) -> None:
    with Workspace.open(folder) as ws, pytest.raises(OptionError, match=r"customers\.csv"):
        actions.alive(ws, "nobody at all of this name")


def test_leading_zeros_are_forgiven_in_the_hint(tmp_path: Path) -> None:
    orders = simulate_orders(300, days=500, alpha=40.0, seed=3)
    lifeworth.run(orders, workspace=tmp_path)
    with Workspace.open(tmp_path) as ws, pytest.raises(OptionError) as refused:
        actions.alive(ws, "0007")
    assert str(refused.value.hint).startswith("Did you mean 7 ")


def test_a_run_without_a_model_says_why_there_is_none(tmp_path: Path) -> None:
    few = pa.table({"customer_id": ["a", "b", "a"], "order_date": [FIRST, FIRST, AS_OF], "amount": [1.0, 2.0, 3.0]})
    lifeworth.run(few, workspace=tmp_path)
    with Workspace.open(tmp_path) as ws, pytest.raises(DataError, match="No model was fitted: "):
        actions.alive(ws, "a")


def test_a_workspace_that_is_none_says_so(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError):
        Workspace.open(tmp_path)
