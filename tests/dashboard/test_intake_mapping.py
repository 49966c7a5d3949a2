"""The map of columns a person corrects becomes the options of a run, and nothing else changes."""

from __future__ import annotations

import pytest

from lifeworth.dashboard.intake.mapping import Row, Sheet, asked, columns_said, doubled, options


def sheet(table: str = "orders", **columns: str) -> Sheet:
    rows = tuple(Row(table, name, (), ours, "") for name, ours in columns.items())
    return Sheet("u1", f"{table}.csv", table, rows)


ORDERS = sheet(Kunde="customer_id", Datum="ordered_at", Netto="money", Brutto="")


def test_nothing_corrected_says_nothing() -> None:
    assert columns_said({}, [ORDERS], {("u1", "Kunde"): "customer_id"}) == {}


def test_a_corrected_column_is_named() -> None:
    picked = {("u1", "Netto"): "", ("u1", "Brutto"): "money"}
    assert columns_said({}, [ORDERS], picked) == {"money": "Brutto"}


def test_a_column_that_is_given_up_is_left_unread() -> None:
    assert columns_said({}, [ORDERS], {("u1", "Netto"): ""}) == {"money": ""}


def test_columns_of_a_table_beside_orders_carry_its_name() -> None:
    tickets = sheet("tickets", Wann="", Betreff="topic")
    assert columns_said({}, [tickets], {("u1", "Wann"): "opened_at"}) == {"tickets.opened_at": "Wann"}


def test_what_was_said_before_stays_said() -> None:
    assert columns_said({"money": "Brutto"}, [ORDERS], {("u1", "Kunde"): ""}) == {"money": "Brutto", "customer_id": ""}


def test_one_meaning_for_two_columns_is_found() -> None:
    assert doubled(ORDERS, {("u1", "Brutto"): "money"}) == {"money": ["Netto", "Brutto"]}


def test_columns_the_house_itself_reads_together_are_no_fault() -> None:
    lines = sheet(Preis="money", Menge="money")
    assert doubled(lines, {}) == {}


@pytest.mark.parametrize(
    ("problem", "questions"),
    [
        ({"code": "ambiguous", "message": "1,204 dates read two ways", "hint": "--dates day-first"}, ("dates",)),
        ({"code": "ambiguous", "message": "1,234 reads two ways", "hint": "--decimal comma"}, ("decimal",)),
        ({"code": "column", "message": "no date column"}, ()),
        ({}, ()),
    ],
)  # fmt: skip
def test_only_what_is_open_is_asked(problem: dict[str, str], questions: tuple[str, ...]) -> None:
    assert asked(problem) == questions


def test_percent_of_the_form_become_shares_and_empty_fields_say_nothing() -> None:
    found = options(
        {"horizon": "24m", "dates": "day-first"}, {"money": "Netto"}, {"margin": 40, "horizon": "", "dates": "auto"}
    )
    assert found == {"margin": 0.4, "columns": {"money": "Netto"}}
