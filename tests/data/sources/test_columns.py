"""Which column is which."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lifeworth.data.contracts import STAGED
from lifeworth.data.sources.synonyms import SYNONYMS, normal


def test_the_staged_rows_have_exactly_the_columns_of_the_contract(read, engine):
    found = read("order_id,customer_id,order_date,amount\n1,a,2025-01-31,10\n")
    assert found.source.rows.schema() == engine.table("staged").schema()
    assert dict(found.source.rows.schema().items()) == {
        name: kind.copy(scale=6) if kind.is_timestamp() else kind for name, kind in STAGED.schema.items()
    }


@pytest.mark.parametrize(
    ("header", "ours"),
    [
        ("Order ID,Customer ID,Order Date,Sales", ("Order ID", "Customer ID", "Order Date", "Sales")),
        ("InvoiceNo,CustomerID,InvoiceDate,Amount", ("InvoiceNo", "CustomerID", "InvoiceDate", "Amount")),
        ("Order #,E-mail,Created at,Grand Total", ("Order #", "E-mail", "Created at", "Grand Total")),
        (
            "transaction_id,user_id,timestamp,total_amount",
            ("transaction_id", "user_id", "timestamp", "total_amount"),
        ),
        ("basket,household_key,day,sales_value", ("basket", "household_key", "day", "sales_value")),
        (
            "order_reference,customer_unique_id,order_purchase_timestamp,payment_value",
            ("order_reference", "customer_unique_id", "order_purchase_timestamp", "payment_value"),
        ),
    ],
)
def test_common_names_are_known(read, header, ours):
    sources = read(f"{header}\n1,a,2025-01-31,10\n").source.columns.sources
    assert tuple(sources[name] for name in ("order_id", "customer_id", "ordered_at", "money")) == ours


def test_no_name_stands_for_two_of_ours():
    words = [word for words in SYNONYMS.values() for word in words]
    assert sorted(words) == sorted(set(words))


def test_every_known_name_is_written_as_it_is_compared():
    assert [word for words in SYNONYMS.values() for word in words if word != normal(word)] == []


def test_the_person_goes_before_the_names(read):
    found = read(
        "order_id,customer_id,order_date,amount,net\n1,a,2025-01-31,10,8\n",
        columns={"amount": "net", "date": "order_date"},
    )
    assert found.column("money") == [Decimal(8)]
    assert found.source.columns.reasons["money"] == "you said so"
    assert "amount" in found.source.columns.unused


def test_the_person_can_leave_a_column_unread(read):
    found = read("order_id,customer_id,order_date,amount,country\n1,a,2025-01-31,10,FR\n", columns={"country": ""})
    assert "country" not in found.source.has
    assert "country" in found.source.columns.unused


def test_every_column_is_used_or_listed_as_unused(read):
    header = "order_id,customer_id,order_date,amount,weather,mood"
    source = read(f"{header}\n1,a,2025-01-31,10,fair,good\n").source
    assert sorted([*source.columns.sources.values(), *source.columns.unused]) == sorted(header.split(","))


def test_money_of_lines_is_quantity_times_price(read):
    found = read("invoice,customer,date,sku,quantity,price\n1,a,2025-01-31,x,3,1.2555\n1,a,2025-01-31,y,-1,2\n")
    assert found.column("money") == [Decimal("3.7665"), Decimal(-2)]
    assert (found.source.columns.grain, found.source.columns.money) == ("line", "quantity × price")


def test_a_price_without_a_quantity_is_the_amount(read):
    found = read("Id,Date,Price\na,2025-01-31,12\na,2025-02-28,13\n")
    assert found.column("money") == [Decimal(12), Decimal(13)]
    assert found.source.columns.grain == "order"


def test_a_column_called_id_names_customers_if_it_repeats(read):
    found = read("id,date,amount\na,2025-01-31,12\na,2025-02-28,13\n")
    assert found.column("customer_id") == ["a", "a"]


def test_a_column_called_id_names_orders_if_it_does_not_repeat(read):
    found = read("id,customer,date,amount\n1,a,2025-01-31,12\n2,a,2025-02-28,13\n")
    assert found.column("order_id") == ["1", "2"]


def test_a_total_repeated_on_every_line_is_counted_once(read):
    found = read(
        "order_id,customer,date,sku,order_total\n1,a,2025-01-31,x,10\n1,a,2025-01-31,y,10\n2,a,2025-02-01,x,7\n"
    )
    assert found.column("money") == [Decimal(10), None, Decimal(7)]
    assert "it is counted once" in found.notes


def test_a_repeated_total_gives_way_to_quantity_times_price(read):
    found = read("order_id,customer,date,sku,qty,price,order_total\n1,a,2025-01-31,x,2,3,10\n1,a,2025-01-31,y,1,4,10\n")
    assert found.column("money") == [Decimal(6), Decimal(4)]


def test_a_discount_of_shares_is_no_money(read):
    rows = "".join(f"{i},a,2025-01-31,100,0.{i}\n" for i in range(1, 9))
    found = read("order_id,customer,date,sales,discount\n" + rows)
    assert "discount" not in found.source.has
    assert "it holds shares between 0 and 1" in found.notes


def test_shipping_that_is_the_name_of_a_method_is_not_read(read):
    found = read("order_id,customer,date,total,shipping\n1,a,2025-01-31,10,Express\n2,a,2025-01-31,10,Standard\n")
    assert "shipping" not in found.source.has
    assert 'it holds text (row 2: "Express")' in found.notes


def test_tax_is_part_of_a_total(read):
    found = read("order_id,customer,date,total,tax,shipping\n1,a,2025-01-31,119,19,5\n")
    assert (found.column("tax"), found.column("shipping")) == ([Decimal(19)], [Decimal(5)])


def test_tax_is_not_taken_off_a_net_amount(read):
    found = read("order_id,customer,date,net_amount,tax\n1,a,2025-01-31,100,19\n")
    assert "tax" not in found.source.has
    assert '--map tax="tax"' in found.notes


def test_unit_costs_become_costs(read):
    found = read("order_id,customer,date,qty,price,unit_cost\n1,a,2025-01-31,3,10,4\n")
    assert found.column("cost") == [Decimal(12)]


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("completed", "sale"),
        ("Shipped", "sale"),
        ("Cancelled", "cancelled"),
        ("canceled", "cancelled"),
        ("VOIDED", "cancelled"),
        ("failed", "unpaid"),
        ("Pending payment", "unpaid"),
        ("test", "test"),
        ("refund", "return"),
    ],
)
def test_words_for_the_state_of_an_order(read, word, status):
    found = read(f"order_id,customer,date,amount,status\n1,a,2025-01-31,10,{word}\n")
    assert found.column("status") == [status]
    assert f'"status" holds: {word} (1)' in found.notes


def test_an_order_that_went_back_keeps_its_money_and_its_refund(read):
    found = read("order_id,customer,date,amount,status\n1,a,2025-01-31,10,refunded\n2,a,2025-01-31,-5,refunded\n")
    assert found.column("status") == ["sale", "return"]
    assert found.column("refunded") == [Decimal(10), None]


class TestIds:
    """Ids are text, and who is nobody is nobody."""

    HEADER = "order_id,customer_id,order_date,amount\n"

    def read_ids(self, read, ids):
        return read(self.HEADER + "".join(f"{i},{who},2025-01-31,1\n" for i, who in enumerate(ids)))

    def test_floats_come_back_as_whole_numbers(self, read):
        assert self.read_ids(read, ["17850.0", "17851.0", ""]).column("customer_id") == ["17850", "17851", None]

    def test_blanks_around_ids_are_trimmed(self, read):
        assert self.read_ids(read, [" a", "a ", "a\t", "  "]).column("customer_id") == ["a", "a", "a", None]

    def test_leading_zeros_stay(self, read):
        assert self.read_ids(read, ["00017", "17"]).column("customer_id") == ["00017", "17"]

    def test_addresses_are_one_in_any_case(self, read):
        assert self.read_ids(read, ["Jo@Shop.com", "jo@shop.COM"]).column("customer_id") == ["jo@shop.com"] * 2

    def test_other_ids_that_differ_in_case_stay_apart_and_are_named(self, read):
        found = self.read_ids(read, ["aB1", "Ab1", "c"])
        assert found.column("customer_id") == ["aB1", "Ab1", "c"]
        assert 'kept apart: "Ab1" and "aB1"' in found.notes

    @pytest.mark.parametrize("word", ["guest", "Guest", "N/A", "null", "NULL", "-", "nan", "None", "(blank)"])
    def test_placeholders_are_nobody_and_are_counted(self, read, word):
        found = self.read_ids(read, ["a", word, word])
        assert found.column("customer_id") == ["a", None, None]
        assert f'"{word}" (2 rows) read as no customer' in found.notes

    def test_zero_is_nobody_where_it_stands_out(self, read):
        assert self.read_ids(read, ["0", "381", "17", "0"]).column("customer_id") == [None, "381", "17", None]

    def test_zero_is_somebody_where_customers_are_counted_from_zero(self, read):
        assert self.read_ids(read, ["0", "1", "2", "0"]).column("customer_id") == ["0", "1", "2", "0"]

    def test_a_missing_customer_is_no_fault(self, read):
        assert self.read_ids(read, ["a", ""]).column("fault") == [None, None]
