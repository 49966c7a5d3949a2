"""The bare order log: it is the textbook's process, so the textbook's figures must come out of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from scipy import integrate, stats

from lifeworth.data.synthetic import simulate_orders
from lifeworth.errors import OptionError
from lifeworth.units import TimeUnit

CUSTOMERS = 100_000


@pytest.fixture(scope="module")
def log() -> pa.Table:
    return simulate_orders(CUSTOMERS, joining_days=1, days=365)


def orders_of_each(log: pa.Table) -> np.ndarray[Any, Any]:
    return np.bincount(log["customer_id"].to_numpy() - 1, minlength=CUSTOMERS)


def test_a_log_has_customer_day_and_amount(log: pa.Table) -> None:
    assert log.schema == pa.schema({"customer_id": pa.int64(), "order_date": pa.date32(), "amount": pa.float64()})


def test_every_customer_orders_at_least_once(log: pa.Table) -> None:
    assert orders_of_each(log).min() == 1


def test_a_log_is_in_the_order_of_time(log: pa.Table) -> None:
    days = log["order_date"].to_numpy()
    assert (days[1:] >= days[:-1]).all()


def test_a_log_stays_within_its_days() -> None:
    span = pc.min_max(simulate_orders(2000, start=date(2023, 5, 5), days=100)["order_date"]).as_py()
    assert date(2023, 5, 5) <= span["min"]
    assert span["max"] <= date(2023, 8, 12)


def test_customers_join_only_on_joining_days() -> None:
    log = simulate_orders(2000, days=400, joining_days=30)
    first = log.group_by("customer_id").aggregate([("order_date", "min")])["order_date_min"]
    assert pc.max(first).as_py() <= date(2024, 1, 30)


def test_as_many_customers_never_come_back_as_the_model_says(log: pa.Table) -> None:
    # Each customer's first order falls somewhere on day one, so on average half a day of the 365 is gone.
    once, share = (orders_of_each(log) == 1).mean(), (60 / (60 + 364.5)) ** 0.8
    assert abs(once - share) < 4 * np.sqrt(share * (1 - share) / CUSTOMERS)


def test_repeat_orders_are_as_many_as_the_integral_over_both_distributions(log: pa.Table) -> None:
    def rate_of(time: float) -> float:
        # Orders per unit of time at `time`: E[λ e^(−λ p t)], the inner expectation over λ in closed form.
        density = stats.beta(0.8, 2.5)
        value, _ = integrate.quad(lambda p: 0.8 * 60**0.8 / (60 + p * time) ** 1.8 * density.pdf(p), 0, 1)
        return float(value)

    expected, _ = integrate.quad(rate_of, 0, 364.5, limit=100)
    repeats = orders_of_each(log) - 1
    assert abs(repeats.mean() - expected) < 4 * repeats.std() / np.sqrt(CUSTOMERS)


def test_the_mean_amount_is_that_of_gamma_gamma(log: pa.Table) -> None:
    amounts = log["amount"].to_numpy()
    per_customer = np.bincount(log["customer_id"].to_numpy() - 1, weights=amounts) / orders_of_each(log)
    assert abs(per_customer.mean() - 6 * 15 / 3) < 4 * per_customer.std() / np.sqrt(CUSTOMERS)


def test_weeks_and_days_give_the_same_log() -> None:
    in_days = simulate_orders(500, alpha=70.0)
    assert simulate_orders(500, alpha=10.0, unit=TimeUnit.WEEK).equals(in_days)


def test_the_same_seed_gives_the_same_log_and_another_a_different_one() -> None:
    assert simulate_orders(200, seed=5).equals(simulate_orders(200, seed=5))
    assert not simulate_orders(200, seed=5).equals(simulate_orders(200, seed=6))


def test_text_ids_name_the_same_customers() -> None:
    numbers, texts = (simulate_orders(300, text_ids=text)["customer_id"].to_pylist() for text in (False, True))
    assert [f"C{number + 999_999}" for number in numbers] == texts


@pytest.mark.parametrize(
    "wrong", [{"customers": 0}, {"days": 0}, {"joining_days": 0}, {"joining_days": 731}, {"a": 0.0}]
)
def test_a_log_that_cannot_be_made_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(OptionError):
        simulate_orders(**{"customers": 10, **wrong})
