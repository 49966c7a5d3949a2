"""What to do: each rule has something that sets it off and something that keeps it quiet."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from lifeworth.dashboard.customer.advice import Advice, Known, advise, channels
from lifeworth.serving.standing import Standing

AS_OF = date(2026, 6, 30)
CALM = {"lifecycle_status": "Active", "churn_probability": 0.2, "orders": 4, "high_value_probability": 0.1}


def of(row: dict[str, Any], life: dict[str, Any] | None = None, *, below: float = 0.4) -> tuple[Advice, ...]:
    return advise(Known(CALM | row, life or {}, Standing(below, 1000), AS_OF, "EUR"))


def test_nothing_pressing_is_said() -> None:
    assert of({})[0].do == "Nothing is pressing."


def test_an_open_request_goes_before_everything_else() -> None:
    found = of(
        {"churn_probability": 0.9},
        {"tickets": [{"opened_at": datetime(2026, 6, 1), "resolved_at": None, "topic": "delivery"}]},
        below=0.95,
    )
    assert found[0].do == "Settle the open request first."
    assert "delivery" in found[0].why


def test_a_settled_request_asks_for_nothing() -> None:
    found = of({}, {"tickets": [{"opened_at": datetime(2026, 6, 1), "resolved_at": datetime(2026, 6, 2)}]})
    assert found[0].do == "Nothing is pressing."


def test_a_valuable_silent_customer_is_reached_by_a_way_they_agreed_to() -> None:
    found = of({"churn_probability": 0.8, "consent_email": True, "consent_sms": False}, below=0.9)
    assert found[0].do == "Reach out, by email."


def test_without_consent_nobody_is_told_to_write() -> None:
    found = of({"churn_probability": 0.8, "consent_email": False, "consent_sms": False}, below=0.9)
    assert found[0].do.startswith("Do not write")


def test_where_consent_is_unknown_it_is_to_be_looked_up() -> None:
    assert "look it up" in of({"churn_probability": 0.8}, below=0.9)[0].why


def test_a_silent_customer_of_little_value_is_not_worth_a_call() -> None:
    assert not any(one.do.startswith("Reach out") for one in of({"churn_probability": 0.8}, below=0.3))


@pytest.mark.parametrize(
    ("day", "said"), [(date(2026, 7, 20), True), (date(2026, 12, 1), False), (date(2026, 6, 1), False)]
)
def test_a_renewal_counts_when_it_is_soon(day: date, said: bool) -> None:
    life = {"subscriptions": [{"interval": "yearly", "ended_at": None}]}
    found = of({"next_renewal_at": day}, life)
    assert any("renewal" in one.do for one in found) is said


def test_a_monthly_renewal_is_no_occasion() -> None:
    life = {"subscriptions": [{"interval": "monthly", "ended_at": None}]}
    assert of({"next_renewal_at": date(2026, 7, 3)}, life)[0].do == "Nothing is pressing."


def test_a_contract_about_to_end_is_asked_about() -> None:
    life = {"subscriptions": [{"ended_at": date(2026, 7, 15), "plan": "House", "cancel_reason": "price"}]}
    found = of({}, life)
    assert "before the contract ends" in found[0].do
    assert "price" in found[0].why


def test_unhappy_feedback_is_asked_about() -> None:
    found = of({}, {"feedback": [{"kind": "nps", "score": 2, "scale_max": 10, "given_at": datetime(2026, 6, 20)}]})
    assert found[0].do == "Ask what went wrong."


def test_a_better_word_since_settles_it() -> None:
    life = {
        "feedback": [
            {"kind": "nps", "score": 9, "scale_max": 10, "given_at": datetime(2026, 6, 25)},
            {"kind": "nps", "score": 2, "scale_max": 10, "given_at": datetime(2026, 6, 20)},
        ]
    }
    assert of({}, life)[0].do == "Nothing is pressing."


def test_old_unhappiness_is_no_longer_pressing() -> None:
    found = of({}, {"feedback": [{"kind": "nps", "score": 2, "scale_max": 10, "given_at": datetime(2025, 6, 20)}]})
    assert found[0].do == "Nothing is pressing."


def test_a_new_customer_is_helped_to_the_second_order() -> None:
    assert "second order" in of({"lifecycle_status": "New", "orders": 1})[0].do


def test_a_cooling_customer_of_little_value_gets_a_reminder() -> None:
    assert "reminder" in of({"lifecycle_status": "Cooling"})[0].do


def test_a_rising_customer_needs_no_discount() -> None:
    assert "no discount" in of({"high_value_probability": 0.8, "churn_probability": 0.1})[0].do


def test_a_lost_customer_of_little_value_is_let_go() -> None:
    assert "better spent on others" in of({"lifecycle_status": "Lost", "churn_probability": 0.95})[0].why


def test_consent_is_read_from_whatever_columns_say_it() -> None:
    assert channels({"consent_email": True, "consent_post": False, "consent_sms": None}) == (["email"], True)
    assert channels({"consent_email": None}) == ([], False)


def test_a_valuable_customer_who_cools_is_greeted_in_time() -> None:
    found = of({"lifecycle_status": "Cooling", "churn_probability": 0.4, "consent_sms": True}, below=0.9)
    assert found[0].do == "Say hello before they drift off, by sms."
