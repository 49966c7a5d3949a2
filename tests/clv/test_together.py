"""Orders and contracts as one valuation: rows, parts and ends by hand."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest

from lifeworth.clv.together import together
from lifeworth.clv.value import Valuation

NAMES = ("predicted_clv", "predicted_clv_low", "predicted_clv_high", "historic_clv", "total_clv")


def scores(*rows: tuple[str, float | None]) -> pa.Table:
    values = {name: pa.array([value for _, value in rows], pa.float64()) for name in NAMES}
    return pa.table(
        {
            "customer_id": [name for name, _ in rows],
            "as_of": [date(2025, 12, 31)] * len(rows),
            "orders": pa.array([2] * len(rows), pa.int64()),
            "probability_alive": [0.5] * len(rows),
            **values,
        }
    )


def both(*rows: tuple[str, float | None, float | None]) -> pa.Table:
    found = []
    for name, of_orders, of_contracts in rows:
        value = None if of_orders is None else of_orders + (of_contracts or 0.0)
        figures = dict.fromkeys(NAMES, value) | {"order_clv": of_orders, "subscription_clv": of_contracts}
        found.append({"customer_id": name, **figures, "historic_orders": 5.0, "historic_subscriptions": 1.0})
    return pa.Table.from_pylist(found)


EQUITY = {"value": 30.0, "low": 20.0, "high": 45.0}


def test_who_only_subscribes_stands_below_those_who_ordered_in_their_order():
    found = together(
        Valuation(scores(("a", 10.0), ("c", 20.0)), EQUITY),
        both(("b", 0.0, 7.0), ("a", 10.0, 1.0), ("c", 20.0, 0.0)),
        2,
        None,
    )
    assert found.scores["customer_id"].to_pylist() == ["a", "c", "b"]
    assert found.scores["predicted_clv"].to_pylist() == [11, 20, 7]
    assert found.scores["orders"].to_pylist() == [2, 2, 0]
    assert found.scores["probability_alive"].to_pylist() == [0.5, 0.5, None]
    assert found.parts is not None
    assert (found.parts.orders, found.parts.contracts, found.parts.only_subscribe) == (30, 8, 1)
    assert (found.parts.historic_orders, found.parts.historic_contracts) == (15, 3)


def test_the_ends_of_equity_add_up_and_shrink_with_the_orders_that_are_renewals():
    total = {"value": 8.0, "low": 4.0, "high": 9.0}
    found = together(
        Valuation(scores(("a", 10.0), ("c", 20.0)), EQUITY), both(("a", 5.0, 8.0), ("c", 10.0, 0.0)), 1, total
    )
    assert found.equity == pytest.approx({"value": 23.0, "low": 20 / 2 + 4, "high": 45 / 2 + 9})


def test_where_orders_are_not_predicted_nothing_is_and_what_was_brought_is_added_all_the_same():
    found = together(Valuation(scores(("a", None)), None), both(("a", None, 8.0), ("b", 0.0, 7.0)), 2, None)
    assert found.equity is None
    assert found.scores["predicted_clv"].null_count == 2
    assert found.parts is not None
    assert found.parts.orders is None
    assert found.parts.contracts == 15


def test_contracts_without_a_value_are_counted_by_name():
    found = together(Valuation(scores(("a", 10.0)), EQUITY | {"value": 10.0}), both(("a", 10.0, None)), 1, None)
    assert found.parts is not None
    assert found.parts.unvalued == 1
    assert found.equity is not None
    assert found.equity["value"] == 10
