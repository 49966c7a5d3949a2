"""Targets: what is proposed reaches the wanted customer equity, by the formula to the last digit and by valuing anew within a little."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import optimize
from tests.clv.test_elasticities import MODELS, TERMS, Revaluation, customers, fits

from lifeworth.clv.elasticities import elasticities
from lifeworth.errors import DataError, OptionError
from lifeworth.report.spec import Table
from lifeworth.scorecard import actions
from lifeworth.scorecard.targets import METRICS, MOST, propose, smart, worth_of
from lifeworth.workspace import Workspace


def lever(name: str, elasticity: float | None, **more: Any) -> dict[str, Any]:
    return {"name": name, "elasticity": elasticity, "low": elasticity, "high": elasticity, "today": 2.0, **more}


@given(
    st.floats(1e2, 1e9),
    st.lists(st.floats(0.05, 2), min_size=1, max_size=5),
    st.floats(1.0001, 1.02),
)
def test_all_targets_together_reach_the_wanted_equity(equity: float, slopes: list[float], more: float) -> None:
    levers = [lever(name, slope) for name, slope in zip(METRICS, slopes, strict=False)]
    found = {"equity": equity, "levers": levers}
    assume(more <= (1 + MOST) ** sum(slopes))
    proposed = propose(found, equity * more)
    together = worth_of(found, {one.lever: one.change for one in proposed})
    assert together == pytest.approx(equity * more, rel=1e-9)
    for one in proposed:
        assert worth_of(found, {one.lever: one.change}) - equity == pytest.approx(
            one.worth, rel=1e-6, abs=1e-6 * equity
        )
        assert one.target == pytest.approx(2 * (1 + one.change))


@pytest.mark.slow
@pytest.mark.parametrize("name", [one for one in MODELS if one != "nbd"])
def test_the_targets_reach_the_wanted_equity_when_every_customer_is_valued_anew(name: str) -> None:
    """The list valued once more by other means, with every lever where its target is: not by the slopes that proposed it."""
    rows = customers(MODELS[name], size=120)
    found = asdict(elasticities(rows, fits(name), TERMS))
    wanted = found["equity"] * 1.08
    proposed = {one.lever: one.change for one in propose(found, wanted)}
    anew = Revaluation(name, rows)
    moved = {lever: 1 + change for lever, change in proposed.items()}
    leaving = 1.0
    if "retention" in moved:
        goal = anew.retention(1.0) * moved["retention"]
        leaving = optimize.brentq(lambda factor: anew.retention(factor) - goal, 0.2, 1.0)
    reached = anew.equity(
        frequency=moved.get("frequency", 1.0),
        leaving=leaving,
        basket=moved["basket"],
        margin=0.4 * moved["margin"],
        acquisition=moved["acquisition"],
    )
    assert reached == pytest.approx(wanted, rel=0.01)
    assert reached > found["equity"] * 1.06


def test_what_cannot_be_reached_is_refused() -> None:
    found = {"equity": 1000.0, "levers": [lever("basket", 1.0), lever("retention", None)]}
    assert [one.lever for one in propose(found, 1100)] == ["basket"]
    with pytest.raises(OptionError, match="out of reach"):
        propose(found, 2000)
    with pytest.raises(OptionError, match="already"):
        propose(found, 900)
    with pytest.raises(DataError, match="No lever"):
        propose({"equity": 1000.0, "levers": [lever("basket", None)]}, 1100)


def test_a_target_is_told_in_smart_form() -> None:
    (one,) = propose({"equity": 1000.0, "levers": [lever("basket", 1.0)]}, 1100)
    words = smart(one, "Average purchase value", "", "2027-06-30", "Bo")
    assert (
        words
        == "Bo raises average purchase value from 2 to 2.2 by 2027-06-30; reached alone it adds 100 to customer equity."
    )


def test_the_page_says_what_reaches_a_wanted_equity(made_workspace: Path) -> None:
    with Workspace.open(made_workspace) as ws:
        equity = ws.facts["value"]["elasticities"]["equity"]
        table = next(one for one in actions.targets(ws, equity=equity * 1.05).blocks if isinstance(one, Table))
        assert table.rows
        assert all("by 2027-06-30" in str(row[7]) for row in table.rows)
        beyond = actions.targets(ws, equity=equity * 100)
        assert "out of reach" in str(beyond.blocks[0])
