from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pyarrow.parquet as pq
import pytest
from tests.features.stretches import load_subscriptions, stretch

from lifeworth.engine.connect import connect
from lifeworth.errors import DataError, OptionError
from lifeworth.report.html import render
from lifeworth.report.spec import Chart, Document, Stats, Table, plain
from lifeworth.settings import Settings
from lifeworth.subscriptions import actions
from lifeworth.subscriptions.hazards import effects
from lifeworth.subscriptions.prepare import learned, prepare
from lifeworth.units import Period
from lifeworth.workspace import Workspace

AS_OF = date(2025, 12, 31)


def tables(page):
    return {block.title: block for block in page.blocks if isinstance(block, Table)}


def figures(page):
    return {stat.name: stat for block in page.blocks if isinstance(block, Stats) for stat in block.items}


@pytest.fixture
def small(engine):
    """Two customers, nobody lost: most figures have no value yet."""
    load_subscriptions(
        engine, [stretch("a", date(2025, 11, 5), None, 10), stretch("b", date(2025, 12, 5), None, 30, quantity=3)]
    )
    return Workspace(engine, Settings(), AS_OF, "EUR")


def test_every_row_of_the_movements_adds_up(club):
    rows = tables(actions.subscriptions(club))["MRR movements"].records()
    assert len(rows) == 13
    for row in rows:
        parts = (row[kind] for kind in ("new", "expansion", "contraction", "churn", "reactivation"))
        assert row["mrr_start"] + sum(parts, Decimal(0)) == row["mrr_end"]
    assert all(before["mrr_end"] == after["mrr_start"] for before, after in pairwise(rows[:-1]))


def test_plans_add_up_to_mrr_and_causes_to_churn(club):
    page = actions.subscriptions(club)
    found = tables(page)
    mrr = figures(page)["MRR"].value
    *plans, everything = found["Plans"].records()
    assert sum((row["mrr"] for row in plans), Decimal(0)) == everything["mrr"] == mrr
    *causes, churn = found["Why customers were lost"].records()
    assert sum(row["customers"] for row in causes) == churn["customers"]
    assert churn["mrr"] == -tables(page)["MRR movements"].records()[-1]["churn"]


def test_counts_are_whole_numbers_for_programs_too(club):
    page = actions.subscriptions(club)
    assert isinstance(figures(page)["Subscribers"].value, int)
    assert all(isinstance(row["subscribers"], int) for row in tables(page)["MRR movements"].records())
    assert all(isinstance(row["seats"], int) for row in tables(page)["Plans"].records())


def test_pauses_kept_leave_less_churn_and_the_same_mrr(club):
    gap, kept = actions.subscriptions(club), actions.subscriptions(club, pauses="kept")
    lost = [tables(page)["Why customers were lost"].records()[-1]["customers"] for page in (gap, kept)]
    assert lost[1] < lost[0]
    assert figures(gap)["MRR"].value == figures(kept)["MRR"].value


def test_the_table_of_the_run_gives_the_same_page(club):
    fresh = actions.subscriptions(club)
    told = prepare(club)
    assert plain(actions.subscriptions(club)) == plain(fresh)
    renewals = plain(actions.renewals(club))
    saved = replace(club, facts={**club.facts, "subscriptions": json.loads(json.dumps(told))})
    assert plain(actions.renewals(saved)) == renewals


def test_what_is_not_defined_says_why(small):
    page = actions.subscriptions(small)
    told = figures(page)
    assert (told["MRR"].value, told["Subscribers"].value, told["Seats"].value, told["ARPA"].value) == (40, 2, 4, 20)
    for name in ("Quick ratio", "Involuntary share of churn", "Trial conversion"):
        assert told[name].value is None, name
        assert told[name].note, name
    worth = figures(actions.renewals(small))
    assert worth["Value of contracts, 12 months"].value is None
    assert "at least 10 customers" in worth["Value of contracts, 12 months"].note


def test_renewals_are_those_due_within_the_time_most_at_stake_first(club):
    page = actions.renewals(club, within=Period.days(30), top=10)
    rows = page.blocks[-1].records()
    assert len(rows) == 10
    assert all(row["next_renewal_at"] <= Period.days(30).after(club.as_of) for row in rows)
    stakes = [row["expected_loss"] for row in rows]
    assert stakes == sorted(stakes, reverse=True)
    assert all(row["expected_loss"] == pytest.approx(row["loss_probability"] * row["residual_value"]) for row in rows)


def test_observed_is_solid_and_expected_is_dashed(club):
    charts = [block for block in actions.retention(club).blocks if isinstance(block, Chart)]
    assert len(charts) == 2
    for chart in charts:
        assert {series.style for series in chart.series} == {"solid", "dashed"}
        assert all(bool(series.low) == (series.style == "solid") for series in chart.series)


def test_the_pages_can_be_drawn(club):
    pages = (actions.subscriptions(club), actions.retention(club), actions.renewals(club))
    assert "MRR movements" in render(Document("t", pages, "EUR", club.as_of))


@pytest.mark.parametrize("action", [actions.subscriptions, actions.retention, actions.renewals])
def test_without_subscriptions_the_person_is_told_how_to_give_them(engine, action):
    with pytest.raises(DataError, match="--table subscriptions"):
        action(Workspace(engine, Settings(), AS_OF, "EUR"))


def test_nobody_who_ever_paid_is_said(engine):
    load_subscriptions(engine, [stretch("a", date(2025, 1, 5), None, 0)])
    ws = Workspace(engine, Settings(), AS_OF, "EUR")
    with pytest.raises(DataError, match="No subscription has been paid for"):
        actions.subscriptions(ws)
    assert tables(actions.retention(ws))["Retention models"].rows == ()
    assert actions.renewals(ws).blocks[-1].rows == ()
    assert prepare(ws)["value"] is None


@pytest.mark.data
def test_ravenstack_adds_up_and_its_contracts_are_valued(engine, data_dir):
    """Ten overlapping subscriptions an account, trials of MRR 0, and yearly contracts that end amid the year."""
    raw = pq.read_table(data_dir / "ravenstack_saas" / "ravenstack_subscriptions.parquet").to_pylist()
    rows = [
        stretch(
            row["account_id"], row["start_date"], row["end_date"], row["mrr_amount"], plan=row["plan_tier"], quantity=row["seats"],
            interval="year" if row["billing_frequency"] == "annual" else "month", subscription_id=row["subscription_id"],
        )
        for row in raw
    ]  # fmt: skip
    load_subscriptions(engine, rows)
    ws = Workspace(engine, Settings(), date(2024, 12, 31), "USD")
    page = actions.subscriptions(ws)
    running = [row for row in raw if row["mrr_amount"] > 0 and row["end_date"] is None]
    assert figures(page)["MRR"].value == sum(row["mrr_amount"] for row in running)
    assert figures(page)["Subscribers"].value == len({row["account_id"] for row in running})
    told = prepare(ws)
    worth = engine.arrow(engine.table("subscription_value")).to_pylist()
    assert sum(row["mrr"] for row in worth) == figures(page)["MRR"].value
    assert sum(row["subscription_clv"] for row in worth) == pytest.approx(told["value"]["value"])
    assert told["value"]["low"] < told["value"]["value"] < told["value"]["high"]
    assert all(row["subscription_clv_low"] <= row["subscription_clv"] <= row["subscription_clv_high"] for row in worth)


# -- covariates ---------------------------------------------------------------------------------------------------------
def test_hazard_ratios_find_what_was_put_in():
    """Two plans, one lost three times as readily; seats make no difference."""
    pytest.importorskip("lifelines")
    rng = np.random.default_rng(5)
    rows = []
    for k in range(3000):
        fast = k % 2 == 0
        lives = int(np.ceil(rng.exponential(100 if fast else 300)))
        start = np.datetime64("2023-01-01") + int(rng.integers(0, 700))
        end = start + lives
        ended = end.item() if end <= np.datetime64(AS_OF) else None
        rows.append(
            stretch(
                f"c{k}",
                start.item(),
                ended,
                10,
                plan="fast" if fast else "slow",
                quantity=int(rng.integers(1, 9)),
                ended_by=ended and "customer",
            )
        )
    with connect() as engine:
        load_subscriptions(engine, rows)
        ws = Workspace(engine, Settings(), AS_OF, "EUR")
        found = tables(actions.retention(ws, covariates="plan,seats"))["What goes with leaving sooner"].records()
    by_name = {row["covariate"]: row for row in found}
    ratio = by_name["plan"]
    assert (ratio["level"], ratio["reference"]) == ("slow", "fast")
    assert ratio["low"] < 1 / 3 < ratio["high"]
    assert by_name["seats"]["low"] < 1 < by_name["seats"]["high"]


def test_a_covariate_nobody_knows_is_named_with_those_that_are_known(club):
    with pytest.raises(OptionError, match="country"):
        actions.retention(club, covariates="plan,contry")


def test_without_lifelines_the_person_is_told_what_to_install(club, monkeypatch):
    monkeypatch.setitem(sys.modules, "lifelines", None)
    c, _ = learned(club)
    with pytest.raises(DataError, match=r"lifeworth\[survival\]"):
        effects(c, ["plan"], None)
