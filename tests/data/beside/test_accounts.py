"""Rows in = used + set aside, and money too, whatever dirt a table holds."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lifeworth.data.beside.account import TableAccount
from lifeworth.data.beside.read import read_tables
from lifeworth.engine.connect import connect
from lifeworth.errors import InputError, LifeworthError

DAYS = st.sampled_from(["2025-01-31", "2025-12-24", "2031-01-01", "1020-01-01", "soon", "", "  "])
AMOUNTS = st.sampled_from(["10", "0", "-3.5", "12.3456", "1e300", "inf", "nan", "free", "", "99999999999999999999"])
WORDS = st.text(alphabet="ab ,\"'\n;€ß0", max_size=6)
SPEND = st.lists(st.tuples(DAYS, WORDS, AMOUNTS), min_size=1, max_size=30)
TICKETS = st.lists(st.tuples(st.sampled_from(["1", "2", "3", "", "t"]), DAYS, st.sampled_from(["1", "5", "bad", "so-so", ""])), min_size=1, max_size=30)  # fmt: skip
# Enough good rows that no column is refused as the wrong one.
GOOD_SPEND = [("2025-03-01", "search", "7")] * 130
GOOD_TICKETS = [(f"g{number}", "2025-03-01", "4") for number in range(130)]


def _written(path: Path, header: list[str], rows: list[tuple[str, ...]]) -> Path:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    path.write_text(out.getvalue(), encoding="utf-8")
    return path


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(dirt=SPEND)
def test_money_and_rows_of_marketing_spend_are_used_or_set_aside(dirt: list[tuple[str, ...]], tmp_path: Path) -> None:
    file = _written(tmp_path / "spend.csv", ["day", "platform", "spend"], [*GOOD_SPEND, *dirt])
    with connect() as engine:
        account = read_tables(engine, {"marketing_spend": file}, as_of=date(2026, 6, 30))["marketing_spend"]
        table = engine.arrow(engine.table("marketing_spend"))
    assert account.rows_in == len(GOOD_SPEND) + len(dirt)
    assert account.rows_in == account.rows_used + sum(account.rows_aside.values())
    assert account.money_in == account.money_used + sum(account.money_aside.values(), Decimal(0))
    # A second computation, by hand: what can be read and belongs to a day that counts is used.
    plain = {"10": "10", "0": "0", "-3.5": "-3.5", "12.3456": "12.3456"}
    used = [plain[amount] for day, _, amount in dirt if day in {"2025-01-31", "2025-12-24"} and amount in plain]
    assert account.money_used == sum(map(Decimal, used), Decimal(7 * len(GOOD_SPEND)))
    assert table.num_rows == account.rows_used == len(GOOD_SPEND) + len(used)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(dirt=TICKETS)
def test_a_ticket_number_counts_once_whatever_stands_there(dirt: list[tuple[str, ...]], tmp_path: Path) -> None:
    file = _written(tmp_path / "tickets.csv", ["ticket_id", "created_at", "csat"], [*GOOD_TICKETS, *dirt])
    with connect() as engine:
        account = read_tables(engine, {"tickets": file}, as_of=date(2026, 6, 30))["tickets"]
        numbers = engine.arrow(engine.table("tickets"))["ticket_id"].to_pylist()
    fit = {number for number, day, csat in dirt if number and day in {"2025-01-31", "2025-12-24"} and csat != "so-so"}
    assert sorted(numbers) == sorted({*fit, *(row[0] for row in GOOD_TICKETS)})
    assert account.rows_in == account.rows_used + sum(account.rows_aside.values())


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(WORDS, min_size=3, max_size=3), min_size=1, max_size=12))
def test_any_text_at_all_is_read_or_refused_by_name(rows: list[list[str]], tmp_path: Path) -> None:
    file = _written(tmp_path / "referrals.csv", ["referrer_id", "referred_id", "note"], [tuple(row) for row in rows])
    with connect() as engine:
        try:
            account = read_tables(engine, {"referrals": file}, as_of=date(2026, 6, 30))["referrals"]
        except InputError:
            return
    assert account.rows_in == account.rows_used + sum(account.rows_aside.values())


@pytest.mark.parametrize(
    "wrong",
    [
        TableAccount("tickets", "tickets", (), rows_in=3, rows_used=1, rows_aside={"deleted": 1}),
        TableAccount("spend", "spend", (), 1, 1, {}, money_in=Decimal(5), money_used=Decimal("4.99")),
    ],
)
def test_a_row_or_a_cent_unaccounted_for_is_our_fault(wrong: TableAccount) -> None:
    with pytest.raises(LifeworthError, match="accounted for"):
        wrong.check()
