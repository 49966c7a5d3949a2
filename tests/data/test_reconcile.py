"""The reconciliation as people and machines read it."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from lifeworth.data.reasons import REASONS, reason
from lifeworth.data.reconcile import FileLine, Reconciliation


@pytest.fixture
def sums():
    return Reconciliation(
        rows_in=10,
        rows_used=7,
        rows_aside={"cancelled": 2, "duplicate": 1},
        money_in=Decimal("100.0000"),
        customers=Decimal(60),
        nobody=Decimal(10),
        off={"tax": Decimal(12)},
        money_aside={"cancelled": Decimal(15), "duplicate": Decimal(3)},
        files=(FileLine("orders.csv", 10, 7, Decimal(100)),),
    )


def test_sums_that_add_up_pass(sums):
    assert sums.check() is None


def test_the_rows_table_adds_up_from_top_to_bottom(sums):
    table, _ = sums.table()
    values = [row[1] for row in table.rows]
    assert sum(values[:-1]) == values[-1]


def test_the_money_table_adds_up_from_top_to_bottom(sums):
    _, table = sums.table()
    net = table.emphasis[1]
    values = [row[1] for row in table.rows]
    assert sum(values[:net]) == values[net] == sum(values[net + 1 :])


def test_the_files_table_shows_each_file_with_its_own_total(sums):
    assert sums.files_table().rows == (("orders.csv", 10, 7, Decimal(100)),)


def test_machines_read_money_as_text_so_that_no_cent_is_lost(sums):
    told = json.loads(json.dumps(sums.to_dict()))
    assert (told["money_in"], told["money_set_aside"]["cancelled"]) == ("100.0000", "15")


def test_without_amounts_there_is_no_money_table_but_a_sentence():
    _, money = Reconciliation(rows_in=1, rows_used=1, rows_aside={}, money_in=None).table()
    assert (money.rows, money.empty.startswith("The source has no amounts")) == ((), True)


@pytest.mark.parametrize("code", sorted(REASONS))
def test_every_reason_says_what_is_the_matter_and_what_to_do(code):
    one = REASONS[code]
    assert one.code == code
    assert one.words
    assert one.advice.endswith(".")


def test_an_unknown_reason_speaks_for_itself():
    assert reason("lost_in_transit").words == "lost in transit"
