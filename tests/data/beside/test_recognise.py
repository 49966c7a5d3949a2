"""Which column is which in a table beside orders, what the person may say, and what is refused."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from lifeworth.data.beside.read import known_columns, read_tables
from lifeworth.errors import ColumnError, InputError, OptionError


def test_an_advertising_report_is_read_as_it_is(read):
    text = "date_day,platform,account_name,campaign_name,ad_group_name,impressions,clicks,spend\n"
    found = read("marketing_spend", text + "2025-01-31,google_ads,Shop,Brand,A,1000,10,12.50\n")
    (row,) = found.rows
    assert row == {
        "spent_on": date(2025, 1, 31),
        "channel": "google_ads",
        "campaign": "Brand",
        "purpose": None,
        "amount": Decimal("12.5"),
    }
    assert found.account.unused == ("account_name", "ad_group_name", "impressions", "clicks")


def test_names_are_read_without_case_blanks_and_their_own_table(read):
    text = "Ticket ID;Ticket Created At;Ticket Status\n7;31.01.2025 10:00;open\n"
    (row,) = read("tickets", text).rows
    assert (row["ticket_id"], row["opened_at"]) == ("7", datetime(2025, 1, 31, 10))


def test_a_dotted_map_goes_before_names(read):
    text = "day,cost,planned\n2025-01-31,1,2\n"
    found = read("marketing_spend", text, columns={"marketing_spend.amount": "planned"})
    assert found.column("amount") == [2]
    assert found.account.reasons["amount"] == "you said so"


def test_an_empty_map_leaves_a_column_unread(read):
    text = "day,platform,spend\n2025-01-31,search,1\n"
    assert read("marketing_spend", text, columns={"marketing_spend.channel": ""}).column("channel") == [None]


def test_a_map_to_a_column_that_is_not_there_names_the_near_one(read):
    with pytest.raises(ColumnError, match='no column "Costs"') as caught:
        read("marketing_spend", "day,cost\n2025-01-31,1\n", columns={"marketing_spend.amount": "Costs"})
    assert 'Did you mean "cost"' in str(caught.value)


@pytest.mark.parametrize(
    ("name", "near"), [("marketing_spend.ammount", "amount"), ("marketing_spent.amount", "marketing_spend")]
)
def test_a_map_of_what_is_no_column_of_ours_is_refused(name, near):
    with pytest.raises(OptionError) as caught:
        known_columns({name: "x"})
    assert f'Did you mean "{near}"' in str(caught.value)


def test_a_missing_column_is_named_with_what_it_means_and_what_to_type(read):
    with pytest.raises(ColumnError) as caught:
        read("feedback", "given_at,score\n2025-01-31,9\n")
    assert "no column is kind" in str(caught.value)
    assert "--map feedback.kind=" in str(caught.value)


def test_a_table_nobody_knows_is_refused_with_the_near_one(engine):
    with pytest.raises(OptionError, match="subscription") as caught:
        read_tables(engine, {"subscription": "x.csv"})
    assert 'Did you mean "subscriptions"' in str(caught.value)


def test_most_of_a_column_unreadable_is_refused(read):
    rows = "".join(f"2025-01-{day:02d},{'soon' if day % 2 else 5}\n" for day in range(1, 31))
    with pytest.raises(InputError, match="most of a column cannot be read") as caught:
        read("marketing_spend", "day,spend\n" + rows)
    assert "15 of 30 values are no numbers (first: row 2" in str(caught.value)


def test_text_where_numbers_could_be_is_left_unread_and_said(read):
    found = read("assignments", "campaign,customer,arm,assigned at,cost\nx,a,control,2025-01-31,cheap\n")
    assert found.column("cost") == [None]
    assert '"cost" is not read as cost: it holds text' in found.notes


def test_an_order_of_day_and_month_is_settled_by_another_column(read):
    rows = "".join(f"{n},0{n}/0{n % 4 + 1}/2025,{n + 12}/0{n % 4 + 1}/2025\n" for n in range(1, 9))
    found = read("tickets", "ticket,created at,resolved at\n" + rows)
    assert found.rows[0]["opened_at"] == datetime(2025, 2, 1)
    assert "as in the other columns" in found.notes


def test_what_an_nps_export_calls_its_score_says_what_it_is(read):
    (row,) = read("feedback", "Respondent ID,Response date,NPS Score,Comment\na,2025-01-31,9,Good\n").rows
    assert (row["kind"], row["score"], row["customer_id"], row["text"]) == ("nps", 9, "a", "Good")


def test_words_of_others_become_ours(read):
    arms = read(
        "assignments",
        "campaign,customer,arm,assigned at\nx,a,Holdout,2025-01-31\nx,b,exposed,2025-01-31\nx,c,B,2025-01-31\n",
    )
    assert arms.column("arm") == ["control", "treated", "b"]
    assert 'assignments.arm holds "b" (1 row), which is none of treated, control.' in arms.notes


@pytest.mark.data
def test_tickets_of_zendesk_are_read_in_place(read, data_dir):
    found = read("tickets", data_dir / "fixtures" / "fivetran_zendesk" / "ticket_data.csv")
    assert found.account.rows_used > 0
    assert {row["reason"] for row in found.aside} <= {"deleted", "duplicate_key"}
    first = next(row for row in found.rows if row["ticket_id"] == "16988")
    assert (first["customer_id"], first["channel"], first["agent"]) == ("1500656884401", "email", "418284131934")


@pytest.mark.data
def test_tickets_of_ravenstack_tell_times_as_durations(read, data_dir):
    file = data_dir / "ravenstack_saas" / "ravenstack_supports_ticket.parquet"
    found = read("tickets", file, as_of=date(2025, 12, 31))
    assert found.account.rows_used == 2000
    assert sum(row["csat"] is None for row in found.rows) == 825
    assert all(row["first_reply_at"] >= row["opened_at"] for row in found.rows)
