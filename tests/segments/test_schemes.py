"""Every way to cut the base puts each customer into exactly one group, by a rule that can be told."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tests.features.tables import load_orders, order

from lifeworth.errors import DataError, OptionError
from lifeworth.segments.before import segments_before
from lifeworth.segments.known import then
from lifeworth.segments.rfm import FIVE, PROSPECTS, SHOPIFY, THREE, named
from lifeworth.segments.schemes import NAMES, make
from lifeworth.settings import load

AS_OF = date(2025, 6, 30)
RULES = {"big": "orders >= 3 and revenue > 100", "late": "days_since_order > 90"}
quietly = hypothesis_settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
books = st.lists(st.tuples(st.integers(0, 25), st.integers(0, 700), st.integers(1, 400)), min_size=3, max_size=90)


def load_book(engine, rows):
    """Orders of (customer, days ago, value), and a table of customers with one who never bought."""
    orders = load_orders(engine, [order(f"c{who:02d}", AS_OF - timedelta(days=ago), value) for who, ago, value in rows])
    known = sorted({f"c{who:02d}" for who, _, _ in rows})
    first = {f"c{who:02d}": max(ago for other, ago, _ in rows if other == who) for who, _, _ in rows}
    people = [(name, AS_OF - timedelta(days=first[name])) for name in known] + [("window-shopper", AS_OF)]
    customers = engine.load(
        "customers",
        pa.table(
            {
                "customer_id": [name for name, _ in people],
                "acquired_at": pa.array([day for _, day in people], pa.date32()).cast(pa.timestamp("us")),
                "acquisition_channel": ["web"] * len(people),
                "country": ["DE"] * len(people),
            }
        ),
    )
    return orders, customers


@quietly
@given(rows=books)
def test_every_customer_is_in_exactly_one_group(engine, rows):
    known = then(*(lambda o, c: (o, None, c))(*load_book(engine, rows)), AS_OF)
    buyers = {f"c{who:02d}" for who, _, _ in rows}
    for name in NAMES:
        if name == "clusters":
            continue
        made = make(name, engine, known, load({"segments": RULES}))
        found = engine.arrow(made.assign(known)).to_pylist()
        expected = buyers | ({"window-shopper"} if name == "shopify" else set())
        assert Counter(row["customer_id"] for row in found) == Counter(expected), name
        assert {row["segment"] for row in found} <= set(made.groups), name


@quietly
@given(rows=books, back=st.integers(1, 400))
def test_an_earlier_day_is_as_if_nothing_had_come_after(engine, rows, back):
    day = AS_OF - timedelta(days=back)
    early = [row for row in rows if row[1] >= back]
    if not early:
        return
    whole, everyone = load_book(engine, rows)
    seen_back = then(whole, None, everyone, day)
    orders = load_orders(
        engine, [order(f"c{who:02d}", AS_OF - timedelta(days=ago), value) for who, ago, value in early], "early"
    )
    seen_then = then(orders, None, everyone, day)
    for name in NAMES:
        if name == "clusters":
            continue
        found = [
            sorted(
                map(
                    tuple,
                    (
                        row.values()
                        for row in engine.arrow(
                            make(name, engine, one, load({"segments": RULES})).assign(one)
                        ).to_pylist()
                    ),
                )
            )
            for one in (seen_back, seen_then)
        ]
        assert found[0] == found[1], name


def test_the_groups_of_an_earlier_day_stand_beside_each_other(engine):
    rows = [(0, 10, 5), (0, 200, 50), (1, 300, 20), (2, 5, 90)]
    orders, customers = load_book(engine, rows)
    found = engine.arrow(
        segments_before(engine, then(orders, None, customers, AS_OF - timedelta(days=100)))
    ).to_pylist()
    assert sorted(row["customer_id"] for row in found) == ["c00", "c01"]
    assert {row["as_of"] for row in found} == {AS_OF - timedelta(days=100)}
    assert all(row["value_tier"] and row["rfm_segment"] and row["lifecycle_status"] for row in found)


SCORES = [(r, f, m) for r in range(1, 6) for f in range(1, 6) for m in range(1, 6)]


def grid_of(engine, grid, scores, orders=5):
    rows = pa.table(
        {
            "customer_id": ["".join(map(str, one)) for one in scores],
            "orders": [orders] * len(scores),
            "recency_score": [one[0] for one in scores],
            "frequency_score": [one[1] for one in scores],
            "money_score": [one[2] for one in scores],
        }
    )
    found = engine.arrow(named(engine.load("scores", rows), grid)).to_pylist()
    return {row["customer_id"]: row["segment"] for row in found}


def test_shopifys_groups_are_the_cells_of_r_and_fm(engine):
    found = grid_of(engine, SHOPIFY, SCORES)

    def by_hand(r, f, m):
        fm = int((f + m) / 2 + 0.5)
        if r <= 2:
            return "Dormant" if fm <= 2 else "At risk" if fm <= 4 else "Previously loyal"
        if r == 3:
            return "Almost lost" if fm <= 2 else "Needs attention" if fm == 3 else "Loyal"
        if fm >= 4:
            return "Champions" if r == 5 else "Loyal"
        return "Active" if fm >= 2 else "New" if r == 5 else "Promising"

    assert found == {"".join(map(str, one)): by_hand(*one) for one in SCORES}
    assert set(found.values()) | {PROSPECTS} == set(SHOPIFY.groups)


@pytest.mark.parametrize(
    ("scores", "group"),
    [
        ((3, 3, 3), "Champions"), ((3, 3, 1), "Loyal"), ((2, 2, 2), "Loyal"), ((3, 1, 1), "Recent"), ((2, 1, 2), "Needs attention"),
        ((1, 3, 3), "At risk"), ((1, 1, 1), "Inactive"), ((1, 2, 1), "Inactive"),
    ],
)  # fmt: skip
def test_scores_of_three_have_klaviyos_names(engine, scores, group):
    assert list(grid_of(engine, THREE, [scores]).values()) == [group]


def test_every_cell_of_every_grid_has_a_name_that_is_explained(engine):
    for grid in (FIVE, SHOPIFY):
        assert set(grid_of(engine, grid, SCORES).values()) <= set(grid.groups)
        assert {cell.name for cell in grid.cells} == set(grid.groups) - {PROSPECTS}


def test_limits_of_the_users_own_decide_and_stay(engine):
    rows = [(0, 5, 500)] * 1 + [(1, 5, 500), (1, 50, 500), (1, 99, 500), (1, 150, 500), (2, 400, 3)]
    orders, customers = load_book(engine, rows)
    known = then(orders, None, customers, AS_OF)
    stated = load({"rfm": {"days": [10, 20, 40, 80], "orders": [2, 3, 4, 5], "money": [100, 200, 400, 800]}})
    found = engine.arrow(make("rfm-fixed", engine, known, stated).assign(known)).to_pylist()
    assert {row["customer_id"]: row["segment"] for row in found} == {"c00": "New", "c01": "Champions", "c02": "Dormant"}


def test_limits_nobody_stated_are_told_on_the_page(engine):
    orders, customers = load_book(engine, [(0, 5, 50), (1, 9, 150)])
    made = make("rfm-fixed", engine, then(orders, None, customers, AS_OF), load({}))
    assert "At least 200, 400, 800, 1,600" in made.notes[0].replace("Money: at least", "At least")
    assert "none are stated" in made.notes[0]


def test_limits_must_be_four(engine):
    with pytest.raises(OptionError, match="four different limits"):
        load({"rfm": {"days": [30, 90]}})


def test_a_scheme_nobody_knows_is_refused_with_those_there_are(engine):
    orders, customers = load_book(engine, [(0, 5, 50)])
    with pytest.raises(OptionError, match="Allowed: tiers, rfm"):
        make("zodiac", engine, then(orders, None, customers, AS_OF), load({}))


def test_a_handful_of_customers_is_not_clustered(engine):
    orders, customers = load_book(engine, [(k, 5 + k, 50) for k in range(20)])
    with pytest.raises(DataError, match="at least 200 customers"):
        make("clusters", engine, then(orders, None, customers, AS_OF), load({}))


# -- the user's own ---------------------------------------------------------------------------------------------------
def test_who_meets_two_conditions_is_counted_in_the_first(engine):
    rows = [(0, 100, 60), (0, 150, 60), (0, 200, 60), (1, 100, 5), (2, 1, 5)]
    orders, customers = load_book(engine, rows)
    known = then(orders, None, customers, AS_OF)
    found = engine.arrow(make("rules", engine, known, load({"segments": RULES})).assign(known)).to_pylist()
    assert {row["customer_id"]: row["segment"] for row in found} == {
        "c00": "big",
        "c01": "late",
        "c02": "(none of them)",
    }


def test_a_condition_can_name_channel_and_country_of_the_day(engine):
    orders = load_orders(
        engine,
        [
            order("a", date(2025, 1, 1), 10, country="DE"),
            order("a", date(2025, 5, 1), 10, country="FR"),
            order("b", date(2025, 1, 1), 10, country="FR"),
        ],
    )
    rules = load({"segments": {"germans": "country == 'DE'"}})
    for day, expected in ((date(2025, 3, 1), "germans"), (AS_OF, "(none of them)")):
        known = then(orders, None, None, day)
        found = {
            row["customer_id"]: row["segment"]
            for row in engine.arrow(make("rules", engine, known, rules).assign(known)).to_pylist()
        }
        assert found == {"a": expected, "b": "(none of them)"}


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({}, "No segments of your own"),
        ({"vip": "orderz > 3"}, 'Did you mean "orders"'),
        ({"vip": "orders + 1"}, "not a condition"),
        ({"vip": "predicted_clv > 3"}, "not for an earlier day"),
        ({"(none of them)": "orders > 3"}, "cannot be called"),
    ],
)
def test_conditions_that_cannot_be_used_are_refused(engine, rules, said):
    orders, customers = load_book(engine, [(0, 5, 50)])
    with pytest.raises(OptionError) as refused:
        make("rules", engine, then(orders, None, customers, AS_OF), load({"segments": rules}))
    assert said in str(refused.value)
