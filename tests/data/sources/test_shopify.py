"""Orders of Shopify: the admin export and the API."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

HEADER = (
    "Name,Email,Financial Status,Paid at,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Created at,"
    "Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Name,Billing Zip,Billing Country,Cancelled at,"
    "Payment Method,Refunded Amount,Source,Phone"
)


def line(**cells: object) -> str:
    names = HEADER.split(",")
    assert set(cells) <= {name.replace(" ", "_") for name in names}
    return ",".join(str(cells.get(name.replace(" ", "_"), "")) for name in names)


FIRST = {
    "Name": "#1",
    "Email": "Jo@Shop.com",
    "Financial_Status": "paid",
    "Currency": "EUR",
    "Subtotal": 100,
    "Shipping": 5,
    "Taxes": 19,
    "Total": 124,
    "Discount_Amount": 10,
    "Created_at": "2025-10-07 23:50:26 +0200",
    "Lineitem_quantity": 2,
    "Lineitem_name": "Board",
    "Lineitem_price": 30,
    "Lineitem_sku": "B1",
    "Refunded_Amount": 4,
    "Source": "web",
}
SECOND = {"Name": "#1", "Lineitem_quantity": 1, "Lineitem_name": "Wax", "Lineitem_price": 50, "Lineitem_sku": "W1"}


@pytest.fixture
def export(read):
    def reader(*lines: dict[str, object]):
        return read("\n".join([HEADER, *(line(**cells) for cells in lines)]) + "\n")

    return reader


def test_the_money_of_an_order_stands_on_its_first_row(export):
    found = export(FIRST, SECOND)
    assert found.source.columns.layout == "shopify_orders"
    assert found.column("money") == [Decimal(124), None]
    assert found.column("tax") == [Decimal(19), None]
    assert found.column("refunded") == [Decimal(4), None]
    assert found.column("discount") == [Decimal(10), None]


def test_what_belongs_to_the_order_reaches_all_of_its_rows(export):
    found = export(FIRST, SECOND)
    assert found.column("customer_id") == ["jo@shop.com"] * 2
    assert found.column("currency") == ["EUR", "EUR"]
    assert [moment.isoformat(" ") for moment in found.column("ordered_at")] == ["2025-10-07 23:50:26"] * 2


def test_products_stand_on_their_rows(export):
    found = export(FIRST, SECOND)
    assert found.column("product_name") == ["Board", "Wax"]
    assert found.column("product_id") == ["B1", "W1"]
    assert found.column("quantity") == [2, 1]
    assert found.column("unit_price") == [30, 50]


def test_rows_of_an_order_need_not_stand_together(export):
    other = FIRST | {"Name": "#2", "Email": "b@b.com", "Total": 7}
    found = export(FIRST, other, SECOND)
    assert found.column("money") == [Decimal(124), Decimal(7), None]
    assert found.column("customer_id") == ["jo@shop.com", "b@b.com", "jo@shop.com"]


def test_a_total_that_is_repeated_is_counted_once(export):
    assert export(FIRST, FIRST | SECOND).column("money") == [Decimal(124), None]


def test_shipping_is_as_stated_where_tax_comes_on_top(export):
    assert export(FIRST).column("shipping") == [Decimal(5)]


def test_shipping_loses_its_tax_where_prices_contain_it(export):
    found = export(FIRST | {"Subtotal": 114, "Shipping": 10, "Taxes": 31, "Total": 124})
    assert found.column("shipping") == [Decimal("7.5")]


@pytest.mark.parametrize(
    ("cells", "status"),
    [
        ({}, "sale"),
        ({"Financial_Status": "pending"}, "sale"),
        ({"Financial_Status": "partially_refunded"}, "sale"),
        ({"Financial_Status": "voided"}, "cancelled"),
        ({"Financial_Status": "expired"}, "unpaid"),
        ({"Cancelled_at": "2025-10-08 10:00:00 +0200"}, "cancelled"),
        ({"Payment_Method": "(for testing) Bogus Gateway"}, "test"),
    ],
)
def test_what_counts_as_a_sale(export, cells, status):
    assert export(FIRST | cells).column("status") == [status]


def test_pending_orders_are_said_to_count(export):
    assert "pending orders count as sales" in export(FIRST | {"Financial_Status": "pending"}).notes


@pytest.mark.parametrize(
    ("cells", "who"),
    [
        ({"Phone": "+49 1"}, "+49 1"),
        ({"Billing_Name": "Jo Doe", "Billing_Zip": "'75008"}, "jo doe, 75008"),
        ({"Billing_Name": "Jo Doe"}, "jo doe"),
        ({}, None),
    ],
)
def test_without_an_address_somebody_is_known_by_what_there_is(export, cells, who):
    assert export(FIRST | {"Email": ""} | cells).column("customer_id") == [who]


def test_every_column_is_used_or_listed(export):
    found = export(FIRST).source.columns
    assert set(found.unused) == {"Paid at", "Discount Code"}


def test_the_rows_of_the_fixture_add_up_to_its_orders(read, data_dir):
    found = read(data_dir / "fixtures" / "shopify_orders_export" / "orders_export.csv")
    firsts = [row for row in found.rows if row["money"] is not None]
    assert len(found.rows) == 25
    assert len(firsts) == len({row["order_id"] for row in found.rows}) == 12
    assert sum(row["money"] for row in firsts) == Decimal("8813.54")
    assert found.source.currency == "EUR"


REST = {
    "orders": [
        {
            "id": 450789469,
            "name": "#1001",
            "email": "bob@x.com",
            "created_at": "2025-01-10T11:00:00-05:00",
            "cancelled_at": None,
            "financial_status": "partially_refunded",
            "currency": "USD",
            "subtotal_price": "90.00",
            "total_tax": "9.00",
            "total_price": "104.00",
            "total_discounts": "10.00",
            "total_shipping_price_set": {"shop_money": {"amount": "5.00", "currency_code": "USD"}},
            "test": False,
            "source_name": "web",
            "refunds": [{"id": 1, "transactions": [{"kind": "refund", "status": "success", "amount": "20.50"}]}],
            "billing_address": {"country_code": "US"},
            "line_items": [
                {"id": 1, "sku": "A", "name": "Board", "quantity": 1, "price": "60.00"},
                {"id": 2, "sku": "B", "name": "Wax", "quantity": 2, "price": "20.00"},
            ],
        },
        {
            "id": 2,
            "name": "#1002",
            "email": "",
            "customer": {"id": 77},
            "created_at": "2025-01-11T11:00:00-05:00",
            "financial_status": "paid",
            "currency": "USD",
            "total_price": "1.00",
            "test": True,
            "line_items": [],
        },
    ]
}


def test_orders_of_the_api_become_the_same_rows(read):
    found = read(json.dumps(REST).encode(), name="orders.json")
    assert found.source.columns.layout == "shopify_orders"
    assert found.column("money") == [Decimal(104), None, Decimal(1)]
    assert found.column("refunded") == [Decimal("20.5"), None, None]
    assert found.column("shipping")[0] == Decimal(5)
    assert found.column("product_name") == ["Board", "Wax", None]
    assert found.column("customer_id") == ["bob@x.com", "bob@x.com", "77"]
    assert found.column("status") == ["sale", "sale", "test"]
    assert found.column("source_row") == [1, 2, 3]


def test_a_bulk_export_of_the_api_is_read(read):
    lines = [
        {
            "id": "gid://shopify/Order/1",
            "name": "#1",
            "email": "a@b.c",
            "createdAt": "2025-01-10T11:00:00Z",
            "displayFinancialStatus": "PAID",
            "totalPriceSet": {"shopMoney": {"amount": "12.5", "currencyCode": "EUR"}},
        },
        {
            "id": "gid://shopify/LineItem/9",
            "__parentId": "gid://shopify/Order/1",
            "sku": "A",
            "quantity": 2,
            "title": "Board",
        },
        {
            "id": "gid://shopify/Order/2",
            "name": "#2",
            "email": "a@b.c",
            "createdAt": "2025-01-11T11:00:00Z",
            "displayFinancialStatus": "PAID",
            "totalPriceSet": {"shopMoney": {"amount": "7", "currencyCode": "EUR"}},
        },
    ]
    found = read("\n".join(map(json.dumps, lines)) + "\n", name="bulk.jsonl")
    assert found.column("money") == [Decimal("12.5"), Decimal(7)]
    assert found.column("product_name") == ["Board", None]
    assert found.source.currency == "EUR"


@pytest.mark.parametrize("name", ["order.json", "orders.json"])
def test_the_orders_of_the_api_fixtures_are_read(read, data_dir, name):
    found = read(data_dir / "fixtures" / "shopify_admin_api" / name)
    assert found.source.columns.layout == "shopify_orders"
    assert {row["customer_id"] for row in found.rows} == {"bob.norman@hostmail.com"}
