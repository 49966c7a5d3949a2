"""A customer's life as one list: nothing is left out, and everything stands in its lane."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from lifeworth.dashboard.customer.events import events, lanes
from lifeworth.serving import customers
from lifeworth.serving.desk import Desk, Run


@pytest.fixture(scope="module")
def run(made_workspace: Path) -> Run:
    return Desk(made_workspace).run()


def test_every_row_of_a_life_becomes_an_event(run: Run) -> None:
    tables = ("orders", "refunds", "mrr_movements", "tickets", "feedback", "touchpoints", "milestones", "assignments")
    for row in customers.page(run, limit=40).rows:
        life = customers.life(run, row["customer_id"])
        wanted = sum(len(life.get(name, ())) for name in tables)
        wanted += (
            0
            if life.get("mrr_movements")
            else sum(1 + (one["ended_at"] is not None) for one in life.get("subscriptions", ()))
        )
        assert len(events(life, run.currency)) == wanted


def test_the_latest_comes_first(run: Run) -> None:
    found = events(customers.life(run, customers.page(run, limit=1).rows[0]["customer_id"]), run.currency)
    assert [one.at for one in found] == sorted((one.at for one in found), reverse=True)


def test_an_order_says_what_was_bought() -> None:
    life = {
        "orders": [
            {"order_id": "7", "ordered_at": datetime(2026, 1, 1), "net_revenue": Decimal(9), "refunded": Decimal(0)}
        ],
        "order_lines": [{"order_id": "7", "product_name": name} for name in ("Cup", "Pot", "Cup", "Tea", "Tray")],
    }
    (one,) = events(life, "EUR")
    assert one.detail == "Cup, Pot, Tea and 1 more"
    assert one.amount == 9


def test_an_open_request_is_marked() -> None:
    (one,) = events({"tickets": [{"opened_at": datetime(2026, 1, 1), "resolved_at": None}]}, "EUR")
    assert one.bad
    assert "still open" in one.title


def test_a_contract_without_movements_is_told_by_its_two_ends() -> None:
    life = {
        "subscriptions": [
            {"started_at": date(2025, 1, 1), "ended_at": date(2026, 1, 1), "plan": "House", "mrr": Decimal(5)}
        ]
    }
    assert [one.title for one in events(life, "EUR")] == ["Contract ends", "Contract begins"]


def test_only_lanes_with_events_are_drawn() -> None:
    assert lanes(events({"feedback": [{"given_at": datetime(2026, 1, 1), "score": 3}]}, "EUR")) == ("Feedback",)
