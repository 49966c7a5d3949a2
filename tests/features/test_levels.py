"""Which levels of a covariate stand by themselves, and what every customer has in them."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from lifeworth.features.levels import MOST, OTHERS, UNKNOWN, Levels, choose_levels, usable
from lifeworth.features.series import arrays


def people(**levels: int | tuple[int, int]) -> pa.Table:
    """So many customers of each level, the second number of them with a repeat order (all, where left out)."""
    rows: list[dict[str, Any]] = []
    for level, size in levels.items():
        customers, again = size if isinstance(size, tuple) else (size, size)
        word = None if level == "nothing" else level
        rows += [
            {"channel": word, "x": int(n < again), "recency": 7 * int(n < again), "age": 70} for n in range(customers)
        ]
    return pa.table({name: [row[name] for row in rows] for name in rows[0]}, schema=SCHEMA)


SCHEMA = pa.schema({"channel": pa.string(), "x": pa.int64(), "recency": pa.int64(), "age": pa.int64()})


def chosen(**levels: int | tuple[int, int]) -> Levels:
    found = choose_levels(people(**levels), "channel")
    assert found is not None
    return found


def test_the_largest_level_is_what_the_others_are_compared_with() -> None:
    found = chosen(store=60, web=100, post=80)
    assert found == Levels("channel", ("web", "post", "store"), (100, 80, 60))
    assert (found.reference, found.columns) == ("web", ("channel=post", "channel=store"))


def test_levels_of_one_size_stand_by_name() -> None:
    assert chosen(b=60, a=60).levels == ("a", "b")


@pytest.mark.parametrize("rare", [49, (500, 19)])
def test_a_level_with_too_few_customers_or_repeat_buyers_is_gathered_with_the_other_rare_ones(rare) -> None:
    assert chosen(web=900, store=800, rare=rare, seldom=49).levels[:2] == ("web", "store")
    assert OTHERS in chosen(web=900, store=800, rare=rare, seldom=49).levels


def test_rare_levels_that_are_few_even_together_count_with_the_reference() -> None:
    rows = people(web=100, store=80, rare=20, seldom=20)
    found = choose_levels(rows, "channel")
    assert found.levels == ("web", "store")
    assert sum(found.indicators(rows)["channel=store"]) == 80


def test_customers_of_whom_nothing_is_said_are_a_level_like_any_other() -> None:
    assert chosen(web=100, nothing=60).levels == ("web", UNKNOWN)
    assert chosen(web=100, store=90, nothing=40, rare=20).levels == ("web", "store", OTHERS)


def test_beyond_the_most_frequent_levels_all_are_gathered() -> None:
    found = chosen(**{f"c{n:02}": 200 - n for n in range(12)})
    assert len(found.levels) == MOST + 1
    assert found.reference == OTHERS
    assert found.customers[0] == sum(200 - n for n in range(8, 12))


@pytest.mark.parametrize("levels", [{"web": 500}, {"web": 500, "store": 49}, {"a": 30, "b": 30}, {"nothing": 90}])
def test_a_covariate_without_two_levels_to_compare_is_left_out(levels) -> None:
    rows = people(**levels)
    assert choose_levels(rows, "channel") is None
    assert usable(rows, ["channel"]) == ()


def test_every_customer_has_at_most_one_indicator() -> None:
    rows = people(web=100, store=80, post=60, nothing=55)
    table = np.array(list(chosen(web=100, store=80, post=60, nothing=55).indicators(rows).values()))
    assert set(table.sum(axis=0)) == {0, 1}
    assert table.sum(axis=1).tolist() == [80, 60, 55]


def test_a_level_never_seen_while_learning_belongs_to_the_others() -> None:
    new = people(web=2, mars=3)
    assert chosen(web=100, a=30, b=30).places(new).tolist() == [0, 0, 1, 1, 1]
    assert chosen(web=100, store=60).places(new).tolist() == [0, 0, 0, 0, 0]


def test_levels_survive_json() -> None:
    found = chosen(web=100, store=60, nothing=55)
    assert Levels.from_dict(json.loads(json.dumps(found.to_dict()))) == found


def test_a_history_carries_the_indicators_by_the_name_of_the_level() -> None:
    rows = people(web=100, store=60)
    history = arrays(rows, covariates=usable(rows, ["channel"]))
    assert list(history.covariates) == ["channel=store"]
    assert history.covariates["channel=store"].sum() == 60
