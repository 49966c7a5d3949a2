"""Pages of the scorecard: every measure stands on it once, with its value or the reason it has none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lifeworth.errors import OptionError
from lifeworth.report.spec import Network, Page, Stats, Table
from lifeworth.scorecard import actions, page
from lifeworth.scorecard.files import FILE, default
from lifeworth.scorecard.scoring import Band, score
from lifeworth.scorecard.standing import standing
from lifeworth.workspace import Workspace


def tables(found: Page) -> dict[str, Table]:
    return {one.title: one for one in found.blocks if isinstance(one, Table)}


def test_every_measure_stands_on_the_page_with_its_value_or_the_reason(made_workspace: Path) -> None:
    with Workspace.open(made_workspace) as ws:
        of = standing(ws, arrows=False)
        found = page.scorecard(of)
    rows = [row for title in ("Financial", "Customer", "Internal process", "Learning and growth") for row in tables(found)[title].rows]  # fmt: skip
    assert [str(row[0]).strip() for row in rows if str(row[0]).startswith("  ")] == [one.title for one in of.filled.values()]  # fmt: skip
    gone = [one for one in of.filled.values() if one.score is None]
    assert len(tables(found)["What could not be scored"].rows) == len(gone)
    assert all(one.why for one in gone)
    for one in of.filled.values():
        if one.band is not None and one.value is not None:
            assert one.score == score(one.value, one.band)
    stats = next(one for one in found.blocks if isinstance(one, Stats))
    assert stats.items[0].value == of.rolled.whole.score


@pytest.mark.data
def test_a_shop_with_orders_alone_has_its_figures_and_says_what_the_others_need(
    real_shop: Callable[[str], Path],
) -> None:
    with Workspace.open(real_shop("uci")) as ws:
        of = standing(ws, arrows=False)
        found = page.scorecard(of)
    filled = {name for name, one in of.filled.items() if one.value is not None}
    assert {"revenue", "retention_rate", "repeat_rate", "simple_clv", "refund_rate"} <= filled
    assert "no table" in of.filled["nps"].why.lower() or "tickets" in of.filled["ticket_csat"].why
    assert 0 < of.rolled.whole.known < 1
    assert "What could not be scored" in tables(found)


def test_a_subscription_business_is_filled_by_its_own_card(workspace_copy: Path) -> None:
    (workspace_copy / FILE).write_text(default("subscription"), encoding="utf-8")
    with Workspace.open(workspace_copy) as ws:
        of = standing(ws, arrows=False)
    for name in ("mrr", "net_new_mrr", "subscription_ltv"):
        assert of.filled[name].value is not None, of.filled[name].why


def test_the_map_has_every_objective_and_an_arrow_only_between_two(made_workspace: Path) -> None:
    with Workspace.open(made_workspace) as ws:
        found = actions.strategy(ws)
    net = next(one for one in found.blocks if isinstance(one, Network))
    assert len(net.layers) == 4
    names = {node.key for node in net.nodes}
    assert all({link.source, link.target} <= names for link in net.links)
    assert len(net.links) == len({(link.source, link.target) for link in net.links}) > 0
    assert len(tables(found)["Arrows held to the data"].rows) == 9


def test_a_goal_that_is_no_goal_is_told_and_the_rest_of_the_card_stands(workspace_copy: Path) -> None:
    text = default("shop").replace('goal = "+5%"\nred = "-5%"', 'goal = "-5%"\nred = "+5%"', 1)
    (workspace_copy / FILE).write_text(text, encoding="utf-8")
    with Workspace.open(workspace_copy) as ws:
        of = standing(ws, arrows=False)
    assert of.filled["nps"].score is None
    assert "does not lie above the red flag" in of.filled["nps"].why
    assert of.rolled.whole.score is not None


def test_an_initiative_past_its_day_is_late(workspace_copy: Path) -> None:
    text = default("shop") + '\n[initiatives.desk]\ntitle = "Hire"\nmeasure = "nps"\nstatus = "running"\ndue = 2020-01-01\n'  # fmt: skip
    (workspace_copy / FILE).write_text(text, encoding="utf-8")
    with Workspace.open(workspace_copy) as ws:
        rows = tables(actions.scorecard(ws))["Initiatives"].rows
    assert rows[0][6] == "running, late"


def test_a_card_that_cannot_be_read_is_told_with_its_fields(workspace_copy: Path) -> None:
    (workspace_copy / FILE).write_text(default("shop").replace('metric = "nps"', 'metric = "npss"'), encoding="utf-8")
    with Workspace.open(workspace_copy) as ws, pytest.raises(OptionError, match=r"measures\.nps\.metric"):
        actions.scorecard(ws)


def test_before_the_first_review_its_page_says_how_to_begin(workspace_copy: Path) -> None:
    with Workspace.open(workspace_copy) as ws:
        assert "lifeworth review --begin" in str(actions.reviews(ws).blocks[0])


def test_a_band_in_the_middle_is_red_at_both_ends() -> None:
    band = Band(8, 10, "middle", 13)
    assert (score(8, band) or 0) == pytest.approx(10 / 3) == pytest.approx(score(13, band))
