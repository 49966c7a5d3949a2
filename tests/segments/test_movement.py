"""Movement between two days: nobody is lost on the way, and every row and column is a size."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lifeworth.report.spec import Chart, Heatmap, Table
from lifeworth.segments.movement import GONE, NEW, balances, matrix, moves, read
from lifeworth.segments.movement_page import movement
from lifeworth.segments.schemes import Scheme

NAMES = ["gold", "silver", "tin"]
quietly = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
people = st.dictionaries(
    st.integers(0, 60),
    st.tuples(
        st.sampled_from([*NAMES, None]), st.sampled_from([*NAMES, None]), st.integers(-50, 500), st.integers(0, 900)
    ),
    min_size=1,
    max_size=60,
)


def moved(engine, whole):
    """Moves of customers given as (group then, group now, revenue between, value)."""

    def side(place):
        return [(f"c{who}", one) for who, one in whole.items() if one[place] is not None]

    before = engine.load(
        "before",
        pa.table(
            {
                "customer_id": pa.array([who for who, _ in side(0)], pa.string()),
                "segment": pa.array([one[0] for _, one in side(0)], pa.string()),
                "revenue": pa.array([100.0 for _ in side(0)], pa.float64()),
            }
        ),
    )
    after = engine.load(
        "after",
        pa.table(
            {
                "customer_id": pa.array([who for who, _ in side(1)], pa.string()),
                "segment": pa.array([one[1] for _, one in side(1)], pa.string()),
                "revenue": pa.array([one[2] + (100.0 if one[0] else 0.0) for _, one in side(1)], pa.float64()),
                "value": pa.array([float(one[3]) for _, one in side(1)], pa.float64()),
            }
        ),
    )
    return read(engine.arrow(moves(before, after)).to_pylist())


@quietly
@given(people)
def test_rows_and_columns_of_the_matrix_are_the_sizes_of_the_groups(engine, whole):
    found = moved(engine, whole)
    sources, targets, counts = matrix(found, NAMES)
    then = Counter(one[0] or NEW for one in whole.values() if one[0] or one[1])
    now = Counter(one[1] or GONE for one in whole.values() if one[0] or one[1])
    assert {name: sum(row) for name, row in zip(sources, counts, strict=True) if sum(row)} == then
    assert {
        name: sum(column) for name, column in zip(targets, zip(*counts, strict=True), strict=True) if sum(column)
    } == now


@quietly
@given(people)
def test_the_account_of_every_group_adds_up_and_moves_cancel_out(engine, whole):
    accounts = balances(moved(engine, whole), NAMES)
    for one in accounts:
        assert one.before + one.came + one.new - one.went - one.gone == one.after
        assert one.stayed + one.went + one.gone == one.before
    assert sum(one.came for one in accounts) == sum(one.went for one in accounts)
    total = sum(one.after - one.before for one in accounts)
    assert total == sum(one.new - one.gone for one in accounts)


@quietly
@given(people)
def test_the_money_of_all_moves_is_the_money_of_all_customers(engine, whole):
    found = moved(engine, whole)
    there = [one for one in whole.values() if one[0] or one[1]]
    since = sum(one[2] if one[1] else -100 for one in there)
    assert sum(one.since for one in found) == pytest.approx(since)
    assert sum(one.value for one in found) == pytest.approx(sum(one[3] for one in there if one[1]))


def test_the_page_shows_who_rose_and_who_fell(engine):
    whole = {0: ("gold", "tin", 0, 10), 1: ("tin", "gold", 50, 90), 2: ("tin", "tin", 5, 1), 3: (None, "silver", 20, 7)}
    scheme = Scheme("s", "Metals", "Metal", dict.fromkeys(NAMES, ""), lambda known: known.history)
    page = movement(
        moved(engine, whole),
        scheme,
        NAMES,
        earlier=date(2025, 1, 31),
        as_of=date(2025, 4, 30),
        currency="EUR",
        value="predicted CLV",
    )
    stats = {one.name: one.value for one in page.blocks[0].items}
    assert stats == {"Stayed": 1, "Moved up": 1, "Moved down": 1, "New": 1}
    flow = next(block for block in page.blocks if isinstance(block, Chart))
    assert flow.kind == "flow"
    assert sum(value or 0 for one in flow.series for value in one.y) == 4
    heat = next(block for block in page.blocks if isinstance(block, Heatmap))
    assert [row[0] for row in heat.side_values] == [1, 0, 2, 1]
    money = next(
        block for block in page.blocks if isinstance(block, Table) and block.title == "The money that moved"
    ).records()
    assert sum(row["value"] for row in money[:-1]) == money[-1]["value"] == 108
