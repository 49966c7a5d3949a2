from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from tests.features.stretches import SCHEMA, stretch

from lifeworth.features.subscriptions import CAUSES

JAN, FEB, MARCH, APRIL = (date(2025, month, 1) for month in (1, 2, 3, 4))
YEAR = {"interval": "year"}


def told(c):
    return [
        (c.plans[c.plan[k]], c.cycles[c.cycle[k]].name, int(c.renewals[k]), bool(c.lost[k]), bool(c.running[k]))
        for k in range(len(c))
    ]


def test_a_contract_goes_on_through_changes_of_plan_and_price(signed):
    rows = [
        stretch("c", JAN, MARCH, 10, plan="A", ended_by="upgrade"),
        stretch("c", MARCH, APRIL, 20, plan="B", follows="s000000"),
        stretch("c", APRIL, None, 25, plan="B", quantity=2),
    ]
    c = signed(rows)
    assert told(c) == [("A", "monthly", 11, False, True)]
    assert (c.plans[c.plan_now[0]], c.mrr[0], c.seats[0], c.seats_begun[0]) == ("B", 25, 2, 1)


def test_a_renewal_due_on_the_as_of_day_is_made(signed):
    rows = [stretch("c", JAN, None, 10)]
    assert signed(rows, date(2025, 1, 31)).renewals[0] == 0
    assert signed(rows, date(2025, 2, 1)).renewals[0] == 1


@pytest.mark.parametrize(
    ("end", "renewals"), [(date(2025, 1, 2), 0), (FEB, 0), (date(2025, 2, 2), 1), (MARCH, 1), (APRIL, 2)]
)
def test_who_leaves_at_a_renewal_has_not_made_it(signed, end, renewals):
    c = signed([stretch("c", JAN, end, 10, ended_by="customer")])
    assert (c.renewals[0], c.lost[0], CAUSES[c.cause[0]]) == (renewals, True, "voluntary")


def test_a_yearly_contract_counts_years(signed):
    c = signed([stretch("c", date(2022, 2, 28), None, 10, **YEAR)], date(2025, 2, 27))
    assert told(c) == [("not stated", "yearly", 2, False, True)]


def test_a_loss_amid_a_period_counts_when_its_renewal_has_come(signed):
    """Its fellows that run have not come to it either; counted alone it would make leaving look likelier than it is."""
    rows = [stretch("c", JAN, date(2025, 5, 1), 10, ended_by="customer", **YEAR)]
    early, due = signed(rows, date(2025, 12, 31)), signed(rows, date(2026, 1, 1))
    assert (early.lost[0], early.decided[0]) == (True, False)
    assert (due.lost[0], due.decided[0], due.renewals[0]) == (True, True, 0)


def test_a_pause_that_ended_is_no_loss_and_its_days_are_no_tenure(signed):
    rows = [
        stretch("c", JAN, MARCH, 10, ended_by="pause"),
        stretch("c", date(2025, 6, 15), None, 10, follows="s000000"),
    ]
    c = signed(rows, date(2025, 8, 20))
    # February made, March taken up again in June, July and August made.
    assert told(c) == [("not stated", "monthly", 4, False, True)]
    assert c.anchor[0] == np.datetime64("2025-06-15")


def test_a_pause_from_which_nobody_came_back_is_a_loss(signed):
    c = signed([stretch("c", JAN, MARCH, 10, ended_by="pause")])
    assert (c.lost[0], CAUSES[c.cause[0]]) == (True, "other")


def test_another_interval_is_another_contract_and_the_old_one_is_not_lost(signed):
    rows = [stretch("c", JAN, APRIL, 10), stretch("c", APRIL, None, 8, **YEAR)]
    assert told(signed(rows)) == [
        ("not stated", "monthly", 2, False, False),
        ("not stated", "yearly", 0, False, True),
    ]


def test_who_comes_back_after_a_gap_signs_anew(signed):
    rows = [stretch("c", JAN, FEB, 10, ended_by="customer"), stretch("c", MARCH, None, 10)]
    assert [c[3:] for c in told(signed(rows))] == [(True, False), (False, True)]


def test_several_subscriptions_at_once_are_contracts_of_their_own(signed):
    rows = [
        stretch("c", JAN, MARCH, 10, plan="A"),
        stretch("c", JAN, MARCH, 50, plan="B"),
        stretch("c", MARCH, None, 60, plan="B+"),
        stretch("c", MARCH, None, 12, plan="A+"),
    ]
    c = signed(rows)
    assert [(c.plans[c.plan[k]], c.plans[c.plan_now[k]]) for k in range(2)] == [("A", "A+"), ("B", "B+")]


def test_only_one_stretch_continues_another(signed):
    rows = [
        stretch("c", JAN, MARCH, 10),
        stretch("c", MARCH, None, 10, follows="s000000"),
        stretch("c", MARCH, None, 10, follows="s000000"),
    ]
    assert sorted(int(r) for r in signed(rows).renewals) == [9, 11]


def test_one_customers_stretch_never_continues_anothers(signed):
    rows = [stretch("a", JAN, MARCH, 10), stretch("b", MARCH, None, 10, follows="s000000")]
    assert told(signed(rows))[0][3:] == (True, False)


def test_an_end_that_was_asked_for_is_known(signed):
    rows = [
        stretch("a", JAN, date(2026, 2, 1), 10, canceled_at=APRIL),
        stretch("b", JAN, None, 10, canceled_at=APRIL),
        stretch("c", JAN, None, 10),
    ]
    c = signed(rows)
    assert c.leaving.tolist() == [True, True, False]
    assert c.leaves_on[0] == np.datetime64("2026-02-01")
    assert np.isnat(c.leaves_on[1:]).all()


def test_nothing_makes_no_contracts(signed):
    assert len(signed([])) == 0


def test_the_order_of_the_rows_changes_nothing(engine, business):
    from lifeworth.features.subscriptions import stretches
    from lifeworth.subscriptions.contracts import contracts, ordered

    as_of = business.span.end
    given = business["subscriptions"].select(SCHEMA.names)
    turned = given.take(list(reversed(range(given.num_rows))))
    first, second = (
        contracts(engine.arrow(ordered(stretches(engine.load(name, rows), as_of))), as_of)
        for name, rows in (("one", given), ("two", turned))
    )
    for name in ("customer", "plan", "cycle", "renewals", "lost", "mrr"):
        assert np.array_equal(getattr(first, name), getattr(second, name)), name


def test_the_demo_renews_and_cancels_as_often_as_it_says(business, engine):
    """Losses at renewals the generator counted, plan by plan it drew; counted again here from stretches alone."""
    from lifeworth.features.subscriptions import stretches
    from lifeworth.subscriptions.contracts import contracts, ordered

    as_of = business.span.end
    c = contracts(engine.arrow(ordered(stretches(engine.load("s", business["subscriptions"]), as_of))), as_of)
    facts = business.truth["club"]
    for cycle, name in ((1, "month"), (12, "year")):
        mine = np.array([c.cycles[k].months == cycle for k in c.cycle])
        voluntary = mine & (c.cause == CAUSES.index("voluntary"))
        assert int(voluntary.sum()) == facts["cancelled_at_renewal"][name]
        yearly_due = int(c.renewals[mine].sum() + (c.cause[mine] < 2)[c.lost[mine]].sum())
        if name == "year":
            assert yearly_due == facts["renewals"][name]
        assert abs(yearly_due - facts["renewals"][name]) <= 0.03 * facts["renewals"][name]
